// SPDX-License-Identifier: Apache-2.0
// A child's life from `from` to `to`, as far as it matters to where and how the child is educated. Worked out first; rows are told
// from it afterwards, so that all tables agree.
#pragma once
#include "../profile_table.hpp"
#include "../random.hpp"
#include "../tables.hpp"

#include <vector>

namespace earlysight::simulation {

/// Days from begin to end, both included; an end after `to` is in the future, and the extract does not show it.
struct spell {
  date begin = no_day, end = no_day;
  bool any() const { return begin != no_day; }
  bool open_on(date d) const { return any() && begin <= d && end > d; }
};

enum class sen_kind : std::uint8_t { none, support, ehcp };

/// What becomes of a child who is not simply at school: at most one of these in the time told.
enum class track_kind : std::uint8_t { school, home_educated, missing, off_roll, never, part_time, alternative, internal, eotas, medical, online, flexi, custody, excluded };
inline constexpr std::size_t tracks = 14;

struct family {
  std::int64_t first = 0;
  int size = 1;
  double home = 0;    // where in the area, 0 to 1
  double strain = 0;  // standard normal; high: little money, much on their minds
  word ethnicity;
  bool interpreter = false, traveller = false, shared_number = false;
  date arrived = no_day;                     // in the country
  date moved_in = no_day, moved_out = no_day;  // to and from the area, where that is in the time told or lately before it
};

struct stay {
  std::int32_t school = -1;
  date joined = no_day, left = no_day;  // no day: still there
  word status = "single";
  word reason;
};

struct life {
  std::int64_t child = 0;
  int in_family = 0;
  const family* home = nullptr;
  date dob;
  int year = 0;  // as taught
  sen_kind sen = sen_kind::none;
  word need;
  bool special = false, independent = false, complex_health = false, young_carer = false, young_mother = false;
  date baby_due = no_day;

  // From referral to first appointment, and with the service after it.
  spell neuro, camhs, speech, occupational, physiotherapy, paediatrics;
  spell camhs_care, speech_care, occupational_care, physiotherapy_care;
  spell early_help, in_need, protection, looked_after, youth_justice;
  date anxious = no_day, bullied = no_day;

  double absence = 0;     // place among pupils of the same year and need, 0 to 1: the higher, the more is missed
  date fell = no_day;     // when attendance began to slide
  track_kind track = track_kind::school;
  spell out;              // the time on that track
  spell before, again;    // a timetable before this one; the same track once more after coming back
  bool alone = false;     // of the never enrolled: nobody has a record
  bool second_missing = false;  // of the dual: the second school sends nothing
  bool dual = false, provision_late = false, unrecorded = false;
  std::int32_t weekly_hours = 0;  // of provision or timetable
  date suspended[3] = {no_day, no_day, no_day};
  int suspended_days[3] = {};
  spell no_transport;
  bool transport = false;
  std::vector<stay> path;  // in order of joining
  feed sends = feed::none;
  std::int32_t school = -1;  // of the main enrolment on `to`
  date rows_to = no_day;     // the last day that attendance rows of this child reach

  bool has_sen() const { return sen != sen_kind::none; }
  void clear() {
    auto kept = std::move(path);
    kept.clear();
    *this = life{};
    path = std::move(kept);
  }
};

/// What the runs of a simulation share.
struct world {
  std::uint64_t seed;
  figures p;
  const timeline& time;
  const places& where;
  const table_writers& tables;

  // Filled from a sample of lives, so that shares hold whatever the causes: the distribution of burdens by need and phase, and the
  // mean weight of each track.
  std::array<std::array<double, 256>, 4> burden{};
  std::array<double, tracks> mean_weight{};
  double mean_care = 1;
  std::array<double, 6> mean_clinic{1, 1, 1, 1, 1, 1};
};

/// The day on which a school year of compulsory education begins for somebody born then: the prescribed day on or after the fifth birthday.
date compulsory_from(date dob);
/// The national curriculum year in which the child is taught in the academic year that begins in `year`.
inline int year_in(const life& l, const world& w, int year) { return l.year - (w.time.last_year - year); }

/// A spell that is open on `to` for a share of children, and lies in the time told at the rate that follows from its lengths.
template <std::size_t N>
spell draw_spell(draws& d, double open_share, const quantiles<N>& days, const timeline& t) {
  const auto u = d.unit();
  const auto window = static_cast<double>(t.to - t.from + 1);
  if (u >= open_share * (1 + window / days.mean())) return {};
  if (u < open_share) {
    // Those found open are the longer ones.
    const auto length = std::max(2.0, std::max(days.of(d.unit()), days.of(d.unit())));
    const auto begin = t.to - static_cast<int>(d.unit() * length);
    return {begin, later(t.to + 1, begin + static_cast<int>(length))};
  }
  const auto length = std::max(1, static_cast<int>(days.of(d.unit())));
  const auto end = t.to - d.between(0, t.to - t.from);
  return {end - length, end};
}

// In the order of a life; each fills its part.
family make_family(const world&, std::int64_t first, int size);
void make_person(const world&, const family&, std::int64_t child, int in_family, life&);
void make_causes(const world&, life&);
double burden_of(const life&, const world&);
/// The child's place in absence: its burden with chance on top, among all of the same need and phase.
double place_in_absence(const life&, const world&);
double track_weight(const life&, const world&, track_kind);
/// How strongly circumstances and needs bring social care, and each service of health.
double care_weight(const life&);
enum class clinic : std::uint8_t { neurodevelopmental, camhs, speech, occupational, physiotherapy, paediatrics };
double clinic_weight(const life&, clinic);
/// The shares in `w` that causes refer to.
void take_sample(world& w);
void make_course(const world&, life&);
void make_path(const world&, life&);
/// A brother or sister of a home-educated child may be on no roll and on no record.
void hide_sibling(const world&, std::vector<life>& all);

/// Tells rows.
struct teller {
  const world& w;
  stretch_text& out;
  draws gaps;
  std::int64_t child;
  template <class Row>
  bool add(const Row& row) {
    if (!w.tables.declares(Row::table)) return false;
    const auto all = cells(row);
    return w.tables.add(out, Row::table, child, all, gaps);
  }
  void truth(word story, date from, std::string_view detail) { w.tables.add_truth(out, child, story, from, detail); }
};

/// Sessions of one child, two a school day; kept by each thread.
struct day_book {
  std::vector<std::uint8_t> code;   // by place in `days` times two
  std::vector<std::int16_t> stay_of;  // by place in `days`: of l.path, or -1
  std::vector<std::uint8_t> elsewhere;  // the day is spent at the school of the subsidiary enrolment
};
void fill_days(const world&, const life&, day_book&);
void tell_attendance(teller&, const life&, const day_book&);

void tell_child(teller&, const life&);
void tell_schooling(teller&, const life&);
void tell_provision(teller&, const life&);
void tell_needs(teller&, const life&);
void tell_health(teller&, const life&);
void tell_care(teller&, const life&);
void tell_oversight(teller&, const life&, const std::vector<life>& family_lives);

}  // namespace earlysight::simulation
