#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores the reference workload with earlysight and with its peers, over the same data in memory, in turn, and prints how they compare.

    bench/compare.py --quick                           # 100,000 children, NumPy and DuckDB
    bench/compare.py --json figures.json               # 1,000,000 children, all peers
    bench/compare.py --children 100000 --peers numpy,polars

Before a ratio is printed, every outcome and both ends of every score must agree, child by child; of a peer that says only yes or no, which rules fire.
Peers are installed as bench/requirements/ pins them, into virtual environments in the build folder; one that cannot be had is named, and why. Ends with
1 where outcomes differ or a peer asked for did not run, with 77 where its own packages (NumPy) cannot be had.
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

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)
import report  # noqa: E402
from peers import pack as packs, registry  # noqa: E402

OWN = {1: "earlysight, 1 thread", 2: "earlysight, 2 threads"}


class Worker:
    """A process that answers a line a question."""

    def __init__(self, name, process):
        self.name, self.process = name, process

    def ask(self, question):
        try:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise registry.Missing(f"it ended when asked to {question.split()[0]}, with status {self.process.wait()}; what it said stands above")
        return answer.strip()

    def outcomes(self, rules, children, folder):
        """A row of outcomes a rule, and both ends of the score (None of a peer that gives no scores)."""
        import numpy as np
        path = os.path.join(folder, "outcomes")
        self.ask(f"outcomes {path}")
        raw = np.fromfile(path, np.uint8)
        os.remove(path)
        cells = rules * children
        scores = raw[cells:].view(np.float64).reshape(2, children) if len(raw) > cells else None
        return raw[:cells].reshape(rules, children), scores


def engine(tool, children, seed, folder):
    command = [tool, "--children", str(children), "--seed", str(seed), "--numpy", folder, "--serve"]
    return Worker("earlysight", subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))


def disagreements(names, mine, theirs):
    """A line for each rule or score that differs, with the first child."""
    import numpy as np
    (codes, scores), (their_codes, their_scores) = mine, theirs
    if their_scores is None:
        codes = (codes == 1).astype(np.uint8)
    for name, a, b in zip(names, codes, their_codes):
        wrong = np.flatnonzero(a != b)
        if len(wrong):
            yield f"{name}: {len(wrong)} children, first {wrong[0]}: {a[wrong[0]]} here, {b[wrong[0]]} there"
    for name, a, b in zip(("low score", "high score"), scores, their_scores if their_scores is not None else ()):
        wrong = np.flatnonzero(np.abs(a - b) > 1e-6)
        if len(wrong):
            yield f"{name}: {len(wrong)} children, first {wrong[0]}: {a[wrong[0]]} here, {b[wrong[0]]} there"


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as h:
        fields = dict(line.split(":", 1) for line in h.read().split("\n\n")[0].splitlines() if ":" in line)
    fields = {k.strip(): v.strip() for k, v in fields.items()}
    best = next((name for flag, name in (("avx512bw", "AVX-512"), ("avx2", "AVX2")) if flag in fields.get("flags", "").split()), "SSE")
    return f"{fields.get('model name')}, family {fields.get('cpu family')} model {fields.get('model')}, {os.cpu_count()} processors, {best}"


def spread(figures):
    return {"min": min(figures), "median": statistics.median(figures), "max": max(figures), "runs": len(figures), "each": figures}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100,000 children, NumPy and DuckDB")
    parser.add_argument("--peers", metavar="NAME,…", help=f"of {', '.join(registry.PEERS)}; all, unless --quick")
    parser.add_argument("--children", type=int)
    parser.add_argument("--some", type=int, default=5000, metavar="CHILDREN", help="the first children, for peers that take one at a time (5,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=7, help="of each, in turn (at least 7 are what RESULTS.md quotes)")
    parser.add_argument("--json", metavar="FILE", help="every figure; bench/report.py makes a table and a plot of it")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "bench"))
    given = parser.parse_args()
    given.children = given.children or (100_000 if given.quick else 1_000_000)
    given.some = min(given.some, given.children)
    given.peers = given.peers.split(",") if given.peers else ["numpy", "duckdb"] if given.quick else list(registry.PEERS)
    unknown = [name for name in given.peers if name not in registry.PEERS]
    if unknown:
        parser.error(f"no peer is called {', '.join(unknown)}: there are {', '.join(registry.PEERS)}")
    return given


def ready(entries, given, pack, folders, mine):
    """The peers that run here and agree, and what is to be said of the others."""
    workers, missing, wrong = {}, {}, []
    for entry in entries:
        folder, children = folders[entry.child_at_a_time]
        worker = None
        try:
            worker = Worker(entry.title, registry.start(entry, given.build, folder, pack))
            worker.versions = json.loads(worker.ask("versions"))
            worker.ask("run")  # warms it
            theirs = worker.outcomes(len(pack.rules), children, folder)
        except registry.Missing as e:
            missing[entry.title] = str(e)
            continue
        lines = list(disagreements([r.name for r in pack.rules], (mine[0][:, :children], mine[1][:, :children]), theirs))
        wrong += [f"{entry.title}: {line}" for line in lines]
        workers[entry] = worker
    return workers, missing, wrong


def measure(given, own, workers):
    """Seconds of every run, in turn; bytes a second of reading; seconds of one child alone."""
    seconds = {title: [] for title in (*OWN.values(), *(entry.title for entry in workers))}
    speed, alone = {1: [], 2: []}, {"warm": [], "cold": []}
    for _ in range(given.runs):
        for threads, title in OWN.items():
            speed[threads].append(float(own.ask(f"read {threads}")))
            seconds[title].append(float(own.ask(f"score {threads}")))
        for kind, figure in zip(alone, own.ask("alone").split()):
            alone[kind].append(float(figure))
        for entry, worker in workers.items():
            seconds[entry.title].append(float(worker.ask("run")))
    return seconds, speed, alone


def ratios(given, workers, seconds, speed, alone, read_bytes):
    """Of each turn, so that what else the machine does weighs on both."""
    def of(slow, fast, factor=1.0):
        return spread([factor * a / b for a, b in zip(slow, fast)])

    out = {}
    for entry in workers:
        theirs = seconds[entry.title]
        if entry.child_at_a_time:
            out[f"a child: earlysight's cohort, 1 thread, faster than {entry.title}"] = of(theirs, seconds[OWN[1]], given.children / given.some)
            for kind, own in alone.items():
                out[f"a child: earlysight alone ({kind}) faster than {entry.title}"] = of(theirs, own, 1 / given.some)
        else:
            out[f"earlysight faster than {entry.title}"] = of(theirs, seconds[OWN[entry.threads]])
    out["two threads against one"] = of(seconds[OWN[1]], seconds[OWN[2]])
    for threads, title in OWN.items():
        out[f"times reading the rules' bytes once, {threads} thread{'s' if threads > 1 else ''}"] = of(seconds[title], [read_bytes / s for s in speed[threads]])
    return out


def table(title, rows, factor=1.0, form="9.1f"):
    print(f"\n{title:78}{'min':>9}{'median':>9}{'max':>9}")
    for name, row in rows.items():
        print(f"{name:78}" + "".join(format(row[k] * factor, form) for k in ("min", "median", "max")))


def main():
    given = arguments()
    tool = os.path.join(given.build, "bench", "workload", "earlysight-workload")
    if not os.path.exists(tool):
        sys.exit("compare.py: build first: cmake --preset bench && cmake --build build/bench")
    try:
        python = registry.python_of("tables", given.build)
    except registry.Missing as e:
        print(f"compare.py: {e}", file=sys.stderr)
        return 77
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(python))):
        os.execv(python, [python, os.path.abspath(__file__), *sys.argv[1:]])

    entries = [entry for name in given.peers for entry in registry.PEERS[name]]
    pack = packs.read()
    with tempfile.TemporaryDirectory() as scratch:
        folders = {False: (os.path.join(scratch, "cohort"), given.children), True: (os.path.join(scratch, "some"), given.some)}
        own = engine(tool, given.children, given.seed, folders[False][0])
        assert own.ask("rules").split() == [r.name for r in pack.rules]  # also says that the files are written
        if any(entry.child_at_a_time for entry in entries):
            subprocess.run([tool, "--children", str(given.some), "--seed", str(given.seed), "--numpy", folders[True][0]], check=True)
            registry.write_features(given.build, folders[True][0])
        own.ask("score 1")
        mine = own.outcomes(len(pack.rules), given.children, scratch)
        workers, missing, wrong = ready(entries, given, pack, folders, mine)
        print("\n".join(wrong))
        if wrong:
            return 1
        print(f"All agree, child by child, on {len(pack.rules)} rules:")
        for entry in workers:
            what = "outcomes and both ends of the score" if entry.states != "yes or no" else "which rules fire"
            print(f"  {entry.title}: {what}, {folders[entry.child_at_a_time][1]:,} children")
        seconds, speed, alone = measure(given, own, workers)
        read_bytes = int(own.ask("bytes"))
        for worker in (own, *workers.values()):
            worker.process.stdin.close()
            worker.process.wait()

    result = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "command": "bench/compare.py " + " ".join(sys.argv[1:]), "children": given.children,
        "children, one at a time": given.some, "seed": given.seed, "versions": {entry.title: worker.versions for entry, worker in workers.items()},
        "peers": {entry.title: {"threads": entry.threads, "states": entry.states, "children": folders[entry.child_at_a_time][1]} for entry in workers},
        "did not run": missing, "bytes the rules read": read_bytes, "read, bytes a second": {str(t): spread(s) for t, s in speed.items()},
        "one child alone, seconds": {kind: spread(s) for kind, s in alone.items()}, "seconds": {name: spread(s) for name, s in seconds.items()},
        "ratios": ratios(given, workers, seconds, speed, alone, read_bytes),
    }
    versions = sorted({f"{what} {version}" for each in result["versions"].values() for what, version in each.items()} | {f"Python {platform.python_version()}"})
    print(f"{result['processor']}\n{result['date']}, {', '.join(versions)}; {given.runs} runs of each in turn")
    table("milliseconds", result["seconds"], 1e3)
    table("microseconds a child", dict([*report.own_rows(result), *(row[:2] for row in report.peer_rows(result))]), 1e6, "9.3f")
    table("ratios of a turn", result["ratios"], 1, "9.2f")
    for name, why in missing.items():
        print(f"\n{name} did not run: {why}")
    if given.json:
        with open(given.json, "w", encoding="utf-8") as h:
            json.dump(result, h, indent=1)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
