# SPDX-License-Identifier: Apache-2.0
"""A progress bar: tqdm's where it is installed, a line of text on a terminal where it is not."""
from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Tick = Callable[[str, "float | None"], None]
SECONDS_UNSHOWN = 0.5  # what ends sooner needs no bar


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


class _Bar:
    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""
        self._shown = False

    def __call__(self, stage: str, share: float | None) -> None:
        if stage != self._stage:
            self.close()
            self._stage = stage
        if importlib.util.find_spec("tqdm"):
            if self._bar is None:
                from tqdm.auto import tqdm

                self._bar = tqdm(total=100, desc=stage, unit="%", delay=SECONDS_UNSHOWN, leave=False, bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed}")
            self._bar.update(max(0, round(100 * (share or 0)) - self._bar.n))
        else:
            self._shown = True
            print(f"\r{stage}{'' if share is None else f' {share:4.0%}'}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        if self._shown:
            print("\r" + " " * 20 + "\r", end="", file=sys.stderr, flush=True)
            self._shown = False


@contextmanager
def ticking(progress: bool | Tick | None) -> Iterator[Tick | None]:
    """What the run is to call now and then; None where nothing is to be shown."""
    if callable(progress):
        yield progress
        return
    if progress is None:
        progress = (sys.stderr is not None and sys.stderr.isatty()) or _in_notebook()
    if not progress:
        yield None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.close()
