"""Ranges of Omaha hands: ``"AAxx, JT98ds@0.5"`` to weighted combinations, by a strict grammar.

======================  ============================================================================================
``KKQQ`` ``JT98``       ranks, as many as a hand has cards
``AAxx`` ``AA**``       ``x`` or ``*`` is any card
``AsAhKxxx`` ``Asxsxx`` cards, and ``xs``, any card of a suit (here: a suited ace of spades)
``JT98ds`` ``AAxx$ss``  how many suits have two or more of the cards: ``ds`` two or more, ``ss`` one, ``rb`` none
``$ds``                 any hand with those suits
``random``              all hands; also ``any``, ``*`` and ``xx``
``AAxx@0.5`` ``-KKxx``  weights, groups ``[50]..[/50]`` and exclusions as in hold'em ranges (`pokerlab.ranges`)
======================  ============================================================================================

Tokens are separated by commas, blanks or line breaks.
"""

from __future__ import annotations

import re
from collections import Counter
from math import comb
from typing import TYPE_CHECKING, cast

import numpy as np

from pokerlab._range_text import ALL_WORDS, Reader
from pokerlab.cards import RANKS, SUITS
from pokerlab.errors import RangeError, quoted
from pokerlab_kernels.omaha_hands import Hands, with_any

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIZES = (4, 5, 6)
_CARDS = re.compile(r"((?:[2-9TJQKAX*][CDHS]?)*?)(?:\$?(DS|SS|RB))?")
_CARD = re.compile(r"([2-9TJQKAX*])([CDHS]?)")
_SUITED = {"DS": (2, 3), "SS": (1, 1), "RB": (0, 0)}


def _options(rank: str, suit: str) -> tuple[int, ...]:
    """Give the cards that a part of a token may be."""
    ranks = range(13) if rank in "X*" else [RANKS.index(rank)]
    suits = range(4) if not suit else [SUITS.index(suit.lower())]
    return tuple(4 * one + other for one in ranks for other in suits)


def _masks(parts: list[tuple[str, str]], suited: str | None) -> NDArray[np.uint64]:
    """List the hands whose cards fit the parts, one for each."""
    groups = sorted(Counter(_options(*part) for part in parts).items(), key=lambda group: len(group[0]))
    masks = np.zeros(1, np.uint64)
    for options, count in groups:  # the widest last, so that each step before stays small
        masks = with_any(masks, count, options)
        if len(groups) > 1:
            masks = np.unique(masks)
    return masks if suited is None else masks[_has_suits(masks, *_SUITED[suited])]


def _has_suits(masks: NDArray[np.uint64], fewest: int, most: int) -> NDArray[np.bool_]:
    """Tell which hands have so many suits with two or more cards."""
    pairs = np.zeros(len(masks), np.uint8)
    for suit in range(4):
        pairs += np.bitwise_count(masks & np.uint64(0xFFFF << 16 * suit)) >= 2
    found: NDArray[np.bool_] = (pairs >= fewest) & (pairs <= most)
    return found


class _OmahaReader(Reader):
    """Reads Omaha hands as masks of cards; None stands for all hands, which are listed only where they must be."""

    def __init__(self, text: str, cards: int) -> None:
        super().__init__(text)
        self.cards = cards
        self.steps: list[tuple[NDArray[np.uint64] | None, float]] = []
        self.excluded: list[NDArray[np.uint64]] = []

    def hands(self, text: str) -> NDArray[np.uint64] | str | None:
        upper = text.upper() if text.isascii() else "?"
        if upper in ALL_WORDS or upper.replace("*", "X") == "X" * self.cards:
            return None
        match = _CARDS.fullmatch(upper)
        if match is None:
            return f"{quoted(text)} is not understood; write hands such as {self.example()}"
        parts = cast("list[tuple[str, str]]", _CARD.findall(match[1]))
        if upper.startswith("$"):
            parts = [("X", "")] * self.cards
        if len(parts) != self.cards:
            hands = f"a hand has {self.cards}; write hands such as {self.example()}"
            return f"{quoted(text)} names {len(parts)} cards where {hands}"
        masks = _masks(parts, match[2])
        return masks if len(masks) else f"{quoted(text)} is no hand of {self.cards} cards from one deck"

    def example(self) -> str:
        any_cards = "x" * (self.cards - 4)
        return f"'AAxx{any_cards}', 'JT98{any_cards}ds', '$ds' or 'random'"

    def put(self, found: NDArray[np.uint64] | None, weight: float) -> None:
        if found is None:
            self.steps.clear()
        self.steps.append((found, weight))

    def leave_out(self, found: NDArray[np.uint64] | None) -> None:
        self.excluded.append(_every(self.cards) if found is None else found)

    def read(self) -> Hands | None:
        """Give the hands, or None for all with one weight."""
        self.walk()
        if len(self.steps) == 1 and self.steps[0][0] is None and self.steps[0][1] and not self.excluded:
            return None
        masks, weights = self._merged()
        kept = weights > 0
        if self.excluded:
            kept &= ~np.isin(masks, np.concatenate(self.excluded))
        if not kept.any():
            self.refuse_empty("AAxx" + "x" * (self.cards - 4))
        return Hands(masks[kept], weights[kept])

    def _merged(self) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
        """Give each hand once, with the last weight that it was given."""
        steps = [(_every(self.cards) if masks is None else masks, weight) for masks, weight in reversed(self.steps)]
        masks = np.concatenate([np.zeros(0, np.uint64), *(masks for masks, _ in steps)])
        weights = np.concatenate([np.zeros(0), *(np.full(len(masks), weight) for masks, weight in steps)])
        if len(steps) < 2:
            return masks, weights
        masks, first = np.unique(masks, return_index=True)  # the first of each
        return masks, weights[first]


def _every(cards: int) -> NDArray[np.uint64]:
    return with_any(np.zeros(1, np.uint64), cards)


class OmahaRange:
    """Weighted Omaha hands.

    Parameters
    ----------
    text
        Tokens as in the table of this module, such as ``"AAxx, JT98ds@0.5"``.
    cards
        Hole cards of a hand: 4, 5 or 6.

    Raises
    ------
    RangeError
        A token is not understood, or no hand is left; it carries the token and its column.

    Examples
    --------
    >>> OmahaRange("AAxx").combos
    6961.0
    >>> OmahaRange("AAKKds, 7766@0.5").combos
    24.0
    """

    __slots__ = ("_hands", "_text", "_weight", "cards")

    def __init__(self, text: str, cards: int = 4) -> None:
        if not isinstance(text, str):
            msg = f"{quoted(text)} is not a text; write a range such as 'AAxx, JT98ds'"
            raise RangeError(msg)
        if not isinstance(cards, int) or cards not in SIZES:
            msg = f"{quoted(cards)} cards are no Omaha hand; a hand has 4, 5 or 6"
            raise RangeError(msg)
        reader = _OmahaReader(text, cards)
        self.cards = cards
        self._hands = reader.read()
        self._weight = reader.steps[0][1]
        self._text = text

    def listed(self) -> Hands | None:
        """Give masks and weights of the hands for the kernels; None where the range is all hands alike."""
        return self._hands

    def _every_hand(self) -> Hands:
        if self._hands is not None:
            return self._hands
        masks = _every(self.cards)
        return Hands(masks, np.full(len(masks), self._weight))

    @property
    def hands(self) -> NDArray[np.uint8]:
        """(n, cards) card codes of the hands; all 20 million of ``random`` with six cards take a few seconds."""
        return self._every_hand().cards()

    @property
    def weights(self) -> NDArray[np.float64]:
        """(n,) weights of `hands`, above 0 and at most 1."""
        return self._every_hand().weights.copy()

    @property
    def combos(self) -> float:
        """Sum of the weights: the number of hands where all weights are 1."""
        return comb(52, self.cards) * self._weight if self._hands is None else float(self._hands.weights.sum())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OmahaRange) or self.cards != other.cards or self.combos != other.combos:
            return False
        (mine, weights), (theirs, other_weights) = self._every_hand(), other._every_hand()
        order, other_order = np.argsort(mine), np.argsort(theirs)
        return np.array_equal(mine[order], theirs[other_order]) and np.array_equal(
            weights[order], other_weights[other_order]
        )

    def __hash__(self) -> int:
        return hash((self.cards, self.combos))

    def __reduce__(self) -> tuple[Callable[[str, int], OmahaRange], tuple[str, int]]:
        return OmahaRange, (self._text, self.cards)

    def __str__(self) -> str:
        """Give the text that the range was read from."""
        return self._text

    def __repr__(self) -> str:
        return f"OmahaRange({self._text!r}, cards={self.cards})"
