"""The store as users see it."""

from __future__ import annotations

import logging
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from pokerlab.errors import StoreError
from pokerlab.store import _compact
from pokerlab.store._batch import AddReport, prepare
from pokerlab.store._check import CheckReport, check
from pokerlab.store._log import Log, told
from pokerlab.store._place import folder_of, place_of
from pokerlab.store._publish import Publisher
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

    def add(self, frames: HandFrames) -> AddReport:
        """Store what is new in ``frames``: all of it in one step, or nothing.

        When this returns, the rows are on the disk and visible to every process.

        Raises
        ------
        SchemaError
            The frames lack columns, or do not fit together.
        StoreError
            The folder cannot be written; nothing was added.
        """
        tables = prepare(frames)
        with self._adding:
            report = self._publisher.add(tables, len(frames))
            if self._auto_compact and report.hands_added and _compact.crowded(self._log.recent()):
                self._keep_house()
        return report

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
        """Answer one SELECT over ``hands``, ``seats``, ``actions``, ``tournaments`` and ``rejects``.

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

    def compact_month(self, month: str) -> CompactReport:
        """Put the files of one month together, such as ``"2026-01"``, counted in UTC; see `compact`."""
        return self._compact(lambda view: (files for files in _compact.major(view) if files[0].month == month))

    def vacuum(self, retention_hours: int = RETENTION_HOURS) -> list[str]:
        """Delete files that no state of the last hours needs, and those that killed writers left; name them."""
        log = Log(self._root)
        try:
            with log.lock():
                return log.vacuum(retention_hours)
        finally:
            self._log.outdate()

    def check(self) -> CheckReport:
        """Verify the whole store: files, doubled hands, and hands without seats or actions."""
        return check(self.snapshot())

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
            self.vacuum()
        except Exception:
            _logger.exception("%s: housekeeping failed; the store is as it was, call compact() to try again", self.uri)


@lru_cache(maxsize=4)
def _reopened(root: Place, _identity: str, auto_compact: bool) -> Store:
    """Open a store that came from another process, once in this one: what it learns of its keys is kept."""
    return Store(root.uri, auto_compact=auto_compact, storage_options=root.options)
