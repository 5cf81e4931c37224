"""Simulated hands as the frames of a user's own hands: the only part of the simulator that computes statistics."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pokerlab.sample.files import HERO, play

if TYPE_CHECKING:
    from datetime import datetime

    from pokerlab.frames import HandFrames


def hands(
    n: int = 10_000, seed: int = 0, *, game: str = "cash", hero: str = HERO, start: datetime | None = None
) -> HandFrames:
    """Simulate hands and give their frames at once, with the columns of all statistics: nothing is written or parsed.

    Parameters
    ----------
    n
        How many hands.
    seed, game, hero, start
        As for `write`.

    Returns
    -------
    HandFrames
        Columns as `Truth` describes them, but with ``ev_net``; ``rejects`` is empty, and ``source`` is the file name
        that `write` would have used. Behind them are the columns of statistics that the simulator has no truth of.

    Examples
    --------
    >>> frames = hands(40, seed=3)
    >>> len(frames), frames.rejects.height
    (40, 0)
    """
    from pokerlab import facts, stats  # late: what only writes needs no kernels

    frames = play(n, seed, game, hero, start).to_frames()
    made = facts.Decisions.of_frames(frames.seats, frames.actions)
    columns = facts.stat_columns(made, stats.flags()) + made.size_columns()
    seats = facts.with_ev(frames.seats, frames.actions, frames.hands)
    return replace(frames, seats=seats.hstack([column for column in columns if column.name not in seats]))
