// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "arrow.hpp"
#include "source.hpp"

#include <pybind11/pybind11.h>

namespace earlysight::python {

/// Tables read from Python objects, and what keeps their memory alive. Released with the interpreter's lock held.
struct input {
  std::vector<source_table> tables;
  std::vector<std::shared_ptr<void>> arrow;
  std::vector<pybind11::object> objects;
};

/// Adds a table. `given` is ("stream", capsule), ("array", schema capsule, array capsule), or ("columns", [(name, column), …]), where a column is
/// one of the first two, ("buffer", code, found, buffer, mask or None), ("codes", code, found, buffer, mask or None, words) or ("list", found, list), ("other", found, length) or ("ignored",).
void add_table(input&, const std::string& name, const pybind11::tuple& given);

}  // namespace earlysight::python
