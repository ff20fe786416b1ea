// SPDX-License-Identifier: Apache-2.0
#include "random_pack.hpp"

#include <earlysight/calendar/date.hpp>

#include <algorithm>
#include <fstream>
#include <random>
#include <vector>

namespace earlysight::testing {
namespace {

constexpr const char* tables = R"(
calendar years
  term "A1" 2023-09-04 to 2023-10-20  term "A2" 2023-10-30 to 2023-12-20  term "S1" 2024-01-03 to 2024-02-09
  term "S2" 2024-02-19 to 2024-03-28  term "T1" 2024-04-15 to 2024-05-24  term "T2" 2024-06-03 to 2024-07-19
  term "A3" 2024-09-02 to 2024-10-25  term "A4" 2024-11-04 to 2024-12-20  term "S3" 2025-01-06 to 2025-02-14
  term "S4" 2025-02-24 to 2025-04-04  term "T3" 2025-04-22 to 2025-05-23  term "T4" 2025-06-02 to 2025-07-22
  closed 2024-05-06, 2025-05-05
table child
  child_id key
  year     count
  visits   count or none
  share    percent
  sen      category (none, support, ehcp)
  town     category (north, south) or none
  moved    yes/no
  absent   yes/no or none
  born     date
  due      date planned or none
  left     date or not yet
  site     ref place or none
  sibling  ref child
  alias    text or none
table place lookup
  code   key
  phase  category (primary, secondary)
  seats  count or none
  opened date
table mark many per child at day known when moved
  day      date
  code     category (here, ill, late)
  minutes  number or none
  possible yes/no
table week_of many per child at monday
  monday   date
  possible sessions
  attended sessions
table referral many per child at made recorded entered
  made     date
  entered  date
  seen     date or not yet
  service  category (camhs, speech, other)
  urgent   yes/no
table stay many per child from began to ended recorded 3 days later
  began    date
  ended    date or not yet
  kind     category (care, home)
  weekly   hours or none
  at_place ref place
table sibling_of many per child
  other    ref child
  close    yes/no
param limit = 3
param cut = 2025-02-01 from 2024-01-01, 2025-03-01 from 2025-05-01
param later = 10 from 2027-01-01
param wait = 6 weeks
param school_wait = 7 school days
param low = 60%
measure presence = total attended / total possible of week_of
measure ill_share = count where (code is ill) / count of mark
measure ill_run = longest run where (code is ill) of mark where possible
measure minutes_each = total minutes / count of mark where code is not late
measure days_here = days covered of stay
measure tally = count of mark where possible
measure hours_each = average weekly of stay
fact away of mark = code is one of (ill, late)
fact half of mark = minutes / 2
fact long of referral = made is before 2024-12-01 or urgent
fact worth of mark = 2 if code is ill, 1 if possible, else 0
fact near of stay = at_place's phase is primary
theme a up to 40 points
theme b up to 25 points
flag fa "A" in a
flag fb "B" in a
flag fc "C" in b
flag fd "D"
flag fe "E" in b about duty
band red from 50 points
band amber from 20 points
band green from 0 points
)";

class generator {
 public:
  explicit generator(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15ULL + 12345) {}

  random_case run() {
    random_case out;
    const char* dates[] = {"2025-06-20", "2025-03-05", "2025-02-19", "2025-04-10", "2025-02-28", "2025-01-06", "2025-06-02", "2025-08-15"};
    out.as_of = dates[below(8)];
    out.pack = std::string("pack random \"Random\" version \"1\"") + tables;
    const auto facts = 2 + below(5);
    for (std::size_t i = 0; i < facts; ++i) {
      const auto n = std::to_string(i);
      switch (below(4)) {
        case 0: out.pack += "fact t" + n + " = " + condition(2) + "\n", truths_.push_back("t" + n); break;
        case 1: out.pack += "fact n" + n + " = " + plain(2) + "\n", numbers_.push_back("n" + n); break;
        case 2: out.pack += "fact d" + n + " = " + a_date(1) + "\n", dates_.push_back("d" + n); break;
        default: out.pack += "fact n" + n + " = " + plain(1) + " if " + condition(1) + ", " + plain(0) + " if " + condition(0) + ", else " + plain(1) + "\n", numbers_.push_back("n" + n);
      }
    }
    const auto rules = 4 + below(8);
    for (std::size_t i = 0; i < rules; ++i) {
      const auto name = "r" + std::to_string(i);
      out.pack += "rule " + name + " \"Rule\"";
      if (chance(3)) out.pack += " for " + condition(1);
      out.pack += " when " + condition(3);
      if (chance(3)) out.pack += " unless " + condition(1);
      // Later rules may ask for fa: only the first ones raise it.
      const char* first_flags[] = {"fa", "fb", "fc"};
      const char* later_flags[] = {"fb", "fc", "fd", "fe"};
      const char* levels[] = {"", " low", " medium", " high"};
      for (std::size_t r = 0; r <= below(2); ++r) out.pack += std::string(" raise ") + (i < 4 ? pick(first_flags) : pick(later_flags)) + levels[below(4)] + (chance(3) ? "" : ", " + std::to_string(below(40)) + " points");
      if (chance(12)) out.pack += " active to 2025-05-01";
      out.pack += "\n";
      rules_.push_back(name);
    }
    return out;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  template <std::size_t N>
  std::string pick(const char* const (&all)[N]) { return all[below(N)]; }
  std::string n(std::size_t most) { return std::to_string(below(most)); }

  std::string length(bool windows) {
    const char* plain_units[] = {" days", " weeks", " months", " school days"};
    const char* all_units[] = {" days", " weeks", " months", " school days", " school weeks", " terms"};
    if (!windows && chance(6)) return "wait";
    if (!windows && chance(8)) return "school_wait";
    const auto unit = windows ? pick(all_units) : pick(plain_units);
    const std::size_t most = unit == " terms" ? 3 : unit == " months" ? 8 : unit == " days" ? 120 : unit == " school days" ? 25 : 14;
    return std::to_string(1 + below(most)) + unit;
  }

  std::string a_date(int depth) {
    if (!dates_.empty() && chance(4)) return dates_[below(dates_.size())];
    switch (below(depth > 0 ? 14 : 7)) {
      case 0: return "2025-0" + std::to_string(1 + below(6)) + "-1" + n(9);
      case 1: return "born";
      case 2: return "due";
      case 3: return "left";
      case 4: return "today";
      case 5: return "cut";
      case 6: return "site's opened";
      case 7: return "(" + a_date(0) + " + " + length(false) + ")";
      case 8: return length_literal() + " after " + a_date(0);
      case 9: return "start of last term";
      case 10: return "(latest made of " + selection("referral", 0) + ")";
      case 11: return "(2nd earliest day of " + selection("mark", 0) + ")";
      case 12: return "end of this academic year";
      default: return length_literal() + " ago";
    }
  }
  std::string length_literal() {
    const char* units[] = {" days", " weeks", " months", " school days"};
    return std::to_string(1 + below(12)) + pick(units);
  }

  std::string moment() {
    const char* some[] = {"cut", "born", "due", "left", "today", "2025-02-03", "2024-12-20", "site's opened"};
    return chance(4) ? "(" + a_date(1) + ")" : pick(some);
  }

  std::string window(const std::string& table, const std::string& outer = "") {
    if (table == "sibling_of" || chance(4)) return "";
    std::string look;
    if (table == "stay" && chance(3)) look = chance(2) ? " starting" : " ending";
    const auto date = outer.empty() || chance(3) ? moment() : outer;
    switch (below(9)) {
      case 0:
      case 1: return look + " in the last " + length(true);
      case 2: {
        const char* units[] = {" weeks", " school weeks", " days", " school days", " months"};
        const auto u = pick(units);
        const auto m = below(4);
        return look + " from " + std::to_string(m + 1 + below(6)) + u + " ago to " + std::to_string(m) + u + " ago";
      }
      case 3: return look + (chance(2) ? " this term" : " last term");
      case 4: return look + (chance(2) ? " this academic year" : " in last academic year");
      case 5: return look + " since " + date;
      case 6: return look + " before " + date;
      case 7: return look + " on " + date;
      default: return look + " in the " + length_literal() + (chance(2) ? " before " : " after ") + date;
    }
  }

  std::string row_condition(const std::string& table, int, const std::string& outer) {
    if (chance(8)) return "(" + row_condition(table, 0, outer) + (chance(2) ? " or " : " and ") + row_condition(table, 0, outer) + ")";
    if (chance(10)) return "not " + row_condition(table, 0, outer);
    if (chance(12)) return child_condition();
    if (!outer.empty() && chance(2)) {
      const auto time = table == "mark" ? "day" : table == "referral" ? "made" : table == "stay" ? "began" : "monday";
      if (table != "sibling_of") {
        switch (below(5)) {
          case 0: return std::string(time) + " is on or before " + outer;
          case 1: return std::string(time) + " is after " + outer;
          case 2: return std::string(time) + " is between " + outer + " and 6 days after " + outer;
          case 3: return std::string(time) + " is at least " + length_literal() + " after " + outer;
          default: return std::string(time) + " is before (" + outer + " + 3 weeks)";
        }
      }
    }

    if (table == "mark") {
      const char* all[] = {"code is ill", "code is not here", "code is one of (ill, late)", "minutes is at least 10", "minutes is known", "possible", "away", "half is less than 6", "day is at least 3 weeks ago", "day is within the last 20 school days", "worth is more than 0", "minutes is none"};
      return pick(all);
    }
    if (table == "week_of") {
      const char* all[] = {"attended is less than 8 sessions", "possible is at least 5 sessions", "attended / possible is below_", "monday is after cut"};
      const auto c = pick(all);
      return c == "attended / possible is below_" ? "attended / possible is less than low" : c;
    }
    if (table == "referral") {
      const char* all[] = {"service is camhs", "urgent", "not yet seen", "made is at least wait ago", "seen is after made", "long", "service is not other", "made is more than 9 school days ago", "seen is within the last 2 months", "weeks since made is at least 6", "school days since seen is at most 12"};
      return pick(all);
    }
    if (table == "stay") {
      const char* all[] = {"kind is care", "not yet ended", "weekly is at least 5 hours", "near", "at_place's seats is more than 50", "ended is at most 2 months after began", "began is before born + 10 years", "at_place's opened is before began"};
      return pick(all);
    }
    const char* all[] = {"close", "other's sen is ehcp", "other's moved", "other's year is more than year", "other's sen is sen_"};
    const auto c = pick(all);
    return c == "other's sen is sen_" ? "other's town is none" : c;
  }

  std::string table() {
    const char* all[] = {"mark", "mark", "week_of", "referral", "stay", "sibling_of"};
    return pick(all);
  }

  std::string selection(const std::string& t, int depth, const std::string& outer = "") {
    auto out = t + window(t, outer);
    const auto conditions = below(3);
    for (std::size_t i = 0; i < conditions; ++i) out += (i == 0 ? " where " : ", ") + row_condition(t, depth, outer);
    if (depth > 0 && chance(2)) {
      // A selection inside it, that may name the row around it.
      const auto inner = table();
      const auto date = t == "mark" ? "mark's day" : t == "referral" ? "referral's made" : t == "stay" ? (chance(2) ? "stay's began" : "stay's ended") : t == "week_of" ? "week_of's monday" : "";
      std::string nested;
      switch (below(11)) {
        case 7: nested = "(share of " + selection("mark", 0, date) + ") is at least 40%"; break;
        case 8: nested = "(longest run of " + selection("mark", 0, date) + ") is more than 1"; break;
        case 9: nested = "(2nd latest code of " + selection("mark", 0, date) + ") is ill"; break;
        case 10: nested = "(count of different code of " + selection("mark", 0, date) + ") is 2"; break;
        case 0: nested = "any " + selection(inner, 0, date); break;
        case 1: nested = "no " + selection(inner, 0, date); break;
        case 2: nested = "at least 2 " + selection(inner, 0, date); break;
        case 3: nested = "(total minutes of " + selection("mark", 0, date) + ") is at least 12"; break;
        case 4: nested = "(presence" + window("week_of", date) + ") is less than 80%"; break;
        case 5: nested = "(latest code of " + selection("mark", 0, date) + ") is ill"; break;
        default: nested = "(days covered by " + selection("stay", 0, date) + ") is more than 20";
      }
      out += (conditions == 0 ? " where " : ", ") + nested;
    }
    return out;
  }

  std::string plain(int depth) {
    if (!numbers_.empty() && chance(5)) return numbers_[below(numbers_.size())];
    if (depth > 0 && chance(4)) {
      // A count of rows by a count of rows would be a percentage.
      if (chance(4)) return "(" + plain(depth - 1) + " / " + (chance(2) ? "year" : n(4)) + ")";
      const char* signs[] = {" + ", " - ", " * "};
      return "(" + plain(depth - 1) + pick(signs) + plain(depth - 1) + ")";
    }
    switch (below(13)) {
      case 0: return "year";
      case 1: return "visits";
      case 2: return n(6);
      case 3: return "limit";
      case 4: return "weeks since " + std::string(chance(2) ? "born" : "left");
      case 5: return "(count of " + selection(table(), 1) + ")";
      case 6: return "(total minutes of " + selection("mark", 1) + ")";
      case 7: return "(highest half of " + selection("mark", 0) + ")";
      case 8: return "(count of different code of " + selection("mark", 0) + ")";
      case 9: return "(longest run of " + selection("mark", 0) + ")";
      case 10: return "(ill_run" + window("mark") + ")";
      case 11: return "(days covered by " + selection("stay", 0) + ")";
      default: return chance(3) ? "later" : chance(2) ? "(tally" + window("mark") + ")" : "site's seats";
    }
  }

  std::string percent() {
    switch (below(7)) {
      case 0: return "share";
      case 1: return "(presence" + window("week_of") + ")";
      case 2: return "(ill_share" + window("mark") + ")";
      case 3: return "(share of " + selection("mark", 0) + ")";
      case 4: return "low";
      case 5: return "(" + std::string("presence") + window("week_of") + " + 5 points)";
      default: return std::to_string(5 * below(20)) + "%";
    }
  }

  std::string child_condition() {
    const char* all[] = {"moved", "absent", "sen is support", "sen is not none", "town is north", "town is none", "year is one of (5, 6)", "not yet left", "born is known", "alias is none", "sibling's moved",
                         "site's phase is primary", "alias is \"ab\"", "visits is not 2", "not absent", "known that moved", "sibling's sen is one of (support, ehcp)", "site is known", "town is not south"};
    return pick(all);
  }

  std::string condition(int depth) {
    if (depth > 0) {
      switch (below(9)) {
        case 0: return "(" + condition(depth - 1) + " and " + condition(depth - 1) + ")";
        case 1: return "(" + condition(depth - 1) + " or " + condition(depth - 1) + ")";
        case 2: return "not " + condition(depth - 1);
        case 3: return "at least 2 of (" + condition(depth - 1) + ", (" + condition(depth - 1) + "), " + condition(0) + ")";
        case 4: return (chance(2) ? "none of (" : "all of (") + condition(depth - 1) + ", (" + condition(depth - 1) + "))";
        case 5: return "known that " + condition(0);
        default: break;
      }
    }
    const char* tests[] = {" is at least ", " is more than ", " is at most ", " is less than ", " is ", " is not "};
    if (!truths_.empty() && chance(8)) return truths_[below(truths_.size())];
    if (!rules_.empty() && chance(8)) return chance(2) ? rules_[below(rules_.size())] + " fires" : rules_.size() > 4 && chance(2) ? "fa is raised at medium" : rules_[below(rules_.size())] + " fires";
    switch (below(14)) {
      case 0:
      case 1: return child_condition();
      case 2: return "(" + plain(1) + pick(tests) + plain(0) + ")";
      case 3: return "(" + plain(1) + " is between " + n(3) + " and " + std::to_string(3 + below(5)) + ")";
      case 4: return "(" + percent() + pick(tests) + percent() + ")";
      case 5: return "(" + percent() + " is at least " + n(20) + " points below " + percent() + ")";
      case 6: return "(" + a_date(1) + (chance(2) ? " is before " : " is on or after ") + a_date(1) + ")";
      case 7: {
        const char* gaps[] = {" is at least ", " is more than ", " is at most ", " is less than "};
        return "(" + a_date(1) + pick(gaps) + length(false) + (chance(2) ? " ago" : (chance(2) ? " after " : " before ") + a_date(0)) + ")";
      }
      case 8: return "(" + a_date(1) + (chance(2) ? " is within the last " : " is within the next ") + length(false) + ")";
      case 9: return "(any " + selection(table(), 1) + ")";
      case 10: return "(no " + selection(table(), 1) + ")";
      case 11: return "(" + std::string(chance(2) ? "at least 2 " : chance(2) ? "fewer than 3 " : "exactly 1 ") + selection(table(), 1) + ")";
      case 12: return "(trend of presence" + window("week_of") + " is less than " + n(3) + " points)";
      default: return chance(2) ? "(trend of hours_each" + window("stay") + " is more than 0 hours)" : "(" + plain(1) + " is known)";
    }
  }

  std::mt19937_64 engine_;
  std::vector<std::string> truths_, numbers_, dates_, rules_;
};

class data_writer {
 public:
  data_writer(std::uint64_t seed, std::filesystem::path folder) : engine_(seed * 7919 + 3), folder_(std::move(folder)) {}

  void run() {
    std::filesystem::create_directories(folder_);
    // In one case of five, more children than a group of a panel holds, and tables that are regular.
    const bool regular = chance(5);
    // And in a few of those, so many that a child that is not regular leaves most groups to the panel.
    irregular_ = regular && chance(8);
    const auto children = irregular_ ? 256 + below(20) : regular ? 64 + below(90) : 6 + below(9);
    std::string text = "child_id,year,visits,share,sen,town,moved,absent,born,due,left,site,sibling,alias\n";
    for (std::size_t i = 0; i < children; ++i)
      text += key(i) + "," + empty(std::to_string(below(12))) + "," + empty(std::to_string(below(5))) + "," + empty(std::to_string(below(101)) + "%") + "," + empty(one({"none", "support", "ehcp"})) + "," + empty(one({"north", "south"})) + "," +
              empty(one({"yes", "yes", "no"})) + "," + empty(one({"yes", "no"})) + "," + empty(day(2013, 400)) + "," + empty(day(2025, 300)) + "," + empty(day(2025, 250)) + "," + empty(one({"p", "s", "zz"})) + "," + empty(key(below(children + 1))) + "," +
              empty(one({"ab", "b"})) + (chance(40) ? ",extra" : "") + "\n";
    write("child", text);
    write("place", "code,phase,seats,opened\np,primary," + empty("40") + ",2015-09-01\ns," + empty("secondary") + ",120," + empty(day(2024, 500)) + "\n");
    auto mark = [&](const std::string& d) { return d + "," + empty(one({"here", "ill", "ill", "late"})) + "," + empty(std::to_string(below(30))) + "," + empty(one({"yes", "yes", "no"})); };
    auto week = [&](std::int32_t d) {
      const auto possible = below(11);
      return iso_text({d}) + "," + empty(std::to_string(possible)) + "," + empty(std::to_string(below(possible + 1)));
    };
    const auto last_monday = parse_date("2025-06-16")->day;
    if (regular) {
      const auto one_in = 2 + below(20);
      auto not_often = [&] { return chance(one_in) || (one_in == 2 && chance(20)); };
      std::vector<std::string> days;
      for (std::int32_t d = last_monday - 7 * static_cast<std::int32_t>(below(30)), i = 0; i < 40; ++i, d += i % 5 == 0 ? 3 : 1) days.push_back(iso_text({d}));
      regular_rows("mark", "day,code,minutes,possible", children, days.size(), not_often, [&](std::size_t i) { return mark(days[i]); });
      regular_rows("week_of", "monday,possible,attended", children, 20, not_often, [&](std::size_t i) { return week(last_monday - 7 * static_cast<std::int32_t>(i)); });
    } else {
      rows("mark", "day,code,minutes,possible", children, 12, [&] { return mark(day(2024, 560)); });
      rows("week_of", "monday,possible,attended", children, 14, [&] { return week(last_monday - 7 * static_cast<std::int32_t>(below(20)) + (chance(9) ? 2 : 0)); });
    }
    rows("referral", "made,entered,seen,service,urgent", children, 5, [&] { return day(2024, 540) + "," + day(2024, 560) + "," + empty(day(2025, 200)) + "," + empty(one({"camhs", "speech", "other"})) + "," + empty(one({"yes", "no"})); });
    rows("stay", "began,ended,kind,weekly,at_place", children, 5, [&] { return day(2024, 540) + "," + empty(day(2025, 220)) + "," + empty(one({"care", "home"})) + "," + empty(std::to_string(below(25))) + "," + empty(one({"p", "s", "q"})); });
    rows("sibling_of", "other,close", children, 3, [&] { return empty(key(below(children + 1))) + "," + empty(one({"yes", "no"})); });
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  std::string key(std::size_t i) const { return "k" + std::to_string(i); }
  std::string one(std::initializer_list<const char*> all) { return *(all.begin() + static_cast<std::ptrdiff_t>(below(all.size()))); }
  std::string empty(const std::string& cell) { return chance(7) ? "" : cell; }
  std::string day(int year, std::size_t spread) { return iso_text({make_date(year, 1, 1).day + static_cast<std::int32_t>(below(spread))}); }

  // A row a child and time, but for some that are not there.
  template <class Leave, class Make>
  void regular_rows(const std::string& table, const std::string& header, std::size_t children, std::size_t times, Leave leave_out, Make make) {
    std::vector<std::string> lines;
    for (std::size_t c = 0; c < children; ++c)
      for (std::size_t i = 0; i < times; ++i)
        if (!leave_out()) lines.push_back(key(c) + "," + make(i));
    // A time once more, or in a third of such tables so many that the child has more rows than there are times.
    if (irregular_) {
      const auto child = key(below(children));
      for (auto more = chance(3) ? 3 * times : 1; more-- > 0;) lines.push_back(child + "," + make(below(times)));
    }
    finish_rows(table, header, std::move(lines), [&] { return make(below(times)); });
  }

  template <class Make>
  void rows(const std::string& table, const std::string& header, std::size_t children, std::size_t most, Make make) {
    std::vector<std::string> lines;
    for (std::size_t c = 0; c < children; ++c)
      for (std::size_t i = below(most + 1); i-- > 0;) lines.push_back(key(c) + "," + make());
    finish_rows(table, header, std::move(lines), make);
  }

  template <class Make>
  void finish_rows(const std::string& table, std::string header, std::vector<std::string> lines, Make make) {
    if (chance(12)) return;  // no file
    if (chance(6)) lines.push_back("stranger," + make());
    if (chance(8) && !lines.empty()) lines[below(lines.size())] += ",extra";
    if (chance(3)) std::shuffle(lines.begin(), lines.end(), engine_);
    if (chance(10)) {
      // The last column is not in the file.
      header = header.substr(0, header.rfind(','));
      for (auto& l : lines) l = l.substr(0, l.rfind(','));
    }
    std::string text = "child_id," + header + "\n";
    for (const auto& l : lines) text += l + (chance(30) ? "\r\n" : "\n");
    write(table, text);
  }

  void write(const std::string& table, const std::string& text) { std::ofstream(folder_ / (table + ".csv"), std::ios::binary) << text; }

  std::mt19937_64 engine_;
  std::filesystem::path folder_;
  bool irregular_ = false;  // a child of each regular table has rows that are not
};

}  // namespace

random_case make_case(std::uint64_t seed) { return generator(seed).run(); }
void write_data(std::uint64_t seed, const std::filesystem::path& folder) { data_writer(seed, folder).run(); }

}  // namespace earlysight::testing
