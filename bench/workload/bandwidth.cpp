// SPDX-License-Identifier: Apache-2.0
#include "bandwidth.hpp"

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

namespace earlysight::workload {
namespace {

// The time that `work(from, to)` over shares of `n` takes on several threads, begun together.
template <class Work>
double seconds(std::size_t n, unsigned threads, Work work) {
  std::atomic<unsigned> ready{0};
  std::vector<std::thread> others;
  for (unsigned t = 1; t < threads; ++t)
    others.emplace_back([&, t] {
      ++ready;
      while (ready.load() < threads) {}
      work(n * t / threads, n * (t + 1) / threads);
    });
  while (ready.load() + 1 < threads) {}
  const auto start = std::chrono::steady_clock::now();
  ++ready;
  work(0, n / threads);
  for (auto& t : others) t.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

bandwidth_probe::bandwidth_probe(std::size_t bytes) : words_(bytes / 8, 1) {}

double bandwidth_probe::read(unsigned threads) {
  std::atomic<std::uint64_t> all{0};
  const auto time = seconds(words_.size(), threads, [&](std::size_t from, std::size_t to) {
    std::uint64_t sum[16] = {};
    for (auto i = from; i + 16 <= to; i += 16)
      for (std::size_t j = 0; j < 16; ++j) sum[j] += words_[i + j];
    for (const auto s : sum) all += s;
  });
  sink_ = all;
  return static_cast<double>(words_.size() * 8) / time;
}

double bandwidth_probe::copy(unsigned threads) {
  const auto half = words_.size() / 2;
  const auto time = seconds(half, threads, [&](std::size_t from, std::size_t to) { std::memcpy(&words_[half + from], &words_[from], (to - from) * 8); });
  return static_cast<double>(half * 16) / time;
}

}  // namespace earlysight::workload
