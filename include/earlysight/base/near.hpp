// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>

namespace earlysight {

/// How far apart two numbers may be and still compare as equal: 1e-9 times the larger of 1 and their magnitudes.
/// Source: language.md section 3.
inline double tolerance(double a, double b) { return 1e-9 * std::max(1.0, std::max(std::fabs(a), std::fabs(b))); }

inline bool near_equal(double a, double b) { return a == b || std::fabs(a - b) < tolerance(a, b); }
inline bool near_less(double a, double b) { return a < b && !near_equal(a, b); }
inline bool near_less_equal(double a, double b) { return a < b || near_equal(a, b); }

}  // namespace earlysight
