"""Words to arrays to kernels to `Equity`: strength of hands, and equity of hands and ranges."""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import dataclass
from html import escape
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from pokerlab.cards import DECK, format_cards, parse_cards
from pokerlab.errors import CardError, EquityError
from pokerlab.ranges import Range

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    import polars as pl
    from numpy.typing import ArrayLike, NDArray

    _Progress = Callable[[float], object] | None
    _Cancel = threading.Event | Callable[[], object] | None


MAX_PLAYERS = 10
WORK_LIMIT = 1_000_000_000
"""``method="auto"`` is exact up to so many look-ups of a hand's strength: a few seconds; the same on every machine."""

ROWS_LIMIT = 4_000_000
"""``method="exact"`` refuses more joint holdings than this."""

_SEARCH_LIMIT = 100_000
_HOLE_CARDS = {"holdem": 2, "omaha4": 4, "omaha5": 5, "omaha6": 6}
_CATEGORIES = (
    (1277, "high card"),
    (4137, "pair"),
    (4995, "two pair"),
    (5853, "three of a kind"),
    (5863, "straight"),
    (7140, "flush"),
    (7296, "full house"),
    (7452, "four of a kind"),
    (7462, "straight flush"),
)


@dataclass(frozen=True, slots=True)
class HandRank:
    """How good a hand is.

    Attributes
    ----------
    strength
        1 (seven high) to 7462 (royal flush); higher wins, equal splits, for any number of cards.
    category
        Such as ``"two pair"``.
    best
        The five cards that make it.
    """

    strength: int
    category: str
    best: str


def evaluate(cards: str, board: str = "", game: str = "holdem") -> HandRank:
    """Rank the best five cards of a hand.

    Parameters
    ----------
    cards
        With ``board`` the hole cards, otherwise all five to seven cards.
    board
        Three to five cards; needed for Omaha, where exactly two hole cards play.
    game
        ``holdem``, ``omaha4``, ``omaha5`` or ``omaha6``.

    Raises
    ------
    CardError
        A card is not understood, stands twice, or there are too few or too many.

    Examples
    --------
    >>> evaluate("AhKhQhJhTh2c3d")
    HandRank(strength=7462, category='straight flush', best='AhKhQhJhTh')
    """
    hole, shared = parse_cards(cards), parse_cards(board)
    parse_cards(format_cards(hole + shared))
    if game not in _HOLE_CARDS:
        msg = f"{game!r} is not a game; games are {', '.join(_HOLE_CARDS)}"
        raise EquityError(msg)
    if game == "holdem":
        if not 5 <= len(hole) + len(shared) <= 7:
            msg = f"{cards + board!r} has {len(hole) + len(shared)} cards; a hand to rank has 5 to 7"
            raise CardError(msg)
        fives = [list(five) for five in combinations(hole + shared, 5)]
    else:
        if len(hole) != _HOLE_CARDS[game] or not 3 <= len(shared) <= 5:
            msg = f"{cards!r} on {board!r}: {game} has {_HOLE_CARDS[game]} hole cards and a board of 3 to 5"
            raise CardError(msg)
        fives = [[*two, *three] for two in combinations(hole, 2) for three in combinations(shared, 3)]
    strengths = evaluate_many(np.array(fives, np.uint8))
    place = int(strengths.argmax())
    strength = int(strengths[place])
    category = next(name for highest, name in _CATEGORIES if strength <= highest)
    return HandRank(strength, category, format_cards(_for_display(fives[place])))


def _for_display(five: list[int]) -> list[int]:
    """Put groups of a rank first, then by height; the ace of a five-high straight goes last."""
    ranks = [card // 4 for card in five]
    shown = sorted(five, key=lambda card: (-ranks.count(card // 4), -card // 4, -card))
    return shown[1:] + shown[:1] if sorted(ranks) == [0, 1, 2, 3, 12] else shown


def evaluate_many(cards: ArrayLike, out: NDArray[np.uint16] | None = None) -> NDArray[np.uint16]:
    """Rank many hands at once.

    Parameters
    ----------
    cards
        Card codes (n, 5), (n, 6) or (n, 7), uint8, all different in a row.
    out
        Array (n,) of uint16 to write into, contiguous.

    Returns
    -------
    (n,) strengths from 1 to 7462, higher wins.

    Raises
    ------
    CardError
        The shape is another, a code is over 51, or a row holds a card twice.

    Examples
    --------
    >>> evaluate_many(np.array([[51, 47, 43, 39, 35], [0, 5, 10, 15, 21]], np.uint8)).tolist()
    [7462, 1]
    """
    from pokerlab_kernels.evaluate import evaluate as fill

    given = np.asarray(cards)
    if given.ndim != 2 or given.shape[1] not in (5, 6, 7) or given.dtype.kind not in "iu":
        msg = f"cards of shape {given.shape} and type {given.dtype}: need card codes (n, 5), (n, 6) or (n, 7)"
        raise CardError(msg)
    if given.size and not 0 <= given.min() <= given.max() <= 51:
        wrong = given[(given < 0) | (given > 51)][0]
        msg = f"{wrong} is not a card code; codes are 0 to 51"
        raise CardError(msg)
    hands = np.ascontiguousarray(given, np.uint8)
    ordered = np.sort(hands, axis=1)
    if (twice := (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)).any():
        row = int(twice.argmax())
        msg = f"row {row} holds a card twice: {[DECK[code] for code in hands[row]]}"
        raise CardError(msg)
    if out is None:
        out = np.empty(len(hands), np.uint16)
    elif out.shape != (len(hands),) or out.dtype != np.uint16 or not out.flags.c_contiguous or not out.flags.writeable:
        msg = (
            f"out has shape {out.shape} and type {out.dtype}: need a writable, contiguous uint16 array ({len(hands)},)"
        )
        raise CardError(msg)
    fill(hands, out)
    return out


@dataclass(frozen=True, slots=True)
class Equity:
    """Share of the pot of each player, and where it comes from.

    Attributes
    ----------
    players
        The hands and ranges as they were given.
    equity, win, tie
        For each player: expected share of the pot; probability of winning it alone; probability of sharing it.
    stderr
        Standard error of `equity`; zeros when exact.
    exact
        Whether all deals were counted.
    samples
        Deals sampled, 0 when exact.
    seconds
        Time taken.
    win_count, tie_count, deals
        Deals won and shared by each player, of all; where the result is exact and all weights are 1, else None.
    """

    players: tuple[str, ...]
    equity: tuple[float, ...]
    win: tuple[float, ...]
    tie: tuple[float, ...]
    stderr: tuple[float, ...]
    exact: bool
    samples: int
    seconds: float
    win_count: tuple[int, ...] | None = None
    tie_count: tuple[int, ...] | None = None
    deals: int | None = None

    def to_frame(self) -> pl.DataFrame:
        """Give one row a player: player, equity, win, tie, stderr."""
        import polars as pl

        columns = ("equity", "win", "tie", "stderr")
        schema = {"player": pl.String} | dict.fromkeys(columns, pl.Float64)
        return pl.DataFrame({"player": self.players} | {name: getattr(self, name) for name in columns}, schema)

    def __repr__(self) -> str:
        shares = ", ".join(f"{name}: {share:.2%}" for name, share in zip(self.players, self.equity, strict=True))
        how = "exact" if self.exact else f"±{max(self.stderr):.2%}, {self.samples:,} samples"
        return f"Equity({shares}; {how})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="text-align:left">{escape(name)}</td>'
            f"<td>{share:.2%}</td><td>{win:.2%}</td><td>{tie:.2%}</td>"
            f'<td style="width:200px"><div style="width:{share:.2%};height:0.8em;background:#2e8b57"></div></td></tr>'
            for name, share, win, tie in zip(self.players, self.equity, self.win, self.tie, strict=True)
        )
        head = "<tr><th>player</th><th>equity</th><th>win</th><th>tie</th><th></th></tr>"
        how = "exact" if self.exact else f"{self.samples:,} samples, standard error {max(self.stderr):.3%}"
        return f"<table><caption>{how}, {self.seconds:.3g} s</caption>{head}{rows}</table>"


def _player_range(player: str | Range) -> Range:
    if isinstance(player, Range):
        return player
    if not isinstance(player, str):
        msg = f"{player!r} is not a player; give hole cards ('AhKh'), a range ('QQ+, AKs') or a Range"
        raise EquityError(msg)
    try:
        cards = parse_cards(player)
    except CardError:
        # A text of cards alone that holds one twice is a wrong hand, not a range.
        packed = "".join(player.split())
        pieces = [packed[start : start + 2].capitalize() for start in range(0, len(packed), 2)]
        if packed and all(piece in DECK for piece in pieces):
            raise
        return Range(player)
    if len(cards) == 2:
        return Range(format_cards(cards))
    if cards and player.split() != [player] and all(len(word) == 4 for word in player.split()):
        return Range(player)
    msg = f"{player!r} holds {len(cards)} cards; a hold'em hand has 2"
    raise EquityError(msg)


def _read_cards(board: str, dead: str) -> tuple[list[int], list[int]]:
    shared, gone = parse_cards(board), parse_cards(dead)
    if len(shared) not in (0, 3, 4, 5):
        msg = f"board {board!r} has {len(shared)} cards; a board has 0, 3, 4 or 5"
        raise EquityError(msg)
    both = [DECK[code] for code in shared if code in gone]
    if both:
        msg = f"{both[0]} is on the board {board!r} and among the dead cards {dead!r}"
        raise EquityError(msg)
    return shared, gone


def _read_ranges(players: Sequence[str | Range], board: list[int], dead: list[int]) -> list[NDArray[np.float64]]:
    """Give each player's weights, 0 where a hand holds a known card."""
    from pokerlab_kernels.deals import MASKS, mask_of

    blocked = mask_of(board + dead)
    ranges = []
    for player in players:
        weights = np.where(MASKS & blocked, 0.0, _player_range(player).weights)
        if not weights.any():
            known = f"board {format_cards(board)!r} and dead cards {format_cards(dead)!r}"
            msg = f"{str(player)!r} has no hand left beside {known}"
            raise EquityError(msg)
        ranges.append(weights)
    return ranges


def _check_compatible(ranges: Sequence[NDArray[np.float64]], names: Sequence[str]) -> None:
    """Find one holding of all players without a shared card, the narrowest ranges first."""
    from pokerlab_kernels.deals import MASKS

    hands = [MASKS[weights > 0].tolist() for weights in sorted(ranges, key=np.count_nonzero)]
    hopeless: set[tuple[int, int]] = set()

    def fits(player: int, used: int) -> bool:
        # A search that grows beyond this leaves the question to the kernels, which find no deal if there is none.
        if player == len(hands) or len(hopeless) > _SEARCH_LIMIT:
            return True
        if (player, used) in hopeless:
            return False
        if any(not hand & used and fits(player + 1, used | hand) for hand in hands[player]):
            return True
        hopeless.add((player, used))
        return False

    if not fits(0, 0):
        raise EquityError(_no_deal(names))


def _no_deal(names: Sequence[str]) -> str:
    return f"no deal gives all players a hand: {', '.join(map(repr, names))} need the same cards"


def _ticker(progress: _Progress, cancel: _Cancel) -> Callable[[float], None]:
    """Make what is called between launches: it reports the share done, and raises when the work is cancelled."""
    cancelled = cancel if cancel is None or callable(cancel) else cancel.is_set

    def tick(done: float) -> None:
        if cancelled is not None and cancelled():
            msg = f"equity was cancelled with {done:.0%} done"
            raise EquityError(msg)
        if progress is not None:
            progress(min(done, 1.0))

    return tick


def equity(
    *players: str | Range,
    board: str = "",
    dead: str = "",
    game: str = "holdem",
    method: str = "auto",
    tolerance: float = 0.001,
    seed: int | None = None,
    max_samples: int | None = None,
    threads: int | None = None,
    progress: _Progress = None,
    cancel: _Cancel = None,
) -> Equity:
    """Compute each player's equity, over all deals or by sampling them.

    Parameters
    ----------
    players
        Two to ten: hole cards (``"AhKh"``), a range (``"QQ+, AKs@0.5"``) or a `Range`. Holdings without a shared card
        count by the product of their weights.
    board, dead
        The board of 0, 3, 4 or 5 cards; cards that cannot come.
    game
        ``holdem``.
    method
        ``exact``; ``monte_carlo``; ``auto`` is exact up to `WORK_LIMIT` look-ups.
    tolerance
        Sampling ends when the standard error of every player's equity, a share of the pot, is at most this.
    seed
        Fixes the sampled result, for any number of threads.
    max_samples
        Sampling ends here in any case, rounded up to whole blocks of 4096 deals.
    threads
        At most so many.
    progress
        Called with the share done, 0 to 1, between pieces of work of some milliseconds.
    cancel
        An event, or a function that returns true, to end the work between such pieces with an EquityError.

    Raises
    ------
    CardError, RangeError
        A text is not understood.
    EquityError
        The players, board and dead cards cannot go together, or the work was cancelled.

    Examples
    --------
    >>> found = equity("AsAh", "KsKh", method="exact")
    >>> found.win_count, found.tie_count, found.deals
    ((1410336, 292660), (9308, 9308), 1712304)
    """
    started = time.perf_counter()
    if game != "holdem":
        msg = f"{game!r} is not a game that equity knows; games are holdem"
        raise EquityError(msg)
    if method not in ("auto", "exact", "monte_carlo"):
        msg = f"{method!r} is not a method; methods are auto, exact, monte_carlo"
        raise EquityError(msg)
    if not 2 <= len(players) <= MAX_PLAYERS:
        msg = f"{len(players)} players; equity takes 2 to {MAX_PLAYERS}"
        raise EquityError(msg)
    _check_limits(tolerance, seed, max_samples, threads)
    names = tuple(map(str, players))
    shared, gone = _read_cards(board, dead)
    if 52 - len(gone) - 2 * len(players) < 5:
        msg = f"{len(gone)} dead cards leave too few for {len(players)} players and the board"
        raise EquityError(msg)
    ranges = _read_ranges(players, shared, gone)
    _check_compatible(ranges, names)

    from pokerlab_kernels import solve

    tick = _ticker(progress, cancel)
    tick(0.0)
    if method != "monte_carlo":
        work_limit = WORK_LIMIT if method == "auto" else None
        totals = solve.exact(ranges, shared, gone, ROWS_LIMIT, work_limit, tick, threads)
        if totals is not None:
            return _result(names, totals, started, exact=True)
        if method == "exact":
            msg = f"{', '.join(map(repr, names))}: more than {ROWS_LIMIT:,} joint holdings; use method='monte_carlo'"
            raise EquityError(msg)
    seed = secrets.randbits(63) if seed is None else seed
    counts = solve.sampled(ranges, shared, gone, tolerance, max_samples, seed, tick, threads)
    if counts is None:
        raise EquityError(_no_deal(names))
    return _result(names, counts, started, exact=False)


def _result(
    names: tuple[str, ...], totals: NDArray[np.int64] | NDArray[np.float64], started: float, *, exact: bool
) -> Equity:
    """Turn totals (players, 11), deals at [player, number of best hands], into shares of all deals."""
    from pokerlab_kernels.solve import standard_errors

    sharers = np.arange(totals.shape[1])
    deals = (totals.sum(axis=0)[1:] / sharers[1:]).sum()
    shares = (totals[:, 1:] / sharers[1:]).sum(axis=1) / deals
    ties = totals[:, 2:].sum(axis=1)
    counted = exact and totals.dtype == np.int64
    return Equity(
        players=names,
        equity=tuple(shares.tolist()),
        win=tuple((totals[:, 1] / deals).tolist()),
        tie=tuple((ties / deals).tolist()),
        stderr=(0.0,) * len(names) if exact else tuple(standard_errors(totals).tolist()),
        exact=exact,
        samples=0 if exact else round(deals),
        seconds=time.perf_counter() - started,
        win_count=tuple(totals[:, 1].tolist()) if counted else None,
        tie_count=tuple(ties.tolist()) if counted else None,
        deals=round(deals) if counted else None,
    )


def _check_limits(tolerance: float, seed: int | None, max_samples: int | None, threads: int | None) -> None:
    if not (tolerance >= 0 and math.isfinite(tolerance)) or (tolerance == 0 and max_samples is None):
        msg = f"tolerance {tolerance!r} never ends; give a number above 0, or 0 with max_samples"
        raise EquityError(msg)
    if seed is not None and not 0 <= seed < 1 << 63:
        msg = f"seed {seed!r} is not from 0 to 2**63 - 1"
        raise EquityError(msg)
    for name, value in (("max_samples", max_samples), ("threads", threads)):
        if value is not None and value < 1:
            msg = f"{name} {value!r} is not at least 1"
            raise EquityError(msg)
