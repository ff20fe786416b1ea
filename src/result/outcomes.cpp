// SPDX-License-Identifier: Apache-2.0
#include <earlysight/result/outcomes.hpp>

#include <earlysight/data/panel.hpp>
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/engine/scoring.hpp>

#include "block.hpp"

#include <algorithm>
#include <bit>
#include <exception>
#include <new>
#include <thread>

namespace earlysight {

const char* name_of(outcome o) {
  switch (o) {
    case outcome::silent: return "silent";
    case outcome::fires: return "fires";
    case outcome::cannot_tell: return "cannot_tell";
    case outcome::not_applicable: return "not_applicable";
  }
  return "";
}

void outcome_table::set(std::size_t rule, std::size_t first, std::size_t n, const std::uint64_t* fires, const std::uint64_t* can_tell, const std::uint64_t* applies) {
  // 1 fires, 2 cannot tell, 3 does not apply.
  auto each = [&](auto write) {
    for (std::size_t i = 0; i * 64 < n; ++i) {
      const auto mask = n - i * 64 >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (n - i * 64)) - 1;
      write(i, (fires[i] | ~applies[i]) & mask, (~can_tell[i] | ~applies[i]) & mask);
    }
  };
  const auto shift = first % 64;
  auto *low = low_.data() + rule * words_ + first / 64, *high = high_.data() + rule * words_ + first / 64;
  if (shift == 0 && (n % 64 == 0 || first + n == children_)) {
    // Whole words, or to the end: no other block has a part in them.
    each([=](std::size_t i, std::uint64_t l, std::uint64_t h) { low[i] = l, high[i] = h; });
    return;
  }
  // Words shared with other blocks: bits are added atomically.
  each([=](std::size_t i, std::uint64_t l, std::uint64_t h) {
    auto add = [=](std::uint64_t* plane, std::uint64_t bits) {
      if (bits == 0) return;
      std::atomic_ref<std::uint64_t>(plane[i]).fetch_or(bits << shift, std::memory_order_relaxed);
      if (shift > 0 && bits >> (64 - shift) != 0) std::atomic_ref<std::uint64_t>(plane[i + 1]).fetch_or(bits >> (64 - shift), std::memory_order_relaxed);
    };
    add(low, l);
    add(high, h);
  });
}

std::size_t outcome_table::count(std::size_t rule, outcome wanted) const {
  std::size_t n = 0;
  const auto code = static_cast<unsigned>(wanted);
  for (std::size_t w = 0; w < words_; ++w) {
    const auto low = low_[rule * words_ + w], high = high_[rule * words_ + w];
    auto bits = (code & 1 ? low : ~low) & (code & 2 ? high : ~high);
    if (w + 1 == words_ && children_ % 64 != 0) bits &= (std::uint64_t{1} << (children_ % 64)) - 1;
    n += static_cast<std::size_t>(std::popcount(bits));
  }
  return n;
}

namespace {

failure not_enough_memory() { return {failure_kind::machine, "there is not enough memory to score this cohort; give fewer children at a time, or use fewer threads (--threads)"}; }

// So many children that the rows of the longest table stay near the second-level cache, and the results of a large plan in bounds.
std::size_t block_size(const cohort& c, const plan& lowered) {
  constexpr std::size_t rows_at_once = 1 << 15, results_at_once = 1 << 22;
  std::size_t most = 1;
  // By panel, a row is a byte and a few bits.
  for (const auto& t : c.tables)
    if (!t.first_row.empty() && c.children > 0) most = std::max(most, (t.panel ? t.panel->slots() / 8 : t.rows / c.children) + 1);
  const auto fits = std::min(rows_at_once / most, results_at_once / (lowered.nodes.size() + 1));
  return std::clamp<std::size_t>(fits / 64 * 64, 64, 2048);
}

// Where blocks begin, and the end. Groups of children whose rows are read stand in blocks of their own: of the others, panels are.
std::vector<std::size_t> block_edges(const cohort& c, std::size_t block, bool may_cut) {
  constexpr std::size_t group = 64;
  std::vector<std::size_t> edges;
  for (std::size_t first = 0; first < c.children; first += block) {
    edges.push_back(first);
    const auto end = std::min(first + block, c.children);
    for (auto at = first + group; may_cut && at < end; at += group)
      if (stands_apart(c, at / group) || stands_apart(c, at / group - 1)) edges.push_back(at);
  }
  edges.push_back(c.children);
  return edges;
}

}  // namespace

void make_room(const plan& lowered, std::size_t children, run_result& out) {
  out.outcomes = outcome_table(children, lowered.program->rules.size());
  out.scores.low.resize(children);
  out.scores.high.resize(children);
  out.scores.band_low.resize(children);
  out.scores.band_high.resize(children);
}

void take_block(const plan& lowered, const evaluation& e, std::size_t first, std::size_t n, score_buffers& buffers, run_result& out) {
  for (std::size_t r = 0; r < lowered.rules.size(); ++r) {
    const auto& bits = buffers.rules[r] = e.bits(lowered.rules[r]);
    out.outcomes.set(r, first, n, bits.truth, bits.known, bits.present);
  }
  buffers.points.run(buffers.rules, n, {out.scores.low.data() + first, out.scores.high.data() + first, out.scores.band_low.data() + first, out.scores.band_high.data() + first});
}

result<run_result> score(std::shared_ptr<const plan> lowered, const cohort& data, const run_options& options) try {
  run_result out;
  make_room(*lowered, data.children, out);
  const auto block = options.block > 0 ? options.block : block_size(data, *lowered);
  const auto edges = block_edges(data, block, options.block == 0);
  const auto blocks = edges.size() - 1;
  const auto threads = static_cast<std::size_t>(options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency()));
  std::atomic<std::size_t> next{0}, done{0};
  std::atomic<bool> out_of_memory{false};
  auto stopped = [&] { return (options.stop && options.stop->load(std::memory_order_relaxed)) || out_of_memory.load(std::memory_order_relaxed); };
  auto work = [&](bool reports) {
    try {
      evaluation e(*lowered, data);
      score_buffers buffers(*lowered->program);
      for (auto b = next.fetch_add(1); b < blocks && !stopped(); b = next.fetch_add(1)) {
        const auto first = edges[b], n = edges[b + 1] - first;
        e.run(first, n, false);
        take_block(*lowered, e, first, n, buffers, out);
        const auto finished = done.fetch_add(1) + 1;
        if (reports && options.progress) options.progress(static_cast<double>(finished) / static_cast<double>(blocks));
      }
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  };
  std::vector<std::thread> others;
  try {
    for (std::size_t i = 1; i < std::min(threads, blocks); ++i) others.emplace_back(work, false);
  } catch (const std::exception&) {
    // The machine gives no more threads: those that there are do the work.
  }
  work(true);
  for (auto& t : others) t.join();
  if (out_of_memory) return not_enough_memory();
  if (done.load() < blocks) return failure{failure_kind::arguments, "the run was stopped"};
  out.plan = std::move(lowered);
  return out;
} catch (const std::bad_alloc&) {
  return not_enough_memory();
}

std::vector<child_flag> flags_of(const program& p, const outcome_table& outcomes, std::size_t child) {
  std::vector<child_flag> all(p.flags.size());
  for (std::size_t r = 0; r < p.rules.size(); ++r) {
    const auto o = outcomes.at(child, r);
    if (o != outcome::fires && o != outcome::cannot_tell) continue;
    const bool fires = o == outcome::fires;
    for (const auto& raised : p.rules[r].raises) {
      auto& f = all[static_cast<std::size_t>(raised.flag)];
      if (f.raised && !fires) continue;
      if (fires && !f.raised) f = {raised.flag, true, level::any, {}, 0};
      f.flag = raised.flag;
      f.level = std::max(f.level, raised.level);
      f.points = std::max(f.points, raised.points);
      if (f.rules.empty() || f.rules.back() != static_cast<std::int32_t>(r)) f.rules.push_back(static_cast<std::int32_t>(r));
    }
  }
  std::erase_if(all, [](const child_flag& f) { return f.flag < 0; });
  return all;
}

}  // namespace earlysight
