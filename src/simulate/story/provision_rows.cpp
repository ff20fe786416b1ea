// SPDX-License-Identifier: Apache-2.0
// What is offered to children who are not simply at school: hours, providers, reviews that come, come late, or do not come.
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {
namespace {

class provision_teller {
 public:
  provision_teller(teller& t, const life& l) : tell_(t), l_(l), w_(t.w), d_(t.w.seed, static_cast<std::uint64_t>(l.child), purpose::provision) {}

  void run() {
    const auto& out = l_.out;
    switch (l_.track) {
      case track_kind::part_time: part_time(); break;
      case track_kind::home_educated:
        home_educated(out);
        if (l_.again.any()) home_educated(l_.again);
        break;
      case track_kind::missing:
        tell_.add(rows::cme{.identified = earlier(out.begin + d_.between(1, 40), out.end), .closed = out.end});
        if (l_.again.any()) tell_.add(rows::cme{.identified = earlier(l_.again.begin + d_.between(1, 40), l_.again.end), .closed = l_.again.end});
        if (d_.chance(0.25)) provide("home_tuition", out.begin + d_.between(20, 90), out.end, false);
        break;
      case track_kind::off_roll: tell_.truth("off_roll", out.begin, "left a roll and no record says where to"); break;
      case track_kind::never:
        if (!l_.alone) tell_.add(rows::cme{.identified = out.begin + d_.between(20, 200), .closed = out.end});
        tell_.truth("never_on_roll", out.begin, l_.alone ? "of school age and on no roll and on no record" : "of school age and never on a roll");
        break;
      case track_kind::alternative:
        if (!l_.unrecorded) provide("alternative", out.begin, out.end, l_.dual);
        break;
      case track_kind::internal: provide("internal", out.begin, out.end, true); break;
      case track_kind::flexi: provide("flexi", out.begin, out.end, true); break;
      case track_kind::online: online(); break;
      case track_kind::eotas:
        provide("eotas", out.begin, out.end, false);
        if (d_.chance(0.4)) provide(d_.chance(0.5) ? word("home_tuition") : word("online"), out.begin + d_.between(5, 60), out.end, false);
        break;
      case track_kind::medical: provide(pick(d_, {{"medical", 55}, {"home_tuition", 30}, {"hospital_school", 15}}), out.begin + d_.between(0, 25), out.end, false); break;
      case track_kind::custody:
        // A place after release is agreed for some.
        if (d_.chance(0.5)) tell_.add(rows::agreed_place{.agreed = out.end - d_.between(5, 40), .begins = out.end + d_.between(1, 10), .school = school_ref{w_.where.near(places::alternative, l_.home->home)}, .kind = "provision", .weekly = amount(15)});
        break;
      case track_kind::excluded: excluded(); break;
      case track_kind::school: break;
    }
    if (l_.fell != no_day && l_.fell <= w_.time.to - 40 && l_.school >= 0 && l_.sends != feed::none && l_.track == track_kind::school)
      tell_.truth("falling", l_.fell, l_.neuro.open_on(w_.time.to) ? "while a neurodevelopmental referral waits" : l_.anxious != no_day ? "anxiety" : l_.bullied != no_day ? "bullying" : l_.camhs.any() ? "mental health" : "no cause on record");
  }

 private:
  // The last of the reviews every so many days, some of which are missed.
  date last_review(date begin, date end, int every, double held) {
    auto last = no_day;
    const auto until = earlier(end, w_.time.to);
    for (auto due = begin + every; due <= until; due = due + every)
      if (d_.chance(held)) last = due + d_.between(-5, 12);
    return last > until ? no_day : last;
  }
  date told(date event, double share) {
    const auto days = static_cast<int>(w_.p("notice_days") * 2 * d_.unit());
    return d_.chance(share) ? event + days : no_day;
  }

  void provide(word kind, date begin, date end, bool registered) {
    if (begin > w_.time.to || end <= begin) return;
    auto provider = static_cast<std::int32_t>(d_.unit() * w_.where.providers());
    for (int i = 0; registered && !w_.where.registered(provider) && i < 20; ++i) provider = static_cast<std::int32_t>(d_.unit() * w_.where.providers());
    const bool inside = kind == word("internal") || kind == word("flexi");
    const bool alone = kind == word("home_tuition") || d_.chance(kind == word("eotas") ? 0.5 : 0.1);
    const int hours = std::max(1, kind == word("internal") ? 25 : l_.weekly_hours);
    const auto taken = d_.chance(0.6) ? hours : static_cast<int>(hours * d_.unit());
    const bool timed = d_.chance(0.6), open = end > w_.time.to;
    const int every = kind == word("eotas") ? 120 : 60;
    const auto reviewed = last_review(begin, end, every, w_.p("review_held"));
    const auto checked = d_.chance(w_.p("quality_checked")) ? later(begin, earlier(end, w_.time.to) - d_.between(5, 180)) : d_.chance(0.5) ? no_day : later(begin, earlier(end, w_.time.to) - d_.between(181, 420));
    const int before = l_.year >= 9 ? d_.between(7, 10) : 0;
    const bool exams = l_.year >= 10;
    const word board = pick(d_, {{"AQA", 5}, {"Edexcel", 3}, {"OCR", 2}, {"WJEC", 1}});
    tell_.add(rows::provision{.started = begin,
                              .ended = end,
                              .provider = inside ? provider_ref{} : provider_ref{provider},
                              .kind = kind,
                              .tier = if_so(kind == word("alternative") || kind == word("internal"), pick(d_, {{"targeted", 3}, {"time_limited", 5}, {"transitional", 2}})),
                              .weekly = if_so(!d_.chance(w_.p("hours_not_known")), amount(hours)),
                              .taken_up = if_so(!d_.chance(w_.p("take_up_not_known")), amount(std::min(taken, hours))),
                              .group_size = amount(alone ? 1 : inside ? d_.between(6, 28) : d_.between(2, 8)),
                              .planned_end = timed ? (open && d_.chance(0.75) ? end : begin + 7 * d_.between(6, 26)) : no_day,
                              .way_back = d_.chance(kind == word("eotas") ? 0.25 : 0.6),
                              .review_due = open ? (reviewed == no_day ? begin : reviewed) + every : no_day,
                              .reviewed = reviewed,
                              .checked = inside ? no_day : checked,
                              .outcomes_linked = if_so(l_.sen == sen_kind::ehcp, d_.chance(0.6)),
                              .medical_advice = l_.track == track_kind::medical && d_.chance(0.8) ? later(begin - 10, earlier(w_.time.to, end) - d_.between(0, 150)) : no_day,
                              .subjects = amount(before > 0 ? std::max(2, before - d_.between(0, hours < 15 ? 7 : 2)) : d_.between(3, 10)),
                              .subjects_before = if_so(before > 0, amount(before)),
                              .exam_board = if_so(exams && hours >= 10, d_.chance(0.75) ? board : word("AQA")),
                              .board_before = if_so(exams, board),
                              .told_la = told(begin, inside ? 0.6 : w_.p("notice_sent")),
                              .told_health = told(begin, kind == word("flexi") ? 0.3 : 0.5)});
    const bool unreviewed = open && w_.time.to - (reviewed == no_day ? begin : reviewed) > 2 * every;
    if (unreviewed && (checked == no_day || w_.time.to - checked > 180)) tell_.truth("provision_unreviewed", begin, "provision that nobody reviewed or visited for half a year");
  }

  void part_time() {
    if (l_.unrecorded) {
      if (l_.school >= 0 && l_.sends != feed::none) tell_.truth("hidden_part_time", l_.out.begin, "part time in the marks with no record of it");
      return;
    }
    if (l_.before.any()) timetable(l_.before);
    timetable(l_.out);
  }

  void timetable(const spell& out) {
    const bool open = out.end > w_.time.to;
    tell_.add(rows::part_time{.started = out.begin,
                              .ended = out.end,
                              .planned_end = d_.chance(0.7) ? (open && d_.chance(0.5) ? out.end : out.begin + 42) : no_day,
                              .weekly = if_so(!d_.chance(w_.p("hours_not_known")), amount(l_.weekly_hours)),
                              .reason = l_.complex_health || l_.camhs.any() ? word("health") : d_.chance(0.7) ? word("reintegration") : word("other"),
                              .told_la = told(out.begin, w_.p("notice_sent")),
                              .reviewed = last_review(out.begin, out.end, 28, w_.p("review_held"))});
  }

  void home_educated(const spell& out) {
    const bool waits = l_.neuro.any() && l_.neuro.begin < out.begin && l_.neuro.end > out.begin, needs = waits || l_.has_sen() || l_.anxious != no_day;
    const auto reason = pick(d_, {{"choice", needs ? 25.0 : 60.0}, {"health", l_.anxious != no_day ? 30.0 : 8.0}, {"unmet_need", needs ? 30.0 : 2.0}, {"dissatisfied", 15}, {"other", 12}});
    tell_.add(rows::ehe{.started = out.begin, .ended = out.end, .suitable = pick(d_, {{"suitable", 52}, {"unsuitable", 10}, {"not_assessed", 38}}), .reason = reason,
                        .told_services = told(out.begin, w_.p("notice_sent") * 0.8), .contacted = d_.chance(0.85) ? later(out.begin, earlier(out.end, w_.time.to) - d_.between(0, 420)) : no_day});
    if (needs && out.end > w_.time.to && (waits || reason == word("unmet_need"))) tell_.truth("home_educated_unmet_need", out.begin, waits ? "left school while a neurodevelopmental referral waited" : "left school for want of help");
  }

  void online() {
    const auto& out = l_.out;
    provide("online", out.begin, out.end, false);
    const auto engaged = d_.chance(0.65) ? 0.75 + 0.25 * d_.unit() : 0.6 * d_.unit();
    for (const auto monday : w_.time.weeks)
      if (monday >= out.begin && monday < out.end) tell_.add(rows::online_week{.week = monday, .planned_hours = amount(l_.weekly_hours), .contact = amount(static_cast<int>(l_.weekly_hours * engaged * (0.8 + 0.2 * d_.unit()) * 2) / 2.0)});
  }

  void excluded() {
    const auto& out = l_.out;
    const auto sixth = w_.time.school_days_later(out.begin, 6);
    if (!l_.provision_late) {
      provide("alternative", later(out.begin + 1, sixth - d_.between(0, 3)), out.end, true);
    } else {
      const auto begin = w_.time.school_days_later(out.begin, d_.between(12, 50));
      const bool never = d_.chance(0.5);
      if (!never) provide("alternative", begin, out.end, true);
      if (sixth <= w_.time.to) tell_.truth("excluded_no_provision", out.begin, never || begin > w_.time.to ? "excluded for good and no provision followed" : "excluded for good and provision came weeks late");
    }
    if (d_.chance(0.7)) tell_.add(rows::panel{.met = out.begin + d_.between(8, 20), .kind = "exclusion", .health_there = d_.chance(0.3)});
  }

  teller& tell_;
  const life& l_;
  const world& w_;
  draws d_;
};

}  // namespace

void tell_provision(teller& tell, const life& l) { provision_teller(tell, l).run(); }

}  // namespace earlysight::simulation
