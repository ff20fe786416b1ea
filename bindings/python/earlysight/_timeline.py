# SPDX-License-Identifier: Apache-2.0
"""One child's attendance, the windows that a rule read, and since when the rule fires."""
from __future__ import annotations

import datetime
import importlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from . import _draw
from ._asked import Columns
from ._draw import FAINT, FILL, INK, WORDS, day_words, many
from ._errors import ArgumentError, EarlysightError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ._result import Result

WEEK = datetime.timedelta(days=7)
GRAINS = {"attendance": "week", "mark": "day", "term_attendance": "term_end"}
# The code map of the DfE's statistics, as the packs in rules have it.
PRESENT = frozenset("/ \\ L K V P W B J".split())
NOT_POSSIBLE = frozenset("D Q X Y1 Y2 Y3 Y4 Y5 Y6 Y7 Y Z #".split())


@dataclass(frozen=True)
class Sessions:
    """Sessions of a row (a half day, a week, a term), at the row's time; or of a bar, which begins on `day`."""

    day: datetime.date
    attended: float
    possible: float


@dataclass(frozen=True)
class Window:
    table: str
    start: datetime.date
    end: datetime.date


def draw(of: Result, child: str, rule: str | None, table: str | None, weeks: int, ax: Axes | None) -> Axes:
    if weeks < 1:
        raise ArgumentError(f"weeks is how far back to look, from 1; {weeks} is not that")
    why = json.loads(of.explain(child, rule).json)["explanations"]
    if not why:
        raise ArgumentError(f"no rule fires for {child}, and none cannot tell; name one: rule=…")
    why = min(why, key=lambda e: e["outcome"] != "fires")
    end = datetime.date.fromisoformat(of._asked.as_of)
    start = end - weeks * WEEK
    conditions = [c for clause in why["clauses"] for c in _all(clause["condition"])]
    read = {(e["table"], e["window"]) for c in conditions for e in c["evidence"]}
    chosen = table or _table(of, child, [name for name, _ in read])
    rows, unread = ([], 0) if chosen is None else _rows(chosen, of._asked.shown(chosen, child), end)
    windows = sorted({w for w in (_window(*r) for r in read) if w and w.table == chosen and w.start <= end and w.end >= start}, key=lambda w: (w.start, w.end))
    start = min([start, *(w.start for w in windows)])
    bars = _bars(chosen, [r for r in rows if r.day >= start])
    dated = sorted({(row["date"], e["table"]) for c in conditions for e in c["evidence"] if e["table"] not in GRAINS for row in e["shown"] if row["date"]})
    start = max(start, min([bars[0].day, *(w.start for w in windows)]) - WEEK) if bars else start
    # The year group, which carries no date, is that of the present school year: before September the rule cannot be asked again.
    september = datetime.date(end.year - (end.month < 9), 9, 1)
    strip = _strip(of, child, why, max(start, september), end)

    # matplotlib's own types know no dates.
    on: Any = _draw.axes(ax, 10, 4.6 + 0.25 * len(windows))
    width = 14 if chosen == "term_attendance" else 7
    for b in bars:
        on.bar(b.day, b.attended / b.possible, width=width - 1, align="edge", facecolor="#9fb4c4", edgecolor="#4d4d4d", linewidth=0.4, label="attendance")
    lanes = _windows(on, windows, rows, conditions, start, width)
    below = _outcomes(on, strip, start, end, -0.16 - 0.11 * lanes)
    shown = [(at, name) for at, name in ((datetime.date.fromisoformat(day), name) for day, name in dated) if start <= at <= end]
    for i, (at, name) in enumerate(shown[-4:]):
        _mark(on, at, f"{name}, {day_words(at)}", 1.04 - 0.07 * i, at - start > 0.7 * (end - start))
    _frame(on, start, end, below)
    outcome = WORDS[why["outcome"]]
    _draw.headings(
        on,
        _draw.wrapped(f"{child}: {why['title'] or why['rule']}", 90, 1),
        f"{outcome[0].upper()}{outcome[1:]} as of {day_words(end)}. {why['because']}",
        above=14,
        width=125,
    )
    before = [f"{name}, {day_words(datetime.date.fromisoformat(d))}" for d, name in dated if d < start.isoformat()]
    notes = ["No attendance of this child is known here."] if not bars else []
    notes += [f"Also read, earlier: {_draw.sentence_of(before, 3)}."] if before else []
    notes += [f"{many(unread, 'row')} could not be read and {'is' if unread == 1 else 'are'} not drawn."] if unread else []
    _draw.note(on, " ".join(notes), 26)
    return _draw.tell(on, _told(child, why, end, bars, windows, strip))


def _all(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield condition
    for part in condition["parts"]:
        yield from _all(part)


def _window(table: str, words: str) -> Window | None:
    try:
        first, last = (datetime.date.fromisoformat(d) for d in words.split(" to "))
    except ValueError:
        return None
    return Window(table, first, last)


def _table(of: Result, child: str, read: list[str]) -> str | None:
    given = of._asked.given()
    names = [n for n in GRAINS if n in given]
    # What the rule read comes first; after it, what holds rows of the child.
    for name in sorted(names, key=lambda n: n not in read):
        if any(of._asked.shown(name, child).values()):
            return name
    return None


def _day(value: Any) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value).strip()[:10])


def _rows(table: str, columns: Columns, end: datetime.date) -> tuple[list[Sessions], int]:
    # What was known on the last day, as the tables of the packs say: a week from its Friday on. And how many rows could not be read.
    time = GRAINS.get(table)
    if time is None:
        raise ArgumentError(f"table is one of {', '.join(GRAINS)}; {table} is not that")
    if time not in columns:
        raise ArgumentError(f"table {table} has no column {time}, so its rows have no place in time")
    out, unread = [], 0
    for i, when in enumerate(columns[time]):
        try:
            day = _day(when)
            if table == "mark":
                code = columns["code"][i]
                if code in (None, ""):
                    raise ValueError
                attended, possible = float(code in PRESENT), float(code not in NOT_POSSIBLE)
            else:
                possible = float(columns["possible"][i])
                attended = (
                    float(columns["attended"][i]) if table == "attendance" else possible - float(columns["authorised"][i]) - float(columns["unauthorised"][i])
                )
        except (ValueError, TypeError, KeyError):
            unread += 1
            continue
        if day + datetime.timedelta(days=4 if table == "attendance" else 0) <= end:
            out.append(Sessions(day, attended, possible))
    return out, unread


def _bars(table: str | None, rows: list[Sessions]) -> list[Sessions]:
    # Half days become weeks; a term's bar ends on its last day.
    by_day: dict[datetime.date, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        day = row.day - datetime.timedelta(days=13 if table == "term_attendance" else row.day.weekday())
        by_day[day][0] += row.attended
        by_day[day][1] += row.possible
    return [Sessions(day, a, p) for day, (a, p) in sorted(by_day.items()) if p > 0]


def _strip(of: Result, child: str, why: dict[str, Any], start: datetime.date, end: datetime.date) -> list[tuple[datetime.date, str]]:
    # The rule asked again as of each Monday, and as of the day itself, of this child's rows. Empty where one child alone does not give the run's answer.
    asked = of._asked
    try:
        alone = {name: asked.of_child(name, child) for name in asked.given()}
        monday = start + (7 - start.weekday()) % 7 * datetime.timedelta(days=1)
        days = [monday + n * WEEK for n in range((end - monday).days // 7 + 1)] if monday <= end else []
        days += [end] if not days or days[-1] != end else []
        out = []
        for day in days:
            said = asked.again(alone, day, why["rule"])
            if said is None:
                return []
            out.append((day, said))
    except EarlysightError:
        return []
    return out if out[-1][1] == why["outcome"] else []


def _windows(ax: Any, windows: list[Window], rows: list[Sessions], conditions: list[dict[str, Any]], start: datetime.date, width: int) -> int:
    values: dict[str, str] = {}
    for value in (v for c in conditions for v in c["values"]):
        values.setdefault(value["value"], value["words"])
    ends: list[datetime.date] = []
    for w in windows:
        lane = next((i for i, last in enumerate(ends) if w.start > last), len(ends))
        ends[lane:lane + 1] = [w.end]
        y = -0.1 - 0.11 * lane
        left, right = max(w.start, start), w.end + datetime.timedelta(days=1)
        # A window of one day, such as the end of a term, is drawn as wide as the bar it reads.
        left = min(left, right - datetime.timedelta(days=width)) if w.start == w.end else left
        ax.plot([left, left, right, right], [y + 0.03, y, y, y + 0.03], color=INK, linewidth=1.2)
        inside = [r for r in rows if w.start <= r.day <= w.end]
        words = f"{day_words(w.start)} to {day_words(w.end)}" if w.start != w.end else day_words(w.start)
        possible = sum(r.possible for r in inside)
        if possible:
            share = sum(r.attended for r in inside) / possible
            said = f"{100 * share:.1f}".removesuffix(".0") + "%"
            ax.plot([left, right], [share, share], color=INK, linewidth=1.8, linestyle=(0, (4, 2)), label=f"window {w.start} {w.end}")
            words = f"{values.get(said, 'attended')} {said}"
        ax.annotate(words, (left + (right - left) / 2, y), xytext=(0, -2), textcoords="offset points", ha="center", va="top", fontsize=8.5, color=INK)
    return len(ends)


def _outcomes(ax: Any, strip: list[tuple[datetime.date, str]], start: datetime.date, end: datetime.date, y: float) -> float:
    if not strip:
        return y + 0.08
    days = [day for day, _ in strip] + [end + datetime.timedelta(days=5)]
    at, named, free = 0, set(), start
    for said, run in groupby(strip, key=lambda s: s[1]):
        length = len(list(run))
        left, right = days[at], days[at + length]
        ax.barh(y - 0.04, right - left, left=left, height=0.08, label=said, **FILL[said])
        words = f"fires from {day_words(left)}" if said == "fires" and at else WORDS[said]
        # Short stretches are named once, where there is room.
        late = (left - start) > 0.78 * (end - start)
        room = (end - start) * 0.011 * len(words)
        if late:
            ax.annotate(words, (right, y - 0.09), xytext=(0, -1), textcoords="offset points", ha="right", va="top", fontsize=8.5, color=INK)
        elif left >= free and (said not in named or right - left > room):
            ax.annotate(words, (left, y - 0.09), xytext=(0, -1), textcoords="offset points", ha="left", va="top", fontsize=8.5, color=INK)
            free = left + room
        named.add(said)
        at += length
    return y - 0.2


def _mark(ax: Any, day: datetime.date, words: str, y: float, late: bool) -> None:
    ax.plot([day, day], [0, y], color=INK, linewidth=1, linestyle=":")
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    side = "right" if late else "left"
    ax.annotate(words, (day, y), xytext=(-3 if late else 3, 0), textcoords="offset points", ha=side, va="center", fontsize=8.5, color=INK, bbox=paper)


def _frame(ax: Any, start: datetime.date, end: datetime.date, below: float) -> None:
    dates: Any = importlib.import_module("matplotlib.dates")
    ax.plot([end, end], [below + 0.12, 1.06], color=INK, linewidth=1.4)
    ax.annotate(day_words(end), (end, 1.06), xytext=(0, 1), textcoords="offset points", ha="center", va="bottom", fontsize=8.5, color=INK)
    ax.set_xlim(start, end + datetime.timedelta(days=12))
    ax.set_ylim(below, 1.1)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"], fontsize=8.5)
    ax.set_ylabel("sessions attended", fontsize=9, color=FAINT, y=(0.5 - below) / (1.1 - below))
    ax.axhline(0, color=INK, linewidth=0.8)
    locator = dates.AutoDateLocator(maxticks=10)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    _draw.plain(ax)


def _told(child: str, why: dict[str, Any], end: datetime.date, bars: list[Sessions], windows: list[Window], strip: list[tuple[datetime.date, str]]) -> str:
    says = f"{WORDS[why['outcome']]} as of {day_words(end)}. {why['because']}".strip()
    out = [f'Attendance of {child}, and what the rule "{why["title"] or why["rule"]}" says: {says}']
    if bars:
        shares = [b.attended / b.possible for b in bars]
        out.append(f"Drawn are {len(bars)} bars of sessions attended from {day_words(bars[0].day)}, from {min(shares):.0%} to {max(shares):.0%}.")
    else:
        out.append("No attendance of this child is known here.")
    if windows:
        out.append("The rule read " + _draw.sentence_of(f"{day_words(w.start)} to {day_words(w.end)}" for w in windows) + ".")
    changes = [(next(run)[0], said) for said, run in groupby(strip, key=lambda s: s[1])]
    if len(changes) > 1:
        out.append("Asked as of each Monday: " + ", then ".join(f"{WORDS[said]} from {day_words(day)}" for day, said in changes) + ".")
    return " ".join(out)
