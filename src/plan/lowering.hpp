// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/plan/plan.hpp>

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>

namespace earlysight::lowering {

/// Where an expression is worked out. In `elements` of a frame, row_of::row is a row of the frame's table and
/// row_of::outer_row one of the parent's; `outer_as_row` works out what names only the outer row over the parent itself.
struct context {
  space_id space = 0;
  bool outer_as_row = false;
  friend bool operator<(const context& a, const context& b) { return std::tie(a.space, a.outer_as_row) < std::tie(b.space, b.outer_as_row); }
};

/// A window on this as-of date: its ends as nodes of one space, and which days between them count.
struct window_bounds {
  plan_node_id first = -1, last = -1;  // -1: no such end
  day_set days = day_set::all;
  window_look look = window_look::whole;
  bool exists = false;                 // false: there is no window
};

struct row_masks {
  plan_node_id chosen = -1, belongs = -1;
};

// What an expression names columns of, as bits: its row, the row around it.
inline constexpr int names_row = 1, names_outer = 2;

class lowerer {
 public:
  lowerer(std::shared_ptr<const program> p, date as_of, const param_values& values, lower_options options);
  result<plan> run();

 private:
  // --- building (build.cpp)
  plan_node_id add(plan_node);
  plan_node_id make(plan_operation, space_id, value_type, std::initializer_list<plan_node_id>);
  plan_node_id constant(literal, space_id);
  plan_node_id constant_date(date, space_id);
  plan_node_id not_known(value_type, space_id);
  plan_node_id bring(plan_node_id, space_id to, bool from_parent = false);
  plan_node_id all_of(std::vector<plan_node_id>, space_id);
  plan_node_id shift_date(plan_node_id, duration, int sign);
  space_id rows_of(std::int32_t table);
  std::int32_t new_frame(std::int32_t table, space_id parent, bool by_week);
  const plan_node& at(plan_node_id id) const { return out_.nodes[id]; }

  // --- the calendar and params (window.cpp)
  bool calendar_ready(span where);
  void fail(failure_kind, std::string message);
  duration length(const length_of_time&);
  std::optional<duration> length_of_expression(expression_id);
  window_bounds bounds(std::int32_t window, const context& outer);
  std::optional<date_range> fixed_window(const window&, day_set&);
  plan_node_id in_window(const window_bounds&, std::int32_t table, space_id elements);
  std::optional<date> edge_date(const period_edge&, span);

  // --- expressions (lower.cpp)
  int needs(expression_id);
  plan_node_id lower(expression_id, const context&);
  plan_node_id lower_here(expression_id, const context&);
  plan_node_id lower_arithmetic(expression_id, const context&);
  plan_node_id column(const expression&, const context&);
  plan_node_id any_rule_fires(std::vector<plan_node_id> outcomes);
  plan_node_id flag_raised(std::int32_t flag, level);
  void mark_needed_facts();

  // --- rows (rows.cpp)
  plan_node_id exists(std::int32_t table);
  plan_node_id table_known(std::int32_t table);
  row_masks masks(std::int32_t table, const window_bounds&, const std::vector<expression_id>& conditions, const context& elements, bool only_use = false);
  plan_node_id aggregate(expression_id, const context&);
  plan_node_id nested(expression_id, const context&);
  std::optional<plan_node_id> range_count(expression_id, const context&);
  struct day_range {
    plan_node_id first = -1, last = -1;  // -1: no such end
  };
  std::optional<day_range> asks_for_time(expression_id, std::int32_t time, const context& outer);
  bool holds_rows(expression_id);
  void narrow_by_time(std::int32_t frame, const std::vector<expression_id>& conditions, std::int32_t time, const context& outer);
  plan_node_id measure_use(expression_id, const context&);
  plan_node_id formula(expression_id, const row_masks& base, const context& elements, space_id segments, std::int32_t table, std::vector<aggregate_trace>* traces, const window_bounds&);
  plan_node_id aggregate_node(const expression&, plan_node_id value, const row_masks&, space_id segments, std::int32_t table, const window_bounds&);

  const program& p_;
  plan out_;
  std::unordered_map<std::string, plan_node_id> same_;
  std::map<std::pair<expression_id, context>, plan_node_id> done_;
  std::vector<signed char> needs_;
  std::vector<plan_node_id> exists_;
  std::vector<space_id> row_spaces_;
  std::vector<bool> fact_needed_;
  std::vector<std::vector<std::pair<std::int32_t, level>>> raisers_;  // by flag: rules, and at which level
  std::map<std::pair<std::int32_t, level>, plan_node_id> raised_;
  std::optional<failure> failure_;
  bool strict_ = true;
  plan_node_id guard_ = -1;  // while a condition on rows is lowered over them: which rows the conditions before it leave in
};

}  // namespace earlysight::lowering
