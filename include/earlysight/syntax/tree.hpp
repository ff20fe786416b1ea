// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/text/source.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

/// What a node of the tree is. In brackets: its children, in order; `?` may be missing, `*` any number.
enum class node_kind : std::uint8_t {
  // leaves: the words are the node's own span
  name, type_name, number, percent, quantity, ordinal, date, text, yes, no, today, none,
  level,       // low, medium, high
  code,        // W0102

  // expressions
  disjunction,  // [expression expression+]
  conjunction,  // [expression expression+]
  negation,     // [expression]
  known_that,   // [expression]
  parenthesis,  // [expression]
  sum, product, // [expression (sign expression)+]   sign: one of the four below
  plus, minus, times, divided_by,
  is_value, is_not_value,      // [x value]
  is_one_of, is_not_one_of,    // [x value+]
  is_between,                  // [x low high]
  is_known, is_not_known, is_none, is_not_none,  // [x]
  at_least, at_most, more_than, less_than,       // [x bound]
  below, above,                // [amount y]             as the bound of at_least … less_than
  ago, before_of, after_of,    // [length] or [length y] as the bound of at_least … less_than; ago, before_of, after_of stand alone too
  is_before, is_after, is_on_or_before, is_on_or_after,  // [date date]
  within_last, within_next,    // [date length]
  rule_fires,                  // [name]
  flag_raised,                 // [name level?]
  not_yet,                     // [name or possessive]
  possessive,                  // [name name+]
  windowed,                    // [name window]          a measure in a window
  at_least_of,                 // [number expression+]
  all_of, any_of, none_of,     // [expression+]
  any_rows, no_rows,           // [selection]
  count_at_least, count_at_most, count_more_than, count_fewer_than, count_exactly,  // [number selection]
  count_of, share_of, days_covered, longest_run,      // [selection]
  count_different,             // [name selection]
  nth_earliest, nth_latest,    // [ordinal name selection]
  total, average, highest, lowest, latest, earliest,  // [name selection]
  trend,                       // [name window?]
  elapsed_days, elapsed_weeks, elapsed_months, elapsed_years, elapsed_school_days,  // [date]
  start_of, end_of,            // [period]
  this_term, last_term, this_year, last_year,  // periods and windows
  choice,                      // [value condition (value condition)* value]
  selection,                   // [name window? condition*]

  // windows
  starting, ending,            // [window]
  in_last,                     // [length]
  from_to,                     // [length length]
  since, before_date, on_date, // [date]
  in_before, in_after,         // [length date]

  // aggregates of a measure: [name? condition*]; conditions of a `where (…)` of their own
  measure_count, measure_share, measure_run, measure_days, measure_different, measure_total, measure_average, measure_highest,
  measure_lowest, measure_latest, measure_earliest, measure_nth_earliest, measure_nth_latest,

  // items and their parts
  pack_item,      // [name part*]
  title,          // [text]
  version, about_text, owner,  // [text]
  review_by,      // [date]
  use_item,       // [text use_value* name*]             names: rules left out
  use_value,      // [name literal]
  calendar_item,  // [name (term|closed)*]
  term,           // [text date date]
  closed,         // [date date?]
  table_item,     // [name part* column*]
  many_per_child, lookup,  // []
  at_column,      // [name]
  from_columns,   // [name name]
  recorded_column,  // [name]
  recorded_later,   // [length]
  known_when,       // [expression]
  column,         // [name type modifier* text?]
  type,           // [type_name]
  category_type,  // [(name|text)*]
  ref_type,       // [name]
  or_none, or_not_yet, planned, required, protected_,
  param_item,     // [name (dated_value+ | must_be_set) text?]
  dated_value,    // [literal date?]
  must_be_set,    // [type]
  measure_item,   // [name formula name condition* text?] condition: where_condition
  where_condition,  // [expression]
  fact_item,      // [name of_table? expression text?]
  of_table,       // [name]
  theme_item,     // [name number text?]
  flag_item,      // [name part*]
  in_theme,       // [name]
  about_child, about_duty, about_data,
  band_item,      // [name number]
  rule_item,      // [name part*]
  replaces, formerly,  // [name]
  for_part, when_part, unless_part,  // [expression]
  raise_part,     // [name level? number?]
  because_part,   // [template]
  then_part,      // [template action_by? action_within?]
  action_by,      // [text]
  action_within,  // [length]
  source_part,    // [text]
  active_from, active_to,  // [date]
  allow_part,     // [code text]
  template_text,  // [(text_piece|expression)*]
  text_piece,     // leaf: a stretch of a string
  example_item,   // [text part*]
  on_part,        // [date]
  given_row,      // [name cell*]
  given_weekly, given_daily,  // [name date date cell*]
  given_no_data,  // [name]
  cell,           // [name value (value date)*]
  expect_fires, expect_silent, expect_cannot_tell, expect_does_not_apply,  // [name]
  expect_says,    // [name text]
  expect_raised, expect_not_raised,  // [name level?]
  expect_score,   // [number number?]
  expect_band,    // [name]
  expect_value,   // [name literal]
  expect_nothing, expect_not_known,  // [name]
};

using node_id = std::uint32_t;
inline constexpr node_id no_node = 0xffffffff;

struct node {
  node_kind kind;
  span where;
  std::uint32_t first_child = 0, child_count = 0;  // in syntax_tree::children
};

/// What could not be read: names that its words may have declared are not called unknown elsewhere.
struct damaged_item {
  span where;
  std::vector<std::string> names;
};

/// Everything read from the files of a pack: flat nodes with spans. Items stand in the order of files and lines.
struct syntax_tree {
  std::vector<node> nodes;
  std::vector<node_id> children;
  std::vector<node_id> items;
  std::vector<damaged_item> damaged;

  const node& operator[](node_id id) const { return nodes[id]; }
  std::span<const node_id> children_of(node_id id) const {
    return {children.data() + nodes[id].first_child, nodes[id].child_count};
  }
};

}  // namespace earlysight
