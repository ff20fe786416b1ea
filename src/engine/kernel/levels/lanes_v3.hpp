// SPDX-License-Identifier: Apache-2.0
// 256 bits at a time: comparisons give lanes of ones and zeros, whose highest bits are the mask.
#pragma once
#include "../dispatch.hpp"

#define EARLYSIGHT_REGISTER 32
#include "byte_lanes.hpp"

#include <immintrin.h>

namespace earlysight::kernel {
namespace {

/// Elements side by side in one register; comparisons give a mask of them, and masks combine with & and |.
template <class T>
struct lanes;

template <>
struct lanes<double> {
  using reg = __m256d;
  using mask = __m256i;
  static constexpr std::size_t count = 4;
  static reg load(const double* a) { return _mm256_loadu_pd(a); }
  static void store(double* a, reg x) { _mm256_storeu_pd(a, x); }
  static reg all(double x) { return _mm256_set1_pd(x); }
  static mask ge(reg a, reg b) { return _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_GE_OQ)); }
  static mask gt(reg a, reg b) { return _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_GT_OQ)); }
  static mask eq(reg a, reg b) { return _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_EQ_OQ)); }
  static mask without(mask a, mask b) { return _mm256_andnot_si256(b, a); }
  static word bits(mask m) { return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(m))); }
  static reg choose(word m, reg a, reg b) {
    const auto each = _mm256_set_epi64x(8, 4, 2, 1);
    const auto some = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi64x(static_cast<long long>(m)), each), each);
    return _mm256_blendv_pd(b, a, _mm256_castsi256_pd(some));
  }
  static reg subtract(reg a, reg b) { return _mm256_sub_pd(a, b); }
  static reg multiply(reg a, reg b) { return _mm256_mul_pd(a, b); }
  static reg magnitude(reg a) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a); }
  static reg higher(reg a, reg b) { return _mm256_max_pd(b, a); }
};

template <>
struct lanes<float> {
  using reg = __m256;
  using mask = __m256i;
  static constexpr std::size_t count = 8;
  static reg load(const float* a) { return _mm256_loadu_ps(a); }
  static reg all(float x) { return _mm256_set1_ps(x); }
  static mask ge(reg a, reg b) { return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_GE_OQ)); }
  static word bits(mask m) { return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(m))); }
};

template <>
struct lanes<std::int32_t> {
  using reg = __m256i;
  using mask = __m256i;
  static constexpr std::size_t count = 8;
  static reg load(const std::int32_t* a) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)); }
  static void store(std::int32_t* a, reg x) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(a), x); }
  static reg all(std::int32_t x) { return _mm256_set1_epi32(x); }
  static mask ge(reg a, reg b) { return _mm256_cmpeq_epi32(_mm256_max_epi32(a, b), a); }
  static mask gt(reg a, reg b) { return _mm256_cmpgt_epi32(a, b); }
  static mask eq(reg a, reg b) { return _mm256_cmpeq_epi32(a, b); }
  static word bits(mask m) { return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(m))); }
  static reg choose(word m, reg a, reg b) {
    const auto each = _mm256_set_epi32(128, 64, 32, 16, 8, 4, 2, 1);
    return _mm256_blendv_epi8(b, a, _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(static_cast<int>(m)), each), each));
  }
  /// Whether the bit at each place is set: moved to the lane's highest.
  static mask picked(const word* bits, reg place) {
    const auto some = _mm256_i32gather_epi32(reinterpret_cast<const int*>(bits), _mm256_srli_epi32(place, 5), 4);
    return _mm256_sllv_epi32(some, _mm256_andnot_si256(place, all(31)));
  }
};

template <>
struct lanes<std::uint16_t> {
  using reg = __m256i;
  using mask = __m256i;
  static constexpr std::size_t count = 16;
  static reg load(const std::uint16_t* a) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)); }
  static reg all(std::uint16_t x) { return _mm256_set1_epi16(static_cast<short>(x)); }
  static mask ge(reg a, reg b) { return _mm256_cmpeq_epi16(_mm256_max_epu16(a, b), a); }
  static word bits(mask m) { return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(_mm256_castsi256_si128(m), _mm256_extracti128_si256(m, 1)))); }
};

template <>
struct lanes<std::uint8_t> {
  using reg = __m256i;
  using mask = __m256i;
  static constexpr std::size_t count = 32;
  static reg load(const std::uint8_t* a) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)); }
  static reg all(std::uint8_t x) { return _mm256_set1_epi8(static_cast<char>(x)); }
  static mask ge(reg a, reg b) { return _mm256_cmpeq_epi8(_mm256_max_epu8(a, b), a); }
  static mask gt(reg a, reg b) { return _mm256_xor_si256(ge(b, a), _mm256_set1_epi8(-1)); }
  static mask eq(reg a, reg b) { return _mm256_cmpeq_epi8(a, b); }
  static word bits(mask m) { return static_cast<unsigned>(_mm256_movemask_epi8(m)); }
};

/// bytes[j] = bit j ? 255 : 0; 64 of them.
inline void spread(word bits, std::uint8_t* bytes) {
  const auto which = _mm256_set_epi64x(0x0303030303030303, 0x0202020202020202, 0x0101010101010101, 0);
  const auto each = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ULL));
  for (int half = 0; half < 2; ++half) {
    const auto b = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(bits >> (32 * half))), which), each);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes + 32 * half), _mm256_cmpeq_epi8(b, each));
  }
}

/// sums[j] = the sum of the n rows of 64 bytes, under masks where there are any, the sums kept in registers.
inline void sum_rows(const std::uint8_t* tile, const word* masks, const std::uint16_t* rows, std::size_t n, std::uint16_t* sums) {
  auto a = _mm256_setzero_si256(), b = a, c = a, d = a;
  alignas(32) std::uint8_t bytes[64];
  for (std::size_t k = 0; k < n; ++k) {
    const auto* values = tile + std::size_t{64} * rows[k];
    auto quarter = [&](std::size_t j) {
      const auto v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(values + j)), under = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes + j));
      return _mm256_cvtepu8_epi16(_mm_and_si128(v, under));
    };
    spread(masks ? masks[k] : ~word{0}, bytes);
    a = _mm256_add_epi16(a, quarter(0)), b = _mm256_add_epi16(b, quarter(16)), c = _mm256_add_epi16(c, quarter(32)), d = _mm256_add_epi16(d, quarter(48));
  }
  auto store = [&](std::size_t j, __m256i x) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + j), x); };
  store(0, a), store(16, b), store(32, c), store(48, d);
}

}  // namespace
}  // namespace earlysight::kernel
