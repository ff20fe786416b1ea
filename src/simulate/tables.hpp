// SPDX-License-Identifier: Apache-2.0
// A pack's tables as files: which of a story's cells go into which column, and how each becomes text.
#pragma once
#include "margins.hpp"
#include "places.hpp"
#include "rows.hpp"
#include "text_buffer.hpp"

#include <span>

namespace earlysight::simulation {

/// How a column comes by its text.
enum class cell_source : std::uint8_t { plain, date, amount, truth, category, something, text, key, upn };

struct column_writer {
  cell_source from = cell_source::plain;
  std::int32_t slot = -1;               // in the story's row
  value::kind wants = value::empty;     // what the story must hold there; else the plain model fills the cell
  bool whole = false;                   // a count: no fractions
  bool required = false;                // without a value there is no row
  bool may_miss = false;                // an empty cell says that it is not known
  bool count = false;                   // of sessions in weekly and termly rows: missing at a rate of its own
  std::vector<std::int16_t> categories; // by word: the category, or -1
  std::vector<std::string> texts;       // categories as cells
};

struct table_writer {
  const table_declaration* declared = nullptr;
  std::int32_t known = -1;  // the story's table, or -1: plain
  table_margin margin;
  std::vector<column_writer> columns;
  std::string header;
  std::size_t widest = 0;  // bytes of the longest row
};

/// The rows of a stretch of children, one buffer a table, and how many there are.
struct stretch_text {
  std::vector<text_buffer> tables;
  std::vector<std::uint64_t> rows;
  text_buffer truth;
  std::uint64_t truths = 0;
  void clear();
};

/// All tables of a pack; shared by threads, read-only.
class table_writers {
 public:
  table_writers(const schema&, const timeline&, const places&, const figures&, std::uint64_t seed, std::int64_t children);

  /// Margins learnt from files, one a table; then no table is told by a story.
  void learn(const cohort&);

  bool declares(known_table t) const { return place_[static_cast<std::size_t>(t)] >= 0; }
  std::span<const table_writer> all() const { return tables_; }
  std::int64_t children() const { return children_; }
  const schema& declared() const { return schema_; }

  /// Writes a row of a story; false where the extract would not hold it: it happens after `to`, or is of a kind that the pack does not list.
  bool add(stretch_text&, known_table, std::int64_t child, std::span<const value> row, draws& gaps) const;
  /// The rows of tables that no story knows, of one child.
  void add_plain(stretch_text&, std::int64_t child, std::int64_t first_of_stretch, std::int64_t end_of_stretch) const;
  /// All rows of a lookup table.
  void add_lookup(text_buffer&, std::uint64_t& rows, std::size_t table) const;
  void add_truth(stretch_text&, std::int64_t child, word story, date from, std::string_view detail) const;

  char* write_child(char* p, std::int64_t child) const { return write_padded(write_text(p, "c"), static_cast<std::uint64_t>(child + 1), width_); }

 private:
  struct plain_row {
    draws& d;
    date time = no_day, end = no_day;
    std::int64_t child = 0, first = 0, last = 0;
    double possible = -1;
  };
  char* write_plain(char* p, const table_writer&, std::size_t column, plain_row&) const;
  char* write_value(char* p, const column_writer&, value) const;
  void plan(table_writer&);
  void plan_column(table_writer&, const column_declaration&, std::int32_t place);
  void plain_rows(stretch_text&, std::size_t table, plain_row) const;
  std::int64_t lookup_rows(std::size_t table) const;
  char* write_lookup_key(char* p, std::size_t table, std::int64_t number) const;

  const schema& schema_;
  const timeline& time_;
  const places& places_;
  const figures& p_;
  std::uint64_t seed_;
  std::int64_t children_;
  int width_;
  std::vector<table_writer> tables_;
  std::array<std::int32_t, known_tables> place_{};
  date_texts texts_;
};

}  // namespace earlysight::simulation
