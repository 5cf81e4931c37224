"""Wrong input to every equity entry: an error that quotes it, before any kernel runs, whatever the text is."""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab import cli
from pokerlab.errors import CardError, EquityError, RangeError

DOCUMENTED = (CardError, RangeError, EquityError)
FLOP = "Ks7d2c"

KERNELS = {
    "evaluate": ["evaluate"],
    "omaha": ["evaluate"],
    "omaha_enumerate": ["tally"],
    "omaha_montecarlo": ["sample"],
    "omaha_solve": ["exact", "sampled", "shares_of_pots"],
    "preflop": ["one_pair", "sum_up", "wins_and_ties"],
    "showdown": ["showdown"],
    "solve": ["each_hand", "exact", "of_hands", "sampled", "shares_of_pots"],
}
"""The functions of `pokerlab_kernels` that start work on cards; those that only check cards are not among them."""


class KernelRanError(Exception):
    """A kernel was called."""


def ran(*args, **kwargs):
    raise KernelRanError


@pytest.fixture(scope="module", autouse=True)
def no_kernels():
    """Let no kernel run in this file."""
    # All are imported before one is replaced: they take functions from one another.
    modules = [(import_module(f"pokerlab_kernels.{name}"), functions) for name, functions in KERNELS.items()]
    with pytest.MonkeyPatch.context() as patch:
        for module, functions in modules:
            for function in functions:
                patch.setattr(module, function, ran)
        yield


def frame(player="AsAh", board=FLOP):
    return pl.DataFrame({"hero": ["QsQh", player], "villain": ["JsJh", "JdJc"], "board": ["", board]})


def command(*arguments):
    """Call the command line; its line on stderr becomes the error again."""
    with pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context() as shown:
        lines = []
        patch.setattr(sys, "argv", ["pokerlab", "equity", *arguments])
        shown.setattr(cli.typer, "echo", lambda line, err=False: lines.append(line))
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert end.value.code == 1
    [line] = lines
    assert line.startswith("pokerlab: ")
    raise EquityError(line)


PLAYER = {
    "equity": lambda text: pk.equity("JJ", text),
    "equity, first": lambda text: pk.equity(text, "JJ", board=FLOP),
    "equity, three": lambda text: pk.equity("JJ", "TT", text, method="monte_carlo"),
    "equity_by_hand": lambda text: pk.equity_by_hand(text, "JJ", board=FLOP),
    "equity_by_hand, others": lambda text: pk.equity_by_hand("JJ", "TT", text),
    "preflop_equity": lambda text: pk.preflop_equity("JJ", text),
    "equity_distribution": lambda text: pk.equity_distribution("JJ", text, board=FLOP),
    "equity_by_class": lambda text: pk.equity_by_class(text, board=FLOP),
    "next_card_equity": lambda text: pk.next_card_equity("JJ", text, board=FLOP),
    "category_histogram": lambda text: pk.category_histogram(text, board=FLOP),
    "Range": pk.Range,
    "pokerlab equity": lambda text: command("JJ", "--", text),
}
"""Every entry that reads a player of hold'em."""

OMAHA = {
    "equity": lambda text: pk.equity("JJTT", text, game="omaha4"),
    "next_card_equity": lambda text: pk.next_card_equity("JJTT", text, board=FLOP, game="omaha4"),
    "category_histogram": lambda text: pk.category_histogram(text, board=FLOP, game="omaha4"),
    "OmahaRange": pk.OmahaRange,
}
"""Every entry that reads a player of Omaha."""

BOARD = {
    "equity": lambda text: pk.equity("AsAh", "QsQh", board=text),
    "equity, ranges": lambda text: pk.equity("AA", "22+", "QQ", board=text, method="monte_carlo"),
    "equity, omaha": lambda text: pk.equity("AsAhAdAc", "QQxx", board=text, game="omaha4"),
    "equity_by_hand": lambda text: pk.equity_by_hand("AA", "QQ", board=text),
    "equity_by_hand, several": lambda text: pk.equity_by_hand("AA", "QQ", "JJ", board=text),
    "equity_distribution": lambda text: pk.equity_distribution("AA", "QQ", board=text),
    "equity_by_class": lambda text: pk.equity_by_class("AA", board=text),
    "next_card_equity": lambda text: pk.next_card_equity("AA", "QQ", board=text),
    "category_histogram": lambda text: pk.category_histogram("AA", board=text),
    "category_histogram, omaha": lambda text: pk.category_histogram("AAxx", board=text, game="omaha4"),
    "evaluate": lambda text: pk.evaluate("AsAh", board=text),
    "evaluate, omaha": lambda text: pk.evaluate("AsAhAdAc", board=text, game="omaha4"),
    "equity_frame": lambda text: pk.equity_frame(frame(board=text), ["hero", "villain"], "board"),
    "pokerlab equity": lambda text: command("AsAh", "QsQh", f"--board={text}"),
}
"""Every entry that reads a board."""

DEAD = {
    "equity": lambda dead, board="": pk.equity("AsAh", "QsQh", board=board, dead=dead),
    "equity, omaha": lambda dead, board="": pk.equity("AAxx", "QQxx", board=board, dead=dead, game="omaha4"),
    "equity_by_hand": lambda dead, board="": pk.equity_by_hand("AA", "QQ", board=board, dead=dead),
    "equity_distribution": lambda dead, board=FLOP: pk.equity_distribution("AA", "QQ", board=board, dead=dead),
    "equity_by_class": lambda dead, board="": pk.equity_by_class("AA", board=board, dead=dead),
    "next_card_equity": lambda dead, board=FLOP: pk.next_card_equity("AA", "QQ", board=board, dead=dead),
    "category_histogram": lambda dead, board=FLOP: pk.category_histogram("AA", board=board, dead=dead),
    "pokerlab equity": lambda dead, board="": command("AsAh", "QsQh", f"--board={board}", f"--dead={dead}"),
}
"""Every entry that reads dead cards."""


def each(entries):
    return pytest.mark.parametrize("ask", entries.values(), ids=entries)


RANGES = [
    ("AA, KKs", "column 5: 'KKs'"),
    ("AA,foo", "column 4: 'foo'"),
    ("AhAh", "Ah stands twice in 'AhAh'"),
    ("AhKh,AhAh", "column 6: 'AhAh' names one card twice"),
    ("AKs@-1", "column 1: 'AKs@-1': '-1' is not a weight from 0 to 1"),
    ("AA AKs@nan", "column 4: 'AKs@nan': 'nan' is not a weight"),
    ("AKs@inf", "column 1: 'AKs@inf': 'inf' is not a weight"),
    ("AKs@1e400", "'1e400' is not a weight"),
    ("[nan]AA[/nan]", r"column 1: '\[nan\]' is not a weight in per cent"),
    ("AA,[-5]KK[/-5]", r"column 4: '\[-5\]' is not a weight in per cent"),
    ("AA@0", "column 1: no hand is left"),
    ("AA,-AA", "column 1: no hand is left"),
    (",", "column 1: no hand is left"),
    ("ＡＡ", "column 1: 'ＡＡ'"),
    ("KK,٢٢", "column 4: '٢٢'"),
    ("KK,A\u200bA", r"column 4: 'A\\u200bA'"),
    ("KK,\u202eAA", r"column 4: '\\u202eAA'"),
    ("KK A♠K♠", "column 4: 'A♠K♠'"),
    ("🂡🂮", "column 1: '🂡🂮'"),
    ("A❤️K❤️", "column 1: 'A❤️K❤️'"),
    ("AA\x00", r"column 1: 'AA\\x00'"),
    ("KK,\ud83c", r"column 4: '\\ud83c'"),
    ("ﬁ", "column 1: 'ﬁ'"),
    ("AA," * 50_000 + "foo", "column 150001: 'foo'"),
    ("A" * 100_000, "column 1: 'AAAA"),
]


@each(PLAYER)
@pytest.mark.parametrize(("text", "match"), RANGES, ids=range(len(RANGES)))
def test_a_wrong_range_is_quoted_with_its_column_before_any_kernel(ask, text, match):
    if ask is pk.Range and "stands" in match:
        match = "column 1: 'AhAh' names one card twice"
    with pytest.raises(DOCUMENTED, match=match) as caught:
        ask(text)
    assert len(str(caught.value)) < 1_000


HANDS_OF_OMAHA = [
    ("AAxx, AAKKQ", "column 7: 'AAKKQ'"),
    ("KKQQ,15%", "column 6: '15%'"),
    ("AsAsKhQd", "As stands twice in 'AsAsKhQd'|'AsAsKhQd' is no hand of 4 cards"),
    ("AAxx@-1", "column 1: 'AAxx@-1': '-1' is not a weight"),
    ("KKxx,AAxx@nan", "column 6: 'AAxx@nan': 'nan' is not a weight"),
    ("AAxx,-AAxx", "column 1: no hand is left"),
    (" , ", "column 1: no hand is left"),
    ("ＡＡxx", "column 1: 'ＡＡxx'"),
    ("KKxx,\u202eAAxx", r"column 6: '\\u202eAAxx'"),
    ("KKxx,A♠A♥xx", "column 6: 'A♠A♥xx'"),
    ("AAxx\x00", r"column 1: 'AAxx\\x00'"),
    ("A" * 100_000, "column 1: 'AAAA"),
]


@each(OMAHA)
@pytest.mark.parametrize(("text", "match"), HANDS_OF_OMAHA, ids=range(len(HANDS_OF_OMAHA)))
def test_a_wrong_range_of_omaha_is_quoted_with_its_column_before_any_kernel(ask, text, match):
    with pytest.raises(DOCUMENTED, match=match) as caught:
        ask(text)
    assert len(str(caught.value)) < 1_000


CARDS = [
    ("Ks7d2x", "column 5: '2x' in 'Ks7d2x' is not a card"),
    ("Ks 7d\t2x", r"column 7: '2x' in 'Ks 7d\\t2x' is not a card"),
    ("Ks7dKs", "column 5: Ks stands twice in 'Ks7dKs'"),
    ("Ks7d2", "column 5: '2' in 'Ks7d2' is not a card"),
    ("10h9h8h", "column 1: '10' in '10h9h8h' is not a card"),
    ("Ｋs7d2c", "column 1: 'Ｋs'"),
    ("Ks٧d2c", "column 3: '٧d'"),
    ("K\u200bs7d2c", r"column 1: 'K\\u200b'"),
    ("\u202eKs7d2c", r"column 1: '\\u202eK'"),
    ("K♠7♦2♣", "column 1: 'K♠'"),
    ("🂮🃇🃒", "column 1: '🂮🃇'"),
    ("Ks7d2c\x00", r"column 7: '\\x00'"),
    ("Ks7d\ud83c", r"column 5: '\\ud83c'"),
    ("K" * 100_000, "column 1: 'KK'"),
]


@each(BOARD)
@pytest.mark.parametrize(("text", "match"), CARDS, ids=range(len(CARDS)))
def test_a_wrong_card_on_the_board_is_quoted_with_its_column_before_any_kernel(ask, text, match):
    if ask is BOARD["equity_frame"]:
        if "\ud83c" in text:
            pytest.skip("Polars itself refuses such a text")
        # A frame is told by its row and the whole text, or the card that stands twice.
        match = "row 1: (Ks stands twice among|'.* in column 'board' holds what is not a card)"
    with pytest.raises(DOCUMENTED, match=match) as caught:
        ask(text)
    assert len(str(caught.value)) < 1_000


@each(DEAD)
@pytest.mark.parametrize(("text", "match"), CARDS, ids=range(len(CARDS)))
def test_a_wrong_dead_card_is_quoted_with_its_column_before_any_kernel(ask, text, match):
    with pytest.raises(DOCUMENTED, match=match) as caught:
        ask(text)
    assert len(str(caught.value)) < 1_000


@each(BOARD)
@pytest.mark.parametrize("board", ["Ks", "Ks7d", "Ks7d2c3c4c5c"])
def test_a_board_of_one_two_or_six_cards_is_refused(ask, board):
    with pytest.raises(DOCUMENTED, match=r"(has (1|2|6|3|4|8) cards|needs 0, 3, 4 or 5 cards|a board of 3 to 5)"):
        ask(board)


@each(DEAD)
def test_a_dead_card_on_the_board_is_refused(ask):
    with pytest.raises(DOCUMENTED, match="7d is on the board 'Ks7d2c' and among the dead cards '3c7d'"):
        ask("3c7d", FLOP)


MANY = {
    "equity": lambda: pk.equity(*["22+"] * 11),
    "equity, omaha": lambda: pk.equity(*["AAxx"] * 11, game="omaha4"),
    "equity_by_hand": lambda: pk.equity_by_hand(*["22+"] * 11),
    "next_card_equity": lambda: pk.next_card_equity(*["22+"] * 11, board=FLOP),
    "equity_frame": lambda: pk.equity_frame(
        pl.DataFrame({f"seat{seat}": [""] for seat in range(11)}), [f"seat{seat}" for seat in range(11)]
    ),
    "pokerlab equity": lambda: command(*["22+"] * 11),
}


@each(MANY)
def test_eleven_players_are_refused(ask):
    with pytest.raises(EquityError, match=r"11 players|name 2 to 10 different columns"):
        ask()


TOGETHER = {
    "equity": lambda *players, **known: pk.equity(*players, **known),
    "equity_by_hand": lambda *players, **known: pk.equity_by_hand(*players, **known),
    "next_card_equity": lambda *players, **known: pk.next_card_equity(*players, **({"board": FLOP} | known)),
    "equity_distribution": lambda *players, **known: pk.equity_distribution(*players, **({"board": FLOP} | known)),
    "preflop_equity": lambda *players, **known: pk.equity(*players, **known, method="exact"),
    "pokerlab equity": lambda *players, **known: command(*players, *(f"--{k}={v}" for k, v in known.items())),
}


@each(TOGETHER)
def test_ranges_without_a_deal_that_suits_both_are_refused(ask):
    with pytest.raises(EquityError, match="no deal gives all players a hand: 'AsAh', 'AsKh,AhKs' need the same cards"):
        ask("AsAh", "AsKh,AhKs")
    with pytest.raises(EquityError, match="'QsQh,QsQd' has no hand left beside board 'Qs7d2c'"):
        ask("AA", "QsQh,QsQd", board="Qs7d2c")


WEIGHTS = [-0.1, 1.5, np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_weight_that_is_none_is_told_with_its_hand(weight):
    weights = np.ones(1326)
    weights[1325] = weight
    with pytest.raises(RangeError, match=rf"1326 weights from 0 to 1.*got {weight} at place 1325, for AsAh"):
        pk.Range.from_weights(weights)


@pytest.mark.parametrize("weights", [None, "AA", ["x"] * 1326, [1.0] * 1325, [[1.0]], [0.0] * 1326, object()])
def test_what_is_no_list_of_weights_is_refused(weights):
    with pytest.raises(RangeError, match="a range needs 1326 weights from 0 to 1, not all 0; got"):
        pk.Range.from_weights(weights)


NO_TEXTS = [None, 5, 0.5, b"AsAh", ["As", "Ah"], object()]


@pytest.mark.parametrize("value", NO_TEXTS, ids=range(len(NO_TEXTS)))
@pytest.mark.parametrize("entries", [PLAYER, OMAHA, BOARD, DEAD], ids=["player", "omaha", "board", "dead"])
def test_what_is_no_text_is_refused(entries, value):
    for name, ask in entries.items():
        if name.startswith(("pokerlab", "equity_frame")):
            continue
        with pytest.raises(DOCUMENTED, match=r"is not a (player|text)"):
            ask(value)


@pytest.mark.parametrize("value", [*NO_TEXTS, "razz", "Holdem", "omaha4\x00", "ｈoldem"])
def test_what_is_no_game_is_refused(value):
    for ask in (
        lambda: pk.equity("AA", "KK", game=value),
        lambda: pk.next_card_equity("AA", "KK", board=FLOP, game=value),
        lambda: pk.category_histogram("AA", board=FLOP, game=value),
        lambda: pk.evaluate("AsAh", board=FLOP, game=value),
    ):
        with pytest.raises(EquityError, match="is not a game; games are holdem, omaha4"):
            ask()


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", [2]])
def test_a_number_of_threads_that_is_none_is_refused(threads):
    for ask in (
        lambda: pk.equity("AA", "KK", threads=threads),
        lambda: pk.equity_by_hand("AA", "KK", threads=threads),
        lambda: pk.equity_distribution("AA", "KK", board=FLOP, threads=threads),
        lambda: pk.equity_by_class("AA", threads=threads),
        lambda: pk.next_card_equity("AA", "KK", board=FLOP, threads=threads),
        lambda: pk.equity_frame(frame(), ["hero", "villain"], threads=threads),
    ):
        with pytest.raises(EquityError, match=r"threads .* is not (a whole number|at least 1)"):
            ask()


@pytest.mark.parametrize("out", [[0], "out", np.zeros((1, 1), np.uint16), np.zeros(1, np.int64), 5])
def test_what_is_no_place_for_strengths_is_refused(out):
    with pytest.raises(CardError, match=r"out .*: need a writable, contiguous uint16 array \(1,\)"):
        pk.evaluate_many([[0, 1, 2, 3, 4]], out)
    with pytest.raises(CardError, match=r"out .*: need a writable, contiguous uint16 array \(1,\)"):
        pk.evaluate_omaha([[0, 1, 2, 3]], [[4, 5, 6]], out)


@pytest.mark.parametrize("players", [None, 5, "hero", ["hero", None], ["hero", 5], [["hero"], ["villain"]]])
def test_what_are_no_columns_of_players_is_refused(players):
    with pytest.raises(EquityError, match=r"players .*: name 2 to 10 different columns of hole cards"):
        pk.equity_frame(frame(), players)


NEAR = st.text(alphabet="AKQJT92xhscd+-@:.5%[]/, !*０Ａ\u200b\u202e\x00♠é", max_size=14)
HOSTILE = NEAR | st.text(max_size=12) | st.text(st.characters(categories=["Cf", "Cs", "Mn", "Nd", "Zs"]), max_size=6)


@pytest.mark.parametrize("entries", [PLAYER, OMAHA, BOARD, DEAD], ids=["player", "omaha", "board", "dead"])
@given(text=HOSTILE)
def test_any_text_is_refused_as_documented_or_reaches_a_kernel(entries, text):
    for name, ask in entries.items():
        if name == "pokerlab equity" or (name == "equity_frame" and not text.isprintable()):
            continue
        if name in ("Range", "OmahaRange"):
            with contextlib.suppress(RangeError):
                ask(text)
        else:
            with pytest.raises((*DOCUMENTED, KernelRanError)):
                ask(text)


@given(text=HOSTILE.filter(lambda text: not text.startswith("-")))
def test_any_text_is_an_error_of_the_command_line_or_reaches_a_kernel(text):
    for arguments in (["JJ", text], ["JJ", "TT", f"--board={text}"], ["JJ", "TT", f"--dead={text}"]):
        with pytest.raises((EquityError, KernelRanError)):
            command(*arguments)
