// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "source.hpp"

#include <earlysight/earlysight.hpp>

namespace earlysight::python {

/// Memory that a cohort looks into and that is no library's: columns that had to be converted, bits, texts.
class memory {
 public:
  template <class T>
  std::vector<T>& keep(std::vector<T> values) {
    auto p = std::make_shared<std::vector<T>>(std::move(values));
    kept_.push_back(p);
    return *p;
  }

 private:
  std::vector<std::shared_ptr<void>> kept_;
};

/// How a column came into the cohort, for `result.copies`.
struct column_use {
  std::string table, column, found;
  bool viewed = false;
};

/// The tables as build_cohort takes them; columns that no table declares go to `ignored`. Columns are viewed where their memory is what the
/// engine reads, else converted once. Throws data_error for a type that cannot be meant.
std::vector<host_table> to_host(const schema&, const std::vector<source_table>&, memory&, std::vector<column_use>&, std::vector<std::vector<std::string>>& ignored);

}  // namespace earlysight::python
