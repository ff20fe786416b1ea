#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables for rules/README.md: of a scored cohort, how many children each rule fires for and cannot tell of, and what is missing.

    earlysight score rules/national --data DATA --as-of DATE --out RESULT
    tools/volumes.py RESULT DATA
"""
import collections
import csv
import os
import re
import sys

import coverage


def rows(path):
    with open(path, encoding="utf-8", newline="") as h:
        yield from csv.DictReader(h)


def stories(result, data, items, flags):
    """Of the children whose story a simulation planted, how many each theme's flags, or those about duties and data, reach."""
    truth = os.path.join(data, "truth.csv")
    if not os.path.exists(truth):
        return
    theme = {}
    for name, text in flags.items():
        about = re.search(r"about (duty|data)", text)
        theme[name] = about.group(1) if about else (re.findall(r" in (\w+)$", text.split("\n")[0].strip()) or ["child"])[0]
    reached = collections.defaultdict(set)
    for row in rows(os.path.join(result, "flags.csv")):
        if row["state"] == "raised":
            reached[row["child_id"]].add(theme[row["flag"]])
    planted = collections.defaultdict(list)
    for row in rows(truth):
        planted[row["story"]].append(row["child_id"])
    names = sorted({t for t in theme.values()} - {"duty", "data", "child"})
    print("\n| planted story | children | any flag about the child | about a duty | about data | most often in |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for story, children in sorted(planted.items(), key=lambda each: -len(each[1])):
        n = len(children)
        share = lambda test: f"{100 * sum(1 for c in children if test(reached[c])) / n:.0f}%"  # noqa: E731
        themes = collections.Counter(t for c in children for t in reached[c] if t in names)
        often = ", ".join(f"{t} {100 * k / n:.0f}%" for t, k in themes.most_common(3))
        print(f"| {story} | {n:,} | {share(lambda r: r - {'duty', 'data'})} | {share(lambda r: 'duty' in r)} | {share(lambda r: 'data' in r)} | {often} |")


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    result, data = sys.argv[1:]
    children = sum(1 for _ in rows(os.path.join(data, "child.csv")))
    counts = {"fires": collections.Counter(), "cannot_tell": collections.Counter()}
    fired = collections.Counter()
    for row in rows(os.path.join(result, "outcomes.csv")):
        if row["outcome"] in counts:
            counts[row["outcome"]][row["rule"]] += 1
        if row["outcome"] == "fires":
            fired[row["child_id"]] += 1
    items, _ = coverage.read_packs()
    flags = {i.name: "".join(i.text) for i in items if i.kind == "flag"}
    print("| pack | rule | about | fires | of 1,000 children | cannot tell |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    for rule in sorted((i for i in items if i.kind == "rule"), key=lambda i: (i.path.split(os.sep)[-2], -counts["fires"][i.name])):
        raised = re.search(r"^\s+raise\s+(\w+)", "".join(rule.text), re.M).group(1)
        about = re.search(r"about (duty|data)", flags[raised])
        n, open_ = counts["fires"][rule.name], counts["cannot_tell"][rule.name]
        print(f"| {os.path.basename(os.path.dirname(rule.path))} | {rule.name} | {about.group(1) if about else 'child'} | {n:,} | {1000 * n / children:.1f} | {100 * open_ / children:.1f}% |")
    pairs, named = collections.Counter(), set()
    for row in rows(os.path.join(result, "missing.csv")):
        key = (row["child_id"], row["rule"], row["table"])
        if key not in named:
            named.add(key)
            pairs[row["table"]] += 1
    total = sum(counts["cannot_tell"].values())
    print(f"\n{children:,} children; {total:,} answers of *cannot tell*, {100 * total / max(1, children * len(counts['cannot_tell'] | counts['fires'])):.1f}% of all of those rules.")
    print("\n| table | answers of cannot tell that it could decide | share |")
    print("| --- | ---: | ---: |")
    for table, n in pairs.most_common():
        print(f"| {table} | {n:,} | {100 * n / max(1, total):.1f}% |")
    stories(result, data, items, flags)
    spread = collections.Counter(min(n, 10) for n in fired.values())
    print("\n| rules that fire for a child | children |")
    print("| --- | ---: |")
    print(f"| none | {children - len(fired):,} |")
    for n in sorted(spread):
        print(f"| {n if n < 10 else '10 or more'} | {spread[n]:,} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
