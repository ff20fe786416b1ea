// SPDX-License-Identifier: Apache-2.0
#include <earlysight/program/check.hpp>

#include "checker.hpp"

#include <earlysight/syntax/parse.hpp>
#include <earlysight/text/nearest.hpp>

#include <algorithm>
#include <numeric>

namespace earlysight {
namespace checking {

checker::checker(const pack_text& text, std::vector<diagnostic>& diagnostics) : text_(text), tree_(text.tree), sources_(*text.sources), diagnostics_(diagnostics) {
  for (const auto& d : tree_.damaged) {
    for (const auto& name : d.names) {
      if (name == "*") anything_may_be_damaged_ = true;
      damaged_names_.insert(name);
    }
  }
  for (const auto& u : text.units)
    for (const auto& used : u.uses)
      if (used.unit < 0) anything_may_be_damaged_ = true;  // what it would have brought is not called unknown
}

program checker::run() {
  out_.sources = text_.sources;
  out_.digest = text_.digest;
  declare_all();
  for (auto& u : text_.units) {
    for (auto id : u.items) {
      if (at(id).kind != node_kind::flag_item) continue;
      const auto in = parts_of(id, node_kind::in_theme);
      const auto* flag = find(words(parts(id)[0]));
      if (in.empty() || !flag || flag->of != symbol_kind::flag) continue;
      const auto name = parts(in[0])[0];
      const auto* theme = find(words(name));
      if (theme && theme->of == symbol_kind::theme) out_.flags[flag->index].theme = theme->index;
      else unknown("E0206", at(name).where, "no theme", words(name), names_of({symbol_kind::theme}));
    }
  }
  apply_uses();
  find_replacements();
  check_known_when();
  order_everything();
  for (std::size_t i = 0; i < out_.rules.size(); ++i)
    if (!in_cycle_rules_[i] && !left_out_.contains(out_.rules[i].name) && !replaced_by_.contains(out_.rules[i].name)) check_texts(static_cast<std::int32_t>(i));
  if (!text_.units.empty())
    for (auto id : text_.units[0].items)
      if (at(id).kind == node_kind::example_item) check_example(id);
  if (!has_errors(diagnostics_)) {
    sort_by_name();
    add_warnings();
  }
  sort_diagnostics(diagnostics_);
  return std::move(out_);
}

std::set<std::string> checker::names_in_unit(std::int32_t unit, symbol_kind of) const {
  std::set<std::string> names;
  std::set<std::int32_t> seen;
  std::vector<std::int32_t> todo{unit};
  const auto item = of == symbol_kind::param ? node_kind::param_item : node_kind::rule_item;
  while (!todo.empty()) {
    const auto u = todo.back();
    todo.pop_back();
    if (u < 0 || !seen.insert(u).second) continue;
    for (auto id : text_.units[u].items)
      if (at(id).kind == item) names.emplace(words(parts(id)[0]));
    for (const auto& used : text_.units[u].uses) todo.push_back(used.unit);
  }
  return names;
}

// `with` values by distance from the pack that is asked for: the outer goes before the inner.
void checker::apply_uses() {
  struct given {
    std::int32_t depth;
    literal value;
    span where;
  };
  std::map<std::int32_t, given> values;
  std::vector<std::int32_t> depth(text_.units.size(), -1);
  std::vector<std::int32_t> queue;
  if (!depth.empty()) depth[0] = 0, queue.push_back(0);
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const auto u = queue[i];
    for (const auto& used : text_.units[u].uses) {
      if (used.unit >= 0 && depth[used.unit] < 0) depth[used.unit] = depth[u] + 1, queue.push_back(used.unit);
      const auto children = parts(used.item);
      for (auto part : children.subspan(1)) {
        if (used.unit < 0) break;
        const auto name_node = at(part).kind == node_kind::use_value ? parts(part)[0] : part;
        const auto name = std::string(words(name_node));
        if (at(part).kind == node_kind::use_value) {
          const auto known = names_in_unit(used.unit, symbol_kind::param);
          if (!known.contains(name)) {
            unknown("E0211", at(name_node).where, "no param of the pack", name, {known.begin(), known.end()});
            continue;
          }
          auto& p = out_.params[find(name)->index];
          auto value = literal_of(parts(part)[1]);
          const bool fits = value.type.of == p.type.of && (p.type.of != kind::number || value.type.in == p.type.in || (is_plain(value.type.in) && is_plain(p.type.in)));
          if (p.type.of == kind::error || value.type.of == kind::error) continue;
          if (!fits) {
            const auto a = add(operation::constant, p.type, at(name_node).where), b = constant(value, at(parts(part)[1]).where);
            error("E0515", at(parts(part)[1]).where, "`" + name + "` is " + describe(p.type) + ", and this is " + describe(value.type), unit_mend(a, b, parts(part)[1])).related.push_back({p.where, "declared here"});
            continue;
          }
          value.type = p.type;
          const auto index = find(name)->index;
          const auto [found, fresh] = values.try_emplace(index, given{depth[u], value, at(part).where});
          if (!fresh && found->second.depth == depth[u] && !(found->second.value == value))
            error("E0522", at(part).where, "`" + name + "` is given two values", "give it one").related.push_back({found->second.where, "the other stands here"});
        } else {
          const auto known = names_in_unit(used.unit, symbol_kind::rule);
          if (!known.contains(name)) unknown("E0205", at(name_node).where, "no rule of the pack", name, {known.begin(), known.end()});
          else left_out_.emplace(name, at(part).where);
        }
      }
    }
  }
  for (auto& [index, g] : values) out_.params[index].values = {{g.value, std::nullopt}};
}

void checker::find_replacements() {
  std::unordered_map<std::string, node_id> first;
  std::vector<std::pair<std::int32_t, node_id>> all;
  for (std::size_t i = 0; i < rule_nodes_.size(); ++i)
    for (auto part : parts_of(rule_nodes_[i], node_kind::replaces)) all.emplace_back(static_cast<std::int32_t>(i), parts(part)[0]);
  std::sort(all.begin(), all.end(), [&](auto a, auto b) {
    const auto x = at(a.second).where, y = at(b.second).where;
    return std::pair(x.file, x.begin) < std::pair(y.file, y.begin);
  });
  for (auto [index, name_node] : all) {
    const auto name = std::string(words(name_node));
    const auto* found = find(name);
    if (!found || found->of != symbol_kind::rule) {
      unknown("E0205", at(name_node).where, "no rule", name, names_of({symbol_kind::rule}));
      continue;
    }
    const auto [other, fresh] = first.try_emplace(name, name_node);
    if (!fresh) {
      error("E0512", at(name_node).where, "two rules replace `" + name + "`: one rule takes the place of one rule", "let one of them replace the other").related.push_back({at(other->second).where, "the first stands here"});
      continue;
    }
    replaced_by_.emplace(name, out_.rules[index].name);
  }
  // A way that comes back to where it began.
  std::set<std::string> said;
  for (auto [index, name_node] : all) {
    const auto& start = out_.rules[index].name;
    if (said.contains(start) || replaced_by_.find(start) == replaced_by_.end()) continue;
    std::vector<std::string> way{start};
    auto at_name = start;
    bool round = false;
    for (std::size_t i = 0; i <= replaced_by_.size(); ++i) {
      const auto next = replaced_by_.find(at_name);
      if (next == replaced_by_.end()) break;
      at_name = next->second;
      if (at_name == start) {
        round = true;
        break;
      }
      way.push_back(at_name);
    }
    if (!round) continue;
    error("E0513", at(name_node).where, way.size() == 1 ? "`" + start + "` replaces itself" : "these rules replace one another in a circle: `" + start + "` comes back to itself", "leave one `replaces` out");
    for (const auto& w : way) said.insert(w);
  }
  for (const auto& name : said) replaced_by_.erase(name);
}

void checker::sort_by_name() {
  auto order_by_name = [](const auto& items) {
    std::vector<std::int32_t> order(items.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return items[a].name < items[b].name; });
    return order;
  };
  // Where each went; -1 for rules that do not run.
  auto rearrange = [](auto& items, const std::vector<std::int32_t>& order) {
    std::vector<std::int32_t> place(items.size(), -1);
    auto old = std::move(items);
    items.clear();
    for (auto i : order) {
      place[i] = static_cast<std::int32_t>(items.size());
      items.push_back(std::move(old[i]));
    }
    return place;
  };
  const auto facts = rearrange(out_.facts, order_by_name(out_.facts));
  const auto measures = rearrange(out_.measures, order_by_name(out_.measures));
  const auto themes = rearrange(out_.themes, order_by_name(out_.themes));
  const auto flags = rearrange(out_.flags, order_by_name(out_.flags));
  auto rule_order = order_by_name(out_.rules);
  std::erase_if(rule_order, [&](std::int32_t i) { return left_out_.contains(out_.rules[i].name) || replaced_by_.contains(out_.rules[i].name); });
  const auto rules = rearrange(out_.rules, rule_order);
  std::vector<std::int32_t> band_order(out_.bands.size());
  std::iota(band_order.begin(), band_order.end(), 0);
  std::sort(band_order.begin(), band_order.end(), [&](std::int32_t a, std::int32_t b) { return out_.bands[a].from < out_.bands[b].from; });
  const auto bands = rearrange(out_.bands, band_order);

  for (auto& f : out_.flags)
    if (f.theme >= 0) f.theme = themes[f.theme];
  for (auto& r : out_.rules)
    for (auto& raised : r.raises) raised.flag = flags[raised.flag];
  for (auto& e : out_.expressions) {
    if (e.index < 0) continue;
    switch (e.op) {
      case operation::fact: e.index = facts[e.index]; break;
      case operation::rule_fires: e.index = rules[e.index]; break;
      case operation::flag_raised: e.index = flags[e.index]; break;
      case operation::measure:
      case operation::trend: e.index = measures[e.index]; break;
      default: break;
    }
  }
  for (auto& step : out_.order) step.index = step.of == evaluation_step::what::fact ? facts[step.index] : rules[step.index];
  std::erase_if(out_.order, [](const evaluation_step& s) { return s.index < 0; });
  for (auto& ex : out_.examples) {
    for (auto& e : ex.expects) {
      using what = expectation::what;
      if (e.of <= what::says) e.index = rules[e.index];
      else if (e.of <= what::not_raised) e.index = flags[e.index];
      else if (e.of == what::band) e.index = bands[e.index];
      else if (e.of >= what::value) e.index = facts[e.index];
    }
  }
}

}  // namespace checking

program check(const pack_text& text, std::vector<diagnostic>& diagnostics) { return checking::checker(text, diagnostics).run(); }

std::optional<literal> read_param_value(const param& p, std::string_view text, std::string& message) {
  pack_text one;
  const auto file = one.sources->add(p.name, std::string(text));
  std::vector<diagnostic> diagnostics;
  const auto id = parse_literal(*one.sources, file, one.tree, diagnostics);
  literal value;
  if (id != no_node) value = checking::checker(one, diagnostics).read_literal(id);
  if (p.type.of == kind::text && value.type.of != kind::text) {
    value = {};
    value.type = text_type;
    value.text = text;
    return value;
  }
  const bool fits = value.type.of == p.type.of && !has_errors(diagnostics) &&
                    (p.type.of != kind::number || value.type.in == p.type.in || (is_plain(value.type.in) && is_plain(p.type.in)));
  if (!fits) {
    const char* shape = "a value";
    switch (p.type.of) {
      case kind::truth: shape = "`yes` or `no`"; break;
      case kind::date: shape = "a date such as `2025-06-20`"; break;
      case kind::duration: shape = "a length of time such as `18 weeks`"; break;
      case kind::number:
        shape = p.type.in == unit::percent ? "a percentage such as `90%`" : p.type.in == unit::points ? "points such as `5 points`" : p.type.in == unit::hours ? "hours such as `25 hours`" : p.type.in == unit::sessions ? "sessions such as `10 sessions`" : p.type.in == unit::pounds ? "pounds such as `15 pounds`" : "a number";
        break;
      default: break;
    }
    message = "the param " + p.name + " needs " + shape + ", and \"" + std::string(text) + "\" is not that";
    return std::nullopt;
  }
  value.type = p.type;
  return value;
}

std::int32_t program::find_rule(std::string_view name) const {
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (rules[i].name == name) return static_cast<std::int32_t>(i);
  return -1;
}
std::int32_t program::find_flag(std::string_view name) const {
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (flags[i].name == name) return static_cast<std::int32_t>(i);
  return -1;
}
std::int32_t program::find_fact(std::string_view name) const {
  for (std::size_t i = 0; i < facts.size(); ++i)
    if (facts[i].name == name) return static_cast<std::int32_t>(i);
  return -1;
}
std::int32_t program::find_param(std::string_view name) const {
  for (std::size_t i = 0; i < params.size(); ++i)
    if (params[i].name == name) return static_cast<std::int32_t>(i);
  return -1;
}

}  // namespace earlysight
