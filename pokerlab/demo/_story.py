"""The demo's story: a history is simulated, imported, studied, and then watched while it grows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from pokerlab import sample, stats, text
from pokerlab._equity import equity
from pokerlab._ingest import parse
from pokerlab._lab import open_lab
from pokerlab._sources import history_files
from pokerlab._tables import report_table
from pokerlab.errors import HistoryError
from pokerlab.winamax.rejects import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab._equity import Equity
    from pokerlab._lab import Lab
    from pokerlab.wire import Gap, NewHand

HANDS = 5_000
LIVE_HANDS = 8
LIMIT_S = 0.5
"""A live hand should be seen within this time."""

_GIVE_UP_S = 15.0
_TABLE_ROWS = 8
_MIN_HANDS = 30


@dataclass(slots=True)
class Arrivals:
    """When which hand was seen, on one of the fronts."""

    front: str
    seen: dict[str, float] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, message: NewHand | Gap) -> None:
        """Take a message of the feed."""
        now = time.perf_counter()
        hand = getattr(message, "hand", None)
        if hand is None:
            return
        with self.changed:
            self.seen[hand.hand_id] = now
            self.changed.notify_all()

    def wait(self, hand_id: str) -> float | None:
        """Give when a hand was seen, or None where it never was."""
        with self.changed:
            self.changed.wait_for(lambda: hand_id in self.seen, _GIVE_UP_S)
            return self.seen.get(hand_id)


def terminal() -> Console:
    """Give a console for plain output; where it is no terminal, wide enough for the tables."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 110)


def run(
    history: Path | None = None, *, hands: int = HANDS, seed: int = 0, live_hands: int = LIVE_HANDS,
    console: Console | None = None,
) -> bool:  # fmt: skip
    """Tell the story; give whether every live hand was seen in time on both fronts.

    Parameters
    ----------
    history
        The user's own folder of histories, copied before anything is appended; None simulates one.
    hands, seed
        How many hands to simulate.
    live_hands
        How many to append while the feed runs.
    console
        Where to print.

    Raises
    ------
    HistoryError
        ``history`` does not exist.
    """
    started = time.perf_counter()
    console = console or terminal()
    if history is not None and not history.is_dir():
        msg = f"{str(history)!r} is not a folder; name the folder of your hand histories"
        raise HistoryError(msg)
    with ExitStack() as stack:
        work = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="pokerlab-demo-", ignore_cleanup_errors=True))
        )
        warm_up = subprocess.Popen(
            [sys.executable, "-m", "pokerlab", "warmup", "--quiet", "equity"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        stack.callback(warm_up.wait)
        folder = work / "history"
        _history(console, folder, history, hands, seed)
        _compile(console)
        warm_up.wait()
        lab = open_lab(work / "store", history=folder)
        stack.callback(lab.stop)
        _import(console, lab)
        _players(console, lab)
        _equity(console)
        delays = _live(console, lab, folder, seed, live_hands)
    late = sum(delay is None or delay > LIMIT_S for row in delays for delay in row)
    seen = [delay for row in delays for delay in row if delay is not None]
    console.print(
        f"\n[bold]Done[/] in {time.perf_counter() - started:.1f} s: {live_hands} live hands, seen after "
        f"{median(seen) * 1000:.0f} ms in the middle and {max(seen) * 1000:.0f} ms at most"
        if seen
        else "\n[bold red]No live hand arrived.[/]"
    )
    if late:
        console.print(f"[red]{late} arrivals were missing or took longer than {LIMIT_S * 1000:.0f} ms.[/]")
    return late == 0


def _history(console: Console, folder: Path, history: Path | None, hands: int, seed: int) -> None:
    if history is None:
        console.print(f"[bold]1. A history[/]: simulating {hands:,} hands, written as Winamax writes them")
        sample.write(folder, hands, seed=seed, game="mixed", truth=False)
    else:
        console.print("[bold]1. A history[/]: your own files, copied to a temporary folder")
        for path in history_files(history):
            copy = folder / path.relative_to(history)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        folder.mkdir(exist_ok=True)


def _compile(console: Console) -> None:
    started = time.perf_counter()
    parse(b"")
    seconds = time.perf_counter() - started
    if seconds > 1:
        console.print(f"   (the parser was compiled first, once on this machine: {seconds:.0f} s)")


def _import(console: Console, lab: Lab) -> None:
    console.print("\n[bold]2. Import[/]")
    report = lab.ingest(progress=console.is_terminal)
    rate = report.hands_added / report.seconds
    console.print(
        f"   {report.files:,} files, {report.hands_added:,} hands, {report.tournaments:,} tournaments, "
        f"{report.duplicates:,} duplicates, {report.rejects:,} rejects in {report.seconds:.1f} s ({rate:,.0f} hands/s)"
    )
    for rule, count in report.rejects_by_rule.items():
        console.print(f"   {count:,} rejected by rule {rule!r}: {REASONS[rule]}", markup=False)


def _players(console: Console, lab: Lab) -> None:
    console.print("\n[bold]3. Players[/], each rate with its 95 % interval and its chances")
    table = stats.report(lab.seats, stats=stats.BASIC, min_hands=_MIN_HANDS, interval=0.95).head(_TABLE_ROWS)
    console.print(report_table(table, stats.BASIC, bold=lab.hero))


def _equity(console: Console) -> None:
    console.print("\n[bold]4. Equity[/]")
    for found, players in ((equity(*players), players) for players in (("AsAh", "KsKh"), ("AsKs", "QQ+, AQs+"))):
        console.print(f"   {equity_line(found, players)}", markup=False)


def equity_line(found: Equity, players: tuple[str, ...]) -> str:
    """Write an equity as one line."""
    shares = ", ".join(f"{player} {share:.4%}" for player, share in zip(players, found.equity, strict=True))
    if found.exact:
        how = "exact" if found.deals is None else f"exact over {found.deals:,} deals"
    else:
        how = f"± {max(found.stderr):.3%} from {found.samples:,} samples"
    return f"{shares} ({how}, {found.seconds * 1000:.1f} ms)"


def _live(console: Console, lab: Lab, folder: Path, seed: int, count: int) -> list[tuple[float | None, float | None]]:
    """Append hands as the client would, and give how long each took to both fronts, in seconds."""
    from pokerlab.client import follow
    from pokerlab.server import BackgroundServer, create_app

    console.print("\n[bold]5. Live[/]: hands are appended to a file; who sees them when?")
    hub, socket = Arrivals("hub"), Arrivals("WebSocket")
    delays: list[tuple[float | None, float | None]] = []
    with BackgroundServer(create_app(lab=lab)) as server, lab.start().hub.subscribe(hub.note):
        feed = follow(server.url, since=0, client_name="demo")
        reader = threading.Thread(target=_listen, args=(feed, socket, count), daemon=True)
        reader.start()
        session = sample.Session(folder, seed=seed + 1)
        for _ in range(count):
            played = session.play()
            played.path.parent.mkdir(parents=True, exist_ok=True)
            with played.path.open("ab") as file:
                for start in range(0, len(played.data), 700):
                    file.write(played.data[start : start + 700])
                    file.flush()
                written = time.perf_counter()
            first, second = (front.wait(played.hand_id) for front in (hub, socket))
            delays.append((first and first - written, second and second - written))
            console.print(Text(f"   {_arrival(lab, played.hand_id)}  ").append(_delays(delays[-1])))
    return delays


def _listen(feed: Iterator[NewHand | Gap], arrivals: Arrivals, count: int) -> None:
    for message in feed:
        arrivals.note(message)
        if len(arrivals.seen) >= count:
            return


def _arrival(lab: Lab, hand_id: str) -> str:
    recent = [message.hand for message in lab.hub.since(0) if message.hand.hand_id == hand_id]
    if not recent:
        return hand_id
    hand = recent[0]
    hero = hand.hero
    mine = "" if hero is None else f"{text.cards(hero.hole)} {text.money(hero.net, hand.unit, sign=True):>9}"
    return f"{text.plain(hand.table):<14} {mine:<18} {text.cards(hand.board):<15}"


def _delays(delays: tuple[float | None, ...]) -> str:
    names = ("hub", "WebSocket")
    told = ("never" if delay is None else f"{delay * 1000:4.0f} ms" for delay in delays)
    return ", ".join(f"{name} {delay}" for name, delay in zip(names, told, strict=True))
