// SPDX-License-Identifier: Apache-2.0
#include <earlysight/simulate/simulate.hpp>

#include "output.hpp"
#include "story/life.hpp"

#include <earlysight/data/load.hpp>
#include <earlysight/version.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace earlysight {

namespace simulation {
namespace {

// Children are made in stretches of fixed size, so that nothing depends on how many threads share them.
constexpr std::int64_t stretch = 1024;
constexpr std::int64_t most_children = 50'000'000;

int family_size(const world& w, std::int64_t first) {
  draws d(w.seed, static_cast<std::uint64_t>(first), purpose::households);
  if (d.chance(w.p("only_child"))) return 1;
  const auto u = d.unit();
  return u < 0.7 ? 2 : u < 0.92 ? 3 : u < 0.985 ? 4 : 5;
}

// What a thread keeps from stretch to stretch.
struct bench {
  stretch_text text;
  std::vector<life> lives;
  day_book days;
};

void tell_family(const world& w, const family& f, bench& b) {
  b.lives.resize(static_cast<std::size_t>(f.size));
  for (int i = 0; i < f.size; ++i) {
    auto& l = b.lives[static_cast<std::size_t>(i)];
    l.clear();
    make_person(w, f, f.first + i, i, l);
    make_causes(w, l);
    make_course(w, l);
  }
  hide_sibling(w, b.lives);
  const bool attendance = w.tables.declares(known_table::attendance) || w.tables.declares(known_table::mark) || w.tables.declares(known_table::term_attendance);
  for (auto& l : b.lives) {
    teller tell{w, b.text, draws(w.seed, static_cast<std::uint64_t>(l.child), purpose::gaps), l.child};
    tell_child(tell, l);
    tell_schooling(tell, l);
    tell_provision(tell, l);
    tell_needs(tell, l);
    tell_health(tell, l);
    tell_care(tell, l);
    tell_oversight(tell, l, b.lives);
    if (attendance && l.sends != feed::none) {
      fill_days(w, l, b.days);
      tell_attendance(tell, l, b.days);
    }
  }
}

void make_stretch(const world& w, bool told, std::int64_t number, bench& b) {
  b.text.clear();
  const auto first = number * stretch, end = std::min(w.tables.children(), first + stretch);
  if (told)
    for (auto child = first; child < end;) {
      const auto size = static_cast<int>(std::min<std::int64_t>(family_size(w, child), end - child));
      const auto home = make_family(w, child, size);
      tell_family(w, home, b);
      child += size;
    }
  for (auto child = first; child < end; ++child) w.tables.add_plain(b.text, child, first, end);
}

std::string json_text(std::string_view s) {
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + "\"";
}

std::string record(const program& pack, const simulate_options& o, const simulation_report& r) {
  std::string out = "{\n  \"pack\": {\"name\": " + json_text(pack.pack.name) + ", \"version\": " + json_text(pack.pack.version) + ", \"digest\": " + json_text(pack.digest) + "},\n";
  out += "  \"children\": " + std::to_string(r.children) + ",\n  \"seed\": " + std::to_string(o.seed) + ",\n  \"from\": \"" + iso_text(r.from) + "\",\n  \"to\": \"" + iso_text(r.to) + "\",\n";
  out += std::string("  \"like\": ") + (o.like.empty() ? "false" : "true") + ",\n  \"profile\": {";
  // Only what differs from the defaults.
  bool any = false;
  const simulation_profile usual;
  for (std::size_t i = 0; i < profile_size; ++i)
    if (o.profile[i] != usual[i]) {
      char value[40];
      std::snprintf(value, sizeof value, "%.10g", o.profile[i]);
      out += std::string(any ? ", " : "") + "\"" + std::string(profile_table[i].name) + "\": " + value;
      any = true;
    }
  out += "},\n  \"rows\": {";
  for (std::size_t i = 0; i < r.tables.size(); ++i) out += std::string(i > 0 ? ", " : "") + "\"" + r.tables[i].name + "\": " + std::to_string(r.tables[i].rows);
  return out + "},\n  \"stories\": " + std::to_string(r.stories) + ",\n  \"engine\": {\"name\": \"earlysight\", \"version\": \"" + std::string(engine_version) + "\"}\n}\n";
}

// Makes stretches on threads and writes them in order; nothing but a few stretches is held.
void write_all(const world& w, bool told, const simulate_options& o, output_folder& out, const std::vector<std::size_t>& files, std::size_t truth, simulation_report& report) {
  const auto tables = w.tables.all().size();
  const auto stretches = (w.tables.children() + stretch - 1) / stretch;
  const auto wanted = o.threads > 0 ? o.threads : std::max(1u, std::thread::hardware_concurrency());
  const auto threads = static_cast<unsigned>(std::min<std::int64_t>(wanted, stretches));
  std::atomic<std::int64_t> next{0};
  std::mutex mutex;
  std::condition_variable written;
  std::int64_t turn = 0;
  std::exception_ptr thrown;
  auto stop = [&] { return thrown || out.failed(); };
  auto work = [&] {
    try {
      bench b;
      b.text.tables.resize(tables), b.text.rows.resize(tables);
      for (std::int64_t mine; (mine = next++) < stretches;) {
        make_stretch(w, told, mine, b);
        std::unique_lock lock(mutex);
        written.wait(lock, [&] { return turn == mine || stop(); });
        if (stop()) break;
        for (std::size_t t = 0; t < tables; ++t) {
          out.write(files[t], b.text.tables[t].text());
          report.tables[t].rows += b.text.rows[t], report.tables[t].bytes += b.text.tables[t].text().size();
        }
        out.write(truth, b.text.truth.text());
        report.stories += b.text.truths;
        ++turn;
        if (o.progress) o.progress(static_cast<double>(turn) / static_cast<double>(stretches));
        written.notify_all();
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
    written.notify_all();
  };
  std::vector<std::jthread> running;  // joined even where another cannot be started
  for (unsigned i = 1; i < threads; ++i) running.emplace_back(work);
  work();
  running.clear();
  if (thrown) std::rethrow_exception(thrown);
}

// The days that the rows of files cover.
void days_of(const schema& s, const cohort& read, date& from, date& to) {
  bool any = false;
  for (std::size_t t = 0; t < s.tables.size(); ++t) {
    const auto& declared = s.tables[t];
    const auto& data = read.tables[t];
    if (!data.supplied || !declared.has_time() || declared.columns[static_cast<std::size_t>(declared.time)].planned) continue;
    const auto& days = std::get<std::span<const std::int32_t>>(data.columns[static_cast<std::size_t>(declared.time)].values);
    for (std::size_t r = 0; r < data.rows; ++r) {
      from = any ? earlier(from, {days[r]}) : date{days[r]};
      to = any ? later(to, {days[r]}) : date{days[r]};
      any = true;
    }
  }
  if (!any) from = make_date(2024, 9, 1), to = make_date(2025, 7, 31);
}

failure wrong(std::string message) { return {failure_kind::arguments, std::move(message)}; }

result<simulation_report> run(const program& pack, const std::filesystem::path& path, simulate_options o) {
  std::optional<cohort> read;
  if (!o.like.empty()) {
    load_options how;
    how.threads = o.threads;
    auto loaded = load_cohort(pack.schema, o.like, how);
    if (!loaded) return loaded.error();
    if (loaded->children == 0) return failure{failure_kind::data, o.like.string() + " holds no child: there is nothing to be like"};
    read = std::move(*loaded);
    if (o.children == 0) o.children = static_cast<std::int64_t>(read->children);
    date from, to;
    days_of(pack.schema, *read, from, to);
    o.from = later(from, to - 366 * 14), o.to = to;
  }
  if (o.children < 1 || o.children > most_children) return wrong("--children needs a number from 1 to 50,000,000; " + std::to_string(o.children) + " is not that");
  if (!o.from || !o.to) return wrong("a simulation needs --from and --to, the first and the last day to tell of");
  if (*o.from > *o.to) return wrong("--from " + iso_text(*o.from) + " is after --to " + iso_text(*o.to) + ": the first day must not be later than the last");
  if (*o.from < make_date(1950, 1, 1) || *o.to > make_date(2150, 1, 1) || *o.to - *o.from > 366 * 15) return wrong("--from and --to must lie between 1950 and 2150, and at most 15 years apart");

  const school_calendar none;
  auto time = timeline::make(read ? none : pack.calendar, *o.from, *o.to);
  if (!time) return time.error();
  const figures p(o.profile);
  const places where(o.seed, o.children, p, *time);
  table_writers tables(pack.schema, *time, where, p, o.seed, o.children);
  const bool told = !read;
  if (read) tables.learn(*read), read.reset();
  world w{o.seed, p, *time, where, tables};
  if (told) take_sample(w);

  output_folder out(path, "simulation.json");
  if (auto opened = out.open(); !opened) return opened.error();
  simulation_report report;
  report.children = o.children, report.from = *o.from, report.to = *o.to;
  std::vector<std::size_t> files;
  for (std::size_t t = 0; t < tables.all().size(); ++t) {
    const auto& table = tables.all()[t];
    files.push_back(out.add(table.declared->name + ".csv"));
    out.write(files.back(), table.header);
    report.tables.push_back({table.declared->name, 0, table.header.size()});
    if (table.declared->shape != table_shape::lookup) continue;
    text_buffer rows;
    tables.add_lookup(rows, report.tables.back().rows, t);
    report.tables.back().bytes += rows.text().size();
    out.write(files.back(), rows.text());
  }
  const auto truth = out.add("truth.csv");
  out.write(truth, pack.schema.key_name() + ",story,from,detail\n");
  if (!out.failed()) write_all(w, told, o, out, files, truth, report);
  out.write(out.add("simulation.json"), record(pack, o, report));
  if (auto done = out.finish(); !done) return done.error();
  return report;
}

}  // namespace
}  // namespace simulation

result<simulation_report> simulate(const program& pack, const std::filesystem::path& out, const simulate_options& options) {
  try {
    return simulation::run(pack, out, options);
  } catch (const std::bad_alloc&) {
    return failure{failure_kind::machine, "there is not enough memory"};
  } catch (const std::exception& e) {
    return failure{failure_kind::machine, std::string("the simulation could not go on: ") + e.what()};
  }
}

result<cohort> simulate_cohort(const program& pack, const simulate_options& options) {
  static std::atomic<unsigned> count{0};
  std::error_code code;
  const auto folder = std::filesystem::temp_directory_path(code) / ("earlysight-simulated-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
  if (code) return failure{failure_kind::machine, "there is no folder for temporary files: " + code.message()};
  auto report = simulate(pack, folder, options);
  if (!report) return report.error();
  load_options how;
  how.threads = options.threads;
  auto read = load_cohort(pack.schema, folder, how);
  std::filesystem::remove_all(folder, code);
  return read;
}

}  // namespace earlysight
