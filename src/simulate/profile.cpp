// SPDX-License-Identifier: Apache-2.0
#include "profile_table.hpp"

#include <earlysight/base/utf8.hpp>
#include <earlysight/text/nearest.hpp>

#include <charconv>
#include <cmath>
#include <cstdio>

namespace earlysight {

std::span<const profile_entry> profile_entries() { return simulation::profile_table; }

simulation_profile::simulation_profile() {
  values_.reserve(simulation::profile_size);
  for (const auto& e : simulation::profile_table) values_.push_back(e.value);
}

namespace {

std::ptrdiff_t entry_of(std::string_view name) {
  for (std::size_t i = 0; i < simulation::profile_size; ++i)
    if (simulation::profile_table[i].name == name) return static_cast<std::ptrdiff_t>(i);
  return -1;
}

std::string shortest(double x) {
  char text[40];
  const auto [end, code] = std::to_chars(text, text + sizeof text, x);
  return std::string(text, code == std::errc() ? end : text);
}

// A share as 14%, without the dust of a multiplication by 100.
std::string written(const profile_entry& e, double value) {
  if (!e.share) return shortest(value);
  char text[40];
  std::snprintf(text, sizeof text, "%.10g%%", value * 100);
  return text;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

std::string shown(std::string_view s) { return "\"" + (first_not_utf8(s) == s.size() ? std::string(s.substr(0, 60)) : std::string("(not UTF-8)")) + "\""; }

// The value of a figure, or what is wrong with the text.
std::string read_value(const profile_entry& e, std::string_view text, double& out) {
  const auto wanted = e.share ? std::string("a share such as 14% or 0.14") : "a number from 0 to " + shortest(e.most);
  auto digits = text;
  const bool percent = !digits.empty() && digits.back() == '%';
  if (percent) digits = trimmed(digits.substr(0, digits.size() - 1));
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || code != std::errc() || end != digits.data() + digits.size() || !std::isfinite(out) || (percent && !e.share))
    return std::string(e.name) + " needs " + wanted + "; " + shown(text) + " is not that";
  if (percent) out /= 100;
  if (out < 0 || out > e.most) return std::string(e.name) + " needs " + wanted + "; " + shown(text) + " is out of range" + (e.share && !percent ? ": did you mean " + std::string(text) + "%?" : "");
  return {};
}

}  // namespace

double simulation_profile::value(std::string_view name) const {
  const auto i = entry_of(name);
  return i < 0 ? 0 : values_[static_cast<std::size_t>(i)];
}

result<simulation_profile> read_profile(std::string_view text, std::string_view path) {
  simulation_profile out;
  std::vector<std::size_t> given(simulation::profile_size, 0);
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto stop = text.find('\n');
    const auto whole = text.substr(0, stop);
    text = stop == std::string_view::npos ? std::string_view{} : text.substr(stop + 1);
    auto wrong = [&](std::string_view at, const std::string& message) {
      return failure{failure_kind::arguments, std::string(path) + ":" + std::to_string(line) + ":" + std::to_string(static_cast<std::size_t>(at.data() - whole.data()) + 1) + ": " + message};
    };
    const auto content = trimmed(whole.substr(0, whole.find('#')));
    if (content.empty()) continue;
    const auto sign = content.find('=');
    if (sign == std::string_view::npos) return wrong(content, "a line is `name = value`, such as sen_support = 14%; this one has no =");
    const auto name = trimmed(content.substr(0, sign)), value = trimmed(content.substr(sign + 1));
    const auto i = entry_of(name);
    if (i < 0) {
      std::vector<std::string> names;
      for (const auto& e : simulation::profile_table) names.emplace_back(e.name);
      const auto meant = nearest_name(name, names);
      return wrong(content, "a profile has no figure called " + shown(name) + (meant.empty() ? "; examples/profiles/england.profile lists all of them" : "; did you mean " + meant + "?"));
    }
    const auto entry = static_cast<std::size_t>(i);
    if (given[entry] > 0) return wrong(content, std::string(name) + " stands in line " + std::to_string(given[entry]) + " already: keep one of the two");
    given[entry] = line;
    double read = 0;
    if (const auto why = read_value(simulation::profile_table[entry], value, read); !why.empty()) return wrong(value.empty() ? content : value, why);
    out.set(entry, read);
  }
  return out;
}

std::string render_profile(const simulation_profile& p) {
  std::string out =
      "# How common everything is in a simulated cohort: name = value, a share as 14% or 0.14.\n"
      "# What a file leaves out keeps the value shown here. docs/simulate.md says what the defaults rest on.\n\n";
  for (std::size_t i = 0; i < simulation::profile_size; ++i) {
    const auto& e = simulation::profile_table[i];
    auto line = std::string(e.name) + " = " + written(e, p[i]);
    line.resize(std::max<std::size_t>(line.size() + 1, 42), ' ');
    out += line + "# " + std::string(e.meaning) + "\n";
  }
  return out;
}

}  // namespace earlysight
