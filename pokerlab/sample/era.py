"""What the client's files looked like at a time: the same play is printed in other words in 2011 than today."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Era:
    """The forms of one client version.

    Attributes
    ----------
    since
        Unix time of its first hand.
    paris_clock
        Dates are of Paris, although they say UTC.
    blinds_end
        What stands behind ``*** ANTE/BLINDS ***``.
    joins_posts
        Who owes both blinds posts them as one dead blind, and a live one of nothing.
    denies_big
        What a player is told to do who refuses the big blind.
    lists_folds
        The summary of a hand has a line for everybody who folded.
    mucks
        It says of losers that they mucked, although they have shown.
    first_level
        Number of a tournament's first level.
    comma
        Decimal sign of a tournament's buy-in in the header.
    free, ticket
        Words for the buy-in of a freeroll, and of a tournament that only tickets open.
    bounty_in_header, bounty_in_summary, bounty_on_seats
        Where a knock-out tournament tells its bounties.
    keys
        Order of the keys of a tournament's summary: ``"short"``, ``"glued"`` or ``"lines"``.
    late
        Title's end where the player was out before registration closed.
    odd_levels
        Levels that the client now and then prints on a player's first hands.
    summary_end
        Line ends behind a summary.
    bare_expresso
        Summaries of Expressos lack keys.
    joins_levels
        No comma stands between the levels in summaries of sit-and-gos.
    """

    since: int
    paris_clock: bool = True
    blinds_end: str = " "
    joins_posts: bool = False
    denies_big: str = "deny BB 0€"
    lists_folds: bool = True
    mucks: bool = False
    first_level: int = 0
    comma: str = ","
    free: str = "Gratuit"
    ticket: str = "Ticket"
    bounty_in_header: bool = False
    bounty_in_summary: bool = False
    bounty_on_seats: bool = False
    keys: str = "short"
    late: str = " - Late registration"
    odd_levels: tuple[str, ...] = ()
    summary_end: str = "\n\n\n"
    bare_expresso: bool = False
    joins_levels: bool = False


def _unix(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


_CHANGES: tuple[tuple[int, dict[str, object]], ...] = (
    (_unix(2011, 1, 1), {"denies_big": "denies big blind"}),
    (_unix(2011, 7, 1), {"free": "Free", "ticket": "Ticket only"}),
    (_unix(2012, 1, 1), {"blinds_end": ""}),
    (_unix(2012, 4, 22), {"paris_clock": False}),
    (_unix(2012, 9, 1), {"keys": "glued"}),
    (_unix(2013, 1, 1), {"lists_folds": False, "mucks": True}),
    (_unix(2013, 8, 1), {"mucks": False}),
    (_unix(2014, 11, 1), {"odd_levels": ("",)}),
    (_unix(2015, 1, 1), {"joins_levels": True}),
    (_unix(2015, 11, 22), {"bounty_in_header": True}),
    (_unix(2016, 3, 31), {"odd_levels": ("", "-1")}),
    (_unix(2016, 6, 5), {"bounty_in_header": False}),
    (_unix(2016, 6, 15), {"comma": ".", "first_level": 1, "odd_levels": ("",)}),
    (_unix(2016, 11, 1), {"joins_posts": True}),
    (_unix(2016, 12, 1), {"joins_posts": False}),
    (_unix(2017, 1, 1), {"joins_levels": False}),
    (_unix(2017, 7, 1), {"keys": "lines", "late": " - Late Registration"}),
    (_unix(2018, 1, 1), {"odd_levels": ("7913816", "9136152", "840971826"), "summary_end": "\n\r\n\r\n"}),
    (_unix(2021, 1, 1), {"free": "0€ + 0€", "summary_end": "\n\n\n"}),
    (_unix(2022, 1, 1), {"bounty_in_summary": True, "bounty_on_seats": True}),
    (_unix(2023, 1, 1), {"bare_expresso": True}),
    (_unix(2024, 1, 1), {"bare_expresso": False, "odd_levels": ()}),
)
"""When the client changed what; the dates are those between which real files differ."""


def _eras() -> list[Era]:
    eras = [Era(since=0)]
    for since, change in _CHANGES:
        eras.append(replace(eras[-1], since=since, **change))  # type: ignore[arg-type]
    return eras


ERAS = _eras()
_SINCE = [era.since for era in ERAS]


def era_of(at: int) -> Era:
    """Give the forms of unix time ``at``.

    Examples
    --------
    >>> era_of(1_300_000_000).keys, era_of(1_700_000_000).keys
    ('short', 'lines')
    """
    return ERAS[bisect_right(_SINCE, at) - 1]


def paris_offset(at: int) -> int:
    """Give the seconds by which clocks in Paris are ahead of UTC: two hours from March to October, else one."""
    year = datetime.fromtimestamp(at, UTC).year
    start, end = (_last_sunday(year, month) for month in (3, 10))
    return 7200 if start <= at < end else 3600


def _last_sunday(year: int, month: int) -> int:
    """Unix time of 01:00 UTC on the last Sunday of a month of 31 days, when clocks in Europe change."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return int((last - timedelta(days=(last.weekday() + 1) % 7)).timestamp())
