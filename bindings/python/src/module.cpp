// SPDX-License-Identifier: Apache-2.0
// The module `earlysight._core`: the facade's verbs over Python's objects. What users see is in ../earlysight.
#include "cell.hpp"
#include "run.hpp"

#include <earlysight/render/examples.hpp>
#include <earlysight/text/nearest.hpp>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <bit>

namespace py = pybind11;

namespace earlysight::python {
namespace {

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
      .def("stream", &stream_of)
      .def("state", [](const shared_table& t) { return state_of(t); });
  m.def("table_from", &table_from);

  py::class_<source>(m, "Source")
      .def_property_readonly("rows", [](const source& s) { return s.table().rows; })
      .def_property_readonly("columns", [](const source& s) {
        py::list out;
        for (const auto& c : s.table().columns) out.append(py::make_tuple(c.name, c.found, is_text(meant_type(c))));
        return out;
      })
      .def("words", [](const source& s, std::size_t column) { return words_of(s.table().columns.at(column)); });
  m.def("read_source", [](const std::string& name, const py::tuple& given) {
    auto out = std::make_unique<source>();
    add_table(out->held, name, given, py::none());
    return out;
  });
  m.def("nearest", [](const std::string& name, const std::vector<std::string>& names) { return nearest_name(name, names); });

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
      .def_property_readonly("bands", [](const pack& p) {
        py::list out;
        for (const auto& each : p.of().bands) out.append(py::make_tuple(each.name, each.from));
        return out;
      })
      .def_property_readonly("table_names", [](const pack& p) {
        std::vector<std::string> out;
        for (const auto& t : p.of().schema.tables) out.push_back(t.name);
        return out;
      })
      .def("types_of", [](const pack& p, const std::string& table) {
        std::vector<std::pair<std::string, std::string>> out;
        const auto& s = p.of().schema;
        const auto at = s.find(table);
        if (at < 0) return out;
        const auto& declared = s.tables[static_cast<std::size_t>(at)];
        if (declared.shape == table_shape::many_per_child) out.emplace_back(s.key_name(), "key");
        for (const auto& c : declared.columns) out.emplace_back(c.name, type_name(c.type));
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
      .def("score", [](const pack& p, const py::iterable& tables, const std::optional<std::filesystem::path>& folder, const std::string& as_of, const std::vector<std::pair<std::string, std::string>>& params,
                       unsigned threads, bool strict, std::optional<double> max_rejected, const py::object& tick) { return score_pack(p, tables, folder, {as_of, params, threads, strict, max_rejected}, tick); },
           py::arg("tables"), py::arg("folder"), py::arg("as_of"), py::arg("params"), py::arg("threads"), py::arg("strict"), py::arg("max_rejected"), py::arg("tick"))
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
