// SPDX-License-Identifier: Apache-2.0
// Simulated absence against the published figures of England, 2022/23.
#include "support/simulated.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <set>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

using bands = std::array<double, 11>;
using group = std::pair<int, bool>;  // year group, any special educational need

// Counts of enrolments by band, from the file as it was published.
std::map<group, bands> published() {
  std::map<group, bands> out;
  for (auto& row : rows_of(std::string(EARLYSIGHT_SOURCE_DIR) + "/tests/calibration/absence-bands-england-2022-23.csv")) {
    if (row["sen_status"] == "Unclassified") continue;
    auto& b = out[{std::stoi(row["year_group"]), row["sen_status"][0] == 'A'}];
    for (std::size_t i = 0; i < 10; ++i) b[i] += std::stod(row["absence_pct_to_" + std::to_string(5 * (i + 1))]);
    b[10] += std::stod(row["absence_pct_over_50"]);
  }
  return out;
}

struct counted {
  double possible = 0, missed = 0;
};

// Sessions of the whole year from weekly rows, of children whose schools send them.
std::map<group, bands> simulated_bands(std::int64_t children) {
  data_folder folder;
  auto o = one_year(children, 20);
  o.to = make_date(2025, 7, 22);
  simulated(*data_model(), folder.path(), o);
  const auto c = loaded_strictly(*data_model(), folder.path());
  const auto& s = data_model()->schema;
  auto numbers = [&](const char* table, const char* column) {
    std::vector<double> out;
    std::visit(
        [&](const auto& values) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) out.assign(values.begin(), values.end());
        },
        table_of(s, c, table).columns[static_cast<std::size_t>(s.tables[static_cast<std::size_t>(s.find(table))].find(column))].values);
    return out;
  };
  const auto& weeks = table_of(s, c, "attendance");
  const auto possible = numbers("attendance", "possible"), authorised = numbers("attendance", "authorised"), unauthorised = numbers("attendance", "unauthorised"), years = numbers("child", "year");
  const auto& children_ = table_of(s, c, "child");
  const auto& declared = s.tables[static_cast<std::size_t>(s.child)];
  const auto sen = static_cast<std::size_t>(declared.find("sen")), year = static_cast<std::size_t>(declared.find("year"));
  const auto needs = numbers("child", "sen");
  std::map<group, bands> out;
  auto known = [&](const char* column, std::size_t r) { return weeks.columns[static_cast<std::size_t>(s.tables[static_cast<std::size_t>(s.find("attendance"))].find(column))].known.test(r); };
  for (std::size_t child = 0; child < c.children; ++child) {
    if (!children_.columns[sen].known.test(child) || !children_.columns[year].known.test(child)) continue;
    counted n;
    for (auto r = weeks.first_row[child]; r < weeks.first_row[child + 1]; ++r) {
      if (!known("possible", r) || !known("authorised", r) || !known("unauthorised", r)) continue;
      n.possible += possible[r], n.missed += authorised[r] + unauthorised[r];
    }
    // The statistics count enrolments; of those for a few weeks only, little can be said.
    if (n.possible < 100) continue;
    const auto band = std::min<std::size_t>(10, static_cast<std::size_t>(std::max(0.0, std::ceil(n.missed / n.possible * 20 - 1e-9) - 1)));
    out[{static_cast<int>(years[child]), needs[child] != 0}][band] += 1;
  }
  return out;
}

double total(const bands& b) {
  double sum = 0;
  for (auto x : b) sum += x;
  return sum;
}

}  // namespace

TEST_CASE("simulated absence keeps to the published bands of every year group, with and without special educational needs", "[simulate][calibration]") {
  const auto want = published();
  REQUIRE(want.size() == 22);
  const auto got = simulated_bands(80'000);
  std::printf("\nhalf the sum of differences of band shares from England 2022/23 (0: the same), and what chance alone gives on average\n");
  double worst = 0;
  for (const auto& [g, w] : want) {
    const auto& found = got.at(g);
    const auto n = total(found), all = total(w);
    double distance = 0, chance = 0;
    for (std::size_t i = 0; i < 11; ++i) {
      const auto share = w[i] / all;
      distance += std::abs(found[i] / n - share) / 2;
      chance += std::sqrt(share * (1 - share) / n * 2 / 3.14159265) / 2;
    }
    std::printf("  Year %2d %-8s %6.0f pupils  distance %.4f  chance %.4f  over half missed %.2f%% (published %.2f%%)\n", g.first, g.second ? "any need" : "no need", n, distance, chance, 100 * found[10] / n, 100 * w[10] / all);
    CHECK(distance <= 0.02 + 1.5 * chance);
    worst = std::max(worst, distance - chance);
  }
  std::printf("  the worst is %.4f above chance\n", worst);

  // Severe absence of pupils with needs doubles as they move to secondary school: 1.9 % in Year 6, 3.9 % in Year 7.
  const auto severe = [&](int year) { return got.at({year, true})[10] / total(got.at({year, true})); };
  CHECK(severe(7) / severe(6) > 1.5);
  CHECK(severe(7) / severe(6) < 3);
}
