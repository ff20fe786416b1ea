// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/program/program.hpp>
#include <earlysight/syntax/tree.hpp>
#include <earlysight/text/diagnostic.hpp>

#include <memory>
#include <string>
#include <vector>

namespace earlysight {

/// One pack of a program: the root (index 0) or one that it uses, with the items that its files hold.
struct pack_unit {
  std::string path;                  // as the author would write it
  std::vector<std::uint32_t> files;  // in source_map, in byte order of their relative paths
  std::vector<node_id> items;        // in syntax_tree
  struct used {
    std::int32_t unit = -1;          // index of the used pack; -1 where it could not be read (already reported)
    node_id item = no_node;          // its use_item
  };
  std::vector<used> uses;
};

/// All that belongs to a pack, read and parsed: what `check` works on.
struct pack_text {
  std::shared_ptr<source_map> sources = std::make_shared<source_map>();
  syntax_tree tree;
  std::vector<pack_unit> units;
  std::string digest;  // SHA-256 over the files' paths (relative to the pack) and bytes
};

/// Resolves every name and works out every kind and unit. Errors go to `diagnostics` (all of them, in the order of the
/// files); the program is complete only if none is an error. Warnings are added only where there is no error.
program check(const pack_text&, std::vector<diagnostic>& diagnostics);

/// The value of a literal given for a run (`95%`, `8 weeks`, `2025-06-20`), as a value for this param.
/// Empty, with a message, where it is none or of another kind.
std::optional<literal> read_param_value(const param&, std::string_view text, std::string& message);

}  // namespace earlysight
