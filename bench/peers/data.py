# SPDX-License-Identifier: Apache-2.0
"""The columns that earlysight-workload wrote, as NumPy arrays, what they hold, and the days of the windows."""
import os

import numpy as np


def day(text):
    return int(np.datetime64(text, "D").astype(int))


TODAY = day("2025-07-18")
YEAR_AGO, TWO_YEARS_AGO, ACADEMIC_YEAR = day("2024-07-18"), day("2023-07-18"), day("2024-09-01")
WEEKS = 39
# What the columns hold: days since 1970, yes (1) or no (0), or the number of a word.
CATEGORIES = {
    "child.phase": ("primary", "secondary", "special", "alternative"), "child.sen": ("none", "support", "ehcp"),
    "referral.service": ("camhs", "neurodevelopmental", "speech_language", "early_help"), "suspension.reason": ("assault", "disruption", "drugs", "other"),
    "placement.kind": ("foster", "residential", "kinship", "other"), "plan.kind": ("attendance", "support", "part_time"),
}
DATES = {"birth", "admitted", "last_seen", "review_due", "made", "seen", "day", "began", "ended", "review", "week"}
YES_NO = {"free_meals", "looked_after", "in_need", "young_carer", "eal", "attendance_feed", "health_feed", "care_feed", "urgent"}


class Data:
    """data.child["year"] and its like; data.known["child.year"] where some are not known; data.present likewise where some are nothing."""

    def __init__(self, folder):
        self.known, self.present = {}, {}
        for table in ("child", "attendance", "referral", "suspension", "placement", "plan"):
            setattr(self, table, {})
        for file in sorted(f for f in os.listdir(folder) if f.endswith(".npy")):
            table, column, *rest = file[:-len(".npy")].split(".")
            # Every peer turns attendance to a shape of its own, so the file need not be held as well.
            array = np.load(os.path.join(folder, file), mmap_mode="r" if table == "attendance" else None)
            if rest:
                getattr(self, rest[0])[f"{table}.{column}"] = array
            else:
                getattr(self, table)[column] = array
        self.children = len(self.child["year"])
        self.mondays = self.attendance["week"][:WEEKS].copy()
