#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes rules/COVERAGE.md: which rule or fact answers to which indicator of the reports, and which examples show it.

    tools/coverage.py            writes the page
    tools/coverage.py --check    changes nothing; exit 1 if the page is out of date, or an entry has neither a rule nor a reason

The indicators, with the words of the reports, are in rules/catalogue.csv. Ids stand in the comment before a rule, fact or
example (`-- A03, L05: a few words`); what cannot be a rule has a row in a README's table under "Not a rule".
"""
import argparse
import csv
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "rules")
GROUPS = {
    "A": "Attendance and engagement", "B": "Not full time", "C": "Off roll", "D": "SEND identification and EHC plans", "E": "Health",
    "F": "Exclusion", "G": "Transitions, moves, returns", "H": "Family, care and protection", "I": "Transport and access",
    "J": "Data gaps and oversight duties", "K": "School- and area-level patterns", "L": "Protective facts",
}
IDS = re.compile(r"^-- ((?:[A-L]\d\d)(?:, [A-L]\d\d)*)(?=$|[\s:;.])")
ITEM = re.compile(r'^(rule|fact|measure|param|flag|table|example)\s+("(?:[^"\\]|\\.)*"|\w+)')


class Item:
    def __init__(self, kind, name, path, line):
        self.kind, self.name, self.path, self.line, self.ids, self.text = kind, name, path, line, [], []


def items_of(path):
    """The items of one file in its canonical layout, each with the ids before it and its lines."""
    found, ids = [], []
    with open(path, encoding="utf-8") as h:
        for number, line in enumerate(h, 1):
            named = IDS.match(line)
            item = ITEM.match(line)
            if named:
                ids += named.group(1).split(", ")
            elif item:
                found.append(Item(item.group(1), item.group(2).strip('"'), path, number))
                found[-1].ids, ids = ids, []
                found[-1].text.append(line)
            elif line.startswith((" ", "\t")) and found:
                found[-1].text.append(line)
            elif line.strip() and not line.startswith("--"):
                ids = []
    return found


def read_packs(root=ROOT):
    items, reasons = [], {}
    for folder in sorted(os.listdir(root)):
        here = os.path.join(root, folder)
        if not os.path.isdir(here):
            continue
        for base, _, names in os.walk(here):
            for name in sorted(names):
                path = os.path.join(base, name)
                if name.endswith(".sight"):
                    items += items_of(path)
                elif name == "README.md":
                    reasons.update(reasons_of(path))
    reasons.update(reasons_of(os.path.join(root, "README.md")))
    return items, reasons


def reasons_of(path):
    """Rows `| A14 | … | reason |` of the tables under a heading that says "Not a rule" or "Not rules"."""
    out, inside = {}, False
    if not os.path.exists(path):
        return out
    with open(path, encoding="utf-8") as h:
        for line in h:
            if line.startswith("#"):
                inside = re.search(r"not (a rule|rules)", line, re.I) is not None
            row = re.match(r"^\|\s*([A-L]\d\d(?:\s*,\s*[A-L]\d\d)*)\b[^|]*\|(.*)\|\s*$", line)
            if inside and row:
                for each in re.split(r"\s*,\s*", row.group(1)):
                    out[each] = (path, "; ".join(c.strip() for c in re.split(r"(?<!\\)\|", row.group(2)) if c.strip()))
    return out


def examples_by_rule(items):
    out = {}
    for item in items:
        if item.kind != "example":
            continue
        for name in re.findall(r"^\s+expect (\w+) (?:fires|is|cannot|does|says)", "".join(item.text), re.M):
            out.setdefault(name, [])
            if item not in out[name]:
                out[name].append(item)
    return out


def link(item):
    path = os.path.relpath(item.path, ROOT).replace(os.sep, "/")
    return f"[{item.name}]({path}#L{item.line})"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def page():
    """The text of COVERAGE.md, and what is wrong with it as whole sentences."""
    with open(os.path.join(ROOT, "catalogue.csv"), encoding="utf-8", newline="") as h:
        catalogue = list(csv.DictReader(h))
    items, reasons = read_packs()
    shown = examples_by_rule(items)
    problems = []
    known = {row["id"] for row in catalogue}
    by_id = {}
    for item in items:
        for each in item.ids:
            if each not in known:
                problems.append(f"{item.path}:{item.line}: {each} is no entry of the catalogue")
            if item.kind != "example":
                by_id.setdefault(each, []).append(item)
    rules = [i for i in items if i.kind == "rule"]
    for rule in rules:
        if not rule.ids:
            problems.append(f"{rule.path}:{rule.line}: the rule {rule.name} names no entry of the catalogue in the comment before it")
    out = ["# What answers to what", "",
           "Made by `tools/coverage.py` from the packs; a test keeps it true. From a sentence of a report to the rule: find its words in the",
           "third column. From a rule to the report: its `source`, and the ids in the comment before it.", "",
           f"{len(catalogue)} indicators, {len(rules)} rules, {sum(1 for i in items if i.kind == 'example')} examples. An indicator without a rule or fact has the reason instead.", ""]
    for group, title in GROUPS.items():
        out += [f"## {group}. {title}", "", "| entry | indicator | the report's words | rules and facts | examples |", "| --- | --- | --- | --- | --- |"]
        for row in catalogue:
            if row["id"][0] != group:
                continue
            answers = by_id.get(row["id"], [])
            reason = reasons.get(row["id"])
            if answers:
                listed = []
                for kind in ("rule", "fact", "measure", "param", "flag", "table"):
                    mine = [link(i) for i in answers if i.kind == kind]
                    if mine:
                        listed.append((kind if len(mine) == 1 else kind + "s") + " " + ", ".join(mine))
                what = "; ".join(listed)
                if reason:
                    what += f"; and: {reason[1]}"
                seen = []
                for i in answers:
                    seen += [e for e in shown.get(i.name, []) if e not in seen]
                places = {}
                for e in seen:
                    places.setdefault(os.path.relpath(e.path, ROOT).replace(os.sep, "/"), []).append(e.line)
                numbers = "; ".join(f"[{p}]({p}) " + ", ".join(f"[{n}]({p}#L{n})" for n in lines[:6]) + (f" and {len(lines) - 6} more" if len(lines) > 6 else "") for p, lines in sorted(places.items()))
            elif reason:
                what, numbers = "no rule: " + reason[1], ""
            else:
                what, numbers = "**nothing**", ""
                problems.append(f"{row['id']} ({row['indicator']}) has no rule, no fact and no reason")
            said = f"{row['report']}, {row['section']}: '{row['words']}'"
            out.append(f"| {row['id']} | {cell(row['indicator'])} | {cell(said)} | {cell(what) if not answers else what} | {numbers} |")
        out.append("")
    out += ["## By report and section", "", "| report | section | entries |", "| --- | --- | --- |"]
    sections = {}
    for row in catalogue:
        sections.setdefault((row["report"], row["section"]), []).append(row["id"])
    for (report, section), entries in sorted(sections.items()):
        out.append(f"| {cell(report)} | {cell(section)} | {', '.join(entries)} |")
    return "\n".join(out) + "\n", problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; say what is out of date or missing")
    arguments = parser.parse_args()
    text, problems = page()
    target = os.path.join(ROOT, "COVERAGE.md")
    if arguments.check:
        old = open(target, encoding="utf-8").read() if os.path.exists(target) else ""
        if old != text:
            problems.append("rules/COVERAGE.md is out of date: run tools/coverage.py")
    else:
        with open(target, "w", encoding="utf-8", newline="\n") as h:
            h.write(text)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
