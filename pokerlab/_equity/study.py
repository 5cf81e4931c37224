"""Views for study: how equity is spread over a range, over the next card and over hero's classes, and what is made."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab._equity.hands import CATEGORIES
from pokerlab._equity.players import check_compatible, check_limits, hole_cards, read_cards, read_omaha, read_ranges
from pokerlab._equity.shares import _solvers, _ticker, equity
from pokerlab.cards import DECK, format_cards
from pokerlab.errors import EquityError
from pokerlab.ranges import COMBOS, classes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pokerlab._equity.players import Players
    from pokerlab._equity.shares import _Cancel, _Progress
    from pokerlab.omaha_ranges import OmahaRange
    from pokerlab.ranges import Range

_range = range  # a range of hands takes the name in some signatures
_STREETS = {3: "flop", 4: "turn", 5: "river"}
_NAMES = [name for _, name in CATEGORIES]
_HIGHEST = np.array([highest for highest, _ in CATEGORIES])


def equity_distribution(
    one: str | Range,
    other: str | Range,
    *,
    board: str,
    dead: str = "",
    threads: int | None = None,
    progress: _Progress = None,
    cancel: _Cancel = None,
) -> pl.DataFrame:
    """Give the equity of each hand of two ranges against the other, best first: the hot and cold graph.

    Parameters
    ----------
    one, other
        Ranges, as text or `Range`.
    board
        Three to five cards.
    dead
        Cards that cannot come.
    threads, progress, cancel
        As for `equity`.

    Returns
    -------
    A row a player and hand: ``player``, 0 or 1; ``hand``; ``weight``; exact ``equity``; ``share`` of the range, 0 to 1,
    that has this equity or a better one. Hands that the other range leaves no hand to meet are left out.

    Raises
    ------
    CardError, RangeError
        A text is not understood.
    EquityError
        The ranges, board and dead cards cannot go together, or the work was cancelled.

    Examples
    --------
    >>> equity_distribution("AsAh,7c6c", "KcKd", board="Ks7d2c").filter(player=0).select("hand", "share").rows()
    [('AsAh', 0.5), ('7c6c', 1.0)]
    """
    check_limits(1, None, None, threads)
    shared, gone = _known(board, dead)
    ranges = read_ranges((one, other), shared, gone)
    tick = _ticker(progress, cancel)
    check_compatible(ranges, (str(one), str(other)), tick)
    frames = []
    for player, (mine, theirs) in enumerate([ranges, ranges[::-1]]):
        found = _by_hand(mine, theirs, shared, gone, partial(_half, tick, player), threads)
        best = found.filter(pl.col("equity").is_not_null()).sort("equity", "hand", descending=True)
        share = pl.col("weight").cum_sum() / pl.col("weight").sum()
        frames.append(best.with_columns(player=pl.lit(player), share=share))
    return pl.concat(frames).select("player", "hand", "weight", "equity", "share")


def _half(tick: Callable[[float], None], part: int, done: float) -> None:
    tick((part + done) / 2)


def _known(board: str, dead: str) -> tuple[list[int], list[int]]:
    shared, gone = read_cards(board, dead)
    if len(shared) < 3:
        msg = f"board {board!r} has no cards; give a flop of 3, a turn of 4 or a river of 5"
        raise EquityError(msg)
    return shared, gone


def _by_hand(
    mine: NDArray[np.float64],
    theirs: NDArray[np.float64],
    board: list[int],
    dead: list[int],
    tick: Callable[[float], None],
    threads: int | None,
) -> pl.DataFrame:
    """Give a row a hand of the first range: hand, weight and exact equity, null if it meets none of the other."""
    from pokerlab_kernels import solve

    places = np.flatnonzero(mine)
    win, tie, met = solve.each_hand([mine, theirs], board, dead, tick, threads).T
    equity_of = (win + tie / 2) / np.where(met > 0, met, np.nan)
    hands = [DECK[high] + DECK[low] for low, high in (COMBOS[place] for place in places.tolist())]
    return pl.DataFrame({"hand": hands, "weight": mine[places], "equity": equity_of}, nan_to_null=True)


def equity_by_class(
    range: str | Range,  # noqa: A002
    *,
    board: str = "",
    dead: str = "",
    threads: int | None = None,
    progress: _Progress = None,
    cancel: _Cancel = None,
) -> pl.DataFrame:
    """Give the equity of each of the 169 classes of hands against a range.

    Parameters
    ----------
    range
        The range of the other player, as text or `Range`.
    board, dead
        The board of 0, 3, 4 or 5 cards; cards that cannot come.
    threads, progress, cancel
        As for `equity`.

    Returns
    -------
    A row a class in the order of `Range.grid`: ``hand``, such as ``AKs``; ``row`` and ``column`` in the grid from 0;
    ``combos`` that the known cards leave; exact ``equity``, ``win`` and ``tie`` over all of them, null where no deal is
    possible.

    Raises
    ------
    CardError, RangeError
        A text is not understood.
    EquityError
        The range, board and dead cards cannot go together, or the work was cancelled.

    Examples
    --------
    >>> equity_by_class("KK").filter(hand="AA").select("combos", pl.col("equity").round(4)).rows()
    [(6, 0.8195)]
    """
    from pokerlab_kernels import solve

    check_limits(1, None, None, threads)
    shared, gone = read_cards(board, dead)
    anything, theirs = read_ranges(("random", range), shared, gone)
    live = np.flatnonzero(anything)
    sums = np.zeros((len(COMBOS), 4))
    sums[live, :3] = solve.each_hand([anything, theirs], shared, gone, _ticker(progress, cancel), threads)
    sums[live, 3] = 1
    win, tie, met, combos = np.array([sums[list(places)].sum(axis=0) for places in classes().values()]).T
    met = np.where(met > 0, met, np.nan)
    place = np.arange(len(met))
    columns = {
        "hand": list(classes()),
        "row": place // 13,
        "column": place % 13,
        "combos": combos.astype(np.int64),
        "equity": (win + tie / 2) / met,
        "win": win / met,
        "tie": tie / met,
    }
    return pl.DataFrame(columns, nan_to_null=True)


def next_card_equity(
    *players: str | Range | OmahaRange,
    board: str,
    dead: str = "",
    game: str = "holdem",
    method: str = "auto",
    tolerance: float = 0.001,
    seed: int | None = None,
    threads: int | None = None,
    progress: _Progress = None,
    cancel: _Cancel = None,
) -> pl.DataFrame:
    """Give each player's equity after each card that can come next.

    Parameters
    ----------
    players
        Two to ten, as for `equity`.
    board
        Three or four cards.
    dead, game, method, tolerance, seed, threads, progress, cancel
        As for `equity`.

    Returns
    -------
    A row a card and player, the ace first: ``card``; ``rank`` and ``suit``; ``player``, from 0; ``equity``, ``win``,
    ``tie`` and ``stderr``, null where the card leaves some player no hand.

    Raises
    ------
    CardError, RangeError
        A text is not understood.
    EquityError
        The players, board and dead cards cannot go together, or the work was cancelled.

    Examples
    --------
    >>> found = next_card_equity("AsAh", "KsKh", board="Qs7d2c")
    >>> found.filter(card="Kd", player=0).select(pl.col("equity").round(4)).item()
    0.0455
    """
    shared, gone = read_cards(board, dead)
    if len(shared) not in (3, 4):
        msg = f"board {board!r} has {len(shared)} cards; the next card comes to a board of 3 or 4"
        raise EquityError(msg)
    tick = _ticker(progress, cancel)
    given = {"dead": dead, "game": game, "method": method, "tolerance": tolerance, "seed": seed, "threads": threads}
    hole_cards(game)
    _solvers(players, game, shared, gone, tick)
    cards = [card for card in reversed(range(52)) if card not in shared + gone]
    rows = []
    for done, card in enumerate(cards, start=1):
        longer = [*shared, card]
        found = None
        if _goes_together(players, game, longer, gone):
            found = equity(*players, board=format_cards(longer), **given, cancel=cancel)  # type: ignore[arg-type]
        rows += [
            {"card": DECK[card], "rank": DECK[card][0], "suit": DECK[card][1], "player": player}
            | {name: found and getattr(found, name)[player] for name in ("equity", "win", "tie", "stderr")}
            for player in range(len(players))
        ]
        tick(done / len(cards))
    return pl.DataFrame(rows, infer_schema_length=None)


def _goes_together(players: Players, game: str, board: list[int], dead: list[int]) -> bool:
    try:
        _solvers(players, game, board, dead, lambda _: None)
    except EquityError:
        return False
    return True


def category_histogram(
    range: str | Range | OmahaRange,  # noqa: A002
    *,
    board: str,
    dead: str = "",
    game: str = "holdem",
) -> pl.DataFrame:
    """Give how often a range makes each category of hand, on the board and on the streets to come.

    Parameters
    ----------
    range
        Range text, a `Range` or, in Omaha, an `OmahaRange`.
    board
        Three to five cards.
    dead
        Cards that cannot come.
    game
        ``holdem``, ``omaha4``, ``omaha5`` or ``omaha6``.

    Returns
    -------
    A row a street and category, the best first: ``street``; ``category``; ``share`` of the range, weights counted, over
    all boards of that street, 0 to 1.

    Raises
    ------
    CardError, RangeError
        A text is not understood.
    EquityError
        The range, board and dead cards cannot go together.

    Examples
    --------
    >>> made = category_histogram("AA,KK", board="Ks7d2c").filter(street="flop", category="three of a kind")
    >>> round(made["share"].item(), 4)
    0.3333
    """
    hole_cards(game)
    shared, gone = _known(board, dead)
    cards, weights = _listed(range, game, shared, gone)
    free = [card for card in _range(52) if card not in shared + gone]
    frames = []
    for size in _range(len(shared), 6):
        totals = np.zeros(len(CATEGORIES))
        for more in combinations(free, size - len(shared)):
            totals += _made(cards, weights, [*shared, *more], game)
        frames.append(_shares(_STREETS[size], totals))
    return pl.concat(frames)


def _shares(street: str, totals: NDArray[np.float64]) -> pl.DataFrame:
    columns = {"street": street, "category": _NAMES[::-1], "share": totals[::-1] / totals.sum()}
    kinds = {"street": pl.Enum(_STREETS.values()), "category": pl.Enum(_NAMES[::-1])}
    return pl.DataFrame(columns, schema_overrides=kinds)


def _listed(
    player: str | Range | OmahaRange, game: str, board: list[int], dead: list[int]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Give the hands of a range and their weights."""
    if game == "holdem":
        [weights] = read_ranges((player,), board, dead)
        live = np.flatnonzero(weights)
        return np.array(COMBOS, np.uint8)[live], weights[live]
    [hands] = read_omaha((player,), game, board, dead)
    if hands is None:
        from pokerlab_kernels.deals import mask_of
        from pokerlab_kernels.omaha_solve import every_hand

        hands = every_hand(hole_cards(game), mask_of(board + dead))
    return hands.cards(), hands.weights


def _made(
    cards: NDArray[np.uint8], weights: NDArray[np.float64], board: Sequence[int], game: str
) -> NDArray[np.float64]:
    """Sum the weights of the hands in each category on one board."""
    from pokerlab_kernels import evaluate, omaha

    live = ~np.isin(cards, board).any(axis=1)
    hands, shown = cards[live], np.tile(np.array(board, np.uint8), (live.sum(), 1))
    out = np.empty(len(hands), np.uint16)
    if game == "holdem":
        evaluate.evaluate(np.hstack([hands, shown]), out)
    else:
        omaha.evaluate(hands, shown, out)
    return np.bincount(np.searchsorted(_HIGHEST, out), weights[live], len(CATEGORIES)).astype(np.float64)
