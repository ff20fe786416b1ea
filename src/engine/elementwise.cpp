// SPDX-License-Identifier: Apache-2.0
// Comparisons, arithmetic and logic, element by element.
#include "kernel/arithmetic.hpp"
#include "kernel/comparison.hpp"
#include "kernel/decide.hpp"
#include "kernel/dispatch.hpp"
#include "kernel/ranges.hpp"
#include "state.hpp"

namespace earlysight {
namespace {

using kernel::decide;
using kernel::decide_each;
using kernel::node_values;
using kernel::three;
using kernel::word;
using kernel::words_for;

}  // namespace

// A comparison of columns that the cohort holds in few bytes, as they stand; false where they are not so.
bool evaluation::state::compare_narrow(const plan_node& node, word* truth, std::size_t n) {
  const auto &a = raw(node, 0), &b = raw(node, 1);
  const auto& type = plan_.nodes[static_cast<std::size_t>(node.inputs[0])].type;
  const auto& right = plan_.nodes[static_cast<std::size_t>(node.inputs[1])];
  const auto& active = kernel::active();
  if (!a.is_narrow() || n == 0) return false;
  if (type.of != kind::number) {
    const auto* codes = std::get_if<const std::uint16_t*>(&a.narrow);
    const auto* bytes = std::get_if<const std::uint8_t*>(&a.narrow);
    if (right.op != plan_operation::constant || node.test != comparison::equal || (!codes && !bytes)) return false;
    const auto code = b.whole[0];
    if (code < 0 || code > (codes ? 0xffff : 0xff)) std::fill_n(truth, words_for(n), 0);
    else if (codes) active.codes_in_range(*codes, n, static_cast<std::uint16_t>(code), static_cast<std::uint16_t>(code), truth);
    else active.bytes_in_range(*bytes, n, static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(code), truth);
    return true;
  }
  if (right.op == plan_operation::constant && !right.type.bounded) {
    auto& range = compared[static_cast<std::size_t>(&node - plan_.nodes.data())];
    std::visit(
        [&](auto at) {
          if constexpr (!std::is_same_v<decltype(at), std::monostate>) {
            using value = std::remove_cv_t<std::remove_pointer_t<decltype(at)>>;
            if (range.type != a.narrow.index()) {
              const auto r = kernel::range_of<value>(node.test, right.value.number);
              range = {a.narrow.index(), static_cast<double>(r.low), static_cast<double>(r.high)};
            }
            const auto low = static_cast<value>(range.low), high = static_cast<value>(range.high);
            if constexpr (std::is_same_v<value, float>) active.floats_in_range(at, n, low, high, truth);
            else if constexpr (std::is_same_v<value, std::int32_t>) active.wholes_in_range(at, n, low, high, truth);
            else if constexpr (std::is_same_v<value, std::uint16_t>) active.codes_in_range(at, n, low, high, truth);
            else active.bytes_in_range(at, n, low, high, truth);
          }
        },
        a.narrow);
    return true;
  }
  const auto* x = std::get_if<const std::uint8_t*>(&a.narrow);
  const auto* y = std::get_if<const std::uint8_t*>(&b.narrow);
  if (!x || !y || right.type.of != kind::number) return false;
  // Whole numbers this small are never near one another.
  switch (node.test) {
    case comparison::equal: active.compare_bytes(kernel::pair_test::equal, *x, *y, n, truth); break;
    case comparison::less: active.compare_bytes(kernel::pair_test::less, *x, *y, n, truth); break;
    case comparison::less_equal: active.compare_bytes(kernel::pair_test::less_equal, *x, *y, n, truth); break;
    case comparison::greater: active.compare_bytes(kernel::pair_test::less, *y, *x, n, truth); break;
    case comparison::greater_equal: active.compare_bytes(kernel::pair_test::less_equal, *y, *x, n, truth); break;
  }
  return true;
}

void evaluation::state::compare(const plan_node& node, node_values& out, std::size_t n) {
  out.reserve_masks(n);
  if (compare_narrow(node, out.truth.data(), n)) {
    const auto &a = raw(node, 0), &b = raw(node, 1);
    for (std::size_t w = 0; w < words_for(n); ++w) {
      out.known[w] = a.known[w] & b.known[w];
      out.truth[w] &= out.known[w] & a.present[w] & b.present[w];
      out.present[w] = ~word{0};
    }
    return;
  }
  const auto& a = in(node, 0);
  const auto& b = in(node, 1);
  const auto& left = plan_.nodes[static_cast<std::size_t>(node.inputs[0])];
  const auto& right = plan_.nodes[static_cast<std::size_t>(node.inputs[1])];
  const bool right_is_one = right.op == plan_operation::constant && n > 0;
  auto *truth = out.truth.data(), *known = out.known.data();
  bool decided = true;  // else `known` says of which values
  if (left.type.of == kind::truth) {
    for (std::size_t w = 0; w < words_for(n); ++w) truth[w] = ~(a.truth[w] ^ b.truth[w]);
  } else if (left.type.of == kind::number && (left.type.bounded || right.type.bounded)) {
    decided = false;
    if (node.test != comparison::equal) {
      if (right_is_one) kernel::compare_bounds_with_number(node.test, a.number, a.high, right.value.number, n, truth, known);
      else kernel::compare_bounds_of_pairs(node.test, a.number, a.high, b.number, b.high, n, truth, known);
    } else if (right_is_one) {
      kernel::equal_bounds_with_number(a.number, a.high, right.value.number, n, truth, known);
    } else {
      decide_each(n, out, [&](std::size_t i) { return kernel::compare_bounds(node.test, a.number[i], a.high[i], b.number[i], b.high[i]); });
    }
  } else if (left.type.of == kind::number) {
    if (right_is_one) {
      auto& range = compared[static_cast<std::size_t>(&node - plan_.nodes.data())];
      if (range.type != as_doubles) {
        const auto r = kernel::doubles_of(node.test, right.value.number);
        range = {as_doubles, r.low, r.high};
      }
      kernel::in_range(a.number, n, range.low, range.high, truth);
    } else kernel::compare_numbers(node.test, a.number, b.number, n, truth);
  } else if (right_is_one) {
    kernel::compare_with_whole(node.test, a.whole, right.type.of == kind::date ? right.value.date.day : b.whole[0], n, truth);
  } else {
    kernel::compare_wholes(node.test, a.whole, b.whole, n, truth);
  }
  decide(n, out, {&a, &b}, decided);
}

void evaluation::state::choose(const plan_node& node, node_values& out, std::size_t n) {
  const auto& k = kernel::active();
  const auto words = words_for(n);
  const auto pairs = node.inputs.size() / 2;
  const auto& otherwise = in(node, node.inputs.size() - 1);
  prepare(node.type, out, n);
  const bool numbers = node.type.of == kind::number, wholes = !numbers && node.type.of != kind::truth && otherwise.whole;
  if (numbers) std::copy(otherwise.number, otherwise.number + n, out.number_store.data());
  if (numbers && node.type.bounded) std::copy(otherwise.high, otherwise.high + n, out.high_store.data());
  if (wholes) std::copy(otherwise.whole, otherwise.whole + n, out.whole_store.data());
  // Elements with no choice made yet, and those whose choice hangs on a condition not known.
  std::vector<word> left(words, ~word{0}), open(words, 0), taken(words);
  std::fill_n(out.known.begin(), words, 0), std::fill_n(out.present.begin(), words, 0), std::fill_n(out.truth.begin(), words, 0);
  auto take = [&](const node_values& value) {
    for (std::size_t w = 0; w < words; ++w) {
      out.known[w] |= taken[w] & value.known[w];
      out.present[w] |= taken[w] & value.present[w];
      out.truth[w] |= taken[w] & value.truth[w];
    }
  };
  for (std::size_t p = 0; p < pairs; ++p) {
    const auto &value = in(node, 2 * p), &condition = in(node, 2 * p + 1);
    for (std::size_t w = 0; w < words; ++w) {
      open[w] |= left[w] & ~condition.known[w];
      left[w] &= condition.known[w];
      taken[w] = left[w] & condition.truth[w];
      left[w] &= ~taken[w];
    }
    take(value);
    if (numbers) k.choose_doubles(taken.data(), value.number, out.number_store.data(), n, out.number_store.data());
    if (numbers && node.type.bounded) k.choose_doubles(taken.data(), value.high, out.high_store.data(), n, out.high_store.data());
    if (wholes) k.choose_wholes(taken.data(), value.whole, out.whole_store.data(), n, out.whole_store.data());
  }
  taken = left;
  take(otherwise);
  for (std::size_t w = 0; w < words; ++w) out.present[w] |= open[w] & otherwise.present[w];
}

void evaluation::state::elementwise(const plan_node& node, node_values& out, std::size_t n) {
  const auto words = words_for(n);
  out.reserve_masks(n);
  auto all_present = [&] { std::fill(out.present.begin(), out.present.end(), ~word{0}); };
  switch (node.op) {
    case plan_operation::add: kernel::arithmetic('+', in(node, 0), in(node, 1), n, out); break;
    case plan_operation::subtract: kernel::arithmetic('-', in(node, 0), in(node, 1), n, out); break;
    case plan_operation::multiply: kernel::arithmetic('*', in(node, 0), in(node, 1), n, out); break;
    case plan_operation::divide: kernel::arithmetic('/', in(node, 0), in(node, 1), n, out); break;
    case plan_operation::between: {
      const auto &x = in(node, 0), &low = in(node, 1), &high = in(node, 2);
      auto is_bounded = [&](std::size_t i) { return plan_.nodes[static_cast<std::size_t>(node.inputs[i])].type.bounded; };
      const bool numbers = plan_.nodes[static_cast<std::size_t>(node.inputs[0])].type.of == kind::number;
      if (!numbers || !(is_bounded(0) || is_bounded(1) || is_bounded(2))) {
        kernel::in_pieces(n, [&](std::size_t first, std::size_t m, word* one) {
          const auto at = first / 64;
          auto *inside = out.truth.data() + at, *known = out.known.data() + at;
          if (numbers) {
            kernel::compare_numbers(comparison::greater_equal, x.number + first, low.number + first, m, inside);
            kernel::compare_numbers(comparison::less_equal, x.number + first, high.number + first, m, one);
            kernel::active().same_doubles(x.number + first, x.number + first, m, known);  // all but NaN
          } else {
            kernel::compare_wholes(comparison::greater_equal, x.whole + first, low.whole + first, m, inside);
            kernel::compare_wholes(comparison::less_equal, x.whole + first, high.whole + first, m, one);
          }
          for (std::size_t w = 0; w < words_for(m); ++w) inside[w] &= one[w];
        });
        decide(n, out, {&x, &low, &high}, !numbers);
        break;
      }
      decide_each(n, out, [&](std::size_t i) {
        if (x.number[i] == x.high[i]) {
          const int a = kernel::compare_bounds(comparison::greater_equal, x.number[i], x.high[i], low.number[i], low.high[i]);
          const int b = kernel::compare_bounds(comparison::less_equal, x.number[i], x.high[i], high.number[i], high.high[i]);
          return a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : -1;
        }
        // Every whole number between the bounds inside, or every one outside.
        if (low.number[i] != low.high[i] || high.number[i] != high.high[i]) return -1;
        const double first = std::ceil(low.number[i] - tolerance(low.number[i], 0)), last = std::floor(high.number[i] + tolerance(high.number[i], 0));
        if (first > last || x.high[i] < first || x.number[i] > last) return 0;
        return x.number[i] >= first && x.high[i] <= last ? 1 : -1;
      });
      decide(n, out, {&x, &low, &high}, false);
      break;
    }
    case plan_operation::is_known: {
      const auto& x = in(node, 0);
      for (std::size_t w = 0; w < words; ++w) out.truth[w] = x.known[w], out.known[w] = ~word{0};
      if (plan_.nodes[static_cast<std::size_t>(node.inputs[0])].type.bounded)
        kernel::in_pieces(n, [&](std::size_t first, std::size_t m, word* same) {
          kernel::active().same_doubles(x.number + first, x.high + first, m, same);
          for (std::size_t w = 0, at = first / 64; w < words_for(m); ++w, ++at) out.truth[at] &= same[w] | ~x.present[at];
        });
      all_present();
      break;
    }
    case plan_operation::is_none: {
      const auto& x = in(node, 0);
      for (std::size_t w = 0; w < words; ++w) out.known[w] = x.known[w], out.truth[w] = x.known[w] & ~x.present[w];
      all_present();
      break;
    }
    case plan_operation::known_that: {
      const auto& x = in(node, 0);
      for (std::size_t w = 0; w < words; ++w) out.truth[w] = x.truth[w] & x.known[w], out.known[w] = ~word{0};
      all_present();
      break;
    }
    case plan_operation::negation: {
      const auto& x = in(node, 0);
      for (std::size_t w = 0; w < words; ++w) out.known[w] = x.known[w], out.truth[w] = x.known[w] & ~x.truth[w];
      all_present();
      break;
    }
    case plan_operation::conjunction:
    case plan_operation::disjunction: {
      const bool all = node.op == plan_operation::conjunction;
      const auto& x = in(node, 0);
      for (std::size_t w = 0; w < words; ++w) out.truth[w] = x.truth[w] & x.known[w], out.known[w] = x.known[w];
      for (std::size_t k = 1; k < node.inputs.size(); ++k) {
        const auto& y = in(node, k);
        for (std::size_t w = 0; w < words; ++w) {
          const word at = out.truth[w], af = out.known[w] & ~out.truth[w], bt = y.truth[w] & y.known[w], bf = y.known[w] & ~y.truth[w];
          out.truth[w] = all ? at & bt : at | bt;
          out.known[w] = all ? (at & bt) | af | bf : at | bt | (af & bf);
        }
      }
      all_present();
      break;
    }
    case plan_operation::at_least_of: {
      sides.clear();
      for (std::size_t k = 0; k < node.inputs.size(); ++k) sides.emplace_back(in(node, k).truth.data(), in(node, k).known.data());
      for (std::size_t w = 0; w < words; ++w) {
        const auto yes = kernel::at_least(node.count, sides.size(), [&](std::size_t k) { return sides[k].first[w] & sides[k].second[w]; });
        const auto perhaps = kernel::at_least(node.count, sides.size(), [&](std::size_t k) { return sides[k].first[w] | ~sides[k].second[w]; });
        out.truth[w] = yes;
        out.known[w] = yes | ~perhaps;
      }
      all_present();
      break;
    }
    case plan_operation::recode: {
      const auto& x = in(node, 0);
      auto* to = out.wholes(n);
      for (std::size_t w = 0; w < words; ++w) out.known[w] = x.known[w], out.present[w] = x.present[w];
      for (std::size_t i = 0; i < n; ++i) {
        const auto code = static_cast<std::size_t>(x.whole[i]);
        to[i] = code < node.codes.size() ? node.codes[code] : -1;
      }
      break;
    }
    case plan_operation::outcome: {
      // Truth: fires. Known: can tell. Present: applies.
      if (!node.flag) {
        std::fill(out.truth.begin(), out.truth.end(), 0);
        std::fill(out.known.begin(), out.known.end(), ~word{0});
        std::fill(out.present.begin(), out.present.end(), 0);
        break;
      }
      const auto &f = in(node, 0), &c = in(node, 1), &u = in(node, 2);
      for (std::size_t w = 0; w < words; ++w) {
        const word not_for = f.known[w] & ~f.truth[w];
        const word fires = f.truth[w] & f.known[w] & c.truth[w] & c.known[w] & u.known[w] & ~u.truth[w];
        const word silent = ~not_for & ((c.known[w] & ~c.truth[w]) | (u.truth[w] & u.known[w]));
        out.truth[w] = fires;
        out.known[w] = fires | silent | not_for;
        out.present[w] = ~not_for;
      }
      break;
    }
    default: break;
  }
}

}  // namespace earlysight
