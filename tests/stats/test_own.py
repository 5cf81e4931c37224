"""A user's own statistics: read from TOML, refused with the place of the fault, known everywhere once registered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab import facts, stats
from pokerlab.errors import ConditionError, SchemaError, StatError
from pokerlab.stats.own import users_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = """
# what I look at
[three_bet_btn]
name = "3-bet from the button ♠"
short = "3B BTN"
could = "PREFLOP & FACING_ONE_RAISE & CAN_RAISE & ~MADE_THE_RAISE & IN_BTN"
did = "RAISES"

[bets_made]
could = "~PREFLOP & UNRAISED"
did = "BETS"
counts = true
group = "mine"

[any_fold]
could = "always"
did = "FOLDS"
once = false
"""


@pytest.fixture(scope="module")
def frames() -> pk.HandFrames:
    return pk.sample.hands(400, seed=21)


@pytest.fixture
def own() -> Iterator[list[stats.Stat]]:
    loaded = stats.load(TEXT)
    stats.register(*loaded)
    yield loaded
    stats.unregister(*(stat.code for stat in loaded))


def test_a_file_gives_its_statistics(tmp_path: Path) -> None:
    path = tmp_path / "stats.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    first, second, third = stats.load(path)
    assert (first.code, first.name, first.short, first.group) == (
        "three_bet_btn",
        "3-bet from the button ♠",
        "3B BTN",
        "own",
    )
    assert first.could.terms == (stats.THREE_BET.could & facts.IN_BTN).terms
    assert (first.did.terms, first.once, first.counts) == (facts.RAISES.terms, True, False)
    assert (second.counts, second.group, second.name, second.short) == (True, "mine", "bets_made", "bets_made")
    assert (third.once, third.could.text()) == (False, "always")
    assert [stat.code for stat in stats.load(str(path))] == [stat.code for stat in stats.load(TEXT)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[a]\ncould = "FLOP"\ndid = "BET"\n', r"'did' of \[a\]: 'BET' in column 1 .* did you mean 'BETS'"),
        ('[a]\ncould = "FLOP &"\ndid = "BETS"\n', r"'could' of \[a\]: the end in column 7"),
        ('[a]\ndid = "BETS"\n', r"\[a\] has no 'could'; a statistic needs 'could' and 'did'"),
        ('[a]\ncould = "FLOP"\ndid = "BETS"\nonec = true\n', r"'onec' of \[a\] is not a key .* did you mean 'once'"),
        ('[a]\ncould = "FLOP"\ndid = "BETS"\nonce = "yes"\n', r"'once' of \[a\] is str 'yes'; give true or false"),
        ('[a]\ncould = 3\ndid = "BETS"\n', r"'could' of \[a\] is int '3'; give a text in quotes"),
        ('[a]\ncould = "FLOP"\ndid = "BETS"\nname = "\\u001b[31m"\n', r"printable characters"),
        (f'[a]\ncould = "FLOP"\ndid = "BETS"\nname = "{"x" * 201}"\n', r"at most 200 printable"),
        ('["3bet!"]\ncould = "FLOP"\ndid = "BETS"\n', "'3bet!' is no code of a statistic"),
        ('[Flop]\ncould = "FLOP"\ndid = "BETS"\n', "'Flop' is no code of a statistic"),
        ('could = "FLOP"\ndid = "BETS"\n', r"'could' stands outside of a table"),
        ("[a\n", "is not TOML: "),
        ("a = " + "[" * 20_000 + "\n", "is not TOML: "),
        ("x = 1\n" * 60_000, "more than 200,000 bytes"),
        ("".join(f"[s{n}]\n" for n in range(501)), "has 501 statistics; at most 500"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_with_its_place(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(StatError, match=told) as caught:
        stats.load(path)
    assert "mine.toml" in str(caught.value)
    with pytest.raises(StatError, match="the text of own statistics"):
        stats.load(text)


def test_an_error_knows_token_and_column() -> None:
    with pytest.raises(ConditionError) as caught:
        stats.load('[a]\ncould = "FLOP & LUCKY"\ndid = "BETS"\n')
    assert (caught.value.token, caught.value.column) == ("LUCKY", 8)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(StatError, match=r"nowhere.toml', a file of own statistics, cannot be read"):
        stats.load(tmp_path / "nowhere.toml")
    with pytest.raises(StatError, match="cannot be read"):
        stats.load(tmp_path)
    with pytest.raises(StatError, match="cannot be read"):
        stats.load("a\0b")
    (tmp_path / "latin.toml").write_bytes(b'[a]\nname = "caf\xe9"\n')
    with pytest.raises(StatError, match=r"latin.toml' is not UTF-8"):
        stats.load(tmp_path / "latin.toml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert all(isinstance(stat, stats.Stat) for stat in stats.load(text + "\n"))
    except StatError as error:
        told = str(error)
        assert told.startswith("the text of own statistics")


def test_registered_statistics_are_in_catalog_get_columns_and_report(
    own: list[stats.Stat], frames: pk.HandFrames
) -> None:
    assert stats.catalog()["code"].to_list()[-3:] == [stat.code for stat in own]
    assert stats.get("three_bet_btn") is own[0]
    assert stats.columns()["could_bets_made"] == pl.Int16
    fresh = pk.sample.hands(400, seed=21)
    table = stats.report(fresh.seats, by="position", stats=own)
    btn = table.filter(position="BTN")
    everybody = stats.report(fresh.seats, by="position", stats=[stats.THREE_BET]).filter(position="BTN")
    assert btn["three_bet_btn_chances"].item() == everybody["three_bet_chances"].item() > 0
    assert table.filter(pl.col("position") != "BTN")["three_bet_btn_chances"].sum() == 0
    assert fresh.seats.equals(stats.with_stats(frames.seats, frames.actions).select(fresh.seats.columns))


def test_a_statistic_that_was_forgotten_is_unknown_again(frames: pk.HandFrames) -> None:
    stats.register(*stats.load(TEXT))
    stats.unregister("three_bet_btn", "bets_made", "any_fold")
    assert stats.every() == stats.ALL
    with pytest.raises(StatError, match="'any_fold' is not a statistic"):
        stats.get("any_fold")
    assert "could_any_fold" not in pk.sample.hands(20, seed=1).seats.columns


def test_files_that_are_parsed_or_scanned_have_the_columns_of_registered_statistics(
    own: list[stats.Stat], tmp_path: Path
) -> None:
    pk.sample.write(tmp_path, 60, seed=3, truth=False)
    read = pk.read_winamax(tmp_path).seats
    names = [name for stat in own for name in stat.flag.columns]
    assert set(names) <= set(read.columns)
    scanned = pk.scan_winamax(tmp_path).seats.select("hand_id", "seat", *names).collect()
    assert scanned.sort("hand_id", "seat").equals(read.select(scanned.columns).sort("hand_id", "seat"))


def test_a_scan_keeps_the_statistics_that_there_were_when_it_was_made(tmp_path: Path) -> None:
    pk.sample.write(tmp_path, 20, seed=3, truth=False)
    before = pk.scan_winamax(tmp_path).seats
    stats.register(stats.load(TEXT)[0])
    try:
        during = pk.scan_winamax(tmp_path).seats
        assert "could_three_bet_btn" not in before.collect().columns
    finally:
        stats.unregister("three_bet_btn")
    assert during.collect()["could_three_bet_btn"].null_count() == 0


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("vpip", r"'vpip' of pokerlab already \(Voluntarily put money in pot\); choose another code"),
        ("bets_made", "'bets_made' already .* say replace=True"),
        ("player", "'player' is a column of seats"),
        ("hands", "already"),
        ("vpip_chances", "the name of a result of 'vpip'"),
    ],
)
def test_a_code_that_is_taken_is_refused(code: str, told: str, own: list[stats.Stat]) -> None:
    before = stats.every()
    fine = stats.Stat("fine", facts.CALLS, facts.PREFLOP)
    with pytest.raises(StatError, match=told):
        stats.register(fine, stats.Stat(code, facts.CALLS, facts.PREFLOP))
    assert stats.every() == before


def test_a_cell_that_is_run_again_takes_the_place_of_its_statistics(own: list[stats.Stat]) -> None:
    again = stats.load(TEXT)
    stats.register(*again, replace=True)
    assert stats.get("any_fold") is again[2]
    with pytest.raises(StatError, match="of pokerlab already"):
        stats.register(stats.Stat("vpip", facts.CALLS, facts.PREFLOP), replace=True)


def test_statistics_of_pokerlab_stay() -> None:
    with pytest.raises(StatError, match="'vpip' is a statistic of pokerlab and stays"):
        stats.unregister("vpip")
    with pytest.raises(StatError, match="'vpipp' is not a statistic; did you mean 'vpip'"):
        stats.unregister("vpipp")


@pytest.mark.parametrize(
    ("stat", "error", "told"),
    [
        (stats.Stat("x", pl.col("raises"), pl.col("prefop")), SchemaError, "no column 'prefop'"),
        (stats.Stat("x", pl.col("amount"), pl.col("preflop")), StatError, "did of 'x' gives Int64"),
        (stats.Stat("x", pl.col("raises"), pl.col("player") > 3), StatError, "conditions of 'x' cannot be evaluated"),
        (stats.Mean("x", pl.col("nte")), StatError, "'x' cannot be computed from seats: .*nte"),
        (stats.Derived("x", pl.col("player").sum() / 2), StatError, "'x' cannot be computed from seats"),
        ("vpip", StatError, "'vpip' is not a statistic; register a Stat, Mean or Derived"),
    ],
)
def test_an_expression_that_cannot_be_computed_is_refused_at_once(stat, error, told) -> None:
    with pytest.raises(error, match=told):
        stats.register(stat)
    assert stats.every() == stats.ALL


def test_expressions_over_decisions_say_the_same_as_facts(frames: pk.HandFrames) -> None:
    one_raise = pl.col("preflop") & (pl.col("n_raises") == 1) & pl.col("can_raise") & ~pl.col("made_the_raise")
    put_in = pl.col("action").cast(pl.String).is_in(["call", "bet", "raise"])
    pairs = [
        (stats.THREE_BET, one_raise, pl.col("action") == "raise"),
        (stats.CBET_F, stats.CBET_F.could.expr, pl.col("bets")),
        (stats.VPIP, pl.col("preflop"), put_in),
        (stats.AFQ_F, pl.col("flop") & ~pl.col("checks"), pl.col("bets") | pl.col("raises")),
    ]
    own = [stats.Stat(f"own_{stat.code}", did, could, once=stat.once, counts=stat.counts) for stat, could, did in pairs]
    seats = stats.with_stats(frames.seats, frames.actions, own)
    for stat, (known, _, _) in zip(own, pairs, strict=True):
        for mine, its in zip(stat.flag.columns, known.flag.columns, strict=True):
            assert seats[mine].equals(seats[its], check_dtypes=True), mine
        assert seats.select(stat.chances).item() > 0


def test_expressions_may_ask_for_columns_of_seats_and_actions(frames: pk.HandFrames) -> None:
    deep = stats.Stat("deep_call", pl.col("calls"), pl.col("preflop") & (pl.col("stack") > 50 * pl.col("big_blind")))
    seats = stats.with_stats(frames.seats, frames.actions, [deep])
    could = seats.filter("could_deep_call")
    assert could.height > 0
    assert could.select((pl.col("stack") > 50 * pl.col("big_blind")).all()).item()


def test_threads_may_register_and_read_at_once() -> None:
    codes = [[f"own_{thread}_{n}" for n in range(50)] for thread in range(4)]
    faults: list[BaseException] = []

    def work(own: list[str]) -> None:
        try:
            for code in own:
                stats.register(stats.Stat(code, facts.CALLS, facts.PREFLOP))
                assert stats.get(code).code == code
                assert len(stats.flags()) > len(stats.FULL)
            stats.unregister(*own)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(own,)) for own in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert stats.every() == stats.ALL


def test_the_users_file_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT)
    monkeypatch.setenv("POKERLAB_STATS", str(path))
    assert users_file() == path
    with pk.open(tmp_path / "store", history=[]).store:
        assert stats.get("any_fold").did.text() == "FOLDS"
    pk.open(tmp_path / "store", history=[])
    path.write_text(TEXT.replace("any_fold", "vpip"))
    with pytest.raises(StatError, match=r"mine.toml.*'vpip' of pokerlab already"):
        pk.open(tmp_path / "store", history=[])
    stats.unregister("any_fold", "bets_made", "three_bet_btn")
    monkeypatch.setenv("POKERLAB_STATS", str(tmp_path / "gone.toml"))
    with pytest.raises(StatError, match=r"POKERLAB_STATS names .*gone.toml', which is no file"):
        pk.open(tmp_path / "store", history=[])


def test_the_users_file_is_else_in_the_configuration_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("POKERLAB_STATS", raising=False)
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path)
    assert users_file() is None
    (tmp_path / "stats.toml").write_text(TEXT)
    assert users_file() == tmp_path / "stats.toml"
