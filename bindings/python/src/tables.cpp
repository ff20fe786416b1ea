// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <earlysight/program/reads.hpp>
#include <earlysight/text/nearest.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

namespace earlysight::python {
namespace {

const std::vector<std::string> outcome_words{"silent", "fires", "cannot_tell", "not_applicable"};
const std::vector<std::string> level_words{"any", "low", "medium", "high"};
const std::vector<std::string> type_words{"key", "text", "yes/no", "count", "number", "percent", "points", "hours", "sessions", "pounds", "date", "category", "ref"};

template <class Items>
std::vector<std::string> names_of_all(const Items& items) {
  std::vector<std::string> out;
  for (const auto& i : items) out.push_back(i.name);
  return out;
}

void add_or_missing(result_column& c, std::string_view text) {
  if (text.empty()) c.add_missing();
  else c.add(text);
}

void add_code_or_missing(result_column& c, std::int32_t code) {
  if (code < 0) c.add_missing();
  else c.add_code(code);
}

result_table made(std::string name, std::vector<result_column> columns) { return {std::move(name), std::move(columns)}; }

}  // namespace

const std::string& type_name(column_type t) { return type_words[static_cast<std::size_t>(t)]; }

result_table rules_table(const program& p) {
  result_column name("rule"), title("title"), flags("flags"), level("level"), points("points", result_type::number), own("own", result_type::truth), file("file"), line("line", result_type::whole);
  for (const auto& r : p.rules) {
    name.add(r.name), title.add(r.title);
    std::string raised, levels;
    double most = 0;
    for (const auto& each : r.raises) {
      raised += (raised.empty() ? "" : ";") + p.flags[static_cast<std::size_t>(each.flag)].name;
      levels += (levels.empty() ? "" : ";") + level_words[static_cast<std::size_t>(each.level)];
      most += each.points;
    }
    flags.add(raised), level.add(levels), points.add(most), own.add_truth(!r.of_used_pack);
    file.add(p.sources->path(r.where.file)), line.add_whole(p.sources->begin_of(r.where).line);
  }
  return made("rules", {name, title, flags, level, points, own, file, line});
}

result_table columns_table(const program& p) {
  result_column table("table"), column("column"), type("type"), values("values"), empty("empty"), required("required", result_type::truth), read("read_by_rules", result_type::truth), about("description");
  static const char* const says[] = {"not known", "none", "not yet"};
  const auto reads = what_is_read(p);
  for (std::size_t t = 0; t < p.schema.tables.size(); ++t) {
    const auto& declared = p.schema.tables[t];
    if (declared.shape == table_shape::many_per_child) {
      table.add(declared.name), column.add(p.schema.key_name()), type.add("key"), values.add_missing(), empty.add_missing(), required.add_truth(true), read.add_truth(reads.tables[t]), about.add("The child of the row");
    }
    for (std::size_t c = 0; c < declared.columns.size(); ++c) {
      const auto& d = declared.columns[c];
      const bool is_key = static_cast<std::int32_t>(c) == declared.key;
      table.add(declared.name), column.add(d.name), type.add(d.type == column_type::ref ? "ref " + d.ref_name : type_name(d.type));
      std::string list;
      for (const auto& v : d.categories) list += (list.empty() ? "" : ", ") + v;
      add_or_missing(values, list);
      if (d.required || is_key) empty.add_missing();
      else empty.add(says[static_cast<std::size_t>(d.empty)]);
      required.add_truth(d.required || is_key), read.add_truth(is_key ? reads.tables[t] : reads.columns[t][c]), add_or_missing(about, d.description);
    }
  }
  return made("tables", {table, column, type, values, empty, required, read, about});
}

result_table outcomes_table(const run_result& run, const cohort& data, bool all) {
  const auto& p = *run.plan->program;
  result_column key(p.schema.key_name()), rule = code_column("rule", names_of_all(p.rules)), said = code_column("outcome", outcome_words);
  for (std::size_t i = 0; i < data.children; ++i)
    for (std::size_t r = 0; r < p.rules.size(); ++r) {
      const auto o = run.outcomes.at(i, r);
      if (!all && o != outcome::fires && o != outcome::cannot_tell) continue;
      key.add(data.key_of(i)), rule.add_code(static_cast<std::int32_t>(r)), said.add_code(static_cast<std::int32_t>(o));
    }
  std::vector<result_column> columns;
  columns.push_back(std::move(key)), columns.push_back(std::move(rule)), columns.push_back(std::move(said));
  return made("outcomes", std::move(columns));
}

result_table matrix_table(const run_result& run, const cohort& data) {
  const auto& p = *run.plan->program;
  std::vector<result_column> columns;
  columns.emplace_back(p.schema.key_name());
  for (std::size_t i = 0; i < data.children; ++i) columns[0].add(data.key_of(i));
  for (std::size_t r = 0; r < p.rules.size(); ++r) {
    auto c = code_column(p.rules[r].name, outcome_words);
    c.small_codes.reserve(data.children);
    for (std::size_t i = 0; i < data.children; ++i) c.add_code(static_cast<std::int32_t>(run.outcomes.at(i, r)));
    columns.push_back(std::move(c));
  }
  return made("matrix", std::move(columns));
}

result_table scores_table(const run_result& run, const cohort& data) {
  const auto& p = *run.plan->program;
  const auto bands = names_of_all(p.bands);
  std::vector<result_column> columns{result_column(p.schema.key_name()), result_column("score_low", result_type::number), result_column("score_high", result_type::number),
                                     code_column("band_low", bands), code_column("band_high", bands)};
  for (std::size_t i = 0; i < data.children; ++i) {
    columns[0].add(data.key_of(i));
    columns[1].add(run.scores.low[i]), columns[2].add(run.scores.high[i]);
    add_code_or_missing(columns[3], run.scores.band_low[i]), add_code_or_missing(columns[4], run.scores.band_high[i]);
  }
  return made("scores", std::move(columns));
}

result_table flags_table(const run_result& run, const cohort& data, const std::vector<result_rows>& rows) {
  const auto& p = *run.plan->program;
  result_column key(p.schema.key_name()), flag = code_column("flag", names_of_all(p.flags)), level = code_column("level", level_words), state = code_column("state", {"cannot_tell", "raised"}), rules("rules"),
      points("points", result_type::number), because("because");
  for (const auto& part : rows)
    for (const auto& f : part.flags) {
      std::string names;
      for (auto r : f.of.rules) names += (names.empty() ? "" : ";") + p.rules[static_cast<std::size_t>(r)].name;
      key.add(data.key_of(f.child)), flag.add_code(f.of.flag), level.add_code(static_cast<std::int32_t>(f.of.level)), state.add_code(f.of.raised ? 1 : 0), rules.add(names), points.add(f.of.points), because.add(f.because);
    }
  return made("flags", {key, flag, level, state, rules, points, because});
}

result_table actions_table(const run_result& run, const cohort& data, const std::vector<result_rows>& rows) {
  const auto& p = *run.plan->program;
  result_column key(p.schema.key_name()), rule = code_column("rule", names_of_all(p.rules)), text("action"), by("by"), due("due", result_type::day), because("because");
  for (const auto& part : rows)
    for (const auto& a : part.actions) {
      const auto& of = p.rules[static_cast<std::size_t>(a.rule)];
      key.add(data.key_of(a.child)), rule.add_code(a.rule), text.add(a.text), by.add(of.actions[static_cast<std::size_t>(a.action)].by), because.add(a.because);
      if (const auto day = parse_date(a.due)) due.add_day(day->day);
      else due.add_missing();
    }
  return made("actions", {key, rule, text, by, due, because});
}

result_table missing_table(const run_result& run, const cohort& data, const std::vector<result_rows>& rows) {
  const auto& p = *run.plan->program;
  result_column key(p.schema.key_name()), rule = code_column("rule", names_of_all(p.rules)), table("table"), column("column");
  for (const auto& part : rows)
    for (const auto& m : part.missing) {
      const auto [t, c] = names_of(p, m.piece);
      key.add(data.key_of(m.child)), rule.add_code(m.rule), table.add(t), add_or_missing(column, c);
    }
  return made("missing", {key, rule, table, column});
}

result_table rejected_table(const cohort& data) {
  result_column file("file"), line("line", result_type::whole), column("column"), value("value"), reason("reason");
  for (const auto& r : data.rejected) file.add(r.file), line.add_whole(static_cast<std::int64_t>(r.line)), add_or_missing(column, r.column), add_or_missing(value, r.value), reason.add(r.reason);
  return made("rejected", {file, line, column, value, reason});
}

namespace {

// A value of a column as people read it; empty where there is none.
std::string value_words(const column_declaration& d, const cohort& data, const column& c, std::size_t row) {
  if (std::holds_alternative<std::monostate>(c.values) || !c.known.test(row) || !c.present.test(row)) return {};
  return std::visit(
      [&](const auto& values) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) {
          return {};
        } else {
          const auto v = values[row];
          switch (d.type) {
            case column_type::key:
            case column_type::text:
            case column_type::ref: return data.texts[static_cast<std::size_t>(v)];
            case column_type::category: return d.categories[static_cast<std::size_t>(v)];
            case column_type::yes_no: return v != 0 ? "yes" : "no";
            case column_type::date: return iso_text({static_cast<std::int32_t>(v)});
            default: return exact_number(static_cast<double>(v));
          }
        }
      },
      c.values);
}

}  // namespace

result<result_table> summary_table(const run_result& run, const cohort& data, const std::string& by) {
  const auto& p = *run.plan->program;
  const auto& declared = p.schema.tables[static_cast<std::size_t>(p.schema.child)];
  std::vector<std::uint32_t> group(data.children, 0);
  std::vector<std::string> names{""};
  if (!by.empty()) {
    const auto at = declared.find(by);
    if (at < 0) {
      const auto meant = nearest_name(by, names_of_all(declared.columns));
      return failure{failure_kind::arguments, "table child has no column " + by + (meant.empty() ? "" : "; did you mean " + meant + "?")};
    }
    const auto& column = data.tables[static_cast<std::size_t>(p.schema.child)].columns[static_cast<std::size_t>(at)];
    std::map<std::string, std::uint32_t> places;
    std::vector<std::string> of_child(data.children);
    for (std::size_t i = 0; i < data.children; ++i) places.emplace(of_child[i] = value_words(declared.columns[static_cast<std::size_t>(at)], data, column, i), 0);
    names.clear();
    for (auto& [name, place] : places) place = static_cast<std::uint32_t>(names.size()), names.push_back(name);
    for (std::size_t i = 0; i < data.children; ++i) group[i] = places[of_child[i]];
  }
  const auto rules = p.rules.size();
  std::vector<std::int64_t> counts(names.size() * rules * 4);
  for (std::size_t i = 0; i < data.children; ++i)
    for (std::size_t r = 0; r < rules; ++r) ++counts[(group[i] * rules + r) * 4 + static_cast<std::size_t>(run.outcomes.at(i, r))];
  std::vector<result_column> columns;
  if (!by.empty()) columns.emplace_back(by);
  const auto first = columns.size();
  columns.push_back(code_column("rule", names_of_all(p.rules)));
  for (const char* name : {"fires", "cannot_tell", "silent", "not_applicable"}) columns.emplace_back(name, result_type::whole);
  for (std::size_t g = 0; g < names.size(); ++g)
    for (std::size_t r = 0; r < rules; ++r) {
      if (!by.empty()) add_or_missing(columns[0], names[g]);
      columns[first].add_code(static_cast<std::int32_t>(r));
      const auto* n = counts.data() + (g * rules + r) * 4;
      columns[first + 1].add_whole(n[1]), columns[first + 2].add_whole(n[2]), columns[first + 3].add_whole(n[0]), columns[first + 4].add_whole(n[3]);
    }
  return made("summary", std::move(columns));
}

result_table cohort_table(const program& p, const cohort& data, std::size_t table) {
  const auto& declared = p.schema.tables[table];
  const auto& t = data.tables[table];
  std::vector<result_column> columns;
  if (declared.shape == table_shape::many_per_child) {
    columns.emplace_back(p.schema.key_name());
    for (std::size_t i = 0; i < data.children; ++i)
      for (auto r = t.first_row[i]; r < t.first_row[i + 1]; ++r) columns[0].add(data.key_of(i));
  }
  for (std::size_t c = 0; c < declared.columns.size(); ++c) {
    const auto& d = declared.columns[c];
    const auto& from = t.columns[c];
    if (std::holds_alternative<std::monostate>(from.values)) continue;
    const bool text = d.type == column_type::key || d.type == column_type::text || d.type == column_type::ref;
    auto out = d.type == column_type::category ? code_column(d.name, d.categories)
                                               : result_column(d.name, text ? result_type::text : d.type == column_type::date ? result_type::day : d.type == column_type::yes_no ? result_type::truth : result_type::number);
    std::visit(
        [&](const auto& values) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) {
            for (std::size_t r = 0; r < t.rows; ++r) {
              if (!from.known.test(r) || !from.present.test(r)) out.add_missing();
              else if (text) out.add(data.texts[static_cast<std::size_t>(values[r])]);
              else if (d.type == column_type::category) out.add_code(static_cast<std::int32_t>(values[r]));
              else if (d.type == column_type::date) out.add_day(static_cast<std::int32_t>(values[r]));
              else if (d.type == column_type::yes_no) out.add_truth(values[r] != 0);
              else out.add(d.type == column_type::points ? static_cast<double>(values[r]) * 100 : static_cast<double>(values[r]));
            }
          }
        },
        from.values);
    columns.push_back(std::move(out));
  }
  return made(declared.name, std::move(columns));
}

std::vector<result_rows> all_rows(const run_result& run, const cohort& data, unsigned threads) {
  constexpr std::size_t at_once = 2048;
  std::vector<result_rows> out((data.children + at_once - 1) / at_once);
  std::atomic<std::size_t> next{0};
  auto work = [&] {
    for (auto i = next.fetch_add(1); i < out.size(); i = next.fetch_add(1)) out[i] = result_rows_of(run, data, i * at_once, std::min(data.children, (i + 1) * at_once));
  };
  std::vector<std::thread> others;
  const auto wanted = std::min<std::size_t>(threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency()), out.size());
  for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(work);
  work();
  for (auto& t : others) t.join();
  return out;
}

}  // namespace earlysight::python
