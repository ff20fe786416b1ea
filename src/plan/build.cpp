// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/reckoning.hpp>

#include "lowering.hpp"

#include <algorithm>

namespace earlysight::lowering {
namespace {

template <class Value>
void put(std::string& key, const Value& v) {
  key.append(reinterpret_cast<const char*>(&v), sizeof v);
}

// Everything that makes one operation differ from another, as bytes.
std::string key_of(const plan_node& n) {
  std::string key;
  key.reserve(96);
  put(key, n.op), put(key, n.space), put(key, n.type.of), put(key, n.type.bounded), put(key, n.type.categories);
  put(key, n.table), put(key, n.column), put(key, n.via), put(key, n.other);
  put(key, n.value.number), put(key, n.value.code), put(key, n.value.truth), put(key, n.value.date.day);
  put(key, n.known), put(key, n.present), put(key, n.test), put(key, n.length.count), put(key, n.length.unit);
  put(key, n.sign), put(key, n.flag), put(key, n.count), put(key, n.over), put(key, n.days), put(key, n.frame);
  for (auto i : n.inputs) put(key, i);
  if (n.op == plan_operation::constant) key += n.value.text;
  for (auto c : n.codes) put(key, c);
  return key;
}

}  // namespace

plan_node_id lowerer::add(plan_node n) {
  const auto [found, fresh] = same_.try_emplace(key_of(n), static_cast<plan_node_id>(out_.nodes.size()));
  if (fresh) out_.nodes.push_back(std::move(n));
  return found->second;
}

plan_node_id lowerer::make(plan_operation op, space_id space, value_type type, std::initializer_list<plan_node_id> inputs) {
  plan_node n;
  n.op = op, n.space = space, n.type = type, n.inputs = inputs;
  return add(std::move(n));
}

plan_node_id lowerer::constant(literal value, space_id space) {
  plan_node n;
  n.space = space, n.type = value.type, n.value = std::move(value);
  if (n.type.of == kind::text) {
    const auto found = std::find(out_.texts.begin(), out_.texts.end(), n.value.text);
    n.value.code = static_cast<decltype(n.value.code)>(found - out_.texts.begin());
    if (found == out_.texts.end()) out_.texts.push_back(n.value.text);
  }
  return add(std::move(n));
}

plan_node_id lowerer::constant_date(date d, space_id space) {
  literal v;
  v.type = date_type, v.date = d;
  return constant(v, space);
}

plan_node_id lowerer::not_known(value_type type, space_id space) {
  plan_node n;
  n.space = space, n.type = type, n.known = false;
  n.type.bounded = false;
  return add(std::move(n));
}

plan_node_id lowerer::bring(plan_node_id id, space_id to, bool from_parent) {
  if (id < 0 || at(id).space == to) return id;
  auto n = at(id);
  if (n.op == plan_operation::constant) {
    n.space = to;
    return add(std::move(n));
  }
  plan_node g;
  g.op = plan_operation::gather, g.space = to, g.type = n.type, g.inputs = {id}, g.flag = from_parent && n.space != 0;
  return add(std::move(g));
}

plan_node_id lowerer::all_of(std::vector<plan_node_id> parts, space_id space) {
  std::vector<plan_node_id> here;
  for (auto p : parts)
    if (p >= 0) here.push_back(bring(p, space));
  if (here.empty()) {
    literal yes;
    yes.type = truth_type, yes.truth = true;
    return constant(yes, space);
  }
  if (here.size() == 1) return here[0];
  plan_node n;
  n.op = plan_operation::conjunction, n.space = space, n.type = truth_type, n.inputs = std::move(here);
  return add(std::move(n));
}

plan_node_id lowerer::shift_date(plan_node_id d, duration length, int sign) {
  const auto n = at(d);
  if (n.op == plan_operation::constant) {
    if (!n.known || !n.present) return d;
    const auto moved = shifted(p_.calendar, n.value.date, length, sign);
    return moved ? constant_date(*moved, n.space) : not_known(date_type, n.space);
  }
  plan_node s;
  s.op = plan_operation::shift, s.space = n.space, s.type = date_type, s.inputs = {d}, s.length = length, s.sign = sign;
  return add(std::move(s));
}

space_id lowerer::rows_of(std::int32_t table) {
  auto& space = row_spaces_[static_cast<std::size_t>(table)];
  if (space < 0) {
    space = static_cast<space_id>(out_.spaces.size());
    out_.spaces.push_back({plan_space::what::rows, table, -1});
  }
  return space;
}

std::int32_t lowerer::new_frame(std::int32_t table, space_id parent, bool by_week) {
  const auto index = static_cast<std::int32_t>(out_.frames.size());
  plan_frame f;
  f.table = table, f.parent = parent, f.by_week = by_week;
  if (guard_ >= 0 && at(guard_).space == parent) f.asked = guard_;
  f.elements = static_cast<space_id>(out_.spaces.size());
  f.segments = f.elements + 1;
  out_.spaces.push_back({plan_space::what::elements, table, index});
  out_.spaces.push_back({plan_space::what::segments, table, index});
  out_.frames.push_back(std::move(f));
  return index;
}

}  // namespace earlysight::lowering
