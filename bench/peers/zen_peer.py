# SPDX-License-Identifier: Apache-2.0
"""GoRules ZEN, a child at a time with its features given as JSON: a decision table of an expression a rule that collects those that hold. ZEN has null
but its `and` and `not` know two states, hence yes or no: a rule is written so that it fires when it certainly does. A first node of named conditions
shared by the rules, a node of 60 expressions instead of a table, and dictionaries instead of JSON were slower; a decision made by `create_decision`
took five times as long as one that the engine loads itself, which it compiles beforehand."""
import importlib.metadata
import json

import numpy as np
import zen

from . import pack as packs
from .features import CONDITIONS, OPPOSITE

CHILD_AT_A_TIME = True


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
    return f"({feature} != null and {test})"


def text(e):
    kind = e[0]
    if kind == "is":
        return condition(*e[1:])
    if kind == "not":
        return f"not {text(e[1])}"
    parts = [text(x) for x in e[-1]]
    if kind == "at_least":
        return f"count([{', '.join(parts)}], #) >= {e[1]}"
    return "(" + f" {kind} ".join(parts) + ")"


class Peer:
    def __init__(self, children, pack, form, threads):
        self.pack, self.inputs = pack, [json.dumps(child).encode() for child in children]
        table = {
            "hitPolicy": "collect", "inputs": [{"id": "when", "name": "when"}], "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
            "rules": [{"_id": rule.name, "when": text(packs.fires(rule)), "rule": json.dumps(rule.name)} for rule in pack.rules],
        }
        nodes = [("input", "inputNode", {}), ("rules", "decisionTableNode", {"content": table}), ("output", "outputNode", {})]
        graph = {
            "contentType": "application/vnd.gorules.decision",
            "nodes": [{"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, **more} for name, kind, more in nodes],
            "edges": [{"id": f"{a[0]}-{b[0]}", "type": "edge", "sourceId": a[0], "targetId": b[0]} for a, b in zip(nodes, nodes[1:])],
        }
        self.engine = zen.ZenEngine({"loader": {"type": "static", "content": {"workload": graph}}})
        self.engine.get_decision("workload").validate()

    def versions(self):
        return {"zen-engine": importlib.metadata.version("zen-engine")}

    def run(self):
        evaluate = self.engine.evaluate
        self.results = [evaluate("workload", child)["result"] for child in self.inputs]

    def outcomes(self):
        fired = [{row["rule"] for row in result or ()} for result in self.results]
        yield np.array([[rule.name in names for names in fired] for rule in self.pack.rules], np.uint8)
