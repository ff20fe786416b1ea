# SPDX-License-Identifier: Apache-2.0
"""Random tables, in order and out of order, with empty and unusable cells: frames say what files say."""
from __future__ import annotations

import csv
import datetime as dt
import random
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import AS_OF, ROOT, plain
from test_interop import PACK

import earlysight as es

TABLES = ("outcomes", "flags", "scores", "missing")


def cohort(seed):
    """Tables of typed values, None where a cell is empty; keys repeat, strangers come by, rows stand in any order."""
    r = random.Random(seed)
    n = r.choice([1, 7, 64, 65, 300])

    def cells(make, empty=0.15):
        return [None if r.random() < empty else make() for _ in range(n)]

    keys = [f"c{r.randrange(n * 2)}" for _ in range(n)]
    day = lambda: dt.date(2010, 1, 1) + dt.timedelta(days=r.randrange(5700))  # noqa: E731
    child = {
        "child_id": keys,
        "year": cells(lambda: float(r.choice([5, 6, 6, 7, 6.5 if seed % 3 == 0 else 6]))),
        "share": cells(lambda: r.choice([0.25, 0.5, 0.75, 1.0, 1.5 if seed % 3 == 1 else 1.0])),
        "gap": cells(lambda: float(r.randrange(10))),
        "sen": cells(lambda: r.choice(["none", "support", "ehcp", "ehc" if seed % 4 == 0 else "ehcp"])),
        "carer": cells(lambda: r.random() < 0.5),
        "born": cells(day),
        "left": cells(day, 0.6),
        "school": cells(lambda: r.choice(["s1", "école", "a school with a name of some length"])),
    }
    m = n * 3
    visit = {
        "child_id": [r.choice(keys) if r.random() < 0.95 else "stranger" for _ in range(m)],
        "made": [None if r.random() < 0.02 else day() for _ in range(m)],
        "minutes": [None if r.random() < 0.2 else r.randrange(40) / 4 for _ in range(m)],
    }
    if seed % 2:
        order = sorted(range(m), key=lambda i: (keys.index(visit["child_id"][i]) if visit["child_id"][i] in keys else n, visit["made"][i] or dt.date.min))
        visit = {k: [v[i] for i in order] for k, v in visit.items()}
    return child, visit


def cell(v):
    return "" if v is None else "yes" if v is True else "no" if v is False else f"{v:g}" if isinstance(v, float) else str(v)


def as_polars(t):
    return pl.DataFrame(
        t,
        schema_overrides={k: pl.Float64 for k in ("year", "share", "gap", "minutes")}
        | {"born": pl.Date, "left": pl.Date, "made": pl.Date, "sen": pl.Categorical, "carer": pl.Boolean, "school": pl.String},
        strict=False,
    ).select(list(t))


def as_pandas(t):
    frame = pd.DataFrame(t)
    for c in ("born", "left", "made"):
        if c in frame:
            frame[c] = pd.to_datetime(frame[c])
    return frame


def as_chunks(t):
    table = as_polars(t).to_arrow()
    return pa.concat_tables([table.slice(i, 13) for i in range(0, table.num_rows, 13)]) if table.num_rows else table


def as_text(t):
    return {k: [cell(v) for v in values] for k, values in t.items()}


@pytest.mark.parametrize("seed", range(24))
def test_frames_say_what_files_say(seed, tmp_path):
    child, visit = cohort(seed)
    for name, table in (("child", child), ("visit", visit)):
        with open(tmp_path / f"{name}.csv", "w", encoding="utf-8", newline="") as h:
            csv.writer(h).writerows([list(table), *([cell(v) for v in row] for row in zip(*table.values()))])
    files = PACK.score(tmp_path, as_of=AS_OF, outcomes="all")
    rejected = [(r["file"].removesuffix(".csv"), r["line"] - 1, r["column"], r["reason"]) for r in files.rejected]
    assert len(rejected) > 0 or len(child["child_id"]) < 64
    for way in (as_polars, as_pandas, as_chunks, as_text, lambda t: t):
        frames = PACK.score(child=way(child), visit=way(visit), as_of=AS_OF, outcomes="all")
        assert [(r["file"], r["line"], r["column"], r["reason"]) for r in frames.table("rejected")] == rejected
        for name in TABLES:
            assert plain(frames.table(name)) == plain(files.table(name)), (way, name)
        for t, counts in files.counts.items():
            assert (counts.read, counts.used, counts.rejected) == (frames.counts[t].read, frames.counts[t].used, frames.counts[t].rejected)


def test_ctrl_c_stops_a_run():
    script = f"""
import os, signal, threading, time
import earlysight as es
pack = es.load({str(ROOT / "rules/national")!r})
data = es.dummy(pack, children=4000, start="2024-09-02")
children = {{}}
stop = threading.Event()
def send():
    while not stop.wait(0.15):
        os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=send, daemon=True).start()
try:
    for _ in range(1000):
        pack.score(data, as_of="2025-06-20", threads=1)
except KeyboardInterrupt:
    stop.set()
    time.sleep(0.3)
    os._exit(7)
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode in (7, -signal.SIGINT)


def test_ctrl_c_stops_loading_too():
    script = f"""
import os, signal
import numpy as np
import earlysight as es
pack = es.load({str(ROOT / "rules/transition")!r})
rows = np.random.default_rng(1).integers(0, 100_000, 6_000_000)
weeks = np.datetime64("2024-09-02") + 7 * (rows % 40)
stages = []
def progress(stage, share):
    stages.append(stage)
    if len(stages) == 1:
        os.kill(os.getpid(), signal.SIGINT)
try:
    attendance = {{"child_id": rows, "week": weeks, "possible": rows % 11, "attended": rows % 5}}
    pack.score(child={{"child_id": np.arange(100_000)}}, attendance=attendance, as_of="2025-06-20", progress=progress)
except KeyboardInterrupt:
    os._exit(7 if set(stages) == {{"loading"}} else 8)
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 7


def test_progress_is_told_and_an_error_in_it_stops_the_run():
    # So many rows, in no order, that reading them in takes a while.
    pack = es.load(ROOT / "rules/transition")
    rows = np.random.default_rng(1).integers(0, 100_000, 3_000_000)
    attendance = {"child_id": rows, "week": np.datetime64("2024-09-02") + 7 * (rows % 40), "possible": rows % 11, "attended": rows % 5}
    given = {"child": {"child_id": np.arange(100_000)}, "attendance": attendance, "as_of": "2025-06-20", "threads": 1}
    told = []
    pack.score(**given, progress=lambda stage, share: told.append((stage, share)))
    assert told and {stage for stage, _ in told} <= {"loading", "scoring"}
    assert all(share is None or 0 <= share <= 1 for _, share in told)

    def fail(stage, share):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        pack.score(**given, progress=fail)


@pytest.mark.parametrize("tqdm", [True, False])
def test_a_bar_is_drawn_when_asked_for(tqdm):
    script = f"""
import sys
{"" if tqdm else "sys.modules['tqdm'] = None"}
import earlysight._progress as p
p.SECONDS_UNSHOWN = 0
with p.ticking(True) as tick:
    for stage, share in (("loading", None), ("loading", 0.5), ("scoring", 0.2), ("scoring", 0.9)):
        tick(stage, share)
with p.ticking(None) as tick:
    assert tick is None  # no terminal
"""
    drawn = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert "loading" in drawn.stderr and "scoring" in drawn.stderr and drawn.stdout == ""
