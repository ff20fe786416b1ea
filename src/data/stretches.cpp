// SPDX-License-Identifier: Apache-2.0
// A file cut into stretches, and the stretches read by several threads.
#include <earlysight/base/digest.hpp>

#include "table_reader.hpp"
#include "workers.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>

namespace earlysight::csv {

// At line ends, which may lie inside quotes: correct_splits sees to those.
std::vector<stretch> table_reader::split() const {
  const char* end = bytes_.data() + bytes_.size();
  const auto size = std::max<std::size_t>(1, stretch_bytes_);
  std::vector<stretch> out;
  const char* begin = body_;
  do {
    const char* stop = end;
    if (static_cast<std::size_t>(end - begin) > size) {
      const auto* feed = static_cast<const char*>(std::memchr(begin + size, '\n', static_cast<std::size_t>(end - begin) - size));
      stop = feed ? feed + 1 : end;
    }
    out.emplace_back().begin = begin;
    out.back().end = stop;
    begin = stop;
  } while (begin < end);
  return out;
}

// A stretch has room for a row after each line end in it, which is where rows begin.
void table_reader::make_room(std::vector<stretch>& parts, unsigned threads) {
  std::atomic<std::size_t> next{0};
  on_threads(std::min<std::size_t>(std::max(1u, threads), parts.size()), [&](std::size_t) {
    for (std::size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < parts.size();)
      parts[i].most_rows = count_line_ends(level_, parts[i].begin, parts[i].end);
  });
  ++parts.back().most_rows;  // the last line may have no end
  std::size_t rows = 0;
  for (auto& s : parts) {
    s.first_row = rows;
    rows += s.most_rows;
  }
  if (declared_.shape == table_shape::many_per_child) child_room_.resize(rows);
  for (std::size_t c = 0; c < declared_.columns.size(); ++c) rooms_.emplace_back(declared_.columns[c].type, cell_of_column_[c] >= 0 ? rows : 0);
}

// The stretch again, nothing of it read.
stretch table_reader::fresh(const stretch& like) {
  stretch s;
  s.begin = s.stopped = like.begin;
  s.end = like.end;
  s.first_row = like.first_row;
  s.most_rows = like.most_rows;
  if (declared_.shape == table_shape::many_per_child) s.child = child_room_.data() + s.first_row;
  for (std::size_t c = 0; c < declared_.columns.size(); ++c) s.columns.emplace_back(declared_.columns[c], rooms_[c], cell_of_column_[c] >= 0 ? s.first_row : 0);
  return s;
}

// The stretches, in whatever order threads come to them. The digest can only be made from the file's beginning to its end, by one thread at
// a time: up to its own stretch, whose bytes are near when they are read next.
void table_reader::read_all(std::vector<stretch>& parts, unsigned threads) {
  std::vector<const char*> ends{bytes_.data()};
  for (const auto& s : parts) ends.push_back(s.end);
  sha256 digest;
  std::mutex digesting;
  std::size_t digested = 0;  // stretches; by who holds the lock
  std::atomic<std::size_t> next{0}, bytes_read{0};
  auto digest_one = [&](std::size_t most) {
    const std::unique_lock lock(digesting, std::try_to_lock);
    if (!lock || digested >= most) return false;
    digest.add({ends[digested], static_cast<std::size_t>(ends[digested + 1] - ends[digested])});
    ++digested;
    return true;
  };
  on_threads(std::min<std::size_t>(std::max(1u, threads), parts.size()), [&](std::size_t worker) {
    for (;;) {
      const auto i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= parts.size()) break;
      while (digest_one(i + 1)) {}
      parts[i] = fresh(parts[i]);
      read(parts[i]);
      const auto bytes = static_cast<std::size_t>(ends[i + 1] - ends[i]);
      const auto all = bytes_read.fetch_add(bytes, std::memory_order_relaxed) + bytes;
      if (worker == 0 && progress_) progress_(all);
    }
    while (digest_one(parts.size())) {}
  });
  digest_ = digest.hex();
}

// A split inside a quoted cell shows: the stretch before does not stop where the next begins. The next is read again from there.
void table_reader::correct_splits(std::vector<stretch>& parts) {
  const char* at = body_;
  for (auto& s : parts) {
    if (s.begin != at) {
      s.begin = std::min(at, s.end);
      s = fresh(s);
      read(s);
    }
    at = std::max(at, s.stopped);
  }
}

}  // namespace earlysight::csv
