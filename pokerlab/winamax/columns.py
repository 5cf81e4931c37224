"""From the scan's arrays to Polars columns, without a Python object a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from pokerlab_kernels import views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Kind = pl.DataType | type[pl.DataType]


def _column(name: str, kind: pa.DataType, rows: int, buffers: Sequence[object], valid: np.ndarray | None) -> pl.Series:
    """Give Arrow buffers as a column, without a copy; null where not ``valid``."""
    bits = None if valid is None or valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    array = pa.Array.from_buffers(kind, rows, [bits, *map(pa.py_buffer, buffers)])
    return pl.Series(name, pl.from_arrow(array))


def text(name: str, data: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> pl.Series:
    """Give the text of each span as a String column."""
    buffers = views.text_of(data, np.ascontiguousarray(starts), (ends - starts).astype(np.int64))
    return _column(name, pa.string_view(), len(starts), buffers, None)


def take(column: pl.Series, rows: np.ndarray) -> pl.Series:
    """Give a String column's values at ``rows``; it has no null, and its text is not copied."""
    strings = column.to_arrow(compat_level=pl.CompatLevel.newest())
    _, held, *heaps = strings.buffers()
    chosen = np.frombuffer(held, np.uint64).reshape(-1, 2)[strings.offset :].take(rows, axis=0)
    return _column(column.name, pa.string_view(), len(rows), [chosen, *heaps], None)


def cards(name: str, packed: np.ndarray) -> pl.Series:
    """Give packed cards as joined text, null where there are none."""
    packed = np.ascontiguousarray(packed)
    return _column(name, pa.string_view(), len(packed), views.text_of_cards(packed), packed != 0)


def numbers(name: str, values: np.ndarray, kind: Kind, valid: np.ndarray | None = None) -> pl.Series:
    """Give a field of records as a column of its own, null where not ``valid``."""
    values = np.ascontiguousarray(values)
    if values.dtype == np.bool_:
        return pl.Series(name, values)
    return _column(name, pa.from_numpy_dtype(values.dtype), len(values), [values], valid).cast(kind)


def codes(name: str, values: np.ndarray) -> pl.Series:
    """Give codes as UInt8, for `name_codes`."""
    return numbers(name, values.astype(np.uint8), pl.UInt8)


def name_codes(frame: pl.DataFrame, kinds: Mapping[str, pl.Enum]) -> pl.DataFrame:
    """Turn columns of codes into Enums, null where a code is beyond the categories; all of them in one query.

    Nulls have a code of the categories below them: a frame with others can be sent to a process, but not read there.
    """
    last = {name: len(kind.categories) - 1 for name, kind in kinds.items()}
    return frame.with_columns(
        pl.when(pl.col(name) <= last[name]).then(pl.col(name).clip(upper_bound=last[name]).cat.to(kind))
        for name, kind in kinds.items()
    )


def lookup(name: str, rows: np.ndarray, values: Sequence[str], kind: pl.Enum) -> pl.Series:
    """Give the code in an Enum of ``values[row]`` for each row, for `name_codes`."""
    places = np.array([kind.categories.to_list().index(value) for value in values], np.uint8)
    return codes(name, places[rows])
