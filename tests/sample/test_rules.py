"""Every written hand is replayed from its text by rules of its own: who acts, how much, and who wins."""

from __future__ import annotations

from collections import defaultdict


class Replay:
    """Plays one hand from its text and stops at the first thing that poker does not allow."""

    def __init__(self, hand) -> None:
        self.hand = hand
        self.stack = {name: stack for name, (_, stack) in hand.seats.items()}
        self.live: dict[str, int] = defaultdict(int)
        self.paid: dict[str, int] = defaultdict(int)
        self.dead = 0
        self.folded: set[str] = set()
        self.acted: set[str] = set()
        self.big_blind = self.bet = self.full = hand.blinds[1]
        dealt = {name for _, name, parts in hand.actions if not parts["verb"].startswith("denies")}
        self.order = sorted(dealt, key=lambda name: (hand.seats[name][0] - hand.button - 1) % 100)
        self.poster = next(n for _, n, p in hand.actions if p["verb"] == "posts big blind" and not p["late"])
        self.last = self.poster
        self.printed: dict[str, int] = defaultdict(int)
        self.top = 0

    def put(self, name: str, amount: int, all_in: bool) -> None:
        assert 0 <= amount <= self.stack[name]
        self.stack[name] -= amount
        self.paid[name] += amount
        assert all_in == (self.stack[name] == 0)

    def can_act(self) -> list[str]:
        return [name for name in self.order if name not in self.folded and self.stack[name]]

    def alone(self) -> bool:
        """One player has chips left and has put in no less than any other who is still in."""
        able = self.can_act()
        if len(able) > 1:
            return False
        others = [self.live[n] for n in self.order if n not in self.folded and n not in able]
        return not able or self.live[able[0]] >= max(others, default=0)

    def must_act(self) -> list[str]:
        if len(self.order) - len(self.folded) < 2 or self.alone():
            return []
        return [name for name in self.can_act() if name not in self.seen or self.live[name] < self.bet]

    def next_to_act(self) -> str:
        start = self.order.index(self.last) + 1
        waiting = self.must_act()
        assert waiting, "an action although nobody had to act"
        return next(name for name in self.order[start:] + self.order[:start] if name in waiting)

    def post(self, name: str, parts) -> None:
        amount, verb = self.hand.money(parts["amount"]), parts["verb"]
        if parts["late"]:
            assert amount < self.stack[name]
        self.put(name, amount, bool(parts["all_in"]))
        if verb == "posts ante":
            assert amount == self.hand.stakes[0] or not self.stack[name]
            return
        due = self.hand.blinds[verb == "posts big blind"]
        assert amount == due or not self.stack[name]
        if verb == "posts small blind" and parts["late"]:
            self.dead += amount
        else:
            self.live[name] += amount
        self.printed[name] += amount
        self.top = max(self.top, self.printed[name])

    def act(self, name: str, parts) -> None:
        assert name == self.next_to_act()
        self.last, verb = name, parts["verb"]
        amount = self.hand.money(parts["amount"]) if parts["amount"] else 0
        if verb == "folds":
            assert self.live[name] < self.bet, "folds although nothing is asked"
            self.folded.add(name)
        elif verb == "checks":
            assert self.live[name] == self.bet
        elif verb == "calls":
            assert amount == min(self.bet - self.live[name], self.stack[name]) > 0
            self.put(name, amount, bool(parts["all_in"]))
            self.live[name] += amount
            self.printed[name] += amount
        else:
            self.raise_to(name, parts, amount)
        self.seen.add(name)
        self.acted.add(name)

    def raise_to(self, name: str, parts, amount: int) -> None:
        assert name not in self.acted, "raises although the betting is closed to him"
        assert any(other != name for other in self.can_act()), "raises although nobody has chips to call with"
        if parts["verb"] == "bets":
            assert self.bet == 0
            added, to = amount, amount
        else:
            assert self.bet > 0
            assert self.hand.money(parts["to"]) - amount == self.top
            added = self.hand.money(parts["to"]) - self.printed[name]
            to = self.live[name] + added
        assert to > self.bet
        assert to - self.bet >= self.full or parts["all_in"]
        self.check_limit(name, to)
        if to - self.bet >= self.full:
            self.full = to - self.bet
            self.acted.clear()
        self.put(name, added, bool(parts["all_in"]))
        self.live[name] = self.bet = to
        self.printed[name] += added
        self.top = self.printed[name]

    def check_limit(self, name: str, to: int) -> None:
        if self.hand.limit == "fixed limit":
            self.bets += 1
            assert to - self.bet <= self.full
            assert self.bets <= 4
        if self.hand.limit == "pot limit":
            pot = sum(self.paid.values()) + self.hand.added
            asked = min(self.bet - self.live[name], self.stack[name])
            assert to - self.bet <= pot + asked

    def play(self) -> Replay:
        hand = self.hand
        self.seen: set[str] = set()
        self.bets = 1
        for street, name, parts in hand.actions:
            if street == "blinds" and not parts["verb"].startswith("denies"):
                self.post(name, parts)
        by_street = defaultdict(list)
        for street, name, parts in hand.actions:
            by_street[street].append((name, parts))
        for street in hand.streets:
            if street == "SHOW DOWN":
                continue
            assert len(self.order) - len(self.folded) > 1, "a street for one player"
            if street != "PRE-FLOP":
                self.live.clear()
                self.printed.clear()
                self.acted.clear()
                self.seen.clear()
                self.top, self.bet, self.bets, self.last = 0, 0, 0, self.order[-1]
                late_street = hand.limit == "fixed limit" and street in {"TURN", "RIVER"}
                self.full = self.big_blind * (2 if late_street else 1)
            for name, parts in by_street[street]:
                self.act(name, parts)
            assert not self.must_act(), "the street ended too early"
        return self

    @property
    def alive(self) -> list[str]:
        return [name for name in self.order if name not in self.folded]


def replayed(hand) -> Replay:
    if hand.replay is None:
        hand.replay = Replay(hand).play()
    return hand.replay


def test_every_hand_is_played_by_the_rules(written) -> None:
    assert len(written.hands) == written.truth.hands.height
    for hand in written.hands:
        replayed(hand)


def test_chips_are_conserved(written) -> None:
    for hand in written.hands:
        paid = sum(replayed(hand).paid.values())
        got = sum(amount for *_, amount, _ in hand.collected)
        assert paid + hand.added == hand.total + hand.rake
        assert got == hand.total


def test_no_flop_no_drop_and_tournaments_have_no_rake(written) -> None:
    for hand in written.hands:
        assert hand.rake == 0 or ("FLOP" in hand.streets and not hand.chips)


def test_everybody_left_shows_at_showdown_and_only_the_winner_otherwise(written) -> None:
    for hand in written.hands:
        replay = replayed(hand)
        shown = [name for _, name, *_ in hand.shows]
        if len(replay.alive) > 1:
            assert hand.streets[-1] == "SHOW DOWN"
            assert sorted(set(shown)) == sorted(replay.alive)
            assert len(shown) == len(set(shown)) or hand.hilo
        else:
            assert "SHOW DOWN" not in hand.streets
            assert shown in ([], replay.alive)
            assert [name for _, name, *_ in hand.collected] == replay.alive


def shares(replay: Replay, strength, low) -> dict[str, float]:
    """Collected by player, uncalled excess included and before rake, level by level of everybody's stakes."""
    hand = replay.hand
    late = {n: hand.money(p["amount"]) for _, n, p in hand.actions if p["late"] and p["verb"] == "posts small blind"}
    level = {name: replay.paid[name] - late.get(name, 0) for name in replay.order}
    extra = hand.added + sum(late.values())
    cards = {name: cards.split() for _, name, cards, _ in hand.shows}
    best, lows = {}, {}
    if len(replay.alive) > 1:
        for name in replay.alive:
            both = (cards[name] + hand.board,) if hand.cards == 2 else (cards[name], hand.board)
            best[name] = strength(*both)
            lows[name] = low(*both) if hand.hilo else None
    got: dict[str, float] = defaultdict(float)
    below, entitled = 0, replay.alive
    for high in sorted(set(level.values()) - {0}):
        entitled = [name for name in replay.alive if level[name] >= high] or entitled
        pot = sum(min(paid, high) - min(paid, below) for paid in level.values()) + extra
        for name, share in split(entitled, best, lows).items():
            got[name] += pot * share
        below, extra = high, 0
    return got


def split(entitled: list[str], best, lows) -> dict[str, float]:
    """Shares of one pot."""
    if len(entitled) == 1:
        return {entitled[0]: 1.0}
    top = [name for name in entitled if best[name] == max(best[other] for other in entitled)]
    small = [lows[name] for name in entitled if lows[name]]
    half = 0.5 if small else 1.0
    got = {name: half / len(top) for name in top}
    least = [name for name in entitled if small and lows[name] == min(small)]
    return {name: got.get(name, 0) + (0.5 / len(least) if name in least else 0) for name in {*got, *least}}


def test_pots_go_to_the_best_hands(written, strength_of, low_of) -> None:
    showdowns = 0
    for hand in written.hands:
        replay = replayed(hand)
        due = shares(replay, strength_of, low_of)
        got: dict[str, int] = defaultdict(int)
        for _, name, amount, _ in hand.collected:
            got[name] += amount
        assert len(got) == len(hand.collected) or hand.hilo, "two collected lines for one player"
        showdowns += len(replay.alive) > 1
        for name in replay.order:
            short = due[name] - got[name]
            assert -2 * len(replay.order) < short < hand.rake + 2 * len(replay.order)
        assert {name for name, amount in got.items() if amount} <= {name for name, amount in due.items() if amount > 0}
    assert showdowns > 20


def test_lines_of_high_and_low_say_who_has_them(written, low_of) -> None:
    if not written.hands[0].hilo:
        return
    labels: set[str] = set()
    for hand in written.hands:
        if len(replayed(hand).alive) < 2:
            continue
        lows = {name: low_of(cards.split(), hand.board) for _, name, cards, _ in hand.shows}
        shown = [name for _, name, *_ in hand.shows]
        assert {name: shown.count(name) for name in shown} == {name: 2 if low else 1 for name, low in lows.items()}
        labels |= {label for *_, label in hand.collected}
        assert any(lows.values()) == any(label == "pot(LO)" for *_, label in hand.collected)
    assert labels >= {"pot", "pot(HI)", "pot(LO)"}


def test_stacks_go_on_from_hand_to_hand(written) -> None:
    """In a tournament exactly; at a cash table nobody loses chips between hands, he may only buy some."""
    if written.game in {"fast_fold", "hold_up", "escape"}:
        return
    hero = "Nina.Blau"
    before: dict[str, dict[str, int]] = {}
    for hand in written.hands:
        table = hand.hand_id.split("-")[0]
        replay = replayed(hand)
        for name, (_, stack) in hand.seats.items():
            if name in before.get(table, {}):
                had = before[table][name]
                bought = not written.tournaments or written.game == "rebuy" or (name == hero and not had)
                assert stack == had or (bought and stack > had)
        got: dict[str, int] = defaultdict(int)
        for _, name, amount, _ in hand.collected:
            got[name] += amount
        before[table] = {name: left + got[name] for name, left in replay.stack.items()}


def test_chips_of_a_tournament_stay_in_it(written) -> None:
    if not written.one_table:
        return
    total: dict[str, int] = {}
    for hand in written.hands:
        chips = sum(stack for _, stack in hand.seats.values())
        assert total.setdefault(hand.hand_id.split("-")[0], chips) == chips


def test_blinds_go_round_clockwise(written) -> None:
    """Between two hands of one table the big blind moves on, and three or more have it in the order button, SB, BB."""
    for hand in written.hands:
        posts = {parts["verb"]: name for s, name, parts in hand.actions if s == "blinds" and not parts["late"]}
        order = replayed(hand).order
        if len(order) == 2:
            assert hand.seats[posts["posts small blind"]][0] == hand.button
        else:
            small = posts.get("posts small blind")
            assert small is None or order[0] == small
            assert order.index(posts["posts big blind"]) == (1 if small else 0)


def test_late_posts_and_dead_buttons_occur_at_cash_tables(written) -> None:
    if written.tournaments or written.game in {"fast_fold", "hold_up", "escape"}:
        return
    late = [parts["verb"] for hand in written.hands for _, _, parts in hand.actions if parts["late"]]
    assert "posts big blind" in late
    empty = [hand for hand in written.hands if hand.button not in {seat for seat, _ in hand.seats.values()}]
    idle = [hand for hand in written.hands if len(replayed(hand).order) < len(hand.seats)]
    assert empty
    assert idle
