// SPDX-License-Identifier: Apache-2.0
#include "checker.hpp"

#include <earlysight/syntax/token.hpp>
#include <earlysight/text/nearest.hpp>

namespace earlysight::checking {

const char* word_for(symbol_kind of) {
  switch (of) {
    case symbol_kind::table: return "table";
    case symbol_kind::param: return "param";
    case symbol_kind::measure: return "measure";
    case symbol_kind::fact: return "fact";
    case symbol_kind::theme: return "theme";
    case symbol_kind::flag: return "flag";
    case symbol_kind::band: return "band";
    case symbol_kind::rule: return "rule";
  }
  return "";
}

diagnostic& checker::error(const char* code, span where, std::string message, std::string mend) {
  diagnostics_.push_back({code, severity::error, where, std::move(message), std::move(mend), {}});
  return diagnostics_.back();
}

bool checker::may_be_damaged(std::string_view name) const { return anything_may_be_damaged_ || damaged_names_.contains(std::string(name)); }

void checker::unknown(const char* code, span where, const std::string& what, std::string_view name, const std::vector<std::string>& candidates) {
  // Where table child could not be read, any name may be one of its columns.
  if (may_be_damaged(name) || (out_.schema.child < 0 && std::string_view(code) == "E0201")) return;
  const auto meant = nearest_name(name, candidates);
  error(code, where, what + " is called `" + std::string(name) + "`", meant.empty() ? "" : "did you mean `" + meant + "`?");
}

span checker::last_word(span item) const {
  const auto text = sources_.text(item.file);
  auto begin = item.end;
  while (begin > item.begin && text[begin - 1] != ' ' && text[begin - 1] != '\n' && text[begin - 1] != '\t') --begin;
  return {item.file, begin, item.end};
}

std::string checker::text_of(node_id id) const { return decode_string(words(id)); }

std::vector<node_id> checker::parts_of(node_id item, node_kind of) const {
  std::vector<node_id> found;
  for (auto p : parts(item))
    if (at(p).kind == of) found.push_back(p);
  return found;
}

std::optional<node_id> checker::only_part(node_id item, node_kind of, const char* called) {
  const auto found = parts_of(item, of);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    auto& d = error("E0507", at(found[1]).where, std::string(called) + " stands here a second time", "leave one of them");
    d.related.push_back({at(found[0]).where, "the first stands here"});
  }
  return found[0];
}

}  // namespace earlysight::checking
