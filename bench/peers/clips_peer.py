# SPDX-License-Identifier: Apache-2.0
"""CLIPS: a fact a child with its features as slots (nil: not known), and defrules whose patterns test the slots, so that the Rete network shares the
tests. Facts of all children are asserted, the rules run, and what they assert is read back. Most of that is clipspy handing over some fifty slots a child,
hence a second form, `matching`, which takes off the time of asserting the same facts where there are no rules. (Facts given as text were ten times
slower.) Production rules fire or do not, hence yes or no: a rule fires when it certainly does."""
import importlib.metadata
import itertools
import time

import clips
import numpy as np

from . import pack as packs
from .features import CONDITIONS, NAMES, OPPOSITE

CHILD_AT_A_TIME = True


def symbol(value):
    return {True: "TRUE", False: "FALSE"}[value] if isinstance(value, bool) else str(value)


def test(name, wanted):
    """What a condition asks of its slot, as a constraint of the variable of that name."""
    feature, how, limit = CONDITIONS[name]
    if limit is True:
        return feature, symbol(wanted)
    if how in ("==", "in"):
        values = limit if how == "in" else (limit,)
        return feature, "|".join(map(symbol, values)) if wanted else "&".join(f"~{symbol(v)}" for v in (*values, "nil"))
    return feature, f"?{feature}&~nil&:({how if wanted else OPPOSITE[how]} ?{feature} {limit})"


def alternatives(e):
    """Of an expression, the ways in which it can hold, each a list of slots' constraints; counting is by every choice of that many."""
    kind = e[0]
    if kind == "is":
        return [[test(e[1], e[2])]]
    if kind == "not":
        (((slot, constraint),),) = alternatives(e[1])
        return [[(slot, f"?{slot}&nil|:(not (and (neq ?{slot} nil) {constraint[constraint.index(':') + 1:]}))")]]
    if kind == "or":
        return [way for part in e[1] for way in alternatives(part)]
    sets = itertools.combinations(e[2], e[1]) if kind == "at_least" else [e[1]]
    return [sum(choice, []) for parts in sets for choice in itertools.product(*map(alternatives, parts))]


def defrules(rule):
    for i, way in enumerate(alternatives(packs.fires(rule))):
        slots = {}
        for slot, constraint in way:
            slots.setdefault(slot, []).append(constraint)
        tests = " ".join(f"({slot} {'&'.join(constraints)})" for slot, constraints in slots.items())
        yield f"(defrule {rule.name}-{i} (child (id ?id) {tests}) => (assert (fires ?id {rule.name})))"


def value_of(value):
    return clips.Symbol(symbol(value)) if isinstance(value, (bool, str)) else value


class Peer:
    def __init__(self, children, pack, form, threads):
        self.pack, self.form = pack, form
        self.facts = [{"id": i, **{name: value_of(value) for name, value in child.items()}} for i, child in enumerate(children)]
        self.with_rules, self.without = clips.Environment(), clips.Environment()
        for environment in (self.with_rules, self.without):
            environment.build(f"(deftemplate child (slot id) {' '.join(f'(slot {name})' for name in NAMES)})")
        for rule in pack.rules:
            for text in defrules(rule):
                self.with_rules.build(text)

    def versions(self):
        return {"CLIPS (clipspy)": importlib.metadata.version("clipspy")}

    def hand_over(self, environment):
        environment.reset()
        template = environment.find_template("child")
        for fact in self.facts:
            template.assert_fact(**fact)

    def run(self):
        start = time.perf_counter()
        self.hand_over(self.with_rules)
        self.with_rules.run()
        self.fired = [tuple(fact) for fact in self.with_rules.facts() if fact.template.name == "fires"]
        took = time.perf_counter() - start
        if self.form == "matching":
            start = time.perf_counter()
            self.hand_over(self.without)
            took -= time.perf_counter() - start
        return took

    def outcomes(self):
        at = {rule.name: r for r, rule in enumerate(self.pack.rules)}
        fires = np.zeros((len(at), len(self.facts)), np.uint8)
        for child, rule in self.fired:
            fires[at[rule], child] = 1
        yield fires
