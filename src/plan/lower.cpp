// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/reckoning.hpp>

#include "lowering.hpp"

#include <algorithm>
#include <utility>

namespace earlysight {
namespace lowering {
namespace {

constexpr signed char not_worked_out = -1;

// The parts of an expression tree that stand elsewhere than in `parts`: rows, windows, measures.
template <class Visit>
void visit_parts(const program& p, const expression& e, Visit visit) {
  for (auto part : e.parts) visit(part);
  auto selection_parts = [&](std::int32_t s) {
    if (s < 0) return;
    for (auto c : p.selections[static_cast<std::size_t>(s)].conditions) visit(c);
    if (const auto w = p.selections[static_cast<std::size_t>(s)].window; w >= 0 && p.windows[static_cast<std::size_t>(w)].date >= 0) visit(p.windows[static_cast<std::size_t>(w)].date);
  };
  if (e.op == operation::aggregate) selection_parts(e.selection);
  if (e.op == operation::measure || e.op == operation::trend) {
    const auto& m = p.measures[static_cast<std::size_t>(e.index)];
    visit(m.formula);
    for (auto c : m.conditions) visit(c);
    if (e.window >= 0 && p.windows[static_cast<std::size_t>(e.window)].date >= 0) visit(p.windows[static_cast<std::size_t>(e.window)].date);
  }
}

}  // namespace

lowerer::lowerer(std::shared_ptr<const program> p, date as_of, const param_values& values, lower_options options) : p_(*p) {
  out_.program = std::move(p);
  out_.as_of = as_of;
  out_.spaces.push_back({});
  out_.node_of.assign(p_.expressions.size(), -1);
  out_.row_node_of.assign(p_.expressions.size(), -1);
  out_.table_known.assign(p_.schema.tables.size(), -1);
  out_.facts.assign(p_.facts.size(), -1);
  needs_.assign(p_.expressions.size(), not_worked_out);
  exists_.assign(p_.schema.tables.size(), -1);
  row_spaces_.assign(p_.schema.tables.size(), -1);
  raisers_.resize(p_.flags.size());
  for (std::size_t r = 0; r < p_.rules.size(); ++r)
    for (const auto& raised : p_.rules[r].raises) raisers_[static_cast<std::size_t>(raised.flag)].emplace_back(static_cast<std::int32_t>(r), raised.level);
  std::string unset;
  for (std::size_t i = 0; i < p_.params.size(); ++i) {
    const auto& param = p_.params[i];
    literal v;  // not known until a value holds
    if (const auto given = values.find(static_cast<std::int32_t>(i)); given != values.end()) {
      v = given->second;
    } else {
      for (const auto& dated : param.values)
        if (!dated.from || *dated.from <= as_of) v = dated.value;
      if (param.must_be_set && param.values.empty() && !options.allow_unset) unset += (unset.empty() ? "" : ", ") + param.name;
    }
    out_.params.push_back(std::move(v));
  }
  if (!unset.empty())
    failure_ = failure{failure_kind::arguments, "these params must be set and are not: " + unset + "; give each a value for the run (--set NAME=VALUE) or with `use … with`"};
}

// Which facts the rules need; what only a text shows may fail without failing the run.
void lowerer::mark_needed_facts() {
  fact_needed_.assign(p_.facts.size(), false);
  std::vector<bool> seen(p_.expressions.size());
  std::vector<expression_id> todo;
  auto follow = [&](expression_id root) {
    if (root >= 0) todo.push_back(root);
    while (!todo.empty()) {
      const auto id = todo.back();
      todo.pop_back();
      if (id < 0 || seen[static_cast<std::size_t>(id)]) continue;
      seen[static_cast<std::size_t>(id)] = true;
      const auto& e = p_[id];
      if (e.op == operation::fact) {
        fact_needed_[static_cast<std::size_t>(e.index)] = true;
        todo.push_back(p_.facts[static_cast<std::size_t>(e.index)].value);
      }
      visit_parts(p_, e, [&](expression_id part) { todo.push_back(part); });
    }
  };
  for (const auto& r : p_.rules) follow(r.for_), follow(r.when), follow(r.unless);
}

// Whether an expression names columns of its row, of the row around it, or of neither: it is worked out where it is cheapest.
int lowerer::needs(expression_id id) {
  auto& known = needs_[static_cast<std::size_t>(id)];
  if (known != not_worked_out) return known;
  const auto& e = p_[id];
  int n = 0;
  if (e.op == operation::column || e.op == operation::fact) {
    n = e.at == row_of::row ? names_row : e.at == row_of::outer_row ? names_outer : 0;
  } else if (e.op == operation::aggregate) {
    // Seen from outside, the row around the selection is this expression's own row.
    if (e.selection >= 0 && p_.selections[static_cast<std::size_t>(e.selection)].names_outer_row) n = names_row;
  } else if (e.op == operation::measure || e.op == operation::trend) {
    if (e.window >= 0 && p_.windows[static_cast<std::size_t>(e.window)].date >= 0 && needs(p_.windows[static_cast<std::size_t>(e.window)].date) != 0) n = names_row;
  } else if (e.op == operation::add || e.op == operation::subtract || e.op == operation::multiply || e.op == operation::divide) {
    // Long sums lean to the left: walk down without recursion.
    auto at = id;
    while (p_[at].op >= operation::add && p_[at].op <= operation::divide) {
      n |= needs(p_[at].parts[1]);
      at = p_[at].parts[0];
    }
    n |= needs(at);
  } else {
    for (auto part : e.parts) n |= needs(part);
  }
  known = static_cast<signed char>(n);
  return n;
}

plan_node_id lowerer::lower(expression_id id, const context& where) {
  const auto key = std::pair(id, where);
  if (const auto found = done_.find(key); found != done_.end()) return found->second;
  const auto need = needs(id);
  const auto space = out_.spaces[static_cast<std::size_t>(where.space)];
  plan_node_id made = -1;
  const auto guard = guard_;
  if (where.space == 0) guard_ = -1;
  if (where.space != 0 && need == 0) {
    made = bring(lower(id, {}), where.space);
  } else if (space.of == plan_space::what::elements && need == names_row) {
    made = bring(lower(id, {rows_of(space.table), false}), where.space);
  } else if (space.of == plan_space::what::elements && need == names_outer) {
    made = bring(lower(id, {out_.frames[static_cast<std::size_t>(space.frame)].parent, true}), where.space, true);
  } else {
    made = lower_here(id, where);
  }
  guard_ = guard;
  done_.emplace(key, made);
  if (where.space == 0) out_.node_of[static_cast<std::size_t>(id)] = made;
  else if (space.of == plan_space::what::rows && !where.outer_as_row) out_.row_node_of[static_cast<std::size_t>(id)] = made;
  return made;
}

plan_node_id lowerer::column(const expression& e, const context& where) {
  const auto base = where.space == 0 ? p_.schema.child : out_.spaces[static_cast<std::size_t>(where.space)].table;
  plan_node n;
  n.space = where.space, n.type = e.type, n.column = e.column;
  n.table = e.at == row_of::child ? p_.schema.child : base;
  if (e.via >= 0) {
    n.op = plan_operation::lookup;
    n.via = e.via;
    n.other = e.table;
  } else {
    n.op = plan_operation::load;
  }
  return add(std::move(n));
}

plan_node_id lowerer::lower_arithmetic(expression_id id, const context& where) {
  std::vector<expression_id> spine;
  auto at_id = id;
  while (p_[at_id].op >= operation::add && p_[at_id].op <= operation::divide) {
    spine.push_back(at_id);
    at_id = p_[at_id].parts[0];
  }
  auto left = lower(at_id, where);
  for (auto i = spine.size(); i-- > 0;) {
    const auto& e = p_[spine[i]];
    const auto op = e.op == operation::add ? plan_operation::add : e.op == operation::subtract ? plan_operation::subtract : e.op == operation::multiply ? plan_operation::multiply : plan_operation::divide;
    left = make(op, where.space, e.type, {left, lower(e.parts[1], where)});
    if (where.space == 0) out_.node_of[static_cast<std::size_t>(spine[i])] = left;
  }
  return left;
}

// Whether one of these outcomes is `fires`. A node of its own even for one: that a rule does not apply must not be taken for "there is
// no value".
plan_node_id lowerer::any_rule_fires(std::vector<plan_node_id> outcomes) {
  plan_node any;
  any.op = plan_operation::disjunction, any.type = truth_type, any.inputs = std::move(outcomes);
  std::sort(any.inputs.begin(), any.inputs.end());
  any.inputs.erase(std::unique(any.inputs.begin(), any.inputs.end()), any.inputs.end());
  return add(std::move(any));
}

plan_node_id lowerer::flag_raised(std::int32_t flag, level at_level) {
  const auto [made, fresh] = raised_.try_emplace({flag, at_level}, -1);
  if (!fresh) return made->second;
  std::vector<plan_node_id> outcomes;
  for (auto [rule, level] : raisers_[static_cast<std::size_t>(flag)])
    if (level >= at_level && out_.rules[static_cast<std::size_t>(rule)] >= 0) outcomes.push_back(out_.rules[static_cast<std::size_t>(rule)]);
  literal no;
  no.type = truth_type;
  return made->second = outcomes.empty() ? constant(no, 0) : any_rule_fires(std::move(outcomes));
}

plan_node_id lowerer::lower_here(expression_id id, const context& where) {
  const auto& e = p_[id];
  auto part = [&](std::size_t i) { return lower(e.parts[i], where); };
  auto simple = [&](plan_operation op) {
    plan_node n;
    n.op = op, n.space = where.space, n.type = e.type, n.test = e.test, n.count = e.count;
    for (auto p : e.parts) n.inputs.push_back(lower(p, where));
    return add(std::move(n));
  };
  switch (e.op) {
    case operation::constant: return e.type.of == kind::error ? not_known(truth_type, where.space) : constant(e.value, where.space);
    case operation::today: return constant_date(out_.as_of, where.space);
    case operation::column: return column(e, where);
    case operation::fact: {
      const auto& f = p_.facts[static_cast<std::size_t>(e.index)];
      // A fact says the same wherever it is named.
      const auto guard = std::exchange(guard_, -1);
      const auto made = lower(f.value, f.table < 0 ? context{} : context{where.space, false});
      guard_ = guard;
      return made;
    }
    case operation::param: {
      const auto& v = out_.params[static_cast<std::size_t>(e.index)];
      if (v.type.of == kind::error) return not_known(e.type, where.space);
      return constant(v, where.space);
    }
    case operation::add:
    case operation::subtract:
    case operation::multiply:
    case operation::divide: return lower_arithmetic(id, where);
    case operation::date_add:
    case operation::date_subtract: {
      const auto d = part(0);
      const auto length = length_of_expression(e.parts[1]);
      if (!length || (needs_calendar(length->unit) && !calendar_ready(e.where))) return not_known(date_type, where.space);
      return shift_date(d, *length, e.op == operation::date_add ? 1 : -1);
    }
    case operation::elapsed: {
      if (needs_calendar(e.length_unit) && !calendar_ready(e.where)) return not_known(e.type, where.space);
      plan_node n;
      n.op = plan_operation::elapsed, n.space = where.space, n.type = e.type, n.inputs = {part(0)}, n.length.unit = e.length_unit;
      return add(std::move(n));
    }
    case operation::period_edge: {
      const auto d = edge_date(e.edge, e.where);
      return d ? constant_date(*d, where.space) : not_known(date_type, where.space);
    }
    case operation::compare: return simple(plan_operation::compare);
    case operation::between: return simple(plan_operation::between);
    case operation::one_of: {
      plan_node any;
      any.op = plan_operation::disjunction, any.space = where.space, any.type = truth_type;
      const auto x = part(0);
      // Of a long list of a category's values each code is looked up, not compared with one after another.
      constexpr std::size_t long_list = 8;
      const auto& of = p_[e.parts[0]].type;
      const bool listed = of.of == kind::category && e.parts.size() > long_list &&
                          std::all_of(e.parts.begin() + 1, e.parts.end(), [&](expression_id i) { return p_[i].op == operation::constant && p_[i].type.of == kind::category && p_[i].type.categories == of.categories; });
      if (listed) {
        plan_node n;
        n.op = plan_operation::recode, n.space = where.space, n.type = of, n.inputs = {x};
        n.codes.assign(p_.category_sets[static_cast<std::size_t>(of.categories)].size(), -1);
        for (std::size_t i = 1; i < e.parts.size(); ++i) {
          part(i);  // explanations name it
          if (const auto code = static_cast<std::size_t>(p_[e.parts[i]].value.code); code < n.codes.size()) n.codes[code] = p_[e.parts[1]].value.code;
        }
        const auto first = part(1);
        return make(plan_operation::compare, where.space, truth_type, {add(std::move(n)), first});
      }
      for (std::size_t i = 1; i < e.parts.size(); ++i) any.inputs.push_back(make(plan_operation::compare, where.space, truth_type, {x, part(i)}));
      return any.inputs.size() == 1 ? any.inputs[0] : add(std::move(any));
    }
    case operation::gap:
    case operation::within_last:
    case operation::within_next: {
      const bool gap = e.op == operation::gap;
      const auto length = length_of_expression(e.parts[gap ? 2 : 1]);
      plan_node n;
      n.op = gap ? plan_operation::gap : plan_operation::within;
      n.space = where.space, n.type = truth_type, n.test = e.test, n.flag = e.before_other;
      n.inputs = {part(0)};
      if (gap) n.inputs.push_back(part(1));
      n.sign = e.op == operation::within_next ? 1 : -1;
      if (!length || (needs_calendar(length->unit) && !calendar_ready(e.where))) return not_known(truth_type, where.space);
      n.length = *length;
      return add(std::move(n));
    }
    case operation::is_known: return simple(plan_operation::is_known);
    case operation::is_none:
    case operation::not_yet: return simple(plan_operation::is_none);
    case operation::known_that: return simple(plan_operation::known_that);
    case operation::negation: return simple(plan_operation::negation);
    case operation::conjunction: return simple(plan_operation::conjunction);
    case operation::disjunction: return simple(plan_operation::disjunction);
    case operation::none_of: {
      const auto any = e.parts.size() == 1 ? part(0) : simple(plan_operation::disjunction);
      return make(plan_operation::negation, where.space, truth_type, {any});
    }
    case operation::at_least_of: return simple(plan_operation::at_least_of);
    case operation::choice: return simple(plan_operation::choice);
    case operation::recode: {
      plan_node n;
      n.op = plan_operation::recode, n.space = where.space, n.type = e.type, n.inputs = {part(0)};
      const auto& from = p_.category_sets[static_cast<std::size_t>(p_[e.parts[0]].type.categories)];
      const auto& to = p_.category_sets[static_cast<std::size_t>(e.type.categories)];
      for (const auto& value : from) {
        const auto at_value = std::find(to.begin(), to.end(), value);
        n.codes.push_back(at_value == to.end() ? -1 : static_cast<std::int32_t>(at_value - to.begin()));
      }
      return add(std::move(n));
    }
    case operation::rule_fires: return any_rule_fires({out_.rules[static_cast<std::size_t>(e.index)]});
    case operation::flag_raised: return flag_raised(e.index, e.at_level);
    case operation::aggregate: return aggregate(id, where);
    case operation::measure:
    case operation::trend: return measure_use(id, where);
  }
  return not_known(e.type, where.space);
}

result<plan> lowerer::run() {
  if (failure_) return *failure_;
  mark_needed_facts();
  out_.rules.assign(p_.rules.size(), -1);
  auto lower_fact = [&](std::size_t i) {
    const auto& f = p_.facts[i];
    const auto node = lower(f.value, f.table < 0 ? context{} : context{rows_of(f.table), false});
    if (f.table < 0) out_.facts[i] = node;
  };
  for (const auto& step : p_.order) {
    const auto i = static_cast<std::size_t>(step.index);
    if (step.of == evaluation_step::what::fact) {
      if (fact_needed_[i]) lower_fact(i);
      continue;
    }
    const auto& r = p_.rules[i];
    plan_node n;
    n.op = plan_operation::outcome, n.type = truth_type;
    // Each rule is a node of its own, however like another it is.
    n.count = step.index;
    const bool active = (!r.active_from || *r.active_from <= out_.as_of) && (!r.active_to || out_.as_of <= *r.active_to);
    n.flag = active;
    literal yes, no;
    yes.type = no.type = truth_type;
    yes.truth = true;
    if (active) {
      n.inputs.push_back(r.for_ >= 0 ? lower(r.for_, {}) : constant(yes, 0));
      n.inputs.push_back(lower(r.when, {}));
      n.inputs.push_back(r.unless >= 0 ? lower(r.unless, {}) : constant(no, 0));
    }
    out_.rules[i] = add(std::move(n));
  }
  // What texts and examples show on top.
  strict_ = false;
  out_.needed_for_rules.assign(out_.nodes.size(), true);
  for (const auto& step : p_.order)
    if (step.of == evaluation_step::what::fact && !fact_needed_[static_cast<std::size_t>(step.index)]) lower_fact(static_cast<std::size_t>(step.index));
  for (const auto& r : p_.rules) {
    for (auto id : r.because.values) lower(id, {});
    for (const auto& a : r.actions)
      for (auto id : a.text.values) lower(id, {});
    // Conditions of a rule that is not active are shown all the same.
    for (auto id : {r.for_, r.when, r.unless})
      if (id >= 0) lower(id, {});
  }
  if (failure_) return *failure_;
  out_.needed_for_rules.resize(out_.nodes.size(), false);
  for (std::size_t i = 0; i < out_.nodes.size(); ++i) {
    const auto& space = out_.spaces[static_cast<std::size_t>(out_.nodes[i].space)];
    if (space.frame >= 0) out_.frames[static_cast<std::size_t>(space.frame)].nodes.push_back(static_cast<plan_node_id>(i));
  }
  return std::move(out_);
}

}  // namespace lowering

result<plan> lower(std::shared_ptr<const program> p, date as_of, const param_values& values, lower_options options) {
  return lowering::lowerer(std::move(p), as_of, values, options).run();
}

}  // namespace earlysight
