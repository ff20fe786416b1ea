#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks for cliffs: scores the reference workload made larger, sparser, unsorted, lopsided and so on, in turn, and says what is not flat.

    bench/cliffs.py --quick                    # up to 100,000 children, 3 turns: two minutes
    bench/cliffs.py --json bench/cliffs.json   # up to 1,000,000, 7 turns; --most 4000000 for more
    bench/plot_cliffs.py bench/cliffs.json     # the picture, bench/cliffs.svg

Times are processor time on one thread, nanoseconds a child and rule (or a child), and ratios those of the same turn: what else the machine does
tells in them least. A figure over 1.3 times the reference, where it should be flat, is called a cliff.
"""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile

import cliff_packs

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
CLIFF = 1.3
LONG = 100_000


class Engine:
    """The workload in one shape, in a process of its own that answers a line a question."""

    def __init__(self, tool, children, arguments=(), rules=60):
        self.children, self.rules = children, rules
        self.process = subprocess.Popen([tool, "--children", str(children), *map(str, arguments), "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question):
        try:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            sys.exit(f"cliffs.py: {' '.join(self.process.args)} ended")
        return answer.strip()

    def seconds(self, question, most=300_000):
        """Of one answer; of a small cohort the mean of several, whose times are short."""
        times = max(1, most // self.children) if question == "cpu 1" else 1
        return sum(float(self.ask(question)) for _ in range(times)) / times

    def score(self):
        return self.seconds("cpu 1") / self.children / self.rules * 1e9

    def score_child(self):
        return self.seconds("cpu 1") / self.children * 1e9

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def in_turns(measures, turns):
    """{label: measure} to {label: values}; each turn asks all of them. One turn before, which is not counted."""
    values = {label: [] for label in measures}
    for turn in range(turns + 1):
        for label, measure in measures.items():
            value = measure()
            if turn > 0:
                values[label].append(value)
    return values


class Search:
    def __init__(self, options, folder):
        self.o, self.folder, self.panels = options, folder, []
        with open(os.path.join(HERE, "workload", "workload.sight"), encoding="utf-8") as h:
            self.pack = h.read()

    def written(self, name, text):
        path = os.path.join(self.folder, name + ".sight")
        with open(path, "w", encoding="utf-8") as h:
            h.write(text)
        return path

    def start(self, children=None, arguments=(), rules=60):
        return Engine(self.o.tool, children or self.o.children, arguments, rules)

    def panel(self, name, unit, values, reference=None, flat=True, note=""):
        """`reference`: the label, or for each label the label, that ratios are of."""
        series = []
        for label, own in values.items():
            base = reference.get(label) if isinstance(reference, dict) else reference or next(iter(values))
            if base is None:
                continue
            ratios = [a / b for a, b in zip(own, values[base])]
            series.append({"label": label, "value": spread(own), "times": spread(ratios), "is_reference": base == label, "cliff": flat and statistics.median(ratios) > CLIFF})
        self.panels.append({"name": name, "unit": unit, "flat": flat, "note": note, "series": series})
        print(f"\n{name} ({unit}){'' if flat else ', not meant to be flat'}")
        for s in series:
            v, t = s["value"], s["times"]
            print(f"  {s['label']:<34} {v['min']:>9.2f} {v['median']:>9.2f} {v['max']:>9.2f}    x {t['min']:.2f} {t['median']:.2f} {t['max']:.2f}{'  CLIFF' if s['cliff'] else ''}", flush=True)

    def scored(self, name, shapes, flat=True, note="", unit="ns a child-rule"):
        """Scoring in each shape, {label: (arguments, rules)}."""
        engines = {label: self.start(arguments=a, rules=r) for label, (a, r) in shapes.items()}
        self.panel(name, unit, in_turns({label: e.score for label, e in engines.items()}, self.o.turns), flat=flat, note=note)
        return engines

    def children(self):
        sizes = [n for n in (100_000, 10_000, 1_000_000, 4_000_000) if n <= self.o.most]
        engines = {f"{n:,}": self.start(n) for n in sizes}
        values = in_turns({label: e.score for label, e in engines.items()}, self.o.turns)
        self.panel("Children", "ns a child-rule", {f"{n:,}": values[f"{n:,}"] for n in sorted(sizes)}, reference="100,000")
        close(engines)

    def rules(self):
        counts = (10, 30, 60, 100, 300, 1_000)
        engines = {n: self.start(arguments=("--pack", self.written(f"rules{n}", cliff_packs.with_rules(self.pack, n))), rules=n) for n in counts}
        values = in_turns({n: e.score_child for n, e in engines.items()}, self.o.turns)
        self.panel("Rules over shared facts", "ns a child-rule", {f"{n:,}": [v / n for v in values[n]] for n in counts}, reference="60", flat=False,
                   note="the facts are worked out once, however many rules share them")
        more = {f"{n:,}": [(a - b) / (n - 60) for a, b in zip(values[n], values[60])] for n in counts if n > 60}
        self.panel("Each rule beyond 60", "ns a child-rule", more, reference="300")
        close(engines)

    def missing(self):
        close(self.scored("Cells not known", {"3 %": ((), 60), "0 %": (("--missing", 0), 60), "50 %": (("--missing", 0.5), 60),
                                              "50 %, attendance too": (("--missing", 0.5, "--missing-weeks", 0.5), 60)}))

    def order(self):
        engines = {"sorted": self.start(), "unsorted": self.start(arguments=("--shuffled",))}
        measures = {}
        for label, e in engines.items():
            csv = os.path.join(self.folder, label)
            subprocess.run([*e.process.args[:-1], "--csv", csv], check=True)
            measures[f"scoring, {label}"] = e.score_child
            measures[f"from memory, {label}"] = lambda e=e: e.seconds("build") / e.children * 1e9
            measures[f"from CSV, {label}"] = lambda e=e, csv=csv: e.seconds(f"build-csv {csv}") / e.children * 1e9
        values = in_turns(measures, self.o.turns)
        for label in engines:
            for how in ("memory", "CSV"):
                values[f"from {how} and scored, {label}"] = [a + b for a, b in zip(values[f"from {how}, {label}"], values[f"scoring, {label}"])]
        sorted_of = {label: label.replace("unsorted", "sorted") for label in values}
        self.panel("Order of the rows", "ns a child", {k: values[k] for k in sorted(values, key=lambda k: (k.split(",")[0], k))}, reference=sorted_of)
        close(engines)

    def long_child(self):
        one = ("--long-rows", LONG, "--long-table")
        engines = self.scored("One child with 100,000 rows", {"none": ((), 60), "of events": ((*one, "referral"), 60), "of attendance by the week": ((*one, "attendance"), 60),
                                                              "of attendance by the day": ((*one, "attendance", "--long-daily"), 60),
                                                              "no: one week twice": (("--long-rows", 1, "--long-table", "attendance"), 60)})
        close(engines)

    def categories(self):
        shapes = {f"{n:,}": (("--categories", n, "--pack", self.written(f"categories{n}", cliff_packs.with_categories(self.pack, n))), 66) for n in (10, 100, 1_000)}
        close(self.scored("Categories of a column", shapes))

    def flagged(self):
        shapes = {name: (("--pack", self.written(f"flagged{fires}", cliff_packs.always(self.pack, fires))), 60) for name, fires in (("as they are", False), ("all by every rule", True))}
        engines = self.scored("Children flagged", shapes)
        for label, e in engines.items():
            self.panels[-1]["series"][list(engines).index(label)]["label"] += f": {100 * float(e.ask('flagged')):.0f} %"
        close(engines)


def close(engines):
    for e in engines.values():
        e.close()


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as h:
            return next(line.split(":", 1)[1].strip() for line in h if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="no more than 100,000 children, 3 turns")
    options.add_argument("--turns", type=int, help="counted runs of each (7; --quick: 3)")
    options.add_argument("--most", type=int, help="children of the largest cohort (1,000,000; --quick: 100,000)")
    options.add_argument("--children", type=int, default=100_000, help="of what is not about their number")
    options.add_argument("--tool", default=os.path.join(ROOT, "build", "bench", "bench", "workload", "earlysight-workload"))
    options.add_argument("--only", action="append", choices=["children", "rules", "missing", "order", "long_child", "categories", "flagged"])
    options.add_argument("--json", metavar="FILE", help="every figure")
    o = options.parse_args()
    o.turns = o.turns or (3 if o.quick else 7)
    o.most = o.most or (100_000 if o.quick else 1_000_000)
    if not os.path.exists(o.tool):
        sys.exit(f"cliffs.py: there is no {o.tool}: cmake --preset bench && cmake --build build/bench --target earlysight-workload")
    with tempfile.TemporaryDirectory() as folder:
        search = Search(o, folder)
        for name in o.only or ["children", "rules", "missing", "order", "long_child", "categories", "flagged"]:
            getattr(search, name)()
    cliffs = [f"{p['name']}: {s['label']} ({s['times']['median']:.2f}x)" for p in search.panels for s in p["series"] if s["cliff"]]
    print("\n" + ("cliffs:\n  " + "\n  ".join(cliffs) if cliffs else f"no cliff: all within {CLIFF}x"))
    if o.json:
        with open(o.json, "w", encoding="utf-8") as h:
            json.dump({"date": datetime.date.today().isoformat(), "processor": processor(), "kernels": os.environ.get("EARLYSIGHT_KERNELS", "the best that the processor runs"), "turns": o.turns,
                       "children": o.children, "cliff": CLIFF, "panels": search.panels}, h, indent=1)
            h.write("\n")


if __name__ == "__main__":
    main()
