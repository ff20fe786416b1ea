#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command as its users meet it: files, columns, exit codes, messages, atomic output.

    command_test.py COMMAND SOURCE_DIR
"""
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

COMMAND, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
PACK, COHORT = os.path.join(SOURCE, "rules/transition"), os.path.join(SOURCE, "examples/cohort")
SMALL = """pack small "Small" version "1"
table child
  child_id key
  year     count
  born     date
param must be_
flag at_risk "At risk"
rule older "Older" when year is at least floor raise at_risk, 5 points because "In year {year}"
"""


def run(*words, **more):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, **more)


def rows(path):
    with open(path, encoding="utf-8", newline="") as h:
        return list(csv.DictReader(h))


class Command(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, *names):
        return os.path.join(self.folder.name, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)) or ".", exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8", newline="") as h:
            h.write(text)
        return self.path(name)

    def score(self, *more):
        return run("score", PACK, "--data", COHORT, "--as-of", "2025-06-20", *more)

    def test_alone_it_says_in_ten_lines_what_it_does(self):
        done = run()
        self.assertEqual(done.returncode, 0)
        self.assertLessEqual(len(done.stdout.splitlines()), 10)

    def test_the_packs_of_the_handbook_are_checked_tested_and_laid_out(self):
        for pack in glob.glob(os.path.join(SOURCE, "docs/language/*/*.sight")):
            self.assertEqual(run("fmt", pack, "--check").returncode, 0, pack)
            if pack.endswith("/shared/"):
                continue  # calendars for other packs: no pack of its own
            self.assertEqual(run("check", pack).returncode, 0, pack)
            self.assertEqual(run("test", pack).returncode, 0, pack)

    def test_results_have_the_files_and_columns_of_the_contract(self):
        out = self.path("out")
        done = self.score("--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        wanted = {"outcomes.csv": "child_id,rule,outcome", "flags.csv": "child_id,flag,level,state,rules,points,because",
                  "scores.csv": "child_id,score_low,score_high,band_low,band_high", "actions.csv": "child_id,rule,action,by,due,because",
                  "missing.csv": "child_id,rule,table,column", "rejected.csv": "file,line,column,value,reason"}
        for name, header in wanted.items():
            with open(os.path.join(out, name), encoding="utf-8") as h:
                self.assertEqual(h.readline().strip(), header)
        with open(os.path.join(out, "run.json"), encoding="utf-8") as h:
            record = json.load(h)
        for table in record["tables"].values():
            if table["supplied"]:
                self.assertEqual(table["rows"]["read"], table["rows"]["used"] + table["rows"]["rejected"])
        told = {(r["child_id"], r["rule"]) for r in rows(os.path.join(out, "outcomes.csv")) if r["outcome"] == "cannot_tell"}
        self.assertEqual(told, {(r["child_id"], r["rule"]) for r in rows(os.path.join(out, "missing.csv"))}, "what cannot be told has what is missing")

    def test_a_flag_says_what_its_strongest_rules_say_and_nothing_twice(self):
        pack = self.write("p.sight", 'pack p "P" version "1"\ntable child child_id key year count\nflag old "Old"\n'
                          'rule a "A" when year is at least 5 raise old low, 5 points because "In year {year}. That is old."\n'
                          'rule b "B" when year is at least 6 raise old high, 9 points because "In year {year}. That is very old."\n'
                          'rule c "C" when year is at least 6 raise old high, 9 points because "In year {year}. Ask again."\n')
        self.write("data/child.csv", "child_id,year\nx,7\ny,5\n")
        self.assertEqual(run("score", pack, "--data", self.path("data"), "--as-of", "2025-06-20", "--out", self.path("out")).returncode, 0)
        told = {r["child_id"]: r for r in rows(self.path("out", "flags.csv"))}
        self.assertEqual((told["x"]["level"], told["x"]["rules"], told["x"]["points"]), ("high", "a;b;c", "9"))
        self.assertEqual(told["x"]["because"], "In year 7. That is very old. Ask again.")
        self.assertEqual(told["y"]["because"], "In year 5. That is old.")
        self.assertEqual([r["because"] for r in rows(self.path("out", "actions.csv"))], [])

    def test_the_same_input_gives_the_same_bytes_for_any_number_of_threads(self):
        texts = []
        for threads in ("1", "2", "3", "8"):
            out = self.path("out" + threads)
            self.assertEqual(self.score("--out", out, "--threads", threads, "--outcomes", "all").returncode, 0)
            texts.append({})
            for name in ("outcomes.csv", "flags.csv", "scores.csv", "actions.csv", "missing.csv"):
                with open(os.path.join(out, name), "rb") as h:
                    texts[-1][name] = h.read()
        self.assertTrue(all(t == texts[0] for t in texts))

    def test_a_bad_cohort_loses_no_row_and_turns_no_child_into_no(self):
        out = self.path("out")
        done = run("score", PACK, "--data", os.path.join(SOURCE, "examples/cohort-bad"), "--as-of", "2025-06-20", "--out", out, "--outcomes", "all")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(rows(os.path.join(out, "rejected.csv"))), 13)
        of_b1 = {r["rule"]: r["outcome"] for r in rows(os.path.join(out, "outcomes.csv")) if r["child_id"] == "b1"}
        self.assertEqual(of_b1["y6_send_and_low_attendance"], "cannot_tell")
        self.assertEqual(run("score", PACK, "--data", os.path.join(SOURCE, "examples/cohort-bad"), "--as-of", "2025-06-20", "--strict", "--out", self.path("no")).returncode, 3)
        self.assertFalse(os.path.exists(self.path("no")))

    def test_exit_codes_tell_whose_mistake_it_was(self):
        self.assertEqual(run("check", self.write("bad.sight", "ruel x")).returncode, 1)
        self.assertEqual(run("chekc", "x").returncode, 2)
        self.assertEqual(run("check", self.path("nowhere")).returncode, 2)
        self.assertEqual(run("score", PACK, "--data", COHORT, "--as-of", "20/06/2025").returncode, 2)
        self.assertEqual(self.score("--set", "long_wait=soon").returncode, 2)
        self.assertEqual(self.score("--set", "long_wiat=26 weeks").returncode, 2)
        self.assertEqual(run("score", PACK, "--data", self.path("nowhere"), "--as-of", "2025-06-20").returncode, 3)
        self.assertEqual(run("score", PACK, "--data", COHORT, "--as-of", "2019-06-20").returncode, 3)
        os.makedirs(self.path("empty"))
        done = run("score", PACK, "--data", self.path("empty"), "--as-of", "2025-06-20")
        self.assertEqual(done.returncode, 3)
        self.assertIn("child.csv", done.stderr)
        self.assertEqual(self.score("--out", "/proc/cannot/be/written").returncode, 4)

    def test_a_param_that_must_be_set_stops_the_run_until_it_is(self):
        pack = self.write("small.sight", SMALL.replace("param must be_", "param floor must be set as count"))
        self.write("data/child.csv", "child_id,year,born\na,6,2014-01-01\n")
        words = ("score", pack, "--data", self.path("data"), "--as-of", "2025-06-20")
        done = run(*words)
        self.assertEqual(done.returncode, 2)
        self.assertIn("floor", done.stderr)
        self.assertEqual(run(*words, "--set", "floor=5").returncode, 0)

    def test_a_folder_that_is_no_result_is_never_replaced(self):
        self.write("mine/letter.txt", "keep me")
        self.assertEqual(self.score("--out", self.path("mine")).returncode, 2)
        self.assertTrue(os.path.exists(self.path("mine", "letter.txt")))
        self.assertEqual(self.score("--out", self.path("again")).returncode, 0)
        self.assertEqual(self.score("--out", self.path("again")).returncode, 0)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["again", "mine"])

    def test_missing_columns_are_named_with_the_nearest_header(self):
        pack = self.write("small.sight", SMALL.replace("param must be_", "param floor = 5"))
        self.write("data/child.csv", "chid_id,year,born\na,6,2014-01-01\n")
        done = run("score", pack, "--data", self.path("data"), "--as-of", "2025-06-20")
        self.assertEqual(done.returncode, 3)
        self.assertIn("chid_id", done.stderr)

    def test_an_explanation_is_the_same_outcome_in_every_format(self):
        self.assertEqual(self.score("--out", self.path("out")).returncode, 0)
        row = next(r for r in rows(self.path("out", "outcomes.csv")) if r["rule"] == "y6_falling_with_unmet_nd" and r["outcome"] == "fires")
        words = ("explain", PACK, "--data", COHORT, "--as-of", "2025-06-20", "--child", row["child_id"], "--rule", row["rule"])
        told = json.loads(run(*words, "--format", "json").stdout)
        self.assertEqual((told["version"], told["explanations"][0]["outcome"]), (1, "fires"))
        text = run(*words).stdout
        self.assertIn("FIRES as of 20 June 2025", text)
        self.assertIn("neurodevelopmental referral made on", text)
        self.assertNotIn("\x1b", text)
        for form in ("markdown", "html"):
            self.assertIn(row["child_id"], run(*words, "--format", form).stdout)
        self.assertEqual(run(*words[:-3], "nobody").returncode, 2)

    def test_fmt_lays_out_once_and_for_all(self):
        pack = self.write("messy.sight", "-- head\npack p   \"P\"\nversion \"1\" table child child_id key moved yes/no -- note\nflag f \"F\"\n"
                          "rule r \"R\" raise f -- why\n when   moved\n")
        self.assertEqual(run("fmt", pack, "--check").returncode, 1)
        self.assertEqual(run("fmt", pack).returncode, 0)
        with open(pack, encoding="utf-8") as h:
            text = h.read()
        for comment in ("-- head", "-- note", "-- why"):
            self.assertIn(comment, text)
        self.assertLess(text.index("when"), text.index("raise"))
        self.assertEqual(run("fmt", pack, "--check").returncode, 0)

    def test_coverage_speaks_of_used_packs_by_their_own_examples(self):
        self.write("base/pack.sight", SMALL.replace("param must be_", "param floor = 6") + 'example "Six" on 2025-06-20 given child year 6 expect older fires\n'
                   'example "Five" on 2025-06-20 given child year 5 expect older is silent\n')
        top = self.write("top.sight", 'pack top "Top" version "1" use "base" with floor = 9\nexample "Six" on 2025-06-20 given child year 6 expect older is silent\n')
        done = run("test", top)
        self.assertEqual((done.returncode, done.stdout), (0, "1 passed, 0 failed\n"), "a used pack's examples stay out")
        done = run("test", top, "--coverage")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("small: 2 passed, 0 failed", done.stdout)
        self.assertIn("the rule: never cannot tell\n", done.stdout)
        self.assertIn("used packs: 2 examples passed; 0 of 1 rules reached every outcome", done.stdout)
        self.write("base/more.sight", 'example "Not known" on 2025-06-20 given child expect older cannot tell\nexample "Wrong" on 2025-06-20 given child year 9 expect older is silent\n')
        done = run("test", top, "--coverage")
        self.assertEqual(done.returncode, 1, "an example of a used pack fails")
        self.assertIn("used packs: 3 examples passed; 1 of 1 rules reached every outcome", done.stdout)

    def test_coverage_asks_for_nothing_that_cannot_be(self):
        pack = self.write("p.sight", 'pack p "P" version "1"\ntable child child_id key year count\nflag gap "Gap" about data\n'
                          'rule no_year "No year" when year is not known raise gap allow W0102 because "A gap."\n'
                          'example "None" on 2025-06-20 given child expect no_year fires\nexample "Six" on 2025-06-20 given child year 6 expect no_year is silent\n')
        done = run("test", pack, "--coverage")
        self.assertIn("nothing: every condition was true, false and not known in some example", done.stdout)
        self.assertIn("1 of 1 rule reached every outcome that it can have", done.stdout)

    def test_a_pack_for_others_has_nothing_left_over(self):
        pack = self.write("p.sight", 'pack p "P" version "1"\ntable child child_id key year count\nfact senior = year is at least 10\nparam long_wait = 18 weeks\n')
        self.assertIn("no errors, no warnings", run("check", pack).stdout)

    def test_what_analysts_type_is_understood_well_enough_to_say_what_to_write(self):
        head = "pack p \"P\" version \"1\"\ntable child child_id key year count attendance percent born date moved yes/no\nflag f \"F\"\n"
        for wrong, mend in [("year = 6", "`is`"), ("year == 6", "`is`"), ("attendance ≥ 90%", "is at least"), ("year is 6 && moved", "`and`"), ("attendance is less than 90", "90%"),
                            ("born is at least 18 weeks", "18 weeks ago"), ("born is after 20/06/2015", "2015-06-20")]:
            done = run("check", self.write("typed.sight", head + f"rule r \"R\" when {wrong} raise f\n"))
            self.assertEqual(done.returncode, 1, wrong)
            self.assertIn(mend, done.stdout, wrong)
            self.assertIn("1 error,", done.stdout, wrong)

    def test_two_hundred_levels_are_read_at_once(self):
        head = "pack p \"P\" version \"1\"\ntable child child_id key moved yes/no\nflag f \"F\"\n"
        for depth, code in ((200, 0), (201, 1), (20000, 1)):
            pack = self.write("deep.sight", head + "rule r \"R\" when " + "(" * depth + "moved" + ")" * depth + " raise f\n")
            begin = time.monotonic()
            self.assertEqual(run("check", pack).returncode, code, depth)
            self.assertLess(time.monotonic() - begin, 5)
        pack = self.write("nots.sight", head + "rule r \"R\" when " + "not " * 100000 + "moved raise f\n")
        self.assertEqual(run("check", pack).returncode, 1)
        pack = self.write("long.sight", head + "rule r \"R\" when " + " or ".join(["moved"] * 50000) + " raise f\nfact n = " + " + ".join(["1"] * 50000) + "\n")
        self.assertEqual(run("check", pack).returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
