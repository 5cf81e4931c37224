"""Results of tournaments: a row each, and totals with return on investment and places in the money.

What is not money in the account counts by what is known of it: a ticket by its printed amount. The result of a
tournament that paid a ticket of unknown worth, or that has no summary, is null. ICM, the worth of a stack by the prizes
still to come, is not computed: only of Expressos are chips told in money too, as if the winner took all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab._query import played_at, tournament_id
from pokerlab.errors import SchemaError
from pokerlab.stats._given import PERIODS, check_names, given, in_time, keys_of, need
from pokerlab.stats.results import EV
from pokerlab.stats.values import Stat, around, z_score
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.stats._given import By, Frame, Given, Source

_FACTS = ("tournament_id", "name", "hero", "currency", "type", "speed", "started_at", "buy_in", "bounty", "fee")
_OUTCOME = ("entries", "cost", "prize", "bounties_won", "ticket", "net", "entrants", "rank", "prize_pool", "multiplier")
_OF_SEATS = ("hand_id", "player", "dealt", "is_hero", "stack", "net", "ev_net", "unit")
_OF_HANDS = ("hand_id", "tournament_id", "tournament_name", "played_at", "format")
_GROUPS = {
    **{name: [period] for name, period in PERIODS.items()},
    "price": [pl.col("currency"), pl.col("price")],
}

ITM = Stat(
    "itm",
    did=(pl.col("prize") > 0) | pl.col("ticket").is_not_null(),
    could=pl.col("rank").is_not_null(),
    name="In the money",
    over="seats",
)
"""How often a tournament paid a prize or a ticket, out of those whose place is known; bounties alone do not count. Its
expressions are for the frame that `tournaments` gives."""


def tournaments(
    source: Source,
    *,
    player: str | Sequence[str] | None = None,
    seats: Frame | None = None,
    hands: Frame | None = None,
    tz: str = "Europe/Paris",
) -> pl.DataFrame:
    """Give a row a tournament and hero, in the order of time, with what it cost and paid.

    Money is in minor units of ``currency``. Without a summary it is null.

    Parameters
    ----------
    source
        ``tournaments``, or `HandFrames`, `LazyHandFrames` or a `Lab`, which have all frames.
    player
        Accounts; None for all of the hero's.
    seats, hands
        Their frames: for chips, for tournaments that have no summary, and (``hands``) for their format.
    tz
        Time zone of ``started_at`` and ``day``.

    Returns
    -------
    pl.DataFrame
        - ``tournament_id``, ``name``, ``hero``, ``format`` (without ``hands`` only that of Expressos), ``currency``,
          ``type``, ``speed``, ``started_at`` (else of the first hand), ``day``.
        - ``buy_in``, ``bounty``, ``fee`` as in `pokerlab.schema.TOURNAMENTS`, and ``price``, their sum: what one entry
          costs. ``entries``; ``cost`` of all of them, rebuys and add-ons included.
        - ``prize``, ``bounties_won``, ``tickets`` (worth of ``ticket``; null where that is not known), ``net``.
        - ``entrants``, ``rank``, ``prize_pool``, ``multiplier``.
        - ``hands``, ``chips`` won, ``ev_chips`` with all-ins by their equity; null without ``seats``.
        - Of Expressos: ``complete`` (the hands lead from the first stack to none or to all chips), ``ev_net``,
          ``multiplier_expected``, ``multiplier_luck``: see `expressos`.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(300, seed=1, game="expresso")
    >>> played = stats.tournaments(frames)
    >>> played.height >= frames.tournaments.height
    True
    """
    frames = given(source, "tournaments", seats=seats, hands=hands)
    if frames.tournaments is None:
        msg = "results of tournaments need a tournaments frame"
        raise SchemaError(msg)
    need(frames.tournaments, "tournaments", (*_FACTS, *_OUTCOME))
    names = None if player is None else frames.names(player)
    summaries = frames.tournaments.select(*_FACTS, *_OUTCOME)
    if names is not None:
        summaries = summaries.filter(pl.col("hero").is_in(names))
    told = summaries.collect()
    rows = told.lazy().join(_played(frames, names, told), on=["tournament_id", "hero"], how="full", coalesce=True)
    return _completed(rows, tz).sort("started_at", "tournament_id", "hero", nulls_last=True).collect()


def _played(frames: Given, names: list[str] | None, told: pl.DataFrame) -> pl.LazyFrame:
    """Give a row a tournament and player who counts, of the hands played in it."""
    if frames.seats is None:
        none = pl.DataFrame(schema={name: schema.SEATS[name] for name in _OF_SEATS})
        return _of_each(none.lazy().with_columns(pl.lit(None, kind).alias(n) for n, kind in _hand_columns().items()))
    need(frames.seats, "seats", _OF_SEATS)
    own = pl.col("player").is_in(told["hero"].unique() if names is None else names)
    rows = frames.seats.select(_OF_SEATS).filter(own | pl.col("is_hero") if names is None else own, pl.col("dealt"))
    if frames.hands is None:
        return _of_each(rows.with_columns(tournament_id(), played_at(), *_unknown("tournament_name", "format")))
    need(frames.hands, "hands", _OF_HANDS)
    return _of_each(rows.join(frames.hands.select(_OF_HANDS), on="hand_id"))


def _hand_columns() -> dict[str, pl.DataType]:
    return {name: schema.HANDS[name] for name in _OF_HANDS if name != "hand_id"}


def _unknown(*names: str) -> list[pl.Expr]:
    return [pl.lit(None, schema.HANDS[name]).alias(name) for name in names]


def _of_each(rows: pl.LazyFrame) -> pl.LazyFrame:
    return (
        rows.filter(pl.col("tournament_id").is_not_null())
        .group_by("tournament_id", hero="player")
        .agg(
            pl.len().cast(pl.Int64).alias("hands"),
            pl.col("net").sum().alias("chips"),
            pl.when(pl.col("ev_net").count() > 0).then(EV.sum()).alias("ev_chips"),
            pl.col("stack").sort_by(in_time()).first().alias("_stack"),
            pl.col("played_at").min().alias("_first_hand"),
            pl.col("format").first(),
            pl.col("tournament_name").first().alias("_name"),
        )
    )


def _completed(rows: pl.LazyFrame, tz: str) -> pl.LazyFrame:
    """Add what follows from the summary and from the hands."""
    paid = pl.col("prize") + pl.col("bounties_won")
    ticket = pl.when(pl.col("ticket").is_null()).then(0).otherwise(pl.col("net") + pl.col("cost") - paid)
    expresso = pl.when(pl.col("multiplier").is_not_null()).then(pl.lit("expresso")).cast(schema.FORMAT)
    started = pl.coalesce("started_at", "_first_hand").dt.convert_time_zone(tz)
    return (
        rows.with_columns(
            pl.coalesce("name", "_name").alias("name"),
            pl.coalesce("format", expresso).alias("format"),
            started.alias("started_at"),
            started.dt.date().alias("day"),
            (pl.col("buy_in") + pl.col("bounty").fill_null(0) + pl.col("fee")).alias("price"),
            pl.when(pl.col("entries").is_not_null()).then(ticket).alias("tickets"),
        )
        .with_columns(_of_expresso())
        .select(
            *("tournament_id", "name", "hero", "format", "currency", "type", "speed", "started_at", "day"),
            *("buy_in", "bounty", "fee", "price", "entries", "cost", "prize", "bounties_won", "ticket", "tickets"),
            *("net", "entrants", "rank", "prize_pool", "multiplier", "hands", "chips", "ev_chips"),
            *("complete", "ev_net", "multiplier_expected", "multiplier_luck"),
        )
    )


def _of_expresso() -> list[pl.Expr]:
    is_one = pl.col("multiplier").is_not_null()
    all_chips = pl.col("_stack") * pl.col("entrants")
    ended = (pl.col("chips") == -pl.col("_stack")) | (pl.col("chips") == all_chips - pl.col("_stack"))
    per_chip = pl.col("prize_pool") / all_chips
    paid_in = pl.when(pl.col("buy_in") > 0).then(pl.col("entrants").cast(pl.Int64) * pl.col("buy_in"))
    lucky = pl.col("ev_chips") - pl.col("chips")
    return [
        pl.when(is_one).then(ended).alias("complete"),
        pl.when(is_one & ended).then(pl.col("net") + lucky * per_chip).alias("ev_net"),
        pl.when(is_one).then(paid_in / pl.col("price")).alias("multiplier_expected"),
        pl.when(is_one).then((pl.col("prize_pool") - paid_in) / pl.col("entrants")).alias("multiplier_luck"),
    ]


def tournament_results(
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
    """Add up the results of tournaments, a row a group, in the order of the groups.

    Parameters
    ----------
    source, player, seats, hands, tz
        As for `tournaments`.
    by
        ``"price"`` (currency, and what an entry costs), ``"day"``, ``"week"``, ``"month"``, ``"year"``, a column of
        `tournaments` such as ``"format"``, an expression on it, or several of these. ``()`` gives one row of all.
    where
        Tournaments to count, an expression on `tournaments`.
    level
        Share of intervals that hold the true number.

    Returns
    -------
    pl.DataFrame
        The groups, then:

        - ``currency``, ``tournaments``, and ``without_result``: how many of them have an unknown net, for want of a
          summary, of a price or of a ticket's worth. They count in no sum.
        - ``entries``, ``cost``, ``prizes``, ``bounties``, ``tickets``, ``net`` = prizes + bounties + tickets - cost:
          minor units, null where currencies differ.
        - ``roi``: net over cost, null where all was free. ``roi_interval``: normal, of a ratio of two means; much too
          narrow where a few large prizes make the result.
        - ``itm``, ``itm_chances``, ``itm_interval`` (Wilson): see `ITM`.
        - ``abi``: average buy-in, ``price`` over all entries, without rebuys and add-ons.
        - ``average_rank`` and ``average_finish``, the mean of rank over entrants: 0 is the first of very many.

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
    >>> frames = pk.sample.hands(600, seed=1, game="sit_and_go")
    >>> row = stats.tournament_results(frames, by=()).row(0, named=True)
    >>> row["net"] == row["prizes"] + row["bounties"] + row["tickets"] - row["cost"]
    True
    """
    rows = tournaments(source, player=player, seats=seats, hands=hands, tz=tz)
    return grouped(rows, by, where, [*_totals(), *roi(level), ITM.rate, ITM.chances, ITM.interval(level), *_places()])


def grouped(rows: pl.DataFrame, by: By, where: pl.Expr | None, values: list[pl.Expr]) -> pl.DataFrame:
    """Aggregate rows of `tournaments`.

    Raises
    ------
    SchemaError
        A column that is named is not there.
    """
    keys = keys_of(by, _GROUPS)
    wanted = {name for part in (*keys, *([] if where is None else [where])) for name in part.meta.root_names()}
    for name in sorted(wanted - set(rows.columns)):
        msg = f"tournaments have no column {name!r} to group or filter by"
        raise SchemaError(msg + suggestion(name, sorted([*rows.columns, *_GROUPS])))
    counted = rows if where is None else rows.filter(where)
    values = check_names(keys, values)
    if not keys:
        return counted.select(values)
    return counted.group_by(keys).agg(values).sort([key.meta.output_name() for key in keys], nulls_last=True)


def of_one_currency(value: pl.Expr) -> pl.Expr:
    """Give a sum of money, null where nothing is known or currencies differ."""
    return pl.when(pl.col("currency").filter(_KNOWN).n_unique() == 1).then(value)


_KNOWN = pl.col("net").is_not_null()


def _sum(name: str) -> pl.Expr:
    return pl.col(name).filter(_KNOWN).cast(pl.Int64).sum()


def _totals() -> list[pl.Expr]:
    sums = {"cost": "cost", "prizes": "prize", "bounties": "bounties_won", "tickets": "tickets", "net": "net"}
    return [
        of_one_currency(pl.col("currency").filter(_KNOWN).first()).alias("currency"),
        pl.len().cast(pl.Int64).alias("tournaments"),
        pl.col("net").null_count().cast(pl.Int64).alias("without_result"),
        pl.when(_KNOWN.any()).then(_sum("entries")).alias("entries"),
        *(of_one_currency(_sum(column)).alias(name) for name, column in sums.items()),
    ]


def roi(level: float) -> list[pl.Expr]:
    """Give net over cost of the tournaments whose result is known, and its interval."""
    cost, n = _sum("cost"), _KNOWN.sum()
    rate = of_one_currency(pl.when(cost > 0).then(_sum("net") / cost))
    rest = (pl.col("net") - rate * pl.col("cost")).filter(_KNOWN).pow(2).sum()
    half = z_score(level) * pl.when(n > 1).then((rest * n / (n - 1)).sqrt() / cost)
    return [rate.alias("roi"), around(rate, half).alias("roi_interval")]


def _places() -> list[pl.Expr]:
    priced = pl.col("price").is_not_null()
    entries = pl.col("entries").filter(priced).cast(pl.Int64)
    abi = (pl.col("price").filter(priced) * entries).sum() / entries.sum()
    alike = pl.col("currency").filter(priced).n_unique() == 1
    return [
        pl.when(alike).then(abi).alias("abi"),
        pl.col("rank").mean().alias("average_rank"),
        (pl.col("rank") / pl.col("entrants")).mean().alias("average_finish"),
    ]
