"""The date decides the form: what real files of a year show, simulated files of that year show too."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from pokerlab import sample
from pokerlab.sample.era import ERAS, era_of, paris_offset
from pokerlab.sample.summary import abbreviated

if TYPE_CHECKING:
    from pathlib import Path


def text_of(folder: Path, game: str, year: int, month: int = 3, hands: int = 400) -> str:
    sample.write(folder, hands, seed=1, game=game, start=datetime(year, month, 5, tzinfo=UTC), truth=False)
    return "".join(path.read_bytes().decode() for path in sorted(folder.iterdir()))


def test_eras_follow_each_other() -> None:
    assert [era.since for era in ERAS] == sorted({era.since for era in ERAS})
    assert era_of(0) is ERAS[0]
    assert era_of(ERAS[3].since) is ERAS[3]
    assert era_of(ERAS[3].since - 1) is ERAS[2]


def test_clock_of_paris_is_that_of_the_time_zone_database() -> None:
    try:
        paris = ZoneInfo("Europe/Paris")
    except LookupError:
        pytest.skip("no time zone database on this machine")
    for hour in range(0, 3 * 366 * 24, 5):
        at = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp()) + 3600 * hour
        offset = datetime.fromtimestamp(at, paris).utcoffset()
        assert offset is not None
        assert paris_offset(at) == offset.total_seconds()


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 5, 1), (4, 5, 2), (4, 25, 0)])
def test_hands_before_april_2012_print_the_time_of_paris(tmp_path: Path, month: int, day: int, hours: int) -> None:
    sample.write(tmp_path, 30, game="cash", start=datetime(2012, month, day, tzinfo=UTC), truth=False)
    for path in tmp_path.iterdir():
        for at, told in re.findall(r"HandId: #\d+-\d+-(\d+) .* - (\S+ \S+) UTC\n", path.read_text(encoding="utf-8")):
            printed = datetime.strptime(told, "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
            assert printed - int(at) == 3600 * hours


def test_until_2012_the_summary_lists_who_folded(tmp_path: Path) -> None:
    old, new = text_of(tmp_path / "a", "cash", 2011), text_of(tmp_path / "b", "cash", 2014)
    for street in ("pre-flop", "flop", "turn"):
        assert f" folded on the {street}\n" in old
    assert " folded on the " not in new
    assert "*** ANTE/BLINDS *** \n" in old
    assert "*** ANTE/BLINDS ***\n" in new


@pytest.mark.parametrize(
    ("year", "buy_in", "level"),
    [(2013, r"\d,\d\d€ \+ 0,\d\d€ level: 0 ", "0"), (2019, r"\d\.\d\d€ \+ 0\.\d\d€ level: 1 ", "1")],
)
def test_buy_ins_had_a_comma_and_levels_began_at_nought(tmp_path: Path, year: int, buy_in: str, level: str) -> None:
    text = text_of(tmp_path, "sit_and_go", year, hands=900)
    assert re.search(buy_in, text)
    assert min(re.findall(r" level: (\d+) ", text), key=int) == level


@pytest.mark.parametrize(
    ("game", "year", "month", "words"),
    [
        ("freeroll", 2011, 3, "buyIn: Gratuit level"),
        ("freeroll", 2015, 3, "buyIn: Free level"),
        ("freeroll", 2026, 3, "buyIn: 0€ + 0€ level"),
        ("ticket", 2010, 9, "buyIn: Ticket level"),
        ("ticket", 2015, 3, "buyIn: Ticket only level"),
        ("ticket", 2012, 6, "Buy-In : Ticket uniquement"),
        ("ticket", 2015, 3, "Buy-In : 0€ + 0€"),
        ("cash", 2010, 2, " deny BB 0€\n"),
        ("cash", 2011, 2, " denies big blind\n"),
        ("cash", 2013, 2, ") mucked\n"),
        ("cash", 2013, 9, " and lost with "),
        ("knockout", 2016, 2, "buyIn: 2,25€ + 2,25€ + 0,50€ level"),
        ("knockout", 2018, 2, "buyIn: 4.50€ + 0.50€ level"),
        ("knockout", 2018, 2, "Buy-In : 4.50€ + 0.50€"),
        ("knockout", 2024, 2, "Buy-In : 2.25€ + 2.25€ + 0.50€"),
        ("sit_and_go", 2014, 2, "Mode : sngType : "),
        ("sit_and_go", 2014, 2, "-20:0:180:holdem-no-limit,15-30"),
        ("sit_and_go", 2015, 2, "-20:0:180:holdem-no-limit15-30"),
        ("tournament", 2015, 2, "1k-2k:250:"),
        ("tournament", 2016, 2, " - Late registration\n"),
        ("tournament", 2020, 2, " - Late Registration\n"),
        ("tournament", 2019, 2, "\n\r\n\r\n"),
        ("tournament", 2015, 2, "level:  - HandId"),
        ("tournament", 2019, 2, "level: 840971826 - HandId"),
        ("expresso", 2023, 2, "Type : sitngo\nLevels : ["),
        ("expresso", 2022, 2, "Speed : turbo\nFlight ID : 0\nLevels : Levels : ["),
        ("flight", 2022, 2, "Flight ID : "),
    ],
)
def test_forms_of_a_year(tmp_path: Path, game: str, year: int, month: int, words: str) -> None:
    text = text_of(tmp_path, game, year, month, hands=2_000)
    assert words in text


def test_bounties_are_on_the_seats_since_2022_only(tmp_path: Path) -> None:
    assert "€ bounty)" not in text_of(tmp_path / "a", "knockout", 2021)
    assert "€ bounty)" in text_of(tmp_path / "b", "knockout", 2022)


def test_levels_were_abbreviated_with_a_decimal_comma() -> None:
    printed = [abbreviated(chips) for chips in (500, 1000, 1250, 17_500, 125_000, 2_500_000)]
    assert printed == ["500", "1k", "1,25k", "17,5k", "125k", "2,5M"]
