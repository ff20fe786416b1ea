// SPDX-License-Identifier: Apache-2.0
// One column as the engine reads it.
#pragma once
#include "convert.hpp"

namespace earlysight::python {

/// The column, if its type can be meant; throws data_error where not. Libraries give one without a single value any type that they like
/// (pandas: float64): it is then a column of nothing.
source_column require(const column_declaration&, const source_column&, const source_table&);

/// The cells as texts without spaces around them; empty where there is none.
std::span<const std::string_view> texts_of(const source_column&, std::size_t rows, memory&);

/// Adds the column to `out`, viewed where its memory is what the engine reads; returns whether it is. Cells that cannot be used go to
/// `out.unusable`.
bool add_column(const column_declaration&, const source_column&, const source_table&, memory&, host_table& out);

}  // namespace earlysight::python
