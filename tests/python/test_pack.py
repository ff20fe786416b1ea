# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import pickle
import shutil

import pytest
from conftest import ROOT

import earlysight as es

PACK = 'pack p "P" version "1.0"\ntable child\n  child_id key\n  year count\nflag f "F"\nrule r "R" when year is 6 raise f\n'


def test_a_pack_is_loaded_and_says_what_is_in_it():
    pack = es.load(ROOT / "rules/transition")
    assert pack.name == "transition"
    assert "y6_falling_with_unmet_nd" in [r["rule"] for r in pack.rules]
    assert {"child", "attendance", "referral"} <= {r["table"] for r in pack.tables}
    assert "rules" in repr(pack)
    assert "y6_falling_with_unmet_nd" in pack._repr_html_()
    assert pack.params["falling_by"]


def test_errors_of_a_pack_are_objects_with_their_places():
    with pytest.raises(es.PackError) as e:
        es.loads(PACK.replace("year is 6", "yaer is 6"), "mine.sight")
    (d,) = [d for d in e.value.diagnostics if d.severity == "error"]
    assert (d.file, d.line, d.column) == ("mine.sight", 6, 17)
    assert d.code.startswith("E") and "yaer" in d.message
    assert "^" in d.text and d.text in str(e.value)
    assert json.loads(e.value.diagnostics.json)["diagnostics"][0]["line"] == 6
    assert "<pre>" in e.value._repr_html_()
    again = pickle.loads(pickle.dumps(e.value))
    assert again.diagnostics[0] == e.value.diagnostics[0]


def test_a_path_that_is_not_there():
    with pytest.raises(es.ArgumentError, match="there is no pack"):
        es.load("no/such/pack")


def test_examples_run():
    report = es.load(ROOT / "rules/transition").test()
    assert report and report.failed == 0 and report.passed > 10
    assert json.loads(report.json)
    assert "passed" in repr(report)


def test_a_failing_example_says_why():
    report = es.loads(PACK + 'example "e" on 2025-06-20\n  given child year 7\n  expect r fires\n').test()
    assert not report and report.failed == 1
    assert "expected" in report.text


def test_params_are_words_of_the_language():
    pack = es.load(ROOT / "rules/transition")
    assert pack.test({"falling_by": "4 points"}).passed > 0
    with pytest.raises(es.ArgumentError, match="did you mean falling_by"):
        pack.test({"fallen_by": "4 points"})


def test_format_gives_the_canonical_layout_of_the_packs_own_files():
    files = es.load(ROOT / "rules/transition").format()
    assert len(files) == len(list((ROOT / "rules/transition").glob("*.sight")))
    for path, text in files.items():
        assert open(path, encoding="utf-8").read() == text


def test_a_pack_is_pickled_by_path_and_digest(tmp_path):
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "p.sight").write_text(PACK)
    pack = es.load(folder)
    kept = pickle.dumps(pack)
    assert pickle.loads(kept).digest == pack.digest
    (folder / "p.sight").write_text(PACK.replace("is 6", "is 7"))
    with pytest.raises(es.ArgumentError, match="changed since"):
        pickle.loads(kept)
    shutil.rmtree(folder)
    text = es.loads(PACK)
    assert pickle.loads(pickle.dumps(text)).digest == text.digest


def test_a_run_of_another_day_or_of_other_params_is_not_the_last_one_again():
    pack = es.loads(PACK.replace("when year is 6", "when year is at least the_year").replace("flag f", "param the_year = 6\nflag f"))
    child = {"child_id": ["a"], "year": [6]}

    def said(**asked):
        return pack.score(child=child, **asked).explain("a", rule="r").outcomes["r"]

    assert [said(as_of="2025-06-20", params=p) for p in (None, {"the_year": 7}, None, None)] == ["fires", "silent", "fires", "fires"]
    with pytest.raises(es.ArgumentError, match="as_of needs a day"):
        said(as_of="20 June")
    with pytest.raises(es.ArgumentError, match="has no param the_yaer"):
        said(as_of="2025-06-20", params={"the_yaer": 7})
    assert said(as_of="2025-06-20") == "fires"
    assert "21 June 2025" in repr(pack.score(child=child, as_of="2025-06-21"))


def test_objects_are_read_only():
    pack = es.loads(PACK)
    result = pack.score(child={"child_id": ["a"], "year": [6]}, as_of="2025-06-20")
    for thing in (pack, result, result.explain("a"), pack.rules):
        with pytest.raises(AttributeError):
            thing.name = "x"


def test_dummy_children_are_the_same_for_one_seed():
    pack = es.load(ROOT / "rules/transition")
    one, two, other = (es.dummy(pack, children=50, seed=s) for s in (1, 1, 2))
    assert [list(t) for t in one.values()] == [list(t) for t in two.values()]
    assert list(one["child"]) != list(other["child"])
    result = pack.score(one, as_of="2025-06-20")
    assert result.children == 50 and len(result.rejected) == 0


def test_a_result_is_pickled_with_all_that_it_says():
    pack = es.load(ROOT / "rules/transition")
    result = pack.score(ROOT / "examples/cohort", as_of="2025-06-20")
    again = pickle.loads(pickle.dumps(result))
    for name in ("outcomes", "matrix", "flags", "scores", "actions", "missing", "rejected"):
        assert list(again.table(name)) == list(result.table(name)), name
    assert list(again.summary()) == list(result.summary()) and repr(again) == repr(result)
    assert (again.warnings, again.counts, again.columns, again.children) == (result.warnings, result.counts, result.columns, result.children)
    assert list(pickle.loads(pickle.dumps(again)).flags) == list(result.flags)
    with pytest.raises(es.ArgumentError, match="score again"):
        again.explain("c000457")
    with pytest.raises(es.ArgumentError, match="score again"):
        again.summary(by="sen")
    why = result.explain(next(iter(result.flags))["child_id"])
    assert pickle.loads(pickle.dumps(why)).html == why.html
    assert list(pickle.loads(pickle.dumps(result.table("flags")))) == list(result.table("flags"))


def test_a_result_comes_back_from_another_process_as_a_frame():
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    import pandas as pd

    pack = es.loads(PACK)
    child = pd.DataFrame({"child_id": ["a", "b"], "year": [6, 7]})
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        result = pool.submit(_scored, pack, child).result()
    assert isinstance(result.flags, pd.DataFrame) and result.flags["child_id"].tolist() == ["a"]


def _scored(pack, child):
    return pack.score(child=child, as_of="2025-06-20")


def test_what_a_notebook_shows_brings_no_colours_and_folds_what_is_long():
    pack = es.load(ROOT / "rules/transition")
    result = pack.score(ROOT / "examples/cohort", as_of="2025-03-31")
    shown = {"pack": pack._repr_html_(), "result": result._repr_html_(), "why": result.explain("c001002", rule="y6_falling_with_unmet_nd")._repr_html_()}
    for html in shown.values():
        assert "color:#" not in html and "background:#" not in html
    assert "<summary style='cursor:pointer'>31 more rules" in shown["pack"]
    assert "All 51 rules, by name" in shown["result"] and "0 rejected" in shown["result"]
    assert "@scope (.earlysight)" in shown["why"] and "Attendance fell from 37.5% to 10%" in shown["why"]
