// SPDX-License-Identifier: Apache-2.0
#include "convert.hpp"

#include "cell.hpp"
#include "column.hpp"
#include "keys.hpp"

#include <earlysight/text/nearest.hpp>

#include <algorithm>

namespace earlysight::python {
namespace {

std::string near(const std::string& name, const std::vector<std::string>& names) {
  const auto meant = nearest_name(name, names);
  return meant.empty() ? "" : "; did you mean " + meant + "?";
}

std::size_t find_table(const schema& s, const std::string& name) {
  const auto index = s.find(name);
  if (index >= 0) return static_cast<std::size_t>(index);
  std::vector<std::string> names;
  for (const auto& each : s.tables) names.push_back(each.name);
  throw argument_error("the pack declares no table " + name + near(name, names));
}

const source_column* find_column(const source_table& t, const std::string& name) {
  const auto found = std::find_if(t.columns.begin(), t.columns.end(), [&](const source_column& c) { return c.name == name; });
  return found == t.columns.end() ? nullptr : &*found;
}

// A column stands once, is as long as the others, and those that must be there are.
void check_columns(const schema& s, const table_declaration& declared, const source_table& t, const std::vector<std::string>& ignored) {
  const auto key = declared.shape == table_shape::many_per_child ? s.key_name() : declared.columns[static_cast<std::size_t>(declared.key)].name;
  std::vector<std::string> names = t.not_declared;
  for (const auto& c : t.columns) {
    if (std::find(names.begin(), names.end(), c.name) != names.end()) throw data_error("table " + t.name + " has the column " + c.name + " twice");
    names.push_back(c.name);
    if (c.rows() != t.rows) throw data_error("table " + t.name + ": column " + c.name + " has " + std::to_string(c.rows()) + " rows, and the first column " + std::to_string(t.rows));
  }
  if (!find_column(t, key)) throw data_error("table " + t.name + " has no column " + key + ", which says whose each row is" + near(key, ignored));
  for (std::size_t c = 0; c < declared.columns.size(); ++c) {
    const auto& column = declared.columns[c];
    const bool is_time = static_cast<std::int32_t>(c) == declared.time;
    const bool must = is_time || (column.required && static_cast<std::int32_t>(c) != declared.recorded_column);
    if (must && !find_column(t, column.name)) throw data_error("table " + t.name + " has no column " + column.name + ", which " + (is_time ? "says when each row happened" : "is required") + near(column.name, ignored));
  }
}

}  // namespace

std::vector<host_table> to_host(const schema& s, const std::vector<source_table>& given, memory& m, std::vector<column_use>& uses, std::vector<std::vector<std::string>>& ignored, const std::atomic<bool>& stop) {
  ignored.assign(s.tables.size(), {});
  std::vector<const source_table*> order;  // child first: the others name its keys
  for (const auto& t : given) {
    auto& not_declared = ignored[find_table(s, t.name)];
    not_declared = t.not_declared;
    const auto& declared = s.tables[find_table(s, t.name)];
    for (const auto& c : t.columns)
      if (declared.find(c.name) < 0 && (declared.shape != table_shape::many_per_child || c.name != s.key_name())) not_declared.push_back(c.name);
    order.insert(t.name == "child" ? order.begin() : order.end(), &t);
  }
  std::vector<host_table> out;
  std::optional<child_keys> children;
  for (const auto* table : order) {
    const auto& t = *table;
    const auto index = find_table(s, t.name);
    const auto& declared = s.tables[index];
    check_columns(s, declared, t, ignored[index]);
    host_table host;
    host.name = t.name, host.rows = t.rows;
    for (const auto& r : t.refused) host.unusable.push_back({r.row, r.column, r.value, r.reason});
    for (const auto& c : t.columns) {
      if (stop) throw stopped();
      const auto at = declared.find(c.name);
      if (declared.shape == table_shape::many_per_child && c.name == s.key_name()) {
        column_declaration child;
        child.name = c.name, child.type = column_type::key;
        const auto keys = require(child, c, t);
        if (!children) host.child_keys = texts_of(keys, t.rows, m);
        else if (auto first = children->first_rows_of(keys)) host.first_rows = m.keep(std::move(*first));
        else host.child_rows = m.keep(children->rows_of(keys));
        uses.push_back({t.name, c.name, c.found, false});
      } else if (at >= 0) {
        const bool viewed = add_column(declared.columns[static_cast<std::size_t>(at)], c, t, m, host);
        uses.push_back({t.name, c.name, c.found, viewed});
        if (declared.shape == table_shape::child && at == declared.key) children.emplace(c, host.columns.back().texts);
      }
    }
    out.push_back(std::move(host));
  }
  return out;
}

void name_strangers(const schema& s, const std::vector<source_table>& given, cohort& data) {
  const auto key = s.key_name();
  const source_table* table = nullptr;
  const source_column* keys = nullptr;
  for (auto& r : data.rejected) {
    if (r.column != key || r.reason != "no row of child has this key") continue;
    if (!table || table->name != r.file) {
      const auto found = std::find_if(given.begin(), given.end(), [&](const source_table& t) { return t.name == r.file; });
      if (found == given.end()) continue;
      table = &*found, keys = find_column(*table, key);
    }
    auto row = static_cast<std::size_t>(r.line - 1);
    for (const auto& k : keys->chunks) {
      if (row >= k.length) {
        row -= k.length;
        continue;
      }
      const auto at = place(k, row);
      r.value = at < 0 ? "" : std::string(trimmed(cell_words(k.dictionary ? *k.dictionary : k, static_cast<std::size_t>(at))));
      if (r.value.empty()) r.reason = "the key is empty";
      break;
    }
  }
}

}  // namespace earlysight::python
