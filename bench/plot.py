#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the time a child of every engine, of the figures that compare.py wrote: a dot at the median, a line from the least to the most, on a log scale.

    bench/plot.py figures.json bench/results.svg
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from peers import registry  # noqa: E402
from report import number, own_rows, peer_rows  # noqa: E402


def draw(figures, path):
    import matplotlib
    matplotlib.use("svg" if path.endswith(".svg") else "agg")
    matplotlib.rcParams.update({"svg.hashsalt": "earlysight", "svg.fonttype": "path", "font.size": 9})
    from matplotlib import pyplot

    rows = [(name, row, "own") for name, row in own_rows(figures)]
    rows += [(name, row, peer["states"]) for name, row, peer in peer_rows(figures)]
    rows.sort(key=lambda r: r[1]["median"])
    figure, axes = pyplot.subplots(figsize=(8, 0.32 * len(rows) + 1.1), layout="constrained")
    most = max(row["max"] for _, row, _ in rows) * 1e6
    for y, (name, row, kind) in enumerate(rows):
        least, middle, longest = (row[k] * 1e6 for k in ("min", "median", "max"))
        axes.plot([least, longest], [y, y], color="black", linewidth=1)
        axes.plot(middle, y, "s" if kind == "yes or no" else "o", color="black", markerfacecolor="black" if kind == "own" else "white", markersize=6)
        axes.annotate(f"{number(middle)} µs", (longest, y), xytext=(7, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    axes.set_xlim(right=most * 4)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,g}")
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    for label, (_, _, kind) in zip(axes.get_yticklabels(), rows):
        label.set_fontweight("bold" if kind == "own" else "normal")
    axes.invert_yaxis()
    axes.grid(axis="x", color="0.85", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    runs = next(iter(figures["seconds"].values()))["runs"]
    axes.set_xlabel(f"microseconds a child for 60 rules, log scale: median, least and most of {runs} runs.\n"
                    "Filled: earlysight. Open: peers, square where they answer only yes or no.")
    figure.savefig(path, metadata={"Date": None} if path.endswith(".svg") else None, dpi=160)


if __name__ == "__main__":
    registry.draw_with(draw, __doc__)
