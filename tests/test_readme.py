"""The README's examples run and say the truth."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

import pokerlab as pk
from pokerlab import stats

ROOT = Path(__file__).resolve().parents[1]


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_the_first_example_runs_and_its_numbers_are_true() -> None:
    names: dict[str, object] = {}
    exec(compile(blocks()[0], "README.md", "exec"), names)
    table = names["table"]
    assert isinstance(table, pl.DataFrame)
    assert table["vpip"].is_between(0, 1).all()
    aces = names["aces"]
    assert (aces.win_count, aces.deals) == ((1410336, 292660), 1712304)  # type: ignore[attr-defined]
    assert names["against_a_range"].exact  # type: ignore[attr-defined]


def test_every_command_of_the_readme_exists() -> None:
    from pokerlab.cli import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {str(group.name) for group in app.registered_groups}
    named = set(re.findall(r"`pokerlab (\w+)", (ROOT / "README.md").read_text()))
    assert named <= known


def test_the_examples_of_statistics_run(tmp_path: Path) -> None:
    of_all, of_own = (text for text in blocks() if "seats = frames.seats" in text or "stats.register" in text)
    frames = pk.sample.hands(400, seed=1)
    lab = pk.open(tmp_path / "store", history=[])
    lab.store.add(frames)
    names: dict[str, object] = {"pl": pl, "pk": pk, "stats": stats, "frames": frames, "lab": lab}
    exec(compile(of_all, "README.md", "exec"), names)
    try:
        exec(compile(of_own, "README.md", "exec"), names)
    finally:
        stats.unregister("flat_btn")
