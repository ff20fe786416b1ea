// SPDX-License-Identifier: Apache-2.0
// The order in which tracks are tried, how common each is, and how long it lasts.
#pragma once
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {

struct track_step {
  enum class by : std::uint8_t { open_share, in_year, ever } counted;
  track_kind kind;
  figure share;
  quantiles<6> days;
};

/// Rarer ones first: the first that happens is the child's.
inline constexpr std::array<track_step, tracks - 1> track_steps{{
    {track_step::by::open_share, track_kind::custody, "custody", {{15, 40, 70, 110, 180, 300}}},
    {track_step::by::ever, track_kind::never, "never_on_roll", {{100, 100, 100, 100, 100, 100}}},
    {track_step::by::open_share, track_kind::eotas, "eotas", {{60, 150, 280, 430, 650, 1000}}},
    {track_step::by::open_share, track_kind::missing, "missing_education", {{5, 20, 45, 90, 180, 400}}},
    {track_step::by::open_share, track_kind::off_roll, "off_roll_unnoticed", {{25, 50, 90, 140, 210, 330}}},
    {track_step::by::in_year, track_kind::excluded, "excluded_permanently_in_year", {{30, 60, 100, 170, 280, 420}}},
    {track_step::by::open_share, track_kind::medical, "medical_provision", {{15, 40, 80, 130, 200, 350}}},
    {track_step::by::open_share, track_kind::online, "online_provision", {{20, 45, 80, 120, 170, 250}}},
    {track_step::by::open_share, track_kind::part_time, "part_time", {{12, 25, 42, 75, 140, 300}}},
    {track_step::by::open_share, track_kind::alternative, "alternative_provision", {{20, 60, 120, 200, 330, 600}}},
    {track_step::by::open_share, track_kind::internal, "internal_provision", {{15, 40, 70, 110, 170, 300}}},
    {track_step::by::open_share, track_kind::flexi, "flexi_schooled", {{60, 140, 230, 340, 480, 700}}},
    {track_step::by::open_share, track_kind::home_educated, "home_educated", {{30, 130, 320, 600, 1000, 1900}}},
}};

/// The chance that a child who is on no earlier track is on this one at some time told.
inline double chance_of_track(const world& w, const life& l, const track_step& step) {
  const auto share = w.p(step.share) * track_weight(l, w, step.kind) / w.mean_weight[static_cast<std::size_t>(step.kind)];
  const auto window = static_cast<double>(w.time.to - w.time.from + 1);
  switch (step.counted) {
    case track_step::by::open_share: return std::min(0.5, share) * (1 + window / step.days.mean());
    case track_step::by::in_year: return share * window / 365.25;
    case track_step::by::ever: break;
  }
  return share;
}

}  // namespace earlysight::simulation
