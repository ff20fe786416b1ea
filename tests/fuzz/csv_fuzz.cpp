// SPDX-License-Identifier: Apache-2.0
// Mutated files must be read or refused: no crash, every row used or rejected, and the same with one thread as with three, in stretches of any size.
#include <earlysight/earlysight.hpp>

#include "mutate.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

using namespace earlysight;

namespace {

// Equal in all that scoring reads.
bool same(const cohort& a, const cohort& b) {
  if (a.children != b.children || a.texts != b.texts || a.keys != b.keys || a.rejected.size() != b.rejected.size()) return false;
  for (std::size_t i = 0; i < a.rejected.size(); ++i)
    if (a.rejected[i].line != b.rejected[i].line || a.rejected[i].reason != b.rejected[i].reason) return false;
  for (std::size_t t = 0; t < a.tables.size(); ++t) {
    const auto &x = a.tables[t], &y = b.tables[t];
    if (x.rows != y.rows || x.first_row != y.first_row || x.doubted != y.doubted || x.counts.rejected != y.counts.rejected) return false;
    for (std::size_t c = 0; c < x.columns.size(); ++c)
      for (std::size_t r = 0; r < x.rows; ++r) {
        const auto &p = x.columns[c], &q = y.columns[c];
        if (p.values.index() != q.values.index() || p.known.test(r) != q.known.test(r) || p.present.test(r) != q.present.test(r)) return false;
        const bool equal = std::visit([&](const auto& values) {
          using held = std::decay_t<decltype(values)>;
          if constexpr (std::is_same_v<held, std::monostate>) return true;
          else return values[r] == std::get<held>(q.values)[r];
        }, p.values);
        if (!equal) return false;
      }
  }
  return true;
}

}  // namespace

int main(int count, char** words) {
  const double seconds = count > 1 ? std::atof(words[1]) : 10;
  const auto seed = count > 2 ? std::strtoull(words[2], nullptr, 10) : 1;
  const auto pack = load_pack(EARLYSIGHT_SOURCE_DIR "/rules/transition").value_or_throw().checked;
  std::vector<std::string> children, attendance;
  for (const char* folder : {"/examples/cohort/", "/examples/cohort-bad/"}) {
    children.push_back(fuzzing::read_file(std::string(EARLYSIGHT_SOURCE_DIR) + folder + "child.csv").substr(0, 4000));
    attendance.push_back(fuzzing::read_file(std::string(EARLYSIGHT_SOURCE_DIR) + folder + "attendance.csv").substr(0, 8000));
  }
  const std::vector<std::string> bits{",", "\"", "\"\"", "\n", "\r\n", "\r", ",,", "2025-06-20", "1e308", "-", "%", "\xEF\xBB\xBF", std::string(1, '\0'), "c0001", "\"a\nb\"", "nan", "inf", "999999999999999999999"};
  fuzzing::mutator child(children, bits, seed), rows(attendance, bits, seed + 1);
  const auto folder = std::filesystem::temp_directory_path() / ("earlysight-fuzz-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto begin = std::chrono::steady_clock::now();
  std::size_t runs = 0, loaded = 0;
  int code = 0;
  for (; code == 0 && std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() < seconds; ++runs) {
    std::ofstream(folder / "child.csv", std::ios::binary) << child.next();
    auto attended = rows.next();
    // Now and then a large file.
    if (runs % 32 == 0)
      while (attended.size() < (5u << 20)) attended += rows.next();
    std::ofstream(folder / "attendance.csv", std::ios::binary) << attended;
    load_options one, three;
    one.threads = 1, three.threads = 3;
    one.stretch_bytes = std::size_t{1} << 30, three.stretch_bytes = attended.size() / (1 + runs % 40) + runs % 3;
    const auto a = load_cohort(pack->schema, folder, one), b = load_cohort(pack->schema, folder, three);
    if (static_cast<bool>(a) != static_cast<bool>(b)) code = 1;
    if (!a || !b) continue;
    ++loaded;
    for (const auto& t : a->tables)
      if (t.counts.read != t.counts.used + t.counts.rejected) code = 1;
    if (!same(*a, *b)) code = 1;
    auto lowered = lower(pack, *parse_date("2025-06-20"));
    if (lowered && !score(std::make_shared<const plan>(std::move(*lowered)), *a)) code = 1;
    if (code != 0) std::printf("rows are lost, or threads differ: seed %llu, run %zu\n", static_cast<unsigned long long>(seed), runs);
  }
  std::filesystem::remove_all(folder);
  if (code == 0) std::printf("%zu cohorts read, %zu of them usable; nothing found\n", runs, loaded);
  return code;
}
