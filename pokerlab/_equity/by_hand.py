"""Equity of each hand of a range."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from pokerlab._equity.players import _player_range, check_compatible, check_limits, read_cards, read_ranges
from pokerlab._equity.shares import MAX_PLAYERS, _ticker, equity
from pokerlab.cards import DECK
from pokerlab.errors import EquityError
from pokerlab.ranges import COMBOS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pokerlab._equity.shares import Equity, _Cancel, _Progress
    from pokerlab.ranges import Range

HANDS = np.array([DECK[high] + DECK[low] for low, high in COMBOS])
"""The 1326 combinations as text, the higher card first, in the order of `Range.weights`."""


def equity_by_hand(
    range: str | Range,  # noqa: A002
    *others: str | Range,
    board: str = "",
    dead: str = "",
    method: str = "auto",
    tolerance: float = 0.001,
    seed: int | None = None,
    max_samples: int | None = None,
    threads: int | None = None,
    progress: _Progress = None,
    cancel: _Cancel = None,
) -> pl.DataFrame:
    """Give the equity of each combination of a range against one or more others.

    Against one other player the result is exact and takes about as long as `equity` of the two ranges. Against several,
    each hand that suits tell apart is a question of its own to `equity`.

    Parameters
    ----------
    range
        Hole cards, range text or a `Range`.
    others
        One to nine other players, in the same forms.
    board, dead
        The board of 0, 3, 4 or 5 cards; cards that cannot come.
    method, tolerance, seed, max_samples
        As for `equity`, against several players only.
    threads, progress, cancel
        As for `equity`.

    Returns
    -------
    A row for each combination that the board and dead cards leave possible, in the order of `Range.weights`: ``hand``;
    ``weight``, as the range has it; ``equity``, ``win`` and ``tie``, shares from 0 to 1, null where all hands of the
    others share a card with this one. Against several players also ``stderr`` of the equity, 0 where it is exact.

    Raises
    ------
    CardError, RangeError
        A text is not understood.
    EquityError
        The players, board and dead cards cannot go together, or the work was cancelled.

    Examples
    --------
    >>> equity_by_hand("AsAh,7c6c", "KK", board="Ks7d2c").select("hand", "weight", pl.col("equity").round(4)).rows()
    [('7c6c', 1.0, 0.0374), ('AsAh', 1.0, 0.0859)]
    """
    players = (range, *others)
    if not 2 <= len(players) <= MAX_PLAYERS:
        msg = f"{len(players)} players; equity_by_hand takes a range and 1 to {MAX_PLAYERS - 1} others"
        raise EquityError(msg)
    check_limits(tolerance, seed, max_samples, threads)
    shared, gone = read_cards(board, dead)
    ranges = read_ranges(players, shared, gone)
    tick = _ticker(progress, cancel)
    check_compatible(ranges, tuple(map(str, players)), tick)
    tick(0.0)
    places = np.flatnonzero(ranges[0])
    if len(others) == 1:
        from pokerlab_kernels import solve

        columns: dict[str, Any] = _shares(solve.each_hand(ranges, shared, gone, tick, threads))
    else:

        def ask(place: int) -> Equity:
            return equity(
                str(HANDS[place]),
                *others,
                board=board,
                dead=dead,
                method=method,
                tolerance=tolerance,
                seed=seed,
                max_samples=max_samples,
                threads=threads,
                cancel=cancel,
            )

        seed = secrets.randbits(63) if seed is None else seed
        columns = _asked(places, ranges[1:], shared, gone, ask, tick)
    return pl.DataFrame({"hand": HANDS[places], "weight": _player_range(range).weights[places]} | columns)


def _shares(sums: NDArray[np.float64]) -> dict[str, pl.Series]:
    """Turn what each hand beats, ties and meets into shares, null where it meets nothing."""
    win, tie, met = pl.DataFrame(sums, ["win", "tie", "met"], orient="row")
    met = met.replace(0.0, None)
    return {"equity": (win + tie / 2) / met, "win": win / met, "tie": tie / met}


def _meets(place: int, others: list[NDArray[np.float64]]) -> bool:
    try:
        check_compatible([np.eye(1, len(COMBOS), place)[0], *others], (), lambda _: None)
    except EquityError:
        return False
    return True


def _asked(
    places: NDArray[np.int64],
    others: list[NDArray[np.float64]],
    board: list[int],
    dead: list[int],
    ask: Callable[[int], Equity],
    tick: Callable[[float], None],
) -> dict[str, list[float | None]]:
    """Ask once for all hands that renamed suits turn into one another."""
    from pokerlab_kernels.deals import renamings, symmetries

    first = renamings()[1][symmetries(others, board, dead)][:, places].min(axis=0)
    needed = np.unique(first).tolist()
    found: dict[int, Equity | None] = {}
    for place in needed:
        found[place] = ask(place) if _meets(place, others) else None
        tick(len(found) / len(needed))
    results = [found[place] for place in first.tolist()]
    return {
        name: [None if result is None else getattr(result, name)[0] for result in results]
        for name in ("equity", "win", "tie", "stderr")
    }
