// SPDX-License-Identifier: Apache-2.0
#include "margin.hpp"

#include <earlysight/base/near.hpp>
#include <earlysight/calendar/reckoning.hpp>
#include <earlysight/result/text.hpp>

#include <cmath>

namespace earlysight::explaining {
namespace {

std::string days_text(int days) { return std::to_string(std::abs(days)) + (std::abs(days) == 1 ? " day" : " days"); }

std::string gap_margin(const plan& lowered, const expression& x, const cell& d, const cell& e) {
  const auto& p = *lowered.program;
  const auto& l = p[x.parts[2]];
  const auto* given = l.op == operation::param ? &lowered.params[static_cast<std::size_t>(l.index)] : nullptr;
  const auto length = given ? given->length : l.value.length;
  if (!d.has_value() || !e.has_value() || (given && given->type.of != kind::duration)) return {};
  const date from{x.before_other ? d.whole : e.whole}, to{x.before_other ? e.whole : d.whole};
  const auto reached = shifted(p.calendar, from, length, 1);
  if (!reached || to < from) return {};
  const auto days = to.day - reached->day;
  const auto count = days_text(days);
  return text_of(length) + (length.count == 1 ? " was" : " were") + " reached on " + long_text(*reached) + (days == 0 ? ", the very day" : days > 0 ? ", " + count + " before" : ", " + count + " ahead");
}

}  // namespace

std::string margin(const plan& lowered, const cohort& data, const expression& x, const cell& a, const cell& b, bool reached, bool measured) {
  if (x.op == operation::gap) return gap_margin(lowered, x, a, b);
  if (!a.has_value() || !b.has_value()) return {};
  const auto& p = *lowered.program;
  const bool wants_more = x.test == comparison::greater || x.test == comparison::greater_equal;
  const auto& type = p[x.parts[0]].type;
  if (type.of == kind::date) {
    const auto days = a.whole - b.whole;
    return days == 0 ? "on the very day" : days_text(days) + (days > 0 ? " later" : " earlier");
  }
  if (type.of != kind::number || a.number != a.high || b.number != b.high) return {};
  auto shown = type;
  shown.bounded = false;
  if (shown.in == unit::percent) shown.in = unit::points;
  cell d;
  d.known = d.present = true;
  d.number = d.high = std::fabs(a.number - b.number);
  std::string out;
  if (measured) {
    const auto needed = value_text(lowered, data, p[x.parts[1]].type, b);
    out.append(value_text(lowered, data, type, a)).append("; ").append(needed).append(needed.starts_with("1 ") ? " was" : " were").append(" needed: ");
  }
  if (near_equal(a.number, b.number)) return out.append("exactly the threshold");
  out.append(value_text(lowered, data, shown, d));
  if (reached) return out.append(wants_more ? " more than needed" : " below the threshold");
  return out.append(wants_more ? " short" : " over");
}

}  // namespace earlysight::explaining
