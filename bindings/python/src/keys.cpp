// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include "cell.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
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
std::uint32_t child_keys::next_or_find(Key key, std::uint32_t last) const {
  if constexpr (std::is_same_v<Key, std::string_view>) key = trimmed(key);
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

namespace {

// The same bytes; short keys are compared in a step or two, without a call.
bool same(std::string_view a, std::string_view b) {
  const auto n = a.size();
  if (n != b.size()) return false;
  const auto equal_at = [&](auto piece, std::size_t at) {
    auto other = piece;
    std::memcpy(&piece, a.data() + at, sizeof piece);
    std::memcpy(&other, b.data() + at, sizeof other);
    return piece == other;
  };
  if (n > 16) return std::memcmp(a.data(), b.data(), n) == 0;
  if (n >= 8) return equal_at(std::uint64_t{}, 0) && equal_at(std::uint64_t{}, n - 8);
  if (n >= 4) return equal_at(std::uint32_t{}, 0) && equal_at(std::uint32_t{}, n - 4);
  return n == 0 || (a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
}

}  // namespace

// Calls run(first, last, child) for each stretch of rows [first, last) with one key, until it answers false.
template <class At, class Same, class Run>
void child_keys::match_each(const chunk& k, At at, Same same_key, Run run) const {
  const bool gaps = k.valid || k.missing;
  auto child = nobody;
  for (std::size_t i = 0; i < k.length;) {
    const auto first = i++;
    if (gaps && !k.has_value(first)) {
      if (!run(first, i, nobody)) return;
      continue;
    }
    const auto key = at(first);
    while (i < k.length && (!gaps || k.has_value(i)) && same_key(at(i), key)) ++i;
    child = next_or_find(key, child);
    if (!run(first, i, child)) return;
  }
}

template <class Run>
void child_keys::match(const chunk& k, Run run) const {
  const auto numbers = [&](const auto* keys) {
    using number = std::remove_cvref_t<decltype(*keys)>;
    // Numbers are compared as they are, and looked up as the widest.
    const bool gaps = k.valid || k.missing;
    if (gaps) return match_each(k, [&](std::size_t i) { return static_cast<std::int64_t>(keys[i]); }, std::equal_to<std::int64_t>(), run);
    auto child = nobody;
    for (std::size_t i = 0; i < k.length;) {
      const auto first = i++;
      const number key = keys[first];
      while (i < k.length && keys[i] == key) ++i;
      child = next_or_find(static_cast<std::int64_t>(key), child);
      if (!run(first, i, child)) return;
    }
  };
  const auto texts = [&](const auto* at) {
    match_each(k, [&](std::size_t i) { return std::string_view(k.bytes + at[i], static_cast<std::size_t>(at[i + 1] - at[i])); }, same, run);
  };
  switch (k.type) {
    case cell_type::int8: return numbers(k.numbers<std::int8_t>());
    case cell_type::int16: return numbers(k.numbers<std::int16_t>());
    case cell_type::int32: return numbers(k.numbers<std::int32_t>());
    case cell_type::int64: return numbers(k.numbers<std::int64_t>());
    case cell_type::uint8: return numbers(k.numbers<std::uint8_t>());
    case cell_type::uint16: return numbers(k.numbers<std::uint16_t>());
    case cell_type::uint32: return numbers(k.numbers<std::uint32_t>());
    case cell_type::text32: return texts(k.numbers<std::int32_t>());
    case cell_type::text64: return texts(k.numbers<std::int64_t>());
    case cell_type::text_view:
    case cell_type::words: return match_each(k, [&](std::size_t i) { return k.text(i); }, same, run);
    default:
      for (std::size_t i = 0; i < k.length; ++i)
        if (!run(i, i + 1, k.has_value(i) ? find(std::string_view(cell_words(k, i))) : nobody)) return;
  }
}

std::optional<std::vector<std::uint32_t>> child_keys::first_rows_of(const source_column& c) const {
  std::vector<std::uint32_t> first(texts_.size() + 1);
  std::size_t next = 0, row = 0;  // next: the first child whose rows are not known yet
  bool in_order = true;
  for (const auto& k : c.chunks) {
    if (k.dictionary || !(is_whole(k.type) || is_text(k.type))) return std::nullopt;
    match(k, [&](std::size_t begin, std::size_t, std::uint32_t child) {
      in_order = child != nobody && child + std::size_t{1} >= next;
      if (!in_order) return false;
      while (next <= child) first[next++] = static_cast<std::uint32_t>(row + begin);
      return true;
    });
    if (!in_order) return std::nullopt;
    row += k.length;
  }
  while (next < first.size()) first[next++] = static_cast<std::uint32_t>(row);
  return first;
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
    } else if (is_whole(k.type) || is_text(k.type)) {
      match(k, [&](std::size_t first, std::size_t last, std::uint32_t child) {
        std::fill(at + first, at + last, child);
        return true;
      });
    }
    at += k.length;
  }
  return out;
}

}  // namespace earlysight::python
