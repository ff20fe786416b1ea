# SPDX-License-Identifier: Apache-2.0
"""GoRules ZEN, a child at a time with its features given: a graph of two expression nodes, conditions and then rules over them. ZEN has null but `and` and
`not` know two states, hence yes or no: a rule is written so that it fires when it certainly does, and each condition is made in the two forms that the
rules name (is so, is not so). One table of 60 expressions (hit policy collect) and one node with everything written out were slower."""
import importlib.metadata
import json

import numpy as np
import zen

from . import pack as packs
from .features import CONDITIONS, OPPOSITE


def literal(value):
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def condition(name, wanted):
    feature, how, limit = CONDITIONS[name]
    if limit is True:
        return f"{feature} == {literal(wanted)}"
    if how in ("==", "in"):
        test = f"{feature} {how} {literal(limit)}" if wanted else f"{feature} {'not in' if how == 'in' else '!='} {literal(limit)}"
    else:
        test = f"{feature} {how if wanted else OPPOSITE[how]} {literal(limit)}"
    return f"{feature} != null and {test}"


class Peer:
    def __init__(self, children, pack, form, threads):
        self.pack, self.children, self.used = pack, children, {}
        rules = [(rule.name, self.text(packs.fires(rule))) for rule in pack.rules]
        conditions = [(key, condition(*what)) for key, what in self.used.items()]
        nodes = [("input", "inputNode", None), ("conditions", "expressionNode", conditions), ("rules", "expressionNode", rules), ("output", "outputNode", None)]
        graph = {
            "contentType": "application/vnd.gorules.decision",
            "nodes": [{"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0},
                       **({"content": {"expressions": [{"id": key, "key": key, "value": value} for key, value in expressions]}} if expressions else {})}
                      for name, kind, expressions in nodes],
            "edges": [{"id": f"{a[0]}-{b[0]}", "type": "edge", "sourceId": a[0], "targetId": b[0]} for a, b in zip(nodes, nodes[1:])],
        }
        self.decision = zen.ZenEngine().create_decision(json.dumps(graph))
        self.decision.validate()

    def text(self, e):
        kind = e[0]
        if kind == "is":
            key = e[1] + ("_is" if e[2] else "_is_not")
            self.used[key] = e[1:]
            return key
        if kind == "not":
            return f"not {self.text(e[1])}"
        parts = [self.text(x) for x in e[-1]]
        if kind == "at_least":
            return f"count([{', '.join(parts)}], #) >= {e[1]}"
        return "(" + f" {kind} ".join(parts) + ")"

    def versions(self):
        return {"zen-engine": importlib.metadata.version("zen-engine")}

    def run(self):
        evaluate = self.decision.evaluate
        self.results = [evaluate(child)["result"] for child in self.children]

    def outcomes(self):
        yield np.array([[result[rule.name] for result in self.results] for rule in self.pack.rules], np.uint8)
