// SPDX-License-Identifier: Apache-2.0
// 512 bits at a time: comparisons give mask registers.
#pragma once
#include "../dispatch.hpp"

#include <immintrin.h>

namespace earlysight::kernel {
namespace {

/// Elements side by side in one register; comparisons give a mask of them, and masks combine with & and |.
template <class T>
struct lanes;

template <>
struct lanes<double> {
  using reg = __m512d;
  using mask = __mmask8;
  static constexpr std::size_t count = 8;
  static reg load(const double* a) { return _mm512_loadu_pd(a); }
  static void store(double* a, reg x) { _mm512_storeu_pd(a, x); }
  static reg all(double x) { return _mm512_set1_pd(x); }
  static mask ge(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ); }
  static mask gt(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ); }
  static mask eq(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
  static mask without(mask a, mask b) { return static_cast<mask>(a & ~b); }
  static word bits(word m) { return m; }
  static reg choose(word m, reg a, reg b) { return _mm512_mask_blend_pd(static_cast<mask>(m), b, a); }
  static reg subtract(reg a, reg b) { return _mm512_sub_pd(a, b); }
  static reg multiply(reg a, reg b) { return _mm512_mul_pd(a, b); }
  static reg magnitude(reg a) { return _mm512_abs_pd(a); }
  // Not _mm512_max_pd: g++ 12 warns of its own undefined register (gcc bug 105593).
  static reg higher(reg a, reg b) { return _mm512_maskz_max_pd(static_cast<mask>(-1), b, a); }
};

template <>
struct lanes<float> {
  using reg = __m512;
  using mask = __mmask16;
  static constexpr std::size_t count = 16;
  static reg load(const float* a) { return _mm512_loadu_ps(a); }
  static reg all(float x) { return _mm512_set1_ps(x); }
  static mask ge(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
  static word bits(word m) { return m; }
};

template <>
struct lanes<std::int32_t> {
  using reg = __m512i;
  using mask = __mmask16;
  static constexpr std::size_t count = 16;
  static reg load(const std::int32_t* a) { return _mm512_loadu_si512(a); }
  static void store(std::int32_t* a, reg x) { _mm512_storeu_si512(a, x); }
  static reg all(std::int32_t x) { return _mm512_set1_epi32(x); }
  static mask ge(reg a, reg b) { return _mm512_cmpge_epi32_mask(a, b); }
  static mask gt(reg a, reg b) { return _mm512_cmpgt_epi32_mask(a, b); }
  static mask eq(reg a, reg b) { return _mm512_cmpeq_epi32_mask(a, b); }
  static word bits(word m) { return m; }
  static reg choose(word m, reg a, reg b) { return _mm512_mask_blend_epi32(static_cast<mask>(m), b, a); }
  /// Whether the bit at each place is set.
  static mask picked(const word* bits, reg place) {
    const auto bit = _mm512_maskz_sllv_epi32(static_cast<mask>(-1), all(1), _mm512_and_si512(place, all(31)));
    return _mm512_test_epi32_mask(_mm512_mask_i32gather_epi32(all(0), static_cast<mask>(-1), _mm512_maskz_srli_epi32(static_cast<mask>(-1), place, 5), bits, 4), bit);
  }
};

template <>
struct lanes<std::uint16_t> {
  using reg = __m512i;
  using mask = __mmask32;
  static constexpr std::size_t count = 32;
  static reg load(const std::uint16_t* a) { return _mm512_loadu_si512(a); }
  static reg all(std::uint16_t x) { return _mm512_set1_epi16(static_cast<short>(x)); }
  static mask ge(reg a, reg b) { return _mm512_cmpge_epu16_mask(a, b); }
  static word bits(word m) { return m; }
};

template <>
struct lanes<std::uint8_t> {
  using reg = __m512i;
  using mask = __mmask64;
  static constexpr std::size_t count = 64;
  static reg load(const std::uint8_t* a) { return _mm512_loadu_si512(a); }
  static reg all(std::uint8_t x) { return _mm512_set1_epi8(static_cast<char>(x)); }
  static mask ge(reg a, reg b) { return _mm512_cmpge_epu8_mask(a, b); }
  static mask gt(reg a, reg b) { return _mm512_cmpgt_epu8_mask(a, b); }
  static mask eq(reg a, reg b) { return _mm512_cmpeq_epu8_mask(a, b); }
  static word bits(word m) { return m; }
};

/// Bytes for sums: `under` is x in the lanes whose bit is set, 0 in the others.
struct byte_lanes {
  using reg = __m512i;
  static constexpr std::size_t count = 64;
  static reg all(std::uint8_t x) { return _mm512_set1_epi8(static_cast<char>(x)); }
  static void store(std::uint8_t* a, reg x) { _mm512_storeu_si512(a, x); }
  static reg lower(reg a, reg b) { return _mm512_min_epu8(a, b); }
  static reg higher(reg a, reg b) { return _mm512_max_epu8(a, b); }
  static reg add_saturated(reg a, reg b) { return _mm512_adds_epu8(a, b); }
  static reg under(word bits, std::uint8_t x) { return _mm512_maskz_set1_epi8(bits, static_cast<char>(x)); }
};

/// bytes[j] = bit j ? 255 : 0; 64 of them.
inline void spread(word bits, std::uint8_t* bytes) { _mm512_storeu_si512(bytes, _mm512_movm_epi8(bits)); }

/// sums[j] = the sum of the n rows of 64 bytes, under masks where there are any, the sums kept in registers.
inline void sum_rows(const std::uint8_t* tile, const word* masks, const std::uint16_t* rows, std::size_t n, std::uint16_t* sums) {
  // The masked forms: g++ 12 warns of its own undefined register in the plain ones (gcc bug 105593).
  auto low = _mm512_setzero_si512(), high = low;
  for (std::size_t k = 0; k < n; ++k) {
    const auto v = _mm512_maskz_loadu_epi8(masks ? masks[k] : ~word{0}, tile + std::size_t{64} * rows[k]);
    low = _mm512_add_epi16(low, _mm512_maskz_cvtepu8_epi16(~__mmask32{0}, _mm512_maskz_extracti64x4_epi64(__mmask8{15}, v, 0)));
    high = _mm512_add_epi16(high, _mm512_maskz_cvtepu8_epi16(~__mmask32{0}, _mm512_maskz_extracti64x4_epi64(__mmask8{15}, v, 1)));
  }
  _mm512_storeu_si512(sums, low);
  _mm512_storeu_si512(sums + 32, high);
}

}  // namespace
}  // namespace earlysight::kernel
