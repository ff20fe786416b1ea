# SPDX-License-Identifier: Apache-2.0
"""Random frames of every type against the plain evaluator, which reads the same tables as CSV files."""
from __future__ import annotations

import csv
import datetime as dt
import os
import subprocess
import tempfile
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from conftest import AS_OF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_interop import PACK, PACK_TEXT
from test_random import cell

ORACLE = os.environ.get("EARLYSIGHT_ORACLE", "")
EXAMPLES = int(os.environ.get("EARLYSIGHT_CASES", "150"))
TEXTS = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.uint16(), pa.large_string()),
    pa.dictionary(pa.int32(), pa.string()),
]
WHOLES = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
FLOATS = [pa.float32(), pa.float64()]
DAYS = st.dates(dt.date(2011, 1, 1), dt.date(2025, 6, 19))
KEYS = st.sampled_from(["a", "b", "c", "d", "e", "f", "a key of more than twelve bytes", "é"])

# What a column holds, and the types in which a frame may hold it.
CHILD = {
    "child_id": (KEYS, TEXTS),
    "year": (st.integers(4, 8), WHOLES + FLOATS + TEXTS),
    "share": (st.sampled_from([0.25, 0.5, 0.875, 0.90625, 1.0, 2.0]), FLOATS + TEXTS),
    "gap": (st.integers(0, 9), WHOLES + FLOATS + TEXTS),
    "sen": (st.sampled_from(["none", "support", "ehcp", "ehc"]), TEXTS),
    "carer": (st.booleans(), [pa.bool_(), *WHOLES, *FLOATS, *TEXTS]),
    "born": (DAYS, [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns"), *TEXTS]),
    "left": (DAYS, [pa.date32(), pa.timestamp("us"), *TEXTS]),
    "school": (st.sampled_from(["s1", "école", "a school with a name of some length"]), TEXTS),
}
VISIT = {
    "child_id": (KEYS, TEXTS),
    "made": (DAYS, [pa.date32(), pa.date64(), pa.timestamp("ns"), *TEXTS]),
    "minutes": (st.integers(0, 40).map(lambda n: n / 4), FLOATS + TEXTS),
}


def array(values, kind):
    """Of this Arrow type, the same cells."""
    words = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(words) or pa.types.is_large_string(words) or pa.types.is_string_view(words):
        texts = pa.array([None if v is None else cell(v) for v in values], pa.string())
        if pa.types.is_dictionary(kind):
            return texts.cast(words).dictionary_encode().cast(kind)
        return texts.cast(words)
    if pa.types.is_floating(kind):
        return pa.array([None if v is None else float(v) for v in values], pa.float64()).cast(kind)
    if pa.types.is_integer(kind):
        return pa.array([None if v is None else int(v) for v in values], kind)
    if pa.types.is_temporal(kind):
        return pa.array(values, pa.date32()).cast(kind)
    return pa.array(values, kind)


@st.composite
def tables(draw, columns, most, least=0):
    """A table's cells, and the same as an Arrow table: of drawn types, in drawn chunks, looked at through an offset."""
    rows = draw(st.integers(least, most))
    cells = {name: draw(st.lists(values if name == "child_id" else st.none() | values, min_size=rows, max_size=rows)) for name, (values, _) in columns.items()}
    made = pa.table({name: array(cells[name], draw(st.sampled_from(types))) for name, (_, types) in columns.items()})
    before = draw(st.integers(0, min(9, rows)))
    padded = pa.concat_tables([made.slice(0, before), made]).combine_chunks().slice(before)
    cuts = sorted(draw(st.lists(st.integers(0, rows), max_size=3)))
    chunks = [padded.slice(a, b - a) for a, b in zip([0, *cuts], [*cuts, rows])]
    return cells, pa.concat_tables(chunks)


def as_pandas(table):
    return table.to_pandas(date_as_object=False)


WAYS = {
    "pyarrow": lambda t: t,
    "polars": lambda t: pl.DataFrame(t),
    "pandas": as_pandas,
    "lists": lambda t: {n: t.column(n).to_pylist() for n in t.column_names},
}


class Oracle:
    """The plain evaluator, waiting for folders."""

    def __init__(self, folder):
        self.pack = Path(folder) / "pack.sight"
        self.pack.write_text(PACK_TEXT, encoding="utf-8")
        self.process = subprocess.Popen([ORACLE, str(self.pack), AS_OF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def says(self, folder):
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        out = {}
        while line := self.process.stdout.readline().rstrip("\n"):
            key, low, high, *outcomes = line.split("\t")
            out[key] = (float(low), float(high), outcomes)
        assert self.process.poll() is None
        return out


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    if not ORACLE:
        pytest.skip("EARLYSIGHT_ORACLE names no earlysight-oracle")
    one = Oracle(tmp_path_factory.mktemp("oracle"))
    yield one
    one.process.stdin.close()
    one.process.wait()


def said(result):
    out = {r["child_id"]: (r["score_low"], r["score_high"], []) for r in result.table("scores")}
    for r in result.table("outcomes"):
        out[r["child_id"]][2].append(r["outcome"])
    return out


@given(child=tables(CHILD, 9, least=1), visit=tables(VISIT, 14), way=st.sampled_from(sorted(WAYS)))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="EARLYSIGHT_CASES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_frames_of_any_type_say_what_the_plain_evaluator_says(oracle, child, visit, way):
    with tempfile.TemporaryDirectory() as folder:
        for name, (cells, _) in (("child", child), ("visit", visit)):
            with open(Path(folder) / f"{name}.csv", "w", encoding="utf-8", newline="") as h:
                csv.writer(h).writerows([list(cells), *([cell(v) for v in row] for row in zip(*cells.values()))])
        want = oracle.says(folder)
        files = PACK.score(folder, as_of=AS_OF)
    frames = PACK.score(child=WAYS[way](child[1]), visit=WAYS[way](visit[1]), as_of=AS_OF, outcomes="all")
    assert said(frames) == want
    rows = lambda result, first: [(r["file"].removesuffix(".csv"), r["line"] - first, r["column"], r["reason"]) for r in result.table("rejected")]  # noqa: E731
    assert rows(frames, 1) == rows(files, 2)
