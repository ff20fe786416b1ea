// SPDX-License-Identifier: Apache-2.0
#include <earlysight/syntax/format.hpp>

#include <earlysight/syntax/parse.hpp>
#include <earlysight/syntax/token.hpp>

#include <algorithm>
#include <map>

namespace earlysight {
namespace {

using k = node_kind;
constexpr std::size_t widest = 110;

// Where a part stands in its item; parts of one place keep their order.
int place_of_part(k kind) {
  switch (kind) {
    case k::title: return 1;
    case k::version: return 2;
    case k::about_text: return 3;
    case k::owner: return 4;
    case k::review_by: return 5;
    case k::replaces: return 2;
    case k::formerly: return 3;
    case k::for_part: return 10;
    case k::when_part: return 11;
    case k::unless_part: return 12;
    case k::raise_part: return 13;
    case k::because_part: return 14;
    case k::then_part: return 15;
    case k::source_part: return 16;
    case k::active_from: return 17;
    case k::active_to: return 18;
    case k::allow_part: return 19;
    case k::in_theme: return 2;
    case k::about_child:
    case k::about_duty:
    case k::about_data: return 3;
    case k::number: return 1;  // a theme's `up to`, before its title
    case k::many_per_child:
    case k::lookup: return 1;
    case k::at_column:
    case k::from_columns: return 2;
    case k::recorded_column:
    case k::recorded_later: return 3;
    case k::known_when: return 4;
    case k::column: return 5;
    case k::term: return 1;
    case k::closed: return 2;
    case k::on_part: return 1;
    case k::given_row:
    case k::given_weekly:
    case k::given_daily:
    case k::given_no_data: return 2;
    default: return 50;  // expectations
  }
}

bool stands_in_header(k kind) {
  switch (kind) {
    case k::title:
    case k::version:
    case k::replaces:
    case k::formerly:
    case k::in_theme:
    case k::about_child:
    case k::about_duty:
    case k::about_data:
    case k::many_per_child:
    case k::lookup:
    case k::at_column:
    case k::from_columns:
    case k::recorded_column:
    case k::recorded_later:
    case k::known_when: return true;
    default: return false;
  }
}

struct piece {
  k kind;
  std::size_t first, last;  // tokens [first, last)
};

class formatter {
 public:
  formatter(const source_map& sources, std::uint32_t file, const syntax_tree& tree, token_list list) : sources_(sources), text_(sources.text(file)), tree_(tree), list_(std::move(list)) {}

  std::string run() {
    bool before_was_long = false, any = false;
    for (std::size_t i = 0; i < tree_.items.size(); ++i) {
      const auto id = tree_.items[i];
      const auto begin = token_at(tree_[id].where.begin), end = token_after(tree_[id].where.end);
      const auto lead = comments_before(begin);
      auto body = item(id, begin, end);
      body += trailing_comment(end);
      const bool is_long = body.find('\n') != std::string::npos || tree_[id].kind == k::example_item;
      const bool other_kind = i > 0 && tree_[tree_.items[i - 1]].kind != tree_[id].kind;
      if (any && (is_long || before_was_long || other_kind || lead.blank_before || blank_line_before(begin))) out_ += "\n";
      out_ += lead.text;
      out_ += body + "\n";
      before_was_long = is_long;
      any = true;
    }
    const auto rest = comments_before(list_.tokens.size() - 1);
    if (!rest.text.empty()) out_ += (any ? "\n" : "") + rest.text;
    return std::move(out_);
  }

 private:
  struct lead_comments {
    std::string text;
    bool blank_before = false;
  };

  std::string_view words(std::size_t token) const { return sources_.text(list_.tokens[token].where); }
  std::size_t token_at(std::uint32_t offset) const {
    return static_cast<std::size_t>(std::lower_bound(list_.tokens.begin(), list_.tokens.end(), offset, [](const token& t, std::uint32_t o) { return t.where.begin < o; }) - list_.tokens.begin());
  }
  std::size_t token_after(std::uint32_t offset) const { return token_at(offset); }

  bool only_space(std::size_t from, std::size_t to) const { return text_.substr(from, to - from).find_first_not_of(" \t\r\n") == std::string_view::npos; }
  bool line_break(std::size_t from, std::size_t to) const { return text_.substr(from, to - from).find('\n') != std::string_view::npos; }
  std::size_t breaks(std::size_t from, std::size_t to) const { return static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(from), text_.begin() + static_cast<std::ptrdiff_t>(to), '\n')); }

  bool blank_line_before(std::size_t token) const {
    if (token == 0) return false;
    auto from = list_.tokens[token - 1].where.end;
    for (const auto& c : list_.comments)
      if (c.begin >= from && c.end <= list_.tokens[token].where.begin) return false;
    return breaks(from, list_.tokens[token].where.begin) > 1;
  }

  // Comments on lines of their own before a token that no earlier piece has taken.
  lead_comments comments_before(std::size_t token, const std::string& indent = "") {
    lead_comments out;
    const auto end = list_.tokens[token].where.begin;
    while (next_comment_ < list_.comments.size() && list_.comments[next_comment_].begin < end) {
      const auto& c = list_.comments[next_comment_++];
      if (taken_.contains(c.begin)) continue;
      std::size_t before = c.begin;
      while (before > 0 && (text_[before - 1] == ' ' || text_[before - 1] == '\t' || text_[before - 1] == '\n' || text_[before - 1] == '\r')) --before;
      const bool blank = breaks(before, c.begin) > 1;
      if (out.text.empty()) out.blank_before = blank;
      else if (blank) out.text += "\n";
      out.text += indent + std::string(sources_.text(c)) + "\n";
      std::size_t after = c.end;
      while (after < text_.size() && (text_[after] == ' ' || text_[after] == '\t' || text_[after] == '\n' || text_[after] == '\r')) ++after;
      if (breaks(c.end, after) > 1 && after >= end && indent.empty() && list_.tokens[token].kind != token_kind::end) out.text += "\n";
    }
    return out;
  }

  // A comment at the end of the line on which the token before `end` stands.
  std::string trailing_comment(std::size_t end) {
    if (end == 0) return {};
    const auto from = list_.tokens[end - 1].where.end;
    for (const auto& c : list_.comments) {
      if (c.begin < from) continue;
      if (taken_.contains(c.begin) || line_break(from, c.begin) || !only_space(from, c.begin)) return {};
      taken_.insert({c.begin, true});
      return "  " + std::string(sources_.text(c));
    }
    return {};
  }

  // Comments inside a piece move before it.
  std::string inner_comments(std::size_t first, std::size_t last, const std::string& indent) {
    std::string out;
    for (const auto& c : list_.comments) {
      if (c.begin < list_.tokens[first].where.end || c.begin >= list_.tokens[last - 1].where.begin || taken_.contains(c.begin)) continue;
      taken_.insert({c.begin, true});
      out += indent + std::string(sources_.text(c)) + "\n";
    }
    return out;
  }

  static bool opens_value(const token& before) {
    switch (before.kind) {
      case token_kind::number:
      case token_kind::percent:
      case token_kind::date:
      case token_kind::text:
      case token_kind::ordinal:
      case token_kind::right_parenthesis: return false;
      case token_kind::word: return before.word != 0;
      default: return true;
    }
  }

  // Tokens with single spaces.
  std::string joined(std::size_t first, std::size_t last) const {
    std::string out;
    for (auto i = first; i < last; ++i) {
      const auto& t = list_.tokens[i];
      bool space = i > first;
      if (space) {
        const auto& before = list_.tokens[i - 1];
        if (t.kind == token_kind::comma || t.kind == token_kind::right_parenthesis || t.kind == token_kind::possessive || before.kind == token_kind::left_parenthesis) space = false;
        const bool in_type = (t.kind == token_kind::slash && words(i - 1) == "yes" && i + 1 < last && words(i + 1) == "no") || (before.kind == token_kind::slash && words(i) == "no" && i >= first + 2 && words(i - 2) == "yes");
        if (in_type) space = false;
        const bool sign = before.kind == token_kind::minus && t.kind != token_kind::left_parenthesis && (i < first + 2 || opens_value(list_.tokens[i - 2])) && (t.kind == token_kind::number || t.kind == token_kind::percent);
        if (sign) space = false;
      }
      if (space) out += ' ';
      if (t.kind == token_kind::percent) {
        for (char c : words(i))
          if (c != ' ') out += c;
      } else {
        out += words(i);
      }
    }
    return out;
  }

  // A rule's condition; a long one is broken before each `and` (or `or`) of its outermost level.
  std::string condition(node_id part, std::size_t first, std::size_t last, const std::string& keyword) const {
    const std::string lead = "  " + keyword + std::string(8 - keyword.size(), ' ');
    const auto whole = joined(first + 1, last);
    const auto expression = tree_.children_of(part)[0];
    const auto kind = tree_[expression].kind;
    if (lead.size() + whole.size() <= widest) return lead + whole;
    if (kind != k::conjunction && kind != k::disjunction) return lead + filled(first + 1, last, std::string(12, ' '));
    std::string out;
    const std::string joint = kind == k::conjunction ? "and" : "or";
    const auto parts = tree_.children_of(expression);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto a = token_at(tree_[parts[i]].where.begin);
      const auto b = i + 1 < parts.size() ? token_at(tree_[parts[i + 1]].where.begin) - 1 : last;
      out += (i == 0 ? lead : "\n  " + joint + std::string(8 - joint.size(), ' ')) + filled(a, b, std::string(12, ' '));
    }
    return out;
  }

  std::string item(node_id id, std::size_t begin, std::size_t end) {
    switch (tree_[id].kind) {
      case k::pack_item:
      case k::flag_item:
      case k::theme_item:
      case k::rule_item:
      case k::calendar_item:
      case k::table_item:
      case k::example_item: return with_parts(id, begin, end);
      default: break;
    }
    if (tree_[id].kind == k::use_item) return use(begin, end);
    const auto inside = inner_comments(begin, end, "");
    return inside + filled(begin, end, "  ");
  }

  // One line where it fits; else broken after commas and before `and`, `or` and the description, as full as the width allows.
  std::string filled(std::size_t first, std::size_t last, const std::string& indent) const {
    auto out = joined(first, last);
    if (out.size() <= widest) return out;
    out.clear();
    std::string line;
    int depth = 0;
    auto from = first;
    auto take = [&](std::size_t to) {
      if (to == from) return;
      const auto next = joined(from, to);
      if (line.empty()) line = next;
      else if (line.size() + 1 + next.size() <= widest) line += " " + next;
      else out += line + "\n", line = indent + next;
      from = to;
    };
    for (auto i = first; i < last; ++i) {
      const auto& t = list_.tokens[i];
      if (t.kind == token_kind::left_parenthesis) ++depth;
      if (t.kind == token_kind::right_parenthesis) --depth;
      if (depth == 0 && i > first && (t.kind == token_kind::text || words(i) == "and" || words(i) == "or")) take(i);
      // A list of values may break too; the conditions inside parentheses stay together.
      if (t.kind == token_kind::comma && depth <= 1) take(i + 1);
    }
    take(last);
    return out + line;
  }

  // `use "…" with …` one value a line, comments between them kept where they stand; `without …` on a line of its own.
  std::string use(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> starts;  // of the lines after the first
    bool values = false;
    for (auto i = begin; i < end; ++i) {
      if (words(i) == "without") starts.push_back(i), values = false;
      if (words(i) == "with") starts.push_back(i + 1), values = true;
      if (values && list_.tokens[i].kind == token_kind::comma) starts.push_back(i + 1);
    }
    if (starts.size() < 2 && joined(begin, end).size() <= widest) return inner_comments(begin, end, "") + joined(begin, end);
    starts.push_back(end);
    auto out = joined(begin, starts[0]);
    for (std::size_t i = 0; i + 1 < starts.size(); ++i) out += "\n" + own_line_comments(starts[i], "  ") + "  " + joined(starts[i], starts[i + 1]);
    return out;
  }

  std::string with_parts(node_id id, std::size_t begin, std::size_t end) {
    const auto kind = tree_[id].kind;
    const auto children = tree_.children_of(id);
    struct part_text {
      int place;
      std::size_t order;
      node_id id;
      piece at;
    };
    std::vector<part_text> parts;
    // A part's own words reach from the end of what stands before it (its keyword may not be in its node: `given`, `expect`, `closed`).
    auto from = token_after(tree_[children[0]].where.end);
    for (std::size_t i = 1; i < children.size(); ++i) {
      auto to = token_after(tree_[children[i]].where.end);
      const bool theme_points = kind == k::theme_item && tree_[children[i]].kind == k::number;
      if (theme_points) ++to;
      auto first = from;
      while (first < to && list_.tokens[first].kind == token_kind::comma) ++first;
      parts.push_back({place_of_part(tree_[children[i]].kind), i, children[i], {tree_[children[i]].kind, first, to}});
      from = to;
    }
    if (kind == k::calendar_item) std::stable_sort(parts.begin(), parts.end(), [](const part_text&, const part_text&) { return false; });
    else std::stable_sort(parts.begin(), parts.end(), [](const part_text& a, const part_text& b) { return a.place < b.place; });

    std::string header = joined(begin, token_after(tree_[children[0]].where.end));
    std::string head_comments;
    std::size_t name_width = 0;
    for (const auto& p : parts)
      if (p.at.kind == k::column) name_width = std::max(name_width, static_cast<std::size_t>(tree_[tree_.children_of(p.id)[0]].where.end - tree_[tree_.children_of(p.id)[0]].where.begin));
    name_width = std::min<std::size_t>(name_width, 24);
    std::string body;
    const bool one_line = kind == k::flag_item || kind == k::theme_item;
    for (const auto& p : parts) {
      const auto inner = inner_comments(p.at.first, p.at.last, "  ");
      if (one_line || stands_in_header(p.at.kind)) {
        head_comments += own_line_comments(p.at.first, "") + inner_comments(p.at.first, p.at.last, "");
        if (!inner.empty()) head_comments += inner.substr(2);
        header += " " + joined(p.at.first, p.at.last);
        continue;
      }
      body += "\n";
      const auto own = own_line_comments(p.at.first, "  ");
      body += own + inner + part(p.id, p.at, name_width) + (p.at.last == end ? "" : trailing_comment(p.at.last));
    }
    // A comment at the end of the header's line.
    const auto header_end = token_after(tree_[children[0]].where.end);
    std::string header_comment;
    if (!body.empty()) {
      auto last = header_end;
      for (const auto& p : parts)
        if (stands_in_header(p.at.kind)) last = std::max(last, p.at.last);
      header_comment = trailing_comment(last);
    }
    return head_comments + header + header_comment + body;
  }

  // Comments on lines of their own directly before a part.
  std::string own_line_comments(std::size_t first, const std::string& indent) {
    std::string out;
    const auto end = list_.tokens[first].where.begin;
    const auto begin = first > 0 ? list_.tokens[first - 1].where.end : 0u;
    for (const auto& c : list_.comments) {
      if (c.begin < begin || c.begin >= end || taken_.contains(c.begin)) continue;
      if (!line_break(begin, c.begin)) continue;  // at the end of the line before: that part's own
      taken_.insert({c.begin, true});
      out += indent + std::string(sources_.text(c)) + "\n";
    }
    return out;
  }

  std::string part(node_id id, const piece& p, std::size_t name_width) const {
    auto keyword_line = [&](std::size_t width) {
      const auto keyword = std::string(words(p.first));
      return "  " + keyword + std::string(keyword.size() < width ? width - keyword.size() : 1, ' ') + joined(p.first + 1, p.last);
    };
    switch (p.kind) {
      case k::for_part: return condition(id, p.first, p.last, "for");
      case k::when_part: return condition(id, p.first, p.last, "when");
      case k::unless_part: return condition(id, p.first, p.last, "unless");
      case k::raise_part:
      case k::because_part:
      case k::then_part:
      case k::source_part:
      case k::active_from:
      case k::active_to:
      case k::allow_part: return keyword_line(8);
      case k::column: {
        const auto name = std::string(words(p.first));
        const auto lead = "  " + name + std::string(name.size() < name_width ? name_width - name.size() + 1 : 1, ' ');
        return lead + filled(p.first + 1, p.last, std::string(lead.size(), ' '));
      }
      case k::closed: {
        // Each stretch on a line of its own says `closed`.
        const bool has_keyword = words(p.first) == "closed";
        return "  closed " + joined(p.first + (has_keyword ? 1 : 0), p.last);
      }
      default: return "  " + filled(p.first, p.last, "    ");
    }
  }

  const source_map& sources_;
  std::string_view text_;
  const syntax_tree& tree_;
  token_list list_;
  std::size_t next_comment_ = 0;
  std::map<std::uint32_t, bool> taken_;
  std::string out_;
};

// The kinds of all nodes, counted: what layout must not change.
std::map<node_kind, std::size_t> census(const syntax_tree& tree) {
  std::map<node_kind, std::size_t> out;
  std::vector<node_id> todo(tree.items.begin(), tree.items.end());
  while (!todo.empty()) {
    const auto id = todo.back();
    todo.pop_back();
    ++out[tree[id].kind];
    for (auto c : tree.children_of(id)) todo.push_back(c);
  }
  return out;
}

}  // namespace

std::optional<std::string> format(const source_map& sources, std::uint32_t file, std::vector<diagnostic>& diagnostics) {
  syntax_tree tree;
  std::vector<diagnostic> found;
  parse(sources, file, tree, found);
  if (has_errors(found)) {
    sort_diagnostics(found);
    diagnostics.insert(diagnostics.end(), found.begin(), found.end());
    return std::nullopt;
  }
  const auto text = sources.text(file);
  std::vector<diagnostic> unused;
  const auto begin = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3u : 0u;
  auto out = formatter(sources, file, tree, tokenize(sources, {file, begin, static_cast<std::uint32_t>(text.size())}, unused)).run();
  // A layout that read otherwise would be a defect of ours: then the file stays as it is.
  source_map again;
  syntax_tree reread;
  std::vector<diagnostic> problems;
  parse(again, again.add("formatted", out), reread, problems);
  if (has_errors(problems) || census(reread) != census(tree)) return std::string(text);
  return out;
}

}  // namespace earlysight
