# SPDX-License-Identifier: Apache-2.0
"""The guide, typed as it stands."""
from __future__ import annotations

import doctest

from conftest import ROOT


def test_the_guide(monkeypatch, tmp_path):
    (tmp_path / "rules").symlink_to(ROOT / "rules")
    monkeypatch.chdir(tmp_path)
    done = doctest.testfile(str(ROOT / "docs/python.md"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert done.attempted > 20 and done.failed == 0
