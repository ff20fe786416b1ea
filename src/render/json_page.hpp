// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/utf8.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace earlysight {

/// JSON written as it comes, laid out as nlohmann's `dump(2)` lays it out: no tree of values is made first.
class json_page {
 public:
  explicit json_page(std::string& out) : out_(out) {}

  void begin(char bracket) {
    next();
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void end(char bracket) {
    --depth_;
    if (!first_) new_line();
    out_ += bracket;
    first_ = false;
  }
  json_page& key(std::string_view name) {
    next();
    text(name);
    out_ += ": ";
    after_key_ = true;
    return *this;
  }
  void value(std::string_view s) {
    next();
    text(s);
  }
  void value(std::size_t n) {
    next();
    out_ += std::to_string(n);
  }

 private:
  void new_line() { out_.append(1, '\n').append(2 * depth_, ' '); }
  void next() {
    if (!after_key_ && depth_ > 0) {
      if (!first_) out_ += ',';
      new_line();
    }
    first_ = after_key_ = false;
  }
  void text(std::string_view s) {
    // What is rare is left to the library: control characters, and bytes that are not UTF-8.
    const bool rare = std::any_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }) || first_not_utf8(s) < s.size();
    if (rare) {
      out_ += nlohmann::json(s).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      return;
    }
    out_ += '"';
    for (std::size_t from = 0; from < s.size();) {
      const auto to = std::min(s.find_first_of("\"\\", from), s.size());
      out_.append(s, from, to - from);
      if (to < s.size()) out_.append(1, '\\').append(1, s[to]);
      from = to + 1;
    }
    out_ += '"';
  }

  std::string& out_;
  std::size_t depth_ = 0;
  bool first_ = true, after_key_ = false;
};

}  // namespace earlysight
