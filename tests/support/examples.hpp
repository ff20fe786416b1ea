// SPDX-License-Identifier: Apache-2.0
// Packs whose own examples say what is tested.
#pragma once
#include "support/packs.hpp"

#include <earlysight/result/examples.hpp>

namespace earlysight::testing {

/// Runs the examples of the small pack with these items; each that is not met fails the test with its message.
inline void every_example_passes(const std::string& items) {
  const auto results = run_examples(checked(pack_with(items)));
  REQUIRE_FALSE(results.empty());
  for (const auto& r : results)
    for (const auto& u : r.unmet) FAIL_CHECK(u.message);
}

}  // namespace earlysight::testing
