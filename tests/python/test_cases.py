# SPDX-License-Identifier: Apache-2.0
"""The conformance cases through Python, and the same answers as the command's."""
from __future__ import annotations

import csv
import json

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv  # noqa: F401
import pytest
from conftest import AS_OF, ROOT, plain, read_csv

import earlysight as es

CASES = ROOT / "tests/conformance"
VALID = sorted(p.parent for p in (CASES / "valid").rglob("case.json"))
ERRORS = sorted((CASES / "errors").glob("*.sight"))
TABLES = ("outcomes", "flags", "scores", "actions", "missing", "rejected")


def texts(folder):
    """The files of a folder as tables of plain texts, as a spreadsheet has them."""
    out = {}
    for path in sorted(folder.glob("*.csv")):
        with open(path, encoding="utf-8-sig", newline="") as h:
            header, *rows = [r for r in csv.reader(h) if r]
        out[path.stem] = {name.strip(): [r[i] if i < len(r) else "" for r in rows] for i, name in enumerate(header)}
    return out


def agree(name, want, got):
    assert len(want) == len(got), name
    for a, b in zip(want, got):
        assert a.keys() == b.keys()
        for k in a:
            assert a[k] == b[k] or (k.startswith("score_") and abs(float(a[k]) - float(b[k])) <= 1e-9 * max(1, abs(float(a[k])))), (name, a, b)


@pytest.mark.parametrize("folder", VALID, ids=lambda p: p.name)
@pytest.mark.parametrize("way", ["files", "texts"])
def test_conformance(folder, way):
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    pack = es.load(folder / "pack.sight" if (folder / "pack.sight").exists() else folder / "pack")
    data = folder / "data"
    if way == "texts":
        if any(len(set(map(len, (r for r in csv.reader(open(f, encoding="utf-8-sig", newline="")) if r)))) > 1 for f in data.glob("*.csv")):
            pytest.skip("rows of unequal length: no frame has them")
        data = {name: table for name, table in texts(data).items() if name in {r["table"] for r in pack.tables}}
    result = pack.score(data, as_of=case["as_of"], params=case.get("set"), outcomes="all")
    for name in ("outcomes", "scores"):
        if (folder / "expected" / f"{name}.csv").exists():
            agree(name, read_csv(folder / "expected" / f"{name}.csv"), plain(result.table(name)))
    if case.get("examples"):
        assert pack.test()


@pytest.mark.parametrize("path", ERRORS, ids=lambda p: p.stem)
def test_errors(path):
    case = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    with pytest.raises(es.PackError) as e:
        es.load(path)
    errors = [d for d in e.value.diagnostics if d.severity == "error"]
    assert errors[0].line == case["line"]
    assert len(errors) == case.get("errors", len(errors))


def in_polars(cohort, tables):
    return {n: pl.read_csv(cohort / f"{n}.csv", try_parse_dates=True, infer_schema_length=None) for n in tables}


def in_pandas(cohort, tables):
    return {n: pd.read_csv(cohort / f"{n}.csv", keep_default_na=False, na_values=[""], low_memory=False) for n in tables}


def in_arrow(cohort, tables):
    return {n: pa.csv.read_csv(cohort / f"{n}.csv", convert_options=pa.csv.ConvertOptions(strings_can_be_null=True, null_values=[""])) for n in tables}


def in_duckdb(cohort, tables):
    db = duckdb.connect()
    return {n: db.sql(f"select * from read_csv('{cohort}/{n}.csv', nullstr='', sample_size=-1)") for n in tables}


@pytest.fixture(scope="module")
def cohort():
    """The sample cohort's tables that the pack declares, and the command's answers."""
    pack = es.load(ROOT / "rules/national")
    folder = ROOT / "examples/cohort"
    return pack, folder, [t for t in sorted({r["table"] for r in pack.tables}) if (folder / f"{t}.csv").exists()]


@pytest.fixture(scope="module")
def answers(by_command):
    return by_command("rules/national", ROOT / "examples/cohort", "--outcomes", "all")


@pytest.mark.parametrize("read", [None, in_polars, in_pandas, in_arrow, in_duckdb], ids=["files", "polars", "pandas", "pyarrow", "duckdb"])
def test_the_sample_cohort_as_the_command_has_it(cohort, answers, read):
    pack, folder, tables = cohort
    result = pack.score(folder if read is None else read(folder, tables), as_of=AS_OF, outcomes="all")
    for name in TABLES:
        assert plain(result.table(name)) == read_csv(answers / f"{name}.csv"), name


def test_written_results_are_the_commands(cohort, answers, tmp_path):
    pack, folder, _ = cohort
    pack.score(folder, as_of=AS_OF, outcomes="all").write(tmp_path / "out")
    for name in TABLES:
        assert (tmp_path / "out" / f"{name}.csv").read_bytes() == (answers / f"{name}.csv").read_bytes()


def test_rows_that_cannot_be_used_are_rejected_as_from_files(by_command):
    out = by_command("rules/transition", ROOT / "examples/cohort-bad", "--outcomes", "all")
    pack = es.load(ROOT / "rules/transition")
    data = texts(ROOT / "examples/cohort-bad")
    files = pack.score(ROOT / "examples/cohort-bad", as_of=AS_OF, outcomes="all")
    frames = pack.score({n: pl.DataFrame(t) for n, t in data.items()}, as_of=AS_OF, outcomes="all")
    assert plain(files.rejected) == read_csv(out / "rejected.csv")
    # A frame's rows all have every cell, and quotes are gone: those rows differ, and only those.
    same = lambda rows: [  # noqa: E731
        (r["file"].removesuffix(".csv"), r["column"], r["value"], r["reason"]) for r in rows if "cells and the header" not in r["reason"]
    ]
    mine = same(plain(frames.table("rejected")))
    assert all(r in mine for r in same(plain(files.rejected)))
    for c in files.counts:
        assert frames.counts[c].read == frames.counts[c].used + frames.counts[c].rejected
    assert frames.counts["child"].ignored_columns == ("favourite_colour",)
    assert any("was" in w or "were" in w for w in frames.warnings)


def test_strict_and_max_rejected():
    pack = es.load(ROOT / "rules/transition")
    data = texts(ROOT / "examples/cohort-bad")
    for way in (ROOT / "examples/cohort-bad", data):
        with pytest.raises(es.DataError, match="rows cannot be used"):
            pack.score(way, as_of=AS_OF, strict=True)
        with pytest.raises(es.DataError, match="rows cannot be used"):
            pack.score(way, as_of=AS_OF, max_rejected="2%")
        assert pack.score(way, as_of=AS_OF, max_rejected=1.0).children == 6
    with pytest.raises(es.ArgumentError, match="needs a share"):
        pack.score(data, as_of=AS_OF, max_rejected="lots")


def test_typed_cells_that_cannot_be_used_are_rejected_too():
    pack = es.loads(
        'pack p "P" version "1.0"\ntable child\n  child_id key\n  year count\n  share percent\n  sen category (none, ehcp)\n  carer yes/no\n'
        'flag f "F"\nrule r "R" when year is 6 raise f\n'
    )
    frame = pl.DataFrame(
        {
            "child_id": ["a", "b", "c", "d", "e"],
            "year": [6.0, 6.5, 6.0, 6.0, 6.0],
            "share": [0.5, 0.5, 93.5, 0.5, 0.5],
            "sen": pl.Series(["none", "none", "none", "ehpc", "none"], dtype=pl.Categorical),
            "carer": [0, 1, 0, 1, 2],
        }
    )
    result = pack.score(child=frame, as_of=AS_OF)
    assert [(r["line"], r["column"], r["value"], r["reason"]) for r in result.table("rejected")] == [
        (2, "year", "6.5", "a count is a whole number"),
        (3, "share", "93.5", "without % a percentage is a fraction: write 93.5% or 0.935"),
        (4, "sen", "ehpc", "this is none of the declared values: none, ehcp (did they mean ehcp?)"),
        (5, "carer", "2", "write yes or no (also true or false, 1 or 0, y or n)"),
    ]
    assert result.counts["child"].used == 1 and result.children == 5
    assert {r["outcome"] for r in result.table("outcomes") if r["child_id"] != "a"} == {"cannot_tell"}


def test_days_outside_the_calendar_are_no_days():
    pack = es.loads('pack p "P" version "1.0"\ntable child\n  child_id key\n  born date\nflag f "F"\nrule r "R" when born is before 2014-01-01 raise f\n')
    for kind in (pa.date32(), pa.timestamp("s"), pa.timestamp("us")):
        cells = (
            [4_000_000, 15_000, None]
            if kind == pa.date32()
            else [4_000_000 * 86_400 * (10**6 if kind.unit == "us" else 1), 15_000 * 86_400 * (10**6 if kind.unit == "us" else 1) - 1, None]
        )
        result = pack.score(
            child=pa.table({"child_id": ["a", "b", "c"], "born": pa.array(cells, pa.int32() if kind == pa.date32() else pa.int64()).cast(kind)}), as_of=AS_OF
        )
        assert [(r["line"], r["reason"]) for r in result.table("rejected")] == [(1, "there is no such day")]
        assert [r["outcome"] for r in result.table("outcomes")] == ["cannot_tell", "fires", "cannot_tell"]


def test_explanations_are_the_commands(command):
    import subprocess

    pack = es.load(ROOT / "rules/transition")
    result = pack.score(ROOT / "examples/cohort", as_of=AS_OF)
    child = next(iter(result.flags))["child_id"]
    for form in ("text", "json", "markdown", "html"):
        said = subprocess.run(
            [command, "explain", str(ROOT / "rules/transition"), "--data", str(ROOT / "examples/cohort"), "--as-of", AS_OF, "--child", child, "--format", form],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert getattr(result.explain(child), form) == said
    assert "<style>" not in result.explain(child)._repr_html_() or "@scope" in result.explain(child)._repr_html_()
    with pytest.raises(es.ArgumentError, match="no child has the key"):
        result.explain("nobody")
    with pytest.raises(es.ArgumentError, match="did you mean"):
        result.explain(child, "y6_falling_with_unmet_nb")


def test_the_number_of_threads_changes_nothing(cohort):
    pack, folder, _ = cohort
    one, two = (pack.score(folder, as_of=AS_OF, threads=n) for n in (1, 2))
    for name in TABLES:
        assert list(one.table(name)) == list(two.table(name))


def test_a_summary_counts_every_child_once(cohort):
    pack, folder, _ = cohort
    result = pack.score(folder, as_of=AS_OF)
    for r in result.summary():
        assert r["fires"] + r["cannot_tell"] + r["silent"] + r["not_applicable"] == 1500
    by = list(result.summary(by="school"))
    rule = by[0]["rule"]
    assert sum(r["fires"] for r in by if r["rule"] == rule) == next(r["fires"] for r in result.summary() if r["rule"] == rule)
    with pytest.raises(es.ArgumentError, match="did you mean school"):
        result.summary(by="schol")
    assert "children" in repr(result) and "All 275 rules, by name" in result._repr_html_()
