// SPDX-License-Identifier: Apache-2.0
#include <earlysight/result/text.hpp>

#include <earlysight/calendar/reckoning.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace earlysight {
namespace {

std::string with_unit(double value, unit in) {
  const bool share = in == unit::percent || in == unit::points;
  auto number = number_text(share ? value * 100 : value);
  const bool one = number == "1";
  switch (in) {
    case unit::percent: return number += '%';
    case unit::points: return number += one ? " point" : " points";
    case unit::hours: return number += one ? " hour" : " hours";
    case unit::sessions: return number += one ? " session" : " sessions";
    case unit::pounds: return number += one ? " pound" : " pounds";
    default: return number;
  }
}

}  // namespace

std::string number_text(double value) {
  // Most are whole.
  if (std::fabs(value) < 1e15 && value == std::trunc(value)) return std::to_string(static_cast<std::int64_t>(value));
  std::array<char, 400> buffer;
  const auto [end, code] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, 1);
  std::string text(buffer.data(), end);
  if (text.size() > 2 && text.substr(text.size() - 2) == ".0") text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string exact_number(double value) {
  std::array<char, 400> buffer;
  const auto [end, code] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

std::string value_text(const plan& lowered, const cohort& data, const value_type& type, const cell& c) {
  if (!c.known) return "not known";
  if (!c.present) return "none";
  switch (type.of) {
    case kind::truth: return c.truth ? "yes" : "no";
    case kind::number:
      if (c.number == c.high) return with_unit(c.number, type.in);
      return c.high > 1e15 ? number_text(c.number) + " or more" : number_text(c.number) + " to " + with_unit(c.high, type.in);
    case kind::date: return long_text({c.whole});
    case kind::category: {
      const auto& values = lowered.program->category_sets[static_cast<std::size_t>(type.categories)];
      return c.whole >= 0 && static_cast<std::size_t>(c.whole) < values.size() ? values[static_cast<std::size_t>(c.whole)] : "another value";
    }
    case kind::text: {
      const auto& texts = c.whole < 0 ? lowered.texts : data.texts;
      const auto at = static_cast<std::size_t>(c.whole < 0 ? text_of_pack(c.whole) : c.whole);
      return at < texts.size() ? texts[at] : "";
    }
    default: return "";
  }
}

std::string value_text(const literal& v) {
  switch (v.type.of) {
    case kind::truth: return v.truth ? "yes" : "no";
    case kind::number: return with_unit(v.number, v.type.in);
    case kind::date: return long_text(v.date);
    case kind::category:
    case kind::text: return v.text;
    case kind::duration: return text_of(v.length);
    case kind::error: break;
  }
  return "not known";
}

std::string fill(const text_template& t, const plan& lowered, const cohort& data, const evaluation& e, std::size_t i) {
  const auto& p = *lowered.program;
  std::string out = t.pieces.empty() ? std::string() : t.pieces[0];
  for (std::size_t v = 0; v < t.values.size(); ++v) {
    const auto& shown = p[t.values[v]];
    if (shown.type.of == kind::duration && shown.op == operation::param) out += value_text(lowered.params[static_cast<std::size_t>(shown.index)]);
    else out += value_text(lowered, data, shown.type, e.at(lowered.node_of[static_cast<std::size_t>(t.values[v])], i));
    out += t.pieces[v + 1];
  }
  return out;
}

std::string due_date(const action& a, const program& p, date as_of) {
  if (!a.within) return {};
  const auto day = shifted(p.calendar, as_of, *a.within, 1);
  return day ? iso_text(*day) : std::string();
}

}  // namespace earlysight
