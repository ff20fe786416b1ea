// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/engine/scoring.hpp>
#include <earlysight/result/outcomes.hpp>

#include <cstdint>
#include <vector>

namespace earlysight {

/// What scoring keeps from block to block.
struct score_buffers {
  explicit score_buffers(const program& p) : points(p), rules(p.rules.size()) {}
  points_adder points;
  std::vector<evaluation::masks> rules;  // of the block
};

/// Writes the outcomes and scores of the `n` children that `e` has run, as children `first` and on of the result.
void take_block(const plan&, const evaluation& e, std::size_t first, std::size_t n, score_buffers&, run_result& out);
/// Makes room for so many children, none of them scored.
void make_room(const plan&, std::size_t children, run_result& out);

}  // namespace earlysight
