// SPDX-License-Identifier: Apache-2.0
// Attendance rows at the grain that the child's school sends.
#include "codes.hpp"
#include "life.hpp"

namespace earlysight::simulation {
namespace {

void tell_marks(teller& tell, const life& l, const day_book& b, std::size_t end) {
  const auto& days = tell.w.time.days;
  std::int32_t second = -1;
  for (const auto& s : l.path)
    if (s.status == word("subsidiary")) second = s.school;
  for (std::size_t i = 0; i < end; ++i) {
    if (b.stay_of[i] < 0) continue;
    const auto school = l.path[static_cast<std::size_t>(b.stay_of[i])].school;
    for (std::size_t half = 0; half < 2; ++half) {
      const auto c = b.code[2 * i + half];
      if (c == code_off) continue;
      const word when = half == 0 ? word("am") : word("pm");
      const bool away = b.elsewhere[i] && second >= 0;
      tell.add(rows::mark{.day = days[i].day, .half = when, .school = school_ref{school}, .code = away ? word("D") : code_words[c]});
      if (away && !l.second_missing) tell.add(rows::mark{.day = days[i].day, .half = when, .school = school_ref{second}, .code = code_words[c]});
    }
  }
}

using totals = std::array<int, 8>;

template <class Place, class Tell>
void sums(const timeline& t, const day_book& b, std::size_t end, bool without_second, Place place, Tell tell) {
  for (std::size_t i = 0; i < end;) {
    const auto group = place(t.days[i]);
    totals all{};
    while (i < end && place(t.days[i]) == group) {
      // A hundred days fit the eight counts of a word.
      std::uint64_t some = 0;
      for (int k = 0; k < 100 && i < end && place(t.days[i]) == group; ++k, ++i)
        if (!(b.elsewhere[i] && without_second)) some += counts_of[b.code[2 * i]] + counts_of[b.code[2 * i + 1]];
      for (std::size_t c = 0; c < 8; ++c) all[c] += static_cast<int>(some >> (8 * c) & 0xFF);
    }
    if (all[on_roll] > 0) tell(static_cast<std::size_t>(group), all);
  }
}

// Of a pupil who has missed fifteen days of a school year, the school tells the authority and somebody follows it up: mostly, and
// after some days.
void tell_long_absence(teller& tell, const life& l, const day_book& b) {
  const auto& w = tell.w;
  const auto& t = w.time;
  draws d(w.seed, static_cast<std::uint64_t>(l.child), purpose::long_absence);
  auto notice = [&](date since, double share, word event, word to) {
    const auto sent = since + static_cast<int>(w.p("notice_days") * 2 * d.unit());
    if (d.chance(share) && sent <= t.to) tell.add(rows::notice{.sent = sent, .event = event, .recipient = to});
  };
  for (std::size_t y = 0; y + 1 < t.year_starts.size(); ++y) {
    int missed = 0;
    for (auto i = static_cast<std::size_t>(t.year_starts[y]); i < static_cast<std::size_t>(t.year_starts[y + 1]); ++i) {
      missed += is_absence(b.code[2 * i]) + is_absence(b.code[2 * i + 1]);
      if (missed < 2 * 15) continue;
      notice(t.days[i].day, w.p("long_absence_told"), "fifteen_days", "local_authority");
      notice(t.days[i].day + 5, w.p("long_absence_followed_up"), "followed_up", "local_authority");
      break;
    }
  }
}

}  // namespace

void tell_attendance(teller& tell, const life& l, const day_book& b) {
  tell_long_absence(tell, l, b);
  if (l.sends == feed::none || l.rows_to == no_day) return;
  const auto& t = tell.w.time;
  const auto end = t.place(l.rows_to + 1);
  auto n = [](const totals& all, count_of c) { return amount(all[c]); };
  if (l.sends == feed::marks) {
    tell_marks(tell, l, b, end);
  } else if (l.sends == feed::weeks) {
    sums(t, b, end, l.second_missing, [](const school_day& d) { return d.week; }, [&](std::size_t week, const totals& all) {
      tell.add(rows::attendance{.week = t.weeks[week], .possible = n(all, possible), .attended = amount(all[possible] - all[authorised] - all[unauthorised]), .authorised = n(all, authorised),
                                .unauthorised = n(all, unauthorised), .illness = n(all, illness), .appointments = n(all, appointments), .part_time = n(all, part_time), .no_transport = n(all, no_transport)});
    });
  } else {
    sums(t, b, end, l.second_missing, [](const school_day& d) { return d.term; }, [&](std::size_t term, const totals& all) {
      // A term's counts come when it is over.
      if (t.term_ends[term] > l.rows_to) return;
      tell.add(rows::term_attendance{.term_end = t.term_ends[term], .possible = n(all, possible), .authorised = n(all, authorised), .unauthorised = n(all, unauthorised), .illness = n(all, illness),
                                     .appointments = n(all, appointments), .part_time = n(all, part_time), .no_transport = n(all, no_transport)});
    });
  }
}

}  // namespace earlysight::simulation
