// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/calendar/school_calendar.hpp>
#include <earlysight/program/expression.hpp>
#include <earlysight/schema/table.hpp>
#include <earlysight/text/source.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace earlysight {

/// A literal value from a day on; the first may have no day.
struct dated_value {
  literal value;
  std::optional<date> from;
};

struct param {
  std::string name;
  value_type type;
  bool must_be_set = false;
  std::vector<dated_value> values;  // in order of `from`; empty while it must be set and is not
  std::string description;
  span where;
};

/// Arithmetic over aggregates of one table. In `formula`, an aggregate whose `selection` is -1 is over all the measure's rows;
/// one with a where of its own has a selection without window, whose conditions come on top of the measure's.
struct measure {
  std::string name;
  value_type type;
  std::int32_t table = -1;
  std::vector<expression_id> conditions;
  expression_id formula = -1;
  std::string description;
  span where;
};

struct fact {
  std::string name;
  value_type type;
  std::int32_t table = -1;  // of a fact of rows; else -1
  expression_id value = -1;
  std::string description;
  span where;
};

struct theme {
  std::string name, title;
  double up_to = 0;
  span where;
};

enum class about : std::uint8_t { child, duty, data };

struct flag {
  std::string name, title;
  std::int32_t theme = -1;
  earlysight::about about = about::child;
  span where;
};

struct band {
  std::string name;
  double from = 0;
  span where;
};

struct raise {
  std::int32_t flag = -1;
  earlysight::level level = level::medium;
  double points = 0;
  bool has_points = false;
  span where;
};

/// A text with values in it: pieces[0] {values[0]} pieces[1] {values[1]} … ; one piece more than values.
struct text_template {
  std::vector<std::string> pieces;
  std::vector<expression_id> values;  // over the child
  bool empty() const { return pieces.empty(); }
};

struct action {
  text_template text;
  std::string by;
  std::optional<duration> within;
  span where;
};

struct allowance {
  std::string code, reason;
  span where;
};

struct rule {
  std::string name, title;
  std::string replaces;               // name of the rule whose place it takes, or empty
  std::vector<std::string> formerly;
  expression_id for_ = -1, when = -1, unless = -1;  // for_ and unless may be -1
  std::vector<raise> raises;
  text_template because;
  std::vector<action> actions;
  std::vector<std::string> sources;
  std::optional<date> active_from, active_to;
  std::vector<allowance> allowances;
  bool of_used_pack = false;  // came by way of `use`
  span where;       // the name
  span whole;       // the item
};

/// One cell of an example's row.
struct example_cell {
  std::int32_t column = -1;  // -1: the key that names the child
  literal value;             // a ref's or key's text in `text`; a category's code and text
  bool is_none = false;      // `none`: there is none
  std::optional<date> from;  // `then v from DATE`
};

/// `given TABLE …`: one row, or a row a week or weekday.
struct example_row {
  std::int32_t table = -1;
  enum class series : std::uint8_t { one, weekly, daily, no_data } repeat = series::one;
  date first, last;  // of a series
  std::vector<example_cell> cells;  // of a series: a column may stand several times, each from its day on
  span where;
};

struct expectation {
  enum class what : std::uint8_t {
    fires, silent, cannot_tell, does_not_apply, says,  // rule `index`
    raised, not_raised,                                // flag `index` at `at_level`
    score,                                             // between `low` and `high`
    band,                                              // band `index`
    value, nothing, not_known,                         // fact `index`
  } of = what::fires;
  std::int32_t index = -1;
  level at_level = level::any;
  double low = 0, high = 0;
  literal value;
  std::string text;  // says
  span where;
};

struct example {
  std::string title;
  date on;
  std::vector<example_row> given;
  std::vector<expectation> expects;
  span where;
};

/// One step of the order in which everything can be worked out: each after all that it names.
struct evaluation_step {
  enum class what : std::uint8_t { fact, rule } of = what::fact;
  std::int32_t index = -1;
};

struct pack_information {
  std::string name, title, version, about, owner;
  std::optional<date> review_by;
};

/// A checked pack: every name resolved, every expression with its kind and unit. Built once by `check`, then immutable.
///
/// `rules` holds only the rules that run (rules left out by `without` or `replaces` are gone; names that meant a replaced rule
/// mean its replacement), in byte order of their names; flags, themes, facts and measures likewise by name, so that the order of
/// items never changes a result.
struct program {
  pack_information pack;
  earlysight::schema schema;
  std::vector<expression_id> known_when;  // one a table; -1 where the table has none; over the child
  std::vector<std::vector<std::string>> category_sets;
  school_calendar calendar;
  std::vector<param> params;
  std::vector<measure> measures;
  std::vector<fact> facts;
  std::vector<theme> themes;
  std::vector<flag> flags;
  std::vector<band> bands;  // by `from`, lowest first
  std::vector<rule> rules;
  std::vector<example> examples;

  std::vector<expression> expressions;
  std::vector<selection> selections;
  std::vector<window> windows;

  std::vector<evaluation_step> order;
  std::shared_ptr<const source_map> sources;
  std::string digest;  // SHA-256 of the pack's files, used ones included

  const expression& operator[](expression_id id) const { return expressions[id]; }
  std::int32_t find_rule(std::string_view name) const;
  std::int32_t find_flag(std::string_view name) const;
  std::int32_t find_fact(std::string_view name) const;
  std::int32_t find_param(std::string_view name) const;
};

}  // namespace earlysight
