// SPDX-License-Identifier: Apache-2.0
// Special educational needs, progress, and support in school.
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {
namespace {

void tell_plan(teller& tell, const life& l) {
  const auto& w = tell.w;
  const auto to = w.time.to;
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::send);
  if (l.sen == sen_kind::ehcp) {
    // Special schools: from early on. Others: some time since Reception, commonest at the moves between phases.
    const auto school_days = std::max(120, to - (l.dob + 4 * 365));
    const auto started = to - static_cast<int>(school_days * (l.special ? 0.5 + 0.5 * d.unit() : 0.03 + 0.97 * d.unit()));
    const bool late = d.chance(w.p("ehc_plan_late"));
    const auto asked = started - (late ? 141 + static_cast<int>(quantiles{0.0, 20.0, 50.0, 110.0, 300.0}.of(d.unit())) : 80 + d.between(0, 59));
    tell.add(rows::ehc_request{.asked = asked, .asked_by = pick(d, {{"parent", 42}, {"school", 45}, {"health", 8}, {"other", 5}}), .decided = asked + d.between(25, 60), .assessed = true, .issued = started, .closed = no_day, .blocked = false});
    const bool care = l.in_need.any() || l.protection.any() || l.looked_after.any();
    const bool budget = d.chance(w.p("personal_budget") * (l.track == track_kind::eotas ? 8 : 1));
    auto reviewed = no_day;
    const auto due = d.chance(w.p("annual_review_late") * (l.track == track_kind::eotas ? 2 : 1)) ? d.between(370, 640) : d.between(20, 364);
    if (started < to - 330) reviewed = later(started + 250, to - due);
    tell.add(rows::ehc_plan{.started = started, .ceased = l.home->moved_out, .reviewed = reviewed, .therapy = d.chance(std::min(0.95, w.p("plan_names_therapy") * (l.speech_care.any() ? 1.8 : 0.9))),
                            .social_care_advice = d.chance(care ? 0.8 : 0.45) ? started - d.between(10, 60) : no_day, .personal_budget = budget, .budget_checked = if_so(budget && d.chance(0.75), value(later(started, to - d.between(5, 400))))});
    return;
  }
  const auto scale = l.sen == sen_kind::support ? 4.5 : 0.35;
  const auto request = draw_spell(d, std::min(0.5, w.p("ehc_request_open") * scale), quantiles{60.0, 110.0, 140.0, 190.0, 300.0}, w.time);
  if (!request.any()) return;
  // Of a child without a plan, a request that ended was turned down, before or after an assessment.
  const auto decided = request.begin + d.between(25, 70);
  const bool agreed = request.end > to ? d.chance(0.75) : d.chance(0.15);
  const auto closed = request.end > to ? agreed ? no_day : decided : agreed ? request.end : decided;
  tell.add(rows::ehc_request{.asked = request.begin, .asked_by = pick(d, {{"parent", 50}, {"school", 38}, {"health", 8}, {"other", 4}}), .decided = decided, .assessed = if_so(decided <= to, agreed), .issued = no_day, .closed = closed,
                             .blocked = d.chance(l.school < 0 ? 0.35 : 0.03)});
}

void tell_progress(teller& tell, const life& l) {
  const auto& w = tell.w;
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::progress);
  const auto reception = w.time.last_year - l.year;
  const auto behind = l.has_sen() ? 0.62 : std::clamp(0.16 + 0.05 * l.home->strain, 0.04, 0.5);
  const bool arrived_later = l.home->moved_in != no_day && split(l.home->moved_in).year > reception;
  if (!arrived_later && l.track != track_kind::never) tell.add(rows::early_years{.assessed = make_date(reception + 1, 6, 20) + d.between(0, 9), .communication = d.chance(behind) ? word("emerging") : word("expected"), .personal = d.chance(behind * 0.85) ? word("emerging") : word("expected")});
  // Once a year from Year 2; who misses school falls behind.
  const auto level = 104 - (l.has_sen() ? 9.5 : 0.0) - 2 * l.home->strain + 6 * d.normal();
  for (int year = 2; year <= std::min(11, l.year); ++year) {
    const auto taken = make_date(reception + year + 1, 5, 12) + d.between(0, 6);
    if (taken < w.time.from - 800 || taken > w.time.to || l.path.empty() || taken < l.path.front().joined) continue;
    const auto fallen = l.fell != no_day && l.fell < taken ? 5.0 : 0.0;
    tell.add(rows::attainment{.taken = taken, .scaled = amount(std::clamp(static_cast<double>(static_cast<int>(level - 3 * l.absence * (year - 1) / 5 - fallen + 2.5 * d.normal())), 80.0, 120.0))});
  }
}

void tell_support(teller& tell, const life& l) {
  const auto& w = tell.w;
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::support);
  auto some = [&](word kind, double share, const auto& days) {
    const auto s = draw_spell(d, std::min(0.7, share), days, w.time);
    if (s.any() && s.begin > l.dob + 3 * 365) tell.add(rows::support{.started = s.begin, .ended = s.end, .kind = kind});
  };
  if (l.has_sen() && d.chance(w.p("adjustment_support"))) {
    const auto year = w.time.last_year - d.between(0, std::min(2, l.year));
    const auto started = w.time.opening(year) + d.between(5, 120);
    const bool ended = d.chance(w.p("support_ends_with_year"));
    tell.add(rows::support{.started = started, .ended = ended ? w.time.closing(year) : no_day, .kind = "adjustment"});
  }
  const bool low = l.absence > 0.8;
  constexpr quantiles terms{30.0, 80.0, 150.0, 250.0};
  some("mentor", low ? 0.09 : 0.008, terms);
  some("tutoring", 0.02, terms);
  if (l.anxious != no_day) some("ebsa", l.year < 7 ? 0.35 : 0.12, terms);
  if (l.anxious != no_day || l.camhs_care.any()) some("mental_health_team", 0.12, terms);
  if (l.early_help.any()) tell.add(rows::support{.started = l.early_help.begin, .ended = l.early_help.end, .kind = "early_help"});
  some("family", std::clamp(0.01 + 0.02 * l.home->strain, 0.0, 0.1), terms);
  if (l.complex_health || l.sen == sen_kind::ehcp) some("key_worker", 0.1, terms);
  if (l.home->arrived != no_day && l.home->interpreter) some("navigator", 0.2, terms);
  if (l.year == 6 && l.has_sen()) {
    const auto started = make_date(w.time.last_year + 1, 1, 15) + d.between(0, 140);
    if (d.chance(l.sen == sen_kind::ehcp ? 0.8 : 0.35)) tell.add(rows::support{.started = started, .ended = no_day, .kind = "transition_plan"});
  }
}

}  // namespace

void tell_needs(teller& tell, const life& l) {
  tell_plan(tell, l);
  tell_progress(tell, l);
  tell_support(tell, l);
}

}  // namespace earlysight::simulation
