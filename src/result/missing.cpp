// SPDX-License-Identifier: Apache-2.0
#include <earlysight/result/missing.hpp>

#include <algorithm>
#include <set>

namespace earlysight {
namespace {

class finder {
 public:
  finder(const plan& lowered, const cohort& data, const evaluation& e, std::size_t i) : lowered_(lowered), p_(*lowered.program), data_(data), e_(e), i_(i) {}

  std::set<missing_piece> found;

  void child(expression_id id) {
    if (id < 0 || !seen_.insert(id).second) return;
    const auto& x = p_[id];
    const auto node = lowered_.node_of[static_cast<std::size_t>(id)];
    const auto c = e_.at(node, i_);
    const bool bounded = x.type.bounded && c.has_value() && c.number != c.high;
    if (c.known && !bounded) return;
    switch (x.op) {
      case operation::column: column(x, p_.schema.child); return;
      case operation::fact: child(p_.facts[static_cast<std::size_t>(x.index)].value); return;
      case operation::param: found.insert({-1, -1, x.index}); return;
      case operation::rule_fires: rule(p_.rules[static_cast<std::size_t>(x.index)]); return;
      case operation::flag_raised:
        for (const auto& r : p_.rules)
          for (const auto& raised : r.raises)
            if (raised.flag == x.index && raised.level >= x.at_level) rule(r);
        return;
      case operation::aggregate: {
        const auto& s = p_.selections[static_cast<std::size_t>(x.selection)];
        rows(s.table, s.conditions, x.parts, s.window);
        return;
      }
      case operation::measure:
      case operation::trend: {
        const auto& m = p_.measures[static_cast<std::size_t>(x.index)];
        auto conditions = m.conditions;
        std::vector<expression_id> values;
        collect(m.formula, conditions, values);
        rows(m.table, conditions, values, x.window);
        return;
      }
      default:
        for (auto part : x.parts) child(part);
    }
  }

 private:
  void rule(const earlysight::rule& r) {
    for (auto id : {r.for_, r.when, r.unless}) child(id);
  }

  void column(const expression& x, std::int32_t base) {
    if (x.via < 0) {
      found.insert({x.at == row_of::child ? p_.schema.child : x.table, x.column, -1});
      return;
    }
    // Either the reference itself, or what it points to.
    found.insert({x.at == row_of::child ? p_.schema.child : base, x.via, -1});
    found.insert({x.table, x.column, -1});
  }

  void collect(expression_id formula, std::vector<expression_id>& conditions, std::vector<expression_id>& values) const {
    std::vector<expression_id> todo{formula};
    while (!todo.empty()) {
      const auto& x = p_[todo.back()];
      todo.pop_back();
      if (x.op == operation::aggregate) {
        if (x.selection >= 0) {
          const auto& own = p_.selections[static_cast<std::size_t>(x.selection)].conditions;
          conditions.insert(conditions.end(), own.begin(), own.end());
        }
        values.insert(values.end(), x.parts.begin(), x.parts.end());
      } else {
        todo.insert(todo.end(), x.parts.begin(), x.parts.end());
      }
    }
  }

  void rows(std::int32_t table, const std::vector<expression_id>& conditions, const std::vector<expression_id>& values, std::int32_t window) {
    const auto known = e_.at(lowered_.table_known[static_cast<std::size_t>(table)], i_);
    if (!(known.known && known.truth)) {
      found.insert({table, -1, -1});
      const auto when = p_.known_when[static_cast<std::size_t>(table)];
      if (when >= 0) child(when);
      return;
    }
    const auto found_before = found.size();
    if (window >= 0) child(p_.windows[static_cast<std::size_t>(window)].date);
    known_rows(table, conditions, values);
    // Every cell is known and still it cannot be told: there are no rows to work it out from (a share of no sessions).
    if (found.size() == found_before) found.insert({table, -1, -1});
  }

  void known_rows(std::int32_t table, const std::vector<expression_id>& conditions, const std::vector<expression_id>& values) {
    const auto& declared = p_.schema.tables[static_cast<std::size_t>(table)];
    const auto& t = data_.tables[static_cast<std::size_t>(table)];
    if (declared.recorded_column >= 0 && std::holds_alternative<std::monostate>(t.columns[static_cast<std::size_t>(declared.recorded_column)].values)) found.insert({table, declared.recorded_column, -1});
    if (t.first_row.empty()) return;
    const auto block = e_.rows_of(table);
    // The block holds one child, or the child's rows are found by its place.
    const auto first = t.first_row[first_child() + i_] - block.first, last = t.first_row[first_child() + i_ + 1] - block.first;
    for (auto c : conditions) row(c, table, first, last);
    for (auto v : values) row(v, table, first, last);
    if (p_.schema.tables[static_cast<std::size_t>(table)].is_interval()) {
      const auto& end = t.columns[static_cast<std::size_t>(declared.end)];
      for (auto r = first; r < last; ++r)
        if (std::holds_alternative<std::monostate>(end.values) || !end.known.test(block.first + r)) found.insert({table, declared.end, -1});
    }
  }

  std::size_t first_child() const {
    const auto block = e_.rows_of(p_.schema.child);
    return block.first;
  }

  // Columns of rows in which this is not known.
  void row(expression_id id, std::int32_t table, std::size_t first, std::size_t last) {
    const auto& x = p_[id];
    const auto node = lowered_.row_node_of[static_cast<std::size_t>(id)];
    if (node >= 0 && x.op != operation::conjunction) {
      bool any = false;
      for (auto r = first; r < last && !any; ++r) any = !e_.at(node, r).known;
      if (!any) return;
    }
    switch (x.op) {
      case operation::column:
        if (x.at == row_of::child) child(id);
        else column(x, table);
        return;
      case operation::fact:
        if (x.at == row_of::child) child(p_.facts[static_cast<std::size_t>(x.index)].value);
        else row(p_.facts[static_cast<std::size_t>(x.index)].value, table, first, last);
        return;
      case operation::param: found.insert({-1, -1, x.index}); return;
      case operation::aggregate: {
        const auto inner = p_.selections[static_cast<std::size_t>(x.selection)].table;
        const auto known = e_.at(lowered_.table_known[static_cast<std::size_t>(inner)], i_);
        if (!(known.known && known.truth)) found.insert({inner, -1, -1});
        else
          for (auto c : p_.selections[static_cast<std::size_t>(x.selection)].conditions) inner_columns(c, inner);
        return;
      }
      default:
        for (auto part : x.parts) row(part, table, first, last);
    }
  }

  // Inside a second level, every column with a cell that is not known is named: which pair of rows it was is not kept.
  void inner_columns(expression_id id, std::int32_t table) {
    const auto& x = p_[id];
    if (x.op == operation::column && x.at == row_of::row && x.via < 0) {
      const auto& c = data_.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(x.column)];
      const auto block = e_.rows_of(table);
      for (auto r = block.first; r < block.first + block.count; ++r)
        if (std::holds_alternative<std::monostate>(c.values) || !c.known.test(r)) {
          found.insert({table, x.column, -1});
          return;
        }
    }
    for (auto part : x.parts) inner_columns(part, table);
  }

  const plan& lowered_;
  const program& p_;
  const cohort& data_;
  const evaluation& e_;
  std::size_t i_;
  std::set<expression_id> seen_;
};

}  // namespace

std::vector<missing_piece> missing_for(const plan& lowered, const cohort& data, const evaluation& e, std::size_t i, const std::vector<expression_id>& roots) {
  finder f(lowered, data, e, i);
  for (auto r : roots) f.child(r);
  return {f.found.begin(), f.found.end()};
}

}  // namespace earlysight
