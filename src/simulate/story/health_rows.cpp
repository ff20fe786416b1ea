// SPDX-License-Identifier: Apache-2.0
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {

void tell_health(teller& tell, const life& l) {
  const auto& w = tell.w;
  const auto to = w.time.to;
  {
    draws feeds(w.seed, static_cast<std::uint64_t>(l.child), purpose::gaps);
    feeds.unit();
    if (feeds.chance(w.p("no_health_feed"))) return;  // partners share nothing: no rows
  }
  draws d(w.seed, static_cast<std::uint64_t>(l.child) + (std::uint64_t{1} << 41), purpose::health);
  auto refer = [&](word service, const spell& wait, std::int32_t number) {
    if (!wait.any() || wait.end < w.time.from - 1500) return;
    const bool turned_down = wait.end <= to && service == word("neurodevelopmental") && d.chance(w.p("referral_turned_down"));
    const bool open = wait.end > to;
    const auto priority = service == word("neurodevelopmental") ? pick(d, {{"routine", 90}, {"first", 8}, {"urgent", 2}}) : pick(d, {{"routine", 75}, {"first", 17}, {"urgent", 8}});
    tell.add(rows::referral{.made = wait.begin, .service = service, .by_service = service_ref{number}, .seen = turned_down ? no_day : wait.end, .closed = turned_down ? wait.end : no_day,
                            .priority = if_so(d.chance(0.9), priority), .blocked = open && d.chance(w.p("referral_blocked") * (l.school < 0 ? 5 : 1))});
  };
  refer("neurodevelopmental", l.neuro, static_cast<std::int32_t>(d.between(0, 2)));
  refer("camhs", l.camhs, static_cast<std::int32_t>(d.between(3, 4)));
  refer("speech_language", l.speech, 5 + static_cast<std::int32_t>(d.between(0, 1)));
  refer("occupational", l.occupational, 7);
  refer("physiotherapy", l.physiotherapy, 8);
  refer("paediatrics", l.paediatrics, 9);

  const auto visit_by = [&](word kind, const spell& care, double every) {
    if (!care.any()) return;
    const auto end = earlier(care.end, to);
    for (auto day = later(care.begin, w.time.from) + d.between(2, static_cast<int>(every) + 5); day <= end; day = day + static_cast<int>(every * (0.5 + d.unit()))) {
      const word helped = !l.home->interpreter ? word("not_needed") : d.chance(w.p("interpreter_absent")) ? word("absent") : word("present");
      tell.add(rows::health_contact{.day = day, .kind = kind, .interpreter = helped});
    }
  };
  auto care_for = [&](word service, const spell& care, word setting, bool roll_based, double every) {
    if (!care.any() || care.end < w.time.from) return;
    auto ended = care.end;
    // Care that a school's roll carries stops when the child leaves it.
    if (roll_based)
      for (const auto& s : l.path)
        if (s.left != no_day && s.left <= to && s.left > care.begin && l.school < 0) ended = earlier(ended, s.left + d.between(0, 14));
    tell.add(rows::caseload{.started = care.begin, .ended = ended, .service = service, .setting = setting, .roll_based = roll_based});
    visit_by("therapy", {care.begin, ended}, every);
  };
  const bool on_rolls = d.chance(0.45);
  care_for("camhs", l.camhs_care, d.chance(0.01) ? word("inpatient") : word("community"), false, 28);
  care_for("speech_language", l.speech_care, d.chance(0.75) ? word("school") : word("community"), on_rolls, 35);
  care_for("occupational", l.occupational_care, d.chance(0.5) ? word("school") : word("community"), on_rolls, 45);
  care_for("physiotherapy", l.physiotherapy_care, "community", false, 42);
  if (l.complex_health && d.chance(0.4)) care_for("school_nursing", {w.time.from - d.between(0, 400), to + 100}, "school", true, 60);
  if (l.anxious != no_day && d.chance(0.15)) care_for("mental_health_team", {l.anxious + d.between(10, 60), l.anxious + d.between(90, 200)}, "school", true, 14);
  if (l.complex_health || l.paediatrics.any()) visit_by("appointment", {w.time.from, to}, l.complex_health ? 50 : 120);
  if ((l.camhs.any() || l.need == word("autism")) && d.chance(l.anxious != no_day ? 0.06 : 0.012)) {
    const auto day = w.time.from + d.between(0, to - w.time.from);
    tell.add(rows::health_contact{.day = day, .kind = "crisis", .interpreter = l.home->interpreter ? word("present") : word("not_needed")});
    if (l.need == word("autism") && d.chance(w.p("dsr_of_eligible"))) tell.add(rows::dsr{.started = day + d.between(5, 60), .ended = no_day});
  } else if (l.need == word("autism") && d.chance(0.01)) {
    tell.add(rows::dsr{.started = w.time.from - d.between(0, 300), .ended = d.chance(0.3) ? value(w.time.from + d.between(10, 200)) : value{}});
  }
  const auto years = (to - w.time.from + 1) / 365.25;
  if (d.chance(std::min(0.8, w.p("hospital_stay_in_year") * years * (l.complex_health ? 25 : l.camhs.any() ? 2 : 0.7)))) {
    const auto in = w.time.from + d.between(0, to - w.time.from);
    const auto days = static_cast<int>(quantiles{2.0, 3.0, 5.0, 10.0, 30.0, 120.0}.of(d.unit()));
    tell.add(rows::hospital_stay{.admitted = in, .discharged = in + days, .discharge_due = in + days > to && d.chance(0.7) ? in + days : no_day, .la_contact = days > 7 && d.chance(0.6) ? in + d.between(3, days) : no_day});
  }
  // Left waiting while the need grows.
  if (l.neuro.open_on(to) && to - l.neuro.begin > 200 && (l.fell != no_day || l.anxious != no_day)) tell.truth("waiting", l.neuro.begin, l.fell != no_day ? "a neurodevelopmental referral is open and attendance slides" : "a neurodevelopmental referral is open and anxiety grows");
}

}  // namespace earlysight::simulation
