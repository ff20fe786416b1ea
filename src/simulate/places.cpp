// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"

#include "random.hpp"

#include <algorithm>
#include <cmath>

namespace earlysight::simulation {

places::places(std::uint64_t seed, std::int64_t children, const figures& p, const timeline& t) : seed_(seed), p_(p), time_(t) {
  const auto n = static_cast<double>(children), size = std::max(0.05, p("school_size"));
  auto of = [&](double share, double pupils, int least) { return std::max(least, static_cast<std::int32_t>(n * share / (pupils * size))); };
  const std::int32_t counts[6] = {of(0.54, 260, 6), of(0.39, 950, 3), of(0.018, 120, 2), of(0.006, 60, 1), of(0.055, 250, 2), of(0.002, 30, 2)};
  first_[0] = 0;
  for (int i = 0; i < 6; ++i) first_[i + 1] = first_[i] + counts[i];
  providers_ = of(0.004, 25, 8);
}

school_traits places::school(std::int32_t number) const {
  draws d(seed_, static_cast<std::uint64_t>(number), purpose::place);
  school_traits s;
  const auto of = sort_of(number);
  const bool academy = d.chance(of == secondary ? 0.8 : of == primary ? 0.45 : 0.4);
  // Spread evenly over neighbouring numbers, so that few schools already show every sort of feed.
  const auto turn = std::fmod((number + 1) * 0.6180339887498949 + static_cast<double>(seed_ % 97) / 97, 1.0);
  switch (of) {
    case primary: s.phase = "primary"; break;
    case secondary: s.phase = number % 17 == 5 ? word("all_through") : word("secondary"); break;
    case special:
    case away: s.phase = "special"; break;
    case alternative: s.phase = "alternative_provision"; break;
    case independent: s.phase = "all_through"; break;
  }
  s.kind = of == independent || of == away ? word("independent") : academy ? word("academy") : d.chance(0.98) ? word("maintained") : word("other");
  s.own_admissions = !(s.kind == word("maintained")) || d.chance(0.3);
  s.in_area = of != away && !d.chance(0.02);
  const auto nothing = of == independent || of == away ? p_("independent_sends_nothing") : p_("school_sends_nothing");
  const auto marks = p_("school_sends_marks"), terms = p_("school_sends_terms");
  s.sends = turn < marks ? feed::marks : turn < marks + terms ? feed::terms : turn < marks + terms + nothing ? feed::none : feed::weeks;
  if (s.sends != feed::none) {
    s.stopped = d.chance(p_("register_stopped") * (of == independent ? 4 : 1));
    s.register_to = time_.last_school_day() - (s.stopped ? 25 + d.between(0, 80) : 0);
  }
  s.training[0] = d.between(0, 1), s.training[1] = d.between(60, 150);
  if (d.chance(0.25)) s.snow = d.between(65, 105);
  return s;
}

bool places::registered(std::int32_t provider) const { return !draws(seed_, static_cast<std::uint64_t>(provider) + 0x100000000u, purpose::place).chance(p_("provider_unregistered")); }

bool places::approved(std::int32_t provider) const {
  draws d(seed_, static_cast<std::uint64_t>(provider) + 0x200000000u, purpose::place);
  return d.chance(p_("provider_approved"));
}

int places::longest_wait(std::int32_t service) const { return service % 3 == 0 ? 13 : 18; }

}  // namespace earlysight::simulation
