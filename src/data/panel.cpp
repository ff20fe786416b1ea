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
constexpr std::uint8_t no_slot = 255;
constexpr std::int32_t most_days = 1 << 14;

using dates = std::span<const std::int32_t>;

struct regular_times {
  std::vector<std::int32_t> times;
  std::int32_t first_day = 0;
  std::vector<std::uint8_t> slot_of_day;  // from the first day on
  std::vector<std::uint64_t> apart;       // groups of children whose times are others, or repeat
};

// The first of the days that are looked at: those about the middle of a sample of the rows, so that a slip elsewhere is only its child's.
std::int32_t first_day_of(dates times) {
  constexpr std::size_t most = 255;
  const auto n = std::min(most, times.size());
  std::vector<std::int32_t> some(n);
  for (std::size_t i = 0; i < n; ++i) some[i] = times[i * times.size() / n];
  std::nth_element(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(n / 2), some.end());
  return some[n / 2] - most_days / 2;
}

class regular_search {
 public:
  regular_search(dates times, const std::vector<std::uint32_t>& first_row, std::size_t children) : times_(times), first_row_(first_row), children_(children), first_day_(first_day_of(times)) {}

  // The times that children share, where nearly no child has two rows at one.
  std::optional<regular_times> run() {
    regular_times out;
    out.first_day = first_day_;
    count_days();
    const auto rare = choose(out);
    if (out.times.empty()) return std::nullopt;
    if (irregular_ || rare) set_apart(out);
    std::size_t groups_apart = 0;
    for (auto w : out.apart) groups_apart += static_cast<std::size_t>(std::popcount(w));
    if (groups_apart > ((children_ + group - 1) / group) / 4) return std::nullopt;
    return out;
  }

 private:
  // A child's times, in order: whether each is a day looked at, and none repeats. Most children have those of the one before.
  template <class Each>
  void for_each_kind_of_child(Each each) {
    const std::int32_t* before = nullptr;
    std::size_t of_before = 0;
    bool is_regular = true;
    for (std::size_t c = 0; c < children_; ++c) {
      const auto* here = times_.data() + first_row_[c];
      const std::size_t n = first_row_[c + 1] - first_row_[c];
      if (n == 0) continue;
      const bool same = n == of_before && std::memcmp(here, before, n * sizeof *here) == 0;
      if (!same) {
        is_regular = here[0] >= first_day_ && std::int64_t{here[n - 1]} - first_day_ < most_days;
        for (std::size_t i = 1; i < n && is_regular; ++i) is_regular = here[i - 1] < here[i];
      }
      each(c, std::span(here, n), is_regular, same);
      before = here, of_before = n;
    }
  }

  void count_days() {
    children_at_.assign(most_days, 0);
    std::span<const std::int32_t> of_kind;
    std::uint32_t alike = 0;
    auto add = [&] {
      for (auto d : of_kind) children_at_[static_cast<std::size_t>(d - first_day_)] += alike;
      alike = 0;
    };
    for_each_kind_of_child([&](std::size_t, std::span<const std::int32_t> here, bool is_regular, bool same) {
      if (!is_regular) {
        irregular_ = true;
        return;
      }
      if (!same || alike == 0) add(), of_kind = here;
      ++alike;
    });
    add();
  }

  // The slots: all days, but for those that one child in ten thousand has, and as many of the rarest others as must go. Whether any went.
  bool choose(regular_times& out) {
    std::vector<std::size_t> days;
    for (std::size_t d = 0; d < children_at_.size(); ++d)
      if (children_at_[d] > 0) days.push_back(d);
    const auto all = days.size();
    std::stable_sort(days.begin(), days.end(), [&](std::size_t a, std::size_t b) { return children_at_[a] > children_at_[b]; });
    std::size_t rows = 0;
    for (auto d : days) rows += children_at_[d];
    while (!days.empty() && (days.size() > most_slots || rows < days.size() * children_ / 2 || children_at_[days.back()] < children_ / 10'000)) rows -= children_at_[days.back()], days.pop_back();
    std::sort(days.begin(), days.end());
    out.slot_of_day.assign(most_days, no_slot);
    for (auto d : days) {
      out.slot_of_day[d] = static_cast<std::uint8_t>(out.times.size());
      out.times.push_back(first_day_ + static_cast<std::int32_t>(d));
    }
    return days.size() < all;
  }

  void set_apart(regular_times& out) {
    out.apart.assign((children_ / group + 1 + 63) / 64, 0);
    bool fits = true;
    for_each_kind_of_child([&](std::size_t c, std::span<const std::int32_t> here, bool is_regular, bool same) {
      if (!same) fits = is_regular && std::all_of(here.begin(), here.end(), [&](std::int32_t d) { return out.slot_of_day[static_cast<std::size_t>(d - first_day_)] != no_slot; });
      if (!fits) out.apart[c / group / 64] |= std::uint64_t{1} << (c / group % 64);
    });
  }

  dates times_;
  const std::vector<std::uint32_t>& first_row_;
  std::size_t children_;
  std::int32_t first_day_;
  std::vector<std::uint32_t> children_at_;  // of regular children, by day
  bool irregular_ = false;
};

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
    // Values that do not fit a byte set a group or two apart; a column of them is not held.
    const auto most_unfit = groups_ / 64;
    std::vector<std::vector<std::size_t>> unfit(out_.columns.size());
    bool complete = true;
    out_.exists.resize(groups_ * slots_);
    std::vector<std::uint8_t> slot;
    for (std::size_t g = 0; g < groups_; ++g) {
      if (out_.stands_apart(g)) continue;
      complete = place_rows(g, slot) && complete;
      for (auto i : held) {
        auto& to = out_.columns[i];
        if (!to.bytes) continue;
        const bool fits = std::visit([&](const auto& values) { return fill(g, slot, values, t_.columns[i], to); }, t_.columns[i].values);
        if (fits) continue;
        unfit[i].push_back(g);
        if (unfit[i].size() > most_unfit) to = {};
      }
    }
    for (auto i : held) {
      if (!out_.columns[i].bytes || unfit[i].empty()) continue;
      out_.apart.resize((groups_ + 63) / 64);
      for (auto g : unfit[i]) out_.apart[g / 64] |= std::uint64_t{1} << (g % 64);
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
        const auto s = regular_.slot_of_day[static_cast<std::size_t>(times_[r] - regular_.first_day)];
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
  const auto regular = regular_search(*times, t.first_row, children).run();
  if (!regular) return nullptr;
  auto out = std::make_shared<panel>();
  out->times = regular->times;
  out->apart = regular->apart;
  filler(*out, *regular, t, *times, children).run(declared);
  return out;
}

bool stands_apart(const cohort& c, std::size_t group) {
  return std::any_of(c.tables.begin(), c.tables.end(), [group](const table_data& t) { return t.panel && t.panel->stands_apart(group); });
}

}  // namespace earlysight
