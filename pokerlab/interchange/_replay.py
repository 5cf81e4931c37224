"""PokerKit plays a written hand again: nothing goes out whose money it sees otherwise."""

from __future__ import annotations

import warnings
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pokerlab.interchange._hand import DECISIONS, Hand, LeftOutError

if TYPE_CHECKING:
    from pokerkit import State


def replay(text: str, hand: Hand) -> None:
    """Read a PHH text with PokerKit, play it, and compare each action and each player's result with the hand.

    Parameters
    ----------
    text
        The hand as it is written.
    hand
        What it was written from.

    Raises
    ------
    LeftOutError
        PokerKit refuses the hand, or what somebody puts in or wins is not what it is in ``hand``.
    """
    try:
        _replay(text, hand)
    except LeftOutError as error:
        if error.rule in {"actions", "rules"} and hand.has_short_big_blind():
            msg = f"the big blind is all-in for less, and calls are of a full one at Winamax: {error.reason}"
            raise LeftOutError(msg, rule="short_blind") from error
        raise


def _replay(text: str, hand: Hand) -> None:
    from pokerkit import HandHistory, parse_value

    value = parse_value if hand.facts["unit"] == "chip" else _minor
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a player folds where he might check is no fault
            history = HandHistory.loads(text, parse_value=value)
            history.parse_value = value  # which `loads` keeps to itself
            *_, state = history
    except (ValueError, KeyError, TypeError, AssertionError, ArithmeticError) as error:
        msg = f"PokerKit does not play it: {str(error).strip() or type(error).__name__}"
        raise LeftOutError(msg, rule="rules") from error
    players = hand.dealt()
    if history.players != [seat["player"] for seat in players]:
        msg = "the names of the players read otherwise than they were written"
        raise LeftOutError(msg, rule="text")
    _compare_actions(state, hand, [seat["seat"] for seat in players])
    if state.status:
        msg = "PokerKit does not come to the end of the hand"
        raise LeftOutError(msg, rule="rules")
    _compare_results(state, hand, players)


def _minor(text: str) -> int:
    """Read euros as cents."""
    return int(Decimal(text).scaleb(2))


def _compare_results(state: State, hand: Hand, players: list[dict[str, Any]]) -> None:
    """Compare what each player wins, less his part of the rake, with what he collected.

    Where one player wins there is nothing to round, and both are equal. Where several do, PokerKit gives the odd chips
    of a split pot to the first after the button and Winamax to another winner of that pot; and each one's part of the
    rake, from all pots by their size or from the main pot first, is rounded.
    """
    pots = _pots(state)
    won = [payoff + seat["contributed"] for payoff, seat in zip(state.payoffs, players, strict=True)]
    collected, rake = [seat["collected"] for seat in players], hand.facts["rake"]
    spare = [_odd_chips(pots, place) + (rake > 0 and won.count(0) < len(won) - 1) for place in range(len(won))]
    fits = sum(won) == hand.facts["pot"] and any(
        all(abs(w - part - c) <= more for w, part, c, more in zip(won, parts, collected, spare, strict=True))
        for parts in (_by_size(won, rake), _main_pot_first(pots or [won], rake))
    )
    if not fits:
        net = [seat["net"] for seat in players]
        msg = f"PokerKit's payoffs are {list(state.payoffs)} before a rake of {rake}, and not {net} after it"
        raise LeftOutError(msg, rule="payoffs")


def _pots(state: State) -> list[list[int]]:
    """Give what each player gets of each pot, the main pot first; none where all others fold before a bet."""
    from pokerkit import ChipsPushing

    steps = [step for step in state.operations if isinstance(step, ChipsPushing)]
    return [list(step.amounts) for step in sorted(steps, key=lambda step: step.pot_index)]


def _by_size(won: list[int], rake: int) -> list[Fraction]:
    return [Fraction(rake * amount, max(1, sum(won))) for amount in won]


def _main_pot_first(pots: list[list[int]], rake: int) -> list[Fraction]:
    parts = [Fraction(0)] * len(pots[0])
    for pot in pots:
        taken = min(rake, sum(pot))
        rake -= taken
        parts = [part + Fraction(taken * amount, max(1, sum(pot))) for part, amount in zip(parts, pot, strict=True)]
    return parts


def _odd_chips(pots: list[list[int]], place: int) -> int:
    """Count the odd chips of the split pots that a player has a share of."""
    winners = [(sum(pot), sum(amount > 0 for amount in pot)) for pot in pots if pot[place]]
    return sum(total % count for total, count in winners)


def _compare_actions(state: State, hand: Hand, seats: list[int]) -> None:
    """Let nothing pass that PokerKit adds to a hand to mend it, or counts otherwise."""
    from pokerkit import CheckingOrCalling, CompletionBettingOrRaisingTo, Folding

    played = [
        (seats[step.player_index], getattr(step, "amount", 0))
        for step in state.operations
        if isinstance(step, (Folding, CheckingOrCalling, CompletionBettingOrRaisingTo))
    ]
    idle = hand.idle_raises()
    told = [(row["seat"], _told(row, row["seq"] in idle)) for row in hand.actions if row["action"] in DECISIONS]
    told += [(seat, 0) for seat in hand.options()]
    if played != told:
        number = next((n for n, pair in enumerate(zip(played, told, strict=False)) if pair[0] != pair[1]), len(told))
        msg = f"PokerKit's decision {number + 1} is {played[number : number + 1]}, and not {told[number : number + 1]}"
        raise LeftOutError(msg, rule="actions")


def _told(row: dict[str, Any], idle: bool) -> int:
    if idle:
        return int(row["to_call"])
    return int(row["to"] if row["action"] in {"bet", "raise"} else row["amount"])
