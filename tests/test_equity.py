"""Equity from words: reference values, errors before any work, sampling, cancelling, and how results are shown."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
import xml.etree.ElementTree as ET

import numpy as np
import polars as pl
import pytest

import pokerlab as pk
from pokerlab import _equity
from pokerlab._equity import shares as home
from pokerlab.errors import CardError, EquityError, RangeError
from pokerlab.ranges import BY_EQUITY, classes

# Holdings of three ranges are enumerated one by one: up to half a minute.
SLOW = {"3w_R1_R2_R3_preflop"}


def check_reference(case):
    given = {"board": case["board"], "dead": case["dead"], "game": case["game"]}
    found = pk.equity(*case["players"], **given, method="exact")
    assert found.exact
    assert found.equity == pytest.approx(case["equity"], abs=case["digits"])
    assert found.deals == case.get("deals", found.deals)
    assert list(found.win_count) == case.get("wins", list(found.win_count))
    if "ties_share" in case:
        shares = np.array(found.equity) * found.deals - found.win_count
        assert shares == pytest.approx(case["ties_share"], rel=1e-9, abs=1e-3)
    if case.get("tie_deals") is not None and len(case["players"]) == 2:
        assert found.tie_count == (case["tie_deals"],) * 2
    sampled = pk.equity(*case["players"], **given, method="monte_carlo", seed=2)
    assert max(sampled.stderr) <= 0.001
    for share, expected, error in zip(sampled.equity, case["equity"], sampled.stderr, strict=True):
        assert abs(share - expected) <= 4 * error


def cases_of(reference, *, slow):
    cases = json.loads((reference / "equities.json").read_text())
    return [case for case in cases if (case["id"] in SLOW) == slow]


def test_reference_equities_agree_to_ten_digits(reference, subtests):
    for case in cases_of(reference, slow=False):
        with subtests.test(case["id"]):
            check_reference(case)


@pytest.mark.slow
def test_reference_equities_of_wide_ranges_agree_to_ten_digits(reference, subtests):
    for case in cases_of(reference, slow=True):
        with subtests.test(case["id"]):
            check_reference(case)


def heads_up(reference):
    return [case for case in cases_of(reference, slow=False) if (case["game"], len(case["players"])) == ("holdem", 2)]


def test_reference_equities_are_those_of_each_hand_and_of_frames(reference, subtests):
    for case in heads_up(reference):
        hands = [len(player) == 4 and player[1] in pk.cards.SUITS for player in case["players"]]
        if case["dead"] or not hands[0]:
            continue
        with subtests.test(case["id"]):
            by_hand = pk.equity_by_hand(*case["players"], board=case["board"])["equity"].to_list()
            assert by_hand == pytest.approx(case["equity"][:1], abs=case["digits"])
            if hands[1]:
                pots = pl.DataFrame([[*case["players"], case["board"]]], ["a", "b", "board"], orient="row")
                found = pk.equity_frame(pots, ["a", "b"], "board").row(0)[3:]
                assert found == pytest.approx(case["equity"], abs=case["digits"])


def test_reference_counts_before_the_flop_are_those_of_all_boards(reference, subtests):
    from pokerlab_kernels.deals import symmetries
    from pokerlab_kernels.showdown import showdown

    for case in heads_up(reference):
        if case["board"] or case["dead"]:
            continue
        with subtests.test(case["id"]):
            mine, theirs = (pk.Range(player).weights for player in case["players"])
            sums = showdown(mine, theirs, [], [], symmetries([mine, theirs]), lambda done: None, None)
            win, tie, deals = sums.sum(axis=0).tolist()
            assert (win, tie, deals) == (case["wins"][0], case["tie_deals"], case["deals"])


def test_order_of_classes_is_by_exact_equity_against_a_random_hand():
    shares = []
    for name in BY_EQUITY:
        hand = pk.Range.from_weights(np.eye(1326)[classes()[name][0]])
        found = pk.equity(hand, "random", method="exact")
        shares.append(2 * found.win_count[0] + found.tie_count[0])
    assert len(set(shares)) == 169
    assert shares == sorted(shares, reverse=True)


def test_aces_against_kings_have_the_known_counts():
    found = pk.equity("AsAh", "KsKh", method="exact")
    assert found.win_count == (1_410_336, 292_660)
    assert found.tie_count == (9_308, 9_308)
    assert found.deals == 1_712_304
    assert found.stderr == (0.0, 0.0)
    assert found.samples == 0


def facts(found):
    return {name: value for name, value in dataclasses.asdict(found).items() if name not in ("players", "seconds")}


@pytest.mark.parametrize(("one", "other"), [("AsAh", "KsKh"), ("7s2h", "AcAd"), ("As Ks", "khAH")])
def test_two_hands_are_looked_up_with_the_same_result_as_two_ranges(one, other):
    looked_up = pk.equity(one, other)
    assert facts(looked_up) == facts(pk.equity(pk.Range(one.replace(" ", "")), other))
    assert looked_up.players == (one, other)
    assert sum(looked_up.win_count) + looked_up.tie_count[0] == looked_up.deals


def test_equities_win_and_tie_add_up():
    found = pk.equity("QQ+", "AKs", "76s@0.5", board="Qs7d2c")
    assert sum(found.equity) == pytest.approx(1)
    assert all(win <= share <= win + tie for share, win, tie in zip(found.equity, found.win, found.tie, strict=True))


def test_order_of_players_and_of_the_board_does_not_matter():
    one = pk.equity("AKs", "22", board="2c7dKs")
    other = pk.equity("22", "AKs", board="Ks 2c 7d")
    assert one.win_count == other.win_count[::-1]


def test_weights_count():
    half, whole, none = (pk.equity(f"AhAs,7h6h@{weight}", "KK", board="Kd2c3c") for weight in (0.5, 1, 0))
    assert half.deals is None
    assert half.win_count is None
    assert whole.deals is not None
    # 7h6h counts by half: its deals are half of those it adds to the whole.
    added = whole.deals - none.deals
    expected = none.win_count[0] + (whole.win_count[0] - none.win_count[0]) / 2
    assert half.win[0] == pytest.approx(expected / (none.deals + added / 2), abs=1e-12)


def test_hole_cards_may_have_blanks_and_a_range_may_be_cards():
    assert pk.equity("As Ah", "KsKh").win_count == pk.equity("AsAh", "KsKh").win_count
    assert pk.equity("AsAh KdKc", "QsQh", board="2c3d4h").deals == 2 * 990
    assert pk.equity(pk.Range("AsAh"), "KsKh").win_count == pk.equity("AsAh", "KsKh").win_count


def test_auto_is_exact_only_below_the_limit(monkeypatch):
    assert pk.equity("AA", "KK").exact
    assert not pk.equity("40%", "50%", "60%", "random", seed=1, tolerance=0.01).exact
    assert pk.equity("random", "random").exact
    monkeypatch.setattr(home, "WORK_LIMIT", 1000)
    assert not pk.equity("AA", "KK", dead="2c", seed=1, tolerance=0.01).exact
    assert pk.equity("AA", "KK", dead="2c", method="exact").exact


def test_auto_samples_where_no_suits_are_alike_and_too_many_boards_are_left():
    uneven = pk.Range.from_weights(np.linspace(0.1, 1, 1326))
    assert not pk.equity(uneven, "random", dead="2c", seed=1, tolerance=0.01).exact
    assert pk.equity(uneven, "random", seed=1, tolerance=0.01).exact


def test_sampling_agrees_with_exact_for_weighted_ranges():
    players = ("QQ+,AKs@0.5", "AK@0.3,22+", "random")
    expected = pk.equity(*players, board="Ks7d2c4h", method="exact")
    sampled = pk.equity(*players, board="Ks7d2c4h", method="monte_carlo", seed=4)
    for name in ("equity", "win", "tie"):
        differences = np.array(getattr(sampled, name)) - getattr(expected, name)
        assert (np.abs(differences) <= 4 * 0.0015).all()
    assert not sampled.exact
    assert sampled.deals is None


def test_ten_random_players_share_alike():
    found = pk.equity(*["random"] * 10, seed=3)
    assert found.equity == pytest.approx([0.1] * 10, abs=4 * max(found.stderr))


def test_seed_fixes_the_result_for_any_number_of_threads():
    one, two = (pk.equity("AA", "random", method="monte_carlo", seed=7, threads=threads) for threads in (1, 2))
    assert (one.equity, one.samples, one.stderr) == (two.equity, two.samples, two.stderr)
    assert pk.equity("AA", "random", method="monte_carlo", seed=8).equity != one.equity


def test_without_a_seed_results_differ():
    one, two = (pk.equity("AA", "random", method="monte_carlo", tolerance=0.01) for _ in range(2))
    assert one.equity != two.equity


def test_max_samples_ends_sampling():
    found = pk.equity("AA", "random", method="monte_carlo", tolerance=1e-9, max_samples=10_000, seed=1)
    assert found.samples == 12_288


def test_progress_rises_to_one():
    for method in ("exact", "monte_carlo"):
        seen = []
        pk.equity("22+", "A2+", dead="2c", method=method, progress=seen.append, seed=1, tolerance=0.0005)
        assert seen == sorted(seen)
        assert seen[-1] == 1.0
        assert len(seen) > 2


@pytest.mark.parametrize("method", ["exact", "monte_carlo"])
def test_cancelled_work_ends_between_launches(method):
    event, seen = threading.Event(), []

    def progress(done):
        seen.append(done)
        if len(seen) == 3:
            event.set()

    with pytest.raises(EquityError, match="equity was cancelled with"):
        pk.equity("22+", "A2+", dead="2c", method=method, tolerance=1e-6, seed=1, progress=progress, cancel=event)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("players", "options"),
    [
        (("22+", "A2+", "random"), {"method": "monte_carlo", "tolerance": 1e-6}),
        (("random", "random", "random"), {"board": "2c7dKs", "method": "exact"}),
        (("99+", "A2+", "55+"), {"method": "exact"}),
    ],
)
def test_another_thread_may_cancel_at_any_time(players, options):
    delays = []
    for _ in range(5):
        started, event = threading.Event(), threading.Event()

        def cancel(started=started, event=event):
            started.wait()
            event.at = time.monotonic()
            event.set()

        other = threading.Thread(target=cancel)
        other.start()
        with pytest.raises(EquityError, match="equity was cancelled"):
            pk.equity(*players, **options, progress=lambda done, go=started: done and go.set(), cancel=event)
        delays.append(time.monotonic() - event.at)
        other.join()
    # The fastest of five: a busy machine delays some of them.
    assert min(delays) < 0.1


@pytest.mark.parametrize(
    "players", [("TT+,AQs+,AKo", "22+,A2s+,KTs+", "55+,A9s+"), ("QQ+,AKs@0.5", "AK@0.3", "22+@0.2")]
)
def test_auto_is_exact_for_three_ranges_on_a_flop_and_says_what_sampling_does(players):
    found = pk.equity(*players, board="Ks7d2c")
    assert found.exact
    assert sum(found.equity) == pytest.approx(1)
    sampled = pk.equity(*players, board="Ks7d2c", method="monte_carlo", seed=3)
    for name in ("equity", "win", "tie"):
        off = np.array(getattr(sampled, name)) - getattr(found, name)
        assert (np.abs(off) <= 4 * 0.0015).all()


def test_ten_hands_before_the_flop_are_counted():
    hands = ["AsAh", "KsKh", "QdJd", "7c7d", "2s3s", "AcTc", "9h9d", "8s8c", "6d5d", "JhTh"]
    found = pk.equity(*hands)
    assert found.exact
    assert found.deals == 201_376
    shares = np.array(found.equity) * found.deals
    assert shares.sum() == pytest.approx(found.deals)
    assert all(
        win <= share <= win + tie for win, share, tie in zip(found.win_count, shares, found.tie_count, strict=True)
    )


def test_cancel_may_be_a_function():
    with pytest.raises(EquityError, match="cancelled with 0% done"):
        pk.equity("AA", "KK", cancel=lambda: True)


def test_an_interrupt_from_the_callback_leaves_the_kernels_usable():
    def interrupt(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pk.equity("TT+", "AK", progress=interrupt)
    assert pk.equity("AA", "KK", board="2c3d4h").exact


def no_kernel(*args, **kwargs):
    pytest.fail("a kernel ran")


@pytest.mark.parametrize(
    ("players", "options", "error", "match"),
    [
        (["AsAh"], {}, EquityError, "1 players; equity takes 2 to 10"),
        (["random"] * 11, {}, EquityError, "11 players; equity takes 2 to 10"),
        (["AsAh", "KsK"], {}, RangeError, "'KsK' is not understood"),
        (["AsAh", "AsAs"], {}, CardError, "As stands twice in 'AsAs'"),
        (["AsAh", "KsKhQs"], {}, EquityError, "'KsKhQs' holds 3 cards; a hold'em hand has 2"),
        (["AsAh", "Ks"], {}, EquityError, "'Ks' holds 1 cards"),
        (["AsAh", ""], {}, EquityError, "'' holds 0 cards"),
        (["AsAh", "KK, foo"], {}, RangeError, "column 5: 'foo' is not understood"),
        (["AsAh", 5], {}, EquityError, "5 is not a player"),
        (["AsAh", "AsKs"], {}, EquityError, "no deal gives all players a hand: 'AsAh', 'AsKs' need the same cards"),
        (["AA", "AA", "AA"], {}, EquityError, "need the same cards"),
        (["JJ+"] * 9, {}, EquityError, "need the same cards"),
        (["AsAh", "KK"], {"board": "AsKd2c"}, EquityError, "'AsAh' has no hand left beside board 'AsKd2c'"),
        (["AsAh", "KK"], {"dead": "KsKhKd"}, EquityError, "'KK' has no hand left beside .* dead cards 'KsKhKd'"),
        (["AsAh", "KK"], {"board": "2c"}, EquityError, "board '2c' has 1 cards; a board has 0, 3, 4 or 5"),
        (["AsAh", "KK"], {"board": "2c3c"}, EquityError, "has 2 cards"),
        (["AsAh", "KK"], {"board": "2c3c4c5c6c7c"}, EquityError, "has 6 cards"),
        (["AsAh", "KK"], {"board": "2c3c2c"}, CardError, "2c stands twice in '2c3c2c'"),
        (["AsAh", "KK"], {"board": "2c3cXX"}, CardError, "'XX' in '2c3cXX' is not a card"),
        (
            ["AsAh", "KK"],
            {"board": "2c3c4c", "dead": "4c"},
            EquityError,
            "4c is on the board '2c3c4c' and among the dead",
        ),
        (["AsAh", "KK"], {"game": "razz"}, EquityError, "'razz' is not a game"),
        (["AsAh", "KK"], {"method": "guess"}, EquityError, "'guess' is not a method; methods are auto, exact"),
        (["AsAh", "KK"], {"tolerance": 0}, EquityError, "tolerance 0 never ends"),
        (["AsAh", "KK"], {"tolerance": float("nan")}, EquityError, "tolerance nan never ends"),
        (["AsAh", "KK"], {"tolerance": -1}, EquityError, "tolerance -1 never ends"),
        (["AsAh", "KK"], {"seed": -1}, EquityError, "seed -1 is not from 0"),
        (["AsAh", "KK"], {"max_samples": 0}, EquityError, "max_samples 0 is not at least 1"),
        (["AsAh", "KK"], {"threads": 0}, EquityError, "threads 0 is not at least 1"),
    ],
)
def test_what_cannot_be_is_refused_before_any_kernel(monkeypatch, players, options, error, match):
    from pokerlab_kernels import preflop, solve

    monkeypatch.setattr(solve, "exact", no_kernel)
    monkeypatch.setattr(preflop, "one_pair", no_kernel)
    monkeypatch.setattr(solve, "sampled", no_kernel)
    with pytest.raises(error, match=match):
        pk.equity(*players, **options)


def test_too_many_dead_cards_are_refused():
    dead = "".join(pk.cards.DECK[:42])
    with pytest.raises(EquityError, match="42 dead cards leave too few for 3 players and the board"):
        pk.equity("AsAh", "KsKh", "random", dead=dead)


def test_exact_refuses_more_holdings_than_the_limit(monkeypatch):
    monkeypatch.setattr(home, "ROWS_LIMIT", 1000)
    with pytest.raises(
        EquityError, match="'random', 'TT\\+', 'AA': more than 1,000 joint holdings; use method='monte_carlo'"
    ):
        pk.equity("random", "TT+", "AA", method="exact")


def test_frame_has_a_row_a_player():
    frame = pk.equity("AsAh", "KsKh").to_frame()
    assert frame.schema == {"player": pl.String} | dict.fromkeys(["equity", "win", "tie", "stderr"], pl.Float64)
    assert frame["player"].to_list() == ["AsAh", "KsKh"]


def test_shown_forms_are_short_and_escaped():
    found = pk.equity("AsAh", "KsKh")
    assert repr(found) == "Equity(AsAh: 82.64%, KsKh: 17.36%; exact)"
    assert "82.64%" in found._repr_html_()
    hostile = _equity.Equity(("<b>", "&"), (0.5, 0.5), (0.5, 0.5), (0.0, 0.0), (0.0, 0.0), True, 0, 0.0)
    assert "<b>" not in hostile._repr_html_()
    sampled = pk.equity("AsAh", "KsKh", method="monte_carlo", seed=1)
    assert "samples" in repr(sampled)
    assert "standard error" in sampled._repr_html_()


def test_a_notebook_gets_bars_that_are_told_in_words_too():
    split = pk.equity("AsKs", "AdKd", "QhQd", board="2c7h9s")
    drawing = ET.fromstring(f"<div>{split._repr_html_()}</div>".replace("<br>", "<br/>"))
    bars = [node for node in drawing.iter("svg") if node.get("role") == "img"]
    for bar, share, win, tie in zip(bars, split.equity, split.win, split.tie, strict=True):
        won, tied, whole = (float(rect.get("width")) for rect in bar.iter("rect"))
        assert (won / whole, tied / whole) == (pytest.approx(win, abs=1e-4), pytest.approx(tie, abs=1e-4))
        assert f"equity {share:.2%}, wins {win:.2%}, ties {tie:.2%}, loses {1 - win - tie:.2%}" in bar.get("aria-label")
        assert len(list(bar.iter("path"))) == 1


def test_a_sampled_equity_has_whiskers_of_its_95_per_cent_interval():
    sampled = _equity.Equity(("A", "B"), (0.5, 0.5), (0.5, 0.5), (0.0, 0.0), (0.05, 0.4), False, 100, 0.1)
    html = sampled._repr_html_()
    assert "50.00% ± 9.80%" in html
    assert f'd="M{240 * (0.5 - 0.098):.2f} 9H{240 * (0.5 + 0.098):.2f}' in html
    assert 'd="M0.00 9H240.00' in html  # ends at 0 and 1


@pytest.mark.parametrize(
    ("cards", "strength", "category", "best"),
    [
        ("AhKhQhJhTh2c3d", 7462, "straight flush", "AhKhQhJhTh"),
        ("7d5c4c3c2c", 1, "high card", "7d5c4c3c2c"),
        ("AsAhAdAcKs", 7452, "four of a kind", "AsAhAdAcKs"),
        ("KsKhAsAhAd2c3d", 7296, "full house", "AsAhAdKsKh"),
        ("As2d3c4h5s9d9c", 5854, "straight", "5s4h3c2dAs"),
        ("2s2h3s3hAs4d", None, "two pair", "3s3h2s2hAs"),
        ("AsKsQsJs9s2d", 7140, "flush", "AsKsQsJs9s"),
    ],
)
def test_hand_rank_names_category_and_best_five(cards, strength, category, best):
    found = pk.evaluate(cards)
    assert strength in (None, found.strength)
    assert (found.category, found.best) == (category, best)


def test_every_category_starts_where_the_last_ends():
    order = [
        "7d5c4c3c2c",
        "2s2h3d4d5d",
        "2s2h3s3h4d",
        "2s2h2d3c4c",
        "As2d3c4h5s",
        "7c5c4c3c2c",
        "2s2h2d3c3d",
        "2s2h2d2c3d",
    ]
    firsts = [1, 1278, 4138, 4996, 5854, 5864, 7141, 7297]
    assert [pk.evaluate(cards).strength for cards in order] == firsts
    assert pk.evaluate("5c4c3c2cAc").strength == 7453


def test_omaha_plays_two_of_the_hole_cards():
    found = pk.evaluate("AhKsQdJc", board="Th9h8h7h2c", game="omaha4")
    assert found.category == "straight"
    assert found.best == "JcTh9h8h7h" or set("QdJcTh9h8h") == set(found.best)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        (("AhKh",), CardError, "has 2 cards; a hand to rank has 5 to 7"),
        (("AhKhQhJhTh9h8h7h",), CardError, "has 8 cards"),
        (("AhKh", "AhQhJh"), CardError, "Ah stands twice"),
        (("AhKhQdJc", "Th9h", "omaha4"), CardError, "omaha4 has 4 hole cards and a board of 3 to 5"),
        (("AhKh", "Th9h8h", "razz"), EquityError, "'razz' is not a game"),
    ],
)
def test_hands_that_cannot_be_ranked_are_refused(arguments, error, match):
    with pytest.raises(error, match=match):
        pk.evaluate(*arguments)


def test_many_hands_are_ranked_into_a_given_array():
    cards = np.array([[51, 47, 43, 39, 35], [0, 5, 10, 15, 21]], np.uint8)
    out = np.zeros(2, np.uint16)
    assert pk.evaluate_many(cards, out) is out
    assert out.tolist() == [7462, 1]
    assert pk.evaluate_many(cards.astype(np.int64)[:, ::-1]).tolist() == [7462, 1]


@pytest.mark.parametrize(
    ("cards", "match"),
    [
        (np.zeros((2, 4), np.uint8), r"need card codes \(n, 5\), \(n, 6\) or \(n, 7\)"),
        (np.zeros(5, np.uint8), "need card codes"),
        (np.zeros((1, 5)), "type float64"),
        (np.array([[0, 1, 2, 3, 52]], np.uint8), r"row 0 is \[0, 1, 2, 3, 52\]: codes are 0 to 51, none twice"),
        (np.array([[0, 1, 2, 3, 256]]), r"row 0 is \[0, 1, 2, 3, 256\]"),
        (np.array([[0, 1, 2, 3, -1]]), r"row 0 is \[0, 1, 2, 3, -1\]"),
        (np.array([[0, 1, 2, 3, 4], [0, 1, 2, 3, 0]], np.uint8), r"row 1 is \[0, 1, 2, 3, 0\]"),
    ],
)
def test_arrays_that_are_no_hands_are_refused(cards, match):
    with pytest.raises(CardError, match=match):
        pk.evaluate_many(cards)


@pytest.mark.parametrize("out", [np.zeros(3, np.uint16), np.zeros(2), np.zeros(4, np.uint16)[::2]])
def test_out_that_does_not_fit_is_refused(out):
    with pytest.raises(CardError, match=r"need a writable, contiguous uint16 array \(2,\)"):
        pk.evaluate_many(np.array([[0, 1, 2, 3, 4]] * 2, np.uint8), out)


def pots(*rows):
    """Lay out (players, board) texts as the arrays of `allin_equities`."""
    size = max((len(cards) // 2 for players, _ in rows for cards in players), default=2)
    holes, boards = np.full((len(rows), 10, size), 255, np.uint8), np.full((len(rows), 5), 255, np.uint8)
    for row, (players, board) in enumerate(rows):
        for player, cards in enumerate(players):
            holes[row, player] = pk.cards.parse_cards(cards)
        codes = pk.cards.parse_cards(board)
        boards[row, : len(codes)] = codes
    return holes, np.array([len(players) for players, _ in rows]), boards


def test_allin_equities_are_those_of_each_pot_alone():
    rows = [
        (("AsAh", "KsKh"), ""),
        (("9h8h", "AsAd"), "Th7c2d"),
        (("AsAh", "KsKh", "QdJd"), "Th8h2c4s"),
        (("AsKs", "AhKh"), "2c3c4c5c6c"),
        (("AsAh",), "2c3c4c"),
    ]
    found = _equity.allin_equities(*pots(*rows))
    assert found.shape == (5, 10)
    for (players, board), shares in zip(rows, found, strict=True):
        expected = pk.equity(*players, board=board).equity if len(players) > 1 else (1.0,)
        assert shares[: len(players)] == pytest.approx(expected)
        assert not shares[len(players) :].any()


def test_allin_equities_of_omaha_are_those_of_each_pot_alone():
    rows = [(("AsAhKsKh", "JdTd9c8c"), ""), (("9h8h7c2d", "AsAdKcQc", "JhTh6s6d"), "Ts7s2c"), (("AsAh2c2d",), "")]
    found = _equity.allin_equities(*pots(*rows))
    for (players, board), shares in zip(rows, found, strict=True):
        expected = pk.equity(*players, board=board, game="omaha4").equity if len(players) > 1 else (1.0,)
        assert shares[: len(players)] == pytest.approx(expected)
        assert not shares[len(players) :].any()


@pytest.mark.parametrize("game", ["holdem", "omaha4"])
@pytest.mark.parametrize("board", ["", "2c3c4h"])
def test_cards_that_are_known_beside_the_players_cannot_come(game, board):
    two, three = (("AsAh", "KsKh"), "KdKc") if game == "holdem" else (("AsAh5d5c", "KsKh9d9c"), "KdKc8s8d")
    holes, _, boards = pots(((*two, three), board), (two, board))
    found = _equity.allin_equities(holes, np.array([2, 2]), boards, n_known=np.array([3, 2]))
    assert found[0, :2] == pytest.approx(pk.equity(*two, board=board, dead=three, game=game, method="exact").equity)
    assert found[1, :2] == pytest.approx(pk.equity(*two, board=board, game=game, method="exact").equity)
    assert found[0, 0] > found[1, 0]
    with pytest.raises(EquityError, match="pot 1: "):
        _equity.allin_equities(holes, np.array([2, 2]), boards, n_known=np.array([3, 1]))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda holes, n_players, boards: boards.__setitem__((1, 0), holes[1, 0, 0]),
        lambda holes, n_players, boards: holes.__setitem__((1, 0, 0), 52),
        lambda holes, n_players, boards: holes.__setitem__((1, 1, 0), 255),
        lambda holes, n_players, boards: n_players.__setitem__(1, 11),
        lambda holes, n_players, boards: n_players.__setitem__(1, 0),
        lambda holes, n_players, boards: boards.__setitem__((1, slice(1, 5)), 255),
    ],
)
def test_pots_that_cannot_be_are_refused(spoil):
    arrays = pots((("AsAh", "KsKh"), ""), (("9h8h", "AsAd"), "Th7c2d"))
    spoil(*arrays)
    with pytest.raises(EquityError, match="pot 1: "):
        _equity.allin_equities(*arrays)


@pytest.mark.parametrize(("dtype", "code"), [(np.int64, -1), (np.int64, 256), (np.int16, 300), (np.float64, 0.5)])
@pytest.mark.parametrize("where", [0, 2])
def test_codes_that_are_no_cards_are_refused_in_any_type(dtype, code, where):
    arrays = [array.astype(dtype) for array in pots((("9h8h", "AsAd"), "Th7c2d"))]
    arrays[1] = arrays[1].astype(np.int64)
    arrays[where][(0,) * arrays[where].ndim] = code
    with pytest.raises(EquityError, match="pot 0: "):
        _equity.allin_equities(*arrays)


def test_no_pots_give_no_shares():
    assert _equity.allin_equities(*pots()).shape == (0, 10)


def test_weights_count_by_their_ratio_however_small():
    aces, kings = (pk.Range.from_weights(pk.Range(text).weights * 1e-200) for text in ("AA", "KK"))
    expected = pk.equity("AA", "KK", method="exact")
    assert pk.equity(aces, kings, method="exact").equity == expected.equity
    assert pk.equity(aces, kings, method="monte_carlo", seed=1).equity == pytest.approx(expected.equity, abs=0.005)


@pytest.mark.parametrize("method", ["exact", "monte_carlo"])
def test_hands_whose_joint_weight_vanishes_are_told_or_sampled_by_rejection(method):
    tiny = [
        pk.Range.from_weights(pk.Range("AsAh").weights + pk.Range(other).weights * 1e-200) for other in ("KK", "QQ")
    ]
    if method == "exact":
        with pytest.raises(EquityError, match="too small to be multiplied"):
            pk.equity(*tiny, "AdAs", method=method)
    else:
        with pytest.raises(EquityError, match="no deal gives all players a hand"):
            pk.equity(*tiny, "AdAs", method=method, seed=1)


def test_more_players_than_their_cards_allow_are_refused_at_once(monkeypatch):
    from pokerlab_kernels import preflop, solve

    monkeypatch.setattr(solve, "exact", no_kernel)
    monkeypatch.setattr(preflop, "one_pair", no_kernel)
    monkeypatch.setattr("pokerlab._equity.players._SEARCH_LIMIT", 0)
    with pytest.raises(EquityError, match="need the same cards"):
        pk.equity(*["TT+"] * 10, dead="Ts", cancel=lambda: False)


def test_the_search_for_a_common_deal_can_be_cancelled(monkeypatch):
    from pokerlab_kernels import preflop, solve

    monkeypatch.setattr(solve, "exact", no_kernel)
    monkeypatch.setattr(preflop, "one_pair", no_kernel)
    calls = []

    def cancelled():
        calls.append(1)
        return len(calls) > 3

    # Three cards of each rank give one pair: seven pairs for ten players, who could share 21 cards.
    with pytest.raises(EquityError, match="cancelled with 0% done"):
        pk.equity(*["88+"] * 10, dead="8s9sTsJsQsKsAs", cancel=cancelled)
    assert len(calls) == 4


def test_a_list_of_hands_may_repeat_a_card():
    one, other = (pk.equity(text, "QQ", board="2c3d4h").equity for text in ("AsKs AsKh", "AsKs,AsKh"))
    assert one == other


def test_a_tolerance_of_any_size_ends_at_the_fewest_blocks():
    assert pk.equity("AA", "KK", method="monte_carlo", tolerance=1e200, seed=1).samples == 4 * 4096


@pytest.mark.parametrize("name", ["threads", "max_samples", "seed"])
def test_limits_that_are_no_whole_numbers_are_refused(name):
    with pytest.raises(EquityError, match=f"{name} 1.5 is not a whole number"):
        pk.equity("AA", "KK", **{name: 1.5})
    with pytest.raises(EquityError, match="tolerance '1' never ends"):
        pk.equity("AA", "KK", tolerance="1")


@pytest.mark.parametrize(
    ("hands", "board", "dead"),
    [
        (("9h8h", "AsAd"), "Th7c2d", ""),
        (("9h 8h", "ASAD"), "Th7c2d3s", "QhJh"),
        (("AsAh", "KsKh", "QdJd"), "", ""),
        (("AsAh", "KsKh", "QdJd"), "", "Ac"),
        (("AsAh", "AdAc"), "", "2c"),
        (("JhTh", "AsAd", "7c7d", "6h5h"), "Ts7s2dKhQh", ""),
    ],
)
def test_known_hands_are_counted_alike_with_and_without_the_lists_that_ranges_need(hands, board, dead):
    found = pk.equity(*hands, board=board, dead=dead)
    # Whoever watches the progress takes the way of ranges.
    listed = pk.equity(*hands, board=board, dead=dead, progress=lambda _: None)
    assert found.exact
    assert (found.win_count, found.tie_count, found.deals) == (listed.win_count, listed.tie_count, listed.deals)
    assert found.equity == pytest.approx(listed.equity, abs=1e-15)


def test_known_hands_that_cannot_be_dealt_are_refused_on_a_board_too():
    for hands, board, dead in (
        (("AsAh", "AsKh"), "2c3c4c", ""),
        (("AsAh", "KsKh"), "Kh3c4c", ""),
        (("AsAh", "KsKh"), "", "As"),
    ):
        with pytest.raises(EquityError):
            pk.equity(*hands, board=board, dead=dead)
