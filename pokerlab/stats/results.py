"""Results of hands: a row a session, day, stake, or whatever they are grouped by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab._query import GAP
from pokerlab.errors import StatError
from pokerlab.stats._given import check_names, given, grouped, own_rows
from pokerlab.stats.money import BB100, BLUE_LINE, RED_LINE, SD100

if TYPE_CHECKING:
    from datetime import timedelta

    from pokerlab.stats._given import By, Frame, Player, Source

EV = pl.coalesce(pl.col("ev_net"), pl.col("net").cast(pl.Float64))
"""All-in adjusted net of a hand, which is net where nothing was adjusted."""

_EV_BB = EV / pl.col("big_blind").cast(pl.Float64)
_HAS_EV = pl.col("ev_net").count() > 0
_SINCE = pl.col("played_at").diff().over("player", "session", order_by=["played_at", "hand_id"])
_SECONDS = _SINCE.dt.total_seconds()
_HOURS = pl.col("_seconds").sum() / 3600
_PUT_IN = pl.col("pot") - pl.col("added")
_RAKE = {
    "contributed": pl.when(_PUT_IN > 0).then(pl.col("rake") * pl.col("contributed") / _PUT_IN),
    "dealt": pl.col("rake") / pl.col("n_players"),
    "winner": pl.when(pl.col("pot") > pl.col("rake"))
    .then(pl.col("rake") * pl.col("collected") / (pl.col("pot") - pl.col("rake"))),
}  # fmt: skip


def results(
    source: Source,
    by: By = "session",
    *,
    player: Player = None,
    hands: Frame | None = None,
    tournaments: Frame | None = None,
    where: pl.Expr | None = None,
    level: float = 0.95,
    next_hands: int = 10_000,
    gap: timedelta = GAP,
    tz: str = "Europe/Paris",
) -> pl.DataFrame:
    """Add up what was won, a row a group, in the order of the groups.

    Money is in minor units and null where a group has hands of different units; big blinds are those of each hand.

    Parameters
    ----------
    source
        ``seats``, or `HandFrames`, `LazyHandFrames` or a `Lab`, which have all frames.
    by
        ``"session"``, ``"day"``, ``"week"``, ``"month"``, ``"year"`` (a period is told by its first day), ``"stake"``
        (unit and big blind), ``"price"`` (of one entry to the tournament, fee and bounty included), a column of seats,
        hands (``"format"``, ``"pool"``, ``"game"``) or `pokerlab.with_tournaments`, an expression, or several of
        these. ``()`` gives one row of all.
    player
        Whose results: a name, several, or an expression on seats; None for the hero's own, of all his accounts.
    hands
        Their frame, for rake and for groups by its columns; hands that are not in it do not count.
    tournaments
        Their frame, for groups by price.
    where
        Rows to count. Sessions are those of all hands.
    level
        Share of intervals that hold the true win rate.
    next_hands
        Hands of ``p_loss_next``.
    gap, tz
        The longest break in a session, and the time zone of days: see `pokerlab.sessions`.

    Returns
    -------
    pl.DataFrame
        The groups, then:

        - ``unit``, ``hands``, ``sessions``, ``first_hand``, ``last_hand``.
        - ``hours`` by the session clock: from the first hand of a session to the last, tables at the same time counted
          once. Each hand takes the time since the one before it in its session, so that the hours of groups add up to
          those of all hands. ``hands_h`` is hands per hour, null without time.
        - ``net``; ``red_line`` and ``blue_line``, its parts without and with a showdown of his; ``ev_net``, all-ins by
          their equity and otherwise net, null where it is not known of any hand; ``bb`` and ``ev_bb``, the same in big
          blinds.
        - ``bb100``, ``bb100_stderr``, ``bb100_interval`` (normal; Struct of ``low`` and ``high``), ``ev_bb100``,
          ``ev_bb100_stderr``, ``sd100``.
        - ``p_losing``: the normal probability that the true win rate is below 0, given these hands alone.
          ``p_loss_next``: that the next ``next_hands`` hands lose, the doubt about the win rate included.
        - ``hourly`` (money) and ``bb_hour``.
        - ``rake_contributed``, ``rake_dealt``, ``rake_winner``: his part of the rake by what he put in, shared evenly
          among all dealt in, and by what he collected; null without ``hands``.

    Raises
    ------
    SchemaError
        A column is missing, or names a frame that was not given; a time zone is unknown.
    StatError
        A level outside 0 to 1, or ``next_hands`` below 1.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(300, seed=2)
    >>> days = stats.results(frames, by="day")
    >>> days["hands"].sum() == frames.seats["is_hero"].sum()
    True
    >>> (days["red_line"] + days["blue_line"]).equals(days["net"])
    True
    """
    if next_hands < 1:
        msg = f"next_hands={next_hands!r} are no hands to come; give 1 or more"
        raise StatError(msg)
    frames = given(source, "seats", hands=hands, tournaments=tournaments)
    own = own_rows(frames, player, gap=gap, tz=tz).with_columns(_seconds=_SECONDS)
    rows, keys = grouped(own, by, frames, where)
    rakes = _rakes(known=frames.hands is not None)
    values = check_names(keys, [*_counts(tz), *_sums(), *_rates(level), *_per_hour(), *rakes])
    table = rows.group_by(keys).agg(values) if keys else rows.select(values)
    names = [key.meta.output_name() for key in keys]
    found = table.collect().with_columns(*_risks(next_hands))
    return found.sort(names, nulls_last=True) if names else found


def _of_one_unit(value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("unit").n_unique() == 1).then(value)


def _counts(tz: str) -> list[pl.Expr]:
    local = pl.col("played_at").dt.convert_time_zone(tz)
    return [
        _of_one_unit(pl.col("unit").first()).alias("unit"),
        pl.len().cast(pl.Int64).alias("hands"),
        pl.struct("player", "session").n_unique().cast(pl.Int64).alias("sessions"),
        local.min().alias("first_hand"),
        local.max().alias("last_hand"),
        _HOURS.alias("hours"),
        pl.when(_HOURS > 0).then(pl.len() / _HOURS).alias("hands_h"),
    ]


def _sums() -> list[pl.Expr]:
    money = {"net": pl.col("net"), "red_line": RED_LINE.value, "blue_line": BLUE_LINE.value}
    return [
        *(_of_one_unit(value.sum()).alias(name) for name, value in money.items()),
        _of_one_unit(pl.when(_HAS_EV).then(EV.sum())).alias("ev_net"),
        pl.when(pl.len() > 0).then(BB100.value.sum()).alias("bb"),
        pl.when(_HAS_EV).then(_EV_BB.sum()).alias("ev_bb"),
    ]


def _rates(level: float) -> list[pl.Expr]:
    spread = 100 * _EV_BB.std() / pl.len().sqrt()
    return [
        BB100.mean,
        BB100.stderr,
        BB100.interval(level),
        pl.when(_HAS_EV).then(100 * _EV_BB.mean()).alias("ev_bb100"),
        pl.when(_HAS_EV).then(spread).alias("ev_bb100_stderr"),
        SD100.rate,
    ]


def _per_hour() -> list[pl.Expr]:
    return [
        _of_one_unit(pl.when(_HOURS > 0).then(pl.col("net").sum() / _HOURS)).alias("hourly"),
        pl.when(_HOURS > 0).then(BB100.value.sum() / _HOURS).alias("bb_hour"),
    ]


def _rakes(*, known: bool) -> list[pl.Expr]:
    return [
        (_of_one_unit(share.sum()) if known else pl.lit(None, pl.Float64)).alias(f"rake_{method}")
        for method, share in _RAKE.items()
    ]


def _risks(next_hands: int) -> list[pl.Expr]:
    """Give normal probabilities: of a true win rate below 0, and of a loss over the next hands."""
    hands = pl.col("hands")
    doubt = pl.col("sd100") / 10 * (next_hands + next_hands**2 / hands).sqrt()
    return [
        _normal(-pl.col("bb100") / pl.col("bb100_stderr")).alias("p_losing"),
        _normal(-next_hands * pl.col("bb100") / 100 / doubt).alias("p_loss_next"),
    ]


def _normal(score: pl.Expr) -> pl.Expr:
    """Give the share of the normal distribution below a score; null where there is no spread."""
    from scipy.special import ndtr

    def below(scores: pl.Series) -> pl.Series:
        return pl.Series(scores.name, ndtr(scores.to_numpy()), pl.Float64)

    finite = pl.when(score.is_finite()).then(score)
    return finite.map_batches(below, pl.Float64, is_elementwise=True).fill_nan(None)
