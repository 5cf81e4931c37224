"""The live feed, from what is written in a folder to hands that are announced: watch, wait, parse, store, announce."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event, Thread, current_thread, main_thread
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import watch
from pokerlab._lab._announcer import Announcer
from pokerlab._lab._old import KnownHands
from pokerlab._lab._patience import patiently
from pokerlab._lab._pieces import Waiting, parse, parts_of
from pokerlab._lab._process import warm_up
from pokerlab.errors import StoreError
from pokerlab.frames import HandFrames, concat
from pokerlab.wire import hands_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pokerlab._lab._hub import Hub
    from pokerlab._lab._status import StatusBoard
    from pokerlab.store import Store
    from pokerlab.watch import Appended, WatchSettings

_BREATH_S = 0.1


class Stopped(Exception):  # noqa: N818  (it ends an import, and is no error)
    """The lab was stopped in the middle of an import."""


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """How a lab's feed works, at each start.

    Attributes
    ----------
    delay_s
        Seconds that a finished hand is held back before it is announced.
    watch
        How the folders are watched.
    catch_up
        Whether what was written while no lab ran is imported.
    """

    delay_s: float = 0.0
    watch: WatchSettings | None = None
    catch_up: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """Hands that no start of a lab announces: those that were in the store, and those that it announced before."""

    old: KnownHands = field(default_factory=KnownHands)
    announced: KnownHands = field(default_factory=KnownHands)


class Feed:
    """One start of a lab, with all that ends with it.

    A thread a folder watches and puts new pieces of files into a queue. One thread takes from there what waits, parses
    and stores it, and then announces its hands. Where hands are held back, another announces them in time; and one
    imports meanwhile what was written while no lab ran.

    Attributes
    ----------
    waiting
        New pieces of files, not stored yet.
    skipped
        How many bytes of each file were history at the start.
    """

    def __init__(
        self, store: Store, folders: Sequence[Path], hub: Hub, status: StatusBoard, known: Known, settings: FeedSettings
    ) -> None:
        self.waiting = Waiting()
        self.skipped: dict[Path, int] = {}
        self._store = store
        self._folders = folders
        self._status = status
        self._known = known
        self._settings = settings
        self._stop = Event()
        self._begun = Event()
        self._is_behind = settings.catch_up
        self._announcer = Announcer(store, hub, status, known.announced, settings.delay_s, self._stop)
        self._watched: list[Iterator[Appended]] = []
        self._threads: list[Thread] = []

    def prepare(self, replay: int) -> None:
        """Begin to watch, learn what is old, and announce the last ``replay`` hands of the folders."""
        # Watching begins before the store is looked at: what is appended meanwhile is new, and comes by the watcher.
        self._watched = [
            watch.follow(
                folder, self._settings.watch, stop=self._stop, on_status=self._on_watcher, skipped=self.skipped
            )
            for folder in self._folders
        ]
        self._known.old.learn(self._store.scan("hands"))
        if replay > 0:
            self._replay(replay)

    def start(self) -> None:
        """Start the threads."""
        self._threads = [_thread("watcher", self._watch, pieces) for pieces in self._watched]
        self._threads.append(_thread("storer", self._take_all))
        if self._settings.delay_s:
            self._threads.append(_thread("announcer", self._announcer.release))
        if self._settings.catch_up:
            self._threads.append(_thread("importer", self._catch_up))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Tell the threads to end; none that was waiting does anything more."""
        self._stop.set()
        self._announcer.close()
        self.waiting.close()
        self._begun.set()

    def join(self) -> None:
        """Wait for the threads to end, unless one of them asks."""
        # A listener runs in one of these threads and holds what the others wait for.
        if current_thread() not in self._threads:
            for thread in self._threads:
                thread.join(timeout=10)

    def learn_imported(self) -> None:
        """Take the stored hands that were history at the start for old: the watcher has yet to see the others."""
        self._known.old.learn_skipped(self._store.scan("hands"), self.skipped)

    def _watch(self, pieces: Iterator[Appended]) -> None:
        for piece in pieces:
            self.waiting.put(piece)

    def _replay(self, count: int) -> None:
        pieces = [piece for folder in self._folders for piece in watch.recent(folder, count)]
        parts = [HandFrames.empty()]
        self._in_parts(pieces, lambda group: parts.append(parse(group)))
        frames = concat(parts)
        self._store.add(frames)
        last = frames.hands.unique("hand_id", keep="first").sort("played_at", "hand_id").tail(count)["hand_id"]
        hands = {hand.hand_id: hand for hand in hands_of(frames.where(pl.col("hand_id").is_in(last.implode())))}
        self._announcer.announce_old([hands[hand_id] for hand_id in last])

    def _take_all(self) -> None:
        with suppress(StoreError):  # adding will tell
            self._store.warm_up()
        while group := self.waiting.take():
            self._in_parts(group, self._take)

    def _take(self, group: Sequence[Appended]) -> None:
        """Store first, announce after, so that what is announced can be read."""
        frames = parse(group)
        trouble = f"{_place(group)}: the hand is not stored yet"
        added = patiently(lambda: self._store.add(frames).hands_added, trouble, self._status, self._stop)
        if added is not None:
            hands = hands_of(self._new(frames, added))
            self._status.count(rejects=frames.rejects.height)
            self._announcer.announce(hands)

    def _in_parts(self, group: Sequence[Appended], work: Callable[[Sequence[Appended]], object]) -> None:
        """Do ``work`` on pieces together; where that fails, on parts of them: one bad hand costs itself only."""
        try:
            work(group)
        except Exception as error:
            parts = parts_of(group)
            if len(parts) < 2:
                self._status.fault(f"{_place(group)}: {type(error).__name__}: {error}")
                return
            for part in parts:
                self._in_parts([part], work)

    def _new(self, frames: HandFrames, added: int) -> HandFrames:
        """Keep the hands that neither the store had when the lab started nor this lab announced.

        That another process on the same store was quicker does not make a hand old.
        """
        given = frames.hands["hand_id"].unique(maintain_order=True)
        fresh = self._known.announced.without(given.to_list())
        if fresh and added < given.len():
            fresh = self._known.old.without(fresh)
        return frames if len(fresh) == frames.hands.height else frames.where(pl.col("hand_id").is_in(fresh))

    def _catch_up(self) -> None:
        """Import what the store's ledger lacks, with one thread, so that live hands go on coming."""
        self._begun.wait()
        compiling = warm_up()
        while compiling.is_alive() and not self._is_over:
            compiling.join(_BREATH_S)  # an import could not be stopped while it compiles
        try:
            self._check()
            self._import_history()
        except Exception as error:
            if self._is_over:
                return
            told = f"what was written while no lab ran is not imported: {type(error).__name__}: {error}"
            self._status.fault(told)
        self._is_behind = False
        self._settle()

    def _import_history(self) -> None:
        """Import of each file what was history at the start: the rest is the watcher's, hand by hand."""
        from pokerlab._ingest import load, new_files

        files, _ = new_files(list(self._folders), self._store)
        # With less than a title before it, the file's first hand was being written.
        ends = {path: end for path, end in self.skipped.items() if end > len(watch.SIGNATURE)}
        old = [replace(file, upto=ends[file.path]) for file in files if file.path in ends]
        report = load(old, self._store, progress=self._check, workers=1)
        if report.hands_added:
            self.learn_imported()
            self._store.tidy()

    def _on_watcher(self, state: str, detail: str) -> None:
        if self._stop.is_set():
            return
        if state == "watching":
            self._status.set(state="catching up" if self._is_behind else state)
            self._settle()
        elif state == "restarting":
            self._status.set(state=state, error=detail)
        else:
            self._status.set(error=detail)
        self._begun.set()

    def _settle(self) -> None:
        """Say that the lab has caught up; both who imports and who watches ask, as either may be the last."""
        if not self._is_behind and not self._stop.is_set() and self._status.now.state == "catching up":
            self._status.set(state="watching")

    @property
    def _is_over(self) -> bool:
        """Whether the lab was stopped, or the process ends without having stopped it."""
        return self._stop.is_set() or not main_thread().is_alive()

    def _check(self, *_: object) -> None:
        """End an import that calls this with its progress, once the lab is stopped."""
        if self._is_over:
            raise Stopped


def _place(group: Sequence[Appended]) -> str:
    return f"{group[0].path}, byte {group[0].offset}"


def _thread(name: str, work: Callable[..., None], *arguments: object) -> Thread:
    return Thread(target=work, args=arguments, name=f"pokerlab-{name}", daemon=True)
