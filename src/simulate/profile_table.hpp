// SPDX-License-Identifier: Apache-2.0
// The one table of figures: names, defaults and meanings. docs/simulate.md says where the defaults come from.
#pragma once
#include <earlysight/simulate/profile.hpp>

namespace earlysight::simulation {

constexpr profile_entry share(std::string_view name, double percent, std::string_view meaning) { return {name, percent / 100, 1, true, meaning}; }
constexpr profile_entry number(std::string_view name, double value, double most, std::string_view meaning) { return {name, value, most, false, meaning}; }

inline constexpr profile_entry profile_table[] = {
    // Who the children are. Shares of all children on the last day, unless said otherwise.
    share("sen_support", 14, "children with SEN support"),
    share("ehc_plan", 5, "children with an EHC plan"),
    share("special_school", 38, "of children with an EHC plan: in a special school"),
    share("independent_school", 5.5, "children in independent schools"),
    share("out_of_year", 0.6, "taught outside the year group of their age"),
    share("past_year_11", 2, "in Year 12"),
    share("only_child", 40, "families with one child of school age"),
    share("interpreter_needed", 3, "families who need an interpreter"),
    share("new_arrival", 1, "families who came to live in the country in the last two years"),
    share("complex_health", 0.8, "children with complex health needs"),
    share("young_carer", 0.8, "young carers"),
    share("young_mother", 0.1, "of girls and boys in Years 10 to 12: a mother"),
    share("baby_due", 0.06, "of children in Years 9 to 12: a birth is expected"),
    share("dual_registered", 0.3, "on the rolls of two schools beyond those in alternative provision"),
    // Moves.
    share("moved_area_in_year", 2, "families who move into the area, a year"),
    share("left_area_in_year", 0.8, "families who leave the area, a year"),
    share("moved_school_in_year", 3, "children who change school other than at the end of a phase, a year"),
    // Where a child is not in school full time.
    share("home_educated", 1.2, "electively home educated"),
    share("missing_education", 0.4, "an open case of a child missing education"),
    share("off_roll_unnoticed", 0.12, "left a roll, and nobody noticed"),
    share("never_on_roll", 0.06, "of school age and never on a roll"),
    share("part_time", 0.5, "on a part-time timetable"),
    share("alternative_provision", 0.6, "in alternative provision by a registered or other provider"),
    share("internal_provision", 0.3, "in alternative provision inside the school"),
    share("eotas", 0.1, "educated otherwise than at school"),
    share("medical_provision", 0.15, "with the medical needs service, a hospital school or home tuition for health"),
    share("online_provision", 0.05, "taught online for lack of a place"),
    share("flexi_schooled", 0.08, "flexi-schooled"),
    share("custody", 0.01, "in custody"),
    share("excluded_permanently_in_year", 0.1, "excluded for good, a year"),
    share("suspended_in_year", 4, "suspended at least once, a year"),
    share("waiting_for_place", 0.5, "waiting for a school place"),
    // Health.
    share("neurodevelopmental_wait", 4, "an open neurodevelopmental referral"),
    number("neurodevelopmental_wait_weeks", 78, 1000, "how long an open neurodevelopmental referral has been open, on average"),
    share("camhs", 3, "with child and adolescent mental health services, waiting or seen"),
    share("speech_language", 3, "with speech and language therapy, waiting or seen"),
    share("occupational", 1.2, "with occupational therapy, waiting or seen"),
    share("physiotherapy", 0.5, "with physiotherapy, waiting or seen"),
    share("paediatrics", 1.5, "with community paediatrics, waiting or seen"),
    share("referral_blocked", 6, "of referrals: held up for lack of evidence from a school"),
    share("referral_turned_down", 12, "of referrals that ended: withdrawn or turned down"),
    share("hospital_stay_in_year", 0.5, "a stay in hospital of some days, a year"),
    share("interpreter_absent", 15, "of health contacts that need an interpreter: none was there"),
    // Care.
    share("early_help", 2.5, "with early help"),
    share("in_need", 3, "children in need, without those on plans or looked after"),
    share("protection", 0.4, "on a child protection plan"),
    share("looked_after", 0.7, "looked after"),
    share("section_47_in_year", 1.6, "a child protection enquiry, a year"),
    share("youth_justice", 0.2, "with the youth justice service"),
    share("went_missing_in_year", 0.5, "went missing from home or care, a year"),
    share("care_shared", 80, "of care placements: key information was shared with the school"),
    // Worries.
    share("anxiety", 5, "a concern about anxiety in the last year"),
    share("bullying", 2, "a concern about bullying in the last year"),
    share("other_concern", 4, "another concern in the last year"),
    share("concern_acted_on", 75, "of concerns: somebody acted"),
    number("concern_days", 21, 1000, "days until somebody acts on a concern, on average"),
    // Special educational needs.
    share("ehc_request_open", 0.9, "an EHC needs assessment that is under way"),
    share("ehc_plan_late", 45, "of plans: issued later than 20 weeks after the request"),
    share("annual_review_late", 22, "of plans: the annual review is late"),
    share("plan_names_therapy", 45, "of plans: section F names a therapy"),
    share("personal_budget", 3, "of plans: a personal budget"),
    share("possible_sen_unassessed", 1.5, "of children without SEN: a need was noticed and not assessed"),
    share("adjustment_support", 30, "of children with SEN: an adjustment is recorded"),
    share("support_ends_with_year", 25, "of adjustments: ended as a school year ended"),
    share("dsr_of_eligible", 40, "of autistic children in crisis: on the dynamic support register"),
    // What the authority and its partners do, when they should.
    share("notice_sent", 80, "of notices that are owed: sent"),
    number("notice_days", 8, 1000, "days until a notice is sent, on average"),
    share("long_absence_told", 75, "of pupils who missed fifteen days of a year: the school told the authority"),
    share("long_absence_followed_up", 75, "of those: somebody followed it up"),
    share("review_held", 75, "of reviews that are due: held in time"),
    share("quality_checked", 70, "of providers' places: visited or checked in the last half year"),
    share("hours_not_known", 8, "of provision: the weekly hours are not known"),
    share("take_up_not_known", 20, "of provision: the hours attended are not known"),
    share("provider_unregistered", 35, "of alternative providers: not registered as a school"),
    share("provider_approved", 80, "of providers: on the list of approved providers"),
    share("excluded_without_provision", 20, "of children excluded for good: no provision followed in time"),
    share("part_time_unrecorded", 12, "of part-time timetables: in the marks only, with no record"),
    share("part_time_again", 15, "of part-time timetables: another one before, in the same year"),
    share("out_again", 15, "of children who came back from home education or missing education: out again before long"),
    share("provision_unrecorded", 8, "of alternative provision: in the marks only, with no record"),
    share("suspension_unrecorded", 3, "of suspensions: in the marks only, with no record"),
    share("absence_unexplained", 4, "of absences without leave: still marked N"),
    share("second_register_missing", 15, "of children on two rolls: the second school's marks do not come"),
    share("on_register", 85, "of children not in school full time: entered in the central register"),
    share("named_person", 85, "of register entries: a named person"),
    share("register_review_set", 80, "of register entries: a date for the review"),
    share("lead_professional", 45, "of children with SEND who are not in school: a lead professional"),
    share("panel_health_there", 60, "of panels: health took part"),
    share("family_reached", 70, "of contacts: the family was reached"),
    share("place_for_next_phase", 99, "of Year 6 and Year 11 children: the next place is agreed by the spring"),
    share("transport_late", 12, "of eligible children: transport began weeks late"),
    share("transport_unsuitable", 4, "of eligible children: the transport cannot be used"),
    share("transport_appeal", 2, "of eligible children: an appeal"),
    share("sibling_not_seen", 8, "of home-educated children with siblings of school age: a sibling is on no roll and on no record"),
    // What the files hold.
    share("school_sends_marks", 10, "of schools: send session marks"),
    share("school_sends_terms", 6, "of schools: send termly counts only"),
    share("school_sends_nothing", 4, "of schools: send nothing"),
    share("independent_sends_nothing", 60, "of independent schools: send nothing"),
    share("register_stopped", 3, "of schools that send: the register stopped some weeks ago"),
    share("child_feed_lost", 0.3, "of children: the rows of this child alone stopped"),
    share("no_health_feed", 6, "of children: health partners do not share"),
    share("no_care_feed", 3, "of children: social care does not share"),
    share("upn_missing", 0.8, "of children: no unique pupil number"),
    share("upn_shared", 0.05, "of families with siblings: two share a unique pupil number"),
    share("child_cell_missing", 0.4, "of cells about a child: empty"),
    share("cell_missing", 1.5, "of other cells that may be: empty"),
    share("count_missing", 0.05, "of weekly and termly counts: empty"),
    number("school_size", 1, 10, "size of schools against the average of England (primary 260, secondary 950, special 120)"),
};
inline constexpr std::size_t profile_size = std::size(profile_table);

/// A figure's place, found at compile time: a misspelt name does not compile.
struct figure {
  std::size_t entry;
  template <std::size_t N>
  consteval figure(const char (&name)[N]) : entry(find(std::string_view(name, N - 1))) {}

 private:
  static consteval std::size_t find(std::string_view name) {
    for (std::size_t i = 0; i < profile_size; ++i)
      if (profile_table[i].name == name) return i;
    throw "no such figure";
  }
};

/// Figures by name, as the stories read them.
class figures {
 public:
  explicit figures(const simulation_profile& p) : profile_(p) {}
  double operator()(figure f) const { return profile_[f.entry]; }

 private:
  const simulation_profile& profile_;
};

}  // namespace earlysight::simulation
