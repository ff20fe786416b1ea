# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import earlysight as es

SCRIPT = Path(__file__).with_name("user_script.py")


def test_a_users_script_passes_mypy_strict(tmp_path):
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(SCRIPT)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_script_uses_every_public_name():
    used = {n.attr for n in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)}
    assert set(es.__all__) <= used


def test_the_script_runs():
    subprocess.run([sys.executable, str(SCRIPT)], check=True, capture_output=True)


def test_the_package_passes_mypy_strict(tmp_path):
    # pandas and pyarrow have no types of their own; PySpark may not be there.
    options = ["--strict", "--disable-error-code=import-untyped", "--disable-error-code=import-not-found", "--cache-dir", str(tmp_path)]
    done = subprocess.run([sys.executable, "-m", "mypy", *options, "-p", "earlysight"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_stubs_are_what_the_module_has(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy.stubtest",
            "earlysight._core",
            "--ignore-missing-stub",
            "--allowlist",
            str(Path(__file__).with_name("stubtest-allowed.txt")),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout


def test_a_users_script_passes_pyright_strict(tmp_path):
    script = tmp_path / "user_script.py"
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
