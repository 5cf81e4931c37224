"""Records taken apart are the fields that NumPy gives."""

from __future__ import annotations

import numpy as np
import pytest

from pokerlab_kernels import fields, records


@pytest.mark.parametrize("kind", [records.HAND, records.PLAYER, records.ACTION], ids=["hand", "player", "action"])
@pytest.mark.parametrize("rows", [0, 1, 1000])
def test_split_gives_each_field_as_its_own_array(kind: np.dtype, rows: int) -> None:
    noise = np.random.default_rng(1).integers(0, 2, rows * kind.itemsize, np.uint8)
    table = noise.view(kind)
    names = (kind.names or ())[1:]
    columns = fields.split(table, names)
    assert set(columns) == set(names)
    for name, column in columns.items():
        assert column.dtype == table[name].dtype
        assert column.flags.c_contiguous
        assert column.tolist() == table[name].tolist()
