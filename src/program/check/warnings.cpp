// SPDX-License-Identifier: Apache-2.0
// Warnings: what is allowed and probably not meant. Each can be silenced in a rule with `allow CODE because "…"`.
#include "checker.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>

namespace earlysight::checking {
namespace {

// Looks at a checked program for one rule or fact at a time.
class inspector {
 public:
  explicit inspector(const program& p) : p_(p) {}

  // Whether a value may be nothing: known to be none.
  bool may_be_nothing(expression_id id, int depth = 0) const {
    if (id < 0 || depth > 50) return false;
    const auto& e = p_[id];
    auto any_part = [&] { return std::any_of(e.parts.begin(), e.parts.end(), [&](expression_id x) { return may_be_nothing(x, depth + 1); }); };
    switch (e.op) {
      case operation::column: {
        if (p_.schema.tables[e.table].columns[e.column].empty != empty_cell::not_known) return true;
        if (e.via < 0) return false;
        const auto& base = p_.schema.tables[e.at == row_of::child ? p_.schema.child : e.table];
        return e.via < static_cast<std::int32_t>(base.columns.size()) && base.columns[e.via].empty == empty_cell::none;
      }
      case operation::fact: return may_be_nothing(p_.facts[e.index].value, depth + 1);
      case operation::measure: return may_be_nothing(p_.measures[e.index].formula, depth + 1);
      case operation::aggregate:
        return e.over == aggregation::latest || e.over == aggregation::earliest || e.over == aggregation::highest || e.over == aggregation::lowest;
      case operation::add:
      case operation::subtract:
      case operation::multiply:
      case operation::divide:
      case operation::date_add:
      case operation::date_subtract:
      case operation::elapsed: return any_part();
      case operation::choice:
        for (std::size_t i = 0; i < e.parts.size(); i += i + 2 < e.parts.size() ? 2 : 1)
          if (may_be_nothing(e.parts[i], depth + 1)) return true;
        return false;
      default: return false;
    }
  }

  // Visits an expression and all it is made of here: parts, selections, windows; not into facts and measures.
  void each(expression_id root, const std::function<void(expression_id)>& visit) const {
    std::vector<expression_id> todo{root};
    while (!todo.empty()) {
      const auto id = todo.back();
      todo.pop_back();
      if (id < 0) continue;
      visit(id);
      const auto& e = p_[id];
      todo.insert(todo.end(), e.parts.begin(), e.parts.end());
      auto window = [&](std::int32_t w) {
        if (w >= 0 && p_.windows[w].date >= 0) todo.push_back(p_.windows[w].date);
      };
      if (e.op == operation::aggregate && e.selection >= 0) {
        const auto& s = p_.selections[e.selection];
        todo.insert(todo.end(), s.conditions.begin(), s.conditions.end());
        window(s.window);
      }
      if (e.op == operation::measure || e.op == operation::trend) window(e.window);
    }
  }

  // The truth of a condition for a child about whom nothing is known; -1 not known.
  int of_nobody(expression_id id, int depth = 0) const {
    if (id < 0) return 1;
    if (depth > 100) return -1;
    const auto& e = p_[id];
    auto part = [&](std::size_t i) { return of_nobody(e.parts[i], depth + 1); };
    switch (e.op) {
      case operation::constant: return e.value.truth ? 1 : 0;
      case operation::fact: return e.type.of == kind::truth ? of_nobody(p_.facts[e.index].value, depth + 1) : -1;
      case operation::is_known: return comes_from_data(e.parts[0]) ? 0 : 1;
      case operation::known_that: return part(0) == 1;
      case operation::negation: {
        const int t = part(0);
        return t < 0 ? -1 : 1 - t;
      }
      case operation::conjunction:
      case operation::disjunction:
      case operation::none_of:
      case operation::at_least_of: {
        int yes = 0, perhaps = 0;
        for (std::size_t i = 0; i < e.parts.size(); ++i) {
          const int t = part(i);
          yes += t == 1, perhaps += t < 0;
        }
        const int all = static_cast<int>(e.parts.size());
        if (e.op == operation::conjunction) return yes == all ? 1 : yes + perhaps < all ? 0 : -1;
        if (e.op == operation::disjunction) return yes > 0 ? 1 : perhaps > 0 ? -1 : 0;
        if (e.op == operation::none_of) return yes > 0 ? 0 : perhaps > 0 ? -1 : 1;
        return yes >= e.count ? 1 : yes + perhaps < e.count ? 0 : -1;
      }
      default: return -1;
    }
  }

  bool comes_from_data(expression_id root) const {
    bool found = false;
    each(root, [&](expression_id id) {
      const auto& e = p_[id];
      found = found || e.op == operation::column || e.op == operation::aggregate || e.op == operation::measure || e.op == operation::trend ||
              (e.op == operation::fact && comes_from_data(p_.facts[e.index].value));
    });
    return found;
  }

  // Conditions that must all hold, facts of truth opened.
  void conjuncts(expression_id id, std::vector<expression_id>& out, int depth = 0) const {
    if (id < 0 || depth > 50) return;
    const auto& e = p_[id];
    if (e.op == operation::conjunction) {
      for (auto part : e.parts) conjuncts(part, out, depth + 1);
    } else if (e.op == operation::fact && e.type.of == kind::truth && p_.facts[e.index].table < 0) {
      conjuncts(p_.facts[e.index].value, out, depth + 1);
    } else {
      out.push_back(id);
    }
  }

  // Two conditions of a conjunction that no child can meet together, or -1.
  expression_id contradiction(const std::vector<expression_id>& all) const {
    struct limits_of {
      double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
      std::int32_t code = -1;
    };
    std::map<std::vector<std::int32_t>, limits_of> known;
    for (auto id : all) {
      const auto& e = p_[id];
      if (e.op != operation::compare) continue;
      const auto &x = p_[e.parts[0]], &v = p_[e.parts[1]];
      if (v.op != operation::constant) continue;
      std::vector<std::int32_t> name;
      if (x.op == operation::column && x.at == row_of::child) name = {0, x.table, x.column, x.via};
      else if (x.op == operation::fact && x.at == row_of::child) name = {1, x.index};
      else continue;
      auto& k = known[name];
      if (x.type.of == kind::number) {
        if (e.test != comparison::less && e.test != comparison::less_equal) k.low = std::max(k.low, v.value.number);
        if (e.test != comparison::greater && e.test != comparison::greater_equal) k.high = std::min(k.high, v.value.number);
        const bool open = (e.test == comparison::less || e.test == comparison::greater) && k.low == k.high;
        if (k.low > k.high + 1e-9 || open) return id;
      } else if (x.type.of == kind::category) {
        if (k.code >= 0 && k.code != v.value.code) return id;
        k.code = v.value.code;
      }
    }
    return -1;
  }

 private:
  const program& p_;
};

}  // namespace

void checker::add_warnings() {
  const inspector look(out_);
  const auto& own_files = text_.units.empty() ? std::vector<std::uint32_t>{} : text_.units[0].files;
  auto is_own = [&](span where) { return std::find(own_files.begin(), own_files.end(), where.file) != own_files.end(); };
  auto allowed = [](const rule& r, const char* code) { return std::any_of(r.allowances.begin(), r.allowances.end(), [&](const allowance& a) { return a.code == code; }); };
  auto warn = [&](const char* code, span where, std::string message, std::string mend) { diagnostics_.push_back({code, severity::warning, where, std::move(message), std::move(mend), {}}); };

  // Conditions with the rules that may silence what is said of them: a rule's own, and those of facts, which every rule that names them may.
  struct subject {
    std::vector<expression_id> roots;
    std::vector<const rule*> owners;
    span where;
  };
  std::vector<subject> subjects;
  std::vector<std::vector<const rule*>> rules_of_fact(out_.facts.size());
  std::vector<bool> fact_used(out_.facts.size()), param_used(out_.params.size()), rule_has_example(out_.rules.size());
  auto use = [&](expression_id root, const rule* by) {
    look.each(root, [&](expression_id id) {
      const auto& e = out_.expressions[id];
      if (e.op == operation::fact) {
        fact_used[e.index] = true;
        if (by) rules_of_fact[e.index].push_back(by);
      }
      if (e.op == operation::param) param_used[e.index] = true;
    });
  };
  for (const auto& r : out_.rules) {
    for (auto id : {r.for_, r.when, r.unless}) use(id, &r);
    for (auto id : r.because.values) use(id, nullptr);
    for (const auto& a : r.actions)
      for (auto id : a.text.values) use(id, nullptr);
    if (is_own(r.where)) subjects.push_back({{r.for_, r.when, r.unless}, {&r}, r.where});
  }
  for (const auto& f : out_.facts) use(f.value, nullptr);
  for (const auto& m : out_.measures) {
    use(m.formula, nullptr);
    for (auto c : m.conditions) use(c, nullptr);
  }
  for (const auto& w : out_.windows)
    for (const auto* l : {&w.first, &w.second})
      if (l->param >= 0) param_used[l->param] = true;
  for (const auto& ex : out_.examples)
    for (const auto& x : ex.expects) {
      if (x.of <= expectation::what::says) rule_has_example[x.index] = true;
      if (x.of >= expectation::what::value) fact_used[x.index] = true;
    }
  for (std::size_t i = 0; i < out_.facts.size(); ++i)
    if (is_own(out_.facts[i].where)) subjects.push_back({{out_.facts[i].value}, rules_of_fact[i], out_.facts[i].where});

  for (std::size_t i = 0; i < out_.rules.size(); ++i) {
    const auto& r = out_.rules[i];
    if (!is_own(r.where)) continue;
    std::vector<expression_id> all;
    look.conjuncts(r.for_, all);
    look.conjuncts(r.when, all);
    if (const auto bad = look.contradiction(all); bad >= 0 && !allowed(r, "W0101"))
      warn("W0101", out_.expressions[bad].where, "no child can ever meet this together with the conditions before it, so `" + r.name + "` never fires", "look at both conditions; did you mean `or`?");
    if (look.of_nobody(r.for_) == 1 && look.of_nobody(r.when) == 1 && (r.unless < 0 || look.of_nobody(r.unless) == 0) && !allowed(r, "W0102"))
      warn("W0102", r.where, "`" + r.name + "` fires for a child about whom nothing is known", "add what must be known, or `allow W0102 because \"…\"` if that is what the rule is for");
    if (!rule_has_example[i] && !allowed(r, "W0108")) warn("W0108", r.where, "no example says what `" + r.name + "` does", "add an `example` in which it fires, and one in which it is silent");
  }

  for (const auto& s : subjects) {
    auto silenced = [&](const char* code) { return std::any_of(s.owners.begin(), s.owners.end(), [&](const rule* r) { return allowed(*r, code); }); };
    // `no` around a date that may be nothing: satisfied by what was said before it of that date.
    auto look_at_list = [&](const std::vector<expression_id>& list) {
      for (std::size_t i = 0; i < list.size(); ++i) {
        const auto& e = out_.expressions[list[i]];
        if (e.op != operation::aggregate || e.over != aggregation::no) continue;
        const auto w = out_.selections[e.selection].window;
        if (w < 0 || out_.windows[w].date < 0 || !look.may_be_nothing(out_.windows[w].date)) continue;
        // Every column and fact in the date that may be nothing must have been spoken of before.
        bool said = true;
        look.each(out_.windows[w].date, [&](expression_id leaf) {
          const auto& d = out_.expressions[leaf];
          if ((d.op != operation::column && d.op != operation::fact) || !look.may_be_nothing(leaf)) return;
          // `is known` says nothing here: what is nothing is known too.
          bool spoken_of = false;
          std::vector<expression_id> only_known;
          for (std::size_t before = 0; before < i; ++before)
            look.each(list[before], [&](expression_id id) {
              const auto& x = out_.expressions[id];
              const bool through = std::find(only_known.begin(), only_known.end(), id) != only_known.end();
              if (x.op == operation::is_known || through) only_known.insert(only_known.end(), x.parts.begin(), x.parts.end());
              spoken_of = spoken_of || (!through && (x.op == d.op && (x.op == operation::column ? x.column == d.column && x.table == d.table : x.index == d.index)));
            });
          said = said && spoken_of;
        });
        if (!said && !silenced("W0104"))
          warn("W0104", e.where, "the date of this window may be nothing, and then there is no row around it: `no` is true", "say before it that there is one: `" + sources_.one_line(out_.expressions[out_.windows[w].date].where) + " is on or before today`");
      }
    };
    for (auto root : s.roots) {
      if (root < 0) continue;
      std::vector<expression_id> top;
      look.conjuncts(root, top);
      look_at_list(top);
      look.each(root, [&](expression_id id) {
        const auto& e = out_.expressions[id];
        if (e.op == operation::aggregate && e.selection >= 0) look_at_list(out_.selections[e.selection].conditions);
        if (e.op == operation::negation && !silenced("W0103")) {
          const auto& c = out_.expressions[e.parts[0]];
          const bool comparison_ = c.op == operation::compare || c.op == operation::between || c.op == operation::gap || c.op == operation::within_last || c.op == operation::within_next;
          // `is not` is meant so; `not X is at least …` of nothing is true, which is seldom meant.
          if (comparison_ && !(c.where == e.where) && !(c.op == operation::compare && c.test == comparison::equal) && std::any_of(c.parts.begin(), c.parts.end(), [&](expression_id x) { return look.may_be_nothing(x); }))
            warn("W0103", e.where, "this `not` is true also where there is nothing to compare", "say the opposite comparison, or add `… is none` where that is meant");
        }
        if (e.op == operation::column && !silenced("W0106") && out_.schema.tables[e.table].columns[e.column].is_protected)
          warn("W0106", e.where, "`" + out_.schema.tables[e.table].columns[e.column].name + "` is a protected characteristic: reports compare outcomes by it, and a rule seldom may use it", "leave it out, or say why with `allow W0106 because \"…\"`");
      });
    }
  }

  if (!text_.units.empty()) {
    for (auto item : text_.units[0].items) {
      const auto kind = at(item).kind;
      if (kind != node_kind::rule_item && kind != node_kind::fact_item) continue;
      const auto name = words(parts(item)[0]);
      bool quiet = false;
      const auto r = std::lower_bound(out_.rules.begin(), out_.rules.end(), name, [](const rule& x, std::string_view n) { return x.name < n; });
      if (r != out_.rules.end() && r->name == name) quiet = allowed(*r, "W0105");
      std::vector<node_id> todo(parts(item).begin(), parts(item).end());
      while (!todo.empty() && !quiet) {
        const auto id = todo.back();
        todo.pop_back();
        for (auto child : parts(id)) {
          if (at(id).kind == node_kind::disjunction && at(child).kind == node_kind::conjunction)
            warn("W0105", at(child).where, "`and` stands beside `or` without parentheses: `and` binds first", "put parentheses around this part, or around the `or`");
          todo.push_back(child);
        }
      }
    }
    // A pack without rules and flags is there for others to use: nothing of it is left over.
    const bool for_others = std::none_of(text_.units[0].items.begin(), text_.units[0].items.end(), [&](node_id item) { return at(item).kind == node_kind::rule_item || at(item).kind == node_kind::flag_item; });
    for (std::size_t i = 0; i < out_.facts.size() && !for_others; ++i)
      if (!fact_used[i] && is_own(out_.facts[i].where)) warn("W0107", out_.facts[i].where, "no rule, fact or text uses the fact `" + out_.facts[i].name + "`", "use it, or leave it out");
    for (std::size_t i = 0; i < out_.params.size() && !for_others; ++i)
      if (!param_used[i] && is_own(out_.params[i].where)) warn("W0107", out_.params[i].where, "nothing uses the param `" + out_.params[i].name + "`", "use it, or leave it out");
  }
}

}  // namespace earlysight::checking
