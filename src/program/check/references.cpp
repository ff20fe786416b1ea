// SPDX-License-Identifier: Apache-2.0
// What names what, so that facts, measures and rules are worked out after all that they need, and a cycle is found before it
// is followed. Names are resolved here as in the expressions, but without kinds.
#include "../dependency.hpp"
#include "checker.hpp"

#include <earlysight/text/limits.hpp>

#include <algorithm>

namespace earlysight::checking {
namespace {

// A way through the tree that resolves names: one for facts, measures and rules alike.
class reference_finder {
 public:
  reference_finder(const syntax_tree& tree, const source_map& sources, const program& program, const std::unordered_map<std::string, symbol>& symbols,
                   const std::unordered_map<std::string, std::string>& replaced_by, const std::vector<node_id>& fact_nodes)
      : tree_(tree), sources_(sources), program_(program), symbols_(symbols), replaced_by_(replaced_by), fact_nodes_(fact_nodes) {}

  std::vector<std::pair<symbol_kind, std::int32_t>> found;

  void visit(node_id id, const scope& s) {
    const auto& n = tree_[id];
    const auto parts = tree_.children_of(id);
    switch (n.kind) {
      case node_kind::name: name(words(id), s); return;
      case node_kind::possessive: possessive(id, s); return;
      case node_kind::windowed:
      case node_kind::trend:
        named(words(parts[0]));
        if (parts.size() > 1) visit_window(parts[1], s, -1);
        return;
      case node_kind::rule_fires:
        named(words(parts[0]));
        return;
      case node_kind::flag_raised:
        named(words(parts[0]));
        return;
      case node_kind::not_yet: return;
      case node_kind::is_value:
      case node_kind::is_not_value:
      case node_kind::is_one_of:
      case node_kind::is_not_one_of: {
        visit(parts[0], s);
        const bool category = is_category(parts[0], s, 0);
        for (auto p : parts.subspan(1))
          if (!category || tree_[p].kind != node_kind::name) visit(p, s);
        return;
      }
      case node_kind::selection: selection(id, s, no_node); return;
      case node_kind::count_different:
      case node_kind::total:
      case node_kind::average:
      case node_kind::highest:
      case node_kind::lowest:
      case node_kind::latest:
      case node_kind::earliest: selection(parts[1], s, parts[0]); return;
      case node_kind::nth_earliest:
      case node_kind::nth_latest: selection(parts[2], s, parts[1]); return;
      default:
        for (auto p : parts) visit(p, s);
    }
  }

 private:
  std::string_view words(node_id id) const { return sources_.text(tree_[id].where); }
  const symbol* find(std::string_view name) const {
    const auto at = symbols_.find(std::string(name));
    return at == symbols_.end() ? nullptr : &at->second;
  }
  bool has_column(std::int32_t table, std::string_view name) const { return table >= 0 && program_.schema.tables[table].find(name) >= 0; }

  void named(std::string_view name) {
    auto text = std::string(name);
    for (std::size_t i = 0; i <= replaced_by_.size(); ++i) {
      const auto at = replaced_by_.find(text);
      if (at == replaced_by_.end()) break;
      text = at->second;
    }
    if (const auto* s = find(text)) found.emplace_back(s->of, s->index);
  }

  void name(std::string_view name, const scope& s) {
    if (has_column(s.row, name)) return;
    const auto* symbol = find(name);
    const bool row_fact = symbol && symbol->of == symbol_kind::fact && program_.facts[symbol->index].table >= 0;
    if (!row_fact && has_column(program_.schema.child, name)) return;
    if (symbol) found.emplace_back(symbol->of, symbol->index);
  }

  void possessive(node_id id, const scope& s) {
    const auto parts = tree_.children_of(id);
    const auto base = words(parts[0]);
    for (auto table : {s.row, s.outer, s.window_row})
      if (table >= 0 && program_.schema.tables[table].name == base && !has_column(table, words(parts[1]))) named(words(parts[1]));
  }

  std::int32_t table_of(node_id selection_name) const {
    auto name = words(selection_name);
    auto index = program_.schema.find(name);
    if (index < 0 && name.size() > 1 && name.back() == 's') index = program_.schema.find(name.substr(0, name.size() - 1));
    return index;
  }

  void visit_window(node_id id, const scope& s, std::int32_t) {
    scope w;
    w.window_row = s.row;
    for (auto p : tree_.children_of(id)) {
      const auto k = tree_[p].kind;
      const bool is_length = k == node_kind::quantity || (k == node_kind::name && (tree_[id].kind == node_kind::in_last || tree_[id].kind == node_kind::from_to));
      if (is_length) continue;
      if (tree_[id].kind == node_kind::starting || tree_[id].kind == node_kind::ending) visit_window(p, s, -1);
      else visit(p, w);
    }
  }

  static bool is_window(node_kind k) {
    return (k >= node_kind::starting && k <= node_kind::in_after) || (k >= node_kind::this_term && k <= node_kind::last_year);
  }

  void selection(node_id id, const scope& s, node_id value) {
    const auto parts = tree_.children_of(id);
    scope inside;
    inside.row = table_of(parts[0]);
    inside.outer = s.row;
    if (value != no_node) name(words(value), inside);
    for (auto p : parts.subspan(1)) {
      if (is_window(tree_[p].kind)) visit_window(p, s, -1);
      else visit(p, inside);
    }
  }

  // Whether a bare name after `is` means one of a category's values.
  bool is_category(node_id id, const scope& s, int depth) const {
    if (depth > limits::nesting) return false;
    const auto parts = tree_.children_of(id);
    auto category_column = [&](std::int32_t table, std::string_view name) {
      if (table < 0) return -1;
      const auto c = program_.schema.tables[table].find(name);
      return c < 0 ? -1 : program_.schema.tables[table].columns[c].type == column_type::category ? 1 : 0;
    };
    auto of_fact = [&](std::string_view name) {
      const auto* symbol = find(name);
      if (!symbol || symbol->of != symbol_kind::fact) return false;
      const auto node = fact_nodes_[symbol->index];
      scope inner;
      inner.row = program_.facts[symbol->index].table;
      for (auto p : tree_.children_of(node))
        if (tree_[p].kind != node_kind::name && tree_[p].kind != node_kind::of_table && tree_[p].kind != node_kind::text) return is_category(p, inner, depth + 1);
      // A fact that is another name: its value is the second name of the item.
      const auto children = tree_.children_of(node);
      for (std::size_t i = 1; i < children.size(); ++i)
        if (tree_[children[i]].kind == node_kind::name) return is_category(children[i], inner, depth + 1);
      return false;
    };
    switch (tree_[id].kind) {
      case node_kind::name: {
        const auto name = words(id);
        for (auto table : {s.row, program_.schema.child})
          if (const auto c = category_column(table, name); c >= 0) return c == 1;
        return of_fact(name);
      }
      case node_kind::possessive: {
        const auto base = words(parts[0]), column = words(parts[1]);
        for (auto table : {s.row, s.outer, s.window_row})
          if (table >= 0 && program_.schema.tables[table].name == base) return category_column(table, column) == 1 || of_fact(column);
        for (auto table : {s.row, program_.schema.child}) {
          if (table < 0) continue;
          const auto c = program_.schema.tables[table].find(base);
          if (c >= 0) return category_column(program_.schema.tables[table].columns[c].ref_table, column) == 1;
        }
        return false;
      }
      case node_kind::latest:
      case node_kind::earliest:
      case node_kind::nth_latest:
      case node_kind::nth_earliest: {
        const auto column = parts[parts.size() - 2], selected = parts[parts.size() - 1];
        const auto table = table_of(tree_.children_of(selected)[0]);
        const auto c = category_column(table, words(column));
        return c >= 0 ? c == 1 : of_fact(words(column));
      }
      case node_kind::parenthesis: return is_category(parts[0], s, depth + 1);
      default: return false;
    }
  }

  const syntax_tree& tree_;
  const source_map& sources_;
  const program& program_;
  const std::unordered_map<std::string, symbol>& symbols_;
  const std::unordered_map<std::string, std::string>& replaced_by_;
  const std::vector<node_id>& fact_nodes_;
};

}  // namespace

void checker::order_everything() {
  const auto facts = static_cast<std::int32_t>(out_.facts.size()), measures = static_cast<std::int32_t>(out_.measures.size()),
             rules = static_cast<std::int32_t>(out_.rules.size()), flags = static_cast<std::int32_t>(out_.flags.size());
  const auto first_measure = facts, first_rule = facts + measures, first_flag = first_rule + rules;
  std::vector<std::pair<std::int32_t, std::int32_t>> edges;
  auto number = [&](symbol_kind of, std::int32_t index) {
    switch (of) {
      case symbol_kind::fact: return index;
      case symbol_kind::measure: return first_measure + index;
      case symbol_kind::rule: return first_rule + index;
      case symbol_kind::flag: return first_flag + index;
      default: return -1;
    }
  };
  auto collect = [&](std::int32_t from, const std::vector<node_id>& roots, const scope& s) {
    reference_finder finder(tree_, sources_, out_, symbols_, replaced_by_, fact_nodes_);
    for (auto r : roots) finder.visit(r, s);
    std::sort(finder.found.begin(), finder.found.end());
    finder.found.erase(std::unique(finder.found.begin(), finder.found.end()), finder.found.end());
    for (auto [of, index] : finder.found)
      if (const auto to = number(of, index); to >= 0) edges.emplace_back(from, to);
  };
  for (std::int32_t i = 0; i < facts; ++i) {
    const auto children = parts(fact_nodes_[i]);
    scope s;
    std::vector<node_id> roots;
    for (auto p : children.subspan(1)) {
      if (at(p).kind == node_kind::of_table) {
        s.row = out_.facts[i].table;
        s.row_fact = true;
      } else if (roots.empty()) {
        roots.push_back(p);
      }
    }
    collect(i, roots, s);
  }
  for (std::int32_t i = 0; i < measures; ++i) {
    const auto children = parts(measure_nodes_[i]);
    scope s;
    s.row = out_.schema.find(words(children[2]));
    collect(first_measure + i, {children.begin() + 1, children.begin() + 2}, s);
    for (auto p : children.subspan(3))
      if (at(p).kind == node_kind::where_condition) collect(first_measure + i, {p}, s);
  }
  raisers_.assign(static_cast<std::size_t>(flags), {});
  for (std::int32_t i = 0; i < rules; ++i) {
    if (left_out_.contains(out_.rules[i].name) || replaced_by_.contains(out_.rules[i].name)) continue;
    std::vector<node_id> roots;
    for (auto p : parts(rule_nodes_[i])) {
      const auto k = at(p).kind;
      if (k == node_kind::for_part || k == node_kind::when_part || k == node_kind::unless_part) roots.push_back(p);
      if (k == node_kind::raise_part)
        if (const auto* f = find(words(parts(p)[0])); f && f->of == symbol_kind::flag) {
          edges.emplace_back(first_flag + f->index, first_rule + i);
          raisers_[f->index].push_back(i);
        }
    }
    collect(first_rule + i, roots, {});
  }

  // Numbered by kind, not by place: a cycle is told from the item that stands first.
  auto place_of = [&](std::int32_t v) {
    return v < first_measure ? out_.facts[v].where : v < first_rule ? out_.measures[v - first_measure].where : v < first_flag ? out_.rules[v - first_rule].where : out_.flags[v - first_flag].where;
  };
  auto name_of = [&](std::int32_t v) -> const std::string& {
    return v < first_measure ? out_.facts[v].name : v < first_rule ? out_.measures[v - first_measure].name : v < first_flag ? out_.rules[v - first_rule].name : out_.flags[v - first_flag].name;
  };
  const auto total = first_flag + flags;
  auto ordered = order_dependencies(total, edges);
  in_cycle_facts_.assign(static_cast<std::size_t>(facts), false);
  in_cycle_measures_.assign(static_cast<std::size_t>(measures), false);
  in_cycle_rules_.assign(static_cast<std::size_t>(rules), false);
  for (auto& cycle : ordered.cycles) {
    if (cycle.empty()) continue;
    std::size_t first = cycle.size();
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      if (cycle[i] >= first_flag) continue;
      auto key = [&](std::int32_t v) { return std::pair(place_of(v).file, place_of(v).begin); };
      if (first == cycle.size() || key(cycle[i]) < key(cycle[first])) first = i;
    }
    std::rotate(cycle.begin(), cycle.begin() + static_cast<std::ptrdiff_t>(first), cycle.end());
    std::string way;
    for (auto v : cycle) way += "`" + name_of(v) + "` needs ";
    way += "`" + name_of(cycle.front()) + "`";
    if (cycle.size() == 1) way = "`" + name_of(cycle.front()) + "` needs itself";
    auto& d = error("E0208", place_of(cycle.front()), "this goes round in a circle: " + way, "leave one of these steps out");
    for (std::size_t i = 0; i < cycle.size(); ++i)
      d.related.push_back({place_of(cycle[i]), "`" + name_of(cycle[i]) + "` needs `" + name_of(cycle[(i + 1) % cycle.size()]) + "`"});
    for (auto v : cycle) {
      if (v < first_measure) in_cycle_facts_[v] = true;
      else if (v < first_rule) in_cycle_measures_[v - first_measure] = true;
      else if (v < first_flag) in_cycle_rules_[v - first_rule] = true;
    }
  }
  for (auto v : ordered.order) {
    if (v < first_measure) {
      if (!in_cycle_facts_[v]) check_fact(fact_nodes_[v]);
      out_.order.push_back({evaluation_step::what::fact, v});
    } else if (v < first_rule) {
      if (!in_cycle_measures_[v - first_measure]) check_measure(measure_nodes_[v - first_measure]);
    } else if (v < first_flag) {
      const auto r = v - first_rule;
      if (!left_out_.contains(out_.rules[r].name) && !replaced_by_.contains(out_.rules[r].name)) {
        if (!in_cycle_rules_[r]) check_rule(rule_nodes_[r]);
        out_.order.push_back({evaluation_step::what::rule, r});
      }
    }
  }
}

}  // namespace earlysight::checking
