// SPDX-License-Identifier: Apache-2.0
// The rows behind a condition.
#include "evidence.hpp"

#include <earlysight/result/text.hpp>

#include <algorithm>
#include <bit>

namespace earlysight::explaining {
namespace {

// A cell of the cohort as of the run: a date that lies ahead has not come yet.
cell raw_cell(const plan& lowered, const cohort& data, std::int32_t table, std::int32_t column, std::size_t row) {
  const auto& c = data.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(column)];
  const auto& declared = lowered.program->schema.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(column)];
  cell out;
  std::visit(
      [&](const auto& values) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) {
          out.known = c.known.test(row);
          out.present = c.present.test(row);
          out.number = out.high = static_cast<double>(values[row]);
          out.whole = static_cast<std::int32_t>(values[row]);
          out.truth = values[row] != 0;
        }
      },
      c.values);
  if (declared.type == column_type::date && out.has_value() && out.whole > lowered.as_of.day && !declared.planned) {
    if (declared.empty == empty_cell::not_yet) out.present = false;
    else out.known = false;
  }
  return out;
}

void add_row(const plan& lowered, const cohort& data, const row_source& s, std::size_t at, std::vector<evidence_row>& rows) {
  const auto& t = lowered.program->schema.tables[static_cast<std::size_t>(s.table)];
  auto& out = rows.emplace_back();
  if (t.time >= 0) out.date = iso_text({raw_cell(lowered, data, s.table, t.time, at).whole});
  out.columns.reserve(s.columns.size());
  for (auto c : s.columns) {
    const auto& declared = t.columns[static_cast<std::size_t>(c)];
    const auto v = raw_cell(lowered, data, s.table, c, at);
    const bool not_yet = declared.empty == empty_cell::not_yet && v.known && !v.present;
    out.columns.push_back({declared.name, not_yet ? "not yet" : value_text(lowered, data, type_of(declared), v)});
  }
}

std::string day(const evaluation& e, plan_node_id id) {
  if (id < 0) return "…";
  const auto c = e.at(id, 0);
  return c.has_value() ? iso_text({c.whole}) : c.known ? "none" : "not known";
}

void look(const plan& lowered, const cohort& data, const evaluation& e, const row_source& s, evidence& out) {
  out.table = lowered.program->schema.tables[static_cast<std::size_t>(s.table)].name;
  if (s.first_day >= 0 || s.last_day >= 0) out.window.append(day(e, s.first_day)).append(" to ").append(day(e, s.last_day));
  const auto known = e.at(s.known, 0);
  if (!(known.known && known.truth)) {
    out.window.append(out.window.empty() ? "" : "; ").append("the table is not known for this child");
    return;
  }
  const auto block = e.rows_of(s.table);
  if (block.count == 0) return;
  constexpr std::size_t most = 6;
  const auto bits = e.bits(s.chosen);
  for (auto w = (block.count + 63) / 64; w-- > 0;) {
    const auto n = std::min<std::size_t>(64, block.count - w * 64);
    const auto all = n == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
    auto chosen = bits.known[w] & bits.truth[w] & all;
    out.not_known += static_cast<std::size_t>(std::popcount(~bits.known[w] & all));
    out.rows += static_cast<std::size_t>(std::popcount(chosen));
    // The latest first.
    if (chosen != 0 && out.shown.empty()) out.shown.reserve(std::min(most, out.rows + w * 64));
    for (; chosen != 0 && out.shown.size() < most;) {
      const auto top = static_cast<std::size_t>(63 - std::countl_zero(chosen));
      add_row(lowered, data, s, block.first + w * 64 + top, out.shown);
      chosen &= ~(std::uint64_t{1} << top);
    }
  }
}

// Whether evidence shows the same rows as other evidence, with its columns or more.
bool holds(const evidence& all, const evidence& some) {
  if (all.rows != some.rows || all.not_known != some.not_known || all.shown.size() != some.shown.size() || all.table != some.table || all.window != some.window) return false;
  auto same = [](const evidence_row& a, const evidence_row& b) {
    return a.date == b.date && std::all_of(b.columns.begin(), b.columns.end(), [&](const shown_value& v) {
             return std::any_of(a.columns.begin(), a.columns.end(), [&](const shown_value& w) { return w.words == v.words && w.value == v.value; });
           });
  };
  return std::equal(all.shown.begin(), all.shown.end(), some.shown.begin(), same);
}

}  // namespace

void evidence_book::open(std::size_t sources) {
  by_source_.assign(sources, nullptr);
  told_.clear();
}

void evidence_book::add(const plan& lowered, const cohort& data, const evaluation& e, const row_source& s, std::size_t place, std::vector<evidence>& out) {
  if (by_source_[place]) {
    out.push_back(*by_source_[place]);
    out.back().as_above = true;
    return;
  }
  auto& found = out.emplace_back();
  look(lowered, data, e, s, found);
  by_source_[place] = &found;
  found.as_above = std::any_of(told_.begin(), told_.end(), [&](const evidence* before) { return holds(*before, found); });
  if (!found.as_above) told_.push_back(&found);
}

}  // namespace earlysight::explaining
