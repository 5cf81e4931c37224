"""The store as users see it."""

from __future__ import annotations

import logging
import math
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from pokerlab.errors import StoreError
from pokerlab.store import _compact
from pokerlab.store._batch import AddReport, prepare
from pokerlab.store._check import CheckReport, check
from pokerlab.store._ledger import Ledger, Reading
from pokerlab.store._log import Log, told
from pokerlab.store._notes import Notes
from pokerlab.store._place import folder_of, place_of
from pokerlab.store._publish import Publisher
from pokerlab.store._repair import RepairReport, repair
from pokerlab.store._snapshot import Snapshot

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from pokerlab.frames import HandFrames
    from pokerlab.store._compact import CompactReport
    from pokerlab.store._layout import DataFile, View
    from pokerlab.store._place import Place

_logger = logging.getLogger(__name__)

RETENTION_HOURS = 24
"""How long replaced files stay, for readers that still use them and for `Store.at`."""

VACUUM_EVERY_S = 3600.0
"""How often live hands start a vacuum, which looks at every file of the store."""

JOIN_S = 0.25
"""How long `Store.close` waits at a time, after which an interrupt is heard."""


class Store:
    """A folder of hands that many processes may read and write at once; it is made where there is none.

    A batch is visible in all its frames or not at all, whatever happens in between. A hand is stored once by its
    ``hand_id``, a reject once by its file, byte, rule and text; of a tournament's summaries the last one stands.

    Parameters
    ----------
    path
        The folder; ``~`` is the home folder. Or the address of an object store: ``s3://bucket/hands``, ``gs://``,
        ``az://``.
    auto_compact
        Merge small files in a thread of its own when many have come together, as live hands make them.
    storage_options
        How to reach an object store, as deltalake and Polars take it: ``{"AWS_REGION": "eu-west-3"}``; see
        ``docs/cluster.md``. What is not given comes from the environment.

    Attributes
    ----------
    notes
        What users write about hands and players: see `Notes`.

    Raises
    ------
    StoreError
        The folder holds something else, a newer format, or cannot be read or made.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> store = pk.Store(tempfile.mkdtemp())
    >>> frames = pk.sample.hands(50, seed=1)
    >>> store.add(frames).hands_added, store.add(frames).hands_added
    (50, 0)
    >>> store.sql("SELECT count(*) AS n FROM hands")["n"].item()
    50
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        auto_compact: bool = True,
        storage_options: Mapping[str, str] | None = None,
    ) -> None:
        self._root = place_of(path, storage_options)
        self._auto_compact = auto_compact
        self._log = Log(self._root)
        self._publisher = Publisher(self._log)
        self._adding = threading.Lock()
        # A log of its own: a writer of this process may wait for other processes, readers never wait.
        self._reader = Log(self._root)
        self._reading = threading.Lock()
        self._housekeeping: threading.Thread | None = None
        self._vacuumed_at = -math.inf
        self.notes = Notes(self._log, self._adding, self.snapshot)

    @property
    def path(self) -> Path:
        """The folder.

        Raises
        ------
        StoreError
            The store lies in an object store; `uri` names it.
        """
        return folder_of(self._root)

    @property
    def uri(self) -> str:
        """The folder, or the address, as text."""
        return self._root.uri

    @property
    def version(self) -> int:
        """Number of the newest state, counted from 0 when the store was made."""
        return self.snapshot().version

    def add(self, frames: HandFrames, *, replace: bool = False, read: Reading | None = None) -> AddReport:
        """Store what is new in ``frames``: all of it in one step, or nothing.

        When this returns, the rows are on the disk and visible to every process.

        Parameters
        ----------
        frames
            Hands, with what belongs to them.
        replace
            Put hands and tournaments that the store has already in the place of the stored ones, in the same step,
            as when a newer parser has read them again.
        read
            For imports: the files that the frames were read from, which the ledger is to know from this step on.

        Raises
        ------
        SchemaError
            The frames lack columns, or do not fit together.
        StoreError
            The folder cannot be written; nothing was added.
        """
        tables = prepare(frames) | (read or Reading()).tables()
        with self._adding:
            report = self._publisher.add(tables, len(frames), replace=replace)
            added = report.hands_added or report.rejects_added
            if self._auto_compact and added and _compact.crowded(self._log.recent()):
                self._keep_house()
        return report

    def warm_up(self) -> None:
        """Read which hands are stored, as else the first `add` does: about a second where there are a million."""
        with self._adding, told(self._root, "its hands cannot be read"):
            self._publisher.warm_up()

    def drop_rejects(self, rejects: pl.DataFrame) -> int:
        """Take rejects out, as what they hold was understood and added; give how many there were.

        Parameters
        ----------
        rejects
            Rows of `scan("rejects")`; a reject is known by its file, byte, rule and text.

        Raises
        ------
        StoreError
            The folder cannot be written; the rejects are still there.
        """
        with self._adding, told(self._root, "the rejects were not taken out"):
            try:
                return _compact.drop_rejects(self._log, rejects)
            finally:
                self._log.outdate()

    def ledger(self, parser: int) -> Ledger:
        """Give what is known of the files that were imported, for an import by this version of the parser."""
        return Ledger(self.snapshot(), parser)

    def snapshot(self) -> Snapshot:
        """Give the newest state, with all kinds from the same moment."""
        with self._reading:
            return Snapshot(self._root, self._reader.view())

    def at(self, when: int | datetime) -> Snapshot:
        """Give an earlier state, by its version or by a time (the last state until then).

        Raises
        ------
        StoreError
            The store did not exist, or the state's files are no longer there; they are kept for a day.
        """
        return Snapshot(self._root, self._log.view_at(when))

    def scan(self, table: str, *, since: datetime | None = None, until: datetime | None = None) -> pl.LazyFrame:
        """Give a kind of the newest state as a LazyFrame; see `Snapshot.scan`.

        What it collects to, as what `sql` and `read` give, is Arrow: pandas, pyarrow and DuckDB take it as it is
        (``pyarrow.table(frame)``), pandas but for lists, which ``frame.to_pandas()`` knows. A LazyFrame has no rows to
        give them before ``collect``.

        Examples
        --------
        >>> import pokerlab as pk, polars as pl, tempfile
        >>> store = pk.Store(tempfile.mkdtemp())
        >>> _ = store.add(pk.sample.hands(50, seed=1))
        >>> store.scan("seats").filter(pl.col("won")).select("hand_id").collect().height >= 50
        True
        """
        return self.snapshot().scan(table, since=since, until=until)

    def read(self, hand_ids: Iterable[str]) -> HandFrames:
        """Read single hands of the newest state; see `Snapshot.read`."""
        return self.snapshot().read(hand_ids)

    def sql(self, query: str, /, **params: object) -> pl.DataFrame:
        """Answer one SELECT over the tables that `scan` gives: ``hands``, ``seats``, ``notes`` and so on.

        Parameters
        ----------
        query
            DuckDB's SQL. It cannot write, and reads nothing but the store.
        **params
            Values of ``$name`` in the query; player names belong here, never into the text.

        Raises
        ------
        StoreError
            The query is wrong, or more than one SELECT.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> store = pk.Store(tempfile.mkdtemp())
        >>> store.sql("SELECT count(*) AS n FROM seats WHERE player = $player", player="O'Neil")["n"].item()
        0
        """
        snapshot = self.snapshot()
        try:
            return snapshot.sql(query, params)
        except StoreError:
            newer = self.snapshot()
            if newer.version == snapshot.version or snapshot.is_whole():
                raise
            return newer.sql(query, params)

    def counts(self) -> dict[str, int]:
        """Count the rows of each kind, without opening a file."""
        return self.snapshot().counts()

    def compact(self) -> CompactReport:
        """Put small files together, month by month; readers and writers go on meanwhile."""
        return self._compact(_compact.major)

    def tidy(self) -> None:
        """Do what is good after an import: put files together in months that have many, then `vacuum`.

        Where there is nothing to do this takes some milliseconds; readers and writers go on meanwhile.
        """
        self._compact(_compact.worn)
        self.vacuum()

    def compact_month(self, month: str) -> CompactReport:
        """Put the files of one month together, such as ``"2026-01"``, counted in UTC; see `compact`."""
        return self._compact(lambda view: (files for files in _compact.major(view) if files[0].month == month))

    def vacuum(self, retention_hours: int = RETENTION_HOURS) -> list[str]:
        """Delete files that no state of the last hours needs, and those that killed writers left; name them."""
        log = Log(self._root)
        self._vacuumed_at = time.monotonic()
        try:
            with log.lock():
                return log.vacuum(retention_hours)
        finally:
            self._log.outdate()

    def check(self) -> CheckReport:
        """Verify the whole store: files, doubled hands, and hands without seats or actions."""
        return check(self.snapshot())

    @classmethod
    def repair(cls, path: str | os.PathLike[str]) -> RepairReport:
        """Mend a store that a power loss has damaged, also one that cannot be opened; nothing is deleted.

        What can be read stays, and hands are looked for in every file of the folder. What was lost with them is told,
        with the histories to import again. Other processes wait meanwhile.

        Raises
        ------
        StoreError
            There is no store in that folder, or it cannot be written.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> store = pk.Store(tempfile.mkdtemp())
        >>> _ = store.add(pk.sample.hands(20, seed=1))
        >>> pk.Store.repair(store.path).problems
        ()
        """
        return repair(place_of(path))

    def close(self) -> None:
        """Wait until housekeeping in the background has ended; the store may be used again afterwards."""
        # A wait without limit is deaf to Ctrl-C: polars installs a handler of SIGINT that restarts system calls.
        while self._housekeeping is not None and self._housekeeping.is_alive():
            self._housekeeping.join(JOIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[object, ...]:
        return _reopened, (self._root, self._log.identity, self._auto_compact)

    def __repr__(self) -> str:
        return f"Store({self.uri!r})"

    def _compact(self, choose: Callable[[View], Iterator[list[DataFile]]]) -> CompactReport:
        log = Log(self._root)
        try:
            with told(self._root, "its files were not put together"):
                return _compact.compact(log, choose)
        finally:
            self._log.outdate()

    def _keep_house(self) -> None:
        if self._housekeeping is None or not self._housekeeping.is_alive():
            self._housekeeping = threading.Thread(target=self._merge_small, name="pokerlab-store-housekeeping")
            self._housekeeping.start()

    def _merge_small(self) -> None:
        try:
            self._compact(_compact.minor)
            if time.monotonic() > self._vacuumed_at + VACUUM_EVERY_S:
                self.vacuum()
        except Exception:
            _logger.exception("%s: housekeeping failed; the store is as it was, call compact() to try again", self.uri)


@lru_cache(maxsize=4)
def _reopened(root: Place, _identity: str, auto_compact: bool) -> Store:
    """Open a store that came from another process, once in this one: what it learns of its keys is kept."""
    return Store(root.uri, auto_compact=auto_compact, storage_options=root.options)
