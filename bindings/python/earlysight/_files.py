# SPDX-License-Identifier: Apache-2.0
"""Files that hold tables: CSV and Excel as rows of cells, Parquet as a frame of whatever library can read it."""
from __future__ import annotations

import csv
import importlib.util
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ._errors import ArgumentError, DataError, MachineError

EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
TEXT = (".csv", ".txt", ".tsv")
COLUMNAR = (".parquet", ".pq")


@dataclass
class Cells:
    """The cells of a sheet: headers, a list a column, and the line at which each row begins."""

    file: str
    headers: list[str]
    columns: list[list[Any]]
    lines: list[int]
    blank: int = 0
    faults: dict[int, str] = field(default_factory=dict)  # by row: what is wrong with it as a whole


def words(cell: Any) -> str:
    """A cell as text: whole numbers without a point, days without a time."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return " ".join(str(cell).split())


def _cells(file: str, rows: Iterable[tuple[int, list[Any]]], header: int) -> Cells:
    """From numbered rows. Rows without any cell are passed over; a row with too few or too many cells is kept, and marked."""
    headers: list[str] | None = None
    columns: list[list[Any]] = []
    lines: list[int] = []
    blank, faults = 0, {}
    for line, row in rows:
        if headers is None:
            if line < header:
                continue
            headers = [words(cell).lstrip("\ufeff").strip() for cell in row]
            while headers and not headers[-1]:
                headers.pop()
            if not headers:
                raise DataError(f"{file}: line {line} is empty, and should name the columns; where the names stand in another line, say which: header=3")
            columns = [[] for _ in headers]
            continue
        if all(cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()) for cell in row):
            blank += 1
            continue
        if len(row) < len(headers) or any(words(cell) for cell in row[len(headers) :]):
            faults[len(lines)] = f"the row has {len(row)} cells and the header {len(headers)}"
        for i, column in enumerate(columns):
            column.append(row[i] if i < len(row) else None)
        lines.append(line)
    if headers is None:
        raise DataError(f"{file} is empty: a line must name the columns")
    return Cells(file, headers, columns, lines, blank, faults)


def read_text(path: Path, encoding: str, delimiter: str, header: int) -> Cells:
    """A CSV file. The encoding and the delimiter are as told; what does not fit them is an error that names what would."""
    file = path.name
    if len(delimiter) != 1:
        raise ArgumentError(f"delimiter is one character, such as \";\" or \"\\t\"; {delimiter!r} is not that")
    try:
        start = path.open("rb").read(4096)
    except OSError as e:
        raise MachineError(f"cannot read {path}: {e.strerror}") from e
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") and not encoding.lower().startswith(("utf-16", "utf16")):
        raise DataError(f'{file} is UTF-16 text, as Excel\'s "Unicode Text" is: es.read(…, encoding="utf-16", delimiter="\\t")')
    utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8")

    def rows() -> Iterable[tuple[int, list[Any]]]:
        with path.open(encoding="utf-8-sig" if utf8 else encoding, newline="") as lines:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            begin = 1
            for row in reader:
                yield begin, row
                begin = reader.line_num + 1

    try:
        cells = _cells(file, rows(), header)
    except UnicodeDecodeError as e:
        hint = (
            'Excel on Windows often saves so: es.read(…, encoding="cp1252"), or save it as "CSV UTF-8"' if utf8 else "give the encoding in which it was saved"
        )
        raise DataError(f"{file} is not {encoding} text (byte {e.object[e.start]:#x}): {hint}") from e
    except LookupError as e:
        raise ArgumentError(f'there is no encoding {encoding!r}; "utf-8" and "cp1252" are the usual ones') from e
    except csv.Error as e:
        raise DataError(f"{file} cannot be read as CSV: {e}; look for a quotation mark that is not closed, or not doubled inside a cell") from e
    if len(cells.headers) == 1:
        for other, name in ((";", '";"'), ("\t", '"\\t"'), ("|", '"|"'), (",", '","')):
            if other != delimiter and other in cells.headers[0]:
                raise DataError(f"{file}: the header has one column, {cells.headers[0]!r}; its cells seem to be parted otherwise: es.read(…, delimiter={name})")
    return cells


def read_excel(path: Path, sheet: str | None, header: int) -> Cells:
    """A sheet of a workbook, through openpyxl, else through pandas and what it has installed."""
    if path.suffix.lower() in (".xlsx", ".xlsm") and importlib.util.find_spec("openpyxl"):
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            name = _sheet_name(path, book.sheetnames, sheet)
            return _cells(f"{path.name}, {name}", ((i, list(row)) for i, row in enumerate(book[name].iter_rows(values_only=True), 1)), header)
        finally:
            book.close()
    if importlib.util.find_spec("pandas"):
        import pandas as pd

        try:
            with pd.ExcelFile(path) as opened:
                name = _sheet_name(path, [str(n) for n in opened.sheet_names], sheet)
                frame = opened.parse(name, header=None, dtype=object)
        except ImportError as e:
            raise ArgumentError(f"{path.name} needs a library to be read: {e}") from e
        return _cells(
            f"{path.name}, {name}", ((i, [None if cell != cell else cell for cell in row]) for i, row in enumerate(frame.itertuples(index=False), 1)), header
        )
    raise ArgumentError(f"{path.name} needs a library to be read: pip install openpyxl, or save the sheet as CSV UTF-8")


def _sheet_name(path: Path, names: list[str], asked: str | None) -> str:
    if asked is None and len(names) == 1:
        return names[0]
    if asked in names:
        return str(asked)
    said = "has several sheets; say which" if asked is None else f"has no sheet {asked!r}"
    raise ArgumentError(f"{path.name} {said}: sheet={' or '.join(repr(n) for n in names)}")


def parts_of(path: Path) -> list[Path]:
    """The Parquet files of one table: the file, or those of a folder, in the order of their names. Hidden files and markers such as _SUCCESS are none."""
    if path.is_file():
        return [path]
    return sorted(
        p for p in path.rglob("*") if p.suffix.lower() in COLUMNAR and p.is_file() and not any(n.startswith((".", "_")) for n in p.relative_to(path).parts)
    )


def read_parquet(path: Path) -> Any:
    """A frame of the library at hand: one that the caller has imported, else one that is installed."""
    files = [os.fspath(p) for p in parts_of(path)]
    if not files:
        raise ArgumentError(f"{path} holds no Parquet file")
    readers = {"pyarrow": _by_pyarrow, "polars": _by_polars, "duckdb": _by_duckdb, "pandas": _by_pandas}
    for name in [n for n in readers if n in sys.modules] + [n for n in readers if n not in sys.modules and importlib.util.find_spec(n)]:
        # pandas reads Parquet through pyarrow or fastparquet.
        if name == "pandas" and not importlib.util.find_spec("fastparquet"):
            continue
        try:
            return readers[name](files)
        except ImportError:
            continue
        except OSError as e:
            raise MachineError(f"cannot read {path}: {e}") from e
        except Exception as e:
            raise DataError(f"{path} cannot be read as Parquet by {name}: {e}") from e
    raise ArgumentError(f"{path} needs a library that reads Parquet: pip install pyarrow, polars or duckdb")


def _by_pyarrow(files: list[str]) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = [pq.ParquetFile(file).read() for file in files]
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default")


def _by_polars(files: list[str]) -> Any:
    import polars as pl

    return pl.read_parquet(files, hive_partitioning=False)


def _by_duckdb(files: list[str]) -> Any:
    import duckdb

    probe: Any = duckdb.sql("select 1")
    try:
        probe.__arrow_c_stream__(None)
    except duckdb.Error as e:
        raise ImportError("this DuckDB needs pyarrow to hand over its tables") from e
    return duckdb.read_parquet(files)


def _by_pandas(files: list[str]) -> Any:
    import pandas as pd

    frames = [pd.read_parquet(file, engine="fastparquet") for file in files]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def tables_in(folder: Path, names: Iterable[str]) -> dict[str, Path] | None:
    """Where each table of a folder is: TABLE.csv, TABLE.parquet, or a folder TABLE or TABLE.parquet of Parquet files. None: there are CSV files only."""
    found: dict[str, Path] = {}
    for name in names:
        places = [folder / f"{name}.csv", *(folder / f"{name}{ending}" for ending in COLUMNAR), folder / name]
        there = [p for p in places if p.is_file() or (p.is_dir() and parts_of(p))]
        if len(there) > 1:
            raise ArgumentError(f"{folder} holds table {name} twice: {there[0].name} and {there[1].name}; keep one of them")
        if there:
            found[name] = there[0]
    return found if any(p.suffix != ".csv" for p in found.values()) else None
