// SPDX-License-Identifier: Apache-2.0
#include "life.hpp"

namespace earlysight::simulation {
namespace {

word sen_word(sen_kind k) { return k == sen_kind::none ? word("none") : k == sen_kind::support ? word("support") : word("ehcp"); }

word feed_word(feed f) {
  switch (f) {
    case feed::marks: return "marks";
    case feed::weeks: return "weeks";
    case feed::terms: return "terms";
    case feed::none: break;
  }
  return "none";
}

void tell_homes(teller& tell, const life& l) {
  const auto& w = tell.w;
  const auto& f = *l.home;
  draws d(w.seed, static_cast<std::uint64_t>(f.first) + (std::uint64_t{1} << 41), purpose::family);
  const word before = f.arrived != no_day && f.moved_in == f.arrived ? word("abroad") : pick(d, {{"Eastvale", 3}, {"Northmoor", 2}, {"Southmere", 1}});
  const auto first = later(l.dob, f.moved_in == no_day ? l.dob : f.moved_in);
  if (f.moved_in != no_day && l.dob < f.moved_in && d.chance(0.8)) tell.add(rows::residence{.moved_in = later(l.dob, f.moved_in - 900), .moved_out = f.moved_in, .authority = before});
  tell.add(rows::residence{.moved_in = first, .moved_out = f.moved_out, .authority = "Westmarsh"});
  if (f.moved_out != no_day) tell.add(rows::residence{.moved_in = f.moved_out, .moved_out = no_day, .authority = pick(d, {{"Eastvale", 1}, {"Kingsfold", 2}, {"abroad", 0.6}})});
}

}  // namespace

void tell_child(teller& tell, const life& l) {
  const auto& w = tell.w;
  const auto& f = *l.home;
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::gaps);
  const bool shares = f.shared_number && l.in_family < 2;
  const bool no_number = d.chance(w.p("upn_missing"));
  const bool no_health = d.chance(w.p("no_health_feed")), no_care = d.chance(w.p("no_care_feed"));
  const auto number = static_cast<std::int32_t>(shares ? f.first : l.child);
  tell.add(rows::child{.upn = no_number ? value{} : value(pupil_number{number}),
                       .upn_shared = shares,
                       .dob = l.dob,
                       .year = amount(l.year),
                       .sen = sen_word(l.sen),
                       .primary_need = l.need,
                       .school = school_ref{l.school},
                       .arrived = f.arrived,
                       .complex_health = l.complex_health,
                       .interpreter_needed = f.interpreter,
                       .ethnicity = f.ethnicity,
                       .baby_due = l.baby_due,
                       .young_mother = l.young_mother,
                       .young_carer = l.young_carer,
                       .school_feed = feed_word(l.sends),
                       .health_feed = !no_health,
                       .care_feed = !no_care,
                       .health_to = no_health ? no_day : w.time.to - d.between(0, 6),
                       .care_to = no_care ? no_day : w.time.to - d.between(0, 3),
                       .on_roll = l.school >= 0});
  for (int i = 0; i < f.size; ++i)
    if (i != l.in_family) tell.add(rows::sibling{.other = child_ref{static_cast<std::int32_t>(f.first + i)}});
  tell_homes(tell, l);
  if (l.sends != feed::none && l.school >= 0 && l.rows_to != no_day && l.rows_to < w.time.last_school_day() - 20) tell.truth("lost_feed", l.rows_to, "the rows of a pupil on a roll stop");
}

void tell_schooling(teller& tell, const life& l) {
  const auto& w = tell.w;
  const auto to = w.time.to;
  draws d(w.seed, static_cast<std::uint64_t>(l.child) + (std::uint64_t{1} << 42), purpose::schooling);
  for (const auto& s : l.path) {
    const bool gone = s.left != no_day && s.left <= to;
    tell.add(rows::enrolment{.joined = s.joined, .left = s.left, .school = school_ref{s.school}, .status = s.status, .left_reason = if_so(gone, s.reason)});
  }
  for (int i = 0; i < 3; ++i)
    if (l.suspended[i] != no_day && !d.chance(w.p("suspension_unrecorded"))) tell.add(rows::suspension{.starts = l.suspended[i], .kind = d.chance(0.02) ? word("lunchtime") : word("suspended"), .days = amount(d.chance(0.08) ? 0.5 : l.suspended_days[i])});
  if (l.track == track_kind::excluded) tell.add(rows::suspension{.starts = l.out.begin, .kind = "permanent", .days = {}});
  // Places agreed for September, and after moves.
  const auto agreed_from = make_date(w.time.last_year + 1, 3, 1);
  if ((l.year == 6 || l.year == 11) && d.chance(w.p("place_for_next_phase") * (l.track == track_kind::school || !l.out.open_on(w.time.to) ? 1 : 0.75))) {
    const auto agreed = agreed_from + d.between(0, 75);
    const auto school = l.special ? l.school : w.where.near(l.independent ? places::independent : places::secondary, l.home->home);
    tell.add(rows::agreed_place{.agreed = agreed, .begins = w.time.opening(w.time.last_year + 1), .school = l.year == 11 ? school_ref{} : school_ref{school}, .kind = l.year == 11 ? word("post_16") : word("school"), .weekly = amount(25)});
  }
  // The moves between phases that lie behind: their places were agreed in the spring before, mostly.
  for (std::size_t i = 1; i < l.path.size(); ++i) {
    const auto &before = l.path[i - 1], &after = l.path[i];
    if (before.reason == word("end_of_phase") && after.status != word("subsidiary") && after.joined > before.left && after.joined - before.left < 100 && d.chance(w.p("place_for_next_phase")))
      tell.add(rows::agreed_place{.agreed = before.left - d.between(60, 140), .begins = after.joined, .school = school_ref{after.school}, .kind = "school", .weekly = amount(25)});
  }
  if (l.year == 0 && d.chance(0.97)) tell.add(rows::agreed_place{.agreed = make_date(w.time.last_year, 4, 16) + d.between(0, 40), .begins = w.time.opening(w.time.last_year), .school = l.path.empty() ? school_ref{} : school_ref{l.path.front().school}, .kind = "school", .weekly = amount(25)});
  // A place that was waited for: before joining after a gap, by chance, or for want of a special school.
  const auto& f = *l.home;
  if (f.moved_in != no_day && !l.path.empty() && l.path.front().joined > f.moved_in + 5 && f.moved_in >= w.time.from - 200)
    tell.add(rows::place_wait{.asked = f.moved_in + d.between(1, 4), .offered = l.path.front().joined - 2, .kind = "in_year", .school = school_ref{l.path.front().school}});
  else if (l.track == track_kind::missing || l.track == track_kind::never) {
    if (d.chance(0.6) && !l.alone) tell.add(rows::place_wait{.asked = l.out.begin + d.between(2, 20), .offered = l.out.end - 3, .kind = "in_year", .school = school_ref{w.where.near(l.year >= 7 ? places::secondary : places::primary, l.home->home)}});
  } else if (l.sen == sen_kind::ehcp && !l.special && d.chance(std::min(0.9, (l.track == track_kind::eotas || l.track == track_kind::online ? 12 : 1) * w.p("waiting_for_place") * 8))) {
    const auto wait = draw_spell(d, 0.8, quantiles{20.0, 80.0, 160.0, 300.0, 600.0}, w.time);
    if (wait.any()) tell.add(rows::place_wait{.asked = wait.begin, .offered = wait.end, .kind = "special", .school = d.chance(0.2) ? school_ref{} : school_ref{w.where.near(places::special, l.home->home)}});
  } else if (d.chance(w.p("waiting_for_place") * 0.5)) {
    const auto wait = draw_spell(d, 0.5, quantiles{3.0, 15.0, 40.0, 90.0}, w.time);
    if (wait.any()) tell.add(rows::place_wait{.asked = wait.begin, .offered = wait.end, .kind = "in_year", .school = school_ref{w.where.near(l.year >= 7 ? places::secondary : places::primary, d.unit())}});
  }
  if (l.transport) {
    const auto opening = later(w.time.opening(w.time.last_year), l.path.empty() ? no_day : l.path.back().joined);
    const bool late = l.no_transport.any();
    const auto asked = late ? l.no_transport.begin - d.between(5, 40) : opening - d.between(40, 90);
    const bool unsuitable = d.chance(w.p("transport_unsuitable")), appeal = d.chance(w.p("transport_appeal"));
    const auto since = asked + d.between(60, 200);
    const auto appealed = later(asked + 15, to - d.between(0, 300));
    tell.add(rows::transport{.asked = asked, .eligible = true, .begun = late ? l.no_transport.end : opening, .appealed = appeal ? appealed : no_day, .appeal_decided = appeal ? appealed + d.between(20, 90) : no_day,
                             .unsuitable = if_so(unsuitable && since <= to, pick(d, {{"medical_help", 3}, {"staffing", 4}, {"journey", 3}, {"other", 1}})), .unsuitable_since = unsuitable ? since : no_day,
                             .mended = unsuitable && d.chance(0.7) ? since + d.between(15, 150) : no_day});
    if (late && l.no_transport.begin + 20 <= to) tell.truth("transport_late", l.no_transport.begin, "no transport to school");
  } else if (d.chance(0.004)) {
    const auto asked = w.time.from + d.between(0, to - w.time.from);
    const bool appeal = d.chance(w.p("transport_appeal") * 10);
    tell.add(rows::transport{.asked = asked, .eligible = false, .begun = no_day, .appealed = appeal ? asked + 30 : no_day, .appeal_decided = appeal ? asked + 30 + d.between(20, 120) : no_day, .unsuitable = {}, .unsuitable_since = no_day, .mended = no_day});
  }
}

}  // namespace earlysight::simulation
