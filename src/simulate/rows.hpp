// SPDX-License-Identifier: Apache-2.0
// The shared data model as C++: one struct a table, a value a column, in the order of rules/shared/tables.sight. A pack may declare
// any part of it.
#pragma once
#include "value.hpp"

#include <array>
#include <bit>
#include <span>

namespace earlysight::simulation {

/// Tables that stories know.
enum class known_table : std::int32_t { child, school, provider, service, mark, attendance, term_attendance, enrolment, part_time, provision, agreed_place, online_week, ehe, cme, place_wait, residence, suspension, ehc_request, ehc_plan, early_years, attainment, referral, caseload, health_contact, hospital_stay, social_care, care_placement, custody, youth_justice, missing_episode, lead, dsr, sibling, support, concern, notice, panel, contact, transport, register_entry };
inline constexpr std::size_t known_tables = 40;

namespace rows {

using std::string_view_literals::operator""sv;

struct child {
  static constexpr auto table = known_table::child;
  static constexpr std::array names{"upn"sv, "upn_shared"sv, "dob"sv, "year"sv, "sen"sv, "primary_need"sv, "school"sv, "arrived"sv, "complex_health"sv, "interpreter_needed"sv, "ethnicity"sv, "baby_due"sv, "young_mother"sv, "young_carer"sv, "school_feed"sv, "health_feed"sv, "care_feed"sv, "health_to"sv, "care_to"sv, "on_roll"sv};
  value upn, upn_shared, dob, year, sen, primary_need, school, arrived, complex_health, interpreter_needed, ethnicity, baby_due, young_mother, young_carer, school_feed, health_feed, care_feed, health_to, care_to, on_roll;
};

struct school {
  static constexpr auto table = known_table::school;
  static constexpr std::array names{"urn"sv, "name"sv, "phase"sv, "kind"sv, "own_admissions"sv, "in_area"sv, "register_to"sv};
  value urn, name, phase, kind, own_admissions, in_area, register_to;
};

struct provider {
  static constexpr auto table = known_table::provider;
  static constexpr std::array names{"provider_id"sv, "name"sv, "registered"sv, "approved"sv};
  value provider_id, name, registered, approved;
};

struct service {
  static constexpr auto table = known_table::service;
  static constexpr std::array names{"service_id"sv, "longest_wait"sv};
  value service_id, longest_wait;
};

struct mark {
  static constexpr auto table = known_table::mark;
  static constexpr std::array names{"day"sv, "half"sv, "school"sv, "code"sv};
  value day, half, school, code;
};

struct attendance {
  static constexpr auto table = known_table::attendance;
  static constexpr std::array names{"week"sv, "possible"sv, "attended"sv, "authorised"sv, "unauthorised"sv, "illness"sv, "appointments"sv, "part_time"sv, "no_transport"sv};
  value week, possible, attended, authorised, unauthorised, illness, appointments, part_time, no_transport;
};

struct term_attendance {
  static constexpr auto table = known_table::term_attendance;
  static constexpr std::array names{"term_end"sv, "possible"sv, "authorised"sv, "unauthorised"sv, "illness"sv, "appointments"sv, "part_time"sv, "no_transport"sv};
  value term_end, possible, authorised, unauthorised, illness, appointments, part_time, no_transport;
};

struct enrolment {
  static constexpr auto table = known_table::enrolment;
  static constexpr std::array names{"joined"sv, "left"sv, "school"sv, "status"sv, "left_reason"sv};
  value joined, left, school, status, left_reason;
};

struct part_time {
  static constexpr auto table = known_table::part_time;
  static constexpr std::array names{"started"sv, "ended"sv, "planned_end"sv, "weekly"sv, "reason"sv, "told_la"sv, "reviewed"sv};
  value started, ended, planned_end, weekly, reason, told_la, reviewed;
};

struct provision {
  static constexpr auto table = known_table::provision;
  static constexpr std::array names{"started"sv, "ended"sv, "provider"sv, "kind"sv, "tier"sv, "weekly"sv, "taken_up"sv, "group_size"sv, "planned_end"sv, "way_back"sv, "review_due"sv, "reviewed"sv, "checked"sv, "outcomes_linked"sv, "medical_advice"sv, "subjects"sv, "subjects_before"sv, "exam_board"sv, "board_before"sv, "told_la"sv, "told_health"sv};
  value started, ended, provider, kind, tier, weekly, taken_up, group_size, planned_end, way_back, review_due, reviewed, checked, outcomes_linked, medical_advice, subjects, subjects_before, exam_board, board_before, told_la, told_health;
};

struct agreed_place {
  static constexpr auto table = known_table::agreed_place;
  static constexpr std::array names{"agreed"sv, "begins"sv, "school"sv, "kind"sv, "weekly"sv};
  value agreed, begins, school, kind, weekly;
};

struct online_week {
  static constexpr auto table = known_table::online_week;
  static constexpr std::array names{"week"sv, "planned_hours"sv, "contact"sv};
  value week, planned_hours, contact;
};

struct ehe {
  static constexpr auto table = known_table::ehe;
  static constexpr std::array names{"started"sv, "ended"sv, "suitable"sv, "reason"sv, "told_services"sv, "contacted"sv};
  value started, ended, suitable, reason, told_services, contacted;
};

struct cme {
  static constexpr auto table = known_table::cme;
  static constexpr std::array names{"identified"sv, "closed"sv};
  value identified, closed;
};

struct place_wait {
  static constexpr auto table = known_table::place_wait;
  static constexpr std::array names{"asked"sv, "offered"sv, "kind"sv, "school"sv};
  value asked, offered, kind, school;
};

struct residence {
  static constexpr auto table = known_table::residence;
  static constexpr std::array names{"moved_in"sv, "moved_out"sv, "authority"sv};
  value moved_in, moved_out, authority;
};

struct suspension {
  static constexpr auto table = known_table::suspension;
  static constexpr std::array names{"starts"sv, "kind"sv, "days"sv};
  value starts, kind, days;
};

struct ehc_request {
  static constexpr auto table = known_table::ehc_request;
  static constexpr std::array names{"asked"sv, "asked_by"sv, "decided"sv, "assessed"sv, "issued"sv, "closed"sv, "blocked"sv};
  value asked, asked_by, decided, assessed, issued, closed, blocked;
};

struct ehc_plan {
  static constexpr auto table = known_table::ehc_plan;
  static constexpr std::array names{"started"sv, "ceased"sv, "reviewed"sv, "therapy"sv, "social_care_advice"sv, "personal_budget"sv, "budget_checked"sv};
  value started, ceased, reviewed, therapy, social_care_advice, personal_budget, budget_checked;
};

struct early_years {
  static constexpr auto table = known_table::early_years;
  static constexpr std::array names{"assessed"sv, "communication"sv, "personal"sv};
  value assessed, communication, personal;
};

struct attainment {
  static constexpr auto table = known_table::attainment;
  static constexpr std::array names{"taken"sv, "scaled"sv};
  value taken, scaled;
};

struct referral {
  static constexpr auto table = known_table::referral;
  static constexpr std::array names{"made"sv, "service"sv, "by_service"sv, "seen"sv, "closed"sv, "priority"sv, "blocked"sv};
  value made, service, by_service, seen, closed, priority, blocked;
};

struct caseload {
  static constexpr auto table = known_table::caseload;
  static constexpr std::array names{"started"sv, "ended"sv, "service"sv, "setting"sv, "roll_based"sv};
  value started, ended, service, setting, roll_based;
};

struct health_contact {
  static constexpr auto table = known_table::health_contact;
  static constexpr std::array names{"day"sv, "kind"sv, "interpreter"sv};
  value day, kind, interpreter;
};

struct hospital_stay {
  static constexpr auto table = known_table::hospital_stay;
  static constexpr std::array names{"admitted"sv, "discharged"sv, "discharge_due"sv, "la_contact"sv};
  value admitted, discharged, discharge_due, la_contact;
};

struct social_care {
  static constexpr auto table = known_table::social_care;
  static constexpr std::array names{"started"sv, "ended"sv, "status"sv};
  value started, ended, status;
};

struct care_placement {
  static constexpr auto table = known_table::care_placement;
  static constexpr std::array names{"started"sv, "ended"sv, "in_area"sv, "permanence"sv, "shared"sv};
  value started, ended, in_area, permanence, shared;
};

struct custody {
  static constexpr auto table = known_table::custody;
  static constexpr std::array names{"entered"sv, "released"sv, "release_due"sv};
  value entered, released, release_due;
};

struct youth_justice {
  static constexpr auto table = known_table::youth_justice;
  static constexpr std::array names{"started"sv, "ended"sv};
  value started, ended;
};

struct missing_episode {
  static constexpr auto table = known_table::missing_episode;
  static constexpr std::array names{"went"sv, "returned"sv};
  value went, returned;
};

struct lead {
  static constexpr auto table = known_table::lead;
  static constexpr std::array names{"started"sv, "ended"sv, "agency"sv};
  value started, ended, agency;
};

struct dsr {
  static constexpr auto table = known_table::dsr;
  static constexpr std::array names{"started"sv, "ended"sv};
  value started, ended;
};

struct sibling {
  static constexpr auto table = known_table::sibling;
  static constexpr std::array names{"other"sv};
  value other;
};

struct support {
  static constexpr auto table = known_table::support;
  static constexpr std::array names{"started"sv, "ended"sv, "kind"sv};
  value started, ended, kind;
};

struct concern {
  static constexpr auto table = known_table::concern;
  static constexpr std::array names{"raised"sv, "kind"sv, "raised_by"sv, "acted"sv};
  value raised, kind, raised_by, acted;
};

struct notice {
  static constexpr auto table = known_table::notice;
  static constexpr std::array names{"sent"sv, "event"sv, "recipient"sv};
  value sent, event, recipient;
};

struct panel {
  static constexpr auto table = known_table::panel;
  static constexpr std::array names{"met"sv, "kind"sv, "health_there"sv};
  value met, kind, health_there;
};

struct contact {
  static constexpr auto table = known_table::contact;
  static constexpr std::array names{"day"sv, "reached"sv};
  value day, reached;
};

struct transport {
  static constexpr auto table = known_table::transport;
  static constexpr std::array names{"asked"sv, "eligible"sv, "begun"sv, "appealed"sv, "appeal_decided"sv, "unsuitable"sv, "unsuitable_since"sv, "mended"sv};
  value asked, eligible, begun, appealed, appeal_decided, unsuitable, unsuitable_since, mended;
};

struct register_entry {
  static constexpr auto table = known_table::register_entry;
  static constexpr std::array names{"entered"sv, "removed"sv, "named_person"sv, "locality_team"sv, "review_due"sv, "action"sv, "owner"sv};
  value entered, removed, named_person, locality_team, review_due, action, owner;
};

}  // namespace rows

struct known_columns {
  std::string_view table;
  std::span<const std::string_view> columns;
};
/// Names of every known table and its columns, by `known_table`.
inline constexpr std::array<known_columns, known_tables> data_model{{
    {"child", rows::child::names},
    {"school", rows::school::names},
    {"provider", rows::provider::names},
    {"service", rows::service::names},
    {"mark", rows::mark::names},
    {"attendance", rows::attendance::names},
    {"term_attendance", rows::term_attendance::names},
    {"enrolment", rows::enrolment::names},
    {"part_time", rows::part_time::names},
    {"provision", rows::provision::names},
    {"agreed_place", rows::agreed_place::names},
    {"online_week", rows::online_week::names},
    {"ehe", rows::ehe::names},
    {"cme", rows::cme::names},
    {"place_wait", rows::place_wait::names},
    {"residence", rows::residence::names},
    {"suspension", rows::suspension::names},
    {"ehc_request", rows::ehc_request::names},
    {"ehc_plan", rows::ehc_plan::names},
    {"early_years", rows::early_years::names},
    {"attainment", rows::attainment::names},
    {"referral", rows::referral::names},
    {"caseload", rows::caseload::names},
    {"health_contact", rows::health_contact::names},
    {"hospital_stay", rows::hospital_stay::names},
    {"social_care", rows::social_care::names},
    {"care_placement", rows::care_placement::names},
    {"custody", rows::custody::names},
    {"youth_justice", rows::youth_justice::names},
    {"missing_episode", rows::missing_episode::names},
    {"lead", rows::lead::names},
    {"dsr", rows::dsr::names},
    {"sibling", rows::sibling::names},
    {"support", rows::support::names},
    {"concern", rows::concern::names},
    {"notice", rows::notice::names},
    {"panel", rows::panel::names},
    {"contact", rows::contact::names},
    {"transport", rows::transport::names},
    {"register_entry", rows::register_entry::names},
}};

/// A row's cells, in the order of its names.
template <class Row>
auto cells(const Row& row) {
  static_assert(sizeof(Row) == sizeof(value) * Row::names.size(), "a value a name");
  return std::bit_cast<std::array<value, Row::names.size()>>(row);
}

}  // namespace earlysight::simulation
