// SPDX-License-Identifier: Apache-2.0
// Attendance codes of a session, and what each adds to the counts of a week or term.
#pragma once
#include "../vocabulary.hpp"

#include <array>
#include <cstdint>

namespace earlysight::simulation {

// Present first, then approved activity, authorised and unauthorised absence, outside the possible sessions.
enum code : std::uint8_t {
  code_am, code_pm, code_l, last_present = code_l,
  code_k, code_v, code_w, code_b, last_attended = code_b,
  code_c, code_c2, code_e, code_i, code_m, code_r, code_t, last_authorised = code_t,
  code_g, code_n, code_o, code_u, last_absence = code_u,
  code_q, code_x, code_y4, code_y5, code_closed, code_off
};
inline constexpr std::array<word, 25> code_words{"/", "\\", "L", "K", "V", "W", "B", "C", "C2", "E", "I", "M", "R", "T", "G", "N", "O", "U", "Q", "X", "Y4", "Y5", "#", {}, {}};

inline bool is_possible(std::uint8_t c) { return c <= last_absence; }
inline bool is_absence(std::uint8_t c) { return c > last_attended && c <= last_absence; }

/// Eight counts of up to 255 each in one word, so that a week is summed by one addition a session.
enum count_of : std::size_t { possible, authorised, unauthorised, illness, appointments, part_time, no_transport, on_roll };
inline constexpr std::array<std::uint64_t, 25> counts_of = [] {
  std::array<std::uint64_t, 25> out{};
  auto one = [](std::size_t c) { return std::uint64_t{1} << (8 * c); };
  for (std::uint8_t c = 0; c < code_off; ++c) {
    out[c] = one(on_roll);
    if (c <= last_absence) out[c] += one(possible);
    if (c > last_attended && c <= last_authorised) out[c] += one(authorised);
    if (c > last_authorised && c <= last_absence) out[c] += one(unauthorised);
  }
  out[code_i] += one(illness), out[code_m] += one(appointments), out[code_c2] += one(part_time), out[code_q] += one(no_transport);
  return out;
}();

}  // namespace earlysight::simulation
