// SPDX-License-Identifier: Apache-2.0
#include <earlysight/schema/table.hpp>

namespace earlysight {

std::int32_t table_declaration::find(std::string_view column) const {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == column) return static_cast<std::int32_t>(i);
  return -1;
}

std::int32_t schema::find(std::string_view table) const {
  for (std::size_t i = 0; i < tables.size(); ++i)
    if (tables[i].name == table) return static_cast<std::int32_t>(i);
  return -1;
}

value_type type_of(const column_declaration& c) {
  switch (c.type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref: return text_type;
    case column_type::yes_no: return truth_type;
    case column_type::count: return number_type(unit::count);
    case column_type::number: return number_type(unit::number);
    case column_type::percent: return number_type(unit::percent);
    case column_type::points: return number_type(unit::points);
    case column_type::hours: return number_type(unit::hours);
    case column_type::sessions: return number_type(unit::sessions);
    case column_type::pounds: return number_type(unit::pounds);
    case column_type::date: return date_type;
    case column_type::category: return {kind::category, unit::number, c.category_set};
  }
  return {};
}

}  // namespace earlysight
