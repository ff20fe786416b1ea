// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace earlysight {

/// Memory for values that are written before they are read: it is not zeroed first, so that no page is touched before its rows are read,
/// by the thread that reads them.
template <class T>
struct unset_memory : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = unset_memory<U>;
  };
  unset_memory() = default;
  template <class U>
  unset_memory(const unset_memory<U>&) {}

  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Given>
  void construct(U* at, Given&&... given) {
    ::new (static_cast<void*>(at)) U(std::forward<Given>(given)...);
  }
};

/// A vector whose new elements hold nothing in particular until they are written.
template <class T>
using values_of = std::vector<T, unset_memory<T>>;

}  // namespace earlysight
