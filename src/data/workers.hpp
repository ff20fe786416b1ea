// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace earlysight {

/// Calls work(0) on this thread and work(1) to work(n - 1) on others, waits for all, and throws again what the first to fail threw.
template <class Work>
void on_threads(std::size_t n, const Work& work) {
  std::exception_ptr failed;
  std::mutex failing;
  auto guarded = [&](std::size_t i) noexcept {
    try {
      work(i);
    } catch (...) {
      const std::lock_guard lock(failing);
      if (!failed) failed = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      others.reserve(n);
      for (std::size_t i = 1; i < n; ++i) others.emplace_back(guarded, i);
    } catch (...) {
      const std::lock_guard lock(failing);
      failed = std::current_exception();
    }
    guarded(0);
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace earlysight
