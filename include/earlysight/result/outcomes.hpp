// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>
#include <earlysight/data/cohort.hpp>
#include <earlysight/plan/plan.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace earlysight {

/// What a rule says of a child. Source: language.md section 6.
enum class outcome : std::uint8_t { silent = 0, fires = 1, cannot_tell = 2, not_applicable = 3 };

const char* name_of(outcome);  // "silent", "fires", "cannot_tell", "not_applicable"

/// Outcomes of every child and rule, two bits each. Shape: children x rules, rules as in program::rules (by name).
class outcome_table {
 public:
  outcome_table() = default;
  outcome_table(std::size_t children, std::size_t rules) : children_(children), words_((children + 63) / 64), low_(words_ * rules), high_(words_ * rules) {}

  outcome at(std::size_t child, std::size_t rule) const {
    const auto w = rule * words_ + child / 64;
    return static_cast<outcome>((low_[w] >> (child % 64) & 1) | (high_[w] >> (child % 64) & 1) << 1);
  }
  std::size_t children() const { return children_; }
  std::size_t count(std::size_t rule, outcome) const;

  /// Sets the outcomes of `n` children from `first` on, given as bits from bit 0. Safe from several threads for different children.
  void set(std::size_t rule, std::size_t first, std::size_t n, const std::uint64_t* fires, const std::uint64_t* can_tell, const std::uint64_t* applies);
  /// Takes back what was set: outcomes are set once, or cleared in between.
  void clear() { low_.assign(low_.size(), 0), high_.assign(high_.size(), 0); }

 private:
  std::size_t children_ = 0, words_ = 0;
  std::vector<std::uint64_t> low_, high_;  // by rule, then by 64 children
};

/// The points of a child, both ends: low counts the rules that fire, high also those that cannot tell.
struct score_table {
  std::vector<double> low, high;            // by child
  std::vector<std::int32_t> band_low, band_high;  // index into program::bands, -1 where none is reached
};

struct run_options {
  unsigned threads = 0;         // 0: as many as the machine has
  std::size_t block = 0;        // children at a time; 0: so many that a block fits the second-level cache
  std::function<void(double share)> progress;  // called now and then, from one thread
  const std::atomic<bool>* stop = nullptr;     // set by the host to end the run early
};

/// All that a run says, for every child of the cohort in its order. The same for every thread count and block size.
struct run_result {
  std::shared_ptr<const earlysight::plan> plan;
  outcome_table outcomes;
  score_table scores;
};

/// Runs the plan over the cohort. Fails with `arguments` where the host stopped it.
result<run_result> score(std::shared_ptr<const plan>, const cohort&, const run_options& = {});

/// A flag of one child.
struct child_flag {
  std::int32_t flag = -1;
  bool raised = false;          // else a rule that raises it cannot tell
  earlysight::level level = level::any;  // highest raised; of those that cannot tell, the highest at stake
  std::vector<std::int32_t> rules;       // that fire; or, where none does, that cannot tell
  double points = 0;
};

/// The flags raised of a child, and those of which it cannot be told, by name.
std::vector<child_flag> flags_of(const program&, const outcome_table&, std::size_t child);

}  // namespace earlysight
