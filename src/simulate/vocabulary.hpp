// SPDX-License-Identifier: Apache-2.0
// Every text that a story writes. A word is found at compile time: a misspelt one does not compile.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace earlysight::simulation {

inline constexpr std::string_view vocabulary[] = {
    // attendance codes
    "/", "\\", "L", "K", "V", "P", "W", "B", "C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T", "G", "N", "O", "U", "D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#",
    "am", "pm",
    // children
    "none", "support", "ehcp", "semh", "autism", "slcn", "mld", "sld", "pmld", "spld", "hi", "vi", "msi", "pd", "down_syndrome", "other",
    "white_british", "white_other", "mixed", "asian", "black", "gypsy_roma", "traveller", "marks", "weeks", "terms",
    // schools
    "primary", "secondary", "special", "all_through", "alternative_provision", "maintained", "academy", "independent",
    // enrolment
    "single", "main", "subsidiary", "moved_school", "moved_area", "home_education", "excluded", "whereabouts_unknown", "custody", "health", "end_of_phase", "reintegration",
    // provision and places
    "alternative", "eotas", "home_tuition", "online", "hospital_school", "medical", "flexi", "internal", "targeted", "time_limited", "transitional", "school", "provision", "post_16",
    "in_year", "mainstream",
    // home education, exclusion
    "suitable", "unsuitable", "not_assessed", "choice", "unmet_need", "dissatisfied", "suspended", "permanent", "lunchtime",
    // needs, health
    "parent", "expected", "emerging", "neurodevelopmental", "camhs", "speech_language", "occupational", "physiotherapy", "paediatrics", "urgent", "first", "routine",
    "school_nursing", "mental_health_team", "inpatient", "community", "crisis", "therapy", "appointment", "present", "absent", "not_needed",
    // care and support
    "early_help", "in_need", "protection", "looked_after", "section_47", "social_care", "education",
    "adjustment", "mentor", "ebsa", "family", "key_worker", "navigator", "transition_plan", "tutoring",
    // what was said and told
    "anxiety", "bullying", "noise", "fear", "possible_sen", "early_needs", "not_school_ready", "adjustment_wanted", "medical_training", "sent_home", "seen_at_home", "changed_circumstances",
    "crisis_risk", "home_education_enquiry", "home_education_unwise", "next_school", "health_appointments", "child",
    "fifteen_days", "left_roll", "not_in_school", "moved_area", "records_received", "history_shared", "needs_passed_on", "part_time", "followed_up",
    "local_authority", "other_health", "new_authority",
    "cme", "exclusion", "inclusion", "eotas_review", "fair_access", "medical_help", "staffing", "journey",
    // texts
    "AQA", "Edexcel", "OCR", "WJEC", "Westmarsh", "Eastvale", "Northmoor", "Southmere", "Kingsfold", "abroad",
    "Head of Inclusion", "Director of Education", "Virtual School Head", "Assistant Director SEND", "North team", "South team", "East team", "West team",
    "Visit the family", "Find a school place", "Call a review", "Agree steps back to full time", "Ask the school for work", "Attendance team", "SEND team", "Admissions team", "Inclusion team",
    // truth
    "falling", "waiting", "off_roll", "lost_feed", "excluded_no_provision", "home_educated_unmet_need", "hidden_part_time", "provision_unreviewed", "never_on_roll", "transport_late", "sibling_not_seen",
};

inline constexpr std::size_t words_in_all = std::size(vocabulary);

/// A text of the vocabulary, or none (-1).
struct word {
  std::int16_t index = -1;
  constexpr word() = default;
  template <std::size_t N>
  consteval word(const char (&text)[N]) : index(find(std::string_view(text, N - 1))) {}
  constexpr std::string_view text() const { return index < 0 ? std::string_view{} : vocabulary[static_cast<std::size_t>(index)]; }
  friend constexpr bool operator==(word, word) = default;

 private:
  static consteval std::int16_t find(std::string_view text) {
    for (std::size_t i = 0; i < words_in_all; ++i)
      if (vocabulary[i] == text) return static_cast<std::int16_t>(i);
    throw "this word is not in the vocabulary";
  }
};

/// A word by weights: `pick(d, chances{{"semh", 24}, {"slcn", 33}})`.
struct chance_of {
  word what;
  double weight;
};
template <class Draws, std::size_t N>
word pick(Draws& d, const chance_of (&all)[N]) {
  double sum = 0;
  for (const auto& c : all) sum += c.weight;
  auto u = d.unit() * sum;
  for (const auto& c : all)
    if ((u -= c.weight) < 0) return c.what;
  return all[N - 1].what;
}

}  // namespace earlysight::simulation
