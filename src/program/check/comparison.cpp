// SPDX-License-Identifier: Apache-2.0
#include "checker.hpp"

#include <earlysight/text/nearest.hpp>

#include <algorithm>
#include <cmath>

namespace earlysight::checking {
namespace {

std::string number_words(double v) {
  auto s = std::to_string(v);
  while (s.find('.') != std::string::npos && (s.back() == '0' || s.back() == '.')) {
    const bool dot = s.back() == '.';
    s.pop_back();
    if (dot) break;
  }
  return s;
}

}  // namespace

// What to write instead of a number whose unit does not fit.
std::string checker::unit_mend(expression_id wanted, expression_id given, node_id node) const {
  const auto& w = type_of_id(wanted);
  const auto& g = type_of_id(given);
  if (w.of == kind::date && g.of == kind::duration) return "did you mean `" + std::string(sources_.text(out_.expressions[given].where)) + " ago`?";
  if (w.of != kind::number) return {};
  const bool is_literal = node != no_node && out_.expressions[given].op == operation::constant && g.of == kind::number;
  const char* unit_word = w.in == unit::hours ? " hours" : w.in == unit::sessions ? " sessions" : w.in == unit::pounds ? " pounds" : w.in == unit::points ? " points" : w.in == unit::percent ? "%" : "";
  if (!is_literal || unit_word[0] == 0) {
    if (is_literal && is_plain(w.in)) return "did you mean `" + number_words(g.in == unit::percent || g.in == unit::points ? out_.expressions[given].value.number * 100 : out_.expressions[given].value.number) + "`?";
    return {};
  }
  auto value = out_.expressions[given].value.number;
  if (g.in == unit::percent || g.in == unit::points) value *= 100;
  else if ((w.in == unit::percent || w.in == unit::points) && is_plain(g.in) && value > 0 && value < 1) value *= 100;
  return "did you mean `" + number_words(value) + unit_word + "`?";
}

bool checker::comparable(expression_id a, expression_id b, span where, node_id right) {
  const auto& x = type_of_id(a);
  const auto& y = type_of_id(b);
  if (x.of == kind::error || y.of == kind::error) return false;
  if (x.of != y.of) {
    std::string mend = unit_mend(a, b, right);
    if (x.of == kind::date && y.of == kind::number) mend = "write a date such as `2025-06-20`, or a length of time: `6 weeks ago`";
    if (x.of == kind::category && mend.empty()) mend = "write one of its values";
    if (x.of == kind::truth) mend = "write `yes` or `no`, or leave the comparison out";
    if (x.of == kind::number && y.of == kind::duration && is_plain(x.in)) mend = "leave the unit out: `" + number_words(out_.expressions[b].value.length.count) + "`";
    error(x.of == kind::date && y.of == kind::duration ? "E0306" : "E0305", where, describe(a) + ", and " + describe(b) + ": they cannot be compared", mend);
    return false;
  }
  if (x.of == kind::number && x.in != y.in && !(is_plain(x.in) && is_plain(y.in))) {
    auto mend = unit_mend(a, b, right);
    if (mend.empty() && x.in == unit::percent && y.in == unit::points) mend = "a percentage is compared with a percentage; a difference of two is in points";
    error("E0301", where, describe(a) + ", and " + describe(b) + ": they cannot be compared", mend);
    return false;
  }
  return true;
}

expression_id checker::compare_values(comparison test, expression_id a, expression_id b, span where, node_id right) {
  if (is_wrong(a) || is_wrong(b)) return wrong(where);
  if (!comparable(a, b, out_.expressions[b].where, right)) return wrong(where);
  const auto of = type_of_id(a).of;
  if (test != comparison::equal && of != kind::number && of != kind::date) {
    error("E0305", where, describe(a) + ", which has no order", "compare it with `is` or `is one of`");
    return wrong(where);
  }
  expression e;
  e.op = operation::compare, e.type = truth_type, e.where = where, e.parts = {a, b}, e.test = test;
  return add(std::move(e));
}

expression_id checker::category_value(std::int32_t set, node_id id) {
  const auto& values = out_.category_sets[set];
  const auto text = at(id).kind == node_kind::text ? text_of(id) : std::string(words(id));
  const auto found = std::find(values.begin(), values.end(), text);
  if (found == values.end()) {
    const auto meant = nearest_name(text, values);
    std::string list;
    for (std::size_t i = 0; i < values.size() && i < 8; ++i) list += (i > 0 ? ", `" : "`") + values[i] + "`";
    error("E0210", at(id).where, "`" + text + "` is none of the values: " + list + (values.size() > 8 ? ", …" : ""), meant.empty() ? "" : "did you mean `" + meant + "`?");
    return wrong(at(id).where);
  }
  literal v;
  v.type = {kind::category, unit::number, set};
  v.code = static_cast<std::int32_t>(found - values.begin());
  v.text = text;
  return constant(std::move(v), at(id).where);
}

// X is VALUE, where a bare name is a category's value if X is a category.
expression_id checker::check_equal(expression_id left, node_id right, span where, const scope& s) {
  const auto type = type_of_id(left);
  const auto k = at(right).kind;
  if (type.of == kind::error) {
    if (k != node_kind::name) check_expression(right, s);
    return wrong(where);
  }
  if (type.of == kind::category) {
    if (k == node_kind::name || k == node_kind::text || k == node_kind::yes || k == node_kind::no) {
      const auto v = category_value(type.categories, right);
      return is_wrong(v) ? wrong(where) : compare_values(comparison::equal, left, v, where, right);
    }
    auto other = check_expression(right, s);
    if (is_wrong(other)) return wrong(where);
    if (type_of_id(other).of == kind::category && type_of_id(other).categories != type.categories)
      other = add(operation::recode, type, out_.expressions[other].where, {other});
    return compare_values(comparison::equal, left, other, where, right);
  }
  return compare_values(comparison::equal, left, check_expression(right, s), where, right);
}

expression_id checker::check_none(node_id id, const scope& s, bool negated) {
  const auto p = parts(id);
  const auto where = at(id).where;
  const auto x = check_expression(p[0], s);
  if (is_wrong(x)) return wrong(where);
  expression_id e = -1;
  const auto type = type_of_id(x);
  if (type.of == kind::category) {
    const auto& values = out_.category_sets[type.categories];
    if (const auto none = std::find(values.begin(), values.end(), "none"); none != values.end()) {
      literal v;
      v.type = {kind::category, unit::number, type.categories};
      v.code = static_cast<std::int32_t>(none - values.begin());
      v.text = "none";
      e = compare_values(comparison::equal, x, constant(std::move(v), where), where, no_node);
    }
  }
  if (e < 0) e = add(operation::is_none, truth_type, where, {x});
  return negated ? negate(e, where) : e;
}

expression_id checker::check_comparison(node_id id, const scope& s) {
  const auto p = parts(id);
  const auto where = at(id).where;
  const auto k = at(id).kind;
  if (k == node_kind::is_none || k == node_kind::is_not_none) return check_none(id, s, k == node_kind::is_not_none);

  const auto x = check_expression(p[0], s);
  switch (k) {
    case node_kind::is_known:
    case node_kind::is_not_known: {
      if (is_wrong(x)) return wrong(where);
      const auto e = add(operation::is_known, truth_type, where, {x});
      return k == node_kind::is_known ? e : negate(e, where);
    }
    case node_kind::is_value:
    case node_kind::is_not_value: {
      const auto e = check_equal(x, p[1], where, s);
      return k == node_kind::is_value || is_wrong(e) ? e : negate(e, where);
    }
    case node_kind::is_one_of:
    case node_kind::is_not_one_of: {
      // Each value is checked as a comparison of its own; the operands are kept.
      std::vector<expression_id> operands{x};
      bool good = !is_wrong(x);
      for (auto v : p.subspan(1)) {
        const auto c = check_equal(x, v, at(v).where, s);
        good = good && !is_wrong(c);
        if (!is_wrong(c)) operands.push_back(out_.expressions[c].parts[1]);
      }
      if (!good) return wrong(where);
      const auto e = add(operation::one_of, truth_type, where, std::move(operands));
      return k == node_kind::is_one_of ? e : negate(e, where);
    }
    case node_kind::is_between: {
      const auto low = check_expression(p[1], s), high = check_expression(p[2], s);
      if (is_wrong(x) || is_wrong(low) || is_wrong(high)) return wrong(where);
      if (!comparable(x, low, at(p[1]).where, p[1]) || !comparable(x, high, at(p[2]).where, p[2])) return wrong(where);
      if (type_of_id(x).of != kind::number && type_of_id(x).of != kind::date) {
        error("E0305", where, describe(x) + ", which has no order", "compare it with `is` or `is one of`");
        return wrong(where);
      }
      return add(operation::between, truth_type, where, {x, low, high});
    }
    case node_kind::within_last:
    case node_kind::within_next: {
      const auto length = length_expression(p[1], false);
      if (is_wrong(x)) return wrong(where);
      if (type_of_id(x).of != kind::date) {
        error("E0305", at(p[0]).where, "only a date lies within a length of time, and " + describe(x), "name a date");
        return wrong(where);
      }
      return add(k == node_kind::within_last ? operation::within_last : operation::within_next, truth_type, where, {x, length});
    }
    default: {
      const auto y = check_expression(p[1], s);
      if (is_wrong(x) || is_wrong(y)) return wrong(where);
      if (type_of_id(x).of != kind::date || type_of_id(y).of != kind::date) {
        const auto bad = type_of_id(x).of != kind::date ? x : y;
        auto mend = unit_mend(x, y, p[1]);
        error("E0305", out_.expressions[bad].where, "`before` and `after` compare dates, and " + describe(bad), mend.empty() ? "use `is less than` or `is more than` for numbers" : mend);
        return wrong(where);
      }
      const auto test = k == node_kind::is_before         ? comparison::less
                        : k == node_kind::is_after        ? comparison::greater
                        : k == node_kind::is_on_or_before ? comparison::less_equal
                                                          : comparison::greater_equal;
      return compare_values(test, x, y, where, p[1]);
    }
  }
}

// X is at least | at most | more than | less than BOUND.
expression_id checker::check_bound(node_id id, const scope& s) {
  const auto p = parts(id);
  const auto where = at(id).where;
  const auto k = at(id).kind;
  const auto test = k == node_kind::at_least    ? comparison::greater_equal
                    : k == node_kind::at_most   ? comparison::less_equal
                    : k == node_kind::more_than ? comparison::greater
                                                : comparison::less;
  const auto bound = p[1];
  const auto b = parts(bound);
  switch (at(bound).kind) {
    case node_kind::below:
    case node_kind::above: {
      const auto x = check_expression(p[0], s), amount = check_expression(b[0], s), y = check_expression(b[1], s);
      if (is_wrong(x) || is_wrong(amount) || is_wrong(y)) return wrong(where);
      if (!comparable(x, y, at(b[1]).where, b[1])) return wrong(where);
      if (type_of_id(x).of != kind::number) {
        error("E0305", at(bound).where, "`below` and `above` are for numbers, and " + describe(x), "use `before` and `after` for dates");
        return wrong(where);
      }
      const bool below = at(bound).kind == node_kind::below;
      const auto difference = combine('-', below ? y : x, below ? x : y, where);
      return compare_values(test, difference, amount, where, b[0]);
    }
    case node_kind::ago:
    case node_kind::before_of:
    case node_kind::after_of: {
      const auto x = check_expression(p[0], s);
      const auto y = at(bound).kind == node_kind::ago ? add(operation::today, date_type, at(bound).where) : check_expression(b[1], s);
      const auto length = length_expression(b[0], false);
      if (is_wrong(x) || is_wrong(y)) return wrong(where);
      for (auto d : {x, y}) {
        if (type_of_id(d).of == kind::date) continue;
        error("E0305", out_.expressions[d].where, "`ago`, `before` and `after` are for dates, and " + describe(d), "name a date");
        return wrong(where);
      }
      expression e;
      e.op = operation::gap, e.type = truth_type, e.where = where, e.parts = {x, y, length}, e.test = test;
      e.before_other = at(bound).kind != node_kind::after_of;
      return add(std::move(e));
    }
    default: {
      const auto x = check_expression(p[0], s), y = check_expression(bound, s);
      return compare_values(test, x, y, where, bound);
    }
  }
}

expression_id checker::check_not_yet(node_id id, const scope& s) {
  const auto p = parts(id);
  const auto where = at(id).where;
  const auto x = check_expression(p[0], s);
  if (is_wrong(x)) return wrong(where);
  const auto& e = out_.expressions[x];
  if (e.op != operation::column || out_.schema.tables[e.table].columns[e.column].empty != empty_cell::not_yet) {
    error("E0308", at(p[0]).where, "`not yet` asks of a date that may not have happened, and `" + std::string(words(p[0])) + "` is not declared `date or not yet`",
          "declare the column `or not yet`, or ask `is known`");
    return wrong(where);
  }
  return add(operation::not_yet, truth_type, where, {x});
}

std::int32_t checker::resolve_rule(std::string_view name, span where) {
  auto text = std::string(name);
  for (std::size_t i = 0; i <= replaced_by_.size(); ++i) {
    const auto by = replaced_by_.find(text);
    if (by == replaced_by_.end()) break;
    text = by->second;
  }
  const auto* found = find(text);
  if (!found || found->of != symbol_kind::rule) {
    if (found) error("E0205", where, "`" + text + "` is a " + word_for(found->of) + ", not a rule", found->of == symbol_kind::flag ? "write `" + text + " is raised`" : "name a rule");
    else unknown("E0205", where, "no rule", name, names_of({symbol_kind::rule}));
    return -1;
  }
  if (const auto out = left_out_.find(text); out != left_out_.end()) {
    error("E0205", where, "the rule `" + text + "` is left out", "leave this out too, or take the rule in").related.push_back({out->second, "left out here"});
    return -1;
  }
  return found->index;
}

std::int32_t checker::resolve_flag(std::string_view name, span where) {
  const auto* found = find(name);
  if (found && found->of == symbol_kind::flag) return found->index;
  if (found) error("E0204", where, "`" + std::string(name) + "` is a " + word_for(found->of) + ", not a flag", found->of == symbol_kind::rule ? "write `" + std::string(name) + " fires`" : "name a flag");
  else unknown("E0204", where, "no flag", name, names_of({symbol_kind::flag}));
  return -1;
}

expression_id checker::check_fires(node_id id) {
  const auto p = parts(id);
  if (at(p[0]).kind != node_kind::name) {
    error("E0205", at(p[0]).where, "only a rule fires", "write the rule's name before `fires`");
    return wrong(at(id).where);
  }
  const auto rule = resolve_rule(words(p[0]), at(p[0]).where);
  if (rule < 0 || in_cycle_rules_[rule]) return wrong(at(id).where);
  expression e;
  e.op = operation::rule_fires, e.type = truth_type, e.where = at(id).where, e.index = rule;
  return add(std::move(e));
}

expression_id checker::check_raised(node_id id) {
  const auto p = parts(id);
  if (at(p[0]).kind != node_kind::name) {
    error("E0204", at(p[0]).where, "only a flag is raised", "write the flag's name before `is raised`");
    return wrong(at(id).where);
  }
  const auto flag = resolve_flag(words(p[0]), at(p[0]).where);
  if (flag < 0) return wrong(at(id).where);
  expression e;
  e.op = operation::flag_raised, e.type = truth_type, e.where = at(id).where, e.index = flag;
  if (p.size() > 1) e.at_level = words(p[1]) == "low" ? level::low : words(p[1]) == "medium" ? level::medium : level::high;
  return add(std::move(e));
}

}  // namespace earlysight::checking
