// SPDX-License-Identifier: Apache-2.0
// Rows as text, written cell by cell without a call to a library.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight::simulation {

class text_buffer {
 public:
  /// Where to write next; at least `bytes` fit.
  char* room(std::size_t bytes) {
    if (bytes_.size() - size_ < bytes) bytes_.resize(std::max(bytes_.size() * 2, size_ + bytes + 4096));
    return bytes_.data() + size_;
  }
  void used_up_to(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.data()); }
  void clear() { size_ = 0; }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::vector<char> bytes_;
  std::size_t size_ = 0;
};

inline char* write_text(char* p, std::string_view s) {
  std::memcpy(p, s.data(), s.size());
  return p + s.size();
}

inline char* write_whole(char* p, std::uint64_t n) {
  char digits[20];
  int i = 20;
  do digits[--i] = static_cast<char>('0' + n % 10);
  while ((n /= 10) > 0);
  std::memcpy(p, digits + i, static_cast<std::size_t>(20 - i));
  return p + (20 - i);
}

inline char* write_padded(char* p, std::uint64_t n, int width) {
  for (int i = width - 1; i >= 0; --i, n /= 10) p[i] = static_cast<char>('0' + n % 10);
  return p + width;
}

/// n / 10^places, without zeros at the end: 1250 with two places is 12.5.
inline char* write_decimal(char* p, std::int64_t n, int places) {
  if (n < 0) *p++ = '-', n = -n;
  std::uint64_t scale = 1;
  for (int i = 0; i < places; ++i) scale *= 10;
  auto rest = static_cast<std::uint64_t>(n) % scale;
  p = write_whole(p, static_cast<std::uint64_t>(n) / scale);
  if (rest == 0) return p;
  while (rest % 10 == 0) rest /= 10, --places;
  *p++ = '.';
  return write_padded(p, rest, places);
}

/// A text as a cell of a CSV file.
inline std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos && !text.empty() && text.front() != ' ' && text.back() != ' ') return std::string(text);
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace earlysight::simulation
