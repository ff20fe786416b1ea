# SPDX-License-Identifier: Apache-2.0
"""A user's script with every public name, for mypy."""
import datetime

import earlysight as es

TEXT = 'pack p "P" version "1.0"\ntable child\n  child_id key\n  year count\nflag f "F"\nrule r "R" when year is 6 raise f\n'
assert es.__version__


def first_message(path: str) -> es.Diagnostic | None:
    try:
        es.load(path)
    except es.PackError as e:
        found: es.Diagnostics = e.diagnostics
        return found[0]
    except (es.ArgumentError, es.MachineError) as e:
        print(e)
    return None


first_message("no/such/pack")
pack: es.Pack = es.loads(TEXT)
report: es.TestReport = pack.test()
print(report.passed, pack.check().text, pack.format(), pack.params, pack.name, pack.digest)
rules: es.Table = pack.rules
for row in rules:
    print(row["rule"])
try:
    result: es.Result = pack.score(
        child={"child_id": ["a", "b"], "year": [6, 7]}, as_of=datetime.date(2025, 6, 20), params={}, threads=1, strict=True, max_rejected="2%", outcomes="all"
    )
except es.DataError as error:
    raise SystemExit(str(error)) from error
sheet: es.Sheet = es.read(
    {"Pupil ID": ["a", "b"], "Year": ["6", "7"], "Born": ["20/06/2014", None]},
    {"Pupil ID": "child_id"},
    dates={"born": "dmy"},
    two_digit_years=2000,
    yes_no={"consented": True, "?": None},
    values={"year": {"six": "6", "-": None}},
    repeats="drop",
    sheet=None,
    header=1,
    encoding="utf-8",
    delimiter=",",
)
print(sheet.report, sheet.headers["child_id"], sheet.columns, len(sheet))
from_sheet = pack.score(child=sheet, as_of="2025-06-20", progress=False)
changes: tuple[es.Change, ...] = from_sheet.changes["child"]
print(changes[0].column, changes[0].what, changes[0].cells)


def told(stage: str, share: float | None) -> None:
    print(stage, share)


pack.score(child=sheet, as_of="2025-06-20", progress=told)
counts: es.RowCounts = result.counts["child"]
uses: list[es.ColumnUse] = result.columns
print(counts.used, uses[0].viewed, len(result.table("outcomes")), result.warnings, result.seconds)
why: es.Explanation = result.explain("a", rule="r")
print(why.text, why.markdown, why.html, why.json, why.outcomes)
data: dict[str, es.Table] = es.dummy(pack, children=10, seed=1)
try:
    pack.score(data, as_of="no day")
except es.EarlysightError as error:
    print(error)
picture: es.Plot = result.plot
print(picture.alt_text)
