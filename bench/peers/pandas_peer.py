# SPDX-License-Identifier: Apache-2.0
"""pandas: attendance as two frames of a column a week, events grouped once a table, facts as nullable columns (NA: not known) and conditions as
nullable booleans, whose `&`, `|` and `~` know three states (Kleene). Also what hands features to the per-child engines."""
import json
import os
import sys

import numpy as np
import pandas as pd

from . import pack as packs
from .data import ACADEMIC_YEAR, TODAY, TWO_YEARS_AGO, WEEKS, YEAR_AGO, YES_NO, Data
from .features import CONDITIONS, NAMES, NEVER, WORDS

NEAR = 1e-9
NULLABLE = {"u1": "UInt8", "u2": "UInt16", "i4": "Int32", "f4": "Float32"}


def frame(data, table):
    """A table of these arrays, NA where they say nothing. Days are numbers since 1970, words their codes: both compare faster than as dates and text."""
    columns = {}
    for name, values in getattr(data, table).items():
        column = pd.Series(values)
        states = [s[f"{table}.{name}"] for s in (data.known, data.present) if f"{table}.{name}" in s]
        if name in YES_NO:
            column = column.astype("boolean")
        elif states:
            column = column.astype(NULLABLE[values.dtype.str[1:]])
        for here in states:
            column = column.where(here)
        columns[name] = column
    return pd.DataFrame(columns)


def of_rows(rows, children, **columns):
    """Any of each child's rows for every yes/no column, of a nullable one a nullable answer; False for a child without rows."""
    flat = {}
    for name, column in columns.items():
        if column.dtype == "boolean":
            flat[name], flat[name + "?"] = column.fillna(False).astype(bool), column.isna()
        else:
            flat[name] = column
    anywhere = pd.DataFrame(flat).groupby(rows, sort=False).any().reindex(children, fill_value=False)
    out = {}
    for name, column in columns.items():
        out[name] = anywhere[name]
        if column.dtype == "boolean":
            out[name] = anywhere[name].astype("boolean").mask(anywhere[name + "?"] & ~anywhere[name])
    return out


def compare(value, how, limit):
    if how == "==":
        return value == limit
    if how == "in":
        return value.isin(limit).astype("boolean").mask(value.isna())
    near = NEAR if value.dtype == "Float64" else 0
    return {"<": lambda: value < limit - near, "<=": lambda: value <= limit + near, ">": lambda: value > limit + near, ">=": lambda: value >= limit - near}[how]()


def at_least(n, parts):
    low, high = (sum(p.fillna(unknown).astype(np.uint8) for p in parts) for unknown in (False, True))
    return (low >= n).astype("boolean").mask((low < n) & (high >= n))


class Peer:
    def __init__(self, data, pack, form, threads):
        assert threads == 1, "pandas works on one thread"
        self.pack, self.children = pack, pd.RangeIndex(data.children)
        self.child = frame(data, "child")
        self.events = {table: frame(data, table) for table in ("referral", "suspension", "placement", "plan")}
        self.possible, self.attended = (pd.DataFrame(np.ascontiguousarray(data.attendance[name].reshape(-1, WEEKS).T).T, copy=False) for name in ("possible", "attended"))
        x = (data.mondays[27:] - data.mondays[27]) / 7
        self.slope_of = (x - x.mean()) / ((x - x.mean()) ** 2).sum()

    def versions(self):
        return {"pandas": pd.__version__, "NumPy": np.__version__}

    def features(self):
        """Every feature of features.py as a nullable column."""
        child = self.child
        out = {name: child[name] for name in ("phase", "sen", "year", "moves", "behaviour", "attainment", "reading", "previous", "distance", "hours_offered",
                                              "free_meals", "looked_after", "in_need", "young_carer", "eal")}
        birthday = pd.to_datetime(child["birth"].fillna(0).astype("int64"), unit="D")
        today = pd.Timestamp(TODAY, unit="D")
        age = today.year - birthday.dt.year - ((birthday.dt.month > today.month) | (birthday.dt.month == today.month) & (birthday.dt.day > today.day))
        out["age"] = age.astype("Int16").mask(child["birth"].isna())
        out["days_on_roll"], out["days_unseen"] = TODAY - child["admitted"], TODAY - child["last_seen"]
        due = (child["review_due"] - TODAY).fillna(0).astype("int32")
        out["review_in"], out["review_overdue"] = due.where(due > 0, NEVER), (-due).clip(lower=0)
        for feed, facts in (("attendance_feed", {**self.weeks(), **self.suspensions()}), ("health_feed", self.referrals()), ("care_feed", self.placements())):
            unknown = ~child[feed].fillna(False).astype(bool)
            for name, column in facts.items():
                out[name] = (column.astype("boolean") if column.dtype == bool else column).mask(unknown)
        return {**out, **self.plans()}

    def weeks(self):
        possible, attended = self.possible, self.attended
        late = slice(27, WEEKS)

        def total(weeks, first, last):
            return weeks.iloc[:, first:last].sum(axis=1)

        def share(first, last):
            sessions = total(possible, first, last)
            return (total(attended, first, last) / sessions.where(sessions > 0)).astype("Float64")

        lately, before = share(33, 39), share(21, 33)
        slope = (attended.iloc[:, late] / possible.iloc[:, late]).dot(self.slope_of)
        run = longest = pd.Series(np.uint8(0), self.children)
        for week in range(19, WEEKS):
            run = (run + np.uint8(1)).where(attended[week] <= 5, np.uint8(0))
            longest = longest.where(longest > run, run)
        return {
            "year_share": share(0, WEEKS), "lately": lately, "fall": before - lately, "fortnight": share(37, 39), "slope": slope.astype("Float64"),
            "poor_run": longest.astype("Int8"), "empty_weeks": (attended.iloc[:, late] == 0).sum(axis=1).astype("Int8"),
            "worst_week": attended.iloc[:, late].min(axis=1).astype("Int8"), "full_weeks": (attended >= possible).sum(axis=1).astype("Int8"),
            "sessions_missed": (total(possible, 0, WEEKS).astype("Int16") - total(attended, 0, WEEKS).astype("Int16")),
        }

    def count(self, rows, among):
        return rows[among].value_counts(sort=False).reindex(self.children, fill_value=0).astype("Int16")

    def referrals(self):
        t = self.events["referral"]
        child, made, service = t["child_row"], t["made"], t["service"]
        now, waits, recent = made <= TODAY, t["seen"].isna() | (t["seen"] > TODAY).fillna(False), made > TWO_YEARS_AGO
        waits = waits.astype(bool) & now
        any_row = of_rows(child, self.children, camhs_waiting=waits & (service == 0), nd_waiting=waits & (made <= TODAY - 126) & (service == 1),
                          urgent_unseen=waits & (made > TODAY - 182) & t["urgent"], unnamed=now & recent & service.isna())
        unnamed = any_row.pop("unnamed")
        first = made[waits].groupby(child[waits], sort=False).min().reindex(self.children)
        kinds = service[now & recent].groupby(child[now & recent], sort=False).nunique().reindex(self.children, fill_value=0)
        return {**any_row, "referrals": self.count(child, now & (made > YEAR_AGO)), "days_waiting": (TODAY - first).fillna(-1).astype("Int32"),
                "services": kinds.astype("Int8").mask(unnamed)}

    def suspensions(self):
        t = self.events["suspension"]
        child, when, days = t["child_row"], t["day"], t["days"]
        now = when <= TODAY
        year, academic = now & (when > YEAR_AGO), now & (when >= ACADEMIC_YEAR)
        any_row = of_rows(child, self.children, long_one=year & (days > 2), assaulted=now & (t["reason"] == 0), some=academic & days.isna(), one=year & days.isna())
        some, one = any_row.pop("some"), any_row.pop("one")
        rows = pd.DataFrame({"out": days.where(academic).fillna(0), "longest": days.where(year).fillna(0)}).groupby(child, sort=False)
        last = when[now].groupby(child[now], sort=False).max().reindex(self.children)
        return {**any_row, "suspensions": self.count(child, year), "days_out": rows["out"].sum().reindex(self.children, fill_value=0).mask(some),
                "longest_suspension": rows["longest"].max().reindex(self.children, fill_value=0).mask(one),
                "days_since_suspension": (TODAY - last).fillna(NEVER).astype("Int32")}

    def placements(self):
        t = self.events["placement"]
        began = t["began"]
        now = ((t["ended"].isna() | (t["ended"] > TODAY).fillna(False)) & (began <= TODAY)).astype(bool)
        return {**of_rows(t["child_row"], self.children, residential_now=now & (t["kind"] == 1), placed_now=now),
                "placements_begun": self.count(t["child_row"], (began <= TODAY) & (began > TWO_YEARS_AGO))}

    def plans(self):
        t = self.events["plan"]
        child, made, kind, hours = t["child_row"], t["made"], t["kind"], t["hours"]
        now = made <= TODAY
        year, support = now & (made > YEAR_AGO), (now & (kind == 1)).fillna(False).astype(bool)
        any_row = of_rows(child, self.children, part_time=now & (kind == 2), overdue=now & (t["review"] < TODAY), no_hours=year & hours.isna(), no_kind=now & kind.isna())
        no_hours, no_kind = any_row.pop("no_hours"), any_row.pop("no_kind")
        least = hours[year].groupby(child[year], sort=False).min().reindex(self.children).fillna(NEVER)
        last = made[support].groupby(child[support], sort=False).max().reindex(self.children)
        return {**{name: column.astype("boolean") for name, column in any_row.items()}, "plans": self.count(child, year), "least_hours": least.mask(no_hours),
                "days_since_support": (TODAY - last).fillna(NEVER).astype("Int32").mask(no_kind)}

    def run(self):
        features, conditions = self.features(), {}
        for name, (feature, how, limit) in CONDITIONS.items():
            if feature in WORDS:
                limit = tuple(WORDS[feature].index(w) for w in limit) if how == "in" else WORDS[feature].index(limit)
            conditions[name] = features[feature] if limit is True else compare(features[feature], how, limit)
        codes, low, high = {}, {}, {}
        for rule in self.pack.rules:
            says, applies = packs.says_of(rule, lambda e: packs.work_out(e, conditions, lambda x: x.fillna(False), at_least))
            fires, could = says.fillna(False).astype(bool), says.fillna(True).astype(bool)
            code = says.astype("UInt8").fillna(2)
            codes[rule.name] = code if applies is None else code.mask((~applies).fillna(False).astype(bool), 3)
            for flag, points in rule.raises:
                for score, holds in ((low, fires), (high, could)):
                    score.setdefault(flag, []).append(holds * np.uint8(points))
        self.codes = pd.DataFrame(codes)
        self.low, self.high = self.score(low), self.score(high)

    def score(self, points):
        flags = {}
        for flag, each in points.items():
            flags[flag] = each[0]
            for more in each[1:]:
                flags[flag] = flags[flag].where(flags[flag] >= more, more)
        return sum(sum(flags[f] for f, t in self.pack.flags.items() if t == theme).clip(upper=most).astype(np.uint16) for theme, most in self.pack.themes.items())

    def outcomes(self):
        return np.stack([self.codes[r.name].to_numpy(np.uint8) for r in self.pack.rules]), self.low.to_numpy(float), self.high.to_numpy(float)

    def write_features(self, folder):
        """One JSON object a child; shares to nine decimals, which some engines need and the language's tolerance allows."""
        features, columns = self.features(), {}
        for name in NAMES:
            column = features[name]
            if name in WORDS:
                column = column.map(dict(enumerate(WORDS[name])), na_action="ignore")
            columns[name] = [None if v is pd.NA or v != v else round(v, 9) if isinstance(v, float) else v for v in column.astype(object).to_list()]
        with open(os.path.join(folder, "features.jsonl"), "w", encoding="utf-8") as h:
            for cells in zip(*columns.values()):
                h.write(json.dumps({name: cell for name, cell in zip(columns, cells) if cell is not None}) + "\n")


if __name__ == "__main__":
    Peer(Data(sys.argv[1]), packs.read(), "-", 1).write_features(sys.argv[1])
