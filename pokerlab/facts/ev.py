"""All-in adjusted results: what each player would win on average from where the betting closed.

For hands in which cards were still to come, all live cards are known and at most one live player has chips left: each
main and side pot is shared by the exact equity of those who may win it, on the board of that moment. The rake is taken
from all pots in proportion; dead blinds and what the room put in are in the main pot. Cards of live players who cannot
win a side pot do not come; folded cards count as unknown. So the result is the mean of the actual one over all boards
that could have come. This holds for hold'em and for Omaha without a low half. In all other hands the adjusted result
is the actual one, and `CASES` tells why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab.errors import SchemaError
from pokerlab.facts._all_ins import ACTION_COLUMNS, HAND_COLUMNS, SEAT_COLUMNS, AllIns
from pokerlab_kernels import pots as kernel

if TYPE_CHECKING:
    from pokerlab.winamax import Parsed

CASES = {
    "adjusted": "all-in before the last card, cards known: each pot is shared by equity",
    "no_showdown": "ended by folds: net",
    "no_all_in": "showdown, but nobody in it was all-in before the last street: net",
    "betting_open": "somebody was all-in before the last street, but others could go on betting: net",
    "hi_lo": "all-in early where high and low share the pot, which is not done: net",
    "stud_or_draw": "all-in early in a game without a common board, which is not done: net",
    "unknown_cards": "all-in early, but a live hand or the board is not known whole: net",
}
"""Why ``ev_net`` of a hand is adjusted or the actual net."""


def ev_net(parsed: Parsed) -> np.ndarray:
    """Give the adjusted net of each seat, float64 in minor units.

    In each hand their sum is the sum of the actual nets.
    """
    # Files are read on all cores already: threads of its own would only wait for each other.
    return AllIns.of_parsed(parsed).shared(threads=1)[0]


def with_ev(seats: pl.DataFrame, actions: pl.DataFrame, hands: pl.DataFrame) -> pl.DataFrame:
    """Compute the column ``ev_net`` of seats: the net, but all-in pots by equity when the betting closed.

    Parameters
    ----------
    seats, actions, hands
        Frames of the same hands; ``seats`` has all seats of each.

    Returns
    -------
    pl.DataFrame
        ``seats`` with ``ev_net`` (Float64, minor units) computed anew. In each hand its sum is that of ``net``.

    Notes
    -----
    Folded cards count as unknown, a board that was run twice as one, and bounties and what chips are worth in prizes
    (ICM) are left out. `ev_cases` counts the hands that keep their actual net.

    Raises
    ------
    SchemaError
        A column is missing, ``hands`` lacks a hand, or ``seats`` a seat, or has one twice.
    CardError, EquityError
        The cards of a hand cannot be.

    Examples
    --------
    >>> import pokerlab as pk
    >>> frames = pk.sample.hands(300, seed=1)
    >>> seats = with_ev(frames.seats, frames.actions, frames.hands)
    >>> abs(seats["ev_net"].sum() - seats["net"].sum()) < 1e-6
    True
    """
    found, rows, _ = _of_all_ins(seats, actions, hands)
    result = seats.select(ev_net=(pl.col("collected") - pl.col("contributed")).cast(pl.Float64)).to_series()
    return seats.with_columns(result.scatter(rows, found.shared()[0]))


def ev_cases_by_hand(seats: pl.DataFrame, actions: pl.DataFrame, hands: pl.DataFrame) -> pl.DataFrame:
    """Tell of each hand whether its ``ev_net`` is adjusted, and if not, why: a row a hand, hand_id and case.

    Parameters and errors are as for `with_ev`, the cases as for `ev_cases`.

    Examples
    --------
    >>> import pokerlab as pk
    >>> frames = pk.sample.hands(300, seed=1)
    >>> cases = ev_cases_by_hand(frames.seats, frames.actions, frames.hands)
    >>> frames.where(pl.col("hand_id").is_in(cases.filter(case="adjusted")["hand_id"].implode())).hands.height
    4
    """
    found, _, ids = _of_all_ins(seats, actions, hands)
    kind = pl.Enum(kernel.CASES)
    cases = pl.Series("case", kernel.CASES, kind)[kernel.all_in_pots(found.hands)[0]]
    told = pl.DataFrame([ids, cases])
    ended = pl.when(pl.col("went_to_showdown").any()).then(pl.lit("no_all_in")).otherwise(pl.lit("no_showdown"))
    every = seats.group_by("hand_id", maintain_order=True).agg(other=ended.cast(kind))
    return every.join(told, on="hand_id", how="left", maintain_order="left").select(
        "hand_id", pl.coalesce("case", "other")
    )


def ev_cases(seats: pl.DataFrame, actions: pl.DataFrame, hands: pl.DataFrame) -> pl.DataFrame:
    """Count the hands whose ``ev_net`` is adjusted, and those that keep their actual net, by the reason why.

    Parameters
    ----------
    seats, actions, hands
        Frames of the same hands; ``seats`` has all seats of each.

    Returns
    -------
    pl.DataFrame
        A row a case: ``case``, ``hands`` (how many), ``explanation``.

    Raises
    ------
    SchemaError
        A column is missing, ``hands`` lacks a hand, or ``seats`` a seat, or has one twice.

    Examples
    --------
    >>> import pokerlab as pk
    >>> frames = pk.sample.hands(300, seed=1)
    >>> dict(ev_cases(frames.seats, frames.actions, frames.hands).select("case", "hands").rows())["adjusted"]
    4
    """
    told = pl.DataFrame({"case": list(CASES), "explanation": list(CASES.values())}).cast(
        {"case": pl.Enum(kernel.CASES)}
    )
    counts = ev_cases_by_hand(seats, actions, hands).group_by("case").agg(hands=pl.len().cast(pl.Int64))
    return told.join(counts, on="case", how="left", maintain_order="left").select(
        "case", pl.col("hands").fill_null(0), "explanation"
    )


def _of_all_ins(
    seats: pl.DataFrame, actions: pl.DataFrame, hands: pl.DataFrame
) -> tuple[AllIns, np.ndarray, pl.Series]:
    """Take from frames the hands in which a player at showdown has no chips left: with all others nothing is to do."""
    _need(seats, "seats", SEAT_COLUMNS)
    _need(actions, "actions", ACTION_COLUMNS)
    _need(hands, "hands", HAND_COLUMNS)
    all_in = pl.col("went_to_showdown") & (pl.col("contributed") + pl.col("returned") >= pl.col("stack"))
    ids = seats.filter(all_in)["hand_id"].unique()
    rows = np.flatnonzero(seats["hand_id"].is_in(ids.implode()).to_numpy())
    chosen = seats[rows]
    found, order = AllIns.of_frames(chosen, actions, hands)
    return found, rows[order], chosen["hand_id"][order[found.hands.first_seat[:-1]]]


def _need(frame: pl.DataFrame, table: str, wanted: tuple[str, ...]) -> None:
    if missing := [name for name in wanted if name not in frame.columns]:
        msg = f"ev_net needs the columns {missing} of {table}; the frame has {frame.columns}"
        raise SchemaError(msg)
