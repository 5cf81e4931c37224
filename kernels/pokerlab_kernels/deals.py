"""Which hole cards several players can hold together: joint rows of combinations, merged up to suits."""

from __future__ import annotations

from functools import cache
from itertools import combinations, permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import _jit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

COMBOS = np.array(list(combinations(range(52), 2)), np.uint8)
"""(1326, 2) the two cards of each combination, in the order that weights of ranges have."""

_INDEX = np.zeros((52, 52), np.int64)
_INDEX[COMBOS[:, 0], COMBOS[:, 1]] = _INDEX[COMBOS[:, 1], COMBOS[:, 0]] = np.arange(len(COMBOS))


def mask_of(cards: Iterable[int]) -> np.uint64:
    """Give the mask of some cards, bit 16 * suit + rank."""
    return np.uint64(sum(1 << (16 * (card % 4) + card // 4) for card in cards))


MASKS = np.array([mask_of(pair) for pair in COMBOS.tolist()])
"""(1326,) the mask of cards of each combination."""


@cache
def renamings() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the 24 ways to rename suits, the identity first: of cards (24, 52), and of combinations (24, 1326)."""
    suits = np.array(list(permutations(range(4))))
    cards = np.arange(52) // 4 * 4 + suits[:, np.arange(52) % 4]
    combos = _INDEX[cards[:, COMBOS[:, 0]], cards[:, COMBOS[:, 1]]]
    for array in (cards, combos):
        array.flags.writeable = False
    return cards, combos


def symmetries(ranges: Sequence[NDArray[np.float64]], *fixed: Sequence[int]) -> NDArray[np.int64]:
    """Give the places in `renamings` that leave the weights of all ranges and each set in `fixed` as they are."""
    cards, combos = renamings()
    keep = np.ones(len(cards), bool)
    for group in fixed:
        keep &= (np.sort(cards[:, list(group)], axis=1) == sorted(group)).all(axis=1)
    for weights in ranges:
        keep[keep] = (weights[combos[keep]] == weights).all(axis=1)
    return np.flatnonzero(keep)


class Rows(NamedTuple):
    """Joint holdings: `combos` (n, players) places in `COMBOS`, `weights` (n,) the product of the players' weights."""

    combos: NDArray[np.int64]
    weights: NDArray[np.float64]


@_jit.kernel(counted=False)
def _list_fitting(
    masks: NDArray[np.uint64],
    own: NDArray[np.uint64],
    limit: int,
    lefts: NDArray[np.int32],
    rights: NDArray[np.int32],
) -> int:
    """List the places of two masks without a shared card; give their number, or one over the limit."""
    found = 0
    for left in range(len(masks)):
        if found > limit:
            break
        for right in range(len(own)):
            lefts[found], rights[found] = left, right
            found += not masks[left] & own[right]
    return found


def join(ranges: Sequence[NDArray[np.float64]], blocked: np.uint64, limit: int) -> Rows | None:
    """List all holdings of `ranges` (1326,) without a shared or blocked card, or give None beyond `limit` rows."""
    combos, weights, masks = np.zeros((1, 0), np.int64), np.ones(1), np.array([blocked])
    for own in ranges:
        live = np.flatnonzero(own)
        room = min(len(masks) * len(live), limit + len(live))
        lefts, rights = np.empty(room, np.int32), np.empty(room, np.int32)
        found = _list_fitting(masks, MASKS[live], limit, lefts, rights)
        if found > limit:
            return None
        left, right = lefts[:found], live[rights[:found]]
        combos = np.column_stack([combos[left], right])
        weights = weights[left] * own[right]
        masks = masks[left] | MASKS[right]
    return Rows(combos, weights)


def merge_suits(rows: Rows, *fixed: Sequence[int]) -> Rows:
    """Keep one row of those that only renamed suits tell apart, with their summed weight.

    Only renamings that leave each set of cards in `fixed` (the board, the dead cards) as it is are used.
    """
    n_players = rows.combos.shape[1]
    # The rows are compared as numbers of base 1326, of which six digits fit into 63 bits.
    if n_players > 6 or len(rows.weights) < 2:
        return rows
    digits = len(COMBOS) ** np.arange(n_players)
    best = rows.combos @ digits
    for renamed in renamings()[1][symmetries((), *fixed)]:
        best = np.minimum(best, renamed[rows.combos] @ digits)
    kept, place = np.unique(best, return_inverse=True)
    return Rows(kept[:, None] // digits % len(COMBOS), np.bincount(place, rows.weights, len(kept)).astype(np.float64))
