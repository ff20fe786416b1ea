// SPDX-License-Identifier: Apache-2.0
#include <earlysight/text/diagnostic.hpp>

#include <algorithm>
#include <tuple>

namespace earlysight {

void sort_diagnostics(std::vector<diagnostic>& all) {
  auto key = [](const diagnostic& d) { return std::tie(d.where.file, d.where.begin, d.where.end, d.code, d.message); };
  std::stable_sort(all.begin(), all.end(), [&](const diagnostic& a, const diagnostic& b) { return key(a) < key(b); });
  all.erase(std::unique(all.begin(), all.end(), [&](const diagnostic& a, const diagnostic& b) { return key(a) == key(b); }), all.end());
}

}  // namespace earlysight
