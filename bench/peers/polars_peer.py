# SPDX-License-Identifier: Apache-2.0
"""Polars: one lazy query in stages (facts, conditions, rules, scores), so that every expression is worked out once; events grouped once a table and
joined; null is "cannot tell" and Boolean columns know three states (Kleene) by themselves. Attendance wide (a column a week beside the child's own
columns) or long (a row a child and week, with the number of the school week, put there beforehand)."""
import numpy as np
import polars as pl

from . import pack as packs
from .data import CATEGORIES, DATES, TODAY, WEEKS, YES_NO

NEAR = 1e-9
TODAY_DATE = pl.lit(TODAY).cast(pl.Date)
col = pl.col


def frame(data, table):
    """A table of these arrays, null where they say nothing."""
    columns = []
    for name, values in getattr(data, table).items():
        key = f"{table}.{name}"
        series = pl.Series(name, values)
        if name in DATES:
            series = series.cast(pl.Date)
        elif name in YES_NO:
            series = series.cast(pl.Boolean)
        elif key in CATEGORIES:
            series = series.cast(pl.UInt8).cat.to(pl.Enum(CATEGORIES[key]))
        for states in (data.known, data.present):
            if key in states:
                series = pl.select(pl.when(pl.Series(states[key])).then(series)).to_series().alias(name)
        columns.append(series)
    return pl.DataFrame(columns)


def any_where(condition, among):
    """Any of the rows `among` for which the condition holds: `any` of Kleene, as a group's aggregate; rows outside say false."""
    return (among & condition).any(ignore_nulls=False)


def byte(value):
    return pl.lit(value, pl.UInt8)


def ago(days):
    return TODAY_DATE - pl.duration(days=days)


def day(text):
    return pl.lit(text).str.to_date()


def referrals(table):
    waits = (col("seen").is_null() | (col("seen") > TODAY_DATE)).alias("waits")
    recent = col("made") > day("2023-07-18")
    return (table.filter(col("made") <= TODAY_DATE).with_columns(waits).group_by("child_row").agg(
        referrals=(col("made") > day("2024-07-18")).sum(),
        camhs_waiting=any_where(col("service") == "camhs", col("waits")),
        nd_waiting=any_where(col("service") == "neurodevelopmental", col("waits") & (col("made") <= ago(126))),
        urgent_unseen=any_where(col("urgent"), col("waits") & (col("made") > ago(182))),
        first_unseen=pl.when("waits").then("made").min(),
        kinds=pl.sum_horizontal([(recent & (col("service") == kind)).any().cast(pl.UInt8) for kind in CATEGORIES["referral.service"]]),
        kind_missing=(recent & col("service").is_null()).any(),
    ).select(
        "child_row", "camhs_waiting", "nd_waiting", "urgent_unseen", referred=col("referrals") >= 1, referred_again=col("referrals") >= 2,
        waiting_half_year=col("first_unseen") <= ago(180), waiting_year=col("first_unseen") <= ago(365),
        many_services=pl.when(~col("kind_missing")).then(col("kinds") >= 2).otherwise(None),
    ).with_columns(col("waiting_half_year", "waiting_year").fill_null(False)))


def suspensions(table):
    year, academic, unknown = col("day") > day("2024-07-18"), col("day") >= day("2024-09-01"), col("days").is_null()
    return table.filter(col("day") <= TODAY_DATE).group_by("child_row").agg(
        suspended=year.any(), suspended_often=year.sum() >= 3,
        out_long=pl.when(~(academic & unknown).any()).then((academic * col("days")).sum() > 5),
        long_one=any_where(col("days") > 2, year),
        suspended_lately=col("day").max() > ago(84),
        assaulted=(col("reason") == "assault").any(ignore_nulls=False),
        out_a_week=pl.when(~(year & unknown).any()).then((year & (col("days") >= 5)).any()),
    )


def placements(table):
    now = col("ended").is_null() | (col("ended") > TODAY_DATE)
    begun = (col("began") > day("2023-07-18")).sum()
    return table.filter(col("began") <= TODAY_DATE).group_by("child_row").agg(
        placed_anew=begun >= 1, unstable=begun >= 2, residential_now=any_where(col("kind") == "residential", now), placed_now=now.any())


def plans(table):
    year = col("made") > day("2024-07-18")
    return table.filter(col("made") <= TODAY_DATE).group_by("child_row").agg(
        planned=year.any(),
        part_time=(col("kind") == "part_time").any(ignore_nulls=False),
        tiny_hours=pl.when(~(year & col("hours").is_null()).any()).then((year & (col("hours") < 15)).any()),
        overdue=(col("review") < TODAY_DATE).any(ignore_nulls=False),
        supported_lately=pl.when(~col("kind").is_null().any()).then(((col("kind") == "support") & (col("made") > ago(182))).any()),
    )


def share(attended, possible):
    return pl.when(possible > 0).then(attended / possible)


def wide(slope_of):
    """Facts of columns p0, a0 … p38, a38, in stages; at most 25 weeks of 10 sessions fit a byte."""
    def total(letter, first, last):
        return pl.sum_horizontal([col(f"{letter}{w}") for w in range(first, last)]).cast(pl.UInt8)

    spans = {"early": (0, 21), "before": (21, 33), "lately": (33, 39), "fortnight": (37, 39)}
    sums = {f"{letter}_{name}": total(letter, *span) for letter in "ap" for name, span in spans.items()}
    sums.update({f"poor{w}": col(f"a{w}") <= 5 for w in range(19, WEEKS)})
    year = {f"{letter}_year": pl.sum_horizontal([col(f"{letter}_{s}").cast(pl.UInt16) for s in ("early", "before", "lately")]) for letter in "ap"}
    threes = {f"three{w}": col(f"poor{w}") & col(f"poor{w + 1}") & col(f"poor{w + 2}") for w in range(19, WEEKS - 2)}
    late = range(27, WEEKS)
    facts = {
        "year_share": share(col("a_year"), col("p_year")), "lately": share(col("a_lately"), col("p_lately")),
        "before": share(col("a_before"), col("p_before")), "fortnight": share(col("a_fortnight"), col("p_fortnight")),
        "slope": pl.sum_horizontal([col(f"a{w}") / col(f"p{w}") * float(x) for w, x in zip(late, slope_of)], ignore_nulls=False).fill_nan(None),
        "run_of_three": pl.any_horizontal([col(f"three{w}") for w in range(19, WEEKS - 2)]),
        "run_of_five": pl.any_horizontal([col(f"three{w}") & col(f"three{w + 2}") for w in range(19, WEEKS - 4)]),
        "empty_weeks": pl.sum_horizontal([(col(f"a{w}") == 0).cast(pl.UInt8) for w in late]),
        "full_weeks": pl.sum_horizontal([(col(f"a{w}") >= col(f"p{w}")).cast(pl.UInt8) for w in range(WEEKS)]),
        "worst_week": pl.min_horizontal([col(f"a{w}") for w in late]), "sessions_missed": col("p_year") - col("a_year"),
    }
    return sums, year, threes, facts


def long(table):
    """The same facts, grouped from a row a child and week."""
    number, attended, possible = col("number"), col("attended"), col("possible")
    spans = {"year": number >= 0, "before": number.is_between(21, 32), "lately": number >= 33, "fortnight": number >= 37}
    sums = {f"{letter}_{name}": (of if name == "year" else of * among).sum().cast(pl.UInt16)
            for letter, of in (("a", attended.cast(pl.UInt16)), ("p", possible.cast(pl.UInt16))) for name, among in spans.items()}
    late, poor = number >= 27, (number >= 19) & (attended <= 5)
    three = poor & poor.shift(1) & poor.shift(2) & (number >= 21)
    five = three & three.shift(2) & (number >= 23)
    return table.with_columns(share=pl.when(late).then(attended / possible * col("weight")), poor=poor, three=three, five=five).group_by("child_row").agg(
        **sums, slope=col("share").sum().fill_nan(None), run_of_three=col("three").any(), run_of_five=col("five").any(),
        empty_weeks=(late & (attended == 0)).sum(), full_weeks=(attended >= possible).sum(), worst_week=pl.when(late).then(attended).min(),
    ).with_columns(
        year_share=share(col("a_year"), col("p_year")), lately=share(col("a_lately"), col("p_lately")), before=share(col("a_before"), col("p_before")),
        fortnight=share(col("a_fortnight"), col("p_fortnight")), sessions_missed=col("p_year") - col("a_year"))


def conditions():
    fall, birth = col("before") - col("lately"), col("birth")
    of_attendance = {
        "persistent": col("year_share") < 0.9 - NEAR, "severe": col("year_share") <= 0.5 + NEAR, "low_lately": col("lately") < 0.85 - NEAR,
        "falling": fall >= 0.05 - NEAR, "falling_fast": fall >= 0.15 - NEAR, "recovering": fall <= -0.05 + NEAR, "gone": col("fortnight") < 0.2 - NEAR,
        "downhill": col("slope") < -0.01 - NEAR, "run_of_three": col("run_of_three"), "run_of_five": col("run_of_five"), "several_empty": col("empty_weeks") >= 2,
        "bad_week": col("worst_week") <= 2, "rarely_full": col("full_weeks") < 15, "missed_much": col("sessions_missed") > 60,
    }
    feeds = {
        "attendance_feed": ("suspended", "suspended_often", "out_long", "long_one", "suspended_lately", "assaulted", "out_a_week"),
        "health_feed": ("referred", "referred_again", "camhs_waiting", "nd_waiting", "waiting_half_year", "waiting_year", "urgent_unseen", "many_services"),
        "care_feed": ("placed_anew", "unstable", "residential_now", "placed_now"),
    }
    out = {
        "primary": col("phase") == "primary", "secondary": col("phase") == "secondary", "specialist": col("phase").is_in(["special", "alternative"]),
        "moving_up": col("year").is_in([6, 7]), "exam_year": col("year") >= 10, "sen_support": col("sen") == "support", "ehcp": col("sen") == "ehcp",
        "any_sen": col("sen") != "none", "moved_often": col("moves") >= 3, "behaviour_high": col("behaviour") > 20, "low_attainment": col("attainment") < 90,
        "poor_reader": col("reading") <= 85, "poor_before": col("previous") < 0.9, "far": col("distance") > 5, "few_hours": col("hours_offered") < 20,
        "young": (birth <= day("2020-07-18")) & (birth > day("2014-07-18")), "nearly_adult": birth <= day("2010-07-18"),
        "new_here": col("admitted") > ago(120), "unseen": col("last_seen") <= ago(21), "review_late": (col("review_due") < TODAY_DATE).fill_null(False),
        "review_near": col("review_due").is_between(ago(-1), ago(-42)).fill_null(False),
        **{name: col(name) for name in ("free_meals", "looked_after", "in_need", "young_carer", "eal", "planned", "part_time", "tiny_hours", "overdue",
                                        "supported_lately")},
        **{name: pl.when("attendance_feed").then(says) for name, says in of_attendance.items()},
        **{name: pl.when(feed).then(name) for feed, names in feeds.items() for name in names},
    }
    return out


def at_least(n, parts):
    """By `and` and `or` alone: Booleans are bits, counts would be bytes. reached[k]: at least k of the parts so far."""
    reached = [pl.lit(True), *[None] * n]
    for part in parts:
        for k in range(n, 0, -1):
            if reached[k - 1] is not None:
                more = part if k == 1 else reached[k - 1] & part
                reached[k] = more if reached[k] is None else reached[k] | more
    return reached[n]


class Peer:
    def __init__(self, data, pack, form, threads):
        assert pl.thread_pool_size() == threads, "POLARS_MAX_THREADS is to be set"
        self.pack, self.form = pack, form
        self.child = frame(data, "child").with_row_index("child_row")
        self.events = {table: frame(data, table) for table in ("referral", "suspension", "placement", "plan")}
        x = (data.mondays[27:] - data.mondays[27]) / 7
        self.slope_of = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
        if form == "wide":
            by_week = {letter: np.ascontiguousarray(data.attendance[name].reshape(-1, WEEKS).T) for letter, name in (("p", "possible"), ("a", "attended"))}
            self.weeks = pl.DataFrame({f"{letter}{w}": weeks[w] for letter, weeks in by_week.items() for w in range(WEEKS)})
        else:
            n = data.children
            weights = np.concatenate([np.zeros(27), self.slope_of])
            self.weeks = pl.DataFrame({**{c: data.attendance[c] for c in ("child_row", "possible", "attended")},
                                       "number": np.resize(np.arange(WEEKS, dtype=np.uint8), n * WEEKS), "weight": np.tile(weights, n)}
                                      ).with_columns(col("child_row").set_sorted())
        self.query = self.lazy()

    def lazy(self):
        # Joins carry the child's number alone; what is many per child comes beside the rest in the same order.
        events = self.child.lazy().select("child_row")
        for table, group in (("referral", referrals), ("suspension", suspensions), ("placement", placements), ("plan", plans)):
            grouped = group(self.events[table].lazy()).with_columns(pl.lit(True).alias(f"has_{table}"))
            # Of a child without rows, no rows say no; what of rows is not known stays so.
            names = [n for n in grouped.collect_schema().names() if n not in ("child_row", f"has_{table}")]
            events = events.join(grouped, on="child_row", how="left", maintain_order="left")
            events = events.with_columns([pl.when(f"has_{table}").then(n).otherwise(False).alias(n) for n in names])
        if self.form == "wide":
            weeks = self.weeks.lazy()
            for stage in wide(self.slope_of):
                weeks = weeks.with_columns(**stage)
        else:
            weeks = self.child.lazy().select("child_row").join(long(self.weeks.lazy()), on="child_row", how="left", maintain_order="left").drop("child_row")
        query = pl.concat([self.child.lazy(), weeks, events.drop("child_row")], how="horizontal")
        query = query.select("child_row", **conditions())
        rules, applies = {}, {}
        names = {name: col(name) for name in conditions()}
        for rule in self.pack.rules:
            rules[rule.name], applies[rule.name] = packs.says_of(rule, lambda e: packs.work_out(e, names, lambda x: x.fill_null(False), at_least))
        outside = {f"outside_{name}": e.eq_missing(False) for name, e in applies.items() if e is not None}
        query = query.select("child_row", **rules, **outside)
        codes = {}
        for name in rules:
            inside = pl.when(name).then(byte(1)).when(col(name).is_null()).then(byte(2)).otherwise(byte(0))
            codes[name] = pl.when(f"outside_{name}").then(byte(3)).otherwise(inside) if f"outside_{name}" in outside else inside
        return query.select("child_row", **codes, low=self.score(False), high=self.score(True))

    def score(self, unknown):
        points = {}
        for rule in self.pack.rules:
            for flag, p in rule.raises:
                points.setdefault(flag, []).append(pl.when(col(rule.name).fill_null(unknown)).then(byte(p)).otherwise(byte(0)))
        themes = [pl.min_horizontal(pl.sum_horizontal([pl.max_horizontal(points[f]) for f, t in self.pack.flags.items() if t == theme]), byte(most))
                  for theme, most in self.pack.themes.items()]
        return pl.sum_horizontal(themes)

    def run(self):
        self.result = self.query.collect(engine="in-memory")

    def versions(self):
        return {"Polars": pl.__version__}

    def outcomes(self):
        table = self.result.sort("child_row")
        return (np.stack([table[r.name].to_numpy() for r in self.pack.rules]), *(table[s].to_numpy().astype(float) for s in ("low", "high")))
