"""Files to store to subscribers: the only place where the live parts are wired together."""

from __future__ import annotations

import logging
import os
import re
import time
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab import watch
from pokerlab._lab._hub import Hub
from pokerlab.errors import HistoryError, SettingsError, StoreError
from pokerlab.frames import concat
from pokerlab.watch import Appended
from pokerlab.wire import hands_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from pokerlab._ingest import IngestReport
    from pokerlab.frames import HandFrames
    from pokerlab.store import Snapshot, Store
    from pokerlab.watch import WatchSettings
    from pokerlab.wire import Hand

_log = logging.getLogger(__name__)

_HEADER = re.compile(rb"^" + re.escape(watch.SIGNATURE), re.MULTILINE)
_REMEMBERED = 20_000
"""So many announced hands are remembered, to know them when a file is read again."""


@dataclass(frozen=True, slots=True)
class LabStatus:
    """How the live feed is.

    Attributes
    ----------
    state
        ``"stopped"``, ``"starting"``, ``"watching"`` or ``"restarting"`` (the watcher died, another is being started).
    error
        The last thing that went wrong, as a sentence; None where nothing did.
    hands, rejects
        Hands announced, and pieces of files that were not understood, since `Lab.start`.
    """

    state: str = "stopped"
    error: str | None = None
    hands: int = 0
    rejects: int = 0


class Lab:
    """The user's store and history folders, and the live feed of finished hands.

    Parameters
    ----------
    store
        Where hands are kept.
    folders
        Folders of hand histories.
    live_delay_s
        Seconds that a finished hand is held back before it is announced; it is stored at once.
    settings
        How the folders are watched.

    Attributes
    ----------
    hub
        Where finished hands are announced: `Hub.subscribe`.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> lab = pk.open(tempfile.mkdtemp(), history=tempfile.mkdtemp())
    >>> lab.hands.collect().height, lab.status.state
    (0, 'stopped')
    """

    def __init__(
        self,
        store: Store,
        folders: Sequence[Path] = (),
        *,
        live_delay_s: float = 0.0,
        settings: WatchSettings | None = None,
    ) -> None:
        if not live_delay_s >= 0:
            msg = f"live_delay_s={live_delay_s!r} is no time to wait; give seconds, 0 or more"
            raise SettingsError(msg)
        self.store = store
        self.folders = tuple(folders)
        self.hub = Hub()
        self._settings = settings
        self._delay = live_delay_s
        self._status = LabStatus()
        self._status_listeners: list[Callable[[LabStatus], None]] = []
        self._status_lock = Lock()
        self._turn = Lock()
        self._known: Snapshot | None = None
        self._announced: dict[str, None] = {}
        self._held: SimpleQueue[tuple[float, Hand] | None] = SimpleQueue()
        self._stop = Event()
        self._threads: list[Thread] = []

    @property
    def hands(self) -> pl.LazyFrame:
        """The stored hands; columns of `pokerlab.schema.HANDS`."""
        return self.store.scan("hands")

    @property
    def seats(self) -> pl.LazyFrame:
        """The stored seats, with the columns that statistics use."""
        return self.store.scan("seats")

    @property
    def actions(self) -> pl.LazyFrame:
        """The stored actions; columns of `pokerlab.schema.ACTIONS`."""
        return self.store.scan("actions")

    @property
    def tournaments(self) -> pl.LazyFrame:
        """The stored tournaments; columns of `pokerlab.schema.TOURNAMENTS`."""
        return self.store.scan("tournaments")

    def sql(self, query: str, **params: object) -> pl.DataFrame:
        """Ask the store in SQL; see `pokerlab.Store.sql`."""
        return self.store.sql(query, **params)

    @property
    def hero(self) -> str | None:
        """Name of the account with the most stored hands, else of the first history folder; None if unknown."""
        heroes = self.hands.select(pl.col("heroes").explode()).drop_nulls()
        most = heroes.group_by("heroes").len().sort("len", "heroes", descending=[True, False]).head(1).collect()
        if most.height:
            return str(most.item(0, "heroes"))
        accounts = [folder.parent.name for folder in self.folders if folder.parent.parent.name == "accounts"]
        return accounts[0] if accounts else None

    def ingest(self, *, progress: Any = None, workers: int | None = None) -> IngestReport:
        """Import the history folders into the store; what it has already is counted, not doubled. Announces nothing.

        Raises
        ------
        HistoryError
            No history folder is known, or one is gone.
        """
        from pokerlab._ingest import ingest

        report = ingest(self._places(), self.store, progress=progress, workers=workers)
        if self._known is not None:
            self._known = self.store.snapshot()
        return report

    def live(self, **options: Any) -> Any:
        """Show finished hands as they come, in a cell; options are those of `pokerlab.live`."""
        # The front ends lie above this module, so this one is found by its name only.
        widget = import_module("pokerlab.widgets").LiveHands(self, **options)
        self.start()
        return widget

    @property
    def status(self) -> LabStatus:
        """How the feed is just now."""
        return self._status

    def on_status(self, listener: Callable[[LabStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at each change of `status`, in the thread that changes it; give back what ends this."""
        with self._status_lock:
            self._status_listeners.append(listener)

        def leave() -> None:
            with self._status_lock:
                if listener in self._status_listeners:
                    self._status_listeners.remove(listener)

        return leave

    def start(self, *, replay: int = 0) -> Self:
        """Watch the folders: store each finished hand, then announce it. A lab that runs is left as it is.

        Parameters
        ----------
        replay
            Announce this many of the last hands of the folders first, oldest first.

        Raises
        ------
        HistoryError
            No history folder is known, or one is gone.
        """
        if self._threads:
            return self
        places = self._places()
        self._stop = Event()
        self._held = SimpleQueue()
        self._set(state="starting", error=None, hands=0, rejects=0)
        try:
            runs = self._prepare(places, replay)
        except BaseException:
            self._set(state="stopped")
            raise
        # Parsing nothing loads the compiled parser now, not when the first hand waits for it. Nobody waits for this,
        # and it is no daemon: a compiler must not be cut off by the end of the process.
        Thread(target=lambda: list(self._parse(Appended(Path(), 0, b""))), name="pokerlab-warmup").start()
        self._threads = runs
        for thread in runs:
            thread.start()
        return self

    def stop(self) -> None:
        """End the watching; hands that are still held back are not announced. May be called twice, or by a listener."""
        self._stop.set()
        self._held.put(None)
        # A listener runs in one of these threads and holds what the others wait for.
        if current_thread() not in self._threads:
            for thread in self._threads:
                thread.join(timeout=10)
        self._threads = []
        self._set(state="stopped")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Lab({self.store!r}, history={[str(folder) for folder in self.folders]}, {self._status.state})"

    def _places(self) -> list[Path]:
        if not self.folders:
            msg = "no history folder of Winamax was found on this machine; name one: pk.open(history='.../history')"
            raise HistoryError(msg)
        return list(self.folders)

    def _prepare(self, places: list[Path], replay: int) -> list[Thread]:
        # Watching begins before the store is looked at: what is appended meanwhile is new, and comes by the watcher.
        pieces = [
            watch.follow(folder, self._settings, stop=self._stop, on_status=self._on_watcher) for folder in places
        ]
        self._known = self.store.snapshot()
        self._replay(replay)
        runs = [Thread(target=self._follow, args=(each,), name="pokerlab-watcher", daemon=True) for each in pieces]
        if self._delay:
            runs.append(Thread(target=self._release, name="pokerlab-announcer", daemon=True))
        return runs

    def _replay(self, count: int) -> None:
        if count < 1:
            return
        pieces = [piece for folder in self.folders for piece in watch.recent(folder, count)]
        frames = concat([part for piece in pieces for part in self._parse(piece)])
        self.store.add(frames)
        last = frames.hands.unique("hand_id", keep="first").sort("played_at", "hand_id").tail(count)["hand_id"]
        hands = {hand.hand_id: hand for hand in hands_of(frames.where(pl.col("hand_id").is_in(last.implode())))}
        self._announce([hands[hand_id] for hand_id in last], over=True)

    def _follow(self, pieces: Iterator[Appended]) -> None:
        for piece in pieces:
            with self._turn:
                for frames in self._parse(piece):
                    self._take(frames, piece)

    def _parse(self, piece: Appended) -> Iterator[HandFrames]:
        """Parse a piece; where that fails as a whole, hand by hand, so that one bad hand costs itself only."""
        from pokerlab._ingest import parse

        # A name that is no valid text comes from the file system; frames take text only.
        source = os.fsencode(piece.path).decode("utf-8", "replace")
        try:
            yield parse(piece.data, source=source, offset=piece.offset)
        except Exception as error:
            starts = [match.start() for match in _HEADER.finditer(piece.data)]
            if len(starts) < 2:
                self._fault(f"{piece.path}, byte {piece.offset}: {type(error).__name__}: {error}")
                return
            for start, end in pairwise([0, *starts[1:], len(piece.data)]):
                yield from self._parse(Appended(piece.path, piece.offset + start, piece.data[start:end]))

    def _take(self, frames: HandFrames, piece: Appended) -> None:
        """Store first, announce after, so that what is announced can be read."""
        for pause in (0.1, 0.5, 2.0, None):
            try:
                report = self.store.add(frames)
                self._set(rejects=self._status.rejects + frames.rejects.height)
                self._announce(hands_of(self._new(frames, report.hands_added)))
            except Exception as error:
                if pause is None or not isinstance(error, StoreError):
                    self._fault(f"{piece.path}, byte {piece.offset}: {type(error).__name__}: {error}")
                    return
                self._stop.wait(pause)
            else:
                return

    def _new(self, frames: HandFrames, added: int) -> HandFrames:
        """Keep the hands that neither the store had when the lab started nor this lab announced.

        That another process on the same store was quicker does not make a hand old.
        """
        given = frames.hands["hand_id"].unique(maintain_order=True)
        fresh = [hand_id for hand_id in given if hand_id not in self._announced]
        if fresh and added < given.len() and self._known is not None:
            asked = self._known.scan("hands").filter(pl.col("hand_id").is_in(fresh)).select("hand_id")
            stored = set(asked.collect()["hand_id"])
            fresh = [hand_id for hand_id in fresh if hand_id not in stored]
        return frames if len(fresh) == frames.hands.height else frames.where(pl.col("hand_id").is_in(fresh))

    def _announce(self, hands: list[Hand], *, over: bool = False) -> None:
        """Announce hands once each, now or when their time has come; ``over``: they were not finished just now."""
        for hand in hands:
            if hand.hand_id in self._announced:
                continue
            self._announced[hand.hand_id] = None
            age = time.time() - hand.played_at.timestamp() if over else 0.0
            if age < self._delay:
                self._held.put((time.monotonic() + self._delay - age, hand))
            else:
                self._publish(hand)
        while len(self._announced) > _REMEMBERED:
            del self._announced[next(iter(self._announced))]

    def _release(self) -> None:
        while (held := self._held.get()) is not None:
            due, hand = held
            if self._stop.wait(max(due - time.monotonic(), 0)):
                return
            self._publish(hand)

    def _publish(self, hand: Hand) -> None:
        self.hub.publish(hand)
        self._set(hands=self._status.hands + 1)

    def _on_watcher(self, state: str, detail: str) -> None:
        if state == "watching":
            self._set(state=state)
        elif state == "restarting":
            self._set(state=state, error=detail)
        else:
            self._set(error=detail)

    def _fault(self, error: str) -> None:
        _log.exception("%s", error)
        self._set(error=error)

    def _set(self, **changes: Any) -> None:
        with self._status_lock:
            self._status = status = replace(self._status, **changes)
            listeners = self._status_listeners.copy()
        for listener in listeners:
            try:
                listener(status)
            except Exception:
                _log.exception("a listener failed on the status %s", status)
