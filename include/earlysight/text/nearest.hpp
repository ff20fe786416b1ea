// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

/// Letters to insert, delete, change or swap (neighbours) to make one word of the other.
int edit_distance(std::string_view a, std::string_view b);

/// The candidate that was most likely meant, or empty: at most 1 edit for words of up to 4 letters, else 2 (3 from 9 letters on).
/// Ties go to the first in byte order, so that a message never depends on the order of declarations.
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace earlysight
