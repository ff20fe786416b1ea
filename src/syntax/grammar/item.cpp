// SPDX-License-Identifier: Apache-2.0
// Items and their parts. Parts may come in any order and any number here; the checker says what is missing or twice.
#include "rules.hpp"

namespace earlysight::grammar {
namespace {

using k = node_kind;

template <class Tag>
using part = x3::rule<Tag>;

const auto text_leaf = node(k::text)[symbol_parser{token_kind::text, "a text in quotes"}];
const auto date_leaf = node(k::date)[symbol_parser{token_kind::date, "a date such as `2025-06-20`"}];
const auto title = node(k::title)[text_leaf];
const symbol_parser number_token{token_kind::number, "a number"};
const auto plain_number = node(k::number)[-symbol_parser{token_kind::minus, "`-`"} >> number_token];
const auto points_word = either_word{"point", "points"};
const auto level_word = node(k::level)[kw("low") | kw("medium") | kw("high")];
const auto template_text = node(k::template_text)[symbol_parser{token_kind::text, "a text in quotes"}];

name_parser named(const char* shown) { return name_parser{shown}; }

// --- pack, use, calendar -------------------------------------------------------------------------------------------

const part<struct pack_tag> pack_item{"a pack"};
const auto pack_item_def = node(k::pack_item)[kw("pack") >> named("the pack's name") >>
    *(title | node(k::version)[kw("version") >> text_leaf] | node(k::about_text)[kw("about") >> text_leaf] | node(k::owner)[kw("owner") >> text_leaf] |
      node(k::review_by)[kw("review") >> kw("by") >> date_leaf])];

const part<struct use_tag> use_item{"a use"};
const auto use_item_def = node(k::use_item)[kw("use") >> text_leaf >>
    *((kw("with") >> (node(k::use_value)[named("the name of a param") >> equals_sign >> literal_value] % comma)) |
      (kw("without") >> (named("the name of a rule") % comma)))];

const part<struct calendar_tag> calendar_item{"a calendar"};
const auto closed_days = node(k::closed)[date_leaf >> -(kw("to") >> date_leaf)];
const auto calendar_item_def = node(k::calendar_item)[kw("calendar") >> named("the calendar's name") >>
    *(node(k::term)[kw("term") >> text_leaf >> date_leaf >> kw("to") >> date_leaf] | (kw("closed") >> (closed_days % comma)))];

// --- tables --------------------------------------------------------------------------------------------------------

const part<struct type_tag> type_of_column{"a type"};
const auto category_value = named("a value") | text_leaf | node(k::none)[kw("none")] | node(k::yes)[kw("yes")] | node(k::no)[kw("no")] |
                            node(k::number)[number_token];
const auto type_leaf = node(k::type_name)[kw("key") | kw("text") | (kw("yes") >> symbol_parser{token_kind::slash, "`yes/no`"} >> kw("no")) | kw("count") |
                                          kw("number") | kw("percent") | kw("points") | kw("hours") | kw("sessions") | kw("pounds") | kw("date") |
                                          kw("duration")];
const auto type_of_column_def = label("a type such as `date`, `count`, `percent`, `yes/no`, `text` or `category (…)`")[
    node(k::type)[type_leaf] | node(k::category_type)[kw("category") >> open_parenthesis >> (category_value % comma) >> close_parenthesis] |
    node(k::ref_type)[kw("ref") >> (named("the name of a table") | node(k::name)[kw("child")])]];

bool type_ahead(const token* t) {
  if (is_word(t, "yes")) return (t + 1)->kind == token_kind::slash;
  if (is_word(t, "category")) return (t + 1)->kind == token_kind::left_parenthesis;
  if (is_word(t, "ref")) return (t + 1)->kind == token_kind::word;
  return is_any_word(t, {"key", "text", "count", "number", "percent", "points", "hours", "sessions", "pounds", "date", "duration"});
}
// A word that changes a type, unless it is the name of the next column (`made date  planned date`).
const auto modifier_ahead = look([](const token* t, session&) { return !type_ahead(t + 1) || (t + 1)->first_on_line; });
const auto modifier = modifier_ahead >> (node(k::or_none)[kw("or") >> ((kw("none") >> as(k::or_none)) | (kw("not") >> kw("yet") >> as(k::or_not_yet)))] |
                                         node(k::planned)[kw("planned")] | node(k::required)[kw("required")] | node(k::protected_)[kw("protected")]);
const auto column = node(k::column)[named("the name of a column") >> type_of_column >> *modifier >> -text_leaf];
const auto column_ahead = look([](const token* t, session&) { return t->kind == token_kind::word && type_ahead(t + 1); });
const auto table_part =
    node(k::many_per_child)[kw("many") >> kw("per") >> kw("child")] | node(k::at_column)[kw("at") >> named("the name of a column")] |
    node(k::from_columns)[kw("from") >> named("the name of a column") >> kw("to") >> named("the name of a column")] | node(k::lookup)[kw("lookup")] |
    node(k::recorded_later)[kw("recorded") >> length >> kw("later")] | node(k::recorded_column)[kw("recorded") >> named("the name of a column")] |
    node(k::known_when)[kw("known") >> kw("when") >> expression];
const part<struct table_tag> table_item{"a table"};
const auto table_item_def = node(k::table_item)[kw("table") >> (named("the table's name") | node(k::name)[kw("child")]) >> *((column_ahead >> column) | table_part | column)];

// --- params, measures, facts ---------------------------------------------------------------------------------------

const part<struct param_tag> param_item{"a param"};
const auto param_item_def = node(k::param_item)[kw("param") >> named("the param's name") >>
    ((equals_sign >> (node(k::dated_value)[literal_value >> -(kw("from") >> date_leaf)] % comma)) |
     node(k::must_be_set)[kw("must") >> kw("be") >> kw("set") >> kw("as") >> type_of_column]) >> -text_leaf];

const part<struct formula_tag> formula{"a formula"};
const part<struct formula_product_tag> formula_product{"a formula"};
const part<struct formula_primary_tag> formula_primary{"a formula"};
const auto own_where = -(look([](const token* t, session&) { return (t + 1)->kind == token_kind::left_parenthesis; }) >> kw("where") >> open_parenthesis >>
                         nest[expression >> *(comma >> expression)] >> close_parenthesis);
const auto column_name = named("the name of a column");
const auto row_formula =
    node(k::measure_count)[kw("count") >> ((kw("of") >> kw("different") >> column_name >> as(k::measure_different)) | x3::eps) >> own_where] |
    node(k::measure_share)[kw("share") >> own_where] | node(k::measure_run)[kw("longest") >> kw("run") >> own_where] |
    node(k::measure_days)[kw("days") >> kw("covered") >> own_where] |
    node(k::measure_total)[((kw("total") >> as(k::measure_total)) | (kw("average") >> as(k::measure_average)) | (kw("highest") >> as(k::measure_highest)) |
                            (kw("lowest") >> as(k::measure_lowest)) | (kw("latest") >> as(k::measure_latest)) | (kw("earliest") >> as(k::measure_earliest))) >>
                           column_name >> own_where] |
    node(k::measure_nth_earliest)[node(k::ordinal)[symbol_parser{token_kind::ordinal, "an ordinal such as `3rd`"}] >>
                                  ((kw("earliest") >> as(k::measure_nth_earliest)) | (kw("latest") >> as(k::measure_nth_latest))) >> column_name >> own_where];
const auto formula_primary_def = label("what is measured, such as `total attended` or `count where (…)`")[
    node(k::parenthesis)[open_parenthesis >> nest[formula] >> close_parenthesis] | row_formula | literal_value | named("the name of a param")];
const auto formula_product_def = gather(k::product)[formula_primary >> *((node(k::times)[symbol_parser{token_kind::star, "an operator"}] |
                                                                          node(k::divided_by)[symbol_parser{token_kind::slash, "an operator"}]) >> formula_primary)];
const auto formula_def = gather(k::sum)[formula_product >> *((node(k::plus)[symbol_parser{token_kind::plus, "an operator"}] |
                                                              node(k::minus)[symbol_parser{token_kind::minus, "an operator"}]) >> formula_product)];
const part<struct measure_tag> measure_item{"a measure"};
const auto measure_item_def = node(k::measure_item)[kw("measure") >> named("the measure's name") >> equals_sign >> formula >> kw("of") >> named("the name of a table") >>
    -(kw("where") >> nest[node(k::where_condition)[condition] % comma]) >> -text_leaf];

const part<struct fact_tag> fact_item{"a fact"};
const auto fact_item_def = node(k::fact_item)[kw("fact") >> named("the fact's name") >> -node(k::of_table)[kw("of") >> named("the name of a table")] >> equals_sign >>
    choice_or_expression >> -text_leaf];

// --- themes, flags, bands ------------------------------------------------------------------------------------------

const part<struct theme_tag> theme_item{"a theme"};
const auto theme_item_def = node(k::theme_item)[kw("theme") >> named("the theme's name") >> *((kw("up") >> kw("to") >> plain_number >> points_word) | title)];
const part<struct flag_tag> flag_item{"a flag"};
const auto flag_item_def = node(k::flag_item)[kw("flag") >> named("the flag's name") >>
    *(title | node(k::in_theme)[kw("in") >> named("the name of a theme")] |
      node(k::about_child)[kw("about") >> ((kw("child") >> as(k::about_child)) | (kw("duty") >> as(k::about_duty)) | (kw("data") >> as(k::about_data)))])];
const part<struct band_tag> band_item{"a band"};
const auto band_item_def = node(k::band_item)[kw("band") >> named("the band's name") >> kw("from") >> plain_number >> points_word];

// --- rules ---------------------------------------------------------------------------------------------------------

const auto raise_part = node(k::raise_part)[kw("raise") >> named("the name of a flag") >> -level_word >> -(comma >> plain_number >> points_word)];
const auto code_leaf = node(k::code)[symbol_parser{token_kind::word, "a warning's code such as `W0102`"}];
const part<struct rule_part_tag> rule_part{"a part of a rule"};
const auto rule_part_def =
    title | node(k::replaces)[kw("replaces") >> named("the name of a rule")] | node(k::formerly)[kw("formerly") >> named("a rule's former name")] |
    node(k::for_part)[kw("for") >> expression] | node(k::when_part)[kw("when") >> expression] | node(k::unless_part)[kw("unless") >> expression] | raise_part |
    node(k::because_part)[kw("because") >> template_text] |
    node(k::then_part)[kw("then") >> template_text >> *(node(k::action_by)[kw("by") >> text_leaf] | node(k::action_within)[kw("within") >> length])] |
    node(k::source_part)[kw("source") >> text_leaf] |
    node(k::active_from)[kw("active") >> ((kw("from") >> as(k::active_from)) | (kw("to") >> as(k::active_to))) >> date_leaf] |
    node(k::allow_part)[kw("allow") >> code_leaf >> kw("because") >> text_leaf];
const part<struct rule_tag> rule_item{"a rule"};
const auto rule_item_def = node(k::rule_item)[kw("rule") >> named("the rule's name") >> *rule_part];

// --- examples ------------------------------------------------------------------------------------------------------

// `example` is the key of an example's first child.
const auto cell_value = literal_value | node(k::none)[kw("none")] | named("a value") | node(k::name)[kw("example")];
const auto cell = node(k::cell)[named("the name of a column") >> cell_value >> *(kw("then") >> cell_value >> kw("from") >> date_leaf)];
// `given` and `expect` begin a part, unless they name a column of the row that stands here.
const auto cell_ahead = look([](const token* t, session&) {
  return !(is_word(t, "on") && (t + 1)->kind == token_kind::date) && (!is_any_word(t, {"given", "expect"}) || (t + 1)->kind != token_kind::word);
});
const auto cells = -(cell_ahead >> (cell % comma));
const auto table_name = named("the name of a table") | node(k::name)[kw("child")];
const auto series_ahead = look([](const token* t, session&) { return is_any_word(t + 1, {"weekly", "daily"}) && is_word(t + 2, "from"); });
const auto no_data_ahead = look([](const token* t, session&) { return is_word(t, "no") && is_word(t + 1, "data"); });
const auto given = kw("given") >>
    ((no_data_ahead >> node(k::given_no_data)[kw("no") >> kw("data") >> kw("for") >> table_name]) |
     (series_ahead >> node(k::given_weekly)[table_name >> ((kw("weekly") >> as(k::given_weekly)) | (kw("daily") >> as(k::given_daily))) >> kw("from") >> date_leaf >>
                                            kw("to") >> date_leaf >> cells]) |
     node(k::given_row)[table_name >> cells]);
const auto after_is = (kw("silent") >> as(k::expect_silent)) | (kw("raised") >> -(kw("at") >> level_word) >> as(k::expect_raised)) |
                      (kw("not") >> ((kw("raised") >> -(kw("at") >> level_word) >> as(k::expect_not_raised)) | (kw("known") >> as(k::expect_not_known)))) |
                      (kw("nothing") >> as(k::expect_nothing)) | (cell_value >> as(k::expect_value));
const auto score_ahead = look([](const token* t, session&) {
  return is_word(t, "score") && is_word(t + 1, "is") && (is_word(t + 2, "between") || is_any_word(t + 3, {"point", "points"}));
});
const auto expectation =
    (score_ahead >> node(k::expect_score)[kw("score") >> kw("is") >> ((kw("between") >> plain_number >> -points_word >> kw("and") >> plain_number >> points_word) |
                                                                     (plain_number >> points_word))]) |
    node(k::expect_band)[kw("band") >> kw("is") >> named("the name of a band")] |
    node(k::expect_value)[named("the name of a rule, flag or fact") >>
                          ((kw("is") >> after_is) | (kw("fires") >> as(k::expect_fires)) | (kw("cannot") >> kw("tell") >> as(k::expect_cannot_tell)) |
                           (kw("does") >> kw("not") >> kw("apply") >> as(k::expect_does_not_apply)) | (kw("says") >> text_leaf >> as(k::expect_says)))];
const part<struct example_tag> example_item{"an example"};
const auto example_item_def = node(k::example_item)[kw("example") >> text_leaf >> *(node(k::on_part)[kw("on") >> date_leaf] | given | (kw("expect") >> expectation))];

const auto item_def = pack_item | use_item | calendar_item | table_item | param_item | measure_item | fact_item | theme_item | flag_item | band_item | rule_item | example_item;

BOOST_SPIRIT_DEFINE(pack_item, use_item, calendar_item, type_of_column, table_item, param_item, formula, formula_product, formula_primary, measure_item, fact_item,
                    theme_item, flag_item, band_item, rule_part, rule_item, example_item)

}  // namespace

BOOST_SPIRIT_DEFINE(item)
BOOST_SPIRIT_INSTANTIATE(item_rule, cursor, x3::unused_type)

}  // namespace earlysight::grammar
