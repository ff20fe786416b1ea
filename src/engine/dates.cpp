// SPDX-License-Identifier: Apache-2.0
// Dates moved, measured and compared, and the windows that they lie in.
#include <earlysight/calendar/reckoning.hpp>

#include "kernel/comparison.hpp"
#include "kernel/decide.hpp"
#include "kernel/elapsed.hpp"
#include "state.hpp"

#include <limits>

namespace earlysight {
namespace {

using kernel::decide;
using kernel::decide_each;
using kernel::node_values;
using kernel::three;
using kernel::word;
using kernel::words_for;

// `d is at least|more than|at most|less than LENGTH before|after e`, of two dates that are values.
int gap_holds(const school_calendar& calendar, comparison test, duration length, bool before, date d, date e) {
  const auto from = before ? d : e, to = before ? e : d;  // the earlier and the later, if the sentence is to hold
  const bool upper = test == comparison::less_equal || test == comparison::less;
  if (upper && from > to) return 0;
  if (length.unit == time_unit::school_days) {
    if (from > to) return test == comparison::greater_equal && length.count == 0 && from == to ? 1 : 0;
    const auto days = school_days_between(calendar, from, to);
    return kernel::compare_bounds(test, days.low, days.high, length.count, length.count);
  }
  // Counted from the first of the two dates in the sentence's own order: d + LENGTH against e, or e + LENGTH against d.
  const auto reached = shifted(calendar, from, length, 1);
  if (!reached) return upper ? 1 : 0;  // further away than any date
  switch (test) {
    case comparison::greater_equal: return three(*reached <= to);
    case comparison::greater: return three(*reached < to);
    case comparison::less_equal: return three(*reached >= to);
    default: return three(*reached > to);
  }
}

// The same of many, for days and weeks: from[i] plus the length against to[i].
void gaps_hold(comparison test, duration length, const std::int32_t* from, const std::int32_t* to, std::size_t n, word* truth) {
  const bool upper = test == comparison::less_equal || test == comparison::less;
  // Further than any date from another stays so, and stays a day.
  const auto by = static_cast<std::uint32_t>(std::min<std::int64_t>(std::int64_t{length.count} * (length.unit == time_unit::weeks ? 7 : 1), 16000000));
  std::int32_t reached[4096];
  kernel::in_pieces(n, [&](std::size_t first, std::size_t m, word* in_order) {
    for (std::size_t i = 0; i < m; ++i) reached[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(from[first + i]) + by);
    // At least: reached <= to. More than: reached < to. At most and less than are their opposites, of dates in order.
    const bool strict = test == comparison::greater || test == comparison::less_equal;
    kernel::compare_wholes(strict ? comparison::less : comparison::less_equal, reached, to + first, m, truth + first / 64);
    if (!upper) return;
    kernel::compare_wholes(comparison::less_equal, from + first, to + first, m, in_order);
    for (std::size_t w = 0; w < words_for(m); ++w) truth[first / 64 + w] = ~truth[first / 64 + w] & in_order[w];
  });
}

int school_days_within(const school_calendar& calendar, std::int32_t count, int sign, date d, date as_of) {
  if (sign < 0) {
    if (d > as_of) return 0;
    // Later than the N-th school day before: fewer than N school days from d up to the day before.
    const auto days = school_days_between(calendar, {d.day - 1}, {std::max(as_of.day - 1, d.day - 1)});
    return kernel::compare_bounds(comparison::less, days.low, days.high, count, count);
  }
  if (d <= as_of) return 0;
  const auto days = school_days_between(calendar, as_of, {d.day - 1});
  return kernel::compare_bounds(comparison::less, days.low, days.high, count, count);
}

}  // namespace

void evaluation::state::dates(const plan_node& node, node_values& out, std::size_t n) {
  const auto& d = in(node, 0);
  const auto& calendar = program_.calendar;
  const date as_of = plan_.as_of;
  out.reserve_masks(n);
  switch (node.op) {
    case plan_operation::shift:
    case plan_operation::window_edge: {
      auto* to = out.wholes(n);
      for (std::size_t w = 0; w < words_for(n); ++w) out.known[w] = d.known[w], out.present[w] = d.present[w];
      const bool plain = node.op == plan_operation::shift && (node.length.unit == time_unit::days || node.length.unit == time_unit::weeks) && node.length.count < 1000000;
      if (plain) {
        const auto by = node.sign * node.length.count * (node.length.unit == time_unit::weeks ? 7 : 1);
        for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(d.whole[i]) + static_cast<std::uint32_t>(by));
        break;
      }
      for (std::size_t i = 0; i < n; ++i) {
        to[i] = 0;
        if (!d.has_value(i)) continue;
        const auto moved = node.op == plan_operation::shift ? shifted(calendar, {d.whole[i]}, node.length, node.sign) : edge_of_window(calendar, {d.whole[i]}, node.length, node.sign);
        if (moved) to[i] = moved->day;
        else kernel::assign(out.known.data(), i, false);
      }
      break;
    }
    case plan_operation::elapsed: {
      auto* to = out.numbers(n);
      auto* high = node.type.bounded ? out.highs(n) : to;
      auto* present = out.present.data();
      kernel::in_range(d.whole, n, std::numeric_limits<std::int32_t>::min(), as_of.day, present);
      for (std::size_t w = 0; w < words_for(n); ++w) out.known[w] = d.known[w], present[w] &= d.known[w] & d.present[w];
      if (node.length.unit == time_unit::school_days) {
        std::fill(to, to + n, 0.0);
        if (high != to) std::fill(high, high + n, 0.0);
        kernel::for_each_bit([&](std::size_t w) { return present[w]; }, 0, n, [&](std::size_t i) {
          const auto days = school_days_between(calendar, {d.whole[i]}, as_of);
          to[i] = days.low, high[i] = days.high;
        });
        break;
      }
      kernel::elapsed(node.length.unit, d.whole, n, as_of, to);
      if (high != to) std::copy(to, to + n, high);
      break;
    }
    case plan_operation::gap: {
      const auto& e = in(node, 1);
      if (node.length.unit == time_unit::days || node.length.unit == time_unit::weeks) {
        gaps_hold(node.test, node.length, node.flag ? d.whole : e.whole, node.flag ? e.whole : d.whole, n, out.truth.data());
        decide(n, out, {&d, &e}, true);
        break;
      }
      decide_each(n, out, [&](std::size_t i) {
        if (!d.has_value(i) || !e.has_value(i)) return 0;
        return gap_holds(calendar, node.test, node.length, node.flag, {d.whole[i]}, {e.whole[i]});
      });
      decide(n, out, {&d, &e}, false);
      break;
    }
    default:
      if (node.length.unit != time_unit::school_days) {
        // The days after the one so far back, up to the as-of date; or those after that date, up to the one so far ahead.
        const auto other = shifted(calendar, as_of, node.length, node.sign);
        constexpr auto least = std::numeric_limits<std::int32_t>::min(), most = std::numeric_limits<std::int32_t>::max();
        const auto first = node.sign > 0 ? as_of.day + 1 : other ? other->day + 1 : least, last = node.sign < 0 ? as_of.day : other ? other->day : most;
        kernel::in_range(d.whole, n, first, last, out.truth.data());
        decide(n, out, {&d}, true);
        break;
      }
      decide_each(n, out, [&](std::size_t i) { return d.has_value(i) ? school_days_within(calendar, node.length.count, node.sign, {d.whole[i]}, as_of) : 0; });
      decide(n, out, {&d}, false);
  }
}

void evaluation::state::in_window(const plan_node& node, node_values& out, std::size_t n) {
  const auto& calendar = program_.calendar;
  const auto& time = in(node, 0);
  const node_values* end = node.flag ? &in(node, 1) : nullptr;
  std::size_t next = node.flag ? 2 : 1;
  const node_values* first = node.count & 1 ? &in(node, next++) : nullptr;
  const node_values* last = node.count & 2 ? &in(node, next) : nullptr;
  out.reserve_masks(n);
  auto constant_at = [&](std::size_t input) { return plan_.nodes[static_cast<std::size_t>(node.inputs[input])].op == plan_operation::constant && plan_.nodes[static_cast<std::size_t>(node.inputs[input])].known; };
  const bool fixed = (!first || constant_at(node.flag ? 2 : 1)) && (!last || constant_at(next));
  if (fixed && !end && n > 0) {
    // The common case: dates against fixed days, or against the stretches of school weeks or terms among them.
    const date_range whole{{first ? first->whole[0] : std::numeric_limits<std::int32_t>::min()}, {last ? last->whole[0] : std::numeric_limits<std::int32_t>::max()}};
    if (node.days == day_set::all) kernel::in_range(time.whole, n, whole.first.day, whole.last.day, out.truth.data());
    else kernel::in_ranges(time.whole, n, node.days == day_set::terms ? calendar.terms_within(whole) : calendar.school_weeks_within(whole), out.truth.data());
    for (std::size_t w = 0; w < words_for(n); ++w) {
      out.truth[w] &= time.known[w] & time.present[w];
      out.known[w] = time.known[w];
      out.present[w] = ~word{0};
    }
    return;
  }
  auto days_up_to = [&](std::int32_t d) { return node.days == day_set::terms ? calendar.term_days_up_to({d}) : calendar.school_week_days_up_to({d}); };
  auto holds_day = [&](std::int32_t from, std::int32_t to) { return node.days == day_set::all || (from <= to && days_up_to(to) - days_up_to(from - 1) > 0); };
  auto in_set = [&](std::int32_t d) { return node.days == day_set::all || (node.days == day_set::terms ? calendar.in_term({d}) : calendar.in_school_week({d})); };
  // 1 yes, 0 no, -1 not known: whether d is on or after `first`, on or before `last`.
  auto after_first = [&](std::size_t i, std::int32_t d) {
    if (!first) return 1;
    if (!kernel::test(first->known.data(), i)) return -1;
    return three(first->has_value(i) && first->whole[i] <= d);
  };
  auto before_last = [&](std::size_t i, std::int32_t d) {
    if (!last) return 1;
    if (!kernel::test(last->known.data(), i)) return -1;
    return three(last->has_value(i) && d <= last->whole[i]);
  };
  decide_each(n, out, [&](std::size_t i) {
    if (!kernel::test(time.known.data(), i)) return -1;
    if (!kernel::test(time.present.data(), i)) return 0;
    const auto start = time.whole[i];
    const int begins = before_last(i, start);
    if (!end) {
      const int ends = after_first(i, start);
      if (begins == 0 || ends == 0 || !in_set(start)) return 0;
      return begins == 1 && ends == 1 ? 1 : -1;
    }
    if (begins == 0) return 0;
    const bool end_known = kernel::test(end->known.data(), i), ended = end->has_value(i);
    // Not ended: it lasts to the as-of date at least.
    const auto stop = ended ? std::max(end->whole[i], start) : std::max(plan_.as_of.day, start);
    if (ended && end->whole[i] < start) return 0;
    int reaches = after_first(i, start) == 1 ? 1 : !end_known ? -1 : ended ? after_first(i, stop) : first && kernel::test(first->known.data(), i) ? three(first->has_value(i)) : first ? -1 : 1;
    if (reaches == 0) return 0;
    if (node.days != day_set::all && begins == 1 && reaches != 0 && (!first || first->has_value(i)) && (!last || last->has_value(i))) {
      const auto from = first ? std::max(start, first->whole[i]) : start, to = last ? last->whole[i] : plan_.as_of.day;
      if (!holds_day(from, std::min(stop, to))) return 0;
      if (!end_known && !holds_day(from, std::min(start, to))) return -1;
    }
    return begins == 1 && reaches == 1 ? 1 : -1;
  });
}

}  // namespace earlysight
