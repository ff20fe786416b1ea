#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores a folder of CSV files on Spark, and writes the flags, actions and rejected rows as Parquet.

    pip install "earlysight[spark]"                       # and a Java 17; on a cluster, the same wheel on every executor
    examples/python/spark_cohort.py DATA OUT              # on this machine's processors
    spark-submit --master yarn examples/python/spark_cohort.py hdfs:///cohort hdfs:///results

DATA holds a file a table (child.csv, attendance.csv, …), as `earlysight score --data` reads them: examples/cohort is one.
"""
import sys
from pathlib import Path

import earlysight as es
import earlysight.spark
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

PACK = Path(__file__).resolve().parents[2] / "rules/transition"


def main(data: str, out: str, as_of: str = "2025-06-20") -> None:
    spark = SparkSession.builder.appName("earlysight").config("spark.ui.showConsoleProgress", False).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    pack = es.load(PACK)
    tables = {}
    for name in sorted({row["table"] for row in pack.tables}):
        try:
            # Texts as they stand: the engine reads dates, percentages and yes/no, and says which cells it cannot.
            tables[name] = spark.read.csv(f"{data}/{name}.csv", header=True)
        except AnalysisException:
            print(f"no {name}.csv: the table is not known")
    result = es.spark.score(pack, tables.pop("child"), tables, as_of=as_of)
    with es.spark.errors():
        for name, frame in {"flags": result.flags, "actions": result.actions, "rejected": result.rejected}.items():
            frame.write.mode("overwrite").parquet(f"{out}/{name}")
    print(f"{result.children:,} children in {result.partitions} partitions")
    for warning in result.warnings:
        print(warning)
    result.flags.groupBy("flag", "state").count().orderBy("flag", "state").show(50, truncate=False)
    first = result.flags.orderBy("child_id", "flag").first()
    if first is not None:
        print(result.explain(first[0]).text)
    spark.stop()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
