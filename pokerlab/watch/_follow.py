"""Following: the operating system's events say which path deserves a look; a rescan backs them.

Events come late, doubled or not at all, so nothing but "look here" is taken from them.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Literal

from pokerlab.errors import HistoryError, SettingsError
from pokerlab.watch._folder import Folder, WatchSettings, key_of
from pokerlab.watch._network import network_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from pokerlab.watch._folder import Report
    from pokerlab.watch._tail import Appended

_log = logging.getLogger(__name__)

_TICK_MS = 100


def follow(
    folder: str | os.PathLike[str],
    settings: WatchSettings | None = None,
    *,
    start: Literal["end", "beginning"] = "end",
    offsets: Mapping[Path, int] | None = None,
    stop: Event | None = None,
    on_status: Report | None = None,
    skipped: dict[Path, int] | None = None,
) -> Iterator[Appended]:
    """Give whole new hands of a folder's Winamax files as they are written.

    What is new counts from this call, not from the first ``next``. A file that shrank or was replaced is read again
    from its beginning, so hands can come twice: a store knows them by ``hand_id``. A tournament summary comes whole
    each time it has changed.

    Parameters
    ----------
    folder
        Folder of histories; every file with a Winamax title in its first kilobyte is followed, whatever its name.
    settings
        Delays and polling; `WatchSettings` has the defaults.
    start
        ``"end"`` skips the hands that are there already, ``"beginning"`` gives them first.
    offsets
        Bytes of a file that are known already, where this is better known than by ``start``.
    stop
        Set it to end the iteration within a few hundredths of a second.
    on_status
        Called with ``"watching"`` and the folder, or with ``"restarting"`` or ``"unreadable"`` and a sentence.
    skipped
        Takes the paths of the files that are there already, each with the bytes that are not given.

    Raises
    ------
    HistoryError
        ``folder`` is not a folder.

    Examples
    --------
    >>> for piece in follow("~/history"):  # doctest: +SKIP
    ...     print(piece.path.name, piece.offset, len(piece.data))
    """
    root = Path(folder).expanduser().absolute()
    if not root.is_dir():
        msg = f"{str(folder)!r} is not a folder of hand histories; give the folder named 'history' of your account"
        raise HistoryError(msg)
    if start not in {"end", "beginning"}:
        msg = f"start={start!r} is not understood; it is 'end' or 'beginning'"
        raise SettingsError(msg)
    state = Folder(root, settings or WatchSettings(), on_status or _ignore)
    if start == "end" or offsets:
        state.skip_history({Path(path).expanduser().absolute(): n for path, n in (offsets or {}).items()}, start)
    if skipped is not None:
        skipped |= state.offsets()
    return _supervise(state, stop or Event())


def _ignore(state: str, detail: str) -> None:
    """Report to nobody."""


def _supervise(state: Folder, stop: Event) -> Iterator[Appended]:
    """Keep a watcher running: where it dies, say so, wait a little longer each time, and start another."""
    while not stop.is_set():
        try:
            yield from _watch(state, stop)
        except Exception as error:
            detail = f"the watcher of {state.root} stopped: {type(error).__name__}: {error}"
            _log.warning("%s; starting another", detail)
            state.report("restarting", detail)
            state.failures += state.root.is_dir()
            while not stop.wait(min(0.1 * 2**state.failures, 5)) and not state.root.is_dir():
                pass


def _polls(state: Folder) -> bool | None:
    """Tell whether to poll; None lets watchfiles decide by its own variable."""
    on_network = state.settings.polling is None and network_of(state.root) is not None
    return True if on_network or state.failures >= 3 else state.settings.polling


def _watch(state: Folder, stop: Event) -> Iterator[Appended]:
    import watchfiles

    settings = state.settings
    if state.failures:
        # Where no watcher lives long enough to tell of a change, hands come all the same, if later.
        yield from state.turn([state.root], time.monotonic())
    changes = watchfiles.watch(
        state.root,
        watch_filter=None,
        step=settings.step_ms,
        debounce=settings.debounce_ms,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        force_polling=_polls(state),
        recursive=settings.recursive,
    )
    home = key_of(state.root)
    rescan_at: float | None = None
    with closing(changes):
        # The watcher starts with the first batch, empty or not: only then may the files be scanned.
        for batch in changes:
            now = time.monotonic()
            paths = [Path(path) for _, path in batch]
            if rescan_at is None:
                state.report("watching", str(state.root))
            elif now >= rescan_at:
                state.failures = 0
            if rescan_at is None or now >= rescan_at:
                rescan_at = now + settings.rescan_s
                paths = [state.root]
                if key_of(state.root) != home:
                    msg = f"the folder {state.root} was removed or replaced"
                    raise OSError(msg)
            for piece in state.turn(paths, now):
                yield piece
                if stop.is_set():
                    return
