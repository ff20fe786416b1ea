// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "directives.hpp"

namespace earlysight::grammar {

using expression_rule = x3::rule<struct expression_tag>;
using selection_rule = x3::rule<struct selection_tag>;
using literal_rule = x3::rule<struct literal_tag>;
using length_rule = x3::rule<struct length_tag>;
using condition_rule = x3::rule<struct condition_tag>;
using choice_rule = x3::rule<struct choice_tag>;
using item_rule = x3::rule<struct item_tag>;

inline const expression_rule expression{"a condition or value"};
inline const condition_rule condition{"a condition"};     // one condition of a `where`
inline const literal_rule literal_value{"a literal"};     // 12, 90%, 18 weeks, 2025-06-20, yes, "text"
inline const length_rule length{"a length of time"};      // 18 weeks, or the name of a param
inline const choice_rule choice_or_expression{"a value"};
inline const item_rule item{"an item"};

BOOST_SPIRIT_DECLARE(expression_rule, condition_rule, literal_rule, length_rule, choice_rule, item_rule)

}  // namespace earlysight::grammar
