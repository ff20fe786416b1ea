#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From CSV files to the outcomes of the reference workload's 60 rules: earlysight against DuckDB, which reads the same files and runs the SQL of
bench/peers, on the same threads, in turn. Every outcome and both ends of every score must agree, child by child, before a ratio is printed.

    bench/csv_to_outcomes.py                       # 100,000 children
    bench/csv_to_outcomes.py --children 1000000 --turns 3 --json figures.json

earlysight also checks every cell, keeps account of every row and makes the files' SHA-256; DuckDB does not. Time is from the first byte to outcomes
in memory; beside it stands the processor's time, which other work on the machine disturbs less. DuckDB is installed as
bench/requirements/tables.txt pins it, into a virtual environment beside the build.
"""
import argparse
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)
from peers import registry  # noqa: E402


class Engine:
    """earlysight in a process of its own, which answers a line a question."""

    def __init__(self, tool):
        self.process = subprocess.Popen([tool, "--children", "10", "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.rules = self.ask("rules").split()

    def ask(self, question):
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("csv_to_outcomes.py: earlysight-workload ended")
        return answer.strip()

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as h:
            fields = h.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def run(self, folder, threads):
        """Seconds of reading, of all, and of the processor."""
        before = self.processor_seconds()
        read, whole, rejected = self.ask(f"load {folder} {threads}").split()
        if rejected != "0":
            sys.exit(f"csv_to_outcomes.py: {rejected} rows were rejected")
        return float(read), float(whole), self.processor_seconds() - before

    def peak_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as h:
            return next(int(line.split()[1]) * 1024 for line in h if line.startswith("VmHWM"))

    def outcomes(self, children):
        import numpy as np
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "outcomes")
            self.ask(f"outcomes {path}")
            raw = np.fromfile(path, np.uint8)
        cells = len(self.rules) * children
        low, high = raw[cells:].view(np.float64).reshape(2, children)
        return raw[:cells].reshape(len(self.rules), children), low, high


def disagreements(rules, mine, theirs):
    """A line for each rule or score that differs, with the first child."""
    import numpy as np
    for name, a, b in [*zip(rules, mine[0], theirs[0]), ("low score", mine[1], theirs[1]), ("high score", mine[2], theirs[2])]:
        wrong = np.flatnonzero(a != b)
        if len(wrong):
            yield f"{name}: {len(wrong)} children, first {wrong[0]}: {a[wrong[0]]} here, {b[wrong[0]]} there"


def spread(figures):
    return {"min": min(figures), "median": statistics.median(figures), "max": max(figures), "turns": len(figures)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2, help="of each")
    parser.add_argument("--files", metavar="FOLDER", help="where the CSV files are, or are to be written (else they are written, and gone at the end)")
    parser.add_argument("--json", metavar="FILE", help="every figure")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "bench"))
    given = parser.parse_args()
    tool = os.path.join(given.build, "bench", "workload", "earlysight-workload")
    if not os.path.exists(tool):
        sys.exit("csv_to_outcomes.py: build first: cmake --preset bench && cmake --build build/bench")
    try:
        registry.go_on_with("tables", given.build)
    except registry.Missing as why:
        sys.exit(f"csv_to_outcomes.py: {why}")

    import duckdb
    from peers import duckdb_files, pack as packs

    with tempfile.TemporaryDirectory() as own:
        folder = given.files or own
        if not os.path.exists(os.path.join(folder, "child.csv")):
            subprocess.run([tool, "--children", str(given.children), "--seed", str(given.seed), "--csv", folder], check=True)
        size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder))
        engine = Engine(tool)
        peer = duckdb_files.FilesPeer(folder, duckdb_files.mondays(folder), packs.read(), given.threads)

        # Both once for the comparison, which also warms them and the files.
        peer.run()
        engine.run(folder, given.threads)
        wrong = list(disagreements(engine.rules, engine.outcomes(given.children), peer.outcomes()))
        for line in wrong:
            print(line)
        if wrong:
            return 1
        print(f"{given.children:,} children, {size / 1e6:,.0f} MB: all {len(engine.rules)} outcomes and both scores agree, child by child")

        figures = {name: [] for name in ("earlysight, reading", "earlysight", "earlysight, processor", "DuckDB", "DuckDB, processor")}
        for _ in range(given.turns):
            for name, seconds in zip(("earlysight, reading", "earlysight", "earlysight, processor"), engine.run(folder, given.threads)):
                figures[name].append(seconds)
            start, processor = time.perf_counter(), time.process_time()
            peer.run()
            figures["DuckDB"].append(time.perf_counter() - start)
            figures["DuckDB, processor"].append(time.process_time() - processor)
        peak = {"earlysight": engine.peak_bytes(), "DuckDB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}

    ratios = {name: [b / a for a, b in zip(figures["earlysight" + end], figures["DuckDB" + end])] for name, end in (("time", ""), ("processor's time", ", processor"))}
    result = {
        "date": datetime.date.today().isoformat(), "command": "bench/csv_to_outcomes.py " + " ".join(sys.argv[1:]), "children": given.children, "seed": given.seed,
        "threads": given.threads, "bytes": size, "versions": {"python": platform.python_version(), "duckdb": duckdb.__version__}, "peak bytes": peak,
        "seconds": {name: spread(s) for name, s in figures.items()}, "ratios": {f"earlysight faster than DuckDB, {name}": spread(r) for name, r in ratios.items()},
    }
    print(f"{result['date']}, DuckDB {duckdb.__version__}, {given.threads} threads, {given.turns} turns; peak memory {peak['earlysight'] / given.children:,.0f} and {peak['DuckDB'] / given.children:,.0f} bytes a child\n")
    for title, rows, factor in (("milliseconds", result["seconds"], 1e3), ("ratios of a turn", result["ratios"], 1)):
        print(f"{title:52}{'min':>9}{'median':>9}{'max':>9}")
        for name, s in rows.items():
            print(f"{name:52}{s['min'] * factor:9.1f}{s['median'] * factor:9.1f}{s['max'] * factor:9.1f}")
        print()
    if given.json:
        with open(given.json, "w", encoding="utf-8") as h:
            json.dump(result, h, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
