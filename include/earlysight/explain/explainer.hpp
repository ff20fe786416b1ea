// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/explain/explain.hpp>

#include <memory>
#include <span>

namespace earlysight {

/// The value of one expression of a rule: `program::sources` has its words, `program[of].type` its kind.
struct looked_at {
  expression_id of = -1;
  cell value;
};

/// Explains rules of children, one after another: what does not depend on the child is worked out once a rule and kept, and a child
/// costs what the rule looks at, not what the pack does.
///
///     explainer why(plan);
///     why.use(cohort);
///     render_text(why.explain(child, rule), false);
///
/// Says byte for byte what `explain` says. Memory grows with the rules that were asked about. Not for several threads at once: each
/// has its own. The cohort must outlive it, or the next `use`.
class explainer {
 public:
  explicit explainer(std::shared_ptr<const plan>);
  ~explainer();
  explainer(explainer&&) noexcept;
  explainer& operator=(explainer&&) noexcept;

  /// Goes on to another cohort of the plan's pack, or to one that has changed. Cheap: rules stay prepared.
  void use(const cohort&);

  /// Why a rule says what it says. Requires: a cohort in use, child < its children, a rule of the plan's program.
  explanation explain(std::size_t child, std::int32_t rule);

  /// What the rule says, the truth of each condition that the explanation shows, and the values they looked at, as values and not as
  /// text; each expression once. The values stand until the next call. Requires as above.
  struct values {
    earlysight::outcome outcome = outcome::silent;
    std::span<const looked_at> all;
  };
  values look(std::size_t child, std::int32_t rule);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace earlysight
