// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/result/outcomes.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace earlysight {

struct result_files {
  bool all_outcomes = false;  // every child and rule; else only `fires` and `cannot_tell`
  double load_seconds = 0, score_seconds = 0;
  unsigned threads = 1;
};

/// Writes the folder of results (interfaces.md, "score --out"): to a temporary folder beside it, then renamed, so that it is there whole
/// or not at all. An earlier result folder of the same name is replaced; any other folder that is not empty is refused.
result<bool> write_results(const run_result&, const cohort&, const std::filesystem::path& out, const result_files&);

/// What is to be said of the data: all warnings but those of a file or column that is missing and that no rule of the pack reads.
std::vector<std::string> warnings_for(const program&, const cohort&);

/// What a run found, for people: children, rules and how often each fires or cannot tell, flags, bands, data that could not be used.
std::string render_summary(const run_result&, const cohort&, const result_files&);

}  // namespace earlysight
