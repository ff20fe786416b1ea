// SPDX-License-Identifier: Apache-2.0
#include "run.hpp"

#include <earlysight/text/nearest.hpp>

#include <chrono>
#include <future>

namespace earlysight::python {

namespace py = pybind11;

void raise(const failure& f) {
  switch (f.kind) {
    case failure_kind::arguments: throw argument_error(f.message);
    case failure_kind::data: throw data_error(f.message);
    case failure_kind::machine: break;
  }
  throw machine_error(f.message);
}

namespace {

std::int32_t must_find(std::int32_t at, const std::string& name, const char* what, const std::vector<std::string>& names) {
  if (at >= 0) return at;
  const auto meant = nearest_name(name, names);
  throw argument_error(std::string(what) + " " + name + (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

// Work on a thread of its own, so that Ctrl-C is heard, and progress told, while it goes on.
struct watched {
  const char* stage;
  const py::object& tick;
  std::atomic<bool> stop{false};
  std::atomic<double> share{-1};

  template <class Work>
  void run(Work work) {
    py::gil_scoped_release no_lock;
    auto done = std::async(std::launch::async, std::move(work));
    while (done.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
      py::gil_scoped_acquire lock;
      try {
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (!tick.is_none()) tick(stage, share < 0 ? py::object(py::none()) : py::object(py::float_(share.load())));
      } catch (py::error_already_set&) {
        stop = true;
        py::gil_scoped_release again;
        done.wait();
        throw;
      }
    }
    done.get();
  }
};

// What the rows of sheets are called where they came from: asked of Python, a table at a time. Gives the files' names by table.
std::map<std::string, std::string> name_origins(const std::map<std::string, py::object>& origins, cohort& data) {
  std::map<std::string, std::string> files;
  for (const auto& [table, origin] : origins) {
    files[table] = origin.attr("file").cast<std::string>();
    py::list rows;
    for (const auto& r : data.rejected)
      if (r.file == table) rows.append(py::make_tuple(r.line - 1, r.column, r.value, r.reason));
    std::size_t next = 0;
    const py::list named = origin.attr("named")(rows);
    for (auto& r : data.rejected) {
      if (r.file != table) continue;
      const auto row = named[next++].cast<py::tuple>();
      r.line = row[0].cast<std::uint64_t>(), r.column = row[1].cast<std::string>(), r.value = row[2].cast<std::string>(), r.reason = row[3].cast<std::string>();
    }
  }
  for (auto& r : data.rejected)
    if (const auto file = files.find(r.file); file != files.end()) r.file = file->second;
  return files;
}

// As the folder reader says it.
void enforce_limits(const schema& s, const cohort& data, const std::map<std::string, std::string>& files, const run_request& asked) {
  for (std::size_t t = 0; t < s.tables.size(); ++t) {
    const auto& counts = data.tables[t].counts;
    if (counts.rejected == 0) continue;
    const bool too_many = asked.max_rejected && static_cast<double>(counts.rejected) > *asked.max_rejected * static_cast<double>(counts.read);
    if (!asked.strict && !too_many) continue;
    const auto file = files.find(s.tables[t].name);
    const auto& name = file == files.end() ? s.tables[t].name : file->second;
    auto message = name + ": " + std::to_string(counts.rejected) + " of " + std::to_string(counts.read) + " rows cannot be used";
    int shown = 0;
    for (const auto& r : data.rejected) {
      if (r.file != name) continue;
      if (shown++ == 3) break;
      message += (file == files.end() ? "\n  row " : "\n  line ") + std::to_string(r.line) + (r.column.empty() ? "" : ", column " + r.column) + (r.value.empty() ? "" : ", \"" + r.value + "\"") + ": " + r.reason;
    }
    if (shown > 3) message += "\n  …";
    throw data_error(message + (asked.strict ? "\nWith strict=True, every row must be used." : "\nThat is more than max_rejected allows."));
  }
}

}  // namespace

param_values read_params(const program& p, const std::vector<std::pair<std::string, std::string>>& given) {
  param_values out;
  std::vector<std::string> names;
  for (const auto& each : p.params) names.push_back(each.name);
  for (const auto& [name, text] : given) {
    const auto at = must_find(p.find_param(name), name, "the pack has no param", names);
    std::string message;
    const auto value = read_param_value(p.params[static_cast<std::size_t>(at)], text, message);
    if (!value) throw argument_error(message);
    out[at] = *value;
  }
  return out;
}

namespace {

std::shared_ptr<const plan> plan_of(const pack& p, const run_request& asked) {
  const std::lock_guard lock(p.last->guard);
  if (p.last->of && p.last->as_of == asked.as_of && p.last->params == asked.params) return p.last->of;
  const auto day = parse_date(asked.as_of);
  if (!day) throw argument_error("as_of needs a day written year-month-day, such as 2025-06-20; \"" + asked.as_of + "\" is not that");
  p.last->of = nullptr;
  auto lowered = std::make_shared<const plan>(value_of(lower(p.report.checked, *day, read_params(p.of(), asked.params))));
  p.last->as_of = asked.as_of, p.last->params = asked.params, p.last->of = lowered;
  return lowered;
}

}  // namespace

std::unique_ptr<run> score_pack(const pack& p, const py::iterable& tables, const std::optional<std::filesystem::path>& folder, const run_request& asked, const py::object& tick) {
  const auto lowered = plan_of(p, asked);
  auto out = std::make_unique<run>();
  out->threads = asked.threads;
  // Each table is read whole before the next is asked for: a database lets one result be open at a time.
  for (const auto& each : tables) {
    const auto given = each.cast<py::tuple>();
    add_table(out->given, given[0].cast<std::string>(), given[1].cast<py::tuple>(), given[2]);
  }
  const auto& schema = p.of().schema;
  const auto begin = std::chrono::steady_clock::now();
  std::optional<cohort> data;
  watched loading{"loading", tick};
  loading.run([&] {
    if (folder) {
      load_options o;
      o.threads = asked.threads, o.strict = asked.strict, o.max_rejected = asked.max_rejected;
      o.progress = [&](double share) {
        loading.share = share;
        if (loading.stop) throw stopped();
      };
      data.emplace(value_of(load_cohort(schema, *folder, o)));
    } else {
      std::vector<std::vector<std::string>> ignored;
      const auto hosts = to_host(schema, out->given.tables, out->converted, out->uses, ignored, loading.stop);
      data.emplace(value_of(build_cohort(schema, hosts, &loading.stop)));
      for (std::size_t t = 0; t < ignored.size(); ++t) data->tables[t].ignored_columns = std::move(ignored[t]);
      name_strangers(schema, out->given.tables, *data);
    }
  });
  if (!folder) {
    const auto files = name_origins(out->given.origins, *data);
    enforce_limits(schema, *data, files, asked);
  }
  out->data = std::make_shared<const cohort>(std::move(*data));
  const auto loaded = std::chrono::steady_clock::now();
  watched scoring{"scoring", tick};
  scoring.run([&] {
    run_options o;
    o.threads = asked.threads;
    o.stop = &scoring.stop;
    o.progress = [&](double share) { scoring.share = share; };
    out->of = std::make_shared<run_result>(value_of(score(lowered, *out->data, o)));
  });
  out->load_seconds = std::chrono::duration<double>(loaded - begin).count();
  out->score_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - loaded).count();
  return out;
}

shared_table table_of(run& r, const std::string& name, bool all) {
  py::gil_scoped_release no_lock;
  if (name == "outcomes") return share(outcomes_table(*r.of, *r.data, all));
  if (name == "matrix") return share(matrix_table(*r.of, *r.data));
  if (name == "scores") return share(scores_table(*r.of, *r.data));
  if (name == "flags") return share(flags_table(*r.of, *r.data, r.all()));
  if (name == "actions") return share(actions_table(*r.of, *r.data, r.all()));
  if (name == "missing") return share(missing_table(*r.of, *r.data, r.all()));
  if (name == "rejected") return share(rejected_table(*r.data));
  throw argument_error("there is no result table " + name + "; there are outcomes, matrix, flags, scores, actions, missing, rejected");
}

std::vector<explanation> explain_child(run& r, const std::string& child, const std::optional<std::string>& rule) {
  py::gil_scoped_release no_lock;
  const auto& p = *r.of->plan->program;
  const auto at = r.data->find_child(child);
  if (at < 0) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < r.data->children && i < 200000; ++i) keys.push_back(r.data->key_of(i));
    must_find(-1, child, "no child has the key", keys);
  }
  const std::lock_guard lock(r.explaining);
  if (!r.why) {
    r.why.emplace(r.of->plan);
    r.why->use(*r.data);
  }
  std::vector<explanation> out;
  if (rule) {
    std::vector<std::string> names;
    for (const auto& each : p.rules) names.push_back(each.name);
    out.push_back(r.why->explain(static_cast<std::size_t>(at), must_find(p.find_rule(*rule), *rule, "the pack has no rule", names)));
    return out;
  }
  for (std::size_t i = 0; i < p.rules.size(); ++i) {
    const auto o = r.of->outcomes.at(static_cast<std::size_t>(at), i);
    if (o == outcome::fires || o == outcome::cannot_tell) out.push_back(r.why->explain(static_cast<std::size_t>(at), static_cast<std::int32_t>(i)));
  }
  return out;
}

}  // namespace earlysight::python
