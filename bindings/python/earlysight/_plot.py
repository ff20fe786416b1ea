# SPDX-License-Identifier: Apache-2.0
"""Pictures of a result."""
from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from . import _draw
from ._draw import FILL, INK, OUTCOMES, WORDS, many
from ._errors import ArgumentError
from ._table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ._result import Result

NOTE_DOWN = 34


class Plot:
    """Pictures of a result, made with matplotlib: ``result.plot.rules()``, ``.scores()``, ``.child(…)``, ``.missing(…)``.

    Each gives back the matplotlib ``Axes`` it drew on: a new figure's, or those given as ``ax=``. Outcomes and bands are told apart by shade, hatch and
    words, so a picture can be printed in black and white and needs no legend. ``alt_text(ax)`` says in words what a picture shows.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import earlysight as es
    >>> pack = es.loads('pack p "P" version "1.0"\\ntable child\\n  child_id key\\n  year count\\nflag f "F"\\nrule r "Year 6" when year is 6 raise f\\n')
    >>> result = pack.score(child={"child_id": ["a", "b"], "year": [6, None]}, as_of="2025-06-20")
    >>> ax = result.plot.rules()
    >>> print(result.plot.alt_text(ax))
    What each rule says, as of 20 Jun 2025, of 2 children. Year 6: fires for 1, cannot tell of 1, silent for 0, does not apply to 0.
    >>> ax.figure.savefig("/dev/null", format="png")
    """

    __slots__ = ("_of",)
    _of: Result

    def __init__(self, of: Result) -> None:
        self._of = of

    def alt_text(self, ax: Axes) -> str:
        """What a picture of `Plot` shows, in words: for the ``alt`` of a page, or a caption. Empty for other axes."""
        return _draw.told(ax)

    def _under(self) -> str:
        return f"{self._of._asked.about.title}, as of {_draw.day_words(self._day)}; {many(self._of.children, 'child', 'children')}"

    @property
    def _day(self) -> datetime.date:
        return datetime.date.fromisoformat(self._of._asked.as_of)

    def rules(self, *, top: int = 20, names: Literal["title", "rule"] = "title", ax: Axes | None = None) -> Axes:
        """For how many children each rule fires, cannot tell, is silent, or does not apply: a bar a rule, with the four numbers beside it.

        Parameters
        ----------
        top : int
            How many rules: those that fire most, then those that cannot tell most. A line under the picture says what was left out.
        names : {"title", "rule"}
            Label the bars with the titles of the rules, or with their names.
        ax : matplotlib.axes.Axes, optional
            Where to draw; default: a new figure.
        """
        if top < 1:
            raise ArgumentError(f"top is how many rules to show, from 1; {top} is not that")
        titles = self._of._asked.about.titles
        rows = [(row["rule"], [int(row[o]) for o in OUTCOMES]) for row in Table(self._of._run.summary(""))]
        rows.sort(key=lambda r: (-r[1][0], -r[1][1], r[0]))
        shown, rest = rows[:top], rows[top:]
        ax = _draw.axes(ax, 10, 1.7 + 0.44 * max(len(shown), 2))
        if not shown or not self._of.children:
            _draw.nothing(ax, "The pack has no rules." if not shown else "No children were scored.")
            return _draw.tell(ax, "An empty picture: there are no rules or no children.")
        for y, (_, counts) in enumerate(shown):
            left = 0
            for outcome, count in zip(OUTCOMES, counts):
                ax.barh(y, count, left=left, height=0.62, label=outcome, **FILL[outcome])
                left += count
        # Numbers in columns, under a heading that carries the shade it stands for.
        for outcome, right in zip(OUTCOMES, (42, 100, 148, 222)):
            ax.annotate(
                WORDS[outcome],
                (1, 1),
                xytext=(right, 6),
                xycoords="axes fraction",
                textcoords="offset points",
                ha="right",
                va="bottom",
                fontsize=8.5,
                color="white" if outcome == "fires" else INK,
                bbox={"boxstyle": "square,pad=0.25", **FILL[outcome], "hatch": None},
            )
            for y, (_, counts) in enumerate(shown):
                count = counts[OUTCOMES.index(outcome)]
                ax.annotate(
                    f"{count:,}",
                    (1, y),
                    xytext=(right, 0),
                    xycoords=("axes fraction", "data"),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=9,
                    color=INK if count else "#9a9a9a",
                    fontweight="bold" if outcome == "fires" and count else "normal",
                )
        labels = [titles.get(rule, rule) if names == "title" else rule for rule, _ in shown]
        ax.set_yticks(range(len(shown)), [_draw.wrapped(label) for label in labels], fontsize=9)
        ax.set_ylim(len(shown) - 0.5, -0.5)
        ax.set_xlim(0, self._of.children)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        ax.locator_params(axis="x", integer=True)
        ax.set_xlabel("children", fontsize=9)
        _draw.plain(ax)
        _draw.headings(ax, "What each rule says", self._under())
        left_out = [sum(counts[i] for _, counts in rest) for i in (0, 1)]
        if rest:
            _draw.note(ax, f"Not shown: {many(len(rest), 'more rule')}, which together fire {left_out[0]:,} times and cannot tell {left_out[1]:,} times.")
        said = _draw.sentence_of(
            f"{label}: fires for {c[0]:,}, cannot tell of {c[1]:,}, silent for {c[2]:,}, does not apply to {c[3]:,}" for label, (_, c) in zip(labels, shown)
        )
        more = f" {many(len(rest), 'more rule')} not shown." if rest else ""
        return _draw.tell(ax, f"What each rule says, as of {_draw.day_words(self._day)}, of {many(self._of.children, 'child', 'children')}. {said}.{more}")

    def scores(self, *, top: int = 30, ax: Axes | None = None) -> Axes:
        """The scores of the children with a raised flag: from what is known (filled) to what cannot be told counted too (open), over the pack's bands.

        Parameters
        ----------
        top : int
            How many children: the highest lower ends first, then the highest upper ends, then in the order of the child table.
        ax : matplotlib.axes.Axes, optional
            Where to draw; default: a new figure.
        """
        if top < 1:
            raise ArgumentError(f"top is how many children to show, from 1; {top} is not that")
        key = self._of._asked.about.key
        flags, scores = self._of.table("flags").to_numpy(), self._of.table("scores").to_numpy()
        flagged = set(flags[key][flags["state"] == "raised"])
        rows = [(str(child), float(low), float(high)) for child, low, high in zip(scores[key], scores["score_low"], scores["score_high"]) if child in flagged]
        rows.sort(key=lambda r: (-r[1], -r[2]))
        shown, rest = rows[:top], rows[top:]
        ax = _draw.axes(ax, 8, 1.9 + 0.26 * max(len(shown), 3))
        if not shown:
            _draw.nothing(ax, f"No flag is raised as of {_draw.day_words(self._day)}.")
            return _draw.tell(ax, "An empty picture: no flag is raised.")
        bands = list(self._of._asked.about.bands.items())
        far = max([high for *_, high in rows] + [start for _, start in bands] + [1.0]) * 1.08
        for i, (name, start) in enumerate(bands):
            end = bands[i + 1][1] if i + 1 < len(bands) else far
            ax.axvspan(start, end, facecolor="#f1f1f1" if i % 2 else "#ffffff", zorder=0)
            ax.axvline(start, color="#8a8a8a", linewidth=0.8, zorder=1)
            ax.annotate(
                name,
                ((start + end) / 2, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=9,
                color=INK,
            )
        for y, (_, low, high) in enumerate(shown):
            if high > low:
                ax.plot([low, high], [y, y], color="#8a1c28", linewidth=2, solid_capstyle="butt", zorder=2)
                ax.plot(
                    [high], [y], marker="o", markersize=6, markerfacecolor="white", markeredgecolor="#8a1c28", markeredgewidth=1.4, linestyle="none", zorder=3
                )
            ax.plot([low], [y], marker="o", markersize=6, color="#8a1c28", linestyle="none", zorder=4)
            words = f"{low:g}" if low == high else f"{low:g} to {high:g}"
            ax.annotate(
                words, (1, y), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points", ha="left", va="center", fontsize=8.5, color=INK
            )
        ax.set_yticks(range(len(shown)), [_draw.wrapped(child, 24, 1) for child, *_ in shown], fontsize=8.5)
        ax.set_ylim(len(shown) - 0.5, -0.5)
        ax.set_xlim(min(0.0, min(low for _, low, _ in rows)) - far * 0.02, far)
        ax.set_xlabel("points", fontsize=9)
        _draw.plain(ax)
        _draw.headings(
            ax, "Scores of the children with a flag", self._under() + ". Filled: what is known. Open: the most it can be, if all that cannot be told counted"
        )
        _draw.note(
            ax, f"Not shown: {many(len(rest), 'more child', 'more children')} with a flag, with at most {rest[0][1]:g} points known." if rest else "", NOTE_DOWN
        )
        said = _draw.sentence_of(f"{child}: {low:g}" if low == high else f"{child}: {low:g} to {high:g}" for child, low, high in shown)
        where = "; ".join(f"{name} from {start:g}" for name, start in bands)
        return _draw.tell(
            ax,
            f"Scores of {many(len(rows), 'child', 'children')} with a raised flag, as of {_draw.day_words(self._day)}"
            + (f" (bands: {where})" if where else "")
            + f". {said}.",
        )

    def missing(self, by: str | None = None, *, top: int = 12, ax: Axes | None = None) -> Axes:
        """How many children have rules that cannot tell, by the table or column that is not known.

        A row a table (or table and column), a column for each value of `by`, and in each cell the number of children. The darker the cell, the larger the
        share of that column's children.

        Parameters
        ----------
        by : str, optional
            A column of the child table, such as ``"school"``.
        top : int
            How many rows, and how many values of `by`: those with the most children. A line under the picture says what was left out.
        ax : matplotlib.axes.Axes, optional
            Where to draw; default: a new figure.
        """
        if top < 1:
            raise ArgumentError(f"top is how many rows to show, from 1; {top} is not that")
        asked, key = self._of._asked, self._of._asked.about.key
        keys = [str(child) for child in self._of.table("scores").to_numpy()[key]]
        group = dict.fromkeys(keys, "all children")
        if by is not None:
            self._of._run.summary(by)  # says which columns there are
            given = asked.columns("child", [key, by])
            for child, value in reversed(list(zip(given[key], given.get(by, [None] * len(given[key]))))):
                group[str(child).strip()] = "(empty)" if value in (None, "") else str(value)
        members: dict[str, int] = defaultdict(int)
        for child in keys:
            members[group[child]] += 1
        children: dict[tuple[str, str], set[str]] = defaultdict(set)
        everyone: dict[str, set[str]] = defaultdict(set)
        missing = self._of.table("missing").to_numpy()
        for child, table, column in zip(missing[key], missing["table"], missing["column"]):
            what = f"{table}: {column}" if column else str(table)
            children[what, group[child]].add(child)
            everyone[what].add(child)
        in_group: dict[str, set[str]] = defaultdict(set)
        for (_, value), who in children.items():
            in_group[value] |= who
        whats = sorted(everyone, key=lambda w: (-len(everyone[w]), w))
        values = sorted(members, key=lambda v: (-len(in_group[v]), v))
        rows, columns = whats[:top], values[:top]
        ax = _draw.axes(ax, 3.4 + 0.72 * max(len(columns), 4), 2.4 + 0.36 * max(len(rows), 2))
        title = "What is missing" + (f", by {by}" if by else "")
        if not rows:
            _draw.nothing(ax, f"Nothing is missing: as of {_draw.day_words(self._day)} every rule can tell of every child.")
            return _draw.tell(ax, "An empty picture: every rule can tell.")
        shares = [[len(children[w, v]) / members[v] for v in columns] for w in rows]
        ax.imshow(shares, cmap="Greys", vmin=0, vmax=max(0.25, *(s for line in shares for s in line)) * 1.6, aspect="auto")
        for y, what in enumerate(rows):
            for x, value in enumerate(columns):
                count = len(children[what, value])
                ax.text(x, y, f"{count:,}" if count else "·", ha="center", va="center", fontsize=9, color=INK if count else "#9a9a9a")
        ax.set_yticks(range(len(rows)), [_draw.wrapped(w, 34, 1) for w in rows], fontsize=9)
        ax.set_xticks(range(len(columns)), [f"{_draw.wrapped(v, 11, 3)}\n({members[v]:,})" for v in columns], fontsize=8)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        tallest = max(_draw.wrapped(v, 11, 3).count("\n") + 2 for v in columns)
        under = f"{self._under()}. Children of whom a rule cannot tell, by what is not known; darker: a larger share of the group (its size in brackets)"
        _draw.headings(ax, title, under, above=12 + 10 * tallest, width=92)
        left_out = [many(len(whats) - len(rows), "more table or column", "more tables or columns")] if len(whats) > len(rows) else []
        left_out += [f"{many(len(values) - len(columns), 'more value')} of {by}"] if len(values) > len(columns) else []
        _draw.note(ax, f"Not shown: {' and '.join(left_out)}." if left_out else "", 8)
        said = _draw.sentence_of(f"{w}: {many(len(everyone[w]), 'child', 'children')}" for w in rows)
        worst = f" Most children are in {by} {columns[0]} ({len(in_group[columns[0]]):,} of {members[columns[0]]:,})." if by else ""
        return _draw.tell(ax, f"{title}, as of {_draw.day_words(self._day)}. {said}.{worst}")

    def child(self, child: object, rule: str | None = None, *, table: str | None = None, weeks: int = 60, ax: Axes | None = None) -> Axes:
        """One child's attendance over time, the windows that a rule read, and when the rule began to fire.

        Parameters
        ----------
        child : str or int
            The child's key.
        rule : str, optional
            A rule; default: the first that fires for the child, else the first that cannot tell.
        table : {"attendance", "mark", "term_attendance"}, optional
            Whose rows to draw; default: the one that the rule read, else the first that has rows of the child.
        weeks : int
            How far back from the as-of date.
        ax : matplotlib.axes.Axes, optional
            Where to draw; default: a new figure.

        Notes
        -----
        The strip under the attendance asks the rule again as of each Monday of the school year, of this child's rows alone. What carries a date is taken as
        it was known then; what carries none, such as the year group, as it is now. Where the child's rows alone do not give the run's answer the strip is
        left out.
        """
        from ._timeline import draw

        return draw(self._of, str(child), rule, table, weeks, ax)

