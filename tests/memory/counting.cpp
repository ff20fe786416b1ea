// SPDX-License-Identifier: Apache-2.0
// operator new and delete of this program, which count. What is asked for is counted, not the pages that the system gives: the same on every
// machine, however its allocator keeps what is freed. Each piece begins with its size, as far before it as it is aligned.
#include "counting.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> held{0}, peak{0};

void* take(std::size_t bytes, std::size_t align) {
  align = std::max(align, alignof(std::max_align_t));
  auto* start = static_cast<char*>(std::aligned_alloc(align, (bytes + 2 * align - 1) / align * align));
  if (!start) throw std::bad_alloc();
  *reinterpret_cast<std::size_t*>(start + align - sizeof bytes) = bytes;
  const auto now = held.fetch_add(bytes) + bytes;
  for (auto most = peak.load(); now > most && !peak.compare_exchange_weak(most, now);) {
  }
  return start + align;
}

void give_back(void* at, std::size_t align) noexcept {
  if (!at) return;
  align = std::max(align, alignof(std::max_align_t));
  held.fetch_sub(*reinterpret_cast<std::size_t*>(static_cast<char*>(at) - sizeof(std::size_t)));
  std::free(static_cast<char*>(at) - align);
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes, 0); }
void* operator new(std::size_t bytes, std::align_val_t align) { return take(bytes, static_cast<std::size_t>(align)); }
void operator delete(void* at) noexcept { give_back(at, 0); }
void operator delete(void* at, std::size_t) noexcept { give_back(at, 0); }
void operator delete(void* at, std::align_val_t align) noexcept { give_back(at, static_cast<std::size_t>(align)); }
void operator delete(void* at, std::size_t, std::align_val_t align) noexcept { give_back(at, static_cast<std::size_t>(align)); }

namespace earlysight::testing {

std::size_t bytes_held() { return held; }
std::size_t bytes_at_peak() { return peak; }
void forget_peak() { peak = held.load(); }

}  // namespace earlysight::testing
