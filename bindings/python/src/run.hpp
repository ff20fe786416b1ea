// SPDX-License-Identifier: Apache-2.0
// Packs and runs as Python holds them.
#pragma once
#include "convert.hpp"
#include "input.hpp"
#include "lend.hpp"
#include "tables.hpp"

#include <earlysight/explain/explainer.hpp>

#include <mutex>
#include <optional>

namespace earlysight::python {

struct machine_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void raise(const failure&);

template <class Value>
Value value_of(result<Value> r) {
  if (!r) raise(r.error());
  return std::move(*r);
}

/// The plan of a pack's last run: the next is often asked as of the same day with the same params.
struct kept_plan {
  std::mutex guard;
  std::string as_of;
  std::vector<std::pair<std::string, std::string>> params;
  std::shared_ptr<const plan> of;  // none before the first run
};

struct pack {
  pack_report report;
  std::string source;  // the path, or the text's name
  std::shared_ptr<kept_plan> last = std::make_shared<kept_plan>();
  const program& of() const { return *report.checked; }
};

/// A run and all that its cohort looks into; destroyed with the interpreter's lock held.
struct run {
  input given;
  memory converted;
  std::vector<column_use> uses;
  std::shared_ptr<const cohort> data;
  std::shared_ptr<run_result> of;
  unsigned threads = 0;
  double load_seconds = 0, score_seconds = 0;
  std::once_flag once;
  std::vector<result_rows> rows;
  std::mutex explaining;  // one explanation at a time: what they share is kept between them
  std::optional<explainer> why;

  const std::vector<result_rows>& all() {
    std::call_once(once, [this] { rows = all_rows(*of, *data, threads); });
    return rows;
  }
};

/// What a run is asked for.
struct run_request {
  std::string as_of;
  std::vector<std::pair<std::string, std::string>> params;
  unsigned threads = 0;
  bool strict = false;
  std::optional<double> max_rejected;
};

param_values read_params(const program&, const std::vector<std::pair<std::string, std::string>>& given);

/// Loads and scores on a thread of its own. Ctrl-C stops either; `tick`, where it is no None, is called every now and then with
/// ("loading" or "scoring", share done or None where it cannot be told).
std::unique_ptr<run> score_pack(const pack&, const pybind11::iterable& tables, const std::optional<std::filesystem::path>& folder, const run_request&, const pybind11::object& tick);

shared_table table_of(run&, const std::string& name, bool all);
std::vector<explanation> explain_child(run&, const std::string& child, const std::optional<std::string>& rule);

}  // namespace earlysight::python
