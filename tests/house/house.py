#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house: who may include whom, doors for third parties, headers that stand alone, a README in every room, Python that is not too wide.

    house.py SOURCE_DIR [COMPILER]
"""
import os
import re
import subprocess
import sys

# A room, and the rooms that it may know.
ROOMS = {
    "base": [],
    "text": ["base"],
    "calendar": ["base", "text"],
    "syntax": ["base", "text", "calendar"],
    "schema": ["base", "text", "calendar", "syntax"],
    "program": ["base", "text", "calendar", "syntax", "schema"],
    "data": ["base", "text", "calendar", "syntax", "schema"],
    "simulate": ["base", "text", "calendar", "syntax", "schema", "program", "data"],
    "plan": ["base", "text", "calendar", "syntax", "schema", "program"],
    "engine": ["base", "text", "calendar", "syntax", "schema", "program", "data", "plan"],
}
ROOMS["result"] = list(ROOMS["engine"]) + ["engine"]
ROOMS["explain"] = list(ROOMS["result"]) + ["result"]
ROOMS["render"] = list(ROOMS["explain"]) + ["explain"]

DOORS = [
    (re.compile(r"boost/spirit"), re.compile(r"^src/syntax/grammar/")),
    (re.compile(r"boost/graph"), re.compile(r"^src/program/dependency\.cpp$")),
    (re.compile(r"^Eigen/"), re.compile(r"^src/engine/")),
    (re.compile(r"pybind11"), re.compile(r"^bindings/python/")),
    (re.compile(r"CLI/"), re.compile(r"^apps/command/")),
    (re.compile(r"nlohmann/"), re.compile(r"^(src/render|apps)/")),
    (re.compile(r"fmt/"), re.compile(r"^apps/")),
]
MOST_LINES = 800
MOST_CHARACTERS = 160  # of a line of Python: of the package, its examples and its tests
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def files(root, *folders, kinds=(".hpp", ".cpp")):
    for folder in folders:
        for here, _, names in os.walk(os.path.join(root, folder)):
            for name in sorted(names):
                if name.endswith(kinds):
                    yield os.path.relpath(os.path.join(here, name), root)


def room_of(path):
    parts = path.split("/")
    if path.startswith("include/earlysight/") and len(parts) > 3:
        return parts[2]
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def main():
    root = sys.argv[1]
    compiler = sys.argv[2] if len(sys.argv) > 2 else None
    problems = []
    for path in files(root, "include", "src", "apps", "bindings", "tests", "bench"):
        with open(os.path.join(root, path), encoding="utf-8") as h:
            text = h.read()
        if "SPDX-License-Identifier: Apache-2.0" not in text[:200]:
            problems.append(f"{path}: the first line must name the licence")
        if text.count("\n") > MOST_LINES:
            problems.append(f"{path}: more than {MOST_LINES} lines")
        room = room_of(path)
        for include in INCLUDE.findall(text):
            for pattern, door in DOORS:
                if pattern.search(include) and not door.search(path):
                    problems.append(f"{path}: <{include}> does not belong here")
            if not include.startswith("earlysight/"):
                continue
            parts = include.split("/")
            if len(parts) < 3:
                if room and include != "earlysight/version.hpp":
                    problems.append(f"{path}: rooms do not include {include}")
            elif room and parts[1] != room and parts[1] not in ROOMS[room]:
                problems.append(f"{path}: {room} may not know {parts[1]}")
            if not os.path.exists(os.path.join(root, "include", include)):
                problems.append(f"{path}: <{include}> is no public header")
            if path.startswith("include/") and room is None and path != "include/earlysight/earlysight.hpp":
                problems.append(f"{path}: a public header outside the rooms")
    for path in files(root, "bindings/python", "examples/python", "tests/python", kinds=(".py", ".pyi")):
        with open(os.path.join(root, path), encoding="utf-8") as h:
            lines = h.read().split("\n")
        if "SPDX-License-Identifier: Apache-2.0" not in "".join(lines[:2]):
            problems.append(f"{path}: the first line must name the licence")
        problems += [f"{path}:{i}: more than {MOST_CHARACTERS} characters" for i, line in enumerate(lines, 1) if len(line) > MOST_CHARACTERS]
    for room in ROOMS:
        if not os.path.exists(os.path.join(root, "include/earlysight", room, "README.md")):
            problems.append(f"include/earlysight/{room}: no README.md")
    if compiler:
        headers = list(files(root, "include"))
        for header in headers:
            done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-I", os.path.join(root, "include"), "-x", "c++", "-"],
                                  input=f"#include <{header[len('include/'):]}>\n", text=True, capture_output=True)
            if done.returncode != 0:
                problems.append(f"{header}: does not compile alone: {done.stderr.splitlines()[0] if done.stderr else ''}")
    for p in problems:
        print(p)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
