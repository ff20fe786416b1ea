// SPDX-License-Identifier: Apache-2.0
// Compiled as the rest of the library is, for x86-64-v2 or whatever the processor is.
#if defined(__SSE4_2__)
#include "lanes_v2.hpp"
#define EARLYSIGHT_LEVEL "v2"
#else
#include "lanes_portable.hpp"
#define EARLYSIGHT_LEVEL "portable"
#endif

#include "families.hpp"

namespace earlysight::kernel {
extern const kernels level_base;
constinit const kernels level_base = table(EARLYSIGHT_LEVEL);
}  // namespace earlysight::kernel
