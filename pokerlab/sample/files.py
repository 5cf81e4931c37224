"""From the simulator to files, frames, and a live session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pokerlab.errors import SettingsError
from pokerlab.sample.play import Life
from pokerlab.sample.truth import Truth, Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from os import PathLike

    from pokerlab.frames import HandFrames
    from pokerlab.sample.play import Piece

HERO = "Nina.Blau"
"""Name of the player whose history is written unless told otherwise."""

_PROGRESS_EVERY = 500


def _first(life: Life, count: int) -> Iterator[Piece]:
    if count < 0:
        msg = f"hands must be 0 or more, not {count}"
        raise SettingsError(msg)
    for done, piece in enumerate(life.days(), 1):
        if done > count:
            return
        yield piece


def hands(
    n: int = 10_000, seed: int = 0, *, game: str = "cash", hero: str = HERO, start: datetime | None = None
) -> HandFrames:
    """Simulate hands and give their frames at once, from the truth: nothing is written or parsed.

    Parameters
    ----------
    n
        How many hands.
    seed, game, hero, start
        As for `write`.

    Returns
    -------
    HandFrames
        Columns as `Truth` describes them: ``ev_net`` is null, ``rejects`` is empty, and ``source`` is the file name
        that `write` would have used.

    Examples
    --------
    >>> frames = hands(40, seed=3)
    >>> len(frames), frames.rejects.height
    (40, 0)
    """
    witness = Witness()
    offsets = _Offsets()
    for piece in _first(Life(seed=seed, game=game, hero=hero, start=start), n):
        witness.saw(piece.played, piece.name, offsets.add(piece.name, piece.text.encode()))
        if piece.result and piece.summary:
            witness.finished(piece.result, piece.summary[0])
    return witness.tell().to_frames()


class _Offsets:
    """Sizes of the files of one day; earlier days are forgotten, so that memory does not grow with the history."""

    def __init__(self) -> None:
        self._day = ""
        self._sizes: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    def add(self, name: str, data: bytes) -> int:
        """Give the size of a file before ``data`` is appended to it."""
        if name[:8] != self._day:
            self._day = name[:8]
            self._sizes.clear()
        before = self._sizes.get(name, 0)
        self._sizes[name] = before + len(data)
        return before


class _Files:
    """Appends to one file after the other; a file of an earlier run is replaced."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.offsets = _Offsets()
        self._name = ""
        self._file: BinaryIO | None = None

    def append(self, name: str, data: bytes) -> int:
        """Write ``data`` at the end of file ``name``; give its offset."""
        if name != self._name or self._file is None:
            self.close()
            mode = "ab" if name in self.offsets else "wb"
            self._file = (self.folder / name).open(mode)  # type: ignore[assignment]
            self._name = name
        assert self._file is not None
        self._file.write(data)
        return self.offsets.add(name, data)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def write(
    folder: str | PathLike[str],
    hands: int = 10_000,
    *,
    seed: int = 0,
    game: str = "cash",
    hero: str = HERO,
    start: datetime | None = None,
    truth: bool = True,
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
        ``"cash"``, ``"fast_fold"`` (Go Fast), ``"hold_up"`` (the same, with money added to some pots),
        ``"sit_and_go"``, ``"expresso"`` or ``"mixed"``.
    hero
        Whose history it is.
    start
        When the first table opens; an evening in March 2022 unless told.
    truth
        Give the truth back. Without it memory does not grow with the number of hands.
    progress
        Called now and then with the hands written so far and their final number.

    Returns
    -------
    Truth | None
        Frames of what truly happened; None with ``truth=False``.

    Raises
    ------
    SettingsError
        A game, a name or a number of hands that cannot be.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     told = write(folder, 25, seed=7)
    >>> told.hands.height
    25
    """
    life = Life(seed=seed, game=game, hero=hero, start=start)
    pieces = _first(life, hands)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    witness = Witness() if truth else None
    files = _Files(folder)
    try:
        for done, piece in enumerate(pieces, 1):
            offset = files.append(piece.name, piece.text.encode())
            if witness:
                witness.saw(piece.played, str(folder / piece.name), offset)
            if piece.result:
                _finish(piece, folder, witness)
            if progress and (done % _PROGRESS_EVERY == 0 or done == hands):
                progress(done, hands)
    finally:
        files.close()
    return witness.tell() if witness else None


def _finish(piece: Piece, folder: Path, witness: Witness | None) -> None:
    if piece.result is None or piece.summary is None:
        return
    name, text = piece.summary
    (folder / name).write_bytes(text.encode())
    if witness:
        witness.finished(piece.result, str(folder / name))


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
        Path and bytes of the tournament's summary, where this hand ended one.
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
        self._pieces = Life(seed=seed, game=game, hero=hero, start=start).endless()

    def play(self) -> PlayedHand:
        """Play the next hand."""
        piece = next(self._pieces)
        summary = piece.summary
        written = (self.folder / summary[0], summary[1].encode()) if summary else None
        return PlayedHand(self.folder / piece.name, piece.text.encode(), piece.played.hand_id, written)
