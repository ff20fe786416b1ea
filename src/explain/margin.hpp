// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>

#include <string>

namespace earlysight::explaining {

/// How far a comparison or gap is from its threshold, in words; empty where that cannot be said. `left` and `right` are its sides,
/// `measured`: they are said too.
std::string margin(const plan&, const cohort&, const expression&, const cell& left, const cell& right, bool reached, bool measured);

}  // namespace earlysight::explaining
