// SPDX-License-Identifier: Apache-2.0
// What weighs on a child: waits, care, worries; and how they add up.
#include "tracks.hpp"

#include <algorithm>
#include <cmath>

namespace earlysight::simulation {
namespace {

// Days; many wait months, some wait years. Those found open have waited 45 weeks on average.
constexpr quantiles long_wait{20.0, 110.0, 220.0, 340.0, 500.0, 760.0, 1400.0};
constexpr quantiles clinic_wait{7.0, 25.0, 50.0, 85.0, 130.0, 210.0, 420.0};
constexpr quantiles course{30.0, 80.0, 150.0, 230.0, 360.0, 700.0};

// A referral that waits, then care by the service, as shares of those with either.
void with_service(draws& d, const timeline& t, double share, double waiting, spell& referred, spell& care) {
  referred = draw_spell(d, share * waiting, clinic_wait, t);
  if (referred.any()) {
    // Many are seen once; a course of care for everybody seen would be more than services give.
    if (referred.end <= t.to && d.chance(0.25)) care = {referred.end, referred.end + static_cast<int>(course.of(d.unit()))};
    return;
  }
  care = draw_spell(d, share * (1 - waiting), course, t);
  if (care.any()) referred = {care.begin - static_cast<int>(clinic_wait.of(d.unit())), care.begin};
}

}  // namespace

void make_causes(const world& w, life& l) {
  const auto& t = w.time;
  {
    draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::health);
    const auto wait_scale = std::max(1.0, w.p("neurodevelopmental_wait_weeks")) / 45;
    auto lengths = long_wait;
    for (auto& x : lengths.at) x *= wait_scale;
    auto share = [&](figure f, clinic c) { return std::min(0.7, w.p(f) * clinic_weight(l, c) / w.mean_clinic[static_cast<std::size_t>(c)]); };
    l.neuro = draw_spell(d, share("neurodevelopmental_wait", clinic::neurodevelopmental), lengths, t);
    with_service(d, t, std::min(0.7, share("camhs", clinic::camhs) * (l.neuro.open_on(t.to) ? 2.2 : 0.95)), 0.45, l.camhs, l.camhs_care);
    with_service(d, t, share("speech_language", clinic::speech), 0.4, l.speech, l.speech_care);
    with_service(d, t, share("occupational", clinic::occupational), 0.5, l.occupational, l.occupational_care);
    with_service(d, t, share("physiotherapy", clinic::physiotherapy), 0.35, l.physiotherapy, l.physiotherapy_care);
    spell nobody;
    with_service(d, t, share("paediatrics", clinic::paediatrics), 0.5, l.paediatrics, nobody);
  }
  {
    draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::care);
    // Care is a family's matter: strain tells, and brothers and sisters share it.
    const auto strain = care_weight(l) / w.mean_care;
    constexpr quantiles months{40.0, 100.0, 180.0, 280.0, 420.0, 800.0};
    constexpr quantiles years{90.0, 300.0, 700.0, 1300.0, 2600.0};
    l.looked_after = draw_spell(d, std::min(0.3, w.p("looked_after") * strain), years, t);
    if (!l.looked_after.any()) l.protection = draw_spell(d, std::min(0.3, w.p("protection") * strain), months, t);
    if (!l.looked_after.any()) l.in_need = draw_spell(d, std::min(0.4, w.p("in_need") * strain), months, t);
    if (!l.looked_after.any() && !l.in_need.any()) l.early_help = draw_spell(d, std::min(0.4, w.p("early_help") * strain), months, t);
    if (l.year >= 6) l.youth_justice = draw_spell(d, std::min(0.3, w.p("youth_justice") * 2.1 * strain * (l.need == word("semh") ? 4 : 0.8)), months, t);
  }
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::worries);
  const auto years = (t.to - t.from + 1) / 365.25;
  const auto waits = l.neuro.open_on(t.to) ? 2.6 : 0.85;
  const auto anxious = w.p("anxiety") * years * (l.year >= 7 ? 1.35 : 0.7) * waits * (l.camhs.any() ? 3 : 0.85) * (l.need == word("autism") ? 2.2 : 0.9);
  if (d.chance(std::min(0.8, anxious))) l.anxious = t.from + d.between(0, t.to - t.from);
  if (d.chance(std::min(0.5, w.p("bullying") * years * (l.has_sen() ? 1.7 : 0.85)))) l.bullied = t.from + d.between(0, t.to - t.from);
}

double clinic_weight(const life& l, clinic c) {
  const bool plan = l.sen == sen_kind::ehcp, sen = l.has_sen();
  switch (c) {
    case clinic::neurodevelopmental: return l.need == word("autism") ? 0.9 : l.need == word("slcn") || l.need == word("semh") ? 3.2 : sen ? 2.2 : 0.62;
    case clinic::camhs: return (l.year >= 7 ? 1.45 : 0.6) * (l.need == word("semh") ? 3.5 : 0.85);
    case clinic::speech: return (l.year <= 4 ? 1.5 : 0.55) * (l.need == word("slcn") ? 6 : plan ? 4 : 0.5);
    case clinic::occupational: return plan ? 7 : sen ? 1.8 : 0.5;
    case clinic::physiotherapy: return l.need == word("pd") ? 30 : l.complex_health ? 20 : 0.7;
    case clinic::paediatrics: return l.complex_health ? 12 : sen ? 2 : 0.7;
  }
  return 1;
}

double care_weight(const life& l) { return std::clamp(0.55 + 0.5 * l.home->strain + (l.home->strain > 1 ? 1.2 : 0), 0.05, 4.0) * (l.has_sen() ? 1.7 : 0.85); }

double burden_of(const life& l, const world& w) {
  const auto to = w.time.to;
  double b = 0.45 * l.home->strain;
  if (l.neuro.open_on(to)) b += std::min(1.0, 0.25 + (to - l.neuro.begin) / 900.0);
  if (l.anxious != no_day) b += 0.9;
  if (l.bullied != no_day) b += 0.35;
  if (l.camhs.any()) b += 0.45;
  if (l.in_need.any() || l.protection.any()) b += 0.55;
  if (l.looked_after.any()) b += 0.1;
  if (l.young_carer) b += 0.35;
  if (l.complex_health) b += 0.7;
  if (l.sen == sen_kind::ehcp) b += 0.15;
  if (l.home->traveller) b += 1.2;
  if (l.home->moved_in != no_day) b += 0.2;
  return b;
}

double track_weight(const life& l, const world& w, track_kind k) {
  const auto u = l.absence, u2 = u * u, u4 = u2 * u2;
  const bool semh = l.need == word("semh"), anxious = l.anxious != no_day, unmet = l.neuro.open_on(w.time.to), older = l.year >= 7;
  const bool arrived = l.home->arrived != no_day && l.home->arrived > w.time.to - 730, moved = l.home->moved_in != no_day;
  if (l.year > 11 || compulsory_from(l.dob) - 90 > w.time.to) return 0;
  switch (k) {
    case track_kind::school: return 0;
    case track_kind::home_educated: return (0.3 + 2.2 * u4) * (l.has_sen() ? 1.7 : 0.85) * (unmet ? 2.2 : 1) * (anxious ? 1.9 : 1) * (older ? 1.3 : 0.8) * (l.home->traveller ? 6 : 1) * (l.special ? 0.15 : 1);
    case track_kind::missing: return (0.3 + 2 * u4) * (arrived ? 8 : moved ? 4 : 1) * (l.home->traveller ? 6 : 1) * (l.home->moved_out != no_day ? 4 : 1) * (l.special ? 0.3 : 1);
    case track_kind::off_roll: return (0.3 + 2.5 * u4) * (l.year >= 9 ? 2.5 : 0.8) * (moved ? 2 : 1);
    case track_kind::never: return (arrived ? 12 : 0.5) * (l.year <= 2 ? 3 : 0.6) * (l.special ? 0 : 1);
    case track_kind::part_time: return (0.05 + 8 * u4 * u2) * (semh ? 4 : l.has_sen() ? 2 : 0.7) * (anxious ? 1.9 : 1);
    case track_kind::alternative: return (0.1 + 5 * u4) * (older ? 2 : 0.25) * (semh ? 5 : 0.8) * (l.special ? 0.2 : 1);
    case track_kind::internal: return (0.2 + 3 * u4) * (older ? 1.8 : 0.3) * (semh ? 5 : 0.8) * (l.special ? 0 : 1);
    case track_kind::eotas: return l.sen == sen_kind::ehcp ? (0.1 + 5 * u4) * (anxious ? 2 : 1) : 0;
    case track_kind::medical: return (0.02 + 8 * u4 * u2) * (l.complex_health ? 6 : 1) * (l.camhs.any() ? 3 : 1);
    case track_kind::online: return (0.05 + 5 * u4) * (older ? 1.6 : 0.3);
    case track_kind::flexi: return (0.6 + u) * (older ? 0.5 : 1.5);
    case track_kind::custody: return l.year >= 9 ? (0.1 + 3 * u4) * (semh ? 4 : 1) * (l.youth_justice.any() ? 25 : 0.3) : 0;
    case track_kind::excluded: return (0.1 + 3 * u2) * (older ? 1.9 : 0.2) * (semh ? 6 : 0.8) * (l.special ? 0.3 : 1);
  }
  return 0;
}

void take_sample(world& w) {
  constexpr int families = 40000;
  // Bins of burdens, by need and phase; then each smoothed by the chance that comes on top.
  std::array<std::array<double, 400>, 4> bins{};
  std::array<double, 4> all{};
  std::vector<life> kept;
  std::vector<family> homes;
  homes.reserve(families);
  kept.reserve(families);
  double care = 0;
  std::array<double, 6> clinics{};
  life l;
  for (int i = 0; i < families; ++i) {
    const auto who = (std::int64_t{1} << 40) + i;
    homes.push_back(make_family(w, who, 1));
    l.clear();
    make_person(w, homes.back(), who, 0, l);
    kept.push_back(l);
    care += care_weight(l);
    for (std::size_t c = 0; c < clinics.size(); ++c) clinics[c] += clinic_weight(l, static_cast<clinic>(c));
  }
  w.mean_care = std::max(1e-9, care / families);
  for (std::size_t c = 0; c < clinics.size(); ++c) w.mean_clinic[c] = std::max(1e-9, clinics[c] / families);
  for (auto& one : kept) {
    make_causes(w, one);
    const auto group = static_cast<std::size_t>((one.has_sen() ? 1 : 0) + (one.year >= 7 ? 2 : 0));
    bins[group][static_cast<std::size_t>(std::clamp(static_cast<int>((burden_of(one, w) + 4) * 40), 0, 399))] += 1;
    all[group] += 1;
  }
  for (std::size_t g = 0; g < 4; ++g)
    for (std::size_t x = 0; x < 256; ++x) {
      const auto at = -6 + static_cast<double>(x) / 16;
      double sum = 0;
      for (std::size_t b = 0; b < 400; ++b)
        if (bins[g][b] > 0) sum += bins[g][b] * 0.5 * std::erfc((-4 + (static_cast<double>(b) + 0.5) / 40 - at) * 0.70710678118654752);
      w.burden[g][x] = all[g] > 0 ? sum / all[g] : static_cast<double>(x) / 255;
    }
  // Each track among those whom the earlier ones left over.
  std::vector<double> left(families, 1);
  for (auto& one : kept) one.absence = place_in_absence(one, w);
  for (const auto& step : track_steps) {
    auto& mean = w.mean_weight[static_cast<std::size_t>(step.kind)];
    double sum = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) sum += left[i] * track_weight(kept[i], w, step.kind);
    mean = std::max(1e-9, sum / families);
    for (std::size_t i = 0; i < kept.size(); ++i) left[i] *= 1 - std::min(1.0, chance_of_track(w, kept[i], step));
  }
}

}  // namespace earlysight::simulation
