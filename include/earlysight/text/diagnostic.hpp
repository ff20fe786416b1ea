// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/text/source.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

enum class severity : unsigned char { error, warning };

/// A second place that belongs to a message: where a name was first declared, an edge of a cycle.
struct related_place {
  span where;
  std::string note;
};

/// One message about a pack, as data; `render` turns it into text, JSON or SARIF.
///
/// `code` is stable (`E0301`, `W0102`); each has a page in docs/errors. `message` is one sentence in the author's terms,
/// `mend` what to write instead (empty where nothing better than the message can be said).
struct diagnostic {
  std::string code;
  severity level = severity::error;
  span where;
  std::string message;
  std::string mend;
  std::vector<related_place> related;
};

inline bool has_errors(const std::vector<diagnostic>& all) {
  for (const auto& d : all)
    if (d.level == severity::error) return true;
  return false;
}

/// Orders by file, then place, then code, and drops exact repeats.
void sort_diagnostics(std::vector<diagnostic>&);

}  // namespace earlysight
