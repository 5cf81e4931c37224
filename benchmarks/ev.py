"""All-in results of a whole frame: seconds for a million simulated hands, and of what they are made.

    python benchmarks/ev.py [--hands N] [--game GAME] [--repeats N]

The hands are simulated in parts of 50,000 with seeds of their own, which takes far longer than what is measured. CPU
seconds are of both threads together; on a shared machine they are the ones to compare.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import pokerlab as pk
from pokerlab import facts, stats
from pokerlab.facts._all_ins import ACTION_COLUMNS, HAND_COLUMNS, SEAT_COLUMNS
from pokerlab_kernels import pots as kernel

if TYPE_CHECKING:
    from collections.abc import Callable

PART = 50_000
Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


def part(game: str, hands: int, seed: int) -> Frames:
    """Simulate some hands, with ids that no other part has."""
    truth = pk.sample.files.play(hands, seed, game, "Benchmark", None)
    own_id = (pl.lit(f"{seed}-") + pl.col("hand_id")).alias("hand_id")
    return (
        truth.seats.select(*SEAT_COLUMNS, "net").with_columns(own_id),
        truth.actions.select(ACTION_COLUMNS).with_columns(own_id),
        truth.hands.select(HAND_COLUMNS).with_columns(own_id),
    )


def simulate(hands: int, game: str) -> Frames:
    """Simulate hands in two processes; give seats, actions and hands with the columns that are needed."""
    sizes = [min(PART, hands - first) for first in range(0, hands, PART)]
    # A fork would copy locks that Polars' threads hold, and wait for them forever.
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        parts = list(pool.map(partial(part, game), sizes, range(len(sizes))))
    seats, actions, of_hands = (pl.concat(table) for table in zip(*parts, strict=True))
    return seats, actions, of_hands


def timed(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Give the median wall and CPU seconds."""
    wall, cpu = [], []
    for _ in range(repeats):
        started, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(cpu)


def main() -> None:
    """Simulate, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hands", type=int, default=1_000_000)
    parser.add_argument("--game", default="cash", choices=[*pk.sample.GAMES, *pk.sample.MIXES])
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    seats, actions, hands = simulate(given.hands, given.game)
    small = seats["hand_id"].unique(maintain_order=True).head(2_000).implode()
    stats.with_ev(seats.filter(pl.col("hand_id").is_in(small)), actions, hands)
    print(f"{hands.height:,} hands of {given.game}, {seats.height:,} seats, {actions.height:,} actions")
    print(stats.ev_cases(seats, actions, hands).select("case", "hands"))
    found, _, _ = facts.ev._of_all_ins(seats, actions, hands)
    _, pots = kernel.all_in_pots(found.hands)
    street = found.hands.last_street[pots["hand"]]
    for known, name in ((street <= 1, "before the flop"), (street == 2, "on the flop"), (street == 3, "on the turn")):
        players, counts = np.unique(pots["n_players"][known], return_counts=True)
        print(f"pots {name}, by players:", dict(zip(players.tolist(), counts.tolist(), strict=True)))
    for name, work in (
        ("with_ev, all", lambda: stats.with_ev(seats, actions, hands)),
        ("  find the hands, read them", lambda: facts.ev._of_all_ins(seats, actions, hands)),
        ("  find the pots", lambda: kernel.all_in_pots(found.hands)),
        ("  share them, 2 threads", lambda: found.shared(2)),
        ("  share them, 1 thread", lambda: found.shared(1)),
    ):
        wall, cpu = timed(work, given.repeats)
        print(f"{name:30} {wall:7.2f} s wall, {cpu:7.2f} s CPU")
    sums = stats.with_ev(seats, actions, hands).group_by("hand_id").agg(pl.sum("ev_net", "net"))
    print("largest difference of sums in a hand:", (sums["ev_net"] - sums["net"]).abs().max())
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


if __name__ == "__main__":
    main()
