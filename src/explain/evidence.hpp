// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "prepared.hpp"

namespace earlysight::explaining {

/// The evidence of one explanation: what it has shown so far, so that the same rows are told once.
class evidence_book {
 public:
  /// Begins an explanation with so many sources.
  void open(std::size_t sources);
  /// Adds the rows of a source to a condition's, marked where they stand above. What was added must stay where it is.
  void add(const plan&, const cohort&, const evaluation&, const row_source&, std::size_t place, std::vector<evidence>& out);

 private:
  std::vector<const evidence*> by_source_;
  std::vector<const evidence*> told_;
};

}  // namespace earlysight::explaining
