// SPDX-License-Identifier: Apache-2.0
// Time gone by, of many dates at once.
#pragma once
#include "dispatch.hpp"

#include <earlysight/calendar/date.hpp>
#include <earlysight/calendar/duration.hpp>

namespace earlysight::kernel {

/// out[i] = whole_units(days[i], to, unit), and 0 of days after `to`. Requires: a unit that needs no calendar. n elements.
inline void elapsed(time_unit unit, const std::int32_t* days, std::size_t n, date to, double* out) {
  if (unit == time_unit::days || unit == time_unit::weeks) return active().days_up_to(days, n, to.day, unit == time_unit::weeks ? 7 : 1, out);
  const auto at = split(to);
  const bool is_last = split(date{to.day + 1}).month != at.month;
  // The year of months begins in March.
  const auto month = at.month >= 3 ? at.year * 12 + at.month - 3 : (at.year - 1) * 12 + at.month + 9;
  active().months_up_to(days, n, to.day, {static_cast<std::int32_t>(month), static_cast<std::int32_t>(at.day), is_last}, unit == time_unit::years ? 12 : 1, out);
}

}  // namespace earlysight::kernel
