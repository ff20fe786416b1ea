// SPDX-License-Identifier: Apache-2.0
// What was said, told and decided: worries, notices, panels, contacts, leads, the central register.
#include "life.hpp"

#include <algorithm>

namespace earlysight::simulation {
namespace {

class oversight_teller {
 public:
  oversight_teller(teller& t, const life& l) : tell_(t), l_(l), w_(t.w), to_(t.w.time.to), d_(t.w.seed, static_cast<std::uint64_t>(l.child), purpose::oversight) {}

  void run(const std::vector<life>& all) {
    concerns();
    notices();
    if (away()) follow_up();
    else if (l_.has_sen() && (l_.in_need.open_on(to_) || l_.protection.open_on(to_) || l_.looked_after.open_on(to_)) && d_.chance(0.6)) lead(w_.time.from + d_.between(-200, 100), "social_care");
    siblings(all);
  }

 private:
  bool away() const { return l_.track != track_kind::school && l_.track != track_kind::off_roll && !(l_.track == track_kind::never && l_.alone); }

  void concern(date raised, word kind, word by) {
    const auto days = static_cast<int>(w_.p("concern_days") * 2 * d_.unit());
    tell_.add(rows::concern{.raised = raised, .kind = kind, .raised_by = by, .acted = d_.chance(w_.p("concern_acted_on")) ? raised + days : no_day});
  }
  date some_day() { return w_.time.from + d_.between(0, to_ - w_.time.from); }

  void concerns() {
    const auto years = (to_ - w_.time.from + 1) / 365.25;
    if (l_.anxious != no_day) concern(l_.anxious, "anxiety", pick(d_, {{"parent", 50}, {"school", 30}, {"child", 15}, {"health", 5}}));
    if (l_.bullied != no_day) concern(l_.bullied, "bullying", pick(d_, {{"parent", 50}, {"child", 40}, {"school", 10}}));
    if (d_.chance(std::min(0.9, w_.p("other_concern") * years * (l_.has_sen() ? 2 : 0.8))))
      concern(some_day(),
              pick(d_, {{"noise", l_.need == word("autism") ? 12.0 : 2.0}, {"fear", 6}, {"adjustment_wanted", l_.has_sen() ? 15.0 : 2.0}, {"medical_training", l_.complex_health ? 20.0 : 0.3}, {"changed_circumstances", 12}, {"sent_home", 6}, {"next_school", l_.year == 6 || l_.year == 11 ? 12.0 : 1.0}, {"health_appointments", l_.paediatrics.any() ? 8.0 : 1.0},
                        {"other", 18}}),
              pick(d_, {{"parent", 45}, {"school", 30}, {"child", 10}, {"health", 8}, {"social_care", 4}, {"other", 3}}));
    if (l_.need == word("semh") && d_.chance(0.03)) {
      // Sent home, and again.
      const auto day = some_day();
      concern(day, "sent_home", "parent"), concern(day + d_.between(5, 50), "sent_home", "parent");
    }
    if (l_.sen == sen_kind::none && d_.chance(w_.p("possible_sen_unassessed"))) concern(some_day(), "possible_sen", pick(d_, {{"school", 60}, {"parent", 40}}));
    if (l_.year <= 1 && d_.chance(l_.has_sen() ? 0.3 : 0.03)) concern(w_.time.opening(w_.time.last_year - l_.year) + d_.between(0, 60), d_.chance(0.6) ? word("early_needs") : word("not_school_ready"), d_.chance(0.6) ? word("school") : word("health"));
    if (l_.need == word("autism") && d_.chance(0.012)) concern(some_day(), "crisis_risk", "health");
    if (l_.track == track_kind::home_educated) {
      if (d_.chance(0.4)) concern(l_.out.begin - d_.between(5, 60), "home_education_enquiry", "parent");
      if (d_.chance(0.1)) concern(l_.out.begin + d_.between(0, 60), "home_education_unwise", d_.chance(0.5) ? word("social_care") : word("school"));
    } else if (l_.fell != no_day && d_.chance(0.12)) {
      concern(later(w_.time.from, to_ - d_.between(0, 60)), "home_education_enquiry", "parent");
    }
    if ((l_.track == track_kind::off_roll || l_.track == track_kind::never) && d_.chance(0.2)) concern(l_.out.begin + d_.between(20, 120), "seen_at_home", "health");
  }

  void notice(date event, word what, word to, double share = -1) {
    const auto days = static_cast<int>(w_.p("notice_days") * 2 * d_.unit());
    if (event != no_day && d_.chance(share < 0 ? w_.p("notice_sent") : share)) tell_.add(rows::notice{.sent = event + days, .event = what, .recipient = to});
  }

  void notices() {
    for (std::size_t i = 0; i < l_.path.size(); ++i) {
      const auto& s = l_.path[i];
      if (s.status == word("subsidiary")) continue;
      if (s.left != no_day && s.left >= w_.time.from && s.left <= to_ && !(s.reason == word("end_of_phase"))) {
        notice(s.left, "left_roll", "local_authority", l_.track == track_kind::off_roll ? 0.0 : -1);
        notice(s.left, "left_roll", "school_nursing", l_.track == track_kind::off_roll ? 0.0 : 0.55);
      }
      if (i > 0 && s.joined >= w_.time.from) notice(s.joined, "records_received", "school", 0.85);
    }
    if (l_.home->moved_out != no_day) notice(l_.home->moved_out, "moved_area", "new_authority"), notice(l_.home->moved_out, "history_shared", "new_authority", 0.6);
    if (l_.year == 6 && l_.has_sen()) notice(make_date(w_.time.last_year + 1, 5, 10) + d_.between(0, 40), "needs_passed_on", "next_school", 0.75);
    if (!away()) return;
    if (l_.track == track_kind::part_time && !l_.unrecorded) notice(l_.out.begin, "part_time", "local_authority");
    if (l_.track == track_kind::flexi) notice(l_.out.begin, "flexi", "local_authority", 0.6), notice(l_.out.begin, "flexi", "other_health", 0.3);
    if (l_.track == track_kind::home_educated || l_.track == track_kind::missing || l_.track == track_kind::eotas) {
      notice(l_.out.begin + 5, "not_in_school", "school_nursing", 0.55);
      if (l_.camhs_care.any() || l_.speech_care.any() || l_.neuro.any()) notice(l_.out.begin + 5, "not_in_school", "other_health", 0.5);
      if (l_.in_need.any() || l_.protection.any() || l_.looked_after.any()) notice(l_.out.begin + 3, "not_in_school", "social_care", 0.8);
    }
  }

  void lead(date started, word agency) {
    if (started < l_.dob) return;
    tell_.add(rows::lead{.started = started, .ended = d_.chance(0.12) ? started + d_.between(60, 300) : no_day, .agency = agency});
  }

  void follow_up() {
    const auto& out = l_.out;
    const auto begin = later(out.begin, l_.dob), end = out.end;
    if (l_.has_sen() && d_.chance(w_.p("lead_professional"))) lead(begin + d_.between(0, 60), l_.in_need.any() || l_.protection.any() || l_.looked_after.any() ? word("social_care") : d_.chance(0.7) ? word("education") : word("health"));
    if (!l_.unrecorded && l_.track != track_kind::internal && l_.track != track_kind::flexi && d_.chance(w_.p("on_register"))) {
      const bool action = d_.chance(0.7);
      const auto entered = earlier(begin + d_.between(0, 30), end);
      tell_.add(rows::register_entry{.entered = entered,
                                     .removed = end + d_.between(0, 10),
                                     .named_person = if_so(d_.chance(w_.p("named_person")), pick(d_, {{"Head of Inclusion", 5}, {"Director of Education", 1}, {"Virtual School Head", 1}, {"Assistant Director SEND", 3}})),
                                     .locality_team = if_so(d_.chance(0.92), pick(d_, {{"North team", 1}, {"South team", 1}, {"East team", 1}, {"West team", 1}})),
                                     .review_due = d_.chance(w_.p("register_review_set")) ? later(entered + 42, to_ + d_.between(-60, 90)) : no_day,
                                     .action = if_so(action, pick(d_, {{"Visit the family", 3}, {"Find a school place", 3}, {"Call a review", 2}, {"Agree steps back to full time", 3}, {"Ask the school for work", 1}})),
                                     .owner = if_so(action && d_.chance(0.88), pick(d_, {{"Attendance team", 4}, {"SEND team", 3}, {"Admissions team", 2}, {"Inclusion team", 3}}))});
    }
    auto meet = [&](word kind, double share, int every) {
      for (auto day = begin + d_.between(10, every); day <= earlier(to_, end); day = day + every)
        if (day >= w_.time.from - 365 && d_.chance(share)) tell_.add(rows::panel{.met = day, .kind = kind, .health_there = d_.chance(w_.p("panel_health_there"))});
    };
    switch (l_.track) {
      case track_kind::missing:
      case track_kind::never: meet("cme", 0.6, 42); break;
      case track_kind::eotas: meet("eotas_review", 0.55, 182); break;
      case track_kind::excluded: meet("fair_access", 0.4, 90); break;
      case track_kind::part_time:
      case track_kind::alternative:
      case track_kind::medical:
      case track_kind::online: meet("inclusion", 0.3, 70); break;
      default: break;
    }
    const auto every = l_.track == track_kind::home_educated ? 150 : l_.track == track_kind::missing ? 21 : 60;
    const bool hard_to_reach = d_.chance(0.15);
    for (auto day = later(begin, w_.time.from) + d_.between(5, every); day <= earlier(to_, end); day = day + static_cast<int>(every * (0.6 + 0.8 * d_.unit())))
      tell_.add(rows::contact{.day = day, .reached = d_.chance(hard_to_reach ? 0.1 : std::min(1.0, w_.p("family_reached") * 1.1))});
  }

  // A brother or sister of a home-educated child whom no record shows.
  void siblings(const std::vector<life>& all) {
    if (l_.track != track_kind::never || !l_.alone) return;
    for (const auto& other : all)
      if (other.child != l_.child && other.track == track_kind::home_educated) {
        tell_.truth("sibling_not_seen", l_.out.begin, "a brother or sister is home educated; this child is on no roll and on no record");
        return;
      }
  }

  teller& tell_;
  const life& l_;
  const world& w_;
  date to_;
  draws d_;
};

}  // namespace

void tell_oversight(teller& tell, const life& l, const std::vector<life>& all) { oversight_teller(tell, l).run(all); }

}  // namespace earlysight::simulation
