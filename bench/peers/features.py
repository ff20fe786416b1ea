# SPDX-License-Identifier: Apache-2.0
"""The conditions of workload.sight as comparisons of features, and the features of each child as the per-child engines are handed them: a JSON object
a line, without the features that are not known. Of nothing (no suspension, no review planned) the number is one for which every condition is false."""
import json
import os

NEVER = 99999
WORDS = {"phase": ("primary", "secondary", "special", "alternative"), "sen": ("none", "support", "ehcp")}
YES_NO = ("free_meals", "looked_after", "in_need", "young_carer", "eal", "camhs_waiting", "nd_waiting", "urgent_unseen", "long_one", "assaulted",
          "residential_now", "placed_now", "part_time", "overdue")
# name: feature, comparison, limit. A yes/no feature is a condition itself, under its own name.
CONDITIONS = {
    "primary": ("phase", "==", "primary"), "secondary": ("phase", "==", "secondary"), "specialist": ("phase", "in", ("special", "alternative")),
    "moving_up": ("year", "in", (6, 7)), "exam_year": ("year", ">=", 10),
    "sen_support": ("sen", "==", "support"), "ehcp": ("sen", "==", "ehcp"), "any_sen": ("sen", "in", ("support", "ehcp")),
    "moved_often": ("moves", ">=", 3), "behaviour_high": ("behaviour", ">", 20), "low_attainment": ("attainment", "<", 90), "poor_reader": ("reading", "<=", 85),
    "poor_before": ("previous", "<", 0.9), "far": ("distance", ">", 5), "few_hours": ("hours_offered", "<", 20),
    "young": ("age", "in", (5, 6, 7, 8, 9, 10)), "nearly_adult": ("age", ">=", 15), "new_here": ("days_on_roll", "<", 120), "unseen": ("days_unseen", ">=", 21),
    "review_late": ("review_overdue", ">", 0), "review_near": ("review_in", "<=", 42),
    "persistent": ("year_share", "<", 0.9), "severe": ("year_share", "<=", 0.5), "low_lately": ("lately", "<", 0.85),
    "falling": ("fall", ">=", 0.05), "falling_fast": ("fall", ">=", 0.15), "recovering": ("fall", "<=", -0.05),
    "gone": ("fortnight", "<", 0.2), "downhill": ("slope", "<", -0.01), "run_of_three": ("poor_run", ">=", 3), "run_of_five": ("poor_run", ">=", 5),
    "several_empty": ("empty_weeks", ">=", 2), "bad_week": ("worst_week", "<=", 2), "rarely_full": ("full_weeks", "<", 15), "missed_much": ("sessions_missed", ">", 60),
    "referred": ("referrals", ">=", 1), "referred_again": ("referrals", ">=", 2),
    "waiting_half_year": ("days_waiting", ">=", 180), "waiting_year": ("days_waiting", ">=", 365),
    "many_services": ("services", ">=", 2),
    "suspended": ("suspensions", ">=", 1), "suspended_often": ("suspensions", ">=", 3), "out_long": ("days_out", ">", 5),
    "suspended_lately": ("days_since_suspension", "<", 84), "out_a_week": ("longest_suspension", ">=", 5),
    "placed_anew": ("placements_begun", ">=", 1), "unstable": ("placements_begun", ">=", 2),
    "planned": ("plans", ">=", 1), "tiny_hours": ("least_hours", "<", 15), "supported_lately": ("days_since_support", "<", 182),
    **{name: (name, "==", True) for name in YES_NO},
}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
NAMES = list(dict.fromkeys(feature for feature, _, _ in CONDITIONS.values()))


def read(folder):
    with open(os.path.join(folder, "features.jsonl"), encoding="utf-8") as h:
        return [json.loads(line) for line in h]
