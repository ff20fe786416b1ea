// SPDX-License-Identifier: Apache-2.0
#include "csv_marks.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define EARLYSIGHT_X86 1
#include <immintrin.h>
#endif

namespace earlysight::csv {
namespace {

// A bit for each of 8 bytes that equals `c`.
std::uint64_t equal_bytes(std::uint64_t bytes, unsigned char c) {
  constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7f;
  const auto different = bytes ^ (c * std::uint64_t{0x0101010101010101});
  const auto zero = ~(((different & low) + low) | different | low);
  return (zero >> 7) * 0x0102040810204080 >> 56;
}

std::uint64_t eight_bytes(const char* p) {
  std::uint64_t bytes = 0;
  for (unsigned i = 0; i < 8; ++i) bytes |= std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
  return bytes;
}

void classify_portably(const char* p, std::size_t words, byte_classes* out) {
  for (; words-- > 0; ++out) {
    *out = {0, 0, 0, 0};
    for (unsigned shift = 0; shift < 64; shift += 8, p += 8) {
      const auto bytes = eight_bytes(p);
      out->commas |= equal_bytes(bytes, ',') << shift;
      out->feeds |= equal_bytes(bytes, '\n') << shift;
      out->carriages |= equal_bytes(bytes, '\r') << shift;
      out->quotes |= equal_bytes(bytes, '"') << shift;
    }
  }
}

void write_ends(std::uint64_t ends, std::uint32_t base, std::uint32_t* out) {
  for (; ends != 0; ends &= ends - 1) *out++ = base + static_cast<std::uint32_t>(std::countr_zero(ends));
}

#if EARLYSIGHT_X86
// While a block of rows is read, the next comes near.
constexpr std::size_t fetched_ahead = 1 << 14;

__attribute__((target("avx2"))) void classify_avx2(const char* p, std::size_t words, byte_classes* out) {
  const __m256i comma = _mm256_set1_epi8(','), feed = _mm256_set1_epi8('\n'), carriage = _mm256_set1_epi8('\r'), quote = _mm256_set1_epi8('"');
  for (; words-- > 0; p += 64, ++out) {
    __builtin_prefetch(p + fetched_ahead, 0, 2);
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
    std::uint64_t bits[4];
    int i = 0;
    for (const __m256i c : {comma, feed, carriage, quote})
      bits[i++] = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, c))) |
                  std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, c)))} << 32;
    *out = {bits[0], bits[1], bits[2], bits[3]};
  }
}

__attribute__((target("avx512f,avx512bw"))) void classify_avx512(const char* p, std::size_t words, byte_classes* out) {
  const __m512i comma = _mm512_set1_epi8(','), feed = _mm512_set1_epi8('\n'), carriage = _mm512_set1_epi8('\r'), quote = _mm512_set1_epi8('"');
  for (; words-- > 0; p += 64, ++out) {
    __builtin_prefetch(p + fetched_ahead, 0, 2);
    const __m512i bytes = _mm512_loadu_si512(p);
    *out = {_mm512_cmpeq_epi8_mask(bytes, comma), _mm512_cmpeq_epi8_mask(bytes, feed), _mm512_cmpeq_epi8_mask(bytes, carriage),
            _mm512_cmpeq_epi8_mask(bytes, quote)};
  }
}

// Writes 16 numbers at a time: up to 63 past the last may be overwritten.
__attribute__((target("avx512f,avx512bw,avx512vbmi2"))) void write_ends_avx512(std::uint64_t ends, std::uint32_t base, std::uint32_t* out) {
  alignas(64) static constexpr unsigned char places[64]{
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
      32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
      48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  const __m512i found = _mm512_maskz_compress_epi8(ends, _mm512_load_si512(places)), add = _mm512_set1_epi32(static_cast<int>(base));
  const int count = std::popcount(ends);
  _mm512_storeu_si512(out, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, found, 0)), add));
  if (count <= 16) return;
  _mm512_storeu_si512(out + 16, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, found, 1)), add));
  if (count <= 32) return;
  _mm512_storeu_si512(out + 32, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, found, 2)), add));
  _mm512_storeu_si512(out + 48, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, found, 3)), add));
}
#endif

// Bit i is the sum, without carry, of bits 0 to i.
std::uint64_t running_parity(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

scan_level best_scan_level() {
#if EARLYSIGHT_X86
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2")) return scan_level::avx512;
  if (__builtin_cpu_supports("avx2")) return scan_level::avx2;
#endif
  return scan_level::portable;
}

void classify(scan_level level, const char* bytes, std::size_t words, byte_classes* out) {
#if EARLYSIGHT_X86
  if (level == scan_level::avx512) return classify_avx512(bytes, words, out);
  if (level == scan_level::avx2) return classify_avx2(bytes, words, out);
#endif
  (void)level;
  classify_portably(bytes, words, out);
}

std::size_t count_line_ends(scan_level level, const char* p, const char* end) {
  constexpr std::size_t at_once = 64;
  byte_classes classes[at_once];
  std::size_t n = 0;
  bool carriage = false;  // the byte before is a carriage return
  while (end - p >= 64) {
    const auto words = std::min<std::size_t>(at_once, static_cast<std::size_t>(end - p) / 64);
    classify(level, p, words, classes);
    for (std::size_t w = 0; w < words; ++w) {
      // A pair is counted at its line feed.
      const auto pairs = classes[w].feeds & (classes[w].carriages << 1 | std::uint64_t{carriage});
      n += static_cast<std::size_t>(std::popcount(classes[w].feeds) + std::popcount(classes[w].carriages) - std::popcount(pairs));
      carriage = classes[w].carriages >> 63 != 0;
    }
    p += 64 * words;
  }
  for (; p < end; ++p) {
    if (*p == '\r' || (*p == '\n' && !carriage)) ++n;
    carriage = *p == '\r';
  }
  return n;
}

// The word's ends of cells; where it finds what is not plain, only those before.
std::uint64_t cell_ends::plain_ends(std::size_t word, std::uint64_t next_feed) {
  const auto& c = classes_[word];
  const auto marks = c.commas | c.feeds;
  auto odd = c.carriages & ~(c.feeds >> 1 | next_feed << 63);
  auto ends = marks;
  carriages_ |= c.carriages != 0;
  if (c.quotes != 0 || inside_ || after_close_) {
    const auto inside = running_parity(c.quotes) ^ (inside_ ? ~std::uint64_t{0} : 0);
    const auto open = c.quotes & inside, close = c.quotes & ~inside;
    ends &= ~inside;
    odd &= ~inside;
    const auto before_open = (ends | close) << 1 | std::uint64_t{after_end_ || after_close_};
    const auto after_close = close << 1 | std::uint64_t{after_close_};
    odd |= (open & ~before_open) | (after_close & ~(ends | open | (c.carriages & ~inside))) | ((c.feeds | c.carriages) & inside);
    inside_ = inside >> 63 != 0;
    after_close_ = close >> 63 != 0;
  }
  after_end_ = ends >> 63 != 0;
  if (odd == 0) return ends;
  stopped_ = true;
  return ends & ((odd & -odd) - 1);
}

void cell_ends::find(const char* row, std::size_t words) {
  if (classes_.size() < words) classes_.resize(words), ends_.resize(words * 64 + 65);
  classify(level_, row, words, classes_.data());
  inside_ = after_close_ = stopped_ = carriages_ = false;
  after_end_ = true;
  ends_[0] = ~std::uint32_t{0};
  auto* out = ends_.data() + 1;
  for (std::size_t w = 0; w < words && !stopped_; ++w) {
    const auto next_feed = w + 1 < words ? classes_[w + 1].feeds & 1 : std::uint64_t{row[words * 64] == '\n'};
    const auto ends = plain_ends(w, next_feed);
    const auto base = static_cast<std::uint32_t>(w * 64);
#if EARLYSIGHT_X86
    if (level_ == scan_level::avx512) write_ends_avx512(ends, base, out);
    else write_ends(ends, base, out);
#else
    write_ends(ends, base, out);
#endif
    out += std::popcount(ends);
  }
  size_ = static_cast<std::size_t>(out - ends_.data()) - 1;
}

std::size_t cell_ends::feeds_in(std::size_t bytes) const {
  std::size_t n = 0, w = 0;
  for (; w < bytes / 64; ++w) n += static_cast<std::size_t>(std::popcount(classes_[w].feeds));
  if (bytes % 64 != 0) n += static_cast<std::size_t>(std::popcount(classes_[w].feeds & ((std::uint64_t{1} << (bytes % 64)) - 1)));
  return n;
}

}  // namespace earlysight::csv
