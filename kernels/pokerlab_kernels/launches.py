"""Exact counts of many rows, a launch after the other, so that between two of them somebody may end the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pokerlab_kernels.deals import mask_of
from pokerlab_kernels.enumerate import MAX_PLAYERS, NO_CARD

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Tick = Callable[[float], None]
    Totals = NDArray[np.int64] | NDArray[np.float64]
    Tally = Callable[..., None]

SHARES = np.array([0.0, *(1 / k for k in range(1, MAX_PLAYERS + 1))])
"""What one of k best gets of the pot, at k."""


def totals_of(
    tally: Tally,
    holes_of: Callable[[slice], NDArray[np.uint8]],
    n_players: int,
    weights: Totals,
    board: list[int],
    dead: list[int],
    step: int,
    tick: Tick,
    threads: int | None,
) -> Totals:
    """Sum up rows by their weights (n,), `step` of them a launch: (players, 11), of the type of the weights.

    `tally` is that of `enumerate` or `omaha_enumerate`, `holes_of` gives the hole cards of some of the rows, and `tick`
    is called after each launch with the share that is done.
    """
    n = len(weights)
    codes = np.array(board + [NO_CARD] * (5 - len(board)), np.uint8)
    totals: Any = np.zeros((n_players, MAX_PLAYERS + 1), weights.dtype)
    for start in range(0, n, step):
        part = slice(start, min(start + step, n))
        out = np.zeros((part.stop - start, MAX_PLAYERS, MAX_PLAYERS + 1), np.int64)
        boards = np.broadcast_to(codes, (len(out), 5)).copy()
        tally(holes_of(part), np.full(len(out), n_players), boards, mask_of(dead), out, threads)
        totals = totals + np.einsum("r,rpk->pk", weights[part], out[:, :n_players])
        tick(part.stop / n)
    return totals


def shares_of(
    tally: Tally,
    step_of: Callable[[int], int],
    rows: NDArray[np.int64],
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: NDArray[np.uint64],
    threads: int | None,
) -> NDArray[np.float64]:
    """Give the share of the pot of each player of some rows: (rows, 10).

    `step_of` says how many rows are a launch, from the number of cards to come; the rest is as for `tally`.
    """
    shares = np.zeros((len(rows), MAX_PLAYERS))
    to_come = (boards[rows] == NO_CARD).sum(axis=1)
    for left in np.unique(to_come).tolist():
        alike, step = np.flatnonzero(to_come == left), step_of(left)
        for start in range(0, len(alike), step):
            places = alike[start : start + step]
            part = rows[places]
            out = np.zeros((len(part), MAX_PLAYERS, MAX_PLAYERS + 1), np.int64)
            tally(holes[part], n_players[part], boards[part], dead[part], out, threads)
            won = out @ SHARES
            shares[places] = won / won.sum(axis=1, keepdims=True)
    return shares
