"""Speed of evaluation and equity beside other packages: python benchmarks/equity.py [order | omaha].

Peers that are not installed are named and skipped (pip install eval7 phevaluator). Each figure is the median of seven
calls from Python, compiled before; ratios are to a peer in the same run. ``omaha`` measures Omaha alone; ``order``
prints the 169 classes by exact equity against a random hand instead, which is `pokerlab.ranges.BY_EQUITY`.
"""

from __future__ import annotations

import statistics
import sys
import time
from importlib import import_module, metadata
from itertools import combinations

import numpy as np

import pokerlab as pk
from pokerlab.ranges import classes

R1, R2 = "TT+,AQs+,AKo", "22+,A2s+,KTs+,QTs+,JTs,ATo+,KQo"
R3 = "55+,A9s+,KTs+,QJs,AJo+"


def median(call, repeats=7):
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peer(name):
    try:
        return import_module(name)
    except ImportError:
        print(f"{name} is not installed: its rows are left out")
        return None


def row(what, value, unit, other="", ratio=None):
    print(f"{what:52s} {value:12,.3f} {unit:10s} {other:34s} {'' if ratio is None else f'{ratio:,.1f} x'}")


def evaluations():
    rng = np.random.default_rng(1)
    n = 2_000_000
    some = np.argsort(rng.random((50_000, 52)), axis=1)[:, :7].astype(np.uint8)
    random = np.tile(some, (n // len(some), 1))[rng.permutation(n)]
    fives = np.array(list(combinations(range(52), 5)), np.uint8)
    sevens = np.hstack([np.full((len(fives), 2), (0, 51), np.uint8), fives])
    sevens = np.ascontiguousarray(sevens[(fives[:, 0] > 0) & (fives[:, -1] < 51)])
    from pokerlab_kernels.evaluate import evaluate

    out = np.empty(max(n, len(sevens)), np.uint16)
    ours = n / median(lambda: evaluate(random, out[:n])) / 1e6
    row("7 cards, random, array to array", ours, "M/s")
    row(
        "7 cards, in order, array to array",
        len(sevens) / median(lambda: evaluate(sevens, out[: len(sevens)])) / 1e6,
        "M/s",
    )
    row("7 cards, random, pk.evaluate_many with its checks", n / median(lambda: pk.evaluate_many(random)) / 1e6, "M/s")
    few = some[:20_000].tolist()
    if (phevaluator := peer("phevaluator")) is not None:
        speed = len(few) / median(lambda: [phevaluator.evaluate_cards(*hand) for hand in few], 3) / 1e6
        row(
            "  phevaluator, a call a hand", speed, "M/s", f"phevaluator {metadata.version('phevaluator')}", ours / speed
        )
    if (eval7 := peer("eval7")) is not None:
        hands = [[eval7.Card(pk.cards.DECK[card]) for card in hand] for hand in few]
        speed = len(few) / median(lambda: [eval7.evaluate(hand) for hand in hands], 3) / 1e6
        row("  eval7, a call a hand", speed, "M/s", f"eval7 {metadata.version('eval7')}", ours / speed)


def equities():
    row("AsAh v KsKh, exact", median(lambda: pk.equity("AsAh", "KsKh", method="exact"), 21) * 1e3, "ms")
    for name, players, board in (
        ("range v range before the flop, exact", (R1, R2), ""),
        ("range v range on Ks7d2c, exact", (R1, R2), "Ks7d2c"),
        ("range v range on JhTh4h2h, exact", (R1, R2), "JhTh4h2h"),
        ("random v random on Ks7d2c, exact", ("random", "random"), "Ks7d2c"),
        ("three ranges on Ks7d2c, exact", (R1, R2, R3), "Ks7d2c"),
    ):
        repeats = 3 if len(players) > 2 else 7
        row(name, median(lambda p=players, b=board: pk.equity(*p, board=b, method="exact"), repeats) * 1e3, "ms")
    if (eval7 := peer("eval7")) is not None:
        hand, villain = [eval7.Card("As"), eval7.Card("Ah")], eval7.HandRange("KK")
        seconds = median(lambda: eval7.py_hand_vs_range_monte_carlo(hand, villain, [], 100_000), 3)
        ours = median(lambda: pk.equity("AsAh", "KK", method="monte_carlo", tolerance=0, max_samples=100_000, seed=1))
        row("AsAh v KK, 100,000 samples", ours * 1e3, "ms", "eval7, the same", seconds / ours)


def samples():
    for players in ((R1, R2, R3), (R1, R2, R3, "random", "random", "random"), ("random",) * 9):
        n = 40 * 65_536
        seconds = median(
            lambda p=players, n=n: pk.equity(*p, method="monte_carlo", tolerance=0, max_samples=n, seed=1), 3
        )
        row(f"Monte Carlo, {len(players)} players", n / seconds / 1e6, "M deals/s")
    row(
        "three ranges to 0.1% standard error",
        median(lambda: pk.equity(R1, R2, R3, method="monte_carlo", seed=1)) * 1e3,
        "ms",
    )


def omaha():
    rng = np.random.default_rng(1)
    n = 200_000
    cards = np.argsort(rng.random((n, 52)), axis=1).astype(np.uint8)
    few = cards[:2_000].tolist()
    phevaluator = peer("phevaluator")
    for size in (4, 5, 6):
        hole, board = np.ascontiguousarray(cards[:, :size]), np.ascontiguousarray(cards[:, size : size + 5])
        ours = n / median(lambda h=hole, b=board: pk.evaluate_omaha(h, b)) / 1e6
        row(f"Omaha hands of {size}, pk.evaluate_omaha with its checks", ours, "M/s")
        if phevaluator is not None and size == 4:
            seconds = median(lambda: [phevaluator.evaluate_omaha_cards(*hand[5:10], *hand[:4]) for hand in few], 3)
            speed = len(few) / seconds / 1e6
            row(
                "  phevaluator, a call a hand",
                speed,
                "M/s",
                f"phevaluator {metadata.version('phevaluator')}",
                ours / speed,
            )
    for threads in (1, 2):
        for game, players, board in (
            ("omaha4", ("AsAhKsKh", "JdTd9c8c"), ""),
            ("omaha5", ("AsAhKsKh2c", "JdTd9c8c2d"), ""),
            ("omaha6", ("AsAhKsKh2c3c", "JdTd9c8c2d3d"), ""),
            ("omaha4", ("AsAhKsKh", "JdTd9c8c", "7s7h6s6h", "QcQd5c5d"), ""),
            ("omaha4", ("AsAhKsKh", "JdTd9c8c"), "Qd8h3c"),
            ("omaha4", ("AsAhKsKh", "random"), "Qd8h3c2d"),
        ):
            given = {"board": board, "game": game, "method": "exact", "threads": threads}
            milliseconds = median(lambda p=players, g=given: pk.equity(*p, **g), 21) * 1e3
            row(f"{' v '.join(players)} {board or 'pre-flop'}, exact, {threads} threads", milliseconds, "ms")
        wide = pk.OmahaRange("AAxxxx", 6)
        for game, players in (("omaha4", ("AAxx", "JT98ds")), ("omaha6", (wide, "random", "random"))):
            given = {"game": game, "method": "monte_carlo", "tolerance": 0, "max_samples": 1 << 18, "seed": 1}
            seconds = median(lambda p=players, g=given, t=threads: pk.equity(*p, threads=t, **g), 3)
            row(
                f"{game}, {len(players)} players sampled, {threads} threads",
                len(players) * (1 << 18) / seconds / 1e6,
                "M/s",
            )


def order():
    found = {}
    for name, places in classes().items():
        hand = pk.Range.from_weights(np.eye(1326)[places[0]])
        found[name] = pk.equity(hand, "random", method="exact").equity[0]
        print(f"\r{len(found)} of 169", end="", file=sys.stderr)
    print(" ".join(sorted(found, key=found.__getitem__, reverse=True)))


if __name__ == "__main__":
    if sys.argv[1:] == ["order"]:
        order()
    elif sys.argv[1:] == ["omaha"]:
        omaha()
    else:
        evaluations()
        equities()
        samples()
        omaha()
