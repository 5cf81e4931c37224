"""From the simulator to files, frames, and a live session."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.errors import SettingsError
from pokerlab.sample.days import play_days
from pokerlab.sample.play import Day, Settings
from pokerlab.sample.truth import Truth, together

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from os import PathLike


HERO = "Nina.Blau"
"""Name of the player whose history is written unless told otherwise."""

_PROGRESS_EVERY = 500


def _check(count: int, workers: int | None) -> None:
    if count < 0:
        msg = f"hands must be 0 or more, not {count}"
        raise SettingsError(msg)
    if workers is not None and workers < 1:
        msg = f"workers must be 1 or more, or None for one a core, not {workers}"
        raise SettingsError(msg)


def play(n: int, seed: int, game: str, hero: str, start: datetime | None) -> Truth:
    """Simulate hands without writing them, and give what truly happened; parameters as for `write`."""
    _check(n, 1)
    settings = Settings.of(seed, game, hero, start)
    days = play_days(settings, n, folder=None, with_truth=True)
    return together([day.truth for day in days if day.truth])


def write(
    folder: str | PathLike[str],
    hands: int = 10_000,
    *,
    seed: int = 0,
    game: str = "cash",
    hero: str = HERO,
    start: datetime | None = None,
    truth: bool = True,
    workers: int | None = 1,
    progress: Callable[[int, int], object] | None = None,
) -> Truth | None:
    """Write simulated hands as the Winamax client would: a file a day and table, and a summary a tournament.

    Parameters
    ----------
    folder
        Where to write; made if need be. Files of the same names are replaced.
    hands
        How many; a tournament that this number cuts off has no summary.
    seed
        The same seed (and game, hero, start) gives the same bytes.
    game
        One of `GAMES`: cash tables (``"cash"`` for No-Limit Hold'em, ``"fixed_limit"``, ``"omaha4"``, ...), fast-fold
        pools (``"fast_fold"``, ``"hold_up"``, ``"escape"``), tournaments (``"tournament"``, ``"knockout"``,
        ``"expresso"``, ...); or ``"mixed"`` for what most people play, or ``"all"``.
    hero
        Whose history it is.
    start
        When the first table opens; an evening in March 2022 unless told. Files have the form that the client gave them
        at that time, from 2010 on.
    truth
        Give the truth back. Without it memory does not grow with the number of hands.
    workers
        Processes that play; the bytes do not depend on it. With more than 1 a script needs the usual
        ``if __name__ == "__main__":``. None takes one for each core.
    progress
        Called now and then with the hands written so far and their final number.

    Returns
    -------
    Truth | None
        Frames of what truly happened; None with ``truth=False``.

    Raises
    ------
    SettingsError
        A game, a name, or a number of hands or workers that cannot be.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     told = write(folder, 25, seed=7)
    >>> told.hands.height
    25
    """
    _check(hands, workers)
    settings = Settings.of(seed, game, hero, start)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    told: list[Truth] = []
    done = 0
    with closing(play_days(settings, hands, folder=str(folder), with_truth=truth, workers=workers)) as days:
        for day in days:
            for name, content in day.files.items():
                (folder / name).write_bytes(content)
            if day.truth:
                told.append(day.truth)
            _report(progress, done, done + day.hands, hands)
            done += day.hands
    return together(told) if truth else None


def _report(progress: Callable[[int, int], object] | None, before: int, after: int, total: int) -> None:
    """Call ``progress`` for each step that was reached."""
    if not progress:
        return
    for done in range(before - before % _PROGRESS_EVERY + _PROGRESS_EVERY, after + 1, _PROGRESS_EVERY):
        progress(done, total)
    if after == total and total % _PROGRESS_EVERY:
        progress(after, total)


@dataclass(frozen=True, slots=True)
class PlayedHand:
    """A hand that a `Session` has played and nobody has written yet.

    Attributes
    ----------
    path
        The file to append it to.
    data
        Its bytes, with the two blank lines after it.
    hand_id
        All that stands after ``HandId: #``.
    summary
        Path and bytes of the tournament's summary, where this hand ended an entry; of a second entry, with the block
        of the first.
    """

    path: Path
    data: bytes
    hand_id: str
    summary: tuple[Path, bytes] | None = None


class Session:
    """The hero at the tables, one hand at a time: for demos and tests of the live path.

    It plays and writes nothing; append `PlayedHand.data` yourself, whole or in pieces.

    Parameters
    ----------
    folder
        Folder of the paths it gives.
    seed, game, hero, start
        As for `write`; a cash table never closes, tournaments follow each other.

    Examples
    --------
    >>> played = Session("history", seed=1).play()
    >>> played.data.startswith(b"Winamax Poker - CashGame - HandId: #" + played.hand_id.encode())
    True
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        seed: int = 0,
        game: str = "cash",
        hero: str = HERO,
        start: datetime | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.hero = hero
        self._pieces = Day(Settings.of(seed, game, hero, start), 0, 0).endless()

    def play(self) -> PlayedHand:
        """Play the next hand."""
        piece = next(self._pieces)
        summary = piece.summary
        written = (self.folder / summary[0], summary[1].encode()) if summary else None
        return PlayedHand(self.folder / piece.name, piece.text.encode(), piece.played.hand_id, written)
