// SPDX-License-Identifier: Apache-2.0
#include <earlysight/result/missing.hpp>

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace earlysight {
namespace {

// What others may rest on, looked into once: a rule, a fact of the child, a flag at a level.
struct shared_part {
  enum class what : std::uint8_t { rule, fact, flag } of;
  std::int32_t index;
  earlysight::level level = level::any;
  std::uint64_t key() const { return static_cast<std::uint64_t>(index) << 8 | static_cast<std::uint64_t>(of) << 4 | static_cast<std::uint64_t>(level); }
};

}  // namespace

class missing_pieces::finder {
 public:
  finder(const plan& lowered, const cohort& data, const evaluation& e, std::size_t i)
      : lowered_(lowered), p_(*lowered.program), data_(data), e_(e), i_(i), child_(e.rows_of(p_.schema.child).first + i) {}

  // Facts and rules may rest on one another in chains of any length: no recursion.
  const std::vector<missing_piece>& of(shared_part root) {
    std::vector<shared_part> todo{root};
    while (!todo.empty()) {
      const auto part = todo.back();
      const auto [at, fresh] = answers_.try_emplace(part.key());
      auto& answer = at->second;
      if (fresh) {
        found_.clear();
        rests_on_.clear();
        look_into(part);
        answer.pieces.assign(found_.begin(), found_.end());
        answer.rests_on = rests_on_;
        for (const auto& other : answer.rests_on)
          if (!answers_.contains(other.key())) todo.push_back(other);
        continue;
      }
      todo.pop_back();
      if (answer.whole) continue;
      answer.whole = true;
      for (const auto& other : answer.rests_on) {
        const auto& more = answers_.at(other.key()).pieces;
        if (std::includes(answer.pieces.begin(), answer.pieces.end(), more.begin(), more.end())) continue;
        std::vector<missing_piece> both;
        std::set_union(answer.pieces.begin(), answer.pieces.end(), more.begin(), more.end(), std::back_inserter(both));
        answer.pieces = std::move(both);
      }
    }
    return answers_.at(root.key()).pieces;
  }

 private:
  struct answer {
    std::vector<missing_piece> pieces;  // sorted
    std::vector<shared_part> rests_on;
    bool whole = false;                 // with those of the parts it rests on
  };

  void look_into(shared_part part) {
    switch (part.of) {
      case shared_part::what::fact: child(p_.facts[static_cast<std::size_t>(part.index)].value); return;
      case shared_part::what::rule: {
        const auto& r = p_.rules[static_cast<std::size_t>(part.index)];
        if (e_.at(lowered_.rules[static_cast<std::size_t>(part.index)], i_).known) return;
        for (auto id : {r.for_, r.when, r.unless}) child(id);
        return;
      }
      case shared_part::what::flag:
        for (std::size_t r = 0; r < p_.rules.size(); ++r)
          for (const auto& raised : p_.rules[r].raises)
            if (raised.flag == part.index && raised.level >= part.level && !e_.at(lowered_.rules[r], i_).known) rests_on_.push_back({shared_part::what::rule, static_cast<std::int32_t>(r)});
    }
  }

  cell value(expression_id id) const { return e_.at(lowered_.node_of[static_cast<std::size_t>(id)], i_); }

  bool open(expression_id id) const {
    const auto c = value(id);
    return !c.known || (p_[id].type.bounded && c.has_value() && c.number != c.high);
  }

  void child(expression_id root) {
    std::vector<expression_id> todo{root};
    while (!todo.empty()) {
      const auto id = todo.back();
      todo.pop_back();
      if (id < 0 || !open(id)) continue;
      const auto& x = p_[id];
      switch (x.op) {
        case operation::column: column(x, p_.schema.child, {child_}); break;
        case operation::fact: rests_on_.push_back({shared_part::what::fact, x.index}); break;
        case operation::param:
          if (lowered_.params[static_cast<std::size_t>(x.index)].type.of == kind::error) found_.insert({-1, -1, x.index});
          break;
        case operation::rule_fires: rests_on_.push_back({shared_part::what::rule, x.index}); break;
        case operation::flag_raised: rests_on_.push_back({shared_part::what::flag, x.index, x.at_level}); break;
        case operation::aggregate:
        case operation::measure:
        case operation::trend: rows(id, todo); break;
        case operation::choice: {
          // Up to the first condition that holds; what stands behind it decides nothing.
          std::size_t at = 1;
          for (; at < x.parts.size(); at += 2) {
            const auto c = value(x.parts[at]);
            if (c.known && !c.truth) continue;
            todo.push_back(x.parts[at - 1]);
            if (c.known) break;
            todo.push_back(x.parts[at]);
          }
          if (at >= x.parts.size()) todo.push_back(x.parts.back());
          break;
        }
        default: todo.insert(todo.end(), x.parts.begin(), x.parts.end());
      }
    }
  }

  bool future(const column_declaration& declared, std::int32_t day) const { return declared.type == column_type::date && !declared.planned && declared.empty != empty_cell::not_yet && day > lowered_.as_of.day; }

  bool cell_known(std::int32_t table, std::int32_t index, std::size_t row) const {
    const auto& c = data_.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(index)];
    if (std::holds_alternative<std::monostate>(c.values) || !c.known.test(row)) return false;
    const auto& t = p_.schema.tables[static_cast<std::size_t>(table)];
    if (index == t.time || index == t.recorded_column || !c.present.test(row)) return true;
    const auto* days = std::get_if<std::span<const std::int32_t>>(&c.values);
    return !days || !future(t.columns[static_cast<std::size_t>(index)], (*days)[row]);
  }

  // A column that is not known in one of these rows of the cohort, itself or through a reference.
  void column(const expression& x, std::int32_t base, const std::vector<std::size_t>& in_rows) {
    const auto seen_from = x.at == row_of::child ? p_.schema.child : base;
    for (auto r : x.at == row_of::child ? std::vector{child_} : in_rows) {
      if (x.via < 0) {
        if (!cell_known(seen_from, x.column, r)) found_.insert({seen_from, x.column, -1});
        continue;
      }
      if (!cell_known(seen_from, x.via, r)) {
        found_.insert({seen_from, x.via, -1});
        continue;
      }
      const auto& reference = data_.tables[static_cast<std::size_t>(seen_from)].columns[static_cast<std::size_t>(x.via)];
      if (!reference.present.test(r)) continue;
      const auto to = reference.target.empty() ? -1 : reference.target[r];
      if (to >= 0 && cell_known(x.table, x.column, static_cast<std::size_t>(to))) continue;
      found_.insert({x.table, data_.tables[static_cast<std::size_t>(x.table)].supplied ? x.column : -1, -1});
    }
  }

  // The rows of the child in a table: numbers of the cohort.
  std::pair<std::size_t, std::size_t> rows_of_child(std::int32_t table) const {
    const auto& first = data_.tables[static_cast<std::size_t>(table)].first_row;
    if (first.empty()) return {0, 0};
    return {first[child_], first[child_ + 1]};
  }

  bool table_known(std::int32_t table, std::vector<expression_id>& of_child) {
    const auto known = e_.at(lowered_.table_known[static_cast<std::size_t>(table)], i_);
    if (known.known && known.truth) return true;
    found_.insert({table, -1, -1});
    of_child.push_back(p_.known_when[static_cast<std::size_t>(table)]);
    return false;
  }

  // What an aggregate, measure or trend reads of its rows.
  struct row_parts {
    std::int32_t table = -1, window = -1;
    std::vector<expression_id> conditions, values;
  };
  row_parts parts_of(const expression& x) const {
    row_parts out;
    out.window = x.window;
    if (x.op == operation::aggregate) {
      const auto& s = p_.selections[static_cast<std::size_t>(x.selection)];
      return {s.table, s.window, s.conditions, x.parts};
    }
    const auto& m = p_.measures[static_cast<std::size_t>(x.index)];
    out.table = m.table;
    out.conditions = m.conditions;
    std::vector<expression_id> todo{m.formula};
    while (!todo.empty()) {
      const auto& y = p_[todo.back()];
      todo.pop_back();
      const bool of_rows = y.op == operation::aggregate;
      if (of_rows && y.selection >= 0) {
        const auto& own = p_.selections[static_cast<std::size_t>(y.selection)].conditions;
        out.conditions.insert(out.conditions.end(), own.begin(), own.end());
      }
      auto& into = of_rows ? out.values : todo;
      into.insert(into.end(), y.parts.begin(), y.parts.end());
    }
    return out;
  }

  void rows(expression_id id, std::vector<expression_id>& of_child) {
    const auto& x = p_[id];
    const auto parts = parts_of(x);
    if (!table_known(parts.table, of_child)) return;
    const auto found_before = found_.size(), todo_before = of_child.size(), rests_before = rests_on_.size();
    if (parts.window >= 0)
      if (const auto d = p_.windows[static_cast<std::size_t>(parts.window)].date; d >= 0 && open(d)) of_child.push_back(d);
    const auto& declared = p_.schema.tables[static_cast<std::size_t>(parts.table)];
    const auto [first, last] = rows_of_child(parts.table);
    const auto block = e_.rows_of(parts.table).first;
    // Rows that may count; of those not decided, a condition is missing, of the others a value.
    std::vector<std::size_t> undecided, possible;
    const auto traces = lowered_.traces.find(id);
    for (auto r = first; r < last; ++r) {
      bool open_row = x.op == operation::trend, counts = false;
      if (traces != lowered_.traces.end())
        for (const auto& t : traces->second) {
          const auto c = e_.at(t.chosen, r - block);
          open_row = open_row || !c.known;
          counts = counts || !c.known || c.truth;
        }
      if (open_row) undecided.push_back(r);
      if (counts) possible.push_back(r);
    }
    if (declared.recorded_column >= 0)
      for (auto r : undecided)
        if (!cell_known(parts.table, declared.recorded_column, r)) found_.insert({parts.table, declared.recorded_column, -1});
    if (declared.is_interval() && (parts.window >= 0 || x.over == aggregation::days_covered || x.op == operation::trend))
      for (auto r : possible)
        if (!cell_known(parts.table, declared.end, r)) found_.insert({parts.table, declared.end, -1});
    for (auto c : parts.conditions) in_rows(c, parts.table, block, undecided, of_child);
    for (auto v : parts.values) in_rows(v, parts.table, block, possible, of_child);
    // Every cell is known and still it cannot be told: there are too few rows to work it out from (a share of no sessions).
    if (found_.size() == found_before && of_child.size() == todo_before && rests_on_.size() == rests_before) found_.insert({parts.table, -1, -1});
  }

  // Columns that keep this from being known in some of these rows.
  void in_rows(expression_id root, std::int32_t table, std::size_t block, const std::vector<std::size_t>& these, std::vector<expression_id>& of_child) {
    std::vector<expression_id> todo{root};
    std::unordered_set<std::int32_t> facts;
    while (!todo.empty()) {
      const auto id = todo.back();
      todo.pop_back();
      const auto& x = p_[id];
      if (const auto node = lowered_.row_node_of[static_cast<std::size_t>(id)]; node >= 0) {
        std::vector<std::size_t> missing_in;
        for (auto r : these)
          if (const auto c = e_.at(node, r - block); !c.known || (x.type.bounded && c.number != c.high)) missing_in.push_back(r);
        if (missing_in.empty()) continue;
        if (x.op == operation::column && x.at == row_of::row) {
          column(x, table, missing_in);
          continue;
        }
      }
      if (x.op == operation::fact && x.at == row_of::row) {
        if (facts.insert(x.index).second) todo.push_back(p_.facts[static_cast<std::size_t>(x.index)].value);
      } else if (x.op == operation::aggregate || x.op == operation::measure || x.op == operation::trend) {
        if (lowered_.node_of[static_cast<std::size_t>(id)] >= 0) of_child.push_back(id);
        else inside(x, table, of_child);
      } else if (x.parts.empty()) {
        if (lowered_.node_of[static_cast<std::size_t>(id)] >= 0) of_child.push_back(id);
      } else {
        todo.insert(todo.end(), x.parts.begin(), x.parts.end());
      }
    }
  }

  // Of a selection inside another that names the outer row, every column with a cell not known is named: which pair of rows it was
  // is not kept.
  void inside(const expression& x, std::int32_t outer, std::vector<expression_id>& of_child) {
    const auto parts = parts_of(x);
    if (!table_known(parts.table, of_child)) return;
    std::vector<std::pair<expression_id, std::int32_t>> todo;  // and the table of its own row
    for (auto c : parts.conditions) todo.emplace_back(c, parts.table);
    for (auto v : parts.values) todo.emplace_back(v, parts.table);
    if (parts.window >= 0)
      if (const auto d = p_.windows[static_cast<std::size_t>(parts.window)].date; d >= 0) todo.emplace_back(d, parts.table);
    auto all_rows = [&](std::int32_t table) {
      const auto [first, last] = rows_of_child(table);
      std::vector<std::size_t> out;
      for (auto r = first; r < last; ++r) out.push_back(r);
      return out;
    };
    const auto& declared = p_.schema.tables[static_cast<std::size_t>(parts.table)];
    const auto inner_rows = all_rows(parts.table), outer_rows = all_rows(outer);
    for (auto c : {declared.recorded_column, declared.end})
      for (auto r : inner_rows)
        if (c >= 0 && !cell_known(parts.table, c, r)) found_.insert({parts.table, c, -1});
    std::set<std::tuple<std::int32_t, std::int32_t>> facts;
    while (!todo.empty()) {
      const auto [id, own] = todo.back();
      todo.pop_back();
      const auto& y = p_[id];
      const auto table = y.at == row_of::outer_row ? outer : own;
      if (y.op == operation::column && y.at != row_of::child) {
        column(y, table, table == parts.table ? inner_rows : outer_rows);
      } else if (y.op == operation::fact && y.at != row_of::child) {
        if (facts.emplace(y.index, table).second) todo.emplace_back(p_.facts[static_cast<std::size_t>(y.index)].value, table);
      } else if (y.parts.empty()) {
        if (lowered_.node_of[static_cast<std::size_t>(id)] >= 0) of_child.push_back(id);
      } else {
        for (auto part : y.parts) todo.emplace_back(part, own);
      }
    }
  }

  const plan& lowered_;
  const program& p_;
  const cohort& data_;
  const evaluation& e_;
  std::size_t i_, child_;
  std::unordered_map<std::uint64_t, answer> answers_;
  std::set<missing_piece> found_;
  std::vector<shared_part> rests_on_;
};

missing_pieces::missing_pieces(const plan& lowered, const cohort& data, const evaluation& e, std::size_t i) : finder_(std::make_unique<finder>(lowered, data, e, i)) {}
missing_pieces::~missing_pieces() = default;

std::vector<missing_piece> missing_pieces::of(std::int32_t rule) { return finder_->of({shared_part::what::rule, rule}); }

}  // namespace earlysight
