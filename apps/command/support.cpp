// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/render/diagnostics.hpp>
#include <earlysight/text/nearest.hpp>

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>

namespace earlysight::command {

int report(const failure& f) {
  fmt::print(stderr, "earlysight: {}\n", f.message);
  switch (f.kind) {
    case failure_kind::arguments: return wrong_arguments;
    case failure_kind::data: return unusable_data;
    case failure_kind::machine: break;
  }
  return machine_failed;
}

int refuse(const std::string& message) { return report({failure_kind::arguments, message}); }

bool is_terminal(int stream) { return ::isatty(stream) == 1; }

bool colour_on(int stream) {
  const char* no = std::getenv("NO_COLOR");
  return is_terminal(stream) && (no == nullptr || *no == '\0');
}

usable_pack open_pack(const std::string& path) {
  auto read = read_pack(path);
  if (!read) return {{}, report(read.error())};
  usable_pack out{std::move(*read), std::nullopt};
  if (out.report.checked) return out;
  fmt::print(stderr, "{}", render_text(out.report.diagnostics, *out.report.sources, colour_on(2)));
  std::size_t errors = 0;
  for (const auto& d : out.report.diagnostics) errors += d.level == severity::error ? 1 : 0;
  fmt::print(stderr, "earlysight: the pack has {} error{}; `earlysight help CODE` explains each\n", errors, errors == 1 ? "" : "s");
  out.exit = pack_has_errors;
  return out;
}

std::optional<int> read_settings(const program& p, const std::vector<std::string>& set, param_values& out) {
  for (const auto& each : set) {
    const auto equals = each.find('=');
    if (equals == std::string::npos || equals == 0) return refuse("--set takes NAME=VALUE, such as --set long_wait=\"26 weeks\"; \"" + each + "\" is not that");
    const auto name = each.substr(0, equals);
    const auto index = p.find_param(name);
    if (index < 0) {
      std::vector<std::string> names;
      for (const auto& param : p.params) names.push_back(param.name);
      const auto meant = nearest_name(name, names);
      return refuse("the pack has no param " + name + (meant.empty() ? "" : "; did you mean " + meant + "?"));
    }
    std::string message;
    const auto value = read_param_value(p.params[static_cast<std::size_t>(index)], each.substr(equals + 1), message);
    if (!value) return refuse(message);
    out[index] = *value;
  }
  return std::nullopt;
}

progress_bar::progress_bar(std::string what) : what_(std::move(what)), on_(is_terminal(2)) {}

void progress_bar::show(double share) {
  const int percent = static_cast<int>(share * 100);
  if (!on_ || percent == last_) return;
  last_ = percent;
  const int filled = percent * 30 / 100;
  fmt::print(stderr, "\r{} [{}{}] {}%", what_, std::string(static_cast<std::size_t>(filled), '#'), std::string(static_cast<std::size_t>(30 - filled), ' '), percent);
  std::fflush(stderr);
}

progress_bar::~progress_bar() {
  if (on_ && last_ >= 0) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace earlysight::command
