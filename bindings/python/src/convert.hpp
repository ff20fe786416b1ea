// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "source.hpp"

#include <earlysight/earlysight.hpp>

#include <atomic>
#include <exception>

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

/// How a column came into the cohort, for `result.columns`.
struct column_use {
  std::string table, column, found;
  bool viewed = false;
};

/// The caller has pressed Ctrl-C.
struct stopped : std::exception {};

/// The tables as build_cohort takes them; columns that no table declares go to `ignored`. Columns are viewed where their memory is what the
/// engine reads, else converted once. Throws data_error for a type that cannot be meant, `stopped` when `stop` is set.
std::vector<host_table> to_host(const schema&, const std::vector<source_table>&, memory&, std::vector<column_use>&, std::vector<std::vector<std::string>>& ignored, const std::atomic<bool>& stop);

/// In the rejected rows of children who are not in table child: the key as it was given.
void name_strangers(const schema&, const std::vector<source_table>&, cohort&);

}  // namespace earlysight::python
