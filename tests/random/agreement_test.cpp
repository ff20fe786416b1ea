// SPDX-License-Identifier: Apache-2.0
#include "../oracle/oracle.hpp"
#include "random_pack.hpp"

#include <earlysight/earlysight.hpp>
#include <earlysight/data/panel.hpp>
#include <earlysight/engine/evaluation.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>
#include <unistd.h>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

// EARLYSIGHT_SEED runs one case; EARLYSIGHT_CASES says how many there are (for longer runs by hand).
std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("earlysight-random-" + std::to_string(::getpid()));
  ~folder() { std::filesystem::remove_all(path); }
};

bool same_bytes(const run_result& a, const run_result& b) {
  const auto rules = a.plan->program->rules.size();
  for (std::size_t c = 0; c < a.outcomes.children(); ++c)
    for (std::size_t r = 0; r < rules; ++r)
      if (a.outcomes.at(c, r) != b.outcomes.at(c, r)) return false;
  return a.scores.low.size() == b.scores.low.size() && std::memcmp(a.scores.low.data(), b.scores.low.data(), a.scores.low.size() * sizeof(double)) == 0 &&
         std::memcmp(a.scores.high.data(), b.scores.high.data(), a.scores.high.size() * sizeof(double)) == 0;
}

bool same_cell(const cell& a, const cell& b) {
  return a.known == b.known && a.present == b.present && a.truth == b.truth && a.number == b.number && a.high == b.high && a.whole == b.whole;
}

}  // namespace

TEST_CASE("the engine says what the plain evaluator says, on random packs and cohorts", "[agreement]") {
  const auto only = number_from("EARLYSIGHT_SEED", 0);
  const auto first = only > 0 ? only : 1, last = only > 0 ? only : number_from("EARLYSIGHT_CASES", 1500);
  std::size_t compared = 0, disagreements = 0, not_valid = 0, panels = 0, apart = 0;
  for (auto seed = first; seed <= last && disagreements < 5; ++seed) {
    const auto made = make_case(seed);
    const auto report = read_pack_text("random.sight", made.pack);
    if (!report.checked) {
      if (only > 0 || not_valid == 0) UNSCOPED_INFO("seed " << seed << "\n" << render_text(report.diagnostics, *report.sources, false));
      ++not_valid;
      continue;
    }
    folder data;
    std::filesystem::remove_all(data.path);
    write_data(seed, data.path);
    const auto cohort = load_cohort(report.checked->schema, data.path);
    if (!cohort) FAIL("seed " << seed << ": " << cohort.error().message);
    panels += static_cast<std::size_t>(std::count_if(cohort->tables.begin(), cohort->tables.end(), [](const table_data& t) { return t.panel != nullptr; }));
    apart += static_cast<std::size_t>(std::count_if(cohort->tables.begin(), cohort->tables.end(), [](const table_data& t) { return t.panel && !t.panel->apart.empty(); }));
    auto lowered = lower(report.checked, *parse_date(made.as_of));
    if (!lowered) {
      UNSCOPED_INFO("seed " << seed << ": " << lowered.error().message);
      continue;  // a calendar that does not reach
    }
    const auto plan_ = std::make_shared<const plan>(std::move(*lowered));
    const auto& p = *report.checked;
    const auto whole = *score(plan_, *cohort, {.threads = 1, .block = 4096, .progress = {}, .stop = nullptr});
    for (std::size_t c = 0; c < cohort->children; ++c) {
      const auto want = oracle::evaluate(p, *cohort, plan_->as_of, c);
      for (std::size_t r = 0; r < p.rules.size(); ++r) {
        ++compared;
        const std::string got = name_of(whole.outcomes.at(c, r));
        if (got == want.outcomes[r]) continue;
        ++disagreements;
        UNSCOPED_INFO("seed " << seed << ", as of " << made.as_of << ", child " << cohort->key_of(c) << ", " << p.rules[r].name << ": the engine says " << got << ", the oracle " << want.outcomes[r] << "\n"
                              << p.sources->text(p.rules[r].whole));
      }
      if (want.score_low != whole.scores.low[c] || want.score_high != whole.scores.high[c]) {
        ++disagreements;
        UNSCOPED_INFO("seed " << seed << ", child " << cohort->key_of(c) << ": score " << whole.scores.low[c] << " to " << whole.scores.high[c] << ", the oracle " << want.score_low << " to " << want.score_high);
      }
    }
    // The same bytes for every thread count and block size; one child alone as in the cohort; explaining changes nothing.
    const unsigned threads[] = {1, 2, 3, 8};
    const std::size_t blocks[] = {1, 7, 64, 4096, 0};
    const auto other = *score(plan_, *cohort, {.threads = threads[seed % 4], .block = blocks[seed / 4 % 5], .progress = {}, .stop = nullptr});
    if (!same_bytes(whole, other)) {
      ++disagreements;
      UNSCOPED_INFO("seed " << seed << ": " << threads[seed % 4] << " threads and blocks of " << blocks[seed / 4 % 5] << " give other results");
    }
    // One child by what a host keeps: a scorer as the cohort's run, an explainer as the whole plan with everything worked out.
    const auto child = seed % cohort->children;
    scorer one(plan_);
    one.use(*cohort);
    explainer why(plan_);
    why.use(*cohort);
    evaluation everything(*plan_, *cohort);
    everything.run(child, 1, true);
    const auto& alone = one.score(child);
    bool same = alone.scores.low[0] == whole.scores.low[child] && alone.scores.high[0] == whole.scores.high[child];
    for (std::size_t r = 0; r < p.rules.size(); ++r) {
      const auto rule = static_cast<std::int32_t>(r);
      const auto seen = why.look(child, rule);
      same = same && alone.outcomes.at(0, r) == whole.outcomes.at(child, r) && seen.outcome == whole.outcomes.at(child, r);
      for (const auto& v : seen.all) same = same && same_cell(v.value, everything.at(plan_->node_of[static_cast<std::size_t>(v.of)], 0));
      if (seed % 10 == 0) same = same && render_text(why.explain(child, rule), false) == render_text(explain(*plan_, *cohort, child, rule), false);
    }
    if (!same) {
      ++disagreements;
      UNSCOPED_INFO("seed " << seed << ": child " << cohort->key_of(child) << " scored or explained alone says other than in the cohort");
    }
  }
  INFO(compared << " outcomes compared, " << panels << " panels, " << apart << " with a group apart, " << not_valid << " packs not valid");
  CHECK(disagreements == 0);
  CHECK(not_valid == 0);
  CHECK(compared > (last - first) * 20);
  CHECK(panels >= (last - first) / 20);
  CHECK(apart >= (last - first) / 100);
}

TEST_CASE("formatting a random pack twice changes nothing more, and never what it says", "[format]") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto made = make_case(seed);
    source_map sources;
    std::vector<diagnostic> problems;
    const auto once = format(sources, sources.add("random", made.pack), problems);
    REQUIRE(once);
    const auto twice = format(sources, sources.add("once", *once), problems);
    INFO("seed " << seed);
    REQUIRE(twice);
    REQUIRE(*once == *twice);
    const auto before = read_pack_text("a", made.pack), after = read_pack_text("b", *once);
    if (!before.checked) continue;
    REQUIRE(after.checked);
    REQUIRE(before.checked->expressions.size() == after.checked->expressions.size());
    for (std::size_t i = 0; i < before.checked->expressions.size(); ++i) {
      const auto &x = before.checked->expressions[i], &y = after.checked->expressions[i];
      REQUIRE((x.op == y.op && x.type == y.type && x.parts == y.parts && x.value == y.value));
    }
  }
}
