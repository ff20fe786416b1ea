// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/text/diagnostic.hpp>

#include <string>
#include <vector>

namespace earlysight {

/// Messages as an author reads them: place, code, sentence, the line with the words underlined, what to write instead, and second places.
std::string render_text(const std::vector<diagnostic>&, const source_map&, bool colour);

/// {"diagnostics": [{"file", "line", "column", "end_line", "end_column", "severity", "code", "message", "mend", "related": […]}]}
std::string render_json(const std::vector<diagnostic>&, const source_map&);

/// SARIF 2.1.0, for code-review tools.
std::string render_sarif(const std::vector<diagnostic>&, const source_map&);

}  // namespace earlysight
