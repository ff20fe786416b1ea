// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/column.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace earlysight::kernel {

using word = std::uint64_t;

inline std::size_t words_for(std::size_t n) { return (n + 63) / 64; }
inline bool test(const word* bits, std::size_t i) { return bits[i / 64] >> (i % 64) & 1; }
inline void assign(word* bits, std::size_t i, bool value) {
  const word one = word{1} << (i % 64);
  bits[i / 64] = value ? bits[i / 64] | one : bits[i / 64] & ~one;
}

/// Eight bytes of 0 or 1 to eight bits.
inline word pack8(const std::uint8_t* bytes) {
  word eight;
  std::memcpy(&eight, bytes, 8);
  return (eight * 0x0102040810204080ULL) >> 56;
}

/// out bit i = predicate(i), 64 at a time; n elements.
template <class Predicate>
inline void fill_bits(std::size_t n, word* out, Predicate predicate) {
  alignas(64) std::uint8_t bytes[64];
  for (std::size_t w = 0; w * 64 < n; ++w) {
    const auto base = w * 64;
    const auto m = std::min<std::size_t>(64, n - base);
    if (m == 64) {
      for (std::size_t j = 0; j < 64; ++j) bytes[j] = predicate(base + j) ? 1 : 0;
    } else {
      std::memset(bytes, 0, sizeof bytes);
      for (std::size_t j = 0; j < m; ++j) bytes[j] = predicate(base + j) ? 1 : 0;
    }
    word packed = 0;
    for (std::size_t j = 0; j < 8; ++j) packed |= pack8(bytes + 8 * j) << (8 * j);
    out[w] = packed;
  }
}

/// Calls visit(first, how many, words) for pieces of n elements, with room for the bits of a piece: it stays in the first-level cache.
template <class Visit>
inline void in_pieces(std::size_t n, Visit visit) {
  constexpr std::size_t most = 4096;
  alignas(64) word bits[most / 64];
  for (std::size_t first = 0; first < n; first += most) visit(first, std::min(most, n - first), bits);
}

/// The bits of how many among `count` inputs have a bit set, from `least` on: counters in binary, a word for each of their digits.
/// get(k) gives input k's word.
template <class Get>
inline word at_least(std::int64_t least, std::size_t count, Get get) {
  if (least <= 0) return ~word{0};
  if (static_cast<std::uint64_t>(least) > count) return 0;
  const auto digits = static_cast<std::size_t>(std::bit_width(count));
  word digit[64];
  std::fill_n(digit, digits, 0);
  for (std::size_t k = 0; k < count; ++k) {
    word carry = get(k);
    for (std::size_t d = 0; carry != 0 && d < digits; ++d) {
      const word sum = digit[d] ^ carry;
      carry &= digit[d];
      digit[d] = sum;
    }
  }
  word more = 0, equal = ~word{0};
  for (auto d = digits; d-- > 0;) {
    if (least >> d & 1) {
      equal &= digit[d];
    } else {
      more |= equal & digit[d];
      equal &= ~digit[d];
    }
  }
  return more | equal;
}

/// n bits of a view, from bit `first` on, to words; all ones where the view has no words.
inline void copy_bits(bit_view from, std::size_t first, std::size_t n, word* out) {
  const auto words = words_for(n);
  if (!from.words) {
    std::fill(out, out + words, ~word{0});
    return;
  }
  const auto shift = first % 64;
  const auto* in = from.words + first / 64;
  if (shift == 0) {
    std::copy(in, in + words, out);
    return;
  }
  const auto last = words_for(shift + n);  // words that hold the bits: none beyond is read
  for (std::size_t w = 0; w < words; ++w) out[w] = in[w] >> shift | (w + 1 < last ? in[w + 1] << (64 - shift) : 0);
}

/// How many bits of [first, last) are set.
inline std::size_t count_bits(const word* bits, std::size_t first, std::size_t last) {
  if (first >= last) return 0;
  const auto a = first / 64, b = (last - 1) / 64;
  const word head = ~word{0} << (first % 64), tail = ~word{0} >> (63 - (last - 1) % 64);
  if (a == b) return static_cast<std::size_t>(std::popcount(bits[a] & head & tail));
  auto n = static_cast<std::size_t>(std::popcount(bits[a] & head)) + static_cast<std::size_t>(std::popcount(bits[b] & tail));
  for (auto w = a + 1; w < b; ++w) n += static_cast<std::size_t>(std::popcount(bits[w]));
  return n;
}

/// Calls visit(i) for each i of [first, last) whose bit get(word number) has set, in order.
template <class Get, class Visit>
inline void for_each_bit(Get get, std::size_t first, std::size_t last, Visit visit) {
  if (first >= last) return;
  const auto a = first / 64, b = (last - 1) / 64;
  for (auto w = a; w <= b; ++w) {
    word bits = get(w);
    if (w == a) bits &= ~word{0} << (first % 64);
    if (w == b) bits &= ~word{0} >> (63 - (last - 1) % 64);
    while (bits) {
      visit(w * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
      bits &= bits - 1;
    }
  }
}

}  // namespace earlysight::kernel
