// SPDX-License-Identifier: Apache-2.0
#include "input.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <deque>

namespace earlysight::python {
namespace {

namespace py = pybind11;

struct type_words {
  cell_type type = cell_type::other;
  std::string words;
  bool zoned = false;
};

type_words type_of(const ArrowSchema& s) {
  const std::string_view f = s.format;
  static constexpr struct {
    const char* format;
    cell_type type;
    const char* words;
  } plain[] = {{"n", cell_type::nothing, "null"}, {"b", cell_type::bits, "bool"}, {"c", cell_type::int8, "int8"}, {"C", cell_type::uint8, "uint8"}, {"s", cell_type::int16, "int16"},
               {"S", cell_type::uint16, "uint16"}, {"i", cell_type::int32, "int32"}, {"I", cell_type::uint32, "uint32"}, {"l", cell_type::int64, "int64"}, {"L", cell_type::uint64, "uint64"},
               {"f", cell_type::float32, "float32"}, {"g", cell_type::float64, "float64"}, {"u", cell_type::text32, "text"}, {"U", cell_type::text64, "text"}, {"vu", cell_type::text_view, "text"},
               {"tdD", cell_type::date32, "date"}, {"tdm", cell_type::date64, "date"}};
  for (const auto& p : plain)
    if (f == p.format) return {p.type, p.words, false};
  if (f.substr(0, 2) == "ts" && f.size() >= 4) {
    const auto unit = f[2];
    const auto type = unit == 's' ? cell_type::seconds : unit == 'm' ? cell_type::milliseconds : unit == 'u' ? cell_type::microseconds : cell_type::nanoseconds;
    return {type, "timestamp" + (f.size() > 4 ? " (" + std::string(f.substr(4)) + ")" : std::string()), f.size() > 4};
  }
  if (f.substr(0, 2) == "d:") return {cell_type::other, "decimal(" + std::string(f.substr(2)) + ")", false};
  if (f.substr(0, 2) == "+l" || f.substr(0, 2) == "+L") return {cell_type::other, "a list", false};
  if (f.substr(0, 2) == "+s") return {cell_type::other, "a struct", false};
  if (f == "z" || f == "Z" || f == "vz") return {cell_type::other, "binary", false};
  if (f.substr(0, 2) == "tt") return {cell_type::other, "a time of day", false};
  if (f.substr(0, 2) == "tD") return {cell_type::other, "a duration", false};
  return {cell_type::other, "Arrow type \"" + std::string(f) + "\"", false};
}

chunk chunk_of(const ArrowSchema& s, const ArrowArray& a, std::size_t more_offset, std::size_t length) {
  chunk c;
  c.type = type_of(s).type;
  c.offset = static_cast<std::size_t>(a.offset) + more_offset;
  c.length = length;
  if (c.type == cell_type::nothing || c.type == cell_type::other) return c;
  if (a.null_count != 0 && a.n_buffers > 0) c.valid = static_cast<const std::uint8_t*>(a.buffers[0]);
  if (a.n_buffers > 1) c.values = a.buffers[1];
  if ((c.type == cell_type::text32 || c.type == cell_type::text64) && a.n_buffers > 2) c.bytes = static_cast<const char*>(a.buffers[2]);
  if (c.type == cell_type::text_view) c.more = a.buffers + 2;
  // An array without rows may have no memory at all.
  if (!c.values) c.length = 0;
  if (s.dictionary && a.dictionary) c.dictionary = std::make_shared<const chunk>(chunk_of(*s.dictionary, *a.dictionary, 0, static_cast<std::size_t>(a.dictionary->length)));
  return c;
}

void name_type(source_column& out, const ArrowSchema& s) {
  const auto t = type_of(s.dictionary ? *s.dictionary : s);
  out.found = s.dictionary ? "categorical " + t.words : t.words;
  out.zoned = t.zoned;
}

template <class Struct>
std::shared_ptr<Struct> hold(Struct s) {
  return std::shared_ptr<Struct>(new Struct(s), [](Struct* p) {
    if (p->release) p->release(p);
    delete p;
  });
}

template <class Struct>
std::shared_ptr<Struct> take(const py::handle& capsule, const char* name) {
  auto* from = static_cast<Struct*>(PyCapsule_GetPointer(capsule.ptr(), name));
  if (!from) throw py::error_already_set();
  if (!from->release) throw data_error("this Arrow data was read already; pass the frame itself");
  auto out = hold(*from);
  from->release = nullptr;
  return out;
}

using arrays = std::vector<std::shared_ptr<ArrowArray>>;

// The schema and the arrays of a stream or array.
std::pair<std::shared_ptr<ArrowSchema>, arrays> read_arrow(const py::tuple& given, const std::string& table) {
  arrays all;
  if (given[0].cast<std::string>() == "array") {
    auto schema = take<ArrowSchema>(given[1], "arrow_schema");
    all.push_back(take<ArrowArray>(given[2], "arrow_array"));
    return {std::move(schema), std::move(all)};
  }
  auto stream = take<ArrowArrayStream>(given[1], "arrow_array_stream");
  auto failed = [&](int code) {
    const char* why = stream->get_last_error ? stream->get_last_error(stream.get()) : nullptr;
    return data_error("table " + table + " could not be read: " + (why ? why : std::strerror(code)));
  };
  ArrowSchema raw{};
  py::gil_scoped_release no_lock;
  if (const int code = stream->get_schema(stream.get(), &raw)) throw failed(code);
  auto schema = hold(raw);
  for (;;) {
    ArrowArray next{};
    if (const int code = stream->get_next(stream.get(), &next)) throw failed(code);
    if (!next.release) break;
    all.push_back(hold(next));
  }
  stream.reset();
  return {std::move(schema), std::move(all)};
}

void add_arrow_column(input& in, source_column& out, const py::tuple& given, const std::string& table) {
  auto [schema, all] = read_arrow(given, table);
  name_type(out, *schema);
  for (auto& a : all) {
    out.chunks.push_back(chunk_of(*schema, *a, 0, static_cast<std::size_t>(a->length)));
    in.arrow.push_back(std::move(a));
  }
  in.arrow.push_back(std::move(schema));
}

void add_arrow_table(input& in, source_table& out, const py::tuple& given) {
  auto [schema, all] = read_arrow(given, out.name);
  if (std::strcmp(schema->format, "+s") != 0) throw data_error("table " + out.name + " is a single column; give a frame with named columns");
  for (std::int64_t c = 0; c < schema->n_children; ++c) {
    source_column column;
    const auto& s = *schema->children[c];
    column.name = s.name ? s.name : "";
    name_type(column, s);
    for (const auto& a : all) column.chunks.push_back(chunk_of(s, *a->children[c], static_cast<std::size_t>(a->offset), static_cast<std::size_t>(a->length)));
    out.columns.push_back(std::move(column));
  }
  for (auto& a : all) {
    if (a->n_buffers > 0 && a->buffers[0] && a->null_count != 0) throw data_error("table " + out.name + " has rows that are null as a whole; drop them first");
    out.rows += static_cast<std::size_t>(a->length);
    in.arrow.push_back(std::move(a));
  }
  in.arrow.push_back(std::move(schema));
}

cell_type buffer_type(const std::string& code) {
  static const std::pair<const char*, cell_type> codes[] = {{"b1", cell_type::bytes}, {"i1", cell_type::int8}, {"i2", cell_type::int16}, {"i4", cell_type::int32}, {"i8", cell_type::int64},
                                                            {"u1", cell_type::uint8}, {"u2", cell_type::uint16}, {"u4", cell_type::uint32}, {"u8", cell_type::uint64}, {"f4", cell_type::float32},
                                                            {"f8", cell_type::float64}, {"D", cell_type::days}, {"s", cell_type::seconds}, {"ms", cell_type::milliseconds}, {"us", cell_type::microseconds}, {"ns", cell_type::nanoseconds}};
  for (const auto& [name, type] : codes)
    if (code == name) return type;
  return cell_type::other;
}

const void* memory_of(input& in, const py::object& buffer, std::size_t& length) {
  auto view = std::make_shared<py::buffer_info>(py::buffer(buffer).request());
  if (view->ndim != 1 || (view->shape[0] > 1 && view->strides[0] != view->itemsize)) throw data_error("a column is one row of values that stand one after another");
  length = static_cast<std::size_t>(view->shape[0]);
  in.objects.push_back(buffer);
  const auto* p = view->ptr;
  in.arrow.push_back(std::move(view));
  return p;
}

void add_buffer_column(input& in, source_column& out, const py::tuple& given) {
  chunk c;
  c.type = buffer_type(given[1].cast<std::string>());
  out.found = given[2].cast<std::string>();
  c.values = memory_of(in, given[3], c.length);
  if (!given[4].is_none()) {
    std::size_t length = 0;
    c.missing = static_cast<const std::uint8_t*>(memory_of(in, given[4], length));
    if (length != c.length) throw data_error("column " + out.name + ": its mask has another length");
  }
  out.chunks.push_back(std::move(c));
}

// The texts of a list: those of Python are looked at where they are, others are made.
struct list_words {
  std::vector<std::string_view> cells;
  std::deque<std::string> own;
  std::vector<std::uint8_t> missing;
};

// A Python value as a cell of a file would hold it; false where there is none.
bool words_of(const py::handle& v, std::string& out) {
  if (v.is_none()) return false;
  auto* p = v.ptr();
  if (PyBool_Check(p)) {
    out = p == Py_True ? "yes" : "no";
    return true;
  }
  if (PyFloat_Check(p)) {
    const double d = PyFloat_AsDouble(p);
    if (std::isnan(d)) return false;
    char text[32];
    out.assign(text, std::to_chars(text, text + sizeof text, d).ptr);
    return true;
  }
  const std::string type = Py_TYPE(p)->tp_name;
  if (type.find("NAType") != std::string::npos || type.find("NaTType") != std::string::npos) return false;
  if (PyBytes_Check(p)) throw data_error("bytes are no text; decode them first");
  // Dates, and the times that pandas and databases write for them: a day at midnight is that day.
  if (py::hasattr(v, "isoformat")) {
    out = py::str(v.attr("isoformat")());
    const std::string_view midnight = "T00:00:00";
    if (out.size() == 10 + midnight.size() && out.compare(10, midnight.size(), midnight) == 0) out.resize(10);
    return true;
  }
  out = py::str(v);
  if (type.find("datetime64") != std::string::npos) {
    if (out == "NaT") return false;
    if (out.find("T00:00:00") == 10) out.resize(10);
  }
  return true;
}

std::string_view text_of(PyObject* p) {
  Py_ssize_t length = 0;
  const char* text = PyUnicode_AsUTF8AndSize(p, &length);
  if (!text) {
    PyErr_Clear();
    throw data_error("a cell holds text that is not Unicode");
  }
  return {text, static_cast<std::size_t>(length)};
}

void read_list(input& in, const py::list& values, chunk& c) {
  auto words = std::make_shared<list_words>();
  words->cells.resize(values.size());
  std::string made;
  for (std::size_t i = 0; i < words->cells.size(); ++i) {
    const py::handle v = PyList_GET_ITEM(values.ptr(), static_cast<Py_ssize_t>(i));
    if (PyUnicode_Check(v.ptr())) {
      words->cells[i] = text_of(v.ptr());
    } else if (words_of(v, made)) {
      words->cells[i] = words->own.emplace_back(made);
    } else {
      words->missing.resize(words->cells.size());
      words->missing[i] = 1;
    }
  }
  c.type = cell_type::words;
  c.length = words->cells.size();
  if (!words->missing.empty()) c.missing = words->missing.data();
  c.texts = std::shared_ptr<const std::vector<std::string_view>>(words, &words->cells);
  in.objects.push_back(values);
}

source_column column_of(input& in, const std::string& table, const std::string& name, const py::tuple& given) {
  source_column out;
  out.name = name;
  const auto how = given[0].cast<std::string>();
  try {
    if (how == "stream" || how == "array") {
      add_arrow_column(in, out, given, table);
    } else if (how == "source") {
      const auto& from = given[1].cast<const source&>().table().columns.at(given[2].cast<std::size_t>());
      out.found = from.found, out.chunks = from.chunks, out.zoned = from.zoned;
      in.objects.push_back(given[1]);
    } else if (how == "other") {
      out.found = given[1].cast<std::string>();
      chunk c;
      c.length = given[2].cast<std::size_t>();
      out.chunks.push_back(std::move(c));
    } else if (how == "list") {
      out.found = given[1].cast<std::string>();
      chunk c;
      read_list(in, given[2].cast<py::list>(), c);
      out.chunks.push_back(std::move(c));
    } else {
      add_buffer_column(in, out, given);
      if (how == "codes") {
        auto dictionary = std::make_shared<chunk>();
        read_list(in, given[5].cast<py::list>(), *dictionary);
        out.chunks[0].dictionary = std::move(dictionary);
      }
    }
  } catch (const data_error& e) {
    throw data_error("table " + table + ", column " + name + ": " + e.what());
  }
  return out;
}

}  // namespace

void add_table(input& in, const std::string& name, const py::tuple& given, const py::object& notes) {
  source_table t;
  t.name = name;
  if (given[0].cast<std::string>() == "columns") {
    for (const auto& each : given[1].cast<py::list>()) {
      const auto pair = each.cast<py::tuple>();
      const auto label = pair[0].cast<std::string>();
      const auto column = pair[1].cast<py::tuple>();
      if (column[0].cast<std::string>() == "ignored") {
        t.not_declared.push_back(label);
        continue;
      }
      t.columns.push_back(column_of(in, name, label, column));
    }
    if (!t.columns.empty()) t.rows = t.columns[0].rows();
  } else {
    add_arrow_table(in, t, given);
  }
  if (!notes.is_none()) {
    for (const auto& each : notes["ignored"]) t.not_declared.push_back(each.cast<std::string>());
    for (const auto& each : notes["refused"]) {
      const auto cell = each.cast<py::tuple>();
      t.refused.push_back({cell[0].cast<std::size_t>(), cell[1].cast<std::string>(), cell[2].cast<std::string>(), cell[3].cast<std::string>()});
    }
    if (const py::object origin = notes["origin"]; !origin.is_none()) in.origins[name] = origin;
  }
  in.tables.push_back(std::move(t));
}

}  // namespace earlysight::python
