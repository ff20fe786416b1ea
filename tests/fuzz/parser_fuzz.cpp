// SPDX-License-Identifier: Apache-2.0
// Mutated packs must be read or refused, whatever they say: no crash, no hang; what is read is laid out and read again.
#include <earlysight/earlysight.hpp>

#include "mutate.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace earlysight;

int main(int count, char** words) {
  const double seconds = count > 1 ? std::atof(words[1]) : 10;
  const auto seed = count > 2 ? std::strtoull(words[2], nullptr, 10) : 1;
  std::vector<std::string> corpus;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(EARLYSIGHT_SOURCE_DIR "/tests/conformance"))
    if (entry.path().extension() == ".sight") corpus.push_back(fuzzing::read_file(entry.path()));
  fuzzing::mutator mutate(corpus, {" and ", " or ", " not ", "where ", "in the last 6 school weeks", "\"", "--", "{", "}", "'s ", " of ", "rule x \"X\" ", "fact y = ", " is at least ", "%", " if ", ", else ", "\\", "\n", "any ", "2025-06-20", "=="}, seed);
  const auto begin = std::chrono::steady_clock::now();
  auto since = [&](auto then) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count(); };
  std::size_t runs = 0, valid = 0;
  for (; since(begin) < seconds; ++runs) {
    const auto text = mutate.next();
    const auto now = std::chrono::steady_clock::now();
    const auto report = read_pack_text("fuzz.sight", text);
    render_json(report.diagnostics, *report.sources);
    render_text(report.diagnostics, *report.sources, true);
    source_map sources;
    std::vector<diagnostic> problems;
    const auto once = format(sources, sources.add("fuzz", text), problems);
    if (once) {
      const auto twice = format(sources, sources.add("again", *once), problems);
      if (!twice || *twice != *once) {
        std::printf("layout is not stable:\n%s\n", text.c_str());
        return 1;
      }
    }
    if (report.checked) {
      ++valid;
      run_examples(report.checked);
    }
    if (since(now) > 5) {
      std::printf("took %.1f s:\n%s\n", since(now), text.c_str());
      return 1;
    }
  }
  std::printf("%zu packs read, %zu of them valid; nothing found\n", runs, valid);
  return 0;
}
