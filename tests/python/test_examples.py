# SPDX-License-Identifier: Apache-2.0
"""The examples run, and say what the command says."""
from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest
from conftest import AS_OF, ROOT

import earlysight as es


def test_duckdb_tables_are_scored_from_relations_and_results_go_back(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "examples/python/duckdb_cohort.py"), str(tmp_path)], check=True, capture_output=True)
    expected = es.load(ROOT / "rules/transition").score(ROOT / "examples/cohort", as_of=AS_OF)
    with duckdb.connect(str(tmp_path / "education.duckdb")) as db:
        got = db.execute("select child_id, rule, outcome from result_outcomes order by all").fetchall()
        assert str(db.execute("select distinct as_of from result_flags").fetchall()[0][0]) == AS_OF
    assert got == sorted((r["child_id"], r["rule"], r["outcome"]) for r in expected.outcomes)


def test_rules_by_hand_agree_with_the_engine_child_by_child():
    pytest.importorskip("pyarrow")
    done = subprocess.run([sys.executable, str(ROOT / "bench/python_by_hand.py"), str(ROOT / "examples/cohort"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 outcomes of every child agree" in done.stdout
