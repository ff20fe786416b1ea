#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Python adds: the reference workload scored from frames, and by C++ from the same memory, in turn in one run.

    bench/python_overhead.py                       # 1,000,000 children
    bench/python_overhead.py --children 100000 --runs 9

Run it with a Python that has earlysight, NumPy, pandas, Polars and pyarrow (such as build/release/python-venv/bin/python), after building
earlysight-workload. For each kind of frame: seconds of loading (checking, joining) and of scoring, the ratio of the whole call to C++'s,
turn by turn, and which columns were copied. Outcomes and scores must be C++'s, child by child, before anything is printed.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
AS_OF = "2025-07-18"
CATEGORIES = {
    "child.phase": ["primary", "secondary", "special", "alternative"], "child.sen": ["none", "support", "ehcp"],
    "referral.service": ["camhs", "neurodevelopmental", "speech_language", "early_help"], "suspension.reason": ["assault", "disruption", "drugs", "other"],
    "placement.kind": ["foster", "residential", "kinship", "other"], "plan.kind": ["attendance", "support", "part_time"],
}
DATES = {"birth", "admitted", "last_seen", "review_due", "week", "made", "seen", "day", "began", "ended", "review"}
TRUTHS = {"free_meals", "looked_after", "in_need", "young_carer", "eal", "attendance_feed", "health_feed", "care_feed", "urgent"}


def ask(engine, question):
    engine.stdin.write(question + "\n")
    engine.stdin.flush()
    return engine.stdout.readline().strip()


def cpu_seconds(process):
    """User and system, of all threads."""
    with open(f"/proc/{process}/stat", encoding="utf-8") as h:
        fields = h.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def missing(data, label):
    """Where a frame has no value: what is not known, or nothing; None: nowhere."""
    told = [bits.astype(bool) for bits in (data.known.get(label), data.present.get(label)) if bits is not None]
    return ~(told[0] & told[-1]) if told and not (told[0] & told[-1]).all() else None


def arrow_tables(data, text_keys):
    """The columns as Arrow has them: bytes as narrow as C++ holds them; what is not known, or nothing, is null."""
    import numpy as np
    import pyarrow as pa

    keys = [f"c{i:07}" for i in range(data.children)] if text_keys else np.arange(data.children, dtype="u4")
    out = {}
    for table in ("child", "attendance", "referral", "suspension", "placement", "plan"):
        columns = getattr(data, table)
        rows = columns.get("child_row")
        ids = pa.array(keys)
        made = {"child_id": ids if rows is None else ids.take(pa.array(rows))}
        for name, values in columns.items():
            if name == "child_row":
                continue
            label = f"{table}.{name}"
            mask = missing(data, label)
            if label in CATEGORIES:
                made[name] = pa.DictionaryArray.from_arrays(pa.array(values.astype("i1"), mask=mask), CATEGORIES[label])
            elif name in DATES:
                made[name] = pa.array(values, pa.int32(), mask=mask).cast(pa.date32())
            elif name in TRUTHS:
                made[name] = pa.array(values.astype(bool), mask=mask)
            else:
                made[name] = pa.array(values, mask=mask)
        out[table] = pa.table(made)
    return out


def numpy_tables(data):
    """Dicts of arrays; masked where something is missing."""
    import numpy as np

    out = {}
    for table in ("child", "attendance", "referral", "suspension", "placement", "plan"):
        columns = getattr(data, table)
        made = {"child_id": columns.get("child_row", np.arange(data.children, dtype="u4"))}
        for name, values in columns.items():
            if name == "child_row":
                continue
            label = f"{table}.{name}"
            gone = missing(data, label)
            if label in CATEGORIES:
                values = np.array(CATEGORIES[label], dtype=object)[values]
            elif name in DATES:
                values = values.astype("datetime64[D]")
            elif name in TRUTHS:
                values = values.astype(bool)
            made[name] = np.ma.masked_array(values, gone) if gone is not None else values
        out[table] = made
    return out


def outcomes_of(engine, rules, children, folder):
    import numpy as np

    path = os.path.join(folder, "outcomes")
    ask(engine, f"outcomes {path}")
    raw = np.fromfile(path, np.uint8)
    cells = len(rules) * children
    low, high = raw[cells:].view("f8").reshape(2, children)
    return raw[:cells].reshape(len(rules), children), low, high


def agree(result, rules, want):
    import numpy as np

    matrix, scores = result.table("matrix").to_arrow(), result.table("scores").to_arrow()
    for r, name in enumerate(rules):
        got = matrix.column(name).combine_chunks().indices.to_numpy(zero_copy_only=False)
        wrong = np.flatnonzero(got != want[0][r])
        if len(wrong):
            return f"{name} differs for {len(wrong)} children, first {wrong[0]}"
    for column, values in (("score_low", want[1]), ("score_high", want[2])):
        if np.abs(scores.column(column).to_numpy() - values).max() > 1e-9:
            return f"{column} differs"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", help="kinds of frames, parted by commas")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--tool", default=os.path.join(ROOT, "build", "release", "bench", "workload", "earlysight-workload"))
    given = parser.parse_args()
    if not os.path.exists(given.tool):
        sys.exit("python_overhead.py: build first: cmake --preset release && cmake --build build/release --target earlysight-workload")
    sys.path.insert(0, HERE)
    import polars as pl
    from peers import data as columns

    import earlysight as es

    pack = es.load(os.path.join(HERE, "workload", "workload.sight"))
    with tempfile.TemporaryDirectory() as folder:
        engine = subprocess.Popen([given.tool, "--children", str(given.children), "--numpy", folder, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        rules = ask(engine, "rules").split()
        data = columns.Data(folder)
        by_number, by_text = arrow_tables(data, False), arrow_tables(data, True)
        frames = {
            "pyarrow, whole numbers as keys": lambda: by_number,
            "Polars, whole numbers as keys": lambda: {n: pl.DataFrame(t) for n, t in by_number.items()},
            "NumPy, whole numbers as keys": lambda: numpy_tables(data),
            "pandas on pyarrow, whole numbers as keys": lambda: {n: t.to_pandas(types_mapper=__import__("pandas").ArrowDtype) for n, t in by_number.items()},
            "pandas, whole numbers as keys": lambda: {n: t.to_pandas(date_as_object=False) for n, t in by_number.items()},
            "pyarrow, text as keys": lambda: by_text,
            "Polars, text as keys": lambda: {n: pl.DataFrame(t) for n, t in by_text.items()},
        }
        figures = []
        for kind, make in frames.items():
            if given.only and not any(word in kind for word in given.only.split(",")):
                continue
            tables = make()
            ask(engine, "score 1")
            want = outcomes_of(engine, rules, given.children, folder)
            result = pack.score(tables, as_of=AS_OF, threads=given.threads)
            if differs := agree(result, rules, want):
                sys.exit(f"{kind}: {differs}")
            copied = [f"{u.table}.{u.column} ({u.found})" for u in result.columns if not u.viewed]
            viewed = sum(u.viewed for u in result.columns)
            del result
            turns = []
            for _ in range(given.runs):
                before = cpu_seconds(engine.pid)
                host = [float(x) for x in ask(engine, f"host {given.threads}").split()]
                host_cpu = cpu_seconds(engine.pid) - before
                before, start = cpu_seconds(os.getpid()), time.perf_counter()
                result = pack.score(tables, as_of=AS_OF, threads=given.threads)
                whole = time.perf_counter() - start
                cpu = cpu_seconds(os.getpid()) - before
                load, score = result.seconds
                turns.append({"c++ load": host[0], "c++ whole": host[1], "c++ cpu": host_cpu, "load": load, "score": score, "whole": whole, "cpu": cpu})
                del result
            median = {name: statistics.median(t[name] for t in turns) for name in turns[0]}
            least = {name: min(t[name] for t in turns) for name in turns[0]}
            ratio = statistics.median(t["whole"] / t["c++ whole"] for t in turns)
            figures.append({"kind": kind, "median": median, "min": least, "ratio": ratio, "viewed": viewed, "copied": copied})
            print(f"{kind}: ratio {ratio:.2f}; of least times {least['whole'] / least['c++ whole']:.2f}, of least processor times {least['cpu'] / max(least['c++ cpu'], 0.01):.2f}")
            print(f"  least seconds: C++ {least['c++ load']:.3f} + {least['c++ whole'] - least['c++ load']:.3f}, processor {least['c++ cpu']:.2f}; "
                  f"Python {least['load']:.3f} + {least['score']:.3f}, whole call {least['whole']:.3f}, processor {least['cpu']:.2f}")
            print(f"  {viewed} columns looked at where they are; copied: {', '.join(copied)}", flush=True)
            del tables
        engine.stdin.close()
    if given.json:
        with open(given.json, "w", encoding="utf-8") as h:
            json.dump({"children": given.children, "threads": given.threads, "figures": figures}, h, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
