// SPDX-License-Identifier: Apache-2.0
#include "checker.hpp"
namespace earlysight::checking {
void checker::add_warnings() {}
}  // namespace earlysight::checking
