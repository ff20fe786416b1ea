# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2025-06-20"


def read_csv(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as h:
        return list(csv.DictReader(h))


def plain(rows: object) -> list[dict[str, str]]:
    """A result table's rows as a CSV file has them."""
    return [{k: "" if v is None else repr(v).removesuffix(".0") if isinstance(v, float) else str(v) for k, v in row.items()} for row in rows]


@pytest.fixture(scope="session")
def command() -> str:
    """The command that the wheel has installed."""
    found = Path(sys.executable).parent / "earlysight"
    assert found.exists(), "the wheel installs the command"
    return str(found)


@pytest.fixture(scope="session")
def by_command(command, tmp_path_factory):
    """Results of `earlysight score`, by pack and data."""

    def run(pack: str, data: Path, *more: str) -> Path:
        out = tmp_path_factory.mktemp("command") / "out"
        subprocess.run([command, "score", str(ROOT / pack), "--data", str(data), "--as-of", AS_OF, "--out", str(out), *more], check=True, capture_output=True)
        return out

    return run

collect_ignore = ["user_script.py", "user_script_spark.py"]
