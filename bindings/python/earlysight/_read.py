# SPDX-License-Identifier: Apache-2.0
"""`es.read`: spreadsheets, Parquet files and frames made sheets."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from . import _core, _files, _input
from ._dates import checked_order
from ._errors import ArgumentError, DataError
from ._sheet import Change, Sheet, plain_name

TRUTHS = {True: "yes", False: "no", "yes": "yes", "no": "no", None: None, "": None}


def read(
    source: Any,
    columns: Mapping[str, str | None] | None = None,
    *,
    dates: str | Mapping[str, str] = "ymd",
    two_digit_years: int | None = None,
    yes_no: Mapping[str, bool | str | None] | None = None,
    values: Mapping[str, Mapping[str, str | None]] | None = None,
    repeats: Literal["keep", "drop"] = "keep",
    sheet: str | None = None,
    header: int = 1,
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> Sheet:
    """A spreadsheet as it is, given the pack's names and words; for ``pack.score(child=es.read(…))``.

    Cells are kept as they are written (``007`` stays ``007``). A row that cannot be used is rejected under the sheet's own line, header and cell.
    Headers lose the spaces around them and become names as the language writes them: ``Pupil ID `` is ``pupil_id``, unless `columns` says otherwise.

    Parameters
    ----------
    source : path or frame
        A CSV file; an Excel sheet (through openpyxl or pandas); a Parquet file, or a folder of them (through pyarrow, Polars, DuckDB or fastparquet);
        or any frame that ``pack.score`` takes.
    columns : mapping, optional
        The pack's name for a header: ``{"Pupil ID": "child_id"}``; upper and lower case and spaces of the header do not matter. None leaves the column out.
    dates : str or mapping
        How text dates are written, in the columns that the pack declares as dates: ``"dmy"`` (20/06/2025, 20.6.2025, 20-Jun-2025), ``"mdy"``, ``"ymd"``, or a
        pattern such as ``"%d%m%Y"``; for one column, ``{"made": "dmy"}``. Year-month-day is always understood.
    two_digit_years : int, optional
        What to add to a year of two digits: with 2000, 04/03/24 is in 2024. Without it such a row is rejected.
    yes_no : mapping, optional
        Words of yes/no columns, whatever their case: ``{"consented": True, "refused": False, "?": None}``. ``yes``, ``no``, ``y``, ``n``, ``true``, ``false``,
        ``1`` and ``0`` are always understood.
    values : mapping, optional
        The pack's words for the cells of a column: ``{"sen": {"E": "ehcp", "K": "support", "N": "none"}}``; None is an empty cell. Cells must be equal but for
        spaces around them.
    repeats : {"keep", "drop"}
        "drop": of rows that are the same in every cell, the first is read. Two different rows of one child are for a person to mend.
    sheet : str, optional
        The name of the Excel sheet; needed where there are several.
    header : int
        The line that names the columns, from 1; what stands above is passed over.
    encoding, delimiter : str
        Of a CSV file. Files of Excel on Windows may need ``encoding="cp1252"`` or ``delimiter=";"``; nothing is guessed.

    Returns
    -------
    Sheet
        ``.report`` says what was changed.

    Raises
    ------
    DataError
        The file is of another encoding, has a header twice, or cannot be read as what it is called.
    ArgumentError
        A header, sheet or word that is not there; no library that reads the file.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('''pack p "P" version "1.0"
    ... table child
    ...   child_id key
    ...   born date
    ...   sen category (none, support, ehcp)
    ... flag f "F"
    ... rule r "R" when sen is ehcp raise f
    ... ''')
    >>> children = es.read({"Pupil ID": ["001", "002"], "Born ": ["4/3/2014", "31/02/2014"], "SEN": ["E", "N"]},
    ...                    columns={"Pupil ID": "child_id"}, dates="dmy", values={"sen": {"E": "ehcp", "N": "none"}})
    >>> print(children)
    the table: 2 rows
      "Pupil ID": is child_id
      "Born": is born
      "SEN": is sen
      "SEN": values taken as the pack's words, such as E → ehcp: 2 cells
    >>> result = pack.score(child=children, as_of="2025-06-20")
    >>> [(row["line"], row["column"], row["value"], row["reason"]) for row in result.rejected]
    [(2, 'Born', '31/02/2014', 'there is no such day')]
    """
    cells, library = _opened(source, sheet, header, encoding, delimiter)
    return _Reader(cells, library).read(columns or {}, dates, two_digit_years, yes_no or {}, values or {}, repeats)


class Place:
    """A table's file, or its folder of Parquet files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Any:
        return plain(self.path) if self.path.suffix == ".csv" else _files.read_parquet(self.path)


def plain(source: str | os.PathLike[str]) -> Sheet:
    """A CSV file of a folder: its headers are the pack's names."""
    cells, library = _opened(source, None, 1, "utf-8", ",")
    return _Reader(cells, library).read({h: h for h in cells.headers if h}, "ymd", None, {}, {}, "keep", report=False)


def _opened(source: Any, sheet: str | None, header: int, encoding: str, delimiter: str) -> tuple[_files.Cells | _Frame, str]:
    if not isinstance(source, (str, os.PathLike)):
        return _Frame("the table", source), _input.library_of(source)
    path = Path(source)
    ending = path.suffix.lower()
    if not path.exists():
        raise ArgumentError(f"there is no file {path}")
    if path.is_dir() or ending in _files.COLUMNAR:
        return _Frame(path.name, _files.read_parquet(path)), "earlysight"
    if ending in _files.EXCEL:
        return _files.read_excel(path, sheet, header), "earlysight"
    if sheet is not None:
        raise ArgumentError(f"{path.name} has no sheets: sheet= is for Excel files")
    if ending and ending not in _files.TEXT:
        raise ArgumentError(f"{path.name} is no CSV, Excel or Parquet file by its name; read it yourself, and give the frame to es.read")
    return _files.read_text(path, encoding, delimiter, header), "earlysight"


class _Frame:
    """A frame's columns, read once; texts are fetched where they are needed."""

    def __init__(self, file: str, frame: Any) -> None:
        if not isinstance(frame, Mapping) and hasattr(frame, "_given"):
            raise ArgumentError("this is a sheet already: give it to pack.score")
        self.file = file
        source = _core.read_source(file, _input.table(file, frame, _input.Everything()))
        self.headers = [_files.words(name).lstrip("\ufeff") for name, _, _ in source.columns]
        self.columns: list[Any] = [("source", source, i, text) for i, (_, _, text) in enumerate(source.columns)]
        self.lines: Sequence[int] = range(1, source.rows + 1)
        self.blank = 0
        self.faults: dict[int, str] = {}


class _Reader:
    """From cells to a sheet: names, words, repeats."""

    def __init__(self, cells: _files.Cells | _Frame, library: str) -> None:
        self.cells = cells
        self.library = library
        self.changes: list[Change] = []

    def read(self, columns: Mapping[str, str | None], dates: str | Mapping[str, str], two_digit_years: int | None, yes_no: Mapping[str, bool | str | None],
             values: Mapping[str, Mapping[str, str | None]], repeats: str, report: bool = True) -> Sheet:
        headers = self._names(columns)
        held = {name: self.cells.columns[i] for name, i in headers.items()}
        names = {name: self.cells.headers[i] for name, i in headers.items()}
        if report:
            for name, shown in names.items():
                if name != shown:
                    self.changes.append(Change(name, shown, f"is {name}", 0))
            if self.cells.blank:
                self.changes.append(Change("", "", f"empty rows passed over: {self.cells.blank}", self.cells.blank))
        lines, faults = self.cells.lines, self.cells.faults
        if repeats == "drop":
            lines, faults = self._drop_repeats(held)
        elif repeats != "keep":
            raise ArgumentError(f'repeats is "keep" or "drop"; {repeats!r} is not that')
        original = {name: self._mapped(name, names[name], held, dict(words)) for name, words in self._by_name(values, names, "values").items()}
        if isinstance(dates, str):
            orders = {"": checked_order(dates)}
        else:
            orders = {name: checked_order(order) for name, order in self._by_name(dates, names, "dates").items()}
        truths: dict[str, str | None] = {}
        for word, truth in yes_no.items():
            if truth not in TRUTHS:
                raise ArgumentError(f"yes_no says True, False or None of a word; {truth!r} is none of them")
            truths[word.strip().casefold()] = TRUTHS[truth]
        return Sheet(
            file=self.cells.file,
            headers=names,
            changes=tuple(self.changes),
            _columns=held,
            _lines=lines,
            _faults=faults,
            _rows=len(lines),
            _dates=orders,
            _two_digit_years=two_digit_years,
            _yes_no=truths,
            _library=self.library,
            _original=original,
        )

    def _names(self, columns: Mapping[str, str | None]) -> dict[str, int]:
        headers = self.cells.headers
        asked: dict[int, str | None] = {}
        for header, name in columns.items():
            shown = " ".join(header.split())
            at = [i for i, h in enumerate(headers) if h == shown] or [i for i, h in enumerate(headers) if h and plain_name(h) == plain_name(shown)]
            if not at:
                raise ArgumentError(f'{self.cells.file} has no column "{shown}"{self._meant(shown, [h for h in headers if h])}')
            if len(at) > 1:
                raise DataError(f'{self.cells.file} has two columns called "{headers[at[0]]}" (the {at[0] + 1}. and the {at[1] + 1}.): rename one in the sheet')
            asked[at[0]] = name
        out: dict[str, int] = {}
        for i, header in enumerate(headers):
            name = asked.get(i, plain_name(header) if i not in asked else None)
            if not name:
                continue
            if name in out:
                other = headers[out[name]]
                raise DataError(f'{self.cells.file}: the columns "{other}" and "{header}" would both be {name}; leave one out: columns={{"{header}": None}}')
            out[name] = i
        return out

    def _meant(self, name: str, names: list[str]) -> str:
        by_name = {plain_name(n): n for n in names}
        near = _core.nearest(plain_name(name), list(by_name))
        return (f'; did you mean "{by_name[near]}"?' if near else ".") + " Its columns are: " + ", ".join(names[:20]) + (", …" if len(names) > 20 else "")

    def _by_name(self, given: Mapping[str, Any], names: Mapping[str, str], what: str) -> dict[str, Any]:
        """By the pack's names; a header will do too."""
        out = {}
        for column, value in given.items():
            found = [n for n in names if n == column] or [n for n, header in names.items() if plain_name(header) == plain_name(column)]
            if not found:
                raise ArgumentError(f'{what}: {self.cells.file} has no column "{column}"{self._meant(column, list(names))}')
            out[found[0]] = value
        return out

    def _texts(self, column: Any) -> list[Any]:
        return column if isinstance(column, list) else column[1].words(column[2])

    def _mapped(self, name: str, header: str, held: dict[str, Any], words: dict[Any, str | None]) -> list[Any]:
        cells = self._texts(held[name])
        wanted = {_files.words(k): v for k, v in words.items()}
        out: list[Any] = []
        first, n, others = "", 0, 0
        for cell in cells:
            text = _files.words(cell)
            if text in wanted:
                cell = wanted[text]
                if cell != text:
                    n += 1
                    first = first or f"{text} → {cell or 'empty'}"
            elif text:
                others += 1
            out.append(cell)
        held[name] = out
        if n:
            self.changes.append(Change(name, header, f"values taken as the pack's words, such as {first}: {n} cell{'' if n == 1 else 's'}", n))
        if others:
            self.changes.append(Change(name, header, f"cells that values= does not name, left as they are: {others}", others))
        return cells

    def _drop_repeats(self, held: dict[str, Any]) -> tuple[Sequence[int], dict[int, str]]:
        columns = [self._texts(c) for c in self.cells.columns]
        seen: set[tuple[str, ...]] = set()
        kept: list[int] = []
        for i in range(len(self.cells.lines)):
            row = tuple(_files.words(column[i]) for column in columns)
            if row not in seen:
                seen.add(row)
                kept.append(i)
        dropped = len(self.cells.lines) - len(kept)
        if not dropped:
            return self.cells.lines, self.cells.faults
        for name in held:
            texts = self._texts(held[name])
            held[name] = [texts[i] for i in kept]
        self.changes.append(Change("", "", f"rows the same in every cell as one before, read once: {dropped}", dropped))
        return [self.cells.lines[i] for i in kept], {new: self.cells.faults[old] for new, old in enumerate(kept) if old in self.cells.faults}
