#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables in a DuckDB file and in Parquet, scored straight from relations, and the results written back for others to query.

    pip install .[arrow,duckdb]
    examples/python/duckdb_cohort.py [FOLDER]

Without a database of your own it makes one out of the sample cohort: FOLDER/education.duckdb, with the attendance in FOLDER/attendance.parquet.
"""
import sys
import tempfile
from pathlib import Path

import duckdb

import earlysight as es

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2025-06-20"


def make(folder: Path) -> None:
    """A database as an authority may have it: tables of its own, and a large table as Parquet beside them."""
    with duckdb.connect(str(folder / "education.duckdb")) as db:
        for path in sorted((ROOT / "examples/cohort").glob("*.csv")):
            if path.stem not in ("attendance", "truth"):
                db.execute(f"create table {path.stem} as from read_csv('{path}')")
        db.execute(f"copy (from read_csv('{ROOT / 'examples/cohort/attendance.csv'}')) to '{folder / 'attendance.parquet'}' (format parquet)")


def score(folder: Path) -> es.Result:
    pack = es.load(ROOT / "rules/transition")
    declared = {str(row["table"]) for row in pack.tables}
    with duckdb.connect(str(folder / "education.duckdb")) as db:
        # A relation is a query that has not run yet: nothing is copied into Python, and columns or rows may be chosen in SQL.
        tables = {name: db.table(name) for (name,) in db.execute("show tables").fetchall() if name in declared}
        tables["attendance"] = db.sql(
            f"select child_id, week, possible, attended, illness from '{folder / 'attendance.parquet'}' where week >= date '2023-09-01'"
        )
        result = pack.score(tables, as_of=AS_OF)

        # Back into the database: each result table is an Arrow stream, which DuckDB reads where it is.
        for name in ("flags", "scores", "outcomes", "missing", "actions"):
            made = duckdb.from_arrow(result.table(name).to_arrow(), connection=db)
            db.register("made", made)
            db.execute(f"create or replace table result_{name} as select date '{AS_OF}' as as_of, * from made")
            db.unregister("made")
        print("Raised flags by school, with how many cannot be told:")
        print(db.sql("""
            select school, flag, count(*) filter (state = 'raised') as raised, count(*) filter (state = 'cannot_tell') as cannot_tell
            from result_flags join child using (child_id) group by all having raised > 0 order by raised desc, school, flag limit 10
        """))
    return result


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="earlysight-"))
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "education.duckdb").exists():
        make(folder)
    result = score(folder)
    print(f"{result.children:,} children; results are in {folder / 'education.duckdb'} as result_flags, result_scores, …")


if __name__ == "__main__":
    main()
