"""Days of a history played one after the other, or several at once in processes of their own."""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.sample.play import Day, calendar
from pokerlab.sample.truth import Truth, Witness

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Future

    from pokerlab.sample.play import Settings


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
    for job, day in _alone(jobs) if workers == 1 else _together(jobs, workers):
        if left <= 0:
            return
        yield day if day.hands <= left else job.play(left)
        left -= day.hands


def _alone(jobs: Iterator[Job]) -> Iterator[tuple[Job, PlayedDay]]:
    for job in jobs:
        yield job, job.play()


def _together(jobs: Iterator[Job], workers: int) -> Iterator[tuple[Job, PlayedDay]]:
    """Play in processes, a few days ahead; started afresh, since a fork would copy locks that threads hold."""
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_leave_interrupts)
    ahead: deque[tuple[Job, Future[PlayedDay]]] = deque()
    try:
        while True:
            while len(ahead) <= workers:
                job = next(jobs)
                ahead.append((job, pool.submit(job.play)))
            job, future = ahead.popleft()
            yield job, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Let Ctrl-C end the caller, who then ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
