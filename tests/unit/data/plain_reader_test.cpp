// SPDX-License-Identifier: Apache-2.0
// The reader against a plain one, a character at a time, on random files: interfaces.md, "Data given as files".
#include "support/data_folder.hpp"

#include "../../../src/data/csv_marks.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

using words = std::vector<std::string>;

const schema& declared() {
  static const auto program = checked(R"(pack plain "Plain" version "1"
table child
  child_id  key
  year      count
  share     percent
table visit many per child at made
  made      date
  kind      category (home, office, "a place, elsewhere") required
  minutes   number
  urgent    yes/no or none
  note      text or none
flag f "F"
rule r "R" when year is 6 raise f
)");
  return program->schema;
}

struct plain_row {
  std::uint64_t line;
  words cells;
};

std::string trimmed(std::string s) {
  const auto first = s.find_first_not_of(" \t");
  return first == std::string::npos ? "" : s.substr(first, s.find_last_not_of(" \t") - first + 1);
}

// RFC 4180 and what people make of it: a quote counts where it opens a cell, and ends it where nothing but blanks follow.
std::vector<plain_row> read_plainly(const std::string& text) {
  std::vector<plain_row> rows;
  std::uint64_t line = 1;
  std::size_t at = 0;
  auto is_mark = [&](std::size_t i) { return i >= text.size() || text[i] == ',' || text[i] == '\n' || text[i] == '\r'; };
  while (at < text.size()) {
    plain_row row{line, {}};
    bool more = true, empty_line = false, open = false;
    while (more) {
      auto begin = at;
      while (begin < text.size() && (text[begin] == ' ' || text[begin] == '\t')) ++begin;
      std::string cell;
      if (begin < text.size() && text[begin] == '"') {
        auto close = begin + 1;
        while (close < text.size() && (text[close] != '"' || (close + 1 < text.size() && text[close + 1] == '"'))) {
          if (text[close] == '"') ++close;
          cell += text[close++];
        }
        if (close >= text.size()) {
          open = true;
          for (at = begin; at < text.size() && text[at] != '\n' && text[at] != '\r';) ++at;
        } else {
          line += static_cast<std::uint64_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(begin), text.begin() + static_cast<std::ptrdiff_t>(close), '\n'));
          auto mark = close + 1;
          while (!is_mark(mark)) ++mark;
          const auto after = text.substr(close + 1, mark - close - 1);
          if (!trimmed(after).empty()) cell = text.substr(begin, mark - begin);
          at = mark;
        }
      } else {
        const auto first = at;
        while (!is_mark(at)) ++at;
        cell = text.substr(first, at - first);
        empty_line = row.cells.empty() && cell.empty();
      }
      row.cells.push_back(open ? "a quote that is never closed" : trimmed(cell));
      if (open) row.cells.resize(99);
      more = at < text.size() && text[at] == ',';
      if (more) empty_line = false, ++at;
    }
    if (!empty_line) rows.push_back(row);
    if (at >= text.size()) break;
    at += text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
    ++line;
  }
  return rows;
}

// What a cell may hold, and how it is shown once read; anything else rejects its row.
using meanings = std::map<std::string, std::string>;
const meanings days{{"2025-06-20", "20259"}, {"2024-02-29", "19782"}, {"1999-12-31", "10956"}, {"2025-06-21", "20260"}, {"2025-07-31", "20300"}};
const meanings kinds{{"home", "0"}, {"office", "1"}, {"a place, elsewhere", "2"}};
const meanings urgents{{"yes", "1"}, {"no", "0"}, {"TRUE", "1"}, {"n", "0"}, {"1", "1"}, {"", "none"}};
const meanings small_minutes{{"0", "0"}, {"7", "7"}, {"45", "45"}, {"255", "255"}, {"007", "7"}, {"", "not known"}, {"+3", "3"}};
const meanings any_minutes{{"0", "0"}, {"7", "7"}, {"45", "45"}, {"256", "256"}, {"999", "999"}, {"1234567890", "1234567890"},
                           {"-2", "-2"}, {"0.5", "0.5"}, {"12.25", "12.25"}, {"", "not known"}};

class random_files {
 public:
  explicit random_files(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  std::string pick(const meanings& m) {
    auto at = m.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(m.size())));
    return at->first;
  }

  std::string cell(std::string text, std::size_t quotes) {
    if (text.find_first_of(",\n\r\"") != std::string::npos || one_in(quotes)) {
      std::string quoted = "\"";
      for (char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
      text = quoted + "\"";
    }
    if (one_in(40)) text = " " + text + "\t";
    return text;
  }

  // Rows of visits; some files are tidy, others are not.
  std::string visits(const meanings& minutes) {
    const std::string ends[]{"\n", "\r\n", "\r"};
    const std::size_t quotes = one_in(3) ? 1 : one_in(2) ? 30 : 100000, mistakes = one_in(2) ? 100000 : 40, end = below(8) < 5 ? 0 : below(3);
    std::string text = "child_id,made,kind,minutes,urgent,note" + ends[end];
    std::size_t child = 0;
    for (std::size_t row = 0, rows = 200 + below(800); row < rows; ++row) {
      if (one_in(5)) child = one_in(10) ? below(60) : child + 1;
      const char* notes[]{"plain", "", "a longer note, with a comma", "two\nlines", "she said \"no\"", "caf\xC3\xA9"};
      words cells{"c" + std::to_string(child % 60), pick(days), pick(kinds), pick(minutes), pick(urgents), notes[below(one_in(10) ? 6 : 2)]};
      std::string line;
      for (std::size_t i = 0; i < cells.size(); ++i) line += (i > 0 ? "," : "") + cell(cells[i], quotes);
      if (one_in(mistakes)) {
        const char* pieces[]{"\"", ",", "\n", "\r", "x", " ", "2025-02-30", "\"\"", "\xFF"};
        line.insert(below(line.size()), pieces[below(9)]);
      }
      text += line + (one_in(mistakes) ? ends[below(3)] : ends[end]);
      if (one_in(mistakes)) text += ends[end];
    }
    return text;
  }

 private:
  std::mt19937 engine_;
};

// One kept row of visits, every column as it is shown.
struct visit {
  int child, day;
  words shown;
};

}  // namespace

TEST_CASE("random files give what a plain reader gives, for any stretch and number of threads", "[data]") {
  std::string children = "child_id,year,share\n";
  for (int i = 0; i < 50; ++i) children += "c" + std::to_string(i) + "," + std::to_string(i % 12) + ",9" + std::to_string(i % 10) + ".5%\n";
  for (unsigned seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    random_files random(seed);
    auto minutes = seed % 2 ? any_minutes : small_minutes;
    const auto text = random.visits(minutes);
    data_folder folder;
    folder.write("child.csv", children).write("visit.csv", text);

    std::vector<visit> kept;
    words rejected;
    for (const auto& row : read_plainly(text)) {
      if (row.line == 1) continue;
      int child = 0;
      while (child < 50 && "c" + std::to_string(child) != row.cells[0]) ++child;
      bool good = row.cells.size() == 6 && child < 50;
      words shown;
      const meanings* of[]{&days, &kinds, &minutes, &urgents};
      for (std::size_t i = 0; good && i < 4; ++i) {
        const auto found = of[i]->find(row.cells[i + 1]);
        good = found != of[i]->end();
        if (good) shown.push_back(found->second);
      }
      good = good && row.cells[5].find('\xFF') == std::string::npos;
      if (good) {
        shown.push_back(row.cells[5]);
        kept.push_back({child, std::stoi(shown[0]), shown});
      } else {
        rejected.push_back("visit.csv:" + std::to_string(row.line));
      }
    }
    std::stable_sort(kept.begin(), kept.end(), [](const visit& a, const visit& b) { return std::pair(a.child, a.day) < std::pair(b.child, b.day); });

    std::optional<cohort> first;
    for (const std::size_t stretch : {std::size_t{1} << 20, std::size_t{1000}, std::size_t{90}, std::size_t{1}}) {
      for (unsigned threads = 1; threads <= 4; ++threads) {
        CAPTURE(stretch, threads);
        load_options options;
        options.threads = threads;
        options.stretch_bytes = stretch;
        auto loaded = load_cohort(declared(), folder.path(), options);
        REQUIRE(loaded);
        const auto& table = table_of(declared(), *loaded, "visit");
        if (!first) {
          first = *std::move(loaded);
          words lines, notes = texts_of(declared(), *first, "visit", "note");
          for (const auto& r : first->rejected) lines.push_back(r.file + ":" + std::to_string(r.line));
          CHECK(lines == rejected);
          const auto& visits = table_of(declared(), *first, "visit");
          REQUIRE(visits.rows == kept.size());
          CHECK(visits.counts.read == kept.size() + rejected.size());
          std::size_t column = 0;
          for (const char* name : {"made", "kind", "minutes", "urgent"}) {
            const auto cells = cells_of(declared(), *first, "visit", name);
            for (std::size_t r = 0; r < kept.size(); ++r) REQUIRE(cells[r] == kept[r].shown[column]);
            ++column;
          }
          for (std::size_t r = 0; r < kept.size(); ++r) REQUIRE(notes[r] == kept[r].shown[4]);
          for (std::size_t r = 0; r < kept.size(); ++r) {
            const auto* of_child = &visits.first_row[static_cast<std::size_t>(kept[r].child)];
            REQUIRE((of_child[0] <= r && r < of_child[1]));
          }
          continue;
        }
        const auto& before = table_of(declared(), *first, "visit");
        CHECK(loaded->texts == first->texts);
        CHECK(rejections(*loaded) == rejections(*first));
        CHECK(table.digest == before.digest);
        CHECK(table.first_row == before.first_row);
        CHECK(table.doubted == before.doubted);
        for (const char* name : {"made", "kind", "minutes", "urgent", "note"})
          CHECK(cells_of(declared(), *loaded, "visit", name) == cells_of(declared(), *first, "visit", name));
        for (std::size_t c = 0; c < table.columns.size(); ++c) CHECK(table.columns[c].values.index() == before.columns[c].values.index());
      }
    }
  }
}

TEST_CASE("every processor finds the same ends of cells, and stops at the same byte", "[data]") {
  std::mt19937 engine(5);
  const std::string likely = "abc,,,\n\n\"\"\r012";
  const auto best = csv::best_scan_level();
  for (int run = 0; run < 400; ++run) {
    std::string text(64 * 7 + 64, 'x');
    for (auto& c : text)
      if (engine() % 3 == 0) c = likely[engine() % (run % 2 ? likely.size() : 10)];
    csv::cell_ends plain(csv::scan_level::portable);
    plain.find(text.data(), 7);
    for (const auto level : {csv::scan_level::avx2, csv::scan_level::avx512}) {
      if (level > best) continue;
      csv::cell_ends fast(level);
      fast.find(text.data(), 7);
      CHECK(fast.stopped() == plain.stopped());
      CHECK(std::vector<std::uint32_t>(fast.ends(), fast.ends() + fast.size()) == std::vector<std::uint32_t>(plain.ends(), plain.ends() + plain.size()));
      CHECK(csv::count_line_ends(level, text.data(), text.data() + text.size()) == csv::count_line_ends(csv::scan_level::portable, text.data(), text.data() + text.size()));
    }
  }
}

TEST_CASE("line ends are counted as an editor counts them", "[data]") {
  const std::string text = "a\r\nb\rc\n\r\n\n\r" + std::string(60, 'x') + "\r\n" + std::string(63, 'y') + "\r\n";
  for (const auto level : {csv::scan_level::portable, csv::best_scan_level()}) CHECK(csv::count_line_ends(level, text.data(), text.data() + text.size()) == 8);
}
