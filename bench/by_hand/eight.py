# SPDX-License-Identifier: Apache-2.0
"""Eight rules of rules/transition as a pack of their own: they, and what they stand on, word for word out of the packs' files."""
import re
from pathlib import Path

RULES = ["y6_falling_with_unmet_nd", "y6_send_and_low_attendance", "y6_suspended_with_send", "y6_no_mentor", "y7_first_year_falling",
         "y7_first_year_falling_with_send", "y7_first_year_half_missed", "y7_first_weeks_low"]
TABLES = ["child", "mark", "attendance", "term_attendance", "referral", "suspension", "support"]
BLOCK = re.compile(r"^(pack|use|param|table|calendar|fact|measure|theme|band|flag|rule|example)\s+(\w+)?")
LOGIC = ("param", "fact", "measure", "flag", "rule")


def blocks(root):
    """Kind, name and text of each declaration of the pack and of what it uses, without comments."""
    out = []
    for path in [*sorted((root / "rules/shared").glob("*.sight")), *sorted((root / "rules/transition").glob("*.sight"))]:
        for line in path.read_text(encoding="utf-8").splitlines():
            start = BLOCK.match(line)
            if line.startswith("--") or not line.strip():
                continue
            if start:
                out.append([start.group(1), start.group(2), []])
            out[-1][2].append(line)
    return [(kind, name, "\n".join(lines)) for kind, name, lines in out]


def chosen(root):
    """The values that an authority sets, as params of a run."""
    local = (root / "rules/local.sight").read_text(encoding="utf-8")
    return {name: value.strip('"') for name, value in re.findall(r'^  (\w+) = (".*?"|[^,\n]+)', local, re.M)}


def text(root):
    """The pack; the params that an authority sets; its lines of logic (rules, and the facts, measures, params and flags that they stand on), and its lines that give reasons."""
    every = blocks(root)
    named = {(kind, name): block for kind, name, block in every if kind in LOGIC}
    wanted, todo = set(), [("rule", name) for name in RULES]
    while todo:
        at = todo.pop()
        if at in wanted:
            continue
        wanted.add(at)
        # Words in quotes name nothing, but what stands in braces inside them does.
        bare = re.sub(r'"[^"{]*"', "", named[at])
        words = set(re.findall(r"\w+", bare))
        todo += [key for key in named if key[1] in words and key[0] != "rule"]
    kept = [block for kind, name, block in every if (kind, name) in wanted or kind in ("calendar", "theme", "band") or (kind == "table" and name in [*TABLES, "school", "service"])]
    logic = [line for kind, name, block in every if (kind, name) in wanted for line in block.splitlines()]
    explains = [line for line in logic if re.match(r'\s+(because|then|source|")', line)]
    params = {name: value for name, value in chosen(root).items() if ("param", name) in wanted}
    return 'pack eight "Eight rules of the pack transition" version "1"\n' + "\n\n".join(kept) + "\n", params, [line for line in logic if line not in explains], explains
