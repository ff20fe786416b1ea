// SPDX-License-Identifier: Apache-2.0
// How many enrolments miss which share of their possible sessions in a year.
// Source: Department for Education, Pupil absence in schools in England 2022/23, absence bands; Open Government Licence v3.0.
#pragma once
#include <array>
#include <cstdint>

namespace earlysight::simulation {

inline constexpr std::size_t absence_bands = 11;  // up to 5 %, up to 10 %, …, up to 50 %, more
using band_counts = std::array<std::int32_t, absence_bands>;

/// Counts of Year 1 to 11 (index 0 to 10), without and with any special educational need.
extern const std::array<std::array<band_counts, 2>, 11> england_2022_23;

/// The share of sessions that a pupil misses whose place among those of the same year and need is u (0: the least absent).
double absence_share(int year, bool sen, double u);

}  // namespace earlysight::simulation
