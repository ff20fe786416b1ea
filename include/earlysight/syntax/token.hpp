// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/text/diagnostic.hpp>
#include <earlysight/text/source.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

enum class token_kind : std::uint8_t {
  word, number, percent, ordinal, date, text,
  left_parenthesis, right_parenthesis, comma, plus, minus, star, slash,
  less, less_equal, greater, greater_equal,
  equals,      // `=`; `==` in a condition reads as it, with a message
  not_equals,  // not in the language: understood, to say what to write
  possessive,  // 's
  end,
};

/// One word of the text. `word` numbers the language's own words (see word_number), 0 for all others.
struct token {
  token_kind kind = token_kind::end;
  bool first_on_line = false;
  std::uint16_t word = 0;
  std::uint32_t line = 0;
  span where;
};

struct token_list {
  std::vector<token> tokens;            // ends with a few `end` tokens, empty spans after the last word
  std::vector<span> comments;           // from `--` to the line's end, in order
  std::vector<std::uint32_t> damaged;   // indices of tokens around which the text itself is broken (a string never closed)
};

/// Splits a stretch of a file into words. Messages about broken text go to `diagnostics`; reading goes on after each.
/// `inside_string`: the stretch stands inside a string, so that `\"` is a quote.
token_list tokenize(const source_map&, span stretch, std::vector<diagnostic>& diagnostics, bool inside_string = false);

/// The number of a word of the language, 0 for any other.
std::uint16_t word_number(std::string_view word);
/// Words that begin an item: pack, use, calendar, …
bool begins_item(std::string_view word);
/// Words that are never names (language.md section 1).
bool is_reserved(std::string_view word);
/// A lower-case letter followed by lower-case letters, digits and `_`.
bool is_name(std::string_view word);

/// What a string token says: quotes taken off, escapes replaced, a line end with the white space around it one space.
std::string decode_string(std::string_view token_text);

/// The words that begin an item, in the order in which the language page lists them.
const std::vector<std::string>& item_words();

}  // namespace earlysight
