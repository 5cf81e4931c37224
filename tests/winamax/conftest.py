"""Simulated histories with the simulator's truth beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab.sample.truth import together

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab.sample import Truth

YEARS = (2010, 2011, 2012, 2013, 2014, 2015, 2016, 2017, 2018, 2021, 2023, 2026)
"""Years of which each has some form of its own."""
OF_ALL_YEARS = ("omaha4", "expresso_nitro", "knockout", "ticket")
"""Games that have forms of their years, and are soon at their end."""
OF_FIRST_YEARS = ("omaha4", "expresso_nitro", "tournament", "ticket")
"""Summaries until 2012 have no type: of a knock-out whose bounty is in the buy-in nobody can tell that it is one."""

FORMS = {
    **{game: ((game,), datetime(2022, 5, 3, tzinfo=UTC)) for game in pk.sample.GAMES},
    **{
        str(year): (OF_FIRST_YEARS if year < 2013 else OF_ALL_YEARS, datetime(year, 5, 3, tzinfo=UTC)) for year in YEARS
    },
    "joined posts": (("cash", "omaha4"), datetime(2016, 11, 2, tzinfo=UTC)),
}
"""Games and first day of each form."""

Simulated = tuple["Path", "Truth"]


def simulate(folder: Path, form: str, hands: int) -> Simulated:
    """Write hands of one form; give their folder and the truth."""
    games, start = FORMS[form]
    count = hands // len(games)
    told = [pk.sample.write(folder / game, count, seed=hands + start.year, game=game, start=start) for game in games]
    return folder, together([truth for truth in told if truth])


@pytest.fixture(params=FORMS)
def simulated(request: pytest.FixtureRequest, tmp_path: Path) -> Simulated:
    """Give some 60 hands of each form: 2,000 in all."""
    return simulate(tmp_path, request.param, 60)


@pytest.fixture(params=FORMS)
def many_simulated(request: pytest.FixtureRequest, tmp_path: Path) -> Simulated:
    """Give ten times as many."""
    return simulate(tmp_path, request.param, 620)


@pytest.fixture(scope="session")
def cash_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 40 cash hands to one file."""
    folder = tmp_path_factory.mktemp("cash")
    pk.sample.write(folder, 40, seed=5, game="cash")
    return max(folder.rglob("*.txt"), key=lambda path: path.stat().st_size)
