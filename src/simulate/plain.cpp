// SPDX-License-Identifier: Apache-2.0
// The plain model: rows by the types of their columns and the margins of each, for tables that no story knows.
#include "tables.hpp"

#include <algorithm>
#include <cmath>

namespace earlysight::simulation {

std::int64_t table_writers::lookup_rows(std::size_t table) const {
  const auto& w = tables_[table];
  switch (w.known) {
    case static_cast<std::int32_t>(known_table::school): return places_.schools();
    case static_cast<std::int32_t>(known_table::provider): return places_.providers();
    case static_cast<std::int32_t>(known_table::service): return places::services;
    default: return static_cast<std::int64_t>(w.margin.rows.values.empty() ? 1 : w.margin.rows.values.front());
  }
}

char* table_writers::write_lookup_key(char* p, std::size_t table, std::int64_t number) const {
  const auto& w = tables_[table];
  const auto code = static_cast<std::int32_t>(number);
  column_writer key;
  key.from = cell_source::key;
  if (w.known == static_cast<std::int32_t>(known_table::school)) return write_value(p, key, school_ref{code});
  if (w.known == static_cast<std::int32_t>(known_table::provider)) return write_value(p, key, provider_ref{code});
  if (w.known == static_cast<std::int32_t>(known_table::service)) return write_value(p, key, service_ref{code});
  p = write_text(p, std::string_view(w.declared->name).substr(0, 24));
  return write_whole(p, static_cast<std::uint64_t>(number + 1));
}

char* table_writers::write_plain(char* p, const table_writer& w, std::size_t column, plain_row& row) const {
  const auto& c = w.declared->columns[column];
  const auto& m = w.margin.columns[column];
  const auto& t = *w.declared;
  auto& d = row.d;
  const bool is_end = static_cast<std::int32_t>(column) == t.end;
  if (!is_end && m.empty > 0 && d.chance(m.empty)) return p;
  switch (c.type) {
    case column_type::yes_no: return write_text(p, d.unit() * m.shares.back() < m.shares[0] ? "no" : "yes");
    case column_type::category: {
      const auto at = std::upper_bound(m.shares.begin(), m.shares.end(), d.unit() * m.shares.back()) - m.shares.begin();
      return write_text(p, w.columns[column].texts[std::min(m.shares.size() - 1, static_cast<std::size_t>(at))]);
    }
    case column_type::date: {
      if (is_end) return row.end == no_day ? p : texts_.write(p, row.end);
      auto day = row.time == no_day ? m.days.draw(d) : row.time + static_cast<int>(m.numbers.draw(d));
      if (!c.planned) day = earlier(day, row.time != no_day && row.end != no_day ? later(row.end, row.time) : time_.to);
      return texts_.write(p, day);
    }
    case column_type::count: return write_decimal(p, static_cast<std::int64_t>(std::floor(m.numbers.draw(d) + 0.5)), 0);
    case column_type::sessions: {
      auto x = std::floor(m.numbers.draw(d) + 0.5);
      if (c.name == "possible") row.possible = x;
      else if (row.possible >= 0 && c.name == "attended") x = std::min(x, row.possible);
      return write_decimal(p, static_cast<std::int64_t>(x), 0);
    }
    case column_type::percent: return write_decimal(p, static_cast<std::int64_t>(std::floor(m.numbers.draw(d) * 10000 + 0.5)), 4);
    case column_type::points: return write_decimal(p, static_cast<std::int64_t>(std::floor(m.numbers.draw(d) * 10000 + 0.5)), 2);
    case column_type::number:
    case column_type::hours:
    case column_type::pounds: return write_decimal(p, static_cast<std::int64_t>(std::floor(m.numbers.draw(d) * 100 + 0.5)), 2);
    case column_type::ref:
      if (c.ref_table == schema_.child) {
        if (row.last - row.first < 2) return p;
        auto other = row.first + d.between(0, static_cast<int>(row.last - row.first) - 2);
        return write_child(p, other + (other >= row.child ? 1 : 0));
      } else {
        const auto table = static_cast<std::size_t>(c.ref_table);
        return write_lookup_key(p, table, d.between(0, static_cast<int>(lookup_rows(table)) - 1));
      }
    default:  // text
      return write_whole(write_text(p, "text "), static_cast<std::uint64_t>(d.between(1, 40)));
  }
}

void table_writers::plain_rows(stretch_text& out, std::size_t table, plain_row row) const {
  const auto& w = tables_[table];
  const auto& t = *w.declared;
  const auto& m = w.margin;
  const auto n = t.shape == table_shape::child ? 1 : static_cast<int>(m.rows.draw(row.d));
  std::vector<date> starts;
  if (t.has_time() && m.grid.empty()) {
    const auto& time = m.columns[static_cast<std::size_t>(t.time)];
    const auto days = std::max(1, time_.to - time_.from);
    // Apart: each in a stretch of its own.
    for (int i = 0; i < n; ++i) starts.push_back(m.apart ? time_.from + days * i / n + row.d.between(0, days / n / 2) : earlier(time_.to, time.days.draw(row.d)));
    std::sort(starts.begin(), starts.end());
  }
  auto& buffer = out.tables[table];
  for (int i = 0; i < n; ++i) {
    row.possible = -1, row.end = no_day;
    if (!m.grid.empty()) {
      // The last dates of the grid, each as often as a child has rows on it.
      const auto dates = static_cast<int>(m.grid.size());
      row.time = m.grid[static_cast<std::size_t>(std::max(0, dates - (n + m.per_date - 1) / m.per_date + i / m.per_date))];
    } else if (t.has_time()) {
      row.time = starts[static_cast<std::size_t>(i)];
    }
    if (t.is_interval()) {
      const auto& end = m.columns[static_cast<std::size_t>(t.end)];
      const bool last = i + 1 == n;
      const auto limit = m.apart && !last ? starts[static_cast<std::size_t>(i) + 1] - 1 : time_.to;
      const bool open = (last || !m.apart) && row.d.chance(end.empty);
      if (!open) row.end = later(row.time, earlier(limit, row.time + std::max(0, static_cast<int>(end.numbers.draw(row.d)))));
    }
    char* p = buffer.room(w.widest);
    p = write_child(p, row.child);
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      if (static_cast<std::int32_t>(c) == t.key) continue;
      *p++ = ',';
      p = static_cast<std::int32_t>(c) == t.time ? texts_.write(p, row.time) : write_plain(p, w, c, row);
    }
    *p++ = '\n';
    buffer.used_up_to(p);
    ++out.rows[table];
  }
}

void table_writers::add_plain(stretch_text& out, std::int64_t child, std::int64_t first, std::int64_t end) const {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    const auto& w = tables_[t];
    if (w.known >= 0 || w.declared->shape == table_shape::lookup) continue;
    // A stream a table, so that a table more changes no other.
    draws d(seed_ + 0x51ED2701u * (t + 1), static_cast<std::uint64_t>(child), purpose::plain);
    plain_row row{d};
    row.child = child, row.first = first, row.last = end;
    plain_rows(out, t, row);
  }
}

void table_writers::add_lookup(text_buffer& out, std::uint64_t& rows, std::size_t table) const {
  const auto& w = tables_[table];
  const auto& t = *w.declared;
  const auto n = lookup_rows(table);
  const auto known = w.known < 0 ? known_table::child : static_cast<known_table>(w.known);
  for (std::int64_t i = 0; i < n; ++i) {
    draws d(seed_ + 0x51ED2701u * (table + 1), static_cast<std::uint64_t>(i), purpose::plain);
    plain_row row{d};
    const auto number = static_cast<std::int32_t>(i);
    std::array<value, rows::school::names.size()> cell{};
    if (known == known_table::school) {
      const auto s = places_.school(number);
      cell = cells(rows::school{.urn = {}, .name = {}, .phase = s.phase, .kind = s.kind, .own_admissions = s.own_admissions, .in_area = s.in_area, .register_to = s.register_to});
    } else if (known == known_table::provider) {
      const auto made = cells(rows::provider{.provider_id = {}, .name = {}, .registered = places_.registered(number), .approved = places_.approved(number)});
      std::copy(made.begin(), made.end(), cell.begin());
    } else if (known == known_table::service) {
      cell[1] = amount(places_.longest_wait(number));
    }
    char* p = write_lookup_key(out.room(w.widest), table, i);
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      if (static_cast<std::int32_t>(c) == t.key) continue;
      *p++ = ',';
      const auto& column = w.columns[c];
      if (known != known_table::child && column.may_miss && row.d.chance(p_("cell_missing"))) continue;
      if (t.columns[c].name == "name" && t.columns[c].type == column_type::text) {
        p = write_whole(write_text(p, known == known_table::school ? "School " : known == known_table::provider ? "Provider " : "Place "), static_cast<std::uint64_t>(i + 1));
      } else if (column.from == cell_source::plain) {
        p = write_plain(p, w, c, row);
      } else if (const auto v = cell[static_cast<std::size_t>(column.slot)]; v.of != column.wants) {
        if (v.of != value::empty || column.required) p = write_plain(p, w, c, row);
      } else if (column.from == cell_source::date) {
        p = texts_.write(p, {v.code});
      } else if (column.from == cell_source::category) {
        const auto at = column.categories[static_cast<std::size_t>(v.code)];
        if (at >= 0) p = write_text(p, column.texts[static_cast<std::size_t>(at)]);
        else if (column.required) p = write_plain(p, w, c, row);
      } else {
        p = write_value(p, column, v);
      }
    }
    *p++ = '\n';
    out.used_up_to(p);
    ++rows;
  }
}

}  // namespace earlysight::simulation
