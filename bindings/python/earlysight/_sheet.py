# SPDX-License-Identifier: Apache-2.0
"""Sheets: tables as analysts have them, given the pack's names and words, each row under its own line number."""
from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import _core, _files, _input
from ._dates import ORDERS, read_date

Refused = tuple[int, str, str, str]  # row from 0, column, value, reason


@dataclass(frozen=True)
class Change:
    """Something that a sheet's reading changed, or passed over.

    Attributes
    ----------
    column : str
        The pack's name of the column; empty where it is about rows.
    header : str
        The column's name in the sheet.
    what : str
        What was done, in words.
    cells : int
        How many cells (or rows) were changed; 0 for a name.

    Examples
    --------
    >>> import earlysight as es
    >>> sheet = es.read({"Pupil ID": ["a"], "Year": [6]}, columns={"Pupil ID": "child_id"})
    >>> [(change.header, change.what, change.cells) for change in sheet.changes]
    [('Pupil ID', 'is child_id', 0), ('Year', 'is year', 0)]
    """

    column: str
    header: str
    what: str
    cells: int

    def __str__(self) -> str:
        where = f'"{self.header}"' if self.header else ""
        return f"{where}{': ' if where else ''}{self.what}"


def plain_name(header: str) -> str:
    """A header as the language writes names: ``Pupil ID`` is ``pupil_id``."""
    return re.sub(r"\W+", "_", header.casefold()).strip("_")


class Sheet:
    """A table read by `read`, for ``pack.score(child=sheet)``; read-only.

    Nothing of it is guessed: ``sheet.report`` says what reading changed, ``result.changes`` also what the pack's types made of it: which dates were
    turned, which words were taken for yes or no.

    Attributes
    ----------
    file : str
        What rejected rows call it.
    headers : dict
        The sheet's own header by the name that its column has now.
    changes : tuple of Change
        What was changed in reading.
    report : str
        The same in sentences.

    Examples
    --------
    >>> import earlysight as es
    >>> sheet = es.read({"Pupil ID": ["007"], "Year": ["6"]}, columns={"Pupil ID": "child_id"})
    >>> len(sheet), sheet.columns, sheet.headers["child_id"]
    (1, ['child_id', 'year'], 'Pupil ID')
    """

    __slots__ = ("file", "headers", "changes", "_columns", "_lines", "_faults", "_rows", "_dates", "_two_digit_years", "_yes_no", "_library", "_original")

    file: str
    headers: dict[str, str]
    changes: tuple[Change, ...]
    _columns: dict[str, Any]
    _lines: Sequence[int]
    _faults: dict[int, str]
    _rows: int
    _dates: dict[str, str]
    _two_digit_years: int | None
    _yes_no: dict[str, str | None]
    _library: str
    _original: dict[str, list[Any]]

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a sheet is read-only: read it again with other words")

    def __reduce__(self) -> tuple[Any, ...]:
        values = {name: getattr(self, name) for name in self.__slots__}
        # Of frames, the cells as a file would hold them.
        values["_columns"] = {name: c if isinstance(c, list) else c[1].words(c[2]) for name, c in self._columns.items()}
        return (_again, (values,))

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the order of the sheet."""
        return list(self._columns)

    @property
    def report(self) -> str:
        return "".join(f"{line}\n" for line in (f"{self.file}: {len(self)} rows", *(f"  {change}" for change in self.changes)))

    def __len__(self) -> int:
        return self._rows

    def __repr__(self) -> str:
        return self.report.rstrip("\n")

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.report)}</pre>"

    def _given(self, types: Mapping[str, str]) -> tuple[_input.Given, dict[str, Any], tuple[Change, ...], list[str]]:
        # For a table of these columns: what the engine reads, what it is to know beside it, what was changed, what is to be warned of.
        binding = _Binding(self, types)
        columns = [(name if name in types else self._shown(name), binding.column(name)) for name in self._columns]
        if self._faults:
            first = next((c for c in types if types[c] != "key" and c in self._columns), next(iter(types), ""))
            binding.refused[:0] = [(row, first, "", reason) for row, reason in self._faults.items()]
        notes = {"ignored": [], "refused": binding.refused, "origin": _Origin(self, set(binding.converted))}
        return ("columns", columns), notes, tuple(binding.changes), self._not_read(types)

    def _cells(self) -> dict[str, list[Any]]:
        return {name: c if isinstance(c, list) else c[1].words(c[2]) for name, c in self._columns.items()}

    def _of(self, key: str, child: str) -> Sheet:
        # The rows of one child, under their own line numbers; of a sheet without the key every row.
        cells = self._cells()
        at = [i for i, cell in enumerate(cells[key]) if str(cell or "").strip() == child] if key in cells else range(len(self))
        values = {name: getattr(self, name) for name in self.__slots__}
        values |= {
            "_columns": {name: [column[i] for i in at] for name, column in cells.items()},
            "_lines": [self._lines[i] for i in at],
            "_rows": len(at),
            "_original": {},
        }
        values["_faults"] = {row: self._faults[i] for row, i in enumerate(at) if i in self._faults}
        return Sheet(**values)

    def _read_cells(self, types: Mapping[str, str]) -> dict[str, list[Any]]:
        # The cells as the pack's types read them: days as year-month-day; what cannot be read is None.
        binding = _Binding(self, types)
        return {name: list(given[2]) for name in self._cells() if (given := binding.column(name))[0] == "list"}

    def _shown(self, name: str) -> str:
        header = self.headers[name]
        return header if header not in self._columns else name

    def _not_read(self, types: Mapping[str, str]) -> list[str]:
        out = []
        for name in self._columns:
            absent = [c for c in types if c not in self._columns]
            meant = _core.nearest(name, absent) if name not in types and absent else ""
            if meant:
                out.append(f'{self.file}: column "{self.headers[name]}" is not read; is it {meant}? Then say so: columns={{"{self.headers[name]}": "{meant}"}}')
        return out


class _Origin:
    """What the sheet calls the rows that were rejected."""

    def __init__(self, sheet: Sheet, converted: set[str]) -> None:
        self.file = sheet.file
        self._sheet = sheet
        self._converted = converted

    def named(self, rows: list[tuple[int, str, str, str]]) -> list[tuple[int, str, str, str]]:
        sheet, out = self._sheet, []
        for row, column, value, reason in rows:
            line = sheet._lines[row]
            if sheet._faults.get(row) == reason:
                out.append((line, "", "", reason))
                continue
            original = sheet._original.get(column)
            if original is not None:
                value = _files.words(original[row]) or value
            out.append((line, sheet.headers.get(column, column), value, reason))
        return out


class _Binding:
    """The cells of a sheet as a pack's table wants them."""

    def __init__(self, sheet: Sheet, types: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.types = types
        self.refused: list[Refused] = []
        self.changes: list[Change] = []
        self.converted: list[str] = []

    def column(self, name: str) -> _input.Given:
        if name not in self.types:
            return ("ignored",)
        values = self.sheet._columns[name]
        kind = self.types[name]
        order = self.sheet._dates.get(name, self.sheet._dates.get("", "ymd"))
        texts = isinstance(values, list) or values[3]
        if kind == "date" and texts:
            return self._converted(name, values, lambda t: read_date(t, order, self.sheet._two_digit_years), f"read as {ORDERS.get(order, order)}")
        if kind == "yes/no" and self.sheet._yes_no and texts:
            return self._converted(name, values, self._truth, "read by yes_no")
        return ("list", "text", values) if isinstance(values, list) else values[:3]

    def _truth(self, text: str) -> tuple[str | None, str]:
        return self.sheet._yes_no.get(text.casefold(), text), ""

    def _converted(self, name: str, values: Any, read: Any, what: str) -> _input.Given:
        cells = values if isinstance(values, list) else values[1].words(values[2])
        known: dict[str, tuple[str | None, str]] = {}
        out: list[Any] = []
        changed: dict[str, str] = {}
        n = 0
        for row, cell in enumerate(cells):
            if not isinstance(cell, str) or not (text := cell.strip()):
                out.append(cell)
                continue
            made = known.get(text)
            if made is None:
                made = known[text] = read(text)
            value, reason = made
            if reason:
                self.refused.append((row, name, text, reason))
            elif value != text:
                n += 1
                changed.setdefault(text, value or "empty")
            out.append(value)
        if n:
            first = " → ".join(next(iter(changed.items())))
            self.changes.append(Change(name, self.sheet.headers[name], f"{what}, such as {first}: {n} cell{'' if n == 1 else 's'}", n))
        self.converted.append(name)
        self.sheet._original.setdefault(name, cells)
        return ("list", "text", out)


def _again(values: dict[str, Any]) -> Sheet:
    return Sheet(**values)
