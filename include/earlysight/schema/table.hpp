// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/calendar/duration.hpp>
#include <earlysight/schema/kind.hpp>
#include <earlysight/text/source.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

enum class column_type : std::uint8_t {
  key, text, yes_no, count, number, percent, points, hours, sessions, pounds, date, category, ref
};

/// What an empty cell says.
enum class empty_cell : std::uint8_t { not_known, none, not_yet };

/// A column as a pack declares it. Source: language.md section 2.
struct column_declaration {
  std::string name;
  column_type type = column_type::text;
  std::vector<std::string> categories;  // of a category: its values, in order; the code is the place
  std::int32_t category_set = -1;       // of a category: the program's set (equal lists share one)
  std::string ref_name;                 // of a ref: the table it names
  std::int32_t ref_table = -1;          // of a ref: that table's index
  empty_cell empty = empty_cell::not_known;
  bool planned = false;       // dates: may lie after the as-of date
  bool required = false;      // an empty cell rejects the row
  bool is_protected = false;  // a protected characteristic
  std::string description;
  span where;
};

enum class table_shape : std::uint8_t { child, many_per_child, lookup };

/// A table as a pack declares it. Of tables `many per child`, the column that names the child (it has the name of child's key)
/// is not among `columns`.
struct table_declaration {
  std::string name;
  table_shape shape = table_shape::child;
  std::vector<column_declaration> columns;
  std::int32_t key = -1;               // column of child and lookup tables
  std::int32_t time = -1, end = -1;    // columns: `at time`, or `from time to end`; -1 where there is none
  std::int32_t recorded_column = -1;   // `recorded COLUMN`
  bool recorded_later = false;         // `recorded DURATION later`
  duration recorded_after;
  span where;

  bool has_time() const { return time >= 0; }
  bool is_interval() const { return end >= 0; }
  /// Index of the column called so, or -1.
  std::int32_t find(std::string_view column) const;
};

/// The tables of a pack; tables[child] is table child.
struct schema {
  std::vector<table_declaration> tables;
  std::int32_t child = -1;
  std::int32_t find(std::string_view table) const;
  const std::string& key_name() const { return tables[child].columns[tables[child].key].name; }
};

/// The kind of a column's values.
value_type type_of(const column_declaration&);

}  // namespace earlysight
