"""The command line as a user calls it: output, JSON, errors, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import pokerlab as pk
from pokerlab import cli
from pokerlab.cli._live import _messages
from pokerlab.wire import hands_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    pk.sample.write(folder, 300, seed=8, truth=False)
    return folder


@pytest.fixture(scope="module")
def store(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "store"
    with pk.Store(folder) as opened:
        pk.ingest(history, opened)
    return folder


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Call the command line in this process; give its exit code."""
    monkeypatch.setattr(sys, "argv", ["pokerlab", *map(str, words)])
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"pokerlab {pk.__version__}\n"


def test_own_statistics_of_a_file_are_shown(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[flat]\nname = "Flat call"\ncould = "FACING_ONE_RAISE & ~WAS_VOLUNTARY"\ndid = "CALLS"\n')
    try:
        assert call(monkeypatch, "stats", "--store", store, "--own", path, "--min-hands", 0, "--json") == 0
        rows = json.loads(capsys.readouterr().out)
        assert rows[0]["flat_chances"] > 0
        assert 0 < rows[0]["flat"] < 1
        assert call(monkeypatch, "stats", "--store", store, "--own", path) == 0
        assert "Flat call [95%] of" in " ".join(capsys.readouterr().out.split())
    finally:
        pk.stats.unregister("flat")
    path.write_text('[flat]\ncould = "FACING_ONE_RAIS"\ndid = "CALLS"\n')
    assert call(monkeypatch, "stats", "--store", store, "--own", path) == 1
    told = capsys.readouterr().err
    assert "mine.toml" in told
    assert "'FACING_ONE_RAIS' in column 1" in told
    assert "did you mean 'FACING_ONE_RAISE'" in told


def test_import_counts_and_repeats(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "import", history, "--store", tmp_path / "store", "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["hands_added"], first["duplicates"], first["rejects"]) == (300, 0, 0)
    assert call(monkeypatch, "import", history, "--store", tmp_path / "store") == 0
    assert f"{first['files']} files ({first['files']} unchanged): 0 hands added" in capsys.readouterr().out


def test_import_lists_rejects_by_rule(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged.txt"
    whole = max(history.rglob("*.txt"), key=lambda path: path.stat().st_size)
    damaged.write_bytes(whole.read_bytes().replace(b" folds", b" folts", 1))
    assert call(monkeypatch, "import", damaged, "--store", tmp_path / "store") == 3
    assert "1  unknown_line: no line of this shape may stand here" in capsys.readouterr().out


def test_stats_prints_players_most_hands_first(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "stats", "--store", store, "--json", "--min-hands", 20) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["hands"] for row in rows] == sorted((row["hands"] for row in rows), reverse=True)
    assert rows[0]["player"] == "Nina.Blau"
    assert call(monkeypatch, "stats", "--store", store, "--player", "Nina.Blau") == 0
    assert "Nina.Blau" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (("--by", "position,pot_type", "--stats", "vpip, af"), ["position", "pot_type", "hands", "vpip"]),
        (("--by", "format,month", "--set", "basic"), ["format", "month", "hands", "vpip"]),
        (("--by", "opponent", "--stats", "wtsd"), ["opponent", "hands", "wtsd"]),
        (("--by", "stake", "--set", "all"), ["unit", "big_blind", "hands"]),
        (("--by", "session", "--stats", "net"), ["player", "session_start", "hands", "net"]),
        (("--by", "player", "--game", "holdem", "--format", "cash", "--since", "2000-01-01"), ["player", "hands"]),
    ],
)
def test_stats_group_by_anything_in_json_and_as_a_table(
    words: tuple[str, ...],
    columns: list[str],
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(monkeypatch, "stats", "--store", store, *words, "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert list(rows[0])[: len(columns)] == columns
    assert not any(name.endswith("_interval") for name in rows[0])
    assert call(monkeypatch, "stats", "--store", store, *words) == 0
    shown = capsys.readouterr().out
    assert columns[0].capitalize().replace("_", " ") in shown.splitlines()[0]
    assert f"{rows[0]['hands']:,}" in shown


def test_stats_choose_hands_and_show_intervals_as_asked(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows(*words: str) -> list[dict[str, Any]]:
        assert call(monkeypatch, "stats", "--store", store, "--json", "--stats", "vpip", *words) == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return found

    (mine,) = rows("--by", "player", "--player", "Nina.Blau", "--intervals")
    with pk.Store(store) as opened:
        dealt = opened.scan("seats").filter(pl.col("player") == "Nina.Blau", pl.col("dealt")).collect()
    assert mine["hands"] == dealt.height
    assert mine["vpip_interval"]["low"] < mine["vpip"] < mine["vpip_interval"]["high"]
    assert rows("--since", "2100-01-01") == []
    assert rows("--game", "omaha4") == []
    assert call(monkeypatch, "stats", "--store", store, "--player", "Nina.Blau", "--no-intervals") == 0
    assert "[" not in capsys.readouterr().out


def test_leaks_of_rules_that_a_user_wrote(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "leaks", "--print-rules") == 0
    printed = capsys.readouterr().out
    assert printed.strip() == pk.stats.LEAK_FILE.read_text("utf-8").strip()
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[[rule]]\nname = "Hands\\u001b[31m"\nstat = "vpip"\nform = "six_max"\nhigh = 0.01\nmin_chances = 10\n'
    )
    assert call(monkeypatch, "leaks", "--store", store, "--rules", mine, "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["stat"], row["verdict"]) == ("vpip", "leak")
    assert len(row["hand_ids"]) == round(row["rate"] * row["chances"])
    assert call(monkeypatch, "leaks", "--store", store, "--rules", mine, "--player", "Nina.Blau") == 0
    shown = capsys.readouterr().out
    assert "Hands\ufffd[31m" in shown
    assert "\x1b" not in shown
    assert "too high" in shown
    assert "1 rules: 1 broken, 0 kept, 0 with too few hands to tell" in shown
    assert call(monkeypatch, "leaks", "--store", store, "--all", "--since", "2000-01-01") == 0
    assert len(capsys.readouterr().out.splitlines()) > 20
    assert call(monkeypatch, "leaks", "--store", store, "--all", "--since", "2100-01-01") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_equity_says_it_is_exact(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, "equity", "AsAh", "KsKh", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["exact"] is True
    assert answer["players"][0]["equity"] == pytest.approx(0.8263661126, abs=6e-11)
    assert call(monkeypatch, "equity", "AsAh", "KsKh", "--board", "Qs7d2c") == 0
    assert "exact over 990 deals" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("equity", "AsAh", "KsKz"), 1, "KsKz"),
        (("equity", "AsAh", "AsKh"), 1, "As"),
        (("import", "nowhere-at-all"), 1, "'nowhere-at-all' does not exist"),
        (("demo", "--history", "nowhere-at-all"), 1, "'nowhere-at-all' is not a folder"),
        (("warmup", "coffee"), 2, "coffee"),
        (("export", "--to", "x", "--format", "pdf"), 2, "'pdf' is not a format"),
        (("export", "--to", "x", "--keep-hero"), 2, "--pseudonymise"),
        (("export", "--to", "x"), 1, "there is no store at"),
        (("export", "nowhere-at-all", "--to", "x"), 1, "'nowhere-at-all' does not exist"),
        (("nonsense",), 2, "nonsense"),
        (("stats", "--set", "huds"), 2, "'huds' is not a set of statistics; did you mean 'hud'"),
        (("stats", "--stats", "vpp"), 1, "'vpp' is not a statistic; did you mean 'vpip'"),
        (("stats", "--since", "yesterday"), 2, "yesterday"),
        (("replay", "1-1", "--amounts", "euros"), 2, "'euros' is not a way to write amounts"),
        (("leaks", "--rules", "nowhere.toml"), 1, "'nowhere.toml' cannot be read as rules"),
    ],
)
def test_what_was_wrong_is_told_on_stderr(
    words: tuple[str, ...],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("POKERLAB_STORE", str(tmp_path / "store"))
    assert call(monkeypatch, *words) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "command",
    ["demo", "import", "stats", "leaks", "equity", "watch", "serve", "lab", "doctor", "export", "replay", "warmup"],
)
def test_every_command_has_help(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, command, "--help") == 0
    assert "Usage" in capsys.readouterr().out


def test_a_hand_is_told_as_lines_json_and_a_page(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_id = pk.Store(store).scan("hands").sort("pot").select("hand_id").collect().item(-1, 0)
    words = ("replay", hand_id, "--store", store)
    assert call(monkeypatch, *words, "--amounts", "bb") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The hand begins"
    assert any(line.startswith("Flop ") and " bb" in line for line in lines)
    assert call(monkeypatch, *words, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["steps"]) == len(lines)
    page = tmp_path / "hand.html"
    assert call(monkeypatch, *words, "--to", page) == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert call(monkeypatch, *words, "--to", page) == 1
    assert "is there already" in capsys.readouterr().err
    assert call(monkeypatch, "replay", "no-hand", "--store", store) == 1
    assert "there is no hand 'no-hand'" in capsys.readouterr().err


def test_watch_prints_hands_until_it_is_interrupted(history: Path, tmp_path: Path) -> None:
    words = ["watch", "--history", str(history), "--store", str(tmp_path / "store"), "--replay", "3", "--json"]
    code = f"import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.argv[1:] = {words!r}\n"
    with subprocess.Popen(
        [sys.executable, "-c", code + "from pokerlab.cli import main; main()"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as child:
        assert child.stdout is not None
        told = [json.loads(child.stdout.readline()) for _ in range(3)]
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 130
    assert [message["seq"] for message in told] == ["1", "2", "3"]


def test_a_watch_whose_output_stalls_keeps_the_last_hands_and_tells_the_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = pk.open(tmp_path / "store", history=tmp_path)
    monkeypatch.setattr("pokerlab.cli._live.lab_of", lambda *_: lab)
    hand, window = hands_of(pk.sample.hands(1, seed=1))[0], lab.hub.window
    with closing(_messages(None, None, None, replay=0)) as messages:
        lab.hub.publish(hand)
        assert next(messages).seq == 1
        for _ in range(2 * window):
            lab.hub.publish(hand)
        gap = next(messages)
        assert (gap.from_seq, gap.to_seq) == (2, window + 1)
        assert [next(messages).seq for _ in range(window)] == list(range(window + 2, 2 * window + 2))
    assert lab.status.state == "stopped"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--format", "cahs"), 2, "'cahs' is not a format; did you mean 'cash'"),
        (("--game", "holdm"), 2, "'holdm' is not a game; did you mean 'holdem'"),
        (("--by", "positon"), 1, "there is no such column or group; did you mean 'position'"),
        (("--by", "opponent", "--player", "a", "--player", "b"), 2, "give --player once"),
    ],
)
def test_what_stats_do_not_know_is_told(
    words: tuple[str, ...],
    code: int,
    message: str,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(monkeypatch, "stats", "--store", store, *words) == code
    assert message in capsys.readouterr().err


def test_hostile_names_reach_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "\x1b[31mEv[b]x"
    pk.sample.write(tmp_path / "history", 30, seed=4, truth=False)
    for path in (tmp_path / "history").rglob("*.txt"):
        path.write_bytes(path.read_bytes().replace(b"Nina.Blau", name.encode()))
    assert call(monkeypatch, "import", tmp_path / "history", "--store", tmp_path / "store") == 0
    assert call(monkeypatch, "stats", "--store", tmp_path / "store", "--min-hands", 1) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "�[31mEv[b]x" in shown


def test_a_store_that_is_not_there_is_named_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "stats", "--store", tmp_path / "typo") == 1
    assert "there is no store at" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()
    pk.Store(tmp_path / "empty")
    assert call(monkeypatch, "stats", "--store", tmp_path / "empty") == 1
    assert "has no hands" in capsys.readouterr().err


def test_a_reader_that_has_enough_ends_the_command_quietly(store: Path) -> None:
    words = [sys.executable, "-m", "pokerlab", "stats", "--store", str(store), "--json"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(60) == 0


@pytest.mark.parametrize("form", ["csv", "parquet", "text"])
def test_export_writes_other_names_from_store_and_folder_alike(
    form: str,
    history: Path,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("--format", form, "--pseudonymise", "--key", "secret", "--json")
    contents = []
    for number, source in enumerate((history, store)):
        assert call(monkeypatch, "export", source, "--to", tmp_path / str(number), *words) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["hands"] == 300
        contents.append({path.name: path.read_bytes() for path in (tmp_path / str(number)).iterdir()})
        assert len(contents[-1]) == len(told["files"]) > 0
        assert not any(b"Nina.Blau" in content or str(history).encode() in content for content in contents[-1].values())
    assert contents[0].keys() == contents[1].keys()
    if form == "text":
        assert contents[0] == contents[1]


def test_export_without_a_key_takes_a_new_one_each_time(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in ("a", "b"):
        assert call(monkeypatch, "export", history, "--to", tmp_path / place, "--pseudonymise") == 0
    assert "300 hands in 3 files" in capsys.readouterr().out
    assert (tmp_path / "a" / "seats.csv").read_text() != (tmp_path / "b" / "seats.csv").read_text()
    assert call(monkeypatch, "export", history, "--to", tmp_path / "a") == 1
    assert "is there already" in capsys.readouterr().err


def test_export_writes_one_file_of_other_formats(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pk.sample.write(tmp_path / "history", 40, seed=1, game="hold_up", truth=False)
    pk.Store(tmp_path / "store").add(pk.read_winamax(tmp_path / "history"))
    for source in ("history", "store"):
        for form, name in (("duckdb", "a.duckdb"), ("phh", "a.phhs"), ("ohh", "a.ohh")):
            path = tmp_path / f"{source}-{name}"
            assert call(monkeypatch, "export", tmp_path / source, "--to", path, "--format", form, "--json") == 0
            told = json.loads(capsys.readouterr().out)
            assert told["files"] == [str(path)]
            assert path.is_file()
            left_out = told.get("left_out", [])
            assert told["hands"] + len(left_out) == 40
            assert {row["rule"] for row in left_out} == ({"added"} if form == "phh" else set())
    assert call(monkeypatch, "export", tmp_path / "store", "--to", tmp_path / "b.phhs", "--format", "phh") == 0
    assert "added: the room put" in capsys.readouterr().out
