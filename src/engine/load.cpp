// SPDX-License-Identifier: Apache-2.0
// Columns of the cohort as of the run, and elements brought from one space into another.
#include "kernel/dispatch.hpp"
#include "state.hpp"

#include <limits>

namespace earlysight {
namespace {

using kernel::node_values;
using kernel::word;

enum class future : std::uint8_t { kept, nothing, not_known };

// What a date after the as-of date means in this column.
future future_of(const table_declaration& t, std::int32_t index) {
  const auto& c = t.columns[static_cast<std::size_t>(index)];
  // Rows after the as-of date do not exist: that is asked of the dates as they stand.
  if (index == t.time || index == t.recorded_column || c.planned) return future::kept;
  return c.empty == empty_cell::not_yet ? future::nothing : future::not_known;
}

void apply_future(future f, std::int32_t as_of, std::size_t n, node_values& out) {
  if (f == future::kept) return;
  word later[1];
  for (std::size_t w = 0; w < kernel::words_for(n); ++w) {
    const auto base = w * 64;
    kernel::active().wholes_in_range(out.whole + base, std::min<std::size_t>(64, n - base), as_of + 1, std::numeric_limits<std::int32_t>::max(), later);
    const word values = later[0] & out.known[w] & out.present[w];
    if (f == future::nothing) out.present[w] &= ~values;
    else out.known[w] &= ~values;
  }
}

}  // namespace

void evaluation::state::prepare(const value_type& type, node_values& out, std::size_t n) {
  out.reserve_masks(n);
  switch (type.of) {
    case kind::number:
      out.numbers(n);
      if (type.bounded) out.highs(n);
      break;
    case kind::date:
    case kind::category:
    case kind::text: out.wholes(n); break;
    default: break;
  }
}

void evaluation::state::load(const plan_node& node, node_values& out, std::size_t n) {
  const auto& declared = program_.schema.tables[static_cast<std::size_t>(node.table)];
  const auto& c = cohort_.tables[static_cast<std::size_t>(node.table)].columns[static_cast<std::size_t>(node.column)];
  const auto first = node.table == program_.schema.child ? first_child : tables[static_cast<std::size_t>(node.table)].first;
  out.reserve_masks(n);
  if (std::holds_alternative<std::monostate>(c.values)) {
    prepare(node.type, out, n);
    std::fill(out.known.begin(), out.known.end(), 0);
    std::fill(out.present.begin(), out.present.end(), ~word{0});
    std::fill(out.truth.begin(), out.truth.end(), 0);
    return;
  }
  kernel::copy_bits(c.known, first, n, out.known.data());
  kernel::copy_bits(c.present, first, n, out.present.data());
  out.narrow = {};
  auto as_wholes = [&](auto values) {
    auto* to = out.wholes(n);
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<std::int32_t>(values[first + i]);
  };
  std::visit(
      [&](auto values) {
        using held = decltype(values);
        if constexpr (std::is_same_v<held, std::monostate>) {
        } else if (node.type.of == kind::number) {
          if constexpr (std::is_same_v<held, std::span<const double>>) out.number = out.high = values.data() + first;
          else out.hold(values.data() + first, n);
        } else if (node.type.of == kind::truth) {
          if constexpr (std::is_same_v<held, std::span<const std::uint8_t>>) kernel::active().nonzero(values.data() + first, n, out.truth.data());
          else kernel::fill_bits(n, out.truth.data(), [&](std::size_t i) { return values[first + i] != 0; });
          for (std::size_t w = 0; w < kernel::words_for(n); ++w) out.truth[w] &= out.known[w] & out.present[w];
        } else {
          if constexpr (std::is_same_v<held, std::span<const std::int32_t>>) out.whole = values.data() + first;
          else if constexpr (std::is_same_v<held, std::span<const std::uint16_t>>) out.hold(values.data() + first, n);
          else as_wholes(values);
        }
      },
      c.values);
  if (node.type.of == kind::date) apply_future(future_of(declared, node.column), plan_.as_of.day, n, out);
}

void evaluation::state::widen(node_values& v, plan_node_id id) {
  const auto& type = plan_.nodes[static_cast<std::size_t>(id)].type;
  lend(v, type);
  v.widen(type.of == kind::number);
}

void evaluation::state::look_up(const plan_node& node, node_values& out, std::size_t n) {
  const auto& from = cohort_.tables[static_cast<std::size_t>(node.table)].columns[static_cast<std::size_t>(node.via)];
  const auto& declared = program_.schema.tables[static_cast<std::size_t>(node.other)];
  const auto& target = cohort_.tables[static_cast<std::size_t>(node.other)].columns[static_cast<std::size_t>(node.column)];
  const auto first = node.table == program_.schema.child ? first_child : tables[static_cast<std::size_t>(node.table)].first;
  prepare(node.type, out, n);
  const bool have_reference = !from.target.empty() || n == 0;
  const bool have_values = !std::holds_alternative<std::monostate>(target.values);
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = first + i;
    const bool known = have_reference && !std::holds_alternative<std::monostate>(from.values) && from.known.test(row);
    const bool present = !known || from.present.test(row);
    const auto to = known && present ? from.target[row] : -1;
    const bool reached = have_values && to >= 0;
    const auto t = static_cast<std::size_t>(reached ? to : 0);
    kernel::assign(out.known.data(), i, known && (!present || (reached && target.known.test(t))));
    kernel::assign(out.present.data(), i, present && (!reached || target.present.test(t)));
    kernel::assign(out.truth.data(), i, false);
    if (!reached) continue;
    std::visit(
        [&](auto values) {
          if constexpr (!std::is_same_v<decltype(values), std::monostate>) {
            if (node.type.of == kind::number) out.number_store[i] = static_cast<double>(values[t]);
            else if (node.type.of == kind::truth) kernel::assign(out.truth.data(), i, values[t] != 0 && out.has_value(i));
            else out.whole_store[i] = static_cast<std::int32_t>(values[t]);
          }
        },
        target.values);
  }
  if (node.type.of == kind::date) apply_future(future_of(declared, node.column), plan_.as_of.day, n, out);
}

void evaluation::state::map_rows(std::int32_t table) {
  auto& block = tables[static_cast<std::size_t>(table)];
  if (block.mapped) return;
  block.mapped = true;
  block.child_of_row.resize(block.count);
  block.with_rows.clear();
  const auto& first_row = cohort_.tables[static_cast<std::size_t>(table)].first_row;
  if (first_row.empty()) return;
  // First who has rows, without a branch on it; then whose each is.
  block.with_rows.resize(children + 1);
  std::size_t n = 0;
  for (std::size_t i = 0; i < children; ++i) {
    block.with_rows[n] = static_cast<std::uint32_t>(i);
    n += first_row[first_child + i] != first_row[first_child + i + 1] ? 1 : 0;
  }
  block.with_rows.resize(n);
  for (auto i : block.with_rows)
    for (auto r = first_row[first_child + i]; r < first_row[first_child + i + 1]; ++r) block.child_of_row[r - block.first] = static_cast<std::int32_t>(i);
}

const std::vector<std::int32_t>& evaluation::state::children_of_rows(std::int32_t table) {
  map_rows(table);
  return tables[static_cast<std::size_t>(table)].child_of_row;
}

std::int32_t evaluation::state::child_of(space_id space, std::size_t element) {
  const auto& s = plan_.spaces[static_cast<std::size_t>(space)];
  switch (s.of) {
    case plan_space::what::children: return static_cast<std::int32_t>(element);
    case plan_space::what::rows: return children_of_rows(s.table)[element];
    case plan_space::what::elements: return children_of_rows(s.table)[static_cast<std::size_t>(frames[static_cast<std::size_t>(s.frame)].row[element])];
    default: break;
  }
  const auto& frame = frames[static_cast<std::size_t>(s.frame)];
  return child_of(plan_.frames[static_cast<std::size_t>(s.frame)].parent, static_cast<std::size_t>(frame.segment_parent[element]));
}

void evaluation::state::gather(const plan_node& node, node_values& out, std::size_t n) {
  const auto& from = in(node, 0);
  const auto& space = plan_.spaces[static_cast<std::size_t>(node.space)];
  const bool from_children = plan_.nodes[static_cast<std::size_t>(node.inputs[0])].space == 0;
  prepare(node.type, out, n);
  auto take = [&](const std::int32_t* at) {
    const auto& active = kernel::active();
    auto index = [at](std::size_t i) { return static_cast<std::size_t>(at[i]); };
    active.gather_bits(from.known.data(), at, n, out.known.data());
    active.gather_bits(from.present.data(), at, n, out.present.data());
    if (node.type.of == kind::truth) {
      active.gather_bits(from.truth.data(), at, n, out.truth.data());
    } else if (node.type.of == kind::number) {
      for (std::size_t i = 0; i < n; ++i) out.number_store[i] = from.number[index(i)];
      if (node.type.bounded)
        for (std::size_t i = 0; i < n; ++i) out.high_store[i] = from.high[index(i)];
    } else {
      for (std::size_t i = 0; i < n; ++i) out.whole_store[i] = from.whole[index(i)];
    }
  };
  if (space.of == plan_space::what::rows) {
    take(children_of_rows(space.table).data());
  } else if (from_children) {
    // Through the frame to the child.
    scratch.resize(n);
    for (std::size_t i = 0; i < n; ++i) scratch[i] = child_of(node.space, i);
    take(scratch.data());
  } else {
    const auto& frame = frames[static_cast<std::size_t>(space.frame)];
    const auto& index = space.of == plan_space::what::segments ? frame.segment_parent : node.flag ? frame.parent : frame.row;
    take(index.data());
  }
}

void evaluation::state::fill_constant(const plan_node& node, node_values& out, std::size_t n) {
  if (out.filled > 0 && out.filled >= n) return;
  const auto more = std::max<std::size_t>({n, 64, 2 * out.filled});
  prepare(node.type, out, more);
  std::fill(out.known.begin(), out.known.end(), node.known ? ~word{0} : 0);
  std::fill(out.present.begin(), out.present.end(), node.present ? ~word{0} : 0);
  std::fill(out.truth.begin(), out.truth.end(), node.known && node.value.truth ? ~word{0} : 0);
  if (node.type.of == kind::number) {
    std::fill(out.number_store.begin(), out.number_store.end(), node.value.number);
    out.number = out.high = out.number_store.data();
  } else if (node.type.of != kind::truth && node.type.of != kind::duration) {
    auto whole = node.type.of == kind::date ? node.value.date.day : node.value.code;
    if (node.type.of == kind::text) {
      // The cohort's number of this text; of one that the cohort does not hold, a number of its own, which equals none of the cohort's.
      whole = text_of_pack(node.value.code);
      for (std::size_t i = 0; i < cohort_.texts.size(); ++i)
        if (cohort_.texts[i] == node.value.text) whole = static_cast<std::int32_t>(i);
    }
    out.wholes(more);
    std::fill(out.whole_store.begin(), out.whole_store.end(), whole);
  }
  out.filled = more;
}

void evaluation::state::copy_element(const node_values& from, std::size_t i, node_values& to, std::size_t j, const value_type& type) {
  kernel::assign(to.known.data(), j, kernel::test(from.known.data(), i));
  kernel::assign(to.present.data(), j, kernel::test(from.present.data(), i));
  if (type.of == kind::truth) {
    kernel::assign(to.truth.data(), j, kernel::test(from.truth.data(), i));
  } else if (type.of == kind::number) {
    to.number_store[j] = from.number[i];
    if (type.bounded) to.high_store[j] = from.high[i];
  } else {
    to.whole_store[j] = from.whole[i];
  }
}

}  // namespace earlysight
