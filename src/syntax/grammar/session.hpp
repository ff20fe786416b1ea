// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/syntax/token.hpp>
#include <earlysight/syntax/tree.hpp>
#include <earlysight/text/limits.hpp>

#include <cstddef>
#include <iterator>
#include <vector>

namespace earlysight::grammar {

/// Something a parser wanted at a place, as the author would call it. Keywords are also candidates for "did you mean".
struct wanted {
  std::size_t at;
  const char* text;
  bool is_keyword;
  bool shown;  // false once a label has said it in one phrase
};

/// What one reading of an item knows: the tree under construction, how deep it is, and how far it came.
///
/// The grammar never throws: a reading that fails, or stops early, is explained by the furthest place that any parser
/// reached. What was wanted there is collected in a second reading (`collecting`), so that good text pays nothing for it.
class session {
 public:
  session(const std::vector<token>& tokens, const source_map& sources, syntax_tree& tree)
      : tokens(tokens.data()), count(tokens.size()), sources(sources), tree(tree) {}

  struct mark_type {
    std::size_t stack, nodes, children;
  };
  mark_type mark() const { return {stack.size(), tree.nodes.size(), tree.children.size()}; }
  void rewind(mark_type m) {
    stack.resize(m.stack);
    tree.nodes.resize(m.nodes);
    tree.children.resize(m.children);
  }

  /// Makes a node of everything on the stack from `from` on.
  void reduce(node_kind kind, std::size_t from, const token* begin, const token* end) {
    node made{kind, begin->where, static_cast<std::uint32_t>(tree.children.size()), static_cast<std::uint32_t>(stack.size() - from)};
    if (end > begin) made.where.end = (end - 1)->where.end;
    else made.where.end = made.where.begin;
    if (from < stack.size()) made.where = cover(made.where, tree.nodes[stack[from]].where);
    for (auto i = from; i < stack.size(); ++i) tree.children.push_back(stack[i]);
    stack.resize(from);
    stack.push_back(static_cast<node_id>(tree.nodes.size()));
    tree.nodes.push_back(made);
  }

  void want(const token* at, const char* text, bool is_keyword) {
    const auto place = static_cast<std::size_t>(at - tokens);
    if (collecting) {
      if (place + 2 >= furthest && place <= furthest) wants.push_back({place, text, is_keyword, true});
    } else if (place > furthest) {
      furthest = place;
    }
  }

  std::string_view text(const token& t) const { return sources.text(t.where); }

  const token* tokens;
  std::size_t count;
  const source_map& sources;
  syntax_tree& tree;
  std::vector<node_id> stack;
  node_kind kind = node_kind::name;  // of the node being read: set by `as`
  int depth = 0;
  bool too_deep = false;
  std::size_t deep_at = 0;
  std::size_t furthest = 0;
  bool collecting = false;
  std::vector<wanted> wants;
};

/// A place in the token list that also knows the session, so that no parser needs a context.
class cursor {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = token;
  using difference_type = std::ptrdiff_t;
  using pointer = const token*;
  using reference = const token&;

  cursor() = default;
  cursor(const token* at, session* s) : at(at), of(s) {}
  reference operator*() const { return *at; }
  pointer operator->() const { return at; }
  cursor& operator++() {
    ++at;
    return *this;
  }
  cursor operator++(int) {
    auto before = *this;
    ++at;
    return before;
  }
  friend bool operator==(const cursor& a, const cursor& b) { return a.at == b.at; }
  friend bool operator!=(const cursor& a, const cursor& b) { return a.at != b.at; }

  const token* at = nullptr;
  session* of = nullptr;
};

}  // namespace earlysight::grammar
