// SPDX-License-Identifier: Apache-2.0
#include <earlysight/calendar/date.hpp>
#include <earlysight/syntax/token.hpp>

#include <array>

namespace earlysight {
namespace {

constexpr std::size_t words_ahead = 5;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct symbol {
  std::string_view text;       // as typed
  std::string_view reads_as;   // the token it stands for
  std::string_view write;      // what to write instead
};

// What people type, or paste from a word processor, for something that Sight says otherwise.
constexpr std::array<symbol, 16> foreign_symbols{{
    {"\xE2\x89\xA5", ">=", "`is at least` (or `>=`)"}, {"\xE2\x89\xA4", "<=", "`is at most` (or `<=`)"},
    {"\xE2\x89\xA0", "!=", "`is not`"},                {"&&", "and", "`and`"},
    {"||", "or", "`or`"},                              {"&", "and", "`and`"},
    {"!=", "!=", ""},                                  {"<>", "!=", ""},
    {"\xE2\x88\x92", "-", "`-`"},                      {"\xE2\x80\x93", "-", "`-`"},
    {"\xC3\x97", "*", "`*`"},                          {"\xC3\xB7", "/", "`/`"},
    {"\xE2\x80\x99s", "'s", "a straight `'s`"},        {"\xC2\xA0", " ", ""},
    {"#", "--", "`--` before a comment"},              {"//", "--", "`--` before a comment"},
}};

class tokenizer {
 public:
  tokenizer(const source_map& sources, span stretch, std::vector<diagnostic>& diagnostics, bool inside_string)
      : text_(sources.text(stretch.file).substr(0, stretch.end)), stretch_(stretch), diagnostics_(diagnostics), inside_string_(inside_string),
        at_(stretch.begin) {}

  token_list run() {
    while (at_ < text_.size()) step();
    const auto end = static_cast<std::uint32_t>(text_.size());
    token last;
    last.where = {stretch_.file, end, end};
    last.line = line_ + 1;
    last.first_on_line = true;
    // The grammar looks a few words ahead: there is always an end to see.
    out_.tokens.insert(out_.tokens.end(), words_ahead, last);
    return std::move(out_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      fresh_line_ = true;
      ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
      ++at_;
    } else if (starts("--")) {
      comment();
    } else if (is_digit(c)) {
      number();
    } else if (is_letter(c) || (static_cast<unsigned char>(c) >= 0xC3 && is_accented())) {
      word();
    } else if (c == '"' || (inside_string_ && starts("\\\""))) {
      string();
    } else if (starts("\xE2\x80\x9C") || starts("\xE2\x80\x9D")) {
      curly_string();
    } else {
      punctuation();
    }
  }

  bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

  void push(token_kind kind, std::size_t begin, std::uint16_t word = 0) {
    token t;
    t.kind = kind;
    t.first_on_line = fresh_line_;
    t.word = word;
    t.line = line_;
    t.where = {stretch_.file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
    out_.tokens.push_back(t);
    fresh_line_ = false;
  }

  void report(std::string code, std::size_t begin, std::size_t end, std::string message, std::string mend) {
    diagnostics_.push_back({std::move(code), severity::error,
                            {stretch_.file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)},
                            std::move(message), std::move(mend), {}});
  }

  void comment() {
    const auto begin = at_;
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    auto end = at_;
    while (end > begin && (text_[end - 1] == '\r' || text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
    out_.comments.push_back({stretch_.file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }

  // Letters with accents are two bytes from C3 on; they make a word (which is then no name), not a row of stray bytes.
  bool is_accented() const {
    const auto lead = static_cast<unsigned char>(text_[at_]);
    return lead >= 0xC3 && lead <= 0xCA && !starts("\xC3\x97") && !starts("\xC3\xB7") && at_ + 1 < text_.size();
  }

  void word() {
    const auto begin = at_;
    while (at_ < text_.size()) {
      if (is_letter(text_[at_]) || is_digit(text_[at_])) ++at_;
      else if (is_accented()) at_ += 2;
      else break;
    }
    push(token_kind::word, begin, word_number(text_.substr(begin, at_ - begin)));
  }

  std::size_t digits(std::size_t from) const {
    while (from < text_.size() && is_digit(text_[from])) ++from;
    return from;
  }

  void number() {
    const auto begin = at_;
    auto end = digits(begin);
    if (date_like(begin, end) || slashed_date(begin, end)) return;
    if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) end = digits(end + 1);
    at_ = end;
    if (end - begin > 30) {
      report("E0117", begin, end, "this number has more digits than a number can hold", "");
    }
    for (std::string_view suffix : {"st", "nd", "rd", "th"}) {
      if (starts(suffix) && !(at_ + 2 < text_.size() && is_letter(text_[at_ + 2]))) {
        at_ += 2;
        return push(token_kind::ordinal, begin);
      }
    }
    auto ahead = at_;
    while (ahead < text_.size() && text_[ahead] == ' ') ++ahead;
    if (ahead < text_.size() && text_[ahead] == '%') {
      at_ = ahead + 1;
      return push(token_kind::percent, begin);
    }
    push(token_kind::number, begin);
  }

  // 2025-06-20, also with one digit too few or many, so that the message can speak of a date.
  bool date_like(std::size_t begin, std::size_t end) {
    if (end - begin != 4 || end >= text_.size() || text_[end] != '-') return false;
    const auto month = digits(end + 1);
    if (month == end + 1 || month - end > 3 || month >= text_.size() || text_[month] != '-') return false;
    const auto day = digits(month + 1);
    if (day == month + 1 || day - month > 3) return false;
    at_ = day;
    const auto written = text_.substr(begin, day - begin);
    if (!parse_date(written)) {
      report("E0107", begin, day, "`" + std::string(written) + "` is no day of the calendar",
             "write a day that exists, as year-month-day, such as `2025-06-20`");
    }
    push(token_kind::date, begin);
    return true;
  }

  // 20/06/2025 and 20.06.2025, as people write them.
  bool slashed_date(std::size_t begin, std::size_t end) {
    if (end - begin > 2 || end >= text_.size() || (text_[end] != '/' && text_[end] != '.')) return false;
    const char separator = text_[end];
    const auto second = digits(end + 1);
    if (second == end + 1 || second - end > 3 || second >= text_.size() || text_[second] != separator) return false;
    const auto third = digits(second + 1);
    const auto year_digits = third - second - 1;
    if (year_digits != 4 && year_digits != 2) return false;
    at_ = third;
    auto two = [&](std::size_t from, std::size_t to) { return (to - from == 1 ? "0" : "") + std::string(text_.substr(from, to - from)); };
    const auto iso = (year_digits == 2 ? "20" : "") + std::string(text_.substr(second + 1, year_digits)) + "-" + two(end + 1, second) + "-" +
                     two(begin, end);
    report("E0107", begin, third, "a date is written year-month-day",
           parse_date(iso) ? "did you mean `" + iso + "`?" : "write it such as `2025-06-20`");
    push(token_kind::date, begin);
    return true;
  }

  // Whether the line that begins at `from` reads like the start of an item: `rule name "`, `fact name =`, …
  bool item_line(std::size_t from) const {
    std::array<std::string_view, 3> words{};
    std::size_t n = 0;
    while (n < 3) {
      while (from < text_.size() && (text_[from] == ' ' || text_[from] == '\t')) ++from;
      if (from >= text_.size() || text_[from] == '\n' || text_[from] == '\r') break;
      auto end = from;
      if (is_letter(text_[end])) {
        while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
      } else {
        ++end;
      }
      words[n++] = text_.substr(from, end - from);
      from = end;
    }
    const auto item = words[0], name = words[1], next = words[2];
    if (item == "use" || item == "example") return name == "\"";
    if (!begins_item(item) || !is_name(name)) return false;
    if (item == "calendar" || item == "table") return n == 2 || next == "many" || next == "lookup" || next == "term" || next == "closed";
    if (item == "theme") return next == "up";
    if (item == "band") return next == "from";
    if (item == "fact") return next == "=" || next == "of";
    if (item == "measure") return next == "=";
    if (item == "param") return next == "=" || next == "must";
    if (item == "rule") return n == 2 || next == "\"" || next == "replaces" || next == "for" || next == "when";
    return next == "\"" || next == "version";
  }

  void string() {
    const auto begin = at_;
    const std::string_view quote = inside_string_ ? "\\\"" : "\"";
    at_ += quote.size();
    while (at_ < text_.size()) {
      if (starts(quote)) {
        at_ += quote.size();
        return push(token_kind::text, begin);
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        at_ += 2;
        continue;
      }
      if (text_[at_] == '\n') {
        if (item_line(at_ + 1)) break;
        ++line_;
      }
      ++at_;
    }
    at_ = std::min(at_, text_.size());
    never_closed(begin);
  }

  void never_closed(std::size_t begin) {
    // An earlier string of this item that runs over a line end is the likelier culprit: its end swallowed this one's beginning.
    auto blamed = begin;
    auto blamed_token = static_cast<std::uint32_t>(out_.tokens.size());
    for (auto i = out_.tokens.size(); i-- > 0;) {
      const auto& t = out_.tokens[i];
      if (t.kind == token_kind::word && t.first_on_line && begins_item(text_.substr(t.where.begin, t.where.end - t.where.begin))) break;
      if (t.kind == token_kind::text && clause_follows_line_end(t.where)) {
        blamed = t.where.begin;
        blamed_token = static_cast<std::uint32_t>(i);
        break;
      }
    }
    auto line_end = text_.find('\n', blamed);
    if (line_end == std::string_view::npos || line_end > at_) line_end = at_;
    report("E0102", blamed, std::min(line_end, blamed + 1), "this text is never closed: the `\"` that ends it is missing",
           "put a `\"` where the text ends");
    out_.damaged.push_back(blamed_token);
    push(token_kind::text, begin);
  }

  // Inside the string, does a line begin with a word that begins a clause (`raise at_risk`, `when …`)?
  bool clause_follows_line_end(span s) const {
    const auto inside = text_.substr(s.begin, s.end - s.begin);
    for (auto at = inside.find('\n'); at != std::string_view::npos; at = inside.find('\n', at + 1)) {
      auto from = inside.find_first_not_of(" \t", at + 1);
      if (from == std::string_view::npos) return false;
      auto to = from;
      while (to < inside.size() && is_letter(inside[to])) ++to;
      const auto first = inside.substr(from, to - from);
      for (std::string_view clause : {"when", "raise", "because", "unless", "source", "given", "expect"})
        if (first == clause) return true;
    }
    return false;
  }

  void curly_string() {
    const auto begin = at_;
    auto close = text_.find("\xE2\x80\x9D", begin + 3);
    const auto straight = text_.find('"', begin + 3);
    const auto line_end = text_.find('\n', begin);
    std::size_t length = 3;
    if (close == std::string_view::npos || (straight < close && straight < line_end)) close = straight, length = 1;
    if (close == std::string_view::npos) close = std::min(line_end, text_.size()), length = 0;
    at_ = close + length;
    report("E0111", begin, begin + 3, "text stands between straight quotes, not curly ones", "write `\"` on both sides (a word processor curls them)");
    push(token_kind::text, begin);
  }

  void punctuation() {
    const auto begin = at_;
    for (const auto& s : foreign_symbols) {
      if (!starts(s.text)) continue;
      at_ += s.text.size();
      if (!s.write.empty()) report("E0110", begin, at_, "`" + std::string(s.text) + "` is not a word of Sight", "write " + std::string(s.write));
      return foreign(s.reads_as, begin);
    }
    const auto two = text_.substr(at_, 2);
    if (two == ">=" || two == "<=" || two == "==" || two == "'s") {
      at_ += 2;
      return push(two == ">=" ? token_kind::greater_equal : two == "<=" ? token_kind::less_equal : two == "==" ? token_kind::equals : token_kind::possessive,
                  begin);
    }
    constexpr std::string_view singles = "(),+-*/<>=";
    constexpr std::array kinds{token_kind::left_parenthesis, token_kind::right_parenthesis, token_kind::comma, token_kind::plus, token_kind::minus,
                               token_kind::star, token_kind::slash, token_kind::less, token_kind::greater, token_kind::equals};
    const auto which = singles.find(text_[at_]);
    ++at_;
    if (which != std::string_view::npos) return push(kinds[which], begin);
    stray(begin);
  }

  void foreign(std::string_view reads_as, std::size_t begin) {
    if (reads_as == "and" || reads_as == "or") return push(token_kind::word, begin, word_number(reads_as));
    if (reads_as == "--") {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else if (reads_as != " ") {
      push(reads_as == ">=" ? token_kind::greater_equal : reads_as == "<=" ? token_kind::less_equal : reads_as == "!=" ? token_kind::not_equals
           : reads_as == "-" ? token_kind::minus : reads_as == "*" ? token_kind::star : reads_as == "/" ? token_kind::slash : token_kind::possessive,
           begin);
    }
  }

  void stray(std::size_t begin) {
    // The whole character, and one message for a run of them.
    auto is_stray = [&](char c) {
      return !is_letter(c) && !is_digit(c) && std::string_view(" \t\r\n\"(),+-*/<>=").find(c) == std::string_view::npos;
    };
    while (at_ < text_.size() && is_stray(text_[at_])) ++at_;
    constexpr std::size_t most_shown = 20;
    const auto shown = at_ - begin > most_shown ? std::string("this") : std::string(text_.substr(begin, at_ - begin));
    std::string mend = "leave it out";
    if (shown == "\xC2\xA3") mend = "write the amount with its unit, such as `20 pounds`";
    if (shown == "{" || shown == "}") mend = "braces stand in `because` and `then` texts only";
    if (shown == ";") mend = "line ends and items need no mark";
    if (shown == "'") mend = "text stands between double quotes; `'s` follows a name";
    report("E0103", begin, at_, "`" + shown + "` means nothing here", mend);
    out_.damaged.push_back(static_cast<std::uint32_t>(out_.tokens.size()));
  }

  std::string_view text_;
  span stretch_;
  std::vector<diagnostic>& diagnostics_;
  bool inside_string_;
  std::size_t at_;
  std::uint32_t line_ = 0;
  bool fresh_line_ = true;
  token_list out_;
};

}  // namespace

token_list tokenize(const source_map& sources, span stretch, std::vector<diagnostic>& diagnostics, bool inside_string) {
  return tokenizer(sources, stretch, diagnostics, inside_string).run();
}

std::string decode_string(std::string_view token_text) {
  auto body = token_text;
  for (std::string_view quote : {"\"", "\\\"", "\xE2\x80\x9C", "\xE2\x80\x9D"}) {
    if (body.substr(0, quote.size()) == quote) {
      body.remove_prefix(quote.size());
      break;
    }
  }
  for (std::string_view quote : {"\\\"", "\"", "\xE2\x80\x9D"}) {
    // An escaped quote at the very end belongs to a string never closed, unless the string itself began with one.
    if (quote == "\\\"" && token_text.substr(0, 1) == "\"") continue;
    if (body.size() >= quote.size() && body.substr(body.size() - quote.size()) == quote) {
      body.remove_suffix(quote.size());
      break;
    }
  }
  std::string out;
  out.reserve(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (c == '\\' && i + 1 < body.size()) {
      const char next = body[++i];
      out += next == 'n' ? '\n' : next;
    } else if (c == '\n') {
      while (!out.empty() && (out.back() == ' ' || out.back() == '\t' || out.back() == '\r')) out.pop_back();
      while (i + 1 < body.size() && std::string_view(" \t\r\n").find(body[i + 1]) != std::string_view::npos) ++i;
      out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace earlysight
