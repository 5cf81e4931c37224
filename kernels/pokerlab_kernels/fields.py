"""Take records apart: an array for each field, all filled in one pass over the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pokerlab_kernels._jit import kernel

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array


@kernel(counted=False)
def gather(rows: Array, places: Array, out: Array) -> None:
    """Fill ``out`` (fields, rows) with ``rows[:, place]`` for each place."""
    for row in range(len(rows)):
        for field in range(len(places)):
            out[field, row] = rows[row, places[field]]


def split(records: np.ndarray) -> dict[str, np.ndarray]:
    """Give the fields of an aligned structured array, each contiguous; NumPy would read all rows once a field."""
    fields: Any = records.dtype.fields
    columns: dict[str, np.ndarray] = {}
    for size in sorted({kind.itemsize for kind, *_ in fields.values()}):
        names = [name for name, (kind, *_) in fields.items() if kind.itemsize == size]
        rows = records.view(f"u{size}").reshape(len(records), records.itemsize // size)
        out = np.empty((len(names), len(records)), rows.dtype)
        gather(rows, np.array([fields[name][1] // size for name in names]), out)
        columns |= {name: column.view(fields[name][0]) for name, column in zip(names, out, strict=True)}
    return columns
