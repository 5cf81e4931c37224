"""Ranges of starting hands: ``"QQ+, AKs, 15%"`` to weighted combinations, by a strict grammar.

======================  ============================================================================================
``AA`` ``AKs`` ``AKo``  a class; ``AK`` is suited and offsuit
``TT+`` ``A5s+``        pairs upwards; otherwise the kicker moves up (A5s..AKs, and ``54s+`` is 54s alone)
``99-66`` ``A5s-A2s``   from one end to the other, in either order; ``T9s-54s`` keeps the gap between the cards
``AhKh`` ``AhKx``       cards; ``x`` is any suit, ``X`` any rank
``15%`` ``5%-15%``      the best classes by exact equity against a random hand, whole classes up to the share
``random``              all hands; also ``any``, ``*`` and ``xx``
``AKs@0.5`` ``AKs:0.5`` a weight of 0 to 1; where hands are named again, the last weight wins
``[50]AKs,AQs[/50]``    weights in per cent for all tokens between
``-QQ`` ``!QQ``         leaves hands out, wherever in the text it stands
======================  ============================================================================================

Tokens are separated by commas, blanks or line breaks.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from pokerlab._range_text import ALL_WORDS, NUMBER, Reader
from pokerlab.cards import DECK, RANKS, SUITS
from pokerlab.errors import RangeError, quoted
from pokerlab_kernels import deals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

COMBOS: tuple[tuple[int, int], ...] = tuple((first, second) for first, second in deals.COMBOS.tolist())
"""The 1326 combinations of two card codes, in the order of `Range.weights`."""

_PLACES = {pair: place for place, pair in enumerate(COMBOS)}
_CLASS = re.compile(r"([2-9TJQKA])([2-9TJQKA])([SO]?)")
_CARDS = re.compile(r"([2-9TJQKAX])([CDHSX])([2-9TJQKAX])([CDHSX])")
_SHARE = re.compile(rf"({NUMBER.pattern})%(?:-({NUMBER.pattern})%)?")

_ORDER = (
    "AA KK QQ JJ TT 99 88 AKs 77 AQs AJs AKo ATs AQo AJo KQs 66 A9s ATo KJs A8s KTs KQo A7s A9o KJo 55 QJs K9s "
    "A5s A6s A8o KTo QTs A4s A7o K8s A3s QJo K9o A5o A6o Q9s K7s JTs A2s QTo 44 A4o K6s K8o Q8s A3o K5s J9s "
    "Q9o JTo K7o A2o K4s Q7s K6o K3s T9s J8s 33 Q6s Q8o K5o J9o K2s Q5s T8s K4o J7s Q4s Q7o T9o J8o K3o Q6o "
    "Q3s 98s T7s J6s K2o 22 Q2s Q5o J5s T8o J7o Q4o 97s J4s T6s J3s Q3o 98o 87s T7o J6o 96s J2s Q2o T5s J5o "
    "T4s 97o 86s J4o T6o 95s T3s 76s J3o 87o T2s 85s 96o J2o T5o 94s 75s T4o 93s 86o 65s 84s 95o T3o 92s 76o "
    "74s T2o 54s 85o 64s 83s 94o 75o 82s 73s 93o 65o 53s 63s 84o 92o 43s 74o 72s 54o 64o 52s 62s 83o 42s 82o "
    "73o 53o 63o 32s 43o 72o 52o 62o 42o 32o"
)
BY_EQUITY = tuple(_ORDER.split())
"""The 169 classes by exact equity against a random hand, best first; `python benchmarks/equity.py order` prints it."""


def _name(high: int, low: int, kind: str) -> str:
    return RANKS[high] + RANKS[low] + kind


@cache
def classes() -> dict[str, tuple[int, ...]]:
    """Give the places in `COMBOS` of each of the 169 classes, from AA down in the order of the 13x13 grid."""
    found: dict[str, list[int]] = {}
    for place, (first, second) in enumerate(COMBOS):
        high, low = second // 4, first // 4
        kind = "" if high == low else "s" if first % 4 == second % 4 else "o"
        found.setdefault(_name(high, low, kind), []).append(place)
    ranks = range(12, -1, -1)
    grid = [
        _name(max(row, column), min(row, column), "" if row == column else "s" if row > column else "o")
        for row in ranks
        for column in ranks
    ]
    return {name: tuple(found[name]) for name in grid}


@cache
def _class_places() -> NDArray[np.int64]:
    """Give `classes` as one array (169, 12), the last place of a class repeated."""
    return np.array([places + places[-1:] * (12 - len(places)) for places in classes().values()])


def _top(share: float) -> list[int]:
    """Take the best classes, whole ones, until the next would exceed the share in per cent."""
    places: list[int] = []
    for name in BY_EQUITY:
        places_of_class = classes()[name]
        if (len(places) + len(places_of_class)) * 100 > share * len(COMBOS) * (1 + 1e-12):
            break
        places.extend(places_of_class)
    return places


def _by_share(low: float, high: float) -> list[int]:
    without = set(_top(low))
    return [place for place in _top(high) if place not in without]


def _by_cards(ranks: tuple[str, str], suits: tuple[str, str]) -> list[int]:
    """Take the combinations whose cards fit the two patterns, in either order."""
    ones, others = (
        [
            4 * one + other
            for one in (range(13) if rank == "X" else [RANKS.index(rank)])
            for other in (range(4) if suit == "x" else [SUITS.index(suit)])
        ]
        for rank, suit in zip(ranks, suits, strict=True)
    )
    pairs = {(min(one, other), max(one, other)) for one in ones for other in others if one != other}
    return sorted(map(_PLACES.__getitem__, pairs))


def _class_of(text: str) -> tuple[int, int, str] | None:
    """Read ``AKs`` as (12, 11, "s"), the higher rank first."""
    match = _CLASS.fullmatch(text)
    if match is None:
        return None
    one, two = RANKS.index(match[1]), RANKS.index(match[2])
    kind = match[3].lower()
    return None if one == two and kind else (max(one, two), min(one, two), kind)


def _plus(high: int, low: int) -> list[tuple[int, int]]:
    if high == low:
        return [(rank, rank) for rank in range(low, 13)]
    return [(high, kicker) for kicker in range(low, high)]


def _dash(one: tuple[int, int, str], two: tuple[int, int, str]) -> list[tuple[int, int]] | None:
    """Walk from one class to the other: the same high card, or the same gap between the cards."""
    (high, low, kind), (other_high, other_low, other_kind) = one, two
    if kind != other_kind or (high == low) != (other_high == other_low):
        return None
    lows = range(min(low, other_low), max(low, other_low) + 1)
    if high - low == other_high - other_low:
        return [(rank + high - low, rank) for rank in lows]
    return [(high, rank) for rank in lows] if high == other_high else None


def _by_class(text: str) -> list[int] | None:
    """Take the combinations of a class, a plus or a dash form; None where the text is none of them."""
    pairs: list[tuple[int, int]] | None
    if "-" in text:
        one, two = (_class_of(part) for part in text.split("-", 1))
        pairs = None if one is None or two is None else _dash(one, two)
    else:
        one = _class_of(text.removesuffix("+"))
        pairs = None if one is None else _plus(*one[:2]) if text.endswith("+") else [one[:2]]
    if one is None or pairs is None:
        return None
    names = [
        _name(high, low, kind)
        for high, low in pairs
        for kind in ([""] if high == low else [one[2]] if one[2] else "so")
    ]
    return [place for name in names for place in classes()[name]]


def _hands(text: str) -> list[int] | str:
    """Give the places in `COMBOS` that a token without weight means, or what is wrong with it."""
    upper = text.upper() if text.isascii() else ""
    if upper in ALL_WORDS:
        return list(range(len(COMBOS)))
    if (cards := _CARDS.fullmatch(upper)) is not None:
        places = _by_cards((cards[1], cards[3]), (cards[2].lower(), cards[4].lower()))
        return places or f"{quoted(text)} names one card twice"
    if (share := _SHARE.fullmatch(upper)) is not None:
        low, high = (0.0, float(share[1])) if share[2] is None else sorted((float(share[1]), float(share[2])))
        if high > 100:
            return f"{quoted(text)} is more than 100%"
        return _by_share(low, high) or f"{quoted(text)} is too small a share for any class of hands"
    found = _by_class(upper)
    if found is None:
        return (
            f"{quoted(text)} is not understood; write hands such as 'QQ+', 'AKs', 'A5s-A2s', 'AhKh', '15%' or 'random'"
        )
    return found


class _RangeReader(Reader):
    """Reads hold'em hands as places in `COMBOS`; exclusions are kept for the end."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.weights = np.zeros(len(COMBOS))
        self.excluded: list[int] = []

    def hands(self, text: str) -> list[int] | str:
        return _hands(text)

    def put(self, found: list[int], weight: float) -> None:
        self.weights[found] = weight

    def leave_out(self, found: list[int]) -> None:
        self.excluded.extend(found)

    def read(self) -> NDArray[np.float64]:
        self.walk()
        self.weights[self.excluded] = 0
        if not self.weights.any():
            self.refuse_empty("AA")
        return self.weights


def _runs(names: list[str], weight_of: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Shorten neighbours of equal weight, given from the highest down, to plus and dash forms."""
    for weight, group in groupby(names, key=weight_of.__getitem__):
        run = list(group)
        if weight:
            first, last = run[0], run[-1]
            yield (last if len(run) == 1 else f"{last}+" if first == names[0] else f"{first}-{last}"), weight


class Range:
    """A weight for each of the 1326 starting hands.

    Parameters
    ----------
    text
        Tokens as in the table of this module, such as ``"TT+, AQs+, KQo@0.5"``.

    Raises
    ------
    RangeError
        A token is not understood, or no hand is left; it carries the token and its column.

    Examples
    --------
    >>> Range("QQ+, AKs@0.5").combos
    20.0
    >>> str(Range("AA KK QQ"))
    'QQ+'
    """

    __slots__ = ("_text", "_weights")

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            msg = f"{quoted(text)} is not a text; write a range such as 'QQ+, AKs', or use Range.from_weights"
            raise RangeError(msg)
        self._weights = _RangeReader(text).read()
        self._weights.flags.writeable = False
        self._text: str | None = None

    @classmethod
    def from_weights(cls, weights: ArrayLike) -> Range:
        """Make a range of 1326 weights from 0 to 1, in the order of ``itertools.combinations(range(52), 2)``.

        Raises
        ------
        RangeError
            The weights are not 1326 numbers from 0 to 1, or all are 0.

        Examples
        --------
        >>> Range.from_weights(Range("AA").weights / 2)
        Range('AA@0.5')
        """
        try:
            array = np.array(weights, np.float64)
        except (TypeError, ValueError):
            array = np.zeros(0)
        wrong = ~((array >= 0) & (array <= 1))
        if array.shape != (len(COMBOS),) or wrong.any() or not array.any():
            given = quoted(weights)
            if array.shape == (len(COMBOS),) and wrong.any():
                first, second = COMBOS[place := int(wrong.argmax())]
                given = f"{array[place]} at place {place}, for {DECK[second]}{DECK[first]}"
            msg = f"a range needs {len(COMBOS)} weights from 0 to 1, not all 0; got {given}"
            raise RangeError(msg)
        made = cls.__new__(cls)
        made._text = None
        # Adding 0 makes -0.0, which is equal to 0.0 and has other bytes, the same for the hash.
        made._weights = array = array + 0.0
        array.flags.writeable = False
        return made

    @property
    def weights(self) -> NDArray[np.float64]:
        """(1326,) weights in the order of ``itertools.combinations(range(52), 2)`` of card codes, read-only."""
        return self._weights

    @property
    def combos(self) -> float:
        """Sum of the weights: the number of combinations where all weights are 1."""
        return float(self._weights.sum())

    def grid(self) -> NDArray[np.float64]:
        """Give the mean weight of each class: (13, 13), aces first, suited hands above the diagonal, offsuit below.

        Examples
        --------
        >>> float(Range("AKs@0.5").grid()[0, 1])
        0.5
        """
        return np.array([self._weights[list(places)].mean() for places in classes().values()]).reshape(13, 13)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and bool((self._weights == other._weights).all())

    def __reduce__(self) -> tuple[Callable[[ArrayLike], Range], tuple[NDArray[np.float64]]]:
        # NumPy's own copies can be written to.
        return Range.from_weights, (self._weights,)

    def __hash__(self) -> int:
        return hash(self._weights.tobytes())

    def __repr__(self) -> str:
        return f"Range({str(self)!r})"

    def __str__(self) -> str:
        """Write the shortest text that gives the same weights when it is read again, classes before single hands."""
        if self._text is None:  # Kept, as it takes longer than the equity of two ranges on a turn.
            self._text = self._written()
        return self._text

    def _written(self) -> str:
        if (self._weights == 1).all():
            return "random"
        by_class = self._weights[_class_places()]
        low, high = by_class.min(axis=1), by_class.max(axis=1)
        weight_of = dict(zip(classes(), np.where(low == high, low, 0.0), strict=True))
        mixed = {name for name, same in zip(classes(), low == high, strict=True) if not same}
        lines = [[_name(rank, rank, "") for rank in range(12, -1, -1)]]
        for kind in "so":
            lines += [[_name(high, low, kind) for low in range(high - 1, -1, -1)] for high in range(12, 0, -1)]
        tokens = [token for line in lines for token in _runs(line, weight_of)]
        for name in (name for name in classes() if name in mixed):
            for place in classes()[name]:
                first, second = COMBOS[place]
                tokens.append((DECK[second] + DECK[first], self._weights[place]))
        return ",".join(
            token if weight == 1 else f"{token}@{Decimal(repr(float(weight))):f}" for token, weight in tokens if weight
        )

    def _repr_html_(self) -> str:
        cells = [
            f'<td title="{name}: {weight:.4g}" style="padding:1px 3px;text-align:center;'
            f'background:rgba(46,139,87,{weight:.3f})">{name}</td>'
            for name, weight in zip(classes(), self.grid().ravel().tolist(), strict=True)
        ]
        rows = "".join(f"<tr>{''.join(cells[start : start + 13])}</tr>" for start in range(0, 169, 13))
        caption = f"{self.combos:g} combinations: {escape(str(self))}"
        return f'<table style="font-size:11px;border-collapse:collapse"><caption>{caption}</caption>{rows}</table>'
