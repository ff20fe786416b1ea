#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what cliffs.py measured: a small picture for each thing that was changed, each figure as so many times the reference of the same turn.

    bench/plot_cliffs.py bench/cliffs.json bench/cliffs.svg
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from peers import registry  # noqa: E402

ACROSS = 2


def short(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def shown(panel):
    """Its figures; where each has a reference of its own, not the references, which are all 1."""
    series = panel["series"]
    return [s for s in series if not s["is_reference"]] if sum(s["is_reference"] for s in series) > 1 else series


def draw_panel(axes, panel, cliff, limits):
    series = shown(panel)
    axes.axvline(1, color="black", linewidth=0.8)
    if panel["flat"]:
        axes.axvline(cliff, color="black", linewidth=0.8, linestyle=(0, (3, 3)))
    for y, s in enumerate(series):
        least, middle, most = (s["times"][k] for k in ("min", "median", "max"))
        axes.plot([least, most], [y, y], color="black", linewidth=1)
        mark = {"markerfacecolor": "black" if s["cliff"] else "white", "marker": "D" if s["cliff"] else "o"}
        axes.plot(middle, y, color="black", markersize=5.5, **mark)
        axes.annotate(short(s["value"]["median"]), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8, fontweight="bold" if s["cliff"] else "normal", annotation_clip=False)
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    ticks = [t for t in (0.2, 0.5, 1, 2, 5) if limits[0] <= t <= limits[1]]
    axes.set_xticks(ticks, [f"{t:g}×" for t in ticks], fontsize=7.5)
    axes.set_xticks([], minor=True)
    axes.set_yticks(range(len(series)), [s["label"] for s in series], fontsize=8)
    axes.set_ylim(len(series) - 0.4, -0.6)
    axes.set_title(panel["name"], loc="left", fontsize=9.5, fontweight="bold")
    axes.annotate(panel["unit"], (1.01, 1), xycoords="axes fraction", xytext=(0, 4), textcoords="offset points", fontsize=7.5, annotation_clip=False)
    axes.grid(axis="x", color="0.88", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def draw(figures, path):
    import matplotlib
    matplotlib.use("svg" if path.endswith(".svg") else "agg")
    matplotlib.rcParams.update({"svg.hashsalt": "earlysight", "svg.fonttype": "path"})
    from matplotlib import pyplot

    panels = figures["panels"]
    every = [s["times"][k] for p in panels for s in p["series"] for k in ("min", "max")]
    limits = (min(min(every) / 1.15, 0.7), max(max(every) * 1.15, 2))
    # Two columns, each panel as high as it has figures: the longer rest goes to the shorter column.
    columns = [[] for _ in range(ACROSS)]
    height = lambda column: sum(len(shown(p)) + 2.6 for p in column)
    for p in panels:
        min(columns, key=height).append(p)
    rows = max(height(c) for c in columns)
    inch = 0.2
    width, top, bottom = 11, 0.15, 0.62
    tall = rows * inch + top + bottom
    figure = pyplot.figure(figsize=(width, tall))
    for i, column in enumerate(columns):
        y = tall - top
        for p in column:
            own = len(shown(p)) * inch
            y -= 0.28 + own
            axes = figure.add_axes(((i * width / ACROSS + 2.05) / width, y / tall, (width / ACROSS - 3.05) / width, own / tall))
            draw_panel(axes, p, figures["cliff"], limits)
            y -= 2.6 * inch - 0.28
    figure.text(0.12 / width, 0.12 / tall, f"Times the reference of the same turn: median, least and most of {figures['turns']} turns; at the right the median itself. One thread, processor time, "
                f"{figures['children']:,} children where they are not what changes.\nDashed: {figures['cliff']} times, beyond which a figure that should be flat is a cliff (filled diamond). {figures['processor']}, {figures['date']}.", fontsize=7.5, va="bottom")
    figure.savefig(path, metadata={"Date": None} if path.endswith(".svg") else None, dpi=130)


if __name__ == "__main__":
    registry.draw_with(draw, __doc__)
