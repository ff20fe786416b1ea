// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>
#include <earlysight/program/program.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace earlysight {

using plan_node_id = std::int32_t;
using space_id = std::int32_t;

/// What the elements of a node's result are. Space 0 holds the children of a block.
struct plan_space {
  enum class what : std::uint8_t {
    children,
    rows,      // the block's rows of `table`
    elements,  // of a frame: rows of the frame's table, once for each parent whose window may hold them
    segments,  // of a frame: the groups of elements that are worked out together (a parent, or a week of a parent)
  } of = what::children;
  std::int32_t table = -1, frame = -1;
};

/// One columnar operation. Inputs come before it in the plan and, but for `gather`, the aggregates and frames, live in its own space.
///
/// Results have, for each element: truth (of kind truth), a number (two where `bounded`: low and high), or a whole number
/// (days of dates, category codes, text numbers); and two bits: known, present.
/// known & present: a value; known & not present: nothing; not known: not known.
enum class plan_operation : std::uint8_t {
  constant,      // the same for every element
  load,          // column `column` of `table`
  lookup,        // column `column` of table `other`, through the ref column `via` of `table`
  gather,        // the input, from its space into this one
  add, subtract, multiply, divide,
  shift,         // date; `length`, `sign`
  window_edge,   // date: first or last day (`flag`) of `length` before (sign -1) or after (+1) it
  elapsed,       // date; `length.unit`
  compare,       // a, b; `test`
  between,       // x, low, high
  gap,           // d, e; `length`, `test`, `flag`: before
  within,        // date; `length`, sign -1: the last, +1: the next
  is_known, is_none, known_that, negation, conjunction, disjunction,
  at_least_of,   // `count`
  choice,        // value, condition, …, value
  recode,        // `codes`
  outcome,       // for, when, unless: truth is "fires", known is "can tell", present is "applies"
  table_known,   // the child's rows of `table` are known; input: known when (or none)
  in_window,     // time, end?, first day, last day; `days`, `look` as flag/whole
  aggregate,     // elements' chosen, belongs, value?; `over`
  frame,         // `frame`: the output of a frame, an element for each parent
  count_in_range,  // parents' first days, last days (dates); rows' chosen: any, no, count of the rows of `table` whose time lies between
};

enum class day_set : std::uint8_t { all, school_weeks, terms };

struct plan_node {
  plan_operation op = plan_operation::constant;
  space_id space = 0;
  value_type type;
  std::vector<plan_node_id> inputs;
  std::int32_t table = -1, column = -1, via = -1, other = -1;
  literal value;              // constant
  bool known = true, present = true;  // constant
  comparison test = comparison::equal;
  duration length;
  int sign = 1;
  bool flag = false;
  std::int32_t count = 0;
  aggregation over = aggregation::count;
  day_set days = day_set::all;
  std::int32_t frame = -1;
  std::vector<std::int32_t> codes;
};

/// Rows of one table seen from each element of a parent space: for selections inside a where, and for weeks.
struct plan_frame {
  std::int32_t table = -1;      // whose rows
  space_id parent = 0;          // children, or rows of the outer table
  space_id elements = -1, segments = -1;
  bool by_week = false;
  day_set days = day_set::all;  // of the window, for weeks
  plan_node_id first_day = -1, last_day = -1;  // in the parent space: rows outside need no look; -1: no bound
  plan_node_id chosen = -1;     // elements: rows that belong (weeks are made of them)
  plan_node_id asked = -1;      // in the parent space: where it is known false, nobody asks; -1: always asked
  plan_node_id output = -1;     // in `segments`
  std::vector<plan_node_id> nodes;  // those of the frame's own spaces, in order
};

/// What an aggregate at child level looked at, for evidence.
struct aggregate_trace {
  std::int32_t table = -1;
  plan_node_id chosen = -1;     // rows: all conditions
  plan_node_id belongs = -1;    // rows: exists and in the window
  plan_node_id first_day = -1, last_day = -1;  // children: the window; -1 where it has no such end
  std::vector<plan_node_id> values;            // rows
};

/// A program lowered for one as-of date and one set of params: a DAG in which equal operations stand once. Immutable.
struct plan {
  std::shared_ptr<const earlysight::program> program;
  date as_of;
  std::vector<plan_node> nodes;
  std::vector<plan_space> spaces;
  std::vector<plan_frame> frames;
  std::vector<plan_node_id> rules;       // by program->rules: `outcome` nodes
  std::vector<plan_node_id> facts;       // by program->facts, of children; -1 for facts of rows
  std::vector<bool> needed_for_rules;    // by node: what scoring runs
  std::vector<plan_node_id> node_of;     // by expression: its node at child level, or -1
  std::vector<plan_node_id> row_node_of; // by expression: its node over the rows of its table, or -1
  std::unordered_map<expression_id, std::vector<aggregate_trace>> traces;  // by aggregate, measure and trend expression
  std::vector<plan_node_id> table_known; // by table: children; -1 where nothing asks
  std::vector<std::string> texts;        // distinct texts of constants; a constant's `value.code` is its place here
  std::vector<literal> params;           // the values in force, by program->params (type error: not known)
};

/// A text of the pack that the cohort does not hold is numbered below the cohort's texts and -1 (a reference to no row): the number
/// of plan::texts[i], and back again.
inline constexpr std::int32_t text_of_pack(std::int32_t i) { return -2 - i; }

/// Values for params of a run, by index of the param.
using param_values = std::unordered_map<std::int32_t, literal>;

struct lower_options {
  bool allow_unset = false;  // a param that must be set and is not is not known (as `test` has it), instead of a failure
};

/// Lowers a program. Fails with `arguments` where a param that must be set is not, with `data` where the as-of date lies outside
/// the calendar that a rule needs, or the calendar does not reach back far enough.
result<plan> lower(std::shared_ptr<const program>, date as_of, const param_values& = {}, lower_options = {});

}  // namespace earlysight
