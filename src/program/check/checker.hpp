// SPDX-License-Identifier: Apache-2.0
// The checker's state, shared by the files of this folder: declarations, references, expressions, rules, examples, warnings.
#pragma once
#include <earlysight/program/check.hpp>

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace earlysight::checking {

enum class symbol_kind : std::uint8_t { table, param, measure, fact, theme, flag, band, rule };
const char* word_for(symbol_kind);

struct symbol {
  symbol_kind of;
  std::int32_t index;
  span where;
};

/// Where an expression stands: whose columns its names mean.
struct scope {
  std::int32_t row = -1;      // the table of the row, or -1 at child level
  std::int32_t outer = -1;    // the table of the row around it
  std::int32_t window_row = -1;  // of a window's date inside a where: possessives of this table name the outer row
  bool row_fact = false;      // inside a fact of rows: no selections
  bool columns_only = false;  // inside `known when`: child columns only
};

class checker {
 public:
  checker(const pack_text& text, std::vector<diagnostic>& diagnostics);
  program run();
  literal read_literal(node_id id) { return literal_of(id); }

 private:
  // --- reporting (report.cpp)
  diagnostic& error(const char* code, span where, std::string message, std::string mend = {});
  void unknown(const char* code, span where, const std::string& what, std::string_view name, const std::vector<std::string>& candidates);
  bool may_be_damaged(std::string_view name) const;
  span last_word(span item) const;

  // --- the tree
  const node& at(node_id id) const { return tree_[id]; }
  std::span<const node_id> parts(node_id id) const { return tree_.children_of(id); }
  std::string_view words(node_id id) const { return sources_.text(tree_[id].where); }
  std::string text_of(node_id id) const;  // of a text leaf: decoded
  std::vector<node_id> parts_of(node_id item, node_kind) const;
  std::optional<node_id> only_part(node_id item, node_kind, const char* called);

  // --- literals (literals.cpp)
  literal literal_of(node_id);
  double plain_number(node_id) const;
  std::optional<duration> duration_of(node_id);
  length_of_time length_of(node_id, bool in_window);

  // --- declarations (declare.cpp)
  void declare_all();
  bool declare(std::string_view name, symbol_kind, std::int32_t index, span where);
  const symbol* find(std::string_view name) const;
  void declare_pack(node_id);
  void declare_calendar(node_id);
  void declare_table(node_id);
  void declare_column(node_id, table_declaration&);
  void finish_tables();
  void finish_table(std::int32_t index);
  void declare_param(node_id);
  void declare_theme(node_id);
  void declare_flag(node_id);
  void declare_band(node_id);
  void apply_uses();
  std::int32_t category_set(const std::vector<std::string>& values);
  std::vector<std::string> names_of(std::initializer_list<symbol_kind>) const;
  std::vector<std::string> columns_of(std::int32_t table, bool with_facts) const;
  std::set<std::string> names_in_unit(std::int32_t unit, symbol_kind) const;
  void find_replacements();

  // --- references and order (references.cpp)
  void order_everything();

  // --- expressions (expression.cpp, comparison.cpp, rows.cpp)
  expression_id check_expression(node_id, const scope&);
  expression_id check_condition(node_id, const scope&);
  expression_id check_number_or_date(node_id, const scope&);
  expression_id add(expression);
  expression_id add(operation, value_type, span, std::vector<expression_id> parts = {});
  expression_id constant(literal, span);
  expression_id wrong(span);
  const value_type& type_of_id(expression_id id) const { return out_.expressions[id].type; }
  bool is_wrong(expression_id id) const { return id < 0 || type_of_id(id).of == kind::error; }
  std::string describe(expression_id) const;
  std::string describe(const value_type&) const;
  expression_id check_name(node_id, const scope&);
  expression_id check_possessive(node_id, const scope&);
  expression_id column_of(std::int32_t table, std::int32_t column, row_of at_row, span);
  expression_id check_arithmetic(node_id, const scope&);
  expression_id combine(char sign, expression_id a, expression_id b, span);
  expression_id date_and_length(expression_id date, node_id length, int sign, span, const scope&);
  expression_id length_expression(node_id, bool in_window);
  expression_id check_choice(node_id, const scope&);
  expression_id check_list(node_id, const scope&, operation);
  expression_id check_comparison(node_id, const scope&);
  expression_id check_equal(expression_id left, node_id right, span where, const scope&);
  expression_id check_bound(node_id, const scope&);
  expression_id compare_values(comparison, expression_id a, expression_id b, span where, node_id right);
  bool comparable(expression_id a, expression_id b, span where, node_id right);
  std::string unit_mend(expression_id wanted, expression_id given, node_id given_node) const;
  expression_id category_value(std::int32_t set, node_id);
  expression_id check_none(node_id, const scope&, bool negated);
  expression_id negate(expression_id, span);
  expression_id check_not_yet(node_id, const scope&);
  expression_id check_fires(node_id);
  expression_id check_raised(node_id);
  std::int32_t resolve_rule(std::string_view name, span where);
  std::int32_t resolve_flag(std::string_view name, span where);

  expression_id check_rows(node_id, const scope&);
  std::int32_t check_selection(node_id, const scope&, scope& inside);
  std::int32_t check_window(node_id, std::int32_t table, const scope&, window_look look = window_look::whole);
  std::int32_t find_table(std::string_view name, span where, bool plural);
  expression_id value_column(node_id, const scope& inside, aggregation);
  expression_id check_measure_use(node_id name, std::optional<node_id> window, const scope&, operation, span);
  value_type aggregate_type(aggregation, const value_type& of_value) const;
  bool scope_for_rows(const scope&, std::int32_t table, scope& inside, span where);
  bool needs_calendar_here(span where, std::string_view words);

  // --- measures, facts, rules, examples (measure.cpp, rule.cpp, example.cpp)
  void check_measure(node_id);
  expression_id check_formula(node_id, const scope&, std::int32_t table);
  void check_fact(node_id);
  void check_known_when();
  void check_rule(node_id);
  void check_texts(std::int32_t rule);
  text_template template_of(node_id);
  void check_example(node_id);
  void example_cells(example_row&, node_id given, std::size_t first);
  std::optional<literal> cell_literal(node_id value, const column_declaration&);
  void check_expectation(node_id, example&);
  literal expected_value(node_id, const value_type&, bool& good);

  // --- warnings (warnings.cpp)
  void add_warnings();

  // --- finishing (finish.cpp)
  void sort_by_name();

  const pack_text& text_;
  const syntax_tree& tree_;
  const source_map& sources_;
  std::vector<diagnostic>& diagnostics_;
  program out_;

  std::unordered_map<std::string, symbol> symbols_;
  std::unordered_map<std::string, std::string> replaced_by_;   // rule -> the rule that takes its place
  std::unordered_map<std::string, span> left_out_;             // rule -> the `use` that leaves it out
  std::set<std::string> damaged_names_;
  bool anything_may_be_damaged_ = false;
  std::vector<term> terms_;
  std::vector<date_range> closed_;
  bool calendar_missing_said_ = false;
  std::vector<node_id> table_nodes_, measure_nodes_, fact_nodes_, rule_nodes_;  // by index in out_
  std::vector<bool> in_cycle_facts_, in_cycle_measures_, in_cycle_rules_;
  std::vector<std::string> rule_names_;        // by index
  std::vector<std::vector<std::int32_t>> raisers_;  // flag -> rules that raise it
  std::set<std::int32_t> bad_facts_;
  std::map<std::vector<std::string>, std::int32_t> category_sets_;
  int outer_references_ = 0;                   // columns of an outer row named so far
  std::vector<std::int32_t> earlier_tables_;   // tables selected so far in the rule: for `and` after a where
};

}  // namespace earlysight::checking
