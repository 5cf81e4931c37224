"""From the scan's arrays to Polars columns, without a Python object a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from pokerlab_kernels import views

if TYPE_CHECKING:
    from collections.abc import Sequence


def _strings(name: str, rows: np.ndarray, heap: np.ndarray) -> pl.Series:
    buffers = [None, pa.py_buffer(rows), pa.py_buffer(heap)]
    return pl.Series(name, pl.from_arrow(pa.Array.from_buffers(pa.string_view(), len(rows), buffers)))


def text(name: str, data: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> pl.Series:
    """Give the text of each span as a String column."""
    return _strings(name, *views.text_of(data, np.ascontiguousarray(starts), (ends - starts).astype(np.int64)))


def cards(name: str, packed: np.ndarray) -> pl.Series:
    """Give packed cards as joined text, null where there are none."""
    column = _strings(name, *views.text_of_cards(np.ascontiguousarray(packed)))
    return column.set(pl.Series(packed == 0), None)


def numbers(name: str, values: np.ndarray, kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Give a field of records as a column of its own."""
    return pl.Series(name, np.ascontiguousarray(values)).cast(kind)


def codes(name: str, values: np.ndarray, kind: pl.Enum) -> pl.Series:
    """Give codes as the Enum's categories, null where a code is beyond them."""
    column = pl.Series(name, np.ascontiguousarray(values).astype(np.uint8))
    beyond = column >= len(kind.categories)
    return column.set(beyond, None).cat.to(kind) if beyond.any() else column.cat.to(kind)


def lookup(name: str, rows: np.ndarray, values: Sequence[str], kind: pl.Enum) -> pl.Series:
    """Give ``values[row]`` for each row, as an Enum."""
    places = np.array([kind.categories.to_list().index(value) for value in values], np.uint8)
    return codes(name, places[rows], kind)
