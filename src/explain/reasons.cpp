// SPDX-License-Identifier: Apache-2.0
#include "reasons.hpp"

#include <algorithm>

namespace earlysight::explaining {

bool is_group(const expression& x) {
  switch (x.op) {
    case operation::conjunction:
    case operation::disjunction:
    case operation::negation:
    case operation::known_that:
    case operation::at_least_of:
    case operation::none_of: return true;
    default: return false;
  }
}

reasons::reasons(const plan& lowered, const rule& r) {
  std::unordered_map<expression_id, std::size_t> known;
  if (r.for_ >= 0) for_ = add(lowered, r.for_, known);
  if (r.when >= 0) when_ = add(lowered, r.when, known);
  if (r.unless >= 0) unless_ = add(lowered, r.unless, known);
  for (auto clause : {for_, when_, unless_}) add_leaves(clause);
}

// Facts rest on one another in chains of any length: no recursion.
std::size_t reasons::add(const plan& lowered, expression_id root, std::unordered_map<expression_id, std::size_t>& known) {
  const auto& p = *lowered.program;
  auto below = [&](const expression& x) {
    if (is_group(x)) return x.parts;
    if (x.op == operation::fact && p.facts[static_cast<std::size_t>(x.index)].type.of == kind::truth) return std::vector{p.facts[static_cast<std::size_t>(x.index)].value};
    return std::vector<expression_id>{};
  };
  std::vector<expression_id> todo{root};
  while (!todo.empty()) {
    const auto id = todo.back();
    if (known.contains(id)) {
      todo.pop_back();
      continue;
    }
    const auto& x = p[id];
    const auto under = below(x);
    const auto before = todo.size();
    for (auto each : under)
      if (!known.contains(each)) todo.push_back(each);
    if (todo.size() > before) continue;
    todo.pop_back();
    part out;
    out.op = x.op;
    out.opens = !under.empty();
    out.is_group = is_group(x);
    out.one_sentence = x.op == operation::negation && p[x.parts[0]].where == x.where;
    out.count = x.count;
    out.node = lowered.node_of[static_cast<std::size_t>(id)];
    out.words = p.sources->one_line(x.where);
    for (auto each : under) out.of.push_back(known.at(each));
    known.emplace(id, parts_.size());
    parts_.push_back(std::move(out));
  }
  return known.at(root);
}

void reasons::add_leaves(place root) {
  if (!root) return;
  const auto& x = parts_[*root];
  if (x.is_group && !x.one_sentence) {
    for (auto each : x.of) add_leaves(each);
  } else if (std::find(leaves_.begin(), leaves_.end(), *root) == leaves_.end()) {
    leaves_.push_back(*root);
  }
}

void reasons::add_nodes(std::vector<plan_node_id>& out) const {
  for (const auto& x : parts_) out.push_back(x.node);
}

void reasons::renumber(const std::vector<plan_node_id>& place_of) {
  for (auto& x : parts_)
    if (x.node >= 0) x.node = place_of[static_cast<std::size_t>(x.node)];
}

void reasons::look(const evaluation& e, std::size_t i) {
  truths_.resize(parts_.size());
  for (std::size_t at = 0; at < parts_.size(); ++at) {
    const auto c = e.at(parts_[at].node, i);
    truths_[at] = !c.known ? -1 : c.truth ? 1 : 0;
  }
}

int reasons::truth_of(const part& x, const std::vector<int>& truths) {
  int yes = 0, perhaps = 0;
  for (auto each : x.of) {
    yes += truths[each] == 1 ? 1 : 0;
    perhaps += truths[each] == -1 ? 1 : 0;
  }
  const int all = static_cast<int>(x.of.size());
  switch (x.op) {
    case operation::fact: return truths[x.of[0]];
    case operation::negation: return yes == 1 ? 0 : perhaps == 1 ? -1 : 1;
    case operation::known_that: return yes;
    case operation::conjunction: return yes == all ? 1 : yes + perhaps < all ? 0 : -1;
    case operation::disjunction: return yes > 0 ? 1 : perhaps > 0 ? -1 : 0;
    case operation::none_of: return yes > 0 ? 0 : perhaps > 0 ? -1 : 1;
    default: return yes >= x.count ? 1 : yes + perhaps < x.count ? 0 : -1;
  }
}

outcome reasons::outcome_of(const std::vector<int>& truths) const {
  const int f = for_ ? truths[*for_] : 1, w = when_ ? truths[*when_] : 1, u = unless_ ? truths[*unless_] : 0;
  if (f == 0) return outcome::not_applicable;
  if (f == 1 && w == 1 && u == 0) return outcome::fires;
  if (w == 0 || u == 1) return outcome::silent;
  return outcome::cannot_tell;
}

// The fewest conditions that make one what it is; false where it is not that.
bool reasons::sufficient(std::size_t at, bool wanted, std::vector<std::size_t>& out) const {
  if (truths_[at] != (wanted ? 1 : 0)) return false;
  const auto& x = parts_[at];
  if (x.one_sentence || !x.is_group || (x.op == operation::known_that && !wanted)) {
    out.push_back(at);
    return true;
  }
  if (x.op == operation::negation) return sufficient(x.of[0], !wanted, out);
  if (x.op == operation::known_that) return sufficient(x.of[0], true, out);
  const auto all = x.of.size();
  std::size_t needed = 1;
  if (x.op == operation::conjunction || x.op == operation::none_of) needed = wanted ? all : 1;
  if (x.op == operation::disjunction) needed = wanted ? 1 : all;
  if (x.op == operation::at_least_of) needed = wanted ? static_cast<std::size_t>(x.count) : all - static_cast<std::size_t>(x.count) + 1;
  const bool part_wanted = x.op == operation::none_of ? !wanted : wanted;
  std::vector<std::vector<std::size_t>> sets;
  for (auto each : x.of) {
    std::vector<std::size_t> set;
    if (sufficient(each, part_wanted, set)) sets.push_back(std::move(set));
  }
  std::stable_sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  for (std::size_t i = 0; i < needed && i < sets.size(); ++i) out.insert(out.end(), sets[i].begin(), sets[i].end());
  return true;
}

std::vector<std::string> reasons::enough(outcome o) const {
  std::vector<std::size_t> all;
  auto add = [&](place at, bool wanted) { return at && sufficient(*at, wanted, all); };
  if (o == outcome::fires) {
    add(for_, true);
    add(when_, true);
    add(unless_, false);
  } else if (o == outcome::not_applicable) {
    add(for_, false);
  } else if (o == outcome::silent) {
    if (!add(when_, false)) add(unless_, true);
  }
  std::vector<std::string> out;
  out.reserve(all.size());
  for (auto at : all) {
    auto text = parts_[at].words + (truths_[at] == 1 ? " is true" : " is not true");
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  }
  return out;
}

std::vector<std::string> reasons::would_turn(outcome now) const {
  std::vector<std::string> out;
  for (auto leaf : leaves_) {
    for (int other : {1, 0}) {
      if (other == truths_[leaf]) continue;
      // Parts stand before the whole: one pass carries the change up.
      changed_ = truths_;
      for (std::size_t at = 0; at < parts_.size(); ++at) {
        if (at == leaf) changed_[at] = other;
        else if (parts_[at].opens) changed_[at] = truth_of(parts_[at], changed_);
      }
      const auto then = outcome_of(changed_);
      if (then == now || then == outcome::cannot_tell) continue;
      const char* said = then == outcome::fires ? "the rule would fire" : then == outcome::silent ? "it would be silent" : "it would not apply";
      std::string text;
      text.reserve(parts_[leaf].words.size() + 56);
      text.append("if `").append(parts_[leaf].words).append("` were ").append(other == 1 ? "true" : "not true").append(", ").append(said);
      out.push_back(std::move(text));
    }
  }
  return out;
}

}  // namespace earlysight::explaining
