// SPDX-License-Identifier: Apache-2.0
#include "lend.hpp"

#include <earlysight/earlysight.hpp>

#include <cstring>
#include <stdexcept>

#include <pybind11/stl.h>

namespace earlysight::python {

namespace py = pybind11;

namespace {

py::object bytes_of(const void* data, std::size_t bytes) { return py::bytes(bytes > 0 ? static_cast<const char*>(data) : "", bytes); }

std::vector<std::string> words_of_column(const result_column& c) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < c.rows; ++i) out.emplace_back(c.text(i));
  return out;
}

}  // namespace

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

namespace {

template <class Value>
py::object bytes_of(const std::vector<Value>& values) {
  return bytes_of(values.data(), values.size() * sizeof(Value));
}

template <class Value>
void fill(std::vector<Value>& to, const py::handle& from) {
  const auto view = from.cast<std::string_view>();
  if (view.size() % sizeof(Value) != 0) throw std::invalid_argument("this is no table of results");
  to.resize(view.size() / sizeof(Value));
  if (!view.empty()) std::memcpy(to.data(), view.data(), view.size());
}

py::tuple state_of(const result_column& c) {
  py::object memory = py::none();
  switch (c.type) {
    case result_type::text: memory = bytes_of(c.bytes.data(), c.bytes.size()); break;
    case result_type::number: memory = bytes_of(c.numbers); break;
    case result_type::whole: memory = bytes_of(c.wholes); break;
    case result_type::day: memory = bytes_of(c.days); break;
    case result_type::truth: memory = bytes_of(c.truths); break;
    case result_type::code: memory = c.small() ? bytes_of(c.small_codes) : bytes_of(c.codes); break;
  }
  return py::make_tuple(c.name, static_cast<int>(c.type), c.rows, c.missing, memory, bytes_of(c.offsets), bytes_of(c.valid), c.words ? py::object(state_of(*c.words)) : py::object(py::none()));
}

result_column column_from(const py::tuple& state) {
  result_column c(state[0].cast<std::string>(), static_cast<result_type>(state[1].cast<int>()));
  c.rows = state[2].cast<std::size_t>(), c.missing = state[3].cast<std::size_t>();
  fill(c.offsets, state[5]);
  fill(c.valid, state[6]);
  if (!state[7].is_none()) c.words = std::make_shared<const result_column>(column_from(state[7].cast<py::tuple>()));
  std::size_t held = 0;
  switch (c.type) {
    case result_type::text: c.bytes = state[4].cast<std::string>(), held = c.offsets.empty() ? 0 : c.offsets.size() - 1; break;
    case result_type::number: fill(c.numbers, state[4]), held = c.numbers.size(); break;
    case result_type::whole: fill(c.wholes, state[4]), held = c.wholes.size(); break;
    case result_type::day: fill(c.days, state[4]), held = c.days.size(); break;
    case result_type::truth: fill(c.truths, state[4]), held = c.truths.size() * 8 >= c.rows ? c.rows : 0; break;
    case result_type::code:
      if (c.small()) fill(c.small_codes, state[4]), held = c.small_codes.size();
      else fill(c.codes, state[4]), held = c.codes.size();
  }
  if (held != c.rows) throw std::invalid_argument("this is no table of results");
  return c;
}

}  // namespace

py::tuple state_of(const shared_table& t) {
  py::list columns;
  for (const auto& c : t.of->columns) columns.append(state_of(c));
  return py::make_tuple(t.of->name, columns);
}

shared_table table_from(const py::tuple& state) {
  result_table t;
  t.name = state[0].cast<std::string>();
  for (const auto& c : state[1].cast<py::list>()) t.columns.push_back(column_from(c.cast<py::tuple>()));
  return share(std::move(t));
}

}  // namespace earlysight::python
