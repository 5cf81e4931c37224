"""The command ``pokerlab note`` as a user calls it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

import pokerlab as pk
from pokerlab import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., int]

EVIL = "\x1b[31mEv[b]x"


@pytest.fixture
def hand() -> str:
    return str(pk.sample.hands(60, seed=8).hands["hand_id"][0])


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Give a caller of the command line on a store of 60 hands."""
    with pk.Store(tmp_path / "store") as store:
        store.add(pk.sample.hands(60, seed=8))
    monkeypatch.setenv("POKERLAB_STORE", str(tmp_path / "store"))

    def call(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["pokerlab", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return call


def listed(call: Call, capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[Any, ...]]:
    capsys.readouterr()
    assert call("note", "list", *words, "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    return [tuple(row[name] for name in ("about", "subject", "entry", "text")) for row in rows]


def test_what_is_written_is_listed_and_taken_away(call: Call, hand: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("note", "add", "Too thin.", "--hand", hand) == 0
    assert capsys.readouterr().out == "1 notes added\n"
    assert call("note", "tag", "bluff", "river", "--hand", hand, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"tags_added": 2}
    assert call("note", "tag", "fish", "--player", "A", "--player", "B") == 0
    assert listed(call, capsys, "--hand", hand) == [
        ("hand", hand, "note", "Too thin."), ("hand", hand, "tag", "bluff"), ("hand", hand, "tag", "river")
    ]  # fmt: skip
    assert listed(call, capsys, "--tag", "fish") == [("player", "A", "tag", "fish"), ("player", "B", "tag", "fish")]
    assert listed(call, capsys, "--tag", "fish", "--player", "B") == [("player", "B", "tag", "fish")]
    assert call("note", "untag", "--hand", hand) == 0
    assert call("note", "remove", "--hand", hand, "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"notes_removed": 1}
    assert len(listed(call, capsys)) == 2


def test_statistics_and_results_find_a_player_by_his_alias(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("stats", "--player", "Nina.Blau", "--json", "--min-hands", "1") == 0
    (before,) = json.loads(capsys.readouterr().out)
    assert call("note", "alias", "Nina.Blau", "Nina2", "--of", "Main") == 0
    assert capsys.readouterr().out == "2 aliases added\n"
    for name in ("Nina.Blau", "Nina2", "Main"):
        assert call("stats", "--player", name, "--json", "--min-hands", "1") == 0
        (row,) = json.loads(capsys.readouterr().out)
        assert row == pytest.approx(before | {"player": "Main"})
        assert call("results", "--player", name, "--json") == 0
        assert json.loads(capsys.readouterr().out)[0]["hands"] > 0
        assert call("leaks", "--player", name, "--json") == 0
        assert max(row["chances"] for row in json.loads(capsys.readouterr().out)) > 0
        assert call("stats", "--by", "opponent", "--player", name, "--json") == 0
        assert json.loads(capsys.readouterr().out)
    assert call("note", "unalias", "Nina.Blau") == 0
    assert capsys.readouterr().out == "1 aliases removed\n"
    assert call("stats", "--player", "Nina.Blau", "--json", "--min-hands", "1") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row == pytest.approx(before)


def test_hostile_text_reaches_no_terminal_and_json_whole(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("note", "add", f"two\nlines {EVIL}", f"--player={EVIL}") == 0
    assert listed(call, capsys) == [("player", EVIL, "note", f"two\nlines {EVIL}")]
    assert call("note", "list") == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "�[31mEv[b]x" in shown
    assert len(shown.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("add", "text"), 1, "give either hand= or player="),
        (("add", " ", "--player", "A"), 1, "' ' is no note"),
        (("add", "text", "--hand", "1-2-3"), 1, "hand '1-2-3' is not in the store"),
        (("alias", "A", "--of", "A"), 1, "'A' cannot be an alias of itself"),
        (("alias", "A"), 2, "--of"),
        (("tag", "--player", "A"), 2, "'labels'"),
        (("sing",), 2, "sing"),
        (("list", "--store", "nowhere"), 1, "there is no store at 'nowhere'"),
    ],
)
def test_what_was_wrong_is_told_on_stderr(
    call: Call, words: tuple[str, ...], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("note", *words) == code
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told


@pytest.mark.parametrize("command", ["add", "remove", "tag", "untag", "alias", "unalias", "list"])
def test_every_command_has_help(call: Call, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("note", command, "--help") == 0
    assert "Usage" in capsys.readouterr().out
