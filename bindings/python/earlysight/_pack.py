# SPDX-License-Identifier: Apache-2.0
"""Packs: loaded, checked, tested, laid out, and scored."""
from __future__ import annotations

import datetime
import html
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from . import _core, _files, _html, _input, _read, _sheet
from ._core import Pack as CorePack
from ._asked import Asked
from ._diagnostics import Diagnostics, TestReport, diagnostics_of
from ._errors import ArgumentError, PackError
from ._progress import Tick, ticking
from ._result import Result
from ._table import Table

MOST_SHOWN = 20  # rules in a notebook, the others folded away


def _params(params: Mapping[str, object] | None) -> list[tuple[str, str]]:
    def text(value: object) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat()[:10]
        return str(value)

    return [(name, text(value)) for name, value in (params or {}).items()]


class Pack:
    """A checked rule pack: read-only, shared by threads, pickled by its path (or text) and digest.

    Made by `load` or `loads`.

    Attributes
    ----------
    name, title, version : str
        As the pack says them.
    digest : str
        SHA-256 of the pack's files, used ones included.
    path : str
        Where it was read from.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> pack
    <Pack p 1.0: 1 rule, 0 facts, 0 examples; 1 warning>
    >>> pack.name, pack.version, pack.params
    ('p', '1.0', {})
    """

    __slots__ = ("_core", "path", "_text", "name", "title", "version", "digest")
    _core: CorePack
    path: str
    _text: str | None
    name: str
    title: str
    version: str
    digest: str

    def __init__(self, core: CorePack, path: str, text: str | None) -> None:
        values = {"_core": core, "path": path, "_text": text, "name": core.name, "title": core.title, "version": core.version, "digest": core.digest}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a pack is read-only: change its files and load it again")

    def __reduce__(self) -> tuple[Callable[[str, str | None, str], Pack], tuple[str, str | None, str]]:
        return (_again, (self.path if self._text is not None else os.path.abspath(self.path), self._text, self.digest))

    def check(self) -> Diagnostics:
        """The warnings of the pack (a pack with errors is not loaded: see `PackError`)."""
        return diagnostics_of(self._core)

    def test(self, params: Mapping[str, object] | None = None) -> TestReport:
        """Runs the pack's own examples.

        Examples
        --------
        >>> import earlysight as es
        >>> pack = es.loads('''pack p "P" version "1.0"
        ... table child
        ...   child_id key
        ...   year count
        ... flag at_risk "At risk"
        ... rule y6 "Year 6" when year is 6 raise at_risk
        ... example "a child in Year 6" on 2025-06-20
        ...   given child year 6
        ...   expect y6 fires
        ... ''')
        >>> bool(pack.test()), pack.test().passed
        (True, 1)
        """
        return TestReport(*self._core.test(_params(params)))

    def format(self) -> dict[str, str]:
        """The canonical layout of the pack's own files, by path. Nothing is written; ``earlysight fmt PACK`` does that."""
        return self._core.format()

    @property
    def rules(self) -> Table:
        """The rules that run: rule, title, flags, level, points, own (not from a used pack), file, line.

        Examples
        --------
        >>> import earlysight as es
        >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
        >>> [(row["rule"], row["flags"], row["points"]) for row in pack.rules]
        [('r', 'f', 0.0)]
        """
        return Table(self._core.rules())

    @property
    def tables(self) -> Table:
        """Every table and column that the pack declares: type, values of categories, what an empty cell says, whether any rule reads it.

        Examples
        --------
        >>> import earlysight as es
        >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
        >>> [(row["table"], row["column"], row["type"], row["read_by_rules"]) for row in pack.tables]
        [('child', 'child_id', 'key', True), ('child', 'year', 'count', True)]
        """
        return Table(self._core.tables())

    @property
    def params(self) -> dict[str, str]:
        """The params and their values; empty where one must be set."""
        return {name: value for name, value, _ in self._core.params}

    @property
    def bands(self) -> dict[str, float]:
        """The bands of the score, lowest first, and the points from which each counts; empty where the pack has none.

        Examples
        --------
        >>> import earlysight as es
        >>> es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\nband red from 80 points\\nband green from 0 points\\n').bands
        {'green': 0.0, 'red': 80.0}
        """
        return dict(self._core.bands)

    def score(
        self,
        data: Any = None,
        *,
        as_of: str | datetime.date,
        params: Mapping[str, object] | None = None,
        threads: int | None = None,
        strict: bool = False,
        max_rejected: float | str | None = None,
        outcomes: Literal["some", "all"] = "some",
        progress: bool | Tick | None = None,
        **tables: Any,
    ) -> Result:
        """Every child and rule.

        Parameters
        ----------
        data : path or mapping, optional
            A folder of files, one a table: ``child.csv``, ``child.parquet``, or a folder ``child`` of Parquet files (read through pyarrow, Polars, DuckDB or
            fastparquet); or a mapping of table names to tables. Else give the tables by name: ``child=…, attendance=…``.
        as_of : str or date
            The day as of which the rules are asked, such as ``"2025-06-20"``.
        params : mapping, optional
            Values for this run: ``{"long_wait": "26 weeks", "falling_by": "8 points"}``.
        threads : int, optional
            How many threads; default: as many as the machine has. The results do not depend on it.
        strict : bool
            A row that cannot be used ends the run with `DataError`.
        max_rejected : float or str, optional
            The share of a table's rows that may be rejected: ``0.02`` or ``"2%"``.
        outcomes : {"some", "all"}
            Whether `Result.outcomes` lists what fires or cannot tell, or every child and rule.
        progress : bool or callable, optional
            A bar on standard error (tqdm's, where it is installed); default: on a terminal and in a notebook. Or a function that is called now and then
            with ``"loading"`` or ``"scoring"`` and the share that is done, None where that cannot be told. Ctrl-C stops either.
        **tables
            Tables by name: sheets of `read`, pandas or Polars frames, pyarrow tables, DuckDB relations, dicts of NumPy arrays or lists, or anything with
            ``__arrow_c_stream__`` or ``__arrow_c_array__``. Columns in any order; those that no table declares are ignored.

        Returns
        -------
        Result
            Its tables are frames of the library that the child table came in.

        Raises
        ------
        DataError
            A column of a type that cannot be meant, a table without its key, too many rejected rows.
        ArgumentError
            A table, param or value that the pack does not have.

        Examples
        --------
        >>> import earlysight as es
        >>> pack = es.loads('''pack p "P" version "1.0"
        ... table child
        ...   child_id key
        ...   year count
        ... flag at_risk "At risk"
        ... rule y6 "Year 6" when year is 6 raise at_risk
        ... ''')
        >>> result = pack.score(child={"child_id": ["a", "b", "c"], "year": [6, 7, None]}, as_of="2025-06-20")
        >>> [(row["child_id"], row["outcome"]) for row in result.outcomes]
        [('a', 'fires'), ('c', 'cannot_tell')]
        """
        folder: str | os.PathLike[str] | None = None
        given: dict[str, Any] = dict(tables)
        if isinstance(data, (str, os.PathLike)):
            if tables:
                raise ArgumentError("give data=FOLDER or tables by name, not both")
            folder = data
            if (places := _files.tables_in(Path(data), self._core.table_names)) is not None:
                # One table is read as it is needed.
                folder, given = None, {name: _read.Place(path) for name, path in places.items()}
        elif isinstance(data, Mapping):
            twice = sorted(set(data) & set(tables))
            if twice:
                raise ArgumentError(f"table {twice[0]} is given twice")
            given = {**data, **tables}
        elif data is not None:
            raise ArgumentError("data is a folder of CSV or Parquet files, or a mapping of table names to tables; give a single table by its name: child=…")
        given = {name: frame for name, frame in given.items() if frame is not None}
        if folder is None and "child" not in given:
            unknown = [name for name in given if name not in self._core.table_names]
            raise ArgumentError(f"the pack declares no table {unknown[0]}" if unknown else "table child is missing: a cohort is made of children")
        if threads is not None and not 1 <= threads <= 1024:
            raise ArgumentError(f"threads is from 1 to 1024; {threads} is not that")
        if outcomes not in ("some", "all"):
            raise ArgumentError(f'outcomes is "some" or "all"; {outcomes!r} is not that')
        day = as_of.isoformat()[:10] if isinstance(as_of, datetime.date) else str(as_of)
        changes: dict[str, tuple[_sheet.Change, ...]] = {}
        warnings: list[str] = []
        with ticking(progress) as tick:
            ready = self._tables(given, changes, warnings)
            run = self._core.score(ready, folder, day, _params(params), threads or 0, strict, _share(max_rejected), tick)
        library = _input.library_of(given["child"]) if folder is None else "earlysight"
        asked = Asked(self, day, given if folder is None else folder, dict(params or {}))
        return Result(run, library, outcomes == "all", asked, changes, warnings)

    def _tables(
        self, given: Mapping[str, Any], changes: dict[str, tuple[_sheet.Change, ...]], warnings: list[str]
    ) -> Iterator[tuple[str, _input.Given, dict[str, Any] | None]]:
        for name, frame in given.items():
            types = dict(self._core.types_of(name))
            if isinstance(frame, _read.Place):
                frame = frame.read()
            if isinstance(frame, _sheet.Sheet):
                columns, notes, made, more = frame._given(types)
                changes[name] = frame.changes + made
                warnings += more
                yield name, columns, notes
            else:
                yield name, _input.table(name, frame, types), None

    def __repr__(self) -> str:
        rules, facts, examples = self._core.counts
        rule, fact, example, warning = (
            f"{n} {what}{'' if n == 1 else 's'}" for n, what in ((rules, "rule"), (facts, "fact"), (examples, "example"), (len(self.check()), "warning"))
        )
        return f"<Pack {self.name} {self.version}: {rule}, {fact}, {example}; {warning}>"

    def _repr_html_(self) -> str:
        rows = [(r["rule"], r["title"], r["flags"].replace(";", ", "), f"{r['points']:g}") for r in self.rules]
        heads = ("rule", "title", "flags", "points")
        few = len(rows) <= MOST_SHOWN
        shown = _html.table(heads, rows if few else rows[:MOST_SHOWN], 1)
        more = "" if few else _html.folded(f"{len(rows) - MOST_SHOWN:,} more rules", _html.table(heads, rows[MOST_SHOWN:], 1))
        warnings = self.check()
        notes = _html.folded(f"{len(warnings):,} warnings", warnings._repr_html_()) if warnings else "<p>No errors, no warnings.</p>"
        about = f"<small style='{_html.MUTED}'>{html.escape(self.name)} {html.escape(self.version)}, {len(rows):,} rules</small>"
        return f"<h4 style='margin-bottom:.2em'>{html.escape(self.title or self.name)} {about}</h4>{shown}{more}{notes}"


def _share(given: float | str | None) -> float | None:
    if given is None:
        return None
    try:
        share = float(given[:-1]) / 100 if isinstance(given, str) and given.endswith("%") else float(given)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ArgumentError(f"max_rejected needs a share such as 0.02 or \"2%\"; {given!r} is not that")
    return share


def _made(core: _core.Pack, path: str, text: str | None) -> Pack:
    if not core.usable:
        raise PackError(path, diagnostics_of(core))
    return Pack(core, path, text)


def _again(path: str, text: str | None, digest: str) -> Pack:
    pack = load(path) if text is None else loads(text, path)
    if pack.digest != digest:
        raise ArgumentError(f"{path} is not the pack that was pickled: its files have changed since")
    return pack


def load(path: str | os.PathLike[str]) -> Pack:
    """Reads and checks a pack: a .sight file, or a folder of them.

    Parameters
    ----------
    path : path
        Such as ``"rules/transition"``.

    Raises
    ------
    PackError
        The pack has errors; ``.diagnostics`` holds each with its place.
    ArgumentError, MachineError
        There is no such path, or a file cannot be read.

    Examples
    --------
    >>> import earlysight as es
    >>> es.load("no/such/pack")
    Traceback (most recent call last):
    ...
    earlysight.ArgumentError: there is no pack at no/such/pack
    """
    return _made(_core.load(path), os.fspath(path), None)


def loads(text: str, name: str = "pack.sight") -> Pack:
    """The same for text in memory; ``use`` is an error there.

    Examples
    --------
    >>> import earlysight as es
    >>> try:
    ...     es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\nflag f "F"\\nrule r "R" when yaer is 6 raise f\\n')
    ... except es.PackError as e:
    ...     print(e.diagnostics[0].severity, e.diagnostics[0].line)
    error 5
    """
    return _made(_core.load_text(name, text), name, text)


def dummy(
    pack: Pack,
    children: int = 1000,
    seed: int = 1,
    *,
    start: str | datetime.date = "2023-09-04",
    end: str | datetime.date = "2025-06-20",
    profile: str | None = None,
    threads: int | None = None,
) -> dict[str, Table]:
    """A cohort of invented children: a table for each that the pack declares, ready for ``pack.score(data, as_of=…)``.

    Parameters
    ----------
    pack : Pack
        Whose tables to fill.
    children, seed : int
        How many; another seed invents other children. The same pack, values and version give the same tables.
    start, end : str or date
        The first day to tell of, and the day on which the extract is taken.
    profile : str, optional
        The text of a profile: how common everything is (``examples/profiles/england.profile`` lists every figure).

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> data = es.dummy(pack, children=20, seed=1)
    >>> len(data["child"]), len(pack.score(data, as_of="2025-06-20").scores)
    (20, 20)
    """
    if not 1 <= children <= 50_000_000:
        raise ArgumentError(f"children is from 1 to 50,000,000; {children} is not that")
    days = [d.isoformat()[:10] if isinstance(d, datetime.date) else d for d in (start, end)]
    made = (Table(t) for t in pack._core.dummy(children, seed, days[0], days[1], profile, threads or 0))
    return {t.name: t for t in made}
