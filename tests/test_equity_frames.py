"""Equity by hand, of frames of pots, and the table before the flop: against `pk.equity`, and what is refused."""

from __future__ import annotations

import threading

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab.errors import CardError, EquityError, RangeError
from pokerlab.ranges import classes

MINE, THEIRS = "TT+,AKs@0.5,7c6c", "22+,A9s+,KQ@0.25"


@pytest.mark.parametrize(
    ("board", "dead"), [("", ""), ("Ks7d2c", ""), ("JhTh4h", "2c"), ("Ks7d2c4h", ""), ("AsKs7d2c4h", "")]
)
def test_each_hand_has_the_equity_it_has_alone(board, dead):
    found = pk.equity_by_hand(MINE, THEIRS, board=board, dead=dead)
    assert found.schema == {"hand": pl.String} | dict.fromkeys(["weight", "equity", "win", "tie"], pl.Float64)
    for hand, weight, *shares in found[:: max(1, len(found) // 7)].rows():
        alone = pk.equity(hand, THEIRS, board=board, dead=dead, method="exact")
        assert weight == (0.5 if hand[0] == "A" and hand[2] == "K" else 1)
        assert shares == pytest.approx([alone.equity[0], alone.win[0], alone.tie[0]], abs=1e-12)


def test_hands_average_to_the_equity_of_the_range():
    found = pk.equity_by_hand("22+,AKs@0.5", "KsKh", board="Qs7d2c")
    shares = found.drop_nulls()
    # Every hand left meets the one hand of the other player equally often.
    mean = (shares["weight"] * shares["equity"]).sum() / shares["weight"].sum()
    assert mean == pytest.approx(pk.equity("22+,AKs@0.5", "KsKh", board="Qs7d2c").equity[0], abs=1e-12)


def test_a_hand_that_leaves_the_others_none_has_null():
    found = pk.equity_by_hand("KdKc,AsAh", "KK", board="Ks7d2c")
    assert found.filter(hand="KdKc").row(0)[1:] == (1.0, None, None, None)
    several = pk.equity_by_hand("KdKc,AsAh", "KK", "QQ", board="Ks7d2c")
    assert several.filter(hand="KdKc").row(0)[1:] == (1.0, None, None, None, None)


def test_hands_that_the_board_holds_are_left_out():
    assert pk.equity_by_hand("AA", "KK", board="As7d2c")["hand"].to_list() == ["AdAc", "AhAc", "AhAd"]


def test_against_several_players_each_hand_is_a_question_of_its_own():
    found = pk.equity_by_hand("AA,7c6c", "KK", "QJs", board="Ks7d2c4h")
    assert found["stderr"].to_list() == [0.0] * 7
    for hand, _, *shares, _ in found.rows():
        alone = pk.equity(hand, "KK", "QJs", board="Ks7d2c4h", method="exact")
        assert shares == pytest.approx([alone.equity[0], alone.win[0], alone.tie[0]], abs=1e-12)


def test_suits_that_mean_the_same_are_asked_once_and_a_seed_fixes_the_result():
    seen = []
    ask = {"method": "monte_carlo", "tolerance": 0.02, "seed": 5}
    found = pk.equity_by_hand("AA,72o", "KK", "JTs", progress=seen.append, **ask)
    assert found.group_by("weight").agg(pl.col("equity").n_unique()).row(0)[1] == 2
    assert seen == [0.0, 0.5, 1.0]
    assert_frame_equal(found, pk.equity_by_hand("AA,72o", "KK", "JTs", **ask))


@pytest.mark.parametrize("others", [("22+",), ("KK", "QQ")])
def test_cancelling_ends_the_work(others):
    event = threading.Event()
    event.set()
    with pytest.raises(EquityError, match="cancelled with 0% done"):
        pk.equity_by_hand("random", *others, board="Ks7d2c", cancel=event)


@pytest.mark.parametrize(
    ("players", "options", "error", "match"),
    [
        (["AA"], {}, EquityError, "1 players; equity_by_hand takes a range and 1 to 9 others"),
        (["AA"] * 11, {}, EquityError, "11 players"),
        (["AA", "foo"], {}, RangeError, "'foo' is not understood"),
        (["AsAh", "AsKs"], {}, EquityError, "need the same cards"),
        (["AA", "KK"], {"board": "2c"}, EquityError, "board '2c' has 1 cards"),
        (["AA", "KK"], {"board": "2c3c2c"}, CardError, "2c stands twice"),
        (["AA", "KK"], {"threads": 0}, EquityError, "threads 0 is not at least 1"),
    ],
)
def test_by_hand_refuses_what_equity_refuses(players, options, error, match):
    with pytest.raises(error, match=match):
        pk.equity_by_hand(*players, **options)


def test_preflop_equity_is_that_of_equity():
    found = pk.preflop_equity("TT+,AKs@0.5", pk.Range("22+"))
    assert found.exact
    assert found.equity == pk.equity("TT+,AKs@0.5", "22+").equity
    with pytest.raises(EquityError, match="need the same cards"):
        pk.preflop_equity("AsAh", "AsKs")


def test_preflop_table_holds_every_pair():
    table = pk.preflop_table()
    frame = table.to_frame()
    assert len(frame) == len(table) == 47_008
    assert (frame["win"] + frame["tie"] + frame["lose"]).unique().to_list() == [table.deals]
    for hand, other, win, tie, lose, share in frame.sample(20, seed=1).rows():
        assert table[hand, other] == (win, tie, lose)
        assert table[other, hand] == (lose, tie, win)
        assert pk.equity(hand, other).equity[0] == share


def test_preflop_table_by_class_is_range_against_range():
    found = pk.preflop_table().by_class()
    assert found.columns == ["hand", "other", "equity"]
    assert found["hand"].unique(maintain_order=True).to_list() == list(classes())
    assert found["equity"].null_count() == 0
    for hand, other, share in [
        *found.sample(20, seed=2).rows(),
        *found.filter(pl.col("hand") == pl.col("other")).rows()[:3],
    ]:
        assert pk.equity(hand, other).equity[0] == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("hands", ["AsAh", ("AsAh",), ("AsAh", "AsKs"), ("AA", "KK"), ("AsAh", 5), 3])
def test_preflop_table_refuses_what_is_not_two_hands(hands):
    with pytest.raises(EquityError, match="is not two hands of different cards"):
        pk.preflop_table()[hands]


POTS = pl.DataFrame(
    {
        "hand_id": ["1", "2", "3", "4", "5"],
        "hero": ["AsAh", "9h8h", None, "As Ah", ""],
        "villain": ["KsKh", "AsAd", "QSqd", None, None],
        "third": [None, "2c2d", "2c2d", None, None],
        "board": [None, "Th7c2s", "", "Th7c2d", "Th7c2d"],
    }
)
PLAYERS = ["hero", "villain", "third"]


def test_frame_gets_the_equity_of_each_player_of_a_row():
    found = pk.equity_frame(POTS, PLAYERS, "board")
    assert found.columns == [*POTS.columns, *(f"equity_{name}" for name in PLAYERS)]
    assert_frame_equal(found.select(POTS.columns), POTS)
    two, three = pk.equity("AsAh", "KsKh").equity, pk.equity("9h8h", "AsAd", "2c2d", board="Th7c2s").equity
    one = pk.equity("QsQd", "2c2d").equity
    expected = [(*two, None), three, (None, *one), (1.0, None, None), (None, None, None)]
    for shares, row in zip(found.select(f"equity_{name}" for name in PLAYERS).rows(), expected, strict=True):
        assert [share is None for share in shares] == [share is None for share in row]
        assert [share for share in shares if share is not None] == pytest.approx(
            [share for share in row if share is not None]
        )


def test_frame_without_a_board_is_before_the_flop():
    found = pk.equity_frame(POTS.head(1), ["hero", "villain"])
    assert found["equity_hero"].to_list() == pytest.approx([pk.equity("AsAh", "KsKh").equity[0]])
    assert pk.equity_frame(POTS.clear(), PLAYERS, "board").shape == (0, 8)
    nobody = pl.DataFrame({"a": [None], "b": [None]})
    assert pk.equity_frame(nobody, ["a", "b"])["equity_a"].to_list() == [None]


def test_many_rows_agree_with_one_at_a_time():
    rng = np.random.default_rng(3)
    deck = np.array(pk.cards.DECK)
    cards = [deck[rng.permutation(52)[:8]] for _ in range(60)]
    pots = pl.DataFrame(
        {
            "a": ["".join(row[:2]) for row in cards],
            "b": ["".join(row[2:4]) for row in cards],
            "c": ["".join(row[4:]) for row in cards],
        }
    )
    found = pk.equity_frame(pots, ["a", "b"], "c", threads=1)
    for a, b, board, share, other in found.rows():
        assert (share, other) == pytest.approx(pk.equity(a, b, board=board).equity)


@pytest.mark.parametrize(
    ("change", "players", "error", "match"),
    [
        ({}, ["hero"], EquityError, r"players \['hero'\]: name 2 to 10 different columns"),
        ({}, "hero", EquityError, "players 'hero': name 2 to 10"),
        ({}, ["hero", "hero"], EquityError, "different columns"),
        ({}, ["hero", "nobody"], EquityError, "column 'nobody' is not in the frame, whose columns are"),
        ({"hero": [1] * 5}, PLAYERS, EquityError, "column 'hero' is Int64, not text"),
        (
            {"hero": ["AsAx", *[None] * 4]},
            PLAYERS,
            CardError,
            "row 0: 'AsAx' in column 'hero' holds what is not a card",
        ),
        ({"hero": [None, "A\u0455Ah", *[None] * 3]}, PLAYERS, CardError, "row 1: .* holds what is not a card"),
        ({"hero": [None, "AsA", *[None] * 3]}, PLAYERS, CardError, "row 1: 'AsA' in column 'hero' holds what"),
        (
            {"hero": [None, "AsAhKd", *[None] * 3]},
            PLAYERS,
            EquityError,
            "row 1: 'AsAhKd' in column 'hero' needs 0 or 2",
        ),
        ({"board": ["2h3h", *[None] * 4]}, PLAYERS, EquityError, "row 0: '2h3h' in column 'board' needs 0, 3, 4 or 5"),
        (
            {"board": ["2h3h4h5h6h7h", *[None] * 4]},
            PLAYERS,
            EquityError,
            "row 0: '2h3h4h5h6h7h' in column 'board' needs",
        ),
        (
            {"board": [None, "Th7c2d", *[None] * 3]},
            PLAYERS,
            CardError,
            "row 1: 2d stands twice among the hands and the",
        ),
    ],
)
def test_frames_that_cannot_be_are_refused(change, players, error, match):
    pots = POTS.with_columns(pl.Series(name, column) for name, column in change.items())
    with pytest.raises(error, match=match):
        pk.equity_frame(pots, players, "board")


def test_what_is_no_frame_is_refused():
    with pytest.raises(EquityError, match="LazyFrame is not a DataFrame; collect or convert it first"):
        pk.equity_frame(POTS.lazy(), PLAYERS)
