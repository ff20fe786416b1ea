// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "column_builder.hpp"
#include "raw_table.hpp"

#include <functional>

namespace earlysight::csv {

/// Which child a key names, and the other way.
struct child_index {
  std::vector<std::int32_t> child_of_text;  // by text number; -1: none, and so are texts past the end
  std::vector<std::int32_t> text_of_child;
};

/// What one stretch of a file gives; the rows of the stretches in order are the rows of the file.
struct stretch {
  const char* begin = nullptr;
  const char* end = nullptr;
  std::vector<column_builder> columns;   // as declared
  std::size_t rows = 0;
  std::vector<std::int32_t> child;       // of each row, for tables many per child
  std::vector<std::uint64_t> row_lines;  // of each row, for the others; counted from the stretch's first line
  std::vector<std::size_t> rejected_children;  // rows of child that stay, with nothing known
  std::vector<rejected_row> rejected;    // lines counted likewise
  std::vector<std::int32_t> doubted;
  std::uint64_t read = 0, lines = 0;
  const char* stopped = nullptr;         // where the first row after the stretch begins
};

/// Reads the CSV file of one table: header, then rows, on several threads where the file is worth it.
class table_reader {
 public:
  /// `progress` is told how many bytes are read, now and then, on the calling thread.
  table_reader(const schema& s, std::size_t table, std::string file, std::string_view bytes, text_pool& texts, const child_index& children, std::function<void(std::size_t)> progress)
      : schema_(s), declared_(s.tables[table]), file_(std::move(file)), bytes_(bytes), texts_(texts), children_(children), progress_(std::move(progress)) {}

  result<raw_table> run(unsigned threads, std::vector<rejected_row>& rejected, std::vector<cohort_warning>& warnings);

 private:
  struct place_in_row;
  result<bool> read_header(std::vector<cohort_warning>& warnings);
  std::vector<stretch> split(unsigned threads) const;
  stretch fresh(const char* begin, const char* end) const;
  void read_all(std::vector<stretch>&) const;
  void read(stretch&, std::size_t expected_rows, bool tells) const;
  const char* read_plain_row(stretch&, const char* row, place_in_row&) const;
  const char* read_any_row(stretch&, const char* row, place_in_row&) const;
  void doubt_swallowed(stretch&, const char* row, const char* next) const;
  std::int32_t child_of(std::string_view key, place_in_row&) const;
  std::size_t rows_in(std::size_t bytes) const;
  std::string wrong_length(std::size_t found) const;
  const std::string& key_name() const;
  raw_table join(std::vector<stretch>&, std::vector<rejected_row>&);
  void join_column(std::vector<stretch>&, const std::vector<std::size_t>& base, std::size_t column, raw_table&);
  void drop_repeated_keys(raw_table&, std::vector<std::uint64_t> lines, const std::vector<std::size_t>& rejected_already, std::vector<rejected_row>&) const;

  const schema& schema_;
  const table_declaration& declared_;
  std::string file_;
  std::string_view bytes_;
  text_pool& texts_;
  const child_index& children_;
  std::function<void(std::size_t)> progress_;
  const char* body_ = nullptr;
  std::uint64_t header_lines_ = 0;
  std::size_t key_cell_ = 0;
  std::vector<std::int32_t> column_of_cell_;  // -1: no column, or the key of a table many per child
  std::vector<std::int32_t> cell_of_column_;  // -1: not in the file
  std::vector<std::string> ignored_;
};

}  // namespace earlysight::csv
