// SPDX-License-Identifier: Apache-2.0
// What an explanation says of a rule, whoever the child is.
#include "prepared.hpp"

#include <earlysight/result/text.hpp>
#include <earlysight/version.hpp>

#include <algorithm>

namespace earlysight::explaining {
namespace {

class preparer {
 public:
  preparer(const plan& lowered, const rule& r) : plan_(lowered), p_(*lowered.program), rule_(r) {}

  prepared_rule run(std::int32_t index) {
    describe_rule();
    out_.outcome = plan_.rules[static_cast<std::size_t>(index)];
    out_.why = reasons(plan_, rule_);
    cut();
    return std::move(out_);
  }

 private:
  plan_node_id node(expression_id id) const { return plan_.node_of[static_cast<std::size_t>(id)]; }

  void describe_rule() {
    auto& x = out_.skeleton;
    x.rule = rule_.name;
    x.title = rule_.title;
    x.as_of = iso_text(plan_.as_of);
    for (const auto& raised : rule_.raises) {
      auto text = p_.flags[static_cast<std::size_t>(raised.flag)].name + " at " + (raised.level == level::high ? "high" : raised.level == level::low ? "low" : "medium");
      if (raised.has_points) text += ", " + number_text(raised.points) + (raised.points == 1 ? " point" : " points");
      x.flags.push_back(std::move(text));
    }
    for (auto [name, id] : {std::pair{"for", rule_.for_}, {"when", rule_.when}, {"unless", rule_.unless}}) {
      if (id < 0) continue;
      x.clauses.push_back({name, {}});
      out_.clauses.push_back(describe(id, 0, x.clauses.back().root));
    }
    out_.because = told(rule_.because);
    for (const auto& a : rule_.actions) {
      x.actions.push_back({{}, a.by, due_date(a, p_, plan_.as_of)});
      out_.actions.push_back(told(a.text));
    }
    x.sources = rule_.sources;
    for (const auto& a : rule_.allowances) x.allowed.push_back(a.code + ": " + a.reason);
    x.pack = p_.pack.name;
    x.version = p_.pack.version;
    x.pack_digest = p_.digest;
    x.engine = std::string("earlysight ") + engine_version;
  }

  told_value told(expression_id id) const {
    const auto& x = p_[id];
    told_value out{id, node(id), x.type.of == kind::duration, {}};
    if (out.is_fixed) out.fixed = value_text(x.op == operation::param ? plan_.params[static_cast<std::size_t>(x.index)] : x.value);
    return out;
  }

  told_text told(const text_template& t) const {
    told_text out{&t, {}};
    for (auto id : t.values) {
      out.values.push_back(told(id));
      // In a text, only a param has a length.
      if (p_[id].op != operation::param) out.values.back().is_fixed = false;
    }
    return out;
  }

  told_condition describe(expression_id id, int depth, condition& words) {
    const auto& x = p_[id];
    words.words = p_.sources->one_line(x.where);
    const auto at = p_.sources->begin_of(x.where);
    words.file = p_.sources->path(x.where.file);
    words.line = at.line;
    words.column = at.column;
    told_condition out;
    out.id = id;
    out.truth = node(id);
    constexpr int deepest = 12;
    if (depth > deepest) return out;
    // `X is not …` reads as one sentence: its one part is shown in its place.
    if (x.op == operation::negation && p_[x.parts[0]].where == x.where) {
      auto inner = describe(x.parts[0], depth, words);
      inner.id = id;
      inner.truth = out.truth;
      inner.margin = -1;
      return inner;
    }
    auto part = [&](expression_id of) {
      words.parts.emplace_back();
      out.parts.push_back(describe(of, depth + 1, words.parts.back()));
    };
    if (is_group(x)) {
      for (auto each : x.parts) part(each);
      return out;
    }
    if (x.op == operation::fact) {
      if (x.type.of == kind::truth) part(p_.facts[static_cast<std::size_t>(x.index)].value);
      return out;
    }
    seen_.clear();
    for (auto each : x.parts) show(each, out, words);
    if (x.op == operation::aggregate || x.op == operation::column) show_self(id, out, words);
    out.most_rows = most(out.rows);
    set_margin(id, out);
    return out;
  }

  void set_margin(expression_id id, told_condition& out) const {
    const auto& x = p_[id];
    if (x.op != operation::gap && (x.op != operation::compare || x.test == comparison::equal)) return;
    out.margin = id;
    out.left = told(x.parts[0]);
    out.right = told(x.parts[1]);
    const auto& left = p_[x.parts[0]];
    out.measured = left.op >= operation::add && left.op <= operation::divide;
  }

  static std::size_t most(const std::vector<row_step>& steps) {
    std::size_t n = 0;
    for (const auto& s : steps) {
      if (s.source >= 0) ++n;
      for (const auto& b : s.choice) n += most(b.asked) + most(b.then);
    }
    return n;
  }

  // Values with names, down to what the data or the pack says; literals speak for themselves.
  void show(expression_id id, told_condition& out, condition& words) {
    const auto& x = p_[id];
    if (x.op == operation::constant || x.op == operation::today) return;
    if (std::find(seen_.begin(), seen_.end(), id) != seen_.end()) return;
    seen_.push_back(id);
    const bool arithmetic = x.op >= operation::add && x.op <= operation::divide;
    if (!arithmetic) {
      auto said = p_.sources->one_line(x.where);
      if (std::none_of(words.values.begin(), words.values.end(), [&](const shown_value& v) { return v.words == said; })) add_value(id, std::move(said), out, words);
    }
    if (x.op == operation::fact) {
      add_rows(p_.facts[static_cast<std::size_t>(x.index)].value, out.rows, 0);
    } else if (arithmetic || x.op == operation::date_add || x.op == operation::date_subtract || x.op == operation::elapsed) {
      for (auto part : x.parts) show(part, out, words);
    } else {
      add_rows(id, out.rows, 0);
    }
  }

  void show_self(expression_id id, told_condition& out, condition& words) {
    if (p_[id].op == operation::column && p_[id].type.of == kind::truth) add_value(id, p_.sources->one_line(p_[id].where), out, words);
    add_rows(id, out.rows, 0);
  }

  void add_value(expression_id id, std::string said, told_condition& out, condition& words) const {
    words.values.push_back({std::move(said), {}});
    out.values.push_back(told(id));
  }

  void add_rows(expression_id id, std::vector<row_step>& out, int depth) {
    const auto& x = p_[id];
    if (depth > 6) return;
    const auto traces = plan_.traces.find(id);
    if (traces == plan_.traces.end()) {
      if (x.op == operation::fact) add_rows(p_.facts[static_cast<std::size_t>(x.index)].value, out, depth + 1);
      else if (x.op == operation::choice) add_choice(x, out, depth);
      else if (x.op != operation::rule_fires && x.op != operation::flag_raised)
        for (auto part : x.parts) add_rows(part, out, depth + 1);
      return;
    }
    for (std::size_t i = 0; i < traces->second.size(); ++i) {
      // A measure's parts look at the same rows: the first speaks for them.
      if (i > 0 && traces->second[i].chosen == traces->second[0].chosen) continue;
      row_step step;
      step.source = source_of(x, traces->second[i]);
      out.push_back(std::move(step));
    }
  }

  void add_choice(const expression& x, std::vector<row_step>& out, int depth) {
    row_step step;
    for (std::size_t i = 1; i < x.parts.size(); i += 2) {
      auto& b = step.choice.emplace_back();
      b.condition = node(x.parts[i]);
      add_rows(x.parts[i], b.asked, depth + 1);
      add_rows(x.parts[i - 1], b.then, depth + 1);
    }
    add_rows(x.parts.back(), step.choice.emplace_back().then, depth + 1);
    out.push_back(std::move(step));
  }

  std::int32_t source_of(const expression& x, const aggregate_trace& trace) {
    row_source s;
    s.table = trace.table;
    s.known = plan_.table_known[static_cast<std::size_t>(trace.table)];
    s.chosen = trace.chosen, s.first_day = trace.first_day, s.last_day = trace.last_day;
    read_columns(x, s.columns);
    // Of a spell, people want to see when it ended, whether or not the rule asked.
    const auto& t = p_.schema.tables[static_cast<std::size_t>(trace.table)];
    if (t.is_interval() && std::find(s.columns.begin(), s.columns.end(), t.end) == s.columns.end()) s.columns.push_back(t.end);
    const auto same = std::find_if(out_.sources.begin(), out_.sources.end(), [&](const row_source& o) {
      return o.table == s.table && o.chosen == s.chosen && o.first_day == s.first_day && o.last_day == s.last_day && o.columns == s.columns;
    });
    if (same != out_.sources.end()) return static_cast<std::int32_t>(same - out_.sources.begin());
    out_.sources.push_back(std::move(s));
    return static_cast<std::int32_t>(out_.sources.size() - 1);
  }

  // The columns of its table that a selection or measure read, but for the time.
  void read_columns(const expression& x, std::vector<std::int32_t>& out) const {
    std::vector<expression_id> todo = x.parts;
    std::int32_t table = -1;
    if (x.op == operation::aggregate) {
      const auto& s = p_.selections[static_cast<std::size_t>(x.selection)];
      table = s.table;
      todo.insert(todo.end(), s.conditions.begin(), s.conditions.end());
    } else {
      const auto& m = p_.measures[static_cast<std::size_t>(x.index)];
      table = m.table;
      todo.push_back(m.formula);
      todo.insert(todo.end(), m.conditions.begin(), m.conditions.end());
    }
    while (!todo.empty()) {
      const auto& y = p_[todo.back()];
      todo.pop_back();
      if (y.op == operation::column && y.at == row_of::row) {
        const auto c = y.via >= 0 ? y.via : y.column;
        if (c != p_.schema.tables[static_cast<std::size_t>(table)].time && std::find(out.begin(), out.end(), c) == out.end()) out.push_back(c);
      }
      if (y.op == operation::fact && y.at == row_of::row) todo.push_back(p_.facts[static_cast<std::size_t>(y.index)].value);
      if (y.op == operation::aggregate && y.selection >= 0 && p_.selections[static_cast<std::size_t>(y.selection)].table == table) {
        const auto& own = p_.selections[static_cast<std::size_t>(y.selection)].conditions;
        todo.insert(todo.end(), own.begin(), own.end());
      }
      if (y.op != operation::aggregate || y.selection < 0 || p_.selections[static_cast<std::size_t>(y.selection)].table == table) todo.insert(todo.end(), y.parts.begin(), y.parts.end());
    }
    std::sort(out.begin(), out.end());
  }

  // --- the slice

  template <class Each>
  static void each_step(std::vector<row_step>& steps, const Each& each) {
    for (auto& s : steps)
      for (auto& b : s.choice) {
        each(b.condition);
        each_step(b.asked, each);
        each_step(b.then, each);
      }
  }

  template <class Each>
  static void each_condition(told_condition& c, const Each& each) {
    each(c.truth);
    for (auto& v : c.values) each(v.node);
    each(c.left.node);
    each(c.right.node);
    each_step(c.rows, each);
    for (auto& part : c.parts) each_condition(part, each);
  }

  // Every node that is asked.
  template <class Each>
  void each_node(const Each& each) {
    each(out_.outcome);
    for (auto& c : out_.clauses) each_condition(c, each);
    for (auto& s : out_.sources) each(s.known), each(s.chosen), each(s.first_day), each(s.last_day);
    for (auto& v : out_.because.values) each(v.node);
    for (auto& a : out_.actions)
      for (auto& v : a.values) each(v.node);
  }

  void cut() {
    std::vector<plan_node_id> wanted;
    each_node([&](plan_node_id id) { wanted.push_back(id); });
    out_.why.add_nodes(wanted);
    out_.cut = slice(plan_, wanted);
    const auto& place = out_.cut.place_of;
    each_node([&](plan_node_id& id) {
      if (id >= 0) id = place[static_cast<std::size_t>(id)];
    });
    out_.why.renumber(place);
    out_.cut.place_of = {};
    for (const auto& c : out_.clauses) add_looked_at(c);
  }

  void add_looked_at(const told_condition& c) {
    auto add = [&](const told_value& v) {
      if (v.is_fixed) return;
      if (std::none_of(out_.looked_at.begin(), out_.looked_at.end(), [&](const told_value& o) { return o.id == v.id; })) out_.looked_at.push_back(v);
    };
    add({c.id, c.truth, false, {}});
    for (const auto& v : c.values) add(v);
    for (const auto& part : c.parts) add_looked_at(part);
  }

  const plan& plan_;
  const program& p_;
  const rule& rule_;
  prepared_rule out_;
  std::vector<expression_id> seen_;
};

}  // namespace

prepared_rule prepare(const plan& lowered, std::int32_t index) { return preparer(lowered, lowered.program->rules[static_cast<std::size_t>(index)]).run(index); }

}  // namespace earlysight::explaining
