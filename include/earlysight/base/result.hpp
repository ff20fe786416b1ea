// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace earlysight {

/// What kept an operation from being carried out: the machine or the caller, never the author of a pack.
enum class failure_kind : unsigned char {
  arguments,  ///< the caller's words: an unknown param, a value of the wrong kind (exit 2)
  data,       ///< the data, or the as-of date, cannot be used (exit 3)
  machine,    ///< disk, memory, a file that cannot be read or written (exit 4)
};

struct failure {
  failure_kind kind = failure_kind::machine;
  std::string message;  ///< whole sentences: what went wrong, what was expected, how to mend it
};

/// A value, or the failure that kept it from being made.
///
///     auto cohort = load_cohort(...);
///     if (!cohort) return report(cohort.error());
///     use(*cohort);
template <class Value>
class [[nodiscard]] result {
 public:
  result(Value value) : state_(std::in_place_index<0>, std::move(value)) {}
  result(failure f) : state_(std::in_place_index<1>, std::move(f)) {}

  explicit operator bool() const { return state_.index() == 0; }
  Value& operator*() & { return std::get<0>(state_); }
  const Value& operator*() const& { return std::get<0>(state_); }
  Value&& operator*() && { return std::get<0>(std::move(state_)); }
  Value* operator->() { return &std::get<0>(state_); }
  const Value* operator->() const { return &std::get<0>(state_); }
  const failure& error() const { return std::get<1>(state_); }

  /// The value; throws `std::runtime_error` with the failure's message where there is none.
  Value value_or_throw() && {
    if (!*this) throw std::runtime_error(error().message);
    return std::get<0>(std::move(state_));
  }

 private:
  std::variant<Value, failure> state_;
};

}  // namespace earlysight
