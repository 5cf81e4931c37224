"""Measure the store beside a bare Parquet file and a DuckDB database: ``python benchmarks/store.py [--hands N]``.

The rows are random but shaped like real ones: 5.4 seats and 12.6 actions a hand, 180 flags in ``seats``, 24 months.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import polars as pl

from pokerlab import schema
from pokerlab.frames import HandFrames
from pokerlab.store import Store

FLAGS = [f"{kind}_{number:03}" for number in range(90) for kind in ("did", "could")]
MONTHS = 24
HAND_TABLES = ("hands", "seats", "actions")


def made_up(first: int, count: int, total: int, rng: np.random.Generator) -> HandFrames:
    """Give hands with numbers from ``first`` on, spread evenly over the months by their number."""
    number = np.arange(first, first + count)
    start = datetime(2022, 1, 1, tzinfo=UTC)
    step = timedelta(days=30.4 * MONTHS) / total
    hands = pl.DataFrame({"number": number}).select(
        hand_id=pl.format("{}-{}-{}", pl.col("number") * 7919 % 9_999_991, pl.col("number") % 900, 1640995200 + number),
        played_at=pl.lit(start) + pl.col("number").cast(pl.Duration("us")) * int(step.total_seconds() * 1e6),
        table=pl.format("Table {}", pl.col("number") % 400),
        pot=pl.Series(rng.integers(10, 5_000, count)),
        source=pl.format("2022{}_holdem_no-limit.txt", pl.col("number") // 500),
        offset=pl.col("number") % 500 * 1_200,
        board=pl.Series(_cards(rng, count, 5)),
        rake=pl.Series(rng.integers(0, 50, count)),
        **{name: pl.lit(value) for name, value in _CONSTANT.items()},
    )
    seats, actions = 5 + (rng.random(count) < 0.4), 9 + rng.poisson(3.6, count)
    return HandFrames(
        hands=_filled(hands, "hands"),
        seats=_filled(_seats(hands, seats, rng), "seats"),
        actions=_filled(_actions(hands, actions, rng), "actions"),
        tournaments=schema.TOURNAMENTS.to_frame(),
        rejects=schema.REJECTS.to_frame(),
    )


_CONSTANT = {
    "format": "cash",
    "game": "holdem",
    "limit": "no_limit",
    "unit": "eur_cent",
    "max_seats": 6,
    "n_players": 5,
    "button_seat": 1,
    "small_blind": 5,
    "big_blind": 10,
}


def _cards(rng: np.random.Generator, count: int, cards: int) -> list[str]:
    deck = np.array([rank + suit for rank in "23456789TJQKA" for suit in "cdhs"])
    return ["".join(row) for row in deck[rng.integers(0, 52, (count, cards))]]


def _repeated(hands: pl.DataFrame, times: np.ndarray) -> tuple[pl.Series, np.ndarray]:
    rows = np.repeat(np.arange(hands.height), times)
    return hands["hand_id"][rows], np.arange(rows.size) - np.repeat(np.cumsum(times) - times, times)


def _seats(hands: pl.DataFrame, times: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    ids, seat = _repeated(hands, times)
    rows = len(ids)
    money = {name: rng.integers(0, 1_000, rows) for name in ("stack", "contributed", "collected", "net")}
    flags = {name: rng.random(rows) < share for name, share in zip(FLAGS, rng.random(len(FLAGS)) / 3, strict=True)}
    player = pl.Series((rng.zipf(1.3, rows) % 20_000).astype(np.int64))
    return pl.DataFrame(
        {"hand_id": ids, "seat": seat + 1, **money, "ev_net": money["net"] * 1.0, **flags}
    ).with_columns(
        player=pl.format("player{}", player),
        is_hero=pl.Series(seat == 2),
        dealt=pl.lit(value=True),
        position=pl.Series(np.array(schema.POSITION.categories)[seat]),
    )


def _actions(hands: pl.DataFrame, times: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    ids, seq = _repeated(hands, times)
    rows = len(ids)
    kinds = np.array(schema.ACTION.categories)[rng.integers(6, 11, rows)]
    money = {name: rng.integers(0, 500, rows) for name in ("amount", "to", "to_call", "pot_before", "stack_before")}
    streets = np.array(schema.STREET.categories)[np.minimum(seq // 4, 4)]
    player = pl.format("player{}", pl.Series((rng.zipf(1.3, rows) % 20_000).astype(np.int64)))
    frame = pl.DataFrame({"hand_id": ids, "seq": seq, "seat": seq % 5 + 1, "action": kinds, "street": streets, **money})
    return frame.with_columns(player=player, is_all_in=pl.Series(rng.random(rows) < 0.02), n_raises=pl.lit(1))


def _filled(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    lacking = [pl.lit(None).alias(name) for name in schema.TABLES[table] if name not in frame.columns]
    return schema.enforce(frame.with_columns(lacking), table)


def seconds(work: object) -> float:
    """Time one call."""
    assert callable(work)
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def best(work: object, times: int = 3) -> str:
    """Time a read several times, and give the best in ms: the machine is shared."""
    return f"{min(seconds(work) for _ in range(times)) * 1e3:.0f} ms"


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def imports(folder: Path, hands: int, batch: int) -> tuple[Store, list[tuple[str, str]]]:
    """Write the same batches into the store, plain Parquet files and a DuckDB database."""
    store, rng = Store(folder / "store", auto_compact=False), np.random.default_rng(1)
    plain, spent = folder / "plain", {"store": 0.0, "plain": 0.0, "duckdb": 0.0}
    plain.mkdir()
    Store(folder / "warm").add(made_up(0, 100, hands, rng))
    database = duckdb.connect(folder / "hands.duckdb")
    for first in range(0, hands, batch):
        frames = made_up(first, min(batch, hands - first), hands, rng)
        tables = {name: frames.tables()[name] for name in HAND_TABLES}
        spent["store"] += seconds(lambda frames=frames: store.add(frames))
        for name, frame in tables.items():
            database.register("batch", frame)
            spent["plain"] += seconds(
                lambda name=name, frame=frame, first=first: frame.write_parquet(plain / f"{name}{first}.parquet")
            )
            create = f"CREATE TABLE IF NOT EXISTS {name} AS FROM batch LIMIT 0"
            database.execute(create)
            spent["duckdb"] += seconds(lambda name=name: database.execute(f"INSERT INTO {name} SELECT * FROM batch"))
    spent["duckdb"] += seconds(database.close)
    rows = [(f"import into {name}, hands/s", f"{hands / value:,.0f}") for name, value in spent.items()]
    rows.append(("compact all", f"{seconds(store.compact):.1f} s"))
    store.vacuum(0)
    sizes = {"store": store.path, "plain": plain}
    rows += [(f"bytes a hand, {name}", f"{size(path) / hands:.0f}") for name, path in sizes.items()]
    rows.append(("bytes a hand, duckdb", f"{(folder / 'hands.duckdb').stat().st_size / hands:.0f}"))
    return store, rows


def reads(store: Store, hands: int) -> list[tuple[str, str]]:
    """Time typical questions, each over a new snapshot."""
    some = store.scan("hands").select("hand_id").collect()["hand_id"][hands // 2]
    did, could = [f"did_{n:03}" for n in range(10)], [f"could_{n:03}" for n in range(10)]
    rates = store.scan("seats").group_by("player").agg(pl.col(did + could).sum())
    since = datetime(2022, 5, 1, tzinfo=UTC)
    month = store.scan("seats", since=since, until=since + timedelta(days=31)).select(pl.col("net").sum())
    sums = ", ".join(f"sum({name}::INT) AS {name}" for name in did + could)
    return [
        ("open the store and read one hand", best(lambda: Store(store.path).read([some]))),
        ("read one hand", best(lambda: store.read([some]))),
        ("20 flags by player, Polars", best(rates.collect)),
        ("20 flags by player, DuckDB", best(lambda: store.sql(f"SELECT player, {sums} FROM seats GROUP BY player"))),
        ("one month's net, Polars", best(month.collect)),
        ("count of hands, SQL", best(lambda: store.sql("SELECT count(*) FROM hands"))),
    ]


def live(store: Store, hands: int, adds: int) -> list[tuple[str, str]]:
    """Add single hands, as the live feed does, with the compaction that comes by itself."""
    rng, times = np.random.default_rng(2), []
    with Store(store.path) as own:
        own.add(made_up(hands, 1, hands, rng))
        for number in range(hands + 1, hands + 1 + adds):
            frames = made_up(number, 1, hands, rng)
            times.append(seconds(lambda frames=frames: own.add(frames)) * 1e3)
    p99 = sorted(times)[int(0.99 * len(times))]
    return [(f"live add of one hand, {adds} times: median / p99", f"{median(times):.0f} / {p99:.0f} ms")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hands", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--live", type=int, default=200)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pokerlab-bench-"))
    try:
        store, rows = imports(folder, options.hands, options.batch)
        rows += reads(store, options.hands) + live(store, options.hands, options.live)
        rows.append(("check finds the store", "whole" if store.check().ok else "BROKEN"))
    finally:
        shutil.rmtree(folder)
    print(f"{options.hands:,} hands in batches of {options.batch:,}; polars {pl.__version__}, {platform.machine()}\n")
    for what, value in rows:
        print(f"{what:<50} {value:>16}")


if __name__ == "__main__":
    main()
