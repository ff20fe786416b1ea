# SPDX-License-Identifier: Apache-2.0
"""A cohort on a cluster of two executors says what one process says of it."""
from __future__ import annotations

import datetime as dt
import functools
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import AS_OF, ROOT

import earlysight as es


def cannot_run(why):
    if os.environ.get("EARLYSIGHT_PYTHON_TESTS") == "must":
        raise RuntimeError(why)
    pytest.skip(why, allow_module_level=True)


try:
    import pyspark
except ImportError:
    cannot_run("PySpark is not installed (tests/python/requirements-spark.txt)")
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    cannot_run("Spark needs Java (apt-get install openjdk-17-jre-headless)")

import pyarrow as pa  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402

import earlysight.spark  # noqa: E402

QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
TABLES = ("outcomes", "matrix", "flags", "scores", "actions", "missing", "rejected")

PACK = """
pack clubs "Clubs" version "1.0"

table child
  child_id key
  year     count
  sen      category (none, support, ehcp)
  school   ref school
  nickname text
  seen     date

table school lookup
  urn  key
  name text
  size count

table visit many per child at made
  made    date
  minutes hours
  place   text
  venue   ref school

table mark many per child at day recorded 2 days later
  day   date
  value percent

flag at_risk "At risk"
flag watch "Watch"

rule few_visits "Few visits" when count of visit in the last 12 months is less than 3 raise at_risk high, 40 points
  because "Visits: {count of visit in the last 12 months}; the last at {latest place of visit}."
  then "Call" by "Office" within 5 days
rule last_place "The last visit was where the nickname says" when latest place of visit is nickname raise watch, 10 points
  because "Last at {latest place of visit}."
rule at_the_hall "Last at the hall" when latest place of visit is "the hall" raise watch
rule places "Several places" when count of different place of visit is at least 3 raise watch
rule big_school "A big school" when school's size is at least 500 raise watch
rule low_marks "Low marks" when average value of mark in the last 12 months is less than 50% raise at_risk
"""


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    # What the executors write beside the JVM belongs into a folder of the test's; they find this package as any executor does: it is installed.
    where = tmp_path_factory.mktemp("spark")
    os.environ.update(
        PYSPARK_PYTHON=sys.executable,
        PYSPARK_DRIVER_PYTHON=sys.executable,
        SPARK_HOME=str(Path(pyspark.__file__).parent),
        SPARK_LOCAL_IP="127.0.0.1",
        SPARK_WORKER_DIR=str(where),
    )
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .appName("earlysight tests")
        .config("spark.ui.enabled", False)
        .config("spark.sql.warehouse.dir", str(where))
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", str(where))
        .config("spark.sql.shuffle.partitions", 4)
        # The queries are many and small: compiling them well would take longer than running them.
        .config("spark.driver.extraJavaOptions", QUICK)
        .config("spark.executor.extraJavaOptions", QUICK)
        .config("spark.sql.codegen.wholeStage", False)
        .config("spark.sql.adaptive.enabled", False)
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def pack():
    return es.loads(PACK)


def rows_of(table):
    """Rows that can be sorted; numbers as written out in full."""
    table = table if isinstance(table, pa.Table) else table.to_arrow() if isinstance(table, es.Table) else table.toArrow()
    columns = [[repr(v) for v in c.to_pylist()] for c in table.columns]
    return table.column_names, sorted(zip(*columns)) if columns else []


def assert_same(on_spark, one):
    for name in TABLES:
        assert rows_of(on_spark.table(name)) == rows_of(one.table(name)), name
    assert on_spark.counts == one.counts
    assert on_spark.warnings == one.warnings
    assert on_spark.children == one.children


def cohort(seed, children=300):
    """A cohort with every fault: keys that repeat, with spaces, of nobody, of no one; unusable and empty cells; visits of one day in an order that counts."""
    r = random.Random(seed)
    keys = [f"{i:04}" for i in range(children)]
    spoilt = [
        k if r.random() > 0.1 else f" {k}" if r.random() < 0.3 else r.choice(keys) if r.random() < 0.7 else None if r.random() < 0.5 else "  " for k in keys
    ]

    def some(make, n, empty=0.1):
        return [None if r.random() < empty else make() for _ in range(n)]

    place = lambda: r.choice(["the hall", "école", "park", "a place with a name of some length"])  # noqa: E731
    school = lambda: f"s{r.randrange(12)}"  # noqa: E731
    day = lambda: dt.date(2024, 9, 1) + dt.timedelta(days=r.randrange(300))  # noqa: E731
    m = children * 5
    whose = lambda: None if r.random() < 0.02 else "stranger" if r.random() < 0.02 else r.choice(keys)  # noqa: E731
    sizes = ["100", "many", "700", "5", *(str(i * 150) for i in range(2, 10))]
    return {
        "child": pa.table({
            "year": pa.array(some(lambda: r.choice(["6", "7"] * 12 + ["six"]), children)), "child_id": pa.array(spoilt),
            "sen": pa.array(some(lambda: r.choice(["none", "support", "ehcp"] * 8 + ["ehc"]), children)), "school": pa.array(some(school, children)),
            "nickname": pa.array(some(place, children)), "seen": pa.array(some(day, children)), "other": pa.array(range(children))}),
        "school": pa.table({
            "urn": pa.array(["s0", "s1", "s1", None, *(f"s{i}" for i in range(2, 10))]), "size": pa.array(sizes), "name": pa.array(["N"] * 12)}),
        "visit": pa.table({
            "made": pa.array(some(lambda: dt.date(2025, 1, 1) + dt.timedelta(days=r.randrange(4)), m, 0.03)), "child_id": pa.array([whose() for _ in range(m)]),
            "minutes": pa.array(some(lambda: r.randrange(40) / 4, m)), "place": pa.array(some(place, m)), "venue": pa.array(some(school, m))}),
        "mark": pa.table({
            "child_id": pa.array([whose() for _ in range(m)]), "day": pa.array(some(day, m, 0.01)),
            "value": pa.array(some(lambda: r.choice([0.2, 0.5, 0.9] * 20 + [7.0]), m))}),
    }  # fmt: skip


def on(spark, tables, partitions):
    """As Spark frames whose rows stand in these partitions, in order."""
    out = {}
    for name, table in tables.items():
        step = -(-len(table) // partitions)
        parts = [spark.createDataFrame(table.slice(i * step, step)).coalesce(1) for i in range(partitions)]
        out[name] = functools.reduce(lambda a, b: a.unionAll(b), parts)
    return out


def score(pack, frames, **more):
    more = {"as_of": AS_OF, **more}
    return es.spark.score(pack, frames["child"], {k: v for k, v in frames.items() if k != "child"}, **more)


def test_two_executors_are_there(spark):
    pids = spark.range(64).repartition(8).mapInArrow(lambda batches: (pa.RecordBatch.from_pydict({"pid": [os.getppid()]}) for _ in batches), "pid bigint")
    assert pids.distinct().count() >= 2


@pytest.mark.parametrize("partitions", [2, 13])
def test_every_table_is_that_of_one_process_whatever_the_partitions(spark, pack, partitions):
    data = cohort(partitions)
    on_spark = score(pack, {name: spark.createDataFrame(t) for name, t in data.items()}, partitions=partitions)
    one = pack.score(data, as_of=AS_OF)
    assert len(one.table("rejected")) > 100 and len(one.table("flags")) > 100
    assert_same(on_spark, one)
    on_spark.unpersist()


def test_the_order_of_rows_is_that_of_the_frame_in_its_partitions(spark, pack):
    data = cohort(11)
    assert_same(score(pack, on(spark, data, 3), partitions=1), pack.score(data, as_of=AS_OF))


def test_tables_and_columns_that_are_not_given_are_not_known(spark, pack):
    data = cohort(12)
    data = {"child": data["child"].drop_columns(["sen"]), "visit": data["visit"].slice(0, 0)}
    on_spark = score(
        pack,
        {
            name: spark.createDataFrame(t, "year string, child_id string, school string, nickname string, seen date, other int" if name == "child" else None)
            for name, t in data.items()
        }
        | {"mark": None},
    )
    assert_same(on_spark, pack.score(data, as_of=AS_OF))
    assert "table school is not given: it is not known for every child" in on_spark.warnings


def test_no_children_are_no_rows(spark, pack):
    data = {name: t.slice(0, 0) for name, t in cohort(13).items()}
    frames = {name: spark.createDataFrame(t) for name, t in data.items()}
    assert_same(score(pack, frames), pack.score(data, as_of=AS_OF))


def test_a_pack_without_rules_says_nothing(spark):
    pack = es.loads('pack p "P" version "1.0"\ntable child\n  child_id key\nflag f "F"\n')
    data = {"child": pa.table({"child_id": ["a", "b"]})}
    assert_same(score(pack, {"child": spark.createDataFrame(data["child"])}), pack.score(data, as_of=AS_OF))


def test_rows_of_nobody_are_rejected_where_there_is_no_child_at_all(spark, pack):
    data = cohort(14)
    data["child"] = data["child"].slice(0, 0)
    assert_same(score(pack, {name: spark.createDataFrame(t) for name, t in data.items()}, partitions=5), pack.score(data, as_of=AS_OF))


def test_keys_that_are_numbers_here_and_text_there_are_the_same(spark, pack):
    data = {
        "child": pa.table({"child_id": pa.array([10, 9, 10, None], pa.int64()), "year": [6, 7, 8, 9]}),
        "visit": pa.table({"child_id": ["9", " 10", "1"], "made": [dt.date(2025, 6, 1)] * 3}),
    }
    on_spark = score(pack, {name: spark.createDataFrame(t) for name, t in data.items()}, partitions=3)
    assert_same(on_spark, pack.score(data, as_of=AS_OF))
    assert on_spark.children == 2 and on_spark.counts["child"].rejected == 2


def test_names_are_the_callers(spark, pack):
    data = cohort(15)
    frames = {name: spark.createDataFrame(t.rename_columns(["pupil.upn" if c == "child_id" else c for c in t.column_names])) for name, t in data.items()}
    assert_same(score(pack, frames, by="pupil.upn", as_of=dt.date(2025, 6, 20), params={}), pack.score(data, as_of=AS_OF))


def test_a_column_of_lines_names_rows_and_orders_them(spark, pack):
    data = cohort(16)
    numbered = {name: spark.createDataFrame(t.append_column("row", pa.array([i * 10 for i in range(len(t))]))).orderBy(F.rand(3)) for name, t in data.items()}
    on_spark = score(pack, numbered, line="row")
    one = pack.score(data, as_of=AS_OF)
    assert rows_of(on_spark.flags) == rows_of(one.table("flags"))
    lines = {(r["file"], (r["line"] - 1) * 10) for r in one.table("rejected") if r["file"] != "school"}
    assert {(r["file"], r["line"]) for r in on_spark.rejected.toArrow().to_pylist() if r["file"] != "school"} == lines


def test_all_outcomes_and_one_child_explained(spark, pack):
    data = cohort(17)
    on_spark = score(pack, {name: spark.createDataFrame(t) for name, t in data.items()}, outcomes="all")
    one = pack.score(data, as_of=AS_OF, outcomes="all")
    assert rows_of(on_spark.outcomes) == rows_of(one.table("outcomes"))
    child = one.table("flags")._core.cell(5, 0)
    assert on_spark.explain(child).text == one.explain(child).text
    assert on_spark.explain(child, rule="places").json == one.explain(child, rule="places").json


def some_files(folder):
    """Some tables of the sample cohort: a plan of all forty takes Spark long."""
    folder.mkdir()
    for name in ("child", "school", "attendance", "referral", "suspension", "enrolment"):
        shutil.copy(ROOT / f"examples/cohort/{name}.csv", folder)
    return folder


def test_a_pack_that_uses_others_travels_without_its_files(spark, tmp_path):
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    pack = es.load(tmp_path / "rules/transition")
    folder = some_files(tmp_path / "data")
    frames = {p.stem: spark.read.csv(str(p), header=True) for p in folder.glob("*.csv")}
    shutil.rmtree(tmp_path / "rules")
    on_spark = score(pack, frames, partitions=5)
    one = pack.score(folder, as_of=AS_OF)
    for name in TABLES[:-1]:
        assert rows_of(on_spark.table(name)) == rows_of(one.table(name)), name
    assert on_spark.rejected.count() == len(one.table("rejected"))


def test_partitions_follow_from_the_children(spark, pack):
    frames = {name: spark.createDataFrame(t) for name, t in cohort(18).items()}
    assert score(pack, frames).partitions == 1
    assert score(pack, frames, children_per_partition=40).partitions == 8


def test_an_executor_that_is_killed_is_replaced_and_nothing_is_lost(spark, pack, tmp_path, monkeypatch):
    data = cohort(19)
    marker = str(tmp_path / "killed")

    def killing(run, sent, job):
        def part_of(batches):
            # The first task of all to come here kills the Java process that its worker belongs to, in the middle of its output.
            out = run(job, sent.value, batches)
            first = next(out, None)
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                pass
            else:
                pid = os.getppid()
                while "CoarseGrainedExecutorBackend" not in Path(f"/proc/{pid}/cmdline").read_text():
                    pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
                Path(marker).write_text(str(pid))
                os.kill(pid, signal.SIGKILL)
            if first is not None:
                yield first
                yield from out

        return part_of

    monkeypatch.setattr(es.spark, "_task", lambda job, sent: killing(es._partition.run, sent, job))
    on_spark = score(pack, {name: spark.createDataFrame(t) for name, t in data.items()}, partitions=6)
    assert_same(on_spark, pack.score(data, as_of=AS_OF))
    assert Path(marker).read_text() and not Path(f"/proc/{Path(marker).read_text()}").exists()


def test_what_goes_wrong_is_said_in_this_packages_words(spark, pack):
    child = spark.createDataFrame([("a", 6), ("b", 7)], "child_id string, year int")
    wrong = spark.createDataFrame([("a", dt.date(2025, 6, 1), [1.0])], "child_id string, made date, minutes array<double>")
    result = score(pack, {"child": child, "visit": wrong})
    sentence = "table visit, column minutes: a list cannot be read as hours; give numbers, or text that holds numbers"
    with pytest.raises(es.DataError, match=f"^{sentence}$"):
        _ = result.children
    with pytest.raises(es.DataError, match=f"^{sentence}$"), es.spark.errors():
        result.flags.collect()
    # Without that, Spark's own exception still holds the sentence.
    with pytest.raises(pyspark.errors.PySparkException, match=sentence):
        result.flags.collect()


def test_what_can_be_seen_before_anything_runs_is_said_then(spark, pack):
    child = spark.createDataFrame([("a", 6)], "child_id string, year int")
    for error, words, frames, more in [
        (es.ArgumentError, "the pack declares no table visits; did you mean visit?", {"child": child, "visits": child}, {}),
        (es.ArgumentError, "the pack has no param nothing", {"child": child}, {"params": {"nothing": 1}}),
        (es.ArgumentError, "as_of needs a day", {"child": child}, {"as_of": "June"}),
        (es.ArgumentError, "partitions is 1 or more", {"child": child}, {"partitions": 0}),
        (es.DataError, "table child has no column child_id", {"child": child.drop("child_id")}, {}),
        (es.DataError, "table child has no column upn, which by= names", {"child": child}, {"by": "upn"}),
        (es.DataError, "table child has no column row, which line= names", {"child": child}, {"line": "row"}),
        (es.DataError, "table child, column child_id: double cannot be read as a key", {"child": child.withColumn("child_id", F.lit(1.5))}, {}),
        (
            es.DataError,
            r'table child, column seen: a timestamp of Spark .* F.to_date\("seen"\)',
            {"child": child.withColumn("seen", F.current_timestamp())},
            {},
        ),
        (es.DataError, "table child has the column year twice", {"child": child.select("*", F.col("year"))}, {}),
        (es.DataError, "table child: builtins.dict is no Spark frame", {"child": {"child_id": ["a"]}}, {}),
    ]:
        with pytest.raises(error, match=words):
            score(pack, frames, **more)


def test_a_users_script_passes_mypy_strict(tmp_path):
    script = Path(__file__).with_name("user_script_spark.py")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_example_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples/python/spark_cohort.py"), str(some_files(tmp_path / "data")), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/flags").is_dir() and "children" in done.stdout
