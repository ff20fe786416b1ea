// SPDX-License-Identifier: Apache-2.0
#include "child_index.hpp"

#include <bit>
#include <functional>

namespace earlysight {
namespace {

std::int64_t look_at_each(const cohort& c, std::string_view key) {
  for (std::size_t i = 0; i < c.children; ++i)
    if (c.key_of(i) == key) return static_cast<std::int64_t>(i);
  return -1;
}

}  // namespace

void child_index::fill(const cohort& c) {
  std::vector<std::uint32_t> slots(std::bit_ceil(c.children * 2 + 2));
  for (std::size_t i = 0; i < c.children; ++i) {
    auto at = std::hash<std::string_view>()(c.key_of(i)) & (slots.size() - 1);
    while (slots[at] != 0) at = (at + 1) & (slots.size() - 1);
    slots[at] = static_cast<std::uint32_t>(i + 1);
  }
  slots_ = std::move(slots);
}

std::int64_t child_index::find(const cohort& c, std::string_view key) {
  // A copy of the cohort may have other keys by now.
  if (c.keys.data() != keys_ || (!asked_ && !asked_.exchange(true))) return look_at_each(c, key);
  std::call_once(filled_, [&] { fill(c); });
  for (auto at = std::hash<std::string_view>()(key) & (slots_.size() - 1); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1))
    if (c.key_of(slots_[at] - 1) == key) return static_cast<std::int64_t>(slots_[at]) - 1;
  return -1;
}

std::int64_t cohort::find_child(std::string_view key) const { return index ? index->find(*this, key) : look_at_each(*this, key); }

}  // namespace earlysight
