// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "column_builder.hpp"
#include "csv_marks.hpp"
#include "raw_table.hpp"

#include <deque>
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
  std::size_t first_row = 0, most_rows = 0;  // its part of the columns' room
  std::vector<column_builder> columns;       // as declared
  std::size_t rows = 0;
  std::vector<child_run> runs;               // for tables many per child, while they are few for the rows
  bool by_row = false;                       // else the child of each row stands at `child`, in its part of the room
  std::int32_t* child = nullptr;
  std::int32_t first_child = -1, last_child = -1;
  bool in_order = true;                      // the rows stand by child and time so far
  std::vector<std::uint64_t> row_lines;      // of each row, for the others; counted from the stretch's first line
  std::vector<std::size_t> rejected_children;  // rows of child that stay, with nothing known
  std::vector<rejected_row> rejected;        // lines counted likewise
  std::vector<std::int32_t> doubted;
  std::uint64_t read = 0, lines = 0;
  const char* stopped = nullptr;             // where the first row after the stretch begins

  /// Puts the child of each row before `until` at `child`, in place of the runs.
  void write_out_runs(std::size_t until);
};

/// Reads the CSV file of one table: header, then rows, on several threads where the file is worth it.
class table_reader {
 public:
  /// `progress` is told how many bytes are read, now and then, on the calling thread.
  table_reader(const schema& s, std::size_t table, std::string file, std::string_view bytes, text_pool& texts, const child_index& children, std::size_t stretch_bytes, std::function<void(std::size_t)> progress)
      : schema_(s), declared_(s.tables[table]), file_(std::move(file)), bytes_(bytes), texts_(texts), children_(children), stretch_bytes_(stretch_bytes), progress_(std::move(progress)) {}

  result<raw_table> run(unsigned threads, std::vector<rejected_row>& rejected, std::vector<cohort_warning>& warnings);

 private:
  struct place_in_row;
  result<bool> read_header(std::vector<cohort_warning>& warnings);
  std::vector<stretch> split() const;
  void make_room(std::vector<stretch>&, unsigned threads);
  stretch fresh(const stretch& like);
  void read_all(std::vector<stretch>&, unsigned threads);
  void correct_splits(std::vector<stretch>&);
  void read(stretch&) const;
  const char* read_block(stretch&, const char* row, place_in_row&) const;
  std::size_t read_children(const cell_block&, std::size_t rows, place_in_row&) const;
  void keep_block(stretch&, std::size_t rows, const place_in_row&) const;
  const char* read_any_row(stretch&, const char* row, place_in_row&) const;
  void add_run(stretch&, std::int32_t child, std::size_t first, std::size_t rows) const;
  void doubt_swallowed(stretch&, const char* row, const char* next) const;
  std::int32_t child_of(std::string_view key, place_in_row&) const;
  std::string wrong_length(std::size_t found) const;
  const std::string& key_name() const;
  raw_table join(std::vector<stretch>&, std::vector<rejected_row>&);
  void join_children(std::vector<stretch>&, raw_table&);
  void join_column(std::vector<stretch>&, std::size_t column, raw_table&);
  void join_texts(std::vector<stretch>&, std::size_t column);
  void drop_repeated_keys(raw_table&, std::vector<std::uint64_t> lines, const std::vector<std::size_t>& rejected_already, std::vector<rejected_row>&) const;

  const schema& schema_;
  const table_declaration& declared_;
  std::string file_;
  std::string_view bytes_;
  text_pool& texts_;
  const child_index& children_;
  std::size_t stretch_bytes_;
  std::function<void(std::size_t)> progress_;
  scan_level level_ = best_scan_level();
  std::deque<column_room> rooms_;  // as declared
  values_of<std::int32_t> child_room_;
  std::string digest_;
  const char* body_ = nullptr;
  std::uint64_t header_lines_ = 0;
  std::size_t key_cell_ = 0;
  std::vector<std::int32_t> column_of_cell_;  // -1: no column, or the key of a table many per child
  std::vector<std::int32_t> cell_of_column_;  // -1: not in the file
  std::vector<std::string> ignored_;
};

}  // namespace earlysight::csv
