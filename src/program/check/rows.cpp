// SPDX-License-Identifier: Apache-2.0
// Selections, windows, and what is worked out over rows.
#include "checker.hpp"

namespace earlysight::checking {
namespace {

bool is_window(node_kind k) {
  return (k >= node_kind::starting && k <= node_kind::in_after) || (k >= node_kind::this_term && k <= node_kind::last_year);
}

std::int32_t ordinal_of(std::string_view words) {
  std::int32_t n = 0;
  for (char c : words)
    if (c >= '0' && c <= '9' && n < 100000000) n = n * 10 + (c - '0');
  return n;
}

}  // namespace

std::int32_t checker::find_table(std::string_view name, span where, bool plural) {
  auto index = out_.schema.find(name);
  if (index < 0 && plural && name.size() > 1 && name.back() == 's') index = out_.schema.find(name.substr(0, name.size() - 1));
  if (index >= 0) return index;
  if (const auto* s = find(name)) {
    error("E0202", where, "`" + std::string(name) + "` is a " + word_for(s->of) + ", not a table", "name a table");
    return -1;
  }
  std::vector<std::string> names;
  for (const auto& t : out_.schema.tables)
    if (t.shape == table_shape::many_per_child) names.push_back(t.name);
  if (plural && name.size() > 1 && name.back() == 's' && may_be_damaged(name.substr(0, name.size() - 1))) return -1;
  unknown("E0202", where, "no table", name, names);
  return -1;
}

bool checker::scope_for_rows(const scope& s, std::int32_t table, scope& inside, span where) {
  if (s.row_fact) {
    error("E0411", where, "a fact of rows is worked out from the row itself, and this looks at other rows", "say it in the `where` of a rule, or in a fact of the child");
    return false;
  }
  if (s.columns_only) {
    error("E0412", where, "`known when` speaks of child's own columns", "use columns of child");
    return false;
  }
  if (s.row >= 0 && s.outer >= 0) {
    error("E0403", where, "a selection may stand inside another's `where`, one level deep, and this is the second level", "give the inner part a name of its own: a fact of the child, or a fact of rows");
    return false;
  }
  inside = {};
  inside.row = table;
  inside.outer = s.row;
  return true;
}

std::int32_t checker::check_selection(node_id id, const scope& s, scope& inside) {
  const auto p = parts(id);
  selection out;
  out.where = at(id).where;
  out.table = find_table(words(p[0]), at(p[0]).where, true);
  bool good = out.table >= 0;
  if (good && out_.schema.tables[out.table].shape != table_shape::many_per_child) {
    error("E0202", at(p[0]).where, "`" + std::string(words(p[0])) + "` has no rows of a child", "name a table `many per child`; a lookup's columns are reached through a `ref` column, a child's by their names");
    good = false;
  }
  if (good) good = scope_for_rows(s, out.table, inside, at(id).where);
  if (!good) return -1;  // what stands in the where would only repeat the message
  out.outer_table = s.row;
  const auto outer_before = outer_references_;
  for (auto part : p.subspan(1)) {
    if (is_window(at(part).kind)) {
      out.window = check_window(part, out.table, s);
      good = good && out.window >= 0;
    } else {
      const auto c = check_condition(part, inside);
      good = good && !is_wrong(c);
      out.conditions.push_back(c);
    }
  }
  if (s.row < 0) earlier_tables_.push_back(out.table);
  if (!good) return -1;
  out.names_outer_row = outer_references_ != outer_before;
  out_.selections.push_back(std::move(out));
  return static_cast<std::int32_t>(out_.selections.size()) - 1;
}

std::int32_t checker::check_window(node_id id, std::int32_t table, const scope& s, window_look look) {
  const auto p = parts(id);
  const auto k = at(id).kind;
  const auto& t = out_.schema.tables[table];
  if (k == node_kind::starting || k == node_kind::ending) {
    if (!t.is_interval()) {
      error("E0402", at(id).where, "rows of `" + t.name + "` have one date, so nothing starts or ends", std::string("leave out `") + (k == node_kind::starting ? "starting" : "ending") + "`, or declare the table `from … to …`");
      return -1;
    }
    return check_window(p[0], table, s, k == node_kind::starting ? window_look::starting : window_look::ending);
  }
  if (!t.has_time()) {
    error("E0401", at(id).where, "windows are for tables with a time, and rows of `" + t.name + "` have none", "add `at COLUMN` or `from COLUMN to COLUMN` to the table, or leave the window out")
        .related.push_back({t.where, "declared here"});
    return -1;
  }
  window w;
  w.look = look;
  w.where = at(id).where;
  auto date_of = [&](node_id d) {
    scope inside;
    inside.window_row = s.row;
    inside.row_fact = false;
    w.date = check_expression(d, inside);
    if (is_wrong(w.date)) return false;
    if (type_of_id(w.date).of == kind::date) return true;
    error("E0305", at(d).where, "a window needs a date here, and " + describe(w.date), type_of_id(w.date).of == kind::duration ? "write `in the last " + std::string(words(d)) + "`" : "name a date");
    return false;
  };
  switch (k) {
    case node_kind::in_last:
      w.form = window_form::last;
      w.first = length_of(p[0], true);
      break;
    case node_kind::from_to:
      w.form = window_form::from_to;
      w.first = length_of(p[0], true);
      w.second = length_of(p[1], true);
      if (w.first.param < 0 && w.second.param < 0) {
        const auto a = w.first.literal.unit, b = w.second.literal.unit;
        if ((needs_calendar(a) || needs_calendar(b)) && a != b) {
          error("E0405", at(id).where, "both ends of this window are counted in one unit, or in days, weeks, months and years", "write both in " + std::string(a == time_unit::school_weeks || b == time_unit::school_weeks ? "school weeks" : "one unit"));
          return -1;
        }
        if (a == b && w.first.literal.count <= w.second.literal.count) {
          error("E0405", at(id).where, "the first end of a window lies further back than the second", "swap them: `from " + std::string(words(p[1])) + " ago to " + std::string(words(p[0])) + " ago`");
          return -1;
        }
      }
      break;
    case node_kind::this_term:
    case node_kind::last_term:
      w.form = window_form::term;
      w.is_last = k == node_kind::last_term;
      needs_calendar_here(at(id).where, words(id));
      break;
    case node_kind::this_year:
    case node_kind::last_year:
      w.form = window_form::academic_year;
      w.is_last = k == node_kind::last_year;
      break;
    case node_kind::since:
    case node_kind::before_date:
    case node_kind::on_date:
      w.form = k == node_kind::since ? window_form::since : k == node_kind::before_date ? window_form::before : window_form::on;
      if (!date_of(p[0])) return -1;
      break;
    case node_kind::in_before:
    case node_kind::in_after:
      w.form = k == node_kind::in_before ? window_form::before_date : window_form::after_date;
      w.first = length_of(p[0], true);
      if (!date_of(p[1])) return -1;
      break;
    default: return -1;
  }
  out_.windows.push_back(w);
  return static_cast<std::int32_t>(out_.windows.size()) - 1;
}

value_type checker::aggregate_type(aggregation over, const value_type& of_value) const {
  value_type t;
  switch (over) {
    case aggregation::any:
    case aggregation::no: return truth_type;
    case aggregation::count:
      t = number_type(unit::row_count);
      t.bounded = true;
      return t;
    case aggregation::longest_run:
      t = number_type(unit::count);
      t.bounded = true;
      return t;
    case aggregation::share: return number_type(unit::percent);
    case aggregation::count_different:
    case aggregation::days_covered: return number_type(unit::count);
    default:
      t = of_value;
      t.bounded = false;
      if (over == aggregation::average && t.of == kind::number && is_plain(t.in)) t.in = unit::number;
      return t;
  }
}

expression_id checker::value_column(node_id id, const scope& inside, aggregation over) {
  const auto name = words(id);
  const auto& t = out_.schema.tables[inside.row];
  const auto* f = find(name);
  const bool row_fact = f && f->of == symbol_kind::fact && out_.facts[f->index].table == inside.row;
  if (t.find(name) < 0 && !row_fact) {
    unknown("E0203", at(id).where, "no column of " + t.name, name, columns_of(inside.row, true));
    return wrong(at(id).where);
  }
  const auto e = check_name(id, inside);
  if (is_wrong(e)) return e;
  const bool numbers_only = over == aggregation::total || over == aggregation::average || over == aggregation::highest || over == aggregation::lowest;
  if (numbers_only && type_of_id(e).of != kind::number) {
    error("E0406", at(id).where, "only numbers are added up or ranked, and " + describe(e), type_of_id(e).of == kind::date ? "use `latest` or `earliest`" : "use `count of`, `latest` or `earliest`");
    return wrong(at(id).where);
  }
  return e;
}

expression_id checker::check_rows(node_id id, const scope& s) {
  const auto p = parts(id);
  const auto where = at(id).where;
  const auto k = at(id).kind;
  const auto outer_before = outer_references_;

  aggregation over = aggregation::count;
  std::int32_t nth = 1;
  node_id value = no_node, chosen = p.empty() ? no_node : p[p.size() - 1];
  switch (k) {
    case node_kind::any_rows: over = aggregation::any; break;
    case node_kind::no_rows: over = aggregation::no; break;
    case node_kind::count_of:
    case node_kind::count_at_least:
    case node_kind::count_at_most:
    case node_kind::count_more_than:
    case node_kind::count_fewer_than:
    case node_kind::count_exactly: break;
    case node_kind::share_of: over = aggregation::share; break;
    case node_kind::days_covered: over = aggregation::days_covered; break;
    case node_kind::longest_run: over = aggregation::longest_run; break;
    case node_kind::count_different: over = aggregation::count_different, value = p[0]; break;
    case node_kind::total: over = aggregation::total, value = p[0]; break;
    case node_kind::average: over = aggregation::average, value = p[0]; break;
    case node_kind::highest: over = aggregation::highest, value = p[0]; break;
    case node_kind::lowest: over = aggregation::lowest, value = p[0]; break;
    case node_kind::latest: over = aggregation::latest, value = p[0]; break;
    case node_kind::earliest: over = aggregation::earliest, value = p[0]; break;
    case node_kind::nth_latest:
    case node_kind::nth_earliest:
      over = k == node_kind::nth_latest ? aggregation::latest : aggregation::earliest;
      nth = ordinal_of(words(p[0]));
      value = p[1];
      if (nth < 1) error("E0113", at(p[0]).where, "the first is `1st`", "write `1st`, `2nd`, …");
      break;
    default: error("E0101", where, "this is not a value", ""); return wrong(where);
  }
  scope inside;
  const auto selected = check_selection(chosen, s, inside);
  expression e;
  e.op = operation::aggregate, e.where = where, e.over = over, e.selection = selected, e.count = nth;
  value_type of_value;
  if (value != no_node && inside.row >= 0) {
    const auto v = value_column(value, inside, over);
    if (is_wrong(v)) return wrong(where);
    of_value = type_of_id(v);
    e.parts = {v};
  }
  if (selected < 0) return wrong(where);
  if (over == aggregation::days_covered && !out_.schema.tables[out_.selections[selected].table].is_interval()) {
    error("E0407", where, "days are covered by rows that last from one date to another, and rows of `" + out_.schema.tables[out_.selections[selected].table].name + "` do not", "use `count of`, or declare the table `from … to …`");
    return wrong(where);
  }
  out_.selections[selected].names_outer_row = outer_references_ != outer_before;
  e.type = aggregate_type(over, of_value);
  const auto made = add(std::move(e));

  comparison test;
  switch (k) {
    case node_kind::count_at_least: test = comparison::greater_equal; break;
    case node_kind::count_at_most: test = comparison::less_equal; break;
    case node_kind::count_more_than: test = comparison::greater; break;
    case node_kind::count_fewer_than: test = comparison::less; break;
    case node_kind::count_exactly: test = comparison::equal; break;
    default: return made;
  }
  out_.expressions[made].where = out_.selections[selected].where;
  const auto n = constant(literal_of(p[0]), at(p[0]).where);
  expression c;
  c.op = operation::compare, c.type = truth_type, c.where = where, c.parts = {made, n}, c.test = test;
  return add(std::move(c));
}

expression_id checker::check_measure_use(node_id name_node, std::optional<node_id> window_node, const scope& s, operation op, span where) {
  const auto name = std::string(words(name_node));
  const auto* found = at(name_node).kind == node_kind::name ? find(name) : nullptr;
  if (!found || found->of != symbol_kind::measure) {
    // `D before DATE`, where D is a param.
    if (found && found->of == symbol_kind::param && out_.params[found->index].type.of == kind::duration && window_node && at(*window_node).kind == node_kind::before_date) {
      const auto d = check_expression(parts(*window_node)[0], s);
      return date_and_length(d, name_node, -1, where, s);
    }
    if (op == operation::trend) {
      if (found || (out_.schema.child >= 0 && out_.schema.tables[out_.schema.child].find(name) >= 0))
        error("E0413", at(name_node).where, "a trend is of a measure, and `" + name + "` is none", "declare a `measure` over the rows of a table");
      else unknown("E0413", at(name_node).where, "no measure", name, names_of({symbol_kind::measure}));
      return wrong(where);
    }
    const auto e = check_expression(name_node, s);  // an unknown name is said there
    if (is_wrong(e)) return wrong(where);
    error("E0413", at(*window_node).where, "a window stands after a table or a measure, and `" + name + "` is neither",
          "put the window where the value is worked out, or make `" + name + "` a measure");
    return wrong(where);
  }
  const auto& m = out_.measures[found->index];
  if (m.type.of == kind::error) return wrong(where);
  scope inside;
  if (!scope_for_rows(s, m.table, inside, where)) return wrong(where);
  expression e;
  e.op = op, e.where = where, e.index = found->index, e.type = m.type;
  if (op == operation::trend) {
    e.type.bounded = false;
    if (e.type.of != kind::number) {
      error("E0413", at(name_node).where, "a trend is of numbers, and `" + name + "` is " + describe(m.type), "");
      return wrong(where);
    }
    e.type.in = m.type.in == unit::percent ? unit::points : is_plain(m.type.in) ? unit::number : m.type.in;
    if (!out_.schema.tables[m.table].has_time()) {
      error("E0401", where, "a trend runs over weeks, and rows of `" + out_.schema.tables[m.table].name + "` have no time", "add `at COLUMN` to the table");
      return wrong(where);
    }
  }
  if (window_node) {
    e.window = check_window(*window_node, m.table, s);
    if (e.window < 0) return wrong(where);
  }
  return add(std::move(e));
}

}  // namespace earlysight::checking
