# SPDX-License-Identifier: Apache-2.0
"""Tables on Spark made one frame of rows, so that one shuffle brings all rows of a child together."""
from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from ._errors import DataError
from ._pack import Pack
from ._partition import Slots

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

KEY_TYPES = ("string", "char", "varchar", "tinyint", "smallint", "int", "bigint", "void")


def numbered(frame: DataFrame, line: str | None) -> DataFrame:
    # The line of each row, as column n: a column of the caller's, or the place of the row in the frame.
    from pyspark.sql import functions as F

    if line is not None:
        return frame.withColumn("n", F.col(line).cast("bigint"))
    if hasattr(frame, "zipWithIndex"):
        return frame.zipWithIndex("n").withColumn("n", F.col("n") + 1)
    return frame.withColumn("n", F.monotonically_increasing_id() + 1)


def date_columns(pack: Pack) -> set[tuple[str, str]]:
    return {(row["table"], row["column"]) for row in pack.tables if row["type"] == "date"}


def checked(
    pack: Pack, name: str, frame: Any, lookup: bool, dates: set[tuple[str, str]], key: str, by: str | None, line: str | None
) -> tuple[DataFrame, list[str], tuple[str, ...]]:
    """The declared columns under names of our own (c0, c1, …, and n: the line), what they are called, and the columns that no table declares."""
    if not hasattr(frame, "mapInArrow"):
        raise DataError(f"table {name}: {type(frame).__module__}.{type(frame).__qualname__} is no Spark frame; spark.createDataFrame makes one of it")
    declared = [column for column, _ in pack._core.types_of(name)]
    if lookup:
        by = line = None
    called = [key if column == by else column for column in frame.columns]
    if by is not None and by not in frame.columns:
        raise DataError(f"table {name} has no column {by}, which by= names as the child's key; it has {', '.join(frame.columns)}")
    if line is not None and line not in frame.columns:
        raise DataError(f"table {name} has no column {line}, which line= names; it has {', '.join(frame.columns)}")
    kept = [i for i, column in enumerate(called) if column in declared]
    for i in kept:
        found = frame.schema.fields[i].dataType
        if (name, called[i]) in dates and found.typeName() == "timestamp":
            raise DataError(
                f"table {name}, column {called[i]}: a timestamp of Spark is a moment, and which day it is depends on the session's time zone; "
                f'make it a date first: .withColumn("{called[i]}", F.to_date("{called[i]}"))'
            )
    # By position: a column's name may hold a dot, or differ from another's in case only.
    renamed = frame.toDF(*(f"c{i}" for i in range(len(called))))
    wanted = [f"c{i}" for i in kept]
    at = None if line is None else f"c{frame.columns.index(line)}"
    rows = renamed.select(*wanted, *([at] if at is not None and at not in wanted else []))
    return numbered(rows, at).select(*wanted, "n"), [called[i] for i in kept], tuple(column for column in called if column not in declared)


def read_whole(rows: DataFrame, called: list[str]) -> Any:
    return rows.toArrow().sort_by("n").drop_columns(["n"]).rename_columns(called)


def in_slots(tables: Mapping[str, tuple[DataFrame, list[str]]], key: str) -> tuple[Slots, DataFrame]:
    """One frame of all rows: t (which table), k (the child's key as text, null where there is none), n (line), and the slots s0, s1, …"""
    from pyspark.sql import functions as F

    inputs = Slots()
    types: dict[str, Any] = {}
    for name, (rows, called) in tables.items():
        kinds = {column: field.dataType for column, field in zip(called, rows.schema.fields)}
        if kinds[key].simpleString().split("(")[0].split(" ")[0] not in KEY_TYPES:
            raise DataError(f"table {name}, column {key}: {kinds[key].simpleString()} cannot be read as a key; give text or whole numbers")
        inputs.add(name, [(column, kind.simpleString()) for column, kind in kinds.items() if column != key])
        types.update((kind.simpleString(), kind) for kind in kinds.values())
    nothing = [F.lit(None).cast(types[kind]).alias(f"s{i}") for i, kind in enumerate(inputs.types)]
    parts = []
    for number, (name, (rows, called)) in enumerate(tables.items()):
        slots = list(nothing)
        for column, place in zip(inputs.names[name], inputs.places[name]):
            slots[place] = F.col(f"c{called.index(column)}").alias(f"s{place}")
        text = F.trim(F.col(f"c{called.index(key)}").cast("string"))
        parts.append(rows.toDF(*(f"c{i}" for i in range(len(called))), "n").select(F.lit(number).alias("t"), F.when(text != "", text).alias("k"), "n", *slots))
    return inputs, reduce(lambda all, part: all.unionAll(part), parts)
