// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>
#include <earlysight/plan/plan.hpp>

#include <cstdint>
#include <memory>

namespace earlysight {

/// One element of a node's result.
struct cell {
  bool known = false, present = false;  // known & present: a value; known & not present: nothing
  bool truth = false;                   // of kind truth (false where there is no value)
  double number = 0, high = 0;          // of kind number; `high` differs from `number` only where bounded
  std::int32_t whole = 0;               // day of a date, category code, text number (below -1: see text_of_pack)
  bool has_value() const { return known && present; }
};

/// A plan run on blocks of children, one at a time, with the last block's results kept.
///
///     evaluation e(plan, cohort);
///     e.run(0, 1024, false);                   // children 0 to 1023, what the rules need
///     e.at(plan.rules[3], 17).truth;           // whether rule 3 fires for child 17
///
/// Not for several threads at once: each has its own. The plan and cohort must outlive it. Kernels run no virtual call and allocate
/// nothing inside their loops; buffers grow between blocks. Results depend on the child alone, never on the block.
class evaluation {
 public:
  evaluation(const plan&, const cohort&);
  ~evaluation();
  evaluation(evaluation&&) noexcept;
  evaluation& operator=(evaluation&&) noexcept;

  /// Goes on to another cohort of the plan's pack, or to one that has changed; what was allocated stays.
  void over(const cohort&);

  /// Works out children [first, first + count). `everything`: also what only texts and explanations show. Without it, what a rule rests on is
  /// given back as soon as nothing reads it any more: only the outcomes of rules can then be asked for.
  void run(std::size_t first, std::size_t count, bool everything);

  /// Element i of a node in the space of children (i from the block's first child) or of rows (i from the block's first row). Not known where
  /// the last run kept no value of the node.
  cell at(plan_node_id, std::size_t i) const;
  /// Bits of a truth node, an element each: is true, is known, is present.
  struct masks {
    const std::uint64_t* truth;
    const std::uint64_t* known;
    const std::uint64_t* present;
  };
  masks bits(plan_node_id) const;

  /// The block's rows of a table: [first, first + count) of the cohort's.
  struct row_range {
    std::size_t first = 0, count = 0;
  };
  row_range rows_of(std::int32_t table) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace earlysight
