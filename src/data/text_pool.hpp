// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

/// Texts by number; equal texts have one number. An open table over texts that stand one after another: a million keys are
/// numbered and found again without a list node each.
class text_pool {
 public:
  std::uint32_t number(std::string_view text);
  /// Adds a text without looking whether it is there, in a pool where none is looked for. Answers its place.
  std::uint32_t append(std::string_view text) {
    texts_.push_back(stored(text));
    return static_cast<std::uint32_t>(texts_.size() - 1);
  }
  /// The numbers here of all texts of another pool, in their order there.
  void number_all(const text_pool& other, std::vector<std::int32_t>& numbers);
  /// Makes room for so many texts.
  void reserve(std::size_t texts);
  /// The number of this text, or -1. Safe from several threads while nobody adds.
  std::int64_t find(std::string_view text) const;
  /// Has memory fetch what `number` and `find` will look at for this text: a large pool is not near.
  void fetch(std::string_view text) const;
  std::size_t size() const { return texts_.size(); }
  std::string_view text(std::uint32_t n) const { return texts_[n]; }
  /// All texts in order of their numbers.
  std::vector<std::string> copy() const { return {texts_.begin(), texts_.end()}; }

 private:
  struct slot {
    std::uint32_t hash = 0, number = 0;  // number from 1; 0 is free
  };
  std::size_t slot_of(std::string_view text, std::uint32_t hash) const;
  std::uint32_t number(std::string_view text, std::uint32_t hash);
  void grow(std::size_t slots);
  std::string_view stored(std::string_view text);

  std::vector<std::string_view> texts_;
  std::vector<slot> slots_;  // a power of two
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;
  std::size_t left_ = 0, block_size_ = 512;
};

}  // namespace earlysight
