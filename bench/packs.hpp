// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace earlysight {

/// A pack of so many rules over two tables, no two alike.
inline std::string pack_of(int rules) {
  std::string text = "pack p \"P\" version \"1\"\ntable child child_id key year count attendance percent moved yes/no\n"
                     "table referral many per child at made made date seen date or not yet urgent yes/no\nflag at_risk \"At risk\"\n";
  for (int i = 0; i < rules; ++i)
    text += "rule r" + std::to_string(i) + " \"Rule\" for year is " + std::to_string(i % 12) + " when attendance is less than 90% and any referral in the last " + std::to_string(1 + i % 50) +
            " weeks where urgent, not yet seen raise at_risk, 5 points\n";
  return text;
}

}  // namespace earlysight
