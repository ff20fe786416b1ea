# SPDX-License-Identifier: Apache-2.0
"""A user's script with every public name of earlysight.spark, for mypy."""
import earlysight as es
import earlysight.spark
from pyspark.sql import DataFrame, SparkSession

spark = SparkSession.builder.getOrCreate()
pack = es.load("rules/transition")
children: DataFrame = spark.read.parquet("child")
result: es.spark.Result = es.spark.score(
    pack, children, {"attendance": spark.read.parquet("attendance"), "school": None}, as_of="2025-06-20", by="upn", params={"long_wait": "26 weeks"},
    partitions=40, children_per_partition=10_000, line="row", outcomes="all", threads=1, persist=False,
)  # fmt: skip
for frame in (result.outcomes, result.matrix, result.flags, result.scores, result.actions, result.missing, result.rejected, result.table("flags")):
    frame.printSchema()
counts: es.RowCounts = result.counts["child"]
why: es.Explanation = result.explain("c1", rule="y6_no_mentor")
with es.spark.errors():
    result.flags.show()
print(counts.read, why.text, result.children, result.warnings, result.partitions)
result.unpersist()
