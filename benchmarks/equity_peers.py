"""Equity beside other packages: the same questions in one run, as a Markdown table.

    python -m venv peers && peers/bin/pip install . eval7 phevaluator pokerfast pokyr poker-equity pokerkit
    peers/bin/python benchmarks/equity.py peers

A peer that is not installed is left out. pokerfast wraps the C++ enumerator OMPEval, with one thread and with two; the
others have no choice of threads. Each figure is a median: of seven calls, of three where one takes over half a second,
of one where it takes over five. A wrong answer is printed in place of the ratio.
Times are of the clock on the wall, so that the machine should have nothing else to do.
"""

from __future__ import annotations

import ctypes
import statistics
import time
from functools import cache
from importlib import import_module, metadata
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np
from equity_table import random_hands

import pokerlab as pk
from pokerlab.cards import DECK, parse_cards

if TYPE_CHECKING:
    from collections.abc import Callable

R1, R2, R3 = "TT+,AQs+,AKo", "22+,A2s+,KTs+,QTs+,JTs,ATo+,KQo", "55+,A9s+,KTs+,QJs,AJo+"
SIX = (R1, R2, R3, "22+", "A2+", "K2+")
EXACT, SAMPLED = 1e-6, 0.01
DEALS = 40 * 65_536


class Case(NamedTuple):
    """A question; `players` and `board` are what peers are asked."""

    name: str
    players: tuple[str, ...]
    board: str = ""
    game: str = "holdem"
    goal: str = ""
    ours: Callable[[int], float] | None = None


def by_boards(players: tuple[str, ...]) -> Callable[[int], float]:
    """Count over all boards what `pk.equity` looks up before the flop."""
    from pokerlab_kernels import deals, showdown, solve

    ranges = [pk.Range(player).weights for player in players]
    suits = deals.symmetries(ranges)

    def swept(threads: int) -> float:
        win, tie, met = showdown.showdown(*ranges, [], [], suits, lambda _: None, threads).sum(axis=0)
        return (win + tie / 2) / met

    def enumerated(threads: int) -> float:
        rows = deals.merge_suits(deals.join(ranges, deals.mask_of([]), 1_000_000), [], [])
        totals = solve._enumerated(rows.combos, rows.weights, [], [], lambda _: None, threads)
        return float((totals[0, 1:] / np.arange(1, 11)).sum() / (totals[:, 1:] / np.arange(1, 11)).sum())

    return swept if players == ("random", "random") else enumerated


HANDS, TWO, ANY = ("AsAh", "KsKh"), (R1, R2), ("random", "random")
CASES = (
    Case("AsAh v KsKh pre-flop, by table", HANDS, goal="30 us"),
    Case("AsAh v KsKh pre-flop, all boards", HANDS, goal="1 ms", ours=by_boards(HANDS)),
    Case("R1 v R2 pre-flop, by table", TWO, goal="1 ms"),
    Case("R1 v R2 pre-flop, all boards", TWO, goal="150 ms", ours=by_boards(TWO)),
    Case("random v random pre-flop, by table", ANY, goal="10 ms"),
    Case("random v random pre-flop, all boards", ANY, goal="600 ms", ours=by_boards(ANY)),
    Case("R1 v R2 on Ks7d2c", TWO, "Ks7d2c", goal="1.2 ms"),
    Case("R1 v R2 on JhTh4h", TWO, "JhTh4h", goal="2 ms"),
    Case("random v random on Ks7d2c", ANY, "Ks7d2c", goal="6 ms"),
    Case("R1 v R2 on Ks7d2c4h", TWO, "Ks7d2c4h", goal="0.2 ms"),
    Case("R1 v R2 on Ks7d2c4h9h", TWO, "Ks7d2c4h9h", goal="60 us"),
    Case("9h8h v AsAd on Th7c2d", ("9h8h", "AsAd"), "Th7c2d"),
    Case("R1 v R2 v R3 on Ks7d2c", (R1, R2, R3), "Ks7d2c", goal="250 ms"),
    Case("AsAhKsKh v JdTd9c8c pre-flop", ("AsAhKsKh", "JdTd9c8c"), game="omaha4", goal="25 ms"),
)


def pokerfast(case: Case, threads: int) -> float:
    return import_module("pokerfast.equity").equity(case.players, case.board, threads=threads)[0]


def pokyr(case: Case) -> float:
    """Ask about hands, which is all that it takes."""
    return import_module("poker.cpoker").full_enumeration(list(map(_of_pokyr, case.players)), _of_pokyr(case.board))[0]


def _of_pokyr(cards: str) -> list[int]:
    return list(import_module("poker.utils").to_cards(" ".join(DECK[code] for code in parse_cards(cards))))


def poker_equity(case: Case) -> float | None:
    game = {"holdem": "holdem", "omaha4": "omaha"}[case.game]
    found = import_module("poker_equity").exact_from_text(game, list(case.players), board=case.board)
    return found and found["share_sum"][0] / found["weight_sum"]


def eval7(case: Case) -> float:
    """Ask about a hand against a range."""
    package = import_module("eval7")
    board, hand = ([package.Card(DECK[code]) for code in parse_cards(cards)] for cards in (case.board, case.players[0]))
    return package.py_hand_vs_range_exact(hand, package.HandRange(case.players[1]), board)


def phevaluator(case: Case) -> float:
    """Two hands, each board by its evaluator, which is all that it offers."""
    package = import_module("phevaluator")
    one, other, board = map(parse_cards, (*case.players, case.board))
    left = [card for card in range(52) if card not in (*one, *other, *board)]
    rank = package.evaluate_cards if case.game == "holdem" else package.evaluate_omaha_cards
    shares = n = 0
    for more in combinations(left, 5 - len(board)):
        mine, theirs = rank(*board, *more, *one), rank(*board, *more, *other)  # the lower wins
        shares += (mine < theirs) + (mine <= theirs)
        n += 2
    return shares / n


def is_hand(text: str, game: str) -> bool:
    return len(text) == {"holdem": 4, "omaha4": 8}[game] and text[1] in "cdhs"


PEERS = {
    "pokyr": (pokyr, lambda case: case.game == "holdem" and all(is_hand(player, "holdem") for player in case.players)),
    "poker-equity": (poker_equity, lambda case: "random" not in case.players),
    "eval7": (
        eval7,
        lambda case: len(case.players) == 2 and case.game == "holdem" and is_hand(case.players[0], "holdem"),
    ),
    "phevaluator": (
        phevaluator,
        lambda case: len(case.players) == 2 and all(is_hand(player, case.game) for player in case.players),
    ),
}


def installed() -> list[str]:
    found = []
    for name in ("pokerfast", "pokyr", "poker-equity", "eval7", "phevaluator", "pokerkit"):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            print(f"{name} is not installed: it is left out")
    print("\n" + ", ".join([f"pokerlab {metadata.version('pokerlab')}", *found]))
    return [name.split()[0] for name in found]


def timed(call: Callable[[], object]) -> tuple[float, object]:
    """Give the median of some calls, and what the last of them answered."""
    answer = None

    def once() -> float:
        nonlocal answer
        start = time.perf_counter()
        answer = call()
        return time.perf_counter() - start

    first = once()
    if first > 5:
        return first, answer
    return statistics.median(once() for _ in range(3 if first > 0.5 else 7)), answer


@cache
def asked(peer: Callable[..., object], case: Case, *threads: int) -> tuple[float, object]:
    """Ask a peer once for the two ways in which we answer one question: some take minutes."""
    return timed(lambda: peer(case, *threads))


def shown(seconds: float) -> str:
    for unit, scale in (("us", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def line(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def against(found: list[str], case: Case, best: float, expected: float) -> str:
    """Ask the peers that can answer a case; how often slower they are than our two threads."""
    cells = []
    for name, (ask, can) in PEERS.items():
        if name not in found or not can(case):
            continue
        seconds, answer = asked(ask, case._replace(name="", goal="", ours=None))
        if answer is None:
            cells.append(f"{name}: too many for it")
        elif abs(answer - expected) > EXACT:
            cells.append(f"{name}: {shown(seconds)}, wrong: {answer:.4f} for {expected:.4f}")
        else:
            cells.append(f"{name}: {shown(seconds)} ({seconds / best:,.1f} x)")
    return "; ".join(cells)


def questions(found: list[str]) -> None:
    line("case", "goal", "ours, 1 thread", "2 threads", "OMPEval, 1 thread", "2 threads", "ratio", "others (ratio)")
    line(*["---"] * 8)
    for case in CASES:
        exact = {"board": case.board, "game": case.game, "method": "exact"}
        ask = case.ours or (lambda threads, c=case, e=exact: pk.equity(*c.players, threads=threads, **e).equity[0])
        ask(1), ask(2)  # may compile
        times, theirs = [], []
        for threads in (1, 2):
            seconds, expected = timed(lambda ask=ask, threads=threads: ask(threads))
            times.append(seconds)
            if "pokerfast" in found and case.game == "holdem":
                seconds, answer = asked(pokerfast, case._replace(name="", goal="", ours=None), threads)
                assert abs(answer - expected) < EXACT, (case, answer, expected)
                theirs.append(seconds)
        ratio = f"{theirs[1] / times[1]:,.1f} x" if theirs else ""
        ompeval = [shown(seconds) for seconds in theirs] or ["", ""]
        line(case.name, case.goal, *map(shown, times), *ompeval, ratio, against(found, case, times[1], expected))


def of_ompeval(players: tuple[str, ...], threads: int, seconds: float = 1.0) -> tuple[float, float]:
    """Let OMPEval sample for a time; deals a second, which its Python function does not tell, and the first equity."""
    library = import_module("pokerfast.equity")._load()
    texts = (ctypes.c_char_p * len(players))(*map(str.encode, players))
    shares, deals = (ctypes.c_double * len(players))(), ctypes.c_uint64()
    start = time.perf_counter()
    given = (b"", b"", 0, 1e-9, threads, seconds)
    assert not library.pf_equity(texts, len(players), *given, shares, ctypes.byref(deals))
    return deals.value / (time.perf_counter() - start), shares[0]


def sampling(found: list[str]) -> None:
    """Deals a second; a deal of three players is one showdown and three hands."""
    print()
    line(
        "sampling, M deals/s",
        "goal",
        "ours, 1 thread",
        "2 threads",
        "OMPEval, 1 thread",
        "2 threads",
        "ratio",
        "others",
    )
    line(*["---"] * 8)
    cases = (("3 ranges", (R1, R2, R3), "60"), ("6 ranges", SIX, "40"), ("6 random", ("random",) * 6, "40"))
    for name, players, goal in (*cases, ("9 random", ("random",) * 9, "at all")):
        ours, theirs = [], []
        for threads in (1, 2):
            given = {"method": "monte_carlo", "tolerance": 0, "max_samples": DEALS, "seed": 1, "threads": threads}
            seconds, result = timed(lambda players=players, given=given: pk.equity(*players, **given))
            ours.append(DEALS / seconds / 1e6)
            if "pokerfast" in found and len(players) <= 6:
                speed, share = of_ompeval(players, threads)
                assert abs(share - result.equity[0]) < SAMPLED
                theirs.append(speed / 1e6)
        cells = [f"{speed:.1f}" for speed in (ours + theirs)] + [""] * (2 - len(theirs))
        line(name, goal, *cells, f"{ours[1] / theirs[1]:.2f} x" if theirs else "", other_samplers(found, players))
    to_a_tolerance(found)


def other_samplers(found: list[str], players: tuple[str, ...]) -> str:
    cells = []
    if "poker-equity" in found:
        package, n = import_module("poker_equity"), 200_000
        texts = ["**" if player == "random" else player for player in players]
        seconds, _ = timed(lambda: package.chunk_from_text("holdem", texts, samples=n, seed=1, threads=2))
        cells.append(f"poker-equity: {n / seconds / 1e6:.2g}")
    if "pokerkit" in found and len(players) == 3:
        seconds, _ = timed(lambda: by_pokerkit(players, 1_000))
        cells.append(f"pokerkit: {1_000 / seconds / 1e6:.2g}")
    return "; ".join(cells)


def by_pokerkit(players: tuple[str, ...], count: int) -> list[float]:
    package = import_module("pokerkit")
    ranges = [package.parse_range(text.replace(",", ";")) for text in players]
    kinds = (package.StandardHighHand,)
    return package.calculate_equities(ranges, (), 2, 5, package.Deck.STANDARD, kinds, sample_count=count)


def to_a_tolerance(found: list[str]) -> None:
    times, theirs = [], []
    for threads in (1, 2):
        given = {"method": "monte_carlo", "tolerance": 0.001, "seed": 1, "threads": threads}
        times.append(timed(lambda given=given: pk.equity(R1, R2, R3, **given))[0])
        if "pokerfast" in found:
            given = {"exact": False, "stdev": 0.001, "threads": threads}
            theirs.append(timed(lambda given=given: import_module("pokerfast.equity").equity([R1, R2, R3], **given))[0])
    ratio = f"{theirs[1] / times[1]:,.1f} x" if theirs else ""
    cells = [*map(shown, times), *map(shown, theirs), *[""] * (2 - len(theirs))]
    line("3 ranges to 0.1 % standard error, time", "10 ms", *cells, ratio, "")


def evaluations(found: list[str]) -> None:
    """Strengths of 2,000,000 random hands of seven cards, array to array."""
    hands = random_hands(2_000_000)
    out = np.empty(len(hands), np.uint16)
    speeds = {}
    from pokerlab_kernels.evaluate import evaluate

    for threads in (1, 2):
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        speeds[f"ours, {threads} threads"] = len(hands) / timed(lambda: evaluate(hands, out))[0]
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    few = hands[:20_000].tolist()
    if "pokerfast" in found:
        library = import_module("pokerfast.equity")._load()
        # OMPEval counts suits from spades down to diamonds: s, h, c, d.
        theirs = ((hands & 0xFC) | np.array([2, 3, 1, 0], np.uint8)[hands & 3]).tobytes()
        place = out.ctypes.data_as(ctypes.POINTER(ctypes.c_uint16))
        speeds["OMPEval by pokerfast, bytes to array"] = (
            len(hands) / timed(lambda: library.pf_evaluate(theirs, len(hands), 7, place))[0]
        )
    if "phevaluator" in found:
        rank = import_module("phevaluator").evaluate_cards
        speeds["phevaluator, a call a hand"] = len(few) / timed(lambda: [rank(*hand) for hand in few])[0]
    if "eval7" in found:
        package = import_module("eval7")
        cards = [[package.Card(DECK[card]) for card in hand] for hand in few]
        speeds["eval7, a call a hand"] = len(few) / timed(lambda: [package.evaluate(hand) for hand in cards])[0]
    if "pokyr" in found:
        rank = import_module("poker.cpoker").handvalue
        speeds["pokyr, a call a hand"] = len(few) / timed(lambda: [rank(hand) for hand in few])[0]
    print()
    line("random hands of seven cards", "M/s", "ours with 2 threads is")
    line(*["---"] * 3)
    for name, speed in speeds.items():
        line(name, f"{speed / 1e6:.3g}", f"{speeds['ours, 2 threads'] / speed:,.1f} x")


def peers() -> None:
    found = installed()
    print()
    questions(found)
    sampling(found)
    evaluations(found)
