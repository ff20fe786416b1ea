// SPDX-License-Identifier: Apache-2.0
// Enrolments: which school, from when to when, and why a child left.
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {
namespace {

constexpr quantiles days_between_schools{1.0, 1.0, 3.0, 8.0, 24.0, 60.0};

class path_maker {
 public:
  path_maker(const world& w, life& l) : w_(w), l_(l), d_(w.seed, static_cast<std::uint64_t>(l.child) + (std::uint64_t{1} << 41), purpose::schooling) {}

  void run() {
    const auto reception = w_.time.last_year - l_.year;
    auto entry = w_.time.opening(reception);
    const auto& home = *l_.home;
    if (home.moved_in != no_day && home.moved_in > entry) entry = home.moved_in + 2 + static_cast<int>(days_between_schools.of(d_.unit()) * 1.3);
    if (l_.track == track_kind::never) return;
    if (l_.special || l_.independent) {
      l_.path.push_back({school_for(0), entry, no_day, "single", {}});
    } else {
      const auto move = w_.time.opening(reception + 7);
      // Who comes in the summer before secondary school goes to that alone.
      if (entry < w_.time.closing(reception + 6)) l_.path.push_back({school_for(0), entry, no_day, "single", {}});
      if (l_.year >= 7 || (l_.year == 6 && move <= w_.time.to)) {
        if (!l_.path.empty()) leave(w_.time.closing(reception + 6), "end_of_phase");
        l_.path.push_back({school_for(7), later(entry, move), no_day, "single", {}});
      }
    }
    moves();
    if (l_.track != track_kind::school) follow_track();
    if (home.moved_out != no_day) end_all(home.moved_out, "moved_area");
    subsidiary();
    for (std::size_t i = l_.path.size(); i-- > 0;)
      if (l_.path[i].joined > w_.time.to) l_.path.erase(l_.path.begin() + static_cast<std::ptrdiff_t>(i));
    settle();
  }

 private:
  // The school of a phase for this home; `instead` is another than that.
  std::int32_t school_for(int year, std::int32_t instead = -1) {
    const auto sort = l_.special ? (d_.chance(0.06) ? places::away : places::special) : l_.independent ? places::independent : year >= 7 ? places::secondary : places::primary;
    auto home = l_.home->home;
    if (l_.in_family == 0 ? d_.chance(0.15) : false) home = d_.unit();
    auto s = w_.where.near(sort, home);
    for (int i = 0; s == instead && i < 8; ++i) s = w_.where.near(sort, d_.unit());
    return s;
  }

  void leave(date left, word reason) { l_.path.back().left = left, l_.path.back().reason = reason; }

  // The enrolment ends on a day; later ones never come about.
  bool end_all(date day, word reason) {
    while (!l_.path.empty() && l_.path.back().joined >= day) l_.path.pop_back();
    if (l_.path.empty()) return false;
    auto& last = l_.path.back();
    if (last.left != no_day && last.left < day) return false;
    last.left = day, last.reason = reason;
    return true;
  }

  void moves() {
    const auto& t = w_.time;
    if (l_.path.empty() || l_.independent || !d_.chance(w_.p("moved_school_in_year") * (t.to - t.from + 1) / 365.25 * (l_.looked_after.any() ? 4 : 1))) return;
    const auto day = t.from + d_.between(0, t.to - t.from);
    auto& last = l_.path.back();
    // Not in the first weeks of a school, and not while something else happens.
    if (day < last.joined + 40 || last.left != no_day || (l_.out.any() && day > l_.out.begin - 60 && day < l_.out.end + 60)) return;
    const auto from_school = last.school;
    const auto year = year_in(l_, w_, split(day).month >= 9 ? split(day).year : split(day).year - 1);
    leave(day, "moved_school");
    l_.path.push_back({school_for(year, from_school), day + static_cast<int>(days_between_schools.of(d_.unit())), no_day, "single", {}});
  }

  void follow_track() {
    const auto& out = l_.out;
    word reason;
    auto day = out.begin;
    switch (l_.track) {
      case track_kind::home_educated: reason = "home_education"; break;
      case track_kind::missing: reason = pick(d_, {{"whereabouts_unknown", 55}, {"moved_area", 25}, {"other", 20}}); break;
      case track_kind::off_roll: reason = pick(d_, {{"other", 60}, {"whereabouts_unknown", 15}, {"moved_school", 25}}); break;
      case track_kind::eotas:
        // Some stay on the roll of the school that they do not go to.
        if (d_.chance(0.3)) return;
        reason = d_.chance(0.6) ? word("other") : word("health");
        break;
      case track_kind::custody: reason = "custody", day = day + 28; break;
      case track_kind::excluded: reason = "excluded", day = w_.time.school_days_later(day, 15); break;
      default: return;
    }
    leave_and_return(day, out.end, reason);
    if (l_.again.any() && !l_.path.empty() && l_.path.back().left == no_day && l_.path.back().joined < l_.again.begin) leave_and_return(l_.again.begin, l_.again.end, reason);
    else l_.again = {};
  }

  void leave_and_return(date day, date returns, word reason) {
    const auto school = l_.path.empty() ? -1 : l_.path.back().school;
    if (day >= returns) return;
    if (!end_all(day, reason)) {
      // Was on no roll that we know of when it began.
      if (l_.path.empty() && returns <= w_.time.to && returns > w_.time.from) l_.path.push_back({school_for(l_.year), returns, no_day, "single", {}});
      return;
    }
    if (returns <= w_.time.to && l_.track != track_kind::off_roll && returns > day + 1)
      l_.path.push_back({l_.track == track_kind::excluded || d_.chance(0.5) ? school_for(l_.year, school) : school_for(l_.year), later(returns, day + 1), no_day, "single", {}});
  }

  // A second roll: an alternative provision's school, or a special school while the place is tried.
  void subsidiary() {
    if (l_.path.empty() || l_.year > 11) return;
    spell both;
    std::int32_t school = -1;
    if (l_.dual) both = l_.out, school = w_.where.near(places::alternative, l_.home->home);
    else if (l_.track == track_kind::school && l_.has_sen() && !l_.special && !l_.independent && d_.chance(std::min(0.5, w_.p("dual_registered") * 6)))
      both = draw_spell(d_, 0.5, quantiles{30.0, 90.0, 200.0, 400.0}, w_.time), school = w_.where.near(places::special, l_.home->home);
    if (!both.any() || both.end <= both.begin) return;
    for (std::size_t i = 0; i < l_.path.size(); ++i) {
      auto& main = l_.path[i];
      if (both.begin <= main.joined || (main.left != no_day && (both.begin >= main.left || both.end > main.left))) continue;
      main.status = "main";
      l_.second_missing = d_.chance(w_.p("second_register_missing"));
      l_.path.push_back({school, both.begin, both.end, "subsidiary", "moved_school"});
      l_.dual = true;
      return;
    }
    l_.dual = false;
  }

  // What the last day shows: the school, and what it sends.
  void settle() {
    std::int32_t last = -1;
    for (const auto& s : l_.path) {
      if (s.status == word("subsidiary")) continue;
      if (s.joined > w_.time.to) continue;
      last = s.school;
      if (s.left == no_day || s.left > w_.time.to) l_.school = s.school;
    }
    if (last < 0) return;
    const auto traits = w_.where.school(last);
    l_.sends = traits.sends;
    l_.rows_to = traits.register_to;
    if (l_.sends != feed::none && l_.school >= 0 && d_.chance(w_.p("child_feed_lost"))) l_.rows_to = earlier(l_.rows_to, w_.time.last_school_day() - d_.between(30, 90));
  }

  const world& w_;
  life& l_;
  draws d_;
};

}  // namespace

void make_path(const world& w, life& l) { path_maker(w, l).run(); }

}  // namespace earlysight::simulation
