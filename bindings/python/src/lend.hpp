// SPDX-License-Identifier: Apache-2.0
// Result tables as Python objects, and back.
#pragma once
#include "table.hpp"

#include <pybind11/pybind11.h>

namespace earlysight::python {

struct shared_table {
  std::shared_ptr<const result_table> of;
};

inline shared_table share(result_table t) { return {std::make_shared<const result_table>(std::move(t))}; }

/// (name, type, values, valid, words): the memory of fixed values as bytes, texts as a list with None where there is none.
pybind11::object column_memory(const shared_table&, std::size_t column);
/// A cell for showing, as text; None where there is none.
pybind11::object cell_of(const shared_table&, std::size_t row, std::size_t column);
/// An Arrow stream in a capsule.
pybind11::capsule stream_of(const shared_table&);

/// (name, rows, [column, …]): the whole table in bytes, for pickling; a column is (name, type, rows, missing, memory, offsets, valid, words).
pybind11::tuple state_of(const shared_table&);
shared_table table_from(const pybind11::tuple& state);

}  // namespace earlysight::python
