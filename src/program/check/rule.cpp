// SPDX-License-Identifier: Apache-2.0
// Measures, facts and rules.
#include "checker.hpp"

#include <earlysight/syntax/token.hpp>

namespace earlysight::checking {
namespace {

// A stretch of a string: escapes and doubled braces read, a line end with the white space around it one space.
std::string piece_text(std::string_view raw) {
  std::string braces;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    braces += raw[i];
    if ((raw[i] == '{' || raw[i] == '}') && i + 1 < raw.size() && raw[i + 1] == raw[i]) ++i;
    else if (raw[i] == '\\' && i + 1 < raw.size()) braces += raw[++i];
  }
  return decode_string("\"" + braces + "\"");
}

}  // namespace

void checker::check_measure(node_id id) {
  const auto p = parts(id);
  const auto index = find(words(p[0]))->index;
  measure m = out_.measures[index];
  m.table = find_table(words(p[2]), at(p[2]).where, false);
  if (m.table >= 0 && out_.schema.tables[m.table].shape != table_shape::many_per_child) {
    error("E0202", at(p[2]).where, "`" + std::string(words(p[2])) + "` has no rows of a child", "a measure is of a table `many per child`");
    m.table = -1;
  }
  if (m.table >= 0) {
    scope inside;
    inside.row = m.table;
    bool good = true;
    for (auto part : p.subspan(3)) {
      if (at(part).kind == node_kind::text) {
        m.description = text_of(part);
      } else {
        const auto c = check_condition(parts(part)[0], inside);
        good = good && !is_wrong(c);
        m.conditions.push_back(c);
      }
    }
    m.formula = check_formula(p[1], inside, m.table);
    if (good && !is_wrong(m.formula)) m.type = type_of_id(m.formula);
  }
  out_.measures[index] = std::move(m);
}

expression_id checker::check_formula(node_id id, const scope& s, std::int32_t table) {
  const auto p = parts(id);
  const auto where = at(id).where;
  switch (at(id).kind) {
    case node_kind::parenthesis: return check_formula(p[0], s, table);
    case node_kind::sum:
    case node_kind::product: {
      auto left = check_formula(p[0], s, table);
      for (std::size_t i = 1; i + 1 < p.size(); i += 2) {
        const auto sign = at(p[i]).kind;
        const char c = sign == node_kind::plus ? '+' : sign == node_kind::minus ? '-' : sign == node_kind::times ? '*' : '/';
        left = combine(c, left, check_formula(p[i + 1], s, table), cover(at(p[0]).where, at(p[i + 1]).where));
      }
      return left;
    }
    case node_kind::name: {
      const auto* found = find(words(id));
      if (found && found->of == symbol_kind::param) return check_name(id, {});
      if (out_.schema.tables[table].find(words(id)) >= 0)
        error("E0414", where, "`" + std::string(words(id)) + "` has a value in each row", "say which: `total " + std::string(words(id)) + "`, `average " + std::string(words(id)) + "`, `latest …`");
      else unknown("E0201", where, "no param", words(id), names_of({symbol_kind::param}));
      return wrong(where);
    }
    case node_kind::number:
    case node_kind::percent:
    case node_kind::quantity:
    case node_kind::date:
    case node_kind::text:
    case node_kind::yes:
    case node_kind::no: return constant(literal_of(id), where);
    default: break;
  }
  aggregation over = aggregation::count;
  std::size_t conditions = 0;
  node_id value = no_node;
  std::int32_t nth = 1;
  switch (at(id).kind) {
    case node_kind::measure_share: over = aggregation::share; break;
    case node_kind::measure_run: over = aggregation::longest_run; break;
    case node_kind::measure_days: over = aggregation::days_covered; break;
    case node_kind::measure_different: over = aggregation::count_different, value = p[0]; break;
    case node_kind::measure_total: over = aggregation::total, value = p[0]; break;
    case node_kind::measure_average: over = aggregation::average, value = p[0]; break;
    case node_kind::measure_highest: over = aggregation::highest, value = p[0]; break;
    case node_kind::measure_lowest: over = aggregation::lowest, value = p[0]; break;
    case node_kind::measure_latest: over = aggregation::latest, value = p[0]; break;
    case node_kind::measure_earliest: over = aggregation::earliest, value = p[0]; break;
    case node_kind::measure_nth_latest:
    case node_kind::measure_nth_earliest:
      over = at(id).kind == node_kind::measure_nth_latest ? aggregation::latest : aggregation::earliest;
      nth = 0;
      for (char c : words(p[0]))
        if (c >= '0' && c <= '9' && nth < 100000000) nth = nth * 10 + (c - '0');
      value = p[1];
      conditions = 1;
      break;
    default: break;
  }
  if (value != no_node) ++conditions;
  expression e;
  e.op = operation::aggregate, e.where = where, e.over = over, e.count = nth;
  value_type of_value;
  bool good = true;
  if (value != no_node) {
    const auto v = value_column(value, s, over);
    if (is_wrong(v)) good = false;
    else of_value = type_of_id(v), e.parts = {v};
  }
  if (over == aggregation::days_covered && !out_.schema.tables[table].is_interval()) {
    error("E0407", where, "days are covered by rows that last from one date to another, and rows of `" + out_.schema.tables[table].name + "` do not", "use `count`");
    good = false;
  }
  if (p.size() > conditions) {
    selection own;
    own.table = table;
    own.where = where;
    for (auto c : p.subspan(conditions)) {
      own.conditions.push_back(check_condition(c, s));
      good = good && !is_wrong(own.conditions.back());
    }
    e.selection = static_cast<std::int32_t>(out_.selections.size());
    out_.selections.push_back(std::move(own));
  }
  if (!good) return wrong(where);
  e.type = aggregate_type(over, of_value);
  return add(std::move(e));
}

void checker::check_fact(node_id id) {
  const auto p = parts(id);
  const auto index = find(words(p[0]))->index;
  scope s;
  s.row = out_.facts[index].table;
  s.row_fact = s.row >= 0;
  node_id value = no_node;
  for (auto part : p.subspan(1)) {
    if (at(part).kind == node_kind::of_table) continue;
    if (value == no_node) value = part;
    else if (at(part).kind == node_kind::text) out_.facts[index].description = text_of(part);
  }
  earlier_tables_.clear();
  if (bad_facts_.contains(index)) return;
  const auto e = check_expression(value, s);
  auto& f = out_.facts[index];
  f.value = e;
  f.type = type_of_id(e);
  if (f.type.of == kind::duration) {
    error("E0307", at(value).where, "a fact cannot be a length of time", "make it a `param`");
    f.type = {};
  }
}

void checker::check_known_when() {
  out_.known_when.assign(out_.schema.tables.size(), -1);
  for (std::size_t i = 0; i < table_nodes_.size(); ++i) {
    const auto part = only_part(table_nodes_[i], node_kind::known_when, "`known when`");
    if (!part) continue;
    if (out_.schema.tables[i].shape != table_shape::many_per_child) {
      error("E0412", at(*part).where, "`known when` is for tables `many per child`", "leave it out");
      continue;
    }
    scope s;
    s.columns_only = true;
    out_.known_when[i] = check_condition(parts(*part)[0], s);
  }
}

text_template checker::template_of(node_id id) {
  text_template t;
  t.pieces.emplace_back();
  for (auto part : parts(id)) {
    if (at(part).kind == node_kind::text_piece) {
      t.pieces.back() += piece_text(words(part));
      continue;
    }
    const auto e = check_expression(part, {});
    if (!is_wrong(e) && type_of_id(e).of == kind::duration && out_.expressions[e].op != operation::param)
      error("E0307", at(part).where, "a length of time written out needs no braces", "write it as text");
    t.values.push_back(e);
    t.pieces.emplace_back();
  }
  return t;
}

void checker::check_rule(node_id id) {
  const auto index = find(words(parts(id)[0]))->index;
  rule r = out_.rules[index];
  earlier_tables_.clear();
  if (const auto title = only_part(id, node_kind::title, "a title")) r.title = text_of(parts(*title)[0]);
  else error("E0514", at(parts(id)[0]).where, "the rule has no title", "add what an officer should read, such as `\"Attendance falling\"`");
  if (const auto part = only_part(id, node_kind::replaces, "`replaces`")) r.replaces = words(parts(*part)[0]);
  for (auto part : parts_of(id, node_kind::formerly)) r.formerly.emplace_back(words(parts(part)[0]));
  auto clause = [&](node_kind of, const char* called) {
    const auto part = only_part(id, of, called);
    return part ? check_condition(parts(*part)[0], {}) : expression_id{-1};
  };
  r.for_ = clause(node_kind::for_part, "`for`");
  if (parts_of(id, node_kind::when_part).empty()) error("E0506", last_word(at(id).where), "the rule `" + r.name + "` has no `when`", "add `when` and a condition");
  r.when = clause(node_kind::when_part, "`when`");
  r.unless = clause(node_kind::unless_part, "`unless`");

  const auto raises = parts_of(id, node_kind::raise_part);
  if (raises.empty()) error("E0505", last_word(at(id).where), "the rule `" + r.name + "` raises no flag", "add `raise` and the name of a flag");
  for (auto part : raises) {
    raise out;
    out.where = at(part).where;
    const auto p = parts(part);
    out.flag = resolve_flag(words(p[0]), at(p[0]).where);
    for (auto piece : p.subspan(1)) {
      if (at(piece).kind == node_kind::level) {
        out.level = words(piece) == "low" ? level::low : words(piece) == "medium" ? level::medium : level::high;
      } else {
        out.points = plain_number(piece);
        out.has_points = true;
        if (out.points < 0) error("E0510", at(piece).where, "a rule cannot take points away", "say what protects a child with `unless`");
      }
    }
    r.raises.push_back(out);
  }

  for (auto part : parts_of(id, node_kind::source_part)) r.sources.push_back(text_of(parts(part)[0]));
  if (const auto part = only_part(id, node_kind::active_from, "`active from`")) r.active_from = parse_date(words(parts(*part)[0]));
  if (const auto part = only_part(id, node_kind::active_to, "`active to`")) r.active_to = parse_date(words(parts(*part)[0]));
  for (auto part : parts_of(id, node_kind::allow_part)) {
    allowance a;
    a.where = at(part).where;
    a.code = words(parts(part)[0]);
    a.reason = text_of(parts(part)[1]);
    const bool is_code = a.code.size() == 5 && a.code[0] == 'W' && a.code.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!is_code) error("E0521", at(parts(part)[0]).where, "`allow` names a warning by its code", "write the code that the warning shows, such as `W0102`");
    r.allowances.push_back(std::move(a));
  }
  out_.rules[index] = std::move(r);
}

// Texts come after everything else: a `because` may show what its rule does not depend on.
void checker::check_texts(std::int32_t index) {
  const auto id = rule_nodes_[index];
  auto& r = out_.rules[index];
  if (const auto part = only_part(id, node_kind::because_part, "`because`")) r.because = template_of(parts(*part)[0]);
  for (auto part : parts_of(id, node_kind::then_part)) {
    action a;
    a.where = at(part).where;
    a.text = template_of(parts(part)[0]);
    if (const auto by = only_part(part, node_kind::action_by, "`by`")) a.by = text_of(parts(*by)[0]);
    if (const auto within = only_part(part, node_kind::action_within, "`within`")) {
      const auto l = length_of(parts(*within)[0], false);
      a.within = l.literal;
      if (l.param >= 0) {
        const auto& values = out_.params[l.param].values;
        if (values.size() == 1) a.within = values[0].value.length;
        else error("E0307", at(*within).where, "a due date needs one length of time, and this param has several or none", "write the length out, such as `within 10 school days`");
      }
    }
    r.actions.push_back(std::move(a));
  }
}

}  // namespace earlysight::checking
