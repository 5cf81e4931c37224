"""From what a user writes to weights and card codes, with every error found before a kernel runs."""

from __future__ import annotations

import math
from functools import lru_cache, partial, reduce
from itertools import accumulate
from numbers import Integral, Real
from operator import or_
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pokerlab.cards import DECK, format_cards, parse_cards
from pokerlab.errors import CardError, EquityError, quoted
from pokerlab.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pokerlab.omaha_ranges import OmahaRange
    from pokerlab_kernels.omaha_hands import Hands

    Players = Sequence[str | Range | OmahaRange]

_Ranges = TypeVar("_Ranges")
_SEARCH_LIMIT = 2_000
_TICK_EVERY = 64
_SIGNS = 4  # of a hand
_LONGEST_SEARCHED = 1_400
HOLE_CARDS = {"holdem": 2, "omaha4": 4, "omaha5": 5, "omaha6": 6}
"""The games, and the cards that a hand has."""


# Notebooks ask about the same ranges on one board after the other, and reading a text takes as long as a river.
@lru_cache(256)
def _range_of(text: str) -> Range:
    return _read_player(text, "holdem", Range)


def _player_range(player: object) -> Range:
    if isinstance(player, Range):
        return player
    return _range_of(player) if isinstance(player, str) else _read_player(player, "holdem", Range)


def _read_player(player: object, game: str, read: Callable[[str], _Ranges]) -> _Ranges:
    """Read hole cards, or else a range by `read`."""
    size = HOLE_CARDS[game]
    if not isinstance(player, str):
        kinds = "('AhKh'), a range ('QQ+, AKs') or a Range"
        if size > 2:
            kinds = f"('AhKhQdJd'), a range ('AAxx') or an OmahaRange, of {size} cards"
        msg = f"{quoted(player)} is not a player; give hole cards {kinds}"
        raise EquityError(msg)
    try:
        cards = parse_cards(player)
    except CardError:
        # A text of cards alone that holds one twice is a wrong hand, not a range.
        packed = "".join(player.split())
        pieces = [packed[start : start + 2].capitalize() for start in range(0, len(packed), 2)]
        if packed and all(piece in DECK for piece in pieces) and not _is_list_of_hands(player, size):
            raise
        return read(player)
    if len(cards) == size:
        return read(format_cards(cards))
    if _is_list_of_hands(player, size):
        return read(player)
    name = "a hold'em hand" if game == "holdem" else f"an {game} hand"
    msg = f"{quoted(player)} holds {len(cards)} cards; {name} has {size}"
    raise EquityError(msg)


def known_hands(players: Sequence[object], known: list[int]) -> list[list[int]] | None:
    """Give the cards of hands that go together beside known cards; None for anything else, right or wrong."""
    if not all(isinstance(player, str) and len("".join(player.split())) == _SIGNS for player in players):
        return None
    try:
        hands = [parse_cards(str(player)) for player in players]
    except CardError:
        return None
    cards = [card for hand in hands for card in hand] + known
    return hands if {*map(len, hands)} == {2} and len(set(cards)) == len(cards) else None


def _is_list_of_hands(text: str, size: int) -> bool:
    words = text.split()
    return len(words) > 1 and all(len(word) == 2 * size for word in words)


def read_cards(board: str, dead: str) -> tuple[list[int], list[int]]:
    shared, gone = parse_cards(board), parse_cards(dead)
    if len(shared) not in (0, 3, 4, 5):
        msg = f"board {board!r} has {len(shared)} cards; a board has 0, 3, 4 or 5"
        raise EquityError(msg)
    both = [DECK[code] for code in shared if code in gone]
    if both:
        msg = f"{both[0]} is on the board {board!r} and among the dead cards {dead!r}"
        raise EquityError(msg)
    return shared, gone


def read_ranges(
    players: Sequence[str | Range | OmahaRange], board: list[int], dead: list[int]
) -> list[NDArray[np.float64]]:
    """Give each player's weights, 0 where a hand holds a known card, the largest 1: products must not vanish."""
    from pokerlab_kernels.deals import mask_of
    from pokerlab_kernels.weights import free_of

    blocked = mask_of(board + dead)
    ranges = []
    for player in players:
        weights = free_of(_player_range(player).weights, blocked)
        if weights is None:
            raise EquityError(_no_hand(player, board, dead))
        ranges.append(weights)
    return ranges


def _no_hand(player: object, board: list[int], dead: list[int]) -> str:
    known = f"board {format_cards(board)!r} and dead cards {format_cards(dead)!r}"
    return f"{quoted(str(player))} has no hand left beside {known}"


def read_omaha(
    players: Sequence[str | Range | OmahaRange], game: str, board: list[int], dead: list[int]
) -> list[Hands | None]:
    """Give each player's hands without the known cards, None for any hand; the largest weight is 1."""
    from pokerlab.omaha_ranges import OmahaRange
    from pokerlab_kernels.deals import mask_of

    size, blocked = HOLE_CARDS[game], mask_of(board + dead)
    ranges: list[Hands | None] = []
    for player in players:
        if isinstance(player, OmahaRange) and player.cards != size:
            msg = f"{player!r} has hands of {player.cards} cards; {game} hands have {size}"
            raise EquityError(msg)
        own = player if isinstance(player, OmahaRange) else _read_player(player, game, partial(OmahaRange, cards=size))
        hands = own.listed()
        if hands is not None:
            hands = hands.beside(blocked)
            if not len(hands.masks):
                raise EquityError(_no_hand(player, board, dead))
            hands = hands._replace(weights=hands.weights / hands.weights.max())
        ranges.append(hands)
    return ranges


def check_compatible(
    ranges: Sequence[NDArray[np.float64]], names: Sequence[str], tick: Callable[[float], None]
) -> None:
    """Find one holding of all players of hold'em without a shared card."""
    from pokerlab_kernels.deals import MASKS
    from pokerlab_kernels.weights import first_beside

    used = np.uint64(0)
    for weights in ranges:
        hand = first_beside(weights, used)
        if hand is None:
            break
        used |= hand
    else:
        return
    # The first that comes may block another player; then all are tried.
    check_masks([MASKS[weights > 0] for weights in ranges], 2, names, tick)


def check_masks(
    ranges: Sequence[NDArray[np.uint64]], size: int, names: Sequence[str], tick: Callable[[float], None]
) -> None:
    """Find one holding without a shared card, the narrowest ranges first; ranges are masks of cards."""
    if max(map(len, ranges), default=0) > _LONGEST_SEARCHED:
        return  # The kernels find no deal if there is none.
    hands = [masks.tolist() for masks in sorted(ranges, key=len)]
    unions = accumulate((reduce(or_, held) for held in hands), or_)
    if any(cards.bit_count() < size * n for n, cards in enumerate(unions, start=1)):
        raise EquityError(no_deal(names))
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
        if len(hopeless) % _TICK_EVERY == 0:
            tick(0.0)
        return False

    if not fits(0, 0):
        raise EquityError(no_deal(names))


def hole_cards(game: str) -> int:
    """Give the cards of a hand."""
    if not isinstance(game, str) or game not in HOLE_CARDS:
        msg = f"{quoted(game)} is not a game; games are {', '.join(HOLE_CARDS)}"
        raise EquityError(msg)
    return HOLE_CARDS[game]


def no_deal(names: Sequence[str]) -> str:
    return f"no deal gives all players a hand: {', '.join(map(quoted, names))} need the same cards"


def check_limits(tolerance: float, seed: int | None, max_samples: int | None, threads: int | None) -> None:
    for name, value in (("seed", seed), ("max_samples", max_samples), ("threads", threads)):
        if value is not None and not isinstance(value, Integral):
            msg = f"{name} {quoted(value)} is not a whole number"
            raise EquityError(msg)
    if (
        not isinstance(tolerance, Real)
        or not (tolerance >= 0 and math.isfinite(tolerance))
        or (tolerance == 0 and max_samples is None)
    ):
        msg = f"tolerance {quoted(tolerance)} never ends; give a number above 0, or 0 with max_samples"
        raise EquityError(msg)
    if seed is not None and not 0 <= seed < 1 << 63:
        msg = f"seed {seed!r} is not from 0 to 2**63 - 1"
        raise EquityError(msg)
    for name, value in (("max_samples", max_samples), ("threads", threads)):
        if value is not None and value < 1:
            msg = f"{name} {quoted(value)} is not at least 1"
            raise EquityError(msg)
