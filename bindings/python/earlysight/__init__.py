# SPDX-License-Identifier: Apache-2.0
"""earlysight: rules that see early which children are at risk of falling out of education.

    import earlysight as es
    pack = es.load("rules/transition")
    result = pack.score(child=children, attendance=attendance, as_of="2025-06-20")
    result.flags                  # a frame of the library that `children` is of
    result.explain("c000457")     # why
"""
from ._core import engine_version as __version__
from ._diagnostics import Diagnostic, Diagnostics, TestReport
from ._errors import ArgumentError, DataError, EarlysightError, MachineError, PackError
from ._pack import Pack, dummy, load, loads
from ._plot import Plot
from ._read import read
from ._result import ColumnUse, Explanation, Result, RowCounts
from ._sheet import Change, Sheet
from ._table import Table

__all__ = [
    "ArgumentError",
    "Change",
    "ColumnUse",
    "DataError",
    "Diagnostic",
    "Diagnostics",
    "EarlysightError",
    "Explanation",
    "MachineError",
    "Pack",
    "PackError",
    "Plot",
    "Result",
    "RowCounts",
    "Sheet",
    "Table",
    "TestReport",
    "__version__",
    "dummy",
    "load",
    "loads",
    "read",
]
