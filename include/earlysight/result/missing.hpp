// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>

#include <compare>
#include <memory>
#include <vector>

namespace earlysight {

/// Something not known that could decide a rule: a column, or (column -1) a whole table, or (table -1) a param of this number.
struct missing_piece {
  std::int32_t table = -1, column = -1, param = -1;
  friend auto operator<=>(const missing_piece&, const missing_piece&) = default;
};

/// What keeps rules from being decided for one child.
///
///     evaluation e(plan, cohort);
///     e.run(child, 1, true);
///     missing_pieces missing(plan, cohort, e, 0);
///     missing.of(rule);   // {{attendance, attended}}: that column
///
/// What several rules rest on is looked into once. The plan, the cohort and the evaluation, which has run with everything, must
/// outlive it unchanged; `i` is the child's place in the evaluation's block.
class missing_pieces {
 public:
  missing_pieces(const plan&, const cohort&, const evaluation&, std::size_t i);
  ~missing_pieces();

  /// In the order of tables and columns, each once; empty where the rule is decided. Only parts that could still decide the
  /// whole are followed. A table is named as a whole where it is not known, or has no rows to work a value out from.
  std::vector<missing_piece> of(std::int32_t rule);

 private:
  class finder;
  std::unique_ptr<finder> finder_;
};

}  // namespace earlysight
