"""Strength, category and best five cards of hands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from pokerlab._equity.players import hole_cards
from pokerlab.cards import format_cards, parse_cards
from pokerlab.errors import CardError, quoted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CATEGORIES = (
    (1277, "high card"),
    (4137, "pair"),
    (4995, "two pair"),
    (5853, "three of a kind"),
    (5863, "straight"),
    (7140, "flush"),
    (7296, "full house"),
    (7452, "four of a kind"),
    (7462, "straight flush"),
)
"""The highest strength of each category, and its name."""


@dataclass(frozen=True, slots=True)
class HandRank:
    """How good a hand is.

    Attributes
    ----------
    strength
        1 (seven high) to 7462 (royal flush); higher wins, equal splits, for any number of cards.
    category
        Such as ``"two pair"``.
    best
        The five cards that make it.
    """

    strength: int
    category: str
    best: str


def evaluate(cards: str, board: str = "", game: str = "holdem") -> HandRank:
    """Rank the best five cards of a hand.

    Parameters
    ----------
    cards
        With ``board`` the hole cards, otherwise all five to seven cards.
    board
        Three to five cards; needed for Omaha, where exactly two hole cards play.
    game
        ``holdem``, ``omaha4``, ``omaha5`` or ``omaha6``.

    Raises
    ------
    CardError
        A card is not understood, stands twice, or there are too few or too many.

    Examples
    --------
    >>> evaluate("AhKhQhJhTh2c3d")
    HandRank(strength=7462, category='straight flush', best='AhKhQhJhTh')
    """
    hole, shared = parse_cards(cards), parse_cards(board)
    parse_cards(format_cards(hole + shared))
    size = hole_cards(game)
    if game == "holdem":
        if not 5 <= len(hole) + len(shared) <= 7:
            msg = f"{quoted(cards + board)} has {len(hole) + len(shared)} cards; a hand to rank has 5 to 7"
            raise CardError(msg)
        fives = [list(five) for five in combinations(hole + shared, 5)]
    else:
        if len(hole) != size or not 3 <= len(shared) <= 5:
            msg = f"{quoted(cards)} on {quoted(board)}: {game} has {size} hole cards and a board of 3 to 5"
            raise CardError(msg)
        fives = [[*two, *three] for two in combinations(hole, 2) for three in combinations(shared, 3)]
    strengths = evaluate_many(np.array(fives, np.uint8))
    place = int(strengths.argmax())
    strength = int(strengths[place])
    category = next(name for highest, name in CATEGORIES if strength <= highest)
    return HandRank(strength, category, format_cards(_for_display(fives[place])))


def _for_display(five: list[int]) -> list[int]:
    """Put groups of a rank first, then by height; the ace of a five-high straight goes last."""
    ranks = [card // 4 for card in five]
    shown = sorted(five, key=lambda card: (-ranks.count(card // 4), -card // 4, -card))
    return shown[1:] + shown[:1] if sorted(ranks) == [0, 1, 2, 3, 12] else shown


def evaluate_many(cards: ArrayLike, out: NDArray[np.uint16] | None = None) -> NDArray[np.uint16]:
    """Rank many hands at once.

    Parameters
    ----------
    cards
        Card codes (n, 5), (n, 6) or (n, 7), uint8, all different in a row.
    out
        Array (n,) of uint16 to write into, contiguous.

    Returns
    -------
    (n,) strengths from 1 to 7462, higher wins.

    Raises
    ------
    CardError
        The shape is another, a code is over 51, or a row holds a card twice.

    Examples
    --------
    >>> evaluate_many(np.array([[51, 47, 43, 39, 35], [0, 5, 10, 15, 21]], np.uint8)).tolist()
    [7462, 1]
    """
    from pokerlab_kernels.evaluate import evaluate as fill
    from pokerlab_kernels.evaluate import first_wrong

    given = np.asarray(cards)
    if given.ndim != 2 or given.shape[1] not in (5, 6, 7) or given.dtype.kind not in "iu":
        msg = f"cards of shape {given.shape} and type {given.dtype}: need card codes (n, 5), (n, 6) or (n, 7)"
        raise CardError(msg)
    # A cast alone would turn a wrong code of a wider type into a right one.
    if given.dtype != np.uint8:
        given = np.where((given < 0) | (given > 51), 255, given)
    hands = np.ascontiguousarray(given, np.uint8)
    if (row := first_wrong(hands)) >= 0:
        msg = f"row {row} is {np.asarray(cards)[row].tolist()}: codes are 0 to 51, none twice in a row"
        raise CardError(msg)
    if out is None:
        out = np.empty(len(hands), np.uint16)
    else:
        check_out(out, len(hands))
    fill(hands, out)
    return out


def check_out(out: object, n: int) -> None:
    """Refuse what a kernel cannot write `n` strengths into."""
    fits = isinstance(out, np.ndarray) and out.shape == (n,) and out.dtype == np.uint16
    if not fits or not out.flags.c_contiguous or not out.flags.writeable:  # type: ignore[attr-defined]
        given = f"has shape {out.shape} and type {out.dtype}" if isinstance(out, np.ndarray) else f"is {quoted(out)}"
        msg = f"out {given}: need a writable, contiguous uint16 array ({n},)"
        raise CardError(msg)
