// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>
#include <earlysight/data/column.hpp>
#include <earlysight/schema/table.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

struct panel;
class child_index;

/// A row that could not be read, or does not belong; see interfaces.md, "Data given as files".
struct rejected_row {
  std::string file;
  std::uint64_t line = 0;  // where the row begins; from 1
  std::string column;      // empty where the row as a whole is at fault
  std::string value;
  std::string reason;      // an officer's words: "the date must look like 2025-06-20"
};

/// Rows read, used and rejected; read = used + rejected.
struct row_counts {
  std::uint64_t read = 0, used = 0, rejected = 0;
};

/// One table of a cohort. Rows of a table many per child stand by child (in the order of table child), then by time, then as given.
struct table_data {
  bool supplied = false;         // false: not known for every child
  std::size_t rows = 0;
  std::vector<column> columns;   // as declared, in that order
  std::vector<std::uint32_t> first_row;  // many per child: rows of child i are [first_row[i], first_row[i + 1]); else empty
  std::shared_ptr<const earlysight::panel> panel;  // many per child and regular: the same held time by time (panel.hpp); else none
  std::vector<std::uint64_t> doubted;    // many per child: bit i set where a row of child i was rejected; empty: none
  row_counts counts;
  std::string digest;            // SHA-256 of the file; empty where there is none
  std::vector<std::string> ignored_columns;  // in the file, declared by no table
};

/// A whole sentence about the data as given: a table without a file, a column that is missing, rows that were rejected.
struct cohort_warning {
  std::string text;
  std::int32_t table = -1;   // the table it is about
  std::int32_t column = -1;  // and its column, where it is about one
};

/// The children and their rows, ready to score; read-only once built, and shared by threads.
///
/// Shapes: n children; tables in the order of the schema. Key, text and ref columns hold numbers of `texts`.
struct cohort {
  std::size_t children = 0;
  std::vector<table_data> tables;
  std::vector<std::string> texts;               // distinct texts; number i is texts[i]
  std::vector<rejected_row> rejected;
  std::vector<cohort_warning> warnings;
  std::vector<std::uint32_t> keys;              // text number of each child's key
  std::shared_ptr<child_index> index;           // how a child is found by key; made with the cohort, filled when keys are looked for

  const std::string& key_of(std::size_t child) const { return texts[keys[child]]; }
  /// The child with this key, or -1. Safe from several threads.
  std::int64_t find_child(std::string_view key) const;
};

}  // namespace earlysight
