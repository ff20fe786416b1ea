# SPDX-License-Identifier: Apache-2.0
"""Tables that come in: how each library's frame is shown to the engine, without importing any library that the caller did not."""
from __future__ import annotations

import os
import sys
from collections.abc import Container, Mapping
from typing import Any

from . import _core
from ._errors import DataError

Given = tuple[Any, ...]


def library_of(frame: object) -> str:
    """pandas, polars, pyarrow, duckdb or earlysight: whose frames the results are to be."""
    library = getattr(frame, "_library", None)  # of a sheet: where it came from
    if isinstance(library, str):
        return library
    root = type(frame).__module__.split(".")[0].lstrip("_")
    return root if root in ("pandas", "polars", "pyarrow", "duckdb") else "earlysight"


class Everything(Container[str]):
    """Of the columns to look at: all."""

    def __contains__(self, item: object) -> bool:
        return True


def table(name: str, frame: Any, declared: Container[str]) -> Given:
    # What no table declares may be of any type, and is not looked at.
    def one(label: str, values: Any) -> tuple[str, Given]:
        return (label, column(name, label, values) if label in declared else ("ignored",))

    if isinstance(frame, Mapping):
        return ("columns", [one(str(key), value) for key, value in frame.items()])
    if library_of(frame) == "pandas" and hasattr(frame, "columns"):
        # An index with a name is a column of the analyst's: set_index("child_id") is common.
        if any(n is not None for n in frame.index.names):
            frame = frame.reset_index()
        return ("columns", [one(str(label), frame.iloc[:, i]) for i, label in enumerate(frame.columns)])
    if hasattr(frame, "collect") and library_of(frame) == "polars" and not hasattr(frame, "__arrow_c_stream__"):
        frame = frame.collect()
    given = arrow(frame)
    if given is None:
        if isinstance(frame, (str, os.PathLike)):
            raise DataError(f"table {name}: {os.fspath(frame)!r} is a path; read it first: {name}=es.read({os.fspath(frame)!r})")
        raise DataError(
            f"table {name}: {type(frame).__module__}.{type(frame).__qualname__} is no table; give a pandas or Polars frame, a pyarrow table, "
            "a DuckDB relation, "
            "a dict of columns, or anything with __arrow_c_stream__"
        )
    return given


def arrow(frame: Any) -> Given | None:
    if hasattr(frame, "__arrow_c_stream__"):
        return ("stream", frame.__arrow_c_stream__(None))
    if hasattr(frame, "__arrow_c_array__"):
        return ("array", *frame.__arrow_c_array__(None))
    return None


def column(table_name: str, name: str, values: Any) -> Given:
    if isinstance(values, (list, tuple)):
        return ("list", "a list", list(values))
    if library_of(values) == "pandas":
        return pandas_column(table_name, name, values)
    if type(values).__module__.split(".")[0] == "numpy":
        return numpy_column(table_name, name, values, None)
    if library_of(values) == "polars" and hasattr(values, "to_frame"):
        # Polars before 1.36 calls the days of a series alone whole numbers; of a frame's it does not.
        return ("source", _core.read_source(table_name, ("stream", values.to_frame().__arrow_c_stream__(None))), 0)
    given = arrow(values)
    if given is None:
        raise DataError(
            f"table {table_name}, column {name}: {type(values).__qualname__} is no column; give a NumPy array, a list, "
            "a pandas or Polars series or an Arrow array"
        )
    return given


def numpy_column(table_name: str, name: str, values: Any, mask: Any) -> Given:
    import numpy as np

    where = f"table {table_name}, column {name}"
    if isinstance(values, np.ma.MaskedArray):
        mask, values = np.ascontiguousarray(np.ma.getmaskarray(values)), values.data
    if values.ndim != 1:
        raise DataError(f"{where}: a column has one dimension, and this array has {values.ndim}")
    kind, found = values.dtype.kind, str(values.dtype)
    if kind in "OUT":
        texts = values.tolist()
        if mask is not None:
            texts = [None if gone else text for text, gone in zip(texts, mask.tolist())]
        return ("list", "text" if kind in "UT" else "object", texts)
    if not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    if kind == "f" and values.dtype.itemsize not in (4, 8):
        values = values.astype("f4" if values.dtype.itemsize == 2 else "f8")
    values = np.ascontiguousarray(values)
    if kind == "M":
        unit = np.datetime_data(values.dtype)[0]
        if unit == "D" and np.datetime_data(values.dtype)[1] == 1:
            return ("buffer", "D", found, values.view("i8"), mask)
        if unit in ("Y", "M", "W", "h", "m", "generic") or np.datetime_data(values.dtype)[1] != 1:
            if unit in ("Y", "M", "generic"):
                raise DataError(f"{where}: {found} names no day; make it datetime64[D]")
            values, unit = values.astype("datetime64[s]"), "s"
        if unit not in ("s", "ms", "us", "ns"):
            raise DataError(f"{where}: {found} cannot be read; make it datetime64[D] or datetime64[ns]")
        return ("buffer", unit, found, values.view("i8"), mask)
    if kind == "b":
        return ("buffer", "b1", found, values.view("u1"), mask)
    if kind in "iuf":
        return ("buffer", f"{kind}{values.dtype.itemsize}", found, values, mask)
    return ("other", found, len(values))


def pandas_column(table_name: str, name: str, series: Any) -> Given:
    import numpy as np

    dtype, array = series.dtype, series.array
    kind = type(dtype).__name__
    if kind == "CategoricalDtype":
        return (
            "codes",
            f"i{array.codes.dtype.itemsize}",
            f"categorical {dtype.categories.dtype}",
            np.ascontiguousarray(array.codes),
            None,
            dtype.categories.tolist(),
        )
    if kind == "DatetimeTZDtype":
        raise DataError(
            f"table {table_name}, column {name}: {dtype} has a time zone, so which day it is depends on where one stands; "
            'make it a date first: .dt.tz_convert("Europe/London").dt.tz_localize(None)'
        )
    if kind == "ArrowDtype" or getattr(dtype, "storage", None) == "pyarrow":
        given = arrow(array.__arrow_array__())
        if given is not None:
            return given
    if hasattr(array, "_mask") and hasattr(array, "_data"):  # nullable numbers and booleans
        mask = np.ascontiguousarray(array._mask)
        return numpy_column(table_name, name, array._data, mask if mask.any() else None)
    if kind in ("PeriodDtype", "IntervalDtype", "SparseDtype"):
        return ("other", str(dtype), len(series))
    if kind == "StringDtype":
        return ("list", "text", series.to_numpy(dtype=object).tolist())
    return numpy_column(table_name, name, series.to_numpy(), None)


def to_library(made: Any, library: str) -> Any:
    """A result table as a frame of this library."""
    if library == "pandas":
        return made.to_pandas()
    if library == "polars":
        return made.to_polars()
    if library == "pyarrow":
        return made.to_arrow()
    if library == "duckdb":
        return sys.modules["duckdb"].from_arrow(made)
    return made
