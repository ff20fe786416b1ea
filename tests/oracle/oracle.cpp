// SPDX-License-Identifier: Apache-2.0
#include "oracle.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

namespace earlysight::oracle {
namespace {

enum class state { value, nothing, not_known };
constexpr long far_away = 100000000;

// 1 true, 0 false, -1 not known
using truth = int;

truth not_(truth a) { return a < 0 ? -1 : 1 - a; }
truth and_(truth a, truth b) { return a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : -1; }
truth or_(truth a, truth b) { return not_(and_(not_(a), not_(b))); }

struct value {
  state is = state::not_known;
  double low = 0, high = 0;  // numbers
  long day = 0;              // dates, codes
  bool yes = false;
  std::string text;
  bool has() const { return is == state::value; }
};

value number(double low, double high) { return {state::value, low, high, 0, false, {}}; }
value number(double n) { return number(n, n); }
value a_day(long d) { return {state::value, 0, 0, d, false, {}}; }
value of_truth(truth t) {
  value v;
  if (t >= 0) v.is = state::value, v.yes = t == 1;
  return v;
}
value nothing() { return {state::nothing, 0, 0, 0, false, {}}; }

bool same(double a, double b) { return a == b || std::fabs(a - b) < 1e-9 * std::max({1.0, std::fabs(a), std::fabs(b)}); }

bool holds(comparison test, double a, double b) {
  switch (test) {
    case comparison::equal: return same(a, b);
    case comparison::less: return a < b && !same(a, b);
    case comparison::less_equal: return a < b || same(a, b);
    case comparison::greater: return a > b && !same(a, b);
    default: return a > b || same(a, b);
  }
}

struct row {
  std::int32_t table = -1;
  std::size_t at = 0;
};

// Whose columns names mean.
struct where {
  const row* here = nullptr;
  const row* outer = nullptr;
};

struct bounds {
  long first = -far_away, last = far_away;
  truth known = 1;  // 0: the date is nothing, so no row is in; -1: not known
  enum class set { all, weeks, terms } days = set::all;
};

// A row and what is known of it: whether it belongs (exists, in the window), whether it is chosen.
struct member {
  row r;
  truth belongs = 1, chosen = 1;
};

class evaluator {
 public:
  evaluator(const program& p, const cohort& c, date as_of, std::size_t child) : p_(p), c_(c), as_of_(as_of.day), child_(child) {}

  child_result run() {
    child_result out;
    for (std::size_t r = 0; r < p_.rules.size(); ++r) out.outcomes.push_back(outcome_name(rule(static_cast<std::int32_t>(r))));
    out.score_low = score(false);
    out.score_high = score(true);
    return out;
  }

 private:
  enum class result { silent, fires, cannot_tell, not_applicable };
  static const char* outcome_name(result r) {
    return r == result::silent ? "silent" : r == result::fires ? "fires" : r == result::cannot_tell ? "cannot_tell" : "not_applicable";
  }

  result rule(std::int32_t index) {
    const auto& r = p_.rules[static_cast<std::size_t>(index)];
    if ((r.active_from && as_of_ < r.active_from->day) || (r.active_to && as_of_ > r.active_to->day)) return result::not_applicable;
    const truth f = r.for_ < 0 ? 1 : condition(r.for_, {}), w = condition(r.when, {}), u = r.unless < 0 ? 0 : condition(r.unless, {});
    if (f == 0) return result::not_applicable;
    if (f == 1 && w == 1 && u == 0) return result::fires;
    return w == 0 || u == 1 ? result::silent : result::cannot_tell;
  }

  double score(bool high) {
    std::map<std::string, double> points;
    for (std::size_t i = 0; i < p_.rules.size(); ++i) {
      const auto r = rule(static_cast<std::int32_t>(i));
      if (r != result::fires && !(high && r == result::cannot_tell)) continue;
      for (const auto& raised : p_.rules[i].raises) {
        auto& most = points[p_.flags[static_cast<std::size_t>(raised.flag)].name];
        most = std::max(most, raised.points);
      }
    }
    double total = 0;
    std::map<std::string, double> themes;
    double free = 0;
    for (const auto& f : p_.flags) {
      if (f.about != about::child) continue;
      if (f.theme >= 0) themes[p_.themes[static_cast<std::size_t>(f.theme)].name] += points[f.name];
      else free += points[f.name];
    }
    for (const auto& t : p_.themes) total += std::min(themes[t.name], t.up_to);
    return total + free;
  }

  // --- the calendar, a day at a time
  bool school_day(long d) const {
    if (!in_term(d)) return false;
    return p_.calendar.is_school_day({static_cast<std::int32_t>(d)});
  }
  bool in_term(long d) const {
    for (const auto& t : p_.calendar.terms())
      if (t.days.first.day <= d && d <= t.days.last.day) return true;
    return false;
  }
  static long monday(long d) { return d - (((d + 3) % 7) + 7) % 7; }
  bool school_week(long d) const {
    for (long x = monday(d); x < monday(d) + 7; ++x)
      if (school_day(x)) return true;
    return false;
  }
  long calendar_first() const { return p_.calendar.terms().front().days.first.day; }
  long calendar_last() const {
    long last = 0;
    for (const auto& t : p_.calendar.terms()) last = std::max<long>(last, t.days.last.day);
    return last;
  }
  // School days in (from, to]: low, and high where the calendar does not reach.
  value school_days(long from, long to) const {
    double n = 0;
    for (long d = std::max(from + 1, calendar_first()); d <= std::min(to, calendar_last()); ++d) n += school_day(d) ? 1 : 0;
    const bool whole = from >= calendar_first() - 1 && to <= calendar_last() + 60;
    return number(n, whole ? n : n + static_cast<double>(std::max(0L, to - from)));
  }
  std::optional<long> school_day_from(long d, long n) const {
    if (d < calendar_first() || d > calendar_last() + 60) return std::nullopt;
    const long step = n > 0 ? 1 : -1;
    for (long left = std::labs(n); left > 0;) {
      d += step;
      if (d < calendar_first() || (step > 0 && d > calendar_last())) return std::nullopt;
      if (school_day(d)) --left;
    }
    return d;
  }
  std::optional<long> moved(long d, duration length, int sign) const {
    if (length.unit == time_unit::school_days) return school_day_from(d, sign * length.count);
    if (length.unit == time_unit::months || length.unit == time_unit::years) {
      const int months = sign * length.count * (length.unit == time_unit::years ? 12 : 1);
      auto s = split({static_cast<std::int32_t>(d)});
      int month = s.month - 1 + months, year = s.year;
      while (month < 0) month += 12, --year;
      while (month > 11) month -= 12, ++year;
      for (int day = s.day; day > 0; --day)
        if (const auto found = parse_date(pad(year, 4) + "-" + pad(month + 1, 2) + "-" + pad(day, 2))) return found->day;
      return std::nullopt;
    }
    return d + sign * static_cast<long>(length.count) * (length.unit == time_unit::weeks ? 7 : 1);
  }
  static std::string pad(int n, std::size_t width) {
    auto s = std::to_string(n);
    return std::string(s.size() < width ? width - s.size() : 0, '0') + s;
  }

  // --- cells
  value cell(std::int32_t table, std::int32_t column, std::size_t at) const {
    const auto& declared = p_.schema.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(column)];
    const auto& c = c_.tables[static_cast<std::size_t>(table)].columns[static_cast<std::size_t>(column)];
    value v;
    if (std::holds_alternative<std::monostate>(c.values) || !c.known.test(at)) return v;
    if (!c.present.test(at)) return nothing();
    double n = 0;
    std::visit([&](const auto& values) { if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) n = static_cast<double>(values[at]); }, c.values);
    v.is = state::value;
    switch (declared.type) {
      case column_type::key:
      case column_type::text:
      case column_type::ref: v.text = c_.texts[static_cast<std::size_t>(n)]; break;
      case column_type::yes_no: v.yes = n != 0; break;
      case column_type::date: v.day = static_cast<long>(n); break;
      case column_type::category: v.text = declared.categories[static_cast<std::size_t>(n)]; break;
      default: v.low = v.high = n;
    }
    const auto& t = p_.schema.tables[static_cast<std::size_t>(table)];
    if (declared.type == column_type::date && v.day > as_of_ && !declared.planned && column != t.time && column != t.recorded_column) return declared.empty == empty_cell::not_yet ? nothing() : value{};
    return v;
  }

  value column(const expression& e, const where& w) const {
    row base;
    if (e.at == row_of::child) base = {p_.schema.child, child_};
    else base = e.at == row_of::row ? *w.here : *w.outer;
    if (e.via < 0) return cell(base.table, e.column, base.at);
    const auto reference = cell(base.table, e.via, base.at);
    if (reference.is != state::value) return reference;
    const auto& target = c_.tables[static_cast<std::size_t>(e.table)];
    const auto key = p_.schema.tables[static_cast<std::size_t>(e.table)].key;
    if (!target.supplied) return {};
    for (std::size_t r = 0; r < target.rows; ++r) {
      const auto k = std::get<std::span<const std::int32_t>>(target.columns[static_cast<std::size_t>(key)].values)[r];
      if (c_.texts[static_cast<std::size_t>(k)] == reference.text) return cell(e.table, e.column, r);
    }
    return {};
  }

  std::optional<literal> param_value(std::int32_t index) const {
    std::optional<literal> out;
    for (const auto& v : p_.params[static_cast<std::size_t>(index)].values)
      if (!v.from || v.from->day <= as_of_) out = v.value;
    return out;
  }
  static value of_literal(const literal& l) {
    value v;
    v.is = state::value;
    v.low = v.high = l.number;
    v.day = l.date.day;
    v.yes = l.truth;
    v.text = l.text;
    return v;
  }
  std::optional<duration> length(expression_id id) const {
    const auto& e = p_[id];
    if (e.op == operation::constant) return e.value.length;
    const auto v = param_value(e.index);
    return v ? std::optional(v->length) : std::nullopt;
  }
  std::optional<duration> length(const length_of_time& l) const {
    if (l.param < 0) return l.literal;
    const auto v = param_value(l.param);
    return v ? std::optional(v->length) : std::nullopt;
  }

  truth condition(expression_id id, const where& w) {
    const auto v = eval(id, w);
    return v.is == state::not_known ? -1 : v.has() && v.yes ? 1 : 0;
  }

  // --- expressions
  value eval(expression_id id, const where& w) {
    const auto& e = p_[id];
    auto part = [&](std::size_t i) { return eval(e.parts[i], w); };
    switch (e.op) {
      case operation::constant: return of_literal(e.value);
      case operation::today: return a_day(as_of_);
      case operation::column: return column(e, w);
      case operation::fact: {
        const auto& f = p_.facts[static_cast<std::size_t>(e.index)];
        if (f.table < 0) return eval(f.value, {});
        return eval(f.value, {e.at == row_of::row ? w.here : w.outer, nullptr});
      }
      case operation::param: {
        const auto v = param_value(e.index);
        return v ? of_literal(*v) : value{};
      }
      case operation::add:
      case operation::subtract:
      case operation::multiply:
      case operation::divide: return arithmetic(e.op, part(0), part(1));
      case operation::date_add:
      case operation::date_subtract: {
        const auto d = part(0);
        const auto l = length(e.parts[1]);
        if (!l || d.is == state::not_known) return {};
        if (!d.has()) return d;
        const auto to = moved(d.day, *l, e.op == operation::date_add ? 1 : -1);
        return to ? a_day(*to) : value{};
      }
      case operation::elapsed: {
        const auto d = part(0);
        if (!d.has()) return d;
        if (d.day > as_of_) return nothing();
        if (e.length_unit == time_unit::school_days) return school_days(d.day, as_of_);
        long n = 0;
        while (*moved(d.day, {static_cast<std::int32_t>(n + 1), e.length_unit}, 1) <= as_of_) ++n;
        return number(static_cast<double>(n));
      }
      case operation::period_edge: {
        if (e.edge.is_academic_year) {
          const auto y = academic_year({static_cast<std::int32_t>(as_of_)}, e.edge.is_last ? 1 : 0);
          return a_day(e.edge.is_end ? y.last.day : y.first.day);
        }
        const auto t = p_.calendar.term_back({static_cast<std::int32_t>(as_of_)}, e.edge.is_last ? 2 : 1);
        return a_day(e.edge.is_end ? t->last.day : t->first.day);
      }
      case operation::compare: return of_truth(compare(e.test, part(0), part(1), p_[e.parts[0]].type.of));
      case operation::between: {
        const auto x = part(0), low = part(1), high = part(2);
        for (const auto* v : {&x, &low, &high})
          if (v->is == state::not_known) return {};
        for (const auto* v : {&x, &low, &high})
          if (!v->has()) return of_truth(0);
        if (p_[e.parts[0]].type.of == kind::date) return of_truth(low.day <= x.day && x.day <= high.day);
        if (x.low == x.high) return of_truth(and_(compare(comparison::greater_equal, x, low, kind::number), compare(comparison::less_equal, x, high, kind::number)));
        int yes = 0, no = 0;
        for (double n = x.low; n <= x.high && n < x.low + 100000; ++n) ++(holds(comparison::greater_equal, n, low.low) && holds(comparison::less_equal, n, high.low) ? yes : no);
        return of_truth(no == 0 ? 1 : yes == 0 ? 0 : -1);
      }
      case operation::one_of: {
        truth any = 0;
        for (std::size_t i = 1; i < e.parts.size(); ++i) any = or_(any, compare(comparison::equal, part(0), part(i), p_[e.parts[0]].type.of));
        return of_truth(any);
      }
      case operation::gap: return of_truth(gap(e, part(0), part(1)));
      case operation::within_last:
      case operation::within_next: {
        const auto d = part(0);
        const auto l = length(e.parts[1]);
        if (!l || d.is == state::not_known) return {};
        if (!d.has()) return of_truth(0);
        const bool next = e.op == operation::within_next;
        if (next ? d.day <= as_of_ : d.day > as_of_) return of_truth(0);
        const auto edge = moved(as_of_, *l, next ? 1 : -1);
        if (edge) {
          // A school day beyond the calendar on the other side is not reached here: the stretch between is within it.
          return of_truth(next ? d.day <= *edge : d.day > *edge);
        }
        if (l->unit != time_unit::school_days) return of_truth(1);
        const auto n = next ? school_days(as_of_, d.day - 1) : school_days(d.day - 1, std::max(as_of_ - 1, d.day - 1));
        return of_truth(compare(comparison::less, n, number(l->count), kind::number));
      }
      case operation::is_known: {
        const auto x = part(0);
        return of_truth(x.is == state::nothing || (x.has() && x.low == x.high));
      }
      case operation::is_none:
      case operation::not_yet: {
        const auto x = part(0);
        return x.is == state::not_known ? value{} : of_truth(x.is == state::nothing);
      }
      case operation::known_that: return of_truth(condition(e.parts[0], w) == 1);
      case operation::negation: return of_truth(not_(condition(e.parts[0], w)));
      case operation::conjunction: {
        truth all = 1;
        for (auto p : e.parts) all = and_(all, condition(p, w));
        return of_truth(all);
      }
      case operation::disjunction:
      case operation::none_of: {
        truth any = 0;
        for (auto p : e.parts) any = or_(any, condition(p, w));
        return of_truth(e.op == operation::none_of ? not_(any) : any);
      }
      case operation::at_least_of: {
        int yes = 0, perhaps = 0;
        for (auto p : e.parts) {
          const auto t = condition(p, w);
          yes += t == 1, perhaps += t < 0;
        }
        return of_truth(yes >= e.count ? 1 : yes + perhaps < e.count ? 0 : -1);
      }
      case operation::choice:
        for (std::size_t i = 0; i + 1 < e.parts.size(); i += 2) {
          const auto t = condition(e.parts[i + 1], w);
          if (t < 0) return {};
          if (t == 1) return part(i);
        }
        return part(e.parts.size() - 1);
      case operation::recode: return part(0);
      case operation::rule_fires: {
        const auto r = rule(e.index);
        return of_truth(r == result::fires ? 1 : r == result::cannot_tell ? -1 : 0);
      }
      case operation::flag_raised: {
        truth any = 0;
        for (std::size_t r = 0; r < p_.rules.size(); ++r)
          for (const auto& raised : p_.rules[r].raises)
            if (raised.flag == e.index && raised.level >= e.at_level) {
              const auto o = rule(static_cast<std::int32_t>(r));
              any = or_(any, o == result::fires ? 1 : o == result::cannot_tell ? -1 : 0);
            }
        return of_truth(any);
      }
      case operation::aggregate: {
        const auto& s = p_.selections[static_cast<std::size_t>(e.selection)];
        return aggregate(e, select(s.table, s.window, s.conditions, w), s.table, window_of(s.window, w), w);
      }
      case operation::measure: {
        const auto& m = p_.measures[static_cast<std::size_t>(e.index)];
        auto rows = select(m.table, e.window, m.conditions, w);
        for (auto& r : rows) r.belongs = r.chosen;
        return formula(m.formula, rows, m.table, window_of(e.window, w), w);
      }
      case operation::trend: return trend(e, w);
    }
    return {};
  }

  static value arithmetic(operation op, const value& a, const value& b) {
    if (a.is == state::not_known || b.is == state::not_known || (a.has() && a.low != a.high) || (b.has() && b.low != b.high)) return {};
    if (!a.has() || !b.has()) return nothing();
    switch (op) {
      case operation::add: return number(a.low + b.low);
      case operation::subtract: return number(a.low - b.low);
      case operation::multiply: return number(a.low * b.low);
      default: return b.low == 0 ? value{} : number(a.low / b.low);
    }
  }

  static truth compare(comparison test, const value& a, const value& b, kind of) {
    if (a.is == state::not_known || b.is == state::not_known) return -1;
    if (!a.has() || !b.has()) return 0;
    if (of == kind::truth) return a.yes == b.yes;
    if (of == kind::text || of == kind::category) return a.text == b.text;
    if (of == kind::date) {
      switch (test) {
        case comparison::equal: return a.day == b.day;
        case comparison::less: return a.day < b.day;
        case comparison::less_equal: return a.day <= b.day;
        case comparison::greater: return a.day > b.day;
        default: return a.day >= b.day;
      }
    }
    if (a.low == a.high && b.low == b.high) return holds(test, a.low, b.low);
    // Every whole number between the bounds (their ends decide where there are very many).
    int yes = 0, no = 0;
    auto ends = [](const value& v) {
      std::vector<double> out;
      for (double n = v.low; n <= v.high && out.size() < 2000; ++n) out.push_back(n);
      if (out.empty() || out.back() != v.high) out.push_back(v.high);
      return out;
    };
    for (double x : ends(a))
      for (double y : ends(b)) ++(holds(test, x, y) ? yes : no);
    return no == 0 ? 1 : yes == 0 ? 0 : -1;
  }

  truth gap(const expression& e, const value& d, const value& other) const {
    const auto l = length(e.parts[2]);
    if (!l || d.is == state::not_known || other.is == state::not_known) return -1;
    if (!d.has() || !other.has()) return 0;
    const long from = e.before_other ? d.day : other.day, to = e.before_other ? other.day : d.day;
    if (from > to) return 0;
    if (l->unit == time_unit::school_days) return compare(e.test, school_days(from, to), number(l->count), kind::number);
    const auto reached = moved(from, *l, 1);
    switch (e.test) {
      case comparison::greater_equal: return *reached <= to;
      case comparison::greater: return *reached < to;
      case comparison::less_equal: return *reached >= to;
      default: return *reached > to;
    }
  }

  // --- windows
  bounds window_of(std::int32_t index, const where& w) {
    bounds b;
    if (index < 0) return b;
    const auto& x = p_.windows[static_cast<std::size_t>(index)];
    auto unknown = [&] {
      b.known = -1;
      return b;
    };
    const date as_of{static_cast<std::int32_t>(as_of_)};
    if (x.form == window_form::academic_year) {
      const auto y = academic_year(as_of, x.is_last ? 1 : 0);
      b.first = y.first.day, b.last = std::min<long>(y.last.day, as_of_);
      return b;
    }
    if (x.form == window_form::term) {
      const auto t = p_.calendar.term_back(as_of, x.is_last ? 2 : 1);
      b.first = t->first.day, b.last = std::min<long>(t->last.day, as_of_);
      return b;
    }
    if (x.form == window_form::last || x.form == window_form::from_to) {
      const auto n = length(x.first), m = x.form == window_form::from_to ? length(x.second) : std::optional(duration{0, n ? n->unit : time_unit::days});
      if (!n || !m) return unknown();
      if (n->unit == time_unit::school_weeks || n->unit == time_unit::school_days || n->unit == time_unit::terms) {
        // Back from the as-of date, a unit at a time.
        long d = as_of_;
        int rank = 0;
        b.first = 1, b.last = 0;
        if (n->unit == time_unit::terms) {
          b.days = bounds::set::terms;
          b.first = p_.calendar.term_back(as_of, n->count)->first.day;
          b.last = std::min<long>(p_.calendar.term_back(as_of, m->count + 1)->last.day, as_of_);
          return b;
        }
        const bool weeks = n->unit == time_unit::school_weeks;
        if (weeks) b.days = bounds::set::weeks, d = monday(d);
        while (rank < n->count) {
          if (weeks ? school_week(d) : school_day(d)) {
            ++rank;
            if (rank == m->count + 1) b.last = weeks ? std::min(d + 6, as_of_) : m->count == 0 ? as_of_ : b.last;
            if (!weeks && rank == m->count) b.last = d - 1;
            if (rank == n->count) b.first = d;
          }
          d -= weeks ? 7 : 1;
        }
        return b;
      }
      b.first = *moved(as_of_, *n, -1) + 1;
      b.last = *moved(as_of_, *m, -1);
      return b;
    }
    const auto d = eval(x.date, {nullptr, w.here});
    if (d.is == state::not_known) return unknown();
    if (!d.has()) {
      b.known = 0;
      return b;
    }
    switch (x.form) {
      case window_form::since: b.first = d.day, b.last = as_of_; break;
      case window_form::before: b.last = d.day - 1; break;
      case window_form::on: b.first = b.last = d.day; break;
      default: {
        const auto l = length(x.first);
        if (!l) return unknown();
        const auto edge = moved(d.day, *l, x.form == window_form::before_date ? -1 : 1);
        if (x.form == window_form::before_date) b.last = d.day - 1;
        else b.first = d.day + 1;
        if (!edge) {
          // One end is known: rows beyond it are out.
          b.known = -1;
          return b;
        }
        (x.form == window_form::before_date ? b.first : b.last) = *edge;
      }
    }
    return b;
  }

  bool in_set(long d, const bounds& b) const { return b.days == bounds::set::all || (b.days == bounds::set::terms ? in_term(d) : school_week(d)); }

  truth in_window(std::int32_t index, const bounds& b, const row& r) const {
    if (index < 0) return 1;
    const auto& t = p_.schema.tables[static_cast<std::size_t>(r.table)];
    const auto look = p_.windows[static_cast<std::size_t>(index)].look;
    if (b.known == 0) return 0;
    const auto start = cell(r.table, t.time, r.at);
    if (!t.is_interval() || look != window_look::whole) {
      const auto d = look == window_look::ending ? cell(r.table, t.end, r.at) : start;
      if (d.is == state::not_known) return -1;
      if (!d.has()) return 0;
      if (d.day < b.first || d.day > b.last || !in_set(d.day, b)) return 0;
      return b.known;
    }
    const auto end = cell(r.table, t.end, r.at);
    if (start.day > b.last) return 0;
    if (end.has() && (end.day < b.first || end.day < start.day)) return 0;
    truth reaches = start.day >= b.first || end.is != state::not_known ? 1 : -1;
    if (b.days != bounds::set::all && reaches != 0) {
      auto any = [&](long to) {
        for (long d = std::max(start.day, b.first); d <= std::min(to, b.last); ++d)
          if (in_set(d, b)) return true;
        return false;
      };
      const long stop = end.has() ? end.day : as_of_;
      if (!any(stop)) return 0;
      if (end.is == state::not_known && !any(start.day)) return -1;
    }
    return b.known < 0 ? -1 : reaches;
  }

  // --- rows
  bool table_known(std::int32_t table) {
    const auto& t = c_.tables[static_cast<std::size_t>(table)];
    if (!t.supplied) return false;
    if (!t.doubted.empty() && (t.doubted[child_ / 64] >> (child_ % 64) & 1)) return false;
    const auto when = p_.known_when[static_cast<std::size_t>(table)];
    return when < 0 || condition(when, {}) == 1;
  }

  truth exists(const row& r) const {
    const auto& t = p_.schema.tables[static_cast<std::size_t>(r.table)];
    truth e = 1;
    if (t.time >= 0) {
      const auto d = cell(r.table, t.time, r.at);
      e = and_(e, d.day <= as_of_);
      if (t.recorded_later) {
        const auto known = moved(d.day, t.recorded_after, 1);
        e = and_(e, known ? *known <= as_of_ : -1);
      }
    }
    if (t.recorded_column >= 0) {
      const auto d = cell(r.table, t.recorded_column, r.at);
      e = and_(e, d.has() ? d.day <= as_of_ : -1);
    }
    return e;
  }

  std::vector<member> select(std::int32_t table, std::int32_t window, const std::vector<expression_id>& conditions, const where& w) {
    std::vector<member> out;
    const auto& t = c_.tables[static_cast<std::size_t>(table)];
    if (t.first_row.empty()) return out;
    const auto b = window_of(window, w);
    for (auto r = t.first_row[child_]; r < t.first_row[child_ + 1]; ++r) {
      member m{{table, r}, 1, 1};
      m.belongs = and_(exists(m.r), in_window(window, b, m.r));
      m.chosen = m.belongs;
      for (auto c : conditions) m.chosen = and_(m.chosen, condition(c, {&m.r, w.here}));
      out.push_back(m);
    }
    return out;
  }

  value formula(expression_id id, const std::vector<member>& rows, std::int32_t table, const bounds& b, const where& w) {
    const auto& e = p_[id];
    if (e.op >= operation::add && e.op <= operation::divide) return arithmetic(e.op, formula(e.parts[0], rows, table, b, w), formula(e.parts[1], rows, table, b, w));
    if (e.op != operation::aggregate) return eval(id, {});
    auto own = rows;
    if (e.selection >= 0)
      for (auto& m : own)
        for (auto c : p_.selections[static_cast<std::size_t>(e.selection)].conditions) m.chosen = and_(m.chosen, condition(c, {&m.r, w.here}));
    return aggregate(e, own, table, b, w);
  }

  value aggregate(const expression& e, const std::vector<member>& rows, std::int32_t table, const bounds& b, const where& w) {
    if (!table_known(table)) return {};
    double yes = 0, perhaps = 0, all = 0;
    bool belongs_known = true;
    std::vector<row> chosen;
    for (const auto& m : rows) {
      yes += m.chosen == 1, perhaps += m.chosen < 0, all += m.belongs == 1;
      belongs_known = belongs_known && m.belongs >= 0;
      if (m.chosen == 1) chosen.push_back(m.r);
    }
    const bool known = perhaps == 0;
    switch (e.over) {
      case aggregation::any: return of_truth(yes > 0 ? 1 : perhaps > 0 ? -1 : 0);
      case aggregation::no: return of_truth(yes > 0 ? 0 : perhaps > 0 ? -1 : 1);
      case aggregation::count: return number(yes, yes + perhaps);
      case aggregation::share: return !known || !belongs_known || all == 0 ? value{} : number(yes / all);
      case aggregation::longest_run: return longest_run(rows);
      case aggregation::days_covered: return days_covered(chosen, known, table, b);
      default: break;
    }
    if (!known) return {};
    std::vector<value> values;
    for (const auto& r : chosen) values.push_back(eval(e.parts[0], {&r, w.here}));
    if (e.over == aggregation::latest || e.over == aggregation::earliest) {
      const auto n = static_cast<std::size_t>(e.count);
      if (n < 1 || n > values.size()) return nothing();
      return e.over == aggregation::earliest ? values[n - 1] : values[values.size() - n];
    }
    for (const auto& v : values)
      if (v.is == state::not_known) return {};
    std::vector<value> with;
    for (const auto& v : values)
      if (v.has()) with.push_back(v);
    if (e.over == aggregation::count_different) {
      std::set<std::string> different;
      const auto of = p_[e.parts[0]].type.of;
      for (const auto& v : with) different.insert(of == kind::number ? std::to_string(v.low) : of == kind::date ? std::to_string(v.day) : of == kind::truth ? (v.yes ? "y" : "n") : v.text);
      return number(static_cast<double>(different.size()));
    }
    if (e.over == aggregation::total || e.over == aggregation::average) {
      double sum = 0;
      for (const auto& v : with) sum += v.low;
      if (e.over == aggregation::total) return number(sum);
      return with.empty() ? value{} : number(sum / static_cast<double>(with.size()));
    }
    if (with.empty()) return nothing();
    auto best = with[0];
    for (const auto& v : with)
      if (e.over == aggregation::highest ? v.low > best.low : v.low < best.low) best = v;
    return best;
  }

  static value longest_run(const std::vector<member>& rows) {
    double low = 0, high = 0, best_low = 0, best_high = 0;
    for (const auto& m : rows) {
      if (m.belongs == 0) continue;
      low = m.belongs == 1 && m.chosen == 1 ? low + 1 : 0;
      if (m.chosen != 0) high += 1;
      else if (m.belongs == 1) high = 0;
      best_low = std::max(best_low, low), best_high = std::max(best_high, high);
    }
    return number(best_low, best_high);
  }

  value days_covered(const std::vector<row>& chosen, bool known, std::int32_t table, const bounds& b) const {
    const auto& t = p_.schema.tables[static_cast<std::size_t>(table)];
    std::set<long> days;
    for (const auto& r : chosen) {
      const auto start = cell(table, t.time, r.at), end = cell(table, t.end, r.at);
      if (end.is == state::not_known) known = false;
      const long stop = end.has() ? end.day : as_of_;
      for (long d = std::max(start.day, b.first); d <= std::min({stop, b.last, as_of_}); ++d)
        if (in_set(d, b)) days.insert(d);
    }
    return known ? number(static_cast<double>(days.size())) : value{};
  }

  value trend(const expression& e, const where& w) {
    const auto& m = p_.measures[static_cast<std::size_t>(e.index)];
    const auto& t = p_.schema.tables[static_cast<std::size_t>(m.table)];
    if (!table_known(m.table)) return {};
    auto rows = select(m.table, e.window, m.conditions, w);
    for (auto& r : rows) r.belongs = r.chosen;
    const auto b = window_of(e.window, w);
    std::map<long, std::vector<member>> weeks;
    for (const auto& r : rows) {
      if (r.chosen == 0) continue;
      if (r.chosen < 0) return {};
      const auto start = cell(m.table, t.time, r.r.at);
      if (!t.is_interval()) {
        weeks[monday(start.day)].push_back(r);
        continue;
      }
      const auto end = cell(m.table, t.end, r.r.at);
      if (end.is == state::not_known) return {};
      const long stop = std::min(end.has() ? end.day : as_of_, std::min(b.last, as_of_));
      std::set<long> seen;
      for (long d = std::max(start.day, b.first); d <= stop; ++d)
        if (in_set(d, b) && seen.insert(monday(d)).second) weeks[monday(d)].push_back(r);
    }
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const auto& [week, members] : weeks) {
      const auto v = formula(m.formula, members, m.table, b, w);
      if (v.is == state::not_known || (v.has() && v.low != v.high)) return {};
      if (!v.has()) continue;
      const double at = static_cast<double>((week - weeks.begin()->first) / 7);
      n += 1, x += at, y += v.low, xx += at * at, xy += at * v.low;
    }
    return n < 3 ? value{} : number((n * xy - x * y) / (n * xx - x * x));
  }

  const program& p_;
  const cohort& c_;
  long as_of_;
  std::size_t child_;
};

}  // namespace

child_result evaluate(const program& p, const cohort& c, date as_of, std::size_t child) { return evaluator(p, c, as_of, child).run(); }

}  // namespace earlysight::oracle
