// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/calendar/duration.hpp>
#include <earlysight/calendar/school_calendar.hpp>

#include <cstdint>
#include <limits>
#include <optional>

namespace earlysight {

/// d plus (sign +1) or minus (-1) a length; school days on the calendar. Nothing where the calendar does not reach, and for days
/// so far away that no calendar holds them. Requires: no school weeks or terms.
std::optional<date> shifted(const school_calendar&, date d, duration length, int sign);

/// How many school days lie in a stretch: `low` at least, `high` at most; they differ where the calendar does not reach.
struct day_count {
  std::int32_t low = 0;
  std::int32_t high = std::numeric_limits<std::int32_t>::max();
  bool decided() const { return low == high; }
};

/// School days in (from, to]. Days after the last term, up to 60 of them, are known to be none (a run may be so late); what lies
/// before the first term, or later, is not known. Requires: from <= to.
day_count school_days_between(const school_calendar&, date from, date to);

/// The first day of the `n` school weeks or terms before d, or the last day of those after d (sign +1).
std::optional<date> edge_of_window(const school_calendar&, date d, duration length, int sign);

/// Whole units completed from d to `to` (days, weeks, months, years). Requires: d <= to.
std::int32_t whole_units(date d, date to, time_unit);

}  // namespace earlysight
