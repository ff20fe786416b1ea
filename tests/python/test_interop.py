# SPDX-License-Identifier: Apache-2.0
"""Every way in gives the same answers, and each library gets its own frames back."""
from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import earlysight as es

PACK_TEXT = """pack p "P" version "1.0"
table child
  child_id key
  year     count
  share    percent
  gap      points
  sen      category (none, support, ehcp)
  carer    yes/no
  born     date
  left     date or none
  school   text
table visit many per child at made
  made    date
  minutes number
flag f "F"
rule year6   "Y" when year is 6 raise f, 3 points
rule low     "L" when share is less than 90% raise f
rule gap5    "G" when gap is at least 5 points raise f
rule ehcp    "E" when sen is ehcp raise f
rule carer_  "C" when carer raise f
rule born_   "B" when born is before 2014-01-01 raise f
rule left_   "Z" when left is none raise f
rule visited "V" when any visit where minutes is more than 5 raise f
"""
PACK = es.loads(PACK_TEXT)
DAYS = [dt.date(2013, 5, 1), dt.date(2015, 5, 1), None, dt.date(2013, 12, 31)]
LEFT = [None, dt.date(2025, 1, 1), None, None]
COLUMNS = {
    "child_id": ["a", "b", "a much longer key than twelve bytes", "d"],
    "year": [6, 7, None, 6],
    "share": [0.8, 0.95, None, 0.9],
    "gap": [5.0, 4.0, None, 6.5],
    "sen": ["ehcp", "none", None, "support"],
    "carer": [True, False, None, True],
    "born": DAYS,
    "left": LEFT,
    "school": ["s1", "s2", "", None],
    "not_declared": [1, 2, 3, 4],
}
VISITS = {"child_id": ["d", "a", "a"], "made": [dt.date(2025, 1, 2), dt.date(2025, 1, 3), dt.date(2025, 1, 1)], "minutes": [4.5, 6.0, 1.0]}
AS_OF = "2025-06-20"


def answers(**tables):
    return list(PACK.score(**tables, as_of=AS_OF, outcomes="all").table("outcomes"))


WANT = answers(child=COLUMNS, visit=VISITS)


def test_the_answers_are_those_of_the_data():
    said = {(r["child_id"], r["rule"]): r["outcome"] for r in WANT}
    assert said["a", "year6"] == "fires" and said["b", "year6"] == "silent"
    long = COLUMNS["child_id"][2]
    assert {said[long, r] for r in ("year6", "low", "gap5", "ehcp", "carer_", "born_")} == {"cannot_tell"}
    assert said[long, "left_"] == "fires" and said["b", "left_"] == "silent"
    assert said["a", "gap5"] == "fires" and said["b", "gap5"] == "silent"
    assert said["a", "visited"] == "fires" and said["d", "visited"] == "silent"


def arrow():
    return pa.table(COLUMNS), pa.table(VISITS)


def text_types(kind):
    child, visit = arrow()
    # Not by cast: pyarrow 23 crashes when it hands over the views that its own cast has made of short texts.
    of_kind = lambda table, name: pa.array(table[name].to_pylist(), kind)  # noqa: E731
    return child.set_column(0, "child_id", of_kind(child, "child_id")).set_column(4, "sen", of_kind(child, "sen")), visit.set_column(
        0, "child_id", of_kind(visit, "child_id")
    )


def with_numpy():
    child = {
        "child_id": np.array(COLUMNS["child_id"]),
        "year": np.array([6, 7, np.nan, 6]),
        "share": np.array([0.8, 0.95, np.nan, 0.9]),
        "gap": np.ma.masked_array([5.0, 4.0, 99.0, 6.5], mask=[0, 0, 1, 0]),
        "sen": np.array(COLUMNS["sen"], dtype=object),
        "carer": np.ma.masked_array([True, False, True, True], mask=[0, 0, 1, 0]),
        "born": np.array(DAYS, dtype="datetime64[D]"),
        "left": np.array(LEFT, dtype="datetime64[ns]"),
        "school": np.array(COLUMNS["school"], dtype=object),
    }
    visit = {
        "child_id": np.array(VISITS["child_id"]),
        "made": np.array(VISITS["made"], dtype="datetime64[D]"),
        "minutes": np.array(VISITS["minutes"], dtype="f4"),
    }
    return child, visit


def with_pandas():
    child, visit = pd.DataFrame(COLUMNS), pd.DataFrame(VISITS)
    child["born"], child["left"], visit["made"] = pd.to_datetime(child["born"]), pd.to_datetime(child["left"]), pd.to_datetime(visit["made"])
    child["year"], child["carer"] = child["year"].astype("Int8"), child["carer"].astype("boolean")
    return child, visit


def pandas_categories():
    child, visit = with_pandas()
    for c in ("child_id", "sen", "school"):
        child[c] = child[c].astype("category")
    return child, visit


def pandas_objects():
    child, visit = (
        pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in COLUMNS.items()}),
        pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in VISITS.items()}),
    )
    return child, visit


def sliced():
    child, visit = arrow()
    return pa.concat_tables([child.slice(3, 1), child, child.slice(0, 1)]).slice(1, 4), pa.concat_tables([visit, visit]).slice(3, 3)


def chunked():
    child, visit = arrow()
    return pa.concat_tables([child.slice(0, 1), child.slice(1, 0), child.slice(1, 3)]), pa.concat_tables([visit.slice(0, 2), visit.slice(2)])


def many_row_groups():
    # Validity bits and bools whose offset is no multiple of eight.
    child, visit = arrow()
    long = pa.concat_tables([child] * 4).combine_chunks()
    return long.slice(8, 4), visit


def narrow():
    child, visit = arrow()
    child = (
        child.set_column(1, "year", child["year"].cast(pa.int16()))
        .set_column(6, "born", child["born"].cast(pa.timestamp("us")))
        .set_column(7, "left", child["left"].cast(pa.date64()))
    )
    return child.set_column(4, "sen", child["sen"].dictionary_encode()), visit.set_column(2, "minutes", visit["minutes"].cast(pa.float32()))


DB = duckdb.connect()


def relations():
    child, visit = arrow()
    return DB.from_arrow(child), DB.from_arrow(visit)


class OnlyStream:
    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


class OnlyArray:
    def __init__(self, batch):
        self.batch = batch

    def __arrow_c_array__(self, requested_schema=None):
        return self.batch.__arrow_c_array__(requested_schema)


def only_capsules():
    child, visit = arrow()
    return OnlyStream(child), OnlyArray(visit.to_batches()[0])


WAYS = {
    "numpy": with_numpy,
    "pandas": with_pandas,
    "pandas categories": pandas_categories,
    "pandas objects": pandas_objects,
    "pandas of pyarrow": lambda: tuple(t.to_pandas(types_mapper=pd.ArrowDtype) for t in arrow()),
    "pandas index": lambda: (with_pandas()[0].set_index("child_id"), with_pandas()[1]),
    "polars": lambda: (pl.DataFrame(COLUMNS), pl.DataFrame(VISITS)),
    "polars lazy": lambda: (pl.DataFrame(COLUMNS).lazy(), pl.DataFrame(VISITS).lazy()),
    "polars categories": lambda: (pl.DataFrame(COLUMNS).with_columns(pl.col("sen", "child_id").cast(pl.Categorical)), pl.DataFrame(VISITS)),
    "polars enum and text": lambda: (
        pl.DataFrame(COLUMNS).with_columns(
            pl.col("sen").cast(pl.Enum(["ehcp", "none", "support"])), pl.col("born").cast(pl.String), pl.col("year").cast(pl.String)
        ),
        pl.DataFrame(VISITS),
    ),
    "pyarrow": arrow,
    "large text": lambda: text_types(pa.large_string()),
    **({"text views": lambda: text_types(pa.string_view())} if hasattr(pa, "string_view") else {}),  # from pyarrow 16
    "sliced": sliced,
    "chunked": chunked,
    "offsets in bits": many_row_groups,
    "narrow types": narrow,
    "duckdb": relations,
    "capsules": only_capsules,
    "dict of series": lambda: ({k: pl.Series(v) for k, v in COLUMNS.items()}, {k: pa.array(v) for k, v in VISITS.items()}),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_gives_the_same_answers(way):
    child, visit = WAYS[way]()
    assert answers(child=child, visit=visit) == WANT


def test_a_null_column_is_empty_cells():
    child = arrow()[0].set_column(1, "year", pa.nulls(4))
    said = {r["outcome"] for r in answers(child=child) if r["rule"] == "year6"}
    assert said == {"cannot_tell"}


def test_a_column_without_a_value_may_be_of_any_type():
    child = {**with_numpy()[0], "born": np.full(4, np.nan), "school": np.full(4, np.nan), "sen": pd.Series([pd.NA] * 4, dtype="Int64")}
    assert {r["outcome"] for r in answers(child=child) if r["rule"] in ("born_", "ehcp")} == {"cannot_tell"}


def test_relations_of_one_connection_are_read_one_after_the_other():
    db = duckdb.connect()
    child, visit = arrow()
    assert answers(child=db.from_arrow(child), visit=db.from_arrow(visit)) == WANT


def test_whole_numbers_with_gaps_are_told_apart():
    with pytest.raises(es.DataError, match="astype.*Int64"):
        PACK.score(child=pd.DataFrame({"child_id": ["a", "b"], "school": [100234, None]}), as_of=AS_OF)


def test_keys_may_be_whole_numbers():
    result = PACK.score(
        child=pl.DataFrame({"child_id": [1001, 1002], "year": [6, 7]}),
        visit=pd.DataFrame({"child_id": [1002], "made": ["2025-01-01"], "minutes": [9]}),
        as_of=AS_OF,
    )
    assert {r["rule"] for r in result.table("outcomes") if r["child_id"] == "1002" and r["outcome"] == "fires"} == {"visited"}
    assert "year6" in result.explain(1001).rules


REFUSED = {
    "float key": ({"child_id": np.array([1.0]), "year": [6]}, "table child, column child_id: float64 cannot be read as a key; give text or whole numbers"),
    "date as a count": (
        {"child_id": ["a"], "year": np.array(["2025-01-01"], dtype="datetime64[D]")},
        r"table child, column year: datetime64\[D\] cannot be read as a count",
    ),
    "number as a date": (
        {"child_id": ["a"], "born": np.array([20250101])},
        "table child, column born: int64 cannot be read as a date; give date, timestamp without a time zone, or text",
    ),
    "time zone": (pa.table({"child_id": ["a"], "born": pa.array([0], pa.timestamp("us", "Europe/London"))}), r"timestamp \(Europe/London\) has a time zone"),
    "time zone in pandas": (pd.DataFrame({"child_id": ["a"], "born": pd.to_datetime(["2025-01-01"]).tz_localize("UTC")}), "has a time zone"),
    "list": (pa.table({"child_id": ["a"], "year": [[1]]}), "column year: a list cannot be read as a count"),
    "decimal": (pa.table({"child_id": ["a"], "year": pa.array([1], pa.decimal128(10, 2))}), r"decimal\(10,2\) cannot be read as a count"),
    "period": (
        pd.DataFrame({"child_id": ["a"], "born": pd.period_range("2020-01", periods=1, freq="M")}),
        r"column born: period\[M\] cannot be read as a date; give date",
    ),
    "length of time": (pd.DataFrame({"child_id": ["a"], "born": pd.to_timedelta(["1D"])}), "column born: timedelta64.* cannot be read as a date; give date"),
    "not Unicode": ({"child_id": ["\ud800"]}, "column child_id: a cell holds text that is not Unicode"),
    "bytes": ({"child_id": [b"a"]}, "column child_id: bytes are no text"),
    "two dimensions": ({"child_id": ["a"], "year": np.zeros((1, 1))}, "has one dimension"),
    "no key": (pl.DataFrame({"chid_id": ["a"]}), "has no column child_id, which says whose each row is; did you mean chid_id?"),
    "another length": ({"child_id": ["a"], "year": [1, 2]}, "column year has 2 rows, and the first column 1"),
    "no table": (42, "builtins.int is no table"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_place(what):
    child, message = REFUSED[what]
    with pytest.raises(es.DataError, match=message):
        PACK.score(child=child, as_of=AS_OF)


@pytest.mark.parametrize(
    "odd",
    [pd.to_timedelta(["1D"]), pd.period_range("2020-01", periods=1, freq="M"), pd.to_datetime(["2020-01-01"]).tz_localize("UTC"), np.array([1j]), [b"a"]],
    ids=str,
)
def test_an_undeclared_column_of_an_odd_type_is_not_looked_at(odd):
    assert PACK.score(child={"notes": odd, "child_id": ["a"]}, as_of=AS_OF).counts["child"].ignored_columns == ("notes",)
    assert PACK.score(child=pd.DataFrame({"notes": odd, "child_id": ["a"]}), as_of=AS_OF).children == 1


def test_tables_without_rows():
    for child in (
        pl.DataFrame({"child_id": [], "year": []}),
        pd.DataFrame({"child_id": [], "year": []}),
        arrow()[0].slice(0, 0),
        {"child_id": [], "year": np.array([])},
    ):
        assert PACK.score(child=child, visit=pd.DataFrame({"child_id": [], "made": []}), as_of=AS_OF).children == 0
    assert {r["outcome"] for r in answers(child=COLUMNS, visit=pd.DataFrame({"child_id": [], "made": [], "minutes": []})) if r["rule"] == "visited"} == {
        "silent"
    }


def test_an_undeclared_column_may_be_of_any_type():
    result = PACK.score(child=pa.table({"child_id": ["a"], "notes": [[1]]}), as_of=AS_OF)
    assert result.counts["child"].ignored_columns == ("notes",)


def test_a_table_or_param_that_is_not_there():
    with pytest.raises(es.ArgumentError, match="declares no table visits; did you mean visit"):
        PACK.score(child=COLUMNS, visits=VISITS, as_of=AS_OF)
    with pytest.raises(es.ArgumentError, match="table child is missing"):
        PACK.score(visit=VISITS, as_of=AS_OF)
    with pytest.raises(es.ArgumentError, match="year-month-day"):
        PACK.score(child=COLUMNS, as_of="20/06/2025")


@pytest.mark.parametrize(
    "way, kind", [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pyarrow", pa.Table), ("duckdb", duckdb.DuckDBPyRelation), ("numpy", es.Table)]
)
def test_results_are_frames_of_the_callers_library(way, kind):
    child, visit = WAYS[way]()
    result = PACK.score(child=child, visit=visit, as_of=AS_OF)
    for name in ("outcomes", "matrix", "flags", "scores", "actions", "missing", "rejected"):
        assert isinstance(getattr(result, name), kind), name
    assert isinstance(result.summary(by="sen"), kind)


def test_results_hold_the_same_in_every_library():
    result = PACK.score(child=COLUMNS, visit=VISITS, as_of=AS_OF)
    for name in ("outcomes", "matrix", "flags", "scores", "missing"):
        table = result.table(name)
        rows = list(table)
        assert table.to_polars().to_dicts() == rows
        assert table.to_arrow().to_pylist() == rows
        frame = table.to_pandas()
        assert frame.astype(object).where(frame.notna(), None).to_dict("records") == rows
        arrays = table.to_numpy()
        assert [len(a) for a in arrays.values()] == [len(rows)] * len(table.columns)


def test_outcomes_are_dictionary_columns():
    result = PACK.score(child=COLUMNS, visit=VISITS, as_of=AS_OF)
    types = {f.name: f.type for f in result.table("outcomes").to_arrow().schema}
    assert pa.types.is_dictionary(types["rule"]) and pa.types.is_dictionary(types["outcome"])
    assert result.table("matrix").to_arrow().schema.field("year6").type.index_type == pa.int8()
    assert str(result.table("outcomes").to_pandas()["outcome"].dtype) == "category"


def test_columns_are_looked_at_where_they_are_when_their_type_allows():
    uses = {
        u.column: u for u in PACK.score(child={**with_numpy()[0], "carer": np.array([True, False, True, True])}, visit=with_numpy()[1], as_of=AS_OF).columns
    }
    assert uses["year"].viewed and uses["share"].viewed and uses["carer"].viewed and uses["minutes"].viewed
    assert not uses["born"].viewed and uses["born"].found == "datetime64[D]"
    uses = {u.column: u for u in PACK.score(child=pl.DataFrame(COLUMNS), as_of=AS_OF).columns}
    assert uses["born"].viewed and uses["share"].viewed and not uses["year"].viewed


def test_memory_stays_while_the_result_looks_into_it():
    import gc

    child = pl.DataFrame(
        {"child_id": [f"c{i}" for i in range(20_000)], "year": pl.Series([float(i % 13) for i in range(20_000)]), "sen": ["ehcp", "none"] * 10_000}
    )
    result = PACK.score(child=child, as_of=AS_OF)
    del child
    gc.collect()
    assert "fires" in result.explain("c6", "year6").text.lower()
    assert len(result.table("outcomes")) > 0


def test_no_library_is_imported_that_the_caller_did_not_import():
    import subprocess
    import sys

    script = (
        "import sys, earlysight as es\n"
        "p = es.loads('pack p \"P\" version \"1.0\"\\ntable child\\n  child_id key\\n  year count\\nflag f \"F\"\\nrule r \"R\" when year is 6 raise f\\n')\n"
        "r = p.score(child={'child_id': ['a'], 'year': [6]}, as_of='2025-06-20')\n"
        "assert [x['outcome'] for x in r.outcomes] == ['fires'] and repr(r) and r.explain('a').html\n"
        "assert not {'numpy', 'pandas', 'polars', 'pyarrow', 'duckdb'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_polars_pandas_and_duckdb_need_no_pyarrow():
    import subprocess
    import sys

    pack = 'pack p "P" version "1.0"\ntable child\n  child_id key\n  year count\nflag f "F"\nrule r "R" when year is 6 raise f\n'
    script = f"""
import sys
sys.modules["pyarrow"] = None
import duckdb, earlysight as es, pandas as pd, polars as pl
pack = es.loads({pack!r})
columns = {{"child_id": ["a", "b"], "year": [6, 7]}}
frames = [pl.DataFrame(columns), pd.DataFrame(columns)]
if int(duckdb.__version__.split(".")[0]) >= 2:  # before that, DuckDB needs it to make a relation of a result
    frames.append(duckdb.sql("select 'a' as child_id, 6 as year"))
for frame in frames:
    result = pack.score(child=frame, as_of="2025-06-20")
    assert len(result.flags) == 1 and len(result.rejected) == 0, type(frame)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
