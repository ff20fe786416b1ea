// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "arrow.hpp"
#include "source.hpp"

#include <pybind11/pybind11.h>

#include <map>

namespace earlysight::python {

/// Tables read from Python objects, and what keeps their memory alive. Released with the interpreter's lock held.
struct input {
  std::vector<source_table> tables;
  std::vector<std::shared_ptr<void>> arrow;
  std::vector<pybind11::object> objects;
  std::map<std::string, pybind11::object> origins;  // by table: says what rejected rows are called where they came from
};

/// A table that was read once, whose columns may go into another: `es.read` takes its texts from it.
struct source {
  input held;
  const source_table& table() const { return held.tables.front(); }
};

/// Adds a table. `given` is ("stream", capsule), ("array", schema capsule, array capsule), or ("columns", [(name, column), …]), where a column is
/// one of the first two, ("buffer", code, found, buffer, mask or None), ("codes", code, found, buffer, mask or None, words), ("list", found, list),
/// ("source", source, index), ("other", found, length) or ("ignored",).
/// `notes` is None or a dict: "ignored": names of columns not read; "refused": [(row, column, value, reason), …]; "origin": of input::origins.
void add_table(input&, const std::string& name, const pybind11::tuple& given, const pybind11::object& notes);

}  // namespace earlysight::python
