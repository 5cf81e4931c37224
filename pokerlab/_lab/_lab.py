"""The lab: the user's store, the folders of histories, and the feed between them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab._lab._feed import Feed, FeedSettings, Known
from pokerlab._lab._hub import Hub
from pokerlab._lab._people import by_person, heroes_by_person
from pokerlab._lab._process import take_turns_quickly, warm_up
from pokerlab._lab._seats import stored_seats
from pokerlab._lab._status import LabStatus, StatusBoard
from pokerlab._query import GAP, sessions
from pokerlab.errors import HistoryError, SettingsError, StoreError
from pokerlab.store import aliases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from pokerlab._ingest import IngestReport
    from pokerlab.store import Notes, Store
    from pokerlab.watch import WatchSettings


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
        self._settings = FeedSettings(live_delay_s, settings, catch_up)
        self._status = StatusBoard()
        self._known = Known()
        self._feed: Feed | None = None
        self._feed_lock = Lock()

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
        delay = self._settings.delay_s
        if not delay:
            return self.seats
        try:
            return stored_seats(self.store.at(datetime.now(UTC) - timedelta(seconds=delay)))
        except StoreError:  # the store is younger than that
            return self.seats.clear()

    @property
    def last_session(self) -> pl.LazyFrame:
        """The hero's seats of the newest session, in the order of time; columns of `seats` and of `pokerlab.sessions`.

        A break of more than 30 minutes ends a session. Where several of the user's accounts played at its end, it is
        the session of each of them.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> from pokerlab import stats
        >>> lab = pk.open(tempfile.mkdtemp(), history=[])
        >>> _ = lab.store.add(pk.sample.hands(300, seed=1))
        >>> newest = stats.results(lab.last_session, by="session")
        >>> newest.height, newest["last_hand"].item() == stats.results(lab, by=())["last_hand"].item()
        (1, True)
        """
        snapshot = self.store.snapshot()
        newest = _newest_session(stored_seats(snapshot)).collect()
        seats = stored_seats(snapshot.holding(newest["hand_id"]))
        return seats.join(newest.lazy(), on=["hand_id", "player"]).sort("played_at", "hand_id", "seat")

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
        feed = self._feed
        if feed is not None and report.hands_added:
            feed.learn_imported()
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
        return self._status.now

    def on_status(self, listener: Callable[[LabStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at each change of `status`, in the thread that changes it; give back what ends this."""
        return self._status.listen(listener)

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
        with self._feed_lock:
            if self._feed is not None:
                return self
            self._feed = feed = Feed(self.store, places, self.hub, self._status, self._known, self._settings)
        self._status.set(state="starting", error=None, hands=0, rejects=0)
        try:
            feed.prepare(replay)
        except BaseException:
            self.stop()
            raise
        warm_up()
        take_turns_quickly()
        with self._feed_lock:
            if self._feed is feed:
                feed.start()
        return self

    def stop(self) -> None:
        """End the watching; hands that are still held back are not announced. May be called twice, or by a listener."""
        with self._feed_lock:
            feed, self._feed = self._feed, None
            if feed is not None:
                feed.stop()
        if feed is not None:
            feed.join()
        if self._feed is None:
            self._status.set(state="stopped")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Lab({self.store!r}, history={[str(folder) for folder in self.folders]}, {self.status.state})"

    def _people(self, table: str, column: str) -> pl.LazyFrame:
        snapshot = self.store.snapshot()
        return by_person(snapshot.scan(table), aliases(snapshot), column)

    def _places(self) -> list[Path]:
        if not self.folders:
            msg = "no history folder of Winamax was found on this machine; name one: pk.open(history='.../history')"
            raise HistoryError(msg)
        return list(self.folders)


def _newest_session(seats: pl.LazyFrame) -> pl.LazyFrame:
    """Find the hands of each account's last session, of those accounts that played at the end of the newest."""
    own = sessions(seats.filter("is_hero", "dealt").select("hand_id", "player"))
    last = own.filter(pl.col("session") == pl.col("session").max().over("player"))
    return last.filter(pl.col("played_at").max().over("player") >= pl.col("played_at").max() - GAP)
