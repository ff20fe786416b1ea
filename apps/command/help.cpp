// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/text/nearest.hpp>

#include <fmt/core.h>

#include <algorithm>

namespace earlysight::command {

int run_help(const arguments& a) {
  auto topic = a.topic;
  if (topic.size() == 5) std::transform(topic.begin(), topic.begin() + 1, topic.begin(), [](unsigned char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
  std::vector<std::string> names;
  for (const auto& [name, page] : error_pages()) {
    if (name == topic) {
      fmt::print("{}", page);
      return done;
    }
    names.emplace_back(name);
  }
  if (topic == "codes") {
    for (const auto& [name, page] : error_pages()) fmt::print("{}\n", page.substr(2, page.find('\n') - 2));
    return done;
  }
  const auto meant = nearest_name(topic, names);
  return refuse("there is no help on \"" + a.topic + "\"" + (meant.empty() ? "; `earlysight help codes` lists all codes" : "; did you mean " + meant + "?"));
}

}  // namespace earlysight::command
