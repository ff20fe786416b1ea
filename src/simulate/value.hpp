// SPDX-License-Identifier: Apache-2.0
// Cells of the rows that a life gives rise to, before a pack's columns are known.
#pragma once
#include "vocabulary.hpp"

#include <earlysight/calendar/date.hpp>

#include <cstdint>
#include <limits>

namespace earlysight::simulation {

inline constexpr date no_day{std::numeric_limits<std::int32_t>::min()};
inline constexpr date operator+(date d, int days) { return {d.day + days}; }
inline constexpr date operator-(date d, int days) { return {d.day - days}; }
inline constexpr int operator-(date a, date b) { return a.day - b.day; }
inline date earlier(date a, date b) { return a < b ? a : b; }
inline date later(date a, date b) { return a < b ? b : a; }

/// An amount in hundredths: 12.5 hours is 1250.
struct amount {
  std::int32_t hundredths = 0;
  constexpr explicit amount(double x) : hundredths(static_cast<std::int32_t>(x * 100 + (x < 0 ? -0.5 : 0.5))) {}
};
struct school_ref { std::int32_t number = -1; };    // -1: none
struct provider_ref { std::int32_t number = -1; };
struct service_ref { std::int32_t number = -1; };
struct child_ref { std::int32_t number = -1; };
struct pupil_number { std::int32_t number = -1; };

/// One cell: empty, or a code whose meaning `of` says.
struct value {
  enum kind : std::uint8_t { empty, day, hundredths, truth, words, school, provider, service, child, upn };
  std::int32_t code = 0;
  kind of = empty;

  constexpr value() = default;
  constexpr value(date d) : code(d.day), of(d == no_day ? empty : day) {}
  constexpr value(amount a) : code(a.hundredths), of(hundredths) {}
  constexpr value(bool yes) : code(yes ? 1 : 0), of(truth) {}
  constexpr value(word w) : code(w.index), of(w.index < 0 ? empty : words) {}
  template <std::size_t N>
  consteval value(const char (&text)[N]) : value(word(text)) {}
  constexpr value(school_ref r) : code(r.number), of(r.number < 0 ? empty : school) {}
  constexpr value(provider_ref r) : code(r.number), of(r.number < 0 ? empty : provider) {}
  constexpr value(service_ref r) : code(r.number), of(r.number < 0 ? empty : service) {}
  constexpr value(child_ref r) : code(r.number), of(r.number < 0 ? empty : child) {}
  constexpr value(pupil_number r) : code(r.number), of(r.number < 0 ? empty : upn) {}
};

/// `v`, or empty.
inline value if_so(bool so, value v) { return so ? v : value{}; }

}  // namespace earlysight::simulation
