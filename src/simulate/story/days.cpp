// SPDX-License-Identifier: Apache-2.0
// Every session of a child, from which marks, weeks and terms are summed. How much is missed in a year is drawn first, from the
// published bands; when and why is drawn here.
#include "codes.hpp"
#include "life.hpp"

#include "../absence_bands.hpp"

#include <algorithm>

namespace earlysight::simulation {
namespace {

class day_filler {
 public:
  day_filler(const world& w, const life& l, day_book& b) : w_(w), l_(l), t_(w.time), b_(b), d_(w.seed, static_cast<std::uint64_t>(l.child), purpose::days) {}

  void run() {
    const auto n = t_.days.size();
    b_.code.assign(2 * n, code_off);
    b_.stay_of.assign(n, -1);
    b_.elsewhere.assign(n, 0);
    enrol();
    if (t_.days.empty()) return;
    young();
    away_from_school();
    if (l_.no_transport.any()) each_day(l_.no_transport.begin, l_.no_transport.end, [&](std::size_t i) { set(i, code_q, code_q); });
    for (int i = 0; i < 3; ++i)
      if (l_.suspended[i] != no_day)
        if (auto at = t_.place(l_.suspended[i]); at < n)
          for (int k = 0; k < l_.suspended_days[i] && at < n; ++k, ++at) set(at, code_e, code_e);
    for (std::size_t y = 0; y + 1 < t_.year_starts.size(); ++y) miss(static_cast<std::size_t>(t_.year_starts[y]), static_cast<std::size_t>(t_.year_starts[y + 1]), static_cast<int>(y));
  }

 private:
  template <class Do>
  void each_day(date from, date until, Do f) {
    for (auto i = t_.place(from), end = t_.place(until); i < end; ++i) f(i);
  }
  bool there(std::size_t session) const { return b_.code[session] <= last_present; }
  void set(std::size_t day, std::uint8_t am, std::uint8_t pm) {
    if (there(2 * day)) b_.code[2 * day] = am;
    if (there(2 * day + 1)) b_.code[2 * day + 1] = pm;
  }

  void enrol() {
    for (std::size_t s = 0; s < l_.path.size(); ++s) {
      const auto& stay = l_.path[s];
      const auto until = stay.left == no_day ? t_.to + 1 : stay.left + 1;
      if (stay.status == word("subsidiary")) {
        // Some days of the week there; the main school marks them D.
        const int days = d_.between(2, 5);
        each_day(stay.joined, until, [&](std::size_t i) {
          if (t_.days[i].weekday < days && b_.stay_of[i] >= 0 && there(2 * i)) b_.elsewhere[i] = 1;
        });
        continue;
      }
      const auto begin = t_.place(stay.joined), end = t_.place(until);
      if (begin >= end) continue;
      for (auto i = begin; i < end; ++i) b_.code[2 * i] = code_am, b_.code[2 * i + 1] = code_pm, b_.stay_of[i] = static_cast<std::int16_t>(s);
      const auto school = w_.where.school(stay.school);
      auto close = [&](int day, std::uint8_t code) {
        for (std::size_t y = 0; day >= 0 && y + 1 < t_.year_starts.size(); ++y) {
          const auto i = static_cast<std::size_t>(t_.year_starts[y] + day);
          if (i >= begin && i < end && i < static_cast<std::size_t>(t_.year_starts[y + 1])) b_.code[2 * i] = b_.code[2 * i + 1] = code;
        }
      };
      close(school.training[0], code_closed), close(school.training[1], code_closed), close(school.snow, code_y4);
    }
  }

  // Reception begins with half days, and some come part of the day until they must.
  void young() {
    if (l_.year > 3) return;
    const auto begin = t_.opening(t_.last_year - l_.year);
    const auto must = compulsory_from(l_.dob);
    const auto until = d_.chance(0.12) ? must : begin + 10;
    each_day(begin, earlier(until, must), [&](std::size_t i) {
      if (there(2 * i + 1)) b_.code[2 * i + 1] = code_x;
    });
  }

  // Sessions of the week, of ten, that fit the weekly hours.
  int sessions() const { return std::clamp((l_.weekly_hours * 10 + 12) / 25, 1, 10); }

  void away_from_school() {
    const auto& out = l_.out;
    // Elsewhere for the first sessions of the week, at half days if few; the rest with another code.
    auto pattern_of = [&](const spell& when, std::uint8_t there_code, std::uint8_t rest) {
      const int n = sessions();
      each_day(when.begin, when.end, [&](std::size_t i) {
        const int day = t_.days[i].weekday;
        const bool am = n <= 5 ? day < n : true, pm = n > 5 && day < n - 5;
        set(i, am ? there_code == 0 ? b_.code[2 * i] : there_code : rest, pm ? there_code == 0 ? b_.code[2 * i + 1] : there_code : rest);
      });
    };
    auto pattern = [&](std::uint8_t there_code, std::uint8_t rest) { pattern_of(out, there_code, rest); };
    switch (l_.track) {
      case track_kind::part_time:
        pattern(0, code_c2);
        if (l_.before.any()) pattern_of(l_.before, 0, code_c2);
        break;
      case track_kind::flexi: pattern(0, code_c); break;
      case track_kind::alternative:
        if (!l_.dual) {
          const int days = std::clamp(sessions() / 2, 1, 5);
          each_day(out.begin, out.end, [&](std::size_t i) {
            if (t_.days[i].weekday >= 5 - days) set(i, code_b, code_b);
          });
        }
        break;
      case track_kind::eotas: pattern(code_k, code_c); break;
      case track_kind::medical:
      case track_kind::online: pattern(code_k, code_i); break;
      case track_kind::custody: each_day(out.begin, out.end, [&](std::size_t i) { set(i, code_y5, code_y5); }); break;
      case track_kind::excluded: each_day(out.begin, out.end, [&](std::size_t i) { set(i, code_e, code_e); }); break;
      default: break;
    }
  }

  // One academic year: as many sessions as the child's place in the bands says, less what is missed already.
  void miss(std::size_t begin, std::size_t end, int y) {
    int possible = 0, missed = 0;
    for (auto s = 2 * begin; s < 2 * end; ++s) possible += is_possible(b_.code[s]), missed += is_absence(b_.code[s]);
    if (possible == 0) return;
    const int calendar_year = t_.last_year - (static_cast<int>(t_.year_starts.size()) - 2 - y);
    const bool last = y + 2 == static_cast<int>(t_.year_starts.size());
    // Most keep their place from year to year; those who slid were among the others before.
    const bool kept = d_.chance(0.55);
    const auto fresh = d_.unit();
    const bool slid_here = l_.fell != no_day && l_.fell < t_.days[end - 1].day;
    const auto u = last || (slid_here && l_.fell > t_.days[begin].day) ? l_.absence : l_.fell != no_day && !slid_here ? fresh * 0.8 : kept ? l_.absence : fresh;
    auto left = static_cast<int>(absence_share(year_in(l_, w_, calendar_year), l_.has_sen(), u) * possible + d_.unit()) - missed;
    const auto weights = episode_weights(u);
    const bool slides = slid_here && l_.fell >= t_.days[begin].day - 60;
    const auto onset = slides ? std::clamp(t_.place(l_.fell), begin, end - 1) : begin;
    for (int tries = 40 + left; left > 0 && tries > 0; --tries) {
      // While it slides, more and more is missed; before that, little.
      auto i = begin + static_cast<std::size_t>(d_.unit() * static_cast<double>(end - begin));
      if (slides && d_.chance(0.85)) {
        const auto a = d_.unit(), b = d_.unit();
        i = onset + static_cast<std::size_t>(std::max(a, b) * static_cast<double>(end - onset));
      }
      constexpr double by_weekday[5] = {1, 0.82, 0.8, 0.85, 0.98};
      if (!d_.chance(by_weekday[t_.days[i].weekday])) continue;
      left -= episode(i, end, left, weights, slides);
    }
    // So much is missed that chance found no room: from the end backwards, or the other way round.
    const auto code = l_.anxious != no_day || l_.complex_health || d_.chance(0.4) ? code_i : code_o;
    for (auto s = 2 * end; left > 0 && s-- > 2 * begin;)
      if (there(s)) b_.code[s] = code, --left;
    colour(begin, end);
  }

  std::array<double, 7> episode_weights(double u) const {
    // illness, appointments, holidays, other without leave, late after the register closes, other with leave, religion
    const auto strain = std::clamp(0.6 + 0.35 * l_.home->strain + u, 0.25, 2.6);
    const auto care = l_.camhs_care.any() || l_.speech_care.any() || l_.complex_health || l_.paediatrics.any() ? 3.0 : 1.0;
    return {14, 5 * care, 1.6 * (1.35 - u), 6 * strain, 1.6 * strain, 2.6, l_.home->ethnicity == word("asian") ? 1.5 : 0.15};
  }

  int episode(std::size_t day, std::size_t end, int most, const std::array<double, 7>& weights, bool slides) {
    const auto kind = d_.weighted(weights);
    constexpr std::uint8_t codes[7] = {code_i, code_m, code_g, code_o, code_u, code_c, code_r};
    auto code = codes[kind];
    int length = 2;
    switch (kind) {
      case 0: length = 2 * static_cast<int>(quantiles{1.0, 1.0, 1.3, 2.0, 3.2, 7.0}.of(d_.unit())); break;
      case 1: length = d_.chance(0.8) ? 1 : 2; break;
      case 2: length = 2 * static_cast<int>(quantiles{1.0, 2.0, 4.0, 5.9, 10.0}.of(d_.unit())); break;
      case 3: length = d_.chance(0.25) ? 1 : 2 * static_cast<int>(quantiles{1.0, 1.0, 1.5, 2.5, 6.0}.of(d_.unit())); break;
      case 4: length = 1; break;
      default: length = d_.chance(0.4) ? 1 : 2; break;
    }
    if (slides && (kind == 0 || kind == 3) && d_.chance(0.3)) length *= 2;
    if (l_.home->traveller && kind == 2) code = code_t;
    // Not looked into yet, or never.
    if (kind == 3 && (t_.days[day].day > t_.to - 7 || d_.chance(w_.p("absence_unexplained")))) code = code_n;
    auto s = 2 * day + (length == 1 && kind == 1 && d_.chance(0.5) ? 1 : 0);
    int done = 0;
    for (; s < 2 * end && done < std::min(length, most); ++s) {
      if (there(s)) b_.code[s] = code, ++done;
      else if (done > 0 && is_absence(b_.code[s])) break;
    }
    return done;
  }

  // What makes no difference to the counts: late arrivals, trips, work experience.
  void colour(std::size_t begin, std::size_t end) {
    const auto late = 0.004 + 0.03 * l_.absence * l_.absence;
    for (auto i = begin; i < end; ++i)
      if (b_.code[2 * i] == code_am && d_.chance(late)) b_.code[2 * i] = code_l;
    const auto trip = begin + static_cast<std::size_t>(d_.unit() * static_cast<double>(end - begin));
    if (d_.chance(0.6)) set(trip, code_v, code_v);
    if (l_.year == 10 && end - begin > 175)
      for (auto i = begin + 165; i < begin + 170; ++i) set(i, code_w, code_w);
  }

  const world& w_;
  const life& l_;
  const timeline& t_;
  day_book& b_;
  draws d_;
};

}  // namespace

void fill_days(const world& w, const life& l, day_book& b) { day_filler(w, l, b).run(); }

}  // namespace earlysight::simulation
