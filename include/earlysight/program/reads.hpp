// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/program/program.hpp>

#include <vector>

namespace earlysight {

/// Which tables and columns the rules of a pack, and what they rest on, read. A pack may declare many more, so that several packs
/// share one data model; of those a run needs no file.
///
///     data_read read = what_is_read(*pack);
///     read.columns[table][column]
struct data_read {
  std::vector<bool> tables;                 // by schema table
  std::vector<std::vector<bool>> columns;   // by schema table and column
};

data_read what_is_read(const program&);

}  // namespace earlysight
