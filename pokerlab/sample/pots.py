"""Who gets what at the end of a hand: uncalled excess, rake, main and side pots."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.sample.evaluate import Strength


Layer = tuple[int, list[int]]
"""An amount, and the players who may win it."""


@dataclass(frozen=True, slots=True)
class Rake:
    """The room's share of a contested pot.

    Attributes
    ----------
    per_mille
        Share in thousandths, rounded down to the cent; nothing without a flop.
    cap
        The most that is taken, in cents.
    in_proportion
        Every contested pot pays its part; otherwise the main pot pays all it can.
    """

    per_mille: int = 0
    cap: int = 0
    in_proportion: bool = False

    def of(self, pot: int) -> int:
        """Rake of a contested pot that saw a flop, in cents."""
        return min(self.cap, pot * self.per_mille // 1000)


@dataclass(frozen=True, slots=True)
class Payout:
    """One ``collected`` line: a player, all he takes (uncalled excess included), and the label of the highest pot.

    Where a low shares the pot, a player has a line for each half: ``half`` is ``"HI"`` or ``"LO"``.
    """

    index: int
    amount: int
    label: str
    half: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where the money of one hand went.

    Attributes
    ----------
    pot
        The contested pot: everything put in and added, less the uncalled excess; rake still in it.
    rake
        The room's share of it.
    returned
        Uncalled excess by player.
    collected
        Winnings by player, without the excess and after rake.
    payouts
        The ``collected`` lines, in the order of the file.
    """

    pot: int
    rake: int
    returned: list[int]
    collected: list[int]
    payouts: list[Payout]


def uncalled(levels: Sequence[int], alive: Sequence[int]) -> tuple[int, int]:
    """Find who put in more than anybody else, and by how much.

    Parameters
    ----------
    levels
        Antes and live bets of the whole hand by player, dead blinds apart.
    alive
        Players still in; a player who folded gets nothing back.

    Returns
    -------
    tuple[int, int]
        Player and excess; the excess is 0 where there is none.
    """
    top = max(levels)
    owner = levels.index(top)
    second = max(level for i, level in enumerate(levels) if i != owner)
    return (owner, top - second) if owner in alive else (alive[0], 0)


def _layers(levels: list[int], alive: Sequence[int], extra: int) -> list[Layer]:
    """Cut the contested money at each live player's level, from the main pot up."""
    layers = []
    low = 0
    for high in sorted({levels[i] for i in alive} - {0}):
        amount = sum(min(level, high) - min(level, low) for level in levels)
        layers.append((amount, [i for i in alive if levels[i] >= high]))
        low = high
    above = sum(max(0, level - low) for level in levels)
    if not layers:
        return [(extra + above, list(alive))]
    layers[-1] = (layers[-1][0] + above, layers[-1][1])
    layers[0] = (layers[0][0] + extra, layers[0][1])
    return layers


def _won_by(eligible: list[int], values: dict[int, Strength]) -> list[int]:
    if len(eligible) == 1:
        return eligible
    best = max(values[i] for i in eligible)
    return [i for i in eligible if values[i] == best]


def settle(
    levels: list[int],
    alive: list[int],
    values: dict[int, Strength],
    seats: Sequence[int],
    *,
    lows: dict[int, int] | None = None,
    extra: int = 0,
    rake: Rake | None = None,
) -> Settlement:
    """Share out one hand.

    Parameters
    ----------
    levels
        Antes and live bets of the whole hand by player, dead blinds apart.
    alive
        Players who did not fold.
    values
        Strength of each of them; not asked for where one alone is left.
    seats
        Seat numbers: an odd chip goes to the highest seat, as Winamax does.
    lows
        Low hands of those who have one, the best the least; the best takes half of each pot, less the odd chip.
    extra
        Dead blinds and money added by the room: in the main pot whoever wins it.
    rake
        Rake to take, or None before the flop.

    Examples
    --------
    A player all-in for 50 wins the main pot; the caller's excess of 30 is a phantom side pot.

    >>> done = settle([50, 80], [0, 1], {0: (5, (9,)), 1: (1, (3,))}, [1, 2])
    >>> [(p.amount, p.label) for p in done.payouts], done.pot, done.returned
    ([(30, 'side pot 1'), (100, 'main pot')], 100, [0, 30])
    """
    owner, excess = uncalled(levels, alive)
    if len(alive) == 1:
        return _to_one(alive[0], excess, sum(levels) - excess + extra, len(levels), rake)
    contested = list(levels)
    contested[owner] -= excess
    layers = _layers(contested, alive, extra)
    pot = sum(amount for amount, _ in layers)
    taken = rake.of(pot) if rake else 0
    layers = _less(taken, layers, in_proportion=rake is not None and rake.in_proportion)
    returned = [0] * len(levels)
    returned[owner] = excess
    share = _by_halves if lows else _by_pots
    collected, payouts = share(layers, values, lows or {}, seats, returned)
    return Settlement(pot, taken, returned, collected, payouts)


def _deal_out(amount: int, winners: Sequence[int], seats: Sequence[int], collected: list[int]) -> None:
    """Give ``amount`` to the winners, odd chips to the highest seats."""
    share, odd = divmod(amount, len(winners))
    for place, i in enumerate(sorted(winners, key=lambda i: -seats[i])):
        collected[i] += share + (place < odd)


def _by_pots(
    layers: list[Layer], values: dict[int, Strength], _: dict[int, int], seats: Sequence[int], returned: list[int]
) -> tuple[list[int], list[Payout]]:
    """Share the pots among the best hands; give winnings by player, and a line a player."""
    collected = [0] * len(returned)
    highest: dict[int, int] = {}
    merged = _merge([(amount, _won_by(eligible, values)) for amount, eligible in layers], returned)
    for number, (amount, gets_back, winners) in enumerate(merged):
        before = list(collected)
        _deal_out(amount, winners, seats, collected)
        for i in winners:
            if gets_back or collected[i] > before[i]:
                highest[i] = number
    payouts = [
        Payout(i, collected[i] + returned[i], _label(number, len(merged)))
        for i, number in sorted(highest.items(), key=lambda item: -seats[item[0]])
    ]
    return collected, payouts


def _by_halves(
    layers: list[Layer],
    values: dict[int, Strength],
    lows: dict[int, int],
    seats: Sequence[int],
    returned: list[int],
) -> tuple[list[int], list[Payout]]:
    """Share each pot between the best high and the best low, where somebody in it has a low."""
    high, low = [0] * len(returned), [0] * len(returned)
    for amount, eligible in layers:
        low_hands = {i: lows[i] for i in eligible if i in lows}
        half = amount // 2 if low_hands and len(eligible) > 1 else 0
        _deal_out(amount - half, _won_by(eligible, values), seats, high)
        if half:
            least = min(low_hands.values())
            _deal_out(half, [i for i, value in low_hands.items() if value == least], seats, low)
    payouts = []
    for i in sorted(range(len(returned)), key=lambda i: -seats[i]):
        lines = [(high[i], "pot(HI)", "HI"), (low[i], "pot(LO)", "LO")]
        lines = [line for line in lines if line[0]] or [(0, "side pot 1", "")]
        first, *rest = [Payout(i, *line) for line in lines]
        payouts += [replace(first, amount=first.amount + returned[i]), *rest]
    return [a + b for a, b in zip(high, low, strict=True)], [line for line in payouts if line.amount]


def _to_one(i: int, excess: int, pot: int, players: int, rake: Rake | None) -> Settlement:
    """Give everything to the last player left; one pot, whoever put in what."""
    taken = rake.of(pot) if rake else 0
    returned, collected = [0] * players, [0] * players
    returned[i], collected[i] = excess, pot - taken
    return Settlement(pot, taken, returned, collected, [Payout(i, pot - taken + excess, "pot")])


def _less(taken: int, layers: list[Layer], *, in_proportion: bool) -> list[Layer]:
    """Take the rake: from each pot by its size, or from the main pot and from the next where that is too small."""
    left = list(layers)
    if in_proportion:
        pot = sum(amount for amount, _ in layers) or 1
        left = [(amount - taken * amount // pot, eligible) for amount, eligible in layers]
        taken -= sum(amount for amount, _ in layers) - sum(amount for amount, _ in left)
    for number, (amount, eligible) in enumerate(left):
        part = min(taken, amount)
        taken -= part
        left[number] = (amount - part, eligible)
    return left


def _merge(won: list[Layer], returned: list[int]) -> list[tuple[int, int, list[int]]]:
    """Join neighbouring pots of the same winners, as the room prints them: (contested, excess, winners)."""
    parts = [(amount, 0, winners) for amount, winners in won]
    parts += [(0, excess, [owner]) for owner, excess in enumerate(returned) if excess]
    merged = parts[:1]
    for amount, gets_back, winners in parts[1:]:
        before, back, names = merged[-1]
        if names == winners:
            merged[-1] = (before + amount, back + gets_back, names)
        else:
            merged.append((amount, gets_back, winners))
    return merged


def _label(number: int, pots: int) -> str:
    if pots == 1:
        return "pot"
    return f"side pot {number}" if number else "main pot"
