// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/reckoning.hpp>

#include <algorithm>

namespace earlysight {
namespace {

constexpr std::int32_t days_of_grace = 60;
// Dates that columns can hold lie in the years 1 to 9999; a sum may leave them, but not the range of an int.
constexpr std::int64_t farthest = 8000000;

}  // namespace

std::optional<date> shifted(const school_calendar& calendar, date d, duration length, int sign) {
  if (length.unit == time_unit::school_days) return calendar.school_day_from(d, sign * length.count);
  const std::int64_t days = static_cast<std::int64_t>(length.count) * (length.unit == time_unit::weeks ? 7 : length.unit == time_unit::months ? 31 : length.unit == time_unit::years ? 366 : 1);
  if (days > farthest || d.day > farthest || d.day < -farthest) return std::nullopt;
  return shift(d, length, sign);
}

day_count school_days_between(const school_calendar& calendar, date from, date to) {
  if (calendar.empty()) return {};
  const auto last = calendar.last_day();
  day_count out;
  out.low = calendar.school_days_up_to(to) - calendar.school_days_up_to(from);
  const bool reaches_back = from.day >= calendar.first_day().day - 1;
  const bool reaches_on = to.day <= last.day + days_of_grace;
  if (reaches_back && reaches_on) out.high = out.low;
  else out.high = out.low + std::max(0, to.day - from.day);  // no stretch holds more school days than days
  return out;
}

std::optional<date> edge_of_window(const school_calendar& calendar, date d, duration length, int sign) {
  if (sign < 0) {
    const date before{d.day - 1};
    if (length.unit == time_unit::school_weeks) return calendar.school_week_back(before, length.count);
    const auto t = calendar.term_back(before, length.count);
    return t ? std::optional(t->first) : std::nullopt;
  }
  const date after{d.day + 1};
  if (calendar.empty() || d < date{calendar.first_day().day - 1}) return std::nullopt;
  if (length.unit == time_unit::school_weeks) {
    // The week of the day after counts if it still holds a school day from then on.
    const auto sunday = date{after.day - weekday(after) + 6};
    const bool counts = calendar.school_days_up_to(sunday) > calendar.school_days_up_to(d);
    const auto n = length.count - (counts ? 1 : 0);
    if (n == 0) return sunday;
    const auto monday = calendar.school_week_ahead(after, n);
    return monday ? std::optional(date{monday->day + 6}) : std::nullopt;
  }
  const auto now = calendar.term_back(after, 1);
  const bool counts = now && after <= now->last;
  const auto n = length.count - (counts ? 1 : 0);
  if (n == 0) return now->last;
  const auto t = calendar.term_ahead(after, n);
  return t ? std::optional(t->last) : std::nullopt;
}

std::int32_t whole_units(date d, date to, time_unit unit) {
  const auto days = to.day - d.day;
  if (unit == time_unit::days) return days;
  if (unit == time_unit::weeks) return days / 7;
  const auto a = split(d), b = split(to);
  auto months = (b.year - a.year) * 12 + (b.month - a.month);
  if (add_months(d, months) > to) --months;
  return unit == time_unit::months ? months : months / 12;
}

}  // namespace earlysight
