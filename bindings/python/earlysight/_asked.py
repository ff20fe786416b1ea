# SPDX-License-Identifier: Apache-2.0
"""What a run was asked: the pack, the day, and the caller's tables, looked into again where a picture shows rows."""
from __future__ import annotations

import csv
import datetime
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _input, _read
from ._errors import ArgumentError
from ._sheet import Sheet
from ._table import Table

if TYPE_CHECKING:
    from ._pack import Pack

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class About:
    """What a picture says of the pack: its title, the name of the children's key, the titles of its rules, and its bands."""

    title: str
    key: str
    titles: dict[str, str]
    bands: dict[str, float]


@dataclass
class Asked:
    """The question of a run. The tables are the caller's own objects, not copies; when it is pickled they stay behind."""

    pack: Pack | None
    as_of: str
    data: Mapping[str, Any] | str | os.PathLike[str] | None
    params: Mapping[str, object]

    def __getstate__(self) -> dict[str, Any]:
        return {"pack": None, "as_of": self.as_of, "data": None, "params": {}, "about": self.about}

    @cached_property
    def about(self) -> About:
        pack = self._pack
        key = next(str(row["column"]) for row in pack.tables if row["table"] == "child" and row["type"] == "key")
        return About(pack.title or pack.name, key, {row["rule"]: row["title"] or row["rule"] for row in pack.rules}, pack.bands)

    @property
    def _pack(self) -> Pack:
        if self.pack is None:
            raise ArgumentError("this picture looks into the children's data, which a pickled result does not carry: score again")
        return self.pack

    def given(self) -> list[str]:
        """The tables that the run was given."""
        if isinstance(self.data, Mapping):
            return list(self.data)
        return [name for name in self._pack._core.table_names if (Path(self.data or "") / f"{name}.csv").exists()]

    def again(self, tables: Mapping[str, Any], day: datetime.date, rule: str) -> str | None:
        """What the rule says of the only child of some tables, as of another day."""
        result = self._pack.score(tables, as_of=day, params=self.params, threads=1)
        return next((str(row[rule]) for row in result.table("matrix")), None)

    def columns(self, table: str, wanted: Iterable[str]) -> Columns:
        """Some columns of a whole table, as lists of Python values; those that the table does not have are left out."""
        names = list(wanted)
        frame = self._frame(table)
        if isinstance(frame, Path):
            return _csv(frame, None, names)
        if isinstance(frame, Sheet):
            return {name: cells for name, cells in frame._cells().items() if name in names}
        return _columns(table, frame, None, names)

    def of_child(self, table: str, child: str) -> Columns | Sheet:
        """The rows of one child, as a table to score; of a table without the child's key (a lookup) every row."""
        frame, where = self._frame(table), (self.about.key, child)
        if isinstance(frame, Path):
            return _csv(frame, where, None)
        return frame._of(*where) if isinstance(frame, Sheet) else _columns(table, frame, where, None)

    def shown(self, table: str, child: str) -> Columns:
        """The same as lists of Python values, by the pack's names."""
        rows = self.of_child(table, child)
        return rows._read_cells(dict(self._pack._core.types_of(table))) if isinstance(rows, Sheet) else rows

    def _frame(self, table: str) -> Any:
        if not isinstance(self.data, Mapping):
            self._pack  # says that the data stayed behind
            return Path(self.data or "") / f"{table}.csv"
        frame = self.data[table]
        return frame.read() if isinstance(frame, _read.Place) else frame


def _csv(path: Path, where: tuple[str, str] | None, wanted: list[str] | None) -> Columns:
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        names = [name.strip() for name in next(reader, [])]
        at = names.index(where[0]) if where and where[0] in names else -1
        rows = [row for row in reader if len(row) == len(names) and (at < 0 or where is None or row[at].strip() == where[1])]
    return {name: [row[i].strip() for row in rows] for i, name in enumerate(names) if wanted is None or name in wanted}


def _columns(table: str, frame: Any, where: tuple[str, str] | None, wanted: list[str] | None) -> Columns:
    # Each library filters its own frame: only a child's rows become Python objects.
    library = _input.library_of(frame)
    if isinstance(frame, Table):
        frame = frame.to_numpy()
    if library == "pandas" and hasattr(frame, "columns"):
        if any(name is not None for name in frame.index.names):
            frame = frame.reset_index()
        if where and where[0] in frame.columns:
            frame = frame[frame[where[0]].astype(str) == where[1]]
        chosen = [name for name in frame.columns if wanted is None or name in wanted]
        return {str(name): _plain(frame[name].astype(object).where(frame[name].notna(), None).tolist()) for name in chosen}
    if library == "polars":
        import polars as pl

        lazy = frame.lazy()
        names = lazy.collect_schema().names()
        if where and where[0] in names:
            lazy = lazy.filter(pl.col(where[0]).cast(pl.String) == where[1])
        return dict(lazy.select([name for name in names if wanted is None or name in wanted]).collect().to_dict(as_series=False))
    if library == "duckdb":
        import duckdb

        if where and where[0] in frame.columns:
            frame = frame.filter(duckdb.ColumnExpression(where[0]).cast("VARCHAR") == duckdb.ConstantExpression(where[1]))
        chosen = [name for name in frame.columns if wanted is None or name in wanted]
        rows = frame.select(*[duckdb.ColumnExpression(name) for name in chosen]).fetchall()
        return {name: [row[i] for row in rows] for i, name in enumerate(chosen)}
    if library == "pyarrow" and hasattr(frame, "column_names"):
        chosen = [name for name in frame.column_names if wanted is None or name in wanted]
        if where and where[0] in frame.column_names:
            import pyarrow as pa
            import pyarrow.compute as pc

            frame = frame.filter(pc.equal(pc.cast(frame[where[0]], pa.string()), where[1]))
        return {name: frame[name].to_pylist() for name in chosen}
    if isinstance(frame, Mapping):
        columns = {str(name): _plain(_values(values)) for name, values in frame.items() if wanted is None or name in wanted or (where and name == where[0])}
        if where and where[0] in columns:
            at = [i for i, value in enumerate(columns[where[0]]) if str(value) == where[1]]
            columns = {name: [values[i] for i in at] for name, values in columns.items()}
        return columns
    raise ArgumentError(
        f"a picture looks into table {table} again, and {type(frame).__module__}.{type(frame).__qualname__} cannot be looked into twice; "
        "score a pandas or Polars frame, a pyarrow table, a DuckDB relation or a folder"
    )


def _values(column: Any) -> list[Any]:
    # NumPy makes whole numbers of nanoseconds; a day is meant.
    if getattr(getattr(column, "dtype", None), "kind", "") == "M":
        column = column.astype("datetime64[D]")
    return list(column.tolist()) if hasattr(column, "tolist") else list(column)


def _plain(values: list[Any]) -> list[Any]:
    # NaN and NaT differ from themselves; both are an empty cell.
    return [None if value is None or value != value else value for value in values]
