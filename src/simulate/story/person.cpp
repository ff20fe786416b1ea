// SPDX-License-Identifier: Apache-2.0
// Who the children are: families, ages, needs.
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {

date compulsory_from(date dob) {
  const auto fifth = add_months(dob, 60);
  const auto s = split(fifth);
  for (const auto day : {make_date(s.year, 3, 31), make_date(s.year, 8, 31), make_date(s.year, 12, 31)})
    if (fifth <= day) return day + 1;
  return make_date(s.year + 1, 4, 1);
}

family make_family(const world& w, std::int64_t first, int size) {
  draws d(w.seed, static_cast<std::uint64_t>(first), purpose::family);
  family f;
  f.first = first, f.size = size;
  f.home = d.unit();
  // Strain gathers in some parts of the area.
  f.strain = 0.8 * d.normal() + 0.6 * draws(w.seed, static_cast<std::uint64_t>(f.home * 40), purpose::place).normal();
  f.ethnicity = pick(d, {{"white_british", 62}, {"white_other", 8}, {"mixed", 7}, {"asian", 12.5}, {"black", 6}, {"gypsy_roma", 0.3}, {"traveller", 0.1}, {"other", 2.1}});
  f.traveller = f.ethnicity == word("gypsy_roma") || f.ethnicity == word("traveller");
  const bool recent = d.chance(w.p("new_arrival"));
  if (recent) f.arrived = w.time.to - d.between(10, 730);
  else if (f.ethnicity != word("white_british") && d.chance(0.15)) f.arrived = w.time.to - d.between(731, 4000);
  const auto others = f.ethnicity == word("white_british") ? 0.15 : 2.4;
  f.interpreter = d.chance(std::min(0.9, recent ? 0.55 : w.p("interpreter_needed") * 0.82 * others));
  const auto days = w.time.to - w.time.from + 1;
  const auto years = days / 365.25;
  if (recent) f.moved_in = f.arrived + d.between(0, 20);
  else if (d.chance(w.p("moved_area_in_year") * years * (f.traveller ? 5 : 1))) f.moved_in = w.time.from + d.between(0, days - 1);
  if (f.moved_in == no_day && d.chance(w.p("left_area_in_year") * years)) f.moved_out = w.time.from + d.between(0, days - 1);
  f.shared_number = size > 1 && d.chance(w.p("upn_shared"));
  return f;
}

void make_person(const world& w, const family& f, std::int64_t child, int in_family, life& l) {
  l.child = child, l.in_family = in_family, l.home = &f;
  draws d(w.seed, static_cast<std::uint64_t>(child), purpose::person);
  // The first child's year group is any; brothers and sisters are some years older or younger, turned back at the ends so that all
  // year groups stay equally full.
  int year = static_cast<int>(draws(w.seed, static_cast<std::uint64_t>(f.first), purpose::ages).unit() * 12);
  if (in_family > 0) {
    const int apart = d.chance(0.04) ? 0 : in_family + d.between(0, 2 * in_family);
    year += d.chance(0.5) ? apart : -apart;
    while (year < 0 || year > 11) year = year < 0 ? -1 - year : 23 - year;
  } else if (d.chance(1.8 * w.p("past_year_11"))) {
    year = 12;  // about every second child is a family's first
  }
  const auto born_from = make_date(w.time.last_year - 5 - year, 9, 1);
  l.dob = born_from + d.between(0, 364);
  l.year = year > 0 && year < 12 && d.chance(w.p("out_of_year")) ? year - 1 : year;

  // Needs are found over the years of primary school, and are commoner under strain.
  constexpr double found[13] = {0.62, 0.74, 0.84, 0.95, 1.02, 1.07, 1.1, 1.08, 1.08, 1.09, 1.1, 1.11, 0.9};
  const auto strain = std::clamp(1 + 0.18 * f.strain, 0.5, 1.6);
  const auto scale = found[l.year] * strain;
  const auto plan = w.p("ehc_plan") * scale, support = w.p("sen_support") * scale;
  const auto u = d.unit();
  l.sen = u < plan ? sen_kind::ehcp : u < plan + support ? sen_kind::support : sen_kind::none;
  if (l.sen == sen_kind::ehcp)
    l.need = pick(d, {{"autism", 35}, {"slcn", 20}, {"semh", 15}, {"mld", 8}, {"sld", 9}, {"pmld", 3}, {"spld", 3}, {"pd", 3}, {"hi", 1.5}, {"vi", 1}, {"msi", 0.3}, {"down_syndrome", 1}, {"other", 1}});
  else if (l.sen == sen_kind::support && l.year < 7)
    l.need = pick(d, {{"slcn", 40}, {"semh", 20}, {"mld", 14}, {"spld", 11}, {"autism", 6}, {"other", 5}, {"pd", 2}, {"hi", 1.5}, {"vi", 1}});
  else if (l.sen == sen_kind::support)
    l.need = pick(d, {{"semh", 29}, {"spld", 24}, {"mld", 16}, {"slcn", 14}, {"autism", 10}, {"other", 6}, {"pd", 2}, {"hi", 2}, {"vi", 1}});
  const bool severe = l.need == word("sld") || l.need == word("pmld");
  l.special = l.sen == sen_kind::ehcp && d.chance(severe ? 0.95 : std::min(0.95, w.p("special_school") * 0.83));
  l.independent = !l.special && d.chance(std::min(0.5, w.p("independent_school") * (f.strain < -0.5 ? 2.2 : 0.45)));
  l.complex_health = d.chance(std::min(0.9, w.p("complex_health") * (severe ? 25 : l.sen == sen_kind::ehcp ? 5 : 0.65)));
  l.young_carer = d.chance(std::min(0.5, w.p("young_carer") * std::clamp(1 + 0.8 * f.strain, 0.1, 4.0)));
  l.young_mother = l.year >= 10 && d.chance(w.p("young_mother"));
  if (l.year >= 9 && d.chance(w.p("baby_due"))) l.baby_due = w.time.to + d.between(10, 210);
}

}  // namespace earlysight::simulation
