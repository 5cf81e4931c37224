"""Results of Expressos: chips won a game, all-ins by their equity, and the luck of the multiplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab.stats.tournaments import grouped, of_one_currency, roi, tournaments
from pokerlab.stats.values import around, z_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.stats._given import By, Frame, Source


def expressos(
    source: Source,
    by: By = "price",
    *,
    player: str | Sequence[str] | None = None,
    seats: Frame | None = None,
    hands: Frame | None = None,
    where: pl.Expr | None = None,
    level: float = 0.95,
    tz: str = "Europe/Paris",
) -> pl.DataFrame:
    """Add up the results of Expressos, a row a group, in the order of the groups.

    Chips and money won are much less a matter of chance than the multiplier that is drawn before the first hand and
    the all-ins; this tells them apart.

    Parameters
    ----------
    source, by, player, seats, hands, where, level, tz
        As for `tournament_results`; chips need ``seats``.

    Returns
    -------
    pl.DataFrame
        The groups, then:

        - ``currency``, ``games``, ``complete``: games of which all hands are there, as far as chips tell. Chips are
          those of complete games.
        - ``chips_game``: chips won a game. ``cev``: the same with all-ins by their equity, which trackers call chip EV;
          ``cev_stderr``, ``cev_interval`` (normal).
        - ``cost``, ``net``, ``roi``, ``roi_interval`` as in `tournament_results`.
        - ``ev_net`` and ``ev_roi``: net with all-ins by their equity. Of each complete game it is net plus the chips
          that all-ins cost him by bad luck, times the prize pool over all chips: a linear approximation, exact where
          the winner takes all, which large multipliers do not do. Other games count with their net; null where no
          game has it.
        - ``multiplier``: mean of those drawn, and its standard error ``multiplier_stderr``.
          ``multiplier_expected``: the room pays the ``buy_in`` parts of all entries out as prizes in the long run, so
          the mean is the entrants times that part over the price (2.79 of 3 players at 0.93 + 0.07). The frequencies
          of single multipliers have changed over the years and are not assumed; `multipliers` lists those drawn.
        - ``multiplier_luck``: what the drawn prize pools had above those expected, an even share a player, in all.

    Raises
    ------
    SchemaError
        A column is missing.
    StatError
        A level outside 0 to 1.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(400, seed=1, game="expresso")
    >>> stats.expressos(frames).select("price", "games", "chips_game", "multiplier", "multiplier_expected").height
    3
    """
    rows = tournaments(source, player=player, seats=seats, hands=hands, tz=tz)
    games = rows.filter(pl.col("multiplier").is_not_null())
    return grouped(games, by, where, [*_chips(level), *_money(level), *_multiplier()])


def multipliers(source: Source, *, player: str | Sequence[str] | None = None) -> pl.DataFrame:
    """Count the multipliers that Expressos drew.

    Parameters
    ----------
    source, player
        As for `tournaments`.

    Returns
    -------
    pl.DataFrame
        ``currency``, ``price`` (what an entry costs), ``multiplier``, ``games``, and their ``share`` at that price.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(400, seed=1, game="expresso")
    >>> stats.multipliers(frames)["games"].sum() == frames.tournaments.height
    True
    """
    games = tournaments(source, player=player).filter(pl.col("multiplier").is_not_null())
    counts = games.group_by("currency", "price", "multiplier").agg(pl.len().cast(pl.Int64).alias("games"))
    share = pl.col("games") / pl.col("games").sum().over("currency", "price")
    return counts.with_columns(share=share).sort("currency", "price", "multiplier")


def _chips(level: float) -> list[pl.Expr]:
    complete = pl.col("complete").fill_null(value=False)
    chips, ev = pl.col("chips").filter(complete), pl.col("ev_chips").filter(complete)
    stderr = ev.std() / ev.count().sqrt()
    return [
        of_one_currency(pl.col("currency").first()).alias("currency"),
        pl.len().cast(pl.Int64).alias("games"),
        complete.sum().cast(pl.Int64).alias("complete"),
        chips.mean().alias("chips_game"),
        ev.mean().alias("cev"),
        stderr.alias("cev_stderr"),
        around(ev.mean(), z_score(level) * stderr).alias("cev_interval"),
    ]


def _money(level: float) -> list[pl.Expr]:
    known = pl.col("net").is_not_null()
    cost, net = (pl.col(name).filter(known).sum() for name in ("cost", "net"))
    adjusted = pl.coalesce("ev_net", pl.col("net").cast(pl.Float64)).filter(known).sum()
    ev_net = of_one_currency(pl.when(pl.col("ev_net").count() > 0).then(adjusted))
    return [
        of_one_currency(cost).alias("cost"),
        of_one_currency(net).alias("net"),
        *roi(level),
        ev_net.alias("ev_net"),
        pl.when(cost > 0).then(ev_net / cost).alias("ev_roi"),
    ]


def _multiplier() -> list[pl.Expr]:
    drawn, luck = pl.col("multiplier"), pl.col("multiplier_luck")
    return [
        drawn.mean().alias("multiplier"),
        (drawn.std() / drawn.count().sqrt()).alias("multiplier_stderr"),
        pl.col("multiplier_expected").mean(),
        of_one_currency(pl.when(luck.count() > 0).then(luck.sum())).alias("multiplier_luck"),
    ]
