// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/calendar/duration.hpp>
#include <earlysight/schema/kind.hpp>
#include <earlysight/text/source.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace earlysight {

using expression_id = std::int32_t;  // index into program::expressions; -1 is none

/// What an expression does. `parts` are its operands, in this order.
enum class operation : std::uint8_t {
  constant,   // the value is `literal`
  today,      // the as-of date
  column,     // `table`.`column` of the row that `at` names; through `via` (a ref column of that row) if via >= 0
  fact,       // facts[index]; of a fact of rows, of the row that `at` names
  param,      // params[index]

  add, subtract, multiply, divide,  // numbers: a, b. Sums and products fold from the left
  date_add, date_subtract,          // date, duration (a constant or param): the date so much later, or earlier
  elapsed,                          // date: whole units of `length_unit` completed since (days, weeks, months, years, school_days)
  period_edge,                      // `start of` / `end of` this or last term or academic year: `edge`

  compare,      // a, b: `test`. Numbers, dates; of truths, categories and texts only equal
  between,      // x, low, high (inclusive)
  one_of,       // x, v1, v2, …: an `or` of comparisons
  gap,          // d, e, duration: d is at least|more than|at most|less than (`test`) so long `before_other ? before : after` e
  within_last,  // d, duration
  within_next,  // d, duration
  is_known,     // x
  is_none,      // x
  not_yet,      // x (a column `or not yet`)
  known_that,   // condition
  negation,     // condition
  conjunction,  // two or more conditions (also `all of`)
  disjunction,  // two or more conditions (also `any of`)
  none_of,      // conditions: not any of them
  at_least_of,  // conditions: at least `count` of them
  choice,       // value, condition, value, condition, …, value (the else)
  recode,       // category: the same value in category set `type.categories` (by name; a value it lacks equals none of its values)

  rule_fires,   // rules[index]
  flag_raised,  // flags[index] at `level` or above (level 0: at any)

  aggregate,  // over `selection`: `over`; parts[0] is the value of each row, where the aggregate has one
  measure,    // measures[index] over its own rows in windows[window] (window -1: all)
  trend,      // slope per week of measures[index] in windows[window]
};

enum class comparison : std::uint8_t { equal, less, less_equal, greater, greater_equal };

/// Whose columns: the child's, those of the row of the (innermost) selection or fact of rows, or those of the row of the
/// selection around it.
enum class row_of : std::uint8_t { child, row, outer_row };

enum class aggregation : std::uint8_t {
  any, no,            // truth
  count, longest_run, // bounded counts
  share,              // percent
  count_different, total, average, highest, lowest,
  latest, earliest,   // the `count`-th latest or earliest (1 where no ordinal is written)
  days_covered,
};

enum class level : std::uint8_t { any = 0, low = 1, medium = 2, high = 3 };

/// A literal value. Nothing of it but what `type` names is meant.
struct literal {
  value_type type;
  double number = 0;       // percent and points as fractions
  std::int32_t code = 0;   // of a category
  bool truth = false;
  earlysight::date date;
  duration length;
  std::string text;        // of a category: its value too
  friend bool operator==(const literal&, const literal&) = default;
};

/// `start of last term`, …
struct period_edge {
  bool is_end = false, is_last = false, is_academic_year = false;
  friend bool operator==(const period_edge&, const period_edge&) = default;
};

struct expression {
  operation op = operation::constant;
  value_type type;
  span where;  // its words; of an expression inside a `because`, their place in the string
  std::vector<expression_id> parts;

  literal value;                      // constant
  row_of at = row_of::child;          // column, fact
  std::int32_t table = -1, column = -1, via = -1;  // column: `via` is a ref column of the row's own table, `table` the table it points to
  std::int32_t index = -1;            // fact, param, rule, flag, measure
  comparison test = comparison::equal;  // compare, gap (greater_equal: at least, greater: more than, less_equal: at most, less: less than)
  bool before_other = false;          // gap
  std::int32_t count = 0;             // at_least_of; aggregate latest, earliest
  level at_level = level::any;        // flag_raised
  time_unit length_unit = time_unit::days;  // elapsed
  period_edge edge;                   // period_edge
  aggregation over = aggregation::count;    // aggregate
  std::int32_t selection = -1;        // aggregate; -1 inside a measure's own arithmetic means the measure's rows
  std::int32_t window = -1;           // measure, trend
};

/// A length written as a literal or as a param of kind duration.
struct length_of_time {
  duration literal;
  std::int32_t param = -1;  // params[param] where >= 0
};

enum class window_form : std::uint8_t {
  last,           // in the last LENGTH                   (as-of - N, as-of]
  from_to,        // from LENGTH ago to LENGTH ago        (as-of - N, as-of - M]
  term, academic_year,  // this | last (`is_last`)
  since, before,  // DATE                                 [DATE, as-of]; before DATE
  before_date, after_date,  // in the LENGTH before|after DATE   [DATE - N, DATE); (DATE, DATE + N]
  on,             // DATE
};

/// Which dates of an interval row a window looks at.
enum class window_look : std::uint8_t { whole, starting, ending };

struct window {
  window_form form = window_form::last;
  window_look look = window_look::whole;
  bool is_last = false;
  length_of_time first, second;
  expression_id date = -1;  // over the child, or (inside a selection's where) over the outer row
  span where;
};

/// The rows of one table that an aggregate is over. All `conditions` must hold.
///
/// In `conditions` and in the aggregate's value, row_of::row is a row of `table`, row_of::outer_row a row of the selection around
/// (outer_table, -1 at the first level). A selection inside another's where that names nothing of the outer row is the same for all
/// rows of a child.
struct selection {
  std::int32_t table = -1;
  std::int32_t outer_table = -1;
  std::int32_t window = -1;
  std::vector<expression_id> conditions;
  bool names_outer_row = false;
  span where;
};

}  // namespace earlysight
