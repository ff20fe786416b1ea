// SPDX-License-Identifier: Apache-2.0
#include <earlysight/result/examples.hpp>

#include <earlysight/base/near.hpp>
#include <earlysight/data/cohort_builder.hpp>
#include <earlysight/result/text.hpp>

#include <map>
#include <optional>

namespace earlysight {
namespace {

const std::string example_key = "example";

// One row of a table as an example gives it: by column, a value, nothing, or not known.
struct row_values {
  std::vector<const example_cell*> cells;  // by column; null: the cell is empty
  std::string child;
  std::int32_t day = 0;                    // of a series
  bool has_day = false;
};

struct table_memory {
  std::vector<row_values> rows;
  std::vector<std::vector<double>> numbers;
  std::vector<std::vector<std::int32_t>> wholes;
  std::vector<std::vector<std::uint16_t>> codes;
  std::vector<std::vector<std::uint8_t>> bytes;
  std::vector<std::vector<std::string_view>> texts;
  std::vector<std::vector<std::uint64_t>> known, present;
  std::vector<std::string_view> children;
};

class example_builder {
 public:
  example_builder(const program& p, const example& ex) : p_(p), ex_(ex), memory_(p.schema.tables.size()), no_data_(p.schema.tables.size()) {}

  result<cohort> run() {
    const auto child = static_cast<std::size_t>(p_.schema.child);
    std::string first_key = example_key;
    bool any_child = false;
    for (const auto& g : ex_.given) {
      if (g.repeat == example_row::series::no_data) {
        no_data_[static_cast<std::size_t>(g.table)] = true;
      } else if (static_cast<std::size_t>(g.table) == child) {
        const auto key = key_of_child(g);
        if (!any_child) first_key = key;
        any_child = true;
        memory_[child].rows.push_back(row_of(g, 0, false, key));
      }
    }
    if (!any_child) memory_[child].rows.push_back({std::vector<const example_cell*>(p_.schema.tables[child].columns.size()), first_key, 0, false});
    for (const auto& g : ex_.given)
      if (static_cast<std::size_t>(g.table) != child) add_rows(g, first_key);
    std::vector<host_table> tables;
    for (std::size_t t = 0; t < memory_.size(); ++t)
      if (!no_data_[t]) tables.push_back(to_host(t));
    auto built = build_cohort(p_.schema, tables);
    if (!built) return built.error();
    if (!built->rejected.empty()) {
      const auto& r = built->rejected.front();
      return failure{failure_kind::data, "a row of " + r.file + " cannot be used: " + (r.column.empty() ? "" : "column " + r.column + ": ") + r.reason + (r.value.empty() ? "" : " (" + r.value + ")")};
    }
    return built;
  }

 private:
  std::string key_of_child(const example_row& g) const {
    for (const auto& c : g.cells)
      if (c.column == p_.schema.tables[static_cast<std::size_t>(p_.schema.child)].key) return c.value.text;
    return example_key;
  }

  // The cells that hold on a day: of a series, the last value whose `from` is not later.
  row_values row_of(const example_row& g, std::int32_t day, bool has_day, std::string child) const {
    row_values r;
    r.cells.resize(p_.schema.tables[static_cast<std::size_t>(g.table)].columns.size());
    r.child = std::move(child);
    r.day = day, r.has_day = has_day;
    std::vector<std::int32_t> since(r.cells.size(), INT32_MIN);
    for (const auto& c : g.cells) {
      if (c.column < 0) {
        r.child = c.value.text;
        continue;
      }
      const auto at = static_cast<std::size_t>(c.column);
      if (c.from && (!has_day || c.from->day > day)) continue;
      if (c.from && c.from->day < since[at]) continue;
      if (c.from) since[at] = c.from->day;
      else if (since[at] != INT32_MIN) continue;
      r.cells[at] = &c;
    }
    return r;
  }

  void add_rows(const example_row& g, const std::string& first_key) {
    auto& rows = memory_[static_cast<std::size_t>(g.table)].rows;
    if (g.repeat == example_row::series::no_data) return;
    if (g.repeat == example_row::series::one) {
      rows.push_back(row_of(g, 0, false, first_key));
      return;
    }
    const bool weekly = g.repeat == example_row::series::weekly;
    const auto& calendar = p_.calendar;
    for (auto d = g.first; d <= g.last; ++d.day) {
      if (weekly ? weekday(d) != 0 : weekday(d) >= 5) continue;
      if (!calendar.empty() && !(weekly ? calendar.in_school_week(d) : calendar.is_school_day(d))) continue;
      rows.push_back(row_of(g, d.day, true, first_key));
    }
  }

  host_table to_host(std::size_t index) {
    const auto& declared = p_.schema.tables[index];
    auto& m = memory_[index];
    const auto n = m.rows.size(), columns = declared.columns.size();
    m.numbers.resize(columns), m.wholes.resize(columns), m.codes.resize(columns), m.bytes.resize(columns), m.texts.resize(columns);
    m.known.assign(columns, std::vector<std::uint64_t>(n / 64 + 1)), m.present = m.known;
    host_table out;
    out.name = declared.name;
    out.rows = n;
    for (std::size_t c = 0; c < columns; ++c) {
      const auto& column = declared.columns[c];
      for (std::size_t r = 0; r < n; ++r) {
        const auto& row = m.rows[r];
        const auto* cell = row.cells[c];
        const bool is_key = static_cast<std::int32_t>(c) == declared.key, is_day = row.has_day && static_cast<std::int32_t>(c) == declared.time;
        bool known = is_day || is_key || cell || column.empty != empty_cell::not_known;
        bool present = is_day || is_key ? true : cell && !cell->is_none;
        if (!known) present = true;
        auto set = [&](std::vector<std::uint64_t>& bits, bool on) {
          if (on) bits[r / 64] |= std::uint64_t{1} << (r % 64);
        };
        set(m.known[c], known);
        set(m.present[c], present);
        const literal none;
        const auto& v = cell && !cell->is_none ? cell->value : none;
        switch (type_of(column).of) {
          case kind::date: m.wholes[c].push_back(is_day ? row.day : v.date.day); break;
          case kind::category: m.codes[c].push_back(static_cast<std::uint16_t>(v.code)); break;
          case kind::truth: m.bytes[c].push_back(v.truth ? 1 : 0); break;
          case kind::number: m.numbers[c].push_back(v.number); break;
          default: m.texts[c].push_back(is_key && !cell ? std::string_view(row.child) : std::string_view(v.text));
        }
      }
      host_column h;
      h.name = column.name;
      switch (type_of(column).of) {
        case kind::date: h.values = std::span<const std::int32_t>(m.wholes[c]); break;
        case kind::category: h.values = std::span<const std::uint16_t>(m.codes[c]); break;
        case kind::truth: h.values = std::span<const std::uint8_t>(m.bytes[c]); break;
        case kind::number: h.values = std::span<const double>(m.numbers[c]); break;
        default: h.texts = m.texts[c];
      }
      h.known = {m.known[c].data()};
      h.present = {m.present[c].data()};
      out.columns.push_back(std::move(h));
    }
    if (declared.shape == table_shape::many_per_child) {
      for (const auto& r : m.rows) m.children.push_back(r.child);
      out.child_keys = m.children;
    }
    return out;
  }

  const program& p_;
  const example& ex_;
  std::vector<table_memory> memory_;
  std::vector<bool> no_data_;
};


const char* level_words(level l) { return l == level::low ? " at low" : l == level::medium ? " at medium" : l == level::high ? " at high" : ""; }

class expectation_checker {
 public:
  expectation_checker(const plan& lowered, const cohort& data, const run_result& scored, const evaluation& e, example_result& out)
      : lowered_(lowered), p_(*lowered.program), data_(data), scored_(scored), e_(e), out_(out) {}

  void check(const expectation& x) {
    using what = expectation::what;
    switch (x.of) {
      case what::fires: rule_is(x, outcome::fires, "fires"); break;
      case what::silent: rule_is(x, outcome::silent, "is silent"); break;
      case what::cannot_tell: rule_is(x, outcome::cannot_tell, "cannot tell"); break;
      case what::does_not_apply: rule_is(x, outcome::not_applicable, "does not apply"); break;
      case what::says: {
        const auto& r = p_.rules[static_cast<std::size_t>(x.index)];
        const auto text = fill(r.because, lowered_, data_, e_, 0);
        if (text.find(x.text) == std::string::npos) unmet(x, "expected `" + r.name + "` says \"" + x.text + "\", but it says \"" + text + "\"", x.index);
        break;
      }
      case what::raised:
      case what::not_raised: {
        bool raised = false, perhaps = false;
        for (std::size_t r = 0; r < p_.rules.size(); ++r)
          for (const auto& each : p_.rules[r].raises) {
            if (each.flag != x.index || each.level < x.at_level) continue;
            raised = raised || scored_.outcomes.at(0, r) == outcome::fires;
            perhaps = perhaps || scored_.outcomes.at(0, r) == outcome::cannot_tell;
          }
        const auto& name = p_.flags[static_cast<std::size_t>(x.index)].name;
        const std::string found = raised ? "it is raised" : perhaps ? "it cannot be told whether it is raised" : "it is not raised";
        if (x.of == what::raised ? !raised : raised || perhaps)
          unmet(x, "expected `" + name + "` is " + (x.of == what::raised ? "raised" : "not raised") + level_words(x.at_level) + ", but " + found, -1);
        break;
      }
      case what::score: {
        const auto low = scored_.scores.low[0], high = scored_.scores.high[0];
        if (near_less(low, x.low) || near_less(x.high, high))
          unmet(x, "expected the score " + points(x.low, x.high) + ", but it is " + points(low, high), -1);
        break;
      }
      case what::band: {
        const auto low = scored_.scores.band_low[0], high = scored_.scores.band_high[0];
        auto name = [&](std::int32_t b) { return b < 0 ? std::string("no band") : p_.bands[static_cast<std::size_t>(b)].name; };
        if (low != x.index || high != x.index) unmet(x, "expected band " + name(x.index) + ", but it is " + (low == high ? name(low) : name(low) + " to " + name(high)), -1);
        break;
      }
      case what::value:
      case what::nothing:
      case what::not_known: fact_is(x); break;
    }
  }

 private:
  static std::string points(double low, double high) { return low == high ? number_text(low) + " points" : "between " + number_text(low) + " and " + number_text(high) + " points"; }
  void unmet(const expectation& x, std::string message, std::int32_t rule) { out_.unmet.push_back({x.where, std::move(message), rule}); }

  void rule_is(const expectation& x, outcome wanted, const char* words) {
    const auto found = scored_.outcomes.at(0, static_cast<std::size_t>(x.index));
    if (found == wanted) return;
    const char* said = found == outcome::fires ? "it fires" : found == outcome::silent ? "it is silent" : found == outcome::cannot_tell ? "it cannot tell" : "it does not apply";
    unmet(x, "expected `" + p_.rules[static_cast<std::size_t>(x.index)].name + "` " + words + ", but " + said, x.index);
  }

  void fact_is(const expectation& x) {
    const auto& f = p_.facts[static_cast<std::size_t>(x.index)];
    const auto c = e_.at(lowered_.facts[static_cast<std::size_t>(x.index)], 0);
    using what = expectation::what;
    const bool undecided = f.type.bounded && c.has_value() && c.number != c.high;
    bool good = false;
    if (x.of == what::not_known) {
      good = !c.known || undecided;
    } else if (x.of == what::nothing) {
      good = c.known && !c.present;
    } else if (c.has_value() && !undecided) {
      switch (f.type.of) {
        case kind::truth: good = c.truth == x.value.truth; break;
        case kind::number: good = near_equal(c.number, x.value.number); break;
        case kind::date: good = c.whole == x.value.date.day; break;
        case kind::category: good = c.whole == x.value.code; break;
        default: good = value_text(lowered_, data_, f.type, c) == x.value.text;
      }
    }
    if (good) return;
    const auto wanted = x.of == what::not_known ? "not known" : x.of == what::nothing ? "nothing" : value_text(x.value);
    unmet(x, "expected `" + f.name + "` is " + wanted + ", but it is " + value_text(lowered_, data_, f.type, c), -1);
  }

  const plan& lowered_;
  const program& p_;
  const cohort& data_;
  const run_result& scored_;
  const evaluation& e_;
  example_result& out_;
};

}  // namespace

result<cohort> example_cohort(const program& p, const example& ex) {
  auto builder = std::make_shared<example_builder>(p, ex);
  auto data = builder->run();
  // What the columns view lives in the builder.
  if (data)
    for (auto& t : data->tables)
      for (auto& c : t.columns) c.owner = std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<example_builder>>>(c.owner, builder);
  return data;
}

std::vector<example_result> run_examples(std::shared_ptr<const program> p, const param_values& params) {
  std::vector<example_result> out;
  std::map<std::int32_t, std::pair<std::shared_ptr<const plan>, std::string>> plans;  // by as-of date, or why there is none
  for (std::size_t i = 0; i < p->examples.size(); ++i) {
    const auto& ex = p->examples[i];
    example_result r;
    r.example = static_cast<std::int32_t>(i);
    auto found = plans.find(ex.on.day);
    if (found == plans.end()) {
      auto lowered = lower(p, ex.on, params, {.allow_unset = true});
      found = plans.emplace(ex.on.day, lowered ? std::pair(std::make_shared<const plan>(std::move(*lowered)), std::string()) : std::pair(std::shared_ptr<const plan>(), lowered.error().message)).first;
    }
    r.lowered = found->second.first;
    auto data = example_cohort(*p, ex);
    if (!r.lowered) {
      r.unmet.push_back({ex.where, found->second.second, -1});
    } else if (!data) {
      r.unmet.push_back({ex.where, data.error().message, -1});
    } else {
      r.data = std::make_shared<const cohort>(std::move(*data));
      auto scored = score(r.lowered, *r.data, {.threads = 1, .block = 0, .progress = {}, .stop = nullptr});
      evaluation e(*r.lowered, *r.data);
      e.run(0, 1, true);
      if (scored) {
        expectation_checker checker(*r.lowered, *r.data, *scored, e, r);
        for (const auto& x : ex.expects) checker.check(x);
      } else {
        r.unmet.push_back({ex.where, scored.error().message, -1});
      }
    }
    out.push_back(std::move(r));
  }
  return out;
}

}  // namespace earlysight
