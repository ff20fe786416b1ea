# SPDX-License-Identifier: Apache-2.0
"""DuckDB: one query, every table aggregated once, conditions as columns, SQL's own three states. Attendance wide (a column a week) or long (a row a
child and week, with the number of the school week beside its date, put there beforehand). Results go to a table in memory."""
import re

import duckdb
import numpy as np

from .data import CATEGORIES, DATES, WEEKS, YES_NO


def load(connection, data, table, where=""):
    """A table of these arrays, NULL where they say nothing."""
    arrays, columns = {}, []
    for name, values in getattr(data, table).items():
        arrays[name] = values
        value = name
        if name in DATES:
            value = f"DATE '1970-01-01' + {name}"
        elif name in YES_NO:
            value = f"{name} <> 0"
        elif f"{table}.{name}" in CATEGORIES:
            words = CATEGORIES[f"{table}.{name}"]
            connection.execute(f"CREATE TYPE {table}_{name} AS ENUM {words}")
            value = f"(CASE {name} {' '.join(f'WHEN {i} THEN {w!r}' for i, w in enumerate(words))} END)::{table}_{name}"
        for states in (data.known, data.present):
            if f"{table}.{name}" in states:
                arrays[f"has_{name}"] = states[f"{table}.{name}"]
                value = f"CASE WHEN has_{name} THEN {value} END"
        columns.append(f"{value} AS {name}")
    if table == "child":
        arrays["child_row"] = np.arange(data.children, dtype=np.uint32)
        columns.insert(0, "child_row")
    connection.register("given", arrays)
    connection.execute(f"CREATE TABLE {table} AS SELECT {', '.join(columns)} FROM given {where}")
    connection.unregister("given")


def sql_of(e):
    kind = e[0]
    if kind == "name":
        return e[1]
    if kind == "not":
        return f"(NOT {sql_of(e[1])})"
    if kind == "certain":
        return f"coalesce({sql_of(e[1])}, false)"
    parts = [sql_of(x) for x in e[-1]]
    if kind == "at_least":
        low, high = (" + ".join(f"coalesce({p}, {unknown})::UTINYINT" for p in parts) for unknown in ("false", "true"))
        return f"(CASE WHEN {low} >= {e[1]} THEN true WHEN {high} < {e[1]} THEN false END)"
    return "(" + f" {kind.upper()} ".join(parts) + ")"


def any_where(condition, among="true"):
    """Any of the rows `among` for which the condition holds: true where one does, else not known where of one it is not known."""
    return f"CASE WHEN bool_or({condition}) FILTER ({among}) THEN true WHEN bool_or(({condition}) IS NULL) FILTER ({among}) THEN NULL ELSE false END"


EVENTS = f"""
referrals AS (SELECT child_row,
    count(*) FILTER (made > today - INTERVAL 12 MONTH) AS referrals,
    {any_where("service = 'camhs'", "seen IS NULL OR seen > today")} AS camhs_waiting,
    {any_where("service = 'neurodevelopmental'", "(seen IS NULL OR seen > today) AND made <= today - 126")} AS nd_waiting,
    {any_where("urgent", "(seen IS NULL OR seen > today) AND made > today - 182")} AS urgent_unseen,
    date_diff('day', min(made) FILTER (seen IS NULL OR seen > today), any_value(today)) AS wait,
    CASE WHEN count(*) FILTER (made > today - INTERVAL 24 MONTH AND service IS NULL) = 0
         THEN count(DISTINCT service) FILTER (made > today - INTERVAL 24 MONTH) END AS services
  FROM referral, as_of WHERE made <= today GROUP BY child_row),
suspensions AS (SELECT child_row,
    count(*) FILTER (day > today - INTERVAL 12 MONTH) AS suspensions,
    CASE WHEN count(*) FILTER (day >= DATE '2024-09-01' AND days IS NULL) = 0 THEN coalesce(sum(days) FILTER (day >= DATE '2024-09-01'), 0) END AS days_out,
    {any_where("days > 2", "day > today - INTERVAL 12 MONTH")} AS long_one,
    coalesce(max(day) > any_value(today) - 84, false) AS suspended_lately,
    {any_where("reason = 'assault'")} AS assaulted,
    CASE WHEN count(*) FILTER (day > today - INTERVAL 12 MONTH AND days IS NULL) = 0
         THEN coalesce(max(days) FILTER (day > today - INTERVAL 12 MONTH) >= 5, false) END AS out_a_week
  FROM suspension, as_of WHERE day <= today GROUP BY child_row),
placements AS (SELECT child_row,
    count(*) FILTER (began > today - INTERVAL 24 MONTH) AS placements_begun,
    {any_where("kind = 'residential'", "ended IS NULL OR ended > today")} AS residential_now,
    coalesce(bool_or(true) FILTER (ended IS NULL OR ended > today), false) AS placed_now
  FROM placement, as_of WHERE began <= today GROUP BY child_row),
plans AS (SELECT child_row,
    count(*) FILTER (made > today - INTERVAL 12 MONTH) AS plans,
    {any_where("kind = 'part_time'")} AS part_time,
    CASE WHEN count(*) FILTER (made > today - INTERVAL 12 MONTH AND hours IS NULL) = 0
         THEN coalesce(min(hours) FILTER (made > today - INTERVAL 12 MONTH) < 15, false) END AS tiny_hours,
    {any_where("review < today")} AS overdue,
    CASE WHEN count(*) FILTER (kind IS NULL) = 0 THEN coalesce(max(made) FILTER (kind = 'support') > any_value(today) - 182, false) END AS supported_lately
  FROM plan, as_of WHERE made <= today GROUP BY child_row)"""

LONG = """
weeks AS (SELECT child_row,
    sum(attended) FILTER (number >= 33) / nullif(sum(possible) FILTER (number >= 33), 0) AS lately,
    sum(attended) FILTER (number BETWEEN 21 AND 32) / nullif(sum(possible) FILTER (number BETWEEN 21 AND 32), 0) AS before,
    sum(attended) FILTER (number >= 37) / nullif(sum(possible) FILTER (number >= 37), 0) AS fortnight,
    sum(attended) / nullif(sum(possible), 0) AS year_share,
    sum(possible) - sum(attended) AS sessions_missed,
    CASE WHEN min(possible) FILTER (number >= 27) > 0
         THEN regr_slope(attended / possible, date_diff('day', DATE '1970-01-05', week) / 7) FILTER (number >= 27) END AS slope,
    bit_or(CASE WHEN attended <= 5 THEN 1::BIGINT << number ELSE 0 END) FILTER (number >= 19) AS poor,
    count(*) FILTER (number >= 27 AND attended = 0) AS empty_weeks,
    min(attended) FILTER (number >= 27) AS worst_week,
    count(*) FILTER (attended >= possible) AS full_weeks
  FROM attendance GROUP BY child_row)"""


def wide(mondays):
    """The same over columns p0, a0 … p38, a38 of one row a child."""
    def total(letter, first, last):
        return "(" + " + ".join(f"{letter}{w}::USMALLINT" for w in range(first, last)) + ")"

    x = (mondays[27:] - mondays[27]) / 7
    weights = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    slope = " + ".join(f"({float(weight)!r}::DOUBLE) * a{w} / nullif(p{w}, 0)" for w, weight in zip(range(27, WEEKS), weights))
    return f"""
sums AS (SELECT *, {total("a", 33, 39)} AS a_lately, {total("p", 33, 39)} AS p_lately,
    {total("a", 21, 33)} AS a_before, {total("p", 21, 33)} AS p_before FROM attendance_wide),
weeks AS (SELECT child_row,
    a_lately / nullif(p_lately, 0) AS lately,
    a_before / nullif(p_before, 0) AS before,
    (a37::USMALLINT + a38) / nullif(p37::USMALLINT + p38, 0) AS fortnight,
    (a_lately + a_before + {total("a", 0, 21)}) AS a_year, (p_lately + p_before + {total("p", 0, 21)}) AS p_year,
    a_year / nullif(p_year, 0) AS year_share,
    p_year::INTEGER - a_year::INTEGER AS sessions_missed,
    {slope} AS slope,
    {" | ".join(f"((a{w} <= 5)::BIGINT << {w})" for w in range(19, WEEKS))} AS poor,
    {" + ".join(f"(a{w} = 0)::UTINYINT" for w in range(27, WEEKS))} AS empty_weeks,
    least({", ".join(f"a{w}" for w in range(27, WEEKS))}) AS worst_week,
    {" + ".join(f"(a{w} >= p{w})::UTINYINT" for w in range(WEEKS))} AS full_weeks
  FROM sums)"""


def of_feed(feed, columns):
    """Conditions of a table that is not known unless its feed says so; of a child without rows, what no rows say."""
    return [f"CASE WHEN {feed} THEN {condition} END AS {name}" for name, condition in columns.items()]


def conditions():
    near = "1e-9"
    out = [
        "phase = 'primary' AS primary_", "phase = 'secondary' AS secondary", "phase IN ('special', 'alternative') AS specialist", "year IN (6, 7) AS moving_up",
        "year >= 10 AS exam_year", "sen = 'support' AS sen_support", "sen = 'ehcp' AS ehcp", "sen <> 'none' AS any_sen", "free_meals", "looked_after", "in_need",
        "young_carer", "eal", "moves >= 3 AS moved_often", "behaviour > 20 AS behaviour_high", "attainment < 90 AS low_attainment", "reading <= 85 AS poor_reader",
        "previous < 0.9::FLOAT AS poor_before", "distance > 5 AS far", "hours_offered < 20 AS few_hours",
        "birth <= today - INTERVAL 5 YEAR AND birth > today - INTERVAL 11 YEAR AS young", "birth <= today - INTERVAL 15 YEAR AS nearly_adult",
        "admitted > today - 120 AS new_here", "last_seen <= today - 21 AS unseen", "coalesce(review_due < today, false) AS review_late",
        "coalesce(review_due > today AND review_due <= today + 42, false) AS review_near",
    ]
    out += of_feed("attendance_feed", {
        "persistent": f"year_share < 0.9 - {near}", "severe": f"year_share <= 0.5 + {near}", "low_lately": f"lately < 0.85 - {near}",
        "falling": f"before - lately >= 0.05 - {near}", "falling_fast": f"before - lately >= 0.15 - {near}", "recovering": f"lately - before >= 0.05 - {near}",
        "gone": f"fortnight < 0.2 - {near}", "downhill": f"slope < -0.01 - {near}", "run_of_three": "(poor & (poor >> 1) & (poor >> 2)) <> 0",
        "run_of_five": "(poor & (poor >> 1) & (poor >> 2) & (poor >> 3) & (poor >> 4)) <> 0", "several_empty": "empty_weeks >= 2", "bad_week": "worst_week <= 2",
        "rarely_full": "full_weeks < 15", "missed_much": "sessions_missed > 60",
        "suspended": "coalesce(suspensions >= 1, false)", "suspended_often": "coalesce(suspensions >= 3, false)",
        "out_long": "s.child_row IS NOT NULL AND days_out > 5", "long_one": "s.child_row IS NOT NULL AND long_one",
        "suspended_lately": "s.child_row IS NOT NULL AND suspended_lately", "assaulted": "s.child_row IS NOT NULL AND assaulted",
        "out_a_week": "s.child_row IS NOT NULL AND out_a_week",
    })
    out += of_feed("health_feed", {
        "referred": "coalesce(referrals >= 1, false)", "referred_again": "coalesce(referrals >= 2, false)", "camhs_waiting": "r.child_row IS NOT NULL AND camhs_waiting",
        "nd_waiting": "r.child_row IS NOT NULL AND nd_waiting", "waiting_half_year": "coalesce(wait >= 180, false)", "waiting_year": "coalesce(wait >= 365, false)",
        "urgent_unseen": "r.child_row IS NOT NULL AND urgent_unseen", "many_services": "r.child_row IS NOT NULL AND services >= 2",
    })
    out += of_feed("care_feed", {
        "placed_anew": "coalesce(placements_begun >= 1, false)", "unstable": "coalesce(placements_begun >= 2, false)",
        "residential_now": "m.child_row IS NOT NULL AND residential_now", "placed_now": "m.child_row IS NOT NULL AND placed_now",
    })
    out += ["coalesce(plans >= 1, false) AS planned"]
    out += [f"(l.child_row IS NOT NULL AND {name}) AS {name}" for name in ("part_time", "tiny_hours", "overdue", "supported_lately")]
    return out


class Peer:
    def __init__(self, data, pack, form, threads):
        self.pack, self.children = pack, data.children
        self.connection = duckdb.connect(":memory:", config={"threads": threads})
        run = self.connection.execute
        for table in ("child", "referral", "suspension", "placement", "plan"):
            load(self.connection, data, table)
        if form == "long":
            n = len(data.attendance["week"])
            self.connection.register("given", {**data.attendance, "number": np.resize(np.arange(WEEKS, dtype=np.uint8), n)})
            run("CREATE TABLE attendance AS SELECT child_row, DATE '1970-01-01' + week AS week, number, possible, attended FROM given")
            self.connection.unregister("given")
        else:
            columns = {"child_row": np.arange(data.children, dtype=np.uint32)}
            for letter, name in (("p", "possible"), ("a", "attended")):
                by_week = np.ascontiguousarray(data.attendance[name].reshape(-1, WEEKS).T)
                columns.update({f"{letter}{w}": by_week[w] for w in range(WEEKS)})
            self.connection.register("given", columns)
            run("CREATE TABLE attendance_wide AS SELECT * FROM given")
            self.connection.unregister("given")
        self.query = self.sql(LONG if form == "long" else wide(data.mondays))

    def sql(self, weeks):
        outcomes, low, high = [], {}, {}
        for rule in self.pack.rules:
            says = sql_of(rule.when)
            if rule.unless:
                says = f"{says} AND NOT {sql_of(rule.unless)}"
            outside = ""
            if rule.for_:
                says = f"{sql_of(rule.for_)} AND {says}"
                outside = f"WHEN {sql_of(rule.for_)} IS FALSE THEN 3 "
            outcomes.append(f"(CASE {outside}WHEN {says} THEN 1 WHEN ({says}) IS NULL THEN 2 ELSE 0 END)::UTINYINT AS {rule.name}")
            for flag, points in rule.raises:
                if points:
                    low.setdefault(flag, []).append(f"CASE WHEN {rule.name} = 1 THEN {points} ELSE 0 END")
                    high.setdefault(flag, []).append(f"CASE WHEN {rule.name} IN (1, 2) THEN {points} ELSE 0 END")

        def score(flags):
            themes = []
            for theme, most in self.pack.themes.items():
                parts = [f"greatest({', '.join(flags[f])})" for f, t in self.pack.flags.items() if t == theme]
                themes.append(f"least({most}, {' + '.join(parts)})")
            return " + ".join(themes)

        text = f"""CREATE OR REPLACE TABLE outcome AS WITH as_of AS (SELECT DATE '2025-07-18' AS today), {EVENTS}, {weeks},
conditions AS (SELECT child.child_row, {', '.join(conditions())}
  FROM child CROSS JOIN as_of LEFT JOIN weeks w USING (child_row) LEFT JOIN referrals r USING (child_row) LEFT JOIN suspensions s USING (child_row)
  LEFT JOIN placements m USING (child_row) LEFT JOIN plans l USING (child_row)),
outcomes AS (SELECT child_row, {', '.join(outcomes)} FROM conditions)
SELECT *, ({score(low)})::USMALLINT AS low, ({score(high)})::USMALLINT AS high FROM outcomes"""
        return re.sub(r"\bprimary\b(?!')", "primary_", text)  # a word of SQL

    def versions(self):
        return {"DuckDB": duckdb.__version__}

    def run(self):
        self.connection.execute(self.query)

    def outcomes(self):
        table = self.connection.execute("SELECT * FROM outcome ORDER BY child_row").fetchnumpy()
        return np.stack([np.asarray(table[r.name]) for r in self.pack.rules]), np.asarray(table["low"]).astype(float), np.asarray(table["high"]).astype(float)
