#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of the main pieces of work (callgrind) and compares them with instructions.json, kept beside this script.

    instructions.py GUARD --compiler GNU --version 12.2.0 --build Release            # fails where a count grew by more than 5 %
    instructions.py GUARD --compiler GNU --version 12.2.0 --build Release --update   # writes the counts anew

A count says nothing of how long the work takes on this machine now, and so is the same on a busy one: a time is not. Counts hold for one
major version of one compiler and for the kernels of the level v2, which every x86-64 processor runs; elsewhere the test is skipped (77).
"""
import argparse
import glob
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
MOST = 1.05
SAME = 0.001
KERNELS = "v2"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def count(guard):
    """Instructions by piece of work, in the order in which they were done."""
    with tempfile.TemporaryDirectory() as folder:
        # Few variables: their number moves the stack, and what is aligned on it.
        env = {"PATH": os.environ["PATH"], "TMPDIR": folder, "EARLYSIGHT_KERNELS": KERNELS}
        done = subprocess.run(["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/counts", guard],
                              env=env, capture_output=True, text=True)
        if done.returncode == 77:
            skip(done.stdout.strip())
        if done.returncode != 0:
            sys.exit(f"instructions.py: {guard} failed under valgrind:\n{done.stderr}")
        counts = {}
        for path in sorted(glob.glob(f"{folder}/counts.*"), key=lambda p: int(p.rsplit(".", 1)[1])):
            text = open(path, encoding="utf-8").read()
            name = re.search(r"^desc: Trigger: Client Request: (.+)$", text, re.M)
            total = re.search(r"^(?:summary|totals): (\d+)", text, re.M)
            if name and total:
                counts[name.group(1)] = int(total.group(1))
        return counts


def compare(was, now):
    """Whether nothing grew too much; prints what did, and what could be written down."""
    grown = {n: c for n, c in now.items() if n in was and c > was[n] * MOST}
    fallen = {n: c for n, c in now.items() if n in was and c * MOST < was[n]}
    new, gone = sorted(now.keys() - was.keys()), sorted(was.keys() - now.keys())
    for n in now:
        if n in was:
            print(f"{n:<34} {was[n]:>13,} {now[n]:>13,} {100 * (now[n] / was[n] - 1):>+7.1f} %{'  grew' if n in grown else '  fell' if n in fallen else ''}")
    for n in new:
        print(f"{n}: not in instructions.json")
    for n in gone:
        print(f"{n}: in instructions.json, but no longer counted")
    if fallen:
        print(f"note: {len(fallen)} fell by more than 5 %; write the new counts down in this commit, lest they grow back unseen")
    return not (grown or new or gone)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("guard")
    options.add_argument("--compiler", required=True, help="as CMake names it: GNU, Clang")
    options.add_argument("--version", required=True)
    options.add_argument("--build", required=True, help="the build type: counts are kept for Release")
    options.add_argument("--update", action="store_true")
    o = options.parse_args()
    holds = {"compiler": o.compiler, "major": o.version.split(".")[0], "build": o.build, "machine": platform.machine()}
    if not shutil.which("valgrind"):
        skip("there is no valgrind: tools/install-dependencies installs it")
    kept = json.load(open(KEPT, encoding="utf-8")) if os.path.exists(KEPT) else None
    if not o.update:
        if not kept:
            sys.exit("instructions.py: there is no instructions.json; run this with --update")
        if kept["holds_for"] != holds:
            skip(f"the counts hold for {kept['holds_for']}, this is {holds}")
    now = count(o.guard)
    if o.update:
        again = count(o.guard)
        unsteady = [n for n in now if abs(again.get(n, 0) - now[n]) > SAME * now[n]]
        if unsteady:
            sys.exit(f"instructions.py: not the same twice: {', '.join(f'{n} {now[n]:,} and {again.get(n, 0):,}' for n in unsteady)}")
        if kept:
            compare(kept["instructions"], now)
        with open(KEPT, "w", encoding="utf-8") as h:
            json.dump({"holds_for": holds, "compiler_version": o.version, "kernels": KERNELS, "instructions": now}, h, indent=2)
            h.write("\n")
        return print(f"written: {KEPT}")
    if not compare(kept["instructions"], now):
        sys.exit("\nA piece of work takes over 5 % more instructions than instructions.json says, or is not in it. Where that is meant, write it down in the same\n"
                 f"commit, and say why:\n  {sys.executable} {os.path.abspath(__file__)} {o.guard} --compiler {o.compiler} --version {o.version} --build {o.build} --update")
    return print("no count grew by more than 5 %")


if __name__ == "__main__":
    main()
