# SPDX-License-Identifier: Apache-2.0
"""The notebook, run from its first cell to its last.

It is stored without outputs: they would differ with every version of a library, and hide what a change of ours did.
"""

from __future__ import annotations

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient

NOTEBOOK = ROOT / "examples/python/from_three_spreadsheets.ipynb"


@pytest.fixture(scope="module")
def run():
    made = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(made, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    return made


def outputs(run, source):
    (cell,) = [c for c in run.cells if c.cell_type == "code" and c.source.startswith(source)]
    return cell.outputs


def last(run, source, kind="text/plain"):
    return outputs(run, source)[-1]["data"][kind]


def test_it_is_stored_without_outputs():
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        assert cell.cell_type != "code" or (not cell.outputs and cell.execution_count is None)


def test_the_rows_that_could_not_be_used_are_named_by_line_and_header(run):
    said = last(run, "result = pack.score(child=children, attendance=attendance, referral=referrals, as_of=\"2025-06-20\")\nresult.rejected")
    assert "Year Group" in said and "seven" in said and "there is no such day" in said
    (mended,) = [c for c in run.cells if c.cell_type == "code" and c.source.endswith("len(result.rejected)")]
    assert mended.outputs[-1]["data"]["text/plain"] == "0"


def test_flags_are_explained_in_words(run):
    assert "In Year 7 attendance fell from" in last(run, "child = raised[0]", "text/html")
    assert "attendance fell from" in last(run, "raised = [row")


def test_each_picture_is_there(run):
    for source in ("result.plot.rules", "result.plot.child", "result.plot.scores", "result.plot.missing"):
        assert any("image/png" in o.get("data", {}) for o in outputs(run, source))


def test_a_higher_threshold_raises_fewer(run):
    counts = eval(last(run, "stricter"))
    assert counts["8 points"] < counts["4 points"]


def test_the_spreadsheets_are_those_that_the_script_makes(tmp_path):
    kept = {p.name: p.read_bytes() for p in (NOTEBOOK.parent / "data").glob("*.csv")}
    scope = {"__name__": "make", "__file__": str(NOTEBOOK.parent / "data/make.py")}
    exec(compile((NOTEBOOK.parent / "data/make.py").read_text(encoding="utf-8"), "make.py", "exec"), scope)
    scope["HERE"] = tmp_path
    scope["main"]()
    assert kept == {p.name: p.read_bytes() for p in tmp_path.glob("*.csv")}
