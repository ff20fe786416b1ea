// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/reckoning.hpp>

#include "lowering.hpp"

#include <algorithm>
#include <limits>

namespace earlysight::lowering {
namespace {

constexpr std::int32_t latest_without_terms = 60;

}  // namespace

void lowerer::fail(failure_kind kind, std::string message) {
  if (strict_ && !failure_) failure_ = failure{kind, std::move(message)};
}

bool lowerer::calendar_ready(span where) {
  if (p_.calendar.empty()) return false;
  const auto& c = p_.calendar;
  if (out_.as_of >= c.first_day() && out_.as_of.day <= c.last_day().day + latest_without_terms) return true;
  const auto words = where.end > where.begin ? "`" + std::string(p_.sources->text(where)) + "` needs the school calendar, and " : std::string();
  fail(failure_kind::data, words + (out_.as_of < c.first_day() ? "the as-of date " + iso_text(out_.as_of) + " lies before its first term (" + iso_text(c.first_day()) + ")"
                                                               : "the as-of date " + iso_text(out_.as_of) + " lies more than 60 days after its last term (" + iso_text(c.last_day()) + ")") +
                               "; add the terms of that year to a `calendar`, or choose another as-of date");
  return false;
}

duration lowerer::length(const length_of_time& l) {
  if (l.param < 0) return l.literal;
  const auto& v = out_.params[static_cast<std::size_t>(l.param)];
  return v.type.of == kind::duration ? v.length : duration{-1, time_unit::days};  // -1: not known
}

std::optional<duration> lowerer::length_of_expression(expression_id id) {
  const auto& e = p_[id];
  if (e.op == operation::constant) return e.value.length;
  const auto& v = out_.params[static_cast<std::size_t>(e.index)];
  if (v.type.of != kind::duration) return std::nullopt;
  if (windows_only(v.length.unit)) {
    fail(failure_kind::arguments, "the param " + p_.params[static_cast<std::size_t>(e.index)].name + " is " + text_of(v.length) + ", and `" + std::string(p_.sources->text(e.where)) +
                                      "` needs days, weeks, months, years or school days");
    return std::nullopt;
  }
  return v.length;
}

std::optional<date> lowerer::edge_date(const period_edge& edge, span where) {
  if (edge.is_academic_year) {
    const auto y = academic_year(out_.as_of, edge.is_last ? 1 : 0);
    return edge.is_end ? y.last : y.first;
  }
  if (!calendar_ready(where)) return std::nullopt;
  const auto t = p_.calendar.term_back(out_.as_of, edge.is_last ? 2 : 1);
  if (!t) {
    fail(failure_kind::data, "`" + std::string(p_.sources->text(where)) + "`: the school calendar does not reach back that far from " + iso_text(out_.as_of) + "; add earlier terms to it");
    return std::nullopt;
  }
  return edge.is_end ? t->last : t->first;
}

// A window that the as-of date fixes. Nothing where it is not known (a param) or the calendar does not reach (a failure).
std::optional<date_range> lowerer::fixed_window(const window& w, day_set& days) {
  const auto as_of = out_.as_of;
  auto too_short = [&]() -> std::optional<date_range> {
    fail(failure_kind::data, "`" + std::string(p_.sources->text(w.where)) + "`: the school calendar does not reach back that far from " + iso_text(as_of) + "; add earlier terms to it");
    return std::nullopt;
  };
  constexpr date_range none{{1}, {0}};
  if (w.form == window_form::academic_year) {
    const auto y = academic_year(as_of, w.is_last ? 1 : 0);
    return date_range{y.first, std::min(y.last, as_of)};
  }
  if (w.form == window_form::term) {
    if (!calendar_ready(w.where)) return std::nullopt;
    const auto t = p_.calendar.term_back(as_of, w.is_last ? 2 : 1);
    return t ? std::optional(date_range{t->first, std::min(t->last, as_of)}) : too_short();
  }
  const auto n = length(w.first), m = w.form == window_form::from_to ? length(w.second) : duration{0, n.unit};
  if (n.count < 0 || m.count < 0) return std::nullopt;
  const auto& c = p_.calendar;
  if (!needs_calendar(n.unit) && !needs_calendar(m.unit)) {
    const auto from = shifted(c, as_of, n, -1), to = shifted(c, as_of, m, -1);
    if (!to) return none;
    return date_range{from ? date{from->day + 1} : date{std::numeric_limits<std::int32_t>::min()}, *to};
  }
  if (!calendar_ready(w.where)) return std::nullopt;
  if (n.unit != m.unit) {
    fail(failure_kind::arguments, "`" + std::string(p_.sources->text(w.where)) + "`: both ends of a window are counted in one unit");
    return std::nullopt;
  }
  if (n.count <= m.count) return none;
  if (n.unit == time_unit::school_days) {
    const auto from = c.school_day_back(as_of, n.count);
    if (!from) return too_short();
    const auto to = m.count == 0 ? std::optional(as_of) : c.school_day_back(as_of, m.count);
    return date_range{*from, m.count == 0 ? as_of : date{to->day - 1}};
  }
  if (n.unit == time_unit::school_weeks) {
    days = day_set::school_weeks;
    const auto from = c.school_week_back(as_of, n.count), to = c.school_week_back(as_of, m.count + 1);
    if (!from) return too_short();
    return date_range{*from, std::min(date{to->day + 6}, as_of)};
  }
  days = day_set::terms;
  const auto from = c.term_back(as_of, n.count), to = c.term_back(as_of, m.count + 1);
  if (!from) return too_short();
  return date_range{from->first, std::min(to->last, as_of)};
}

window_bounds lowerer::bounds(std::int32_t index, const context& outer) {
  window_bounds b;
  if (index < 0) return b;
  const auto& w = p_.windows[static_cast<std::size_t>(index)];
  b.exists = true;
  b.look = w.look;
  if (w.date < 0) {
    const auto range = fixed_window(w, b.days);
    if (!range) {
      b.first = b.last = not_known(date_type, 0);
      return b;
    }
    b.first = range->first.day == std::numeric_limits<std::int32_t>::min() ? -1 : constant_date(range->first, 0);
    b.last = constant_date(range->last, 0);
    return b;
  }
  const auto d = lower(w.date, outer);
  const auto today = constant_date(out_.as_of, at(d).space);
  constexpr duration one_day{1, time_unit::days};
  auto edge = [&](int sign) {
    const auto n = length(w.first);
    if (n.count < 0) return not_known(date_type, at(d).space);
    if (needs_calendar(n.unit) && !calendar_ready(w.where)) return not_known(date_type, at(d).space);
    if (!windows_only(n.unit)) return shift_date(d, n, sign);
    b.days = n.unit == time_unit::terms ? day_set::terms : day_set::school_weeks;
    plan_node e;
    e.op = plan_operation::window_edge, e.space = at(d).space, e.type = date_type, e.inputs = {d}, e.length = n, e.sign = sign;
    return add(std::move(e));
  };
  switch (w.form) {
    case window_form::since: b.first = d, b.last = today; break;
    case window_form::before: b.last = shift_date(d, one_day, -1); break;
    case window_form::on: b.first = b.last = d; break;
    case window_form::before_date:
      b.first = edge(-1);
      b.last = shift_date(d, one_day, -1);
      break;
    default:
      b.first = shift_date(d, one_day, 1);
      b.last = edge(1);
  }
  return b;
}

plan_node_id lowerer::in_window(const window_bounds& b, std::int32_t table, space_id elements) {
  const auto& t = p_.schema.tables[static_cast<std::size_t>(table)];
  auto date_column = [&](std::int32_t c) {
    plan_node n;
    n.op = plan_operation::load, n.space = rows_of(table), n.type = date_type, n.table = table, n.column = c;
    return bring(add(std::move(n)), elements);
  };
  plan_node n;
  n.op = plan_operation::in_window, n.space = elements, n.type = truth_type, n.days = b.days;
  n.flag = t.is_interval() && b.look == window_look::whole;
  n.inputs.push_back(date_column(b.look == window_look::ending ? t.end : t.time));
  if (n.flag) n.inputs.push_back(date_column(t.end));
  n.count = (b.first >= 0 ? 1 : 0) + (b.last >= 0 ? 2 : 0);
  if (b.first >= 0) n.inputs.push_back(bring(b.first, elements, true));
  if (b.last >= 0) n.inputs.push_back(bring(b.last, elements, true));
  return add(std::move(n));
}

}  // namespace earlysight::lowering
