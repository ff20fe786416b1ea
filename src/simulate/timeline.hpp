// SPDX-License-Identifier: Apache-2.0
// The days of a simulation, numbered: school days, school weeks and terms from `from` to `to`, and dates as text.
#pragma once
#include "value.hpp"

#include <earlysight/base/result.hpp>
#include <earlysight/calendar/school_calendar.hpp>

#include <array>
#include <vector>

namespace earlysight::simulation {

/// One school day: its date and the places of its week, term and academic year.
struct school_day {
  date day;
  std::int32_t week = 0, term = 0, year = 0;
  std::int8_t weekday = 0;  // Monday is 0
};

class timeline {
 public:
  /// Fails with `data` where the calendar does not cover from..to. A pack without a calendar gets terms as schools commonly have them.
  static result<timeline> make(const school_calendar&, date from, date to);

  date from, to;
  std::vector<school_day> days;
  std::vector<date> weeks;             // Mondays
  std::vector<date> term_ends;         // the last is after `to` where a term is running
  std::vector<std::int32_t> year_starts;  // places in `days` of the first day of each academic year, and days.size()
  std::int32_t last_year = 2024;       // the calendar year in which the academic year of `to` began
  school_calendar calendar;

  /// The place in `days` of the first school day on or after d; days.size() where there is none.
  std::size_t place(date d) const {
    if (d <= from) return 0;
    if (d > to) return days.size();
    return static_cast<std::size_t>(place_[static_cast<std::size_t>(d - from)]);
  }
  /// The last school day told of: no register reaches further.
  date last_school_day() const { return days.empty() ? to : days.back().day; }
  /// The n-th school day later than d; days where the calendar does not reach count as five a week.
  date school_days_later(date d, int n) const;
  /// The first school day of the academic year that begins in `year`, or 2 September.
  date opening(int year) const;
  /// The last school day of that academic year, or 21 July.
  date closing(int year) const;

 private:
  std::vector<std::int32_t> place_;  // for each day of from..to
};

/// Terms of the academic years that touch from..to, of a fictional authority.
school_calendar common_calendar(date from, date to);

/// Ten characters for every day that a simulation writes often; others are worked out.
class date_texts {
 public:
  date_texts(date first, date last);
  char* write(char* p, date d) const;

 private:
  date first_;
  std::vector<std::array<char, 10>> texts_;
};

}  // namespace earlysight::simulation
