"""How long a finished hand takes from the file to whoever waits for it.

Writes hands to files of a temporary folder, one at a time with a pause, and measures from the return of the write of a
hand's last byte: to the watcher's consumer, to a subscriber of the lab's hub, and to the widget's comm.

    python benchmarks/live.py [HANDS] [TABLES]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import comm
from comm.base_comm import BaseComm

from pokerlab import watch
from pokerlab._lab import open_lab
from pokerlab.widgets import LiveHands

PAUSE_S = 0.15
START = 1_783_108_800


def hand(number: int) -> bytes:
    """Write a short hand as the client does."""
    lines = [
        f"Winamax Poker - CashGame - HandId: #1-{number}-{START + number} - Holdem no limit (0.01€/0.02€)"
        f" - {time.strftime('%Y/%m/%d %H:%M:%S', time.gmtime(START + number))} UTC",
        "Table: 'Nice' 6-max (real money) Seat #1 is the button",
        "Seat 1: Hero (2€)",
        "Seat 2: bob (2€)",
        "*** ANTE/BLINDS ***",
        "Hero posts small blind 0.01€",
        "bob posts big blind 0.02€",
        "Dealt to Hero [As Kd]",
        "*** PRE-FLOP *** ",
        "Hero folds",
        "bob collected 0.03€ from pot",
        "*** SUMMARY ***",
        "Total pot 0.03€ | No rake",
        "Seat 2: bob (big blind) won 0.03€",
    ]
    return ("\n".join(lines) + "\n\n\n").encode()


class Clock:
    """When each hand was written and when it arrived."""

    def __init__(self) -> None:
        self.written: dict[int, float] = {}
        self.arrived: dict[int, float] = {}
        self.changed = threading.Condition()

    def arrive(self, hand_id: str) -> None:
        now = time.perf_counter()
        with self.changed:
            self.arrived.setdefault(int(hand_id.split("-")[1]), now)
            self.changed.notify()

    def wait(self, count: int) -> None:
        with self.changed:
            self.changed.wait_for(lambda: len(self.arrived) >= count, timeout=60)

    def report(self, name: str) -> None:
        delays = sorted(1000 * (self.arrived[n] - self.written[n]) for n in self.written if n in self.arrived)
        lost = len(self.written) - len(delays)
        p99 = delays[min(int(0.99 * len(delays)), len(delays) - 1)]
        middle = statistics.median(delays)
        print(f"{name:34} n={len(delays)} lost={lost} median={middle:.0f} ms p99={p99:.0f} ms max={delays[-1]:.0f} ms")


def write(folder: Path, hands: int, tables: int, clocks: list[Clock]) -> None:
    """Append hands one by one to files in turn."""
    for number in range(hands):
        with (folder / f"table {number % tables}.txt").open("ab") as handle:
            handle.write(hand(number))
        now = time.perf_counter()
        for clock in clocks:
            clock.written[number] = now
        time.sleep(PAUSE_S)


def follow_only(hands: int, tables: int) -> None:
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
        write(Path(name), hands, tables, [clock])
        clock.wait(hands)
        stop.set()
        thread.join()
    clock.report("append to follow()")


class Page(BaseComm):
    """The kernel's end of a page."""

    clock: Clock

    def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
        if msg_type == "comm_msg" and data.get("method") == "custom":
            for message in data["content"]["messages"]:
                if message["type"] == "new_hand":
                    self.clock.arrive(message["hand"]["hand_id"])


def lab_and_widget(hands: int, tables: int) -> None:
    """Measure parse, store, announcement, and the widget's batch."""
    hub, page = Clock(), Clock()
    Page.clock = page
    comm.create_comm = Page
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "history")
        folder.mkdir()
        lab = open_lab(Path(name, "store"), folder)
        lab.hub.subscribe(lambda message: hub.arrive(message.hand.hand_id))
        widget = LiveHands(lab)
        widget._on_message(None, {"kind": "ready", "view": "v", "epoch": None, "seq": "0"}, None)
        watching = threading.Event()
        lab.on_status(lambda status: status.state == "watching" and watching.set())
        lab.start()
        watching.wait(60)
        write(folder, hands, tables, [hub, page])
        page.wait(hands)
        lab.stop()
        widget.close()
        lab.store.close()
    hub.report("append to hub (parsed and stored)")
    page.report("append to the widget's comm")


def idle(seconds: float = 5.0) -> None:
    """Measure the processor time of a watcher of 1,000 files while nothing happens."""
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as name:
        for number in range(1000):
            Path(name, f"{number}.txt").write_bytes(hand(number))
        thread = threading.Thread(target=lambda pieces: list(pieces), args=(watch.follow(name, stop=stop),))
        thread.start()
        time.sleep(0.5)
        before = time.process_time()
        time.sleep(seconds)
        used = time.process_time() - before
        stop.set()
        thread.join()
    print(f"idle, 1,000 files: {100 * used / seconds:.1f} % of a core")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    follow_only(count, many)
    lab_and_widget(count, many)
    idle()
