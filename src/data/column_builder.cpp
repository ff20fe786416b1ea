// SPDX-License-Identifier: Apache-2.0
#include "column_builder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace earlysight::csv {
namespace {

std::uint64_t eight_bytes(const char* p) {
  std::uint64_t bytes;
  std::memcpy(&bytes, p, 8);
  return bytes;
}

// The first eight bytes of a text, zero past its end.
std::uint64_t first_bytes(std::string_view s) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, s.data(), std::min<std::size_t>(8, s.size()));
  return bytes;
}
std::uint64_t last_bytes(std::string_view s) { return s.size() <= 8 ? first_bytes(s) : eight_bytes(s.data() + s.size() - 8); }

std::size_t hash_of(std::uint64_t first, std::uint64_t last, std::size_t size) {
  const auto h = (first ^ std::rotl(last, 23) ^ size) * 0x9E3779B97F4A7C15u;
  return static_cast<std::size_t>(h >> 32);
}

bool is_byte(double v) {
  if (!(v >= 0 && v <= 255)) return false;
  return static_cast<double>(static_cast<std::uint8_t>(v)) == v && !std::signbit(v);
}

template <class T>
T* from(values_of<T>& values, std::size_t first) {
  return values.empty() ? nullptr : values.data() + first;
}

constexpr std::size_t remembered_months = 1024;
std::size_t month_slot(std::uint64_t written) { return written * 0x9E3779B97F4A7C15u >> 54; }

// The two digits at p; 100 or more where they are none.
unsigned day_of_month(const char* p) {
  const auto tens = static_cast<unsigned>(static_cast<unsigned char>(p[0])) - '0', ones = static_cast<unsigned>(static_cast<unsigned char>(p[1])) - '0';
  const bool digits = (tens <= 9) & (ones <= 9);
  return digits ? tens * 10 + ones : 100;
}

// The four bytes before p, the last of them highest.
std::uint32_t last_four_bytes(const char* p) {
  std::uint32_t bytes;
  std::memcpy(&bytes, p - 4, 4);
  return std::endian::native == std::endian::little ? bytes : __builtin_bswap32(bytes);
}

}  // namespace

column_builder::column_builder(const column_declaration& c, column_room& room, std::size_t first)
    : declared_(&c), room_(&room), wholes_(from(room.wholes, first)), categories_(from(room.categories, first)), bytes_(from(room.bytes, first)), first_(first) {
  if (c.type == column_type::category) index_categories();
  if (c.type == column_type::date) months_.resize(remembered_months);
}

void column_builder::index_categories() {
  const auto& declared = declared_->categories;
  categories_by_hash_.resize(std::bit_ceil(declared.size() * 2 + 2));
  for (std::size_t i = 0; i < declared.size(); ++i) {
    const std::string_view text = declared[i];
    if (text.empty() || find_category(text)) continue;
    category c{first_bytes(text), last_bytes(text), static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(i)};
    auto at = hash_of(c.first, c.last, c.size);
    while (categories_by_hash_[at & (categories_by_hash_.size() - 1)].size != 0) ++at;
    categories_by_hash_[at & (categories_by_hash_.size() - 1)] = c;
  }
}

const column_builder::category* column_builder::find_category(std::uint64_t first, std::uint64_t last, const char* p, std::size_t size) const {
  for (auto at = hash_of(first, last, size);; ++at) {
    const auto& c = categories_by_hash_[at & (categories_by_hash_.size() - 1)];
    if (c.size == 0) return nullptr;
    if (c.first == first && c.last == last && c.size == size && (size <= 16 || std::memcmp(declared_->categories[c.code].data(), p, size) == 0)) return &c;
  }
}

const column_builder::category* column_builder::find_category(std::string_view text) const {
  return find_category(first_bytes(text), last_bytes(text), text.data(), text.size());
}

why_not column_builder::read_any_number(std::string_view cell, double& out) const {
  switch (declared_->type) {
    case column_type::count: return read_count(cell, out);
    case column_type::percent: return read_percent(cell, out);
    case column_type::points: return read_points(cell, out);
    default: return read_number(cell, out);
  }
}

why_not column_builder::read(std::string_view cell) {
  state_ = state::value;
  switch (declared_->type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref:
      if (!is_utf8(cell)) return "this is not UTF-8 text: save the file as UTF-8";
      text_ = cell;
      return nullptr;
    case column_type::yes_no: return read_yes_no(cell, yes_);
    case column_type::date: return read_date(cell, day_);
    case column_type::category: {
      const auto* found = find_category(cell);
      if (!found) return "this is none of the declared values";
      code_ = static_cast<std::uint16_t>(found->code);
      return nullptr;
    }
    default: return read_any_number(cell, number_);
  }
}

void column_builder::keep() {
  const bool value = state_ == state::value;
  if (!value) (state_ == state::not_known ? not_known : nothing).add(rows);
  switch (declared_->type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref: wholes_[rows] = number_of(value ? text_ : std::string_view()); break;
    case column_type::yes_no: bytes_[rows] = value ? yes_ : 0; break;
    case column_type::date: wholes_[rows] = value ? day_ : 0; break;
    case column_type::category: categories_[rows] = value ? code_ : 0; break;
    default: keep_number(value ? number_ : 0);
  }
  ++rows;
}

std::int32_t column_builder::number_of(std::string_view text) {
  // Keys hardly ever repeat: they are only looked for once, where the stretches are joined.
  if (declared_->type == column_type::key) return static_cast<std::int32_t>(texts.append(text));
  if (last_text_ >= texts.size() || texts.text(last_text_) != text) last_text_ = texts.number(text);
  return static_cast<std::int32_t>(last_text_);
}

void column_builder::keep_number(double v) {
  if (small && !is_byte(v)) widen();
  if (small) bytes_[rows] = static_cast<std::uint8_t>(v);
  else numbers_[rows] = v;
}

void column_builder::widen() {
  small = false;
  numbers_ = room_->wide() + first_;
  std::copy_n(bytes_, rows, numbers_);
}

bool plain_text(cell_bounds c, std::string_view& out) {
  if (c.size() >= 2 && *c.begin == '"') {
    ++c.begin, --c.end;
    if (std::memchr(c.begin, '"', c.size())) return false;
  }
  while (c.begin < c.end && (*c.begin == ' ' || *c.begin == '\t')) ++c.begin;
  while (c.end > c.begin && (c.end[-1] == ' ' || c.end[-1] == '\t')) --c.end;
  out = {c.begin, c.size()};
  return true;
}

std::size_t column_builder::read_block(const cell_block& b, std::size_t cell, std::size_t n) {
  empties_.clear();
  switch (declared_->type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref: return read_texts(b, cell, n);
    case column_type::yes_no: return read_yes_nos(b, cell, n);
    case column_type::date: return read_dates(b, cell, n);
    case column_type::category: return read_categories(b, cell, n);
    default: return read_numbers(b, cell, n);
  }
}

void column_builder::keep_block(std::size_t n) {
  auto& marks = declared_->empty == empty_cell::not_known ? not_known : nothing;
  for (const auto r : empties_)
    if (r < n) marks.add(rows + r);
  switch (declared_->type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref:
      for (std::size_t r = 0; r < n; ++r) wholes_[rows + r] = number_of(block_texts_[r]);
      break;
    default: break;
  }
  rows += n;
}

void column_builder::end_stretch() {
  empties_ = {};
  block_texts_ = {};
  months_ = {};
  categories_by_hash_ = {};
}

bool column_builder::note_empty(std::size_t row) {
  if (declared_->required || declared_->type == column_type::key) return false;
  empties_.push_back(static_cast<std::uint32_t>(row));
  return true;
}

// Dates of few months follow one another: what a month's first eight bytes say is read once.
void column_builder::remember_month(const char* p) {
  char text[10];
  std::memcpy(text, p, 8);
  month m{eight_bytes(p), 0, 0};
  for (const char* day : {"01", "28", "29", "30", "31"}) {
    std::memcpy(text + 8, day, 2);
    std::int32_t read = 0;
    if (read_date({text, 10}, read)) break;
    if (m.days == 0) m.day_before = read - 1;
    m.days = static_cast<std::uint32_t>(read - m.day_before);
  }
  months_[month_slot(m.written)] = m;
}

bool column_builder::read_date_cell(cell_bounds c, std::size_t row) {
  std::string_view text;
  if (!plain_text(c, text)) return false;
  wholes_[rows + row] = 0;
  if (text.empty()) return note_empty(row);
  if (read_date(text, wholes_[rows + row])) return false;
  remember_month(text.data());
  return true;
}

std::size_t column_builder::read_dates(const cell_block& b, std::size_t cell, std::size_t n) {
  auto* const out = wholes_ + rows;
  const auto* const months = months_.data();
  return each_cell(b, cell, n, [=, this](cell_bounds c, std::size_t r) {
    if (c.size() == 10) [[likely]] {
      const auto written = eight_bytes(c.begin);
      const auto& m = months[month_slot(written)];
      const auto day = day_of_month(c.begin + 8);
      if (m.written == written && day - 1 < m.days) [[likely]] {
        out[r] = m.day_before + static_cast<std::int32_t>(day);
        return true;
      }
    }
    return read_date_cell(c, r);
  });
}

bool column_builder::read_number_cell(cell_bounds c, std::size_t row) {
  std::string_view text;
  if (!plain_text(c, text)) return false;
  double v = 0;
  if (text.empty() ? !note_empty(row) : read_any_number(text, v) != nullptr) return false;
  if (!small) numbers_[rows + row] = v;
  else if (is_byte(v)) bytes_[rows + row] = static_cast<std::uint8_t>(v);
  else return false;  // keep() makes the column wide, if the row is kept
  return true;
}

std::size_t column_builder::read_numbers(const cell_block& b, std::size_t cell, std::size_t n) {
  if (declared_->type == column_type::percent || declared_->type == column_type::points || !small)
    return each_cell(b, cell, n, [this](cell_bounds c, std::size_t r) { return read_number_cell(c, r); });
  auto* const out = bytes_ + rows;
  return each_cell(b, cell, n, [=, this](cell_bounds c, std::size_t r) {
    static constexpr std::uint32_t of_size[]{0, 0xff000000, 0xffff0000, 0xffffff00};
    const auto size = c.size();
    if (size <= 3) [[likely]] {
      // Up to three digits at once, the last one highest; one multiplication makes ones and tens of two of them.
      const auto digits = (last_four_bytes(c.end) ^ 0x30303030u) & of_size[size];
      const auto value = (digits * 0xa01u >> 24) + (digits >> 8 & 0xff) * 100;
      if (((digits | (digits + 0x06060606u)) & 0xf0f0f0f0u) == 0 && value - (size == 0) <= 255) [[likely]] {
        out[r] = static_cast<std::uint8_t>(value);
        return true;
      }
    }
    return read_number_cell(c, r);
  });
}

bool column_builder::read_category_cell(cell_bounds c, std::size_t row) {
  std::string_view text;
  if (!plain_text(c, text)) return false;
  categories_[rows + row] = 0;
  if (text.empty()) return note_empty(row);
  const auto* found = find_category(text);
  if (found) categories_[rows + row] = static_cast<std::uint16_t>(found->code);
  return found != nullptr;
}

std::size_t column_builder::read_categories(const cell_block& b, std::size_t cell, std::size_t n) {
  auto* const out = categories_ + rows;
  return each_cell(b, cell, n, [=, this](cell_bounds c, std::size_t r) {
    const auto size = c.size();
    if (size > 0) {
      const auto within = size >= 8 ? ~std::uint64_t{0} : ~(~std::uint64_t{0} << (8 * size));
      const auto first = eight_bytes(c.begin) & within, last = eight_bytes(c.begin + (size > 8 ? size - 8 : 0)) & within;
      if (const auto* found = find_category(first, last, c.begin, size)) {
        out[r] = static_cast<std::uint16_t>(found->code);
        return true;
      }
    }
    return read_category_cell(c, r);
  });
}

bool column_builder::read_yes_no_cell(cell_bounds c, std::size_t row) {
  std::string_view text;
  if (!plain_text(c, text)) return false;
  bytes_[rows + row] = 0;
  if (text.empty()) return note_empty(row);
  return !read_yes_no(text, bytes_[rows + row]);
}

std::size_t column_builder::read_yes_nos(const cell_block& b, std::size_t cell, std::size_t n) {
  auto* const out = bytes_ + rows;
  return each_cell(b, cell, n, [=, this](cell_bounds c, std::size_t r) {
    const auto size = c.size();
    if (size - 1 < 7) {
      const auto written = (eight_bytes(c.begin) & ~(~std::uint64_t{0} << (8 * size))) | std::uint64_t{size} << 56;
      auto& known = yes_nos_[written * 0x9E3779B97F4A7C15u >> 60];
      if (known.bytes != written || known.value > 1) {
        std::uint8_t value = 0;
        if (read_yes_no({c.begin, size}, value)) return read_yes_no_cell(c, r);
        known = {written, value};
      }
      out[r] = known.value;
      return true;
    }
    return read_yes_no_cell(c, r);
  });
}

std::size_t column_builder::read_texts(const cell_block& b, std::size_t cell, std::size_t n) {
  if (block_texts_.size() < n) block_texts_.resize(n);
  return each_cell(b, cell, n, [this](cell_bounds c, std::size_t r) {
    auto& text = block_texts_[r];
    return plain_text(c, text) && (text.empty() ? note_empty(r) : is_utf8(text));
  });
}

}  // namespace earlysight::csv
