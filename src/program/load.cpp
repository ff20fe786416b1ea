// SPDX-License-Identifier: Apache-2.0
#include <earlysight/program/load.hpp>

#include <earlysight/base/digest.hpp>
#include <earlysight/syntax/parse.hpp>
#include <earlysight/syntax/token.hpp>
#include <earlysight/text/limits.hpp>

#include <algorithm>
#include <fstream>
#include <map>

namespace earlysight {
namespace {

namespace fs = std::filesystem;

struct read_file {
  std::string text;
  bool too_large = false;
};

result<read_file> read_bytes(const fs::path& path) {
  std::error_code code;
  const auto size = fs::file_size(path, code);
  if (code) return failure{failure_kind::machine, "cannot read " + path.string() + ": " + code.message()};
  if (size > limits::file_bytes) return read_file{{}, true};
  std::ifstream in(path, std::ios::binary);
  std::string text(size, '\0');
  if (!in || !in.read(text.data(), static_cast<std::streamsize>(size))) return failure{failure_kind::machine, "cannot read " + path.string()};
  return read_file{std::move(text), false};
}

// The .sight files under a folder, in byte order of their relative paths.
result<std::vector<fs::path>> files_of(const fs::path& path) {
  std::error_code code;
  if (!fs::exists(path, code)) return failure{failure_kind::arguments, "there is no pack at " + path.string()};
  if (!fs::is_directory(path, code)) return std::vector<fs::path>{path};
  std::vector<std::pair<std::string, fs::path>> found;
  for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, code), end; !code && it != end; it.increment(code)) {
    if (it->is_regular_file(code) && it->path().extension() == ".sight") found.emplace_back(it->path().lexically_relative(path).generic_string(), it->path());
    if (found.size() > limits::files) return failure{failure_kind::arguments, path.string() + " holds more than " + std::to_string(limits::files) + " .sight files: it is no pack"};
  }
  if (code) return failure{failure_kind::machine, "cannot read the folder " + path.string() + ": " + code.message()};
  if (found.empty()) return failure{failure_kind::arguments, "the folder " + path.string() + " holds no .sight file: a pack is a .sight file, or a folder of them"};
  std::sort(found.begin(), found.end());
  std::vector<fs::path> paths;
  for (auto& [name, p] : found) paths.push_back(std::move(p));
  return paths;
}

class pack_reader {
 public:
  result<pack_report> run(const fs::path& path) {
    if (auto unit = add_unit(path); !unit) return unit.error();
    for (std::size_t i = 0; i < text_.units.size(); ++i)
      if (auto done = follow_uses(static_cast<std::int32_t>(i)); !done) return done.error();
    find_cycles();
    return finish();
  }

  pack_report run_text(std::string name, std::string text) {
    text_.units.emplace_back();
    add_file(0, std::move(name), std::move(text));
    for (auto id : text_.units[0].items)
      if (text_.tree[id].kind == node_kind::use_item) {
        text_.units[0].uses.push_back({-1, id});
        diagnostics_.push_back({"E0516", severity::error, text_.tree[id].where, "a pack given as text has no folder from which to `use` another", "read the pack from a file", {}});
      }
    return finish();
  }

 private:
  void add_file(std::size_t unit, std::string shown, std::string text) {
    hash_.add(std::to_string(text.size()) + "\n");
    hash_.add(text);
    const auto file = text_.sources->add(std::move(shown), std::move(text));
    text_.units[unit].files.push_back(file);
    const auto before = text_.tree.items.size();
    parse(*text_.sources, file, text_.tree, diagnostics_);
    text_.units[unit].items.insert(text_.units[unit].items.end(), text_.tree.items.begin() + static_cast<std::ptrdiff_t>(before), text_.tree.items.end());
  }

  result<std::int32_t> add_unit(const fs::path& path) {
    std::error_code code;
    const auto key = fs::weakly_canonical(path, code).string();
    if (const auto known = by_path_.find(key); known != by_path_.end()) return known->second;
    auto files = files_of(path);
    if (!files) return files.error();
    const auto index = static_cast<std::int32_t>(text_.units.size());
    by_path_.emplace(key, index);
    text_.units.emplace_back();
    text_.units.back().path = path.string();
    paths_.push_back({});
    for (const auto& f : *files) {
      auto bytes = read_bytes(f);
      if (!bytes) return bytes.error();
      if (bytes->too_large) {
        const auto file = text_.sources->add(f.string(), "");
        text_.units.back().files.push_back(file);
        diagnostics_.push_back({"E0114", severity::error, {file, 0, 0}, "this file is larger than 16 MiB", "split it into several files of one folder", {}});
        continue;
      }
      paths_.back().push_back(f);
      hash_.add((fs::is_directory(path, code) ? f.lexically_relative(path) : f.filename()).generic_string() + "\n");
      add_file(static_cast<std::size_t>(index), f.string(), std::move(bytes->text));
    }
    return index;
  }

  result<bool> follow_uses(std::int32_t unit) {
    const auto items = text_.units[unit].items;
    for (auto id : items) {
      if (text_.tree[id].kind != node_kind::use_item) continue;
      const auto path_node = text_.tree.children_of(id)[0];
      const auto where = text_.tree[path_node].where;
      const fs::path relative = decode_string(text_.sources->text(where));
      const auto from = fs::path(text_.sources->path(where.file)).parent_path();
      std::error_code code;
      const auto target = (from / relative).lexically_normal();
      pack_unit::used use{-1, id};
      if (relative.empty() || relative.is_absolute()) {
        diagnostics_.push_back({"E0516", severity::error, where, "`use` takes a path relative to this file", "write it such as `use \"../shared/core.sight\"`", {}});
      } else if (!fs::exists(target, code)) {
        diagnostics_.push_back({"E0516", severity::error, where, "there is no pack at `" + target.generic_string() + "`", "the path is relative to the file that says `use`", {}});
      } else if (auto used = add_unit(target)) {
        use.unit = *used;
      } else if (used.error().kind == failure_kind::machine) {
        return used.error();
      } else {
        diagnostics_.push_back({"E0516", severity::error, where, used.error().message, "", {}});
      }
      text_.units[unit].uses.push_back(use);
    }
    return true;
  }

  void find_cycles() {
    // Depth first without recursion; an edge back to a pack on the way is a cycle.
    const auto n = text_.units.size();
    std::vector<int> state(n, 0);
    std::vector<std::pair<std::size_t, std::size_t>> way{{0, 0}};
    state[0] = 1;
    while (!way.empty()) {
      auto& [unit, next] = way.back();
      if (next == text_.units[unit].uses.size()) {
        state[unit] = 2;
        way.pop_back();
        continue;
      }
      const auto& use = text_.units[unit].uses[next++];
      if (use.unit < 0) continue;
      const auto to = static_cast<std::size_t>(use.unit);
      if (state[to] == 1) {
        std::string names;
        bool on = false;
        for (const auto& [u, unused] : way) {
          on = on || u == to;
          if (on) names += "`" + text_.units[u].path + "` uses ";
        }
        diagnostics_.push_back({"E0517", severity::error, text_.tree[use.item].where, "these packs use one another in a circle: " + names + "`" + text_.units[to].path + "`", "put what both need into a pack of its own", {}});
      } else if (state[to] == 0) {
        state[to] = 1;
        way.emplace_back(to, 0);
      }
    }
  }

  pack_report finish() {
    text_.digest = hash_.hex();
    if (text_.tree.items.size() > limits::items && !text_.units[0].files.empty())
      diagnostics_.push_back({"E0115", severity::error, {text_.units[0].files[0], 0, 0}, "a pack has at most " + std::to_string(limits::items) + " items", "split it into packs that are run one by one", {}});
    auto checked = check(text_, diagnostics_);
    pack_report report;
    report.diagnostics = std::move(diagnostics_);
    report.sources = text_.sources;
    for (std::size_t i = 1; i < text_.units.size(); ++i) report.used.emplace_back(text_.units[i].path);
    if (!has_errors(report.diagnostics)) report.checked = std::make_shared<const program>(std::move(checked));
    return report;
  }

  pack_text text_;
  std::vector<diagnostic> diagnostics_;
  std::map<std::string, std::int32_t> by_path_;
  std::vector<std::vector<fs::path>> paths_;
  sha256 hash_;
};

}  // namespace

result<pack_report> read_pack(const std::filesystem::path& path) { return pack_reader().run(path); }
pack_report read_pack_text(std::string name, std::string text) { return pack_reader().run_text(std::move(name), std::move(text)); }

}  // namespace earlysight
