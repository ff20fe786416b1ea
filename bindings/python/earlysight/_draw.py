# SPDX-License-Identifier: Apache-2.0
"""What the pictures share: outcomes told apart without colour, wrapped names, captions in words."""
from __future__ import annotations

import datetime
import textwrap
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Dark, hatched, light, white: they keep their order in grey. The words are those of the command's summary.
OUTCOMES = ("fires", "cannot_tell", "silent", "not_applicable")
WORDS = {"fires": "fires", "cannot_tell": "cannot tell", "silent": "silent", "not_applicable": "does not apply"}
FILL: dict[str, dict[str, Any]] = {
    "fires": {"facecolor": "#7a1420", "edgecolor": "#2b2b2b", "linewidth": 0.6},
    "cannot_tell": {"facecolor": "#f0b64c", "edgecolor": "#2b2b2b", "linewidth": 0.6, "hatch": "/////"},
    "silent": {"facecolor": "#cfd8df", "edgecolor": "#2b2b2b", "linewidth": 0.6},
    "not_applicable": {"facecolor": "#ffffff", "edgecolor": "#2b2b2b", "linewidth": 0.6},
}
INK, FAINT = "#1a1a1a", "#5c5c5c"

_words: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


def axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or those of a new figure that fits its labels; no window is opened."""
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as e:
        raise ImportError("pictures need matplotlib: pip install earlysight[pictures], or pip install matplotlib") from e
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def headings(ax: Axes, title: str, under: str, above: float = 24, width: int = 100) -> None:
    """A title and lines under it, from the left edge of the axes; `above`: points kept free for what stands on top of the axes."""
    lines = textwrap.wrap(under, width)
    kept: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "left", "va": "bottom"}
    ax.annotate("\n".join(lines), (0, 1), xytext=(0, above), fontsize=9, color=FAINT, **kept)
    ax.annotate(title, (0, 1), xytext=(0, above + 3 + 12 * len(lines)), fontsize=12, fontweight="bold", color=INK, **kept)


def note(ax: Axes, text: str, down: float = 40) -> None:
    """A line under the axes, such as what was left out."""
    if text:
        ax.annotate(
            textwrap.fill(text, 110),
            (0, 0),
            xytext=(0, -down),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=8.5,
            color=FAINT,
        )


def nothing(ax: Axes, text: str) -> None:
    """A sentence in place of an empty picture."""
    ax.text(0.5, 0.5, textwrap.fill(text, 60), transform=ax.transAxes, ha="center", va="center", fontsize=11, color=INK)
    ax.set_axis_off()


def plain(ax: Axes) -> None:
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="y", length=0)


def wrapped(text: str, width: int = 38, lines: int = 2) -> str:
    """A label on a few lines; names break after an underscore, and what does not fit ends in an ellipsis."""
    spaced = text.replace("_", "_ ")
    return "\n".join(line.replace("_ ", "_") for line in textwrap.wrap(spaced, width, max_lines=lines, placeholder=" …")) or text


def day_words(day: datetime.date) -> str:
    return f"{day.day} {day:%b %Y}"


def many(count: int, one: str, more: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def sentence_of(parts: Iterable[str], most: int = 5) -> str:
    every = list(parts)
    return "; ".join(every[:most]) + (f"; and {len(every) - most:,} more" if len(every) > most else "")


def tell(ax: Axes, text: str) -> Axes:
    """Keeps the picture's description with its axes."""
    _words[ax] = text
    return ax


def told(ax: Axes) -> str:
    return _words.get(ax, "")
