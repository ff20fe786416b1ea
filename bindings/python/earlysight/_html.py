# SPDX-License-Identifier: Apache-2.0
"""Pieces of what objects show in a notebook. No colours of their own, so that they are read on a light and on a dark page."""
from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

MUTED = "opacity:.65"


def text(value: object) -> str:
    return html.escape(str(value))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: int = 0) -> str:
    """A table whose last `numbers` columns are numbers."""
    first = len(heads) - numbers

    def cell(tag: str, i: int, value: object) -> str:
        side = "left" if i < first else "right"
        faint = f";{MUTED}" if tag == "td" and i >= first and value == "0" else ""
        return f"<{tag} style='text-align:{side};white-space:{'normal' if i < first else 'nowrap'}{faint}'>{text(value)}</{tag}>"

    head = "".join(cell("th", i, h) for i, h in enumerate(heads))
    body = "".join("<tr>" + "".join(cell("td", i, v) for i, v in enumerate(row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def folded(summary: str, body: str, is_open: bool = False) -> str:
    """A part that is opened by a click."""
    return f"<details{' open' if is_open else ''} style='margin:.4em 0'><summary style='cursor:pointer'>{text(summary)}</summary>{body}</details>"


def listed(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{text(line)}</li>" for line in lines) + "</ul>"


def part(page: str) -> str:
    """A page as a part of a notebook: its styles touch nothing else, and its colours are the notebook's."""
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.S))
    body = re.search(r"<body[^>]*>(.*)</body>", page, re.S)
    style = re.sub(r"\bbody\b", ":scope", style)
    style = re.sub(r"(?<![-\w])color:#[0-9a-fA-F]+", "color:inherit", style)
    style = re.sub(r"solid #[0-9a-fA-F]+", "solid currentColor", style)
    style += ":scope{margin:0;padding:0;max-width:60rem}h1{font-size:1.25em;margin:.3em 0}h2{font-size:1.05em;margin:.8em 0 .2em}"
    style += "code{color:inherit;background:none;padding:0}ul{margin:.2em 0}"
    style += ".yes::before,.no::before,.open::before{margin-right:.3em}footer{opacity:.7}"
    return f"<style>@scope (.earlysight) {{ {style} }}</style><div class='earlysight'>{body.group(1) if body else page}</div>"
