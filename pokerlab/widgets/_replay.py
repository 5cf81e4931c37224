"""A finished hand step by step, as plain data: what stands where after each action, and who would win how often.

Everything is computed here, once, from the three frames; pages and pictures only draw it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pokerlab.errors import SchemaError, quoted
from pokerlab.text import plain
from pokerlab.widgets._replay_cards import BOARDS, STREETS, Hands
from pokerlab.widgets._replay_equity import add_equities
from pokerlab.widgets._replay_places import places_at_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pokerlab.frames import HandFrames

    Row = dict[str, Any]

STREET_NAMES = {
    "blinds": "Start", "preflop": "Pre-flop", "flop": "Flop", "turn": "Turn", "river": "River",
    "showdown": "Showdown", "third": "3rd street", "fourth": "4th street", "fifth": "5th street",
    "sixth": "6th street", "seventh": "7th street", "draw1": "First draw", "draw2": "Second draw",
    "draw3": "Third draw",
}  # fmt: skip
_WORDS = {
    "ante": "posts ante", "small_blind": "posts small blind", "big_blind": "posts big blind",
    "dead_blind": "posts a dead blind of", "straddle": "straddles", "deny": "denies the blind", "fold": "folds",
    "check": "checks", "call": "calls", "bet": "bets", "raise": "raises to", "bring_in": "brings in",
    "discard": "discards", "stand_pat": "stands pat", "show": "shows", "collect": "collects",
    "uncalled": "takes back",
}  # fmt: skip
_END = frozenset({"show", "collect"})


@dataclass(slots=True)
class _Table:
    """Where the chips are: behind, in front of the players, and in the middle.

    Attributes
    ----------
    levels
        What each player has in the middle, antes and bets of streets that are over: pots are cut by it.
    dead
        Dead blinds and money of the room, which are in the main pot whoever put them in.
    paid
        What left the middle for winners.
    """

    stacks: list[int]
    dead: int
    live: list[bool]
    bets: list[int] = field(init=False)
    levels: list[int] = field(init=False)
    paid: int = 0

    def __post_init__(self) -> None:
        self.bets = [0] * len(self.stacks)
        self.levels = [0] * len(self.stacks)

    def put(self, player: int, action: str, amount: int) -> None:
        """Move chips of an action; ``collect`` moves them back."""
        if action == "collect":
            self.stacks[player] += amount
            self.paid += amount
            return
        self.stacks[player] -= amount
        if action == "ante":
            self.levels[player] += amount
        elif action == "dead_blind":
            self.dead += amount
        else:
            self.bets[player] += amount

    def take_back(self, player: int, amount: int) -> None:
        """Give a player what nobody called: from his bet, or from antes where it is larger."""
        from_bet = min(amount, self.bets[player])
        self.bets[player] -= from_bet
        self.levels[player] -= amount - from_bet
        self.stacks[player] += amount

    def gather(self) -> None:
        """Put the bets of a street into the middle."""
        self.levels = [level + bet for level, bet in zip(self.levels, self.bets, strict=True)]
        self.bets = [0] * len(self.bets)

    def pots(self) -> list[int]:
        """Give main pot and side pots: the middle, cut at what each player has in who is all-in."""
        if self.paid:
            left = sum(self.levels) + self.dead - self.paid
            return [left] if left else []
        live = [level for level, live in zip(self.levels, self.live, strict=True) if live]
        all_in = {
            level
            for level, live, stack, bet in zip(self.levels, self.live, self.stacks, self.bets, strict=True)
            if live and not stack and not bet
        }
        cuts = sorted(cut for cut in all_in if 0 < cut < max(live))
        below = [sum(min(level, cut) for level in self.levels) + self.dead for cut in cuts]
        tops = [*below, sum(self.levels) + self.dead]
        return [pot for pot in (high - low for low, high in zip([0, *tops], tops, strict=False)) if pot]


def hand_steps(frames: HandFrames, hand_id: str | None = None, *, equity: bool = True) -> dict[str, Any]:
    """Give one finished hand with all its steps, ready for JSON.

    Parameters
    ----------
    frames
        Has the hand.
    hand_id
        Which hand; None where there is only one.
    equity
        Also compute the equity of known hands, exactly, where there are two or more.

    Returns
    -------
    dict
        ``hand`` facts; ``seats`` in the order of the table, with their places in a drawing; and ``steps``. A step has
        ``street``, ``who`` (place in ``seats``, or None), ``action``, ``words``, ``amount``, ``told`` (cards),
        ``all_in``; and what is seen after it: ``pots``, ``board``, and by seat ``stacks``, ``bets``, ``cards``,
        ``live``, ``equity``. At each step stacks, bets and pots add up to the same sum; the rake leaves it in a last
        step of its own.

    Raises
    ------
    SchemaError
        The hand is not in the frames, or they have several and none is named.

    Examples
    --------
    >>> import pokerlab as pk
    >>> frames = pk.sample.hands(5, seed=1)
    >>> shown = hand_steps(frames, frames.hands["hand_id"][0])
    >>> shown["steps"][0]["words"], shown["steps"][0]["pots"]
    ('The hand begins', [])
    """
    hand, seats, actions = _rows(frames, hand_id)
    steps = replay_states(hand, seats, actions)
    if equity:
        add_equities(steps, hand["game"])
    heroes = [place for place, row in enumerate(seats) if row["is_hero"]]
    at_table = places_at_table(len(seats), heroes[0] if heroes else 0)
    return {
        "hand": _facts(hand),
        "seats": [_seat(row) | place for row, place in zip(seats, at_table, strict=True)],
        "steps": steps,
    }


def replay_states(hand: Row, seats: Sequence[Row], actions: Sequence[Row]) -> list[dict[str, Any]]:
    """Give the steps of a hand from its row of ``hands`` and its rows of ``seats`` and ``actions``, without equity."""
    table = _Table([row["stack"] for row in seats], hand["added"] or 0, [row["dealt"] for row in seats])
    hands = Hands(hand["game"], seats, actions)
    steps = [_seen(hand, table, hands, "blinds", action="start", words="The hand begins")]
    for event in _events(hand, seats, actions):
        if event["action"] in _END or (event["action"] == "street" and event["before"] != "blinds"):
            table.gather()
        told = _move(event, hand, seats, table)
        hands.see(event["index"])
        steps.append(_seen(hand, table, hands, event["street"], action=event["action"], **told))
    if hand["rake"]:
        table.paid += hand["rake"]
        told = {"words": "The room takes a rake of", "amount": hand["rake"]}
        steps.append(_seen(hand, table, hands, steps[-1]["street"], action="rake", **told))
    return steps


def _move(event: Row, hand: Row, seats: Sequence[Row], table: _Table) -> dict[str, Any]:
    """Bring the table to where it is after an event, and tell the event in words."""
    action, who, amount = event["action"], event["who"], event["amount"]
    if action == "street":
        first, last = BOARDS.get(event["before"], 0), BOARDS.get(event["street"], 0)
        return {"words": STREET_NAMES[event["street"]], "told": (hand["board"] or "")[2 * first : 2 * last]}
    if action == "uncalled":
        table.take_back(who, amount)
    else:
        table.put(who, action, amount)
    table.live[who] &= action != "fold"
    said = event["to"] if action == "raise" else amount
    shown = seats[who]["hole"] or "" if action == "show" else ""
    return {"who": who, "words": _WORDS[action], "amount": said or None, "told": shown, "all_in": event["is_all_in"]}


def _seen(hand: Row, table: _Table, hands: Hands, street: str, **told: Any) -> dict[str, Any]:
    """Give a step: what is told, and what is seen after it."""
    board = hand["board"] or ""
    return {
        "street": street,
        "who": None,
        "amount": None,
        "told": "",
        "all_in": False,
        **told,
        "stacks": table.stacks.copy(),
        "bets": table.bets.copy(),
        "pots": table.pots(),
        "board": board[: 2 * BOARDS.get(street, len(board) // 2)],
        "cards": hands.shown(street, table.live),
        "live": table.live.copy(),
    }


def _events(hand: Row, seats: Sequence[Row], actions: Sequence[Row]) -> Iterator[Row]:
    """Give actions, with the streets and the return of an uncalled bet between them, which have no row of their own."""
    places = {row["seat"]: place for place, row in enumerate(seats)}
    order = ["blinds", *STREETS[hand["game"]], "showdown"]
    reached = _streets_dealt(hand, actions)
    closing = max((n for n, row in enumerate(actions) if row["action"] not in _END), default=-1)
    back = {place: row["returned"] for place, row in enumerate(seats) if row["returned"]}
    owed = back.copy()
    now = "blinds"
    for index, row in enumerate(actions):
        for street in order[order.index(now) + 1 : order.index(row["street"]) + 1]:
            if street in reached:
                yield {
                    "action": "street",
                    "street": street,
                    "before": now,
                    "who": None,
                    "amount": 0,
                    "index": index - 1,
                }
            now = street
        event = row | {"who": places[row["seat"]], "index": index}
        if row["action"] == "collect":  # what is printed has in it what was taken back before
            less = min(row["amount"], owed.get(event["who"], 0))
            owed[event["who"]] = owed.get(event["who"], 0) - less
            event["amount"] -= less
        if event["amount"] or row["action"] != "collect":
            yield event
        if index == closing:
            for who, amount in back.items():
                yield event | {"action": "uncalled", "who": who, "amount": amount, "is_all_in": False}


def _streets_dealt(hand: Row, actions: Sequence[Row]) -> set[str]:
    """Give the streets that were dealt: those of actions, and those that followed when all chips were in."""
    acted = {row["street"] for row in actions} - {"blinds", "showdown"}
    streets = STREETS[hand["game"]]
    if hand["board"] is not None:
        n_cards = len(hand["board"]) // 2
        return acted | {street for street in streets if BOARDS[street] <= n_cards}
    if any(row["street"] == "showdown" for row in actions) and "preflop" not in streets[:1]:
        return acted | set(streets)
    return acted | set(streets[:1])


def _rows(frames: HandFrames, hand_id: str | None) -> tuple[Row, list[Row], list[Row]]:
    import polars as pl

    if hand_id is None:
        if len(frames) != 1:
            msg = f"{len(frames)} hands; name the one to be replayed by its hand_id"
            raise SchemaError(msg)
        hand_id = frames.hands["hand_id"][0]
    mine = pl.col("hand_id") == hand_id
    hands = frames.hands.filter(mine).head(1).to_dicts()
    if not hands:
        msg = f"there is no hand {quoted(hand_id)}; hand ids are in the column 'hand_id' of hands"
        raise SchemaError(msg)
    seats = frames.seats.filter(mine).unique("seat", keep="first").sort("seat")
    actions = frames.actions.filter(mine).unique("seq", keep="first").sort("seq")
    return hands[0], seats.to_dicts(), actions.to_dicts()


_HAND_FACTS = (
    "hand_id", "format", "game", "limit", "unit", "small_blind", "big_blind", "ante", "max_seats", "pot", "rake",
)  # fmt: skip


def _facts(hand: Row) -> dict[str, Any]:
    place = hand["tournament_name"] or hand["pool"] or hand["table"] or ""
    return {name: hand[name] for name in _HAND_FACTS} | {
        "played_at": f"{hand['played_at']:%Y-%m-%dT%H:%M:%SZ}",
        "place": plain(place),
        "button_seat": hand["button_seat"],
    }


def _seat(row: Row) -> dict[str, Any]:
    kept = {name: row[name] for name in ("seat", "dealt", "position", "is_hero", "stack", "net")}
    return {**kept, "player": plain(row["player"])}
