#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the three spreadsheets of the notebook out of the sample cohort, as an office might keep them; nobody in them is real.

    examples/python/data/make.py
"""
import csv
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
COHORT = HERE.parents[1] / "cohort"
SEN = {"none": "N", "support": "K", "ehcp": "E", "": ""}
TEAM = {"neurodevelopmental": "ND", "speech_language": "SaLT", "occupational": "OT", "physiotherapy": "Physio", "camhs": "CAMHS", "paediatrics": "Paeds"}
YES = {"yes": "Y", "no": "N", "": ""}


def rows(table):
    with open(COHORT / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def british(day):
    return "/".join(reversed(day.split("-"))) if day else ""


def write(name, header, lines):
    with open(HERE / name, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *lines])


def main():
    weeks = [a for a in rows("attendance") if a["week"] >= "2024-09-01"]
    missed = Counter()
    for a in weeks:
        if a["week"] >= "2025-04-28" and a["possible"] and a["attended"]:
            missed[a["child_id"]] += int(a["possible"]) - int(a["attended"])
    # Half of them are those who missed most of late, so that there is something to find.
    every = [c for c in rows("child") if c["year"] in ("6", "7") and c["school_feed"] == "weeks"]
    often = {c["child_id"] for c in sorted(every, key=lambda c: -missed[c["child_id"]])[:40]}
    children = [c for i, c in enumerate(every) if c["child_id"] in often or i % 3 == 0]
    keys = {c["child_id"] for c in children}
    pupils = [[c["child_id"], british(c["dob"]), c["year"], SEN[c["sen"]], c["school"], YES[c["health_feed"]], "weeks"] for c in children]
    # What happens to spreadsheets: a line twice, a number in words, an empty line.
    pupils.insert(12, list(pupils[4]))
    pupils[20][2] = {"6": "six", "7": "seven"}[pupils[20][2]]
    pupils.insert(30, [""] * 7)
    write("pupils.csv", ["Pupil ID ", "D.O.B.", "Year Group", "SEN code", "School", "Health shares?", "Attendance comes"], pupils)
    write("attendance.csv", ["Pupil ID", "W/c", "Sessions", "Present", "Ill"],
          [[a["child_id"], british(a["week"]), a["possible"], a["attended"], a["illness"]] for a in weeks if a["child_id"] in keys])
    referrals = [
        [r["child_id"], british(r["made"]), TEAM.get(r["service"], ""), british(r["seen"]), british(r["closed"])]
        for r in rows("referral")
        if r["child_id"] in keys
    ]
    referrals[3][1] = "31/11/2024"
    write("referrals.csv", ["Pupil ID", "Date of referral", "Team", "First seen", "Closed"], referrals)


if __name__ == "__main__":
    main()
