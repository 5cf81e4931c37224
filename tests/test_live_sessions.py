"""Whole sessions written byte by byte into a folder that a lab watches, with all that happens to files meanwhile."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pokerlab import _ingest, sample
from pokerlab._lab import open_lab
from pokerlab.watch import WatchSettings
from pokerlab.wire import NewHand

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab._lab import Lab
    from pokerlab.wire import Gap

QUIET_S = 0.15
GAMES = ("cash", "omaha4", "fast_fold", "expresso")
HERO = "Zoé 蘘🂡"
"""Its letters take two, three and four bytes."""

STEPS = {
    "write": 60,
    "burst": 6,
    "pause": 6,
    "rename": 3,
    "move": 2,
    "move_folder": 1,
    "sync": 3,
    "rewrite": 2,
    "truncate": 2,
}


class Heard:
    """What the hub announced, in its order."""

    def __init__(self) -> None:
        self.hand_ids: list[str] = []
        self.numbers: list[int] = []
        self._changed = threading.Condition()

    def __call__(self, message: NewHand | Gap) -> None:
        assert isinstance(message, NewHand)
        with self._changed:
            self.hand_ids.append(message.hand.hand_id)
            self.numbers.append(message.seq)
            self._changed.notify_all()

    def wait_for(self, hand_ids: list[str]) -> None:
        with self._changed:
            came = self._changed.wait_for(lambda: set(hand_ids) <= set(self.hand_ids), timeout=60)
        assert came, f"never announced: {sorted(set(hand_ids).difference(self.hand_ids))}"


@dataclass
class Table:
    """A table's file as the client writes it, and what others do to it."""

    path: Path
    session: sample.Session
    rng: Random
    heard: Heard
    hands: int
    finished: list[str] = field(default_factory=list)
    text: bytes = b""
    _rest: bytes = b""
    _hand_id: str = ""
    _renames: int = 0

    @property
    def is_done(self) -> bool:
        return len(self.finished) == self.hands

    def write(self) -> None:
        """Append some bytes, cut anywhere, also inside a character."""
        size = self.rng.choice([1, 2, 3, 7, 40, 200, 1000, 5000])
        self._append(self._next(size))

    def burst(self) -> None:
        """Append several hands and a part of another at once."""
        self._append(b"".join(self._next(self.rng.randrange(1, 20_000)) for _ in range(4)))

    def pause(self) -> None:
        """Wait, now and then for longer than a file has to be quiet for its last hand to count."""
        time.sleep(self.rng.choice([0.0, 0.002, 0.03, QUIET_S + 0.1]))

    def rename(self) -> None:
        self._to(self.path.with_name(f"{self.path.stem.split('~')[0]}~{self._renames}.txt"))

    def move(self) -> None:
        """Go on in a folder that was not there."""
        self._to(self.path.parent / f"in {self._renames}" / self.path.name)

    def move_folder(self) -> None:
        """Rename the table's own folder."""
        if self.path.exists():
            self._renames += 1
            place = self.path.parent
            other = place.with_name(f"{place.name.split('~')[0]}~{self._renames}")
            place.rename(other)
            self.path = other / self.path.name

    def sync(self) -> None:
        """Write the file anew beside, and put it in the place of the old one."""
        beside = self.path.with_name(f".{self.path.name}.part")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = self._content() + self._next(300)
        beside.write_bytes(text)
        beside.replace(self.path)

    def rewrite(self) -> None:
        """Write the same and more over the file, as an editor does."""
        if self.path.exists():
            text = self._content() + self._next(500)
            self.path.write_bytes(text)

    def truncate(self) -> None:
        """Begin the file anew; what stood in it was heard, or nobody could know of it."""
        if self.path.exists() and not self._rest:
            self.heard.wait_for(self.finished)
            os.truncate(self.path, 0)

    def finish(self) -> None:
        while self._rest:
            self._append(self._next(len(self._rest)))

    def _content(self) -> bytes:
        return self.path.read_bytes() if self.path.exists() else b""

    def _append(self, data: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab", buffering=0) as handle:
            handle.write(data)

    def _next(self, size: int) -> bytes:
        """Play on where a hand is all written, and give the next bytes of it."""
        if not self._rest:
            if self.is_done:
                return b""
            played = self.session.play()
            self._rest, self._hand_id = played.data, played.hand_id
            self.text += played.data
        data, self._rest = self._rest[:size], self._rest[size:]
        if not self._rest:
            self.finished.append(self._hand_id)
        return data

    def _to(self, path: Path) -> None:
        self._renames += 1
        if self.path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.path.rename(path)
        self.path = path


def play(tables: list[Table], rng: Random) -> None:
    """Do something at a random table until all have played their hands."""
    names, weights = list(STEPS), list(STEPS.values())
    while playing := [table for table in tables if not table.is_done]:
        getattr(rng.choice(playing), rng.choices(names, weights)[0])()
    for table in tables:
        table.finish()


def watched(tmp_path: Path) -> Lab:
    history = tmp_path / "history"
    history.mkdir()
    return open_lab(tmp_path / "store", history, settings=WatchSettings(quiet_s=QUIET_S, rescan_s=0.5))


def check_store(lab: Lab, tables: list[Table]) -> None:
    """Compare what is stored with what a parser makes of the text that was meant."""
    meant = _ingest.parse(b"".join(table.text for table in tables), source="x")
    for name, keys in {"hands": ["hand_id"], "seats": ["hand_id", "seat"], "actions": ["hand_id", "seq"]}.items():
        expected = meant.tables()[name]
        columns = [column for column in expected.columns if column not in {"source", "offset"}]
        found = lab.store.scan(name).select(columns).collect()
        assert_frame_equal(found.sort(keys), expected.select(columns).sort(keys))
    assert lab.store.scan("rejects").select(pl.len()).collect().item() == 0


def run(tmp_path: Path, seed: int, hands: int) -> None:
    rng, heard = Random(seed), Heard()
    with watched(tmp_path) as lab, lab.hub.subscribe(heard):
        tables = [
            Table(
                path=lab.folders[0] / f"table {number}" / f"{game}.txt",
                session=sample.Session(tmp_path, seed=seed * 100 + number, game=game, hero=HERO),
                rng=rng,
                heard=heard,
                hands=hands,
            )
            for number, game in enumerate(GAMES)
        ]
        play(tables, rng)
        for table in tables:
            heard.wait_for(table.finished)
        check_store(lab, tables)
    assert heard.numbers == list(range(1, len(heard.hand_ids) + 1))
    home = {hand_id: number for number, table in enumerate(tables) for hand_id in table.finished}
    order: dict[int, list[str]] = defaultdict(list)
    for hand_id in heard.hand_ids:
        order[home[hand_id]].append(hand_id)
    assert [order[number] for number in range(len(tables))] == [table.finished for table in tables]


@pytest.mark.parametrize("seed", range(3))
def test_every_hand_of_a_session_is_announced_once_and_in_order(tmp_path: Path, seed: int) -> None:
    run(tmp_path, seed, hands=6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_every_hand_of_a_long_session_is_announced_once_and_in_order(tmp_path: Path, seed: int) -> None:
    run(tmp_path, seed, hands=25)
