// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

/// A stretch of one source file, in bytes: [begin, end).
struct span {
  std::uint32_t file = 0, begin = 0, end = 0;
  friend bool operator==(const span&, const span&) = default;
};

/// The smallest span that holds both. Requires: both in one file.
inline span cover(span a, span b) {
  return {a.file, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

/// A place as people count it: both from 1, the column in characters (UTF-8 code points).
struct place {
  std::uint32_t line = 1, column = 1;
};

/// The files of a pack, in the order in which they were read.
class source_map {
 public:
  /// Keeps the text and answers the file's index. `path` is shown in messages.
  std::uint32_t add(std::string path, std::string text);

  std::size_t size() const { return files_.size(); }
  const std::string& path(std::uint32_t file) const { return files_[file].path; }
  std::string_view text(std::uint32_t file) const { return files_[file].text; }
  std::string_view text(span s) const { return text(s.file).substr(s.begin, s.end - s.begin); }
  /// The words of a stretch with line ends and runs of spaces made one space each.
  std::string one_line(span s) const;
  place place_of(std::uint32_t file, std::uint32_t offset) const;
  place begin_of(span s) const { return place_of(s.file, s.begin); }
  /// The whole line that holds `offset`, without its end.
  std::string_view line_at(std::uint32_t file, std::uint32_t offset) const;

 private:
  struct file {
    std::string path, text;
    std::vector<std::uint32_t> lines;  // offset of each line's first byte
  };
  std::vector<file> files_;
};

}  // namespace earlysight
