"""Simulated histories with the simulator's truth beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import pokerlab as pk

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab.sample import Truth


@pytest.fixture(scope="session", params=pk.sample.GAMES)
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """Write 1,500 hands of one kind of game; give their folder and the truth."""
    folder = tmp_path_factory.mktemp(request.param)
    truth = pk.sample.write(folder, 1500, seed=11, game=request.param)
    assert truth is not None
    return folder, truth


@pytest.fixture(scope="session")
def cash_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 40 cash hands to one file."""
    folder = tmp_path_factory.mktemp("cash")
    pk.sample.write(folder, 40, seed=5, game="cash")
    return max(folder.rglob("*.txt"), key=lambda path: path.stat().st_size)
