"""Equity of hands and ranges, over all deals or sampled."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from pokerlab._equity.players import (
    HOLE_CARDS,
    check_compatible,
    check_limits,
    check_masks,
    hole_cards,
    known_hands,
    no_deal,
    read_cards,
    read_omaha,
    read_ranges,
)
from pokerlab.errors import EquityError, quoted

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import polars as pl
    from numpy.typing import NDArray

    from pokerlab._equity.players import Players
    from pokerlab.omaha_ranges import OmahaRange
    from pokerlab.ranges import Range

    _Progress = Callable[[float], object] | None
    _Cancel = threading.Event | Callable[[], object] | None

MAX_PLAYERS = 10
WORK_LIMIT = 1_000_000_000
"""``method="auto"`` is exact up to so many look-ups of a hand's strength: a few seconds; the same on every machine."""

ROWS_LIMIT = 4_000_000
"""``method="exact"`` refuses more joint holdings than this."""


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
        Deals won and shared by each player, of all; where the result is exact and the weights of each range are equal,
        else None.
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
        from pokerlab._equity.view import table

        return table(self)


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
    *players: str | Range | OmahaRange,
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
        count by the product of their weights. In Omaha ``"AhKhQdJd"``, ``"AAxx, JT98ds"`` or an `OmahaRange`.
    board, dead
        The board of 0, 3, 4 or 5 cards; cards that cannot come.
    game
        ``holdem``, ``omaha4``, ``omaha5`` or ``omaha6``.
    method
        ``exact``; ``monte_carlo``; ``auto`` is exact up to `WORK_LIMIT` look-ups.
    tolerance
        Sampling ends when the standard error of every player's equity, a share of the pot, is at most this.
    seed
        Fixes the sampled result, for any number of threads.
    max_samples
        Sampling ends here in any case, rounded up to whole blocks of 4096 deals, in Omaha of 1024.
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
    size = hole_cards(game)
    if method not in ("auto", "exact", "monte_carlo"):
        msg = f"{quoted(method)} is not a method; methods are auto, exact, monte_carlo"
        raise EquityError(msg)
    if not 2 <= len(players) <= MAX_PLAYERS:
        msg = f"{len(players)} players; equity takes 2 to {MAX_PLAYERS}"
        raise EquityError(msg)
    check_limits(tolerance, seed, max_samples, threads)
    shared, gone = read_cards(board, dead)
    names = tuple(map(str, players))
    if game == "holdem" and method != "monte_carlo" and not (progress or cancel):
        hands = known_hands(players, shared + gone)
        if hands is not None and len(hands) == 2 and not (shared or gone):
            return _from_table(names, hands[0] + hands[1], started)
        if hands is not None and len(gone) + 2 * len(hands) + 5 <= 52:
            from pokerlab_kernels import solve

            return _result(names, solve.of_hands(hands, shared, gone, threads), started, exact=True)
    if 52 - len(gone) - size * len(players) < 5:
        msg = f"{len(gone)} dead cards leave too few for {len(players)} players and the board"
        raise EquityError(msg)
    tick = _ticker(progress, cancel)
    exact, sampled = _solvers(players, game, shared, gone, tick)
    tick(0.0)
    if method != "monte_carlo":
        work_limit = WORK_LIMIT if method == "auto" else None
        totals = exact(ROWS_LIMIT, work_limit, tick, threads)
        if totals is not None:
            return _result(names, totals, started, exact=True)
        if method == "exact":
            msg = f"{', '.join(map(quoted, names))}: more than {ROWS_LIMIT:,} joint holdings; use method='monte_carlo'"
            raise EquityError(msg)
    seed = secrets.randbits(63) if seed is None else seed
    counts = sampled(tolerance, max_samples, seed, tick, threads)
    if counts is None:
        raise EquityError(no_deal(names))
    return _result(names, counts, started, exact=False)


def _from_table(names: tuple[str, ...], cards: list[int], started: float) -> Equity:
    """Look two hands up before the flop: a tenth of the time that ranges take, for those who ask often."""
    from pokerlab_kernels import preflop

    win, tie = preflop.one_pair(*cards)
    lose = preflop.DEALS - win - tie
    return Equity(
        players=names,
        equity=((win + tie / 2) / preflop.DEALS, (lose + tie / 2) / preflop.DEALS),
        win=(win / preflop.DEALS, lose / preflop.DEALS),
        tie=(tie / preflop.DEALS,) * 2,
        stderr=(0.0, 0.0),
        exact=True,
        samples=0,
        seconds=time.perf_counter() - started,
        win_count=(win, lose),
        tie_count=(tie, tie),
        deals=preflop.DEALS,
    )


def _solvers(
    players: Players,
    game: str,
    board: list[int],
    dead: list[int],
    tick: Callable[[float], None],
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Read the players and give the game's exact and sampled way, after all checks."""
    names = tuple(map(str, players))
    if game == "holdem":
        ranges = read_ranges(players, board, dead)
        check_compatible(ranges, names, tick)
        from pokerlab_kernels import solve

        return partial(solve.exact, ranges, board, dead), partial(solve.sampled, ranges, board, dead)
    hands = read_omaha(players, game, board, dead)
    check_masks([own.masks for own in hands if own is not None], hole_cards(game), names, tick)
    from pokerlab_kernels import omaha_solve

    given = (hands, hole_cards(game), board, dead)
    return partial(omaha_solve.exact, *given), partial(omaha_solve.sampled, *given)


def _result(
    names: tuple[str, ...], totals: NDArray[np.int64] | NDArray[np.float64], started: float, *, exact: bool
) -> Equity:
    """Turn totals (players, 11), deals at [player, number of best hands], into shares of all deals."""
    from pokerlab_kernels.solve import standard_errors

    # Plain numbers: for so few, NumPy takes longer, and whole ones stay exact.
    rows = totals.tolist()
    deals = sum(sum(row[k] for row in rows) / k for k in range(1, len(rows) + 1))
    counted = exact and totals.dtype == np.int64
    if not deals and counted:
        raise EquityError(no_deal(names))
    if not deals:
        msg = f"{', '.join(map(quoted, names))}: the weights of hands that go together are too small to be multiplied"
        raise EquityError(msg)
    wins = tuple(row[1] for row in rows)
    ties = tuple(sum(row[2:]) for row in rows)
    return Equity(
        players=names,
        equity=tuple(sum(row[k] / k for k in range(1, len(rows) + 1)) / deals for row in rows),
        win=tuple(win / deals for win in wins),
        tie=tuple(tie / deals for tie in ties),
        stderr=(0.0,) * len(names) if exact else tuple(standard_errors(totals).tolist()),
        exact=exact,
        samples=0 if exact else round(deals),
        seconds=time.perf_counter() - started,
        win_count=wins if counted else None,
        tie_count=ties if counted else None,
        deals=round(deals) if counted else None,
    )


def allin_equities(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    threads: int | None = None,
    *,
    n_known: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Give the exact share of each player in many pots at once, for all-in equity.

    Parameters
    ----------
    holes
        (n, 10, 2) card codes, in Omaha (n, 10, 4) to (n, 10, 6), first of the players, then of others that are known.
    n_players
        (n,) 1 to 10; a player alone has the whole pot.
    boards
        (n, 5) card codes of the board when the last chip went in, 255 where a card was to come.
    threads
        At most so many.
    n_known
        (n,) how many hands of the row are read: the cards of those beyond `n_players` cannot come. Unless given, only
        the players' are.

    Returns
    -------
    (n, 10) shares, 0 beyond the players of a row.

    Raises
    ------
    EquityError
        The shapes differ, a board has 1 or 2 cards, or a row holds a card twice or a code over 51.

    Examples
    --------
    >>> from pokerlab.cards import parse_cards
    >>> holes = np.full((1, 10, 2), 255, np.uint8)
    >>> holes[0, :2] = [parse_cards("AsAh"), parse_cards("KsKh")]
    >>> board = np.array([[*parse_cards("Qs7d2c"), 255, 255]], np.uint8)
    >>> allin_equities(holes, np.array([2]), board)[0, :2].round(4).tolist()
    [0.9162, 0.0838]
    """
    from pokerlab_kernels import omaha_solve, solve

    check_limits(1, None, None, threads)
    known = n_players if n_known is None else n_known
    n = len(holes)
    shapes = [(n, MAX_PLAYERS, size) for size in HOLE_CARDS.values()]
    if holes.shape not in shapes or {np.shape(n_players), np.shape(known)} != {(n,)} or boards.shape != (n, 5):
        msg = f"holes {holes.shape}, n_players {np.shape(n_players)} and boards {boards.shape} do not go together"
        raise EquityError(msg)
    row = solve.first_wrong_pot(holes, n_players, known, boards)
    if row >= 0:
        msg = f"pot {row}: {n_players[row]} players with {holes[row].tolist()} on {boards[row].tolist()} cannot be"
        raise EquityError(msg)
    shares_of_pots = solve.shares_of_pots if holes.shape[2] == HOLE_CARDS["holdem"] else omaha_solve.shares_of_pots
    return shares_of_pots(
        np.ascontiguousarray(holes, np.uint8),
        n_players.astype(np.int64),
        boards.astype(np.uint8),
        solve.masks_beyond(holes, n_players, known),
        threads,
    )


def warm_up() -> None:
    """Compile all that hold'em equity can need, or load it from the cache; one thread and many are compiled apart."""
    from pokerlab._equity.hands import evaluate, evaluate_many

    evaluate("AhKhQhJhTh")
    evaluate_many(np.tile(np.arange(7, dtype=np.uint8), (20_000, 1)))
    holes = np.full((1, MAX_PLAYERS, 2), 255, np.uint8)
    holes[0, :2] = [[0, 1], [2, 3]]
    allin_equities(holes, np.array([2]), np.full((1, 5), 255, np.uint8))
    for threads in (None, 1):
        equity("AsAh", "KsKh", board="2c7d9h", method="exact", threads=threads)
        equity("AsKs", "QQ+", "JJ", method="exact", threads=threads)
        equity("TT+", "AJ+", "22+", board="2c7d9h", method="exact", threads=threads)
        equity("AsAh", "KK, QQ@0.5", "random", method="monte_carlo", max_samples=1, seed=0, threads=threads)
        # Pairs before the flop by table; all boards.
        for board in ("", "Ks7d2c4h", "Ks7d2c"):
            equity("random", "random", board=board, method="exact", threads=threads)
