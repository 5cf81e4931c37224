"""All ways to complete a board, one for each set of those that renamed suits turn into one another."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import _jit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@_jit.kernel()
def _extend(
    cards: NDArray[np.uint8],
    images: NDArray[np.uint64],
    free: NDArray[np.uint8],
    bits: NDArray[np.uint64],
    more_cards: NDArray[np.uint8],
    more_images: NDArray[np.uint64],
    counts: NDArray[np.float64],
) -> int:
    """Add each higher card to each row of `cards` (n, k), and keep the rows that no renaming makes smaller.

    `bits` (g, 52) is the bit of each card under each renaming, smaller cards having higher ones, so that of two sets of
    cards the smaller has the greater mask; `images` (n, g) are the masks of a row. The first k cards of a smallest set
    are a smallest set, so none is lost. `more_images` may be empty, if they are not needed any more.
    """
    n, size = 0, cards.shape[1]
    for row in range(len(cards)):
        for card in free:
            if size and card <= cards[row, size - 1]:
                continue
            own = images[row, 0] | bits[0, card]
            fixed = 0
            for renaming in range(len(bits)):
                image = images[row, renaming] | bits[renaming, card]
                if image > own:
                    fixed = 0
                    break
                fixed += image == own
            if fixed:
                for place in range(size):
                    more_cards[n, place] = cards[row, place]
                more_cards[n, size] = card
                counts[n] = len(bits) / fixed
                if len(more_images):
                    for renaming in range(len(bits)):
                        more_images[n, renaming] = images[row, renaming] | bits[renaming, card]
                n += 1
    return n


def complete(
    board: list[int], dead: list[int], renamings: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """List the ways to complete a board up to renamed suits: (n, 5) cards, and how many each stands for.

    Parameters
    ----------
    board, dead
        Card codes.
    renamings
        (g, 52) what each card becomes; a group of renamings, the identity first, that keep `board` and `dead`.
    """
    if len(board) == 5:
        return np.array([board], np.uint8), np.ones(1)
    free = np.array([card for card in range(52) if card not in board and card not in dead], np.uint8)
    bits = np.uint64(1) << (63 - renamings).astype(np.uint64)
    cards, counts = np.zeros((1, 0), np.uint8), np.ones(1)
    images = np.zeros((1, len(renamings)), np.uint64)
    left = 5 - len(board)
    for size in range(1, left + 1):
        most = min(len(cards) * len(free), comb(len(free), size))
        more_cards, counts = np.empty((most, size), np.uint8), np.empty(most)
        more_images = np.empty((most if size < left else 0, len(renamings)), np.uint64)
        n = _extend(cards, images, free, bits, more_cards, more_images, counts)
        cards, images, counts = more_cards[:n], more_images[:n], counts[:n]
    known = np.tile(np.array(board, np.uint8), (len(cards), 1))
    return np.hstack([known, cards]), counts
