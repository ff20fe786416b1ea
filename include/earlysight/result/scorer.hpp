// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/result/outcomes.hpp>

#include <memory>

namespace earlysight {

/// Scores one child at a time, for a host that answers one request after another: the memory that a run needs, and its result, are
/// made once and kept. `score` of a whole cohort needs none of this.
///
///     scorer one(plan);                      // once a plan and thread
///     one.use(cohort);                       // of the request, or of all children
///     const run_result& r = one.score(child);
///     r.outcomes.at(0, rule) == outcome::fires
///     flags_of(*plan->program, r.outcomes, 0);
///
/// Says of a child what `score` says. Not for several threads at once: each has its own, and all may share plan and cohort. The
/// cohort must outlive it, or the next `use`.
class scorer {
 public:
  explicit scorer(std::shared_ptr<const plan>);
  ~scorer();
  scorer(scorer&&) noexcept;
  scorer& operator=(scorer&&) noexcept;

  /// Goes on to another cohort of the plan's pack, or to one that has changed.
  void use(const cohort&);

  /// Outcomes and score of one child: child 0 of the result, which stands until the next call. Requires: a cohort in use, child < its
  /// children. Throws `std::bad_alloc` where the memory does not do.
  const run_result& score(std::size_t child);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace earlysight
