// SPDX-License-Identifier: Apache-2.0
// 128 bits at a time: comparisons give lanes of ones and zeros, whose highest bits are the mask.
#pragma once
#include "../dispatch.hpp"

#define EARLYSIGHT_REGISTER 16
#include "byte_lanes.hpp"

#include <immintrin.h>

namespace earlysight::kernel {
namespace {

/// Elements side by side in one register; comparisons give a mask of them, and masks combine with & and |.
template <class T>
struct lanes;

template <>
struct lanes<double> {
  using reg = __m128d;
  using mask = __m128i;
  static constexpr std::size_t count = 2;
  static reg load(const double* a) { return _mm_loadu_pd(a); }
  static void store(double* a, reg x) { _mm_storeu_pd(a, x); }
  static reg all(double x) { return _mm_set1_pd(x); }
  static mask ge(reg a, reg b) { return _mm_castpd_si128(_mm_cmpge_pd(a, b)); }
  static mask gt(reg a, reg b) { return _mm_castpd_si128(_mm_cmpgt_pd(a, b)); }
  static mask eq(reg a, reg b) { return _mm_castpd_si128(_mm_cmpeq_pd(a, b)); }
  static mask without(mask a, mask b) { return _mm_andnot_si128(b, a); }
  static word bits(mask m) { return static_cast<unsigned>(_mm_movemask_pd(_mm_castsi128_pd(m))); }
  static reg choose(word m, reg a, reg b) {
    const auto each = _mm_set_epi64x(2, 1);
    return _mm_blendv_pd(b, a, _mm_castsi128_pd(_mm_cmpeq_epi64(_mm_and_si128(_mm_set1_epi64x(static_cast<long long>(m)), each), each)));
  }
  static reg subtract(reg a, reg b) { return _mm_sub_pd(a, b); }
  static reg multiply(reg a, reg b) { return _mm_mul_pd(a, b); }
  static reg magnitude(reg a) { return _mm_andnot_pd(_mm_set1_pd(-0.0), a); }
  static reg higher(reg a, reg b) { return _mm_max_pd(b, a); }
};

template <>
struct lanes<float> {
  using reg = __m128;
  using mask = __m128i;
  static constexpr std::size_t count = 4;
  static reg load(const float* a) { return _mm_loadu_ps(a); }
  static reg all(float x) { return _mm_set1_ps(x); }
  static mask ge(reg a, reg b) { return _mm_castps_si128(_mm_cmpge_ps(a, b)); }
  static word bits(mask m) { return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(m))); }
};

template <>
struct lanes<std::int32_t> {
  using reg = __m128i;
  using mask = __m128i;
  static constexpr std::size_t count = 4;
  static reg load(const std::int32_t* a) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(a)); }
  static void store(std::int32_t* a, reg x) { _mm_storeu_si128(reinterpret_cast<__m128i*>(a), x); }
  static reg all(std::int32_t x) { return _mm_set1_epi32(x); }
  static mask ge(reg a, reg b) { return _mm_cmpeq_epi32(_mm_max_epi32(a, b), a); }
  static mask gt(reg a, reg b) { return _mm_cmpgt_epi32(a, b); }
  static mask eq(reg a, reg b) { return _mm_cmpeq_epi32(a, b); }
  static word bits(mask m) { return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(m))); }
  static reg choose(word m, reg a, reg b) {
    const auto each = _mm_set_epi32(8, 4, 2, 1);
    return _mm_blendv_epi8(b, a, _mm_cmpeq_epi32(_mm_and_si128(_mm_set1_epi32(static_cast<int>(m)), each), each));
  }
};

template <>
struct lanes<std::uint16_t> {
  using reg = __m128i;
  using mask = __m128i;
  static constexpr std::size_t count = 8;
  static reg load(const std::uint16_t* a) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(a)); }
  static reg all(std::uint16_t x) { return _mm_set1_epi16(static_cast<short>(x)); }
  static mask ge(reg a, reg b) { return _mm_cmpeq_epi16(_mm_max_epu16(a, b), a); }
  static word bits(mask m) { return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(m, _mm_setzero_si128()))); }
};

template <>
struct lanes<std::uint8_t> {
  using reg = __m128i;
  using mask = __m128i;
  static constexpr std::size_t count = 16;
  static reg load(const std::uint8_t* a) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(a)); }
  static reg all(std::uint8_t x) { return _mm_set1_epi8(static_cast<char>(x)); }
  static mask ge(reg a, reg b) { return _mm_cmpeq_epi8(_mm_max_epu8(a, b), a); }
  static mask gt(reg a, reg b) { return _mm_xor_si128(ge(b, a), _mm_set1_epi8(-1)); }
  static mask eq(reg a, reg b) { return _mm_cmpeq_epi8(a, b); }
  static word bits(mask m) { return static_cast<unsigned>(_mm_movemask_epi8(m)); }
};

/// bytes[j] = bit j ? 255 : 0; 64 of them.
inline void spread(word bits, std::uint8_t* bytes) {
  const auto which = _mm_set_epi64x(0x0101010101010101, 0), each = _mm_set1_epi64x(static_cast<long long>(0x8040201008040201ULL));
  for (int quarter = 0; quarter < 4; ++quarter) {
    const auto b = _mm_and_si128(_mm_shuffle_epi8(_mm_set1_epi16(static_cast<short>(bits >> (16 * quarter))), which), each);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes + 16 * quarter), _mm_cmpeq_epi8(b, each));
  }
}

/// sums[j] = the sum of the n rows of 64 bytes, under masks where there are any, the sums kept in registers.
inline void sum_rows(const std::uint8_t* tile, const word* masks, const std::uint16_t* rows, std::size_t n, std::uint16_t* sums) {
  const auto zero = _mm_setzero_si128();
  auto a = zero, b = zero, c = zero, d = zero, e = zero, f = zero, g = zero, h = zero;
  alignas(16) std::uint8_t bytes[64];
  for (std::size_t k = 0; k < n; ++k) {
    const auto* values = tile + std::size_t{64} * rows[k];
    spread(masks ? masks[k] : ~word{0}, bytes);
    auto add = [&](std::size_t j, __m128i& low, __m128i& high) {
      const auto v = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values + j)), _mm_load_si128(reinterpret_cast<const __m128i*>(bytes + j)));
      low = _mm_add_epi16(low, _mm_unpacklo_epi8(v, zero));
      high = _mm_add_epi16(high, _mm_unpackhi_epi8(v, zero));
    };
    add(0, a, b), add(16, c, d), add(32, e, f), add(48, g, h);
  }
  auto store = [&](std::size_t j, __m128i x) { _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + j), x); };
  store(0, a), store(8, b), store(16, c), store(24, d), store(32, e), store(40, f), store(48, g), store(56, h);
}

}  // namespace
}  // namespace earlysight::kernel
