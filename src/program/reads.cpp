// SPDX-License-Identifier: Apache-2.0
#include <earlysight/program/reads.hpp>

namespace earlysight {
namespace {

class reader {
 public:
  explicit reader(const program& p) : p_(p), seen_(p.expressions.size()), windows_(p.windows.size()) {
    out_.tables.resize(p.schema.tables.size());
    for (const auto& t : p.schema.tables) out_.columns.emplace_back(t.columns.size());
  }

  data_read run() {
    table(p_.schema.child);
    for (const auto& r : p_.rules) {
      for (auto id : {r.for_, r.when, r.unless}) add(id);
      for (auto id : r.because.values) add(id);
      for (const auto& a : r.actions)
        for (auto id : a.text.values) add(id);
    }
    while (!todo_.empty()) {
      const auto id = todo_.back();
      todo_.pop_back();
      look_at(p_[id]);
    }
    return std::move(out_);
  }

 private:
  void add(expression_id id) {
    if (id < 0 || seen_[static_cast<std::size_t>(id)]) return;
    seen_[static_cast<std::size_t>(id)] = true;
    todo_.push_back(id);
  }

  void column(std::int32_t t, std::int32_t c) {
    table(t);
    if (c >= 0) out_.columns[static_cast<std::size_t>(t)][static_cast<std::size_t>(c)] = true;
  }

  void table(std::int32_t t) {
    if (out_.tables[static_cast<std::size_t>(t)]) return;
    out_.tables[static_cast<std::size_t>(t)] = true;
    const auto& declared = p_.schema.tables[static_cast<std::size_t>(t)];
    for (auto c : {declared.key, declared.time, declared.end, declared.recorded_column})
      if (c >= 0) out_.columns[static_cast<std::size_t>(t)][static_cast<std::size_t>(c)] = true;
    add(p_.known_when[static_cast<std::size_t>(t)]);
  }

  void window(std::int32_t w) {
    if (w < 0 || windows_[static_cast<std::size_t>(w)]) return;
    windows_[static_cast<std::size_t>(w)] = true;
    add(p_.windows[static_cast<std::size_t>(w)].date);
  }

  void look_at(const expression& x) {
    for (auto part : x.parts) add(part);
    switch (x.op) {
      case operation::column:
        // A reference's own table is the row's, and which row that is stands with the selection: any table with this ref may be meant.
        column(x.table, x.column);
        if (x.via >= 0) reference(x);
        break;
      case operation::fact: add(p_.facts[static_cast<std::size_t>(x.index)].value); break;
      case operation::measure:
      case operation::trend: {
        const auto& m = p_.measures[static_cast<std::size_t>(x.index)];
        table(m.table);
        add(m.formula);
        for (auto c : m.conditions) add(c);
        window(x.window);
        break;
      }
      case operation::aggregate:
        if (x.selection >= 0) {
          const auto& s = p_.selections[static_cast<std::size_t>(x.selection)];
          table(s.table);
          for (auto c : s.conditions) add(c);
          window(s.window);
        }
        break;
      default: break;
    }
  }

  // The ref column by which another table is reached: of child, or of every table many per child that has it at that place.
  void reference(const expression& x) {
    for (std::size_t t = 0; t < p_.schema.tables.size(); ++t) {
      const auto& declared = p_.schema.tables[t];
      const bool child = static_cast<std::int32_t>(t) == p_.schema.child;
      if (declared.shape == table_shape::lookup || child != (x.at == row_of::child) || static_cast<std::size_t>(x.via) >= declared.columns.size()) continue;
      if (declared.columns[static_cast<std::size_t>(x.via)].type == column_type::ref && declared.columns[static_cast<std::size_t>(x.via)].ref_table == x.table)
        out_.columns[t][static_cast<std::size_t>(x.via)] = true;
    }
  }

  const program& p_;
  data_read out_;
  std::vector<bool> seen_, windows_;
  std::vector<expression_id> todo_;
};

}  // namespace

data_read what_is_read(const program& p) { return reader(p).run(); }

}  // namespace earlysight
