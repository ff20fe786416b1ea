// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "session.hpp"

#include <earlysight/text/diagnostic.hpp>

namespace earlysight::grammar {

/// Why reading stopped, said for the author. `begin` is the item's first token.
/// Requires: `s` has collected what was wanted around its furthest place.
struct failure_report {
  diagnostic message;
  std::size_t at = 0;         // the token at which reading goes on looking for the next item
  bool begins_item = false;   // the words before it are whole: a new item begins here, with a word that begins none
};
failure_report explain_failure(const session& s, std::size_t begin, std::size_t stopped);

}  // namespace earlysight::grammar
