# SPDX-License-Identifier: Apache-2.0
"""Scoring a cohort that lives on Spark: the rows of a child are brought together, and the engine runs once a partition.

    import earlysight as es, earlysight.spark
    result = es.spark.score(pack, children, {"attendance": attendance, "school": schools}, as_of="2025-06-20")
    result.flags.write.parquet("flags")

Needs PySpark 4.0 or later (``pip install earlysight[spark]``) on the driver, and this package on every executor. docs/spark.md tells how it is run, what it
costs and what it needs.
"""
from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from . import _core, _errors, _frames, _partition
from ._errors import ArgumentError, DataError, EarlysightError
from ._pack import Pack
from ._partition import COUNTS, OUTCOMES, RESULTS, Job, Slots, Source
from ._result import Explanation, RowCounts, TableName
from ._result import Result as OneResult

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["Result", "errors", "score"]

FEW_CHILDREN = 1000  # a partition of fewer costs more to start than it saves


@contextmanager
def errors() -> Iterator[None]:
    """What goes wrong on an executor is raised here as the `DataError`, `ArgumentError` or `MachineError` that it was there.

    Spark tells of it in an exception of its own, with the sentence somewhere within. The methods of `Result` do this already; frames are computed by Spark:

        with es.spark.errors():
            result.flags.show()
    """
    try:
        yield
    except EarlysightError:
        raise
    except Exception as e:
        found = re.search(r"^earlysight\.(\w+Error): (.*?)(?=\n\n|\n\tat |\nJVM stacktrace|\nDriver stacktrace|\Z)", str(e), re.MULTILINE | re.DOTALL)
        kind = getattr(_errors, found[1], None) if found else None
        if not found or kind not in (ArgumentError, DataError, _errors.MachineError):
            raise
        raise kind(found[2].rstrip()) from e


class Result:
    """What a cohort on Spark says. Its tables are Spark frames, computed when Spark is asked for them.

    Nothing runs before one of them is used; then the engine runs over the cohort, and the rows are kept by Spark (in memory, then on disk) for the other
    tables until `unpersist`. The rows of a frame stand in no order: sort by the child's key (rejected: by file and line). Sorted, they are those of
    `earlysight.Result`.

    Attributes
    ----------
    partitions : int
        Into how many parts the cohort is split.
    """

    def __init__(
        self, pack: Pack, job: Job, numbered: DataFrame, everything: DataFrame, empty: OneResult, lookups: Mapping[str, bytes], partitions: int,
        ignored: Mapping[str, tuple[str, ...]], all: bool,
    ) -> None:  # fmt: skip
        self._pack = pack
        self._job = job
        self._numbered = numbered
        self._everything = everything
        self._empty = empty
        self._lookups = lookups
        self._ignored = ignored
        self._all = all
        self.partitions = partitions

    def _rows(self, name: str) -> DataFrame:
        from pyspark.sql import functions as F

        slots = self._job.results
        rows = self._everything.filter(F.col("t") == slots.tables.index(name))
        return rows.select(*(F.col(f"s{place}").alias(column) for column, place in zip(slots.names[name], slots.places[name])))

    @cached_property
    def outcomes(self) -> DataFrame:
        """Child key, rule, outcome: what fires or cannot tell, or (``score(outcomes="all")``) every child and rule."""
        from pyspark.sql import functions as F

        rules, words = self._rules, self._words
        digit = [str(words.index(w)) for w in words if self._all or w in ("fires", "cannot_tell")]
        places = F.array(*(F.lit(i + 1) for i in range(len(rules)))).cast("array<int>")
        some = F.filter(places, lambda i: F.col(OUTCOMES).substr(i, F.lit(1)).isin(digit))
        rows = self._rows("scores").select(self._job.key, OUTCOMES, F.explode(some).alias("place of the rule"))
        at = F.col("place of the rule")
        return rows.select(self._job.key, _word(rules, at).alias("rule"), _word(words, F.col(OUTCOMES).substr(at, F.lit(1)).cast("int") + 1).alias("outcome"))

    @cached_property
    def matrix(self) -> DataFrame:
        """A row a child, a column a rule: silent, fires, cannot_tell, not_applicable."""
        from pyspark.sql import functions as F

        rows = self._rows("scores")
        digits = (F.col(OUTCOMES).substr(i + 1, 1).cast("int") + 1 for i in range(len(self._rules)))
        return rows.select(self._job.key, *(_word(self._words, digit).alias(rule) for rule, digit in zip(self._rules, digits)))

    @cached_property
    def flags(self) -> DataFrame:
        """Child key, flag, level, state (raised or cannot_tell), rules, points, because."""
        return self._rows("flags")

    @cached_property
    def scores(self) -> DataFrame:
        """Child key, score_low, score_high, band_low, band_high: a row a child."""
        return self._rows("scores").drop(OUTCOMES)

    @cached_property
    def actions(self) -> DataFrame:
        """Child key, rule, action, by, due, because."""
        return self._rows("actions")

    @cached_property
    def missing(self) -> DataFrame:
        """Child key, rule, table, column: what would have decided each cannot_tell; no column: the whole table."""
        return self._rows("missing")

    @cached_property
    def rejected(self) -> DataFrame:
        """Rows that could not be used: file (the table), line (see `score`), column, value, reason."""
        rows = self._rows("rejected")
        # Lookup tables were read once, here.
        here = [tuple(row.values()) for row in self._empty.table("rejected")]
        return rows.unionByName(rows.sparkSession.createDataFrame(here, rows.schema)) if here else rows

    def table(self, name: TableName) -> DataFrame:
        """A result table by its name."""
        if name not in ("outcomes", "matrix", "flags", "scores", "actions", "missing", "rejected"):
            raise ArgumentError(f"there is no result table {name}; there are outcomes, matrix, flags, scores, actions, missing, rejected")
        frame: DataFrame = getattr(self, name)
        return frame

    @cached_property
    def _counted(self) -> dict[str, tuple[int, int, int, int]]:
        from pyspark.sql import functions as F

        with errors():
            rows = self._rows("counts").groupBy("table").agg(*(F.sum(name).alias(name) for name, _ in COUNTS[1:])).collect()
        out = {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}
        for name, c in self._empty.counts.items():
            out.setdefault(name, (c.read, c.used, c.rejected, 0))
        return out

    @property
    def counts(self) -> dict[str, RowCounts]:
        """Rows read, used and rejected, by table. Computes the result."""
        return {name: RowCounts(*self._counted[name][:3], self._ignored[name]) for name in self._empty.counts}

    @property
    def children(self) -> int:
        """How many children were scored. Computes the result."""
        with errors():
            return self._rows("scores").count()

    @property
    def warnings(self) -> list[str]:
        """What is to be said of the data: tables and columns that rules read and that are not there, rows that were rejected. Computes the result."""
        said = list(self._empty.warnings)
        out = []
        for name in self._ignored:
            doubted = self._counted[name][3]
            if doubted > 0:
                child, those = ("child", "that child") if doubted == 1 else ("children", "those children")
                out.append(f"table {name}: rows of {doubted} {child} were rejected, so it is not known for {those}")
            mine = [w for w in said if w.startswith(f"table {name} ")]
            out += mine
            said = [w for w in said if w not in mine]
        return out + said

    def explain(self, child: object, rule: str | None = None) -> Explanation:
        """Why a child is, or is not, on the list: the child's rows are fetched, and scored here.

        Parameters
        ----------
        child : str or int
            The child's key.
        rule : str, optional
            One rule, whether it fired or not; default: those that fire or cannot tell.
        """
        from pyspark.sql import functions as F

        with errors():
            rows = self._numbered.filter(F.col("k") == str(child)).toArrow()
        given, _ = _partition.split(self._job, rows.to_batches())
        given.update(_opened(self._lookups))
        return self._pack.score(given, as_of=self._job.as_of, params=self._job.params).explain(child, rule)

    def unpersist(self) -> None:
        """Gives back the memory in which Spark keeps the results. A frame that is used again is computed again."""
        self._everything.unpersist()

    @property
    def _rules(self) -> list[str]:
        return self._empty.table("matrix").columns[1:]

    @property
    def _words(self) -> list[str]:
        return self._empty.table("matrix")._core.column(1)[4] or [] if self._rules else []

    def __repr__(self) -> str:
        return f"<Result on Spark: {self._pack.name} {self._pack.version} as of {self._job.as_of}, {self.partitions} partitions>"


def _word(words: list[str], place: Column) -> Column:
    from pyspark.sql import functions as F

    return F.element_at(F.array(*(F.lit(w) for w in words)).cast("array<string>"), place)


def _opened(lookups: Mapping[str, bytes]) -> dict[str, Any]:
    import pyarrow as pa

    return {name: pa.ipc.open_stream(data).read_all() for name, data in lookups.items()}


def _ipc(table: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _partitions(spark: SparkSession, children: DataFrame, per_partition: int) -> int:
    count = children.count()
    at_once = min(spark.sparkContext.defaultParallelism, math.ceil(count / FEW_CHILDREN))
    return max(1, at_once, math.ceil(count / per_partition))


def _task(job: Job, lookups: Broadcast[dict[str, bytes]]) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def part_of(batches: Iterable[Any]) -> Iterator[Any]:
        return _partition.run(job, lookups.value, batches)

    return part_of


def score(
    pack: Pack,
    child_df: DataFrame,
    tables: Mapping[str, DataFrame | None] | None = None,
    *,
    as_of: str | datetime.date,
    by: str | None = None,
    params: Mapping[str, object] | None = None,
    partitions: int | None = None,
    children_per_partition: int = 10_000,
    line: str | None = None,
    outcomes: Literal["some", "all"] = "some",
    threads: int = 1,
    persist: bool = True,
) -> Result:
    """Every child and rule, on Spark.

    The rows of a child come into one partition whatever table they are of, and the engine runs once a partition. Lookup tables are sent whole to every
    executor.

    Parameters
    ----------
    pack : Pack
        Sent by its text and digest: executors need none of its files.
    child_df : DataFrame
        Table child.
    tables : mapping of str to DataFrame, optional
        The other tables by name. Columns in any order; those that no table declares are not read.
    as_of : str or date
        The day as of which the rules are asked, such as ``"2025-06-20"``.
    by : str, optional
        What the column is called that names the child, in every table but lookup tables; default: as the pack calls it.
    params : mapping, optional
        Values for this run, as of `Pack.score`.
    partitions : int, optional
        Into how many parts to split the cohort; default: the children are counted, and each part gets `children_per_partition` at most, give or take chance.
    children_per_partition : int
        Bounds the memory of an executor's Python process: see docs/spark.md.
    line : str, optional
        A column of whole numbers, in child_df and in every table many per child, that tells rows apart: `Result.rejected` names rows by it, and it says
        which of two rows stands first. Default: the place of the row in its frame, from 1, as ``collect()`` shows them. Needed where Spark may compute the
        frame again in another order, as after a join. With PySpark before 4.2 the default numbers have gaps.
    outcomes : {"some", "all"}
        Whether `Result.outcomes` lists what fires or cannot tell, or every child and rule.
    threads : int
        Threads of the engine in a task; more only where ``spark.task.cpus`` is more.
    persist : bool
        Whether Spark keeps the rows of the results for the next of their tables (until `Result.unpersist`); else each table used runs the engine again.

    Returns
    -------
    Result
        Its tables are Spark frames; nothing has run yet, but that the children were counted (without `partitions`) and lookup tables read.

    Raises
    ------
    DataError
        A table without its key, a column of a type that cannot be meant. Of types, some are seen only when rows are read: then see `errors`.
    ArgumentError
        A table, param or value that the pack does not have.
    """
    from pyspark.sql import functions as F

    given: dict[str, Any] = {"child": child_df}
    for name, frame in (tables or {}).items():
        if name == "child":
            raise ArgumentError("table child is given twice: as child_df, and among tables")
        if frame is not None:
            given[name] = frame
    shapes = dict(pack._core.shapes)
    for number, what in ((partitions, "partitions"), (children_per_partition, "children_per_partition"), (threads, "threads")):
        if number is not None and number < 1:
            raise ArgumentError(f"{what} is 1 or more; {number} is not that")
    unknown = [name for name in given if name not in shapes]
    key = next(column for column, kind in pack._core.types_of("child") if kind == "key")
    if unknown:
        pack.score({"child": {key: []}, unknown[0]: {}}, as_of=as_of)  # names the table that was meant
    is_lookup = {name: shapes[name] == "lookup" for name in given}
    dates = _frames.date_columns(pack)
    checked = {name: _frames.checked(pack, name, frame, is_lookup[name], dates, key, by, line) for name, frame in given.items()}
    whole = {name: _frames.read_whole(rows, called) if is_lookup[name] else _partition.without_rows(called) for name, (rows, called, _) in checked.items()}
    # Everything that can be said without the children is said here, once.
    empty = pack.score(whole, as_of=as_of, params=params)
    lookups = {name: _ipc(whole[name]) for name in given if is_lookup[name]}

    inputs, numbered = _frames.in_slots({name: checked[name][:2] for name in given if not is_lookup[name]}, key)
    results = Slots()
    for name in RESULTS:
        if name == "counts":
            results.add(name, COUNTS)
        else:
            found = _partition.plain(empty.table(name).to_arrow())  # type: ignore[arg-type]
            results.add(name, [(f.name, _kind(f.type)) for f in found.schema] + ([(OUTCOMES, "string")] if name == "scores" else []))
    day = as_of.isoformat()[:10] if isinstance(as_of, datetime.date) else as_of
    job = Job(Source.of(pack), _core.engine_version, key, day, dict(params or {}), threads, inputs, results)
    spark = child_df.sparkSession
    if partitions is None:
        partitions = _partitions(spark, child_df, children_per_partition)
    task = _task(job, spark.sparkContext.broadcast(lookups))
    # A row without a key belongs to no child: such rows go anywhere, so that they do not come together.
    together = numbered.repartition(partitions, F.coalesce(F.col("k"), F.col("n").cast("string"))).sortWithinPartitions("t", "n")
    everything = together.mapInArrow(task, ", ".join(["t int", *(f"s{i} {kind}" for i, kind in enumerate(results.types))]))
    if persist:
        everything = everything.persist()
    return Result(pack, job, numbered, everything, empty, lookups, partitions, {name: checked[name][2] for name in given}, outcomes == "all")


def _kind(type: Any) -> str:
    import pyarrow as pa

    return "double" if pa.types.is_floating(type) else "bigint" if pa.types.is_integer(type) else "date" if pa.types.is_date(type) else "string"
