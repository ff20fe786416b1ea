// SPDX-License-Identifier: Apache-2.0
#include <earlysight/render/diagnostics.hpp>
#include <earlysight/version.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace earlysight {
namespace {

using json = nlohmann::ordered_json;

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct paint {
  bool on;
  std::string operator()(const char* code, std::string_view text) const { return on ? std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m" : std::string(text); }
};

// The line, and under it the words.
std::string excerpt(const source_map& sources, span where, const paint& colour, const char* code) {
  const auto at = sources.begin_of(where);
  auto line = std::string(sources.line_at(where.file, where.begin));
  const auto number = std::to_string(at.line);
  std::size_t line_begin = where.begin;
  const auto text = sources.text(where.file);
  while (line_begin > 0 && text[line_begin - 1] != '\n') --line_begin;
  const auto end = std::min<std::size_t>(where.end, line_begin + line.size());
  // Tabs and wide lines would shift the marks.
  constexpr std::size_t widest = 160;
  std::size_t from = 0;
  const auto begin = std::min<std::size_t>(where.begin - line_begin, line.size());
  if (line.size() > widest && begin > 80) from = begin - 60;
  while (from > 0 && from < line.size() && (static_cast<unsigned char>(line[from]) & 0xC0) == 0x80) --from;
  const auto before = characters(std::string_view(line).substr(from, begin - from));
  const auto marked = end > where.begin ? characters(text.substr(where.begin, end - where.begin)) : 0;
  auto shown = line.substr(from, widest);
  while (!shown.empty() && from + shown.size() < line.size() && (static_cast<unsigned char>(line[from + shown.size()]) & 0xC0) == 0x80) shown.pop_back();
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  const std::string margin(number.size(), ' ');
  return "  " + number + " | " + shown + "\n  " + margin + " | " + std::string(before, ' ') + colour(code, std::string(std::clamp<std::size_t>(marked, 1, widest), '^')) + "\n";
}

json place_of(const source_map& sources, span where) {
  const auto begin = sources.begin_of(where), end = sources.place_of(where.file, where.end);
  return {{"file", sources.path(where.file)}, {"line", begin.line}, {"column", begin.column}, {"end_line", end.line}, {"end_column", end.column}};
}

}  // namespace

std::string render_text(const std::vector<diagnostic>& all, const source_map& sources, bool colour) {
  const paint p{colour};
  std::string out;
  for (const auto& d : all) {
    const auto at = sources.begin_of(d.where);
    const bool is_error = d.level == severity::error;
    const char* code = is_error ? "1;31" : "1;33";
    out += sources.path(d.where.file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + p(code, (is_error ? "error " : "warning ") + d.code) + ": " + d.message + "\n";
    out += excerpt(sources, d.where, p, code);
    if (!d.mend.empty()) out += "  = " + d.mend + "\n";
    for (const auto& r : d.related) {
      const auto there = sources.begin_of(r.where);
      out += "  " + sources.path(r.where.file) + ":" + std::to_string(there.line) + ":" + std::to_string(there.column) + ": " + r.note + "\n";
      out += excerpt(sources, r.where, p, "1;36");
    }
    out += "\n";
  }
  return out;
}

std::string render_json(const std::vector<diagnostic>& all, const source_map& sources) {
  json list = json::array();
  for (const auto& d : all) {
    auto one = place_of(sources, d.where);
    one["severity"] = d.level == severity::error ? "error" : "warning";
    one["code"] = d.code;
    one["message"] = d.message;
    one["mend"] = d.mend;
    one["related"] = json::array();
    for (const auto& r : d.related) {
      auto there = place_of(sources, r.where);
      there["note"] = r.note;
      one["related"].push_back(std::move(there));
    }
    list.push_back(std::move(one));
  }
  return json{{"diagnostics", std::move(list)}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string render_sarif(const std::vector<diagnostic>& all, const source_map& sources) {
  auto location = [&](span where) {
    const auto begin = sources.begin_of(where), end = sources.place_of(where.file, where.end);
    return json{{"physicalLocation",
                 {{"artifactLocation", {{"uri", sources.path(where.file)}}},
                  {"region", {{"startLine", begin.line}, {"startColumn", begin.column}, {"endLine", end.line}, {"endColumn", end.column}}}}}};
  };
  json results = json::array();
  for (const auto& d : all) {
    json one{{"ruleId", d.code}, {"level", d.level == severity::error ? "error" : "warning"}, {"message", {{"text", d.message + (d.mend.empty() ? "" : "; " + d.mend)}}}, {"locations", json::array({location(d.where)})}};
    for (const auto& r : d.related) {
      auto there = location(r.where);
      there["message"] = {{"text", r.note}};
      one["relatedLocations"].push_back(std::move(there));
    }
    results.push_back(std::move(one));
  }
  const json sarif{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                   {"version", "2.1.0"},
                   {"runs", json::array({{{"tool", {{"driver", {{"name", "earlysight"}, {"version", engine_version}}}}}, {"results", std::move(results)}}})}};
  return sarif.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace earlysight
