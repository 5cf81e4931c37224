"""A table on which the actions of one hand are noted: who has what, who faces what, and who sits where."""

from __future__ import annotations

from typing import Any

_EARLY = ("UTG", "UTG+1", "UTG+2", "UTG+3")
_LATE = ("BTN", "CO", "HJ", "LJ")


def position_names(count: int) -> list[str]:
    """Name the seats that have no blind, from the first to act to the button.

    Examples
    --------
    >>> position_names(4), position_names(7)
    (['UTG', 'HJ', 'CO', 'BTN'], ['UTG', 'UTG+1', 'UTG+2', 'LJ', 'HJ', 'CO', 'BTN'])
    """
    late = _LATE[: count - 1 if count > 2 else count]
    return [*_EARLY[: count - len(late)], *reversed(late)]


class Play:
    """A hand as it goes on; places count the players in the order in which they act after the flop.

    Attributes
    ----------
    seats, players, stacks
        Of each place: its seat, its player, and what he began with.
    big_blind, small_blind
        The blinds; ``small_blind`` is None where nobody posts one.
    collected
        What each place won in the end.
    """

    def __init__(self, *, seats: list[int], players: list[str], stacks: list[int], big_blind: int, unit: str) -> None:
        count = len(seats)
        self.seats, self.players, self.stacks = seats, players, stacks
        self.big_blind, self.unit = big_blind, unit
        self.small_blind: int | None = None
        self.collected = [0] * count
        self._rows: list[dict[str, Any]] = []
        self._denying: list[int] = []
        self._left = list(stacks)
        self._live = [0] * count
        self._dead = [0] * count
        self._folded: list[str | None] = [None] * count
        self._hole: list[str | None] = [None] * count
        self._shown: list[int] = []
        self._returned = [0] * count
        self._blinds: dict[int, str] = {}
        self._street = "blinds"
        self._raises = 0
        self._level = 0

    def places(self) -> range:
        """Give all places."""
        return range(len(self.seats))

    def deny(self, seat: int) -> None:
        """Note that somebody, who may not be dealt in, denies a blind."""
        self._denying.append(seat)

    def name_blinds(self, nominal: list[int]) -> None:
        """Find out who is the small and who the big blind."""
        big = next((place for place in self.places() if nominal[place] >= self.big_blind), None)
        small = next((place for place in self.places() if nominal[place] > 0 and (big is None or place != big)), None)
        if small is not None and big is not None and len(self.seats) > 2 and small > big:
            small = None
        if small is not None:
            self._blinds[small] = "small_blind"
            self.small_blind = nominal[small]
        if big is not None:
            self._blinds[big] = "big_blind"

    def post(self, place: int, action: str, amount: int) -> None:
        """Note an ante or a dead blind, of which nothing is live."""
        if amount > 0:
            self._dead[place] += amount if action == "dead_blind" else 0
            self._put(place, action, amount, live=0)

    def post_blind(self, place: int, nominal: int, amount: int) -> None:
        """Note a blind or straddle; a negative one is posted out of position."""
        if amount > 0 or nominal:
            late = "big_blind" if nominal < 0 else "straddle"
            self._put(place, self._blinds.get(place, late), amount, live=amount)
        self._level = max(self._level, self._live[place])

    def next_street(self, street: str) -> None:
        """Begin a street."""
        self._street, self._raises, self._level = street, 0, 0
        self._live = [0] * len(self.seats)

    def learn(self, place: int, cards: list[str]) -> None:
        """Take hole cards, if they are known."""
        if cards and not any("?" in card for card in cards):
            self._hole[place] = "".join(cards)

    def fold(self, place: int) -> None:
        """Note a fold."""
        self._decide(place, "fold", 0)
        self._folded[place] = self._street

    def check_or_call(self, place: int, amount: int) -> None:
        """Note a check or a call; a check that nobody could answer is no decision, and left out."""
        others = [left for i, left in enumerate(self._left) if i != place and self._folded[i] is None]
        if amount or any(others):
            self._decide(place, "call" if amount else "check", amount)

    def bet(self, place: int, to: int) -> None:
        """Note a bet or raise to an amount."""
        amount = to - self._live[place]
        self._decide(place, "raise" if self._faced() else "bet", amount)
        self._level = to
        self._raises += 1

    def show(self, place: int, cards: list[str]) -> None:
        """Note that somebody shows his cards."""
        self._hole[place] = "".join(cards)
        self._shown.append(place)

    def close(self) -> None:
        """Give the excess of the highest bettor back."""
        matched = [self._total(place) - self._dead[place] for place in self.places()]
        second, most = sorted(matched)[-2:]
        self._returned[matched.index(most)] = most - second

    def contributed(self) -> list[int]:
        """Give what each place put in, less what came back."""
        return [self._total(place) - self._returned[place] for place in self.places()]

    def pot(self) -> int:
        """Give the contested pot, with rake."""
        return sum(self.contributed())

    def collect(self, collected: list[int]) -> None:
        """Note shows and what is collected."""
        self.collected = collected
        showdown = self._showdown()
        street = "showdown" if showdown else self._shown_street()
        for place in self._shown:
            self._note(place, "show", street)
        for place in self.places():
            if collected[place] + self._returned[place]:
                self._note(place, "collect", street, collected[place] + self._returned[place])

    def action_rows(self, hand: dict[str, Any], seats: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give the rows of ``actions``; ``seats`` are all of the table, as also who is not dealt in denies a blind."""
        named = {seat["seat"]: seat["player"] for seat in seats}
        return [
            {"hand_id": hand["hand_id"], "seq": seq, "player": named[row["seat"]], **row}
            for seq, row in enumerate([*self._denials(seats), *self._rows])
        ]

    def seat_rows(
        self, hand: dict[str, Any], board: int, heroes: list[str], bounties: list[int | None]
    ) -> list[dict[str, Any]]:
        """Give the rows of ``seats`` of those who were dealt in, without ``ev_net`` and statistics."""
        names, showdown = self._positions(), self._showdown()
        saw = {
            "saw_flop": (3, ("flop", "turn", "river")),
            "saw_turn": (4, ("turn", "river")),
            "saw_river": (5, ("river",)),
        }
        rows = []
        for place, seat in enumerate(self.seats):
            put, won, fold = self.contributed()[place], self.collected[place], self._folded[place]
            rows.append(
                {
                    **self.seat_out(
                        hand, seat, self.players[place], self.stacks[place], (bounties or {place: None})[place]
                    ),
                    "dealt": True,
                    "position": names[place],
                    "is_hero": self.players[place] in heroes,
                    "hole": self._hole[place],
                    "showed": place in self._shown,
                    "contributed": put,
                    "returned": self._returned[place],
                    "collected": won,
                    "net": won - put,
                    **{name: board >= cards and fold in (None, *streets) for name, (cards, streets) in saw.items()},
                    "went_to_showdown": showdown and fold is None,
                    "won": won > 0,
                    "effective_bb": self._effective(place) / max(self.big_blind, 1) if self.big_blind else None,
                }
            )
        return rows

    @staticmethod
    def seat_out(hand: dict[str, Any], seat: int, player: str, stack: int, bounty: int | None) -> dict[str, Any]:
        """Give the row of a seat that was not dealt in."""
        nothing = dict.fromkeys(("contributed", "returned", "collected", "net"), 0)
        no = dict.fromkeys(
            ("dealt", "is_hero", "showed", "saw_flop", "saw_turn", "saw_river", "went_to_showdown", "won")
        )
        return {
            "hand_id": hand["hand_id"],
            "seat": seat,
            "player": player,
            **dict.fromkeys(no, False),
            **nothing,
            "position": None,
            "is_button": seat == hand["button_seat"],
            "stack": stack,
            "bounty": bounty,
            "hole": None,
            "unit": hand["unit"],
            "big_blind": hand["big_blind"],
            "effective_bb": None,
        }

    def _total(self, place: int) -> int:
        return self.stacks[place] - self._left[place]

    def _faced(self) -> int:
        return max(self._level, self.big_blind) if self._street in ("blinds", "preflop") else self._level

    def _showdown(self) -> bool:
        return self._folded.count(None) > 1

    def _shown_street(self) -> str:
        return "preflop" if self._street == "blinds" else self._street

    def _decide(self, place: int, action: str, amount: int) -> None:
        if self._street == "blinds":
            self._street = "preflop"
        facing = min(max(0, self._faced() - self._live[place]), self._left[place])
        to_call = amount if action == "call" else facing
        self._put(place, action, amount, live=amount, to_call=to_call, n_raises=self._raises)

    def _put(self, place: int, action: str, amount: int, *, live: int, to_call: int = 0, n_raises: int = 0) -> None:
        row = self._row(self.seats[place], action, self._street, amount, self._left[place])
        self._left[place] -= amount
        self._live[place] += live
        is_all_in = self._left[place] == 0 and action not in ("fold", "check")
        self._rows.append(
            {**row, "to": self._live[place], "is_all_in": is_all_in, "to_call": to_call, "n_raises": n_raises}
        )

    def _note(self, place: int, action: str, street: str, amount: int = 0) -> None:
        self._rows.append(self._row(self.seats[place], action, street, amount, self._left[place]))

    def _row(self, seat: int, action: str, street: str, amount: int, stack: int) -> dict[str, Any]:
        pot = sum(self.stacks) - sum(self._left)
        no = {"to": 0, "is_all_in": False, "to_call": 0, "n_raises": 0}
        return {
            "street": street,
            "seat": seat,
            "action": action,
            "amount": amount,
            "pot_before": pot,
            "stack_before": stack,
            **no,
        }

    def _denials(self, seats: list[dict[str, Any]]) -> list[dict[str, Any]]:
        stacks = {seat["seat"]: seat["stack"] for seat in seats}
        rows = [self._row(seat, "deny", "blinds", 0, stacks[seat]) for seat in self._denying]
        return [{**row, "pot_before": 0} for row in rows]

    def _effective(self, place: int) -> int:
        second, most = sorted(self.stacks)[-2:]
        return second if self.stacks[place] == most else self.stacks[place]

    def _positions(self) -> list[str]:
        """Name the places by who posted: the big blind is followed by the first to act, the last of them is BTN."""
        blinds = {action: place for place, action in self._blinds.items()}
        small = blinds.get("small_blind")
        after = 0 if small is None else (small + 1) % len(self.seats)
        big = blinds.get("big_blind", after)
        names = ["BB"] * len(self.seats)
        order = [(big + step) % len(self.seats) for step in range(1, len(self.seats))]
        if small is not None and small != big:
            names[small] = "SB"
            order.remove(small)
        for place, name in zip(order, position_names(len(order)), strict=True):
            names[place] = name
        return names
