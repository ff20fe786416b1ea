// SPDX-License-Identifier: Apache-2.0
// Compiled for x86-64-v3 (cmake/compiler.cmake); empty where the compiler does not.
#ifdef EARLYSIGHT_LEVELS
#include "lanes_v3.hpp"

#include "families.hpp"

namespace earlysight::kernel {
extern const kernels level_v3;
constinit const kernels level_v3 = table("v3");
}  // namespace earlysight::kernel
#endif
