# SPDX-License-Identifier: Apache-2.0
"""A part of a cohort: rows of every table of some children come in, rows of every result table go out. Runs where the data is; knows no Spark."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ._core import engine_version
from ._errors import MachineError
from ._pack import Pack, load, loads
from ._result import Result

ROWS_AT_ONCE = 10_000  # of results handed on: bounds the memory of the reader
RESULTS = ("scores", "flags", "actions", "missing", "rejected", "counts")
COUNTS = [("table", "string"), ("read", "bigint"), ("used", "bigint"), ("rejected", "bigint"), ("doubted", "bigint")]
OUTCOMES = "outcomes of the rules"  # beside a child's score: a digit a rule


@dataclass
class Slots:
    """Several tables in the columns of one: a column takes a slot of its type, and the tables share the slots.

    Attributes
    ----------
    types : list of str
        The type of each slot.
    names, places : dict
        By table: its columns, and the slot of each.
    """

    types: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)

    def add(self, table: str, columns: Iterable[tuple[str, str]]) -> None:
        free = list(range(len(self.types)))
        self.names[table], self.places[table] = [], []
        for name, kind in columns:
            slot = next((s for s in free if self.types[s] == kind), len(self.types))
            if slot == len(self.types):
                self.types.append(kind)
            else:
                free.remove(slot)
            self.names[table].append(name)
            self.places[table].append(slot)

    @property
    def tables(self) -> list[str]:
        return list(self.names)


@dataclass(frozen=True)
class Source:
    """A pack's own text, so that it can be read where its files are not."""

    path: str
    digest: str
    files: tuple[tuple[str, str], ...]

    @staticmethod
    def of(pack: Pack) -> Source:
        if pack._text is not None:
            return Source(pack.path, pack.digest, (("", pack._text),))
        files = [(os.path.abspath(path), text) for path, text in pack._core.sources]
        own = os.path.abspath(pack.path)
        root = os.path.commonpath([own if os.path.isdir(own) else os.path.dirname(own), *(os.path.dirname(path) for path, _ in files)])
        return Source(os.path.relpath(own, root), pack.digest, tuple((os.path.relpath(path, root), text) for path, text in files))


@lru_cache(maxsize=8)
def pack_of(source: Source) -> Pack:
    if source.files[0][0] == "":
        pack = loads(source.files[0][1], source.path)
    else:
        with tempfile.TemporaryDirectory(prefix="earlysight-") as folder:
            for path, text in source.files:
                target = os.path.join(folder, path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8", newline="") as h:
                    h.write(text)
            pack = load(os.path.join(folder, source.path))
    if pack.digest != source.digest:
        raise MachineError(f"the pack {source.path} did not arrive as it was sent: its digest is {pack.digest}, and {source.digest} was expected")
    return pack


@dataclass(frozen=True)
class Job:
    """What every part is told. The first columns of the rows that come in: table (its place in `inputs`), key of the child, line; then the slots."""

    source: Source
    engine: str
    key: str
    as_of: str
    params: Mapping[str, object]
    threads: int
    inputs: Slots
    results: Slots


def arrow_type(kind: str) -> Any:
    import pyarrow as pa

    return {"string": pa.string(), "double": pa.float64(), "bigint": pa.int64(), "date": pa.date32()}[kind]


def split(job: Job, batches: Iterable[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tables of a part in the order of their lines, and the lines."""
    import pyarrow as pa
    import pyarrow.compute as pc

    tables = job.inputs.tables
    parts: dict[str, list[Any]] = {name: [] for name in tables}
    for batch in batches:
        numbers = pc.unique(batch.column(0)).to_pylist()
        for number in numbers:
            name = tables[number]
            rows = batch if len(numbers) == 1 else batch.filter(pc.equal(batch.column(0), number))
            columns = [rows.column(2), rows.column(1), *(rows.column(3 + place) for place in job.inputs.places[name])]
            narrow = pa.RecordBatch.from_arrays(columns, names=["", job.key, *job.inputs.names[name]])
            # Copied, so that the slots of other tables, which came in the same stretch of memory, are given back.
            parts[name].append(narrow.filter(pa.array([True]).take(pa.array([0] * len(narrow)))) if rows is batch else narrow)
    given, lines = {}, {}
    for name in tables:
        if parts[name]:
            table = pa.Table.from_batches(parts.pop(name))
            if not in_order(table.column(0)):
                table = table.take(pc.sort_indices(table.column(0)))
        else:
            table = without_rows(["", job.key, *job.inputs.names[name]])
        lines[name] = table.column(0)
        given[name] = table.select(range(1, table.num_columns))
    return given, lines


def without_rows(columns: list[str]) -> Any:
    """No rows, of no type: the engine takes such a column for any."""
    import pyarrow as pa

    return pa.table([pa.nulls(0)] * len(columns), names=columns)


def in_order(numbers: Any) -> bool:
    last = None
    for chunk in numbers.chunks:
        values = chunk.to_numpy(zero_copy_only=False)
        if len(values) and ((last is not None and values[0] < last) or (values[1:] < values[:-1]).any()):
            return False
        last = values[-1] if len(values) else last
    return True


def outcomes_of(result: Result) -> Any:
    """A text a child, a digit a rule: the place of the outcome among its words."""
    import numpy as np
    import pyarrow as pa

    core = result.table("matrix")._core
    rules, rows = len(core.names) - 1, core.rows
    digits = np.empty((rows, rules), np.uint8)
    for i in range(rules):
        digits[:, i] = np.frombuffer(core.column(i + 1)[2], np.uint8)
    digits += ord("0")
    offsets = np.arange(rows + 1, dtype=np.int64) * rules
    return pa.Array.from_buffers(pa.large_string(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(digits)])


def plain(table: Any) -> Any:
    """With words in place of codes."""
    import pyarrow as pa

    columns = [c.cast(c.type.value_type) if pa.types.is_dictionary(c.type) else c for c in table.columns]
    return pa.table(columns, names=table.column_names)


def counts_of(result: Result, tables: Iterable[str]) -> Any:
    import pyarrow as pa

    doubted = dict(result._run.doubted)
    counts = result.counts
    rows = [(t, counts[t].read, counts[t].used, counts[t].rejected, doubted.get(t, 0)) for t in tables if t in counts]
    return pa.table({name: pa.array([row[i] for row in rows], arrow_type(kind)) for i, (name, kind) in enumerate(COUNTS)})


def result_tables(result: Result, tables: Iterable[str], lines: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The result tables of a part: lines are those of the whole tables, and of lookup tables, which every part has, nothing is said."""
    import pyarrow as pa
    import pyarrow.compute as pc

    yield "scores", plain(result.table("scores").to_arrow()).append_column(OUTCOMES, outcomes_of(result))
    for name in ("flags", "actions", "missing"):
        yield name, plain(result.table(name).to_arrow())
    rejected = plain(result.table("rejected").to_arrow())
    for name in tables:
        mine = rejected.filter(pc.equal(rejected.column("file"), name))
        if len(mine):
            at = mine.column_names.index("line")
            yield "rejected", mine.set_column(at, "line", lines[name].take(pc.subtract(mine.column("line"), pa.scalar(1, pa.int64()))))
    yield "counts", counts_of(result, tables)


def run(job: Job, lookups: Mapping[str, bytes], batches: Iterable[Any]) -> Iterator[Any]:
    """Scores one part: Arrow batches in, Arrow batches out."""
    import pyarrow as pa

    if engine_version != job.engine:
        raise MachineError(f"this executor has earlysight {engine_version}, and the driver {job.engine}: install the same wheel everywhere")
    given, lines = split(job, batches)
    if not any(len(table) for table in given.values()):
        return
    tables = list(given)
    given.update((name, pa.ipc.open_stream(data).read_all()) for name, data in lookups.items())
    result = pack_of(job.source).score(given, as_of=job.as_of, params=job.params, threads=job.threads)
    for name, table in result_tables(result, tables, lines):
        for start in range(0, len(table), ROWS_AT_ONCE):
            yield shared(job.results, name, table.slice(start, ROWS_AT_ONCE))


def shared(slots: Slots, name: str, table: Any) -> Any:
    """Rows of a result table in the slots that all share; before them, which table."""
    import pyarrow as pa

    columns = [pa.array([slots.tables.index(name)], pa.int32()).take(pa.array([0] * len(table), pa.int32()))]
    by_place = dict(zip(slots.places[name], range(table.num_columns)))
    for slot, kind in enumerate(slots.types):
        if slot in by_place:
            column = table.column(by_place[slot]).cast(arrow_type(kind))
            columns.append(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))
        else:
            columns.append(pa.nulls(len(table), arrow_type(kind)))
    return pa.RecordBatch.from_arrays(columns, names=["t", *(f"s{i}" for i in range(len(slots.types)))])
