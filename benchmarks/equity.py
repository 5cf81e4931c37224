"""Speed of evaluation and equity beside other packages: python benchmarks/equity.py [part ...].

Parts are evaluations, table, peers, equities, several, samples, omaha and starts; all without one. Peers that are not
installed are named and skipped (`equity_peers` says how to install them). Each figure is the median of seven calls from
Python, compiled before; ratios are to a peer in the same run. ``order`` prints the 169 classes by
exact equity against a random hand instead, which is `pokerlab.ranges.BY_EQUITY`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from itertools import combinations

import numba
import numpy as np
from equity_peers import SIX, of_ompeval, peers
from equity_table import table
from timing import median, peer, row

import pokerlab as pk
from pokerlab._equity import allin_equities
from pokerlab.ranges import classes
from pokerlab_kernels.deals import mask_of
from pokerlab_kernels.evaluate import card_bit, suit_of_flush
from pokerlab_kernels.table import COLUMN_BITS, FLUSH, SUM_BITS, load

R1, R2 = "TT+,AQs+,AKo", "22+,A2s+,KTs+,QTs+,JTs,ATo+,KQo"
R3 = "55+,A9s+,KTs+,QJs,AJo+"


@numba.njit(nogil=True, error_model="numpy")
def look_up_ranks(base, sums_of_ranks, n, offsets, strengths, found):
    """Look up five cards with each two ranks; five cards of a rank, which no two cards make, give anything."""
    for pair in range(n):
        place = np.uint32(base + sums_of_ranks[pair]) & np.uint32((1 << SUM_BITS) - 1)
        place = np.uint32(place + offsets[place >> np.uint32(COLUMN_BITS)])
        found[pair] = strengths[min(place, np.uint32(len(strengths) - 1))]


@numba.njit(nogil=True, error_model="numpy")
def sum_pairs(found, ranks_of_pairs, n):
    total = np.uint32(0)
    for pair in range(n):
        total += np.uint32(found[ranks_of_pairs[pair]])
    return np.uint64(total)


@numba.njit(nogil=True, error_model="numpy")
def sum_pairs_or_flushes(found, ranks_of_pairs, in_suit, suited_ranks, flushes, n):
    """As `sum_pairs`; less than five ranks of the suit have strength 0, and a flush has no full house beside it."""
    total = np.uint32(0)
    for pair in range(n):
        total += np.uint32(max(found[ranks_of_pairs[pair]], flushes[in_suit | suited_ranks[pair]]))
    return np.uint64(total)


@numba.njit(nogil=True, error_model="numpy", parallel=True)
def sum_in_order(table, sums_of_ranks, ranks_of_pairs, suited_ranks):
    """Add up the strengths of all 7-card hands: by five cards in order, each with all pairs of higher cards."""
    starts, keys, offsets, strengths, flushes = table
    near_flush = np.uint64(0x2222 << 32)
    sums = np.zeros(52 * 52, np.uint64)
    for number in numba.prange(52 * 52):
        # Low cards have nearly all the hands and each thread takes a stretch of numbers, so pairs are scattered.
        two = number * 1009 % (52 * 52)
        a, b = two // 52, two % 52
        # Gathers load 32 bits or more: with 16, an instruction each would put values into a vector.
        total, found = np.uint64(0), np.empty(91, np.uint32)
        for c in range(b + 1 if a < b else 52, 52):
            for d in range(c + 1, 52):
                for e in range(d + 1, 50):
                    base = starts[7] + keys[a] + keys[b] + keys[c] + keys[d] + keys[e]
                    pairs, ranks = (51 - e) * (50 - e) // 2, 13 - (e + 1) // 4
                    look_up_ranks(np.uint32(base), sums_of_ranks, ranks * (ranks + 1) // 2, offsets, strengths, found)
                    near = (base + near_flush) & FLUSH
                    if near:
                        shift = suit_of_flush(near)
                        mask = card_bit(a) | card_bit(b) | card_bit(c) | card_bit(d) | card_bit(e)
                        in_suit = np.uint16(mask >> shift) & np.uint16(8191)
                        suited = suited_ranks[shift // 16]
                        total += sum_pairs_or_flushes(found, ranks_of_pairs, in_suit, suited, flushes, pairs)
                    else:
                        total += sum_pairs(found, ranks_of_pairs, pairs)
        sums[number] = total
    return sums.sum()


def in_order():
    """Enumerate all 133,784,560 hands as the solver does: five cards look up pairs of ranks, spread to cards."""
    pairs = [(low, high) for low in range(50, -1, -1) for high in range(low + 1, 52)]
    of_ranks = [(low, high) for low in range(12, -1, -1) for high in range(low, 13)]
    sums = load().keys[::4][np.array(of_ranks)].sum(axis=1).astype(np.uint32)
    places = np.array([of_ranks.index((low // 4, high // 4)) for low, high in pairs], np.uint8)
    masks = np.array([mask_of(pair) for pair in pairs])
    suited = np.array([masks >> 16 * suit & 8191 for suit in range(4)], np.uint16)
    for threads in (1, 2):
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        seconds = median(lambda: sum_in_order(load(), sums, places, suited), 7)
        row(f"7 cards, all hands enumerated in order, {threads} threads", 133_784_560 / seconds / 1e6, "M/s")
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def evaluations():
    in_order()
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
    if (pokerfast := peer("pokerfast")) is not None:
        hands = [[pk.cards.DECK[card] for card in hand] for hand in few]
        speed = len(few) / median(lambda: [pokerfast.eval7(hand) for hand in hands], 3) / 1e6
        row("  pokerfast, a call a hand", speed, "M/s", f"pokerfast {metadata.version('pokerfast')}", ours / speed)
    if (eval7 := peer("eval7")) is not None:
        hands = [[eval7.Card(pk.cards.DECK[card]) for card in hand] for hand in few]
        speed = len(few) / median(lambda: [eval7.evaluate(hand) for hand in hands], 3) / 1e6
        row("  eval7, a call a hand", speed, "M/s", f"eval7 {metadata.version('eval7')}", ours / speed)


HEADS_UP = (
    ("AsAh v KsKh before the flop, by table", ("AsAh", "KsKh"), ""),
    ("two ranges before the flop, by table", (R1, R2), ""),
    ("random v random before the flop, by table", ("random", "random"), ""),
    ("two ranges on Ks7d2c", (R1, R2), "Ks7d2c"),
    ("two ranges on JhTh4h", (R1, R2), "JhTh4h"),
    ("random v random on Ks7d2c", ("random", "random"), "Ks7d2c"),
    ("AsAh v KdKh on Qs7d2c", ("AsAh", "KdKh"), "Qs7d2c"),
    ("AsAh v random on Ks7d2c", ("AsAh", "random"), "Ks7d2c"),
    ("two ranges on a turn, Ks7d2c4h", (R1, R2), "Ks7d2c4h"),
    ("two ranges on a river, JhTh4h2h9h", (R1, R2), "JhTh4h2h9h"),
)


def both(what, call, ratio_to=None, other=""):
    """Show the time of a call with one thread and with two."""
    for threads in (1, 2):
        seconds = median(lambda threads=threads: call(threads))
        row(f"{what}, {threads} threads", seconds * 1e3, "ms", other, ratio_to and ratio_to / seconds)


def heads_up():
    for name, players, board in HEADS_UP:
        both(name, lambda threads, p=players, b=board: pk.equity(*p, board=b, method="exact", threads=threads))
    both(
        "each of 1326 hands v random on Ks7d2c",
        lambda n: pk.equity_by_hand("random", "random", board="Ks7d2c", threads=n),
    )


def enumerated():
    """Count before the flop without the table."""
    from pokerlab_kernels import deals, showdown, solve

    for name, players in (("two ranges", (R1, R2)), ("random v random", ("random", "random"))):
        ranges = [pk.Range(player).weights for player in players]
        suits = deals.symmetries(ranges)
        both(
            f"{name} before the flop, all boards",
            lambda n, r=ranges, s=suits: showdown.showdown(*r, [], [], s, lambda _: None, n),
        )
    hands = deals.Rows(np.array([[solve.COMBOS.tolist().index(hand) for hand in ([50, 51], [46, 47])]]), np.ones(1))
    theirs = None
    if peer("poker.cpoker") is not None:
        from poker import cpoker, utils

        two = [list(utils.to_cards(hand)) for hand in ("As Ah", "Ks Kh")]
        theirs = median(lambda: cpoker.full_enumeration(two))
    both(
        "AsAh v KsKh before the flop, all boards",
        lambda n: solve._enumerated(hands.combos, np.ones(1, np.int64), [], [], lambda _: None, n),
        theirs,
        "pokyr, the same" if theirs else "",
    )


def equities():
    heads_up()
    enumerated()
    if (eval7 := peer("eval7")) is not None:
        hand, villain = [eval7.Card("As"), eval7.Card("Ah")], eval7.HandRange("KK")
        seconds = median(lambda: eval7.py_hand_vs_range_monte_carlo(hand, villain, [], 100_000), 3)
        ours = median(lambda: pk.equity("AsAh", "KK", method="monte_carlo", tolerance=0, max_samples=100_000, seed=1))
        row("AsAh v KK, 100,000 samples", ours * 1e3, "ms", "eval7, the same", seconds / ours)


def several():
    hands = ["AsAh", "KsKh", "QdJd", "7c7d", "2s3s", "AcTc", "9h9d", "8s8c", "6d5d", "JhTh"]
    for threads in (1, 2):
        for name, players, board in (
            ("three ranges on Ks7d2c, exact", (R1, R2, R3), "Ks7d2c"),
            ("three times random on Ks7d2c3h, exact", ("random",) * 3, "Ks7d2c3h"),
            ("three hands before the flop, exact", hands[:3], ""),
            ("ten hands before the flop, exact", hands, ""),
        ):
            seconds = median(lambda p=players, b=board, t=threads: pk.equity(*p, board=b, method="exact", threads=t))
            row(f"{name}, threads={threads}", seconds * 1e3, "ms")
        holes, n_players, boards = pots(300)
        seconds = median(lambda t=threads, h=holes, n=n_players, b=boards: allin_equities(h, n, b, t))
        row(f"four players all-in before the flop, threads={threads}", seconds / len(holes) * 1e3, "ms a pot")
    if (poker_equity := peer("poker_equity")) is not None:
        named = "poker_equity " + metadata.version("poker_equity")
        ours = median(lambda: pk.equity(*hands[:3], method="exact"))
        text = hands[:3]
        if poker_equity.exact_from_text("holdem", text) is None:
            row("  three hands before the flop", float("nan"), "ms", f"{named} finds it too many")
        else:
            theirs = median(lambda: poker_equity.exact_from_text("holdem", text), 3)
            row("  three hands before the flop", theirs * 1e3, "ms", named, theirs / ours)


def pots(n, players=4):
    rng = np.random.default_rng(1)
    holes = np.full((n, 10, 2), 255, np.uint8)
    holes[:, :players] = np.argsort(rng.random((n, 52)), axis=1)[:, : 2 * players].reshape(n, players, 2)
    return holes, np.full(n, players), np.full((n, 5), 255, np.uint8)


SAMPLED = (
    ("3 ranges", (R1, R2, R3), "goal 60 with two threads"),
    ("6 ranges", SIX, "goal 40 with two threads"),
    ("6 random", ("random",) * 6, "goal 40 with two threads"),
    ("3 ranges and 3 random", (R1, R2, R3, *("random",) * 3), ""),
    ("9 random", ("random",) * 9, "goal: at all"),
)


def samples():
    """Deals a second: a deal of six players is one deal, with six hands to look up."""
    n = 40 * 65_536
    ompeval = peer("pokerfast")
    for name, players, goal in SAMPLED:
        for threads in (1, 2):
            options = {"method": "monte_carlo", "tolerance": 0, "max_samples": n, "seed": 1, "threads": threads}
            seconds = median(lambda p=players, o=options: pk.equity(*p, **o))
            row(f"sampling, {name}, threads={threads}", n / seconds / 1e6, "M deals/s", goal)
            if ompeval and len(players) <= 6:  # it takes no more
                speed, _ = of_ompeval(players, threads)
                named = f"pokerfast {metadata.version('pokerfast')}"
                row(f"  OMPEval, the same, threads={threads}", speed / 1e6, "M deals/s", named, n / seconds / speed)
    for threads in (1, 2):
        seconds = median(lambda t=threads: pk.equity(R1, R2, R3, method="monte_carlo", seed=1, threads=t))
        row(f"three ranges to 0.1% standard error, threads={threads}", seconds * 1e3, "ms", "goal 10 with two threads")
    if (poker_equity := peer("poker_equity")) is not None:
        hands = ["AsAh", "KsKh", "QdJd"]
        options = {"method": "monte_carlo", "tolerance": 0, "max_samples": n, "seed": 1}
        ours = median(lambda: pk.equity(*hands, **options))
        theirs = median(lambda: poker_equity.chunk_from_text("holdem", hands, samples=n, seed=1, threads=2), 3)
        named = "poker_equity " + metadata.version("poker_equity")
        row("  3 hands", n / theirs / 1e6, "M deals/s", named, theirs / ours)
    if (pokerkit := peer("pokerkit")) is not None:
        found = median(lambda: sample_by_pokerkit(pokerkit, 1_000), 3)
        ours = median(lambda: pk.equity(R1, R2, R3, method="monte_carlo", tolerance=0, max_samples=n, seed=1)) / n
        named = "pokerkit " + metadata.version("pokerkit")
        row("  3 ranges", 1 / found, "k deals/s", named, found / 1_000 / ours)


def sample_by_pokerkit(pokerkit, count):
    ranges = [pokerkit.parse_range(text.replace(",", ";")) for text in (R1, R2, R3)]
    return pokerkit.calculate_equities(
        ranges, (), 2, 5, pokerkit.Deck.STANDARD, (pokerkit.StandardHighHand,), sample_count=count
    )


STARTS = {
    "import numba alone": "import numba",
    "two hands": "import pokerlab as pk; pk.equity('AsAh', 'KsKh')",
    "two ranges on a flop": "import pokerlab as pk; pk.equity('TT+', 'AK,22+', board='2c7d9h')",
    "three hands before the flop": "import pokerlab as pk; pk.equity('AsAh', 'KsKh', 'QsQh')",
    "three ranges on a flop": "import pokerlab as pk; pk.equity('TT+', 'AJ+', '22+', board='2c7d9h')",
    "Monte Carlo": "import pokerlab as pk; pk.equity('AA', 'QQ+', 'JJ', method='monte_carlo', seed=1)",
    "evaluate": "import pokerlab as pk; pk.evaluate('AhKhQhJhTh')",
    "pokerlab warmup equity": "from pokerlab._equity import warm_up; warm_up()",
    "pokerlab warmup omaha": "from pokerlab._equity import warm_up_omaha; warm_up_omaha()",
}


def starts():
    for name, code in STARTS.items():
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {"POKERLAB_CACHE_DIR": folder}
            seconds = []
            for _ in range(4):
                start = time.perf_counter()
                subprocess.run([sys.executable, "-c", code], env=environment, check=True)
                seconds.append(time.perf_counter() - start)
        row(f"a new process, {name}: compiling", seconds[0], "s")
        row(f"a new process, {name}: compiled before", statistics.median(seconds[1:]), "s")


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
    else:
        parts = {part.__name__: part for part in (evaluations, table, peers, equities, several, samples, omaha, starts)}
        for name in sys.argv[1:] or parts:
            parts[name]()
