# SPDX-License-Identifier: Apache-2.0
"""What is said of packs: messages with their places, and what a pack's own examples showed."""
from __future__ import annotations

import html
from dataclasses import dataclass

from . import _core


@dataclass(frozen=True)
class Diagnostic:
    """One message about a pack.

    Attributes
    ----------
    code : str
        Such as ``E0301`` or ``W0102``; ``earlysight help CODE`` explains each.
    severity : str
        ``error`` or ``warning``.
    file, line, column
        Where; line and column count from 1.
    message : str
        One sentence in the author's terms.
    mend : str
        What to write instead; empty where nothing better than the message can be said.
    text : str
        The message as the command prints it, with the line and the words underlined.

    Examples
    --------
    >>> import earlysight as es
    >>> wrong = 'pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when yaer is 6 raise f\\n'
    >>> try:
    ...     es.loads(wrong)
    ... except es.PackError as e:
    ...     d = e.diagnostics[0]
    >>> d.severity, d.line, d.column, d.message
    ('error', 6, 17, 'no column of child, no fact and no param is called `yaer`')
    >>> d.mend
    'did you mean `year`?'
    """

    code: str
    severity: str
    file: str
    line: int
    column: int
    message: str
    mend: str
    text: str

    def __str__(self) -> str:
        return self.text


class Diagnostics(tuple[Diagnostic, ...]):
    """Messages about a pack, in the order of its files: a tuple that prints as the command does.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> [(d.code, d.line, d.message) for d in pack.check()]
    [('W0108', 6, 'no example says what `r` does')]
    """

    json: str
    sarif: str

    @property
    def text(self) -> str:
        """All of them as the command prints them."""
        return "".join(d.text for d in self)

    def __repr__(self) -> str:
        return self.text or "no errors, no warnings"

    def _repr_html_(self) -> str:
        if not self:
            return "<p>No errors, no warnings.</p>"
        return f"<pre>{html.escape(self.text)}</pre>"


def diagnostics_of(core: _core.Pack) -> Diagnostics:
    out = Diagnostics(Diagnostic(*d) for d in core.diagnostics)
    out.json = core.diagnostics_json()
    out.sarif = core.diagnostics_sarif()
    return out


@dataclass(frozen=True)
class TestReport:
    """What a pack's own examples said. True where all passed.

    Attributes
    ----------
    passed, failed : int
        How many examples.
    text, json, junit : str
        The report, as ``earlysight test`` prints it.

    Examples
    --------
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "R" when year is 6 raise f\\n')
    >>> report = pack.test()
    >>> bool(report), report.passed, report.failed
    (True, 0, 0)
    """

    __test__ = False  # no test of pytest's

    passed: int
    failed: int
    text: str
    json: str
    junit: str

    def __bool__(self) -> bool:
        return self.failed == 0

    def __repr__(self) -> str:
        return self.text.rstrip("\n")

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.text)}</pre>"
