// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <new>

namespace {

constexpr const char* overview =
    "earlysight {} reads rules about children's attendance, health and provision, and says for whom they fire, and why.\n"
    "  earlysight check PACK                                    all errors and warnings of a pack\n"
    "  earlysight test PACK                                     run the pack's examples\n"
    "  earlysight score PACK --data DIR --as-of DATE --out DIR  every child and rule\n"
    "  earlysight explain PACK --data DIR --as-of DATE --child KEY   why a child is, or is not, on the list\n"
    "  earlysight simulate PACK --children N --from DATE --to DATE --out DIR   invented children\n"
    "  earlysight fmt PACK                                      one canonical layout\n"
    "  earlysight help [TOPIC | CODE]                           what a message means, and how to mend it\n"
    "\n"
    "A pack is a .sight file or a folder of them; DIR holds one CSV file a table (child.csv, ...). `earlysight VERB --help` lists options.\n";

int run(int count, char** words) {
  using namespace earlysight::command;
  arguments a;
  CLI::App app{"Rules that see early which children are at risk of falling out of education"};
  app.set_version_flag("--version", std::string("earlysight ") + earlysight::engine_version);
  app.require_subcommand(0, 1);
  auto formats = [&](CLI::App* verb, std::vector<std::string> allowed) { verb->add_option("--format", a.format, "how to print")->check(CLI::IsMember(allowed)); };
  auto with_pack = [&](CLI::App* verb) { verb->add_option("pack", a.pack, "a .sight file, or a folder of them")->required(); };
  auto with_data = [&](CLI::App* verb) {
    verb->add_option("--data", a.data, "the folder with child.csv and the other tables")->required();
    verb->add_option("--as-of", a.as_of, "the day as of which the rules are asked, such as 2025-06-20")->required();
    verb->add_option("--threads", a.threads, "how many threads (default: as many as the machine has)")->check(CLI::Range(1, 1024));
    verb->add_flag("--strict", a.strict, "a row that cannot be used ends the run");
    verb->add_option("--max-rejected", a.max_rejected, "the share of a table's rows that may be rejected, such as 2%");
  };
  auto with_set = [&](CLI::App* verb) { verb->add_option("--set", a.set, "a param's value for this run: NAME=VALUE")->allow_extra_args(false); };

  auto* check = app.add_subcommand("check", "all errors and warnings of a pack");
  with_pack(check), formats(check, {"text", "json", "sarif"});
  auto* test = app.add_subcommand("test", "run the pack's examples");
  with_pack(test), with_set(test), formats(test, {"text", "json", "junit"});
  test->add_flag("--coverage", a.coverage, "which conditions no example made true, false or not known");
  auto* score = app.add_subcommand("score", "every child and rule");
  with_pack(score), with_data(score), with_set(score);
  score->add_option("--out", a.out, "the folder to write results to");
  score->add_option("--outcomes", a.outcomes, "some: what fires or cannot tell; all: every child and rule")->check(CLI::IsMember({"some", "all"}));
  auto* explain = app.add_subcommand("explain", "why a child is, or is not, on the list");
  with_pack(explain), with_data(explain), with_set(explain), formats(explain, {"text", "json", "html", "markdown"});
  explain->add_option("--child", a.child, "the child's key")->required();
  explain->add_option("--rule", a.rule, "one rule (default: those that fire or cannot tell)");
  auto* simulate = app.add_subcommand("simulate", "a cohort of invented children, one CSV file for every table of the pack");
  with_pack(simulate);
  auto* children = simulate->add_option("--children", a.children, "how many (with --like: as many as there are)");
  simulate->add_option("--seed", a.seed, "another seed invents other children (default: 1)");
  simulate->add_option("--from", a.from, "the first day to tell of, such as 2024-09-01");
  simulate->add_option("--to", a.to, "the day on which the extract is taken, such as 2025-06-20");
  simulate->add_option("--out", a.out, "the folder to write to")->required();
  simulate->add_option("--profile", a.profile, "how common everything is: examples/profiles/england.profile lists every figure");
  simulate->add_option("--like", a.like, "a folder of an authority's own files: invent children with the same margins");
  simulate->add_option("--threads", a.threads, "how many threads (default: as many as the machine has)")->check(CLI::Range(1, 1024));
  auto* format = app.add_subcommand("fmt", "one canonical layout");
  with_pack(format);
  format->add_flag("--check", a.check_only, "change nothing; exit 1 if a file is laid out otherwise");
  auto* help = app.add_subcommand("help", "what a message means, and how to mend it");
  help->add_option("topic", a.topic, "a topic, or a code such as E0301");

  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForAllHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "earlysight: {}\n`earlysight` alone says what it does; `earlysight VERB --help` lists a verb's options.\n", e.what());
    return wrong_arguments;
  }
  if (check->parsed()) return run_check(a);
  if (test->parsed()) return run_test(a);
  if (score->parsed()) return run_score(a);
  if (explain->parsed()) return run_explain(a);
  a.children_given = children->count() > 0;
  if (simulate->parsed()) return run_simulate(a);
  if (format->parsed()) return run_format(a);
  if (help->parsed() && !a.topic.empty()) return run_help(a);
  fmt::print(overview, earlysight::engine_version);
  return done;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(count, words);
  } catch (const std::bad_alloc&) {
    return earlysight::command::report({earlysight::failure_kind::machine, "there is not enough memory"});
  } catch (const std::exception& e) {
    return earlysight::command::report({earlysight::failure_kind::machine, std::string("something failed that should not: ") + e.what()});
  }
}
