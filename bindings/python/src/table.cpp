// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <cerrno>

namespace earlysight::python {

void result_column::grow(bool has_value) {
  if (!has_value && valid.empty()) valid.assign(rows / 8 + 1, 0xff);
  if (!valid.empty()) {
    if (valid.size() <= rows / 8) valid.push_back(0xff);
    if (!has_value) valid[rows / 8] = static_cast<std::uint8_t>(valid[rows / 8] & ~(1u << (rows % 8)));
  }
  missing += has_value ? 0 : 1;
  ++rows;
}

void result_column::add(std::string_view t) {
  bytes += t;
  offsets.push_back(static_cast<std::int64_t>(bytes.size()));
  grow(true);
}
void result_column::add(double v) { numbers.push_back(v), grow(true); }
void result_column::add_whole(std::int64_t v) { wholes.push_back(v), grow(true); }
void result_column::add_day(std::int32_t v) { days.push_back(v), grow(true); }
void result_column::add_truth(bool v) {
  if (truths.size() <= rows / 8) truths.push_back(0);
  if (v) truths[rows / 8] = static_cast<std::uint8_t>(truths[rows / 8] | 1u << (rows % 8));
  grow(true);
}
void result_column::add_code(std::int32_t v) {
  if (small()) small_codes.push_back(static_cast<std::int8_t>(v));
  else codes.push_back(v);
  grow(true);
}
void result_column::add_missing() {
  switch (type) {
    case result_type::text: offsets.push_back(static_cast<std::int64_t>(bytes.size())); break;
    case result_type::number: numbers.push_back(0); break;
    case result_type::whole: wholes.push_back(0); break;
    case result_type::day: days.push_back(0); break;
    case result_type::truth:
      if (truths.size() <= rows / 8) truths.push_back(0);
      break;
    case result_type::code:
      if (small()) small_codes.push_back(0);
      else codes.push_back(0);
  }
  grow(false);
}

result_column code_column(std::string name, const std::vector<std::string>& words) {
  result_column out(std::move(name), result_type::code);
  auto held = std::make_shared<result_column>("");
  for (const auto& w : words) held->add(w);
  out.words = std::move(held);
  return out;
}

namespace {

using held = std::shared_ptr<const result_table>;

struct schema_parts {
  std::string name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
  ArrowSchema dictionary{};
};

const char* format_of(const result_column& c) {
  switch (c.type) {
    case result_type::text: return "U";
    case result_type::number: return "g";
    case result_type::whole: return "l";
    case result_type::day: return "tdD";
    case result_type::truth: return "b";
    case result_type::code: break;
  }
  return c.small() ? "c" : "i";
}

void release_schema(ArrowSchema* s) {
  auto* parts = static_cast<schema_parts*>(s->private_data);
  for (auto& c : parts->children)
    if (c.release) c.release(&c);
  if (parts->dictionary.release) parts->dictionary.release(&parts->dictionary);
  delete parts;
  s->release = nullptr;
}

void fill_schema(ArrowSchema* out, const char* format, std::string name, schema_parts* parts) {
  parts->name = std::move(name);
  *out = {format, parts->name.c_str(), nullptr, 2 /* nullable */, static_cast<std::int64_t>(parts->children.size()), nullptr, nullptr, release_schema, parts};
  for (auto& c : parts->children) parts->pointers.push_back(&c);
  out->children = parts->pointers.empty() ? nullptr : parts->pointers.data();
  out->dictionary = parts->dictionary.release ? &parts->dictionary : nullptr;
}

void column_schema(ArrowSchema* out, const result_column& c) {
  auto* parts = new schema_parts;
  if (c.words) column_schema(&parts->dictionary, *c.words);
  fill_schema(out, format_of(c), c.name, parts);
}

struct array_parts {
  held table;
  std::vector<const void*> buffers;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  ArrowArray dictionary{};
};

void release_array(ArrowArray* a) {
  auto* parts = static_cast<array_parts*>(a->private_data);
  for (auto& c : parts->children)
    if (c.release) c.release(&c);
  if (parts->dictionary.release) parts->dictionary.release(&parts->dictionary);
  delete parts;
  a->release = nullptr;
}

void fill_array(ArrowArray* out, std::size_t rows, std::size_t missing, array_parts* parts) {
  *out = {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(missing), 0, static_cast<std::int64_t>(parts->buffers.size()), static_cast<std::int64_t>(parts->children.size()),
          parts->buffers.data(), nullptr, nullptr, release_array, parts};
  for (auto& c : parts->children) parts->pointers.push_back(&c);
  out->children = parts->pointers.empty() ? nullptr : parts->pointers.data();
  out->dictionary = parts->dictionary.release ? &parts->dictionary : nullptr;
}

void column_array(ArrowArray* out, const result_column& c, const held& table) {
  auto* parts = new array_parts;
  parts->table = table;
  parts->buffers.push_back(c.valid.empty() ? nullptr : c.valid.data());
  switch (c.type) {
    case result_type::text: parts->buffers.push_back(c.offsets.data()), parts->buffers.push_back(c.bytes.data()); break;
    case result_type::number: parts->buffers.push_back(c.numbers.data()); break;
    case result_type::whole: parts->buffers.push_back(c.wholes.data()); break;
    case result_type::day: parts->buffers.push_back(c.days.data()); break;
    case result_type::truth: parts->buffers.push_back(c.truths.data()); break;
    case result_type::code: parts->buffers.push_back(c.small() ? static_cast<const void*>(c.small_codes.data()) : c.codes.data()); break;
  }
  if (c.words) column_array(&parts->dictionary, *c.words, table);
  fill_array(out, c.rows, c.missing, parts);
}

struct stream_parts {
  held table;
  bool given = false;
};

int get_schema(ArrowArrayStream* s, ArrowSchema* out) {
  try {
    const auto& t = *static_cast<stream_parts*>(s->private_data)->table;
    auto* parts = new schema_parts;
    parts->children.resize(t.columns.size());
    for (std::size_t i = 0; i < t.columns.size(); ++i) column_schema(&parts->children[i], t.columns[i]);
    fill_schema(out, "+s", "", parts);
    out->flags = 0;
    return 0;
  } catch (...) {
    return ENOMEM;
  }
}

int get_next(ArrowArrayStream* s, ArrowArray* out) {
  try {
    auto& stream = *static_cast<stream_parts*>(s->private_data);
    *out = {};
    if (stream.given) return 0;
    stream.given = true;
    auto* parts = new array_parts;
    parts->table = stream.table;
    parts->buffers.push_back(nullptr);
    parts->children.resize(stream.table->columns.size());
    for (std::size_t i = 0; i < parts->children.size(); ++i) column_array(&parts->children[i], stream.table->columns[i], stream.table);
    fill_array(out, stream.table->rows(), 0, parts);
    return 0;
  } catch (...) {
    return ENOMEM;
  }
}

}  // namespace

void export_stream(std::shared_ptr<const result_table> table, ArrowArrayStream* out) {
  *out = {get_schema, get_next, [](ArrowArrayStream*) -> const char* { return nullptr; },
          [](ArrowArrayStream* s) {
            delete static_cast<stream_parts*>(s->private_data);
            s->release = nullptr;
          },
          new stream_parts{std::move(table)}};
}

}  // namespace earlysight::python
