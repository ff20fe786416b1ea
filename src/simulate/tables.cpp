// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <algorithm>

namespace earlysight::simulation {
namespace {

constexpr std::size_t widest_cell = 64;

std::int32_t known_of(std::string_view name) {
  for (std::size_t i = 0; i < known_tables; ++i)
    if (data_model[i].table == name) return static_cast<std::int32_t>(i);
  return -1;
}

std::int32_t slot_of(std::int32_t known, std::string_view column) {
  const auto& names = data_model[static_cast<std::size_t>(known)].columns;
  const auto found = std::find(names.begin(), names.end(), column);
  return found == names.end() ? -1 : static_cast<std::int32_t>(found - names.begin());
}

}  // namespace

void stretch_text::clear() {
  for (auto& t : tables) t.clear();
  std::fill(rows.begin(), rows.end(), 0);
  truth.clear();
  truths = 0;
}

table_writers::table_writers(const schema& s, const timeline& t, const places& pl, const figures& p, std::uint64_t seed, std::int64_t children)
    : schema_(s), time_(t), places_(pl), p_(p), seed_(seed), children_(children), width_(std::max(6, static_cast<int>(std::to_string(children).size()))), texts_(add_months(t.from, -12 * 20), add_months(t.to, 12 * 3)) {
  place_.fill(-1);
  for (const auto& declared : s.tables) {
    table_writer w;
    w.declared = &declared;
    w.margin = guessed_margin(declared, t.from, t.to, children, t.weeks);
    w.known = known_of(declared.name);
    // A table of the name whose rows are of another shape is not the one that stories know.
    if (w.known >= 0) {
      auto told = [&](std::int32_t column) { return column < 0 || slot_of(w.known, declared.columns[static_cast<std::size_t>(column)].name) >= 0; };
      const bool lookup = w.known >= static_cast<std::int32_t>(known_table::school) && w.known <= static_cast<std::int32_t>(known_table::service);
      const bool child = w.known == 0;
      if (!told(declared.time) || !told(declared.end) || lookup != (declared.shape == table_shape::lookup) || child != (declared.shape == table_shape::child)) w.known = -1;
    }
    if (w.known >= 0) place_[static_cast<std::size_t>(w.known)] = static_cast<std::int32_t>(tables_.size());
    tables_.push_back(std::move(w));
  }
  for (auto& w : tables_) plan(w);
}

void table_writers::learn(const cohort& read) {
  place_.fill(-1);
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    auto& w = tables_[i];
    w.known = -1;
    w.margin = learnt_margin(read, i, *w.declared, std::move(w.margin));
    plan(w);
  }
}

void table_writers::plan(table_writer& w) {
  const auto& t = *w.declared;
  w.columns.clear();
  w.header.clear();
  if (t.shape == table_shape::many_per_child) w.header = schema_.key_name();
  w.widest = widest_cell * (t.columns.size() + 2);
  if (t.key >= 0) w.header = t.columns[static_cast<std::size_t>(t.key)].name;
  for (std::size_t i = 0; i < t.columns.size(); ++i) {
    plan_column(w, t.columns[i], static_cast<std::int32_t>(i));
    if (static_cast<std::int32_t>(i) != t.key) w.header += "," + t.columns[i].name;
    for (const auto& c : t.columns[i].categories) w.widest = std::max(w.widest, w.widest + 2 * c.size() + 2);
  }
  w.header += "\n";
}

void table_writers::plan_column(table_writer& w, const column_declaration& c, std::int32_t place) {
  const auto& t = *w.declared;
  column_writer out;
  const bool of_child = t.shape == table_shape::child;
  out.required = c.required || place == t.time || place == t.recorded_column;
  out.count = w.known == static_cast<std::int32_t>(known_table::attendance) || w.known == static_cast<std::int32_t>(known_table::term_attendance) || w.known == static_cast<std::int32_t>(known_table::mark);
  out.may_miss = !out.required && c.empty == empty_cell::not_known && place != t.key && !(of_child && c.name.find("feed") != std::string::npos);
  for (const auto& category : c.categories) out.texts.push_back(csv_cell(category));
  const auto slot = w.known < 0 ? -1 : slot_of(w.known, c.name);
  const auto source = [&]() -> cell_source {
    if (slot < 0) return cell_source::plain;
    switch (c.type) {
      case column_type::date: return cell_source::date;
      case column_type::count:
      case column_type::number:
      case column_type::hours:
      case column_type::sessions: return cell_source::amount;
      case column_type::yes_no: return c.name == "school_feed" || c.name == "sen" ? cell_source::something : cell_source::truth;
      case column_type::category: return cell_source::category;
      case column_type::text: return c.name == "upn" ? cell_source::upn : cell_source::text;
      case column_type::ref: {
        // Keys of lookups that no story knows are the plain model's to give.
        const auto& target = schema_.tables[static_cast<std::size_t>(c.ref_table)].name;
        const bool told = target == "school" || target == "provider" || target == "service" || c.ref_table == schema_.child;
        return told && (c.ref_table == schema_.child || declares(static_cast<known_table>(known_of(target)))) ? cell_source::key : cell_source::plain;
      }
      default: return cell_source::plain;
    }
  }();
  out.from = source, out.slot = slot;
  out.whole = c.type == column_type::count;
  switch (source) {
    case cell_source::date: out.wants = value::day; break;
    case cell_source::amount: out.wants = value::hundredths; break;
    case cell_source::truth: out.wants = value::truth; break;
    case cell_source::upn: out.wants = value::upn; break;
    case cell_source::key: {
      const auto& target = schema_.tables[static_cast<std::size_t>(c.ref_table)].name;
      out.wants = c.ref_table == schema_.child ? value::child : target == "school" ? value::school : target == "provider" ? value::provider : value::service;
      break;
    }
    default: out.wants = value::words; break;
  }
  if (source == cell_source::category) {
    out.categories.assign(words_in_all, -1);
    for (std::size_t i = 0; i < words_in_all; ++i) {
      const auto found = std::find(c.categories.begin(), c.categories.end(), vocabulary[i]);
      if (found != c.categories.end()) out.categories[i] = static_cast<std::int16_t>(found - c.categories.begin());
    }
  }
  w.columns.push_back(std::move(out));
}

bool table_writers::add(stretch_text& out, known_table table, std::int64_t child, std::span<const value> row, draws& gaps) const {
  const auto place = place_[static_cast<std::size_t>(table)];
  if (place < 0) return false;
  const auto& w = tables_[static_cast<std::size_t>(place)];
  const auto& t = *w.declared;
  // The first cell says when; what is still to come is in no extract, whether the pack takes it for the rows' time or not.
  if (row[0].of == value::day && row[0].code > time_.to.day) return false;
  plain_row around{gaps};
  around.child = child;
  if (t.has_time()) {
    const auto time = row[static_cast<std::size_t>(w.columns[static_cast<std::size_t>(t.time)].slot)];
    if (time.of != value::day || time.code > time_.to.day) return false;
    around.time = {time.code}, around.end = time_.to;
    // What was over before it began never was: a case opened after the child had come back.
    if (t.is_interval())
      if (const auto end = row[static_cast<std::size_t>(w.columns[static_cast<std::size_t>(t.end)].slot)]; end.of == value::day && end.code < time.code) return false;
  }
  auto& buffer = out.tables[static_cast<std::size_t>(place)];
  char* p = write_child(buffer.room(w.widest), child);
  bool counts_missing = w.columns.size() > 0 && w.columns[0].count && gaps.chance(p_("count_missing"));
  for (std::size_t i = 0; i < w.columns.size(); ++i) {
    const auto& c = w.columns[i];
    if (static_cast<std::int32_t>(i) == t.key) continue;
    *p++ = ',';
    if (c.may_miss) {
      if (c.count ? counts_missing && gaps.chance(0.5) : gaps.chance(t.shape == table_shape::child ? p_("child_cell_missing") : p_("cell_missing"))) continue;
    }
    const auto v = c.from == cell_source::plain ? value{} : row[static_cast<std::size_t>(c.slot)];
    // A column of the name and another type than stories know is a column of its own.
    if (c.from == cell_source::plain || (v.of != value::empty && v.of != c.wants)) {
      p = write_plain(p, w, i, around);
      continue;
    }
    if (v.of == value::empty) {
      if (c.required && t.shape != table_shape::child) return false;
      if (c.required) p = write_plain(p, w, i, around);
      continue;
    }
    if (c.from == cell_source::date) {
      const auto& declared = t.columns[i];
      // What lies after the day of the extract has not happened yet, unless it is a plan.
      if (v.code > time_.to.day && !declared.planned) {
        if (c.required) return false;
        continue;
      }
      p = texts_.write(p, {v.code});
    } else if (c.from == cell_source::category) {
      const auto at = c.categories[static_cast<std::size_t>(v.code)];
      if (at < 0) {
        if (t.shape != table_shape::child && t.columns[i].empty == empty_cell::not_known) return false;
        if (c.required) p = write_plain(p, w, i, around);
        continue;
      }
      p = write_text(p, c.texts[static_cast<std::size_t>(at)]);
    } else {
      p = write_value(p, c, v);
    }
  }
  *p++ = '\n';
  buffer.used_up_to(p);
  ++out.rows[static_cast<std::size_t>(place)];
  return true;
}

char* table_writers::write_value(char* p, const column_writer& c, value v) const {
  switch (c.from) {
    case cell_source::amount: return write_decimal(p, c.whole ? (v.code + 99) / 100 * 100 : v.code, 2);
    case cell_source::truth: return write_text(p, v.code ? "yes" : "no");
    case cell_source::something: return write_text(p, vocabulary[static_cast<std::size_t>(v.code)] == "none" ? "no" : "yes");
    case cell_source::text: return write_text(p, vocabulary[static_cast<std::size_t>(v.code)]);
    case cell_source::upn: {
      // 000 is no authority: no such number was ever given to a pupil.
      constexpr std::string_view letters = "ABCDEFGHJKLMNPQRTUVWXYZ";
      std::uint32_t sum = 0;
      auto n = static_cast<std::uint32_t>(v.code);
      for (std::uint32_t place = 13; n > 0; n /= 10, --place) sum += n % 10 * place;
      *p++ = letters[sum % 23];
      return write_padded(p, static_cast<std::uint64_t>(v.code), 12);
    }
    case cell_source::key:
      if (v.of == value::school) return write_padded(write_text(p, "S"), static_cast<std::uint64_t>(v.code + 1), 6);
      if (v.of == value::provider) return write_padded(write_text(p, "P"), static_cast<std::uint64_t>(v.code + 1), 5);
      if (v.of == value::service) return write_padded(write_text(p, "H"), static_cast<std::uint64_t>(v.code + 1), 3);
      return v.of == value::child ? write_child(p, v.code) : p;
    default: return p;
  }
}

void table_writers::add_truth(stretch_text& out, std::int64_t child, word story, date from, std::string_view detail) const {
  if (from > time_.to) return;
  char* p = write_child(out.truth.room(detail.size() + 2 * widest_cell), child);
  *p++ = ',';
  p = write_text(p, story.text());
  *p++ = ',';
  p = texts_.write(p, from);
  *p++ = ',';
  p = write_text(p, detail);
  *p++ = '\n';
  out.truth.used_up_to(p);
  ++out.truths;
}

}  // namespace earlysight::simulation
