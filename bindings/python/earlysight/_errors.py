# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as exceptions."""
from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._diagnostics import Diagnostics


class EarlysightError(Exception):
    """Any error of this package; its text says what went wrong and how to mend it.

    Examples
    --------
    >>> import earlysight as es
    >>> wrong = 'pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when yaer is 6 raise f\\n'
    >>> try:
    ...     es.loads(wrong)
    ... except es.EarlysightError as e:
    ...     print(type(e).__name__)
    PackError
    """


class ArgumentError(EarlysightError, ValueError):
    """The caller's words: a param that the pack has not, a value of the wrong kind, a day that is none.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> pack.score(child={"child_id": ["a"]}, as_of="2025-06-20", params={"long_wait": "18 weeks"})
    Traceback (most recent call last):
    ...
    earlysight.ArgumentError: the pack has no param long_wait
    """


class DataError(EarlysightError, ValueError):
    """The data, or the as-of date, cannot be used: a column of a type that cannot be meant, a missing key, too many rejected rows.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> pack.score(child={"year": [6]}, as_of="2025-06-20")
    Traceback (most recent call last):
    ...
    earlysight.DataError: table child has no column child_id, which says whose each row is
    """


class MachineError(EarlysightError, OSError):
    """Disk, memory, a file that cannot be read or written.

    Examples
    --------
    >>> import earlysight as es
    >>> issubclass(es.MachineError, OSError)
    True
    """


class PackError(EarlysightError, ValueError):
    """A pack that has errors.

    Attributes
    ----------
    diagnostics : Diagnostics
        Every error and warning, in the order of the files; each with code, severity, file, line, column, message and mend.
    text : str
        All of them as the command prints them.

    Examples
    --------
    >>> import earlysight as es
    >>> wrong = 'pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when yaer is 6 raise f\\n'
    >>> try:
    ...     es.loads(wrong, "mine.sight")
    ... except es.PackError as e:
    ...     print(e.diagnostics[0].file, e.diagnostics[0].line)
    mine.sight 6
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
