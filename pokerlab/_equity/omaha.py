"""Strength of many Omaha hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab._equity.hands import check_out
from pokerlab._equity.shares import MAX_PLAYERS, allin_equities, equity
from pokerlab.errors import CardError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def _codes(name: str, cards: ArrayLike, sizes: tuple[int, ...]) -> NDArray[np.uint8]:
    """Check the shape of card codes; a wrong code of any type becomes 255."""
    given = np.asarray(cards)
    if given.ndim != 2 or given.shape[1] not in sizes or given.dtype.kind not in "iu":
        shapes = ", ".join(f"(n, {size})" for size in sizes)
        msg = f"{name} of shape {given.shape} and type {given.dtype}: need card codes {shapes}"
        raise CardError(msg)
    # A cast alone would turn a wrong code of a wider type into a right one.
    return np.where((given < 0) | (given > 51), 255, given).astype(np.uint8)


def evaluate_omaha(hole: ArrayLike, board: ArrayLike, out: NDArray[np.uint16] | None = None) -> NDArray[np.uint16]:
    """Rank many Omaha hands at once: the best of two hole cards with three of the board.

    Parameters
    ----------
    hole
        Card codes (n, 4), (n, 5) or (n, 6).
    board
        Card codes (n, 3), (n, 4) or (n, 5); all different in a row and from the hole cards.
    out
        Array (n,) of uint16 to write into, contiguous.

    Returns
    -------
    (n,) strengths from 1 to 7462, higher wins, on the scale of `evaluate_many`.

    Raises
    ------
    CardError
        The shapes do not fit, a code is over 51, or a row holds a card twice.

    Examples
    --------
    >>> from pokerlab.cards import parse_cards
    >>> hole, board = parse_cards("AhKsQdJc"), parse_cards("Th9h8h7h2c")
    >>> evaluate_omaha([hole], [board]).tolist() == [evaluate_omaha([hole], [board[:3]]).item()]
    True
    """
    from pokerlab_kernels.evaluate import first_wrong
    from pokerlab_kernels.omaha import evaluate as fill

    holes, boards = _codes("hole", hole, (4, 5, 6)), _codes("board", board, (3, 4, 5))
    if len(holes) != len(boards):
        msg = f"hole has {len(holes)} rows and board {len(boards)}: need a board for each hand"
        raise CardError(msg)
    if (row := first_wrong(np.hstack([holes, boards]))) >= 0:
        given = f"{np.asarray(hole)[row].tolist()} on {np.asarray(board)[row].tolist()}"
        msg = f"row {row} is {given}: codes are 0 to 51, none twice in a row"
        raise CardError(msg)
    if out is None:
        out = np.empty(len(holes), np.uint16)
    else:
        check_out(out, len(holes))
    fill(holes, boards, out)
    return out


def warm_up_omaha() -> None:
    """Compile all that Omaha equity can need, or load it from the cache; one thread and many are compiled apart."""
    cards = np.tile(np.arange(9, dtype=np.uint8), (20_000, 1))
    evaluate_omaha(cards[:1, :4], cards[:1, 4:])
    evaluate_omaha(cards[:, :4], cards[:, 4:])
    holes = np.full((1, MAX_PLAYERS, 4), 255, np.uint8)
    holes[0, :2] = np.arange(8).reshape(2, 4)
    allin_equities(holes, np.array([2]), np.full((1, 5), 255, np.uint8))
    for threads in (None, 1):
        for method in ("exact", "monte_carlo"):
            equity(
                "AsAhKsKh", "QsQhJsJh,QQJJ@0.5", game="omaha4", method=method, max_samples=1, seed=0, threads=threads
            )
