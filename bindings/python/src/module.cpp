// SPDX-License-Identifier: Apache-2.0
// The module `earlysight._core`: the facade's verbs over Python's objects. What users see is in ../earlysight.
#include "convert.hpp"
#include "input.hpp"
#include "tables.hpp"

#include <earlysight/render/examples.hpp>
#include <earlysight/text/nearest.hpp>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <bit>
#include <chrono>
#include <future>
#include <mutex>
#include <new>
#include <optional>

namespace py = pybind11;

namespace earlysight::python {
namespace {

struct machine_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void raise(const failure& f) {
  switch (f.kind) {
    case failure_kind::arguments: throw argument_error(f.message);
    case failure_kind::data: throw data_error(f.message);
    case failure_kind::machine: break;
  }
  throw machine_error(f.message);
}

template <class Value>
Value value_of(result<Value> r) {
  if (!r) raise(r.error());
  return std::move(*r);
}

struct pack {
  pack_report report;
  std::string source;  // the path, or the text's name
  const program& of() const { return *report.checked; }
};

struct shared_table {
  std::shared_ptr<const result_table> of;
};

shared_table share(result_table t) { return {std::make_shared<const result_table>(std::move(t))}; }

// A run and all that its cohort looks into; destroyed with the interpreter's lock held.
struct run {
  input given;
  memory converted;
  std::vector<column_use> uses;
  std::shared_ptr<const cohort> data;
  std::shared_ptr<run_result> of;
  unsigned threads = 0;
  double load_seconds = 0, score_seconds = 0;
  std::once_flag once;
  std::vector<result_rows> rows;

  const std::vector<result_rows>& all() {
    std::call_once(once, [this] { rows = all_rows(*of, *data, threads); });
    return rows;
  }
};

std::int32_t must_find(std::int32_t at, const std::string& name, const char* what, const std::vector<std::string>& names) {
  if (at >= 0) return at;
  const auto meant = nearest_name(name, names);
  throw argument_error(std::string(what) + " " + name + (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

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

// Runs work on a thread of its own, so that Ctrl-C is heard while it goes on.
template <class Work>
auto interruptible(std::atomic<bool>& stop, Work work) {
  py::gil_scoped_release no_lock;
  auto done = std::async(std::launch::async, std::move(work));
  while (done.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
    py::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() == 0) continue;
    stop = true;
    {
      py::gil_scoped_release again;
      done.wait();
    }
    throw py::error_already_set();
  }
  return done.get();
}

// As the folder reader says it.
void enforce_limits(const schema& s, const cohort& data, bool strict, std::optional<double> most) {
  for (std::size_t t = 0; t < s.tables.size(); ++t) {
    const auto& counts = data.tables[t].counts;
    if (counts.rejected == 0) continue;
    const bool too_many = most && static_cast<double>(counts.rejected) > *most * static_cast<double>(counts.read);
    if (!strict && !too_many) continue;
    auto message = s.tables[t].name + ": " + std::to_string(counts.rejected) + " of " + std::to_string(counts.read) + " rows cannot be used";
    int shown = 0;
    for (const auto& r : data.rejected) {
      if (r.file != s.tables[t].name) continue;
      if (shown++ == 3) break;
      message += "\n  row " + std::to_string(r.line) + (r.column.empty() ? "" : ", column " + r.column) + (r.value.empty() ? "" : ", \"" + r.value + "\"") + ": " + r.reason;
    }
    if (shown > 3) message += "\n  …";
    throw data_error(message + (strict ? "\nWith strict=True, every row must be used." : "\nThat is more than max_rejected allows."));
  }
}

std::unique_ptr<run> score_pack(const pack& p, const py::iterable& tables, const std::optional<std::filesystem::path>& folder, const std::string& as_of, const std::vector<std::pair<std::string, std::string>>& params,
                                unsigned threads, bool strict, std::optional<double> max_rejected) {
  const auto day = parse_date(as_of);
  if (!day) throw argument_error("as_of needs a day written year-month-day, such as 2025-06-20; \"" + as_of + "\" is not that");
  auto lowered = std::make_shared<const plan>(value_of(lower(p.report.checked, *day, read_params(p.of(), params))));
  auto out = std::make_unique<run>();
  out->threads = threads;
  // Each table is read whole before the next is asked for: a database lets one result be open at a time.
  for (const auto& each : tables) {
    const auto pair = each.cast<py::tuple>();
    add_table(out->given, pair[0].cast<std::string>(), pair[1].cast<py::tuple>());
  }
  std::atomic<bool> stop{false};
  const auto& schema = p.of().schema;
  interruptible(stop, [&] {
    const auto begin = std::chrono::steady_clock::now();
    if (folder) {
      load_options o;
      o.threads = threads, o.strict = strict, o.max_rejected = max_rejected;
      out->data = std::make_shared<const cohort>(value_of(load_cohort(schema, *folder, o)));
    } else {
      std::vector<std::vector<std::string>> ignored;
      const auto hosts = to_host(schema, out->given.tables, out->converted, out->uses, ignored);
      auto made = value_of(build_cohort(schema, hosts));
      for (std::size_t t = 0; t < ignored.size(); ++t) made.tables[t].ignored_columns = std::move(ignored[t]);
      out->data = std::make_shared<const cohort>(std::move(made));
      enforce_limits(schema, *out->data, strict, max_rejected);
    }
    const auto loaded = std::chrono::steady_clock::now();
    run_options o;
    o.threads = threads;
    o.stop = &stop;
    out->of = std::make_shared<run_result>(value_of(score(lowered, *out->data, o)));
    const auto scored = std::chrono::steady_clock::now();
    out->load_seconds = std::chrono::duration<double>(loaded - begin).count();
    out->score_seconds = std::chrono::duration<double>(scored - loaded).count();
  });
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
  std::vector<explanation> out;
  if (rule) {
    std::vector<std::string> names;
    for (const auto& each : p.rules) names.push_back(each.name);
    out.push_back(explain(*r.of->plan, *r.data, static_cast<std::size_t>(at), must_find(p.find_rule(*rule), *rule, "the pack has no rule", names)));
    return out;
  }
  for (std::size_t i = 0; i < p.rules.size(); ++i) {
    const auto o = r.of->outcomes.at(static_cast<std::size_t>(at), i);
    if (o == outcome::fires || o == outcome::cannot_tell) out.push_back(explain(*r.of->plan, *r.data, static_cast<std::size_t>(at), static_cast<std::int32_t>(i)));
  }
  return out;
}

py::tuple diagnostics_of(const pack& p) {
  py::list all;
  for (const auto& d : p.report.diagnostics) {
    const auto at = p.report.sources->begin_of(d.where);
    all.append(py::make_tuple(d.code, d.level == severity::error ? "error" : "warning", p.report.sources->path(d.where.file), at.line, at.column, d.message, d.mend, render_text({d}, *p.report.sources, false)));
  }
  return py::tuple(all);
}

// The canonical layout of the pack's own files: not of the packs that it uses.
py::dict format_pack(const pack& p) {
  py::dict out;
  const auto& sources = *p.report.sources;
  for (std::uint32_t f = 0; f < sources.size(); ++f) {
    const auto path = std::filesystem::path(sources.path(f)).lexically_normal().string();
    const auto own = std::filesystem::path(p.source).lexically_normal().string();
    if (path != own && path.rfind(own.back() == '/' ? own : own + "/", 0) != 0) continue;
    std::vector<diagnostic> diagnostics;
    if (const auto text = format(sources, f, diagnostics)) out[py::str(sources.path(f))] = *text;
  }
  return out;
}

py::object bytes_of(const void* data, std::size_t bytes) { return py::bytes(bytes > 0 ? static_cast<const char*>(data) : "", bytes); }

std::vector<std::string> words_of_column(const result_column& c) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < c.rows; ++i) out.emplace_back(c.text(i));
  return out;
}

// (name, type, values, valid, words): the memory of fixed values as bytes, texts as a list with None where there is none.
py::object column_memory(const shared_table& t, std::size_t i) {
  const auto& c = t.of->columns.at(i);
  py::object valid = py::none(), words = py::none(), values;
  if (!c.valid.empty()) valid = bytes_of(c.valid.data(), c.valid.size());
  const char* type = "text";
  switch (c.type) {
    case result_type::text: {
      py::list texts(c.rows);
      for (std::size_t r = 0; r < c.rows; ++r) {
        const auto s = c.text(r);
        texts[r] = c.has(r) ? py::object(py::reinterpret_steal<py::object>(PyUnicode_DecodeUTF8(s.data(), static_cast<Py_ssize_t>(s.size()), "replace"))) : py::none();
      }
      values = std::move(texts);
      break;
    }
    case result_type::number: type = "f8", values = bytes_of(c.numbers.data(), c.numbers.size() * 8); break;
    case result_type::whole: type = "i8", values = bytes_of(c.wholes.data(), c.wholes.size() * 8); break;
    case result_type::day: type = "day", values = bytes_of(c.days.data(), c.days.size() * 4); break;
    case result_type::truth: type = "bit", values = bytes_of(c.truths.data(), c.truths.size()); break;
    case result_type::code:
      type = c.small() ? "code1" : "code4";
      values = c.small() ? bytes_of(c.small_codes.data(), c.small_codes.size()) : bytes_of(c.codes.data(), c.codes.size() * 4);
      words = py::cast(words_of_column(*c.words));
  }
  return py::make_tuple(c.name, type, values, valid, words);
}

// A cell for showing, as text; None where there is none.
py::object cell_of(const shared_table& t, std::size_t row, std::size_t column) {
  const auto& c = t.of->columns.at(column);
  if (row >= c.rows) throw py::index_error("no such row");
  if (!c.has(row)) return py::none();
  switch (c.type) {
    case result_type::text: return py::str(std::string(c.text(row)));
    case result_type::number: return py::float_(c.numbers[row]);
    case result_type::whole: return py::int_(c.wholes[row]);
    case result_type::day: return py::module_::import("datetime").attr("date").attr("fromisoformat")(iso_text({c.days[row]}));
    case result_type::truth: return py::bool_(c.truth(row));
    case result_type::code: break;
  }
  return py::str(std::string(c.words->text(static_cast<std::size_t>(c.code(row)))));
}

py::capsule stream_of(const shared_table& t) {
  auto* stream = new ArrowArrayStream{};
  export_stream(t.of, stream);
  return py::capsule(stream, "arrow_array_stream", [](PyObject* capsule) {
    auto* s = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, "arrow_array_stream"));
    if (s->release) s->release(s);
    delete s;
  });
}

py::list dummy_tables(const pack& p, std::int64_t children, std::uint64_t seed, const std::string& from, const std::string& to, const std::optional<std::string>& profile, unsigned threads) {
  simulate_options o;
  o.children = children, o.seed = seed, o.threads = threads;
  auto day = [](const char* name, const std::string& text) {
    const auto d = parse_date(text);
    if (!d) throw argument_error(std::string(name) + " needs a day written year-month-day, such as 2025-06-20; \"" + text + "\" is not that");
    return *d;
  };
  o.from = day("start", from), o.to = day("end", to);
  if (profile) o.profile = value_of(read_profile(*profile, "profile"));
  std::vector<shared_table> made;
  {
    py::gil_scoped_release no_lock;
    const auto data = value_of(simulate_cohort(p.of(), o));
    for (std::size_t t = 0; t < data.tables.size(); ++t)
      if (data.tables[t].supplied) made.push_back(share(cohort_table(p.of(), data, t)));
  }
  py::list out;
  for (auto& t : made) out.append(py::cast(std::move(t)));
  return out;
}

}  // namespace
}  // namespace earlysight::python

PYBIND11_MODULE(_core, m) {
  using namespace earlysight;
  using namespace earlysight::python;
  m.attr("engine_version") = engine_version;
  auto errors = py::module_::import("earlysight._errors");
  static py::object data = errors.attr("DataError"), arguments = errors.attr("ArgumentError"), machine = errors.attr("MachineError");
  py::register_local_exception_translator([](std::exception_ptr p) {
    try {
      if (p) std::rethrow_exception(p);
    } catch (const data_error& e) {
      py::set_error(data, e.what());
    } catch (const argument_error& e) {
      py::set_error(arguments, e.what());
    } catch (const machine_error& e) {
      py::set_error(machine, e.what());
    }
  });

  py::class_<shared_table>(m, "Table")
      .def_property_readonly("name", [](const shared_table& t) { return t.of->name; })
      .def_property_readonly("rows", [](const shared_table& t) { return t.of->rows(); })
      .def_property_readonly("names", [](const shared_table& t) {
        std::vector<std::string> out;
        for (const auto& c : t.of->columns) out.push_back(c.name);
        return out;
      })
      .def("column", &column_memory)
      .def("cell", &cell_of)
      .def("stream", &stream_of);

  py::class_<pack>(m, "Pack")
      .def_property_readonly("usable", [](const pack& p) { return p.report.checked != nullptr; })
      .def_property_readonly("diagnostics", &diagnostics_of)
      .def_property_readonly("name", [](const pack& p) { return p.of().pack.name; })
      .def_property_readonly("title", [](const pack& p) { return p.of().pack.title; })
      .def_property_readonly("version", [](const pack& p) { return p.of().pack.version; })
      .def_property_readonly("digest", [](const pack& p) { return p.of().digest; })
      .def_property_readonly("counts", [](const pack& p) { return py::make_tuple(p.of().rules.size(), p.of().facts.size(), p.of().examples.size()); })
      .def_property_readonly("params", [](const pack& p) {
        py::list out;
        for (const auto& each : p.of().params) out.append(py::make_tuple(each.name, each.values.empty() ? "" : value_text(each.values.back().value), each.description));
        return out;
      })
      .def_property_readonly("table_names", [](const pack& p) {
        std::vector<std::string> out;
        for (const auto& t : p.of().schema.tables) out.push_back(t.name);
        return out;
      })
      .def("columns_of", [](const pack& p, const std::string& table) {
        std::vector<std::string> out{p.of().schema.key_name()};
        if (const auto at = p.of().schema.find(table); at >= 0)
          for (const auto& c : p.of().schema.tables[static_cast<std::size_t>(at)].columns) out.push_back(c.name);
        return out;
      })
      .def_property_readonly("shapes", [](const pack& p) {
        std::vector<std::pair<std::string, std::string>> out;
        for (const auto& t : p.of().schema.tables) out.emplace_back(t.name, t.shape == table_shape::child ? "child" : t.shape == table_shape::lookup ? "lookup" : "many per child");
        return out;
      })
      .def_property_readonly("sources", [](const pack& p) {
        std::vector<std::pair<std::string, std::string>> out;
        const auto& sources = *p.report.sources;
        for (std::uint32_t f = 0; f < sources.size(); ++f) out.emplace_back(sources.path(f), sources.text(f));
        return out;
      })
      .def("diagnostics_text", [](const pack& p) { return render_text(p.report.diagnostics, *p.report.sources, false); })
      .def("diagnostics_json", [](const pack& p) { return render_json(p.report.diagnostics, *p.report.sources); })
      .def("diagnostics_sarif", [](const pack& p) { return render_sarif(p.report.diagnostics, *p.report.sources); })
      .def("rules", [](const pack& p) { return share(rules_table(p.of())); })
      .def("tables", [](const pack& p) { return share(columns_table(p.of())); })
      .def("format", &format_pack)
      .def("test", [](const pack& p, const std::vector<std::pair<std::string, std::string>>& params) {
        const auto values = read_params(p.of(), params);
        py::gil_scoped_release no_lock;
        const auto results = run_examples(p.report.checked, values);
        std::size_t passed = 0;
        for (const auto& r : results) passed += r.passed() ? 1 : 0;
        const auto text = render_examples_text(p.of(), results, false), json = render_examples_json(p.of(), results), junit = render_examples_junit(p.of(), results);
        py::gil_scoped_acquire lock;
        return py::make_tuple(passed, results.size() - passed, text, json, junit);
      })
      .def("score", &score_pack, py::arg("tables"), py::arg("folder"), py::arg("as_of"), py::arg("params"), py::arg("threads"), py::arg("strict"), py::arg("max_rejected"))
      .def("dummy", &dummy_tables);

  m.def("load", [](const std::filesystem::path& path) {
    py::gil_scoped_release no_lock;
    return pack{value_of(load_pack(path)), path.string()};
  });
  m.def("load_text", [](std::string name, std::string text) {
    py::gil_scoped_release no_lock;
    auto report = read_pack_text(name, std::move(text));
    return pack{std::move(report), std::move(name)};
  });

  py::class_<run>(m, "Run")
      .def("table", &table_of)
      .def("summary", [](run& r, const std::string& by) {
        py::gil_scoped_release no_lock;
        return share(value_of(summary_table(*r.of, *r.data, by)));
      })
      .def("summary_text", [](run& r) {
        result_files f;
        f.load_seconds = r.load_seconds, f.score_seconds = r.score_seconds, f.threads = r.threads > 0 ? r.threads : std::max(1u, std::thread::hardware_concurrency());
        return render_summary(*r.of, *r.data, f);
      })
      .def("write", [](run& r, const std::filesystem::path& out, bool all) {
        result_files f;
        f.all_outcomes = all, f.load_seconds = r.load_seconds, f.score_seconds = r.score_seconds, f.threads = r.threads > 0 ? r.threads : std::max(1u, std::thread::hardware_concurrency());
        py::gil_scoped_release no_lock;
        value_of(write_results(*r.of, *r.data, out, f));
      })
      .def("explain", &explain_child)
      .def_property_readonly("children", [](const run& r) { return r.data->children; })
      .def_property_readonly("warnings", [](const run& r) { return warnings_for(*r.of->plan->program, *r.data); })
      .def_property_readonly("doubted", [](const run& r) {
        std::vector<std::pair<std::string, std::size_t>> out;
        const auto& tables = r.of->plan->program->schema.tables;
        for (std::size_t t = 0; t < tables.size(); ++t) {
          std::size_t children = 0;
          for (const auto word : r.data->tables[t].doubted) children += static_cast<std::size_t>(std::popcount(word));
          if (children > 0) out.emplace_back(tables[t].name, children);
        }
        return out;
      })
      .def_property_readonly("seconds", [](const run& r) { return py::make_tuple(r.load_seconds, r.score_seconds); })
      .def_property_readonly("counts", [](const run& r) {
        py::list out;
        const auto& tables = r.of->plan->program->schema.tables;
        for (std::size_t t = 0; t < tables.size(); ++t)
          if (const auto& d = r.data->tables[t]; d.supplied) out.append(py::make_tuple(tables[t].name, d.counts.read, d.counts.used, d.counts.rejected, d.ignored_columns));
        return out;
      })
      .def_property_readonly("uses", [](const run& r) {
        py::list out;
        for (const auto& u : r.uses) out.append(py::make_tuple(u.table, u.column, u.found, u.viewed));
        return out;
      });

  py::class_<explanation>(m, "Explanation")
      .def_readonly("child", &explanation::child)
      .def_readonly("rule", &explanation::rule)
      .def_readonly("title", &explanation::title)
      .def_property_readonly("outcome", [](const explanation& e) { return name_of(e.outcome); });
  m.def("explanation_text", [](const std::vector<explanation>& all) {
    std::string out;
    for (const auto& e : all) {
      if (!out.empty()) out += '\n';
      out += render_text(e, false);
    }
    return out;
  });
  m.def("explanation_markdown", [](const std::vector<explanation>& all) {
    std::string out;
    for (const auto& e : all) {
      if (!out.empty()) out += '\n';
      out += render_markdown(e);
    }
    return out;
  });
  m.def("explanation_html", [](const std::vector<explanation>& all) { return render_html(all); });
  m.def("explanation_json", [](const std::vector<explanation>& all) { return render_json(all); });
}
