"""Long lists of cases: some of them always, all of them in CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import pokerlab as pk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any


def rest_in_ci(values: Iterable[Any], always: Collection[Any]) -> list[Any]:
    """Give all values as parameters of a test, those that are not in ``always`` with the mark ``ci``."""
    return [value if value in always else pytest.param(value, marks=pytest.mark.ci) for value in values]


GAMES = rest_in_ci(
    pk.sample.GAMES,
    ("cash", "fixed_limit", "omaha4", "omaha5_hilo", "hold_up", "escape", "expresso", "tournament", "knockout"),
)
"""All simulated games, one of each family always."""
