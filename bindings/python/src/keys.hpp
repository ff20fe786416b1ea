// SPDX-License-Identifier: Apache-2.0
// Whose each row is: keys matched to the rows of table child without a text made for each.
#pragma once
#include "source.hpp"

#include <optional>
#include <span>

namespace earlysight::python {

/// The keys of table child. Rows of other tables mostly name the children in the same order, which costs one comparison a row; else keys are
/// looked up, by halving where they stand in order and are all different, in a table of hashes where they do not.
class child_keys {
 public:
  static constexpr std::uint32_t nobody = 0xFFFFFFFF;

  /// `texts`: the key of each row, without spaces around it, and empty where it is missing; it must outlive this. `column`: the same as given.
  child_keys(const source_column& column, std::span<const std::string_view> texts);

  /// Of a table whose rows stand in the order of table child: where the rows of each child begin, and at last how many there are. None where
  /// they stand otherwise, or a row has no child.
  std::optional<std::vector<std::uint32_t>> first_rows_of(const source_column&) const;

  /// The row of each key in table child, the first where a key stands twice; `nobody` where there is none.
  std::vector<std::uint32_t> rows_of(const source_column&) const;

 private:
  std::uint32_t find(std::string_view) const;
  std::uint32_t find(std::int64_t) const;
  std::uint32_t hashed(std::string_view) const;
  void hash_all() const;
  template <class Run>
  void match(const chunk&, Run run) const;
  template <class At, class Same, class Run>
  void match_each(const chunk&, At key, Same same_key, Run run) const;
  template <class Key>
  std::uint32_t next_or_find(Key, std::uint32_t last) const;

  std::span<const std::string_view> texts_;
  std::vector<std::int64_t> numbers_;  // where keys are whole numbers
  bool in_order_ = true;               // each greater than the one before
  mutable bool distinct_ = true;
  mutable std::vector<std::uint32_t> table_;  // rows by hash of their text, open addressing; made where it is needed
};

}  // namespace earlysight::python
