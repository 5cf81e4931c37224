"""Equity of the known hands of a finished hand, exact, after each step that changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pokerlab.cards import parse_cards

if TYPE_CHECKING:
    from collections.abc import Sequence

    Spot = tuple[tuple[str, ...], tuple[str, ...], str]

_SIZES = {"holdem": 2, "omaha4": 4, "omaha5": 5}
_MOST = 10


def add_equities(steps: Sequence[dict[str, Any]], game: str) -> None:
    """Add ``equity`` to each step: by seat the share of the pot of a live, known hand, else None.

    It is among the known hands alone: live players whose cards are unknown are left out, and known cards that were
    folded cannot come. None of a step has one where fewer than two hands are known, or the game has no common board.
    """
    spots = [_spot(step, _SIZES.get(game, 0)) for step in steps]
    wanted = dict.fromkeys(spot for spot in spots if spot is not None)
    shares = dict(zip(wanted, _shares(list(wanted)), strict=True))
    for step, spot in zip(steps, spots, strict=True):
        step["equity"] = [None] * len(step["cards"])
        if spot is not None:
            places = _known(step, len(spot[0][0]) // 2, live=True)
            for place, share in zip(places, shares[spot], strict=True):
                step["equity"][place] = round(share, 5)


def _known(step: dict[str, Any], size: int, *, live: bool) -> list[int]:
    return [
        place
        for place, cards in enumerate(step["cards"])
        if step["live"][place] is live and len(cards) == 2 * size and "?" not in cards
    ]


def _spot(step: dict[str, Any], size: int) -> Spot | None:
    """Give what equity depends on: hands, folded hands and the board; None where there is none."""
    live, folded = (tuple(step["cards"][n] for n in _known(step, size, live=live)) for live in (True, False))
    return (live, folded, step["board"]) if size and len(live) >= 2 and len(live) + len(folded) <= _MOST else None


def _shares(spots: Sequence[Spot]) -> list[list[float]]:
    """Compute all spots in one call; it imports the kernels, which take a moment."""
    if not spots:
        return []
    import numpy as np

    from pokerlab._equity import allin_equities

    size = len(spots[0][0][0]) // 2
    holes = np.full((len(spots), _MOST, size), 255, np.uint8)
    boards = np.full((len(spots), 5), 255, np.uint8)
    for row, (live, folded, board) in enumerate(spots):
        holes[row, : len(live) + len(folded)] = [parse_cards(hand) for hand in (*live, *folded)]
        boards[row, : len(board) // 2] = parse_cards(board)
    n_live = np.array([len(live) for live, _, _ in spots])
    n_known = np.array([len(live) + len(folded) for live, folded, _ in spots])
    shares = allin_equities(holes, n_live, boards, n_known=n_known)
    return [row[:n].tolist() for row, n in zip(shares, n_live.tolist(), strict=True)]
