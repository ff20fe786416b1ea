#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores the reference workload with earlysight and with its peers, over the same data in memory, in turn, and prints how they compare.

    bench/compare.py --quick                  # 100,000 children, NumPy and DuckDB
    bench/compare.py --json figures.json      # 1,000,000 children

Before a ratio is printed, every outcome and both ends of every score must agree, child by child. The peers are installed as
bench/requirements.txt pins them, into a virtual environment beside the build.
"""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def in_own_environment(build):
    """Runs this script again under the Python that has the peers."""
    folder = os.path.join(build, "peers")
    python = os.path.join(folder, "bin", "python")
    wanted = open(os.path.join(HERE, "requirements.txt"), encoding="utf-8").read()
    stamp = os.path.join(folder, "installed.txt")
    if not os.path.exists(stamp) or open(stamp, encoding="utf-8").read() != wanted:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", os.path.join(HERE, "requirements.txt")], check=True)
        with open(stamp, "w", encoding="utf-8") as h:
            h.write(wanted)
    if os.path.realpath(sys.prefix) != os.path.realpath(folder):
        os.execv(python, [python, os.path.abspath(__file__), *sys.argv[1:]])


class Engine:
    """earlysight, in a process of its own that holds the same data and answers a line a question."""

    def __init__(self, tool, children, seed, folder):
        self.process = subprocess.Popen([tool, "--children", str(children), "--seed", str(seed), "--numpy", folder, "--serve"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.rules = self.ask("rules").split()  # answers when the data is written

    def ask(self, question):
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("compare.py: earlysight-workload ended")
        return answer.strip()

    def outcomes(self, children, folder):
        import numpy as np
        path = os.path.join(folder, "outcomes")
        self.ask(f"outcomes {path}")
        raw = np.fromfile(path, np.uint8)
        os.remove(path)
        cells = len(self.rules) * children
        low, high = raw[cells:].view(np.float64).reshape(2, children)
        return raw[:cells].reshape(len(self.rules), children), low, high


def disagreements(engine, mine, theirs):
    """A line for each rule or score that differs, with the first child."""
    import numpy as np
    found = []
    for r, name in enumerate(engine.rules):
        wrong = np.flatnonzero(mine[0][r] != theirs[0][r])
        if len(wrong):
            found.append(f"{name}: {len(wrong)} children, first {wrong[0]}: {mine[0][r][wrong[0]]} here, {theirs[0][r][wrong[0]]} there")
    for name, a, b in (("low score", mine[1], theirs[1]), ("high score", mine[2], theirs[2])):
        wrong = np.flatnonzero(np.abs(a - b) > 1e-6)
        if len(wrong):
            found.append(f"{name}: {len(wrong)} children, first {wrong[0]}: {a[wrong[0]]} here, {b[wrong[0]]} there")
    return found


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as h:
        fields = dict(line.split(":", 1) for line in h.read().split("\n\n")[0].splitlines() if ":" in line)
    fields = {k.strip(): v.strip() for k, v in fields.items()}
    best = next((name for flag, name in (("avx512bw", "AVX-512"), ("avx2", "AVX2")) if flag in fields.get("flags", "").split()), "SSE")
    return f"{fields.get('model name')}, family {fields.get('cpu family')} model {fields.get('model')}, {os.cpu_count()} processors, {best}"


def spread(times):
    return {"min": min(times), "median": statistics.median(times), "max": max(times), "runs": len(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100,000 children")
    parser.add_argument("--children", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=7, help="of each, in turn (at least 7 are what RESULTS.md quotes)")
    parser.add_argument("--json", metavar="FILE", help="every figure")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "bench"))
    given = parser.parse_args()
    children = given.children or (100_000 if given.quick else 1_000_000)
    tool = os.path.join(given.build, "bench", "workload", "earlysight-workload")
    if not os.path.exists(tool):
        sys.exit("compare.py: build first: cmake --preset bench && cmake --build build/bench")
    in_own_environment(given.build)

    sys.path.insert(0, HERE)
    import duckdb
    import numpy
    from peers import data as columns, duckdb_peer, numpy_peer, pack as packs

    pack = packs.read()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(tool, children, given.seed, folder)
        assert engine.rules == [r.name for r in pack.rules]
        data = columns.Data(folder)
        for file in os.listdir(folder):
            os.remove(os.path.join(folder, file))
        peers = {
            "NumPy, 1 thread": numpy_peer.Peer(data, pack),
            "DuckDB, attendance wide, 2 threads": duckdb_peer.Peer(data, pack, "wide", 2),
            "DuckDB, attendance long, 2 threads": duckdb_peer.Peer(data, pack, "long", 2),
        }
        engine.ask("score 1")
        mine = engine.outcomes(children, folder)
        wrong = False
        for name, peer in peers.items():
            peer.run()  # also warms it
            for line in disagreements(engine, mine, peer.outcomes()):
                wrong = True
                print(f"{name}: {line}")
        if wrong:
            return 1
        print(f"{children:,} children: all {len(pack.rules)} outcomes and both scores agree, child by child, in all engines")

        times = {name: [] for name in ("earlysight, 1 thread", "earlysight, 2 threads", *peers)}
        speed = {1: [], 2: []}
        for _ in range(given.runs):
            for threads, name in ((1, "earlysight, 1 thread"), (2, "earlysight, 2 threads")):
                speed[threads].append(float(engine.ask(f"read {threads}")))
                times[name].append(float(engine.ask(f"score {threads}")))
            for name, peer in peers.items():
                start = time.perf_counter()
                peer.run()
                times[name].append(time.perf_counter() - start)
        read_bytes = int(engine.ask("bytes"))

    result = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "command": "bench/compare.py " + " ".join(sys.argv[1:]), "children": children, "seed": given.seed,
        "versions": {"python": platform.python_version(), "numpy": numpy.__version__, "duckdb": duckdb.__version__},
        "bytes the rules read": read_bytes, "read, bytes a second": {str(t): spread(s) for t, s in speed.items()}, "seconds": {n: spread(t) for n, t in times.items()}, "ratios": {},
    }
    print(f"{result['processor']}\n{result['date']}, Python {platform.python_version()}, NumPy {numpy.__version__}, DuckDB {duckdb.__version__}, {given.runs} runs of each in turn\n")
    print(f"{'milliseconds':38}{'min':>9}{'median':>9}{'max':>9}")
    for name, t in result["seconds"].items():
        print(f"{name:38}{t['min'] * 1e3:9.1f}{t['median'] * 1e3:9.1f}{t['max'] * 1e3:9.1f}")
    print()

    def ratio(name, slow, fast):
        # Of each turn, so that what else the machine does weighs on both.
        result["ratios"][name] = spread([a / b for a, b in zip(slow, fast)])
        r = result["ratios"][name]
        print(f"{name:60}{r['min']:9.2f}{r['median']:9.2f}{r['max']:9.2f}")

    print(f"{'ratios of a turn':60}{'min':>9}{'median':>9}{'max':>9}")
    for name in peers:
        own = "earlysight, 1 thread" if name.endswith("1 thread") else "earlysight, 2 threads"
        ratio(f"earlysight faster than {name}", times[name], times[own])
    ratio("two threads against one", times["earlysight, 1 thread"], times["earlysight, 2 threads"])
    for threads, name in ((1, "earlysight, 1 thread"), (2, "earlysight, 2 threads")):
        ratio(f"times reading the rules' bytes once, {threads} thread{'s' if threads > 1 else ''}", times[name], [read_bytes / s for s in speed[threads]])
    if given.json:
        with open(given.json, "w", encoding="utf-8") as h:
            json.dump(result, h, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
