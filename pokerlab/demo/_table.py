"""A simulated table that goes on playing, so that there is something to see live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING

from pokerlab import sample
from pokerlab.errors import SettingsError

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Self

_HEAD_START = timedelta(hours=6)
"""A hand takes a minute of the table's time and a few seconds of ours, so the table begins that far in the past."""


class Table:
    """Write a finished hand every few seconds to a file of the folder, as the client would while somebody plays.

    Parameters
    ----------
    folder
        A folder of hand histories; made if need be.
    seed
        Another seed, other hands.
    pause_s
        Shortest and longest time between two hands, in seconds.

    Raises
    ------
    SettingsError
        ``pause_s`` is no span of time.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Table(folder) as table:
    ...     hand_id = table.deal()
    """

    def __init__(
        self, folder: str | os.PathLike[str], *, seed: int = 0, pause_s: tuple[float, float] = (3.0, 9.0)
    ) -> None:
        if not 0 < pause_s[0] <= pause_s[1]:
            msg = f"pause_s={pause_s!r} is no span of time; give the shortest and the longest pause in seconds"
            raise SettingsError(msg)
        self._session = sample.Session(folder, seed=seed, start=datetime.now(UTC) - _HEAD_START)
        self._pause_s = pause_s
        self._random = Random(seed)  # noqa: S311 - play, not secrets
        self._stop = Event()
        self._thread: Thread | None = None

    def deal(self) -> str:
        """Write the next hand at once and give its id; not while the table plays by itself."""
        played = self._session.play()
        played.path.parent.mkdir(parents=True, exist_ok=True)
        with played.path.open("ab") as file:
            file.write(played.data)
        return played.hand_id

    def start(self) -> Self:
        """Play in a thread of its own until `stop`, or until the folder is gone."""
        if self._thread is None:
            self._stop.clear()
            self._thread = Thread(target=self._play, name="pokerlab-table", daemon=True)
            self._thread.start()
        return self

    def stop(self) -> None:
        """End the play. May be called twice."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop.set()
            thread.join(timeout=10)

    def _play(self) -> None:
        while not self._stop.wait(self._random.uniform(*self._pause_s)):
            if not self._session.folder.is_dir():
                return
            self.deal()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
