# SPDX-License-Identifier: Apache-2.0
"""DuckDB from CSV files to outcomes: the query of duckdb_peer over views of read_csv with every type declared, so that each file is read once, on all threads,
and nothing is sniffed. Children are named by the number in their key, which is cheaper to group by than the key's text; the files' keys are such."""
import os

import duckdb
import numpy as np

from .data import WEEKS
from .duckdb_peer import LONG, YES_NO, Peer

# As narrow as the values are. Yes/no and percentages are written as people write them, and turned into values in the view.
TYPES = {
    "child": {"child_id": "VARCHAR", "year": "UTINYINT", "phase": "VARCHAR", "sen": "VARCHAR", "birth": "DATE", "admitted": "DATE", "last_seen": "DATE", "review_due": "DATE",
              "free_meals": "VARCHAR", "looked_after": "VARCHAR", "in_need": "VARCHAR", "young_carer": "VARCHAR", "eal": "VARCHAR", "attendance_feed": "VARCHAR",
              "health_feed": "VARCHAR", "care_feed": "VARCHAR", "moves": "UTINYINT", "behaviour": "USMALLINT", "attainment": "USMALLINT", "reading": "USMALLINT",
              "previous": "VARCHAR", "distance": "FLOAT", "hours_offered": "FLOAT"},
    "attendance": {"child_id": "VARCHAR", "week": "DATE", "possible": "UTINYINT", "attended": "UTINYINT"},
    "referral": {"child_id": "VARCHAR", "made": "DATE", "service": "VARCHAR", "seen": "DATE", "urgent": "VARCHAR"},
    "suspension": {"child_id": "VARCHAR", "day": "DATE", "days": "FLOAT", "reason": "VARCHAR"},
    "placement": {"child_id": "VARCHAR", "began": "DATE", "ended": "DATE", "kind": "VARCHAR"},
    "plan": {"child_id": "VARCHAR", "made": "DATE", "kind": "VARCHAR", "hours": "FLOAT", "review": "DATE"},
}


def header(path):
    with open(path, encoding="utf-8") as h:
        return h.readline().strip().split(",")


def view(folder, table):
    path = os.path.join(folder, f"{table}.csv")
    types = {name: TYPES[table][name] for name in header(path)}
    columns = ["substr(child_id, 2)::UINTEGER AS child_row"]
    for name in types:
        if name in YES_NO:
            columns.append(f"{name} = 'yes' AS {name}")
        elif name == "previous":
            columns.append("(rtrim(previous, '%')::DOUBLE / 100)::FLOAT AS previous")
        elif name != "child_id":
            columns.append(name)
    read = f"read_csv('{path}', header = true, auto_detect = false, delim = ',', quote = '\"', nullstr = '', columns = {types})"
    if table != "attendance":
        return f"CREATE VIEW {table} AS SELECT {', '.join(columns)} FROM {read}"
    # The number of the school week stands in a small table of the calendar.
    return f"CREATE VIEW attendance AS SELECT {', '.join(columns)}, number FROM {read} JOIN school_week USING (week)"


class FilesPeer(Peer):
    def __init__(self, folder, mondays, pack, threads):
        self.folder, self.mondays, self.pack, self.threads = folder, mondays, pack, threads
        self.query = self.sql(LONG)

    def run(self):
        self.connection = duckdb.connect(":memory:", config={"threads": self.threads})
        weeks = ", ".join(f"(DATE '{m}', {n}::UTINYINT)" for n, m in enumerate(self.mondays))
        self.connection.execute(f"CREATE TABLE school_week AS SELECT * FROM (VALUES {weeks}) AS w(week, number)")
        for table in TYPES:
            self.connection.execute(view(self.folder, table))
        super().run()


def mondays(folder):
    """The school weeks of the first child, as they are written."""
    with open(os.path.join(folder, "attendance.csv"), encoding="utf-8") as h:
        at = h.readline().strip().split(",").index("week")
        return np.array([h.readline().split(",")[at] for _ in range(WEEKS)])
