#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of RESULTS.md from the figures that compare.py wrote, so that no number is typed by hand.

    bench/report.py figures.json                      # prints them
    bench/report.py figures.json --into RESULTS.md    # puts them between the two marks of that file
"""
import argparse
import json

BEGIN, END = "<!-- figures: bench/report.py -->", "<!-- end of figures -->"


def number(x):
    """Three figures, as people read them."""
    if x >= 100:
        return f"{x:,.0f}"
    return f"{x:.3g}" if x < 10 else f"{x:.1f}"


def own_rows(figures):
    """Name and seconds a child of earlysight, cohort and child alone."""
    for name, row in figures["seconds"].items():
        if name not in figures["peers"]:
            yield name, {k: row[k] / figures["children"] for k in ("min", "median", "max")}
    for kind, row in figures["one child alone, seconds"].items():
        yield f"earlysight, one child alone, {kind}", row


def peer_rows(figures):
    """Name, seconds a child, and what the peer is."""
    for name, peer in figures["peers"].items():
        row = figures["seconds"][name]
        yield name, {k: row[k] / peer["children"] for k in ("min", "median", "max")}, peer


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def three(row, factor=1.0):
    return [number(row[k] * factor) for k in ("min", "median", "max")]


def text(figures):
    runs = next(iter(figures["seconds"].values()))["runs"]
    versions = sorted({f"{what} {version}" for each in figures["versions"].values() for what, version in each.items()})
    speeds = "; ".join(f"{threads} thread{'s' if threads != '1' else ''} {', '.join(three(row, 1e-9))}" for threads, row in figures["read, bytes a second"].items())
    lines = [
        f"`{figures['command']}`, {figures['date']}: {figures['children']:,} children (peers that take one child at a time: the first "
        f"{figures['children, one at a time']:,}), seed {figures['seed']}, {runs} runs of each in turn. {figures['processor']}. {', '.join(versions)}.",
        "",
        "**All outcomes and both ends of the score agree, child by child; of peers that say only yes or no, which rules fire.**",
        "", "![Time a child of earlysight and its peers](results.svg)", "",
    ]
    rows = [[name, *three(row, 1e6), "yes, no, cannot tell"] for name, row in own_rows(figures)]
    rows += [[name, *three(row, 1e6), peer["states"]] for name, row, peer in peer_rows(figures)]
    lines += table(["microseconds a child", "min", "median", "max", "answers"], rows)
    lines += ["", *table(["ratio of a turn", "min", "median", "max"], [[name, *three(row)] for name, row in figures["ratios"].items()])]
    lines += ["", f"The rules read {figures['bytes the rules read'] / 1e6:,.0f} MB once. Memory read in the same run, GB/s (min, median, max): {speeds}."]
    lines += [f"\n{name} did not run: {why}." for name, why in figures["did not run"].items()]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", help="what compare.py --json wrote")
    parser.add_argument("--into", metavar="FILE", help=f"replaces what stands between {BEGIN} and {END}")
    given = parser.parse_args()
    with open(given.figures, encoding="utf-8") as h:
        made = text(json.load(h))
    if not given.into:
        print(made)
        return
    with open(given.into, encoding="utf-8") as h:
        page = h.read()
    if BEGIN not in page or END not in page:
        parser.error(f"{given.into} has no lines {BEGIN} and {END} to put the tables between")
    before, rest = page.split(BEGIN, 1)
    with open(given.into, "w", encoding="utf-8") as h:
        h.write(f"{before}{BEGIN}\n{made}\n{END}{rest.split(END, 1)[1]}")


if __name__ == "__main__":
    main()
