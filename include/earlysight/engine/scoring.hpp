// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/program/program.hpp>

#include <cstdint>
#include <span>

namespace earlysight {

/// The scores of a block of children, from which rules' points are at stake.
///
/// `fires` and `perhaps` hold a byte a child and rule (rule r of child i at r * children + i): whether the rule fires, and whether it
/// fires or cannot tell. `low` and `high` take a number a child. Source: language.md section 6.
void score_block(const program&, std::size_t children, std::span<const std::uint8_t> fires, std::span<const std::uint8_t> perhaps, double* low, double* high);

}  // namespace earlysight
