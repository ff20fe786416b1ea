#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Objects compiled for more than the baseline share no symbol that the linker could merge, and offer their table alone.

    apart.py NM LIBRARY
"""
import re
import subprocess
import sys

OBJECT = re.compile(r"^(?:.*[/(])?(v[0-9]\.cpp\.o(?:bj)?)\)?:$")


def main():
    nm, library = sys.argv[1:]
    listing = subprocess.run([nm, "-C", library], text=True, capture_output=True, check=True).stdout
    problems, offered, level = [], {}, None
    for line in listing.splitlines():
        if line.endswith(":"):
            found = OBJECT.match(line)
            level = found.group(1) if found else None
            if level:
                offered[level] = []
        elif level and line:
            parts = line.split(maxsplit=1 if line[0] == " " else 2)
            kind, name = parts[-2], parts[-1]
            if kind in "WwVvu":
                problems.append(f"{level}: {name} may be merged with the baseline's")
            elif kind.isupper() and kind != "U":
                offered[level].append(name)
    for level, names in offered.items():
        if names not in ([], [f"earlysight::kernel::level_{level[:2]}"]):
            problems.append(f"{level}: offers {', '.join(names)}")
    for p in problems:
        print(p)
    print(f"{len(offered)} levels, {len(problems)} problems")
    return 1 if problems or not offered else 0


if __name__ == "__main__":
    sys.exit(main())
