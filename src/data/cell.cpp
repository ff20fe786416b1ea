// SPDX-License-Identifier: Apache-2.0
#include "cell.hpp"

#include <earlysight/calendar/date.hpp>
#include <earlysight/text/nearest.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace earlysight::csv {

why_not read_number(std::string_view s, double& out) {
  constexpr why_not wrong = "this is not a number";
  // Few digits, with a point or without, are the rule: as both are whole numbers that a double holds, one division gives the nearest double.
  if (s.size() <= 15) {
    constexpr std::array<double, 15> tens{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
    std::uint64_t n = 0;
    std::size_t i = 0, point = s.size();
    for (; i < s.size(); ++i) {
      const auto digit = static_cast<unsigned>(static_cast<unsigned char>(s[i])) - '0';
      if (digit <= 9) n = n * 10 + digit;
      else if (s[i] == '.' && point == s.size() && s.size() > 1) point = i;
      else break;
    }
    if (i == s.size() && i > 0) {
      out = point == i ? static_cast<double>(n) : static_cast<double>(n) / tens[i - point - 1];
      return nullptr;
    }
  }
  if (s.size() > 1 && s[0] == '+' && s[1] != '-') s.remove_prefix(1);
  if (s.empty()) return wrong;
  const auto first = s[0] == '-' ? (s.size() > 1 ? s[1] : ' ') : s[0];
  if (!(first >= '0' && first <= '9') && first != '.') return wrong;
  const auto [end, code] = std::from_chars(s.data(), s.data() + s.size(), out);
  if (code == std::errc::result_out_of_range) return "this number is too large or too small to be held";
  if (code != std::errc() || end != s.data() + s.size() || !std::isfinite(out)) return wrong;
  return nullptr;
}

why_not read_percent(std::string_view s, double& out) {
  const bool sign = !s.empty() && s.back() == '%';
  if (sign) {
    s.remove_suffix(1);
    while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  }
  if (const auto why = read_number(s, out)) return "this is not a percentage: write it as 93.5% or 0.935";
  if (sign) out /= 100;
  else if (out > 1 || out < -1) return "without % a percentage is a fraction: write 93.5% or 0.935";
  return nullptr;
}

why_not read_points(std::string_view s, double& out) {
  if (const auto why = read_number(s, out)) return "this is not a number of percentage points: write it as 5";
  out /= 100;
  return nullptr;
}

why_not read_count(std::string_view s, double& out) {
  if (const auto why = read_number(s, out)) return why;
  if (out != std::floor(out)) return "a count is a whole number";
  return nullptr;
}

why_not read_date(std::string_view s, std::int32_t& out) {
  constexpr why_not wrong = "a date is written year-month-day, such as 2025-06-20";
  if (s.size() != 10 || s[4] != '-' || s[7] != '-') return wrong;
  unsigned bad = 0;
  auto digit = [&](std::size_t i) {
    const auto d = static_cast<unsigned>(static_cast<unsigned char>(s[i])) - '0';
    bad |= d > 9;
    return d;
  };
  const auto y = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3), m = digit(5) * 10 + digit(6), d = digit(8) * 10 + digit(9);
  if (bad) return wrong;
  constexpr std::array<unsigned char, 13> most{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > most[m]) return "there is no such day";
  if (d == 29 && m == 2 && !((y % 4 == 0 && y % 100 != 0) || y % 400 == 0)) return "there is no such day";
  // Days from civil, counting years from March.
  const auto shifted = m <= 2 ? y - 1 : y;
  const auto era = shifted / 400, of_era = shifted % 400;
  const auto of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const auto day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  out = static_cast<std::int32_t>(era * 146097 + day_of_era) - 719468;
  return nullptr;
}

why_not read_yes_no(std::string_view s, std::uint8_t& out) {
  auto is = [&](std::string_view word) {
    if (s.size() != word.size()) return false;
    for (std::size_t i = 0; i < s.size(); ++i) {
      const auto lower = s[i] >= 'A' && s[i] <= 'Z' ? static_cast<char>(s[i] - 'A' + 'a') : s[i];
      if (lower != word[i]) return false;
    }
    return true;
  };
  if (is("yes") || is("y") || is("true") || is("1")) out = 1;
  else if (is("no") || is("n") || is("false") || is("0")) out = 0;
  else return "write yes or no (also true or false, 1 or 0, y or n)";
  return nullptr;
}

std::string allowed_values(const column_declaration& c, std::string_view text) {
  if (c.type != column_type::category || text.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < c.categories.size() && i < 8; ++i) list += (i > 0 ? ", " : ": ") + c.categories[i];
  const auto meant = nearest_name(text, c.categories);
  return list + (c.categories.size() > 8 ? ", …" : "") + (meant.empty() ? "" : " (did they mean " + meant + "?)");
}

}  // namespace earlysight::csv
