// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

/// One figure of a profile: a share (held as a fraction, 0 to 1) or a number from 0 to `most`.
struct profile_entry {
  std::string_view name;
  double value = 0;   ///< the default: England, as docs/simulate.md says
  double most = 1;    ///< the largest value allowed
  bool share = true;  ///< written as a percentage
  std::string_view meaning;
};

/// All figures, in the order of the file that `render_profile` writes.
std::span<const profile_entry> profile_entries();

/// How common everything is in a simulated cohort: one value an entry.
///
///     auto p = read_profile("sen_support = 20%  # ours\n", "ours.profile").value_or_throw();
///     p.value("sen_support")   // 0.2
class simulation_profile {
 public:
  simulation_profile();
  /// Requires: `name` is an entry's. Unknown names answer 0.
  double value(std::string_view name) const;
  double operator[](std::size_t entry) const { return values_[entry]; }
  void set(std::size_t entry, double value) { values_[entry] = value; }

 private:
  std::vector<double> values_;
};

/// Reads lines `name = value`, `#` begins a comment; what is not named keeps its default. A share is written `14%` or `0.14`.
/// Fails with `arguments` and the place (`path:line:column`): a name that no entry has (with the nearest one), a value that is no
/// number or out of range, a name given twice, a line of another form.
result<simulation_profile> read_profile(std::string_view text, std::string_view path);

/// The whole profile as such a file, with every entry's meaning; reading it gives the same profile.
std::string render_profile(const simulation_profile&);

}  // namespace earlysight
