// SPDX-License-Identifier: Apache-2.0
// earlysight-oracle PACK.sight AS_OF: what the plain evaluator says of folders of CSV files, for the tests in Python.
//
// Standard input: the path of a folder, a line each. Standard output, for each folder: a line "CHILD LOW HIGH OUTCOME…" a child, outcomes in the
// order of the rules' names, parted by tabs; then an empty line.
#include "../../oracle/oracle.hpp"

#include <earlysight/earlysight.hpp>

#include <cstdio>
#include <iostream>

using namespace earlysight;

int main(int argc, char** argv) try {
  if (argc != 3) return std::fputs("earlysight-oracle PACK.sight AS_OF\n", stderr), 2;
  const auto report = load_pack(argv[1]).value_or_throw();
  const auto as_of = parse_date(argv[2]);
  if (!report.checked || !as_of) return std::fputs("earlysight-oracle: no such pack or day\n", stderr), 2;
  const auto& p = *report.checked;
  for (std::string folder; std::getline(std::cin, folder);) {
    const auto data = load_cohort(p.schema, folder).value_or_throw();
    for (std::size_t child = 0; child < data.children; ++child) {
      const auto said = oracle::evaluate(p, data, *as_of, child);
      std::printf("%s\t%.17g\t%.17g", data.key_of(child).c_str(), said.score_low, said.score_high);
      for (const auto& outcome : said.outcomes) std::printf("\t%s", outcome.c_str());
      std::puts("");
    }
    std::puts("");
    std::fflush(stdout);
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "earlysight-oracle: %s\n", e.what());
  return 1;
}
