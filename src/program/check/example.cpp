// SPDX-License-Identifier: Apache-2.0
#include "checker.hpp"

#include <earlysight/text/nearest.hpp>

#include <algorithm>

namespace earlysight::checking {

// A value of an example's row as the column's type reads it; nothing, with a message, where it does not fit.
std::optional<literal> checker::cell_literal(node_id value, const column_declaration& c) {
  const auto k = at(value).kind;
  const auto where = at(value).where;
  auto misfit = [&](const std::string& expected) -> std::optional<literal> {
    error("E0518", where, "column `" + c.name + "` is " + describe(type_of(c)) + ", and this is not", expected);
    return std::nullopt;
  };
  const auto type = type_of(c);
  literal out;
  switch (type.of) {
    case kind::category: {
      if (k != node_kind::name && k != node_kind::text && k != node_kind::yes && k != node_kind::no && k != node_kind::none && k != node_kind::number) return misfit("write one of its values");
      const auto e = category_value(type.categories, value);
      if (is_wrong(e)) return std::nullopt;
      return out_.expressions[e].value;
    }
    case kind::text:
      if (k == node_kind::text) out.text = text_of(value);
      else if (k == node_kind::name || k == node_kind::number) out.text = words(value);
      else return misfit("write a text in quotes");
      out.type = text_type;
      return out;
    case kind::truth:
      if (k != node_kind::yes && k != node_kind::no) return misfit("write `yes` or `no`");
      return literal_of(value);
    case kind::date:
      if (k != node_kind::date) return misfit("write a date such as `2025-06-20`");
      out = literal_of(value);
      return out.type.of == kind::error ? std::nullopt : std::optional(out);
    case kind::number: {
      if (k != node_kind::number && k != node_kind::percent && k != node_kind::quantity) return misfit("write a number");
      out = literal_of(value);
      const bool unit_fits = out.type.of == kind::number && (out.type.in == type.in || (is_plain(out.type.in) && (is_plain(type.in) || is_quantity(type.in))));
      if (!unit_fits) return misfit(type.in == unit::percent ? "write it such as `93%`" : type.in == unit::points ? "write it such as `5 points`" : "write the number with the column's own unit, or without");
      if (c.type == column_type::count && out.number != static_cast<double>(static_cast<long long>(out.number))) return misfit("a count is a whole number");
      out.type = type;
      return out;
    }
    default: return std::nullopt;
  }
}

void checker::example_cells(example_row& row, node_id given, std::size_t first) {
  const auto& t = out_.schema.tables[row.table];
  for (auto cell : parts(given).subspan(first)) {
    const auto p = parts(cell);
    const auto name = words(p[0]);
    auto column = t.find(name);
    const bool joins = column < 0 && t.shape == table_shape::many_per_child && out_.schema.child >= 0 && out_.schema.tables[out_.schema.child].key >= 0 && name == out_.schema.key_name();
    if (column < 0 && !joins) {
      unknown("E0203", at(p[0]).where, "no column of " + t.name, name, columns_of(row.table, false));
      continue;
    }
    column_declaration joined;
    joined.name = name, joined.type = column_type::key;
    const auto& c = joins ? joined : t.columns[column];
    if (row.repeat != example_row::series::one && column == t.time)
      error("E0518", at(p[0]).where, "the dates of a series are worked out", "leave this column out");
    if (row.repeat == example_row::series::one && p.size() > 2)
      error("E0518", at(cell).where, "`then … from` belongs to a series", "write `given " + t.name + " weekly from … to …`");
    const bool none_is_a_value = c.type == column_type::category && std::find(c.categories.begin(), c.categories.end(), "none") != c.categories.end();
    // The cell's parts: name, value, and for each `then` a value and a date.
    for (std::size_t i = 1; i < p.size(); i += i == 1 ? 1 : 2) {
      example_cell out;
      out.column = joins ? -1 : column;
      if (i > 1) out.from = parse_date(words(p[i + 1]));
      if (at(p[i]).kind == node_kind::none && !none_is_a_value) {
        if (c.empty != empty_cell::none) error("E0518", at(p[i]).where, "column `" + c.name + "` is not declared `or none`", "leave the column out: then it is not known");
        out.is_none = true;
      } else if (const auto value = cell_literal(p[i], c)) {
        out.value = *value;
      } else {
        continue;
      }
      row.cells.push_back(std::move(out));
    }
  }
}

literal checker::expected_value(node_id id, const value_type& type, bool& good) {
  const auto where = at(id).where;
  const auto k = at(id).kind;
  literal out;
  good = true;
  if (type.of == kind::category) {
    const auto e = category_value(type.categories, id);
    good = !is_wrong(e);
    return good ? out_.expressions[e].value : out;
  }
  if (type.of == kind::text) {
    out.type = text_type;
    out.text = k == node_kind::text ? text_of(id) : std::string(words(id));
    return out;
  }
  if (k == node_kind::name || k == node_kind::none) {
    error("E0518", where, "a value is expected here", "write a number, a date, `yes`, `no`, `nothing` or `not known`");
    good = false;
    return out;
  }
  out = literal_of(id);
  const bool fits = out.type.of == type.of && (type.of != kind::number || out.type.in == type.in || (is_plain(out.type.in) && is_plain(type.in)));
  if (!fits && out.type.of != kind::error) {
    const auto a = add(operation::constant, type, where), b = constant(out, where);
    error("E0518", where, "the fact is " + describe(type) + ", and this is " + describe(out.type), unit_mend(a, b, id));
  }
  good = fits;
  return out;
}

void checker::check_expectation(node_id id, example& ex) {
  const auto p = parts(id);
  const auto k = at(id).kind;
  expectation e;
  e.where = at(id).where;
  auto level_of = [&](std::size_t i) {
    if (p.size() <= i) return level::any;
    return words(p[i]) == "low" ? level::low : words(p[i]) == "medium" ? level::medium : level::high;
  };
  using what = expectation::what;
  switch (k) {
    case node_kind::expect_fires:
    case node_kind::expect_silent:
    case node_kind::expect_cannot_tell:
    case node_kind::expect_does_not_apply:
    case node_kind::expect_says:
      e.of = k == node_kind::expect_fires ? what::fires : k == node_kind::expect_silent ? what::silent : k == node_kind::expect_cannot_tell ? what::cannot_tell : k == node_kind::expect_says ? what::says : what::does_not_apply;
      e.index = resolve_rule(words(p[0]), at(p[0]).where);
      if (k == node_kind::expect_says) e.text = text_of(p[1]);
      break;
    case node_kind::expect_raised:
    case node_kind::expect_not_raised:
      e.of = k == node_kind::expect_raised ? what::raised : what::not_raised;
      e.index = resolve_flag(words(p[0]), at(p[0]).where);
      e.at_level = level_of(1);
      break;
    case node_kind::expect_score:
      e.of = what::score;
      e.index = 0;
      e.low = plain_number(p[0]);
      e.high = p.size() > 1 ? plain_number(p[1]) : e.low;
      break;
    case node_kind::expect_band: {
      e.of = what::band;
      const auto* b = find(words(p[0]));
      if (b && b->of == symbol_kind::band) e.index = b->index;
      else unknown("E0206", at(p[0]).where, "no band", words(p[0]), names_of({symbol_kind::band}));
      break;
    }
    default: {
      const auto name = words(p[0]);
      const auto* f = find(name);
      if (!f || f->of != symbol_kind::fact || out_.facts[f->index].table >= 0) {
        if (f && f->of == symbol_kind::rule) error("E0518", at(id).where, "`" + std::string(name) + "` is a rule", "write `" + std::string(name) + " fires`, `is silent`, `cannot tell` or `does not apply`");
        else if (f && f->of == symbol_kind::flag) error("E0518", at(id).where, "`" + std::string(name) + "` is a flag", "write `" + std::string(name) + " is raised` or `is not raised`");
        else if (f) error("E0518", at(id).where, "an example expects something of rules, flags, facts of the child, the score or the band, and `" + std::string(name) + "` is none of them", "make it a `fact`");
        else unknown("E0201", at(p[0]).where, "no fact, rule or flag", name, names_of({symbol_kind::fact, symbol_kind::rule, symbol_kind::flag}));
        return;
      }
      e.index = f->index;
      e.of = k == node_kind::expect_nothing ? what::nothing : k == node_kind::expect_not_known ? what::not_known : what::value;
      const auto type = out_.facts[f->index].type;
      if (type.of == kind::error) return;
      if (k == node_kind::expect_value) {
        const bool none_is_value = type.of == kind::category && std::count(out_.category_sets[type.categories].begin(), out_.category_sets[type.categories].end(), "none") > 0;
        if (at(p[1]).kind == node_kind::none && !none_is_value) {
          e.of = what::nothing;
        } else {
          bool good = true;
          e.value = expected_value(p[1], type, good);
          if (!good) return;
        }
      }
    }
  }
  if (e.index >= 0) ex.expects.push_back(std::move(e));
}

void checker::check_example(node_id id) {
  const auto p = parts(id);
  example ex;
  ex.title = text_of(p[0]);
  ex.where = at(p[0]).where;
  if (const auto on = only_part(id, node_kind::on_part, "`on`")) {
    if (const auto d = parse_date(words(parts(*on)[0]))) ex.on = *d;
  } else {
    error("E0514", at(p[0]).where, "the example does not say on which day", "add `on` and a date: the rules are asked as of that day");
  }
  std::size_t expectations = 0;
  for (auto part : p.subspan(1)) {
    const auto k = at(part).kind;
    if (k == node_kind::on_part) continue;
    if (k >= node_kind::expect_fires && k <= node_kind::expect_not_known) {
      ++expectations;
      check_expectation(part, ex);
      continue;
    }
    const auto g = parts(part);
    example_row row;
    row.where = at(part).where;
    row.table = find_table(words(g[0]), at(g[0]).where, false);
    if (row.table < 0) continue;
    const auto& t = out_.schema.tables[row.table];
    std::size_t first = 1;
    if (k == node_kind::given_no_data) {
      row.repeat = example_row::series::no_data;
      if (t.shape != table_shape::many_per_child) error("E0518", at(g[0]).where, "`no data` is said of tables `many per child`", "leave the columns of child out instead");
    } else if (k != node_kind::given_row) {
      row.repeat = k == node_kind::given_weekly ? example_row::series::weekly : example_row::series::daily;
      first = 3;
      const auto from = parse_date(words(g[1])), to = parse_date(words(g[2]));
      if (from && to) row.first = *from, row.last = *to;
      if (from && to && *to < *from) error("E0518", at(g[2]).where, "the series ends before it begins", "swap the two days");
      if (from && to && to->day - from->day > 36600) error("E0518", at(g[2]).where, "a series lasts a hundred years at most", "look at the years");
      if (!t.has_time() || t.is_interval()) error("E0401", at(g[0]).where, "a series is of a table whose rows happen `at` a date", "write the rows one by one, or declare the table `at COLUMN`");
    }
    if (k != node_kind::given_no_data) example_cells(row, part, first);
    ex.given.push_back(std::move(row));
  }
  if (expectations == 0) error("E0511", at(p[0]).where, "this example expects nothing, so it can never fail", "add `expect RULE fires`, `is silent`, `cannot tell` or another expectation");
  out_.examples.push_back(std::move(ex));
}

}  // namespace earlysight::checking
