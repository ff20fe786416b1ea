// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/calendar/date.hpp>

#include <optional>
#include <string>
#include <vector>

namespace earlysight {

/// Days, both ends included. Empty when `first > last`.
struct date_range {
  date first, last;
};

struct term {
  std::string name;
  date_range days;
};

/// All calendars of a pack together: terms, days on which schools are closed, and what follows from them.
///
/// A *school day* is a weekday inside a term and not closed; a *school week* is Monday to Sunday and holds a school day.
/// Source: language.md section 5.
class school_calendar {
 public:
  school_calendar() = default;
  school_calendar(std::vector<term> terms, std::vector<date_range> closed);

  bool empty() const { return terms_.empty(); }
  /// In order of time.
  const std::vector<term>& terms() const { return terms_; }
  /// First day of the first term and last day of the last. Requires: not empty.
  date first_day() const;
  date last_day() const;

  bool is_school_day(date) const;
  /// Whether the Monday-to-Sunday week of the day holds a school day.
  bool in_school_week(date) const;
  bool in_term(date) const;

  /// School days in (-inf, d]; differences of two are the school days between.
  std::int32_t school_days_up_to(date) const;
  /// Days of school weeks, and of terms, in (-inf, d]; for the days that a window covers.
  std::int32_t school_week_days_up_to(date) const;
  std::int32_t term_days_up_to(date) const;

  /// The days of school weeks, and of terms, that lie in a range: stretches in order, as few as there can be.
  std::vector<date_range> school_weeks_within(date_range) const;
  std::vector<date_range> terms_within(date_range) const;

  /// The n-th school day later than d (n >= 1), or earlier than d (n <= -1).
  /// Nothing when the calendar does not reach: d lies before its first day or more than 60 days after its last, or there are not so many school days.
  std::optional<date> school_day_from(date d, std::int32_t n) const;

  /// The n-th school day back from d, where d counts as the first if it is one (n >= 1); nothing when out of reach.
  std::optional<date> school_day_back(date d, std::int32_t n) const;

  /// The Monday of the n-th school week back from d; the week that holds d, or the last one before, is 1.
  std::optional<date> school_week_back(date d, std::int32_t n) const;
  /// The Monday of the n-th school week after the week of d (n >= 1).
  std::optional<date> school_week_ahead(date d, std::int32_t n) const;

  /// The n-th term back from d: the term that holds d, or the last one before it, is 1.
  std::optional<date_range> term_back(date d, std::int32_t n) const;
  /// The n-th term that begins after d (n >= 1).
  std::optional<date_range> term_ahead(date d, std::int32_t n) const;

 private:
  std::vector<term> terms_;
  std::vector<date> school_days_;   // in order
  std::vector<date> school_weeks_;  // Mondays, in order
};

/// 1 September to 31 August. `years_back` 0 is the one that holds d.
date_range academic_year(date d, int years_back);

}  // namespace earlysight
