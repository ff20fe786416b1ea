#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a synthetic cohort for rules/transition. Nothing in it is, or could be, a real child.

    tools/make_cohort.py --out examples/cohort                       2,000 children, two school years (about 78 weeks)
    tools/make_cohort.py --out /somewhere --children 1000000 --weeks 39

The same seed gives the same bytes. Absence follows the shares of pupils by absence band, year group and special educational need
that the Department for Education published for 2022/23 (Pupil absence in schools in England; Open Government Licence v3.0);
`--report` prints how close the cohort comes.
"""
import argparse
import datetime
import os
import random
import sys

DAY = datetime.timedelta(days=1)
TERMS = [("2023-09-04", "2023-10-20"), ("2023-10-30", "2023-12-20"), ("2024-01-03", "2024-02-09"), ("2024-02-19", "2024-03-28"),
         ("2024-04-15", "2024-05-24"), ("2024-06-03", "2024-07-19"), ("2024-09-02", "2024-10-25"), ("2024-11-04", "2024-12-20"),
         ("2025-01-06", "2025-02-14"), ("2025-02-24", "2025-04-04"), ("2025-04-22", "2025-05-23"), ("2025-06-02", "2025-07-22")]
CLOSED = {"2024-05-06", "2025-05-05"}
AS_OF = datetime.date(2025, 6, 20)

# Upper ends of the absence bands (share of possible sessions missed), and in thousandths the pupils in each, England 2022/23:
# year group -> without identified need, with any.
BANDS = [0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.85]
SHARES = {
    1: ([530, 300, 102, 35, 15, 7, 4, 2, 1, 1, 3], [366, 318, 149, 67, 33, 18, 12, 8, 5, 4, 20]),
    2: ([581, 278, 86, 28, 11, 5, 3, 2, 1, 1, 3], [415, 312, 136, 58, 27, 16, 9, 6, 4, 3, 14]),
    3: ([605, 266, 80, 26, 10, 5, 3, 2, 1, 1, 3], [448, 297, 126, 52, 26, 15, 9, 6, 4, 4, 14]),
    4: ([605, 266, 80, 26, 10, 5, 3, 2, 1, 1, 3], [457, 292, 123, 52, 25, 15, 9, 6, 4, 3, 15]),
    5: ([600, 268, 81, 26, 10, 5, 3, 2, 1, 1, 3], [458, 286, 123, 51, 26, 15, 9, 6, 4, 3, 16]),
    6: ([598, 270, 82, 26, 10, 5, 3, 2, 1, 1, 3], [456, 288, 121, 51, 26, 15, 9, 6, 5, 4, 19]),
    7: ([566, 261, 89, 33, 16, 9, 6, 4, 3, 2, 10], [425, 262, 118, 59, 33, 21, 15, 12, 9, 7, 39]),
    8: ([490, 286, 107, 43, 22, 13, 9, 6, 5, 4, 17], [362, 258, 129, 65, 38, 27, 19, 14, 13, 10, 65]),
    9: ([452, 290, 115, 49, 26, 15, 10, 8, 6, 5, 25], [330, 250, 131, 69, 43, 29, 21, 16, 14, 11, 85]),
    10: ([454, 278, 113, 50, 26, 16, 11, 9, 7, 5, 31], [328, 237, 123, 67, 44, 30, 23, 18, 15, 14, 101]),
    11: ([447, 274, 119, 52, 27, 17, 11, 9, 7, 5, 33], [337, 227, 120, 67, 43, 31, 22, 18, 16, 13, 106]),
}


def school_weeks():
    weeks = {}
    for first, last in TERMS:
        day, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
        while day <= end:
            if day.weekday() < 5 and day.isoformat() not in CLOSED:
                monday = day - day.weekday() * DAY
                weeks[monday] = weeks.get(monday, 0) + 2
            day += DAY
    return sorted(weeks.items())


def pick(rng, shares):
    at, total = rng.random() * sum(shares), 0
    for i, share in enumerate(shares):
        total += share
        if at < total:
            return i
    return len(shares) - 1


def absence_rate(rng, year, need):
    band = pick(rng, SHARES[year][1 if need else 0])
    low = 0 if band == 0 else BANDS[band - 1]
    # Inside a band the lower end is likelier.
    return low + (BANDS[band] - low) * min(rng.random(), rng.random() + 0.35)


class Cohort:
    def __init__(self, out, rng, children, weeks):
        self.out, self.rng, self.children = out, rng, children
        self.weeks = [w for w in school_weeks() if w[0] <= AS_OF][-weeks:]
        self.files = {}
        self.missed = {}

    def open(self, table, header):
        self.files[table] = open(os.path.join(self.out, table + ".csv"), "w", encoding="utf-8", newline="\n")
        self.files[table].write(header + "\n")

    def row(self, table, *cells):
        self.files[table].write(",".join("" if c is None else str(c) for c in cells) + "\n")

    def day(self, first, last):
        return first + self.rng.randrange((last - first).days + 1) * DAY

    def write(self):
        self.open("child", "child_id,year,sen,school,on_roll,health_feed,school_feed")
        self.open("school", "urn,phase")
        self.open("attendance", "child_id,week,possible,attended")
        self.open("referral", "child_id,made,service,seen")
        self.open("suspension", "child_id,starts,kind,days")
        self.open("ehc_plan", "child_id,started,ceased,reviewed")
        self.open("placement", "child_id,started,ended,kind")
        self.open("support", "child_id,started,ended,kind")
        self.open("notice", "child_id,sent,event,recipient")
        self.open("agreed_place", "child_id,agreed,school")
        primaries, secondaries = [f"p{n:02d}" for n in range(1, 25)], [f"s{n:02d}" for n in range(1, 9)]
        for urn in primaries:
            self.row("school", urn, "primary")
        for urn in secondaries:
            self.row("school", urn, "secondary")
        # Feeds that stop: two schools send nothing.
        self.silent_schools = {"p07", "s03"}
        for n in range(self.children):
            self.child(f"c{n + 1:0{max(4, len(str(self.children)))}d}", primaries, secondaries)
        for f in self.files.values():
            f.close()

    def child(self, key, primaries, secondaries):
        rng = self.rng
        year = pick(rng, [0, 4, 4, 6, 8, 12, 34, 20, 6, 3, 2, 1])
        need = rng.random() < 0.19
        sen = "none" if not need else ("ehcp" if rng.random() < 0.25 else "support")
        school = rng.choice(primaries if year <= 6 else secondaries)
        on_roll = rng.random() >= 0.012
        health = rng.random() >= 0.12
        feed = school not in self.silent_schools
        self.row("child", key, year if rng.random() >= 0.006 else None, sen if rng.random() >= 0.01 else None, school if on_roll else None,
                 ("yes" if on_roll else "no") if rng.random() >= 0.01 else None, "yes" if health else "no", "yes" if feed else "no")
        rate = absence_rate(rng, min(max(year, 1), 11), need)
        # Who waits for an assessment is likelier to lose school: the fall follows from the wait, not from a rule.
        waits = self.referral(key, need) if health else False
        falls = on_roll and rng.random() < (0.5 if waits else 0.08 if need else 0.03)
        fall_from = AS_OF - rng.randrange(30, 60) * DAY
        fall_by = 0.08 + 0.3 * rng.random()
        if on_roll and feed:
            self.attendance(key, rate, fall_from if falls else None, fall_by, (year, need))
        self.events(key, year, need, sen, falls, secondaries)

    def referral(self, key, need):
        """Whether a neurodevelopmental referral is still open after four months."""
        rng = self.rng
        if rng.random() >= (0.34 if need else 0.05):
            return False
        made = self.day(datetime.date(2022, 9, 5), datetime.date(2025, 6, 1))
        seen = made + (int(rng.expovariate(1 / 420.0)) + 14) * DAY
        service = rng.choice(["neurodevelopmental", "neurodevelopmental", "neurodevelopmental", "camhs", "speech_language", "occupational"])
        self.row("referral", key, made, service, seen if seen <= AS_OF else None)
        return service == "neurodevelopmental" and seen > AS_OF and made < datetime.date(2025, 2, 1)

    def attendance(self, key, rate, fall_from, fall_by, group):
        rng, write = self.rng, self.files["attendance"].write
        random_ = rng.random
        possible_all = missed_all = 0
        carried = 0.0
        for monday, sessions in self.weeks:
            wanted = rate + (fall_by if fall_from and monday >= fall_from else 0)
            # Absence comes in runs: a week is either nearly whole or largely lost, and over time the rate is met.
            carried += wanted * sessions
            lost = 0
            if carried >= 1 and (random_() < 0.45 or carried > sessions):
                lost = min(sessions, int(carried))
                carried -= lost
            possible_all += sessions
            missed_all += lost
            if random_() < 0.0003:
                write(f"{key},{monday},{sessions},\n")
            else:
                write(f"{key},{monday},{sessions},{sessions - lost}\n")
        if possible_all and not fall_from:
            self.missed.setdefault(group, []).append(missed_all / possible_all)

    def events(self, key, year, need, sen, falls, secondaries):
        rng = self.rng
        if rng.random() < (0.09 if need else 0.02):
            for _ in range(1 + int(rng.random() < 0.4) + int(rng.random() < 0.15)):
                starts = self.day(datetime.date(2024, 1, 8), datetime.date(2025, 6, 13))
                self.row("suspension", key, starts, "permanent" if rng.random() < 0.03 else "suspended", rng.choice([0.5, 1, 1.5, 2, 3, 5]))
        if sen == "ehcp":
            started = self.day(datetime.date(2020, 9, 1), datetime.date(2025, 5, 1))
            reviewed = started + rng.randrange(300, 420) * DAY
            self.row("ehc_plan", key, started, None, reviewed if reviewed <= AS_OF else None)
            if year == 6 and rng.random() < 0.6:
                self.row("support", key, self.day(datetime.date(2025, 1, 13), datetime.date(2025, 5, 30)), None, "transition_plan")
        if rng.random() < (0.06 if need else 0.01):
            started = self.day(datetime.date(2024, 9, 2), datetime.date(2025, 6, 2))
            ended = started + rng.randrange(20, 200) * DAY
            self.row("placement", key, started, ended if ended <= AS_OF else None, rng.choice(["alternative", "part_time", "part_time", "home_tuition"]))
        if falls and rng.random() < 0.3 or rng.random() < 0.02:
            self.row("support", key, self.day(datetime.date(2025, 2, 3), datetime.date(2025, 6, 13)), None, "mentor")
        if need and rng.random() < 0.3:
            self.row("support", key, self.day(datetime.date(2023, 9, 4), datetime.date(2025, 5, 12)), None, "adjustment")
        if year == 6:
            if rng.random() < 0.975:
                self.row("agreed_place", key, datetime.date(2025, 3, 3) + rng.randrange(0, 60) * DAY, rng.choice(secondaries))
                if rng.random() < 0.7:
                    self.row("notice", key, self.day(datetime.date(2025, 4, 22), datetime.date(2025, 6, 13)), "needs_passed_on", "next_school")

    def report(self):
        """The distance of the absence bands: half the sum of differences of shares, by group of 100 children or more."""
        print("group, children, distance of the absence bands from England 2022/23 (0: the same, 1: disjoint)")
        for (year, need), rates in sorted(self.missed.items()):
            if len(rates) < 100:
                continue
            want = SHARES[min(max(year, 1), 11)][1 if need else 0]
            got = [0] * len(BANDS)
            for r in rates:
                got[next((i for i, top in enumerate(BANDS) if r <= top), len(BANDS) - 1)] += 1
            distance = sum(abs(g / len(rates) - w / sum(want)) for g, w in zip(got, want)) / 2
            print(f"year {year} {'with' if need else 'without'} special educational needs, {len(rates)}, {distance:.3f}")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True, help="the folder to write to")
    ap.add_argument("--children", type=int, default=2000)
    ap.add_argument("--weeks", type=int, default=78, help="how many school weeks of attendance, up to June 2025")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--report", action="store_true", help="print how close the absence bands come to the published ones")
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
    cohort = Cohort(args.out, random.Random(args.seed), args.children, args.weeks)
    cohort.write()
    if args.report:
        cohort.report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
