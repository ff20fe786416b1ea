// SPDX-License-Identifier: Apache-2.0
#include <earlysight/syntax/token.hpp>

#include <algorithm>
#include <array>

namespace earlysight {
namespace {

constexpr std::array<std::string_view, 12> items{"pack", "use", "calendar", "table", "param", "measure",
                                                 "fact", "theme", "flag", "band", "rule", "example"};

constexpr std::array<std::string_view, 18> reserved{"for", "when", "unless", "raise", "because", "then", "and", "or", "not", "is",
                                                    "of", "where", "yes", "no", "any", "all", "none", "today"};

// In byte order, for the binary search; a word's number is its place, from 1.
constexpr auto words = [] {
  std::array<std::string_view, 153> all{
      "about", "above", "academic", "active", "after", "ago", "all", "allow", "and", "any", "apply", "as", "at",
      "average", "band", "be", "because", "before", "below", "between", "by", "calendar", "cannot", "category",
      "child", "closed", "count", "covered", "daily", "data", "date", "day", "days", "different", "does", "duration",
      "duty", "earliest", "else", "end", "ending", "equal", "exactly", "example", "expect", "fact", "fewer", "fires",
      "flag", "for", "formerly", "from", "given", "high", "highest", "hour", "hours", "if", "in", "is", "key",
      "known", "last", "later", "latest", "least", "less", "longest", "lookup", "low", "lowest", "many", "measure",
      "medium", "month", "months", "more", "most", "must", "next", "no", "none", "not", "nothing", "number", "of",
      "on", "one", "or", "otherwise", "owner", "pack", "param", "per", "percent", "planned", "point", "points",
      "pound", "pounds", "protected", "raise", "raised", "recorded", "ref", "replaces", "required", "review", "rule",
      "run", "says", "school", "score", "session", "sessions", "set", "share", "silent", "since", "source", "start",
      "starting", "table", "tell", "term", "terms", "text", "than", "that", "the", "theme", "then", "this", "to",
      "today", "total", "trend", "unless", "up", "use", "version", "week", "weekly", "weeks", "when", "where", "with",
      "within", "without", "year", "years", "yes", "yet"};
  std::sort(all.begin(), all.end());
  return all;
}();

}  // namespace

std::uint16_t word_number(std::string_view word) {
  const auto at = std::lower_bound(words.begin(), words.end(), word);
  return at != words.end() && *at == word ? static_cast<std::uint16_t>(at - words.begin() + 1) : std::uint16_t{0};
}

bool begins_item(std::string_view word) { return std::find(items.begin(), items.end(), word) != items.end(); }

bool is_reserved(std::string_view word) {
  return begins_item(word) || std::find(reserved.begin(), reserved.end(), word) != reserved.end();
}

bool is_name(std::string_view word) {
  if (word.empty() || word[0] < 'a' || word[0] > 'z') return false;
  return std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

const std::vector<std::string>& item_words() {
  static const std::vector<std::string> all(items.begin(), items.end());
  return all;
}

}  // namespace earlysight
