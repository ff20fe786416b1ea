// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/school_calendar.hpp>

#include <algorithm>
#include <limits>

namespace earlysight {
namespace {

date monday_of(date d) { return {d.day - weekday(d)}; }

std::int32_t count_up_to(const std::vector<date>& days, date d) {
  return static_cast<std::int32_t>(std::upper_bound(days.begin(), days.end(), d) - days.begin());
}

// Adds a stretch that begins no earlier than those before it, and joins it to the last where they touch.
void add_stretch(std::vector<date_range>& all, date_range r) {
  if (r.last < r.first) return;
  if (!all.empty() && r.first.day - 1 <= all.back().last.day) all.back().last = std::max(all.back().last, r.last);
  else all.push_back(r);
}

}  // namespace

school_calendar::school_calendar(std::vector<term> terms, std::vector<date_range> closed) : terms_(std::move(terms)) {
  std::stable_sort(terms_.begin(), terms_.end(), [](const term& a, const term& b) { return a.days.first < b.days.first || (a.days.first == b.days.first && a.days.last < b.days.last); });
  // The same term in two calendars is one term.
  terms_.erase(std::unique(terms_.begin(), terms_.end(), [](const term& a, const term& b) { return a.days.first == b.days.first && a.days.last == b.days.last; }), terms_.end());
  std::sort(closed.begin(), closed.end(), [](const date_range& a, const date_range& b) { return a.first < b.first; });
  // Each day once, however many terms and closed stretches hold it.
  std::size_t next = 0;
  std::int32_t closed_up_to = std::numeric_limits<std::int32_t>::min(), done_up_to = closed_up_to;
  for (const auto& t : terms_) {
    for (auto d = date{std::max(t.days.first.day, done_up_to == std::numeric_limits<std::int32_t>::min() ? t.days.first.day : done_up_to + 1)}; d <= t.days.last; ++d.day) {
      for (; next < closed.size() && closed[next].first <= d; ++next) closed_up_to = std::max(closed_up_to, closed[next].last.day);
      if (weekday(d) < 5 && d.day > closed_up_to) school_days_.push_back(d);
    }
    done_up_to = std::max(done_up_to, t.days.last.day);
  }
  for (auto d : school_days_)
    if (school_weeks_.empty() || school_weeks_.back() < monday_of(d)) school_weeks_.push_back(monday_of(d));
}

date school_calendar::first_day() const { return terms_.front().days.first; }
date school_calendar::last_day() const {
  auto last = terms_.front().days.last;
  for (const auto& t : terms_) last = std::max(last, t.days.last);
  return last;
}

bool school_calendar::is_school_day(date d) const { return std::binary_search(school_days_.begin(), school_days_.end(), d); }
bool school_calendar::in_school_week(date d) const { return std::binary_search(school_weeks_.begin(), school_weeks_.end(), monday_of(d)); }
bool school_calendar::in_term(date d) const {
  return std::any_of(terms_.begin(), terms_.end(), [&](const term& t) { return t.days.first <= d && d <= t.days.last; });
}

std::int32_t school_calendar::school_days_up_to(date d) const { return count_up_to(school_days_, d); }

std::int32_t school_calendar::school_week_days_up_to(date d) const {
  const auto weeks = count_up_to(school_weeks_, d);
  if (weeks == 0) return 0;
  const auto last = school_weeks_[static_cast<std::size_t>(weeks - 1)];
  return (weeks - 1) * 7 + std::min(7, d.day - last.day + 1);
}

std::int32_t school_calendar::term_days_up_to(date d) const {
  std::int32_t days = 0;
  auto counted = date{INT32_MIN};
  for (const auto& t : terms_) {
    const auto from = std::max(t.days.first, date{counted == date{INT32_MIN} ? t.days.first.day : counted.day + 1});
    const auto to = std::min(t.days.last, d);
    if (from <= to) days += to.day - from.day + 1;
    counted = std::max(counted, t.days.last);
  }
  return days;
}

std::vector<date_range> school_calendar::school_weeks_within(date_range r) const {
  std::vector<date_range> all;
  for (auto monday : school_weeks_) add_stretch(all, {std::max(monday, r.first), std::min(date{monday.day + 6}, r.last)});
  return all;
}

std::vector<date_range> school_calendar::terms_within(date_range r) const {
  std::vector<date_range> all;
  for (const auto& t : terms_) add_stretch(all, {std::max(t.days.first, r.first), std::min(t.days.last, r.last)});
  return all;
}

std::optional<date> school_calendar::school_day_from(date d, std::int32_t n) const {
  // Soon after the last term there are no school days; later, nobody has said.
  constexpr std::int32_t days_of_grace = 60;
  if (terms_.empty() || d < first_day() || d.day > last_day().day + days_of_grace) return std::nullopt;
  if (n == 0) return d;
  const auto before = static_cast<std::int64_t>(std::lower_bound(school_days_.begin(), school_days_.end(), d) - school_days_.begin());
  const auto up_to = static_cast<std::int64_t>(count_up_to(school_days_, d));
  const auto at = n > 0 ? up_to + n - 1 : before + n;
  if (at < 0 || at >= static_cast<std::int64_t>(school_days_.size())) return std::nullopt;
  return school_days_[static_cast<std::size_t>(at)];
}

std::optional<date> school_calendar::school_day_back(date d, std::int32_t n) const {
  const auto at = static_cast<std::int64_t>(count_up_to(school_days_, d)) - n;
  if (n < 1 || at < 0) return std::nullopt;
  return school_days_[static_cast<std::size_t>(at)];
}

std::optional<date> school_calendar::school_week_back(date d, std::int32_t n) const {
  const auto at = static_cast<std::int64_t>(count_up_to(school_weeks_, d)) - n;
  if (n < 1 || at < 0) return std::nullopt;
  return school_weeks_[static_cast<std::size_t>(at)];
}

std::optional<date> school_calendar::school_week_ahead(date d, std::int32_t n) const {
  const auto at = static_cast<std::int64_t>(count_up_to(school_weeks_, d)) + n - 1;
  if (n < 1 || at >= static_cast<std::int64_t>(school_weeks_.size())) return std::nullopt;
  return school_weeks_[static_cast<std::size_t>(at)];
}

std::optional<date_range> school_calendar::term_back(date d, std::int32_t n) const {
  std::int64_t begun = 0;
  while (begun < static_cast<std::int64_t>(terms_.size()) && terms_[static_cast<std::size_t>(begun)].days.first <= d) ++begun;
  const auto at = begun - n;
  if (n < 1 || at < 0) return std::nullopt;
  return terms_[static_cast<std::size_t>(at)].days;
}

std::optional<date_range> school_calendar::term_ahead(date d, std::int32_t n) const {
  std::int64_t begun = 0;
  while (begun < static_cast<std::int64_t>(terms_.size()) && terms_[static_cast<std::size_t>(begun)].days.first <= d) ++begun;
  const auto at = begun + n - 1;
  if (n < 1 || at >= static_cast<std::int64_t>(terms_.size())) return std::nullopt;
  return terms_[static_cast<std::size_t>(at)].days;
}

date_range academic_year(date d, int years_back) {
  const auto s = split(d);
  const int year = (s.month >= 9 ? s.year : s.year - 1) - years_back;
  return {make_date(year, 9, 1), make_date(year + 1, 8, 31)};
}

}  // namespace earlysight
