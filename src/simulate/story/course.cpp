// SPDX-License-Identifier: Apache-2.0
// What becomes of a child: how much school it misses, what follows, and on whose roll it is when.
#include "tracks.hpp"

#include <algorithm>

namespace earlysight::simulation {

double place_in_absence(const life& l, const world& w) {
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::absence);
  const auto x = (burden_of(l, w) + d.normal() + 6) * 16;
  const auto& table = w.burden[static_cast<std::size_t>((l.has_sen() ? 1 : 0) + (l.year >= 7 ? 2 : 0))];
  const auto i = static_cast<std::size_t>(std::clamp(x, 0.0, 254.0));
  return std::clamp(table[i] + (table[i + 1] - table[i]) * (std::clamp(x, 0.0, 255.0) - static_cast<double>(i)), 0.0, 0.9999999);
}

namespace {

void choose_track(const world& w, life& l) {
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::track);
  const auto& p = w.p;
  const auto& t = w.time;
  for (const auto& step : track_steps) {
    const auto share = p(step.share) * track_weight(l, w, step.kind) / w.mean_weight[static_cast<std::size_t>(step.kind)];
    if (step.counted == track_step::by::open_share) {
      l.out = draw_spell(d, std::min(0.5, share), step.days, t);
    } else if (d.chance(chance_of_track(w, l, step))) {
      const auto begin = step.counted == track_step::by::in_year ? t.from + d.between(0, t.to - t.from) : compulsory_from(l.dob);
      l.out = {begin, step.counted == track_step::by::in_year ? begin + static_cast<int>(step.days.of(d.unit())) : t.to + 100};
    }
    if (!l.out.any()) continue;
    l.track = step.kind;
    break;
  }
  if (l.track == track_kind::school) return;
  // Nobody leaves school before going to it.
  const auto first = later(compulsory_from(l.dob) - 90, later(l.dob + 4 * 365, l.home->moved_in == no_day ? no_day : l.home->moved_in));
  if (l.out.begin < first) l.out.begin = first;
  // What becomes of a family that has left the area is another authority's to record.
  const auto gone = l.home->moved_out;
  if (gone != no_day) l.out.end = earlier(l.out.end, gone);
  if (l.out.begin > w.time.to || l.out.end <= l.out.begin) l.track = track_kind::school, l.out = {};
  l.dual = l.track == track_kind::alternative && d.chance(0.4);
  l.alone = l.track == track_kind::never && d.chance(0.5);
  l.unrecorded = (l.track == track_kind::part_time && d.chance(p("part_time_unrecorded"))) || (l.track == track_kind::alternative && !l.dual && d.chance(p("provision_unrecorded")));
  if (l.track == track_kind::part_time && !l.unrecorded && d.chance(p("part_time_again"))) {
    const auto ended = l.out.begin - d.between(15, 80);
    l.before = {later(ended - d.between(20, 70), first), ended};
    if (l.before.begin >= l.before.end) l.before = {};
  }
  if ((l.track == track_kind::home_educated || l.track == track_kind::missing) && d.chance(p("out_again"))) {
    const auto begin = l.out.end + d.between(30, 120);
    if (begin < t.to - 10 && gone == no_day) l.again = {begin, begin + d.between(30, 250)};
  }
  l.provision_late = l.track == track_kind::excluded && d.chance(p("excluded_without_provision"));
  switch (l.track) {
    case track_kind::part_time: l.weekly_hours = static_cast<std::int32_t>(quantiles{4.0, 8.0, 12.0, 15.0, 20.0}.of(d.unit())); break;
    case track_kind::eotas: l.weekly_hours = static_cast<std::int32_t>(quantiles{5.0, 10.0, 15.0, 18.0, 25.0}.of(d.unit())); break;
    case track_kind::medical: l.weekly_hours = static_cast<std::int32_t>(quantiles{3.0, 5.0, 8.0, 12.0, 20.0}.of(d.unit())); break;
    case track_kind::online: l.weekly_hours = static_cast<std::int32_t>(quantiles{5.0, 8.0, 12.0, 20.0}.of(d.unit())); break;
    case track_kind::flexi: l.weekly_hours = 5 * d.between(2, 4); break;
    default: l.weekly_hours = static_cast<std::int32_t>(quantiles{5.0, 10.0, 18.0, 24.0, 25.0}.of(d.unit())); break;
  }
}

// A slide of attendance before what it leads to, or on its own.
void choose_fall(const world& w, life& l) {
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::schooling);
  const bool waits = l.neuro.open_on(w.time.to), cause = waits || l.anxious != no_day || l.bullied != no_day || l.camhs.any();
  const auto lead = [&] {
    switch (l.track) {
      case track_kind::home_educated: return 0.55;
      case track_kind::part_time:
      case track_kind::eotas:
      case track_kind::medical: return 0.8;
      case track_kind::missing:
      case track_kind::off_roll: return 0.4;
      case track_kind::online: return 0.6;
      default: return 0.0;
    }
  }();
  if (lead > 0 && d.chance(lead)) l.fell = l.out.begin - d.between(50, 230);
  else if (lead == 0 && l.absence > 0.75 && d.chance(cause ? 0.5 : 0.12)) l.fell = w.time.to - d.between(45, 230);
  if (l.fell != no_day && l.anxious != no_day && l.anxious < w.time.to - 60 && lead == 0) l.fell = later(l.fell, l.anxious);
}

void choose_suspensions(const world& w, life& l) {
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::suspension);
  const auto years = (w.time.to - w.time.from + 1) / 365.25;
  const auto weight = (0.25 + 2.2 * l.absence * l.absence) * (l.year >= 7 ? 1.75 : 0.3) * (l.need == word("semh") ? 4 : l.has_sen() ? 1.7 : 0.75) * (l.year < 1 ? 0.2 : 1) / 0.86;
  const auto excluded = l.track == track_kind::excluded;
  if (!d.chance(excluded ? 0.85 : std::min(0.8, w.p("suspended_in_year") * years * weight))) return;
  const int n = excluded || d.chance(0.35) ? d.between(2, 3) : 1;
  const auto last = excluded ? l.out.begin - 5 : w.time.to;
  for (int i = 0; i < n; ++i) {
    const auto place = w.time.place(w.time.from + d.between(0, std::max(0, last - w.time.from)));
    if (place >= w.time.days.size()) continue;
    l.suspended[i] = w.time.days[place].day;
    l.suspended_days[i] = static_cast<int>(quantiles{1.0, 1.6, 2.6, 4.0, 9.0}.of(d.unit()));
  }
  std::sort(l.suspended, l.suspended + 3, [](date a, date b) { return (a == no_day) != (b == no_day) ? b == no_day : a < b; });
}

}  // namespace

void make_course(const world& w, life& l) {
  l.absence = place_in_absence(l, w);
  choose_track(w, l);
  choose_fall(w, l);
  choose_suspensions(w, l);
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::transport);
  l.transport = l.special ? d.chance(0.7) : l.sen == sen_kind::ehcp ? d.chance(0.2) : d.chance(0.004);
  if (l.transport && d.chance(w.p("transport_late"))) {
    const auto begin = d.chance(0.6) ? w.time.opening(w.time.last_year - d.between(0, 1)) : w.time.from + d.between(0, w.time.to - w.time.from);
    l.no_transport = {begin, begin + d.between(14, 90)};
  }
  make_path(w, l);
}

void hide_sibling(const world& w, std::vector<life>& all) {
  const auto educated_at_home = std::any_of(all.begin(), all.end(), [](const life& l) { return l.track == track_kind::home_educated; });
  if (!educated_at_home || all.size() < 2 || !draws(w.seed, static_cast<std::uint64_t>(all[0].child), purpose::track).chance(w.p("sibling_not_seen"))) return;
  for (auto& l : all) {
    const auto since = compulsory_from(l.dob);
    if (l.track != track_kind::school || l.special || l.year > 8 || since > w.time.to) continue;
    l.track = track_kind::never, l.alone = true, l.out = {since, w.time.to + 100};
    l.path.clear();
    l.sends = feed::none, l.school = -1, l.rows_to = no_day, l.fell = no_day, l.dual = false, l.again = {}, l.transport = false, l.no_transport = {};
    for (auto& day : l.suspended) day = no_day;
    return;
  }
}

}  // namespace earlysight::simulation
