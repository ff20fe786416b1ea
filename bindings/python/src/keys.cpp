// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include "cell.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <type_traits>

namespace earlysight::python {

child_keys::child_keys(const source_column& column, std::span<const std::string_view> texts) : texts_(texts) {
  const bool whole = std::all_of(column.chunks.begin(), column.chunks.end(), [](const chunk& k) { return is_whole(k.type) && k.type != cell_type::uint64 && !k.dictionary && !k.valid && !k.missing; });
  if (whole) {
    numbers_.reserve(texts.size());
    for (const auto& k : column.chunks)
      for (std::size_t i = 0; i < k.length; ++i) numbers_.push_back(k.whole(i));
  }
  for (std::size_t i = 1; i < texts.size() && in_order_; ++i) in_order_ = numbers_.empty() ? texts[i - 1] < texts[i] : numbers_[i - 1] < numbers_[i];
  distinct_ = in_order_;
  if (!in_order_) hash_all();
}

void child_keys::hash_all() const {
  table_.assign(std::bit_ceil(texts_.size() * 2 + 2), nobody);
  bool distinct = true;
  for (std::uint32_t i = 0; i < texts_.size(); ++i) {
    auto at = std::hash<std::string_view>()(texts_[i]) & (table_.size() - 1);
    while (table_[at] != nobody && texts_[table_[at]] != texts_[i]) at = (at + 1) & (table_.size() - 1);
    if (table_[at] == nobody) table_[at] = i;
    else distinct = false;
  }
  distinct_ = distinct;
}

std::uint32_t child_keys::hashed(std::string_view key) const {
  for (auto at = std::hash<std::string_view>()(key) & (table_.size() - 1); table_[at] != nobody; at = (at + 1) & (table_.size() - 1))
    if (texts_[table_[at]] == key) return table_[at];
  return nobody;
}

std::uint32_t child_keys::find(std::string_view key) const {
  if (key.empty()) return nobody;
  // Numbers in order stand in another order as texts.
  if (table_.empty() && !numbers_.empty()) hash_all();
  if (!table_.empty()) return hashed(key);
  const auto at = std::lower_bound(texts_.begin(), texts_.end(), key);
  return at != texts_.end() && *at == key ? static_cast<std::uint32_t>(at - texts_.begin()) : nobody;
}

std::uint32_t child_keys::find(std::int64_t key) const {
  if (numbers_.empty() || !in_order_) return find(std::string_view(std::to_string(key)));
  const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), key);
  return at != numbers_.end() && *at == key ? static_cast<std::uint32_t>(at - numbers_.begin()) : nobody;
}

// Where keys repeat, the next row may hold one that stood before.
template <class Key>
std::uint32_t child_keys::next_or_find(const Key& key, std::uint32_t last) const {
  const auto next = static_cast<std::uint32_t>(last + 1);  // of nobody: the first
  if (distinct_ && next < texts_.size()) {
    if constexpr (std::is_same_v<Key, std::int64_t>) {
      if (next < numbers_.size() && numbers_[next] == key) return next;
    } else {
      if (texts_[next] == key && !key.empty()) return next;
    }
  }
  return find(key);
}

template <class Key>
void child_keys::match(const chunk& k, std::uint32_t* out) const {
  Key before{};
  std::uint32_t child = nobody;
  for (std::size_t i = 0; i < k.length; ++i) {
    if ((k.valid || k.missing) && !k.has_value(i)) {
      out[i] = nobody;
      continue;
    }
    if constexpr (std::is_same_v<Key, std::int64_t>) {
      const auto key = k.whole(i);
      if (i == 0 || key != before) child = next_or_find(key, child), before = key;
    } else {
      const auto key = k.text(i);
      if (i == 0 || key != before) child = next_or_find(trimmed(key), child), before = key;
    }
    out[i] = child;
  }
}

std::vector<std::uint32_t> child_keys::rows_of(const source_column& c) const {
  std::vector<std::uint32_t> out(c.rows(), nobody);
  auto* at = out.data();
  for (const auto& k : c.chunks) {
    if (k.dictionary) {
      std::vector<std::uint32_t> child(k.dictionary->length, nobody);
      for (std::size_t w = 0; w < child.size(); ++w)
        if (k.dictionary->has_value(w)) child[w] = find(trimmed(std::string_view(cell_words(*k.dictionary, w))));
      for (std::size_t i = 0; i < k.length; ++i)
        if (const auto w = place(k, i); w >= 0) at[i] = child[static_cast<std::size_t>(w)];
    } else if (k.type == cell_type::uint64) {
      for (std::size_t i = 0; i < k.length; ++i)
        if (k.has_value(i)) at[i] = find(std::string_view(cell_words(k, i)));
    } else if (is_whole(k.type)) {
      match<std::int64_t>(k, at);
    } else if (is_text(k.type)) {
      match<std::string_view>(k, at);
    }
    at += k.length;
  }
  return out;
}

}  // namespace earlysight::python
