"""Study views: each figure is that of `pk.equity` or of hands ranked one by one, and each can be drawn."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest

import pokerlab as pk
from pokerlab import plots
from pokerlab.errors import EquityError, RangeError, SchemaError
from pokerlab.ranges import BY_EQUITY

FLOP = "Ks7d2c"


@pytest.fixture(scope="module")
def spread():
    return pk.equity_distribution("TT+,AKs@0.5,76s", "22+,AK", board=FLOP, dead="Ah")


def test_distribution_has_the_equity_of_each_hand(spread):
    for player, other in ((0, "22+,AK"), (1, "TT+,AKs@0.5,76s")):
        for hand, share in spread.filter(player=player).select("hand", "equity").sample(6, seed=1).rows():
            found = pk.equity(hand, other, board=FLOP, dead="Ah", method="exact")
            assert share == pytest.approx(found.equity[0])


def test_distribution_runs_from_the_best_hand_to_the_whole_range(spread):
    for player, text in ((0, "TT+,AKs@0.5,76s"), (1, "22+,AK")):
        own = spread.filter(player=player)
        known = pk.cards.parse_cards(FLOP + "Ah")
        left = sum(
            weight
            for hand, weight in zip(combinations(range(52), 2), pk.Range(text).weights, strict=True)
            if not {*hand} & {*known}
        )
        assert own["weight"].sum() == pytest.approx(left)
        assert own["equity"].is_sorted(descending=True)
        assert own["share"].is_sorted()
        assert own["share"][-1] == pytest.approx(1)


def test_hands_that_meet_no_other_hand_are_left_out():
    found = pk.equity_distribution("AsAh,QsQh", "AsKd", board="7c3d2c")
    assert found.filter(player=0)["hand"].to_list() == ["QsQh"]


@pytest.mark.parametrize(("board", "dead"), [("", ""), (FLOP, ""), (FLOP + "7c", "AsAd")])
def test_classes_have_the_equity_of_their_hands(board, dead):
    found = pk.equity_by_class("QQ,AsKs@0.5,76s", board=board, dead=dead)
    assert sorted(found["hand"]) == sorted(BY_EQUITY)
    for hand in ("AA", "KQs", "72o"):
        row = found.row(by_predicate=pl.col("hand") == hand, named=True)
        expected = pk.equity(hand, "QQ,AsKs@0.5,76s", board=board, dead=dead, method="exact")
        assert (row["equity"], row["win"], row["tie"]) == pytest.approx(
            (expected.equity[0], expected.win[0], expected.tie[0])
        )
        assert "AKQJT98765432"[row["row"] if hand[0] == hand[1] else min(row["row"], row["column"])] == hand[0]


def test_a_class_without_a_deal_has_no_equity():
    found = pk.equity_by_class("AsAh", board="AdAcKs", dead="KhKd")
    rows = {row["hand"]: row for row in found.iter_rows(named=True)}
    assert (rows["AA"]["combos"], rows["AA"]["equity"]) == (1, None)
    assert (rows["KK"]["combos"], rows["KK"]["equity"]) == (0, None)
    assert rows["QQ"]["equity"] is not None
    assert found["combos"].sum() == 47 * 46 // 2


def test_next_cards_have_the_equity_of_the_longer_board():
    found = pk.next_card_equity("QQ+", "AK", board=FLOP, dead="2h")
    assert found.height == 2 * 48
    for card in ("As", "3h"):
        expected = pk.equity("QQ+", "AK", board=FLOP + card, dead="2h")
        assert found.filter(card=card)["equity"].to_list() == list(expected.equity)


def test_a_card_that_leaves_no_hand_has_no_equity():
    found = pk.next_card_equity("AsAh", "QsQh", "KdKc", board=FLOP)
    assert found.filter(card="As")["equity"].to_list() == [None] * 3
    assert found.filter(card="3s")["equity"].sum() == pytest.approx(1)


def test_next_cards_of_omaha_and_sampled_ones():
    found = pk.next_card_equity("AsAhQsQh", "JdTd9c8c", board=FLOP, game="omaha4")
    assert found.filter(card="3h")["equity"].to_list() == list(
        pk.equity("AsAhQsQh", "JdTd9c8c", board=FLOP + "3h", game="omaha4").equity
    )
    sampled = pk.next_card_equity("AA", "K7", board=FLOP, method="monte_carlo", tolerance=0.02, seed=1)
    assert sampled["stderr"].drop_nulls().max() > 0


def by_hand(hands, board, game):
    """Rank each hand on each board one by one."""
    seen, counts = pk.cards.parse_cards(board), dict.fromkeys(("flop", "turn", "river"))
    for street, size in (("turn", 4), ("river", 5)):
        counts[street] = {}
        free = [card for card in range(52) if card not in seen]
        for more in combinations(free, size - len(seen)):
            for hand, weight in hands:
                if not {*pk.cards.parse_cards(hand)} & {*more}:
                    kind = pk.evaluate(hand, board + pk.cards.format_cards(more), game).category
                    counts[street][kind] = counts[street].get(kind, 0) + weight
    return counts


@pytest.mark.parametrize(
    ("game", "hands"),
    [("holdem", [("AhKh", 1), ("7s7c", 0.5)]), ("omaha4", [("AhKhQdJd", 1), ("7s7c2d3h", 0.25)])],
)
def test_categories_are_those_of_hands_ranked_one_by_one(game, hands):
    board = FLOP + "Th"
    found = pk.category_histogram(",".join(f"{hand}@{weight}" for hand, weight in hands), board=board, game=game)
    for street, counts in by_hand(hands, board, game).items():
        if counts:
            own = dict(found.filter(street=street).select("category", "share").rows())
            whole = sum(counts.values())
            assert {kind: share for kind, share in own.items() if share} == pytest.approx(
                {kind: count / whole for kind, count in counts.items()}
            )
    assert found["street"].unique(maintain_order=True).to_list() == ["turn", "river"]


def test_any_omaha_hand_has_a_histogram():
    found = pk.category_histogram("random", board="Ks7d2c9h3s", game="omaha4")
    listed = pk.category_histogram("$ds,$ss,$rb", board="Ks7d2c9h3s", game="omaha4")
    assert found.equals(listed)
    assert found["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("ask", "error", "match"),
    [
        (lambda: pk.equity_distribution("AA", "KK", board=""), EquityError, "board '' has no cards; give a flop"),
        (lambda: pk.equity_distribution("AA", "foo", board=FLOP), RangeError, "column 1: 'foo'"),
        (lambda: pk.equity_distribution("AsAh", "AsKd", board=FLOP), EquityError, "need the same cards"),
        (lambda: pk.equity_by_class("KsKh", board=FLOP), EquityError, "'KsKh' has no hand left"),
        (lambda: pk.equity_by_class("AA", board="2c"), EquityError, "has 1 cards"),
        (lambda: pk.next_card_equity("AA", "KK", board=""), EquityError, "the next card comes to a board of 3 or 4"),
        (lambda: pk.next_card_equity("AA", board=FLOP), EquityError, "1 players; equity takes 2 to 10"),
        (lambda: pk.next_card_equity("AA", "KK", board=FLOP, game="razz"), EquityError, "'razz' is not a game"),
        (lambda: pk.next_card_equity("AA", "KK", board=FLOP, cancel=lambda: True), EquityError, "was cancelled"),
        (lambda: pk.category_histogram("AA", board=""), EquityError, "board '' has no cards"),
        (lambda: pk.category_histogram("AA", board=FLOP, game="razz"), EquityError, "'razz' is not a game"),
        (lambda: pk.category_histogram("AA", board=FLOP, game="omaha4"), RangeError, "'AA' names 2 cards"),
    ],
)
def test_what_cannot_be_is_refused(ask, error, match):
    with pytest.raises(error, match=match):
        ask()


def rows(chart):
    [found] = chart.to_dict()["datasets"].values()
    return pl.DataFrame(found, infer_schema_length=None)


def test_each_view_is_drawn_from_its_frame(spread):
    classes = pk.equity_by_class("QQ+", board=FLOP)
    cards = pk.next_card_equity("QQ+", "AK", board=FLOP)
    made = pk.category_histogram("QQ+", board=FLOP)
    assert rows(plots.equity_distribution(spread))["range"].unique(maintain_order=True).to_list() == [
        "Range 1",
        "Range 2",
    ]
    grid = rows(plots.equity_grid(classes))
    assert grid["equity"].to_list() == pytest.approx(classes["equity"].to_list())
    assert grid.filter(hand="AA")["text"].item() == f"{classes.filter(hand='AA')['equity'].item():.0%}"[:-1]
    drawn = rows(plots.next_cards(cards, player=1))
    assert drawn["equity"].to_list() == cards.filter(player=1)["equity"].to_list()
    assert rows(plots.categories(made))["share"].sum() == pytest.approx(3)
    for chart in (plots.equity_distribution(spread), plots.equity_grid(classes), plots.next_cards(cards)):
        assert chart._repr_mimebundle_()["image/svg+xml"].startswith("<svg")


def test_the_ranges_of_a_distribution_have_names(spread):
    encoded = plots.equity_distribution(spread, names=("the raiser", "a caller")).to_dict()["encoding"]["color"]
    assert encoded["scale"]["domain"] == ["the raiser", "a caller"]


def test_frames_of_another_making_are_refused(spread):
    for draw in (plots.equity_grid, plots.next_cards, plots.categories):
        with pytest.raises(SchemaError, match=r"the frame lacks the column '.*' that the picture needs; it has player"):
            draw(spread)
    with pytest.raises(SchemaError, match="the frame has no player 2; players are counted from 0"):
        plots.next_cards(pk.next_card_equity("QQ+", "AK", board=FLOP), player=2)
