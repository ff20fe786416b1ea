// SPDX-License-Identifier: Apache-2.0
#include <earlysight/text/nearest.hpp>

#include <algorithm>

namespace earlysight {

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<int> two_ago, before(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) before[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({before[j] + 1, now[j - 1] + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], two_ago[j - 2] + 1);
    }
    two_ago = before;
    std::swap(before, now);
  }
  return before[b.size()];
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  // A longer word is no misspelling, and comparing it would take time in proportion to its length.
  if (word.size() > 100) return {};
  int best = word.size() <= 4 ? 1 : word.size() <= 8 ? 2 : 3;
  std::string found;
  for (const auto& c : candidates) {
    const auto apart = c.size() > word.size() ? c.size() - word.size() : word.size() - c.size();
    if (c == word || apart > static_cast<std::size_t>(best)) continue;
    const int d = edit_distance(word, c);
    if (d < best || (d == best && (found.empty() || c < found))) best = d, found = c;
  }
  return found;
}

}  // namespace earlysight
