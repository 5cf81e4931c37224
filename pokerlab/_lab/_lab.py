"""Files to store to subscribers: the only place where the live parts are wired together."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from threading import Lock, Thread, current_thread
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab import watch
from pokerlab._lab._hub import Hub
from pokerlab._lab._old import KnownHands
from pokerlab._lab._people import by_person, heroes_by_person
from pokerlab._lab._pieces import parse, parts_of
from pokerlab._lab._run import Run, take_turns_quickly, warm_up
from pokerlab._lab._seats import stored_seats
from pokerlab.errors import HistoryError, SettingsError, StoreError
from pokerlab.frames import HandFrames, concat
from pokerlab.store import aliases
from pokerlab.wire import hands_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from pokerlab._ingest import IngestReport
    from pokerlab.store import Notes, Store
    from pokerlab.watch import Appended, WatchSettings
    from pokerlab.wire import Hand

_log = logging.getLogger(__name__)

_BREATH_S = 0.1
_PATIENCE_S = 5.0
"""Longest pause before a store that fails is tried again."""


@dataclass(frozen=True, slots=True)
class LabStatus:
    """How the live feed is.

    Attributes
    ----------
    state
        ``"stopped"``, ``"starting"``, ``"catching up"`` (watching, while older hands are imported), ``"watching"`` or
        ``"restarting"`` (the watcher died, another is being started).
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
    catch_up
        Import at each `start`, in the background, what was written while no lab ran; it is not announced.

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
        catch_up: bool = True,
    ) -> None:
        if not live_delay_s >= 0:
            msg = f"live_delay_s={live_delay_s!r} is no time to wait; give seconds, 0 or more"
            raise SettingsError(msg)
        self.store = store
        self.folders = tuple(folders)
        self.hub = Hub()
        self._settings = settings
        self._delay = live_delay_s
        self._catches_up = catch_up
        self._status = LabStatus()
        self._status_listeners: list[Callable[[LabStatus], None]] = []
        self._status_lock = Lock()
        self._old = KnownHands()
        self._announced = KnownHands()
        self._run: Run | None = None
        self._run_lock = Lock()

    @property
    def hands(self) -> pl.LazyFrame:
        """The stored hands; columns of `pokerlab.schema.HANDS`."""
        snapshot = self.store.snapshot()
        return heroes_by_person(snapshot.scan("hands"), aliases(snapshot))

    @property
    def seats(self) -> pl.LazyFrame:
        """The stored seats, with the columns of all statistics.

        What hands were stored without, and what registered statistics need, is computed from the stored actions when
        it is asked for, a part of the store at a time. Here and in the other frames a player who has aliases has his
        main name; the names at the table are in ``store.scan("seats")``.
        """
        return stored_seats(self.store.snapshot())

    @property
    def announced_seats(self) -> pl.LazyFrame:
        """Like `seats`, without the hands that are still held back by ``live_delay_s``."""
        if not self._delay:
            return self.seats
        try:
            return stored_seats(self.store.at(datetime.now(UTC) - timedelta(seconds=self._delay)))
        except StoreError:  # the store is younger than that
            return self.seats.clear()

    @property
    def actions(self) -> pl.LazyFrame:
        """The stored actions; columns of `pokerlab.schema.ACTIONS`."""
        return self._people("actions", "player")

    @property
    def tournaments(self) -> pl.LazyFrame:
        """The stored tournaments; columns of `pokerlab.schema.TOURNAMENTS`."""
        return self._people("tournaments", "hero")

    @property
    def notes(self) -> Notes:
        """Notes and tags on hands and players, and aliases of players; see `pokerlab.store.Notes`."""
        return self.store.notes

    @property
    def aliases(self) -> Mapping[str, str]:
        """The main name of each alias."""
        return self.notes.aliases()

    def tagged(self, tag: str) -> pl.LazyFrame:
        """Give the hands with a tag; columns of `pokerlab.schema.HANDS`.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> from pokerlab import stats
        >>> lab = pk.open(tempfile.mkdtemp(), history=[])
        >>> frames = pk.sample.hands(50, seed=1)
        >>> _ = lab.store.add(frames), lab.notes.tag("bluff", hand=frames.hands["hand_id"].head(3))
        >>> lab.tagged("bluff").collect().height
        3
        >>> stats.report(lab.seats, by="position", hands=lab.tagged("bluff")).columns[:2]
        ['position', 'hands']
        """
        found = pl.LazyFrame({"hand_id": self.notes.hands(tag)}, schema={"hand_id": pl.String})
        return self.hands.join(found, on="hand_id", how="semi", maintain_order="left")

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
        run = self._run
        if run is not None and report.hands_added:
            # Only what was history at the start is old: the watcher has yet to see what was appended since.
            self._old.learn_skipped(self.hands, run.skipped)
        return report

    def live(self, *, replay: int = 0, **options: Any) -> Any:
        """Show finished hands as they come, in a cell.

        Parameters
        ----------
        replay
            Show this many of the last hands first; of no effect where the lab runs already.
        options
            What the page shows, such as ``max_rows``, ``theme`` and ``show_stats``: see `pokerlab.live`.
        """
        # The front ends lie above this module, so this one is found by its name only.
        widget = import_module("pokerlab.widgets").LiveHands(self, **options)
        self.start(replay=replay)
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

        Python's switch interval is shortened in this process, so that hands come while other threads compute.

        Parameters
        ----------
        replay
            Announce this many of the last hands of the folders first, oldest first.

        Raises
        ------
        HistoryError
            No history folder is known, or one is gone.
        """
        places = self._places()
        with self._run_lock:
            if self._run is not None:
                return self
            self._run = run = Run(is_behind=self._catches_up)
        self._set(state="starting", error=None, hands=0, rejects=0)
        try:
            threads = self._prepare(run, places, replay)
        except BaseException:
            self.stop()
            raise
        warm_up()
        take_turns_quickly()
        with self._run_lock:
            if self._run is run:
                run.threads = threads
                for thread in threads:
                    thread.start()
        return self

    def stop(self) -> None:
        """End the watching; hands that are still held back are not announced. May be called twice, or by a listener."""
        with self._run_lock:
            run, self._run = self._run, None
        if run is not None:
            run.stop.set()
            run.held.put(None)
            run.waiting.close()
            run.begun.set()
            # A listener runs in one of these threads and holds what the others wait for.
            if current_thread() not in run.threads:
                for thread in run.threads:
                    thread.join(timeout=10)
        if self._run is None:
            self._set(state="stopped")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Lab({self.store!r}, history={[str(folder) for folder in self.folders]}, {self._status.state})"

    def _people(self, table: str, column: str) -> pl.LazyFrame:
        snapshot = self.store.snapshot()
        return by_person(snapshot.scan(table), aliases(snapshot), column)

    def _places(self) -> list[Path]:
        if not self.folders:
            msg = "no history folder of Winamax was found on this machine; name one: pk.open(history='.../history')"
            raise HistoryError(msg)
        return list(self.folders)

    def _prepare(self, run: Run, places: list[Path], replay: int) -> list[Thread]:
        # Watching begins before the store is looked at: what is appended meanwhile is new, and comes by the watcher.
        tell = partial(self._on_watcher, run)
        pieces = [
            watch.follow(folder, self._settings, stop=run.stop, on_status=tell, skipped=run.skipped)
            for folder in places
        ]
        self._old.learn(self.hands)
        self._replay(run, replay)
        threads = [_thread("watcher", _follow, run, each) for each in pieces]
        threads.append(_thread("storer", self._take_all, run))
        if self._delay:
            threads.append(_thread("announcer", self._release, run))
        if self._catches_up:
            threads.append(_thread("importer", self._catch_up, run))
        return threads

    def _replay(self, run: Run, count: int) -> None:
        if count < 1:
            return
        pieces = [piece for folder in self.folders for piece in watch.recent(folder, count)]
        parts = [HandFrames.empty()]
        self._in_parts(pieces, lambda group: parts.append(parse(group)))
        frames = concat(parts)
        self.store.add(frames)
        last = frames.hands.unique("hand_id", keep="first").sort("played_at", "hand_id").tail(count)["hand_id"]
        hands = {hand.hand_id: hand for hand in hands_of(frames.where(pl.col("hand_id").is_in(last.implode())))}
        self._announce(run, [hands[hand_id] for hand_id in last], over=True)

    def _take_all(self, run: Run) -> None:
        with suppress(StoreError):  # adding will tell
            self.store.warm_up()
        while group := run.waiting.take():
            self._in_parts(group, partial(self._take, run))

    def _take(self, run: Run, group: Sequence[Appended]) -> None:
        """Store first, announce after, so that what is announced can be read."""
        frames = parse(group)
        added = self._store(run, frames, _place(group))
        if added is not None:
            hands = hands_of(self._new(frames, added))
            self._set(rejects=self._status.rejects + frames.rejects.height)
            self._announce(run, hands)

    def _in_parts(self, group: Sequence[Appended], work: Callable[[Sequence[Appended]], object]) -> None:
        """Do ``work`` on pieces together; where that fails, on parts of them: one bad hand costs itself only."""
        try:
            work(group)
        except Exception as error:
            parts = parts_of(group)
            if len(parts) < 2:
                self._fault(f"{_place(group)}: {type(error).__name__}: {error}")
                return
            for part in parts:
                self._in_parts([part], work)

    def _store(self, run: Run, frames: HandFrames, where: str) -> int | None:
        """Store hands, however long the store refuses; give how many it lacked, None if the lab stopped first."""
        pause, fault = 0.1, None
        while True:
            try:
                added = self.store.add(frames).hands_added
            except StoreError as error:
                if fault is None:
                    fault = f"{where}: the hand is not stored yet: {error}"
                    self._fault(fault)
            else:
                if fault is not None and self._status.error == fault:
                    self._set(error=None)
                return added
            if run.stop.wait(pause):
                return None
            pause = min(2 * pause, _PATIENCE_S)

    def _new(self, frames: HandFrames, added: int) -> HandFrames:
        """Keep the hands that neither the store had when the lab started nor this lab announced.

        That another process on the same store was quicker does not make a hand old.
        """
        given = frames.hands["hand_id"].unique(maintain_order=True)
        fresh = self._announced.without(given.to_list())
        if fresh and added < given.len():
            fresh = self._old.without(fresh)
        return frames if len(fresh) == frames.hands.height else frames.where(pl.col("hand_id").is_in(fresh))

    def _announce(self, run: Run, hands: list[Hand], *, over: bool = False) -> None:
        """Announce hands once each, now or when their time has come; ``over``: they were not finished just now."""
        fresh = set(self._announced.without([hand.hand_id for hand in hands]))
        self._announced.add(fresh)
        for hand in hands:
            if hand.hand_id not in fresh:
                continue
            fresh.remove(hand.hand_id)
            age = time.time() - hand.played_at.timestamp() if over else 0.0
            if age < self._delay:
                run.held.put((time.monotonic() + self._delay - age, hand))
            else:
                self._publish(hand)

    def _release(self, run: Run) -> None:
        while (held := run.held.get()) is not None:
            due, hand = held
            if run.stop.wait(max(due - time.monotonic(), 0)):
                return
            self._publish(hand)

    def _publish(self, hand: Hand) -> None:
        self.hub.publish(hand)
        self._set(hands=self._status.hands + 1)

    def _catch_up(self, run: Run) -> None:
        """Import what the store's ledger lacks, with one thread, so that live hands go on coming."""
        run.begun.wait()
        compiling = warm_up()
        while compiling.is_alive() and not run.is_over:
            compiling.join(_BREATH_S)  # an import could not be stopped while it compiles
        try:
            run.check()
            self._import_history(run)
        except Exception as error:
            if run.is_over:
                return
            self._fault(f"what was written while no lab ran is not imported: {type(error).__name__}: {error}")
        run.is_behind = False
        self._settle(run)

    def _import_history(self, run: Run) -> None:
        """Import of each file what was history at the start: the rest is the watcher's, hand by hand."""
        from pokerlab._ingest import load, new_files

        files, _ = new_files(self._places(), self.store)
        # With less than a title before it, the file's first hand was being written.
        ends = {path: end for path, end in run.skipped.items() if end > len(watch.SIGNATURE)}
        old = [replace(file, upto=ends[file.path]) for file in files if file.path in ends]
        report = load(old, self.store, progress=run.check, workers=1)
        if report.hands_added:
            self._old.learn_skipped(self.hands, run.skipped)
            self.store.tidy()

    def _on_watcher(self, run: Run, state: str, detail: str) -> None:
        if self._run is not run:
            return
        if state == "watching":
            self._set(state="catching up" if run.is_behind else state)
            self._settle(run)
        elif state == "restarting":
            self._set(state=state, error=detail)
        else:
            self._set(error=detail)
        run.begun.set()

    def _settle(self, run: Run) -> None:
        """Say that a run has caught up; both who imports and who watches ask, as either may be the last."""
        if not run.is_behind and self._run is run and self._status.state == "catching up":
            self._set(state="watching")

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


def _place(group: Sequence[Appended]) -> str:
    return f"{group[0].path}, byte {group[0].offset}"


def _follow(run: Run, pieces: Iterator[Appended]) -> None:
    for piece in pieces:
        run.waiting.put(piece)


def _thread(name: str, work: Callable[..., None], *arguments: object) -> Thread:
    return Thread(target=work, args=arguments, name=f"pokerlab-{name}", daemon=True)
