"""How long a finished hand takes from the file to whoever waits for it, and what waiting costs.

Simulated hands, with all columns of statistics, are appended to files of a temporary folder. Measured is from the
return of the write of a hand's last byte: to the watcher's consumer, to a subscriber of the lab's hub, and to the
widget's comm. Beside the times stands the processor time that this process used for each hand.

    python benchmarks/live.py                                    # all parts
    python benchmarks/live.py latency --hands 50 --stored 20000  # a short look
"""

from __future__ import annotations

import argparse
import gc
import shutil
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import comm
import polars as pl
from comm.base_comm import BaseComm

from pokerlab import sample, watch
from pokerlab._ingest import parse
from pokerlab._lab import open_lab
from pokerlab.frames import HandFrames
from pokerlab.store import Store
from pokerlab.widgets import LiveHands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab._lab import Lab

PAUSE_S = 0.15
PART = 20_000
PARTS = ("latency", "burst", "idle", "memory")


class Clock:
    """When each hand was written and when it arrived."""

    def __init__(self) -> None:
        self.written: dict[str, float] = {}
        self.arrived: dict[str, float] = {}
        self.changed = threading.Condition()

    def arrive(self, hand_id: str) -> None:
        now = time.perf_counter()
        with self.changed:
            self.arrived.setdefault(hand_id, now)
            self.changed.notify()

    def wait(self, timeout: float = 120.0) -> None:
        with self.changed:
            self.changed.wait_for(lambda: len(self.arrived) >= len(self.written), timeout)

    def report(self, name: str) -> None:
        delays = sorted(1000 * (self.arrived[one] - at) for one, at in self.written.items() if one in self.arrived)
        lost = len(self.written) - len(delays)
        p99 = delays[min(int(0.99 * len(delays)), len(delays) - 1)]
        middle = statistics.median(delays)
        print(f"{name:44} n={len(delays)} lost={lost} median={middle:.0f} ms p99={p99:.0f} ms max={delays[-1]:.0f} ms")


def tables(folder: Path, count: int, hands: int) -> list[list[sample.PlayedHand]]:
    """Play the hands of some tables; each call plays others, so that a store that is kept has none of them."""
    seed = time.time_ns() // 1_000_000 % 10**9
    games = ("cash", "omaha4", "fast_fold", "expresso", "tournament")
    sessions = [sample.Session(folder, seed=seed + n, game=games[n % len(games)]) for n in range(count)]
    return [
        [_at(session.play(), folder / f"table {n}.txt") for _ in range(-(-hands // count))]
        for n, session in enumerate(sessions)
    ]


def _at(played: sample.PlayedHand, path: Path) -> sample.PlayedHand:
    return sample.PlayedHand(path, played.data, played.hand_id)


def write(played: sample.PlayedHand, clocks: list[Clock]) -> None:
    """Append a hand and note when its last byte was written."""
    with played.path.open("ab") as handle:
        handle.write(played.data)
    now = time.perf_counter()
    for clock in clocks:
        clock.written[played.hand_id] = now


def fill(place: Path, hands: int) -> None:
    """Store simulated hands with all columns, the same ones again and again with other ids and times."""
    frames = sample.hands(min(PART, hands), seed=1)
    with Store(place, auto_compact=False) as store:
        for number in range(store.counts()["hands"] // PART, -(-hands // PART)):
            copy = {name: _other(frame, number) for name, frame in frames.tables().items()}
            store.add(HandFrames(**copy))
        store.tidy()


def _other(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    changes = []
    if "hand_id" in frame.columns:
        changes.append(pl.concat_str(pl.lit(f"{number}-"), "hand_id").alias("hand_id"))
    if "played_at" in frame.columns:
        changes.append(pl.col("played_at") - timedelta(days=15 * number))
    return frame.with_columns(changes)


class Page(BaseComm):
    """The kernel's end of a page."""

    clock: Clock

    def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
        if msg_type == "comm_msg" and data.get("method") == "custom":
            for message in data["content"]["messages"]:
                if message["type"] == "new_hand":
                    self.clock.arrive(message["hand"]["hand_id"])


@contextmanager
def shown(store: Path) -> Iterator[tuple[Lab, Clock, Clock]]:
    """Run a lab with a widget; give it with the clocks of a subscriber and of the widget's page."""
    hub, page = Clock(), Clock()
    Page.clock = page
    comm.create_comm = Page
    with tempfile.TemporaryDirectory() as name, ExitStack() as ends:
        lab = open_lab(store, name)
        ends.callback(lab.store.close)
        ends.enter_context(lab.hub.subscribe(lambda message: hub.arrive(message.hand.hand_id)))
        widget = LiveHands(lab)
        ends.callback(widget.close)
        widget._on_message(None, {"kind": "ready", "view": "v", "epoch": None, "seq": "0"}, None)
        watching = threading.Event()
        lab.on_status(lambda status: status.state == "watching" and watching.set())
        ends.enter_context(lab)
        if not watching.wait(60):
            msg = f"the lab does not watch: {lab.status}"
            raise SystemExit(msg)
        yield lab, hub, page


def follow_only(hands: int, count: int) -> None:
    """Measure the watcher alone."""
    clock, stop = Clock(), threading.Event()
    with tempfile.TemporaryDirectory() as name:
        pieces = watch.follow(name, stop=stop)

        def consume() -> None:
            for piece in pieces:
                for part in piece.data.split(b"HandId: #")[1:]:
                    clock.arrive(part.split(b" ", 1)[0].decode())

        thread = threading.Thread(target=consume)
        thread.start()
        for one in zip(*tables(Path(name), count, hands), strict=True):
            for played in one:
                write(played, [clock])
                time.sleep(PAUSE_S)
        clock.wait()
        stop.set()
        thread.join()
    clock.report("append to follow()")


def latency(store: Path, hands: int, count: int, *, together: bool) -> None:
    """Measure parse, store, announcement, and the widget's batch; one hand after another, or of all tables at once."""
    with shown(store) as (lab, hub, page):
        rounds = list(zip(*tables(lab.folders[0], count, hands), strict=True))
        for played in rounds[0]:  # the first hands warm up all the way
            write(played, [])
        hub.wait()
        time.sleep(1)
        spent = time.process_time()
        for one in rounds:
            for played in one if one is not rounds[0] else ():
                write(played, [hub, page])
                time.sleep(0 if together else PAUSE_S)
            time.sleep(1 if together else 0)
        page.wait()
        spent = time.process_time() - spent
    how = f"{count} tables at once" if together else f"{count} tables, one by one"
    hub.report(f"{how}: append to hub")
    page.report(f"{how}: append to the widget's comm")
    print(f"{'':44} {1000 * spent / len(hub.written):.1f} ms of processor time a hand")


def burst(store: Path, hands: int, count: int) -> None:
    """Write many hands as fast as possible."""
    with shown(store) as (lab, hub, page):
        played = [one for each in zip(*tables(lab.folders[0], count, hands), strict=True) for one in each]
        before, version, spent = time.perf_counter(), lab.store.version, time.process_time()
        for one in played:
            write(one, [hub, page])
        wrote = time.perf_counter() - before
        hub.wait()
        heard = time.perf_counter() - before
        page.wait()
        sent = time.perf_counter() - before
        spent, commits = time.process_time() - spent, lab.store.version - version
        lost = len(page.written) - len(page.arrived)
    print(
        f"burst of {len(played)} hands: written in {wrote:.1f} s, heard after {heard:.1f} s, sent to the page after "
        f"{sent:.1f} s ({lost} lost), {commits} commits, {spent:.1f} s of processor time"
    )


def idle(store: Path, seconds: float) -> None:
    """Measure the processor time of a lab with 1,000 files while nothing happens."""
    with shown(store) as (lab, _, _):
        for number, [played] in enumerate(tables(lab.folders[0], 1000, 1000)):
            (lab.folders[0] / f"{number}.txt").write_bytes(played.data)
        lab.hub.subscribe(lambda _: None).close()
        while lab.hub.seq < 1000:
            time.sleep(0.1)
        lab.store.close()
        time.sleep(3)  # the last batches go out
        before = time.process_time()
        time.sleep(seconds)
        used = time.process_time() - before
    print(f"idle, 1,000 files: {100 * used / seconds:.2f} % of a core over {seconds:.0f} s")


def memory(store: Path, hands: int, count: int) -> None:
    """Tell how much memory is in use as hands come and come."""
    step, sizes = 5_000, []
    with shown(store) as (lab, hub, page):
        for begin in range(0, hands, step):
            for each in tables(lab.folders[0], count, step):
                for played in each:
                    write(played, [hub, page])
            page.wait()
            for clock in (hub, page):
                clock.written.clear()
                clock.arrived.clear()
            lab.store.close()
            gc.collect()
            sizes.append(_resident())
            print(f"  {begin + step:6} hands: {sizes[-1]:.0f} MiB", flush=True)
    print(f"memory after {hands} hands: {sizes[-1]:.0f} MiB, {sizes[-1] - sizes[len(sizes) // 5]:+.0f} since a fifth")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    """Measure what is asked for, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all without")
    parser.add_argument("--hands", type=int, default=500, help="hands whose way is measured")
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--stored", type=int, default=1_000_000, help="hands in the store before")
    parser.add_argument("--burst", type=int, default=5_000)
    parser.add_argument("--many", type=int, default=50_000, help="hands over which memory is watched")
    parser.add_argument("--idle", type=float, default=20.0, help="seconds")
    parser.add_argument("--folder", type=Path, help="keep the filled store there, for another run")
    options = parser.parse_args()
    parts = options.parts or PARTS
    if unknown := set(parts).difference(PARTS):
        parser.error(f"{', '.join(unknown)} is no part; parts are {', '.join(PARTS)}")
    work = Path(tempfile.mkdtemp(prefix="pokerlab-bench-"))
    store = (options.folder or work) / f"store-{options.stored}"
    try:
        parse(b"")  # load the kernels
        store.parent.mkdir(parents=True, exist_ok=True)
        fill(store, options.stored)
        if "latency" in parts:
            follow_only(options.hands, options.tables)
            latency(store, options.hands, options.tables, together=False)
            latency(store, options.hands, options.tables, together=True)
        if "burst" in parts:
            burst(store, options.burst, options.tables)
        if "idle" in parts:
            idle(store, options.idle)
        if "memory" in parts:
            memory(store, options.many, options.tables)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
