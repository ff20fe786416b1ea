// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/duration.hpp>

namespace earlysight {

date shift(date d, duration length, int sign) {
  switch (length.unit) {
    case time_unit::weeks: return {d.day + sign * 7 * length.count};
    case time_unit::months: return add_months(d, sign * length.count);
    case time_unit::years: return add_months(d, sign * 12 * length.count);
    default: return {d.day + sign * length.count};
  }
}

std::string text_of(duration length) {
  const char* words = "days";
  switch (length.unit) {
    case time_unit::days: words = "days"; break;
    case time_unit::weeks: words = "weeks"; break;
    case time_unit::months: words = "months"; break;
    case time_unit::years: words = "years"; break;
    case time_unit::school_days: words = "school days"; break;
    case time_unit::school_weeks: words = "school weeks"; break;
    case time_unit::terms: words = "terms"; break;
  }
  auto text = std::to_string(length.count) + " " + words;
  if (length.count == 1) text.pop_back();
  return text;
}

}  // namespace earlysight
