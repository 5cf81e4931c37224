"""Days of a history played one after the other, or several at once in processes of their own."""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.errors import SettingsError
from pokerlab.sample.play import Day, calendar
from pokerlab.sample.truth import Truth, Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from concurrent.futures import Future

    from pokerlab.sample.play import Settings


_BREATH_S = 0.2


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """What one day left behind.

    Attributes
    ----------
    hands
        Their number.
    files
        Contents by file name; no other day has a file of these names.
    truth
        What truly happened, if it was asked for.
    """

    hands: int
    files: dict[str, bytes]
    truth: Truth | None


@dataclass(frozen=True, slots=True)
class Job:
    """One day to play: with its truth, told of files in ``folder``, or without."""

    settings: Settings
    number: int
    midnight: int
    folder: str | None
    with_truth: bool

    def play(self, limit: int | None = None) -> PlayedDay:
        """Play the day, at most ``limit`` hands of it."""
        witness = Witness() if self.with_truth else None
        files: dict[str, bytearray] = {}
        hands = 0
        for piece in islice(Day(self.settings, self.number, self.midnight).pieces(), limit):
            content = files.setdefault(piece.name, bytearray())
            if witness:
                witness.saw(piece.played, self._source(piece.name), len(content))
            content += piece.text.encode()
            if piece.result and piece.summary:
                name, text = piece.summary
                files[name] = bytearray(text.encode())
                if witness:
                    witness.finished(piece.result, self._source(name))
            hands += 1
        done = {name: bytes(content) for name, content in files.items()}
        return PlayedDay(hands, done, witness.tell() if witness else None)

    def _source(self, name: str) -> str:
        return str(Path(self.folder) / name) if self.folder is not None else name


def play_days(
    settings: Settings, hands: int, *, folder: str | None, with_truth: bool, workers: int | None = 1
) -> Generator[PlayedDay]:
    """Play so many hands, day after day, whatever the number of processes.

    Parameters
    ----------
    folder
        Where the truth says that the files are; None for bare names.
    workers
        Processes; 1 plays in this one, None takes one for each core.
    """
    workers = workers or os.cpu_count() or 1
    jobs = (Job(settings, *day, folder, with_truth) for day in calendar(settings))
    left = hands
    for play in (job.play for job in jobs) if workers == 1 else _ahead(jobs, workers):
        if left <= 0:
            return
        day = play(left)
        yield day
        left -= day.hands


def _ahead(jobs: Iterator[Job], workers: int) -> Iterator[Callable[[int], PlayedDay]]:
    """Play some days ahead in processes; started afresh, since a fork would copy locks that threads hold."""
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_leave_interrupts)
    ahead: deque[tuple[Job, Future[PlayedDay]]] = deque()
    try:
        while True:
            while len(ahead) <= workers:
                job = next(jobs)
                ahead.append((job, pool.submit(job.play)))
            yield partial(_cut, *ahead.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _cut(job: Job, future: Future[PlayedDay], limit: int) -> PlayedDay:
    """Give a day that was played in full, or where that was too much, its first hands."""
    # Polars' handler of Ctrl-C restarts a wait without a time limit, which then never ends.
    while not wait([future], timeout=_BREATH_S).done:
        pass
    try:
        day = future.result()
    except BrokenProcessPool as error:
        msg = (
            "a process that plays hands ended too soon; in a script, put the call under "
            "'if __name__ == \"__main__\":', or use workers=1"
        )
        raise SettingsError(msg) from error
    return day if day.hands <= limit else job.play(limit)


def _leave_interrupts() -> None:
    """Let Ctrl-C end the caller, who then ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
