// SPDX-License-Identifier: Apache-2.0
// Where the cells of many rows end, 64 bytes at a time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace earlysight::csv {

/// A word of 64 bytes, a bit each.
struct byte_classes {
  std::uint64_t commas, feeds, carriages, quotes;
};

/// What a processor has: each gives the same bits.
enum class scan_level : std::uint8_t { portable, avx2, avx512 };
scan_level best_scan_level();

/// Classifies `words` times 64 bytes.
void classify(scan_level, const char* bytes, std::size_t words, byte_classes* out);

/// Line ends in these bytes: line feeds, and carriage returns that no line feed follows. No row begins but after one of them.
std::size_t count_line_ends(scan_level, const char* begin, const char* end);

/// The ends of the cells from the beginning of a row on, up to the first byte that the plain way does not understand: a quote that does not
/// stand right at a cell's beginning or end, a line end inside quotes, a carriage return without its line feed. Rows that end before
/// `stop` are what they seem; the row in which it lies must be read the general way.
class cell_ends {
 public:
  explicit cell_ends(scan_level level) : level_(level) {}

  /// Looks at `words` times 64 bytes and one more, all of which must be readable.
  void find(const char* row, std::size_t words);
  /// Cells found, and their ends: commas and line feeds, counted from the row's first byte. ends()[-1] + 1 is 0.
  std::size_t size() const { return size_; }
  const std::uint32_t* ends() const { return ends_.data() + 1; }
  /// Line feeds among the first `bytes` bytes.
  std::size_t feeds_in(std::size_t bytes) const;
  bool stopped() const { return stopped_; }
  /// Whether a carriage return stands among the bytes looked at.
  bool carriages() const { return carriages_; }

 private:
  std::uint64_t plain_ends(std::size_t word, std::uint64_t next_feed);

  scan_level level_;
  std::vector<byte_classes> classes_;
  std::vector<std::uint32_t> ends_;
  std::size_t size_ = 0;
  bool stopped_ = false, carriages_ = false;
  // Of the byte before the word: is it inside quotes, a cell's end, a closing quote?
  bool inside_ = false, after_end_ = true, after_close_ = false;
};

}  // namespace earlysight::csv
