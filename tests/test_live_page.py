"""The page of the live widgets: its code runs, its tables are those of the code, its pictures are there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab.widgets import LiveHands, RangeGrid, Replayer

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = (DOCS / "live.md").read_text("utf-8")
BETWEEN_KERNEL_AND_PAGE = {"snapshot", "hand", "shown", "fault"}
KINDS = {(True, False): "argument", (False, True): "trait", (True, True): "both"}


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def written(heading: str) -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+?) \| .+ \|$", section(heading), re.MULTILINE)
    return {name: (kind, default.strip("`")) for name, kind, default in rows}


def known(function: Callable[..., object], widget: type) -> dict[str, tuple[str, str]]:
    """Say of each argument and trait which of both it is, and its default."""
    arguments = inspect.signature(function).parameters
    own = {name: trait for name, trait in vars(widget).items() if name in widget.class_traits()}  # type: ignore[attr-defined]
    traits = {name: trait.default() for name, trait in own.items() if not name.startswith("_")}
    defaults = {name: _shown(argument.default) for name, argument in arguments.items()}
    defaults |= {name: _shown(value) for name, value in traits.items() if name not in defaults}
    names = defaults.keys() - BETWEEN_KERNEL_AND_PAGE
    return {name: (KINDS[name in arguments, name in traits], defaults[name]) for name in names}


def _shown(default: object) -> str:
    return "required" if default is inspect.Parameter.empty else repr(default)


@pytest.mark.parametrize(
    ("heading", "function", "widget"),
    [("The table", pk.live, LiveHands), ("A hand, step by step", pk.replay, Replayer)],
)
def test_the_tables_name_every_argument_and_trait_with_its_default(
    heading: str, function: Callable[..., object], widget: type
) -> None:
    assert written(heading) == known(function, widget)


def test_the_table_of_the_grid_names_every_argument_and_trait() -> None:
    table, code = written("A range to paint"), known(pk.range_grid, RangeGrid)
    assert table.pop("weights") == ("trait", "169 zeros")
    assert code.pop("weights")[0] == "trait"
    assert table == code
    assert RangeGrid().weights == [0.0] * 169


def test_what_lab_live_takes_is_what_the_page_says() -> None:
    both = {name for name, (kind, _) in written("The table").items() if kind == "both"}
    for name in both:
        assert LiveHands.class_traits()[name].metadata["sync"]
    assert "`lab.live` takes `replay` and what is\nboth" in PAGE


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = tmp_path / "history"
    pk.sample.write(history, 30, seed=1, truth=False)
    monkeypatch.setenv("POKERLAB_HISTORY", str(history))
    monkeypatch.setenv("POKERLAB_STORE", str(tmp_path / "store"))
    names: dict[str, object] = {}
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)):
        exec(compile(code, f"live.md, block {number + 1}", "exec"), names)
    assert len(names["feed"].hands) == 20  # type: ignore[attr-defined]
    assert names["lab"].last_session.collect().height > 0  # type: ignore[attr-defined]


def test_its_commands_and_their_options_exist() -> None:
    from typer.main import get_command

    from pokerlab.cli import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name, rest in re.findall(r"^\$ pokerlab (\w+)(.*)$", PAGE, re.MULTILINE):
        options = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--\w+", rest)) <= options


def test_its_pictures_are_there_and_small() -> None:
    shown = re.findall(r'(?:src|srcset)="(images/\S+?)"', PAGE)
    assert len(shown) == 8
    for name in shown:
        picture = (DOCS / name).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 150_000
