// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cell.hpp"
#include "column_room.hpp"

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace earlysight::csv {

/// Rows of plain cells, all with as many: cell c of row r ends at base + ends[r * cells + c] and begins after the end before it.
/// 8 bytes from each cell's begin, and 4 bytes before its end, are readable.
struct cell_block {
  const char* base;
  const std::uint32_t* ends;
  std::size_t cells;
  bool carriages;  // some rows end with a carriage return before their line feed
};

/// A cell of a block without the quotes around it and the carriage return after it.
struct cell_bounds {
  const char* begin;
  const char* end;
  std::size_t size() const { return static_cast<std::size_t>(end - begin); }
};

/// Gives one cell of each row in turn to `read`, with its row, while it answers true. The row at which it does not, or n.
template <class Read>
inline std::size_t each_cell(const cell_block& b, std::size_t cell, std::size_t n, Read read) {
  const char* const base = b.base;
  const std::uint32_t* at = b.ends + cell;
  const auto step = b.cells;
  if (!b.carriages || cell + 1 < b.cells) {
    for (std::size_t r = 0; r < n; ++r, at += step)
      if (!read(cell_bounds{base + static_cast<std::uint32_t>(at[-1] + 1), base + at[0]}, r)) return r;
    return n;
  }
  for (std::size_t r = 0; r < n; ++r, at += step) {
    cell_bounds c{base + static_cast<std::uint32_t>(at[-1] + 1), base + at[0]};
    if (c.end > c.begin && c.end[-1] == '\r') --c.end;
    if (!read(c, r)) return r;
  }
  return n;
}

/// The text of such a cell: its quotes taken off, spaces around it trimmed. False where quotes are doubled inside.
bool plain_text(cell_bounds, std::string_view& out);

/// The cells of one column of one stretch of a file, put into their part of the column's room as values of its type.
class column_builder {
 public:
  /// The stretch's rows begin at row `first` of the room.
  column_builder(const column_declaration&, column_room&, std::size_t first);

  /// Reads a cell that is not empty; why not, where it cannot. A text must stay where it is until `keep`.
  why_not read(std::string_view cell);
  /// What an empty cell says; why not, where it must not be empty.
  why_not read_empty() {
    if (declared_->required) return "this cell must not be empty";
    state_ = declared_->empty == empty_cell::not_known ? state::not_known : state::nothing;
    return nullptr;
  }
  void set_not_known() { state_ = state::not_known; }
  /// Adds what was read last as the next row.
  void keep();

  /// Reads the cells of the next `rows` rows, and answers of how many it could: the row after them is to be read a cell at a time.
  std::size_t read_block(const cell_block&, std::size_t cell, std::size_t rows);
  /// Adds the first `n` of the rows that read_block read.
  void keep_block(std::size_t n);

  /// Of dates, the days read so far.
  const std::int32_t* days() const { return wholes_; }
  /// No more cells come: what only reading needs is given back.
  void end_stretch();

  std::size_t rows = 0;
  bool small = true;  // of numbers: all are in `bytes`
  row_marks not_known, nothing;
  text_pool texts;

 private:
  enum class state : std::uint8_t { value, nothing, not_known };
  struct month {
    std::uint64_t written = 0;   // 2025-06-
    std::int32_t day_before = 0;  // the day before its first
    std::uint32_t days = 0;
  };
  struct short_cell {
    std::uint64_t bytes = 0;
    std::uint8_t value = 2;  // neither yes nor no: free
  };
  // A declared value: its first and last eight bytes tell all up to 16 apart.
  struct category {
    std::uint64_t first = 0, last = 0;
    std::uint32_t size = 0, code = 0;  // size 0 is free
  };

  // Of each type, what read_block does.
  std::size_t read_dates(const cell_block&, std::size_t cell, std::size_t rows);
  std::size_t read_numbers(const cell_block&, std::size_t cell, std::size_t rows);
  std::size_t read_categories(const cell_block&, std::size_t cell, std::size_t rows);
  std::size_t read_yes_nos(const cell_block&, std::size_t cell, std::size_t rows);
  std::size_t read_texts(const cell_block&, std::size_t cell, std::size_t rows);
  // One cell of a block, in any form: false where its row is to be read a cell at a time.
  bool read_date_cell(cell_bounds, std::size_t row);
  bool read_number_cell(cell_bounds, std::size_t row);
  bool read_category_cell(cell_bounds, std::size_t row);
  bool read_yes_no_cell(cell_bounds, std::size_t row);
  bool note_empty(std::size_t row);

  void remember_month(const char* date);
  void index_categories();
  const category* find_category(std::uint64_t first, std::uint64_t last, const char* p, std::size_t size) const;
  const category* find_category(std::string_view) const;
  why_not read_any_number(std::string_view, double& out) const;
  std::int32_t number_of(std::string_view text);
  void keep_number(double);
  void widen();

  const column_declaration* declared_;
  column_room* room_;
  std::int32_t* wholes_;
  std::uint16_t* categories_;
  std::uint8_t* bytes_;
  double* numbers_ = nullptr;
  std::size_t first_;

  state state_ = state::value;
  std::uint16_t code_ = 0;
  std::uint8_t yes_ = 0;
  std::int32_t day_ = 0;
  double number_ = 0;
  std::string_view text_;
  std::uint32_t last_text_ = 0;

  std::vector<std::uint32_t> empties_;        // rows of the block whose cell is empty
  std::vector<std::string_view> block_texts_;
  std::vector<month> months_;                 // by a hash of how they are written
  std::array<short_cell, 16> yes_nos_{};      // likewise
  std::vector<category> categories_by_hash_;
};

}  // namespace earlysight::csv
