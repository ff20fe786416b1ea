// SPDX-License-Identifier: Apache-2.0
#include "checker.hpp"

#include <charconv>
#include <cmath>

namespace earlysight::checking {
namespace {

struct number_and_unit {
  double number = 0;
  bool whole = false;
  std::string_view unit;  // "points", "school days", "%", or empty
};

number_and_unit split_number(std::string_view words) {
  number_and_unit out;
  bool negative = false;
  std::size_t at = 0;
  if (!words.empty() && words[0] == '-') negative = true, at = 1;
  // A minus from a word processor is three bytes.
  while (at < words.size() && !(words[at] >= '0' && words[at] <= '9')) negative = true, ++at;
  auto end = at;
  while (end < words.size() && ((words[end] >= '0' && words[end] <= '9') || words[end] == '.')) ++end;
  std::from_chars(words.data() + at, words.data() + end, out.number);
  out.whole = words.substr(at, end - at).find('.') == std::string_view::npos;
  if (negative) out.number = -out.number;
  while (end < words.size() && (words[end] == ' ' || words[end] == '\t')) ++end;
  out.unit = words.substr(end);
  return out;
}

std::optional<time_unit> time_unit_of(std::string_view words) {
  if (words == "day" || words == "days") return time_unit::days;
  if (words == "week" || words == "weeks") return time_unit::weeks;
  if (words == "month" || words == "months") return time_unit::months;
  if (words == "year" || words == "years") return time_unit::years;
  if (words == "term" || words == "terms") return time_unit::terms;
  if (words.substr(0, 6) == "school") {
    const auto rest = words.substr(words.find_last_of(" \t") + 1);
    return rest == "day" || rest == "days" ? time_unit::school_days : time_unit::school_weeks;
  }
  return std::nullopt;
}

constexpr double longest_length = 1000000;

}  // namespace

double checker::plain_number(node_id id) const { return split_number(words(id)).number; }

std::optional<duration> checker::duration_of(node_id id) {
  const auto n = split_number(words(id));
  const auto u = time_unit_of(n.unit);
  if (!u) return std::nullopt;
  if (!n.whole || n.number < 0) {
    error("E0113", at(id).where, "a length of time is a whole number of " + std::string(n.unit), "write a smaller unit, such as days");
    return duration{0, *u};
  }
  if (n.number > longest_length) {
    error("E0117", at(id).where, "this is longer than any calendar", "");
    return duration{0, *u};
  }
  return duration{static_cast<std::int32_t>(n.number), *u};
}

literal checker::literal_of(node_id id) {
  literal out;
  const auto& n = at(id);
  switch (n.kind) {
    case node_kind::number:
      out.type = number_type(unit::number);
      out.number = split_number(words(id)).number;
      break;
    case node_kind::percent:
      out.type = number_type(unit::percent);
      out.number = split_number(words(id)).number / 100;
      break;
    case node_kind::quantity: {
      if (auto d = duration_of(id)) {
        out.type = duration_type;
        out.length = *d;
        break;
      }
      const auto q = split_number(words(id));
      out.number = q.number;
      switch (q.unit[0]) {
        case 'h': out.type = number_type(unit::hours); break;
        case 's': out.type = number_type(unit::sessions); break;
        default:
          out.type = number_type(q.unit[2] == 'u' ? unit::pounds : unit::points);
          if (q.unit[2] != 'u') out.number = q.number / 100;
      }
      break;
    }
    case node_kind::date:
      out.type = date_type;
      if (auto d = parse_date(words(id))) out.date = *d;
      else out.type = {};  // said by the tokenizer
      break;
    case node_kind::text:
      out.type = text_type;
      out.text = text_of(id);
      break;
    case node_kind::yes:
    case node_kind::no:
      out.type = truth_type;
      out.truth = n.kind == node_kind::yes;
      break;
    default: break;
  }
  return out;
}

length_of_time checker::length_of(node_id id, bool in_window) {
  length_of_time out;
  if (at(id).kind == node_kind::name) {
    const auto name = words(id);
    const auto* s = find(name);
    if (!s) {
      unknown("E0201", at(id).where, "no param", name, names_of({symbol_kind::param}));
      return out;
    }
    if (s->of != symbol_kind::param || out_.params[s->index].type.of != kind::duration) {
      if (s->of != symbol_kind::param || out_.params[s->index].type.of != kind::error)
        error("E0307", at(id).where, "`" + std::string(name) + "` is no length of time", "write one such as `6 weeks`, or the name of a param that is one");
      return out;
    }
    out.param = s->index;
    for (const auto& v : out_.params[s->index].values) {
      if (!in_window && windows_only(v.value.length.unit))
        error("E0307", at(id).where, "school weeks and terms stand in windows only, and `" + std::string(name) + "` is " + earlysight::text_of(v.value.length), "use weeks or school days");
      if (needs_calendar(v.value.length.unit)) needs_calendar_here(at(id).where, name);
    }
    return out;
  }
  if (auto d = duration_of(id)) {
    out.literal = *d;
    if (!in_window && windows_only(d->unit)) error("E0307", at(id).where, "school weeks and terms stand in windows only", "use weeks or school days");
    if (needs_calendar(d->unit)) needs_calendar_here(at(id).where, words(id));
  }
  return out;
}

bool checker::needs_calendar_here(span where, std::string_view what) {
  if (!terms_.empty() || anything_may_be_damaged_) return true;
  for (const auto& d : tree_.damaged)
    if (sources_.text(d.where).substr(0, 8) == "calendar") return true;
  if (!calendar_missing_said_)
    error("E0408", where, "`" + std::string(what) + "` needs a school calendar, and this pack has none", "add a `calendar` with the terms, or `use` a pack that has one");
  calendar_missing_said_ = true;
  return false;
}

}  // namespace earlysight::checking
