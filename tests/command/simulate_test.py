#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`earlysight simulate` as its users meet it.

    simulate_test.py COMMAND SOURCE_DIR
"""
import csv
import filecmp
import json
import os
import subprocess
import sys
import tempfile
import unittest

COMMAND, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
MODEL, PACK = os.path.join(SOURCE, "rules/local.sight"), os.path.join(SOURCE, "rules/transition")
PROFILE = os.path.join(SOURCE, "examples/profiles/england.profile")


def run(*words, **more):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, **more)


def rows(path):
    with open(path, encoding="utf-8", newline="") as h:
        return list(csv.DictReader(h))


class Simulate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, *names):
        return os.path.join(self.folder.name, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as h:
            h.write(text)
        return self.path(name)

    def simulate(self, *more, pack=MODEL, children="300", start="2024-09-01", to="2025-06-20", out="out", **other):
        return run("simulate", pack, "--children", children, "--from", start, "--to", to, "--out", self.path(out), *more, **other)

    def test_a_cohort_scores_strictly(self):
        done = self.simulate(pack=PACK, children="2000")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2,000 children", done.stdout)
        self.assertEqual(done.stderr, "")
        scored = run("score", PACK, "--data", self.path("out"), "--as-of", "2025-06-20", "--strict", "--out", self.path("scored"))
        self.assertEqual(scored.returncode, 0, scored.stderr)
        self.assertEqual(len(rows(self.path("out", "child.csv"))), 2000)
        self.assertTrue(rows(self.path("scored", "flags.csv")), "some rule fires for somebody")
        fired = {r["rule"] for r in rows(self.path("scored", "outcomes.csv")) if r["outcome"] == "fires"}
        self.assertGreater(len(fired), 5)

    def test_the_same_words_give_the_same_bytes(self):
        self.assertEqual(self.simulate("--threads", "1", out="a", children="3000").returncode, 0)
        self.assertEqual(self.simulate("--threads", "2", out="b", children="3000").returncode, 0)
        names = sorted(os.listdir(self.path("a")))
        self.assertEqual(names, sorted(os.listdir(self.path("b"))))
        self.assertEqual(filecmp.cmpfiles(self.path("a"), self.path("b"), names, shallow=False)[1:], ([], []))
        self.assertEqual(self.simulate("--seed", "2", out="c", children="3000").returncode, 0)
        self.assertFalse(filecmp.cmp(self.path("a", "child.csv"), self.path("c", "child.csv"), shallow=False))

    def test_a_record_says_how_the_cohort_was_made(self):
        done = self.simulate("--seed", "7", "--profile", self.write("our.profile", "sen_support = 20%\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("out", "simulation.json"), encoding="utf-8") as h:
            record = json.load(h)
        self.assertEqual((record["children"], record["seed"], record["from"], record["to"]), (300, 7, "2024-09-01", "2025-06-20"))
        self.assertEqual(record["profile"], {"sen_support": 0.2})
        self.assertEqual(record["rows"]["child"], 300)
        for table, n in record["rows"].items():
            self.assertEqual(len(rows(self.path("out", table + ".csv"))), n, table)
        self.assertEqual(len(rows(self.path("out", "truth.csv"))), record["stories"])

    def test_mistakes_are_the_callers_and_leave_nothing(self):
        for words, said in [({"children": "0"}, "--children needs a number from 1 to 50,000,000"), ({"children": "50000001"}, "50,000,000"), ({"start": "20/06/2025"}, "year-month-day"), ({"to": "2025-02-30"}, "year-month-day"),
                            ({"start": "2025-07-01"}, "is after --to")]:
            done = self.simulate(**words)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(said, done.stderr)
        done = self.simulate(to="2031-06-20")
        self.assertEqual(done.returncode, 3)
        self.assertIn("calendar reaches from", done.stderr)
        self.assertEqual(self.simulate(pack=self.write("bad.sight", "ruel x")).returncode, 1)
        self.assertEqual(run("simulate", MODEL, "--children", "5", "--out", self.path("out")).returncode, 2)
        self.assertEqual(run("simulate", MODEL, "--from", "2024-09-01", "--to", "2025-06-20", "--out", self.path("out")).returncode, 2)
        self.assertEqual(os.listdir(self.folder.name), ["bad.sight"])

    def test_a_profile_with_a_mistake_is_shown_with_its_place(self):
        profile = self.write("our.profile", "# ours\nsen_suport = 20%\n")
        done = self.simulate("--profile", profile)
        self.assertEqual(done.returncode, 2)
        self.assertIn(profile + ":2:1: ", done.stderr)
        self.assertIn("did you mean sen_support?", done.stderr)
        self.assertEqual(self.simulate("--profile", self.path("nowhere")).returncode, 2)
        self.assertEqual(self.simulate("--profile", self.folder.name).returncode, 2)
        self.assertEqual(self.simulate("--profile", PROFILE, out="a").returncode, 0)
        self.assertEqual(self.simulate(out="b").returncode, 0)
        self.assertTrue(filecmp.cmp(self.path("a", "provision.csv"), self.path("b", "provision.csv"), shallow=False))

    def test_a_folder_of_somebody_elses_is_never_replaced(self):
        os.makedirs(self.path("out"))
        self.write("out/letter.txt", "dear")
        done = self.simulate()
        self.assertEqual(done.returncode, 2)
        self.assertIn("no simulation of earlysight", done.stderr)
        self.assertEqual(os.listdir(self.path("out")), ["letter.txt"])
        self.assertEqual(self.simulate(out="mine").returncode, 0)
        self.assertEqual(self.simulate(out="mine", children="20").returncode, 0)
        self.assertEqual(len(rows(self.path("mine", "child.csv"))), 20)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["mine", "out"])

    def test_a_full_disk_leaves_nothing_behind(self):
        # The shell's limit on the size of files stands for a disk that is full.
        done = subprocess.run(["bash", "-c", 'trap "" XFSZ; ulimit -f 100; exec "$@"', "bash", COMMAND, "simulate", MODEL, "--children", "5000", "--from", "2024-09-01", "--to", "2025-06-20", "--out", self.path("out")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("nothing is left behind", done.stderr)
        self.assertEqual(os.listdir(self.folder.name), [])

    def test_a_cohort_like_another_has_as_many_children_and_none_of_its_keys(self):
        self.assertEqual(self.simulate(out="theirs", children="1500").returncode, 0)
        done = run("simulate", MODEL, "--like", self.path("theirs"), "--seed", "5", "--out", self.path("alike"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(rows(self.path("alike", "child.csv"))), 1500)
        self.assertEqual(rows(self.path("alike", "truth.csv")), [])
        self.assertEqual(run("simulate", MODEL, "--like", self.path("theirs"), "--children", "40", "--out", self.path("few")).returncode, 0)
        self.assertEqual(len(rows(self.path("few", "child.csv"))), 40)
        self.assertEqual(run("simulate", MODEL, "--like", self.path("theirs"), "--profile", PROFILE, "--out", self.path("few")).returncode, 2)
        self.assertEqual(run("simulate", MODEL, "--like", self.path("nowhere"), "--out", self.path("no")).returncode, 3)
        self.assertFalse(os.path.exists(self.path("no")))

    def test_help_and_overview_mention_the_verb(self):
        self.assertIn("earlysight simulate PACK", run().stdout)
        done = run("simulate", "--help")
        self.assertEqual(done.returncode, 0)
        for option in ("--children", "--seed", "--from", "--to", "--out", "--profile", "--like", "--threads"):
            self.assertIn(option, done.stdout)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
