// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/render/diagnostics.hpp>
#include <earlysight/syntax/format.hpp>

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace earlysight::command {
namespace {

namespace fs = std::filesystem;

result<std::vector<fs::path>> files_of(const fs::path& pack) {
  std::error_code code;
  if (!fs::exists(pack, code)) return failure{failure_kind::arguments, "there is no pack at " + pack.string()};
  if (!fs::is_directory(pack, code)) return std::vector<fs::path>{pack};
  std::vector<fs::path> out;
  for (fs::recursive_directory_iterator it(pack, code), end; !code && it != end; it.increment(code))
    if (it->is_regular_file(code) && it->path().extension() == ".sight") out.push_back(it->path());
  if (code) return failure{failure_kind::machine, "cannot read the folder " + pack.string() + ": " + code.message()};
  std::sort(out.begin(), out.end());
  return out;
}

// Through a file beside it, so that a full disk leaves the old text.
bool replace_file(const fs::path& path, const std::string& text) {
  auto temporary = path;
  temporary += ".part-" + std::to_string(::getpid());
  {
    std::ofstream out(temporary, std::ios::binary);
    out << text;
    if (!out.flush()) {
      std::error_code ignored;
      fs::remove(temporary, ignored);
      return false;
    }
  }
  std::error_code code;
  fs::permissions(temporary, fs::status(path, code).permissions(), code);
  fs::rename(temporary, path, code);
  return !code;
}

}  // namespace

int run_format(const arguments& a) {
  const auto files = files_of(a.pack);
  if (!files) return report(files.error());
  int code = done;
  std::size_t changed = 0;
  for (const auto& path : *files) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return report({failure_kind::machine, "cannot read " + path.string()});
    const std::string before((std::istreambuf_iterator<char>(in)), {});
    source_map sources;
    std::vector<diagnostic> diagnostics;
    const auto after = format(sources, sources.add(path.string(), before), diagnostics);
    if (!after) {
      fmt::print(stderr, "{}", render_text(diagnostics, sources, colour_on(2)));
      code = pack_has_errors;
      continue;
    }
    if (*after == before) continue;
    ++changed;
    if (a.check_only) {
      fmt::print("{} is laid out otherwise\n", path.string());
      code = pack_has_errors;
    } else if (!replace_file(path, *after)) {
      return report({failure_kind::machine, "cannot write " + path.string() + ": it is as it was"});
    } else {
      fmt::print("{}: laid out\n", path.string());
    }
  }
  if (code == done && changed == 0) fmt::print("{} file{} in the canonical layout\n", files->size(), files->size() == 1 ? " is" : "s are");
  return code;
}

}  // namespace earlysight::command
