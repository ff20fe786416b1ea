# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as exceptions."""
from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._diagnostics import Diagnostics


class EarlysightError(Exception):
    """Any error of this package; its text says what went wrong and how to mend it."""


class ArgumentError(EarlysightError, ValueError):
    """The caller's words: a param that the pack has not, a value of the wrong kind, a day that is none."""


class DataError(EarlysightError, ValueError):
    """The data, or the as-of date, cannot be used: a column of a type that cannot be meant, a missing key, too many rejected rows."""


class MachineError(EarlysightError, OSError):
    """Disk, memory, a file that cannot be read or written."""


class PackError(EarlysightError, ValueError):
    """A pack that has errors.

    Attributes
    ----------
    diagnostics : Diagnostics
        Every error and warning, in the order of the files; each with code, severity, file, line, column, message and mend.
    text : str
        All of them as the command prints them.
    """

    def __init__(self, path: str, diagnostics: Diagnostics) -> None:
        self.path = path
        self.diagnostics = diagnostics
        self.text = diagnostics.text
        errors = sum(d.severity == "error" for d in diagnostics)
        super().__init__(f"{path} has {errors} error{'' if errors == 1 else 's'}\n{self.text}")

    def __reduce__(self) -> tuple[type[PackError], tuple[str, Diagnostics]]:
        return (PackError, (self.path, self.diagnostics))

    def _repr_html_(self) -> str:
        return f"<p><b>{html.escape(self.path)} cannot be used</b></p>{self.diagnostics._repr_html_()}"


for _each in (EarlysightError, ArgumentError, DataError, MachineError, PackError):
    _each.__module__ = "earlysight"  # as users know them
