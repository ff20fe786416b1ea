// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/result/examples.hpp>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

void every_example_passes(const std::string& items) {
  for (const auto& r : run_examples(checked(pack_with(items))))
    for (const auto& u : r.unmet) FAIL_CHECK(u.message);
}

}  // namespace

TEST_CASE("RULE fires is false, not nothing, of a rule that does not apply", "[plan]") {
  every_example_passes(R"(
flag other "Other"
rule first_one "First" for year is 6 when moved raise at_risk
fact first_fired = first_one fires
rule second_one "Second" when first_fired is no raise other
example "Year 5" on 2025-06-20 given child year 5, moved yes
  expect first_one does not apply
  expect first_fired is no
  expect second_one fires)");
}

TEST_CASE("a share inside a where is of all rows in the window, whatever the conditions ask of time", "[plan]") {
  every_example_passes(R"(
rule quarter "A quarter" when any referral where service is camhs, (share of referral where made is before referral's made) is 25% raise at_risk
example "Of four referrals one was made before the second" on 2025-06-20
  given referral made 2025-01-01, service speech
  given referral made 2025-02-01, service camhs
  given referral made 2025-03-01, service speech
  given referral made 2025-04-01, service speech
  expect quarter fires)");
}
