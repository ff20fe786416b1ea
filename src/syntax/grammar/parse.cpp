// SPDX-License-Identifier: Apache-2.0
#include <earlysight/syntax/parse.hpp>

#include <earlysight/base/utf8.hpp>

#include "failure.hpp"
#include "rules.hpp"

#include <algorithm>

namespace earlysight {
namespace {

using grammar::cursor;
using grammar::session;

// One reading of a grammar rule; where it stops short of `wanted_end`, a second reading collects what was wanted.
template <class Rule, class Stops>
bool read(session& s, std::size_t begin, const Rule& rule, std::size_t& stopped, Stops stops_well) {
  auto run = [&] {
    cursor first(s.tokens + begin, &s);
    const cursor last(s.tokens + s.count, &s);
    const bool good = grammar::x3::parse(first, last, rule);
    stopped = good ? static_cast<std::size_t>(first.at - s.tokens) : begin;
    return good && !s.too_deep;
  };
  const auto before = s.mark();
  s.furthest = begin;
  s.too_deep = false;
  if (run() && stops_well(stopped)) return true;
  s.rewind(before);
  s.wants.clear();
  s.collecting = true;
  const bool good = run();
  s.collecting = false;
  if (!good) s.rewind(before);
  return false;
}

class reader {
 public:
  reader(const source_map& sources, std::uint32_t file, syntax_tree& tree, std::vector<diagnostic>& diagnostics)
      : sources_(sources), tree_(tree), diagnostics_(diagnostics),
        list_(tokenize(sources, {file, bom(sources.text(file)), static_cast<std::uint32_t>(sources.text(file).size())}, diagnostics)),
        session_(list_.tokens, sources, tree) {}

  void items() {
    std::size_t at = 0;
    while (list_.tokens[at].kind != token_kind::end) {
      if (tree_.items.size() >= limits::items) {
        report({"E0115", severity::error, list_.tokens[at].where, "a pack has at most " + std::to_string(limits::items) + " items", "split it into packs that `use` one another", {}});
        return;
      }
      at = item(at);
    }
  }

  node_id literal() {
    std::size_t stopped = 0;
    session_.stack.clear();
    if (read(session_, 0, grammar::literal_value, stopped, [&](std::size_t i) { return list_.tokens[i].kind == token_kind::end; })) return session_.stack.back();
    report(grammar::explain_failure(session_, 0, stopped).message);
    return no_node;
  }

 private:
  static std::uint32_t bom(std::string_view text) { return text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0; }

  void report(diagnostic d) { diagnostics_.push_back(std::move(d)); }
  bool starts_item(std::size_t i) const {
    const auto& t = list_.tokens[i];
    return t.kind == token_kind::end || (t.kind == token_kind::word && t.word != 0 && begins_item(sources_.text(t.where)));
  }

  std::size_t item(std::size_t begin) {
    session_.stack.clear();
    std::size_t stopped = begin;
    const auto nodes_before = tree_.nodes.size();
    const bool good = read(session_, begin, grammar::item, stopped, [&](std::size_t i) { return starts_item(i); });
    if (good) {
      // What stands around broken text was not meant so: its message is enough.
      if (stopped > begin && damaged(begin, stopped - 1)) remember(begin, stopped);
      else accept(begin, stopped, nodes_before);
      return stopped;
    }
    auto failure = grammar::explain_failure(session_, begin, stopped);
    if (failure.begins_item && stopped > begin) {
      // What came before is whole; the next item is what cannot be read.
      accept(begin, stopped, nodes_before);
      begin = stopped;
    } else {
      session_.rewind({0, nodes_before, tree_.children.size()});
    }
    auto next = std::max(failure.at, begin + 1);
    if (failure.message.code == "E0106") ++next;
    while (!starts_item(next) || (next > 0 && is_expected_band(next))) ++next;
    if (!damaged(begin, next)) report(std::move(failure.message));
    remember(begin, next);
    return next;
  }

  bool is_expected_band(std::size_t i) const {
    return sources_.text(list_.tokens[i].where) == "band" && sources_.text(list_.tokens[i - 1].where) == "expect";
  }

  // Around a string never closed, or a stray mark, one message is enough.
  bool damaged(std::size_t begin, std::size_t end) const {
    return std::any_of(list_.damaged.begin(), list_.damaged.end(), [&](std::uint32_t i) { return i >= begin && i <= end; });
  }

  void remember(std::size_t begin, std::size_t end) {
    damaged_item d;
    d.where = cover(list_.tokens[begin].where, list_.tokens[std::max(begin + 1, end) - 1].where);
    const auto kind = sources_.text(list_.tokens[begin].where);
    if (kind == "use") d.names.emplace_back("*");
    for (auto i = begin + 1; i < end; ++i) {
      if (list_.tokens[i].kind != token_kind::word) continue;
      d.names.emplace_back(sources_.text(list_.tokens[i].where));
      if (kind != "table") break;
    }
    tree_.damaged.push_back(std::move(d));
  }

  void accept(std::size_t begin, std::size_t end, std::size_t nodes_before) {
    const auto id = session_.stack.empty() ? no_node : session_.stack.front();
    if (id == no_node) return;
    tree_.items.push_back(id);
    signs(begin, end);
    for (auto n = nodes_before, last = tree_.nodes.size(); n < last; ++n)
      if (tree_.nodes[n].kind == node_kind::template_text) fill_template(static_cast<node_id>(n));
  }

  // `=` stands after the name of a param, measure or fact, and in `use … with`; a comparison says `is`.
  void signs(std::size_t begin, std::size_t end) {
    const auto kind = sources_.text(list_.tokens[begin].where);
    if (kind == "use") return;
    bool declares = kind == "param" || kind == "measure" || kind == "fact";
    for (auto i = begin; i < end; ++i) {
      const auto& t = list_.tokens[i];
      if (t.kind == token_kind::equals && declares && sources_.text(t.where) == "=") {
        declares = false;
      } else if (t.kind == token_kind::equals || t.kind == token_kind::not_equals) {
        const auto words = sources_.text(t.where);
        report({"E0110", severity::error, t.where, "`" + std::string(words) + "` is not a word of Sight",
                t.kind == token_kind::equals ? "write `is`" : "write `is not`", {}});
      }
    }
  }

  void brace_error(span where, const char* message, const char* mend) { report({"E0119", severity::error, where, message, mend, {}}); }

  // "Seen {latest seen of visit}, {{so}}": pieces and expressions in turn.
  void fill_template(node_id id) {
    const auto whole = tree_.nodes[id].where;
    const auto text = sources_.text(whole.file);
    std::vector<node_id> parts;
    auto piece = [&](std::uint32_t from, std::uint32_t to) {
      parts.push_back(static_cast<node_id>(tree_.nodes.size()));
      tree_.nodes.push_back({node_kind::text_piece, {whole.file, from, to}, 0, 0});
    };
    const std::uint32_t quote = text[whole.begin] == '"' ? 1 : 3;
    auto from = whole.begin + quote;
    const auto end = std::max(from, whole.end - (whole.end - whole.begin > quote && text[whole.end - 1] == '"' ? 1u : quote));
    for (auto i = from; i < end; ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if ((text[i] == '{' || text[i] == '}') && i + 1 < end && text[i + 1] == text[i]) {
        ++i;
      } else if (text[i] == '}') {
        brace_error({whole.file, i, i + 1}, "this `}` closes nothing", "write `}}` for a brace");
      } else if (text[i] == '{') {
        const auto close = closing_brace(text, i + 1, end);
        if (close == end) {
          brace_error({whole.file, i, i + 1}, "this `{` is never closed", "put a `}` after the value, or write `{{` for a brace");
          break;
        }
        if (const auto value = inner_expression({whole.file, i + 1, close}); value != no_node) {
          piece(from, i);
          parts.push_back(value);
          from = close + 1;
        }
        i = close;
      }
    }
    piece(from, end);
    tree_.nodes[id].first_child = static_cast<std::uint32_t>(tree_.children.size());
    tree_.nodes[id].child_count = static_cast<std::uint32_t>(parts.size());
    tree_.children.insert(tree_.children.end(), parts.begin(), parts.end());
  }

  static std::uint32_t closing_brace(std::string_view text, std::uint32_t from, std::uint32_t end) {
    bool in_text = false;
    for (auto i = from; i < end; ++i) {
      if (text[i] == '\\' && i + 1 < end && text[i + 1] == '"') in_text = !in_text, ++i;
      else if (!in_text && text[i] == '}') return i;
    }
    return end;
  }

  node_id inner_expression(span where) {
    const auto list = tokenize(sources_, where, diagnostics_, true);
    if (list.tokens[0].kind == token_kind::end) {
      brace_error({where.file, where.begin - 1, where.end + 1}, "there is no value between these braces", "write a value, or `{{` for a brace");
      return no_node;
    }
    session inner(list.tokens, sources_, tree_);
    std::size_t stopped = 0;
    const auto before = inner.mark();
    if (read(inner, 0, grammar::expression, stopped, [&](std::size_t i) { return list.tokens[i].kind == token_kind::end; })) {
      for (const auto& t : list.tokens)
        if (t.kind == token_kind::equals || t.kind == token_kind::not_equals) report({"E0110", severity::error, t.where, "`=` is not a word of Sight", "write `is`", {}});
      return inner.stack.back();
    }
    inner.rewind({0, before.nodes, before.children});
    if (list.damaged.empty()) report(grammar::explain_failure(inner, 0, stopped).message);
    return no_node;
  }

  const source_map& sources_;
  syntax_tree& tree_;
  std::vector<diagnostic>& diagnostics_;
  token_list list_;
  session session_;
};

bool readable(const source_map& sources, std::uint32_t file, std::vector<diagnostic>& diagnostics) {
  const auto text = sources.text(file);
  if (text.size() > limits::file_bytes) {
    diagnostics.push_back({"E0114", severity::error, {file, 0, 0}, "this file is larger than 16 MiB", "split it into several files of one folder", {}});
    return false;
  }
  if (const auto bad = first_not_utf8(text); bad < text.size()) {
    const auto at = static_cast<std::uint32_t>(bad);
    diagnostics.push_back({"E0116", severity::error, {file, at, at + 1}, "this byte is not UTF-8 text", "save the file as UTF-8 (in Notepad: Save as, Encoding)", {}});
    return false;
  }
  return true;
}

}  // namespace

void parse(const source_map& sources, std::uint32_t file, syntax_tree& tree, std::vector<diagnostic>& diagnostics) {
  if (readable(sources, file, diagnostics)) reader(sources, file, tree, diagnostics).items();
}

node_id parse_literal(const source_map& sources, std::uint32_t file, syntax_tree& tree, std::vector<diagnostic>& diagnostics) {
  if (!readable(sources, file, diagnostics)) return no_node;
  return reader(sources, file, tree, diagnostics).literal();
}

}  // namespace earlysight
