"""Imports and reports on many machines, with Dask (extra ``cluster``): workers parse, write and add up for themselves.

The store lies where all workers and the client reach it: on a shared file system, or in an object store. So do the
files to import. What goes over the cluster's own network is names of files, expressions and sums.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import polars as pl
import polars.selectors as cs

from pokerlab import _ingest, schema, stats
from pokerlab._bunches import bunches
from pokerlab._ingest import IngestReport
from pokerlab._lab._seats import stored_seats
from pokerlab._sources import files_of
from pokerlab.errors import ClusterError, HistoryError, StatError
from pokerlab.stats._catalog import HUD
from pokerlab.stats._columns import chosen
from pokerlab.stats._combine import Combined, split, whole_hands
from pokerlab.stats.report import Asked, ask, collected, keys_of, with_hands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from distributed import Client

    from pokerlab._sources import File, Source
    from pokerlab.stats import AnyStat
    from pokerlab.stats._columns import Named
    from pokerlab.stats.report import By
    from pokerlab.store import Snapshot, Store

    Task = Any  # distributed's Future

__all__ = ["ingest", "report"]

TASK_BYTES = 24_000_000
"""About so many bytes of text are one task: some 20,000 hands, which become visible in the store at once."""

TASK_SEATS = 1_000_000
"""About so many stored seats are one task of a report; a part that one batch or compaction wrote is not cut."""

_FAN_IN = 16
"""So many tables of sums are put together at a time."""


def ingest(
    source: Source,
    store: Store,
    client: Client,
    *,
    progress: Callable[[int, int], object] | None = None,
    compact: bool = True,
) -> IngestReport:
    """Read Winamax histories into a store on the workers of a cluster, each of which writes what it has read.

    A worker that dies loses nothing and doubles nothing: another one does its task again, and a hand is stored once
    by its id. Interrupted at any moment, the store has every batch before that whole.

    Parameters
    ----------
    source
        As for `pokerlab.ingest`; the workers find the files under the same paths as the client.
    store
        Where the hands go; the workers reach it by the same path, or address and ``storage_options``.
    client
        The cluster.
    progress
        A function called with bytes done and bytes in all.
    compact
        Put the many files that many workers write together at the end, month by month.

    Returns
    -------
    IngestReport
        Its ``hands_added`` is what the store has gained meanwhile, so that a task that was done twice counts once.

    Raises
    ------
    ClusterError
        A task ended its worker again and again, or ``client`` is no client.
    HistoryError
        A path does not exist, here or on a worker.
    StoreError
        The store cannot be written.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> from distributed import Client
    >>> folder, store = tempfile.mkdtemp(), pk.Store(tempfile.mkdtemp())
    >>> _ = pk.sample.write(folder, 100, seed=1)
    >>> with Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0") as client:
    ...     done = pk.cluster.ingest(folder, store, client)
    ...     table = pk.cluster.report(store, client, by="position")
    >>> done.hands_added, table["hands"].sum() == store.scan("seats").collect()["dealt"].sum()
    (100, True)
    """
    _check(client)
    started, before = time.perf_counter(), store.counts()["hands"]
    files, unchanged = _ingest.new_files(source, store)
    bundles = bunches(files, lambda file: file.size, TASK_BYTES)
    own = _own(stats.every())
    tasks = {_submit(client, "import", _import, _sources(bundle), store, own): bundle for bundle in bundles}
    done, total = 0, sum(file.size for file in files)
    reports = []
    for future, result in _results(client, tasks):
        reports.append(result)
        done += sum(file.size for file in tasks[future])
        if progress:
            progress(done, total)
    if compact:
        months = {file.month for file in store.snapshot().view.of("hands")}
        for _ in _results(client, {_submit(client, "compact", _compact, store, month): () for month in months}):
            pass
        store.compact()
    seen = sum(report.hands_added + report.duplicates for report in reports)
    # At least what tasks have told, at most what they have read: others may add hands at the same time.
    gained = store.counts()["hands"] - before
    added = max(sum(report.hands_added for report in reports), min(gained, seen))
    rules = sum((Counter(report.rejects_by_rule) for report in reports), Counter[str]())
    return IngestReport(
        files=len(files) + unchanged,
        files_unchanged=unchanged,
        hands_added=added,
        duplicates=seen - added,
        rejects=sum(report.rejects for report in reports),
        seconds=time.perf_counter() - started,
        tournaments=sum(report.tournaments for report in reports),
        rejects_by_rule=dict(rules.most_common()),
        format_changes=tuple(change for report in reports for change in report.format_changes),
    )


def report(
    store: Store,
    client: Client,
    by: By = "player",
    stats: Named | Sequence[Named] = HUD,
    *,
    min_hands: int = 0,
    where: pl.Expr | None = None,
    interval: float | None = None,
) -> pl.DataFrame:
    """Make the table of `pokerlab.stats.report` of all stored hands, added up on the workers of a cluster.

    Whole numbers, and the rates made of them, are those of one machine to the last bit. Means and deviations are sums
    of floats, whose last digits depend on the order: here that of the store's files, whatever the workers do, so that
    the same state gives the same bits, and `stats.report` the same number but for rounding.

    Parameters
    ----------
    store
        The store; the workers reach it by the same path, or address and ``storage_options``.
    client
        The cluster.
    by, stats, min_hands, where, interval
        As for `stats.report`. Columns of hands may be named too, such as ``by="format"``.

    Raises
    ------
    ClusterError
        A task ended its worker again and again, or ``client`` is no client.
    SchemaError, StatError
        As for `stats.report`; and a group that looks beyond its hand, such as ``"session"``, or a statistic that cannot
        be made of sums, such as a median.
    """
    _check(client)
    snapshot = store.snapshot()
    recipe = _recipe(snapshot, by, stats, where, interval)
    runs = list(snapshot.runs(TASK_SEATS))
    parts = [snapshot.part(segments) for segments in runs or [[]]]
    futures = [_submit(client, "sums", _sums, part, recipe) for part in parts]
    everything = list(futures)
    while len(futures) > 1:
        bunches = [futures[n : n + _FAN_IN] for n in range(0, len(futures), _FAN_IN)]
        futures = [_submit(client, "together", _together, bunch, recipe) for bunch in bunches]
        everything += futures
    [(_, sums)] = _results(client, {futures[0]: ()}, everything)
    table = recipe.combined.finished(sums, recipe.asked.names).cast(recipe.kinds)
    return recipe.asked.in_order(table.filter(pl.col("hands") >= min_hands))


@dataclass(frozen=True, slots=True, eq=False)
class _Recipe:
    """What every worker does with its part of the seats.

    Attributes
    ----------
    asked, combined
        The report, and how it is made of parts.
    own
        Statistics besides those of pokerlab.
    of_hands
        Columns of hands that it looks at.
    kinds
        The report's columns and their types.
    """

    asked: Asked
    combined: Combined
    own: tuple[AnyStat, ...]
    of_hands: tuple[str, ...]
    kinds: pl.Schema


def _recipe(
    snapshot: Snapshot, by: By, named: Named | Sequence[Named], where: pl.Expr | None, interval: float | None
) -> _Recipe:
    wanted = chosen(named)
    own = _own([*stats.every(), *wanted])
    columns = {**snapshot.view.schema("seats"), **stats.columns((*stats.ALL, *own))}
    rows = pl.LazyFrame(schema=columns)
    looks_at = [*keys_of(by, rows), *([] if where is None else [where])]
    roots = {name for expression in looks_at for name in expression.meta.root_names()}
    of_hands = tuple(name for name in schema.HANDS if name in roots and name not in columns)
    rows = pl.LazyFrame(schema={**columns, **{name: schema.HANDS[name] for name in of_hands}})
    asked = ask(rows, by, wanted, where=where, interval=interval)
    for key in [*asked.keys, *([] if where is None else [where])]:
        if not whole_hands(key):
            msg = (
                f"{key.meta.output_name()!r} looks at rows beyond those of its hand, which may lie in another part of "
                "the store; ask stats.report, which reads all on one machine"
            )
            raise StatError(msg)
    kinds = asked.grouped(rows, asked.values).collect_schema()
    return _Recipe(asked, split(asked.values), own, of_hands, kinds)


def _own(known: Iterable[AnyStat]) -> tuple[AnyStat, ...]:
    """Give those that are not pokerlab's: a worker has these itself, and knows them by being the same object."""
    return tuple({stat.code: stat for stat in known if stat not in stats.ALL}.values())


def _sources(files: list[File]) -> list[bytes | str]:
    return [os.fspath(file.path) if file.path is not None else file.data or b"" for file in files]


def _import(sources: list[bytes | str], store: Store, own: tuple[AnyStat, ...]) -> IngestReport:
    from distributed import get_worker

    stats.register(*own, replace=True)
    try:
        # Whole, as the ledger may know files from a worker that died before it could tell what was in them.
        return _ingest.load(list(files_of(sources)), store, workers=1, whole=True)
    except HistoryError as error:
        msg = f"{error} (on the worker {get_worker().address}: files have the same paths on client and workers)"
        raise HistoryError(msg) from error


def _compact(store: Store, month: str) -> None:
    store.compact_month(month)


def _sums(part: Snapshot, recipe: _Recipe) -> pl.DataFrame:
    seats = stored_seats(part, (*stats.ALL, *recipe.own))
    if recipe.of_hands:
        seats = with_hands(seats, part.scan("hands").select("hand_id", *recipe.of_hands))
    # In order and in one piece, so that sums of floats are the same however many threads a worker has.
    found = collected(recipe.asked.grouped(seats, recipe.combined.partial, ordered=True), "in-memory")
    return found.with_columns((cs.starts_with("_part") & cs.unsigned_integer()).cast(pl.Int64)).cast(_texts(found))


def _texts(frame: pl.DataFrame) -> pl.Schema:
    """Name the columns of Enums, as text: Polars 2.1 cannot always read one with nulls that was pickled."""
    kinds = {name: kind for name, kind in frame.schema.items() if isinstance(getattr(kind, "inner", kind), pl.Enum)}
    return pl.Schema(
        {name: pl.List(pl.String) if isinstance(kind, pl.List) else pl.String for name, kind in kinds.items()}
    )


def _together(parts: list[pl.DataFrame], recipe: _Recipe) -> pl.DataFrame:
    rows, names = pl.concat(parts), recipe.asked.names
    if not names:
        return rows.select(recipe.combined.together)
    return rows.group_by(names, maintain_order=True).agg(recipe.combined.together)


def _check(client: Client) -> None:
    from distributed import Client

    if not isinstance(client, Client):
        msg = f"client is a {type(client).__name__}; give a distributed.Client, such as Client('tcp://scheduler:8786')"
        raise ClusterError(msg)


def _submit(client: Client, what: str, function: Callable[..., Any], *arguments: object) -> Task:
    return client.submit(function, *arguments, key=f"pokerlab-{what}-{uuid4().hex}", pure=False)


def _results(client: Any, tasks: Iterable[Task], others: Iterable[Task] = ()) -> Iterator[tuple[Task, Any]]:
    """Give results as they come; whatever ends this ends the tasks that are left."""
    import distributed

    as_completed: Any = distributed.as_completed
    try:
        for future in as_completed(tasks):
            yield future, future.result()
    except distributed.KilledWorker as error:
        msg = (
            f"a task ended each worker that tried it, the last one {error.last_worker.address}; look at the workers' "
            "logs, most often they had too little memory. What other tasks have done is done"
        )
        raise ClusterError(msg) from error
    finally:
        client.cancel([future for future in [*tasks, *others] if not future.done()])
