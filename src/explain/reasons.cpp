// SPDX-License-Identifier: Apache-2.0
#include "reasons.hpp"

#include <algorithm>

namespace earlysight::explaining {
namespace {

bool opens(const program& p, const expression& x) { return is_group(x) || (x.op == operation::fact && p.facts[static_cast<std::size_t>(x.index)].type.of == kind::truth); }

}  // namespace

int reasons::truth(expression_id id, const change& c) const {
  if (id < 0) return 1;
  if (c && c->first == id) return c->second;
  const auto& x = p_[id];
  if (!c || !opens(p_, x)) {
    const auto v = e_.at(plan_.node_of[static_cast<std::size_t>(id)], 0);
    return !v.known ? -1 : v.truth ? 1 : 0;
  }
  if (x.op == operation::fact) return truth(p_.facts[static_cast<std::size_t>(x.index)].value, c);
  int yes = 0, perhaps = 0;
  for (auto part : x.parts) {
    const int t = truth(part, c);
    yes += t == 1 ? 1 : 0;
    perhaps += t == -1 ? 1 : 0;
  }
  const int all = static_cast<int>(x.parts.size());
  switch (x.op) {
    case operation::negation: return yes == 1 ? 0 : perhaps == 1 ? -1 : 1;
    case operation::known_that: return yes;
    case operation::conjunction: return yes == all ? 1 : yes + perhaps < all ? 0 : -1;
    case operation::disjunction: return yes > 0 ? 1 : perhaps > 0 ? -1 : 0;
    case operation::none_of: return yes > 0 ? 0 : perhaps > 0 ? -1 : 1;
    default: return yes >= x.count ? 1 : yes + perhaps < x.count ? 0 : -1;
  }
}

outcome reasons::outcome_with(const change& c) const {
  const int f = truth(rule_.for_, c), w = truth(rule_.when, c), u = rule_.unless < 0 ? 0 : truth(rule_.unless, c);
  if (f == 0) return outcome::not_applicable;
  if (f == 1 && w == 1 && u == 0) return outcome::fires;
  if (w == 0 || u == 1) return outcome::silent;
  return outcome::cannot_tell;
}

// The fewest conditions that make an expression what it is; nothing where it is not that.
std::optional<std::vector<expression_id>> reasons::sufficient(expression_id id, bool wanted) const {
  if (id < 0) return std::vector<expression_id>{};
  if (truth(id, {}) != (wanted ? 1 : 0)) return std::nullopt;
  const auto& x = p_[id];
  if (x.op == operation::negation && p_[x.parts[0]].where == x.where) return std::vector<expression_id>{id};
  if (x.op == operation::fact && opens(p_, x)) return std::vector<expression_id>{id};
  if (!is_group(x)) return std::vector<expression_id>{id};
  if (x.op == operation::negation) return sufficient(x.parts[0], !wanted);
  if (x.op == operation::known_that) return wanted ? sufficient(x.parts[0], true) : std::vector<expression_id>{id};
  const bool part_wanted = x.op == operation::none_of ? !wanted : wanted;
  std::vector<std::vector<expression_id>> sets;
  for (auto part : x.parts)
    if (auto s = sufficient(part, part_wanted)) sets.push_back(std::move(*s));
  std::stable_sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::size_t needed = 1;
  const auto all = x.parts.size();
  if (x.op == operation::conjunction) needed = wanted ? all : 1;
  if (x.op == operation::disjunction) needed = wanted ? 1 : all;
  if (x.op == operation::none_of) needed = wanted ? all : 1;
  if (x.op == operation::at_least_of) needed = wanted ? static_cast<std::size_t>(x.count) : all - static_cast<std::size_t>(x.count) + 1;
  std::vector<expression_id> out;
  for (std::size_t i = 0; i < needed && i < sets.size(); ++i) out.insert(out.end(), sets[i].begin(), sets[i].end());
  return out;
}

std::vector<std::string> reasons::enough(outcome o) const {
  std::vector<expression_id> all;
  auto add = [&](expression_id id, bool wanted) {
    const auto s = sufficient(id, wanted);
    if (s) all.insert(all.end(), s->begin(), s->end());
    return s.has_value();
  };
  if (o == outcome::fires) {
    add(rule_.for_, true);
    add(rule_.when, true);
    if (rule_.unless >= 0) add(rule_.unless, false);
  } else if (o == outcome::not_applicable) {
    if (rule_.for_ >= 0) add(rule_.for_, false);
  } else if (o == outcome::silent) {
    if (!add(rule_.when, false) && rule_.unless >= 0) add(rule_.unless, true);
  }
  std::vector<std::string> out;
  for (auto id : all) {
    const auto text = p_.sources->one_line(p_[id].where) + (truth(id, {}) == 1 ? " is true" : " is not true");
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  }
  return out;
}

void reasons::leaves(expression_id id, std::vector<expression_id>& out) const {
  if (id < 0) return;
  const auto& x = p_[id];
  const bool one_sentence = x.op == operation::negation && p_[x.parts[0]].where == x.where;
  if (is_group(x) && !one_sentence) {
    for (auto part : x.parts) leaves(part, out);
  } else if (std::find(out.begin(), out.end(), id) == out.end()) {
    out.push_back(id);
  }
}

std::vector<std::string> reasons::would_turn(outcome now) const {
  std::vector<expression_id> all;
  leaves(rule_.for_, all);
  leaves(rule_.when, all);
  leaves(rule_.unless, all);
  std::vector<std::string> out;
  for (auto id : all) {
    const int t = truth(id, {});
    for (int other : {1, 0}) {
      if (other == t) continue;
      const auto then = outcome_with(std::pair(id, other));
      if (then == now || then == outcome::cannot_tell) continue;
      const char* said = then == outcome::fires ? "the rule would fire" : then == outcome::silent ? "it would be silent" : "it would not apply";
      out.push_back("if `" + p_.sources->one_line(p_[id].where) + "` were " + (other == 1 ? "true" : "not true") + ", " + said);
    }
  }
  return out;
}

}  // namespace earlysight::explaining
