"""Lists of Omaha hands, as masks of cards with weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels.deals import mask_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

BITS = np.array([mask_of([card]) for card in range(52)])
"""(52,) the bit of each card in a mask: 16 * suit + rank."""


class Hands(NamedTuple):
    """Hands, none twice: `masks` (n,) of their cards and `weights` (n,) above 0."""

    masks: NDArray[np.uint64]
    weights: NDArray[np.float64]

    def cards(self) -> NDArray[np.uint8]:
        """Give the codes of the cards: (n, cards of a hand)."""
        return cards_of(self.masks)

    def beside(self, blocked: np.uint64) -> Hands:
        """Leave out the hands that hold a blocked card."""
        free = self.masks & blocked == 0
        return Hands(self.masks[free], self.weights[free])


def cards_of(masks: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Give the codes of the cards in masks that all hold as many: (n, cards)."""
    left, columns = masks.copy(), []
    while len(left) and left[0]:
        low = left & (~left + np.uint64(1))
        place = np.log2(low.astype(np.float64)).astype(np.uint8)  # exact: a power of two
        columns.append(place % 16 * 4 + place // 16)
        left ^= low
    return np.column_stack(columns) if columns else np.zeros((0, 4), np.uint8)


def with_any(masks: NDArray[np.uint64], count: int, cards: Iterable[int] = range(52)) -> NDArray[np.uint64]:
    """Add `count` of some cards to each mask, in every way that gives no card twice."""
    bits = BITS[list(cards)]
    # Masks stay in the order of the last card added: those that card `place` may be added to are the first so many.
    stops = np.full(len(bits), len(masks))
    for _ in range(count):
        parts = [masks[:0]]
        for bit, stop in zip(bits, stops, strict=True):
            before = masks[:stop]
            parts.append(before[before & bit == 0] | bit)
        masks = np.concatenate(parts)
        stops = np.cumsum([len(part) for part in parts])[:-1]
    return masks
