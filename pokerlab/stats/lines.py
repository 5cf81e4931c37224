"""Winnings hand by hand, and their downswings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import UnitError
from pokerlab.stats._given import given, in_time, own_rows
from pokerlab.stats.money import BLUE_LINE, RED_LINE
from pokerlab.stats.results import EV

if TYPE_CHECKING:
    from pokerlab.stats._given import Frame, Player, Source

_VALUES = {"net": pl.col("net"), "ev_net": EV, "red_line": RED_LINE.value, "blue_line": BLUE_LINE.value}
_SAME = 1e-6
"""Amounts that differ by less are the same: sums of big blinds are rounded."""


def lines(
    source: Source,
    *,
    player: Player = None,
    hands: Frame | None = None,
    in_bb: bool = False,
    tz: str = "Europe/Paris",
) -> pl.DataFrame:
    """Add up what was won, hand by hand in the order of time: the lines of a picture.

    Parameters
    ----------
    source, player, hands
        As for `results`; ``hands`` only says which hands count.
    in_bb
        In big blinds of each hand instead of money.
    tz
        Time zone of ``played_at``.

    Returns
    -------
    pl.DataFrame
        ``hand`` (from 1), ``hand_id``, ``player``, ``played_at``, ``unit``, and what was won so far: ``net``,
        ``ev_net`` (null where it is not known of any hand), ``red_line``, ``blue_line``.

    Raises
    ------
    UnitError
        Money of different units.
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(300, seed=2)
    >>> so_far = stats.lines(frames)
    >>> so_far["net"][-1] == frames.seats.filter("is_hero")["net"].sum()
    True
    """
    own = _in_order(source, player, hands, tz)
    if not in_bb:
        _check_unit(own)
    scale = pl.col("big_blind").cast(pl.Float64)
    has_ev = pl.col("ev_net").count() > 0
    values = {name: (value / scale if in_bb else value).cum_sum() for name, value in _VALUES.items()}
    values["ev_net"] = pl.when(has_ev).then(values["ev_net"])
    return own.select(
        pl.int_range(1, pl.len() + 1).alias("hand"), "hand_id", "player", "played_at", "unit",
        *(value.alias(name) for name, value in values.items()),
    )  # fmt: skip


def downswings(
    source: Source, *, player: Player = None, hands: Frame | None = None, tz: str = "Europe/Paris"
) -> pl.DataFrame:
    """Find the largest downswing and the longest, of net and of all-in adjusted net, in money and in big blinds.

    A downswing begins with the hand that takes the line below its highest point so far, which is 0 at the start, and
    ends with the hand that brings it back there, or with the last one. Its amount is that from the highest point to
    the lowest.

    Parameters
    ----------
    source, player, hands, tz
        As for `lines`.

    Returns
    -------
    pl.DataFrame
        ``line`` (``net``, ``ev_net``, ``bb``, ``ev_bb``), ``kind`` (``largest``; ``longest``, of equally long ones the
        larger), ``amount`` (minor units or big blinds), ``hands``, ``hands_down`` (to the lowest point), ``begins``,
        ``lowest``, ``ends`` (times), ``recovered``. A line that never fell has no row, nor has money of different
        units, nor ``ev_net`` that is not known.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> found = stats.downswings(pk.sample.hands(300, seed=2))
    >>> found.filter(line="net")["kind"].to_list()
    ['largest', 'longest']
    """
    own = _in_order(source, player, hands, tz)
    scale = pl.col("big_blind").cast(pl.Float64)
    has_ev = own["ev_net"].count() > 0
    values = {"net": pl.col("net")} | ({"ev_net": EV} if has_ev else {})
    in_money = values if own["unit"].n_unique() <= 1 else {}
    in_bb = {name.replace("net", "bb"): value / scale for name, value in values.items()}
    found = [_extremes(own, name, value) for name, value in {**in_money, **in_bb}.items()]
    return pl.concat(found)


def _in_order(source: Source, player: Player, hands: Frame | None, tz: str) -> pl.DataFrame:
    """Give the hands in the order of time, and within a second in that of their table."""
    rows = own_rows(given(source, "seats", hands=hands), player, tz=tz)
    return (
        rows.select(
            "hand_id", "player", pl.col("played_at").dt.convert_time_zone(tz), "unit", "big_blind", "net", "ev_net",
            "went_to_showdown",
        )
        .sort(*in_time(), "player")
        .collect()
    )  # fmt: skip


def _check_unit(own: pl.DataFrame) -> None:
    units = own["unit"].unique().cast(pl.String).sort().to_list()
    if len(units) > 1:
        msg = f"these hands are in {' and '.join(units)}, which cannot be added up; filter on unit, or take in_bb=True"
        raise UnitError(msg)


def _extremes(own: pl.DataFrame, name: str, value: pl.Expr) -> pl.DataFrame:
    """Give the largest and the longest downswing of one line."""
    falls = _falls(own.select("played_at", so_far=value.cum_sum().cast(pl.Float64)))
    kinds = {"largest": ["amount", "hands"], "longest": ["hands", "amount"]}
    return pl.concat(
        falls.sort(columns, descending=True, maintain_order=True)
        .head(1)
        .select(pl.lit(name).alias("line"), pl.lit(kind).alias("kind"), pl.all())
        for kind, columns in kinds.items()
    )


def _falls(line: pl.DataFrame) -> pl.DataFrame:
    """Give a row a downswing, in the order of time."""
    top = pl.col("so_far").cum_max().clip(lower_bound=0)
    below = (top - pl.col("so_far")).alias("below")
    return (
        line.with_columns(below)
        .with_columns(down=pl.col("below") > _SAME)
        # A fall and the hand that ends it have as many hands at the top before them.
        .with_columns(fall=(~pl.col("down")).cum_sum().shift(fill_value=0))
        .group_by("fall", maintain_order=True)
        .agg(
            pl.col("below").max().alias("amount"),
            pl.len().cast(pl.Int64).alias("hands"),
            (pl.col("below").arg_max() + 1).cast(pl.Int64).alias("hands_down"),
            pl.col("played_at").first().alias("begins"),
            pl.col("played_at").get(pl.col("below").arg_max()).alias("lowest"),
            pl.col("played_at").last().alias("ends"),
            (~pl.col("down").last()).alias("recovered"),
        )
        .filter(pl.col("amount") > _SAME)
        .drop("fall")
    )
