// SPDX-License-Identifier: Apache-2.0
// The library in six verbs: load_pack, load_cohort, score, explain, test, format. A host includes this header alone.
//
//     auto pack = earlysight::load_pack("rules/transition").value_or_throw();
//     if (!pack.checked) return show(pack.diagnostics);
//     auto cohort = earlysight::load_cohort(pack.checked->schema, "data").value_or_throw();
//     auto plan = earlysight::lower(pack.checked, *earlysight::parse_date("2025-06-20")).value_or_throw();
//     auto run = earlysight::score(std::make_shared<const earlysight::plan>(std::move(plan)), cohort).value_or_throw();
//     run.outcomes.at(0, 3) == earlysight::outcome::fires
#pragma once
#include <earlysight/data/cohort_builder.hpp>
#include <earlysight/data/load.hpp>
#include <earlysight/explain/explain.hpp>
#include <earlysight/explain/explainer.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/program/load.hpp>
#include <earlysight/render/diagnostics.hpp>
#include <earlysight/render/explanation.hpp>
#include <earlysight/render/results.hpp>
#include <earlysight/result/examples.hpp>
#include <earlysight/result/outcomes.hpp>
#include <earlysight/result/rows.hpp>
#include <earlysight/result/scorer.hpp>
#include <earlysight/result/text.hpp>
#include <earlysight/simulate/simulate.hpp>
#include <earlysight/syntax/format.hpp>
#include <earlysight/version.hpp>

namespace earlysight {

/// Reads and checks a pack: a .sight file, or a folder of them. An author's mistakes are in the report, not a failure.
inline result<pack_report> load_pack(const std::filesystem::path& path) { return read_pack(path); }

/// Runs the pack's own examples.
inline std::vector<example_result> test(std::shared_ptr<const program> pack, const param_values& params = {}) { return run_examples(std::move(pack), params); }

}  // namespace earlysight
