// SPDX-License-Identifier: Apache-2.0
// The families of kernels that are compiled for each level of the processor's instructions, each with a run over the same material: for the
// benchmark of levels, and for the count of instructions (tests/guard).
#pragma once
#include <engine/kernel/dispatch.hpp>

#include <vector>

namespace earlysight::kernel_families {

using kernel::kernels;
using kernel::word;

inline constexpr std::size_t n = 16'384, mask_bytes = n / 8;
inline constexpr double thresholds[] = {0, 300, 600};

/// What the kernels read and write: unpredictable values and masks.
struct material {
  std::vector<double> a, b, out;
  std::vector<float> floats;
  std::vector<std::int32_t> wholes, other_wholes, whole_out, index;
  std::vector<std::uint16_t> codes, slots;
  std::vector<std::uint8_t> bytes, other_bytes;
  std::vector<word> mask, bits;

  material() : out(n), whole_out(n), bits(n / 64) {
    std::uint32_t seed = 1;
    auto next = [&] { return (seed = seed * 1664525 + 1013904223) >> 12; };
    for (std::size_t i = 0; i < n; ++i) {
      a.push_back(next() % 1000), b.push_back(next() % 1000 + 1);
      floats.push_back(static_cast<float>(next() % 1000));
      wholes.push_back(static_cast<std::int32_t>(next() % 1000)), other_wholes.push_back(static_cast<std::int32_t>(next() % 1000));
      codes.push_back(static_cast<std::uint16_t>(next() % 1000));
      bytes.push_back(static_cast<std::uint8_t>(next() % 11)), other_bytes.push_back(static_cast<std::uint8_t>(next() % 11));
      index.push_back(static_cast<std::int32_t>(i / 39));
    }
    for (std::uint16_t s = 0; s < 16; ++s) slots.push_back(s);
    for (std::size_t w = 0; w < n / 64; ++w) {
      word bits_of_it = 0;
      for (int part = 0; part < 4; ++part) bits_of_it = bits_of_it << 16 ^ next();
      mask.push_back(bits_of_it);
    }
  }
};

inline material m;

/// One family and a run of it over n elements.
struct family {
  const char* name;
  std::size_t bytes;  // read and written
  void (*run)(const kernels&);
};

inline const family families[] = {
    {"doubles_in_range", 8 * n + mask_bytes, [](const kernels& k) { k.doubles_in_range(m.a.data(), n, 100, 500, m.bits.data()); }},
    {"floats_in_range", 4 * n + mask_bytes, [](const kernels& k) { k.floats_in_range(m.floats.data(), n, 100, 500, m.bits.data()); }},
    {"wholes_in_range", 4 * n + mask_bytes, [](const kernels& k) { k.wholes_in_range(m.wholes.data(), n, 100, 500, m.bits.data()); }},
    {"codes_in_range", 2 * n + mask_bytes, [](const kernels& k) { k.codes_in_range(m.codes.data(), n, 100, 500, m.bits.data()); }},
    {"bytes_in_range", n + mask_bytes, [](const kernels& k) { k.bytes_in_range(m.bytes.data(), n, 3, 7, m.bits.data()); }},
    {"compare_doubles", 16 * n + mask_bytes, [](const kernels& k) { k.compare_doubles(kernel::pair_test::less, m.a.data(), m.b.data(), n, m.bits.data()); }},
    {"compare_wholes", 8 * n + mask_bytes, [](const kernels& k) { k.compare_wholes(kernel::pair_test::less, m.wholes.data(), m.other_wholes.data(), n, m.bits.data()); }},
    {"compare_bytes", 2 * n + mask_bytes, [](const kernels& k) { k.compare_bytes(kernel::pair_test::less, m.bytes.data(), m.other_bytes.data(), n, m.bits.data()); }},
    {"nonzero", n + mask_bytes, [](const kernels& k) { k.nonzero(m.bytes.data(), n, m.bits.data()); }},
    {"gather_bits", 4 * n + mask_bytes, [](const kernels& k) { k.gather_bits(m.mask.data(), m.index.data(), n, m.bits.data()); }},
    {"floats_to_doubles", 12 * n, [](const kernels& k) { k.floats_to_doubles(m.floats.data(), n, m.out.data()); }},
    {"wholes_to_doubles", 12 * n, [](const kernels& k) { k.wholes_to_doubles(m.wholes.data(), n, m.out.data()); }},
    {"codes_to_doubles", 10 * n, [](const kernels& k) { k.codes_to_doubles(m.codes.data(), n, m.out.data()); }},
    {"bytes_to_doubles", 9 * n, [](const kernels& k) { k.bytes_to_doubles(m.bytes.data(), n, m.out.data()); }},
    {"bytes_to_wholes", 5 * n, [](const kernels& k) { k.bytes_to_wholes(m.bytes.data(), n, m.whole_out.data()); }},
    {"add", 24 * n, [](const kernels& k) { k.add(m.a.data(), m.b.data(), n, m.out.data()); }},
    {"divide", 24 * n, [](const kernels& k) { k.divide(m.a.data(), m.b.data(), n, m.out.data()); }},
    {"choose_doubles", 24 * n + mask_bytes, [](const kernels& k) { k.choose_doubles(m.mask.data(), m.a.data(), m.b.data(), n, m.out.data()); }},
    {"choose_wholes", 12 * n + mask_bytes, [](const kernels& k) { k.choose_wholes(m.mask.data(), m.wholes.data(), m.other_wholes.data(), n, m.whole_out.data()); }},
    {"days_up_to", 12 * n, [](const kernels& k) { k.days_up_to(m.wholes.data(), n, 1000, 7, m.out.data()); }},
    {"last_reached", 12 * n, [](const kernels& k) { k.last_reached(m.a.data(), n, thresholds, 3, m.whole_out.data()); }},
    // Panels: 16 slots of 16 groups.
    {"sum_slots", n + mask_bytes, [](const kernels& k) { k.sum_slots(m.bytes.data(), 16, m.mask.data(), m.slots.data(), 16, 16, m.out.data()); }},
    {"sum_slots_unmasked", n, [](const kernels& k) { k.sum_slots(m.bytes.data(), 16, nullptr, m.slots.data(), 16, 16, m.out.data()); }},
    {"highest_of_slots", n + mask_bytes, [](const kernels& k) { k.highest_of_slots(m.bytes.data(), 16, m.mask.data(), m.slots.data(), 16, 16, m.out.data()); }},
    {"count_slots", mask_bytes, [](const kernels& k) { k.count_slots(m.mask.data(), 16, 16, m.out.data()); }},
    {"longest_runs", 2 * mask_bytes, [](const kernels& k) { k.longest_runs(m.mask.data(), m.mask.data(), 16, 16, m.out.data()); }},
    {"add_week", 96 * 16 * 64, [](const kernels& k) { k.add_week(m.mask.data(), 16, 3, m.a.data(), m.b.data(), m.out.data()); }},
};

}  // namespace earlysight::kernel_families
