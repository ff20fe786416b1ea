// SPDX-License-Identifier: Apache-2.0
// The parsers and directives that the grammar is written in. None has an attribute: a directive makes a node of what its
// subject left on the session's stack, so rules stay declarative, and a reading that backtracks leaves nothing behind.
#pragma once
#include "session.hpp"

#include <boost/spirit/home/x3.hpp>

#include <initializer_list>

namespace earlysight::grammar {

namespace x3 = boost::spirit::x3;

template <class Derived>
struct plain_parser : x3::parser<Derived> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
};

/// One word of the language.
struct keyword : plain_parser<keyword> {
  explicit keyword(const char* text) : text(text), number(word_number(text)) {}
  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context&, Rule&, Attribute&) const {
    if (first != last && first->word == number && first->kind == token_kind::word) {
      ++first;
      return true;
    }
    first.of->want(first.at, text, true);
    return false;
  }
  const char* text;
  std::uint16_t number;
};
inline keyword kw(const char* text) { return keyword(text); }

/// One of several words that mean the same (`day`, `days`).
struct either_word : plain_parser<either_word> {
  either_word(const char* one, const char* many) : shown(many), a(word_number(one)), b(word_number(many)) {}
  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context&, Rule&, Attribute&) const {
    if (first != last && first->kind == token_kind::word && (first->word == a || first->word == b)) {
      ++first;
      return true;
    }
    first.of->want(first.at, shown, true);
    return false;
  }
  const char* shown;
  std::uint16_t a, b;
};

/// A mark or literal token, without a node.
struct symbol_parser : plain_parser<symbol_parser> {
  symbol_parser(token_kind kind, const char* shown) : kind(kind), shown(shown) {}
  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context&, Rule&, Attribute&) const {
    if (first != last && first->kind == kind) {
      ++first;
      return true;
    }
    first.of->want(first.at, shown, false);
    return false;
  }
  token_kind kind;
  const char* shown;
};

/// A name, as a leaf. Fails on words that are never names.
struct name_parser : plain_parser<name_parser> {
  explicit name_parser(const char* shown) : shown(shown) {}
  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context&, Rule&, Attribute&) const {
    auto& s = *first.of;
    if (first != last && first->kind == token_kind::word) {
      const auto word = s.text(*first);
      if (is_name(word) && !is_reserved(word)) {
        const auto* begin = first.at;
        ++first;
        s.reduce(node_kind::name, s.stack.size(), begin, first.at);
        return true;
      }
    }
    s.want(first.at, shown, false);
    return false;
  }
  const char* shown;
};

/// The word after a number that says what it counts; it must stand on the number's line.
struct unit_parser : plain_parser<unit_parser> {
  enum class set { quantity, length };
  explicit unit_parser(set of) : of(of), school(word_number("school")) {
    for (const char* w : {"day", "days", "week", "weeks"}) school_units.push_back(word_number(w));
    for (const char* w : {"day", "days", "week", "weeks", "month", "months", "year", "years", "term", "terms"}) lengths.push_back(word_number(w));
    for (const char* w : {"point", "points", "hour", "hours", "session", "sessions", "pound", "pounds"}) quantities.push_back(word_number(w));
  }
  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context&, Rule&, Attribute&) const {
    if (first != last && first->kind == token_kind::word && first->word != 0 && first->line == (first.at - 1)->line) {
      auto holds = [](const std::vector<std::uint16_t>& words, std::uint16_t w) {
        for (auto each : words)
          if (each == w) return true;
        return false;
      };
      if (first->word == school && (first.at + 1)->line == first->line && holds(school_units, (first.at + 1)->word)) {
        ++first;
        ++first;
        return true;
      }
      if (holds(lengths, first->word) || (of == set::quantity && holds(quantities, first->word))) {
        ++first;
        return true;
      }
    }
    first.of->want(first.at, of == set::length ? "a unit of time such as `weeks`" : "a unit such as `points` or `weeks`", false);
    return false;
  }
  set of;
  std::uint16_t school;
  std::vector<std::uint16_t> school_units, lengths, quantities;
};

/// Takes one node kind for the node that is being read.
struct as_parser : plain_parser<as_parser> {
  explicit as_parser(node_kind k) : kind(k) {}
  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor&, const Context&, Rule&, Attribute&) const {
    first.of->kind = kind;
    return true;
  }
  node_kind kind;
};
inline as_parser as(node_kind kind) { return as_parser(kind); }

enum class shape { make, extend, gather };

/// make: a node of what the subject leaves; extend: also of the node before it (the left side of an operator);
/// gather: a node only where the subject leaves more than one.
template <class Subject, shape Shape>
struct node_directive : x3::unary_parser<Subject, node_directive<Subject, Shape>> {
  using base = x3::unary_parser<Subject, node_directive<Subject, Shape>>;
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  static constexpr bool handles_container = false;
  node_directive(const Subject& subject, node_kind kind) : base(subject), kind(kind) {}

  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context& context, Rule& rule, Attribute&) const {
    auto& s = *first.of;
    const auto before = s.mark();
    const auto begin = first;
    const auto outer_kind = s.kind;
    s.kind = kind;
    const bool good = this->subject.parse(first, last, context, rule, x3::unused);
    if (good) {
      const auto from = Shape == shape::extend ? before.stack - 1 : before.stack;
      if (Shape != shape::gather || s.stack.size() > from + 1) s.reduce(s.kind, from, begin.at, first.at);
    } else {
      s.rewind(before);
      first = begin;
    }
    s.kind = outer_kind;
    return good;
  }
  node_kind kind;
};

template <shape Shape>
struct node_maker {
  node_kind kind;
  template <class Subject>
  auto operator[](const Subject& subject) const {
    return node_directive<typename x3::extension::as_parser<Subject>::value_type, Shape>(x3::as_parser(subject), kind);
  }
};
inline node_maker<shape::make> node(node_kind kind) { return {kind}; }
inline node_maker<shape::extend> extend(node_kind kind) { return {kind}; }
inline node_maker<shape::gather> gather(node_kind kind) { return {kind}; }

/// One level deeper; refuses to go on past the limit, so that no text can exhaust the stack.
template <class Subject>
struct nest_directive : x3::unary_parser<Subject, nest_directive<Subject>> {
  using base = x3::unary_parser<Subject, nest_directive<Subject>>;
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  static constexpr bool handles_container = false;
  explicit nest_directive(const Subject& subject) : base(subject) {}

  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context& context, Rule& rule, Attribute&) const {
    auto& s = *first.of;
    if (s.depth >= limits::nesting) {
      if (!s.too_deep) s.deep_at = static_cast<std::size_t>(first.at - s.tokens);
      s.too_deep = true;
      return false;
    }
    ++s.depth;
    const bool good = !s.too_deep && this->subject.parse(first, last, context, rule, x3::unused);
    --s.depth;
    return good;
  }
};
struct nest_maker {
  template <class Subject>
  auto operator[](const Subject& subject) const {
    return nest_directive<typename x3::extension::as_parser<Subject>::value_type>(x3::as_parser(subject));
  }
};
inline constexpr nest_maker nest{};

/// Says in one phrase what the subject wanted at its own beginning.
template <class Subject>
struct label_directive : x3::unary_parser<Subject, label_directive<Subject>> {
  using base = x3::unary_parser<Subject, label_directive<Subject>>;
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  static constexpr bool handles_container = false;
  label_directive(const Subject& subject, const char* shown) : base(subject), shown(shown) {}

  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor& last, const Context& context, Rule& rule, Attribute&) const {
    auto& s = *first.of;
    const auto from = s.wants.size();
    const auto* begin = first.at;
    const bool good = this->subject.parse(first, last, context, rule, x3::unused);
    if (!good) {
      for (auto i = from; i < s.wants.size(); ++i)
        if (s.wants[i].at == static_cast<std::size_t>(begin - s.tokens)) s.wants[i].shown = false;
      s.want(begin, shown, false);
    }
    return good;
  }
  const char* shown;
};
struct label_maker {
  const char* shown;
  template <class Subject>
  auto operator[](const Subject& subject) const {
    return label_directive<typename x3::extension::as_parser<Subject>::value_type>(x3::as_parser(subject), shown);
  }
};
inline label_maker label(const char* shown) { return {shown}; }

/// Looks at the next words without reading them; the function gets them and says yes or no.
template <class Predicate>
struct look_parser : plain_parser<look_parser<Predicate>> {
  explicit look_parser(Predicate p) : predicate(p) {}
  template <class Context, class Rule, class Attribute>
  bool parse(cursor& first, const cursor&, const Context&, Rule&, Attribute&) const {
    return predicate(first.at, *first.of);
  }
  Predicate predicate;
};
template <class Predicate>
look_parser<Predicate> look(Predicate p) {
  return look_parser<Predicate>(p);
}

inline bool is_word(const token* t, const char* text) { return t->kind == token_kind::word && t->word != 0 && t->word == word_number(text); }
inline bool is_any_word(const token* t, std::initializer_list<const char*> texts) {
  for (const char* text : texts)
    if (is_word(t, text)) return true;
  return false;
}

// Tokens that every part of the grammar uses.
inline const symbol_parser comma{token_kind::comma, "`,`"};
inline const symbol_parser open_parenthesis{token_kind::left_parenthesis, "`(`"};
inline const symbol_parser close_parenthesis{token_kind::right_parenthesis, "`)`"};
inline const symbol_parser equals_sign{token_kind::equals, "`=`"};
inline const unit_parser any_unit{unit_parser::set::quantity};
inline const unit_parser time_unit_word{unit_parser::set::length};

}  // namespace earlysight::grammar
