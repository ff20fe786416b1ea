// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>
#include <earlysight/program/check.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace earlysight {

/// A pack as read and checked. `checked` is empty where a diagnostic is an error.
struct pack_report {
  std::shared_ptr<const program> checked;
  std::vector<diagnostic> diagnostics;  // in the order of the files
  std::shared_ptr<const source_map> sources;
  std::vector<std::filesystem::path> used;  // the packs that it uses, also through others; each once
};

/// Reads a pack (one file, or a folder whose .sight files are read together) and the packs that it uses, and checks it.
/// Fails only where the machine or the caller did: no such path, a file that cannot be read. Source: language.md section 2.
result<pack_report> read_pack(const std::filesystem::path& path);

/// The same for text in memory; `use` is an error there.
pack_report read_pack_text(std::string name, std::string text);

}  // namespace earlysight
