# SPDX-License-Identifier: Apache-2.0
"""Rego, the language of Open Policy Agent, run by Regorus (Microsoft's engine in Rust), a child at a time with its features given. What is not known is
left out of the input and so undefined; Rego's `not` takes undefined for false, hence yes or no: a rule fires when it certainly does, and a condition that
must not hold is written as the comparison that then holds. Conditions named as rules of their own were 2.3 times slower than written out; rego-cpp
(regopy), with its bundle built beforehand, 19 times."""
import importlib.metadata
import itertools
import json

import numpy as np
import regorus

from . import pack as packs
from .features import CONDITIONS, OPPOSITE

CHILD_AT_A_TIME = True


def condition(name, wanted):
    feature, how, limit = CONDITIONS[name]
    if limit is True:
        return f"input.{feature} == {json.dumps(wanted)}"
    if how == "in":
        # A word that is not in a set is known all the same.
        return f"{'' if wanted else f'input.{feature}; not '}input.{feature} in {{{', '.join(map(json.dumps, limit))}}}"
    if how == "==":
        return f"input.{feature} {'==' if wanted else '!='} {json.dumps(limit)}"
    return f"input.{feature} {how if wanted else OPPOSITE[how]} {json.dumps(limit)}"


class Policy:
    """The text of the module: `fires`, the set of the rules that do, and sets of those parts that `at_least` counts."""

    def __init__(self, pack):
        self.counted, self.lines = 0, ["package workload", "import rego.v1"]
        for rule in pack.rules:
            for body in self.bodies(packs.fires(rule)):
                self.lines.append(f'fires contains "{rule.name}" if {{ {"; ".join(body)} }}')
        self.text = "\n".join(self.lines)

    def bodies(self, e):
        """The alternatives of an expression, each a list of what must hold together."""
        kind = e[0]
        if kind == "is":
            return [[condition(*e[1:])]]
        if kind == "not":
            return [[f"not {body[0]}"] for body in self.bodies(e[1])]
        if kind == "at_least":
            self.counted += 1
            name = f"counted_{self.counted}"
            for i, part in enumerate(e[2]):
                self.lines += [f"{name} contains {i} if {{ {'; '.join(body)} }}" for body in self.bodies(part)]
            return [[f"count({name}) >= {e[1]}"]]
        parts = [self.bodies(x) for x in e[-1]]
        if kind == "or":
            return [body for part in parts for body in part]
        return [sum(choice, []) for choice in itertools.product(*parts)]


class Peer:
    def __init__(self, children, pack, form, threads):
        self.pack = pack
        self.inputs = [json.dumps(child) for child in children]
        self.engine = regorus.Engine()
        self.engine.add_policy("workload.rego", Policy(pack).text)

    def versions(self):
        return {"Regorus (celine-regorus)": importlib.metadata.version("celine-regorus")}

    def run(self):
        engine, self.fired = self.engine, []
        for child in self.inputs:
            engine.set_input_json(child)
            self.fired.append(engine.eval_rule("data.workload.fires"))

    def outcomes(self):
        yield np.array([[rule.name in fired for fired in self.fired] for rule in self.pack.rules], np.uint8)
