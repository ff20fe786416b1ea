// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>
#include <earlysight/engine/evaluation.hpp>

#include <string>

namespace earlysight {

/// A value as people read it everywhere: `81.2%`, `5 points`, `25 hours`, `2 May 2023`, `yes`, `none`, `not known`, `2 to 4`.
/// Source: language.md section 7.
std::string value_text(const plan&, const cohort&, const value_type&, const cell&);
/// The same for a literal of the pack.
std::string value_text(const literal&);
/// A number to one decimal, a final `.0` dropped.
std::string number_text(double);
/// A number with all its digits, for files: the shortest text that reads back as the same number.
std::string exact_number(double);

/// A `because` or `then` text of a child, filled in. `e` has run over a block with everything; `i` is the child's place in the block.
std::string fill(const text_template&, const plan&, const cohort&, const evaluation& e, std::size_t i);

/// The day by which an action is due: as-of date plus its length; empty where it has none or the calendar does not reach.
std::string due_date(const action&, const program&, date as_of);

}  // namespace earlysight
