// SPDX-License-Identifier: Apache-2.0
// The families of kernels that are compiled for each level of the processor's instructions, one by one and level by level.
#include "against_copy.hpp"
#include "kernel_families.hpp"

#include <string>

namespace {

using namespace earlysight;
using kernel::kernels;
using kernel_families::families;

const int registered = [] {
  int count = 0;
  for (const auto& f : families)
    for (const char* level : {"portable", "v2", "v3", "v4"})
      if (const auto* k = kernel::level_named(level)) {
        const auto run = [&f, k](benchmark::State& state) { against_copy(state, f.bytes, [&] { f.run(*k); }); };
        benchmark::RegisterBenchmark((std::string(f.name) + "/" + level).c_str(), run)->UseManualTime();
        ++count;
      }
  return count;
}();

}  // namespace
