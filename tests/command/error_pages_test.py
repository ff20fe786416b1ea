#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every code that the library reports has a page, and the page's wrong example gives that code, its mended one does not.

    error_pages_test.py COMMAND SOURCE_DIR
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

# What examples without a `pack` item of their own stand in.
PRELUDE = """pack small "A small pack" version "1"
calendar school_year
  term "Autumn" 2024-09-02 to 2024-12-20  term "Spring" 2025-01-06 to 2025-04-04  term "Summer" 2025-04-22 to 2025-07-22
table child
  child_id   key
  year       count
  attendance percent
  sen        category (none, support, ehcp)
  born       date
  moved      yes/no
table referral many per child at made
  made       date
  seen       date or not yet
  service    category (camhs, speech)
  urgent     yes/no
flag at_risk "At risk"
"""


def codes_of(command, text, folder):
    path = os.path.join(folder, "example.sight")
    with open(path, "w", encoding="utf-8") as h:
        h.write(text if re.search(r"\bversion\b", text) else PRELUDE + text)
    done = subprocess.run([command, "check", path, "--format", "json"], capture_output=True, text=True)
    return [d["code"] for d in json.loads(done.stdout)["diagnostics"]]


def main():
    command, source = sys.argv[1:3]
    problems, compiled = [], 0
    reported = set()
    for path in glob.glob(os.path.join(source, "src/**/*.?pp"), recursive=True):
        with open(path, encoding="utf-8") as h:
            reported |= set(re.findall(r'"([EW]\d{4})"', h.read()))
    pages = {os.path.basename(p)[:-3]: p for p in glob.glob(os.path.join(source, "docs/errors/[EW]*.md"))}
    problems += [f"{c} has no page in docs/errors" for c in sorted(reported - set(pages))]
    problems += [f"{c} has a page and is never reported" for c in sorted(set(pages) - reported)]
    with tempfile.TemporaryDirectory() as folder:
        for code, path in sorted(pages.items()):
            with open(path, encoding="utf-8") as h:
                page = h.read()
            if not page.startswith(f"# {code}: "):
                problems.append(f"{code}: the page must begin with its code")
            blocks = re.findall(r"```(sight|text)\n(.*?)```", page, re.S)
            if len(blocks) != 2:
                problems.append(f"{code}: a wrong and a mended example are needed")
                continue
            shown = subprocess.run([command, "help", code], capture_output=True, text=True)
            if shown.stdout != page or shown.returncode != 0:
                problems.append(f"{code}: `earlysight help {code}` prints something else")
            if blocks[0][0] == "text":
                continue
            compiled += 1
            wrong, mended = (codes_of(command, b[1], folder) for b in blocks)
            if code not in wrong or (code[0] == "E" and [c for c in wrong if c[0] == "E" and c != code]):
                problems.append(f"{code}: the wrong example gives {wrong}")
            if code in mended or [c for c in mended if c[0] == "E"]:
                problems.append(f"{code}: the mended example gives {mended}")
    for p in problems:
        print(p)
    print(f"{compiled} pages compiled, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
