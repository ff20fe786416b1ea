// SPDX-License-Identifier: Apache-2.0
#include "cell.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace earlysight::python {

std::int64_t chunk::whole(std::size_t i) const {
  switch (type) {
    case cell_type::int8: return numbers<std::int8_t>()[i];
    case cell_type::int16: return numbers<std::int16_t>()[i];
    case cell_type::int32:
    case cell_type::date32: return numbers<std::int32_t>()[i];
    case cell_type::uint8:
    case cell_type::bytes: return numbers<std::uint8_t>()[i];
    case cell_type::uint16: return numbers<std::uint16_t>()[i];
    case cell_type::uint32: return numbers<std::uint32_t>()[i];
    case cell_type::uint64: return static_cast<std::int64_t>(std::min<std::uint64_t>(numbers<std::uint64_t>()[i], std::numeric_limits<std::int64_t>::max()));
    case cell_type::bits: return static_cast<const std::uint8_t*>(values)[(i + offset) / 8] >> ((i + offset) % 8) & 1;
    default: return numbers<std::int64_t>()[i];
  }
}

std::string_view chunk::text(std::size_t i) const {
  switch (type) {
    case cell_type::text32: {
      const auto* at = numbers<std::int32_t>() + i;
      return {bytes + at[0], static_cast<std::size_t>(at[1] - at[0])};
    }
    case cell_type::text64: {
      const auto* at = numbers<std::int64_t>() + i;
      return {bytes + at[0], static_cast<std::size_t>(at[1] - at[0])};
    }
    case cell_type::text_view: {
      const auto* view = static_cast<const char*>(values) + (i + offset) * 16;
      std::int32_t length, buffer, start;
      std::memcpy(&length, view, 4);
      if (length <= 12) return {view + 4, static_cast<std::size_t>(length)};
      std::memcpy(&buffer, view + 8, 4);
      std::memcpy(&start, view + 12, 4);
      return {static_cast<const char*>(more[buffer]) + start, static_cast<std::size_t>(length)};
    }
    case cell_type::words: return (*texts)[i + offset];
    default: return {};
  }
}

namespace {

std::int64_t floor_to(std::int64_t v, std::int64_t unit) { return v / unit - (v % unit < 0 ? 1 : 0); }

}  // namespace

std::int64_t day_of(const chunk& c, std::size_t i) {
  const auto v = c.whole(i);
  switch (c.type) {
    case cell_type::date64:
    case cell_type::milliseconds: return floor_to(v, 86'400'000);
    case cell_type::seconds: return floor_to(v, 86'400);
    case cell_type::microseconds: return floor_to(v, 86'400'000'000);
    case cell_type::nanoseconds: return floor_to(v, 86'400'000'000'000);
    default: return v;
  }
}

std::string number_words(double v) {
  char out[32];
  return {out, std::to_chars(out, out + sizeof out, v).ptr};
}

std::string cell_words(const chunk& c, std::size_t i) {
  if (is_text(c.type)) return std::string(c.text(i));
  if (c.type == cell_type::uint64) return std::to_string(c.numbers<std::uint64_t>()[i]);
  if (is_whole(c.type)) return std::to_string(c.whole(i));
  if (c.type == cell_type::float64) return number_words(c.numbers<double>()[i]);
  if (c.type == cell_type::float32) return number_words(static_cast<double>(c.numbers<float>()[i]));
  if (c.type == cell_type::bits || c.type == cell_type::bytes) return c.whole(i) ? "yes" : "no";
  if (is_day(c.type)) return iso_text({static_cast<std::int32_t>(day_of(c, i))});
  return {};
}

cell_type meant_type(const source_column& c) {
  for (const auto& k : c.chunks) {
    const auto t = k.dictionary ? k.dictionary->type : k.type;
    if (t != cell_type::nothing) return t;
  }
  return cell_type::nothing;
}

bool in_dictionary(const source_column& c) { return std::any_of(c.chunks.begin(), c.chunks.end(), [](const chunk& k) { return k.dictionary != nullptr; }); }

const char* accepted(column_type type) {
  switch (type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref: return "text or whole numbers";
    case column_type::yes_no: return "bool, 0 and 1, or text (yes, no)";
    case column_type::date: return "date, timestamp without a time zone, or text such as 2025-06-20";
    case column_type::category: return "text, categorical or whole numbers";
    case column_type::percent: return "numbers (0.935) or text (93.5%)";
    default: return "numbers, or text that holds numbers";
  }
}

const char* kind_words(column_type type) {
  switch (type) {
    case column_type::key: return "a key";
    case column_type::text: return "text";
    case column_type::ref: return "a reference";
    case column_type::yes_no: return "yes/no";
    case column_type::date: return "a date";
    case column_type::category: return "a category";
    case column_type::count: return "a count";
    case column_type::percent: return "a percentage";
    case column_type::points: return "percentage points";
    case column_type::hours: return "hours";
    case column_type::sessions: return "sessions";
    case column_type::pounds: return "pounds";
    default: return "a number";
  }
}

bool can_be(column_type type, cell_type found) {
  if (found == cell_type::nothing || is_text(found)) return true;
  if (is_text_column(type) || type == column_type::category) return is_whole(found);
  if (type == column_type::date) return is_day(found);
  if (type == column_type::yes_no) return is_whole(found) || is_float(found) || found == cell_type::bits || found == cell_type::bytes;
  return is_whole(found) || is_float(found);
}

std::int64_t place(const chunk& k, std::size_t i) {
  if (k.type == cell_type::nothing || !k.has_value(i)) return -1;
  if (!k.dictionary) return is_timestamp(k.type) && k.whole(i) == no_time ? -1 : static_cast<std::int64_t>(i);
  const auto at = k.whole(i);
  if (at < 0 || static_cast<std::size_t>(at) >= k.dictionary->length || !k.dictionary->has_value(static_cast<std::size_t>(at))) return -1;
  return at;
}

std::vector<std::optional<std::string>> words_of(const source_column& c) {
  std::vector<std::optional<std::string>> out;
  out.reserve(c.rows());
  for (const auto& k : c.chunks)
    for (std::size_t i = 0; i < k.length; ++i) {
      const auto at = place(k, i);
      out.emplace_back();
      if (at < 0) continue;
      auto words = cell_words(k.dictionary ? *k.dictionary : k, static_cast<std::size_t>(at));
      if (words != "nan") out.back() = std::move(words);
    }
  return out;
}

}  // namespace earlysight::python
