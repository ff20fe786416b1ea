// SPDX-License-Identifier: Apache-2.0
#include "workload.hpp"

#include <earlysight/program/load.hpp>
#include <earlysight/program/reads.hpp>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace earlysight::workload {
namespace {

bit_view bits(const std::vector<std::uint64_t>& words) { return {words.empty() ? nullptr : words.data()}; }

template <class Value>
constexpr std::string_view numpy_type() {
  if constexpr (std::is_same_v<Value, std::uint8_t>) return "|u1";
  else if constexpr (std::is_same_v<Value, std::uint16_t>) return "<u2";
  else if constexpr (std::is_same_v<Value, std::int32_t>) return "<i4";
  else if constexpr (std::is_same_v<Value, std::uint32_t>) return "<u4";
  else return "<f4";
}

template <class Value>
void write_array(const std::filesystem::path& path, const std::vector<Value>& values, std::string_view type = numpy_type<Value>()) {
  std::string header = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (" + std::to_string(values.size()) + ",), }";
  header.append(63 - (10 + header.size()) % 64, ' ') += '\n';
  std::ofstream out(path, std::ios::binary);
  out.write("\x93NUMPY\x01\x00", 8);
  const char length[2] = {static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  out.write(length, 2).write(header.data(), static_cast<std::streamsize>(header.size()));
  out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(Value)));
}

std::vector<std::uint8_t> bytes_of(const std::vector<std::uint64_t>& words, std::size_t n) {
  std::vector<std::uint8_t> bytes(n);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = words[i / 64] >> (i % 64) & 1;
  return bytes;
}

std::string cell_text(const column_declaration& declared, double value) {
  char text[32];
  switch (declared.type) {
    case column_type::date: return iso_text({static_cast<std::int32_t>(value)});
    case column_type::yes_no: return value != 0 ? "yes" : "no";
    case column_type::category: return declared.categories[static_cast<std::size_t>(value)];
    case column_type::percent: std::snprintf(text, sizeof text, "%.10g%%", value * 100); return text;
    default: std::snprintf(text, sizeof text, "%.10g", value); return text;
  }
}

}  // namespace

result<cohort> view(const memory& m, const schema& s) {
  std::vector<std::string_view> keys(m.keys.begin(), m.keys.end());
  std::vector<host_table> tables;
  for (const auto& t : m.tables) {
    host_table host{t.name, t.rows(), {}, {}, t.child};
    if (t.name == "child") host.columns.push_back({s.key_name(), {}, keys, {}, {}});
    for (const auto& c : t.columns)
      std::visit([&](const auto& values) { host.columns.push_back({c.name, std::span(values), {}, bits(c.known), bits(c.present)}); }, c.values);
    tables.push_back(std::move(host));
  }
  return build_cohort(s, tables);
}

std::size_t bytes_read(const program& p, const cohort& c) {
  const auto read = what_is_read(p);
  std::size_t bytes = 0;
  for (std::size_t t = 0; t < c.tables.size(); ++t) {
    const auto& table = c.tables[t];
    if (!read.tables[t]) continue;
    bytes += table.first_row.size() * sizeof(std::uint32_t);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto& column = table.columns[i];
      if (!read.columns[t][i] || static_cast<std::int32_t>(i) == p.schema.tables[t].key) continue;
      std::visit(
          [&](const auto& values) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) bytes += values.size_bytes();
          },
          column.values);
      bytes += ((column.known.words ? 1U : 0U) + (column.present.words ? 1U : 0U)) * ((table.rows + 63) / 64) * sizeof(std::uint64_t);
    }
  }
  return bytes;
}

void write_numpy(const memory& m, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& t : m.tables) {
    for (const auto& c : t.columns) {
      const auto stem = t.name + "." + c.name;
      std::visit([&](const auto& values) { write_array(folder / (stem + ".npy"), values); }, c.values);
      if (!c.known.empty()) write_array(folder / (stem + ".known.npy"), bytes_of(c.known, t.rows()), "|b1");
      if (!c.present.empty()) write_array(folder / (stem + ".present.npy"), bytes_of(c.present, t.rows()), "|b1");
    }
    if (!t.child.empty()) write_array(folder / (t.name + ".child_row.npy"), t.child);
  }
}

void write_csv(const memory& m, const schema& s, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& t : m.tables) {
    const auto& declared = s.tables[static_cast<std::size_t>(s.find(t.name))];
    std::ofstream out(folder / (t.name + ".csv"), std::ios::binary);
    std::string text = s.key_name();
    for (const auto& c : t.columns) text += "," + c.name;
    text += '\n';
    for (std::size_t r = 0; r < t.rows(); ++r) {
      text += m.keys[t.child.empty() ? r : t.child[r]];
      for (const auto& c : t.columns) {
        text += ',';
        if (!bits(c.known).test(r) || !bits(c.present).test(r)) continue;
        const auto value = std::visit([&](const auto& values) { return static_cast<double>(values[r]); }, c.values);
        text += cell_text(declared.columns[static_cast<std::size_t>(declared.find(c.name))], value);
      }
      text += '\n';
      if (text.size() > 1 << 20) out << text, text.clear();
    }
    out << text;
  }
}

std::shared_ptr<const program> pack_at(const std::filesystem::path& file) {
  auto report = read_pack(file).value_or_throw();
  if (!report.checked) throw std::invalid_argument(file.string() + " does not compile: `earlysight check` says why");
  return report.checked;
}

std::shared_ptr<const program> reference_pack() { return pack_at(EARLYSIGHT_WORKLOAD_DIR "/workload.sight"); }

}  // namespace earlysight::workload
