"""Where each player stands among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import StatError
from pokerlab.stats._catalog import HUD
from pokerlab.stats._columns import check, chosen, parts
from pokerlab.stats.report import collected
from pokerlab.stats.values import Stat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.stats._columns import AnyFrame, Named
    from pokerlab.stats.values import AnyStat

_RATES = tuple(stat for stat in HUD if isinstance(stat, Stat))


def percentiles(
    seats: AnyFrame,
    stats: Named | Sequence[Named] = _RATES,
    *,
    min_chances: int = 50,
    strength: float = 50,
    where: pl.Expr | None = None,
) -> pl.DataFrame:
    """Tell for each player and statistic how many of a hundred players do it less often.

    Rates of few chances scatter more than players differ. So each is first drawn towards the rate of all, as by
    `Stat.shrunk`, and only players with enough chances are compared.

    Parameters
    ----------
    seats
        A frame with the columns of ``schema.SEATS`` and those of the statistics, eager or lazy.
    stats
        `Stat` values or their codes; those of `HUD` unless told.
    min_chances
        Players with fewer chances are not compared: their percentile is null.
    strength
        How many chances the rate of all is worth.
    where
        Rows to count.

    Returns
    -------
    pl.DataFrame
        ``player``, ``stat`` (its code), ``rate``, ``chances``, ``population`` (the rate of all players together),
        ``shrunk``, ``percentile`` (0 to 100; players with the same rate share the middle of their places) and
        ``players`` (how many are compared), sorted by statistic and player. Without a chance there is no row.

    Raises
    ------
    SchemaError
        A column is missing.
    StatError
        A statistic is not a `Stat`, or the strength is not positive.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import stats
    >>> table = stats.percentiles(pk.sample.hands(2_000, seed=1).seats, [stats.VPIP, stats.PFR])
    >>> mine = table.filter(player="Nina.Blau", stat="vpip")
    >>> 0 < mine["percentile"].item() < 100
    True
    """
    wanted = [_rate_of(stat) for stat in chosen(stats)]
    if not strength > 0:
        msg = f"the strength of a prior is a positive number of chances; {strength!r} is not"
        raise StatError(msg)
    check(
        seats,
        {
            **{f"the statistic {stat.code!r}": parts(stat) for stat in wanted},
            "telling players apart": [pl.col("player"), pl.col("dealt")],
            "the condition": [] if where is None else [where],
        },
        what="percentiles",
    )
    rows = seats.lazy().filter("dealt")
    sums = (rows if where is None else rows.filter(where)).group_by("player").agg(
        *(part for stat in wanted for part in (stat.count, stat.chances))
    )  # fmt: skip
    counted = collected(sums)
    return pl.concat([_standing(counted, stat.code, min_chances, strength) for stat in wanted]).sort("stat", "player")


def _rate_of(stat: AnyStat) -> Stat:
    if not isinstance(stat, Stat):
        msg = f"{stat.code!r} is no rate with chances; percentiles are of Stat values, such as stats.VPIP"
        raise StatError(msg)
    return stat


def _standing(counted: pl.DataFrame, code: str, min_chances: int, strength: float) -> pl.DataFrame:
    done, chances = pl.col(f"{code}_count"), pl.col(f"{code}_chances")
    enough = pl.col("chances") >= min_chances
    return (
        counted.filter(chances > 0)
        .select(
            "player",
            stat=pl.lit(code),
            rate=done / chances,
            chances=chances,
            population=done.sum() / chances.sum(),
            shrunk=(done + strength * (done.sum() / chances.sum())) / (chances + strength),
        )
        .with_columns(place=pl.when(enough).then("shrunk").rank("average"), players=enough.sum().cast(pl.Int64))
        .with_columns(percentile=100 * (pl.col("place") - 0.5) / pl.col("players"))
        .select("player", "stat", "rate", "chances", "population", "shrunk", "percentile", "players")
    )
