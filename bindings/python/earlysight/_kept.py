# SPDX-License-Identifier: Apache-2.0
"""A run that was pickled: its tables and what it said, without the data that it looked into."""
from __future__ import annotations

import os
from typing import Any, NoReturn

from . import _core
from ._errors import ArgumentError

TABLES = ("outcomes", "matrix", "flags", "scores", "actions", "missing", "rejected")
SAID = ("children", "warnings", "seconds", "counts", "uses", "doubted")


def state_of(run: _core.Run | KeptRun, all_outcomes: bool) -> dict[str, Any]:
    """All that a result says, as plain values."""
    state: dict[str, Any] = {name: getattr(run, name) for name in SAID}
    state["tables"] = {name: run.table(name, all_outcomes).state() for name in TABLES}
    state["summary"] = run.summary("").state()
    state["text"] = run.summary_text()
    return state


class KeptRun:
    """Answers as `_core.Run` does, as far as tables can."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self.children: int = state["children"]
        self.warnings: list[str] = state["warnings"]
        self.seconds: tuple[float, float] = state["seconds"]
        self.counts: list[tuple[str, int, int, int, list[str]]] = state["counts"]
        self.uses: list[tuple[str, str, str, bool]] = state["uses"]
        self.doubted: list[tuple[str, int]] = state["doubted"]

    def table(self, name: str, all: bool, /) -> _core.Table:
        if name not in self._state["tables"]:
            raise ArgumentError(f"there is no result table {name}; there are {', '.join(TABLES)}")
        return _core.table_from(self._state["tables"][name])

    def summary(self, by: str, /) -> _core.Table:
        if by:
            self._gone(f"summary(by={by!r})")
        return _core.table_from(self._state["summary"])

    def summary_text(self) -> str:
        return str(self._state["text"])

    def write(self, out: str | os.PathLike[str], all: bool, /) -> None:
        self._gone("write")

    def explain(self, child: str, rule: str | None, /) -> list[_core.Explanation]:
        self._gone("explain")

    def _gone(self, what: str) -> NoReturn:
        raise ArgumentError(
            f"{what} looks into the children's data, which a pickled result does not carry: its tables are all here; "
            "for more, score again (packs and tables are pickled too)"
        )
