"""Main and side pots of a hand, with what each winner takes of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pokerlab.interchange._hand import LeftOutError

if TYPE_CHECKING:
    from pokerlab.interchange._hand import Hand


@dataclass(slots=True)
class Pot:
    """One pot: its amount with rake, the rake taken from it, who may win it, and what each winner takes by seat."""

    amount: int
    seats: set[int]
    rake: int = 0
    wins: dict[int, int] = field(default_factory=dict)


def side_pots(hand: Hand) -> list[Pot]:
    """Cut the pot into main and side pots, and share what was collected among them.

    Winamax tells what each player collected in all, and not of which pot; what a player who covers less may win is in
    the first pots, so that sharing from the last pot on leaves him his own.

    Raises
    ------
    LeftOutError
        What was collected does not fit the pots.
    """
    pots = _cut(hand)
    left = {seat["seat"]: seat["collected"] for seat in hand.seats if seat["collected"]}
    _share_rake(pots, hand.facts["rake"])
    for pot in reversed(pots):
        _share(pot, left)
    _even_out(pots, left)
    if any(left.values()):
        msg = f"{left} were collected beyond the pots that these seats may win"
        raise LeftOutError(msg, rule="pots")
    return pots


def _cut(hand: Hand) -> list[Pot]:
    """Cut what was put in at the levels of those who did not fold; what is dead or added is in the main pot."""
    standing = hand.standing()
    dead = {seat["seat"]: hand.dead(seat["seat"]) for seat in hand.seats}
    put_in = {seat["seat"]: seat["contributed"] - dead[seat["seat"]] for seat in hand.seats}
    levels = sorted({put_in[seat] for seat in standing})
    levels[-1:] = [max(put_in.values())]
    pots: list[Pot] = []
    below = 0
    for level in dict.fromkeys(levels):
        amount = sum(min(amount, level) - min(amount, below) for amount in put_in.values())
        seats = {seat for seat in standing if put_in[seat] >= level} or standing
        if pots and (pots[-1].seats == seats or amount == 0):
            pots[-1].amount += amount
        else:
            pots.append(Pot(amount, seats))
        below = level
    pots[0].amount += sum(dead.values()) + hand.facts["added"]
    return pots


def _share_rake(pots: list[Pot], rake: int) -> None:
    """Take the rake from all pots by their size; the odd cents from the main pot."""
    total = sum(pot.amount for pot in pots)
    for pot in pots:
        pot.rake = rake * pot.amount // total if total else 0
    pots[0].rake += rake - sum(pot.rake for pot in pots)


def _share(pot: Pot, left: dict[int, int]) -> None:
    """Give a pot to those who may win it and still have to get something, in proportion to that.

    Of two players who may win the same side pot and both win something, neither has the better hand: they share.
    """
    able = {seat: left[seat] for seat in pot.seats if left.get(seat)}
    total, rest = sum(able.values()), pot.amount - pot.rake
    part = rest
    for seat, amount in sorted(able.items(), key=lambda item: item[1], reverse=True):
        taken = min(amount, rest, -(-part * amount // total))
        if taken:
            pot.wins[seat] = taken
            left[seat] -= taken
            rest -= taken


def _even_out(pots: list[Pot], left: dict[int, int]) -> None:
    """Let what a pot has over be rake, and take what somebody still has to get from the rake of his pots.

    Winamax does not tell how much of the rake is from which pot.
    """
    for pot in pots:
        pot.rake = pot.amount - sum(pot.wins.values())
    for seat, amount in left.items():
        for pot in pots:
            taken = min(amount, pot.rake) if seat in pot.seats else 0
            if taken:
                pot.rake -= taken
                pot.wins[seat] = pot.wins.get(seat, 0) + taken
                amount -= taken
        left[seat] = amount
