// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace earlysight {

/// A day of the Gregorian calendar, as days since 1970-01-01.
struct date {
  std::int32_t day = 0;
  friend auto operator<=>(const date&, const date&) = default;
};

struct year_month_day {
  int year = 1970;
  int month = 1, day = 1;  // from 1
};

date make_date(int year, int month, int day);
year_month_day split(date);
/// Monday is 0, Sunday 6.
int weekday(date);

/// `2025-06-20`, years 0001 to 9999; nothing for any other text and for a day that does not exist.
std::optional<date> parse_date(std::string_view text);
/// `2025-06-20`
std::string iso_text(date);
/// `20 June 2025`
std::string long_text(date);

/// `months` later (or earlier, if negative); a day past the end of a month is that month's last.
date add_months(date, int months);

}  // namespace earlysight
