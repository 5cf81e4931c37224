"""Take records apart: an array for each field, all filled in one pass over the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pokerlab_kernels._jit import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab_kernels.records import Array


@kernel(counted=False)
def gather(rows: Array, places: Array, out: Array) -> None:
    """Fill ``out`` (fields, rows) with ``rows[:, place]`` for each place."""
    for row in range(len(rows)):
        for field in range(len(places)):
            out[field, row] = rows[row, places[field]]


def split(records: np.ndarray, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Give fields of an aligned structured array, each contiguous; NumPy alone would read all rows once a field."""
    fields: Any = records.dtype.fields
    columns: dict[str, np.ndarray] = {}
    for size in sorted({fields[name][0].itemsize for name in names}):
        alike = [name for name in names if fields[name][0].itemsize == size]
        rows = records.view(f"u{size}").reshape(len(records), records.itemsize // size)
        out = np.empty((len(alike), len(records)), rows.dtype)
        gather(rows, np.array([fields[name][1] // size for name in alike]), out)
        columns |= {name: column.view(fields[name][0]) for name, column in zip(alike, out, strict=True)}
    return columns
