# SPDX-License-Identifier: Apache-2.0
"""The calendar by hand: which weeks are school weeks."""
from datetime import date, timedelta

TERMS = [
    (date(2023, 9, 4), date(2023, 10, 20)), (date(2023, 10, 30), date(2023, 12, 20)), (date(2024, 1, 3), date(2024, 2, 9)),
    (date(2024, 2, 19), date(2024, 3, 28)), (date(2024, 4, 15), date(2024, 5, 24)), (date(2024, 6, 3), date(2024, 7, 19)),
    (date(2024, 9, 2), date(2024, 10, 25)), (date(2024, 11, 4), date(2024, 12, 20)), (date(2025, 1, 6), date(2025, 2, 14)),
    (date(2025, 2, 24), date(2025, 4, 4)), (date(2025, 4, 22), date(2025, 5, 23)), (date(2025, 6, 2), date(2025, 7, 22)),
]


def school_weeks(as_of: date) -> list[date]:
    """Mondays of school weeks up to the day, the latest first."""
    mondays = set()
    for first, last in TERMS:
        monday = first - timedelta(days=first.weekday())
        while monday <= min(last, as_of):
            mondays.add(monday)
            monday += timedelta(days=7)
    return sorted(mondays, reverse=True)
