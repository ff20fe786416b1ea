// SPDX-License-Identifier: Apache-2.0
#include "checker.hpp"

namespace earlysight::checking {
namespace {

const char* unit_words(unit u) {
  switch (u) {
    case unit::number: return "a plain number";
    case unit::count: return "a count";
    case unit::row_count: return "a count of rows";
    case unit::percent: return "a percentage";
    case unit::points: return "percentage points";
    case unit::hours: return "hours";
    case unit::sessions: return "sessions";
    case unit::pounds: return "pounds";
  }
  return "";
}

}  // namespace

std::string checker::describe(const value_type& t) const {
  switch (t.of) {
    case kind::truth: return "yes/no";
    case kind::number: return unit_words(t.in);
    case kind::date: return "a date";
    case kind::category: return "a category";
    case kind::text: return "text";
    case kind::duration: return "a length of time";
    case kind::error: break;
  }
  return "a value";
}

std::string checker::describe(expression_id id) const {
  const auto& e = out_.expressions[id];
  return "`" + std::string(sources_.text(e.where)) + "` is " + describe(e.type);
}

expression_id checker::add(expression e) {
  out_.expressions.push_back(std::move(e));
  return static_cast<expression_id>(out_.expressions.size()) - 1;
}

expression_id checker::add(operation op, value_type type, span where, std::vector<expression_id> operands) {
  expression e;
  e.op = op, e.type = type, e.where = where, e.parts = std::move(operands);
  return add(std::move(e));
}

expression_id checker::constant(literal value, span where) {
  expression e;
  e.op = operation::constant, e.type = value.type, e.where = where, e.value = std::move(value);
  return add(std::move(e));
}

expression_id checker::wrong(span where) { return add(operation::constant, {}, where); }

expression_id checker::check_condition(node_id id, const scope& s) {
  const auto e = check_expression(id, s);
  const auto& t = type_of_id(e);
  if (t.of == kind::error || t.of == kind::truth) return e;
  std::string mend = "compare it with something, such as `is at least …`";
  if (t.of == kind::category) mend = "say which value: `" + std::string(words(id)) + " is …`";
  if (t.of == kind::date) mend = "say when: `is before …`, `is at least 6 weeks ago`, `is known`";
  error("E0303", at(id).where, "a condition is a comparison or yes/no, and " + describe(e), mend);
  return wrong(at(id).where);
}

expression_id checker::check_expression(node_id id, const scope& s) {
  const auto& n = at(id);
  const auto p = parts(id);
  switch (n.kind) {
    case node_kind::number:
    case node_kind::percent:
    case node_kind::quantity:
    case node_kind::date:
    case node_kind::text:
    case node_kind::yes:
    case node_kind::no: return constant(literal_of(id), n.where);
    case node_kind::today: return add(operation::today, date_type, n.where);
    case node_kind::name: return check_name(id, s);
    case node_kind::possessive: return check_possessive(id, s);
    case node_kind::parenthesis: {
      const auto inner = check_expression(p[0], s);
      out_.expressions[inner].where = n.where;
      return inner;
    }
    case node_kind::disjunction: return check_list(id, s, operation::disjunction);
    case node_kind::conjunction: return check_list(id, s, operation::conjunction);
    case node_kind::any_of: return check_list(id, s, operation::disjunction);
    case node_kind::all_of: return check_list(id, s, operation::conjunction);
    case node_kind::none_of: return check_list(id, s, operation::none_of);
    case node_kind::at_least_of: return check_list(id, s, operation::at_least_of);
    case node_kind::negation: {
      const auto c = check_condition(p[0], s);
      return is_wrong(c) ? wrong(n.where) : negate(c, n.where);
    }
    case node_kind::known_that: {
      const auto c = check_condition(p[0], s);
      return is_wrong(c) ? wrong(n.where) : add(operation::known_that, truth_type, n.where, {c});
    }
    case node_kind::sum:
    case node_kind::product: return check_arithmetic(id, s);
    case node_kind::choice: return check_choice(id, s);
    case node_kind::ago:
    case node_kind::after_of:
    case node_kind::before_of: {
      const auto from = n.kind == node_kind::ago ? add(operation::today, date_type, n.where) : check_expression(p[1], s);
      return date_and_length(from, p[0], n.kind == node_kind::after_of ? 1 : -1, n.where, s);
    }
    case node_kind::elapsed_days:
    case node_kind::elapsed_weeks:
    case node_kind::elapsed_months:
    case node_kind::elapsed_years:
    case node_kind::elapsed_school_days: {
      const auto d = check_expression(p[0], s);
      if (is_wrong(d)) return wrong(n.where);
      if (type_of_id(d).of != kind::date) {
        error("E0305", at(p[0]).where, "time passes since a date, and " + describe(d), "name a date");
        return wrong(n.where);
      }
      expression e;
      e.op = operation::elapsed, e.type = number_type(unit::count), e.where = n.where, e.parts = {d};
      e.length_unit = n.kind == node_kind::elapsed_days     ? time_unit::days
                      : n.kind == node_kind::elapsed_weeks  ? time_unit::weeks
                      : n.kind == node_kind::elapsed_months ? time_unit::months
                      : n.kind == node_kind::elapsed_years  ? time_unit::years
                                                            : time_unit::school_days;
      if (e.length_unit == time_unit::school_days) {
        e.type.bounded = true;
        needs_calendar_here(n.where, "school days since");
      }
      return add(std::move(e));
    }
    case node_kind::start_of:
    case node_kind::end_of: {
      expression e;
      e.op = operation::period_edge, e.type = date_type, e.where = n.where;
      const auto period = at(p[0]).kind;
      e.edge.is_end = n.kind == node_kind::end_of;
      e.edge.is_last = period == node_kind::last_term || period == node_kind::last_year;
      e.edge.is_academic_year = period == node_kind::this_year || period == node_kind::last_year;
      if (!e.edge.is_academic_year) needs_calendar_here(n.where, words(id));
      return add(std::move(e));
    }
    case node_kind::not_yet: return check_not_yet(id, s);
    case node_kind::is_value:
    case node_kind::is_not_value:
    case node_kind::is_one_of:
    case node_kind::is_not_one_of:
    case node_kind::is_between:
    case node_kind::is_known:
    case node_kind::is_not_known:
    case node_kind::is_none:
    case node_kind::is_not_none:
    case node_kind::is_before:
    case node_kind::is_after:
    case node_kind::is_on_or_before:
    case node_kind::is_on_or_after:
    case node_kind::within_last:
    case node_kind::within_next: return check_comparison(id, s);
    case node_kind::at_least:
    case node_kind::at_most:
    case node_kind::more_than:
    case node_kind::less_than: return check_bound(id, s);
    case node_kind::rule_fires: return check_fires(id);
    case node_kind::flag_raised: return check_raised(id);
    case node_kind::windowed: return check_measure_use(p[0], p[1], s, operation::measure, n.where);
    case node_kind::trend: return check_measure_use(p[0], p.size() > 1 ? std::optional(p[1]) : std::nullopt, s, operation::trend, n.where);
    default: return check_rows(id, s);
  }
}

expression_id checker::column_of(std::int32_t table, std::int32_t column, row_of at_row, span where) {
  expression e;
  e.op = operation::column, e.where = where, e.at = at_row, e.table = table, e.column = column;
  e.type = type_of(out_.schema.tables[table].columns[column]);
  if (at_row == row_of::outer_row) ++outer_references_;
  return add(std::move(e));
}

expression_id checker::check_name(node_id id, const scope& s) {
  const auto name = words(id);
  const auto where = at(id).where;
  const auto& tables = out_.schema.tables;
  if (s.row >= 0)
    if (const auto c = tables[s.row].find(name); c >= 0) return column_of(s.row, c, row_of::row, where);

  const auto* found = find(name);
  if (found && found->of == symbol_kind::fact && !s.columns_only) {
    const auto& f = out_.facts[found->index];
    if (f.table >= 0 && f.table == s.row) {
      expression e;
      e.op = operation::fact, e.type = f.type, e.where = where, e.index = found->index, e.at = row_of::row;
      return add(std::move(e));
    }
  }
  if (out_.schema.child >= 0)
    if (const auto c = tables[out_.schema.child].find(name); c >= 0) return column_of(out_.schema.child, c, row_of::child, where);

  if (found) {
    const auto text = std::string(name);
    if (s.columns_only) {
      error("E0412", where, "`known when` speaks of child's own columns, and `" + text + "` is a " + word_for(found->of), "use columns of child");
      return wrong(where);
    }
    expression e;
    e.where = where, e.index = found->index;
    switch (found->of) {
      case symbol_kind::fact: {
        const auto& f = out_.facts[found->index];
        if (f.table >= 0) {
          error("E0203", where, "`" + text + "` is a fact of rows of " + tables[f.table].name, "use it inside a `where` of " + tables[f.table].name + ", such as `any " + tables[f.table].name + " where " + text + "`");
          return wrong(where);
        }
        e.op = operation::fact, e.type = f.type;
        return add(std::move(e));
      }
      case symbol_kind::param:
        e.op = operation::param, e.type = out_.params[found->index].type;
        return add(std::move(e));
      case symbol_kind::measure: return check_measure_use(id, std::nullopt, s, operation::measure, where);
      case symbol_kind::flag: error("E0303", where, "`" + text + "` is a flag", "write `" + text + " is raised`"); break;
      case symbol_kind::rule: error("E0303", where, "`" + text + "` is a rule", "write `" + text + " fires`"); break;
      case symbol_kind::table: error("E0303", where, "`" + text + "` is a table", "write `any " + text + "`, `no " + text + "` or `count of " + text + "`"); break;
      default: error("E0303", where, "`" + text + "` is a " + word_for(found->of) + ", not a value", "");
    }
    return wrong(where);
  }
  if (may_be_damaged(name)) return wrong(where);
  // `any referral where service is camhs and urgent`: the `and` left the where.
  if (s.row < 0) {
    for (auto table : earlier_tables_) {
      if (tables[table].find(name) < 0) continue;
      error("E0404", where, "`" + std::string(name) + "` is a column of " + tables[table].name + ", and `and` ended what is said about its rows",
            "conditions on the same row are joined by commas: `where …, " + std::string(name) + "`");
      return wrong(where);
    }
  }
  std::vector<std::string> candidates;
  if (s.row >= 0) candidates = columns_of(s.row, true);
  if (out_.schema.child >= 0)
    for (auto& c : columns_of(out_.schema.child, false)) candidates.push_back(std::move(c));
  if (!s.columns_only)
    for (auto& c : names_of({symbol_kind::fact, symbol_kind::param, symbol_kind::measure})) candidates.push_back(std::move(c));
  unknown("E0201", where, s.row >= 0 ? "no column of " + tables[s.row].name + " or child, no fact and no param" : "no column of child, no fact and no param", name, candidates);
  return wrong(where);
}

expression_id checker::check_possessive(node_id id, const scope& s) {
  const auto p = parts(id);
  const auto where = at(id).where;
  const auto base = words(p[0]), name = words(p[1]);
  const auto& tables = out_.schema.tables;
  if (p.size() > 2) {
    error("E0410", at(p[2]).where, "a possessive reaches one table far: `" + std::string(words(p[2])) + "` is a second one", "make the first a fact or column of its own");
    return wrong(where);
  }
  auto of_table = [&](std::int32_t table, row_of at_row) {
    if (const auto c = tables[table].find(name); c >= 0) return column_of(table, c, at_row, where);
    if (const auto* f = find(name); f && f->of == symbol_kind::fact && out_.facts[f->index].table == table) {
      expression e;
      e.op = operation::fact, e.type = out_.facts[f->index].type, e.where = where, e.index = f->index, e.at = at_row;
      if (at_row == row_of::outer_row) ++outer_references_;
      return add(std::move(e));
    }
    unknown("E0203", at(p[1]).where, "no column of " + tables[table].name, name, columns_of(table, true));
    return wrong(where);
  };
  auto via = [&](std::int32_t table, row_of at_row) -> std::optional<expression_id> {
    if (table < 0) return std::nullopt;
    const auto c = tables[table].find(base);
    if (c < 0) return std::nullopt;
    const auto& column = tables[table].columns[c];
    if (column.type != column_type::ref) {
      error("E0209", at(p[0]).where, "`" + std::string(base) + "` points to no other table: a possessive stands after a `ref` column", "declare it `ref` of a lookup table, or use the column itself");
      return wrong(where);
    }
    if (column.ref_table < 0) return wrong(where);
    const auto& target = tables[column.ref_table];
    const auto t = target.find(name);
    if (t < 0) {
      if (const auto* f = find(name); f && f->of != symbol_kind::table) {
        error("E0410", at(p[1]).where, "a possessive reaches columns, and `" + std::string(name) + "` is a " + word_for(f->of), "name a column of " + target.name);
      } else {
        unknown("E0203", at(p[1]).where, "no column of " + target.name, name, columns_of(column.ref_table, false));
      }
      return wrong(where);
    }
    const auto e = column_of(column.ref_table, t, at_row, where);
    out_.expressions[e].via = c;
    return e;
  };
  if (auto e = via(s.row, row_of::row)) return *e;
  if (s.window_row >= 0 && tables[s.window_row].name == base) return of_table(s.window_row, row_of::outer_row);
  if (s.outer >= 0 && tables[s.outer].name == base) return of_table(s.outer, row_of::outer_row);
  if (s.row >= 0 && tables[s.row].name == base) return of_table(s.row, row_of::row);
  if (auto e = via(out_.schema.child, row_of::child)) return *e;
  if (may_be_damaged(base)) return wrong(where);
  if (const auto table = out_.schema.find(base); table >= 0) {
    if (table == out_.schema.child) return of_table(table, row_of::child);
    error("E0209", at(p[0]).where, "`" + std::string(base) + "'s` names the row of a selection around this one, and there is none here", "use `latest " + std::string(name) + " of " + std::string(base) + "` for one row of the table");
    return wrong(where);
  }
  if (const auto* f = find(base)) {
    error("E0209", at(p[0]).where, "`" + std::string(base) + "` is a " + word_for(f->of) + ": a possessive stands after a `ref` column", "name a column declared `ref`");
    return wrong(where);
  }
  std::vector<std::string> candidates;
  for (auto table : {s.row, out_.schema.child})
    if (table >= 0)
      for (const auto& c : tables[table].columns)
        if (c.type == column_type::ref) candidates.push_back(c.name);
  unknown("E0201", at(p[0]).where, "no `ref` column", base, candidates);
  return wrong(where);
}

expression_id checker::negate(expression_id c, span where) { return add(operation::negation, truth_type, where, {c}); }

expression_id checker::check_list(node_id id, const scope& s, operation op) {
  const auto p = parts(id);
  std::vector<expression_id> conditions;
  bool good = true;
  for (auto part : p.subspan(op == operation::at_least_of ? 1 : 0)) {
    conditions.push_back(check_condition(part, s));
    good = good && !is_wrong(conditions.back());
  }
  if (!good) return wrong(at(id).where);
  if (conditions.size() == 1 && (op == operation::conjunction || op == operation::disjunction)) return conditions[0];
  expression e;
  e.op = op, e.type = truth_type, e.where = at(id).where, e.parts = std::move(conditions);
  if (op == operation::at_least_of) {
    const auto n = plain_number(p[0]);
    if (n < 0 || n > 1e6 || n != static_cast<double>(static_cast<std::int32_t>(n))) {
      error("E0113", at(p[0]).where, "`at least … of` takes a whole number", "write it such as `at least 2 of (…)`");
      return wrong(at(id).where);
    }
    e.count = static_cast<std::int32_t>(n);
  }
  return add(std::move(e));
}

expression_id checker::length_expression(node_id id, bool in_window) {
  const auto l = length_of(id, in_window);
  if (l.param >= 0) {
    expression e;
    e.op = operation::param, e.type = duration_type, e.where = at(id).where, e.index = l.param;
    return add(std::move(e));
  }
  literal value;
  value.type = duration_type;
  value.length = l.literal;
  return constant(value, at(id).where);
}

expression_id checker::date_and_length(expression_id date, node_id length, int sign, span where, const scope&) {
  const auto d = length_expression(length, false);
  if (is_wrong(date)) return wrong(where);
  if (type_of_id(date).of != kind::date) {
    error("E0305", out_.expressions[date].where, "a length of time is counted from a date, and " + describe(date), "name a date");
    return wrong(where);
  }
  return add(sign > 0 ? operation::date_add : operation::date_subtract, date_type, where, {date, d});
}

expression_id checker::check_choice(node_id id, const scope& s) {
  const auto p = parts(id);
  std::vector<expression_id> all;
  bool good = true;
  for (std::size_t i = 0; i < p.size(); ++i) {
    all.push_back(i % 2 == 1 ? check_condition(p[i], s) : check_expression(p[i], s));
    good = good && !is_wrong(all.back());
  }
  if (!good) return wrong(at(id).where);
  auto type = type_of_id(all[0]);
  for (std::size_t i = 2; i < all.size(); i += 2) {
    const auto& other = type_of_id(all[i]);
    const bool same = type.of == other.of && (type.of != kind::number || type.in == other.in || (is_plain(type.in) && is_plain(other.in))) &&
                      (type.of != kind::category || type.categories == other.categories);
    if (!same) {
      error("E0302", at(p[i]).where, "the values of a choice are of one kind: the first is " + describe(type) + ", and " + describe(all[i]), unit_mend(all[0], all[i], p[i]));
      return wrong(at(id).where);
    }
    if (type.of == kind::number && type.in != other.in) type.in = unit::number;
    type.bounded = type.bounded || other.bounded;
  }
  if (type.of == kind::duration) {
    error("E0307", at(id).where, "a fact cannot be a length of time", "choose between dates or numbers");
    return wrong(at(id).where);
  }
  return add(operation::choice, type, at(id).where, std::move(all));
}

// --- arithmetic ----------------------------------------------------------------------------------------------------

expression_id checker::check_arithmetic(node_id id, const scope& s) {
  const auto p = parts(id);
  auto left = check_expression(p[0], s);
  for (std::size_t i = 1; i + 1 < p.size(); i += 2) {
    const auto sign = at(p[i]).kind;
    const auto where = cover(at(p[0]).where, at(p[i + 1]).where);
    const auto operand = p[i + 1];
    if ((sign == node_kind::plus || sign == node_kind::minus) && (is_wrong(left) || type_of_id(left).of == kind::date)) {
      // A date and a length of time, written out or as a param.
      const bool literal_length = at(operand).kind == node_kind::quantity && literal_of(operand).type.of == kind::duration;
      const auto* named = at(operand).kind == node_kind::name ? find(words(operand)) : nullptr;
      if (literal_length || (named && named->of == symbol_kind::param && out_.params[named->index].type.of == kind::duration)) {
        left = date_and_length(left, operand, sign == node_kind::plus ? 1 : -1, where, s);
        continue;
      }
    }
    const auto right = check_expression(operand, s);
    const char c = sign == node_kind::plus ? '+' : sign == node_kind::minus ? '-' : sign == node_kind::times ? '*' : '/';
    left = combine(c, left, right, where);
  }
  return left;
}

expression_id checker::combine(char sign, expression_id a, expression_id b, span where) {
  if (is_wrong(a) || is_wrong(b)) return wrong(where);
  const auto& x = type_of_id(a);
  const auto& y = type_of_id(b);
  auto refuse = [&](std::string why, std::string mend) {
    error("E0302", where, std::move(why), std::move(mend));
    return wrong(where);
  };
  if (x.of != kind::number || y.of != kind::number) {
    if (x.of == kind::date && y.of == kind::date)
      return refuse("two dates cannot be added or subtracted", "count the time between with `days since …`, or compare them: `is at least 6 weeks after …`");
    if (x.of == kind::date || y.of == kind::date)
      return refuse("a date and " + describe(x.of == kind::date ? y : x) + " cannot be put together", "a date takes a length of time: `+ 6 weeks`");
    if (x.of == kind::duration || y.of == kind::duration)
      return refuse("a length of time stands after a date (`+ 6 weeks`), before `ago`, `after` and `before`, and in windows", "use a number without unit");
    return refuse("`+ - * /` are for numbers, and " + describe(x.of == kind::number ? b : a), "");
  }
  auto make = [&](unit u) {
    const auto op = sign == '+' ? operation::add : sign == '-' ? operation::subtract : sign == '*' ? operation::multiply : operation::divide;
    return add(op, number_type(u), where, {a, b});
  };
  const auto u = x.in, v = y.in;
  if (sign == '+' || sign == '-') {
    if (u == unit::row_count && v == unit::row_count) return make(unit::row_count);
    if (is_plain(u) && is_plain(v)) return make(u == v ? u : unit::number);
    if (u == unit::percent && v == unit::percent) return make(sign == '-' ? unit::points : unit::percent);
    if (u == unit::percent && v == unit::points) return make(unit::percent);
    if (u == unit::points && v == unit::percent && sign == '+') return make(unit::percent);
    if (u == v) return make(u);
    return refuse(describe(a) + " and " + describe(b) + ": they cannot be " + (sign == '+' ? "added" : "subtracted"), unit_mend(a, b, no_node));
  }
  if (sign == '*') {
    if (is_plain(u) && is_plain(v)) return make(u == v && u == unit::count ? unit::count : unit::number);
    if (is_plain(u)) return make(v);
    if (is_plain(v)) return make(u);
    return refuse(describe(a) + " and " + describe(b) + ": they cannot be multiplied", "one side of `*` is a number without unit");
  }
  if (u == unit::row_count && v == unit::row_count) return make(unit::percent);
  if (is_plain(v)) return make(is_plain(u) ? unit::number : u);
  if (u == v) return make(unit::percent);
  return refuse(describe(a) + " and " + describe(b) + ": they cannot be divided", "divide by a number without unit, or by " + describe(x));
}

}  // namespace earlysight::checking
