// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/date.hpp>

#include <algorithm>
#include <array>
#include <chrono>

namespace earlysight {
namespace {

constexpr std::array<const char*, 12> month_names{"January", "February", "March",     "April",   "May",      "June",
                                                  "July",    "August",   "September", "October", "November", "December"};

int days_in_month(int year, int month) {
  constexpr std::array days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

// Puts a number's last `width` digits at `to`.
void put_digits(int n, char* to, int width) {
  for (int i = width - 1; i >= 0; --i, n /= 10) to[i] = static_cast<char>('0' + n % 10);
}

}  // namespace

date make_date(int year, int month, int day) {
  const std::chrono::sys_days d = std::chrono::year{year} / month / day;
  return {static_cast<std::int32_t>(d.time_since_epoch().count())};
}

year_month_day split(date d) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{d.day}}};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())), static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

int weekday(date d) {
  // 1970-01-01 was a Thursday.
  return static_cast<int>(((static_cast<std::int64_t>(d.day) + 3) % 7 + 7) % 7);
}

std::optional<date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  auto digits = [&](std::size_t from, std::size_t n) {
    int value = 0;
    for (std::size_t i = from; i < from + n; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int y = digits(0, 4), m = digits(5, 2), d = digits(8, 2);
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > days_in_month(y, m)) return std::nullopt;
  return make_date(y, m, d);
}

std::string iso_text(date d) {
  const auto s = split(d);
  auto out = std::to_string(s.year);
  if (out.size() < 4) out.insert(0, 4 - out.size(), '0');
  const auto year = out.size();
  out += "-00-00";
  put_digits(s.month, out.data() + year + 1, 2);
  put_digits(s.day, out.data() + year + 4, 2);
  return out;
}

std::string long_text(date d) {
  const auto s = split(d);
  std::string out;
  out.reserve(24);
  return out.append(std::to_string(s.day)).append(" ").append(month_names[static_cast<std::size_t>(s.month - 1)]).append(" ").append(std::to_string(s.year));
}

date add_months(date d, int months) {
  const auto s = split(d);
  const auto total = static_cast<std::int64_t>(s.year) * 12 + (s.month - 1) + months;
  const auto year = static_cast<int>(total >= 0 ? total / 12 : (total - 11) / 12);
  const auto month = static_cast<int>(total - static_cast<std::int64_t>(year) * 12) + 1;
  return make_date(year, month, std::min(s.day, days_in_month(year, month)));
}

}  // namespace earlysight
