// SPDX-License-Identifier: Apache-2.0
// Selections, aggregates, measures and trends.
#include "lowering.hpp"

namespace earlysight::lowering {

// Whether a row exists as of the run: it has happened (or begun), and was known by then.
plan_node_id lowerer::exists(std::int32_t table) {
  auto& known = exists_[static_cast<std::size_t>(table)];
  if (known >= 0) return known;
  const auto& t = p_.schema.tables[static_cast<std::size_t>(table)];
  const auto rows = rows_of(table);
  auto not_later = [&](plan_node_id d) {
    plan_node c;
    c.op = plan_operation::compare, c.space = rows, c.type = truth_type, c.test = comparison::less_equal, c.inputs = {d, constant_date(out_.as_of, rows)};
    return add(std::move(c));
  };
  auto load = [&](std::int32_t column) {
    plan_node n;
    n.op = plan_operation::load, n.space = rows, n.type = date_type, n.table = table, n.column = column;
    return add(std::move(n));
  };
  std::vector<plan_node_id> all;
  if (t.time >= 0) all.push_back(not_later(load(t.time)));
  if (t.recorded_column >= 0) all.push_back(not_later(load(t.recorded_column)));
  if (t.recorded_later && t.time >= 0) {
    if (needs_calendar(t.recorded_after.unit) && !calendar_ready(t.where)) all.push_back(not_known(truth_type, rows));
    else all.push_back(not_later(shift_date(load(t.time), t.recorded_after, 1)));
  }
  return known = all_of(std::move(all), rows);
}

plan_node_id lowerer::table_known(std::int32_t table) {
  auto& known = out_.table_known[static_cast<std::size_t>(table)];
  if (known >= 0) return known;
  plan_node n;
  n.op = plan_operation::table_known, n.type = truth_type, n.table = table;
  if (const auto when = p_.known_when[static_cast<std::size_t>(table)]; when >= 0) n.inputs.push_back(lower(when, {}));
  return known = add(std::move(n));
}

// Whether rows are looked at from each row of the expression's own (a fact does so once, wherever it is named).
bool lowerer::holds_rows(expression_id root) {
  std::vector<expression_id> todo{root};
  while (!todo.empty()) {
    const auto id = todo.back();
    const auto& x = p_[id];
    todo.pop_back();
    if ((x.op == operation::aggregate || x.op == operation::measure || x.op == operation::trend) && needs(id) != 0) return true;
    todo.insert(todo.end(), x.parts.begin(), x.parts.end());
  }
  return false;
}

row_masks lowerer::masks(std::int32_t table, const window_bounds& w, const std::vector<expression_id>& conditions, const context& elements, bool only_use) {
  const auto rows = rows_of(table);
  // What the rows alone decide is worked out once over the rows, whoever looks at them.
  std::vector<plan_node_id> belongs_rows{exists(table)}, belongs_elements, chosen_rows, chosen_elements;
  if (w.exists) {
    const bool by_parent = elements.space != rows && ((w.first >= 0 && at(w.first).space != 0) || (w.last >= 0 && at(w.last).space != 0));
    (by_parent ? belongs_elements : belongs_rows).push_back(in_window(w, table, by_parent ? elements.space : rows));
  }
  const auto guard_around = guard_;
  for (auto c : conditions) {
    const bool by_parent = elements.space != rows && (needs(c) & names_outer) != 0;
    // A selection inside this condition need not look at rows that the conditions before leave out.
    auto before = chosen_rows;
    before.push_back(exists(table));
    if (only_use) before.insert(before.end(), belongs_rows.begin(), belongs_rows.end());
    guard_ = by_parent || !holds_rows(c) ? -1 : all_of(std::move(before), rows);
    (by_parent ? chosen_elements : chosen_rows).push_back(lower(c, by_parent ? elements : context{rows, false}));
  }
  guard_ = guard_around;
  row_masks out;
  const auto belongs_here = all_of(belongs_rows, rows);
  auto chosen_here = belongs_rows;
  chosen_here.insert(chosen_here.end(), chosen_rows.begin(), chosen_rows.end());
  belongs_elements.insert(belongs_elements.begin(), belongs_here);
  out.belongs = all_of(belongs_elements, elements.space);
  auto chosen = belongs_elements;
  chosen[0] = all_of(chosen_here, rows);
  chosen.insert(chosen.end(), chosen_elements.begin(), chosen_elements.end());
  out.chosen = all_of(chosen, elements.space);
  return out;
}

plan_node_id lowerer::aggregate_node(const expression& e, plan_node_id value, const row_masks& m, space_id segments, std::int32_t table, const window_bounds& w) {
  plan_node n;
  n.op = plan_operation::aggregate, n.space = segments, n.type = e.type, n.over = e.over, n.count = e.count, n.table = table;
  n.inputs = {m.chosen, m.belongs, bring(table_known(table), segments)};
  if (value >= 0) n.inputs.push_back(value);
  if (e.over == aggregation::days_covered) {
    // The days of the window; which of its ends there are is in `sign`.
    n.days = w.days;
    n.sign = (w.first >= 0 ? 1 : 0) + (w.last >= 0 ? 2 : 0);
    if (w.first >= 0) n.inputs.push_back(bring(w.first, segments, true));
    if (w.last >= 0) n.inputs.push_back(bring(w.last, segments, true));
  }
  return add(std::move(n));
}

plan_node_id lowerer::aggregate(expression_id id, const context& where) {
  const auto& e = p_[id];
  const auto& s = p_.selections[static_cast<std::size_t>(e.selection)];
  if (where.space != 0) return nested(id, where);
  const auto w = bounds(s.window, {});
  const context rows{rows_of(s.table), false};
  const auto m = masks(s.table, w, s.conditions, rows, true);
  const auto value = e.parts.empty() ? plan_node_id{-1} : lower(e.parts[0], rows);
  aggregate_trace trace{s.table, m.chosen, m.belongs, w.first, w.last, {}};
  if (value >= 0) trace.values.push_back(value);
  out_.traces[id] = {trace};
  return aggregate_node(e, value, m, 0, s.table, w);
}

// A selection inside another's where that names the outer row: a frame, or where only the time of the rows is asked about, a count
// between two days of rows that stand in the order of time.
plan_node_id lowerer::nested(expression_id id, const context& where) {
  const auto& e = p_[id];
  if (const auto counted = range_count(id, where)) return *counted;
  const auto s = p_.selections[static_cast<std::size_t>(e.selection)];
  const auto frame = new_frame(s.table, where.space, false);
  const context outer{where.space, true};
  const auto w = bounds(s.window, outer);
  const context elements{out_.frames[static_cast<std::size_t>(frame)].elements, false};
  const auto segments = out_.frames[static_cast<std::size_t>(frame)].segments;
  const auto m = masks(s.table, w, s.conditions, elements);
  const auto value = e.parts.empty() ? plan_node_id{-1} : lower(e.parts[0], elements);
  const auto output = aggregate_node(e, value, m, segments, s.table, w);
  auto& f = out_.frames[static_cast<std::size_t>(frame)];
  f.output = output;
  f.chosen = m.chosen;
  const auto& t = p_.schema.tables[static_cast<std::size_t>(s.table)];
  if (w.exists && w.look != window_look::ending && t.has_time()) {
    if (!t.is_interval() || w.look == window_look::starting) f.first_day = bring(w.first, where.space);
    f.last_day = bring(w.last, where.space);
  }
  // A share is of all rows in the window: those that a condition leaves out count too.
  if (t.has_time() && e.over != aggregation::share) narrow_by_time(frame, s.conditions, t.time, outer);
  plan_node out;
  out.op = plan_operation::frame, out.space = where.space, out.type = e.type, out.frame = frame;
  return add(std::move(out));
}

// The days between which a condition asks the time of the rows to lie, where that is all it asks, of a date of the row around.
std::optional<lowerer::day_range> lowerer::asks_for_time(expression_id c, std::int32_t time, const context& outer) {
  constexpr duration one_day{1, time_unit::days};
  const auto& x = p_[c];
  auto is_time = [&](expression_id id) { return p_[id].op == operation::column && p_[id].at == row_of::row && p_[id].via < 0 && p_[id].column == time; };
  auto of_outer = [&](expression_id id) { return (needs(id) & names_row) == 0; };
  day_range out;
  if (x.op == operation::between) {
    if (!is_time(x.parts[0]) || !of_outer(x.parts[1]) || !of_outer(x.parts[2])) return std::nullopt;
    out.first = lower(x.parts[1], outer), out.last = lower(x.parts[2], outer);
    return out;
  }
  if (x.op != operation::compare && x.op != operation::gap) return std::nullopt;
  const bool left = is_time(x.parts[0]);
  const auto other = x.parts[left ? 1 : 0];
  if ((!left && !is_time(x.parts[1])) || !of_outer(other)) return std::nullopt;
  if (x.op == operation::compare) {
    const auto d = lower(other, outer);
    switch (x.test) {
      case comparison::equal: out.first = out.last = d; break;
      case comparison::less: (left ? out.last : out.first) = shift_date(d, one_day, left ? -1 : 1); break;
      case comparison::less_equal: (left ? out.last : out.first) = d; break;
      case comparison::greater: (left ? out.first : out.last) = shift_date(d, one_day, left ? 1 : -1); break;
      case comparison::greater_equal: (left ? out.first : out.last) = d; break;
    }
    return out;
  }
  // `from` is so long before `to`. Months and years cannot be counted back from `to`: several days reach the same one.
  const bool is_to = left != x.before_other;
  const auto length = length_of_expression(x.parts[2]);
  if (!length || needs_calendar(length->unit) || (!is_to && length->unit != time_unit::days && length->unit != time_unit::weeks)) return std::nullopt;
  const auto d = lower(other, outer), reached = shift_date(d, *length, is_to ? 1 : -1);
  auto& near = is_to ? out.first : out.last;
  auto& far = is_to ? out.last : out.first;
  switch (x.test) {
    case comparison::greater_equal: near = reached; break;
    case comparison::greater: near = shift_date(reached, one_day, is_to ? 1 : -1); break;
    case comparison::less_equal: near = d, far = reached; break;
    case comparison::less: near = d, far = shift_date(reached, one_day, is_to ? -1 : 1); break;
    case comparison::equal: return std::nullopt;
  }
  return out;
}

// Conditions on the rows' time bound what each parent needs to look at.
void lowerer::narrow_by_time(std::int32_t frame, const std::vector<expression_id>& conditions, std::int32_t time, const context& outer) {
  auto first = out_.frames[static_cast<std::size_t>(frame)].first_day, last = out_.frames[static_cast<std::size_t>(frame)].last_day;
  for (auto c : conditions) {
    const auto asked = asks_for_time(c, time, outer);
    if (!asked) continue;
    if (first < 0) first = bring(asked->first, outer.space);
    if (last < 0) last = bring(asked->last, outer.space);
  }
  auto& f = out_.frames[static_cast<std::size_t>(frame)];
  f.first_day = first, f.last_day = last;
}

std::optional<plan_node_id> lowerer::range_count(expression_id id, const context& where) {
  const auto& e = p_[id];
  if (e.over != aggregation::any && e.over != aggregation::no && e.over != aggregation::count) return std::nullopt;
  const auto& s = p_.selections[static_cast<std::size_t>(e.selection)];
  const auto& t = p_.schema.tables[static_cast<std::size_t>(s.table)];
  if (!t.has_time()) return std::nullopt;
  const context outer{where.space, true};
  plan_node_id first = -1, last = -1;
  auto narrow = [](plan_node_id& end, plan_node_id by) {
    if (end >= 0 && end != by) return false;
    end = by;
    return true;
  };
  if (s.window >= 0) {
    const auto& w = p_.windows[static_cast<std::size_t>(s.window)];
    if (w.look == window_look::ending || (t.is_interval() && w.look == window_look::whole)) return std::nullopt;
    const auto b = bounds(s.window, outer);
    if (b.days != day_set::all) return std::nullopt;
    if (b.first >= 0) first = bring(b.first, where.space);
    if (b.last >= 0) last = bring(b.last, where.space);
  }
  std::vector<expression_id> of_rows;
  for (auto c : s.conditions) {
    if ((needs(c) & names_outer) == 0) {
      of_rows.push_back(c);
      continue;
    }
    const auto asked = asks_for_time(c, t.time, outer);
    if (!asked || (asked->first >= 0 && !narrow(first, bring(asked->first, where.space))) || (asked->last >= 0 && !narrow(last, bring(asked->last, where.space)))) return std::nullopt;
  }
  const auto m = masks(s.table, {}, of_rows, {rows_of(s.table), false});
  plan_node n;
  n.op = plan_operation::count_in_range, n.space = where.space, n.type = e.type, n.over = e.over, n.table = s.table;
  n.inputs = {m.chosen, bring(table_known(s.table), where.space)};
  n.count = (first >= 0 ? 1 : 0) + (last >= 0 ? 2 : 0);
  if (first >= 0) n.inputs.push_back(bring(first, where.space));
  if (last >= 0) n.inputs.push_back(bring(last, where.space));
  return add(std::move(n));
}

plan_node_id lowerer::formula(expression_id id, const row_masks& base, const context& elements, space_id segments, std::int32_t table, std::vector<aggregate_trace>* traces,
                              const window_bounds& w) {
  std::vector<expression_id> spine;
  auto at_id = id;
  while (p_[at_id].op >= operation::add && p_[at_id].op <= operation::divide) {
    spine.push_back(at_id);
    at_id = p_[at_id].parts[0];
  }
  const auto& e = p_[at_id];
  plan_node_id left;
  if (e.op == operation::aggregate) {
    row_masks m = base;
    if (e.selection >= 0) {
      std::vector<plan_node_id> all{base.chosen};
      for (auto c : p_.selections[static_cast<std::size_t>(e.selection)].conditions) all.push_back(lower(c, elements));
      m.chosen = all_of(all, elements.space);
    }
    // Inside a measure, all of its own rows belong.
    m.belongs = base.chosen;
    const auto value = e.parts.empty() ? plan_node_id{-1} : lower(e.parts[0], elements);
    left = aggregate_node(e, value, m, segments, table, w);
    if (traces) {
      traces->push_back({table, m.chosen, m.belongs, -1, -1, {}});
      if (value >= 0) traces->back().values.push_back(value);
    }
  } else {
    left = bring(lower(at_id, {}), segments);
  }
  for (auto i = spine.size(); i-- > 0;) {
    const auto& step = p_[spine[i]];
    const auto op = step.op == operation::add ? plan_operation::add : step.op == operation::subtract ? plan_operation::subtract : step.op == operation::multiply ? plan_operation::multiply : plan_operation::divide;
    left = make(op, segments, step.type, {left, formula(step.parts[1], base, elements, segments, table, traces, w)});
  }
  return left;
}

plan_node_id lowerer::measure_use(expression_id id, const context& where) {
  const auto& e = p_[id];
  const auto m = p_.measures[static_cast<std::size_t>(e.index)];
  const bool trend = e.op == operation::trend;
  table_known(m.table);
  const context outer{where.space, where.space != 0};
  const auto w = bounds(e.window, outer);
  const context rows{rows_of(m.table), false};
  if (where.space == 0 && !trend) {
    const auto base = masks(m.table, w, m.conditions, rows);
    std::vector<aggregate_trace> traces;
    const auto made = formula(m.formula, base, rows, 0, m.table, &traces, w);
    for (auto& t : traces) t.first_day = w.first, t.last_day = w.last;
    out_.traces[id] = std::move(traces);
    return made;
  }
  const auto frame = new_frame(m.table, where.space, trend);
  const context elements{out_.frames[static_cast<std::size_t>(frame)].elements, false};
  const auto segments = out_.frames[static_cast<std::size_t>(frame)].segments;
  const auto base = masks(m.table, w, m.conditions, elements);
  const auto output = formula(m.formula, base, elements, segments, m.table, nullptr, w);
  auto& f = out_.frames[static_cast<std::size_t>(frame)];
  f.output = output;
  f.chosen = base.chosen;
  f.days = w.days;
  const auto& t = p_.schema.tables[static_cast<std::size_t>(m.table)];
  if (w.exists && (w.look != window_look::ending || trend)) {
    if (!t.is_interval() || w.look == window_look::starting || trend) f.first_day = bring(w.first, where.space);
    f.last_day = bring(w.last, where.space);
  }
  if (where.space == 0) {
    const auto of_rows = masks(m.table, w, m.conditions, rows);
    out_.traces[id] = {{m.table, of_rows.chosen, of_rows.belongs, w.first, w.last, {}}};
  }
  plan_node out;
  out.op = plan_operation::frame, out.space = where.space, out.type = e.type, out.frame = frame;
  return add(std::move(out));
}

}  // namespace earlysight::lowering
