// SPDX-License-Identifier: Apache-2.0
#include "text_pool.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace earlysight {
namespace {

std::uint32_t hash_of(std::string_view text) {
  std::uint64_t h = text.size() * 0x9E3779B97F4A7C15u;
  auto mix = [&](std::uint64_t piece) {
    h = (h ^ piece) * 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
  };
  const char* p = text.data();
  auto n = text.size();
  for (; n >= 8; n -= 8, p += 8) {
    std::uint64_t piece;
    std::memcpy(&piece, p, 8);
    mix(piece);
  }
  std::uint64_t rest = 0;
  if (n > 0) std::memcpy(&rest, p, n);
  mix(rest);
  mix(h >> 29);
  return static_cast<std::uint32_t>(h);
}

}  // namespace

std::size_t text_pool::slot_of(std::string_view text, std::uint32_t hash) const {
  const auto mask = slots_.size() - 1;
  for (auto at = hash & mask;; at = (at + 1) & mask) {
    const auto& s = slots_[at];
    if (s.number == 0 || (s.hash == hash && texts_[s.number - 1] == text)) return at;
  }
}

void text_pool::reserve(std::size_t texts) {
  texts_.reserve(texts);
  if (texts * 2 >= slots_.size()) grow(std::bit_ceil(texts * 2 + 16));
}

void text_pool::grow(std::size_t slots) {
  auto before = std::move(slots_);
  slots_.assign(slots, {});
  const auto mask = slots_.size() - 1;
  for (const auto& s : before) {
    if (s.number == 0) continue;
    auto at = s.hash & mask;
    while (slots_[at].number != 0) at = (at + 1) & mask;
    slots_[at] = s;
  }
}

std::string_view text_pool::stored(std::string_view text) {
  if (text.empty()) return {};
  if (left_ < text.size()) {
    block_size_ = std::max(std::min<std::size_t>(block_size_ * 2, 1 << 20), text.size());
    blocks_.push_back(std::make_unique<char[]>(block_size_));
    free_ = blocks_.back().get();
    left_ = block_size_;
  }
  std::memcpy(free_, text.data(), text.size());
  const std::string_view out{free_, text.size()};
  free_ += text.size();
  left_ -= text.size();
  return out;
}

std::uint32_t text_pool::number(std::string_view text) { return number(text, hash_of(text)); }

void text_pool::number_all(const text_pool& other, std::vector<std::int32_t>& numbers) {
  numbers.resize(other.size());
  // A table of a million texts is no longer near: the slots of the next few are fetched while one is looked at.
  constexpr std::size_t ahead = 16;
  std::uint32_t hashes[ahead];
  auto fetch = [&](std::size_t i) {
    hashes[i % ahead] = hash_of(other.texts_[i]);
    if (!slots_.empty()) __builtin_prefetch(&slots_[hashes[i % ahead] & (slots_.size() - 1)], 1);
  };
  for (std::size_t i = 0; i < std::min(ahead, other.size()); ++i) fetch(i);
  for (std::size_t i = 0; i < other.size(); ++i) {
    numbers[i] = static_cast<std::int32_t>(number(other.texts_[i], hashes[i % ahead]));
    if (i + ahead < other.size()) fetch(i + ahead);
  }
}

std::uint32_t text_pool::number(std::string_view text, std::uint32_t hash) {
  if (texts_.size() * 2 >= slots_.size()) grow(std::max<std::size_t>(16, slots_.size() * 2));
  auto& s = slots_[slot_of(text, hash)];
  if (s.number == 0) {
    texts_.push_back(stored(text));
    s = {hash, static_cast<std::uint32_t>(texts_.size())};
  }
  return s.number - 1;
}

void text_pool::fetch(std::string_view text) const {
  if (!slots_.empty()) __builtin_prefetch(&slots_[hash_of(text) & (slots_.size() - 1)], 1);
}

std::int64_t text_pool::find(std::string_view text) const {
  if (slots_.empty()) return -1;
  return static_cast<std::int64_t>(slots_[slot_of(text, hash_of(text))].number) - 1;
}

}  // namespace earlysight
