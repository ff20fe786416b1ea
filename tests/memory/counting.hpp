// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace earlysight::testing {

/// Bytes that this program holds by operator new, as counted now, and the most that it held since the last `forget_peak`.
std::size_t bytes_held();
std::size_t bytes_at_peak();
void forget_peak();

}  // namespace earlysight::testing
