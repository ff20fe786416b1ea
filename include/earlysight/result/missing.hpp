// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>

#include <compare>
#include <vector>

namespace earlysight {

/// Something not known that could decide a rule: a column, or (column -1) a whole table, or (table -1) a param of this number.
struct missing_piece {
  std::int32_t table = -1, column = -1, param = -1;
  friend auto operator<=>(const missing_piece&, const missing_piece&) = default;
};

/// What keeps an expression from being known for the child at place `i` of a block that `e` has run with everything.
/// In the order of tables and columns, each once. Only parts that could still decide the whole are followed.
std::vector<missing_piece> missing_for(const plan&, const cohort&, const evaluation& e, std::size_t i, const std::vector<expression_id>& roots);

}  // namespace earlysight
