# SPDX-License-Identifier: Apache-2.0
"""Eight rules of rules/transition in Polars, as one lazy query with three states: null is not known."""
from datetime import date, timedelta

import polars as pl
from terms import school_weeks

FALLING_BY, LOW, SEVERE, LEAST, SHORT_ILLNESS, LONG_WAIT = 0.04, 0.90, 0.50, 20, 10, timedelta(weeks=18)
MENTOR_FROM, WATCH_FOR, TINY = date(2025, 5, 1), timedelta(weeks=12), 1e-9
PRESENT = ["/", "\\", "L", "K", "V", "P", "W", "B", "J"]
NOT_POSSIBLE = ["D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Y", "Z", "#"]


def total(column: str, window: pl.Expr) -> pl.Expr:
    """A sum that is not known where a cell is not."""
    cells = pl.col(column).filter(window)
    return pl.when(cells.null_count() == 0).then(cells.sum().cast(pl.Float64))


def totals(rows: pl.LazyFrame, this_year: pl.Expr, lately: pl.Expr, before: pl.Expr) -> pl.LazyFrame:
    return rows.group_by("child_id").agg(
        total("attended", this_year).alias("attended_this_year"), total("possible", this_year).alias("possible_this_year"),
        total("attended", lately).alias("attended_lately"), total("possible", lately).alias("possible_lately"), total("illness", lately).alias("illness_lately"),
        total("attended", before).alias("attended_before"), total("possible", before).alias("possible_before"),
        pl.lit(True).alias("has_rows"),
    )


def any_row(rows: pl.LazyFrame, condition: pl.Expr, name: str) -> pl.LazyFrame:
    return rows.group_by("child_id").agg(condition.any(ignore_nulls=False).alias(name))


def share(attended: pl.Expr, possible: pl.Expr) -> pl.Expr:
    return pl.when(possible > 0).then(attended / possible)


def outcome(applies: pl.Expr, when: pl.Expr, name: str, unless: pl.Expr = pl.lit(False)) -> pl.Expr:
    fires = applies & when & ~unless
    said = pl.when(~applies).then(pl.lit("not_applicable")).when(fires).then(pl.lit("fires")).when(~fires).then(pl.lit("silent")).otherwise(pl.lit("cannot_tell"))
    return said.alias(name)


def score(tables: dict[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    child, mark, attendance, term_attendance, referral, suspension, support = (
        tables[name].lazy() for name in ("child", "mark", "attendance", "term_attendance", "referral", "suspension", "support")
    )
    year_start = date(as_of.year - (as_of.month < 9), 9, 1)
    weeks = school_weeks(as_of)

    # Marks: a row a half day.
    monday = pl.col("day").dt.truncate("1w")
    marks = totals(
        mark.filter(pl.col("day") <= as_of).with_columns(
            attended=pl.col("code").is_in(PRESENT), possible=~pl.col("code").is_in(NOT_POSSIBLE), illness=pl.col("code") == "I"
        ),
        pl.col("day") >= year_start, monday.is_in(weeks[:6]), monday.is_in(weeks[6:18]),
    )
    # Weeks: known from the Friday on.
    weekly = totals(
        attendance.filter(pl.col("week") + timedelta(days=4) <= as_of),
        pl.col("week") >= year_start, pl.col("week").is_in(weeks[:6]), pl.col("week").is_in(weeks[6:18]),
    )
    # Terms: the latest one of the last nine months, and the one a year before it.
    recent = pl.col("term_end").filter(pl.col("term_end") > pl.lit(as_of).dt.offset_by("-9mo")).max().over("child_id")
    a_year_before = pl.col("last").dt.offset_by("-13mo")
    termly = totals(
        term_attendance.filter(pl.col("term_end") <= as_of).with_columns(
            attended=pl.col("possible") - pl.col("authorised") - pl.col("unauthorised"), last=recent
        ),
        pl.col("term_end") >= year_start, pl.col("term_end") == pl.col("last"),
        (pl.col("term_end") > a_year_before) & (pl.col("term_end") <= a_year_before.dt.offset_by("2mo")),
    )
    grains = pl.concat([marks.with_columns(grain=pl.lit("marks")), weekly.with_columns(grain=pl.lit("weeks")), termly.with_columns(grain=pl.lit("terms"))])

    referral, support = referral.filter(pl.col("made") <= as_of), support.filter(pl.col("started") <= as_of)
    not_yet = [pl.col(c).is_null() | (pl.col(c) > as_of) for c in ("seen", "closed")]
    waiting = not_yet[0] & not_yet[1] & (pl.col("service") == "neurodevelopmental") & (pl.col("made") <= as_of - LONG_WAIT)
    open_support = pl.col("ended").is_null() | (pl.col("ended") > as_of)
    suspended = (pl.col("starts") >= year_start) & (pl.col("starts") <= as_of - timedelta(days=3))
    facts = (
        child.unique("child_id", keep="first", maintain_order=True)
        .join(grains, left_on=["child_id", "school_feed"], right_on=["child_id", "grain"], how="left", maintain_order="left")
        .join(any_row(referral, waiting, "waiting"), on="child_id", how="left", maintain_order="left")
        .join(any_row(support, open_support & (pl.col("kind") == "mentor"), "has_mentor"), on="child_id", how="left", maintain_order="left")
        .join(any_row(suspension, suspended, "suspended"), on="child_id", how="left", maintain_order="left")
        .join(referral.select("child_id").unique().with_columns(referred=True), on="child_id", how="left", maintain_order="left")
        .join(support.select("child_id").unique().with_columns(supported=True), on="child_id", how="left", maintain_order="left")
    )
    # No row in a table that is known is none, and not null.
    known_feed = pl.col("school_feed").is_in(["marks", "weeks", "terms"])
    none_there = known_feed & pl.col("has_rows").is_null()
    facts = facts.with_columns(
        pl.when(none_there).then(0.0).otherwise(pl.col(c)).alias(c)
        for c in ("attended_this_year", "possible_this_year", "attended_lately", "possible_lately", "illness_lately", "attended_before", "possible_before")
    ).with_columns(
        waiting=pl.when(pl.col("health_feed") == "yes").then(pl.when(pl.col("referred").is_null()).then(False).otherwise(pl.col("waiting"))),
        has_mentor=pl.when(pl.col("supported").is_null()).then(False).otherwise(pl.col("has_mentor")),
        suspended=pl.col("suspended").fill_null(False),
    )

    attended, possible, illness = pl.col("attended_lately"), pl.col("possible_lately"), pl.col("illness_lately")
    before = share(pl.col("attended_before"), pl.col("possible_before"))
    this_year = share(pl.col("attended_this_year"), pl.col("possible_this_year"))
    fell = before - share(attended, possible) >= FALLING_BY - TINY
    fell_without_illness = before - share(attended + illness, possible) >= FALLING_BY - TINY
    short_illness_only = ((illness <= SHORT_ILLNESS) & ~fell_without_illness).fill_null(False)
    falling = fell & (possible >= LEAST) & (pl.col("possible_before") >= LEAST) & ~short_illness_only
    enough = pl.col("possible_this_year") >= LEAST
    low, severe = (this_year <= LOW + TINY) & enough, (this_year <= SEVERE + TINY) & enough
    year, send = pl.col("year"), pl.col("sen") != "none"

    def state(rule: str) -> pl.Expr:
        return pl.when(pl.col(rule) != "cannot_tell").then(pl.col(rule) == "fires")

    return (
        facts.with_columns(
            outcome(year == 6, fell & (possible >= LEAST) & ~short_illness_only & pl.col("waiting"), "y6_falling_with_unmet_nd"),
            outcome((year == 6) & send, low, "y6_send_and_low_attendance", unless=pl.col("has_mentor").fill_null(False)),
            outcome((year == 6) & send, pl.col("suspended"), "y6_suspended_with_send"),
            outcome(year == 7, falling, "y7_first_year_falling"),
            outcome((year == 7) & send, falling, "y7_first_year_falling_with_send"),
            outcome(year == 7, severe, "y7_first_year_half_missed"),
            outcome((year == 7) & send & pl.lit(as_of <= year_start + WATCH_FOR), low, "y7_first_weeks_low"),
        )
        .with_columns(
            outcome((year == 6) & pl.lit(as_of >= MENTOR_FROM), state("y6_falling_with_unmet_nd") | state("y6_suspended_with_send"), "y6_no_mentor", unless=pl.col("has_mentor"))
        )
        .select("child_id", pl.col("^y[67]_.*$"))
        .collect()
    )
