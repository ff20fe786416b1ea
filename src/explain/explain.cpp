// SPDX-License-Identifier: Apache-2.0
#include <earlysight/explain/explainer.hpp>

#include <earlysight/result/missing.hpp>
#include <earlysight/result/text.hpp>

#include "evidence.hpp"
#include "margin.hpp"
#include "prepared.hpp"

#include <optional>
#include <unordered_map>

namespace earlysight {
namespace {

using namespace explaining;

outcome outcome_of(const cell& c) { return !c.present ? outcome::not_applicable : !c.known ? outcome::cannot_tell : c.truth ? outcome::fires : outcome::silent; }

// One explanation being written: the skeleton's copy is filled in.
class writer {
 public:
  writer(const plan& whole, const cohort& data, const prepared_rule& rule, const evaluation& e, evidence_book& rows) : plan_(whole), p_(*whole.program), data_(data), rule_(rule), e_(e), rows_(rows) {}

  void fill_in(explanation& out) {
    out.outcome = outcome_of(e_.at(rule_.outcome, 0));
    rows_.open(rule_.sources.size());
    for (std::size_t i = 0; i < rule_.clauses.size(); ++i) fill_in(rule_.clauses[i], out.clauses[i].root);
    fill_in(rule_.because, out.because);
    for (std::size_t i = 0; i < rule_.actions.size(); ++i) fill_in(rule_.actions[i], out.actions[i].text);
  }

 private:
  std::string text(const told_value& v) const { return v.is_fixed ? v.fixed : value_text(plan_, data_, p_[v.id].type, e_.at(v.node, 0)); }

  void fill_in(const told_text& t, std::string& out) const {
    if (t.text->pieces.empty()) return;
    out = t.text->pieces[0];
    for (std::size_t i = 0; i < t.values.size(); ++i) out.append(text(t.values[i])).append(t.text->pieces[i + 1]);
  }

  void fill_in(const told_condition& c, condition& out) {
    const auto truth = e_.at(c.truth, 0);
    out.truth = !truth.known ? truth_state::not_known : truth.truth ? truth_state::yes : truth_state::no;
    for (std::size_t i = 0; i < c.values.size(); ++i) out.values[i].value = text(c.values[i]);
    if (c.most_rows > 0) {
      // Evidence is referred back to: it must not move.
      out.rows.reserve(c.most_rows);
      add_rows(c.rows, out.rows);
    }
    if (c.margin >= 0) out.margin = margin(plan_, data_, p_[c.margin], e_.at(c.left.node, 0), e_.at(c.right.node, 0), truth.truth, c.measured);
    for (std::size_t i = 0; i < c.parts.size(); ++i) fill_in(c.parts[i], out.parts[i]);
  }

  void add_rows(const std::vector<row_step>& steps, std::vector<evidence>& out) {
    for (const auto& s : steps) {
      if (s.source >= 0) rows_.add(plan_, data_, e_, rule_.sources[static_cast<std::size_t>(s.source)], static_cast<std::size_t>(s.source), out);
      // Up to the first condition that holds, or is not known: what stands behind it decides nothing.
      for (std::size_t i = 0; i < s.choice.size(); ++i) {
        const auto& b = s.choice[i];
        add_rows(b.asked, out);
        if (i + 1 < s.choice.size()) {
          const auto c = e_.at(b.condition, 0);
          if (!c.known) break;
          if (!c.truth) continue;
        }
        add_rows(b.then, out);
        break;
      }
    }
  }

  const plan& plan_;
  const program& p_;
  const cohort& data_;
  const prepared_rule& rule_;
  const evaluation& e_;
  evidence_book& rows_;
};

std::string name_of_missing(const program& p, const missing_piece& m) {
  if (m.param >= 0) return "the param " + p.params[static_cast<std::size_t>(m.param)].name;
  const auto& t = p.schema.tables[static_cast<std::size_t>(m.table)];
  return m.column < 0 ? t.name + " (the whole table)" : t.name + "." + t.columns[static_cast<std::size_t>(m.column)].name;
}

}  // namespace

struct explainer::state {
  explicit state(std::shared_ptr<const plan> p) : lowered(std::move(p)) {}

  // A rule as prepared, and the evaluation of its part of the plan over the cohort in use.
  struct kept {
    prepared_rule rule;
    std::optional<evaluation> e;
    std::uint64_t used = 0;
  };

  kept& run(std::size_t child, std::int32_t index) {
    auto& k = rules[index];
    if (!k) k = std::make_unique<kept>(kept{prepare(*lowered, index), {}, 0});
    // Over the cohort in use, with the memory that there is.
    if (!k->e) k->e.emplace(k->rule.cut.part, *data);
    else if (k->used != used) k->e->over(*data);
    k->used = used;
    k->e->run(child, 1, true);
    return *k;
  }

  std::shared_ptr<const plan> lowered;
  const cohort* data = nullptr;
  std::uint64_t used = 0;  // cohorts so far
  std::unordered_map<std::int32_t, std::unique_ptr<kept>> rules;
  std::optional<evaluation> whole;  // of the plan, for what is missing: other rules may stand behind it
  evidence_book rows;
  std::vector<looked_at> seen;
};

explainer::explainer(std::shared_ptr<const plan> p) : state_(std::make_unique<state>(std::move(p))) {}
explainer::~explainer() = default;
explainer::explainer(explainer&&) noexcept = default;
explainer& explainer::operator=(explainer&&) noexcept = default;

void explainer::use(const cohort& data) {
  auto& s = *state_;
  s.data = &data;
  ++s.used;
  if (s.whole) s.whole->over(data);
}

explanation explainer::explain(std::size_t child, std::int32_t index) {
  auto& s = *state_;
  auto& [rule, e, used] = s.run(child, index);
  const auto& p = *s.lowered->program;
  auto out = rule.skeleton;
  out.child = s.data->key_of(child);
  writer(*s.lowered, *s.data, rule, *e, s.rows).fill_in(out);
  rule.why.look(*e, 0);
  out.enough = rule.why.enough(out.outcome);
  out.would_turn = rule.why.would_turn(out.outcome);
  // What could still decide it; of a rule that is decided, nothing is missing.
  if (out.outcome == outcome::cannot_tell) {
    if (!s.whole) s.whole.emplace(*s.lowered, *s.data);
    s.whole->run(child, 1, true);
    for (const auto& m : missing_pieces(*s.lowered, *s.data, *s.whole, 0).of(index)) out.missing.push_back(name_of_missing(p, m));
  }
  for (std::size_t t = 0; t < p.schema.tables.size(); ++t)
    if (!s.data->tables[t].digest.empty()) out.data_digests.emplace_back(p.schema.tables[t].name, s.data->tables[t].digest);
  return out;
}

explainer::values explainer::look(std::size_t child, std::int32_t index) {
  auto& s = *state_;
  const auto& [rule, e, used] = s.run(child, index);
  s.seen.clear();
  for (const auto& v : rule.looked_at) s.seen.push_back({v.id, e->at(v.node, 0)});
  return {outcome_of(e->at(rule.outcome, 0)), s.seen};
}

explanation explain(const plan& lowered, const cohort& data, std::size_t child, std::int32_t rule) {
  explainer once(std::shared_ptr<const plan>(std::shared_ptr<const plan>(), &lowered));
  once.use(data);
  return once.explain(child, rule);
}

}  // namespace earlysight
