// SPDX-License-Identifier: Apache-2.0
#include <earlysight/render/results.hpp>

#include <earlysight/program/reads.hpp>
#include <earlysight/result/rows.hpp>
#include <earlysight/result/text.hpp>
#include <earlysight/version.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace earlysight {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

std::string csv_cell(std::string_view text) {
  const bool quote = text.find_first_of(",\"\n\r") != std::string_view::npos || (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  // A spreadsheet takes a cell that begins so for a formula; texts from data must not become one.
  const bool formula = !text.empty() && (text[0] == '=' || text[0] == '@' || text[0] == '\t');
  if (!quote && !formula) return std::string(text);
  std::string out = formula ? "\"'" : "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

const char* level_name(level l) { return l == level::high ? "high" : l == level::medium ? "medium" : "low"; }

// What a stretch of children adds to each file.
struct stretch_text {
  std::string outcomes, flags, scores, actions, missing;
};

class writer {
 public:
  writer(const run_result& r, const cohort& data, const result_files& options) : r_(r), p_(*r.plan->program), data_(data), options_(options) {}

  stretch_text stretch(std::size_t first, std::size_t last) const {
    stretch_text out;
    for (auto child = first; child < last; ++child) {
      const auto key = csv_cell(data_.key_of(child));
      for (std::size_t r = 0; r < p_.rules.size(); ++r) {
        const auto o = r_.outcomes.at(child, r);
        if (options_.all_outcomes || o == outcome::fires || o == outcome::cannot_tell) out.outcomes += key + "," + p_.rules[r].name + "," + name_of(o) + "\n";
      }
      const auto& s = r_.scores;
      auto band = [&](std::int32_t b) { return b < 0 ? std::string() : p_.bands[static_cast<std::size_t>(b)].name; };
      out.scores += key + "," + exact_number(s.low[child]) + "," + exact_number(s.high[child]) + "," + band(s.band_low[child]) + "," + band(s.band_high[child]) + "\n";
    }
    const auto rows = result_rows_of(r_, data_, first, last);
    for (const auto& f : rows.flags) add_flag(out, f);
    for (const auto& a : rows.actions) add_action(out, a);
    for (const auto& m : rows.missing) add_missing(out, m);
    return out;
  }

 private:
  std::string key(std::size_t child) const { return csv_cell(data_.key_of(child)); }

  void add_flag(stretch_text& out, const flag_row& f) const {
    std::string rules;
    for (auto r : f.of.rules) rules += (rules.empty() ? "" : ";") + p_.rules[static_cast<std::size_t>(r)].name;
    out.flags += key(f.child) + "," + p_.flags[static_cast<std::size_t>(f.of.flag)].name + "," + level_name(f.of.level) + "," + (f.of.raised ? "raised" : "cannot_tell") + "," + rules + "," + exact_number(f.of.points) + "," + csv_cell(f.because) + "\n";
  }

  void add_action(stretch_text& out, const action_row& a) const {
    const auto& rule = p_.rules[static_cast<std::size_t>(a.rule)];
    out.actions += key(a.child) + "," + rule.name + "," + csv_cell(a.text) + "," + csv_cell(rule.actions[static_cast<std::size_t>(a.action)].by) + "," + a.due + "," + csv_cell(a.because) + "\n";
  }

  void add_missing(stretch_text& out, const missing_row& m) const {
    const auto [table, column] = names_of(p_, m.piece);
    out.missing += key(m.child) + "," + p_.rules[static_cast<std::size_t>(m.rule)].name + "," + table + "," + column + "\n";
  }

  const run_result& r_;
  const program& p_;
  const cohort& data_;
  const result_files& options_;
};

class file {
 public:
  file(const fs::path& path, std::string_view header) : path_(path), handle_(std::fopen(path.c_str(), "wb")) { write(header); }
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  ~file() {
    if (handle_) std::fclose(handle_);
  }
  void write(std::string_view text) {
    if (!handle_ || (!text.empty() && std::fwrite(text.data(), 1, text.size(), handle_) != text.size())) bad_ = true;
  }
  bool close() {
    if (handle_ && std::fclose(handle_) != 0) bad_ = true;
    handle_ = nullptr;
    return !bad_;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  std::FILE* handle_;
  bool bad_ = false;
};

std::string run_json(const run_result& r, const cohort& data, const result_files& options) {
  const auto& p = *r.plan->program;
  json tables = json::object();
  for (std::size_t t = 0; t < p.schema.tables.size(); ++t) {
    const auto& d = data.tables[t];
    json one{{"supplied", d.supplied}};
    if (d.supplied) {
      one["digest"] = d.digest;
      one["rows"] = {{"read", d.counts.read}, {"used", d.counts.used}, {"rejected", d.counts.rejected}};
      one["ignored_columns"] = d.ignored_columns;
    }
    tables[p.schema.tables[t].name] = std::move(one);
  }
  json params = json::object();
  for (std::size_t i = 0; i < p.params.size(); ++i) params[p.params[i].name] = value_text(r.plan->params[i]);
  json out{{"pack", {{"name", p.pack.name}, {"title", p.pack.title}, {"version", p.pack.version}, {"digest", p.digest}}},
           {"as_of", iso_text(r.plan->as_of)},
           {"params", std::move(params)},
           {"children", data.children},
           {"rules", p.rules.size()},
           {"tables", std::move(tables)},
           {"warnings", warnings_for(p, data)},
           {"engine", {{"name", "earlysight"}, {"version", engine_version}}},
           {"seconds", {{"load", options.load_seconds}, {"score", options.score_seconds}}}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

failure cannot_write(const fs::path& path, const std::string& why) {
  return {failure_kind::machine, "cannot write " + path.string() + (why.empty() ? "" : ": " + why) + "; nothing is left behind. Choose a folder that you may write, with enough space"};
}

}  // namespace

result<bool> write_results(const run_result& r, const cohort& data, const fs::path& out, const result_files& options) {
  const auto& p = *r.plan->program;
  std::error_code code;
  const bool exists = fs::exists(out, code);
  if (exists && (!fs::is_directory(out, code) || (!fs::is_empty(out, code) && !fs::exists(out / "run.json", code))))
    return failure{failure_kind::arguments, out.string() + " is there already and is no result folder of earlysight: choose another name for --out"};
  auto temporary = out;
  if (temporary.filename().empty()) temporary = temporary.parent_path();
  const auto target = temporary;
  temporary += ".part-" + std::to_string(::getpid());
  fs::remove_all(temporary, code);
  if (!fs::create_directories(temporary, code)) return cannot_write(out, code.message());
  auto give_up = [&](const fs::path& path, const std::string& why) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    return cannot_write(path, why);
  };

  const auto& key = p.schema.key_name();
  file outcomes(temporary / "outcomes.csv", key + ",rule,outcome\n"), flags(temporary / "flags.csv", key + ",flag,level,state,rules,points,because\n"),
      scores(temporary / "scores.csv", key + ",score_low,score_high,band_low,band_high\n"), actions(temporary / "actions.csv", key + ",rule,action,by,due,because\n"),
      missing(temporary / "missing.csv", key + ",rule,table,column\n"), rejected(temporary / "rejected.csv", "file,line,column,value,reason\n"), run(temporary / "run.json", "");
  const writer w(r, data, options);
  // Children in stretches, worked out by threads and written in order.
  constexpr std::size_t children_at_once = 2048;
  const auto threads = std::max(1u, options.threads);
  for (std::size_t first = 0; first < data.children;) {
    std::vector<stretch_text> texts(threads);
    std::vector<std::thread> running;
    const auto begin = first;
    auto part = [&](std::size_t i) {
      const auto a = std::min(data.children, begin + i * children_at_once), b = std::min(data.children, a + children_at_once);
      texts[i] = w.stretch(a, b);
    };
    for (std::size_t i = 1; i < threads; ++i) running.emplace_back(part, i);
    part(0);
    for (auto& t : running) t.join();
    first += threads * children_at_once;
    for (const auto& t : texts) outcomes.write(t.outcomes), flags.write(t.flags), scores.write(t.scores), actions.write(t.actions), missing.write(t.missing);
  }
  for (const auto& x : data.rejected) rejected.write(csv_cell(x.file) + "," + std::to_string(x.line) + "," + csv_cell(x.column) + "," + csv_cell(x.value) + "," + csv_cell(x.reason) + "\n");
  run.write(run_json(r, data, options));
  for (auto* f : {&outcomes, &flags, &scores, &actions, &missing, &rejected, &run})
    if (!f->close()) return give_up(f->path(), "the disk may be full");
  // An earlier result is put aside, not removed, until the new one stands in its place.
  auto old = target;
  old += ".old-" + std::to_string(::getpid());
  if (exists) fs::rename(target, old, code);
  if (code) return give_up(out, code.message());
  fs::rename(temporary, target, code);
  if (code) {
    const auto why = code.message();
    if (exists) fs::rename(old, target, code);
    return give_up(out, why);
  }
  if (exists) fs::remove_all(old, code);
  return true;
}

std::vector<std::string> warnings_for(const program& p, const cohort& data) {
  const auto read = what_is_read(p);
  std::vector<std::string> out;
  for (const auto& w : data.warnings) {
    const auto t = static_cast<std::size_t>(w.table);
    const bool missing_file = w.table >= 0 && w.column < 0 && !data.tables[t].supplied;
    if (missing_file ? read.tables[t] : w.column < 0 || read.columns[t][static_cast<std::size_t>(w.column)]) out.push_back(w.text);
  }
  return out;
}

std::string render_summary(const run_result& r, const cohort& data, const result_files& options) {
  const auto& p = *r.plan->program;
  auto left = [](std::string s, std::size_t width) { return s.size() < width ? s + std::string(width - s.size(), ' ') : s; };
  auto right = [](std::string s, std::size_t width) { return s.size() < width ? std::string(width - s.size(), ' ') + s : s; };
  auto count = [](std::size_t n) {
    auto s = std::to_string(n);
    for (auto i = static_cast<std::ptrdiff_t>(s.size()) - 3; i > 0; i -= 3) s.insert(static_cast<std::size_t>(i), ",");
    return s;
  };
  std::string out = (p.pack.title.empty() ? p.pack.name : p.pack.title) + " (" + p.pack.name + " " + p.pack.version + "), as of " + long_text(r.plan->as_of) + "\n";
  std::size_t flagged = 0;
  for (std::size_t i = 0; i < data.children; ++i) {
    bool any = false;
    for (std::size_t rule = 0; rule < p.rules.size() && !any; ++rule) any = r.outcomes.at(i, rule) == outcome::fires;
    flagged += any ? 1 : 0;
  }
  out += count(data.children) + (data.children == 1 ? " child, " : " children, ") + count(p.rules.size()) + (p.rules.size() == 1 ? " rule" : " rules") + "; at least one rule fires for " + count(flagged) + (data.children > 0 ? " (" + number_text(100.0 * static_cast<double>(flagged) / static_cast<double>(data.children)) + "%)" : "") + "\n\n";
  std::size_t width = 4;
  for (const auto& rule : p.rules) width = std::max(width, rule.name.size());
  out += left("rule", width) + right("fires", 10) + right("cannot tell", 13) + right("silent", 10) + right("does not apply", 16) + "\n";
  for (std::size_t i = 0; i < p.rules.size(); ++i)
    out += left(p.rules[i].name, width) + right(count(r.outcomes.count(i, outcome::fires)), 10) + right(count(r.outcomes.count(i, outcome::cannot_tell)), 13) + right(count(r.outcomes.count(i, outcome::silent)), 10) +
           right(count(r.outcomes.count(i, outcome::not_applicable)), 16) + "\n";
  if (!p.bands.empty()) {
    out += "\nband (from the lower end of the score)\n";
    for (auto b = p.bands.size(); b-- > 0;)
      out += "  " + left(p.bands[b].name, 12) + right(count(static_cast<std::size_t>(std::count(r.scores.band_low.begin(), r.scores.band_low.end(), static_cast<std::int32_t>(b)))), 10) + " children\n";
  }
  out += "\ndata\n";
  const auto read = what_is_read(p);
  for (std::size_t t = 0; t < p.schema.tables.size(); ++t) {
    const auto& d = data.tables[t];
    if (!d.supplied && !read.tables[t]) continue;
    out += "  " + left(p.schema.tables[t].name, 16);
    if (!d.supplied) {
      out += "not given\n";
      continue;
    }
    out += right(count(d.counts.read), 12) + " rows read, " + count(d.counts.used) + " used, " + count(d.counts.rejected) + " rejected";
    if (!d.ignored_columns.empty()) {
      out += "; not declared: ";
      for (std::size_t i = 0; i < d.ignored_columns.size() && i < 6; ++i) out += (i > 0 ? ", " : "") + d.ignored_columns[i];
      if (d.ignored_columns.size() > 6) out += ", …";
    }
    out += "\n";
  }
  char seconds[96];
  std::snprintf(seconds, sizeof seconds, "\nread in %.2f s, scored in %.2f s\n", options.load_seconds, options.score_seconds);
  return out + seconds;
}

}  // namespace earlysight
