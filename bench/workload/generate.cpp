// SPDX-License-Identifier: Apache-2.0
#include "workload.hpp"

#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

namespace earlysight::workload {
namespace {

std::int32_t day(int y, int m, int d) { return make_date(y, m, d).day; }

// One column while it grows. The bits are kept as bytes until the parts of all threads are joined.
template <class Value>
struct growing {
  std::vector<Value> values;
  std::vector<std::uint8_t> known, present;
  void add(Value v, bool is_known = true, bool is_present = true) {
    values.push_back(v);
    known.push_back(is_known);
    present.push_back(is_present);
  }
};

struct part {
  growing<std::uint8_t> year, free_meals, looked_after, in_need, young_carer, eal, attendance_feed, health_feed, care_feed, moves, behaviour;
  growing<std::uint16_t> phase, sen;
  growing<std::int32_t> birth, admitted, last_seen, review_due;
  growing<float> attainment, reading, previous, distance, hours_offered;
  struct { std::vector<std::uint32_t> child; growing<std::int32_t> week; growing<std::uint8_t> possible, attended; } attendance;
  struct { std::vector<std::uint32_t> child; growing<std::int32_t> made, seen; growing<std::uint16_t> service; growing<std::uint8_t> urgent; } referral;
  struct { std::vector<std::uint32_t> child; growing<std::int32_t> day; growing<float> days; growing<std::uint16_t> reason; } suspension;
  struct { std::vector<std::uint32_t> child; growing<std::int32_t> began, ended; growing<std::uint16_t> kind; } placement;
  struct { std::vector<std::uint32_t> child; growing<std::int32_t> made, review; growing<std::uint16_t> kind; growing<float> hours; } plan;
};

std::vector<std::int32_t> some_days(numbers& r, double expected, int back) {
  std::vector<std::int32_t> days;
  while (days.size() < 12 && r.chance(expected / (1 + expected))) days.push_back(as_of().day - r.below(back));
  std::sort(days.begin(), days.end());
  return days;
}

void add_child(std::uint32_t i, const shape& of, const std::vector<std::int32_t>& week_days, part& out) {
  numbers r(of.seed * 0x2545f4914f6cdd1d + i);
  auto known = [&] { return !r.chance(of.missing); };
  const double risk = std::pow(r.share(), 3);  // few are at risk of much
  const auto today = as_of().day;
  const int year = r.below(12) + 1;
  const bool attendance_feed = !r.chance(0.02), health_feed = !r.chance(0.04), care_feed = !r.chance(0.03);
  out.year.add(static_cast<std::uint8_t>(year), known());
  out.phase.add(static_cast<std::uint16_t>(r.chance(0.02 + 0.05 * risk) ? 2 + r.below(2) : year <= 6 ? 0 : 1), known());
  out.sen.add(static_cast<std::uint16_t>(r.chance(0.04 + 0.2 * risk) ? 2 : r.chance(0.12 + 0.2 * risk) ? 1 : 0), known());
  out.birth.add(day(2025 - 5 - year, 9, 1) + r.below(365), known());
  out.admitted.add(r.chance(0.06) ? today - r.below(200) : today - 300 - r.below(1500), known());
  out.last_seen.add(today - (r.chance(0.03 + 0.2 * risk) ? r.below(90) : r.below(5)), known());
  // Draws stand in statements of their own: the order of a call's arguments is the compiler's.
  const bool review_set = r.chance(0.2);
  out.review_due.add(today + r.below(400) - 60, true, review_set);
  out.free_meals.add(r.chance(0.2 + 0.3 * risk), known());
  out.looked_after.add(r.chance(0.005 + 0.06 * risk), known());
  out.in_need.add(r.chance(0.02 + 0.15 * risk), known());
  out.young_carer.add(r.chance(0.03), known());
  out.eal.add(r.chance(0.2), known());
  out.attendance_feed.add(attendance_feed, known());
  out.health_feed.add(health_feed, known());
  out.care_feed.add(care_feed, known());
  out.moves.add(static_cast<std::uint8_t>(r.below(r.chance(0.1 + 0.3 * risk) ? 6 : 2)), known());
  out.behaviour.add(static_cast<std::uint8_t>(r.below(r.chance(0.1 + 0.5 * risk) ? 60 : 12)), known());
  out.attainment.add(static_cast<float>(80 + r.below(41)) - static_cast<float>(r.below(5)) * static_cast<float>(risk > 0.5), known());
  out.reading.add(static_cast<float>(75 + r.below(56)), known());
  out.previous.add(static_cast<float>(1024 - r.below(r.chance(0.2 + 0.5 * risk) ? 400 : 80)) / 1024.0F, known());
  out.distance.add(static_cast<float>(r.below(r.chance(0.1) ? 60 : 16)) / 4.0F, known());
  out.hours_offered.add(static_cast<float>(r.chance(0.02 + 0.1 * risk) ? 5 + r.below(20) : 25), known());

  const auto arrives = r.chance(0.04) ? static_cast<std::size_t>(r.below(static_cast<int>(weeks))) : 0;
  const bool falls = r.chance(0.05 + 0.5 * risk);
  const auto turn = static_cast<std::size_t>(20 + r.below(18));
  const double before = 0.99 - 0.45 * risk * r.share(), after = falls ? before * r.share() : before + (1 - before) * (r.chance(0.1) ? r.share() : 0);
  for (std::size_t w = 0; w < weeks; ++w) {
    const int possible = w < arrives ? 0 : r.chance(0.05) ? 8 : 10;
    int attended = 0;
    const double p = w < turn ? before : after;
    for (int s = 0; s < possible; ++s) attended += r.chance(p);
    out.attendance.child.push_back(i);
    out.attendance.week.add(week_days[w]);
    out.attendance.possible.add(static_cast<std::uint8_t>(possible));
    out.attendance.attended.add(static_cast<std::uint8_t>(attended));
  }
  for (const auto d : some_days(r, 0.15 + 0.7 * risk, 900)) {
    out.referral.child.push_back(i);
    out.referral.made.add(d);
    out.referral.service.add(static_cast<std::uint16_t>(r.below(4)), known());
    const bool seen = r.chance(0.5);
    out.referral.seen.add(std::min(today, d + r.below(300)), true, seen);
    out.referral.urgent.add(r.chance(0.2), known());
  }
  for (const auto d : some_days(r, 0.05 + 0.6 * risk, 500)) {
    out.suspension.child.push_back(i);
    out.suspension.day.add(d);
    out.suspension.days.add(static_cast<float>(1 + r.below(10)) / 2.0F + static_cast<float>(r.chance(0.05)) * 3.0F, known());
    out.suspension.reason.add(static_cast<std::uint16_t>(r.below(4)), known());
  }
  for (const auto d : some_days(r, 0.03 + 0.45 * risk, 1200)) {
    out.placement.child.push_back(i);
    out.placement.began.add(d);
    const bool ended = r.chance(0.6);
    out.placement.ended.add(std::min(today, d + r.below(400)), true, ended);
    out.placement.kind.add(static_cast<std::uint16_t>(r.below(4)), known());
  }
  for (const auto d : some_days(r, 0.04 + 0.35 * risk, 700)) {
    out.plan.child.push_back(i);
    out.plan.made.add(d);
    out.plan.kind.add(static_cast<std::uint16_t>(r.below(3)), known());
    out.plan.hours.add(static_cast<float>(5 + r.below(21)), known());
    out.plan.review.add(d + r.below(500), known());
  }
}

std::vector<std::uint64_t> bits_of(const std::vector<part>& parts, auto bytes_in) {
  std::vector<std::uint64_t> bits;
  std::size_t n = 0;
  bool all = true;
  for (const auto& p : parts)
    for (const auto b : bytes_in(p)) {
      if (n % 64 == 0) bits.push_back(0);
      bits.back() |= std::uint64_t{b} << (n % 64);
      all = all && b;
      ++n;
    }
  if (all) bits.clear();
  return bits;
}

memory_column join(std::string name, std::vector<part>& parts, auto column_in) {
  using values = std::decay_t<decltype(column_in(parts[0]).values)>;
  values joined;
  std::size_t n = 0;
  for (auto& p : parts) n += column_in(p).values.size();
  joined.reserve(n);
  memory_column out;
  out.known = bits_of(parts, [&](const part& p) -> const auto& { return column_in(const_cast<part&>(p)).known; });
  out.present = bits_of(parts, [&](const part& p) -> const auto& { return column_in(const_cast<part&>(p)).present; });
  for (auto& p : parts) {
    auto& column = column_in(p);
    joined.insert(joined.end(), column.values.begin(), column.values.end());
    column = {};
  }
  out.name = std::move(name);
  out.values = std::move(joined);
  return out;
}

}  // namespace

date as_of() { return make_date(2025, 7, 18); }

std::vector<std::int32_t> mondays() {
  std::vector<std::int32_t> all;
  auto day = [](int y, int m, int d) { return make_date(y, m, d).day; };
  auto stretch = [&](std::int32_t first, std::int32_t last) {
    for (auto m = first - weekday({first}); m <= last; m += 7) all.push_back(m);
  };
  stretch(day(2024, 9, 2), day(2024, 10, 25));
  stretch(day(2024, 11, 4), day(2024, 12, 20));
  stretch(day(2025, 1, 6), day(2025, 2, 14));
  stretch(day(2025, 2, 24), day(2025, 4, 4));
  stretch(day(2025, 4, 22), day(2025, 5, 23));
  stretch(day(2025, 6, 2), as_of().day);
  all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(weeks));
  return all;
}


std::size_t memory_table::rows() const {
  return std::visit([](const auto& v) { return v.size(); }, columns.front().values);
}

memory generate(std::size_t children, std::uint64_t seed) {
  shape of;
  of.children = children, of.seed = seed;
  return generate(of);
}

memory generate(const shape& of) {
  const auto children = of.children;
  const auto week_days = mondays();
  const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
  std::vector<part> parts(threads);
  std::vector<std::thread> running;
  for (std::size_t t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      for (auto i = children * t / threads; i < children * (t + 1) / threads; ++i) add_child(static_cast<std::uint32_t>(i), of, week_days, parts[t]);
    });
  for (auto& t : running) t.join();

  memory out;
  out.children = children;
  out.keys.reserve(children);
  for (std::size_t i = 0; i < children; ++i) {
    auto digits = std::to_string(i);
    out.keys.push_back("c" + std::string(7 - std::min<std::size_t>(7, digits.size()), '0') + digits);
  }
#define COLUMN(table, name) join(#name, parts, [](part& p) -> auto& { return p.table name; })
#define OF_CHILD
  out.tables.push_back({"child",
                        {COLUMN(OF_CHILD, year), COLUMN(OF_CHILD, phase), COLUMN(OF_CHILD, sen), COLUMN(OF_CHILD, birth), COLUMN(OF_CHILD, admitted), COLUMN(OF_CHILD, last_seen),
                         COLUMN(OF_CHILD, review_due), COLUMN(OF_CHILD, free_meals), COLUMN(OF_CHILD, looked_after), COLUMN(OF_CHILD, in_need), COLUMN(OF_CHILD, young_carer),
                         COLUMN(OF_CHILD, eal), COLUMN(OF_CHILD, attendance_feed), COLUMN(OF_CHILD, health_feed), COLUMN(OF_CHILD, care_feed), COLUMN(OF_CHILD, moves), COLUMN(OF_CHILD, behaviour),
                         COLUMN(OF_CHILD, attainment), COLUMN(OF_CHILD, reading), COLUMN(OF_CHILD, previous), COLUMN(OF_CHILD, distance), COLUMN(OF_CHILD, hours_offered)},
                        {}});
  out.tables.push_back({"attendance", {COLUMN(attendance., week), COLUMN(attendance., possible), COLUMN(attendance., attended)}, {}});
  out.tables.push_back({"referral", {COLUMN(referral., made), COLUMN(referral., service), COLUMN(referral., seen), COLUMN(referral., urgent)}, {}});
  out.tables.push_back({"suspension", {COLUMN(suspension., day), COLUMN(suspension., days), COLUMN(suspension., reason)}, {}});
  out.tables.push_back({"placement", {COLUMN(placement., began), COLUMN(placement., ended), COLUMN(placement., kind)}, {}});
  out.tables.push_back({"plan", {COLUMN(plan., made), COLUMN(plan., kind), COLUMN(plan., hours), COLUMN(plan., review)}, {}});
#undef OF_CHILD
#undef COLUMN
  auto children_of = [&](std::size_t table, auto rows_in) {
    for (auto& p : parts) {
      auto& rows = rows_in(p);
      out.tables[table].child.insert(out.tables[table].child.end(), rows.begin(), rows.end());
      rows = {};
    }
  };
  children_of(1, [](part& p) -> auto& { return p.attendance.child; });
  children_of(2, [](part& p) -> auto& { return p.referral.child; });
  children_of(3, [](part& p) -> auto& { return p.suspension.child; });
  children_of(4, [](part& p) -> auto& { return p.placement.child; });
  children_of(5, [](part& p) -> auto& { return p.plan.child; });
  reshape(of, out);
  return out;
}

}  // namespace earlysight::workload
