// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/program/load.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace earlysight::command {

/// Exit codes, as interfaces.md has them.
enum exit_code : int { done = 0, pack_has_errors = 1, wrong_arguments = 2, unusable_data = 3, machine_failed = 4 };

/// What stands on the command line, for all verbs.
struct arguments {
  std::string pack, data, as_of, out, format = "text", outcomes = "some", child, rule, topic;
  std::vector<std::string> set;
  unsigned threads = 0;
  bool strict = false, coverage = false, check_only = false;
  std::string max_rejected;
  std::int64_t children = 0;  // simulate
  bool children_given = false;
  std::uint64_t seed = 1;
  std::string from, to, profile, like;
};

int run_check(const arguments&);
int run_test(const arguments&);
int run_score(const arguments&);
int run_explain(const arguments&);
int run_format(const arguments&);
int run_simulate(const arguments&);
int run_help(const arguments&);

/// Says what went wrong on stderr; answers the exit code.
int report(const failure&);
int refuse(const std::string& message);

/// Reads and checks the pack, and prints its messages to stderr; an exit code where it cannot be used.
struct usable_pack {
  pack_report report;
  std::optional<int> exit;
};
usable_pack open_pack(const std::string& path);

/// The values of --set; an exit code where one is wrong.
std::optional<int> read_settings(const program&, const std::vector<std::string>& set, param_values& out);

/// Whether this stream is a terminal that wants colour (NO_COLOR is not set).
bool colour_on(int stream);
bool is_terminal(int stream);

/// A progress bar on a terminal's stderr; nothing elsewhere.
class progress_bar {
 public:
  explicit progress_bar(std::string what);
  ~progress_bar();
  void show(double share);

 private:
  std::string what_;
  bool on_;
  int last_ = -1;
};

/// Pages of docs/errors, by code.
const std::vector<std::pair<std::string_view, std::string_view>>& error_pages();

}  // namespace earlysight::command
