// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort_builder.hpp>
#include <earlysight/program/program.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace earlysight::workload {

/// One column in memory: whole numbers as narrow as they fit, and bits of the rows that are known and that have a value.
struct memory_column {
  std::string name;
  std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::int32_t>, std::vector<float>> values;
  std::vector<std::uint64_t> known, present;  // empty: every row
};

struct memory_table {
  std::string name;
  std::vector<memory_column> columns;
  std::vector<std::uint32_t> child;  // of tables many per child: the row of the child
  std::size_t rows() const;
};

/// The invented data of the reference workload, held as a host would: the tables of workload.sight, table child first, rows by child and time.
///
/// Child i is the same for every number of children and of threads.
struct memory {
  std::size_t children = 0;
  std::vector<memory_table> tables;
  std::vector<std::string> keys;
};

inline constexpr std::size_t weeks = 39;

/// How the invented data differ from the reference, to look for cliffs. What is not changed stays as it is in the reference, cell for cell.
struct shape {
  std::size_t children = 10'000;
  std::uint64_t seed = 1;
  double missing = 0.03;        // share of the cells not known, of all tables but attendance
  double missing_weeks = 0;     // share of the cells not known, of attendance
  bool shuffled = false;        // rows of the tables many per child stand in no order
  std::string long_table;       // one child, the middle one, has so many rows more of this table; empty: none
  std::size_t long_rows = 0;
  bool long_daily = false;      // of attendance: a row for each of the last 273 days over again, not for each week
  std::size_t categories = 0;   // child.ward and referral.provider of so many categories; 0: no such columns
};

/// Makes the reference's children, `children` of them from a seed.
memory generate(std::size_t children, std::uint64_t seed);
memory generate(const shape&);
/// The part of `shape` that is a change to tables already made.
void reshape(const shape&, memory&);

/// A cohort that views this memory, which must outlive it.
result<cohort> view(const memory&, const schema&);

/// The bytes of the columns that the rules of a pack read, with their bits and the offsets of the tables' rows.
std::size_t bytes_read(const program&, const cohort&);

/// Each column as a NumPy file TABLE.COLUMN.npy, its bits as TABLE.COLUMN.known.npy and .present.npy (a byte a row), the children as TABLE.child_row.npy.
void write_numpy(const memory&, const std::filesystem::path& folder);
/// Each table as a CSV file, as `earlysight score` reads it.
void write_csv(const memory&, const schema&, const std::filesystem::path& folder);

date as_of();
/// The Mondays of the school weeks up to the as-of date, `weeks` of them.
std::vector<std::int32_t> mondays();
/// A pack, read and checked; std::invalid_argument where it does not compile.
std::shared_ptr<const program> pack_at(const std::filesystem::path& file);
/// The pack beside this file.
std::shared_ptr<const program> reference_pack();

}  // namespace earlysight::workload
