// SPDX-License-Identifier: Apache-2.0
#include <earlysight/data/panel.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>

namespace earlysight {
namespace {

constexpr std::size_t group = 64, most_slots = 255;
constexpr std::int32_t most_days = 1 << 14;

using dates = std::span<const std::int32_t>;

struct regular_times {
  std::vector<std::int32_t> times;
  std::vector<std::uint8_t> slot_of_day;  // from the first time on
};

// The times that children share, where no child has two rows at one.
std::optional<regular_times> shared_times(dates times, const std::vector<std::uint32_t>& first_row, std::size_t children) {
  const auto rows = times.size();
  const auto [least, most] = std::minmax_element(times.begin(), times.end());
  const std::int64_t days = std::int64_t{*most} - *least + 1;
  if (days > most_days) return std::nullopt;
  regular_times out;
  out.slot_of_day.assign(static_cast<std::size_t>(days), 0);
  const std::int32_t* before = nullptr;
  std::size_t of_before = 0;
  for (std::size_t c = 0; c < children; ++c) {
    const auto* here = times.data() + first_row[c];
    const std::size_t n = first_row[c + 1] - first_row[c];
    if (n == 0 || (n == of_before && std::memcmp(here, before, n * sizeof *here) == 0)) continue;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0 && here[i - 1] >= here[i]) return std::nullopt;
      out.slot_of_day[static_cast<std::size_t>(here[i] - *least)] = 1;
    }
    before = here, of_before = n;
  }
  for (std::size_t d = 0; d < out.slot_of_day.size(); ++d) {
    if (out.slot_of_day[d] == 0) continue;
    if (out.times.size() == most_slots) return std::nullopt;
    out.slot_of_day[d] = static_cast<std::uint8_t>(out.times.size());
    out.times.push_back(*least + static_cast<std::int32_t>(d));
  }
  if (rows < out.times.size() * children / 2) return std::nullopt;
  return out;
}

// A value as a byte that stands for exactly the same.
template <class Value>
bool as_byte(Value v, std::uint8_t& out) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (!(v >= 0 && v <= 255) || std::signbit(v)) return false;
    out = static_cast<std::uint8_t>(v);
    return static_cast<Value>(out) == v;
  } else {
    out = static_cast<std::uint8_t>(v);
    return static_cast<Value>(out) == v;
  }
}

bool all_set(bit_view bits, std::size_t n) {
  if (!bits.words) return true;
  for (std::size_t w = 0; w < n / 64; ++w)
    if (bits.words[w] != ~std::uint64_t{0}) return false;
  for (auto i = n / 64 * 64; i < n; ++i)
    if (!bits.test(i)) return false;
  return true;
}

bool can_be_held(const column_declaration& declared) {
  const auto of = type_of(declared).of;
  return of == kind::number || of == kind::truth || (of == kind::category && declared.categories.size() <= 256);
}

class filler {
 public:
  filler(panel& out, const regular_times& regular, const table_data& t, dates times, std::size_t children) : out_(out), regular_(regular), t_(t), times_(times), children_(children) {
    groups_ = (children + group - 1) / group;
    slots_ = out.slots();
  }

  // Which slot each row stands in: the same for all columns, so worked out once a group.
  void run(const table_declaration& declared) {
    out_.columns.resize(declared.columns.size());
    std::vector<std::size_t> held;
    for (std::size_t i = 0; i < declared.columns.size(); ++i) {
      const auto& c = t_.columns[i];
      if (static_cast<std::int32_t>(i) == declared.time || !can_be_held(declared.columns[i]) || std::holds_alternative<std::monostate>(c.values)) continue;
      auto& to = out_.columns[i];
      to.bytes = std::make_unique_for_overwrite<std::uint8_t[]>(groups_ * slots_ * group);
      if (c.known.words) to.known.resize(groups_ * slots_);
      if (c.present.words) to.present.resize(groups_ * slots_);
      held.push_back(i);
    }
    bool complete = true;
    out_.exists.resize(groups_ * slots_);
    std::vector<std::uint8_t> slot;
    for (std::size_t g = 0; g < groups_; ++g) {
      complete = place_rows(g, slot) && complete;
      for (auto i : held) {
        auto& to = out_.columns[i];
        if (!to.bytes) continue;
        const bool fits = std::visit([&](const auto& values) { return fill(g, slot, values, t_.columns[i], to); }, t_.columns[i].values);
        if (!fits) to = {};
      }
    }
    if (complete) out_.exists = {};
  }

 private:
  std::size_t last_child(std::size_t g) const { return std::min(children_, (g + 1) * group); }

  bool place_rows(std::size_t g, std::vector<std::uint8_t>& slot) {
    const auto first = t_.first_row[g * group], last = t_.first_row[last_child(g)];
    auto* exists = out_.exists.data() + g * slots_;
    slot.resize(last - first);
    bool complete = true;
    for (auto c = g * group; c < last_child(g); ++c) {
      const auto a = t_.first_row[c], b = t_.first_row[c + 1];
      complete = complete && b - a == slots_;
      const auto one = std::uint64_t{1} << (c % group);
      for (auto r = a; r < b; ++r) {
        const auto s = regular_.slot_of_day[static_cast<std::size_t>(times_[r] - out_.times.front())];
        slot[r - first] = s;
        exists[s] |= one;
      }
    }
    return complete;
  }

  template <class Values>
  bool fill(std::size_t g, const std::vector<std::uint8_t>& slot, const Values& values, const column& c, panel::held_column& to) {
    if constexpr (std::is_same_v<Values, std::monostate>) {
      return false;
    } else {
      const auto first = t_.first_row[g * group];
      auto* tile = to.bytes.get() + g * slots_ * group;
      if (slot.size() < slots_ * group) std::memset(tile, 0, slots_ * group);
      bool fits = true;
      for (auto child = g * group; child < last_child(g); ++child) {
        auto* to_child = tile + child % group;
        const auto a = t_.first_row[child], n = t_.first_row[child + 1] - a;
        auto put = [&](std::size_t i, std::size_t s) {
          std::uint8_t byte = 0;
          if (!as_byte(values[a + i], byte) && c.known.test(a + i) && c.present.test(a + i)) fits = false;
          to_child[s * group] = byte;
        };
        if (n == slots_)
          for (std::size_t i = 0; i < n; ++i) put(i, i);
        else
          for (std::size_t i = 0; i < n; ++i) put(i, slot[a - first + i]);
      }
      auto bits = [&](bit_view from, std::vector<std::uint64_t>& words) {
        if (!from.words) return;
        for (auto child = g * group; child < last_child(g); ++child)
          for (auto r = t_.first_row[child]; r < t_.first_row[child + 1]; ++r)
            words[g * slots_ + slot[r - first]] |= static_cast<std::uint64_t>(from.test(r)) << (child % group);
      };
      bits(c.known, to.known);
      bits(c.present, to.present);
      return fits;
    }
  }

  panel& out_;
  const regular_times& regular_;
  const table_data& t_;
  dates times_;
  std::size_t children_, groups_ = 0, slots_ = 0;
};

}  // namespace

std::shared_ptr<const panel> make_panel(const table_declaration& declared, const table_data& t, std::size_t children) {
  if (!declared.has_time() || declared.is_interval() || t.first_row.empty() || t.rows < children || children < group) return nullptr;
  const auto& time = t.columns[static_cast<std::size_t>(declared.time)];
  const auto* times = std::get_if<dates>(&time.values);
  // A row whose time is not known stands at no time.
  if (!times || !all_set(time.known, t.rows) || !all_set(time.present, t.rows)) return nullptr;
  auto regular = shared_times(*times, t.first_row, children);
  if (!regular) return nullptr;
  auto out = std::make_shared<panel>();
  out->times = regular->times;
  filler(*out, *regular, t, *times, children).run(declared);
  return out;
}

}  // namespace earlysight
