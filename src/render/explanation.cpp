// SPDX-License-Identifier: Apache-2.0
#include <earlysight/render/explanation.hpp>

#include <earlysight/calendar/date.hpp>

#include "json_page.hpp"
#include "markup.hpp"

#include <algorithm>
#include <string_view>

namespace earlysight {
namespace {

std::string long_day(const std::string& iso) {
  const auto d = parse_date(iso);
  return d ? long_text(*d) : iso;
}

const char* said(outcome o) {
  switch (o) {
    case outcome::fires: return "FIRES";
    case outcome::silent: return "is silent";
    case outcome::cannot_tell: return "CANNOT TELL";
    case outcome::not_applicable: return "does not apply";
  }
  return "";
}

const char* mark(truth_state t) { return t == truth_state::yes ? "yes" : t == truth_state::no ? "no " : "?  "; }

// "attendance (2025-05-05 to 2025-06-20): 3 rows, and 1 of which it is not known"
void add_words(const evidence& r, std::string& out) {
  out += r.table;
  if (!r.window.empty()) out.append(" (").append(r.window).append(")");
  out.append(": ").append(std::to_string(r.rows)).append(r.rows == 1 ? " row" : " rows");
  if (r.not_known > 0) out.append(", and ").append(std::to_string(r.not_known)).append(" of which it is not known");
  if (r.as_above && r.rows > 0) out += ", as above";
}

void add_words(const evidence_row& r, std::string& out) {
  if (!r.date.empty()) out.append(r.date).append("  ");
  for (std::size_t i = 0; i < r.columns.size(); ++i) out.append(i > 0 ? ", " : "").append(r.columns[i].words).append(" ").append(r.columns[i].value);
}

template <class What>
std::string in_words(const What& r) {
  std::string out;
  add_words(r, out);
  return out;
}

// "attendance: 81.2%; year: 6 — 8.8 points below the threshold"
std::string values_of(const condition& c) {
  std::string out;
  for (const auto& v : c.values) out.append(out.empty() ? "" : "; ").append(v.words).append(": ").append(v.value);
  if (!c.margin.empty()) out.append(out.empty() ? "" : " — ").append(c.margin);
  return out;
}

// Colours for a terminal, where they are wanted: each is begun and ended around what is added.
struct painter {
  bool on;
  void begin(truth_state t, std::string& out) const {
    if (on) out += t == truth_state::yes ? "\x1b[1;32m" : t == truth_state::no ? "\x1b[1;31m" : "\x1b[1;33m";
  }
  void faint(std::string& out) const {
    if (on) out += "\x1b[2m";
  }
  void end(std::string& out) const {
    if (on) out += "\x1b[0m";
  }
  std::string strong(const std::string& text) const { return on ? "\x1b[1m" + text + "\x1b[0m" : text; }
};

// Adds text broken at spaces, each line after the first begun with `indent`.
void add_wrapped(std::string_view text, std::size_t indent, std::string& out) {
  constexpr std::size_t width = 100;
  std::size_t column = indent;
  for (std::size_t i = 0; i < text.size();) {
    const auto end = std::min(text.find(' ', i), text.size());
    const auto length = end - i;
    if (column > indent && column + 1 + length > width) {
      out.append(1, '\n').append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out.append(text, i, length);
    column += length;
    i = end + 1;
  }
}

// A condition that is a fact's name: its one part is what the fact says.
bool is_fact(const condition& c) { return c.parts.size() == 1 && c.words.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos; }

// Facts of the rule are shown with what they say; facts inside facts by their truth alone, unless that is what cannot be told.
void add_text(const condition& c, std::size_t indent, const std::string& lead, const painter& p, std::string& out, bool in_fact = false) {
  p.begin(c.truth, out);
  out += mark(c.truth);
  p.end(out);
  out.append(1 + indent, ' ').append(lead);
  p.begin(c.truth, out);
  add_wrapped(c.words, indent + lead.size() + 4, out);
  p.end(out);
  out += '\n';
  const std::size_t under = 4 + indent + lead.size() + 2;
  if (!c.values.empty() || !c.margin.empty()) {
    out.append(under, ' ');
    add_wrapped(values_of(c), under, out);
    out += '\n';
  }
  auto faint = [&](const auto& add) {
    out.append(under, ' ');
    p.faint(out);
    add();
    p.end(out);
    out += '\n';
  };
  for (const auto& r : c.rows) {
    faint([&] { add_words(r, out); });
    if (r.as_above) continue;
    for (const auto& row : r.shown)
      faint([&] {
        out += "  ";
        add_words(row, out);
      });
    if (r.rows > r.shown.size()) faint([&] { out.append("  … and ").append(std::to_string(r.rows - r.shown.size())).append(" earlier"); });
  }
  const bool fact = is_fact(c);
  if (fact && in_fact && c.truth != truth_state::not_known) return;
  for (const auto& part : c.parts) add_text(part, indent + 2, "", p, out, in_fact || fact);
}

void add_list(const char* title, const std::vector<std::string>& all, const painter& p, std::string& out) {
  if (all.empty()) return;
  out.append("\n").append(p.strong(title)).append("\n");
  for (const auto& each : all) {
    out += "  - ";
    add_wrapped(each, 4, out);
    out += '\n';
  }
}

void add_json(json_page& page, const char* name, const std::vector<std::string>& all) {
  page.key(name).begin('[');
  for (const auto& each : all) page.value(each);
  page.end(']');
}

void add_json(json_page& page, const evidence& r) {
  page.begin('{');
  page.key("table").value(r.table);
  page.key("window").value(r.window);
  page.key("rows").value(r.rows);
  page.key("not_known").value(r.not_known);
  page.key("shown").begin('[');
  for (const auto& row : r.shown) {
    page.begin('{');
    page.key("date").value(row.date);
    page.key("columns").begin('{');
    for (const auto& v : row.columns) page.key(v.words).value(v.value);
    page.end('}');
    page.end('}');
  }
  page.end(']');
  page.end('}');
}

void add_json(json_page& page, const condition& c) {
  page.begin('{');
  page.key("words").value(c.words);
  page.key("file").value(c.file);
  page.key("line").value(std::size_t{c.line});
  page.key("column").value(std::size_t{c.column});
  page.key("truth").value(c.truth == truth_state::yes ? "true" : c.truth == truth_state::no ? "false" : "not known");
  page.key("values").begin('[');
  for (const auto& v : c.values) {
    page.begin('{');
    page.key("words").value(v.words);
    page.key("value").value(v.value);
    page.end('}');
  }
  page.end(']');
  page.key("margin").value(c.margin);
  page.key("evidence").begin('[');
  for (const auto& r : c.rows) add_json(page, r);
  page.end(']');
  page.key("parts").begin('[');
  for (const auto& part : c.parts) add_json(page, part);
  page.end(']');
  page.end('}');
}

void add_json(json_page& page, const explanation& x) {
  page.begin('{');
  page.key("child").value(x.child);
  page.key("rule").value(x.rule);
  page.key("title").value(x.title);
  page.key("outcome").value(name_of(x.outcome));
  page.key("as_of").value(x.as_of);
  add_json(page, "raises", x.flags);
  page.key("because").value(x.because);
  page.key("clauses").begin('[');
  for (const auto& c : x.clauses) {
    page.begin('{');
    page.key("name").value(c.name);
    page.key("condition");
    add_json(page, c.root);
    page.end('}');
  }
  page.end(']');
  page.key("actions").begin('[');
  for (const auto& a : x.actions) {
    page.begin('{');
    page.key("text").value(a.text);
    page.key("by").value(a.by);
    page.key("due").value(a.due);
    page.end('}');
  }
  page.end(']');
  add_json(page, "enough", x.enough);
  add_json(page, "missing", x.missing);
  add_json(page, "would_turn", x.would_turn);
  add_json(page, "allowed", x.allowed);
  add_json(page, "sources", x.sources);
  page.key("pack").begin('{');
  page.key("name").value(x.pack);
  page.key("version").value(x.version);
  page.key("digest").value(x.pack_digest);
  page.end('}');
  page.key("engine").value(x.engine);
  page.key("data").begin('{');
  for (const auto& [table, digest] : x.data_digests) page.key(table).value(digest);
  page.end('}');
  page.end('}');
}

void add_html(const condition& c, std::string& out) {
  const char* state = c.truth == truth_state::yes ? "true" : c.truth == truth_state::no ? "not true" : "not known";
  out += "<li><span class=\"" + std::string(c.truth == truth_state::yes ? "yes" : c.truth == truth_state::no ? "no" : "open") + "\">" + state + "</span> <code>" + escape_markup(c.words) + "</code>";
  const auto values = values_of(c);
  if (!values.empty()) out += "<div class=\"values\">" + escape_markup(values) + "</div>";
  for (const auto& r : c.rows) {
    out += "<div class=\"rows\">" + escape_markup(in_words(r));
    if (!r.shown.empty() && !r.as_above) {
      out += "<ul>";
      for (const auto& row : r.shown) out += "<li>" + escape_markup(in_words(row)) + "</li>";
      out += "</ul>";
    }
    out += "</div>";
  }
  if (!c.parts.empty()) {
    out += "<ul>";
    for (const auto& part : c.parts) add_html(part, out);
    out += "</ul>";
  }
  out += "</li>\n";
}

void add_markdown(const condition& c, std::size_t indent, std::string& out) {
  const std::string space(indent * 2, ' ');
  out += space + "- **" + (c.truth == truth_state::yes ? "true" : c.truth == truth_state::no ? "not true" : "not known") + "**: `" + c.words + "`";
  const auto values = values_of(c);
  out += values.empty() ? "\n" : "  \n" + space + "  " + values + "\n";
  for (const auto& r : c.rows) {
    out += space + "  - " + in_words(r) + "\n";
    if (r.as_above) continue;
    for (const auto& row : r.shown) out += space + "    - " + in_words(row) + "\n";
  }
  for (const auto& part : c.parts) add_markdown(part, indent + 1, out);
}

std::string action_words(const planned_action& a) { return a.text + (a.by.empty() ? "" : " (" + a.by + ")") + (a.due.empty() ? "" : ", by " + long_day(a.due)); }

}  // namespace

std::string render_text(const explanation& x, bool colour) {
  const painter p{colour};
  std::string out;
  out.reserve(4096);
  out.append(p.strong(x.child + ": " + x.title)).append("\n");
  out += "rule " + x.rule + " " + p.strong(said(x.outcome)) + " as of " + long_day(x.as_of);
  if (x.outcome == outcome::fires && !x.flags.empty()) {
    out += "; raises ";
    for (std::size_t i = 0; i < x.flags.size(); ++i) out += (i > 0 ? " and " : "") + x.flags[i];
  }
  out += "\n";
  if (!x.because.empty() && x.outcome == outcome::fires) {
    out += "\n  ";
    add_wrapped(x.because, 2, out);
    out += '\n';
  }
  out += '\n';
  for (const auto& c : x.clauses) {
    const auto lead = c.name + std::string(8 - c.name.size(), ' ');
    add_text(c.root, 0, lead, p, out);
  }
  if (x.outcome == outcome::fires && !x.actions.empty()) {
    std::vector<std::string> all;
    for (const auto& a : x.actions) all.push_back(action_words(a));
    add_list("What to do next", all, p, out);
  }
  add_list(x.outcome == outcome::fires ? "Enough for it to fire" : "Enough for this outcome", x.enough, p, out);
  add_list("Not known, and it would decide", x.missing, p, out);
  add_list("What would change it", x.would_turn, p, out);
  add_list("Warnings silenced in this rule", x.allowed, p, out);
  add_list("Source", x.sources, p, out);
  out += '\n';
  p.faint(out);
  out.append("pack ").append(x.pack).append(" ").append(x.version).append(" (").append(x.pack_digest, 0, 12).append("), ").append(x.engine);
  out += ". A person decides; this only shows what the records say.";
  p.end(out);
  out += '\n';
  return out;
}

std::string render_markdown(const explanation& x) {
  std::string out = "## " + x.child + ": " + x.title + "\n\nRule `" + x.rule + "` **" + said(x.outcome) + "** as of " + long_day(x.as_of) + ".\n\n";
  if (!x.because.empty() && x.outcome == outcome::fires) out += x.because + "\n\n";
  for (const auto& c : x.clauses) {
    out += "### " + c.name + "\n\n";
    add_markdown(c.root, 0, out);
    out += "\n";
  }
  auto list = [&](const char* title, const std::vector<std::string>& all) {
    if (all.empty()) return;
    out += std::string("### ") + title + "\n\n";
    for (const auto& each : all) out += "- " + each + "\n";
    out += "\n";
  };
  if (x.outcome == outcome::fires) {
    std::vector<std::string> all;
    for (const auto& a : x.actions) all.push_back(action_words(a));
    list("What to do next", all);
  }
  list("Enough for this outcome", x.enough);
  list("Not known, and it would decide", x.missing);
  list("What would change it", x.would_turn);
  list("Source", x.sources);
  return out + "Pack " + x.pack + " " + x.version + " (`" + x.pack_digest + "`), " + x.engine + ".\n";
}

std::string render_html(const std::vector<explanation>& all) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>earlysight: why</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}"
      "code{font-size:.95em}ul{padding-left:1.4rem}.yes,.no,.open{display:inline-block;min-width:5.5em;font-weight:600}.yes::before{content:\"\\2713 \"}.no::before{content:\"\\2717 \"}.open::before{content:\"? \"}"
      ".values,.rows{margin-left:6em;color:#333}.because{border-left:4px solid #333;padding-left:1rem}footer{color:#555;font-size:.85em}</style></head><body>\n";
  for (const auto& x : all) {
    out += "<article><h1>" + escape_markup(x.child) + ": " + escape_markup(x.title) + "</h1>\n<p>Rule <code>" + escape_markup(x.rule) + "</code> <strong>" + said(x.outcome) + "</strong> as of " + long_day(x.as_of) + ".</p>\n";
    if (!x.because.empty() && x.outcome == outcome::fires) out += "<p class=\"because\">" + escape_markup(x.because) + "</p>\n";
    for (const auto& c : x.clauses) {
      out += "<h2>" + escape_markup(c.name) + "</h2>\n<ul>\n";
      add_html(c.root, out);
      out += "</ul>\n";
    }
    auto list = [&](const char* title, const std::vector<std::string>& entries) {
      if (entries.empty()) return;
      out += std::string("<h2>") + title + "</h2>\n<ul>\n";
      for (const auto& each : entries) out += "<li>" + escape_markup(each) + "</li>\n";
      out += "</ul>\n";
    };
    if (x.outcome == outcome::fires) {
      std::vector<std::string> actions;
      for (const auto& a : x.actions) actions.push_back(action_words(a));
      list("What to do next", actions);
    }
    list("Enough for this outcome", x.enough);
    list("Not known, and it would decide", x.missing);
    list("What would change it", x.would_turn);
    list("Source", x.sources);
    out += "<footer>Pack " + escape_markup(x.pack) + " " + escape_markup(x.version) + " (" + x.pack_digest + "), " + escape_markup(x.engine) + ". A person decides; this only shows what the records say.</footer></article>\n";
  }
  return out + "</body></html>\n";
}

std::string render_json(const std::vector<explanation>& all) {
  std::string out;
  out.reserve(4096 * all.size() + 64);
  json_page page(out);
  page.begin('{');
  page.key("version").value(std::size_t{1});
  page.key("explanations").begin('[');
  for (const auto& x : all) add_json(page, x);
  page.end(']');
  page.end('}');
  return out += '\n';
}

}  // namespace earlysight
