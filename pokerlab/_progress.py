"""The progress of reading files, as a bar in terminal or notebook, or told to a function."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Progress = bool | Callable[[int, int], object] | None
"""True for a bar, or a function of bytes done and bytes in all."""

Tell = Callable[[int, int, int], object]
"""A function of bytes done, bytes in all and hands so far."""


@contextmanager
def told(progress: Progress) -> Iterator[Tell]:
    """Give a function that tells the progress as it is asked for."""
    if progress is True:
        with _bar() as tell:
            yield tell
    elif progress:
        yield lambda done, total, _: progress(done, total)
    else:
        yield lambda *_: None


@contextmanager
def _bar() -> Iterator[Tell]:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    hands = TextColumn("{task.fields[rate]:,.0f} hands/s")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), hands, TimeRemainingColumn()
    ) as progress:
        task = progress.add_task("Reading hands", total=None, rate=0.0)

        def tell(done: int, total: int, count: int) -> None:
            seconds = progress.tasks[0].elapsed or 0.0
            progress.update(task, completed=done, total=total, rate=count / seconds if seconds else 0.0)

        yield tell
