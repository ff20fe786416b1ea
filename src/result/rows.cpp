// SPDX-License-Identifier: Apache-2.0
#include <earlysight/result/rows.hpp>

#include <earlysight/engine/evaluation.hpp>
#include <earlysight/result/text.hpp>

#include <algorithm>

namespace earlysight {
namespace {

// A text without the sentences that are there already: rules of one flag often begin alike.
void add_sentences(const std::string& text, std::string& out) {
  for (std::size_t from = 0; from < text.size();) {
    auto end = text.find(". ", from);
    end = end == std::string::npos ? text.size() : end + 1;
    const auto sentence = text.substr(from, end - from);
    if (out.find(sentence) == std::string::npos) out += (out.empty() ? "" : " ") + sentence;
    from = end + 1;
  }
}

void add_child(result_rows& out, const run_result& run, const cohort& data, std::size_t child, const evaluation& e, std::size_t i) {
  const auto& plan = *run.plan;
  const auto& p = *plan.program;
  for (auto& f : flags_of(p, run.outcomes, child)) {
    std::string because;
    for (auto r : f.rules) {
      const auto& rule = p.rules[static_cast<std::size_t>(r)];
      // Rules that raise the flag lower say less of the same; their own words stand with their actions.
      const bool at_level = std::any_of(rule.raises.begin(), rule.raises.end(), [&](const raise& each) { return each.flag == f.flag && each.level == f.level; });
      if (f.raised && at_level && !rule.because.empty()) add_sentences(fill(rule.because, plan, data, e, i), because);
    }
    out.flags.push_back({child, std::move(f), std::move(because)});
  }
  missing_pieces missing(plan, data, e, i);
  for (std::size_t r = 0; r < p.rules.size(); ++r) {
    const auto o = run.outcomes.at(child, r);
    const auto& rule = p.rules[r];
    const auto id = static_cast<std::int32_t>(r);
    if (o == outcome::fires)
      for (std::size_t a = 0; a < rule.actions.size(); ++a)
        out.actions.push_back({child, id, static_cast<std::int32_t>(a), fill(rule.actions[a].text, plan, data, e, i), due_date(rule.actions[a], p, plan.as_of), fill(rule.because, plan, data, e, i)});
    if (o == outcome::cannot_tell)
      for (const auto& piece : missing.of(id)) out.missing.push_back({child, id, piece});
  }
}

}  // namespace

result_rows result_rows_of(const run_result& run, const cohort& data, std::size_t first, std::size_t last) {
  result_rows out;
  evaluation e(*run.plan, data);
  const auto rules = run.plan->program->rules.size();
  constexpr std::size_t at_once = 64;
  for (auto block = first; block < last; block += at_once) {
    const auto n = std::min(at_once, last - block);
    bool worked_out = false;
    for (auto child = block; child < block + n; ++child) {
      bool asked = false;
      for (std::size_t r = 0; r < rules && !asked; ++r) {
        const auto o = run.outcomes.at(child, r);
        asked = o == outcome::fires || o == outcome::cannot_tell;
      }
      if (!asked) continue;
      if (!worked_out) e.run(block, n, true);
      worked_out = true;
      add_child(out, run, data, child, e, child - block);
    }
  }
  return out;
}

std::pair<std::string, std::string> names_of(const program& p, const missing_piece& m) {
  if (m.table < 0) return {"param", m.param >= 0 ? p.params[static_cast<std::size_t>(m.param)].name : std::string()};
  const auto& table = p.schema.tables[static_cast<std::size_t>(m.table)];
  return {table.name, m.column < 0 ? std::string() : table.columns[static_cast<std::size_t>(m.column)].name};
}

}  // namespace earlysight
