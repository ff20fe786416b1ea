// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace earlysight {

/// A regular table (attendance by the week, say) held time by time, beside its rows: children in groups of 64, and in each group a slot
/// for every time. Sums over time then run down many children at once.
///
/// A group with a child whose rows are not regular (two at one time, or at a time that hardly anyone has) stands apart: nothing is held of it,
/// and its rows are read. A few such children do not take the panel from the others.
///
/// Shapes: slots = times.size(); the cell of child c at slot s is bytes[((c / 64) * slots + s) * 64 + c % 64], its bits are bit c % 64 of
/// word (c / 64) * slots + s. Only columns of small whole numbers, yes/no and short lists of categories are held.
struct panel {
  struct held_column {
    std::unique_ptr<std::uint8_t[]> bytes;    // of cells without a value and of rows that are not there: unspecified; none: not held
    std::vector<std::uint64_t> known, present;  // as in `column`; empty: all set
  };
  std::vector<std::int32_t> times;            // in order
  std::vector<std::uint64_t> exists;          // there is such a row; empty: every child has a row at every time
  std::vector<held_column> columns;           // as declared, in that order
  std::vector<std::uint64_t> apart;           // bit g: group g stands apart; empty: none does

  std::size_t slots() const { return times.size(); }
  bool stands_apart(std::size_t group) const { return !apart.empty() && (apart[group / 64] >> (group % 64) & 1); }
};

/// The table as a panel, or none where it is not regular: at most one row a child and time, at most 255 times, half of all there could be, but
/// for children whose groups stand apart, a quarter of all at most.
/// Requires: rows by child, then time.
std::shared_ptr<const panel> make_panel(const table_declaration&, const table_data&, std::size_t children);

/// Whether some panel of the cohort does not hold this group of 64 children.
bool stands_apart(const cohort&, std::size_t group);

}  // namespace earlysight
