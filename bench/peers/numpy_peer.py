# SPDX-License-Identifier: Apache-2.0
"""NumPy: attendance a row a week (put so beforehand), blocks of children that stay in the cache, every fact and condition worked out once,
conditions as two packed bit masks (certainly, possibly), on which and, or and counting are a handful of operations."""
import numpy as np

from . import pack as packs
from .data import ACADEMIC_YEAR, TODAY, TWO_YEARS_AGO, WEEKS, YEAR_AGO, day

NEAR = 1e-9
BLOCK = 32768


class Kleene:
    __slots__ = ("certain", "possible")

    def __init__(self, certain, possible):
        self.certain, self.possible = certain, possible

    def __and__(self, other):
        return Kleene(self.certain & other.certain, self.possible & other.possible)

    def __or__(self, other):
        return Kleene(self.certain | other.certain, self.possible | other.possible)

    def __invert__(self):
        return Kleene(~self.possible, ~self.certain)


def truth(holds, known=None):
    if known is None:
        bits = np.packbits(holds)
        return Kleene(bits, bits)
    bits, sure = np.packbits(holds), np.packbits(known)
    return Kleene(bits & sure, bits | ~sure)


def bounds(certain, possible, known=None):
    low, high = np.packbits(certain), np.packbits(possible)
    if known is not None:
        sure = np.packbits(known)
        low, high = low & sure, high | ~sure
    return Kleene(low, high)


def at_least(n, parts):
    """At least n of few conditions: a mask for each count reached so far."""
    def reach(masks):
        reached = [None] * (n + 1)
        for m in masks:
            for k in range(n, 1, -1):
                if reached[k - 1] is not None:
                    more = reached[k - 1] & m
                    reached[k] = more if reached[k] is None else reached[k] | more
            reached[1] = m if reached[1] is None else reached[1] | m
        return reached[n]
    return Kleene(reach([p.certain for p in parts]), reach([p.possible for p in parts]))


class Peer:
    def __init__(self, data, pack, form, threads):
        assert threads == 1, "NumPy works on one thread"
        self.data, self.pack = data, pack
        self.possible = np.ascontiguousarray(data.attendance["possible"].reshape(-1, WEEKS).T)
        self.attended = np.ascontiguousarray(data.attendance["attended"].reshape(-1, WEEKS).T)
        self.offsets = {t: np.searchsorted(getattr(data, t)["child_row"], np.arange(0, data.children + BLOCK, BLOCK).clip(max=data.children))
                        for t in ("referral", "suspension", "placement", "plan")}
        weeks = (data.mondays[27:] - data.mondays[27]) / 7
        self.slope_of = (weeks - weeks.mean()) / ((weeks - weeks.mean()) ** 2).sum()
        self.bytes = (data.children + 7) // 8
        # Of every rule: fires, could fire, applies for sure not.
        self.fires, self.could, self.outside = (np.empty((len(pack.rules), self.bytes), np.uint8) for _ in range(3))
        self.low, self.high = np.empty(data.children, np.uint16), np.empty(data.children, np.uint16)

    def run(self):
        for first in range(0, self.data.children, BLOCK):
            self.block(first, min(first + BLOCK, self.data.children))

    def versions(self):
        return {"NumPy": np.__version__}

    def outcomes(self):
        """A byte a rule and child, as earlysight-workload writes them, and the scores in points."""
        n = self.data.children
        fires, could, outside = (np.unpackbits(m, axis=1)[:, :n] for m in (self.fires, self.could, self.outside))
        codes = np.where(outside, 3, np.where(fires, 1, np.where(could, 2, 0))).astype(np.uint8)
        return codes, self.low.astype(float), self.high.astype(float)

    def block(self, first, last):
        conditions = self.conditions(first, last)

        def work_out(e):
            return packs.work_out(e, conditions, lambda x: Kleene(x.certain, x.certain), at_least)

        at = slice(first // 8, (last + 7) // 8)
        n = last - first
        low = {f: np.zeros(n, np.uint8) for f in self.pack.flags}
        high = {f: np.zeros(n, np.uint8) for f in self.pack.flags}
        for r, rule in enumerate(self.pack.rules):
            says, applies = packs.says_of(rule, work_out)
            self.outside[r, at] = ~applies.possible if applies else 0
            self.fires[r, at], self.could[r, at] = says.certain, says.possible
            for flag, points in rule.raises:
                if points:
                    np.maximum(low[flag], np.unpackbits(says.certain, count=n) * np.uint8(points), out=low[flag])
                    np.maximum(high[flag], np.unpackbits(says.possible, count=n) * np.uint8(points), out=high[flag])
        for out, flags in ((self.low, low), (self.high, high)):
            score = np.zeros(n, np.uint16)
            for theme, most in self.pack.themes.items():
                score += np.minimum(sum(flags[f] for f, t in self.pack.flags.items() if t == theme), np.uint8(most))
            out[first:last] = score

    def conditions(self, first, last):
        d, n, here, c = self.data, last - first, slice(first, last), {}

        def child(name):
            return d.child[name][here], d.known["child." + name][here]

        phase, known = child("phase")
        c["primary"], c["secondary"], c["specialist"] = truth(phase == 0, known), truth(phase == 1, known), truth(phase >= 2, known)
        year, known = child("year")
        c["moving_up"], c["exam_year"] = truth((year == 6) | (year == 7), known), truth(year >= 10, known)
        sen, known = child("sen")
        c["sen_support"], c["ehcp"], c["any_sen"] = truth(sen == 1, known), truth(sen == 2, known), truth(sen != 0, known)
        for name in ("free_meals", "looked_after", "in_need", "young_carer", "eal"):
            c[name] = truth(*child(name))
        for name, column, holds in (("moved_often", "moves", lambda x: x >= 3), ("behaviour_high", "behaviour", lambda x: x > 20),
                                    ("low_attainment", "attainment", lambda x: x < 90), ("poor_reader", "reading", lambda x: x <= 85),
                                    ("poor_before", "previous", lambda x: x < 0.9), ("far", "distance", lambda x: x > 5),
                                    ("few_hours", "hours_offered", lambda x: x < 20),
                                    ("new_here", "admitted", lambda x: x > TODAY - 120), ("unseen", "last_seen", lambda x: x <= TODAY - 21)):
            values, known = child(column)
            c[name] = truth(holds(values), known)
        birth, known = child("birth")
        c["young"] = truth((birth <= day("2020-07-18")) & (birth > day("2014-07-18")), known)
        c["nearly_adult"] = truth(birth <= day("2010-07-18"), known)
        review, there = d.child["review_due"][here], d.present["child.review_due"][here]
        c["review_late"] = truth((review < TODAY) & there)
        c["review_near"] = truth((review > TODAY) & (review <= TODAY + 42) & there)
        school, health, care = (np.logical_and(*child(feed)) for feed in ("attendance_feed", "health_feed", "care_feed"))

        self.attendance(here, school, c)
        self.referral(first, n, health, c)
        self.suspension(first, n, school, c)
        self.placement(first, n, care, c)
        self.plan(first, n, c)
        return c

    def attendance(self, here, feed, c):
        possible, attended = self.possible[:, here], self.attended[:, here]

        def total(weeks, first, last):
            return np.add.reduce(weeks[first:last], axis=0, dtype=np.uint8)  # at most 25 weeks of 10 fit

        with np.errstate(all="ignore"):
            parts = [(total(w, 0, 21), total(w, 21, 33), total(w, 33, 39), total(w, 37, 39)) for w in (possible, attended)]
            (p_early, p_before, p_lately, p_fortnight), (a_early, a_before, a_lately, a_fortnight) = parts
            p_year = p_early + p_before.astype(np.uint16) + p_lately
            a_year = a_early + a_before.astype(np.uint16) + a_lately
            year, before, lately, fortnight = a_year / p_year, a_before / p_before, a_lately / p_lately, a_fortnight / p_fortnight
            slope = self.slope_of @ (attended[27:] / possible[27:])
        year_known = feed & (p_year > 0)
        lately_known = feed & (p_lately > 0)
        both_known = lately_known & (p_before > 0)
        fall = before - lately
        c["persistent"], c["severe"] = truth(year < 0.9 - NEAR, year_known), truth(year <= 0.5 + NEAR, year_known)
        c["low_lately"] = truth(lately < 0.85 - NEAR, lately_known)
        c["falling"], c["falling_fast"] = truth(fall >= 0.05 - NEAR, both_known), truth(fall >= 0.15 - NEAR, both_known)
        c["recovering"] = truth(fall <= -0.05 + NEAR, both_known)
        c["gone"] = truth(fortnight < 0.2 - NEAR, feed & (p_fortnight > 0))
        c["downhill"] = truth(slope < -0.01 - NEAR, feed & ~np.isnan(slope))
        run, longest = np.zeros(feed.shape, np.uint8), np.zeros(feed.shape, np.uint8)
        for week in attended[19:]:
            run += 1
            run *= week <= 5
            np.maximum(longest, run, out=longest)
        c["run_of_three"], c["run_of_five"] = truth(longest >= 3, feed), truth(longest >= 5, feed)
        c["several_empty"] = truth(np.add.reduce(attended[27:] == 0, axis=0, dtype=np.uint8) >= 2, feed)
        c["bad_week"] = truth(np.minimum.reduce(attended[27:], axis=0) <= 2, feed)
        c["rarely_full"] = truth(np.add.reduce(attended >= possible, axis=0, dtype=np.uint8) < 15, feed)
        c["missed_much"] = truth(p_year - a_year > 60, feed)

    def rows(self, table, first):
        offsets = self.offsets[table]
        rows = slice(offsets[first // BLOCK], offsets[first // BLOCK + 1])
        columns, d = getattr(self.data, table), self.data
        child = columns["child_row"][rows].astype(np.intp) - first

        def column(name):
            return columns[name][rows]

        def known(name):
            return d.known[f"{table}.{name}"][rows]

        def still_open(name):
            return ~d.present[f"{table}.{name}"][rows] | (columns[name][rows] > TODAY)

        return child, column, known, still_open

    @staticmethod
    def any_of(child, chosen, n):
        out = np.zeros(n, bool)
        out[child[chosen]] = True
        return out

    def any_where(self, child, holds, known, among, n, feed=None):
        """Any of the rows `among` for which it holds, where of some it is not known."""
        certain = self.any_of(child, among & holds & known, n)
        return bounds(certain, certain | self.any_of(child, among & ~known, n), feed)

    def referral(self, first, n, feed, c):
        child, column, known, still_open = self.rows("referral", first)
        made, service, waits = column("made"), column("service"), still_open("seen")
        service_known, now = known("service"), made <= TODAY
        count = np.bincount(child[now & (made > YEAR_AGO)], minlength=n)
        c["referred"], c["referred_again"] = truth(count >= 1, feed), truth(count >= 2, feed)
        c["camhs_waiting"] = self.any_where(child, service == 0, service_known, now & waits, n, feed)
        c["nd_waiting"] = self.any_where(child, service == 1, service_known, waits & (made <= TODAY - 126), n, feed)
        c["urgent_unseen"] = self.any_where(child, column("urgent").view(bool), known("urgent"), now & waits & (made > TODAY - 182), n, feed)
        open_now = np.flatnonzero(now & waits)[::-1]  # the earliest is written last
        wait = np.full(n, -1, np.int32)
        wait[child[open_now]] = TODAY - made[open_now]
        c["waiting_half_year"], c["waiting_year"] = truth(wait >= 180, feed), truth(wait >= 365, feed)
        recent = now & (made > TWO_YEARS_AGO)
        kinds = sum(self.any_of(child, recent & service_known & (service == s), n).view(np.uint8) for s in range(4))
        c["many_services"] = truth(kinds >= 2, feed & ~self.any_of(child, recent & ~service_known, n))

    def suspension(self, first, n, feed, c):
        child, column, known, _ = self.rows("suspension", first)
        when, days, days_known = column("day"), column("days"), known("days")
        now = when <= TODAY
        year = now & (when > YEAR_AGO)
        count = np.bincount(child[year], minlength=n)
        c["suspended"], c["suspended_often"] = truth(count >= 1, feed), truth(count >= 3, feed)
        academic = now & (when >= ACADEMIC_YEAR)
        out = np.bincount(child[academic & days_known], days[academic & days_known], n)
        c["out_long"] = truth(out > 5, feed & ~self.any_of(child, academic & ~days_known, n))
        c["long_one"] = self.any_where(child, days > 2, days_known, year, n, feed)
        c["suspended_lately"] = truth(self.any_of(child, now & (when > TODAY - 84), n), feed)
        c["assaulted"] = self.any_where(child, column("reason") == 0, known("reason"), now, n, feed)
        c["out_a_week"] = truth(self.any_of(child, year & days_known & (days >= 5), n), feed & ~self.any_of(child, year & ~days_known, n))

    def placement(self, first, n, feed, c):
        child, column, known, still_open = self.rows("placement", first)
        began, now = column("began"), still_open("ended")
        there = began <= TODAY
        count = np.bincount(child[there & (began > TWO_YEARS_AGO)], minlength=n)
        c["placed_anew"], c["unstable"] = truth(count >= 1, feed), truth(count >= 2, feed)
        c["residential_now"] = self.any_where(child, column("kind") == 1, known("kind"), there & now, n, feed)
        c["placed_now"] = truth(self.any_of(child, there & now, n), feed)

    def plan(self, first, n, c):
        child, column, known, _ = self.rows("plan", first)
        made, kind, kind_known, hours_known = column("made"), column("kind"), known("kind"), known("hours")
        now = made <= TODAY
        year = now & (made > YEAR_AGO)
        c["planned"] = truth(self.any_of(child, year, n))
        c["part_time"] = self.any_where(child, kind == 2, kind_known, now, n)
        c["tiny_hours"] = truth(self.any_of(child, year & hours_known & (column("hours") < 15), n), ~self.any_of(child, year & ~hours_known, n))
        c["overdue"] = self.any_where(child, column("review") < TODAY, known("review"), now, n)
        c["supported_lately"] = truth(self.any_of(child, now & kind_known & (kind == 1) & (made > TODAY - 182), n), ~self.any_of(child, now & ~kind_known, n))
