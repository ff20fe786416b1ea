#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What bench/compare.py hands its peers: the rules as they read them, and when a rule certainly fires as engines that say only yes or no are told it.
Needs no package; that outcomes agree child by child is tested with NumPy and DuckDB by compare.py itself."""
import os
import random
import re
import sys
import unittest

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
sys.path.insert(0, BENCH)
sys.dont_write_bytecode = True
from peers import drools_rules, features, pack  # noqa: E402

PACK = pack.read()


class Ends:
    """A truth by its two ends: certainly, possibly."""

    def __init__(self, certain, possible):
        self.certain, self.possible = certain, possible

    def __and__(self, other):
        return Ends(self.certain and other.certain, self.possible and other.possible)

    def __or__(self, other):
        return Ends(self.certain or other.certain, self.possible or other.possible)

    def __invert__(self):
        return Ends(not self.possible, not self.certain)


def at_least(n, parts):
    return Ends(sum(p.certain for p in parts) >= n, sum(p.possible for p in parts) >= n)


def holds(e, known):
    """An expression as `surely` makes it, over conditions that are true, false or absent."""
    if e[0] == "is":
        return known.get(e[1]) is e[2]
    if e[0] == "not":
        return not holds(e[1], known)
    parts = [holds(x, known) for x in e[-1]]
    return sum(parts) >= e[1] if e[0] == "at_least" else all(parts) if e[0] == "and" else any(parts)


class Rules(unittest.TestCase):
    def test_yes_or_no_peers_are_told_when_a_rule_certainly_fires_or_certainly_does_not(self):
        numbers = random.Random(1)
        for _ in range(300):
            states = {name: numbers.choice((True, False, None)) for name in features.CONDITIONS}
            ends = {name: Ends(state is True, state is not False) for name, state in states.items()}
            for rule in PACK.rules:
                says, _ = pack.says_of(rule, lambda e: pack.work_out(e, ends, lambda x: Ends(x.certain, x.certain), at_least))
                self.assertEqual(holds(pack.fires(rule), states), says.certain, rule)
                self.assertEqual(holds(pack.silent(rule), states), not says.possible, rule)

    def test_every_condition_of_the_rules_is_a_comparison_of_a_feature(self):
        def named(e):
            return {e[1]} if e[0] == "is" else set().union(*map(named, e[-1] if isinstance(e[-1], list) else [e[-1]]))
        used = set().union(*(named(pack.fires(rule)) for rule in PACK.rules))
        self.assertEqual(used - set(features.CONDITIONS), set())
        self.assertEqual(set(features.CONDITIONS) - used, set())

    def test_the_child_of_drools_has_a_field_for_every_feature(self):
        with open(os.path.join(BENCH, "peers", "drools", "src", "main", "java", "earlysight", "bench", "Child.java"), encoding="utf-8") as h:
            fields = {name for line in re.findall(r"public (?:String|Integer|Double|Boolean) ([^;]+);", h.read()) for name in line.split(", ")}
        self.assertEqual(fields, {re.sub(r"_(\w)", lambda m: m[1].upper(), name) for name in features.NAMES})
        self.assertEqual(drools_rules.text(PACK).count("\nrule "), 60)


if __name__ == "__main__":
    unittest.main()
