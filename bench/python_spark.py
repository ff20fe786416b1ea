#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One process against Spark's executors on this machine: the same tables from Parquet, scored and every result table counted.

    build/release/python-venv/bin/python bench/python_spark.py --children 10000 --executors 1,2 --runs 3

Needs earlysight, pyarrow and PySpark (the environment that tests/python/run makes). Each number of executors is a Spark session of its own
(local-cluster: an executor is a process with one core); its first run is cold. Seconds of the clock, and of the processor for all processes together.
"""
import argparse
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
AS_OF = "2025-06-20"
TABLES = ("outcomes", "flags", "scores", "actions", "missing", "rejected")


def processor_seconds():
    """Of this process and all that it started, those that have ended included."""
    stat = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = pathlib.Path("/proc", name, "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        stat[int(name)] = int(fields[1]), sum(map(int, fields[11:15]))
    mine, grew = {os.getpid()}, True
    while grew:
        more = {p for p, (parent, _) in stat.items() if parent in mine} - mine
        grew, mine = bool(more), mine | more
    return sum(stat[p][1] for p in mine if p in stat) / os.sysconf("SC_CLK_TCK")


def timed(what):
    clock, processor = time.perf_counter(), processor_seconds()
    rows = what()
    return {"seconds": round(time.perf_counter() - clock, 1), "processor": round(processor_seconds() - processor, 1), "rows": rows}


def one_process(folder, runs):
    import earlysight as es

    pack = es.load(ROOT / "rules/transition")

    def run():
        result = pack.score(folder, as_of=AS_OF, outcomes="all")
        return {name: len(result.table(name).to_arrow()) for name in TABLES}

    return [timed(run) for _ in range(runs)]


def on_spark(folder, executors, runs):
    import pyspark

    here = tempfile.mkdtemp(prefix="spark-")
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_HOME=os.path.dirname(pyspark.__file__), SPARK_LOCAL_IP="127.0.0.1", SPARK_WORKER_DIR=here)
    from pyspark.sql import SparkSession

    import earlysight as es
    import earlysight.spark

    settings = {"spark.executor.memory": "1500m", "spark.ui.enabled": "false", "spark.local.dir": here, "spark.ui.showConsoleProgress": "false"}
    builder = SparkSession.builder.master(f"local-cluster[{executors},1,2048]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    pack = es.load(ROOT / "rules/transition")
    frames = {path.stem: spark.read.parquet(str(path)) for path in pathlib.Path(folder).glob("*.parquet")}
    child = frames.pop("child")
    spark.range(100).repartition(executors).count()

    def run():
        result = es.spark.score(pack, child, frames, as_of=AS_OF, outcomes="all")
        rows = {name: getattr(result, name).count() for name in TABLES}
        result.unpersist()
        return rows

    figures = [timed(run) for _ in range(runs)]
    spark.stop()
    return figures


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--children", type=int, default=10_000)
    args.add_argument("--executors", default="1,2")
    args.add_argument("--runs", type=int, default=3)
    args.add_argument("--only", help=argparse.SUPPRESS)
    args.add_argument("--folder", help=argparse.SUPPRESS)
    given = args.parse_args()
    if given.only is not None:
        figures = one_process(given.folder, given.runs) if given.only == "0" else on_spark(given.folder, int(given.only), given.runs)
        print(json.dumps(figures))
        return 0
    numbers = given.executors.split(",")
    if not all(n.isdecimal() and int(n) > 0 for n in numbers) or given.children < 1 or given.runs < 1:
        args.error("--executors is a list such as 1,2; --children and --runs are at least 1")
    missing = [name for name in ("earlysight", "pyarrow", "pyspark") if importlib.util.find_spec(name) is None]
    if missing:
        args.error(f"this Python has no {' and no '.join(missing)}: use that of the tests, build/release/python-venv/bin/python, which tests/python/run makes")
    import pyarrow.parquet as parquet

    import earlysight as es

    with tempfile.TemporaryDirectory() as folder:
        rows = 0
        for name, table in es.dummy(es.load(ROOT / "rules/transition"), children=given.children, seed=5).items():
            arrow = table.to_arrow()
            rows += len(arrow)
            parquet.write_table(arrow, os.path.join(folder, name + ".parquet"))
        print(f"{given.children:,} children, {rows:,} rows")
        expected = None
        for executors in ["0", *numbers]:
            command = [sys.executable, __file__, "--only", executors, "--folder", folder, "--runs", str(given.runs)]
            figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
            expected = expected or figures[0]["rows"]
            for i, f in enumerate(figures):
                if f["rows"] != expected:
                    print(f"other rows than one process: {f['rows']} and {expected}")
                    return 1
                who = "one process" if executors == "0" else f"Spark, executors: {executors}"
                print(f"{who:22} run {i + 1}: {f['seconds']:6.1f} s, processor {f['processor']:6.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
