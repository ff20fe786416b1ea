#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Eight rules of rules/transition by earlysight, and by hand in Polars and in pandas: the same outcomes child by child, then time and lines.

    earlysight simulate rules/transition --children 100000 --seed 5 --from 2023-09-04 --to 2025-06-20 --out cohort
    bench/python_by_hand.py cohort [--json figures.json] [--turns 7]

Needs earlysight, polars, pandas and pyarrow. Every turn asks all of them, one after the other, from frames in memory; two days are checked.
"""
import argparse
import json
import os
import resource
import statistics
import sys
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench/by_hand"))

import eight  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pyarrow as pa  # noqa: E402
import with_pandas  # noqa: E402
import with_polars  # noqa: E402

import earlysight as es  # noqa: E402

DAYS = [date(2024, 11, 15), date(2025, 3, 31), date(2025, 6, 20)]


def polars_tables(folder, pack):
    """The tables of the cohort with the types that the pack declares."""
    kinds = {"date": pl.Date, "count": pl.Int64, "number": pl.Float64, "sessions": pl.Int64}
    types = {name: {row["column"]: kinds.get(row["type"], pl.String) for row in pack.tables if row["table"] == name} for name in eight.TABLES}
    return {name: pl.read_csv(folder / f"{name}.csv", schema_overrides=types[name], infer_schema_length=0) for name in eight.TABLES}


def pandas_tables(tables):
    """The same as pandas likes it: days as timestamps, whole numbers that may be missing."""
    whole = {pa.int64(): pd.Int64Dtype()}
    out = {}
    for name, frame in tables.items():
        days = [c for c, kind in frame.schema.items() if kind == pl.Date]
        out[name] = frame.with_columns(pl.col(days).cast(pl.Datetime("us"))).to_arrow(compat_level=pl.CompatLevel.oldest()).to_pandas(types_mapper=whole.get)
    return out


def code(*names):
    """Lines that are neither empty, nor a comment, nor a line of documentation."""
    every = [line.strip() for name in names for line in (ROOT / "bench/by_hand" / name).read_text(encoding="utf-8").splitlines()]
    return [line for line in every if line and not line.startswith(("#", '"""'))]


def size(lines):
    """Lines, and characters without spaces: lines differ in length."""
    return {"lines": len(lines), "characters": sum(len("".join(line.split())) for line in lines)}


def check(got, expected, who, day):
    for rule in eight.RULES:
        differ = [(k, a, b) for k, a, b in zip(expected["child_id"], expected[rule].cast(pl.String), got[rule]) if a != b]
        if differ:
            sys.exit(f"{who}, {day}, {rule}: {len(differ)} outcomes differ; child {differ[0][0]}: earlysight says {differ[0][1]}, by hand {differ[0][2]}")


def timed(ask):
    wall, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    ask()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter() - wall, after.ru_utime - cpu.ru_utime + after.ru_stime - cpu.ru_stime


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("cohort", type=Path)
    options.add_argument("--turns", type=int, default=7)
    options.add_argument("--json", type=Path)
    options.add_argument("--check", action="store_true", help="check the outcomes, and time nothing")
    given = options.parse_args()

    text, params, logic, explains = eight.text(ROOT)
    pack = es.loads(text, "eight.sight")
    tables = polars_tables(given.cohort, pack)
    frames = pandas_tables(tables)
    counts = {}
    for day in DAYS:
        run = pack.score(tables, as_of=day, params=params)
        expected = run.matrix
        check(with_polars.score(tables, day), expected, "Polars", day)
        check(with_pandas.score(frames, day), expected, "pandas", day)
        for row in run.summary().iter_rows(named=True):
            counts[f"{day} {row['rule']}"] = {k: row[k] for k in ("fires", "cannot_tell", "silent", "not_applicable")}
    children = len(tables["child"])
    print(f"{children:,} children: {len(eight.RULES)} outcomes of every child agree on {', '.join(map(str, DAYS))}", flush=True)
    if given.check:
        return
    day = DAYS[-1]
    asks = {
        "earlysight from Polars": lambda: pack.score(tables, as_of=day, params=params).matrix,
        "Polars by hand": lambda: with_polars.score(tables, day),
        "earlysight from pandas": lambda: pack.score(frames, as_of=day, params=params).matrix,
        "pandas by hand": lambda: with_pandas.score(frames, day),
    }
    taken = {name: [] for name in asks}
    for _ in range(given.turns):
        for name, ask in asks.items():
            taken[name].append(timed(ask))
    written = {"pack, logic": logic, "pack, reasons, actions and sources": explains, "Polars": code("with_polars.py", "terms.py"), "pandas": code("with_pandas.py", "terms.py")}
    written = {name: size(lines) for name, lines in written.items()}
    figures = {
        "children": children, "rows": {name: len(t) for name, t in tables.items()}, "day": str(day), "turns": given.turns, "threads": os.cpu_count(),
        "versions": {"earlysight": es.__version__, "polars": pl.__version__, "pandas": pd.__version__},
        "seconds": {name: {"wall": [round(w, 4) for w, _ in each], "processor": [round(c, 4) for _, c in each]} for name, each in taken.items()},
        "ratio": {}, "written": written, "outcomes": counts,
    }
    for library in ("Polars", "pandas"):
        for i, what in enumerate(("wall", "processor")):
            ratios = sorted(h[i] / e[i] for h, e in zip(taken[f"{library} by hand"], taken[f"earlysight from {library}"]))
            figures["ratio"][f"{library}, {what}"] = {"min": round(ratios[0], 2), "median": round(statistics.median(ratios), 2), "max": round(ratios[-1], 2)}
    for name, each in taken.items():
        print(f"{name:24} wall median {statistics.median(w for w, _ in each):7.3f} s, min {min(w for w, _ in each):7.3f} s; processor median {statistics.median(c for _, c in each):7.3f} s")
    for name, r in figures["ratio"].items():
        print(f"by hand takes, {name}: {r['median']}x as long (min {r['min']}, max {r['max']})")
    for name, n in written.items():
        print(f"written, {name}: {n['lines']} lines, {n['characters']:,} characters")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
