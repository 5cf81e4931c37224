"""What could not be understood, as rows with file, byte, line, rule and reason."""

from __future__ import annotations

import re

from pokerlab_kernels import records

_HAND = re.compile(rb"Winamax Poker - .*?\n\*\*\* SUMMARY \*\*\*.*?\n[ \t\r]*\n\s*", re.DOTALL)

REASONS = {
    "unknown_line": "no line of this shape may stand here",
    "header": "the hand's header is not complete, or its date is none",
    "date": "the header's date and the time in the hand's id differ in one digit, or the time is none of a hand",
    "game": "pokerlab does not know this game",
    "table": "the table's line does not fit the header: name, tournament id, table number, seats or button",
    "post": "an ante or blind is not what the header says, is posted twice, or has no place in this game",
    "seat": "seats must rise from 1, as many as the table has, each with a name of its own",
    "order": "a player acts who has folded or is all-in, or who is not next",
    "stack": "a player puts in more than he has",
    "check": "a player checks although he faces a bet",
    "call": "the amount called is not what there was to call",
    "bet": "a player bets although there was a bet already",
    "raise": "the raise is not above the bet it answers",
    "all_in": "'and is all-in' and the chips left do not agree",
    "cards": "a card stands twice, or a player's cards change or are not as many as the game deals",
    "board": "the board does not grow by the cards of its street",
    "total_pot": "what was put in is not the total pot plus the rake",
    "collected": "what was collected is not the total pot",
    "uncalled": "the uncalled part of a bet did not come back",
    "won": "the summary says another amount than was collected",
    "listed": "the summary tells a player's role, fold or show otherwise than the hand",
    "half_chip": "an amount has half chips, so that totals cannot be exact",
    "rounded_total": "the total pot is rounded, so that it cannot be checked",
    "truncated": "the hand ends before its summary",
    "stray_text": "text that belongs to no hand",
    "encoding": "bytes that are not UTF-8 text",
    "summary": "a line of the tournament summary is not understood",
    "not_winamax": "the file does not begin like a Winamax history ('Winamax Poker - ...')",
    "incomplete": "the hand lacks its table, the summary's board or a second player",
    "unfinished": "not everybody acted or answered a bet, a street is missing, or it is not clear who was left",
    "empty": "the file is empty",
    "unreadable": "the file cannot be read",
}
"""Every rule and the sentence that ``rejects.reason`` shows for it."""


def rule_name(code: int) -> str:
    """Give the name of a rule of the scan."""
    return records.RULES[code]


def hand_end(block: bytes) -> int:
    r"""Tell where the hand ends that a refused block begins with; what follows its blank lines is other text.

    Examples
    --------
    >>> hand = b"Winamax Poker - ...\n*** SUMMARY ***\nTotal pot 3\n\n\n"
    >>> hand_end(hand + b"chat\n") == len(hand), hand_end(b"chat\n\nchat\n")
    (True, 11)
    """
    found = _HAND.match(block)
    return found.end() if found else len(block)
