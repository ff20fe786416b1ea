// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/calendar/date.hpp>

#include <string>

namespace earlysight {

enum class time_unit : unsigned char { days, weeks, months, years, school_days, school_weeks, terms };

/// A length of time as an author writes it: `18 weeks`, `10 school days`.
struct duration {
  std::int32_t count = 0;
  time_unit unit = time_unit::days;
  friend bool operator==(const duration&, const duration&) = default;
};

inline bool needs_calendar(time_unit u) { return u >= time_unit::school_days; }
/// School weeks and terms stand in windows only: no date is so many of them away from another.
inline bool windows_only(time_unit u) { return u >= time_unit::school_weeks; }

/// d plus (sign +1) or minus (sign -1) days, weeks, months or years. Requires: no unit that needs a calendar.
date shift(date, duration, int sign);

/// `18 weeks`, `1 school day`
std::string text_of(duration);

}  // namespace earlysight
