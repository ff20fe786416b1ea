// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/simulate/simulate.hpp>

#include <fmt/core.h>

#include <fstream>
#include <iterator>

namespace earlysight::command {
namespace {

// A profile is a page or two of text; more is another file taken for one.
constexpr std::streamsize most_bytes = 1 << 20;

std::optional<int> read_profile_file(const std::string& path, simulation_profile& out) {
  std::ifstream in(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(most_bytes), '\0');
  if (!in || (!in.read(text.data(), most_bytes) && in.bad())) return refuse("cannot read the profile " + path);
  if (in.gcount() == most_bytes) return refuse(path + " is too large to be a profile");
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto read = read_profile(text, path);
  if (!read) return report(read.error());
  out = std::move(*read);
  return std::nullopt;
}

std::optional<int> read_day(const char* option, const std::string& text, std::optional<date>& out) {
  if (text.empty()) return std::nullopt;
  out = parse_date(text);
  if (out) return std::nullopt;
  return refuse(std::string(option) + " needs a day written year-month-day, such as 2025-06-20; \"" + text + "\" is not that");
}

std::string with_commas(std::uint64_t n) {
  auto s = std::to_string(n);
  for (auto i = static_cast<std::ptrdiff_t>(s.size()) - 3; i > 0; i -= 3) s.insert(static_cast<std::size_t>(i), ",");
  return s;
}

}  // namespace

int run_simulate(const arguments& a) {
  const auto pack = open_pack(a.pack);
  if (pack.exit) return *pack.exit;
  simulate_options o;
  o.children = a.children, o.seed = a.seed, o.threads = a.threads, o.like = a.like;
  if (a.like.empty() && (a.from.empty() || a.to.empty())) return refuse("simulate needs --from and --to, the first and the last day to tell of, such as --from 2024-09-01 --to 2025-06-20");
  // With --like the number is the files' own where none is given; 0 on the command line is a mistake in any case.
  if (a.children_given ? a.children < 1 || a.children > 50'000'000 : a.like.empty())
    return refuse(a.children_given ? "--children needs a number from 1 to 50,000,000; " + std::to_string(a.children) + " is not that" : "simulate needs --children, how many to invent, such as --children 1000");
  if (const auto wrong = read_day("--from", a.from, o.from)) return *wrong;
  if (const auto wrong = read_day("--to", a.to, o.to)) return *wrong;
  if (!a.like.empty() && (!a.profile.empty() || !a.from.empty() || !a.to.empty()))
    return refuse("--like stands without --profile, --from and --to: what is like an authority's files takes its figures and its days from them");
  if (!a.profile.empty()) {
    if (const auto wrong = read_profile_file(a.profile, o.profile)) return *wrong;
  }
  progress_bar bar("simulating");
  o.progress = [&](double share) { bar.show(share); };
  const auto made = simulate(*pack.report.checked, a.out, o);
  if (!made) return report(made.error());
  bar.show(1);
  std::uint64_t rows = 0, bytes = 0;
  for (const auto& t : made->tables) rows += t.rows, bytes += t.bytes;
  fmt::print("{} children, {} rows in {} tables ({} MB), {} to {}\n", with_commas(static_cast<std::uint64_t>(made->children)), with_commas(rows), made->tables.size(), with_commas((bytes + 500'000) / 1'000'000), iso_text(made->from), iso_text(made->to));
  if (a.like.empty()) fmt::print("{} planted stories are in {}/truth.csv\n", with_commas(made->stories), a.out);
  else fmt::print("the cohort is in {}\n", a.out);
  return done;
}

}  // namespace earlysight::command
