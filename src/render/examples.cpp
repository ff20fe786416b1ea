// SPDX-License-Identifier: Apache-2.0
#include <earlysight/render/examples.hpp>

#include <earlysight/engine/evaluation.hpp>
#include <earlysight/result/text.hpp>

#include "markup.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>

namespace earlysight {
namespace {

using json = nlohmann::ordered_json;

std::string location_of(const program& p, span where) {
  const auto at = p.sources->begin_of(where);
  return p.sources->path(where.file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

// The conditions of a rule down to single comparisons, each with its value in the example.
std::string rule_with_values(const program& p, const example_result& r, std::int32_t index) {
  evaluation e(*r.lowered, *r.data);
  e.run(0, 1, true);
  std::string out;
  const std::function<void(expression_id, int, const char*)> show = [&](expression_id id, int depth, const char* clause) {
    if (id < 0) return;
    const auto& x = p[id];
    const auto c = e.at(r.lowered->node_of[static_cast<std::size_t>(id)], 0);
    const bool group = x.op == operation::conjunction || x.op == operation::disjunction || x.op == operation::negation || x.op == operation::at_least_of || x.op == operation::none_of || x.op == operation::known_that;
    const auto truth = !c.known ? std::string("not known") : c.truth ? "true" : "false";
    out += "    " + std::string(static_cast<std::size_t>(depth) * 2, ' ') + clause + p.sources->one_line(x.where) + "\n";
    std::string values;
    auto leaves = x.parts;
    for (std::size_t i = 0; !group && i < leaves.size(); ++i) {
      const auto& part = p[leaves[i]];
      if (part.op >= operation::add && part.op <= operation::divide) {
        leaves.insert(leaves.end(), part.parts.begin(), part.parts.end());
      } else if (part.op != operation::constant && part.type.of != kind::duration && r.lowered->node_of[static_cast<std::size_t>(leaves[i])] >= 0) {
        values += "; " + p.sources->one_line(part.where) + " = " + value_text(*r.lowered, *r.data, part.type, e.at(r.lowered->node_of[static_cast<std::size_t>(leaves[i])], 0));
      }
    }
    out += "    " + std::string(static_cast<std::size_t>(depth) * 2 + std::char_traits<char>::length(clause), ' ') + "^ " + truth + values + "\n";
    if (group && depth < 8)
      for (auto part : x.parts) show(part, depth + 1, "");
    if (x.op == operation::fact && depth < 8) show(p.facts[static_cast<std::size_t>(x.index)].value, depth + 1, "");
  };
  const auto& rule = p.rules[static_cast<std::size_t>(index)];
  show(rule.for_, 0, "for ");
  show(rule.when, 0, "when ");
  show(rule.unless, 0, "unless ");
  return out;
}

// Whether a condition can be not known of any child; a row of coverage asks for nothing that cannot be.
bool may_be_unknown(const program& p, expression_id id, int depth = 0) {
  if (id < 0) return false;
  if (depth > 100) return true;
  const auto& x = p[id];
  switch (x.op) {
    case operation::constant:
    case operation::today:
    case operation::period_edge:
    case operation::is_known:
    case operation::known_that: return false;
    case operation::param: return p.params[static_cast<std::size_t>(x.index)].values.empty();
    case operation::fact: return may_be_unknown(p, p.facts[static_cast<std::size_t>(x.index)].value, depth + 1);
    case operation::column:
    case operation::aggregate:
    case operation::measure:
    case operation::trend:
    case operation::rule_fires:
    case operation::flag_raised:
    case operation::divide: return true;
    default: return std::any_of(x.parts.begin(), x.parts.end(), [&](expression_id part) { return may_be_unknown(p, part, depth + 1); });
  }
}

std::size_t failed(const std::vector<example_result>& all) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const example_result& r) { return !r.passed(); }));
}

}  // namespace

std::string render_examples_text(const program& p, const std::vector<example_result>& all, bool colour) {
  std::string out;
  for (const auto& r : all) {
    if (r.passed()) continue;
    const auto& ex = p.examples[static_cast<std::size_t>(r.example)];
    out += location_of(p, ex.where) + ": " + (colour ? "\x1b[1;31mfailed\x1b[0m" : "failed") + ": \"" + ex.title + "\"\n";
    std::int32_t shown = -1;
    for (const auto& u : r.unmet) {
      out += "  line " + std::to_string(p.sources->begin_of(u.where).line) + ": " + u.message + "\n";
      if (u.rule >= 0 && u.rule != shown && r.lowered && r.data) out += rule_with_values(p, r, shown = u.rule);
    }
    out += "\n";
  }
  const auto bad = failed(all);
  if (all.empty()) return "the pack has no examples\n";
  return out + std::to_string(all.size() - bad) + " passed, " + std::to_string(bad) + " failed\n";
}

std::string render_examples_json(const program& p, const std::vector<example_result>& all) {
  json list = json::array();
  for (const auto& r : all) {
    const auto& ex = p.examples[static_cast<std::size_t>(r.example)];
    const auto at = p.sources->begin_of(ex.where);
    json one{{"title", ex.title}, {"file", p.sources->path(ex.where.file)}, {"line", at.line}, {"on", iso_text(ex.on)}, {"passed", r.passed()}, {"unmet", json::array()}};
    for (const auto& u : r.unmet) one["unmet"].push_back({{"line", p.sources->begin_of(u.where).line}, {"message", u.message}});
    list.push_back(std::move(one));
  }
  const auto bad = failed(all);
  return json{{"passed", all.size() - bad}, {"failed", bad}, {"examples", std::move(list)}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string render_examples_junit(const program& p, const std::vector<example_result>& all) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" + escape_markup(p.pack.name) + "\" tests=\"" + std::to_string(all.size()) + "\" failures=\"" + std::to_string(failed(all)) + "\">\n";
  for (const auto& r : all) {
    const auto& ex = p.examples[static_cast<std::size_t>(r.example)];
    out += "  <testcase classname=\"" + escape_markup(p.pack.name) + "\" name=\"" + escape_markup(ex.title) + "\"";
    if (r.passed()) {
      out += "/>\n";
      continue;
    }
    out += ">\n";
    for (const auto& u : r.unmet) out += "    <failure message=\"" + escape_markup(u.message) + "\">" + escape_markup(location_of(p, u.where)) + "</failure>\n";
    out += "  </testcase>\n";
  }
  return out + "</testsuite>\n";
}

pack_coverage coverage_of(const program& p, const std::vector<example_result>& all) {
  // A bit each for true, false, not known; by condition.
  std::vector<unsigned char> reached(p.expressions.size());
  std::vector<std::vector<bool>> outcomes(p.rules.size(), std::vector<bool>(4));
  for (const auto& r : all) {
    if (!r.lowered || !r.data) continue;
    evaluation e(*r.lowered, *r.data);
    e.run(0, 1, true);
    for (std::size_t i = 0; i < p.expressions.size(); ++i) {
      const auto node = r.lowered->node_of[i];
      if (node < 0 || p.expressions[i].type.of != kind::truth) continue;
      const auto c = e.at(node, 0);
      reached[i] |= !c.known ? 4 : c.truth ? 1 : 2;
    }
    if (auto scored = score(r.lowered, *r.data, {.threads = 1, .block = 0, .progress = {}, .stop = nullptr}))
      for (std::size_t rule = 0; rule < p.rules.size(); ++rule) outcomes[rule][static_cast<std::size_t>(scored->outcomes.at(0, rule))] = true;
  }
  pack_coverage out;
  for (std::size_t i = 0; i < p.rules.size(); ++i) {
    const auto& rule = p.rules[i];
    if (rule.of_used_pack) continue;
    rule_coverage found{rule.name, {}, {}};
    if (!outcomes[i][1]) found.outcomes.push_back("fires");
    if (!outcomes[i][0]) found.outcomes.push_back("silent");
    if (!outcomes[i][2] && (may_be_unknown(p, rule.for_) || may_be_unknown(p, rule.when) || may_be_unknown(p, rule.unless))) found.outcomes.push_back("cannot tell");
    if (!outcomes[i][3] && (rule.for_ >= 0 || rule.active_from || rule.active_to)) found.outcomes.push_back("does not apply");
    std::vector<expression_id> todo{rule.for_, rule.when, rule.unless};
    for (std::size_t t = 0; t < todo.size(); ++t) {
      const auto id = todo[t];
      if (id < 0) continue;
      const auto& x = p[id];
      if (x.op == operation::conjunction || x.op == operation::disjunction || x.op == operation::negation || x.op == operation::at_least_of || x.op == operation::none_of || x.op == operation::known_that) {
        todo.insert(todo.end(), x.parts.begin(), x.parts.end());
        continue;
      }
      condition_coverage c{p.sources->one_line(x.where), {}};
      const auto seen = reached[static_cast<std::size_t>(id)];
      if (!(seen & 1)) c.states.push_back("true");
      if (!(seen & 2)) c.states.push_back("false");
      if (!(seen & 4) && may_be_unknown(p, id)) c.states.push_back("not known");
      if (!c.states.empty()) found.conditions.push_back(std::move(c));
    }
    out.rules.push_back(std::move(found));
  }
  return out;
}

std::string render_coverage(const program& p, const pack_coverage& all) {
  std::string out = "\ncoverage of " + p.pack.name + ": what no example reached\n";
  std::size_t short_of_outcomes = 0, short_of_conditions = 0;
  auto add = [&](const std::string& what, const std::vector<std::string>& missing) {
    if (missing.empty()) return;
    out += "    " + what + ": never ";
    for (std::size_t m = 0; m < missing.size(); ++m) out += (m == 0 ? "" : m + 1 == missing.size() ? " or " : ", ") + missing[m];
    out += "\n";
  };
  for (const auto& r : all.rules) {
    if (r.outcomes.empty() && r.conditions.empty()) continue;
    short_of_outcomes += r.outcomes.empty() ? 0 : 1;
    ++short_of_conditions;
    out += "  " + r.name + "\n";
    add("the rule", r.outcomes);
    for (const auto& c : r.conditions) add(c.condition, c.states);
  }
  const auto n = all.rules.size();
  if (n == 0) return {};
  if (short_of_conditions == 0) out += "  nothing: every condition was true, false and not known in some example\n";
  return out + "  " + std::to_string(n - short_of_outcomes) + " of " + std::to_string(n) + (n == 1 ? " rule" : " rules") + " reached every outcome that it can have\n";
}

}  // namespace earlysight
