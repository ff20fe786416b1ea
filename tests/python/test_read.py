# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets as analysts have them: what is understood, what is reported, what is refused and how to mend it."""
from __future__ import annotations

import datetime as dt
import pickle

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import AS_OF

import earlysight as es

PACK = es.loads("""pack p "P" version "1.0"
table child
  child_id key
  year     count
  sen      category (none, support, ehcp)
  shares   yes/no
  born     date
table referral many per child at made
  made    date
  service text
flag f "F"
rule ehcp "E" when sen is ehcp raise f
rule young "Y" when born is after 2014-01-01 raise f
rule shared "S" when shares raise f
rule referred "R" when any referral raise f
""")
MESSY = (
    "Pupil ID , Year Group,SEN,Shares data?,DoB,Notes\r\n"
    "001,6,E,Y,04/03/2014,\r\n"
    "002,6,N,no,5.3.2014,moved\r\n"
    ",,,,,\r\n"
    "003,six,K,TRUE,31/02/2014,\r\n"
    "004,6,K,1,04/03/14,\r\n"
    "002,7,N,N,05/03/2014,\r\n"
)
NAMES = {"Pupil ID": "child_id", "year group": "year", "Shares data?": "shares", "DOB": "born"}
SEN = {"sen": {"E": "ehcp", "K": "support", "N": "none"}}


def rejected(result):
    return [(r["file"], r["line"], r["column"], r["value"], r["reason"]) for r in result.table("rejected")]


def outcomes(result):
    return {(r["child_id"], r["rule"]) for r in result.table("outcomes") if r["outcome"] == "fires"}


@pytest.fixture
def messy(tmp_path):
    path = tmp_path / "pupils 2025.csv"
    path.write_text(MESSY, encoding="utf-8-sig", newline="")
    return path


def test_a_messy_sheet_is_scored_and_its_rows_keep_their_lines(messy):
    sheet = es.read(messy, NAMES, dates="dmy", values=SEN)
    result = PACK.score(child=sheet, as_of=AS_OF)
    assert sheet.columns == ["child_id", "year", "sen", "shares", "born", "notes"] and len(sheet) == 5
    assert rejected(result) == [
        ("pupils 2025.csv", 5, "Year Group", "six", "this is not a number"),
        ("pupils 2025.csv", 6, "DoB", "04/03/14", "the year has two digits: write four, such as 20/06/2025, or read the sheet with two_digit_years=2000"),
        ("pupils 2025.csv", 7, "Pupil ID", "002", "a row with this key stands before: the first one is used"),
    ]
    assert outcomes(result) == {("001", "ehcp"), ("001", "young"), ("001", "shared"), ("002", "young")}
    assert result.counts["child"] == es.RowCounts(5, 2, 3, ("Notes",))


def test_what_was_changed_is_said(messy):
    sheet = es.read(messy, NAMES, dates="dmy", values=SEN, two_digit_years=2000)
    assert '"Pupil ID": is child_id' in sheet.report and "empty rows passed over: 1" in repr(sheet) and "<pre>" in sheet._repr_html_()
    said = [str(c) for c in PACK.score(child=sheet, as_of=AS_OF).changes["child"]]
    assert '"SEN": values taken as the pack\'s words, such as E → ehcp: 5 cells' in said
    assert '"DoB": read as day/month/year, such as 04/03/2014 → 2014-03-04: 4 cells' in said


def test_year_month_day_is_what_is_meant_unless_it_is_said(messy):
    result = PACK.score(child=es.read(messy, NAMES, values=SEN), as_of=AS_OF)
    assert (
        "pupils 2025.csv",
        2,
        "DoB",
        "04/03/2014",
        'a date is written year-month-day, such as 2025-06-20; where it is day/month/year, read the sheet with dates="dmy"',
    ) in rejected(result)


@pytest.mark.parametrize(
    "text, order, want",
    [
        ("4/3/2014", "dmy", "2014-03-04"),
        ("04-03-2014", "dmy", "2014-03-04"),
        ("4 March 2014", "dmy", "2014-03-04"),
        ("04-Mar-2014", "dmy", "2014-03-04"),
        ("Mar 4, 2014", "dmy", "2014-03-04"),
        ("04/03/2014 00:00:00", "dmy", "2014-03-04"),
        ("2014-03-04", "dmy", "2014-03-04"),
        ("2014-03-04T00:00:00", "ymd", "2014-03-04"),
        ("4/3/2014", "mdy", "2014-04-03"),
        ("4 Mar 2014", "mdy", "2014-03-04"),
        ("20140304", "%Y%m%d", "2014-03-04"),
        ("13/13/2014", "dmy", None),
        ("3/13/2014", "dmy", None),
        ("04/03/2014 09:30", "dmy", None),
        ("soon", "dmy", None),
        ("4 Thermidor 2014", "dmy", None),
        ("04/03/2014", "%Y%m%d", None),
    ],
)
def test_dates(text, order, want):
    result = PACK.score(child=es.read({"child_id": ["a"], "born": [text]}, dates=order), as_of=AS_OF)
    assert (len(rejected(result)) == 1) == (want is None)
    if want:
        day = PACK.score(child={"child_id": ["a"], "born": [want]}, as_of=AS_OF)
        assert list(result.table("outcomes")) == list(day.table("outcomes"))


def test_dates_of_one_column_and_years_of_two_digits():
    referral = es.read({"child_id": ["a", "b"], "made": ["04/03/24", "2024-03-04"]}, dates={"Made": "dmy"}, two_digit_years=2000)
    result = PACK.score(child={"child_id": ["a", "b"]}, referral=referral, as_of="2024-03-04")
    assert outcomes(result) == {("a", "referred"), ("b", "referred")} and rejected(result) == []


def test_words_for_yes_and_no():
    sheet = es.read({"child_id": ["a", "b", "c"], "shares": ["Consented", "refused", "?"]}, yes_no={"consented": True, "refused": False, "?": None})
    result = PACK.score(child=sheet, as_of=AS_OF)
    assert outcomes(result) == {("a", "shared")} and rejected(result) == []
    with pytest.raises(es.ArgumentError, match="True, False or None"):
        es.read({"child_id": ["a"]}, yes_no={"maybe": "perhaps"})


def test_rows_the_same_in_every_cell_are_read_once_when_asked():
    rows = {"child_id": ["a", "b", "a", "a"], "year": ["6", "7", "6", "7"]}
    sheet = es.read(rows, repeats="drop")
    assert len(sheet) == 3 and "read once: 1" in sheet.report
    assert [(r[1], r[3]) for r in rejected(PACK.score(child=sheet, as_of=AS_OF))] == [(4, "a")]


EXCEL_ROWS = [
    ["Pupils, as of June"],
    ["Pupil ID", "Year Group", "SEN", "Shares data?", "DoB"],
    ["001", 6, "E", "Y", dt.datetime(2014, 3, 4)],
    [2, 6.0, "N", None, "05/03/2014"],
    [None] * 5,
    [3, 6.5, "K", True, dt.date(2014, 3, 5)],
]


def test_an_excel_sheet(tmp_path):
    book = openpyxl.Workbook()
    for row in EXCEL_ROWS:
        book.active.append(row)
    book.active.title = "Pupils"
    book.save(tmp_path / "pupils.xlsx")
    result = PACK.score(child=es.read(tmp_path / "pupils.xlsx", NAMES, dates="dmy", values=SEN, header=2), as_of=AS_OF)
    assert outcomes(result) == {("001", "ehcp"), ("001", "young"), ("001", "shared"), ("2", "young")}
    assert rejected(result) == [("pupils.xlsx, Pupils", 6, "Year Group", "6.5", "a count is a whole number")]
    book.create_sheet("Notes")
    book.save(tmp_path / "pupils.xlsx")
    with pytest.raises(es.ArgumentError, match="has several sheets; say which: sheet='Pupils' or 'Notes'"):
        es.read(tmp_path / "pupils.xlsx", header=2)
    assert len(es.read(tmp_path / "pupils.xlsx", sheet="Pupils", header=2)) == 3


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table, dict])
def test_frames_are_read_too_and_typed_columns_stay(library):
    frame = library({"Pupil ID": ["001", "002"], "DoB": ["04/03/2014", "x"], "Year Group": [6, 7]})
    result = PACK.score(child=es.read(frame, {"pupil id": "child_id", "DoB": "born", "Year Group": "year"}, dates="dmy"), as_of=AS_OF)
    assert rejected(result) == [("the table", 2, "DoB", "x", "this is not a date written day/month/year, such as 20/06/2025")]
    assert outcomes(result) == {("001", "young")}
    if library is not dict:
        assert type(result.flags) is type(frame)


REFUSED = {
    "a header that is not there": (
        lambda: es.read({"Pupil ID": ["1"]}, {"Pupl ID": "child_id"}),
        es.ArgumentError,
        'no column "Pupl ID"; did you mean "Pupil ID"',
    ),
    "a value's column that is not there": (
        lambda: es.read({"SEN": ["1"]}, values={"sne": {}}),
        es.ArgumentError,
        'values: the table has no column "sne"; did you mean "sen"',
    ),
    "two headers of one name": (
        lambda: es.read({"Pupil ID": ["1"], "Pupil": ["1"]}, {"Pupil": "pupil_id"}),
        es.DataError,
        "would both be pupil_id; leave one out",
    ),
    "an order of dates": (lambda: es.read({"a": ["1"]}, dates="uk"), es.ArgumentError, 'dates is "dmy"'),
    "a file that is not there": (lambda: es.read("no/such/file.csv"), es.ArgumentError, "there is no file"),
    "repeats": (lambda: es.read({"a": ["1"]}, repeats="last"), es.ArgumentError, 'repeats is "keep" or "drop"'),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_there_is_an_error_with_the_nearest_name(what):
    call, kind, message = REFUSED[what]
    with pytest.raises(kind, match=message):
        call()


FILES = {
    "cp1252": ("Pupil ID,Name\n1,Zoë\n".encode("cp1252"), {}, 'not utf-8 text .byte 0xeb.*encoding="cp1252"'),
    "semicolons": (b"Pupil ID;Year\n1;6\n", {}, 'es.read.*delimiter=";"'),
    "utf-16": ("Pupil ID\tYear\n1\t6\n".encode("utf-16"), {}, "is UTF-16 text"),
    "open quote": (b'Pupil ID,Year\n1,"6\n2,7\n', {}, "a quotation mark that is not closed"),
    "no names": (b"", {}, "is empty"),
    "a title above": (b",,\nPupil ID,Year\n1,6\n", {}, "header=3"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_otherwise_says_how_to_read_it(what, tmp_path):
    data, options, message = FILES[what]
    (tmp_path / "pupils.csv").write_bytes(data)
    with pytest.raises(es.DataError, match=message):
        es.read(tmp_path / "pupils.csv", **options)


def test_the_files_options(tmp_path):
    (tmp_path / "a.csv").write_bytes("Pupil ID;Year\n1;6\n".encode("cp1252"))
    assert len(es.read(tmp_path / "a.csv", delimiter=";", encoding="cp1252")) == 1
    (tmp_path / "b.txt").write_bytes("Pupil ID\tYear\n1\t6\n".encode("utf-16"))
    assert es.read(tmp_path / "b.txt", delimiter="\t", encoding="utf-16").columns == ["pupil_id", "year"]


def test_rows_of_another_length_and_cells_over_several_lines_keep_the_count(tmp_path):
    (tmp_path / "pupils.csv").write_text('child_id,year,notes\n1,6,"two\nlines"\n2,6\n3,7,,,\n4,six,\n', encoding="utf-8")
    result = PACK.score(child=es.read(tmp_path / "pupils.csv"), as_of=AS_OF)
    assert rejected(result) == [("pupils.csv", 4, None, None, "the row has 2 cells and the header 3"), ("pupils.csv", 6, "year", "six", "this is not a number")]


def test_a_header_near_a_column_that_is_missing_is_warned_of():
    result = PACK.score(child=es.read({"Child ID": ["1"], "Yaer": ["6"]}), as_of=AS_OF)
    assert 'the table: column "Yaer" is not read; is it year? Then say so: columns={"Yaer": "year"}' in result.warnings


def test_strangers_and_limits_name_the_sheet(tmp_path):
    (tmp_path / "refs.csv").write_text("Pupil ID,Made\na,04/03/2024\nz,04/03/2024\n,05/03/2024\n", encoding="utf-8")
    sheet = es.read(tmp_path / "refs.csv", {"Pupil ID": "child_id"}, dates="dmy")
    result = PACK.score(child={"child_id": ["a"]}, referral=sheet, as_of=AS_OF)
    assert rejected(result) == [("refs.csv", 3, "Pupil ID", "z", "no row of child has this key"), ("refs.csv", 4, "Pupil ID", None, "the key is empty")]
    with pytest.raises(es.DataError, match='refs.csv: 2 of 3 rows cannot be used\n  line 3, column Pupil ID, "z"'):
        PACK.score(child={"child_id": ["a"]}, referral=sheet, as_of=AS_OF, strict=True)


def test_a_sheet_is_read_only_and_a_path_is_no_table(messy):
    with pytest.raises(AttributeError, match="read-only"):
        es.read(messy).file = "x"
    with pytest.raises(es.DataError, match="child=es.read"):
        PACK.score(child=str(messy), as_of=AS_OF)
    assert pickle.loads(pickle.dumps(es.read(messy))).report == es.read(messy).report
