# SPDX-License-Identifier: Apache-2.0
"""Tables that come out: read by any Arrow library, or made a frame."""
from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from . import _core
from ._core import Table as CoreTable

SHOWN = 10


class Table:
    """A read-only table of results.

    Offers ``__arrow_c_stream__``, so that ``polars.DataFrame(table)``, ``pyarrow.table(table)`` and DuckDB read it without a copy; rules, outcomes,
    flags, levels and bands are dictionary-encoded. Shape: ``len(table)`` rows, ``table.columns`` names.

    Examples
    --------
    >>> import earlysight as es
    >>> rules = es.loads('''pack p "P" version "1.0"
    ... table child
    ...   child_id key
    ...   year count
    ... flag at_risk "At risk"
    ... rule y6 "Year 6" when year is 6 raise at_risk
    ... ''').rules
    >>> rules.columns[:2], len(rules)
    (['rule', 'title'], 1)
    >>> next(iter(rules))["title"]
    'Year 6'
    """

    __slots__ = ("_core",)
    _core: CoreTable

    def __init__(self, core: CoreTable) -> None:
        object.__setattr__(self, "_core", core)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a result table is read-only; make a frame of it: .to_pandas(), .to_polars(), .to_arrow()")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_again, (self._core.state(),))

    @property
    def name(self) -> str:
        """What the table holds: outcomes, flags, …"""
        return self._core.name

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        return self._core.names

    def __len__(self) -> int:
        return self._core.rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = self.columns
        for row in range(len(self)):
            yield {name: self._core.cell(row, c) for c, name in enumerate(names)}

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as an Arrow C stream of one batch; a requested schema is not followed, as the protocol allows."""
        return self._core.stream()

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``, without a copy. Needs pyarrow."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> Any:
        """A ``polars.DataFrame``. Needs Polars."""
        import polars

        return polars.DataFrame(self)

    def to_numpy(self) -> dict[str, Any]:
        """A dict of NumPy arrays, a column each: texts as objects (None where there is none), days as ``datetime64[D]``, codes as their words. Needs NumPy."""
        import numpy as np

        out: dict[str, Any] = {}
        for i in range(len(self.columns)):
            name, values, missing, words = self._arrays(i)
            if words is not None:
                texts = np.array([*words, None], dtype=object)
                values = texts[np.where(missing, len(words), values) if missing is not None else values]
            elif missing is not None and values.dtype == np.bool_:
                values = values.astype(object)
                values[missing] = None
            elif missing is not None and values.dtype.kind == "i":
                values = values.astype("f8")
                values[missing] = np.nan
            elif missing is not None and values.dtype.kind == "f":
                values = np.where(missing, np.nan, values)
            elif missing is not None and values.dtype.kind == "M":
                values = values.copy()
                values[missing] = np.datetime64("NaT")
            out[name] = values
        return out

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``: codes as ordered-as-declared categoricals, days as timestamps. Needs pandas; does not need pyarrow."""
        import numpy as np
        import pandas as pd

        out: dict[str, Any] = {}
        for i in range(len(self.columns)):
            name, values, missing, words = self._arrays(i)
            if words is not None:
                out[name] = pd.Categorical.from_codes(np.where(missing, -1, values) if missing is not None else values, categories=words)
            elif values.dtype == object:
                out[name] = pd.Series(values, dtype="str" if int(pd.__version__.split(".")[0]) >= 3 else object)
            elif values.dtype.kind == "M":
                days = values.astype("datetime64[s]")
                if missing is not None:
                    days[missing] = np.datetime64("NaT")
                out[name] = days
            elif values.dtype == np.bool_:
                series = pd.Series(values, dtype="boolean" if missing is not None else "bool")
                if missing is not None:
                    series[missing] = pd.NA
                out[name] = series
            elif missing is not None and values.dtype.kind == "f":
                out[name] = np.where(missing, np.nan, values)
            else:
                out[name] = values
        return pd.DataFrame(out)

    def _arrays(self, i: int) -> tuple[str, Any, Any, list[str] | None]:
        # Name, values, where cells are missing (or None), words of codes (or None).
        import numpy as np

        name, kind, values, valid, words = self._core.column(i)
        rows = len(self)

        def bits(packed: bytes) -> Any:
            return np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")[:rows].astype(bool)

        missing = None if valid is None else ~bits(valid)
        if kind == "text":
            array = np.empty(rows, dtype=object)
            array[:] = values
            return name, array, None, None
        if kind == "bit":
            return name, bits(values), missing, None
        if kind == "day":
            return name, np.frombuffer(values, "i4").astype("datetime64[D]"), missing, None
        if kind in ("code1", "code4"):
            return name, np.frombuffer(values, "i1" if kind == "code1" else "i4"), missing, words
        return name, np.frombuffer(values, kind), missing, None

    def _text(self, row: int, column: int) -> str:
        value = self._core.cell(row, column)
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

    def __repr__(self) -> str:
        names = self.columns
        shown = range(min(len(self), SHOWN))
        cells = [[self._text(r, c) for c in range(len(names))] for r in shown]
        cells = [[t if len(t) <= 40 else t[:39] + "…" for t in row] for row in cells]
        widths = [max([len(n), *(len(row[c]) for row in cells)]) for c, n in enumerate(names)]
        lines = [f"{self.name}: {len(self):,} row{'' if len(self) == 1 else 's'}", "  ".join(n.ljust(w) for n, w in zip(names, widths)).rstrip()]
        lines += ["  ".join(t.ljust(w) for t, w in zip(row, widths)).rstrip() for row in cells]
        if len(self) > SHOWN:
            lines.append(f"… and {len(self) - SHOWN:,} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        names = self.columns
        head = "".join(f"<th style='text-align:left'>{html.escape(n)}</th>" for n in names)
        rows = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(self._text(r, c))}</td>" for c in range(len(names))) + "</tr>"
            for r in range(min(len(self), SHOWN))
        )
        more = f"<p>… and {len(self) - SHOWN:,} more</p>" if len(self) > SHOWN else ""
        return f"<table><caption>{html.escape(self.name)}: {len(self):,} rows</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _again(state: tuple[Any, ...]) -> Table:
    return Table(_core.table_from(state))
