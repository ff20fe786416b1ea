// SPDX-License-Identifier: Apache-2.0
#include "dispatch.hpp"

#ifdef EARLYSIGHT_LEVELS
#include <cpuid.h>
#endif

#include <cstdlib>
#include <cstring>

namespace earlysight::kernel {

extern const kernels level_base;
#ifdef EARLYSIGHT_LEVELS
extern const kernels level_v3, level_v4;
#endif

namespace {

// From the best down. The last runs wherever the rest of the library does.
struct level {
  const kernels* table;
  bool (*runs_here)();
};

#ifdef EARLYSIGHT_LEVELS
// lzcnt, movbe and f16c, of which clang 16 does not know by name.
bool has_the_rest_of_v3() {
  unsigned a = 0, b = 0, c = 0, d = 0, extended = 0;
  if (!__get_cpuid(0x80000001, &a, &b, &extended, &d) || !__get_cpuid(1, &a, &b, &c, &d)) return false;
  return (extended & bit_LZCNT) != 0 && (c & bit_MOVBE) != 0 && (c & bit_F16C) != 0;
}
bool runs_v3() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("popcnt") &&
         has_the_rest_of_v3();
}
bool runs_v4() {
  return runs_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512cd");
}
constexpr level levels[] = {{&level_v4, runs_v4}, {&level_v3, runs_v3}, {&level_base, nullptr}};
#else
constexpr level levels[] = {{&level_base, nullptr}};
#endif

bool runs(const level& l) { return !l.runs_here || l.runs_here(); }

const kernels& choose() {
  const char* wanted = std::getenv("EARLYSIGHT_KERNELS");
  bool named = false;
  if (wanted)
    for (const auto& l : levels) named = named || std::strcmp(wanted, l.table->name) == 0;
  // Down from the one asked for, or from the best, to the first that runs.
  bool reached = !named;
  for (const auto& l : levels) {
    reached = reached || std::strcmp(wanted, l.table->name) == 0;
    if (reached && runs(l)) return *l.table;
  }
  return level_base;
}

}  // namespace

const kernels& active() {
  static const kernels& chosen = choose();
  return chosen;
}

const kernels* level_named(const char* name) {
  for (const auto& l : levels)
    if (std::strcmp(name, l.table->name) == 0) return runs(l) ? l.table : nullptr;
  return nullptr;
}

}  // namespace earlysight::kernel
