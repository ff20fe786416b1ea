// SPDX-License-Identifier: Apache-2.0
#include <earlysight/earlysight.hpp>

#include <cstdio>

int main() {
  const auto report = earlysight::read_pack_text("consumer.sight", R"(pack p "P" version "1"
table child child_id key moved yes/no
flag at_risk "At risk"
rule moved_house "Moved house" when moved raise at_risk
example "A child who moved" on 2025-06-20 given child moved yes expect moved_house fires)");
  if (!report.checked) return 1;
  const auto results = earlysight::test(report.checked);
  std::printf("%zu examples, the first %s\n", results.size(), results.at(0).passed() ? "passed" : "failed");
  return results.at(0).passed() ? 0 : 1;
}
