"""What the other processes of the tests do: ``python worker.py JOB STORE ...``; each line printed is a fact."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "kernels")]

import factory  # noqa: E402
import polars as pl  # noqa: E402

from pokerlab.store import Store, _compact  # noqa: E402


def say(*facts: object) -> None:
    sys.stdout.write(" ".join(map(str, facts)) + "\n")
    sys.stdout.flush()


def add(path: str, first: str, last: str, size: str) -> None:
    """Add hands in batches and acknowledge each one."""
    store = Store(path, auto_compact=False)
    say("ready")
    for begin in range(int(first), int(last), int(size)):
        batch = range(begin, min(begin + int(size), int(last)))
        report = store.add(factory.make(batch, rejects=begin // int(size), tournaments=begin // int(size)))
        say(batch.start, batch.stop, report.hands_added)


def replace(path: str, first: str, last: str, size: str, mark: str) -> None:
    """Replace hands in batches and acknowledge each one."""
    from test_replace import better

    store = Store(path, auto_compact=False)
    say("ready")
    for begin in range(int(first), int(last), int(size)):
        report = store.add(better(factory.make(range(begin, begin + int(size))), int(mark)), replace=True)
        say(begin, report.hands_replaced)


def tidy(path: str, times: str) -> None:
    """Compact again and again."""
    store = Store(path, auto_compact=False)
    for _ in range(int(times)):
        say(store.compact().files_after)


def watch(path: str, size: str) -> None:
    """Read until a line comes in, and tell what was not whole."""
    import threading

    store = Store(path, auto_compact=False)
    done = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), done.set()), daemon=True).start()
    say("ready")
    looks = 0
    while not done.is_set() or not looks:
        snapshot = store.snapshot()
        hands, seats, actions = (
            snapshot.scan(kind).select("hand_id").collect()["hand_id"] for kind in ("hands", "seats", "actions")
        )
        looks += 1
        if hands.n_unique() != len(hands):
            say("doubled", snapshot.version)
        if len(hands) % int(size) or len(seats) != 3 * len(hands) or len(actions) != 4 * len(hands):
            say("partial", snapshot.version, len(hands), len(seats), len(actions))
    say("looks", looks)


def compact(path: str) -> None:
    """Plan a compaction, wait for the word, then publish it."""
    store = Store(path, auto_compact=False)
    log = store._log
    view = log.view()
    merges = [_compact.stage_segments(log, view, hands) for hands in _compact.major(view)]
    say("ready")
    sys.stdin.readline()
    say("published", sum(_compact.publish(log, merge) for merge in merges))


def note(path: str, first: str, last: str) -> None:
    """Write notes, one tag that others write too, and aliases, a commit each."""
    store = Store(path, auto_compact=False)
    say("ready")
    sys.stdin.readline()
    for n in range(int(first), int(last)):
        say(store.notes.add(f"note {n}", player="Villain"))
        store.notes.tag("seen", player="Villain")
        store.notes.alias(f"name {n}", of="Villain")


def count(path: str) -> None:
    """Print the hands as another process sees them."""
    say(Store(path, auto_compact=False).scan("hands").select(pl.len()).collect().item())


if __name__ == "__main__":
    jobs = {job.__name__: job for job in (add, replace, tidy, watch, compact, note, count)}
    jobs[sys.argv[1]](*sys.argv[2:])
