// SPDX-License-Identifier: Apache-2.0
// Conditions and values: one ladder, loosest first, so that no text is read twice and kinds are decided by the checker.
#include "rules.hpp"

namespace earlysight::grammar {
namespace {

using k = node_kind;
const x3::eps_parser nothing_more{};

template <class Tag>
using part = x3::rule<Tag>;

const part<struct and_tag> and_expression{"a condition"};
const part<struct not_tag> not_expression{"a condition"};
const part<struct comparison_tag> comparison_expression{"a comparison"};
const part<struct sum_tag> sum{"a value"};
const part<struct product_tag> product{"a value"};
const part<struct primary_tag> primary{"a value"};
const part<struct row_aggregate_tag> aggregate{"a value of rows"};
const part<struct moment_tag> moment{"a date"};
const part<struct selection_tag_> selection{"a table"};
const part<struct window_tag> window{"a window"};
const part<struct whole_window_tag> whole_window{"a window"};
const part<struct bound_tag> bound{"a value"};
const part<struct comparison_tail_tag> comparison_tail{"a comparison"};

// --- literals ------------------------------------------------------------------------------------------------------

const symbol_parser number_token{token_kind::number, "a number"};
const symbol_parser percent_token{token_kind::percent, "a percentage"};
const symbol_parser minus_sign{token_kind::minus, "`-`"};
const auto date_leaf = node(k::date)[symbol_parser{token_kind::date, "a date such as `2025-06-20`"}];
const auto text_leaf = node(k::text)[symbol_parser{token_kind::text, "a text in quotes"}];
const auto yes_no = node(k::yes)[kw("yes")] | node(k::no)[kw("no")];
const auto number_like = node(k::number)[-minus_sign >> ((number_token >> -(any_unit >> as(k::quantity))) | (percent_token >> as(k::percent)))];
const auto name_leaf = name_parser{"a name"};
const auto table_name = name_parser{"the name of a table"};
const auto column_name = name_parser{"the name of a column"};

const auto literal_value_def = label("a value such as `12`, `90%`, `18 weeks`, `2025-06-20`, `yes` or a text in quotes")[number_like | date_leaf | text_leaf | yes_no];

const auto length_literal = node(k::quantity)[number_token >> time_unit_word];
const auto length_def = label("a length of time such as `6 weeks`")[length_literal | name_leaf];

// --- names ---------------------------------------------------------------------------------------------------------

const auto possessive_or_name = name_leaf >> -extend(k::possessive)[+(symbol_parser{token_kind::possessive, "`'s`"} >> column_name)];

// `(…)`: one parenthesis opens one expression; the checker asks what it is.
const auto parenthesis = node(k::parenthesis)[open_parenthesis >> nest[expression] >> close_parenthesis];
const auto list = open_parenthesis >> nest[expression >> *(comma >> expression)] >> close_parenthesis;

// --- dates ---------------------------------------------------------------------------------------------------------

const auto period = label("`this` or `last` and `term` or `academic year`")[
    node(k::this_term)[(kw("this") >> ((kw("term") >> as(k::this_term)) | (kw("academic") >> kw("year") >> as(k::this_year)))) |
                       (kw("last") >> ((kw("term") >> as(k::last_term)) | (kw("academic") >> kw("year") >> as(k::last_year))))]];
const auto edge_of_period = node(k::start_of)[((kw("start") >> as(k::start_of)) | (kw("end") >> as(k::end_of))) >> kw("of") >> period];

// A length with `ago`, `after DATE` or `before DATE` behind it.
const auto length_with_anchor = look([](const token* t, session&) {
  if (t->kind == token_kind::word) return is_any_word(t + 1, {"ago", "after"});
  if (t->kind != token_kind::number) return false;
  const token* unit = is_word(t + 1, "school") ? t + 2 : t + 1;
  return unit->kind == token_kind::word && is_any_word(unit + 1, {"ago", "after", "before"});
});
const auto anchored_date = length_with_anchor >>
    node(k::ago)[length >> ((kw("ago") >> as(k::ago)) | (kw("after") >> nest[primary] >> as(k::after_of)) | (kw("before") >> nest[primary] >> as(k::before_of)))];

// What may stand for the DATE of a window.
const auto moment_def = label("a date")[date_leaf | node(k::today)[kw("today")] | anchored_date | edge_of_period | parenthesis | possessive_or_name];

// --- windows -------------------------------------------------------------------------------------------------------

const auto whole_window_def =
    node(k::in_last)[kw("in") >> kw("the") >> kw("last") >> length] |
    (-kw("in") >> look([](const token* t, session&) { return is_any_word(t, {"this", "last"}); }) >> period) |
    node(k::in_before)[kw("in") >> kw("the") >> length >> ((kw("before") >> as(k::in_before)) | (kw("after") >> as(k::in_after))) >> nest[moment]] |
    node(k::from_to)[kw("from") >> length >> kw("ago") >> kw("to") >> length >> kw("ago")] |
    node(k::since)[kw("since") >> nest[moment]] | node(k::before_date)[kw("before") >> nest[moment]] | node(k::on_date)[kw("on") >> nest[moment]];
const auto window_def = label("a window such as `in the last 6 weeks`")[
    node(k::starting)[kw("starting") >> whole_window] | node(k::ending)[kw("ending") >> whole_window] | whole_window];

const auto not_else = look([](const token* t, session&) { return !is_word(t, "else"); });
const auto where_conditions = kw("where") >> nest[condition >> *(comma >> not_else >> condition)];
const auto selection_def = node(k::selection)[label("the name of a table")[table_name] >> -window >> -where_conditions];
const auto condition_def = not_expression;

// --- values of rows ------------------------------------------------------------------------------------------------

const auto one_word_ahead = [](const char* second) { return look([second](const token* t, session&) { return is_word(t + 1, second); }); };
const auto name_of_ahead = look([](const token* t, session&) { return (t + 1)->kind == token_kind::word && is_word(t + 2, "of"); });
const auto of_column = column_name >> kw("of");

const auto aggregate_def =
    (one_word_ahead("of") >> (node(k::count_of)[kw("count") >> kw("of") >> ((kw("different") >> of_column >> selection >> as(k::count_different)) | selection)] |
                              node(k::share_of)[kw("share") >> kw("of") >> selection])) |
    (one_word_ahead("covered") >> node(k::days_covered)[kw("days") >> kw("covered") >> kw("by") >> selection]) |
    (one_word_ahead("run") >> node(k::longest_run)[kw("longest") >> kw("run") >> kw("of") >> selection]) |
    (one_word_ahead("of") >> node(k::trend)[kw("trend") >> kw("of") >> name_parser{"the name of a measure"} >> -window]) |
    (name_of_ahead >> node(k::total)[((kw("total") >> as(k::total)) | (kw("average") >> as(k::average)) | (kw("highest") >> as(k::highest)) |
                                      (kw("lowest") >> as(k::lowest)) | (kw("latest") >> as(k::latest)) | (kw("earliest") >> as(k::earliest))) >>
                                     of_column >> selection]) |
    node(k::nth_earliest)[node(k::ordinal)[symbol_parser{token_kind::ordinal, "an ordinal such as `3rd`"}] >>
                          ((kw("earliest") >> as(k::nth_earliest)) | (kw("latest") >> as(k::nth_latest))) >> of_column >> selection] |
    (one_word_ahead("since") >> node(k::elapsed_days)[((either_word{"day", "days"} >> as(k::elapsed_days)) | (either_word{"week", "weeks"} >> as(k::elapsed_weeks)) |
                                                       (either_word{"month", "months"} >> as(k::elapsed_months)) |
                                                       (either_word{"year", "years"} >> as(k::elapsed_years))) >>
                                                      kw("since") >> nest[primary]]) |
    (one_word_ahead("days") >> node(k::elapsed_school_days)[kw("school") >> kw("days") >> kw("since") >> nest[primary]]);

// at least 2 suspensions …; at least 2 of (…)
const auto plain_number = node(k::number)[number_token];
const auto counted_rows =
    look([](const token* t, session&) {
      return (is_word(t, "exactly") && (t + 1)->kind == token_kind::number) || (is_any_word(t, {"at", "more", "fewer"}) && (t + 2)->kind == token_kind::number);
    }) >>
    node(k::count_at_least)[(kw("at") >> kw("least") >> plain_number >> ((kw("of") >> list >> as(k::at_least_of)) | (selection >> as(k::count_at_least)))) |
                            (kw("at") >> kw("most") >> plain_number >> selection >> as(k::count_at_most)) |
                            (kw("more") >> kw("than") >> plain_number >> selection >> as(k::count_more_than)) |
                            (kw("fewer") >> kw("than") >> plain_number >> selection >> as(k::count_fewer_than)) |
                            (kw("exactly") >> plain_number >> selection >> as(k::count_exactly))];

const auto listed = node(k::any_of)[((kw("any") >> as(k::any_of)) | (kw("all") >> as(k::all_of)) | (kw("none") >> as(k::none_of))) >> kw("of") >> list];

// `no` and `any` begin a selection where a table's name follows; else they are a value.
const auto rows_ahead = look([](const token* t, session& s) {
  const auto word = s.text(t[1]);
  return t[1].kind == token_kind::word && is_name(word) && !is_reserved(word) && !is_any_word(t + 1, {"if", "else"});
});
const auto any_no = rows_ahead >> node(k::any_rows)[((kw("any") >> as(k::any_rows)) | (kw("no") >> as(k::no_rows))) >> selection];

const auto not_yet = node(k::not_yet)[kw("not") >> kw("yet") >> column_name >> -extend(k::possessive)[+(symbol_parser{token_kind::possessive, "`'s`"} >> column_name)]];

const auto named = possessive_or_name >> -extend(k::windowed)[window];

const auto primary_def = label("a condition or a value")[
    parenthesis | not_yet | anchored_date | number_like | date_leaf | text_leaf | node(k::today)[kw("today")] | listed | counted_rows | any_no | yes_no |
    (one_word_ahead("of") >> edge_of_period) | aggregate | named];

// --- arithmetic ----------------------------------------------------------------------------------------------------

const auto product_def = gather(k::product)[primary >> *(((node(k::times)[symbol_parser{token_kind::star, "an operator"}]) |
                                                         (node(k::divided_by)[symbol_parser{token_kind::slash, "an operator"}])) >> primary)];
const auto sum_def = gather(k::sum)[product >> *(((node(k::plus)[symbol_parser{token_kind::plus, "an operator"}]) |
                                                 (node(k::minus)[symbol_parser{token_kind::minus, "an operator"}])) >> product)];

// --- comparisons ---------------------------------------------------------------------------------------------------

// After `at least`, `more than`, …: an amount below or above something, a length ago, before or after something, or a value.
const auto length_ahead = look([](const token* t, session&) {
  if (t->kind == token_kind::word) return is_any_word(t + 1, {"ago", "before", "after"});
  if (t->kind != token_kind::number) return false;
  const token* unit = is_word(t + 1, "school") ? t + 2 : t + 1;
  return unit->kind == token_kind::word && is_any_word(unit + 1, {"ago", "before", "after"});
});
const auto bound_def =
    (length_ahead >> node(k::ago)[length >> ((kw("ago") >> as(k::ago)) | (kw("before") >> sum >> as(k::before_of)) | (kw("after") >> sum >> as(k::after_of)))]) |
    (sum >> -extend(k::below)[(kw("below") >> sum >> as(k::below)) | (kw("above") >> sum >> as(k::above))]);

const auto at_least = kw("at") >> kw("least") >> bound >> as(k::at_least);
const auto at_most = kw("at") >> kw("most") >> bound >> as(k::at_most);
const auto more_than = kw("more") >> kw("than") >> bound >> as(k::more_than);
const auto less_than = kw("less") >> kw("than") >> bound >> as(k::less_than);
const auto level_word = node(k::level)[kw("low") | kw("medium") | kw("high")];
const auto value_after_is = ((yes_no >> nothing_more) | sum);
const auto value_list = open_parenthesis >> nest[value_after_is >> *(comma >> value_after_is)] >> close_parenthesis;

const auto after_is_not = (kw("known") >> as(k::is_not_known)) | (kw("none") >> as(k::is_not_none)) | (kw("one") >> kw("of") >> value_list >> as(k::is_not_one_of)) |
                          (value_after_is >> as(k::is_not_value));
const auto after_is = (kw("not") >> after_is_not) | (kw("known") >> as(k::is_known)) | (kw("none") >> as(k::is_none)) |
                      (kw("raised") >> -(kw("at") >> level_word) >> as(k::flag_raised)) | (kw("one") >> kw("of") >> value_list >> as(k::is_one_of)) |
                      (kw("between") >> sum >> kw("and") >> sum >> as(k::is_between)) | at_least | at_most | more_than | less_than |
                      (kw("within") >> kw("the") >> ((kw("last") >> length >> as(k::within_last)) | (kw("next") >> length >> as(k::within_next)))) |
                      (kw("on") >> kw("or") >> ((kw("before") >> sum >> as(k::is_on_or_before)) | (kw("after") >> sum >> as(k::is_on_or_after)))) |
                      (kw("before") >> sum >> as(k::is_before)) | (kw("after") >> sum >> as(k::is_after)) | (value_after_is >> as(k::is_value));

const auto comparison_tail_def = extend(k::is_value)[
    (kw("is") >> label("what it is compared with")[after_is]) |
    (symbol_parser{token_kind::greater_equal, "a comparison"} >> bound >> as(k::at_least)) |
    (symbol_parser{token_kind::less_equal, "a comparison"} >> bound >> as(k::at_most)) |
    (symbol_parser{token_kind::greater, "a comparison"} >> bound >> as(k::more_than)) |
    (symbol_parser{token_kind::less, "a comparison"} >> bound >> as(k::less_than)) |
    (symbol_parser{token_kind::equals, "a comparison"} >> value_after_is >> as(k::is_value)) |
    (symbol_parser{token_kind::not_equals, "a comparison"} >> value_after_is >> as(k::is_not_value)) | (kw("fires") >> as(k::rule_fires))];

const auto not_yet_ahead = look([](const token* t, session&) { return is_word(t, "not") && is_word(t + 1, "yet"); });
const auto not_ahead = look([](const token* t, session&) { return !is_word(t, "not") || !is_word(t + 1, "yet"); });

// `not yet COLUMN` is complete: a comparison after it belongs to the rule around the selection.
const auto comparison_expression_def = (not_yet_ahead >> not_yet) | (sum >> -comparison_tail);
const auto not_expression_def = node(k::negation)[not_ahead >> kw("not") >> nest[not_expression]] |
                                node(k::known_that)[kw("known") >> kw("that") >> nest[not_expression]] | comparison_expression;
const auto and_expression_def = gather(k::conjunction)[not_expression >> *(kw("and") >> not_expression)];
const auto expression_def = gather(k::disjunction)[and_expression >> *(kw("or") >> and_expression)];

const auto choice_or_expression_def =
    expression >> -extend(k::choice)[kw("if") >> expression >> *(comma >> not_else >> expression >> kw("if") >> expression) >> comma >> kw("else") >> expression];

BOOST_SPIRIT_DEFINE(and_expression, not_expression, comparison_expression, sum, product, primary, aggregate, moment, selection, window, whole_window, bound,
                    comparison_tail)

}  // namespace

BOOST_SPIRIT_DEFINE(expression, condition, literal_value, length, choice_or_expression)
BOOST_SPIRIT_INSTANTIATE(expression_rule, cursor, x3::unused_type)
BOOST_SPIRIT_INSTANTIATE(condition_rule, cursor, x3::unused_type)
BOOST_SPIRIT_INSTANTIATE(literal_rule, cursor, x3::unused_type)
BOOST_SPIRIT_INSTANTIATE(length_rule, cursor, x3::unused_type)
BOOST_SPIRIT_INSTANTIATE(choice_rule, cursor, x3::unused_type)

}  // namespace earlysight::grammar
