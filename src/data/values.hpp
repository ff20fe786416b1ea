// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace earlysight {

/// Memory for values that are written before they are read: it is not zeroed first, so that no page is touched before its rows are read
/// (by the thread that reads them), and a large piece stands on large pages where the system has them.
template <class T>
struct unset_memory {
  using value_type = T;
  unset_memory() = default;
  template <class U>
  unset_memory(const unset_memory<U>&) {}

  T* allocate(std::size_t n) {
    const auto bytes = n * sizeof(T);
    if (bytes < worth_large_pages) return static_cast<T*>(::operator new(bytes));
    void* memory = ::operator new(bytes, std::align_val_t{large_page});
#if defined(__linux__)
    // Advice: where it is not taken, pages are small.
    ::madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t n) {
    if (n * sizeof(T) < worth_large_pages) ::operator delete(memory);
    else ::operator delete(memory, std::align_val_t{large_page});
  }
  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Given>
  void construct(U* at, Given&&... given) {
    ::new (static_cast<void*>(at)) U(std::forward<Given>(given)...);
  }
  bool operator==(const unset_memory&) const { return true; }

 private:
  static constexpr std::size_t large_page = std::size_t{2} << 20, worth_large_pages = std::size_t{4} << 20;
};

/// A vector whose new elements hold nothing in particular until they are written.
template <class T>
using values_of = std::vector<T, unset_memory<T>>;

}  // namespace earlysight
