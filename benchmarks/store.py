"""Measure the store with simulated hands: ``python benchmarks/store.py [--hands N] [--folder F]``.

Text files go in by `pokerlab.ingest`, in a process of its own whose memory is measured. Beside it, in the same run: the
same parsed frames into plain Parquet files, a DuckDB database and an SQLite database, and the same questions to DuckDB.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import polars.selectors as cs
from timing import row

from pokerlab import _ingest, sample
from pokerlab._sources import files_of
from pokerlab.frames import HandFrames, concat, merge_copies
from pokerlab.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPAWN = multiprocessing.get_context("spawn")
PEER_HANDS = 100_000
"""So many hands go into the slower peers too; their rates are told, not their seconds."""

BATCH = 20_000


def in_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function of this module in a fresh process and give what it returns."""
    with SPAWN.Pool(1) as pool:
        return pool.apply(work, arguments)


def seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def middle_ms(work: Callable[[], Any], times: int = 7) -> float:
    """Give the median of some calls in ms, after one that is not counted."""
    work()
    return 1e3 * median(seconds(work) for _ in range(times))


def size(place: Path) -> int:
    return sum(path.stat().st_size for path in [place, *place.rglob("*")] if path.is_file())


# --- text files into the store ---


def import_all(text: Path, place: Path, **options: Any) -> tuple[int, float, float]:
    """Import in this process; give the hands added, the seconds, and the most memory in GiB."""
    _ingest.parse(b"Winamax Poker")  # load the kernels
    store = Store(place)
    begin = time.perf_counter()
    report = _ingest.ingest(text, store, **options)
    spent = time.perf_counter() - begin
    store.close()
    return report.hands_added, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def imports(text: Path, place: Path) -> None:
    added, spent, memory = in_process(import_all, text, place)
    row("text files into the store, both cores", added / spent, "hands/s", f"most memory {memory:.2f} GiB")
    files = sum(1 for _ in text.rglob("*.txt"))
    _, spent, _ = in_process(import_all, text, place)
    row(f"the same {files:,} files again, unchanged", spent, "s")
    store = Store(place)
    store.compact()
    live = sum(file.size for file in store.snapshot().view.files.values())
    raw = sum(path.stat().st_size for path in text.rglob("*.txt"))
    row("on disk, all kinds, compacted", live / added, "bytes/hand", f"the text: {raw / added:,.0f}", raw / live)


def many_files(folder: Path, count: int = 10_000) -> None:
    """Import a folder of many small files twice."""
    history = folder / "many"
    history.mkdir()
    source = folder / "one"
    sample.write(source, 40, seed=5, truth=False)
    text = next(source.glob("*.txt")).read_text()
    for number in range(count):  # hands of their own in each file
        (history / f"{number}.txt").write_text(text.replace("HandId: #", f"HandId: #{number + 1}"))
    _, first, _ = in_process(import_all, history, folder / "many-store")
    _, again, _ = in_process(import_all, history, folder / "many-store")
    row(f"{count:,} files", first, "s", "again, unchanged: " + f"{again:.2f} s", first / again)


# --- the same frames into others ---


def batches(text: Path, hands: int) -> Iterator[HandFrames]:
    """Give the parsed hands in batches, as `ingest` stores them."""
    waiting: list[HandFrames] = []
    given = 0
    for part in _ingest.parsed(list(files_of(text)), None, None):
        waiting.append(part.frames)
        if sum(map(len, waiting)) >= BATCH:
            whole = merge_copies(concat(waiting))
            given += len(whole)
            yield whole
            waiting.clear()
            if given >= hands:
                return
    if waiting:
        yield merge_copies(concat(waiting))


def plain(frames: HandFrames, kind: str) -> pl.DataFrame:
    """Give a table as others can take it."""
    return frames.tables()[kind].with_columns(cs.enum().cast(pl.String))


KINDS = ("hands", "seats", "actions")


def peers(text: Path, folder: Path, hands: int) -> None:
    """Write the same batches everywhere; times are of the writing alone."""
    store, files = Store(folder / "peer-store"), folder / "parquet"
    files.mkdir()
    ducks, lite = duckdb.connect(folder / "hands.duckdb"), sqlite3.connect(folder / "hands.sqlite")
    spent, given = dict.fromkeys(("store", "parquet", "duckdb", "sqlite"), 0.0), 0
    for frames in batches(text, hands):
        spent["store"] += seconds(lambda frames=frames: store.add(frames))
        for kind in KINDS:
            frame = plain(frames, kind)
            spent["parquet"] += seconds(lambda f=frame, k=kind, n=given: f.write_parquet(files / f"{k}{n}.parquet"))
            spent["duckdb"] += seconds(lambda f=frame, k=kind: _into_duckdb(ducks, f, k))
            spent["sqlite"] += seconds(lambda f=frame, k=kind: _into_sqlite(lite, f, k))
        given += len(frames)
    spent["duckdb"] += seconds(ducks.close)
    spent["sqlite"] += seconds(lite.close)
    store.compact()
    store.vacuum(0)
    own = given / spent["store"]
    sizes = {
        "parquet": size(files), "duckdb": size(folder / "hands.duckdb"), "sqlite": size(folder / "hands.sqlite")
    }  # fmt: skip
    row("parsed frames into the store", own, "hands/s", f"{size(store.path) / given:,.0f} bytes/hand")
    for name, place in sizes.items():
        rate = given / spent[name]
        row(f"  into {name}", rate, "hands/s", f"{place / given:,.0f} bytes/hand", own / rate)


def _into_duckdb(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, kind: str) -> None:
    connection.register("batch", frame)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {kind} AS FROM batch LIMIT 0")
    connection.execute(f"INSERT INTO {kind} SELECT * FROM batch")


def _into_sqlite(connection: sqlite3.Connection, frame: pl.DataFrame, kind: str) -> None:
    frame = frame.with_columns(cs.by_dtype(pl.List(pl.String)).list.join(","), cs.datetime().dt.epoch("us"))
    names = ", ".join(f'"{name}"' for name in frame.columns)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {kind} ({names})")
    marks = ", ".join("?" * frame.width)
    connection.executemany(f"INSERT INTO {kind} VALUES ({marks})", frame.iter_rows())
    connection.commit()


# --- questions ---


def reads(place: Path, folder: Path) -> None:
    """Ask the whole store, and a DuckDB database with the same tables."""
    store = Store(place)
    hands = store.counts()["hands"]
    wanted = store.scan("hands").select("hand_id").collect()["hand_id"][hands // 2]
    ducks = duckdb.connect(folder / "whole.duckdb")
    for kind in KINDS:
        paths = [str(place / file.path) for file in store.snapshot().view.of(kind)]
        ducks.execute(f"CREATE TABLE {kind} AS FROM read_parquet(?, union_by_name = true)", [paths])
    ducks.execute("CHECKPOINT")
    ducks.close()

    def open_duckdb() -> None:
        with duckdb.connect(folder / "whole.duckdb", read_only=True) as connection:
            for kind in KINDS:
                connection.sql(f"FROM {kind} WHERE hand_id = ?", params=[wanted]).pl()

    own, other = middle_ms(lambda: Store(place).read([wanted])), middle_ms(open_duckdb)
    row("open the store and read one hand", own, "ms", f"DuckDB file {other:.0f} ms", other / own)
    row("read one hand", middle_ms(lambda: store.read([wanted])), "ms")
    sums = store.scan("seats").group_by("player").agg(pl.len(), pl.col("net").sum())
    query = "SELECT player, count(*), sum(net) FROM seats GROUP BY player"
    with duckdb.connect(folder / "whole.duckdb", read_only=True) as connection:
        other = middle_ms(lambda: connection.sql(query).pl())
    own = middle_ms(sums.collect)
    row("hands and winnings by player, Polars", own, "ms", f"DuckDB file {other:.0f} ms", other / own)
    row("  the same by Store.sql", middle_ms(lambda: store.sql(query)), "ms")


# --- live hands ---


def live(place: Path, adds: int, folder: Path, *, busy: bool) -> None:
    """Store single hands, as the live feed does, alone or while another process imports and a third reads."""
    hands = sample.hands(adds, seed=77)
    ids = hands.hands["hand_id"].to_list()
    helpers = []
    if busy:
        more = folder / "more"
        if not more.exists():
            sample.write(more, 60_000, seed=78, truth=False, workers=os.cpu_count())
        helpers = [SPAWN.Process(target=_import_slowly, args=(more, place)), SPAWN.Process(target=_read, args=(place,))]
        for helper in helpers:
            helper.start()
        time.sleep(5)
    times = []
    with Store(place) as store:
        store.add(hands.where(pl.col("hand_id") == ids[0]))
        for hand_id in ids[1:]:
            one = hands.where(pl.col("hand_id") == hand_id)
            one = HandFrames(**{kind: _renamed(frame, busy) for kind, frame in one.tables().items()})
            begin = time.perf_counter()
            report = store.add(one)
            times.append(1e3 * (time.perf_counter() - begin))
            assert report.hands_added == 1
            time.sleep(0.1)
    running = all(helper.is_alive() for helper in helpers)
    for helper in helpers:
        helper.terminate()
        helper.join()
    name = f"one live hand, an importer and a reader {'' if running else 'partly '}beside" if busy else "one live hand"
    row(name, median(times), "ms", f"p99 {sorted(times)[int(0.99 * len(times))]:.0f} ms of {len(times)}")


def _renamed(frame: pl.DataFrame, busy: bool) -> pl.DataFrame:
    """Give the hands other ids, so that they are new in a store that has them from the other case."""
    return frame.with_columns(hand_id="9" + pl.col("hand_id")) if busy and "hand_id" in frame.columns else frame


def _import_slowly(text: Path, place: Path) -> None:
    """Import in batches of some hundred hands until this process is ended."""
    _ingest.BATCH_HANDS = 500
    _ingest.ingest(text, Store(place))


def _read(place: Path) -> None:
    """Sum over the whole store until this process is ended."""
    store = Store(place)
    while True:
        store.scan("seats").group_by("player").agg(pl.len(), pl.col("net").sum()).collect()
        time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hands", type=int, default=1_000_000)
    parser.add_argument("--live", type=int, default=300)
    parser.add_argument("--folder", type=Path, help="keep the simulated text there, for another run")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pokerlab-bench-"))
    text = (options.folder or folder) / f"text-{options.hands}"
    try:
        if not text.exists():
            sample.write(text, options.hands, seed=1, game="mixed", truth=False, workers=os.cpu_count())
        imports(text, folder / "store")
        many_files(folder)
        reads(folder / "store", folder)
        live(folder / "store", options.live, folder, busy=False)
        live(folder / "store", options.live, folder, busy=True)
        peers(text, folder, min(options.hands, PEER_HANDS))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
