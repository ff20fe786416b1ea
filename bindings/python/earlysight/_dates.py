# SPDX-License-Identifier: Apache-2.0
"""Dates as spreadsheets write them, made year-month-day; one that cannot be read says why."""
from __future__ import annotations

import datetime
import re

from ._errors import ArgumentError

ORDERS = {"ymd": "year-month-day", "dmy": "day/month/year", "mdy": "month/day/year"}
_MIDNIGHT = r"(?:[ T]+0?0:00(?::00(?:\.0+)?)?)?"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _MIDNIGHT)
_PARTS = re.compile(r"(\d{1,2}|[A-Za-z]{3,9})[/.\- ]+(\d{1,2}|[A-Za-z]{3,9})[/.\-, ]+(\d{4}|\d{2})" + _MIDNIGHT)
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]


def checked_order(order: str) -> str:
    if order in ORDERS or "%" in order:
        return order
    raise ArgumentError(f'dates is "dmy", "mdy", "ymd" or a pattern such as "%d-%b-%Y"; {order!r} is none of them')


def _number(part: str) -> int:
    if part.isdigit():
        return int(part)
    word = part.lower()
    found = [i for i, month in enumerate(_MONTHS, 1) if month == word or month[:3] == word or (word == "sept" and i == 9)]
    return found[0] if found else 0


def _iso(year: int, month: int, day: int) -> tuple[str | None, str]:
    try:
        return datetime.date(year, month, day).isoformat(), ""
    except ValueError:
        return None, "there is no such day"


def read_date(text: str, order: str, two_digit_years: int | None) -> tuple[str | None, str]:
    """The day as year-month-day and no reason, or nothing and the reason. A text that the engine reads or refuses by itself comes back as it is."""
    if "%" in order:
        try:
            return datetime.datetime.strptime(text, order).date().isoformat(), ""
        except ValueError:
            return None, f"this is not a date written {order}"
    if found := _ISO.fullmatch(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    found = _PARTS.fullmatch(text)
    if order == "ymd":
        if found:
            return None, 'a date is written year-month-day, such as 2025-06-20; where it is day/month/year, read the sheet with dates="dmy"'
        return text, ""
    example = "20/06/2025" if order == "dmy" else "06/20/2025"
    if not found:
        return None, f"this is not a date written {ORDERS[order]}, such as {example}"
    first, second = _number(found[1]), _number(found[2])
    named = [not found[1].isdigit(), not found[2].isdigit()]
    if all(named) or 0 in (first, second):
        return None, f"this is not a date written {ORDERS[order]}, such as {example}"
    # A month in letters cannot be taken for a day.
    day, month = (second, first) if named[0] or (order == "mdy" and not named[1]) else (first, second)
    year = int(found[3])
    if len(found[3]) == 2:
        if two_digit_years is None:
            return None, f"the year has two digits: write four, such as {example}, or read the sheet with two_digit_years=2000"
        year += two_digit_years
    return _iso(year, month, day)
