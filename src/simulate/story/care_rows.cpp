// SPDX-License-Identifier: Apache-2.0
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {

void tell_care(teller& tell, const life& l) {
  const auto& w = tell.w;
  const auto to = w.time.to;
  {
    draws feeds(w.seed, static_cast<std::uint64_t>(l.child), purpose::gaps);
    feeds.unit(), feeds.unit();
    if (feeds.chance(w.p("no_care_feed"))) return;
  }
  draws d(w.seed, static_cast<std::uint64_t>(l.child) + (std::uint64_t{1} << 41), purpose::care);
  auto status = [&](word kind, const spell& s) {
    if (s.any() && s.end >= w.time.from - 700) tell.add(rows::social_care{.started = later(s.begin, l.dob), .ended = s.end, .status = kind});
  };
  status("early_help", l.early_help);
  status("in_need", l.in_need);
  status("protection", l.protection);
  status("looked_after", l.looked_after);
  const auto years = (to - w.time.from + 1) / 365.25;
  const bool known = l.in_need.any() || l.protection.any() || l.looked_after.any();
  if (d.chance(std::min(0.7, w.p("section_47_in_year") * years * (known ? 9 : 0.55)))) {
    const auto begin = w.time.from + d.between(0, to - w.time.from);
    tell.add(rows::social_care{.started = begin, .ended = begin + d.between(8, 40), .status = "section_47"});
  }
  if (l.looked_after.any()) {
    // One placement after another.
    auto begin = later(l.looked_after.begin, l.dob);
    for (int i = 0; i < 4 && begin < l.looked_after.end && begin <= to; ++i) {
      const bool lasts = d.chance(0.55) || i == 3;
      const auto end = lasts ? l.looked_after.end : earlier(l.looked_after.end, begin + d.between(30, 500));
      const auto shared = d.chance(w.p("care_shared")) ? begin + d.between(0, 20) : no_day;
      tell.add(rows::care_placement{.started = begin, .ended = end, .in_area = d.chance(0.6), .permanence = lasts && d.chance(0.2), .shared = shared});
      begin = end + 1;
    }
  }
  if (l.youth_justice.any()) tell.add(rows::youth_justice{.started = l.youth_justice.begin, .ended = l.youth_justice.end});
  if (l.track == track_kind::custody) tell.add(rows::custody{.entered = l.out.begin, .released = l.out.end, .release_due = l.out.end > to && d.chance(0.85) ? l.out.end : no_day});
  if (d.chance(std::min(0.8, w.p("went_missing_in_year") * years * (l.looked_after.any() ? 14 : l.youth_justice.any() ? 25 : l.in_need.any() ? 5 : l.year >= 7 ? 0.8 : 0.15)))) {
    const int n = d.between(1, 3);
    auto day = w.time.from + d.between(0, to - w.time.from);
    for (int i = 0; i < n; ++i, day = day + d.between(5, 60)) tell.add(rows::missing_episode{.went = day, .returned = day + (d.chance(0.8) ? d.between(0, 2) : d.between(3, 15))});
  }
}

}  // namespace earlysight::simulation
