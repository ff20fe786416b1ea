// SPDX-License-Identifier: Apache-2.0
#include "timeline.hpp"

#include <algorithm>
#include <cstring>

namespace earlysight::simulation {
namespace {

int academic_start(date d) {
  const auto s = split(d);
  return s.month >= 9 ? s.year : s.year - 1;
}

date monday_of(date d) { return d - weekday(d); }

}  // namespace

school_calendar common_calendar(date from, date to) {
  std::vector<term> terms;
  std::vector<date_range> closed;
  for (int y = academic_start(from); y <= academic_start(to) + 1; ++y) {
    // Monday of the week that holds a day; close to what most authorities have, Easter apart.
    auto monday = [&](int year, int month, int day) { return monday_of(make_date(year, month, day)); };
    const auto autumn = monday(y, 9, 5), half = monday(y, 10, 28), january = monday(y + 1, 1, 7), february = monday(y + 1, 2, 16), april = monday(y + 1, 4, 5), may = monday(y + 1, 5, 28);
    terms.push_back({"Autumn 1", {autumn, half - 3}});
    terms.push_back({"Autumn 2", {half + 7, monday(y, 12, 19) + 4}});
    terms.push_back({"Spring 1", {january, february - 3}});
    terms.push_back({"Spring 2", {february + 7, april - 3}});
    terms.push_back({"Summer 1", {april + 14, may - 3}});
    terms.push_back({"Summer 2", {may + 7, monday(y + 1, 7, 21) + 2}});
    closed.push_back({monday(y + 1, 5, 7), monday(y + 1, 5, 7)});
  }
  return {std::move(terms), std::move(closed)};
}

result<timeline> timeline::make(const school_calendar& given, date from, date to) {
  timeline t;
  t.from = from, t.to = to;
  if (given.empty()) {
    t.calendar = common_calendar(from, to);
  } else {
    t.calendar = given;
    const auto first = academic_year(given.first_day(), 0).first;
    if (from < first || to > given.last_day() + 60)
      return failure{failure_kind::data, "the pack's calendar reaches from " + long_text(given.first_day()) + " to " + long_text(given.last_day()) + ", and the time asked for is " + long_text(from) + " to " + long_text(to) +
                                             ": choose --from and --to inside it, or add the missing terms to the calendar"};
  }
  t.last_year = academic_start(to);
  const auto& terms = t.calendar.terms();
  std::size_t running = 0, named = terms.size();
  int year = -1;
  for (auto d = from; d <= to; d = d + 1) {
    t.place_.push_back(static_cast<std::int32_t>(t.days.size()));
    if (!t.calendar.is_school_day(d)) continue;
    while (running + 1 < terms.size() && terms[running].days.last < d) ++running;
    if (named != running) t.term_ends.push_back(terms[running].days.last), named = running;
    if (t.weeks.empty() || t.weeks.back() != monday_of(d)) t.weeks.push_back(monday_of(d));
    if (academic_start(d) != year) year = academic_start(d), t.year_starts.push_back(static_cast<std::int32_t>(t.days.size()));
    t.days.push_back({d, static_cast<std::int32_t>(t.weeks.size()) - 1, static_cast<std::int32_t>(t.term_ends.size()) - 1, static_cast<std::int32_t>(t.year_starts.size()) - 1, static_cast<std::int8_t>(weekday(d))});
  }
  t.year_starts.push_back(static_cast<std::int32_t>(t.days.size()));
  return t;
}

date timeline::school_days_later(date d, int n) const {
  if (const auto found = calendar.school_day_from(d, n)) return *found;
  return d + n * 7 / 5;
}

date timeline::opening(int year) const {
  const auto first = make_date(year, 9, 1);
  if (const auto found = calendar.school_day_from(first - 1, 1); found && *found < first + 30) return *found;
  return make_date(year, 9, 2);
}

date timeline::closing(int year) const {
  const auto last = make_date(year + 1, 8, 31);
  if (const auto found = calendar.school_day_back(last, 1); found && *found > last - 75) return *found;
  return make_date(year + 1, 7, 21);
}

date_texts::date_texts(date first, date last) : first_(first) {
  texts_.resize(static_cast<std::size_t>(last - first + 1));
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const auto text = iso_text(first + static_cast<int>(i));
    std::memcpy(texts_[i].data(), text.data(), 10);
  }
}

char* date_texts::write(char* p, date d) const {
  const auto i = static_cast<std::int64_t>(d.day) - first_.day;
  if (i >= 0 && i < static_cast<std::int64_t>(texts_.size())) {
    std::memcpy(p, texts_[static_cast<std::size_t>(i)].data(), 10);
  } else {
    const auto text = iso_text(d);
    std::memcpy(p, text.data(), 10);
  }
  return p + 10;
}

}  // namespace earlysight::simulation
