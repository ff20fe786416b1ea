// SPDX-License-Identifier: Apache-2.0
#include <earlysight/explain/explain.hpp>

#include <earlysight/base/near.hpp>
#include <earlysight/calendar/reckoning.hpp>
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/result/missing.hpp>
#include <earlysight/result/text.hpp>
#include <earlysight/version.hpp>

#include "reasons.hpp"

#include <algorithm>
#include <cmath>

namespace earlysight {
namespace explaining {

bool is_group(const expression& x) {
  switch (x.op) {
    case operation::conjunction:
    case operation::disjunction:
    case operation::negation:
    case operation::known_that:
    case operation::at_least_of:
    case operation::none_of: return true;
    default: return false;
  }
}

}  // namespace explaining

namespace {

using namespace explaining;

class explainer {
 public:
  explainer(const plan& lowered, const cohort& data, std::size_t child) : plan_(lowered), p_(*lowered.program), data_(data), e_(lowered, data), child_(child) { e_.run(child, 1, true); }

  explanation run(std::int32_t index) {
    const auto& r = p_.rules[static_cast<std::size_t>(index)];
    told_.clear();
    explanation out;
    out.child = data_.key_of(child_);
    out.rule = r.name;
    out.title = r.title;
    out.as_of = iso_text(plan_.as_of);
    const auto c = e_.at(plan_.rules[static_cast<std::size_t>(index)], 0);
    out.outcome = !c.present ? outcome::not_applicable : !c.known ? outcome::cannot_tell : c.truth ? outcome::fires : outcome::silent;
    for (const auto& raised : r.raises) {
      auto text = p_.flags[static_cast<std::size_t>(raised.flag)].name + " at " + (raised.level == level::high ? "high" : raised.level == level::low ? "low" : "medium");
      if (raised.has_points) text += ", " + number_text(raised.points) + (raised.points == 1 ? " point" : " points");
      out.flags.push_back(std::move(text));
    }
    for (auto [name, id] : {std::pair{"for", r.for_}, {"when", r.when}, {"unless", r.unless}})
      if (id >= 0) out.clauses.push_back({name, describe(id, 0)});
    out.because = fill(r.because, plan_, data_, e_, 0);
    for (const auto& a : r.actions) out.actions.push_back({fill(a.text, plan_, data_, e_, 0), a.by, due_date(a, p_, plan_.as_of)});
    out.sources = r.sources;
    for (const auto& a : r.allowances) out.allowed.push_back(a.code + ": " + a.reason);
    const reasons why(plan_, e_, r);
    out.enough = why.enough(out.outcome);
    out.would_turn = why.would_turn(out.outcome);
    // What could still decide it; of a rule that is decided, nothing is missing.
    if (out.outcome == outcome::cannot_tell)
      for (const auto& m : missing_pieces(plan_, data_, e_, 0).of(index)) out.missing.push_back(name_of_missing(m));
    out.pack = p_.pack.name;
    out.version = p_.pack.version;
    out.pack_digest = p_.digest;
    out.engine = std::string("earlysight ") + engine_version;
    for (std::size_t t = 0; t < p_.schema.tables.size(); ++t)
      if (!data_.tables[t].digest.empty()) out.data_digests.emplace_back(p_.schema.tables[t].name, data_.tables[t].digest);
    return out;
  }

 private:
  std::string name_of_missing(const missing_piece& m) const {
    if (m.param >= 0) return "the param " + p_.params[static_cast<std::size_t>(m.param)].name;
    const auto& t = p_.schema.tables[static_cast<std::size_t>(m.table)];
    return m.column < 0 ? t.name + " (the whole table)" : t.name + "." + t.columns[static_cast<std::size_t>(m.column)].name;
  }

  cell value(expression_id id) const { return e_.at(plan_.node_of[static_cast<std::size_t>(id)], 0); }
  std::string text(expression_id id) const {
    const auto& x = p_[id];
    if (x.type.of == kind::duration) return value_text(x.op == operation::param ? plan_.params[static_cast<std::size_t>(x.index)] : x.value);
    return value_text(plan_, data_, x.type, value(id));
  }

  condition describe(expression_id id, int depth) {
    const auto& x = p_[id];
    condition out;
    out.words = p_.sources->one_line(x.where);
    const auto at = p_.sources->begin_of(x.where);
    out.file = p_.sources->path(x.where.file);
    out.line = at.line;
    out.column = at.column;
    const auto c = value(id);
    out.truth = !c.known ? truth_state::not_known : c.truth ? truth_state::yes : truth_state::no;
    constexpr int deepest = 12;
    if (depth > deepest) return out;
    // `X is not …` reads as one sentence: its one part is shown in its place.
    if (x.op == operation::negation && p_[x.parts[0]].where == x.where) {
      auto inner = describe(x.parts[0], depth);
      inner.truth = out.truth;
      inner.margin.clear();
      return inner;
    }
    if (is_group(x)) {
      for (auto part : x.parts) out.parts.push_back(describe(part, depth + 1));
      return out;
    }
    if (x.op == operation::fact) {
      if (x.type.of == kind::truth) out.parts.push_back(describe(p_.facts[static_cast<std::size_t>(x.index)].value, depth + 1));
      return out;
    }
    seen_.clear();
    for (auto part : x.parts) show(part, out);
    if (x.op == operation::aggregate || x.op == operation::column) show_self(id, out);
    out.margin = margin(x, c.truth);
    return out;
  }

  // Values with names, down to what the data or the pack says; literals speak for themselves.
  void show(expression_id id, condition& out) {
    const auto& x = p_[id];
    if (x.op == operation::constant || x.op == operation::today) return;
    if (std::find(seen_.begin(), seen_.end(), id) != seen_.end()) return;
    seen_.push_back(id);
    const auto words = p_.sources->one_line(x.where);
    const bool arithmetic = x.op >= operation::add && x.op <= operation::divide;
    if (!arithmetic && std::none_of(out.values.begin(), out.values.end(), [&](const shown_value& v) { return v.words == words; })) out.values.push_back({words, text(id)});
    if (x.op == operation::fact) {
      const auto& f = p_.facts[static_cast<std::size_t>(x.index)];
      add_rows(f.value, out, 0);
    } else if (arithmetic || x.op == operation::date_add || x.op == operation::date_subtract || x.op == operation::elapsed) {
      for (auto part : x.parts) show(part, out);
    } else {
      add_rows(id, out, 0);
    }
  }

  void show_self(expression_id id, condition& out) {
    if (p_[id].op == operation::column && p_[id].type.of == kind::truth) out.values.push_back({p_.sources->one_line(p_[id].where), text(id)});
    add_rows(id, out, 0);
  }

  void add_rows(expression_id id, condition& out, int depth) {
    const auto& x = p_[id];
    if (depth > 6) return;
    const auto traces = plan_.traces.find(id);
    if (traces == plan_.traces.end()) {
      if (x.op == operation::fact) add_rows(p_.facts[static_cast<std::size_t>(x.index)].value, out, depth + 1);
      else if (x.op == operation::choice) add_choice(x, out, depth);
      else if (x.op != operation::rule_fires && x.op != operation::flag_raised)
        for (auto part : x.parts) add_rows(part, out, depth + 1);
      return;
    }
    for (std::size_t i = 0; i < traces->second.size(); ++i) {
      // A measure's parts look at the same rows: the first speaks for them.
      if (i > 0 && traces->second[i].chosen == traces->second[0].chosen) continue;
      auto found = rows_of(x, traces->second[i]);
      found.as_above = std::any_of(told_.begin(), told_.end(), [&](const evidence& before) { return holds(before, found); });
      if (!found.as_above) told_.push_back(found);
      out.rows.push_back(std::move(found));
    }
  }

  // Up to the first condition that holds, or is not known: what stands behind it decides nothing.
  void add_choice(const expression& x, condition& out, int depth) {
    for (std::size_t i = 1; i < x.parts.size(); i += 2) {
      add_rows(x.parts[i], out, depth + 1);
      const auto c = value(x.parts[i]);
      if (!c.known) return;
      if (c.truth) return add_rows(x.parts[i - 1], out, depth + 1);
    }
    add_rows(x.parts.back(), out, depth + 1);
  }

  // Whether evidence shows the same rows as other evidence, with its columns or more.
  static bool holds(const evidence& all, const evidence& some) {
    if (all.table != some.table || all.window != some.window || all.rows != some.rows || all.not_known != some.not_known || all.shown.size() != some.shown.size()) return false;
    auto same = [](const evidence_row& a, const evidence_row& b) {
      return a.date == b.date && std::all_of(b.columns.begin(), b.columns.end(), [&](const shown_value& v) {
               return std::any_of(a.columns.begin(), a.columns.end(), [&](const shown_value& w) { return w.words == v.words && w.value == v.value; });
             });
    };
    return std::equal(all.shown.begin(), all.shown.end(), some.shown.begin(), same);
  }

  evidence rows_of(const expression& x, const aggregate_trace& trace) const {
    evidence out;
    const auto& t = p_.schema.tables[static_cast<std::size_t>(trace.table)];
    out.table = t.name;
    auto day = [&](plan_node_id id) {
      if (id < 0) return std::string("…");
      const auto c = e_.at(id, 0);
      return c.has_value() ? iso_text({c.whole}) : std::string(c.known ? "none" : "not known");
    };
    if (trace.first_day >= 0 || trace.last_day >= 0) out.window = day(trace.first_day) + " to " + day(trace.last_day);
    const auto known = e_.at(plan_.table_known[static_cast<std::size_t>(trace.table)], 0);
    if (!(known.known && known.truth)) {
      out.window += std::string(out.window.empty() ? "" : "; ") + "the table is not known for this child";
      return out;
    }
    std::vector<std::int32_t> columns;
    read_columns(x, columns);
    const auto block = e_.rows_of(trace.table);
    constexpr std::size_t most = 6;
    for (auto r = block.count; r-- > 0;) {
      const auto c = e_.at(trace.chosen, r);
      if (!c.known) ++out.not_known;
      if (!c.known || !c.truth) continue;
      ++out.rows;
      if (out.shown.size() < most) out.shown.push_back(row(t, trace.table, columns, block.first + r));
    }
    return out;
  }

  // The columns of its table that a selection or measure read, but for the time.
  void read_columns(const expression& x, std::vector<std::int32_t>& out) const {
    std::vector<expression_id> todo = x.parts;
    std::int32_t table = -1;
    if (x.op == operation::aggregate) {
      const auto& s = p_.selections[static_cast<std::size_t>(x.selection)];
      table = s.table;
      todo.insert(todo.end(), s.conditions.begin(), s.conditions.end());
    } else {
      const auto& m = p_.measures[static_cast<std::size_t>(x.index)];
      table = m.table;
      todo.push_back(m.formula);
      todo.insert(todo.end(), m.conditions.begin(), m.conditions.end());
    }
    while (!todo.empty()) {
      const auto& y = p_[todo.back()];
      todo.pop_back();
      if (y.op == operation::column && y.at == row_of::row) {
        const auto c = y.via >= 0 ? y.via : y.column;
        if (c != p_.schema.tables[static_cast<std::size_t>(table)].time && std::find(out.begin(), out.end(), c) == out.end()) out.push_back(c);
      }
      if (y.op == operation::fact && y.at == row_of::row) todo.push_back(p_.facts[static_cast<std::size_t>(y.index)].value);
      if (y.op == operation::aggregate && y.selection >= 0 && p_.selections[static_cast<std::size_t>(y.selection)].table == table) {
        const auto& own = p_.selections[static_cast<std::size_t>(y.selection)].conditions;
        todo.insert(todo.end(), own.begin(), own.end());
      }
      if (y.op != operation::aggregate || y.selection < 0 || p_.selections[static_cast<std::size_t>(y.selection)].table == table) todo.insert(todo.end(), y.parts.begin(), y.parts.end());
    }
    std::sort(out.begin(), out.end());
  }

  cell raw_cell(std::int32_t table, std::int32_t column, std::size_t row) const {
    const auto& c = data_.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(column)];
    const auto& declared = p_.schema.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(column)];
    cell out;
    std::visit(
        [&](const auto& values) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) {
            out.known = c.known.test(row);
            out.present = c.present.test(row);
            out.number = out.high = static_cast<double>(values[row]);
            out.whole = static_cast<std::int32_t>(values[row]);
            out.truth = values[row] != 0;
          }
        },
        c.values);
    if (declared.type == column_type::date && out.has_value() && out.whole > plan_.as_of.day && !declared.planned) {
      if (declared.empty == empty_cell::not_yet) out.present = false;
      else out.known = false;
    }
    return out;
  }

  evidence_row row(const table_declaration& t, std::int32_t table, const std::vector<std::int32_t>& columns, std::size_t at_row) const {
    evidence_row out;
    if (t.time >= 0) out.date = iso_text({raw_cell(table, t.time, at_row).whole});
    // Of a spell, people want to see when it ended, whether or not the rule asked.
    auto all = columns;
    if (t.is_interval() && std::find(all.begin(), all.end(), t.end) == all.end()) all.push_back(t.end);
    for (auto c : all) {
      const auto& declared = t.columns[static_cast<std::size_t>(c)];
      const auto v = raw_cell(table, c, at_row);
      auto shown = value_text(plan_, data_, type_of(declared), v);
      if (declared.empty == empty_cell::not_yet && v.known && !v.present) shown = "not yet";
      out.columns.push_back({declared.name, std::move(shown)});
    }
    return out;
  }

  // How far a comparison is from its threshold.
  std::string margin(const expression& x, bool reached) const {
    if (x.op == operation::gap) return gap_margin(x);
    if (x.op != operation::compare || x.test == comparison::equal) return {};
    const auto a = value(x.parts[0]), b = value(x.parts[1]);
    if (!a.has_value() || !b.has_value()) return {};
    const bool wants_more = x.test == comparison::greater || x.test == comparison::greater_equal;
    const auto& type = p_[x.parts[0]].type;
    if (type.of == kind::date) {
      const auto days = a.whole - b.whole;
      return days == 0 ? "on the very day" : std::to_string(std::abs(days)) + (std::abs(days) == 1 ? " day " : " days ") + (days > 0 ? "later" : "earlier");
    }
    if (type.of != kind::number || a.number != a.high || b.number != b.high) return {};
    const auto difference = std::fabs(a.number - b.number);
    auto shown = type;
    shown.bounded = false;
    if (shown.in == unit::percent) shown.in = unit::points;
    cell d;
    d.known = d.present = true;
    d.number = d.high = difference;
    const auto by = value_text(plan_, data_, shown, d);
    std::string measured;
    const auto& left = p_[x.parts[0]];
    if (left.op >= operation::add && left.op <= operation::divide) measured = text(x.parts[0]) + "; " + text(x.parts[1]) + " " + (text(x.parts[1]).substr(0, 2) == "1 " ? "was" : "were") + " needed: ";
    if (near_equal(a.number, b.number)) return measured + "exactly the threshold";
    if (reached) return measured + by + (wants_more ? " more than needed" : " below the threshold");
    return measured + by + (wants_more ? " short" : " over");
  }

  std::string gap_margin(const expression& x) const {
    const auto d = value(x.parts[0]), e = value(x.parts[1]);
    const auto& l = p_[x.parts[2]];
    const auto length = l.op == operation::param ? plan_.params[static_cast<std::size_t>(l.index)].length : l.value.length;
    if (!d.has_value() || !e.has_value() || (l.op == operation::param && plan_.params[static_cast<std::size_t>(l.index)].type.of != kind::duration)) return {};
    const date from{x.before_other ? d.whole : e.whole}, to{x.before_other ? e.whole : d.whole};
    const auto reached = shifted(p_.calendar, from, length, 1);
    if (!reached || to < from) return {};
    const auto days = to.day - reached->day;
    const auto count = std::to_string(std::abs(days)) + (std::abs(days) == 1 ? " day" : " days");
    return text_of(length) + (length.count == 1 ? " was" : " were") + " reached on " + long_text(*reached) + (days == 0 ? ", the very day" : days > 0 ? ", " + count + " before" : ", " + count + " ahead");
  }

  const plan& plan_;
  const program& p_;
  const cohort& data_;
  evaluation e_;
  std::size_t child_;
  std::vector<expression_id> seen_;
  std::vector<evidence> told_;  // of this rule so far
};

}  // namespace

explanation explain(const plan& lowered, const cohort& data, std::size_t child, std::int32_t rule) { return explainer(lowered, data, child).run(rule); }

}  // namespace earlysight
