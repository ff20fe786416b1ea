// SPDX-License-Identifier: Apache-2.0
// What the plain model draws from: of each table how many rows a child has, of each column how its values are spread, one by one.
// Guessed from the types of a pack's columns, or learnt from an authority's own files.
#pragma once
#include "random.hpp"
#include "value.hpp"

#include <earlysight/data/cohort.hpp>
#include <earlysight/schema/table.hpp>

#include <vector>

namespace earlysight::simulation {

/// Numbers: values that many rows hold, by their shares; the rest by the levels between which tens of rows lie.
struct number_margin {
  std::vector<double> values, up_to;  // cumulative shares
  double pooled = 0;                  // share of the rest
  std::vector<double> levels;         // from lowest to highest, equally likely between neighbours
  bool whole = false;
  double draw(draws&) const;
  bool empty() const { return values.empty() && levels.empty(); }
};

/// Days: stretches (months, or several months together) by their cumulative shares.
struct day_margin {
  std::vector<date> first, last;
  std::vector<double> up_to;
  date draw(draws&) const;
  bool empty() const { return first.empty(); }
};

struct column_margin {
  double empty = 0;               // share of cells without a value
  std::vector<double> shares;     // cumulative: of categories in the order of the declaration, or of no and yes
  number_margin numbers;          // numbers; of dates in tables with a time: days after it; of ends: days from the start
  day_margin days;                // dates that hang on no other
};

struct table_margin {
  number_margin rows;             // of a child; of a lookup, its rows
  std::vector<date> grid;         // a table of weeks or days: its dates, in order; else empty
  int per_date = 1;               // rows of a child on one of them
  bool apart = true;              // spells follow one another
  std::vector<column_margin> columns;
};

/// Margins by type: what a table called so might hold.
table_margin guessed_margin(const table_declaration&, date from, date to, std::int64_t children, const std::vector<date>& weeks);

/// Fewer rows than this that hold a value, or lie in a month, are never told apart from others.
inline constexpr std::size_t pooled_below = 10;

/// Margins of a table as read. Columns and tables that were not supplied, or hold nothing, keep `otherwise`.
table_margin learnt_margin(const cohort&, std::size_t table, const table_declaration&, table_margin otherwise);

}  // namespace earlysight::simulation
