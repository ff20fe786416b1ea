# SPDX-License-Identifier: Apache-2.0
"""What a run says."""
from __future__ import annotations

import html
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from . import _core, _html, _input, _kept
from ._asked import Asked
from ._plot import Plot
from ._sheet import Change
from ._table import Table

MOST_SHOWN = 12  # rules in a notebook, the others folded away

TableName = Literal["outcomes", "matrix", "flags", "scores", "actions", "missing", "rejected"]


@dataclass(frozen=True)
class RowCounts:
    """Rows of a table: read = used + rejected.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> result = pack.score(child={"child_id": ["a", "b"], "year": ["6", "six"]}, as_of="2025-06-20")
    >>> result.counts["child"]
    RowCounts(read=2, used=1, rejected=1, ignored_columns=())
    """

    read: int
    used: int
    rejected: int
    ignored_columns: tuple[str, ...]


@dataclass(frozen=True)
class ColumnUse:
    """How a column came in: the type found, and whether its memory is looked at where it is (viewed) or was converted once.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> result = pack.score(child={"child_id": ["a", "b"], "year": ["6", "six"]}, as_of="2025-06-20")
    >>> [(use.column, use.found, use.viewed) for use in result.columns]
    [('child_id', 'a list', False), ('year', 'a list', False)]
    """

    table: str
    column: str
    found: str
    viewed: bool


def _again(state: dict[str, Any], library: str, all_outcomes: bool, asked: Asked, changes: dict[str, tuple[Change, ...]], warnings: list[str]) -> Result:
    return Result(_kept.KeptRun(state), library, all_outcomes, asked, changes, warnings)


class Explanation:
    """Why rules say what they say of one child; shows itself in a notebook.

    Attributes
    ----------
    text, markdown, html, json : str
        The explanation, as ``earlysight explain --format`` prints it.
    child : str
    rules : list of str
        The rules explained.
    outcomes : dict
        The outcome of each.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> result = pack.score(child={"child_id": ["a", "b"], "year": ["6", "six"]}, as_of="2025-06-20")
    >>> why = result.explain("a", rule="r")
    >>> why.rules, why.outcomes
    (['r'], {'r': 'fires'})
    >>> print(why.text.splitlines()[0])
    a: R
    """

    __slots__ = ("child", "outcomes", "text", "markdown", "html", "json")
    child: str
    outcomes: dict[str, str]
    text: str
    markdown: str
    html: str
    json: str

    def __init__(self, child: str, outcomes: dict[str, str], text: str, markdown: str, html: str, json: str) -> None:
        for name, value in zip(self.__slots__, (child, outcomes, text, markdown, html, json)):
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[type[Explanation], tuple[Any, ...]]:
        return (Explanation, tuple(getattr(self, name) for name in self.__slots__))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an explanation is read-only")

    @property
    def rules(self) -> list[str]:
        return list(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    def __repr__(self) -> str:
        return self.text.rstrip("\n")

    def _repr_html_(self) -> str:
        if not self.outcomes:
            return f"<p>{html.escape(self.text)}</p>"
        return _html.part(self.html)


class Result:
    """What a run says of every child; read-only. Tables are worked out when they are first asked for.

    Pickled, as by multiprocessing and caches, with all its tables; the children's data stay behind, so that a result that comes back has no `explain`,
    `write` or ``summary(by=…)``.

    ``outcomes``, ``flags``, ``scores``, ``actions``, ``missing`` and ``rejected`` are frames of the library that the child table came in (pandas, Polars,
    pyarrow, DuckDB), else `Table`. ``table(name)`` always gives a `Table`.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> result = pack.score(child={"child_id": ["a", "b"], "year": ["6", "six"]}, as_of="2025-06-20")
    >>> [(row["line"], row["column"], row["value"]) for row in result.rejected]
    [(2, 'year', 'six')]
    >>> result.counts["child"].used, result.counts["child"].rejected
    (1, 1)
    >>> result.explain("a").outcomes
    {'r': 'fires'}
    """

    def __init__(
        self,
        run: _core.Run | _kept.KeptRun,
        library: str,
        all_outcomes: bool,
        asked: Asked,
        changes: dict[str, tuple[Change, ...]] | None = None,
        warnings: list[str] | None = None,
    ) -> None:
        self.__dict__.update(_run=run, _library=library, _all=all_outcomes, _asked=asked, _changes=changes or {}, _warnings=warnings or [])

    _run: _core.Run | _kept.KeptRun
    _asked: Asked
    _library: str
    _all: bool
    _changes: dict[str, tuple[Change, ...]]
    _warnings: list[str]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a result is read-only")

    def __reduce__(self) -> Any:
        return (_again, (_kept.state_of(self._run, self._all), self._library, self._all, self._asked, self._changes, self._warnings))

    def table(self, name: TableName) -> Table:
        """A result table by its name, whatever library the data came in."""
        return Table(self._run.table(name, self._all))

    def _frame(self, name: TableName) -> Any:
        return _input.to_library(self.table(name), self._library)

    @cached_property
    def outcomes(self) -> Any:
        """Child key, rule, outcome: what fires or cannot tell, or (``score(outcomes="all")``) every child and rule."""
        return self._frame("outcomes")

    @cached_property
    def matrix(self) -> Any:
        """A row a child, a column a rule: silent, fires, cannot_tell, not_applicable; a byte a cell."""
        return self._frame("matrix")

    @cached_property
    def flags(self) -> Any:
        """Child key, flag, level, state (raised or cannot_tell), rules, points, because."""
        return self._frame("flags")

    @cached_property
    def scores(self) -> Any:
        """Child key, score_low, score_high, band_low, band_high: a row a child, in the order of the child table."""
        return self._frame("scores")

    @cached_property
    def actions(self) -> Any:
        """Child key, rule, action, by, due, because."""
        return self._frame("actions")

    @cached_property
    def missing(self) -> Any:
        """Child key, rule, table, column: what would have decided each cannot_tell; no column: the whole table."""
        return self._frame("missing")

    @cached_property
    def rejected(self) -> Any:
        """Rows that could not be used: file (or table), line (of frames: the row, from 1), column, value, reason."""
        return self._frame("rejected")

    def summary(self, by: str | None = None) -> Any:
        """Counts a rule and outcome; with `by`, a column of the child table, for each of its values too (missing: none is known).

        Parameters
        ----------
        by : str, optional
            Such as ``"school"`` or ``"sen"``.

        Examples
        --------
        >>> import earlysight as es
        >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
        >>> result = pack.score(child={"child_id": ["a", "b"], "year": [6, 7]}, as_of="2025-06-20")
        >>> [(row["year"], row["rule"], row["fires"], row["silent"]) for row in result.summary(by="year")]
        [('6', 'r', 1, 0), ('7', 'r', 0, 1)]
        """
        return _input.to_library(Table(self._run.summary(by or "")), self._library)

    def explain(self, child: object, rule: str | None = None) -> Explanation:
        """Why a child is, or is not, on the list.

        Parameters
        ----------
        child : str or int
            The child's key.
        rule : str, optional
            One rule, whether it fired or not; default: those that fire or cannot tell.
        """
        key = str(child)
        found = self._run.explain(key, rule)
        text = _core.explanation_text(found) if found else f"No rule fires for {key}, and none cannot tell; rule=NAME explains one that is silent.\n"
        markdown = _core.explanation_markdown(found) if found else text
        return Explanation(key, {e.rule: e.outcome for e in found}, text, markdown, _core.explanation_html(found), _core.explanation_json(found))

    @property
    def plot(self) -> Plot:
        """Pictures of this result; see `Plot`. Needs matplotlib: ``pip install earlysight[pictures]``."""
        return Plot(self)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes the folder of results that ``earlysight score --out`` writes, whole or not at all."""
        self._run.write(folder, self._all)

    @property
    def children(self) -> int:
        """How many children were scored."""
        return self._run.children

    @property
    def warnings(self) -> list[str]:
        """What is to be said of the data: tables and columns that rules read and that are not there, rows that were rejected."""
        return self._warnings + self._run.warnings

    @property
    def changes(self) -> dict[str, tuple[Change, ...]]:
        """What reading changed, by table: of tables given as sheets (`read`); see `Change`."""
        return dict(self._changes)

    @property
    def counts(self) -> dict[str, RowCounts]:
        """Rows read, used and rejected, by table."""
        return {name: RowCounts(read, used, rejected, tuple(ignored)) for name, read, used, rejected, ignored in self._run.counts}

    @property
    def columns(self) -> list[ColumnUse]:
        """How each column came in: viewed where it is, or converted."""
        return [ColumnUse(*u) for u in self._run.uses]

    @property
    def seconds(self) -> tuple[float, float]:
        """Seconds to read the data, and to score."""
        return self._run.seconds

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("a result has tables: .outcomes, .flags, .scores, .actions, .missing, .rejected")

    def __repr__(self) -> str:
        return self._run.summary_text().rstrip("\n")

    def _repr_html_(self) -> str:
        title, under = (*repr(self).splitlines(), "", "")[:2]
        rows = [(r["rule"], *(r[o] for o in ("fires", "cannot_tell", "silent", "not_applicable"))) for r in Table(self._run.summary(""))]
        heads = ("rule", "fires", "cannot tell", "silent", "does not apply")
        telling = sorted((r for r in rows if r[1] or r[2]), key=lambda r: (-r[1], -r[2], r[0]))

        def shown(some: list[tuple[Any, ...]]) -> str:
            return _html.table(heads, [(name, *(f"{n:,}" for n in numbers)) for name, *numbers in some], 4)

        out = [f"<h4 style='margin-bottom:.2em'>{html.escape(title)}</h4><p>{html.escape(under)}</p>"]
        out.append(shown(telling[:MOST_SHOWN]) if telling else "<p>No rule fires, and none cannot tell.</p>")
        if len(rows) > len(telling[:MOST_SHOWN]):
            out.append(_html.folded(f"All {len(rows):,} rules, by name", shown(rows)))
        counts = self.counts
        rejected = sum(c.rejected for c in counts.values())
        out.append(
            _html.folded(
                f"Data: {len(counts):,} tables, {sum(c.read for c in counts.values()):,} rows read, {rejected:,} rejected",
                _html.table(("table", "read", "used", "rejected"), [(name, f"{c.read:,}", f"{c.used:,}", f"{c.rejected:,}") for name, c in counts.items()], 3),
                is_open=0 < rejected,
            )
        )
        if self.warnings:
            out.append(
                _html.folded(
                    f"{len(self.warnings):,} warning{'' if len(self.warnings) == 1 else 's'} about the data",
                    _html.listed(self.warnings),
                    is_open=len(self.warnings) <= 5,
                )
            )
        return "".join(out)
