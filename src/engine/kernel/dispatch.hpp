// SPDX-License-Identifier: Apache-2.0
// Loops compiled once for each level of the processor's instructions, and the table of those that this processor runs best.
// This header is read by every level: nothing but plain types here, lest a level's own copy of a shared function reach the others.
#pragma once
#include <cstddef>
#include <cstdint>

namespace earlysight::kernel {

using word = std::uint64_t;

/// What a comparison of pairs asks; `greater` is `less` with the sides changed.
enum class pair_test : std::uint8_t { equal, less, less_equal };

/// What a program's flags count, laid out for the kernels: themes of flags, each held to its most, of the rules that raise them. `whole` says
/// the same where all of it is in whole numbers that fit.
struct score_sheet {
  struct raise {
    std::uint32_t rule;
    std::uint8_t whole;
    double points;
  };
  struct flag {
    std::uint32_t first, last;  // raises
  };
  struct theme {
    std::uint32_t first, last;  // flags
    std::uint8_t whole;
    double up_to;
  };
  const raise* raises;
  const flag* flags;
  const theme* themes;
  std::size_t theme_count;
};

/// A day as months are counted: whole months since the March of the year 0, the day of the month, and whether that is the month's last.
struct day_of_month {
  std::int32_t month, day;
  bool is_last;
};

/// The kernels of one level. Bits are packed in words, the first in the lowest; n elements or bits, and of the bits written those beyond
/// n in the last word are 0. Arrays do not overlap, but for one that is read and written. Every level gives the same bits.
struct kernels {
  const char* name;  // "v4", "v3", "v2"; "portable" where the processor is another

  /// out bit i = low <= a[i] <= high: none where low > high, nor of a NaN.
  void (*doubles_in_range)(const double* a, std::size_t n, double low, double high, word* out);
  void (*floats_in_range)(const float* a, std::size_t n, float low, float high, word* out);
  void (*wholes_in_range)(const std::int32_t* a, std::size_t n, std::int32_t low, std::int32_t high, word* out);
  void (*codes_in_range)(const std::uint16_t* a, std::size_t n, std::uint16_t low, std::uint16_t high, word* out);
  void (*bytes_in_range)(const std::uint8_t* a, std::size_t n, std::uint8_t low, std::uint8_t high, word* out);

  /// out bit i = a[i] test b[i]; doubles within the tolerance as equal (earlysight/base/near.hpp), and in `same_doubles` not.
  void (*compare_doubles)(pair_test, const double* a, const double* b, std::size_t n, word* out);
  void (*compare_wholes)(pair_test, const std::int32_t* a, const std::int32_t* b, std::size_t n, word* out);
  void (*compare_bytes)(pair_test, const std::uint8_t* a, const std::uint8_t* b, std::size_t n, word* out);
  void (*same_doubles)(const double* a, const double* b, std::size_t n, word* out);

  /// out bit i = a[i] is not 0;  out bit i = bits[index[i]].
  void (*nonzero)(const std::uint8_t* a, std::size_t n, word* out);
  void (*gather_bits)(const word* bits, const std::int32_t* index, std::size_t n, word* out);

  /// out[i] = a[i] as the wider type.
  void (*floats_to_doubles)(const float* a, std::size_t n, double* out);
  void (*wholes_to_doubles)(const std::int32_t* a, std::size_t n, double* out);
  void (*codes_to_doubles)(const std::uint16_t* a, std::size_t n, double* out);
  void (*bytes_to_doubles)(const std::uint8_t* a, std::size_t n, double* out);
  void (*codes_to_wholes)(const std::uint16_t* a, std::size_t n, std::int32_t* out);
  void (*bytes_to_wholes)(const std::uint8_t* a, std::size_t n, std::int32_t* out);

  /// out[i] = a[i] op b[i].
  void (*add)(const double* a, const double* b, std::size_t n, double* out);
  void (*subtract)(const double* a, const double* b, std::size_t n, double* out);
  void (*multiply)(const double* a, const double* b, std::size_t n, double* out);
  void (*divide)(const double* a, const double* b, std::size_t n, double* out);

  /// out[i] = whole times `unit` days from days[i] up to `to`, and whole times `unit` months up to the day `to`, which is `at`; 0 of days after it.
  void (*days_up_to)(const std::int32_t* days, std::size_t n, std::int32_t to, std::int32_t unit, double* out);
  void (*months_up_to)(const std::int32_t* days, std::size_t n, std::int32_t to, day_of_month at, std::int32_t unit, double* out);

  /// out[i] = mask bit i ? a[i] : b[i]. out may be a or b.
  void (*choose_doubles)(const word* mask, const double* a, const double* b, std::size_t n, double* out);
  void (*choose_wholes)(const word* mask, const std::int32_t* a, const std::int32_t* b, std::size_t n, std::int32_t* out);

  // Of a panel (earlysight/data/panel.hpp), group by group of 64 children: of group g, n slots are looked at, slot slots[k] under
  // masks[g n + k], whose bytes are tiles[(g all_slots + slots[k]) 64 + j]. Results are out[64 g + j].

  /// The sum of the bytes whose bit is set; without masks, of all of them. Requires: n <= 257.
  void (*sum_slots)(const std::uint8_t* tiles, std::size_t all_slots, const word* masks, const std::uint16_t* slots, std::size_t n, std::size_t groups, double* out);
  /// The highest of them, 0 where there is none; the lowest, 255 where there is none.
  void (*highest_of_slots)(const std::uint8_t* tiles, std::size_t all_slots, const word* masks, const std::uint16_t* slots, std::size_t n, std::size_t groups, double* out);
  void (*lowest_of_slots)(const std::uint8_t* tiles, std::size_t all_slots, const word* masks, const std::uint16_t* slots, std::size_t n, std::size_t groups, double* out);
  /// How many of the n masks have the bit. Requires: n <= 255.
  void (*count_slots)(const word* masks, std::size_t n, std::size_t groups, double* out);
  /// The longest run of masks with the bit in `grows`. One without it ends the run, unless it has the bit in `stays`. Requires: n <= 255.
  void (*longest_runs)(const word* grows, const word* stays, std::size_t n, std::size_t groups, double* out);
  /// One more week of a least-squares line for the children whose bit is set in which[g]: at x = week - first[64 g + j] stands y[64 g + j].
  /// `sums` holds five rows of 64 a group: how many weeks, and the sums of x, y, x x and x y.
  void (*add_week)(const word* which, std::size_t groups, double week, const double* first, const double* y, double* sums);

  /// out[i] = the sum of the themes of child i, each the sum of its flags but at most `up_to`, each the most points of the rules whose bit i is
  /// set, added in the order of the sheet. rules[r] holds the bits of rule r; children is 64 at most.
  void (*add_points)(const score_sheet&, const word* rules, std::size_t children, double* out);
  /// The same from the whole numbers of the sheet.
  void (*add_whole_points)(const score_sheet&, const word* rules, std::size_t children, double* out);
  /// out[i] = the last b with a[i] >= thresholds[b], or -1.
  void (*last_reached)(const double* a, std::size_t n, const double* thresholds, std::size_t count, std::int32_t* out);
};

/// The kernels that this process uses: the best that the processor runs. The environment variable EARLYSIGHT_KERNELS (v2, v3 or v4) asks for
/// another level: where that cannot run, the best one below it is taken; any other text is as if it were not set. Read once.
const kernels& active();

/// The kernels of a level of that name, or else null: not one of this build, or the processor cannot run it.
const kernels* level_named(const char* name);

}  // namespace earlysight::kernel
