"""Exact equity of the hands in a frame, all rows in one call."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab._equity.players import check_limits
from pokerlab._equity.shares import MAX_PLAYERS, allin_equities
from pokerlab.cards import DECK
from pokerlab.errors import CardError, EquityError, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CODES = {
    spelled: code
    for code, card in enumerate(DECK)
    for spelled in map("".join, product(*zip(card.lower(), card.upper(), strict=True)))
}
_NO_CARD = 255
_UNKNOWN = 254


def equity_frame(
    frame: pl.DataFrame, players: Sequence[str], board: str | None = None, *, threads: int | None = None
) -> pl.DataFrame:
    """Add the exact equity of each player to a frame of hold'em hands.

    Parameters
    ----------
    frame
        One pot a row.
    players
        Two to ten columns of hole cards, such as ``"AsKd"``; null or empty for a player who is not in the pot.
    board
        The column of boards of 0, 3, 4 or 5 cards, null or empty before the flop; none when all are before the flop.
    threads
        At most so many.

    Returns
    -------
    The frame with a column ``equity_<column>`` for each player: share of the pot from 0 to 1, null where the player is
    not in it, 1 for a player alone.

    Raises
    ------
    CardError
        A card is not understood, or a row holds one twice.
    EquityError
        A column is missing or is not text, or a number of cards is wrong.

    Examples
    --------
    >>> pots = pl.DataFrame({"hero": ["AsAh", "9h8h"], "villain": ["KsKh", "AsAd"], "board": [None, "Th7c2d"]})
    >>> equity_frame(pots, ["hero", "villain"], "board")["equity_hero"].round(4).to_list()
    [0.8264, 0.3687]
    """
    check_limits(1, None, None, threads)
    if not isinstance(frame, pl.DataFrame):
        msg = f"{type(frame).__name__} is not a DataFrame; collect or convert it first"
        raise EquityError(msg)
    names = list(players) if isinstance(players, Iterable) and not isinstance(players, str) else []
    if not 2 <= len(names) <= MAX_PLAYERS or names != list(dict.fromkeys(map(str, names))):
        msg = f"players {quoted(players)}: name 2 to {MAX_PLAYERS} different columns of hole cards"
        raise EquityError(msg)
    held = np.stack([card_codes(frame, name, (0, 2)) for name in names], axis=1)
    boards = np.full((len(frame), 5), _NO_CARD, np.uint8) if board is None else card_codes(frame, board, (0, 3, 4, 5))
    _refuse_repeats(np.hstack([held.reshape(len(frame), 2 * len(names)), boards]))
    shares = _shares(held, boards, threads)
    return frame.with_columns(
        pl.Series(f"equity_{name}", column, nan_to_null=True) for name, column in zip(names, shares.T, strict=True)
    )


def card_codes(frame: pl.DataFrame, name: str, sizes: tuple[int, ...]) -> NDArray[np.uint8]:
    """Turn a column of card text into codes (n, most cards), 255 where there is none."""
    if (
        not isinstance(name, str)
        or name not in frame.columns
        or frame.schema[name] not in (pl.String, pl.Null, pl.Categorical, pl.Enum)
    ):
        kind = frame.schema.get(name) if isinstance(name, str) else None
        why = f"is not in the frame, whose columns are {frame.columns}" if kind is None else f"is {kind}, not text"
        msg = f"column {quoted(name)} {why}"
        raise EquityError(msg)
    texts = frame[name].cast(pl.String)
    packed = texts.fill_null("").str.replace_all(r"\s", "")
    length = packed.str.len_chars()
    codes = [
        packed.str.slice(2 * place, 2).replace_strict(_CODES | {"": _NO_CARD}, default=_UNKNOWN, return_dtype=pl.UInt8)
        for place in range(max(sizes))
    ]
    found = np.column_stack([column.to_numpy() for column in codes])
    _refuse(texts, name, (found == _UNKNOWN).any(axis=1), "holds what is not a card; cards are such as 'As'", CardError)
    wrong = ~length.is_in([2 * size for size in sizes]).to_numpy()
    *most, last = map(str, sizes)
    _refuse(texts, name, wrong, f"needs {', '.join(most)} or {last} cards", EquityError)
    return found


def _refuse(texts: pl.Series, name: str, wrong: NDArray[np.bool_], why: str, error: type[Exception]) -> None:
    if wrong.any():
        row = int(wrong.argmax())
        msg = f"row {row}: {quoted(texts[row])} in column {name!r} {why}"
        raise error(msg)


def _refuse_repeats(cards: NDArray[np.uint8]) -> None:
    ordered = np.sort(cards, axis=1)
    same = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != _NO_CARD)
    if same.any():
        row, place = (int(found[0]) for found in np.nonzero(same))
        msg = f"row {row}: {DECK[ordered[row, place]]} stands twice among the hands and the board"
        raise CardError(msg)


def _shares(held: NDArray[np.uint8], boards: NDArray[np.uint8], threads: int | None) -> NDArray[np.float64]:
    """Give each player's share, NaN without a hand; the kernels want those with a hand first."""
    has = held[:, :, 0] != _NO_CARD
    order = np.argsort(~has, axis=1, kind="stable")
    rows = np.flatnonzero(has.any(axis=1))
    holes = np.full((len(rows), MAX_PLAYERS, 2), _NO_CARD, np.uint8)
    holes[:, : held.shape[1]] = np.take_along_axis(held, order[:, :, None], axis=1)[rows]
    found = allin_equities(holes, has.sum(axis=1)[rows], boards[rows], threads)
    shares = np.full(has.shape, np.nan)
    shares[rows[:, None], order[rows]] = found[:, : held.shape[1]]
    return np.where(has, shares, np.nan)
