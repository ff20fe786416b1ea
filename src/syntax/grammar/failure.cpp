// SPDX-License-Identifier: Apache-2.0
#include "failure.hpp"

#include <earlysight/text/nearest.hpp>

#include <algorithm>

namespace earlysight::grammar {
namespace {

std::string quoted(std::string_view words) { return "`" + std::string(words) + "`"; }

std::vector<std::string> keywords_wanted(const session& s, std::size_t at) {
  std::vector<std::string> out;
  for (const auto& w : s.wants)
    if (w.at == at && w.is_keyword) out.emplace_back(w.text);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// "a number, `)` or `then`"
std::string wanted_in_words(const session& s, std::size_t at) {
  std::vector<std::string> phrases, words;
  auto add = [](std::vector<std::string>& to, std::string what) {
    if (std::find(to.begin(), to.end(), what) == to.end()) to.push_back(std::move(what));
  };
  bool operators = false;
  for (const auto& w : s.wants) {
    if (w.at != at || !w.shown) continue;
    if (std::string_view(w.text) == "an operator") operators = true;
    else if (w.is_keyword) add(words, quoted(w.text));
    else add(phrases, w.text);
  }
  constexpr std::size_t most = 6;
  auto all = phrases;
  std::sort(words.begin(), words.end());
  if (all.size() + words.size() <= most + 2) {
    all.insert(all.end(), words.begin(), words.end());
    if (operators && all.size() < most) all.emplace_back("an operator");
  } else if (all.empty()) {
    all.assign(words.begin(), words.begin() + most);
  }
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += i + 1 == all.size() ? " or " : ", ";
    out += all[i];
  }
  return out;
}

bool wants_only_names(const session& s, std::size_t at) {
  bool any = false;
  for (const auto& w : s.wants) {
    if (w.at != at || !w.shown) continue;
    if (std::string_view(w.text).find("name") == std::string_view::npos) return false;
    any = true;
  }
  return any;
}

bool wants(const session& s, std::size_t at, std::string_view what) {
  return std::any_of(s.wants.begin(), s.wants.end(), [&](const wanted& w) { return w.at == at && what == w.text; });
}

std::string lower_case(std::string_view word) {
  std::string out;
  for (char c : word) {
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && !out.empty()) || (c == '_' && !out.empty())) out += c;
  }
  return out;
}

diagnostic error(std::string code, span where, std::string message, std::string mend = {}) {
  return {std::move(code), severity::error, where, std::move(message), std::move(mend), {}};
}

// The innermost `(` of the item that is still open at `at`, or `at`.
std::size_t open_parenthesis_before(const session& s, std::size_t begin, std::size_t at) {
  std::vector<std::size_t> open;
  for (auto i = begin; i < at; ++i) {
    if (s.tokens[i].kind == token_kind::left_parenthesis) open.push_back(i);
    if (s.tokens[i].kind == token_kind::right_parenthesis && !open.empty()) open.pop_back();
  }
  return open.empty() ? at : open.back();
}

}  // namespace

failure_report explain_failure(const session& s, std::size_t begin, std::size_t stopped) {
  const auto at = std::max(s.furthest, stopped);
  const auto& found = s.tokens[at];
  const auto words = s.text(found);
  const bool at_end = found.kind == token_kind::end;
  failure_report out;
  out.at = at;

  if (s.too_deep) {
    out.at = s.deep_at;
    out.message = error("E0108", s.tokens[s.deep_at].where, "this is nested more than " + std::to_string(limits::nesting) + " deep",
                        "give inner parts names of their own with `fact`");
    return out;
  }

  // The line begins with a misspelt item: what could be read of it was taken for a part of the item before.
  const auto& first = s.tokens[stopped];
  if (stopped > begin && at > stopped && at <= stopped + 2 && first.kind == token_kind::word && first.first_on_line && first.word == 0) {
    const auto meant = nearest_name(s.text(first), item_words());
    if (!meant.empty()) {
      out.at = stopped;
      out.begins_item = true;
      out.message = error("E0104", first.where, "no item begins with " + quoted(s.text(first)), "did you mean " + quoted(meant) + "?");
      return out;
    }
  }

  // A misspelt word: where reading stopped, or up to two words before, where a name was read in its place.
  const auto item_word = nearest_name(words, item_words());
  for (std::size_t back = 0; back <= 2 && at >= begin + back; ++back) {
    const auto& t = s.tokens[at - back];
    if (t.kind != token_kind::word || t.word != 0) continue;  // a word of the language is spelt as it is meant
    const auto meant = nearest_name(s.text(t), keywords_wanted(s, at - back));
    if (meant.empty()) continue;
    if (back == 0 && stopped == at && t.first_on_line && edit_distance(words, meant) > edit_distance(words, item_word) && !item_word.empty()) break;
    out.at = at - back;
    out.message = error("E0101", t.where, quoted(s.text(t)) + " means nothing here", "did you mean " + quoted(meant) + "?");
    return out;
  }

  if (stopped == at && found.kind == token_kind::word && found.first_on_line && found.word == 0) {
    out.begins_item = true;
    out.message = error("E0104", found.where, "no item begins with " + quoted(words),
                        item_word.empty() ? "an item begins with `table`, `param`, `measure`, `fact`, `flag`, `rule`, `example` or another of the twelve words"
                                          : "did you mean " + quoted(item_word) + "?");
    return out;
  }
  if (found.kind == token_kind::word && words == "if" && wants(s, at, "when")) {
    out.message = error("E0112", found.where, "a rule's condition begins with `when`", "write `when` instead of `if`");
    return out;
  }

  const bool same_line = at > begin && found.line == s.tokens[at - 1].line && !at_end;
  if (found.kind == token_kind::word && same_line && wants_only_names(s, at)) {
    if (!is_name(words)) {
      const auto meant = lower_case(words);
      out.message = error("E0105", found.where, quoted(words) + " is no name: a name is a lower-case letter followed by lower-case letters, digits and `_`",
                          is_name(meant) ? "did you mean " + quoted(meant) + "?" : "");
      return out;
    }
    if (is_reserved(words)) {
      out.message = error("E0106", found.where, quoted(words) + " is a word of the language and cannot be a name", "choose another name, such as " + quoted(std::string(words) + "_"));
      return out;
    }
  }

  const bool follows_something_whole = at_end || found.first_on_line || (found.kind == token_kind::word && found.word != 0 && is_reserved(words));
  if (wants(s, at, "`)`") && follows_something_whole) {
    const auto open = open_parenthesis_before(s, begin, at);
    if (open != at) {
      out.message = error("E0109", s.tokens[open].where, "this parenthesis is never closed", "put a `)` where it ends");
      return out;
    }
  }

  const auto expected = wanted_in_words(s, at);
  const bool missing = at > begin && (at_end || (found.first_on_line && (found.kind != token_kind::word || found.word != 0)));
  if (missing) {
    out.message = error("E0101", s.tokens[at - 1].where,
                        "something is missing after " + quoted(s.text(s.tokens[at - 1])) + (expected.empty() ? "" : ": expected " + expected));
  } else {
    out.message = error("E0101", found.where,
                        (expected.empty() ? "did not expect " + quoted(words) + " here" : "expected " + expected + ", but found " + quoted(words)));
  }
  return out;
}

}  // namespace earlysight::grammar
