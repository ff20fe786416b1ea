// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace earlysight {

/// The engine's version, as results and explanations name it.
inline constexpr const char* engine_version = "0.1.0";

}  // namespace earlysight
