// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/reckoning.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace earlysight;

namespace {

date day(const char* text) { return *parse_date(text); }

const school_calendar calendar({{"Autumn 1", {day("2024-09-02"), day("2024-10-25")}}, {"Spring 1", {day("2025-01-06"), day("2025-02-14")}}, {"Spring 2", {day("2025-02-24"), day("2025-04-04")}}},
                               {{day("2025-03-03"), day("2025-03-03")}});

}  // namespace

TEST_CASE("a day past the end of a month is that month's last", "[calendar]") {
  CHECK(add_months(day("2024-08-31"), 6) == day("2025-02-28"));
  CHECK(add_months(day("2024-02-29"), 12) == day("2025-02-28"));
  CHECK(add_months(day("2025-03-31"), -13) == day("2024-02-29"));
}

TEST_CASE("only days that exist are dates, written year-month-day", "[calendar]") {
  CHECK_FALSE(parse_date("2015-02-29"));
  CHECK_FALSE(parse_date("2015-13-01"));
  CHECK_FALSE(parse_date("15-01-01"));
  CHECK(iso_text(day("0001-01-01")) == "0001-01-01");
  CHECK(long_text(day("2023-05-02")) == "2 May 2023");
  CHECK(weekday(day("2025-06-20")) == 4);
}

TEST_CASE("a school day is a weekday inside a term and not closed", "[calendar]") {
  CHECK(calendar.is_school_day(day("2025-02-14")));
  CHECK_FALSE(calendar.is_school_day(day("2025-02-15")));
  CHECK_FALSE(calendar.is_school_day(day("2025-02-18")));
  CHECK_FALSE(calendar.is_school_day(day("2025-03-03")));
}

TEST_CASE("school weeks are ranked back from the week that holds the day", "[calendar]") {
  CHECK(*calendar.school_week_back(day("2025-03-05"), 1) == day("2025-03-03"));
  CHECK(*calendar.school_week_back(day("2025-03-05"), 3) == day("2025-02-10"));
  CHECK(*calendar.school_week_back(day("2025-02-19"), 1) == day("2025-02-10"));
  CHECK_FALSE(calendar.school_week_back(day("2025-03-05"), 100));
}

TEST_CASE("the days of school weeks and terms in a range are a few stretches", "[calendar]") {
  for (const auto range : {date_range{day("2024-01-01"), day("2026-01-01")}, date_range{day("2024-10-23"), day("2025-03-05")}, date_range{day("2024-11-01"), day("2024-12-01")}}) {
    const auto weeks = calendar.school_weeks_within(range), terms = calendar.terms_within(range);
    auto holds = [](const std::vector<date_range>& all, date d) { return std::any_of(all.begin(), all.end(), [&](const date_range& r) { return r.first <= d && d <= r.last; }); };
    for (auto d = day("2024-01-01"); d <= day("2026-01-01"); ++d.day) {
      const bool inside = range.first <= d && d <= range.last;
      CHECK(holds(weeks, d) == (inside && calendar.in_school_week(d)));
      CHECK(holds(terms, d) == (inside && calendar.in_term(d)));
    }
    CHECK(weeks.size() <= 3);
  }
}

TEST_CASE("the N-th school day later than a day skips holidays and closed days", "[calendar]") {
  CHECK(*calendar.school_day_from(day("2025-02-14"), 2) == day("2025-02-25"));
  CHECK(*calendar.school_day_from(day("2025-02-28"), 1) == day("2025-03-04"));
  CHECK(*calendar.school_day_from(day("2025-02-24"), -1) == day("2025-02-14"));
  CHECK_FALSE(calendar.school_day_from(day("2024-08-01"), 1));
  CHECK_FALSE(calendar.school_day_from(day("2025-04-04"), 1));
}

TEST_CASE("from a date before the first term, what the calendar's own days decide is decided", "[calendar]") {
  const auto days = school_days_between(calendar, day("2024-08-01"), day("2024-09-06"));
  CHECK(days.low == 5);
  CHECK(days.high > days.low);
  CHECK(school_days_between(calendar, day("2024-09-01"), day("2024-09-06")).decided());
  CHECK(school_days_between(calendar, day("2025-04-01"), day("2025-05-01")).low == 3);
  CHECK_FALSE(school_days_between(calendar, day("2025-04-01"), day("2025-09-01")).decided());
}

TEST_CASE("whole units completed", "[calendar]") {
  CHECK(whole_units(day("2024-02-29"), day("2025-02-28"), time_unit::years) == 1);
  CHECK(whole_units(day("2024-03-01"), day("2025-02-28"), time_unit::years) == 0);
  CHECK(whole_units(day("2024-01-31"), day("2025-02-28"), time_unit::months) == 13);
  CHECK(whole_units(day("2024-03-02"), day("2025-02-28"), time_unit::weeks) == 51);
}
