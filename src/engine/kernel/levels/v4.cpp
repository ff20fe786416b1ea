// SPDX-License-Identifier: Apache-2.0
// Compiled for x86-64-v4 (cmake/compiler.cmake); empty where the compiler does not.
#ifdef EARLYSIGHT_LEVELS
#include "lanes_v4.hpp"

#include "families.hpp"

namespace earlysight::kernel {
extern const kernels level_v4;
constinit const kernels level_v4 = table("v4");
}  // namespace earlysight::kernel
#endif
