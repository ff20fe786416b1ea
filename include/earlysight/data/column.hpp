// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace earlysight {

/// Bits, least significant first in 64-bit words; no words means that all bits are set. May view memory of the host.
struct bit_view {
  const std::uint64_t* words = nullptr;
  bool test(std::size_t i) const { return !words || (words[i / 64] >> (i % 64) & 1); }
};

/// The values of one column, one a row. What each alternative holds:
///
///   double, float, int32, uint8 …: numbers (percent and points as fractions, 0.935)
///   std::int32_t          : dates (days since 1970-01-01), and the text numbers of key, text and ref columns (`cohort::texts`)
///   std::uint16_t         : category codes
///   std::uint8_t          : yes/no as 1 and 0
///
/// Which of them an engine accepts follows from the declared type: see `cohort_builder`.
using column_values = std::variant<std::monostate,  // the column was not supplied: not known in every row
                                   std::span<const double>, std::span<const float>, std::span<const std::int32_t>,
                                   std::span<const std::uint16_t>, std::span<const std::uint8_t>>;

/// One column of a table: contiguous values and the state of each row.
///
///   known and present: a value;  known and not present: nothing;  not known: not known (whatever `present` says).
///
/// Values of rows without a value are unspecified but readable.
struct column {
  column_values values;
  bit_view known, present;
  std::span<const std::int32_t> target;  // of a ref: the row it points to, or -1 (points to no row)
  std::shared_ptr<const void> owner;     // keeps the memory alive; empty where the host does
};

}  // namespace earlysight
