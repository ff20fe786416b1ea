// SPDX-License-Identifier: Apache-2.0
// Schools, providers and services. A place is worked out from its number whenever it is asked for: a million children have thousands
// of schools, and none is kept.
#pragma once
#include "profile_table.hpp"
#include "timeline.hpp"

namespace earlysight::simulation {

enum class feed : std::uint8_t { marks, weeks, terms, none };

struct school_traits {
  word phase, kind;
  bool own_admissions = false, in_area = true;
  feed sends = feed::weeks;
  date register_to = no_day;  // no day: sends nothing
  bool stopped = false;       // the register ends well before `to`
  int training[2] = {};       // school days of each year, from its first, on which the school is closed to pupils
  int snow = -1;              // likewise, closed without notice; -1: none
};

class places {
 public:
  places(std::uint64_t seed, std::int64_t children, const figures&, const timeline&);

  /// Numbers of schools: primary first, then secondary, special, alternative provision, independent, and special schools out of area.
  std::int32_t schools() const { return first_[6]; }
  std::int32_t providers() const { return providers_; }
  static constexpr std::int32_t services = 12;

  school_traits school(std::int32_t number) const;
  bool registered(std::int32_t provider) const;
  bool approved(std::int32_t provider) const;
  int longest_wait(std::int32_t service) const;

  /// A school near a home (0 to 1 across the area), of a sort.
  enum sort : int { primary, secondary, special, alternative, independent, away };
  std::int32_t near(sort s, double home) const {
    const auto n = first_[s + 1] - first_[s];
    return first_[s] + std::min(n - 1, static_cast<std::int32_t>(home * n));
  }
  sort sort_of(std::int32_t number) const {
    int s = 0;
    while (number >= first_[s + 1]) ++s;
    return static_cast<sort>(s);
  }

 private:
  std::uint64_t seed_;
  std::int32_t first_[7];
  std::int32_t providers_;
  const figures& p_;
  const timeline& time_;
};

}  // namespace earlysight::simulation
