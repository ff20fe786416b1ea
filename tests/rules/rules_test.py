#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What must hold of every rule in rules/: its words, its source, its examples, and that the page COVERAGE.md is true.

    rules_test.py COMMAND SOURCE_DIR
"""
import csv
import os
import re
import subprocess
import sys
import tempfile
import unittest

COMMAND, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
RULES = os.path.join(SOURCE, "rules")
sys.path.insert(0, os.path.join(SOURCE, "tools"))
import coverage  # noqa: E402  (tools/coverage.py reads the packs)

PACKS = sorted(os.path.join(RULES, name) for name in os.listdir(RULES) if os.path.isdir(os.path.join(RULES, name)) or name.endswith(".sight"))
# Words that blame, label or put the need before the child.
UNWANTED = re.compile(r"\b(SEND (?:child|children|pupil|pupils)|SEN (?:child|children|pupil|pupils)|refus(?:er|ers|es to attend)|hard[- ]to[- ]reach|suffers? from|"
                      r"wheelchair[- ]bound|truant\w*|failing (?:child|parent|family)|bad (?:parent|family)|fail(?:s|ed) to (?:engage|attend|send)|problem (?:child|family))\b", re.I)


def run(*words):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True)


def part(rule, keyword):
    """The strings of one part of a rule: `because "…"`."""
    return re.findall(r'^\s+' + keyword + r'\s+"((?:[^"\\]|\\.)*)"(.*)$', "".join(rule.text), re.M)


def plain(text):
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("\u201c", '"').replace("\u201d", '"')
    return re.sub(r"\s+", " ", text).strip().lower().rstrip(".")


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.items, cls.reasons = coverage.read_packs()
        cls.rules = [i for i in cls.items if i.kind == "rule"]
        with open(os.path.join(RULES, "catalogue.csv"), encoding="utf-8", newline="") as h:
            cls.catalogue = list(csv.DictReader(h))

    def at(self, rule):
        return self.subTest(rule=rule.name, place=f"{os.path.relpath(rule.path, SOURCE)}:{rule.line}")

    def test_every_pack_has_no_warning_and_its_examples_pass_and_it_is_laid_out(self):
        for pack in PACKS:
            with self.subTest(pack=os.path.basename(pack)):
                checked = run("check", pack)
                self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
                self.assertIn("no errors, no warnings", checked.stdout)
                tested = run("test", pack)
                self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)
                laid_out = run("fmt", pack, "--check")
                self.assertEqual(laid_out.returncode, 0, laid_out.stdout + laid_out.stderr)

    def test_examples_reach_every_outcome_of_every_rule(self):
        done = run("test", os.path.join(RULES, "national"), "--coverage")
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        self.assertNotIn("the rule: never", done.stdout)
        counts = [(int(a), int(b)) for a, b in re.findall(r"(\d+) of (\d+) rules? reached every outcome that it can have", done.stdout)]
        self.assertEqual(sum(b for _, b in counts), len(self.rules), "every rule is in the national pack, by way of its own")
        self.assertTrue(all(a == b for a, b in counts))

    def test_every_indicator_has_a_rule_a_fact_or_a_reason_and_the_page_is_true(self):
        text, problems = coverage.page()
        self.assertEqual(problems, [])
        with open(os.path.join(RULES, "COVERAGE.md"), encoding="utf-8") as h:
            self.assertEqual(h.read(), text, "run tools/coverage.py")

    def test_every_rule_says_why_what_next_by_whom_and_by_when(self):
        for rule in self.rules:
            with self.at(rule):
                self.assertTrue(part(rule, "because"), "a because")
                actions = part(rule, "then")
                self.assertTrue(actions, "an action")
                for _, rest in actions:
                    self.assertRegex(rest, r'by "[^"]+" within ', "an owner and a deadline")

    def test_every_because_shows_evidence(self):
        flags = {i.name: "".join(i.text) for i in self.items if i.kind == "flag"}
        for rule in self.rules:
            raised = re.search(r"^\s+raise\s+(\w+)", "".join(rule.text), re.M).group(1)
            if "about data" in flags[raised]:
                continue  # what is missing has no value
            with self.at(rule):
                self.assertTrue(any("{" in text for text, _ in part(rule, "because")), "a value in braces")

    def test_every_source_quotes_the_report_word_for_word_in_25_words_at_most(self):
        # The indicators' own words, and a few more that rules quote.
        with open(os.path.join(RULES, "quotations.csv"), encoding="utf-8", newline="") as h:
            words = [plain(row["words"]) for row in self.catalogue + list(csv.DictReader(h))]
        for rule in self.rules:
            with self.at(rule):
                sources = part(rule, "source")
                self.assertTrue(sources, "a source")
                found = False
                for text, _ in sources:
                    # A section's title may have quotation marks too: the quotation begins at one of the marks after a space.
                    end = text.rfind("'")
                    starts = [m.end() for m in re.finditer(r"(?<=\s)'", text) if m.end() < end]
                    # The law and the department's guidance are named by their title; the reports are quoted.
                    found = found or (not starts and not text.startswith("Ofsted"))
                    for start in starts:
                        quoted = text[start:end]
                        pieces = [plain(p) for p in re.split(r"\u2026|\.\.\.", quoted) if p.strip()]
                        if all(any(piece in w for w in words) for piece in pieces):
                            self.assertLessEqual(len(quoted.split()), 25)
                            found = True
                self.assertTrue(found, "a quotation that the catalogue holds")

    def test_the_wording_is_person_first_and_blames_nobody(self):
        for item in self.items:
            said = re.sub(r"^\s+source .*$", "", "".join(item.text), flags=re.M)
            with self.subTest(item=item.name, file=os.path.relpath(item.path, SOURCE)):
                self.assertIsNone(UNWANTED.search(said))

    def test_flags_with_a_theme_have_points_and_flags_about_duty_or_data_have_neither(self):
        flags = {i.name: "".join(i.text) for i in self.items if i.kind == "flag"}
        for rule in self.rules:
            with self.at(rule):
                for flag, rest in re.findall(r"^\s+raise\s+(\w+)(.*)$", "".join(rule.text), re.M):
                    theme = " in " in re.sub(r'"[^"]*"', "", flags[flag])
                    self.assertEqual("points" in rest, theme, flag)
                    self.assertFalse(theme and re.search(r"about (duty|data)", flags[flag]), flag)

    def test_every_choice_is_made_in_local_and_nothing_runs_without_it(self):
        shared = "".join("".join(i.text) for i in self.items if i.kind == "param" and "/shared/" in i.path.replace(os.sep, "/"))
        chosen = set(re.findall(r"^param (\w+) must be set", shared, re.M))
        with open(os.path.join(RULES, "local.sight"), encoding="utf-8") as h:
            made = set(re.findall(r"^\s+(\w+) = ", h.read(), re.M))
        self.assertEqual(chosen, made)
        elsewhere = [i.name for i in self.items if i.kind == "param" and "must be set" in "".join(i.text) and "/shared/" not in i.path.replace(os.sep, "/")]
        self.assertEqual(elsewhere, [], "what must be set is in shared, where local.sight sets it")
        with tempfile.TemporaryDirectory() as folder:
            pack = os.path.join(folder, "p.sight")
            with open(pack, "w", encoding="utf-8") as h:
                h.write('pack p "P" version "1" use "%s"\nflag f "F"\nrule r "R" when falling raise f\n' % os.path.relpath(os.path.join(RULES, "shared"), folder))
            with open(os.path.join(folder, "child.csv"), "w", encoding="utf-8") as h:
                h.write("child_id\na\n")
            refused = run("score", pack, "--data", folder, "--as-of", "2025-06-20")
            self.assertEqual(refused.returncode, 2)
            self.assertIn("falling_by", refused.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
