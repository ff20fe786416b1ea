# SPDX-License-Identifier: Apache-2.0
"""Folders of Parquet files, of CSV files, and of both, through whichever library is there."""
from __future__ import annotations

import shutil
import subprocess
import sys

import polars as pl
import pytest
from conftest import AS_OF, ROOT, plain

import earlysight as es

COHORT = ROOT / "examples/cohort"
TABLES = ("outcomes", "flags", "scores", "missing", "rejected")
PACK = es.load(ROOT / "rules/transition")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """child as CSV, attendance as a folder of parts, the rest as single Parquet files."""
    out = tmp_path_factory.mktemp("mixed")
    for name in {r["table"] for r in PACK.tables}:
        path = COHORT / f"{name}.csv"
        if name == "child" or not path.exists():
            shutil.copy(path, out) if path.exists() else None
            continue
        frame = pl.read_csv(path, infer_schema_length=None, try_parse_dates=True)
        if name == "attendance":
            (out / name).mkdir()
            for i in range(3):
                frame.slice(i * frame.height // 3, (i + 1) * frame.height // 3 - i * frame.height // 3).write_parquet(out / name / f"part-{i}.parquet")
            (out / name / "_SUCCESS").touch()
        else:
            frame.write_parquet(out / f"{name}.parquet")
    return out


def test_a_mixed_folder_says_what_the_csv_files_say(folder):
    files, mixed = PACK.score(COHORT, as_of=AS_OF, outcomes="all"), PACK.score(folder, as_of=AS_OF, outcomes="all")
    for name in TABLES:
        assert plain(mixed.table(name)) == plain(files.table(name)), name
    assert isinstance(mixed.flags, es.Table)


SCRIPT = """
import sys, importlib.util
for other in {{"pyarrow", "polars", "duckdb", "pandas", "fastparquet"}} - set({keep!r}):
    sys.modules[other] = None
import earlysight as es
pack = es.load({pack!r})
try:
    print(len(pack.score({folder!r}, as_of={as_of!r}).table("flags")))
except es.ArgumentError as e:
    print(e)
"""


@pytest.mark.parametrize("keep", [["pyarrow"], ["polars"], ["duckdb"], []], ids=lambda k: k[0] if k else "none")
def test_any_library_reads_parquet_and_without_one_the_error_says_so(folder, keep):
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(keep=keep, pack=str(ROOT / "rules/transition"), folder=str(folder), as_of=AS_OF)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    if keep:
        assert said == str(len(PACK.score(COHORT, as_of=AS_OF).table("flags")))
    else:
        assert "needs a library that reads Parquet: pip install pyarrow, polars or duckdb" in said


def test_a_table_that_stands_twice_is_an_error(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "twice")
    shutil.copy(COHORT / "attendance.csv", tmp_path / "twice")
    with pytest.raises(es.ArgumentError, match="holds table attendance twice: attendance.csv and attendance"):
        PACK.score(tmp_path / "twice", as_of=AS_OF)


def test_parquet_is_read_as_a_sheet_too(folder):
    sheet = es.read(folder / "attendance")
    assert len(sheet) == sum(1 for _ in open(COHORT / "attendance.csv", encoding="utf-8")) - 1
    (folder.parent / "bad.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises((es.DataError, es.MachineError), match="bad.parquet"):
        es.read(folder.parent / "bad.parquet")
