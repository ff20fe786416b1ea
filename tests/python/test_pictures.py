# SPDX-License-Identifier: Apache-2.0
"""Pictures carry the numbers of the result: they are read back from what was drawn, with no display."""
from __future__ import annotations

import datetime
import pickle

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pytest  # noqa: E402
from conftest import ROOT  # noqa: E402
from matplotlib.dates import date2num  # noqa: E402

import earlysight as es  # noqa: E402

COHORT = ROOT / "examples/cohort"
AS_OF = "2025-03-31"
PACK = """pack p "P" version "1.0"
table child
  child_id key
  year count
  school text
flag f "F"
rule in_year_six "A title that is so long that no bar could have it on a single line beside it, whatever the width of the page"
  when year is 6 raise f, 20 points
rule in_year_seven "Year 7" when year is 7 raise f, 10 points
band red from 20 points
band green from 0 points
"""


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def result():
    return es.load(ROOT / "rules/transition").score(COHORT, as_of=AS_OF)


def small(children=None):
    return es.loads(PACK).score(child=children or {"child_id": ["a", "b", "c"], "year": [6, 7, None], "school": ["s1", "s2", "s2"]}, as_of=AS_OF)


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_bars_of_a_rule_are_its_four_counts(result):
    ax = result.plot.rules(top=8, names="rule")
    counts = {r["rule"]: r for r in result.summary()}
    rules = [t.get_text().replace("\n", "") for t in ax.get_yticklabels()]
    assert len(rules) == 8 and rules[0] == max(counts, key=lambda r: counts[r]["fires"])
    for outcome in ("fires", "cannot_tell", "silent", "not_applicable"):
        drawn = [bar.get_width() for c in ax.containers if c.get_label() == outcome for bar in c]
        assert drawn == [counts[rule][outcome] for rule in rules]
        assert f"{counts[rules[0]][outcome]:,}" in texts(ax)
    left_out = sum(r["cannot_tell"] for name, r in counts.items() if name not in rules)
    assert any(f"43 more rules, which together fire" in t.replace("\n", " ") and f"cannot tell {left_out:,} times" in t.replace("\n", " ") for t in texts(ax))


def test_outcomes_differ_without_colour():
    ax = small().plot.rules()
    first = {c.get_label(): c[0] for c in ax.containers[:4]}
    grey = {k: sum(w * v for w, v in zip((0.299, 0.587, 0.114), bar.get_facecolor())) for k, bar in first.items()}
    assert grey["fires"] < 0.25 < grey["cannot_tell"] < grey["silent"] < grey["not_applicable"]
    assert first["cannot_tell"].get_hatch() and ax.get_legend() is None


def test_long_titles_are_wrapped_and_cut():
    labels = [t.get_text() for t in small().plot.rules().get_yticklabels()]
    longest = max(labels, key=len)
    assert "\n" in longest and longest.endswith("…") and max(len(line) for line in longest.split("\n")) <= 40


def test_intervals_of_flagged_children(result):
    ax = result.plot.scores(top=12)
    scores = {r["child_id"]: (r["score_low"], r["score_high"]) for r in result.scores}
    shown = [t.get_text() for t in ax.get_yticklabels()]
    flagged = {r["child_id"] for r in result.flags if r["state"] == "raised"}
    assert set(shown) <= flagged and len(shown) == 12
    assert [scores[c][0] for c in shown] == sorted((scores[c][0] for c in flagged), reverse=True)[:12]
    lines = {line.get_ydata()[0]: line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2 and line.get_ydata()[0] == line.get_ydata()[1]}
    for y, child in enumerate(shown):
        low, high = scores[child]
        assert (list(lines[y]) == [low, high]) if high > low else y not in lines
    assert {"green", "amber", "red"} <= set(texts(ax))


def test_cells_of_missing_count_children_by_school(result):
    ax = result.plot.missing(by="school", top=5)
    school = {r["child_id"]: r["school"] for r in pl.read_csv(COHORT / "child.csv").iter_rows(named=True)}
    rows, columns = ([t.get_text() for t in labels] for labels in (ax.get_yticklabels(), ax.get_xticklabels()))
    missing = {(r["child_id"], f"{r['table']}: {r['column']}" if r["column"] else r["table"]) for r in result.missing}
    cells = {t.get_position(): t.get_text() for t in ax.texts}
    assert len(rows) == len(columns) == 5
    for y, what in enumerate(rows):
        for x, label in enumerate(columns):
            here = sum(1 for child, table in missing if table == what and (school[child] or "(empty)") == label.split("\n")[0])
            assert cells[x, y] == (f"{here:,}" if here else "·")


def frames(library):
    made = {f.stem: f for f in COHORT.glob("*.csv") if f.stem != "truth"}
    return {name: pd.read_csv(f, dtype=str) if library == "pandas" else pl.read_csv(f, infer_schema=False) for name, f in made.items()}


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "duckdb", "folder"])
def test_a_childs_attendance_the_windows_and_the_day_it_began_to_fire(library):
    pack = es.load(ROOT / "rules/transition")
    if library == "folder":
        data = COHORT
    else:
        data = frames("pandas" if library == "pandas" else "polars")
        if library == "pyarrow":
            data = {name: frame.to_arrow() for name, frame in data.items()}
        if library == "duckdb":
            import duckdb

            data = {name: duckdb.from_arrow(frame.to_arrow()) for name, frame in data.items()}
    ax = pack.score(data, as_of=AS_OF).plot.child("c000002", "y7_first_year_falling")
    strip = [c for c in ax.containers if c.get_label() in ("silent", "fires")]
    assert [c.get_label() for c in strip] == ["silent", "fires"]
    assert strip[1][0].get_x() == date2num(datetime.date(2025, 3, 31))
    windows = {line.get_label(): line.get_ydata()[0] for line in ax.lines if line.get_label().startswith("window")}
    assert windows["window 2024-11-11 2025-02-16"] == pytest.approx(115 / 116)
    assert windows["window 2025-02-24 2025-03-31"] == pytest.approx(47 / 52)
    assert "before 99.1%" in texts(ax) and "lately 90.4%" in texts(ax)


def test_what_a_week_later_than_the_day_holds_is_not_drawn():
    weeks = pd.date_range("2025-01-06", "2025-06-16", freq="7D")
    attendance = pd.DataFrame({"child_id": "a", "week": weeks, "possible": 10, "attended": 9})
    pack = es.load(ROOT / "rules/transition")
    child = pd.DataFrame({"child_id": ["a"], "year": [7], "school_feed": ["weeks"], "sen": ["none"]})
    ax = pack.score(child=child, attendance=attendance, as_of="2025-03-31").plot.child("a", "y7_first_year_falling")
    bars = [bar for c in ax.containers if c.get_label() == "attendance" for bar in c]
    assert [bar.get_height() for bar in bars] == [0.9] * len(bars)
    assert max(bar.get_x() for bar in bars) == date2num(datetime.date(2025, 3, 24))


def test_empty_pictures_say_so():
    nobody = small({"child_id": ["a"], "year": [1], "school": ["s"]})
    assert "No flag is raised" in " ".join(texts(nobody.plot.scores()))
    assert "every rule can tell" in " ".join(texts(nobody.plot.missing())).replace("\n", " ")
    with pytest.raises(es.ArgumentError, match="name one: rule="):
        nobody.plot.child("a")
    assert "No attendance" in nobody.plot.alt_text(nobody.plot.child("a", "in_year_seven"))
    none = es.loads(PACK).score(child={"child_id": [], "year": [], "school": []}, as_of=AS_OF)
    assert "No children" in " ".join(texts(none.plot.rules()))


def test_pictures_go_where_they_are_told_and_tell_themselves():
    result = small()
    _, (left, right) = plt.subplots(1, 2)
    assert result.plot.rules(ax=left) is left and result.plot.scores(ax=right) is right
    assert "Year 7: fires for 1" in result.plot.alt_text(left)
    assert "a: 20" in result.plot.alt_text(right)
    assert result.plot.alt_text(plt.subplots()[1]) == ""


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(es.ArgumentError, match="did you mean school"):
        small().plot.missing(by="schol")


def test_a_result_that_was_pickled_still_has_the_pictures_that_need_no_rows(result):
    again = pickle.loads(pickle.dumps(result))
    for draw in (lambda r: r.plot.rules(top=8), lambda r: r.plot.scores(top=5), lambda r: r.plot.missing()):
        before, after = draw(result), draw(again)
        assert again.plot.alt_text(after) == result.plot.alt_text(before) != ""
        assert [t.get_text() for t in after.get_yticklabels()] == [t.get_text() for t in before.get_yticklabels()]
    for draw in (lambda r: r.plot.child("c000002"), lambda r: r.plot.missing(by="school")):
        with pytest.raises(es.ArgumentError, match="which a pickled result does not carry"):
            draw(again)
