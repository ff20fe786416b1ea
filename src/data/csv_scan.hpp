// SPDX-License-Identifier: Apache-2.0
// RFC 4180 rows, a cell at a time, over bytes that stay where they are. Our own and small, because no packaged C++ reader keeps the
// line and bytes of each cell at this speed (docs/csv-reader.md).
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace earlysight::csv {

/// A cell: its bytes without the quotes; `quoted` cells may hold doubled quotes.
struct raw_cell {
  const char* begin;
  const char* end;
  bool quoted;
};

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

inline std::string_view trimmed(const char* begin, const char* end) {
  while (begin < end && is_blank(*begin)) ++begin;
  while (end > begin && is_blank(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// The cell as text: spaces around it trimmed, doubled quotes made one (into `buffer`).
inline std::string_view text_of(const raw_cell& c, std::string& buffer) {
  const char *b = c.begin, *e = c.end;
  if (c.quoted && std::memchr(b, '"', static_cast<std::size_t>(e - b))) {
    buffer.clear();
    for (const char* p = b; p < e; ++p) {
      buffer += *p;
      if (*p == '"' && p + 1 < e && p[1] == '"') ++p;
    }
    b = buffer.data(), e = b + buffer.size();
  }
  return trimmed(b, e);
}

/// The first of `,` `"` line feed and carriage return from p on, or end.
inline const char* next_mark(const char* p, const char* end) {
#if defined(__SSE2__)
  const __m128i comma = _mm_set1_epi8(','), quote = _mm_set1_epi8('"'), feed = _mm_set1_epi8('\n'), carriage = _mm_set1_epi8('\r');
  while (end - p >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto hits = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(bytes, quote)), _mm_or_si128(_mm_cmpeq_epi8(bytes, feed), _mm_cmpeq_epi8(bytes, carriage)))));
    if (hits) return p + std::countr_zero(hits);
    p += 16;
  }
#endif
  while (p < end && *p != ',' && *p != '"' && *p != '\n' && *p != '\r') ++p;
  return p;
}

/// Reads one row from `p` on into `cells`; answers where the next begins. `lines` grows by the line ends read, those inside quotes
/// included. An empty line gives no cells. `open_quote` says whether the last cell opens a quote that the file never closes.
inline const char* read_row(const char* p, const char* end, std::vector<raw_cell>& cells, std::uint64_t& lines, bool& open_quote) {
  cells.clear();
  open_quote = false;
  const char* row = p;
  for (;;) {
    const char* begin = p;
    raw_cell c{begin, begin, false};
    const char* mark = next_mark(p, end);
    if (mark < end && *mark == '"') {
      bool only_blanks = true;
      for (const char* b = begin; b < mark; ++b) only_blanks = only_blanks && is_blank(*b);
      if (only_blanks) {
        // A quoted cell: up to the quote that is not doubled.
        c.quoted = true;
        c.begin = ++mark;
        for (;;) {
          const auto* quote = static_cast<const char*>(std::memchr(mark, '"', static_cast<std::size_t>(end - mark)));
          if (!quote) {
            // Never closed: the row ends with its line, so that the rows after it are read.
            open_quote = true;
            c = {c.begin - 1, c.begin, false};
            while (c.end < end && *c.end != '\n' && *c.end != '\r') ++c.end;
            mark = c.end;
            break;
          }
          if (quote + 1 < end && quote[1] == '"') {
            mark = quote + 2;
            continue;
          }
          c.end = quote;
          mark = quote + 1;
          break;
        }
        for (const char* b = c.begin; (b = static_cast<const char*>(std::memchr(b, '\n', static_cast<std::size_t>(c.end - b)))) != nullptr; ++b) ++lines;
        // What stands between the closing quote and the comma belongs to no RFC: it is kept, so that the cell does not parse.
        const char* after = mark;
        mark = next_mark(mark, end);
        while (mark < end && *mark == '"') mark = next_mark(mark + 1, end);
        for (const char* b = after; b < mark; ++b)
          if (!is_blank(*b)) {
            c = {c.begin - 1, mark, false};
            break;
          }
      } else {
        // A quote inside a cell that does not begin with one is a character like others.
        while (mark < end && *mark == '"') mark = next_mark(mark + 1, end);
        c.end = mark;
      }
    } else {
      c.end = mark;
    }
    if (mark < end && *mark == ',') {
      cells.push_back(c);
      p = mark + 1;
      continue;
    }
    const bool empty_line = cells.empty() && c.begin == c.end && !c.quoted;
    if (!(empty_line && begin == row)) cells.push_back(c);
    if (mark >= end) return end;
    ++lines;
    if (*mark == '\r' && mark + 1 < end && mark[1] == '\n') ++mark;
    return mark + 1;
  }
}

}  // namespace earlysight::csv
