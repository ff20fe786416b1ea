// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/result/outcomes.hpp>

#include <cstdint>
#include <vector>

namespace earlysight {

/// Which rules fire, and which perhaps do, of the children that are being scored; kept from block to block.
struct score_buffers {
  std::vector<std::uint8_t> fires, perhaps;
};

/// Writes the outcomes and scores of the `n` children that `e` has run, as children `first` and on of the result.
void take_block(const plan&, const evaluation& e, std::size_t first, std::size_t n, score_buffers&, run_result& out);
/// Makes room for so many children, none of them scored.
void make_room(const plan&, std::size_t children, run_result& out);

}  // namespace earlysight
