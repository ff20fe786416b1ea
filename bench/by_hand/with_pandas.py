# SPDX-License-Identifier: Apache-2.0
"""Eight rules of rules/transition in pandas, on nullable columns: NA is not known."""
from datetime import date

import numpy as np
import pandas as pd
from terms import school_weeks

FALLING_BY, LOW, SEVERE, LEAST, SHORT_ILLNESS, LONG_WAIT = 0.04, 0.90, 0.50, 20, 10, pd.Timedelta(weeks=18)
MENTOR_FROM, WATCH_FOR, TINY = pd.Timestamp("2025-05-01"), pd.Timedelta(weeks=12), 1e-9
PRESENT = ["/", "\\", "L", "K", "V", "P", "W", "B", "J"]
NOT_POSSIBLE = ["D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Y", "Z", "#"]
SUMS = ["attended", "possible", "illness"]


def totals(rows, children, this_year, lately, before):
    """Sums of a window a child: NA where a cell of the window is not known, 0 where there is no row."""
    parts = []
    for name, window in (("this_year", this_year), ("lately", lately), ("before", before)):
        inside = rows.loc[window, ["child_id", *SUMS]]
        gaps = inside[SUMS].isna().any(axis=1)
        sums = inside.groupby("child_id")[SUMS].sum().astype("Float64").reindex(children, fill_value=0.0)
        # Few rows have a gap: only they are looked at column by column.
        for column in SUMS:
            sums.loc[sums.index.intersection(inside.loc[gaps & inside[column].isna(), "child_id"].unique()), column] = pd.NA
        parts.append(sums.add_suffix(f"_{name}"))
    return pd.concat(parts, axis=1)


def any_row(rows, condition, children):
    """Whether a row meets the condition: NA where none does, and of one it is not known."""
    surely = pd.Series(children.isin(rows.loc[condition.fillna(False), "child_id"]), index=children, dtype="boolean")
    maybe = children.isin(rows.loc[condition.isna(), "child_id"])
    return surely.mask(maybe & ~surely.to_numpy(bool))


def share(attended, possible):
    return attended / possible.where((possible > 0).fillna(False))


def outcome(applies, when, unless=None):
    fires = applies & when if unless is None else applies & when & ~unless
    choices = [(~applies).fillna(False), fires.fillna(False), (~fires).fillna(False)]
    return np.select([c.to_numpy(bool) for c in choices], ["not_applicable", "fires", "silent"], "cannot_tell")


def score(tables, day: date):
    child = tables["child"].drop_duplicates("child_id").set_index("child_id")
    mark, attendance, terms, referral, suspension, support = (tables[n] for n in ("mark", "attendance", "term_attendance", "referral", "suspension", "support"))
    as_of = pd.Timestamp(day)
    year_start = pd.Timestamp(day.year - (day.month < 9), 9, 1)
    weeks = pd.to_datetime(school_weeks(day))

    # Marks: a row a half day.
    mark = mark[mark["day"] <= as_of]
    code, monday = mark["code"], mark["day"] - pd.to_timedelta(mark["day"].dt.weekday, unit="D")
    rows = pd.DataFrame({"child_id": mark["child_id"]})
    for name, values in (("attended", code.isin(PRESENT)), ("possible", ~code.isin(NOT_POSSIBLE)), ("illness", code == "I")):
        rows[name] = values.astype("Int64").mask(code.isna())
    in_marks = totals(rows, child.index, mark["day"] >= year_start, monday.isin(weeks[:6]), monday.isin(weeks[6:18]))

    # Weeks: known from the Friday on.
    attendance = attendance[attendance["week"] + pd.Timedelta(days=4) <= as_of]
    week = attendance["week"]
    in_weeks = totals(attendance, child.index, week >= year_start, week.isin(weeks[:6]), week.isin(weeks[6:18]))

    # Terms: the latest one of the last nine months, and the one a year before it.
    terms = terms[terms["term_end"] <= as_of]
    terms = terms.assign(attended=terms["possible"] - terms["authorised"] - terms["unauthorised"])
    recent = terms["term_end"].where(terms["term_end"] > as_of - pd.DateOffset(months=9)).groupby(terms["child_id"]).transform("max")
    a_year_before = recent - pd.DateOffset(months=13)
    before = (terms["term_end"] > a_year_before) & (terms["term_end"] <= a_year_before + pd.DateOffset(months=2))
    in_terms = totals(terms, child.index, terms["term_end"] >= year_start, terms["term_end"] == recent, before)

    feed = child["school_feed"].fillna("none")
    facts = in_marks.where(feed == "marks", in_weeks.where(feed == "weeks", in_terms.where(feed == "terms")))

    referral = referral[referral["made"] <= as_of]
    still = [referral[c].isna() | (referral[c] > as_of) for c in ("seen", "closed")]
    waiting = still[0] & still[1] & (referral["made"] <= as_of - LONG_WAIT) & (referral["service"] == "neurodevelopmental").astype("boolean").mask(referral["service"].isna())
    waiting = any_row(referral, waiting, child.index).where((child["health_feed"] == "yes").fillna(False))
    support = support[support["started"] <= as_of]
    mentor = (support["kind"] == "mentor").astype("boolean").mask(support["kind"].isna()) & (support["ended"].isna() | (support["ended"] > as_of))
    has_mentor = any_row(support, mentor, child.index)
    starts = suspension["starts"]
    suspended = any_row(suspension, ((starts >= year_start) & (starts <= as_of - pd.Timedelta(days=3))).astype("boolean"), child.index)

    attended, possible, illness = facts["attended_lately"], facts["possible_lately"], facts["illness_lately"]
    level_before = share(facts["attended_before"], facts["possible_before"])
    this_year = share(facts["attended_this_year"], facts["possible_this_year"])
    fell = level_before - share(attended, possible) >= FALLING_BY - TINY
    fell_without_illness = level_before - share(attended + illness, possible) >= FALLING_BY - TINY
    short_illness_only = ((illness <= SHORT_ILLNESS) & ~fell_without_illness).fillna(False)
    falling = fell & (possible >= LEAST) & (facts["possible_before"] >= LEAST) & ~short_illness_only
    enough = facts["possible_this_year"] >= LEAST
    low, severe = (this_year <= LOW + TINY) & enough, (this_year <= SEVERE + TINY) & enough
    year, send = child["year"], (child["sen"] != "none").astype("boolean").mask(child["sen"].isna())

    out = pd.DataFrame(index=child.index)
    out["y6_falling_with_unmet_nd"] = outcome(year == 6, fell & (possible >= LEAST) & ~short_illness_only & waiting)
    out["y6_send_and_low_attendance"] = outcome((year == 6) & send, low, has_mentor.fillna(False))
    out["y6_suspended_with_send"] = outcome((year == 6) & send, suspended)
    out["y7_first_year_falling"] = outcome(year == 7, falling)
    out["y7_first_year_falling_with_send"] = outcome((year == 7) & send, falling)
    out["y7_first_year_half_missed"] = outcome(year == 7, severe)
    out["y7_first_weeks_low"] = outcome((year == 7) & send & (as_of <= year_start + WATCH_FOR), low)

    def state(rule):
        return (out[rule] == "fires").astype("boolean").mask(out[rule] == "cannot_tell")

    raised = state("y6_falling_with_unmet_nd") | state("y6_suspended_with_send")
    out["y6_no_mentor"] = outcome((year == 6) & (as_of >= MENTOR_FROM), raised, has_mentor)
    return out.reset_index()
