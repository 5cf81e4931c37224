"""The progress of reading files, as a bar in terminal or notebook, or told to a function."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Progress = bool | Callable[[int, int], object] | None
"""True for a bar, or a function of bytes done and bytes in all."""

Tell = Callable[[int, int, int], object]
"""A function of bytes done, bytes in all and hands so far."""

REDRAW_S = 0.2
"""A notebook's bar is drawn anew so often: each drawing is a message to the page."""


@contextmanager
def told(progress: Progress) -> Iterator[Tell]:
    """Give a function that tells the progress as it is asked for."""
    if progress is True:
        from rich import get_console

        with _cell_bar() if get_console().is_jupyter else _terminal_bar() as tell:
            yield tell
    elif progress:
        yield lambda done, total, _: progress(done, total)
    else:
        yield lambda *_: None


@contextmanager
def _terminal_bar() -> Iterator[Tell]:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]:,.0f} hands/s")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), rate, TimeRemainingColumn())
    started = time.perf_counter()
    with Progress(*columns) as progress:
        task = progress.add_task("Reading hands", total=None, rate=0.0)

        def tell(done: int, total: int, hands: int) -> None:
            progress.update(task, completed=done, total=total, rate=hands / (time.perf_counter() - started))

        yield tell


@contextmanager
def _cell_bar() -> Iterator[Tell]:
    """Draw one line below a cell, and draw it again in its place; it stays in the notebook as it was last."""
    from IPython.display import display

    started = drawn = time.perf_counter()
    shown = display(_line(0, 0, 0, 0.0), raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def tell(done: int, total: int, hands: int) -> None:
        nonlocal drawn
        now = time.perf_counter()
        if done >= total or now >= drawn + REDRAW_S:
            shown.update(_line(done, total, hands, now - started), raw=True)
            drawn = now

    yield tell


def _line(done: int, total: int, hands: int, seconds: float) -> dict[str, str]:
    from rich.filesize import decimal

    rate = f", {hands:,} hands, {hands / seconds:,.0f} hands/s" if seconds else ""
    text = f"{decimal(done)} of {decimal(total)}{rate}"
    bar = f'<progress value="{done}" max="{max(total, 1)}"></progress>'
    return {"text/plain": f"Reading hands: {text}", "text/html": f"Reading hands {bar} {text}"}
