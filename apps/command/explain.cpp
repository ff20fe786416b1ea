// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "run.hpp"

#include <earlysight/explain/explainer.hpp>
#include <earlysight/render/explanation.hpp>
#include <earlysight/result/scorer.hpp>
#include <earlysight/text/nearest.hpp>

#include <fmt/core.h>

namespace earlysight::command {

int run_explain(const arguments& a) {
  const auto in = open_run(a, true);
  if (in.exit) return *in.exit;
  const auto& p = *in.pack;
  const auto child = in.data->find_child(a.child);
  if (child < 0) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < in.data->children && i < 200000; ++i) keys.push_back(in.data->key_of(i));
    const auto meant = nearest_name(a.child, keys);
    return refuse("no child in " + a.data + " has the key " + a.child + (meant.empty() ? "" : "; did you mean " + meant + "?"));
  }
  std::vector<std::int32_t> rules;
  if (!a.rule.empty()) {
    const auto rule = p.find_rule(a.rule);
    if (rule < 0) {
      std::vector<std::string> names;
      for (const auto& r : p.rules) names.push_back(r.name);
      const auto meant = nearest_name(a.rule, names);
      return refuse("the pack has no rule " + a.rule + (meant.empty() ? "" : "; did you mean " + meant + "?"));
    }
    rules.push_back(rule);
  }
  const auto at = static_cast<std::size_t>(child);
  if (rules.empty()) {
    scorer one(in.lowered);
    one.use(*in.data);
    const auto& outcomes = one.score(at).outcomes;
    for (std::size_t r = 0; r < p.rules.size(); ++r)
      if (const auto o = outcomes.at(0, r); o == outcome::fires || o == outcome::cannot_tell) rules.push_back(static_cast<std::int32_t>(r));
  }
  explainer why(in.lowered);
  why.use(*in.data);
  std::vector<explanation> all;
  for (auto r : rules) all.push_back(why.explain(at, r));
  if (a.format == "json") {
    fmt::print("{}", render_json(all));
  } else if (a.format == "html") {
    fmt::print("{}", render_html(all));
  } else if (all.empty()) {
    fmt::print("No rule fires for {}, and none cannot tell; --rule NAME explains one that is silent.\n", a.child);
  } else {
    for (std::size_t i = 0; i < all.size(); ++i) fmt::print("{}{}", i > 0 ? "\n" : "", a.format == "markdown" ? render_markdown(all[i]) : render_text(all[i], colour_on(1)));
  }
  return done;
}

}  // namespace earlysight::command
