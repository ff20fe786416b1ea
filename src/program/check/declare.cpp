// SPDX-License-Identifier: Apache-2.0
#include "checker.hpp"

#include <earlysight/syntax/token.hpp>

#include <algorithm>

namespace earlysight::checking {

bool checker::declare(std::string_view name, symbol_kind of, std::int32_t index, span where) {
  const auto [at, fresh] = symbols_.try_emplace(std::string(name), symbol{of, index, where});
  if (fresh) return true;
  auto& d = error("E0207", where, "`" + std::string(name) + "` is declared twice: names are shared by the whole pack", "give one of them another name");
  d.related.push_back({at->second.where, std::string("the first is this ") + word_for(at->second.of)});
  return false;
}

const symbol* checker::find(std::string_view name) const {
  const auto found = symbols_.find(std::string(name));
  return found == symbols_.end() ? nullptr : &found->second;
}

std::vector<std::string> checker::names_of(std::initializer_list<symbol_kind> kinds) const {
  std::vector<std::string> names;
  for (const auto& [name, s] : symbols_)
    if (std::find(kinds.begin(), kinds.end(), s.of) != kinds.end()) names.push_back(name);
  return names;
}

std::vector<std::string> checker::columns_of(std::int32_t table, bool with_facts) const {
  std::vector<std::string> names;
  for (const auto& c : out_.schema.tables[table].columns) names.push_back(c.name);
  if (with_facts)
    for (const auto& f : out_.facts)
      if (f.table == table) names.push_back(f.name);
  return names;
}

void checker::declare_all() {
  // Used packs first, so that a name declared in both is an error of the pack that uses the other.
  std::vector<std::int32_t> units;
  for (auto u = static_cast<std::int32_t>(text_.units.size()) - 1; u >= 0; --u) units.push_back(u);
  for (auto u : units) {
    bool has_pack = false;
    for (auto id : text_.units[u].items) {
      const auto name_node = parts(id).empty() ? no_node : parts(id)[0];
      const auto name = name_node == no_node ? std::string() : std::string(words(name_node));
      const auto where = name_node == no_node ? at(id).where : at(name_node).where;
      switch (at(id).kind) {
        case node_kind::pack_item:
          if (has_pack) error("E0501", at(id).where, "a pack has one `pack` item, and this is a second one", "leave one of them out");
          else if (u == 0) declare_pack(id);
          has_pack = true;
          break;
        case node_kind::calendar_item: declare_calendar(id); break;
        case node_kind::table_item:
          if (declare(name, symbol_kind::table, static_cast<std::int32_t>(out_.schema.tables.size()), where)) declare_table(id);
          break;
        case node_kind::param_item:
          if (declare(name, symbol_kind::param, static_cast<std::int32_t>(out_.params.size()), where)) declare_param(id);
          break;
        case node_kind::measure_item:
          if (declare(name, symbol_kind::measure, static_cast<std::int32_t>(out_.measures.size()), where)) {
            measure m;
            m.name = name, m.where = where;
            out_.measures.push_back(std::move(m));
            measure_nodes_.push_back(id);
          }
          break;
        case node_kind::fact_item:
          if (declare(name, symbol_kind::fact, static_cast<std::int32_t>(out_.facts.size()), where)) {
            fact f;
            f.name = name, f.where = where;
            out_.facts.push_back(std::move(f));
            fact_nodes_.push_back(id);
          }
          break;
        case node_kind::theme_item:
          if (declare(name, symbol_kind::theme, static_cast<std::int32_t>(out_.themes.size()), where)) declare_theme(id);
          break;
        case node_kind::flag_item:
          if (declare(name, symbol_kind::flag, static_cast<std::int32_t>(out_.flags.size()), where)) declare_flag(id);
          break;
        case node_kind::band_item:
          if (declare(name, symbol_kind::band, static_cast<std::int32_t>(out_.bands.size()), where)) declare_band(id);
          break;
        case node_kind::rule_item:
          if (declare(name, symbol_kind::rule, static_cast<std::int32_t>(out_.rules.size()), where)) {
            rule r;
            r.name = name, r.where = where, r.whole = at(id).where;
            r.of_used_pack = u > 0;
            out_.rules.push_back(std::move(r));
            rule_nodes_.push_back(id);
          }
          break;
        default: break;
      }
    }
    const auto damaged_pack = std::any_of(tree_.damaged.begin(), tree_.damaged.end(), [&](const damaged_item& d) {
      return sources_.text(d.where).substr(0, 4) == "pack";
    });
    if (!has_pack && !damaged_pack && !text_.units[u].files.empty())
      error("E0501", {text_.units[u].files.front(), 0, 0}, "there is no `pack` item: a pack says its name and version",
            "begin with `pack my_pack \"What it is for\" version \"1\"`");
  }
  finish_tables();
  for (std::size_t i = 0; i < out_.facts.size(); ++i) {
    for (auto part : parts_of(fact_nodes_[i], node_kind::of_table)) {
      auto& f = out_.facts[i];
      const auto name = parts(part)[0];
      f.table = find_table(words(name), at(name).where, false);
      if (f.table < 0) {
        bad_facts_.insert(static_cast<std::int32_t>(i));
      } else if (out_.schema.tables[f.table].shape != table_shape::many_per_child) {
        error("E0411", at(name).where, "facts of rows are for tables `many per child`, and `" + out_.schema.tables[f.table].name + "` is none", "leave out `of " + out_.schema.tables[f.table].name + "`");
        f.table = -1;
        bad_facts_.insert(static_cast<std::int32_t>(i));
      } else if (const auto column = out_.schema.tables[f.table].find(f.name); column >= 0) {
        error("E0207", f.where, "table `" + out_.schema.tables[f.table].name + "` has a column of this name", "give the fact another name")
            .related.push_back({out_.schema.tables[f.table].columns[column].where, "the column"});
      }
    }
  }
  std::sort(terms_.begin(), terms_.end(), [](const term& a, const term& b) { return a.days.first < b.days.first; });
  out_.calendar = school_calendar(terms_, closed_);
}

void checker::declare_pack(node_id id) {
  auto& pack = out_.pack;
  pack.name = words(parts(id)[0]);
  auto text = [&](node_kind of, const char* called) {
    const auto part = only_part(id, of, called);
    return part ? text_of(parts(*part)[0]) : std::string();
  };
  pack.title = text(node_kind::title, "a title");
  pack.about = text(node_kind::about_text, "`about`");
  pack.owner = text(node_kind::owner, "`owner`");
  pack.version = text(node_kind::version, "`version`");
  if (parts_of(id, node_kind::version).empty())
    error("E0514", last_word(at(id).where), "the pack's `version` is missing", "add `version \"1\"`");
  if (const auto review = only_part(id, node_kind::review_by, "`review by`")) pack.review_by = parse_date(words(parts(*review)[0]));
}

void checker::declare_calendar(node_id id) {
  auto range = [&](node_id part, std::size_t first) -> std::optional<date_range> {
    const auto days = parts(part);
    const auto from = parse_date(words(days[first]));
    const auto to = days.size() > first + 1 ? parse_date(words(days[first + 1])) : from;
    if (!from || !to) return std::nullopt;
    if (*to < *from) {
      error("E0519", at(days[first + 1]).where, "this ends before it begins", "swap the two days");
      return std::nullopt;
    }
    if (to->day - from->day > 3700) {
      error("E0519", at(days[first + 1]).where, "this lasts longer than ten years", "look at the years");
      return std::nullopt;
    }
    return date_range{*from, *to};
  };
  for (auto part : parts(id)) {
    if (at(part).kind == node_kind::term) {
      if (auto days = range(part, 1)) terms_.push_back({text_of(parts(part)[0]), *days});
    } else if (at(part).kind == node_kind::closed) {
      if (auto days = range(part, 0)) closed_.push_back(*days);
    }
  }
}

std::int32_t checker::category_set(const std::vector<std::string>& values) {
  const auto [found, fresh] = category_sets_.try_emplace(values, static_cast<std::int32_t>(out_.category_sets.size()));
  if (fresh) out_.category_sets.push_back(values);
  return found->second;
}

void checker::declare_table(node_id id) {
  table_declaration t;
  t.name = words(parts(id)[0]);
  t.where = at(parts(id)[0]).where;
  const bool many = only_part(id, node_kind::many_per_child, "`many per child`").has_value();
  const bool lookup = only_part(id, node_kind::lookup, "`lookup`").has_value();
  t.shape = t.name == "child" ? table_shape::child : lookup ? table_shape::lookup : table_shape::many_per_child;
  if (t.name == "child" && (many || lookup)) error("E0502", t.where, "table child has one row per child", "leave out `many per child` or `lookup`");
  else if (many && lookup) error("E0507", t.where, "a table is either `many per child` or `lookup`", "leave one of them out");
  else if (t.name != "child" && !many && !lookup)
    error("E0514", t.where, "table `" + t.name + "` does not say what its rows are", "write `many per child` (rows of a child) or `lookup` (schools, providers) after its name");
  for (auto part : parts(id))
    if (at(part).kind == node_kind::column) declare_column(part, t);
  out_.schema.tables.push_back(std::move(t));
  table_nodes_.push_back(id);
}

void checker::declare_column(node_id id, table_declaration& t) {
  const auto pieces = parts(id);
  column_declaration c;
  c.name = words(pieces[0]);
  c.where = at(pieces[0]).where;
  const auto type = pieces[1];
  if (at(type).kind == node_kind::category_type) {
    c.type = column_type::category;
    for (auto v : parts(type)) {
      auto value = at(v).kind == node_kind::text ? text_of(v) : std::string(words(v));
      if (std::find(c.categories.begin(), c.categories.end(), value) != c.categories.end())
        error("E0207", at(v).where, "the value `" + value + "` stands twice in this list", "leave one of them out");
      else c.categories.push_back(std::move(value));
    }
    if (c.categories.size() > 60000) error("E0115", at(type).where, "a category has at most 60000 values", "use `text`");
    c.category_set = category_set(c.categories);
  } else if (at(type).kind == node_kind::ref_type) {
    c.type = column_type::ref;
    c.ref_name = words(parts(type)[0]);
  } else {
    const auto name = words(parts(type)[0]);
    if (name == "duration") error("E0307", at(type).where, "a column cannot be a duration", "use a `count` of days or weeks, or two dates");
    c.type = name == "key"        ? column_type::key
             : name == "text"     ? column_type::text
             : name[0] == 'y'     ? column_type::yes_no
             : name == "count"    ? column_type::count
             : name == "number"   ? column_type::number
             : name == "percent"  ? column_type::percent
             : name == "points"   ? column_type::points
             : name == "hours"    ? column_type::hours
             : name == "sessions" ? column_type::sessions
             : name == "pounds"   ? column_type::pounds
                                  : column_type::date;
  }
  for (auto m : pieces.subspan(2)) {
    switch (at(m).kind) {
      case node_kind::or_none: c.empty = empty_cell::none; break;
      case node_kind::or_not_yet: c.empty = empty_cell::not_yet; break;
      case node_kind::planned: c.planned = true; break;
      case node_kind::required: c.required = true; break;
      case node_kind::protected_: c.is_protected = true; break;
      case node_kind::text: c.description = text_of(m); break;
      default: break;
    }
    if ((at(m).kind == node_kind::or_not_yet || at(m).kind == node_kind::planned) && c.type != column_type::date)
      error("E0520", at(m).where, "`" + std::string(words(m)) + "` is for dates only", at(m).kind == node_kind::or_not_yet ? "did you mean `or none`?" : "leave it out");
  }
  if (c.type == column_type::key && (t.shape == table_shape::child || t.shape == table_shape::lookup)) {
    if (t.key < 0) t.key = static_cast<std::int32_t>(t.columns.size());
    else error("E0503", c.where, "table `" + t.name + "` has two key columns", "exactly one column is the `key`; make the other `text`");
  } else if (c.type == column_type::key) {
    error("E0504", c.where, "a table `many per child` has no key of its own: the column that names the child is there without saying", "make it `text`, or leave it out");
  }
  if (t.find(c.name) >= 0) {
    auto& d = error("E0207", c.where, "table `" + t.name + "` has two columns called `" + c.name + "`", "give one of them another name");
    d.related.push_back({t.columns[t.find(c.name)].where, "the first stands here"});
    return;
  }
  t.columns.push_back(std::move(c));
}

void checker::finish_tables() {
  auto& schema = out_.schema;
  schema.child = schema.find("child");
  if (schema.child < 0) {
    bool damaged = anything_may_be_damaged_;
    for (const auto& d : tree_.damaged) damaged = damaged || sources_.text(d.where).substr(0, 5) == "table";
    if (!damaged && find("child") == nullptr)
      error("E0502", {text_.units[0].files.front(), 0, 0}, "there is no `table child`: every pack needs the table of the children", "add `table child` with a `key` column");
  }
  for (std::size_t i = 0; i < schema.tables.size(); ++i) finish_table(static_cast<std::int32_t>(i));
}

void checker::finish_table(std::int32_t index) {
  auto& t = out_.schema.tables[index];
  const auto id = table_nodes_[index];
  auto column = [&](node_id name, const char* what, bool must_be_date) {
    const auto found = t.find(words(name));
    if (found < 0) {
      unknown("E0203", at(name).where, "no column of table `" + t.name + "`", words(name), columns_of(index, false));
    } else if (must_be_date && t.columns[found].type != column_type::date) {
      error("E0509", at(name).where, std::string(what) + " must be a date, and `" + t.columns[found].name + "` is none", "name a column of type `date`");
      return std::int32_t{-1};
    }
    return found;
  };
  if (t.shape != table_shape::many_per_child && t.key < 0)
    error("E0503", t.where, "table `" + t.name + "` has no key column", "give one column the type `key`, such as `" + t.name + "_id key`");

  const auto at_part = only_part(id, node_kind::at_column, "`at`");
  const auto from_part = only_part(id, node_kind::from_columns, "`from … to`");
  if (at_part && from_part) error("E0507", at(*from_part).where, "a row happens `at` one date, or lasts `from` one `to` another, not both", "leave one of them out");
  if ((at_part || from_part) && t.shape != table_shape::many_per_child)
    error("E0509", at(at_part ? *at_part : *from_part).where, "only rows of tables `many per child` happen at a time", "leave it out");
  if (at_part) t.time = column(parts(*at_part)[0], "the date at which a row happened", true);
  if (from_part) {
    t.time = column(parts(*from_part)[0], "the date at which a row begins", true);
    const auto end_node = parts(*from_part)[1];
    t.end = column(end_node, "the date at which a row ends", true);
    if (t.end >= 0 && t.columns[t.end].empty != empty_cell::not_yet)
      error("E0508", at(end_node).where, "the end of an interval may not have happened yet", "declare it `" + t.columns[t.end].name + " date or not yet`");
  }
  if (t.time >= 0) t.columns[t.time].required = true;
  const auto recorded = only_part(id, node_kind::recorded_column, "`recorded`");
  const auto later = only_part(id, node_kind::recorded_later, "`recorded … later`");
  if (recorded && later) error("E0507", at(*later).where, "`recorded` stands here a second time", "leave one of them out");
  if (recorded) t.recorded_column = column(parts(*recorded)[0], "the date at which a row was recorded", true);
  if (t.recorded_column >= 0) t.columns[t.recorded_column].required = true;
  if (later) {
    t.recorded_later = true;
    const auto l = length_of(parts(*later)[0], false);
    if (l.param >= 0) error("E0307", at(*later).where, "`recorded … later` needs a length written out", "write it such as `recorded 10 days later`");
    t.recorded_after = l.literal;
    if (t.time < 0) error("E0401", at(*later).where, "table `" + t.name + "` has no time from which to count", "add `at COLUMN` to the table");
  }
  for (auto& c : t.columns) {
    if (c.type == column_type::ref) {
      c.ref_table = out_.schema.find(c.ref_name);
      if (c.ref_table < 0) {
        std::vector<std::string> names;
        for (const auto& other : out_.schema.tables)
          if (other.shape != table_shape::many_per_child) names.push_back(other.name);
        unknown("E0202", c.where, "no table", c.ref_name, names);
      } else if (out_.schema.tables[c.ref_table].shape == table_shape::many_per_child) {
        auto& d = error("E0409", c.where, "`ref` points to a lookup table or to child, and `" + c.ref_name + "` is many per child", "make `" + c.ref_name + "` a `lookup`, or use another table");
        d.related.push_back({out_.schema.tables[c.ref_table].where, "declared here"});
        c.ref_table = -1;
      }
    }
    if (t.shape == table_shape::many_per_child && out_.schema.child >= 0) {
      const auto& child = out_.schema.tables[out_.schema.child];
      if (child.key >= 0 && child.columns[child.key].name == c.name && c.type != column_type::key)
        error("E0504", c.where, "`" + c.name + "` joins the table to child and is not declared again", "leave this column out");
    }
  }
}

void checker::declare_param(node_id id) {
  param p;
  p.name = words(parts(id)[0]);
  p.where = at(parts(id)[0]).where;
  for (auto part : parts(id).subspan(1)) {
    if (at(part).kind == node_kind::text) {
      p.description = text_of(part);
    } else if (at(part).kind == node_kind::must_be_set) {
      p.must_be_set = true;
      const auto type = parts(part)[0];
      const auto name = words(type);
      if (at(type).kind != node_kind::type || name == "key") {
        error("E0515", at(type).where, "a param is a number, a percentage, points, hours, sessions, pounds, a date, yes/no, text or a duration", "use `text` for a name or category");
      } else {
        p.type = name == "duration"                         ? duration_type
                 : name == "date"                           ? date_type
                 : name == "text"                           ? text_type
                 : name.substr(0, 3) == "yes"               ? truth_type
                 : name == "count"                          ? number_type(unit::count)
                 : name == "percent"                        ? number_type(unit::percent)
                 : name == "points"                         ? number_type(unit::points)
                 : name == "hours"                          ? number_type(unit::hours)
                 : name == "sessions"                       ? number_type(unit::sessions)
                 : name == "pounds"                         ? number_type(unit::pounds)
                                                            : number_type(unit::number);
      }
    } else {
      dated_value v;
      const auto value = parts(part)[0];
      v.value = literal_of(value);
      if (parts(part).size() > 1) v.from = parse_date(words(parts(part)[1]));
      if (p.values.empty() && p.type.of == kind::error) p.type = v.value.type;
      else if (v.value.type.of != kind::error && p.type.of != kind::error && !(v.value.type == p.type))
        error("E0515", at(value).where, "the values of a param are of one kind: the first is " + describe(p.type) + ", this is " + describe(v.value.type), "write them in one unit");
      for (const auto& other : p.values)
        if (other.from == v.from) {
          error("E0515", at(part).where, "two values hold from the same day", "leave one of them out");
          break;
        }
      p.values.push_back(std::move(v));
    }
  }
  std::stable_sort(p.values.begin(), p.values.end(), [](const dated_value& a, const dated_value& b) { return a.from < b.from; });
  out_.params.push_back(std::move(p));
}

void checker::declare_theme(node_id id) {
  theme t;
  t.name = words(parts(id)[0]);
  t.where = at(parts(id)[0]).where;
  if (const auto title = only_part(id, node_kind::title, "a title")) t.title = text_of(parts(*title)[0]);
  if (const auto up_to = only_part(id, node_kind::number, "`up to`")) t.up_to = plain_number(*up_to);
  else error("E0514", last_word(at(id).where), "the theme does not say how many points it may add", "add `up to 50 points`");
  if (t.up_to < 0) error("E0510", at(id).where, "a theme cannot add fewer than 0 points", "");
  out_.themes.push_back(std::move(t));
}

void checker::declare_flag(node_id id) {
  flag f;
  f.name = words(parts(id)[0]);
  f.where = at(parts(id)[0]).where;
  if (const auto title = only_part(id, node_kind::title, "a title")) f.title = text_of(parts(*title)[0]);
  else error("E0514", last_word(at(id).where), "the flag has no title", "add what an officer should read, such as `\"At risk of falling out of education\"`");
  for (auto [kind, about] : {std::pair{node_kind::about_child, about::child}, {node_kind::about_duty, about::duty}, {node_kind::about_data, about::data}})
    if (!parts_of(id, kind).empty()) f.about = about;
  only_part(id, node_kind::in_theme, "`in`");
  f.theme = -1;  // resolved once all themes are declared
  out_.flags.push_back(std::move(f));
}

void checker::declare_band(node_id id) {
  band b;
  b.name = words(parts(id)[0]);
  b.where = at(parts(id)[0]).where;
  b.from = plain_number(parts(id)[1]);
  for (const auto& other : out_.bands)
    if (other.from == b.from) error("E0510", b.where, "two bands begin at the same number of points", "give one of them another number").related.push_back({other.where, "the other"});
  out_.bands.push_back(std::move(b));
}

}  // namespace earlysight::checking
