# SPDX-License-Identifier: Apache-2.0
"""The rules for Drools (DRL), a child at a time with its features given as a Java object. `&&` and `||` know two states, hence yes or no: a rule fires
when it certainly does. What must hold together stands as constraints of its own, which rules share in the network."""
import itertools
import json
import re

from . import pack as packs
from .features import CONDITIONS, OPPOSITE


def condition(name, wanted):
    feature, how, limit = CONDITIONS[name]
    field = re.sub(r"_(\w)", lambda m: m[1].upper(), feature)
    if limit is True:
        return [f"{field} == {json.dumps(wanted)}"]
    if how in ("==", "in"):
        values = ", ".join(map(json.dumps, limit if how == "in" else (limit,)))
        return [f"{field} != null", f"{field} {'' if wanted else 'not '}in ({values})"]
    return [f"{field} != null", f"{field} {how if wanted else OPPOSITE[how]} {limit}"]


def constraints(e):
    """The constraints of a pattern that must hold together."""
    kind = e[0]
    if kind == "is":
        return condition(e[1], e[2])
    if kind == "not":
        return [f"!({' && '.join(constraints(e[1]))})"]
    if kind == "and":
        return list(dict.fromkeys(c for part in e[1] for c in constraints(part)))
    if kind == "at_least":
        return constraints(("or", [("and", list(chosen)) for chosen in itertools.combinations(e[2], e[1])]))
    return ["(" + " || ".join(f"({' && '.join(constraints(part))})" for part in e[1]) + ")"]


def text(pack):
    lines = ["package earlysight.bench;"]
    for r, rule in enumerate(pack.rules):
        lines.append(f'rule "{rule.name}" when\n  $child : Child({", ".join(constraints(packs.fires(rule)))})\nthen\n  $child.fires({r});\nend')
    return "\n".join(lines) + "\n"
