# SPDX-License-Identifier: Apache-2.0
"""The rules, flags and themes of workload.sight, so that every peer is given the very same. Conditions and facts each peer writes itself."""
import os
import re
from dataclasses import dataclass, field

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "workload", "workload.sight")


@dataclass
class Rule:
    name: str
    for_: tuple = None
    when: tuple = None
    unless: tuple = None
    raises: list = field(default_factory=list)  # (flag, points)


@dataclass
class Pack:
    rules: list
    flags: dict   # name: theme, or None
    themes: dict  # name: most points


def expression(text):
    """`or`, `and`, `not`, `known that`, `at least N of (…)` over names, as tuples."""
    words = re.findall(r"[(),]|\w+", text)
    at = 0

    def take(*expected):
        nonlocal at
        if words[at:at + len(expected)] == list(expected):
            at += len(expected)
            return True
        return False

    def chain(word, part):
        parts = [part()]
        while take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else (word, parts)

    def one():
        nonlocal at
        if take("not"):
            return ("not", one())
        if take("known", "that"):
            return ("certain", one())
        if take("at", "least"):
            count = int(words[at])
            at += 1
            assert take("of", "(")
            parts = [either()]
            while take(","):
                parts.append(either())
            assert take(")")
            return ("at_least", count, parts)
        if take("("):
            inner = either()
            assert take(")")
            return inner
        at += 1
        return ("name", words[at - 1])

    def both():
        return chain("and", one)

    def either():
        return chain("or", both)

    parsed = either()
    assert at == len(words), text
    return parsed


def read(path=PATH):
    with open(path, encoding="utf-8") as h:
        text = re.sub(r"--.*", "", h.read())
    themes = {m[1]: int(m[2]) for m in re.finditer(r"^theme (\w+) up to (\d+) points", text, re.M)}
    flags = {m[1]: m[2] for m in re.finditer(r'^flag (\w+) "[^"]*"(?: in (\w+))?', text, re.M)}
    rules = []
    for item in re.finditer(r'^rule (\w+) "[^"]*"\n((?:  .*\n)*)', text, re.M):
        rule = Rule(item[1])
        for part in re.finditer(r"^  (for|when|unless|raise)\s+(.*)$", item[2], re.M):
            if part[1] == "raise":
                flag, points = re.fullmatch(r"(\w+) (?:low|medium|high)(?:, (\d+) points)?", part[2].strip()).groups()
                rule.raises.append((flag, int(points or 0)))
            else:
                setattr(rule, "for_" if part[1] == "for" else part[1], expression(part[2]))
        rules.append(rule)
    rules.sort(key=lambda r: r.name)
    assert len(rules) == 60 and all(r.when and r.raises for r in rules)
    return Pack(rules, flags, themes)


def says_of(rule, work_out):
    """Whether a rule fires, and whether it applies (None: to every child), by what `work_out` makes of an expression."""
    says, applies = work_out(rule.when), None
    if rule.unless:
        says = says & ~work_out(rule.unless)
    if rule.for_:
        applies = work_out(rule.for_)
        says = says & applies
    return says, applies


def work_out(e, conditions, certain, at_least):
    """An expression over conditions that know `&`, `|` and `~`."""
    kind = e[0]
    if kind == "name":
        return conditions[e[1]]
    if kind == "not":
        return ~work_out(e[1], conditions, certain, at_least)
    if kind == "certain":
        return certain(work_out(e[1], conditions, certain, at_least))
    parts = [work_out(x, conditions, certain, at_least) for x in e[-1]]
    if kind == "at_least":
        return at_least(e[1], parts)
    out = parts[0]
    for p in parts[1:]:
        out = out & p if kind == "and" else out | p
    return out


def surely(e, wanted=True):
    """When an expression is certainly true (or false), for engines that say only yes or no: `and`, `or` and `at_least` over ("is", name, wanted), a
    condition that is known and is so, and ("not", …), which has but two states."""
    kind = e[0]
    if kind == "name":
        return ("is", e[1], wanted)
    if kind == "not":
        return surely(e[1], not wanted)
    if kind == "certain":
        return surely(e[1]) if wanted else ("not", surely(e[1]))
    parts = [surely(x, wanted) for x in e[-1]]
    if kind == "at_least":
        return ("at_least", e[1] if wanted else len(parts) - e[1] + 1, parts)
    return (kind if wanted else {"and": "or", "or": "and"}[kind], parts)


def fires(rule):
    """When a rule certainly fires, as `surely` says it."""
    parts = [surely(rule.for_)] if rule.for_ else []
    parts.append(surely(rule.when))
    if rule.unless:
        parts.append(surely(rule.unless, False))
    return parts[0] if len(parts) == 1 else ("and", parts)


def silent(rule):
    """When a rule certainly does not fire: it does not apply, or its condition does not hold, or what it makes way for does."""
    parts = [surely(rule.for_, False)] if rule.for_ else []
    parts.append(surely(rule.when, False))
    if rule.unless:
        parts.append(surely(rule.unless))
    return parts[0] if len(parts) == 1 else ("or", parts)
