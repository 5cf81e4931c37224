"""Single hands with scripted players: what betting allows, how it is printed, and what the truth says of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from pokerlab.sample.deal import Deal, Player
from pokerlab.sample.hand import Hand
from pokerlab.sample.pots import Rake
from pokerlab.sample.styles import FOLD, HERO, PASSIVE
from pokerlab.sample.text import Played, Venue, hand_text
from pokerlab.sample.truth import Witness, positions
from pokerlab.sample.variants import FIXED_LIMIT, OMAHA4, OMAHA4_HILO

TABLE = Venue("cash", "CashGame", "Porto 03", 9, 11_000_001, "Porto 03_real_holdem_no-limit")
NAMES = ["Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus", "Hal", "Ivo", "Joe"]


class Scripted(Hand):
    """A hand whose players do what a script says, by name; who is not told checks or folds."""

    __slots__ = ("script",)

    def __init__(self, deal: Deal, script: dict[str, list[int]], seed: int = 2) -> None:
        super().__init__(deal, Random(seed))
        self.script = {name: list(choices) for name, choices in script.items()}

    def _choose(self, street: str, i: int, to_call: int) -> int:
        told = self.script.get(self.deal.players[i].name)
        return told.pop(0) if told else FOLD


def deal(stacks: list[int], *, small: int | None = 0, big: int = 1, **options) -> Deal:
    players = [Player(i + 1, NAMES[i], HERO, stack) for i, stack in enumerate(stacks)]
    return Deal(players, small, big, 50, 100, **options)


def play(deal: Deal, **script: list[int]) -> Hand:
    return Scripted(deal, script).play()


def acts(hand: Hand, name: str) -> list[tuple[str, int]]:
    return [(act.action, act.to) for act in hand.acts if act.player == name and act.action not in {"show", "collect"}]


def told(hand: Hand, *, button: int | None = None):
    seated = [(player.seat, player.name, player.stack, None) for player in hand.deal.players]
    witness = Witness()
    witness.saw(Played(TABLE, hand, seated, button or len(seated), 7, 1_650_000_000, "Ann"), "x.txt", 0)
    return witness.tell()


def flags(hand: Hand, stat: str) -> dict[str, tuple[bool, bool]]:
    seats = told(hand).seats
    return {row["player"]: (row[f"did_{stat}"], row[f"could_{stat}"]) for row in seats.iter_rows(named=True)}


def test_a_raise_is_at_least_as_large_as_the_last_one() -> None:
    hand = play(deal([10_000] * 4), Cid=[300], Dan=[310])
    assert acts(hand, "Dan") == [("raise", 500)]


def test_smallest_raise_and_bet_are_a_big_blind() -> None:
    hand = play(deal([10_000] * 3), Cid=[101], Ann=[PASSIVE, 1], Bob=[PASSIVE])
    assert ("raise", 200) in acts(hand, "Cid")
    assert ("bet", 100) in acts(hand, "Ann")


def test_short_all_in_does_not_reopen_the_betting() -> None:
    # Cid opens to 300, Dan is all-in for 400: short of 500. Cid has acted and may only call; Ann has not.
    hand = play(deal([10_000, 10_000, 10_000, 400]), Cid=[300, 2000], Dan=[400], Ann=[PASSIVE], Bob=[FOLD])
    assert acts(hand, "Dan") == [("raise", 400)]
    assert acts(hand, "Cid")[:2] == [("raise", 300), ("call", 400)]
    by = {(act.player, act.to): act for act in hand.acts if act.street == "preflop"}
    assert not by["Cid", 400].can_raise
    assert by["Ann", 400].can_raise
    assert by["Cid", 400].n_raises == 2


def test_full_raise_after_a_short_all_in_reopens_the_betting() -> None:
    hand = play(deal([10_000, 10_000, 10_000, 400]), Cid=[300, 3000], Dan=[400], Ann=[600], Bob=[FOLD])
    assert acts(hand, "Ann")[1] == ("raise", 600)
    assert acts(hand, "Cid")[1] == ("raise", 3000)


def test_checked_player_may_not_raise_a_short_all_in_bet() -> None:
    hand = play(deal([10_000, 150, 10_000]), Cid=[PASSIVE] * 2, Ann=[PASSIVE, PASSIVE, 5000], Bob=[PASSIVE, 50])
    assert acts(hand, "Bob")[2] == ("bet", 50)
    assert acts(hand, "Ann")[2:4] == [("check", 0), ("call", 50)]


def test_nobody_raises_when_all_others_are_all_in() -> None:
    hand = play(deal([10_000, 500]), Ann=[5000, 9000], Bob=[PASSIVE])
    assert acts(hand, "Ann") == [("small_blind", 50), ("raise", 5000)]
    again = play(deal([500, 10_000, 500]), Cid=[500], Ann=[PASSIVE], Bob=[9000])
    assert acts(again, "Bob") == [("big_blind", 100), ("call", 500)]


def test_blind_that_covers_an_all_in_big_blind_has_no_decision() -> None:
    hand = play(deal([10_000, 40]))
    assert [act.action for act in hand.acts][:2] == ["small_blind", "big_blind"]
    assert [act.action for act in hand.acts][2:4] == ["show", "show"]
    assert hand.settled.returned == [10, 0]
    assert flags(hand, "vpip") == {"Ann": (False, False), "Bob": (False, False)}


def test_short_big_blind_is_called_in_full_and_the_rest_comes_back() -> None:
    hand = play(deal([10_000, 70]), Ann=[PASSIVE])
    assert acts(hand, "Ann") == [("small_blind", 50), ("call", 100)]
    assert (hand.settled.returned, hand.settled.pot) == ([30, 0], 140)


def test_raise_over_a_short_big_blind_is_printed_from_its_post() -> None:
    hand = play(deal([10_000, 70, 10_000]), Cid=[400])
    raised = next(act for act in hand.acts if act.action == "raise")
    assert (raised.raised_by, raised.raised_to, raised.to) == (330, 400, 400)


def test_dead_blind_counts_in_the_printed_raise_only() -> None:
    # As in a real hand: small and big blind out of position, then "raises 4 to 7" is 6 live.
    hand = play(deal([10_000] * 4, late=[(3, True, True)]), Dan=[600])
    raised = next(act for act in hand.acts if act.action == "raise")
    assert (raised.raised_by, raised.raised_to, raised.to, raised.amount) == (500, 650, 600, 500)
    posts = [(act.action, act.amount, act.to, act.pot_before) for act in hand.acts if act.player == "Dan"][:2]
    assert posts == [("dead_blind", 50, 0, 150), ("big_blind", 100, 100, 200)]
    dan = told(hand).seats.filter(player="Dan").row(0, named=True)
    assert (dan["contributed"], dan["returned"], dan["collected"]) == (150, 500, 300)


def test_both_late_posts_in_one_are_as_much_dead_and_live_as_apart() -> None:
    apart = play(deal([10_000] * 4, late=[(3, True, True)]), Dan=[600])
    joined = play(deal([10_000] * 4, late=[(3, True, True)], joins_posts=True), Dan=[600])
    posts = [(act.action, act.amount, act.to, act.pot_before) for act in joined.acts if act.player == "Dan"][:2]
    assert posts == [("dead_blind", 150, 100, 150), ("big_blind", 0, 100, 300)]
    assert joined.acts[4:] == apart.acts[4:]
    assert (joined.settled, joined.stack, joined.dead) == (apart.settled, apart.stack, apart.dead)


def test_live_late_blind_may_check() -> None:
    hand = play(deal([10_000] * 4, late=[(3, False, True)]), Cid=[PASSIVE])
    assert acts(hand, "Dan")[:2] == [("big_blind", 100), ("check", 100)]


def test_late_posts_are_printed_behind_the_blinds() -> None:
    hand = play(deal([10_000] * 4, late=[(3, True, True)]))
    text = hand_text(Played(TABLE, hand, [(1, "Ann", 10_000, None)], 4, 1, 1_650_000_000, "Ann"))
    posts = text.split("*** ANTE/BLINDS ***\n")[1].split("Dealt to")[0].splitlines()
    assert posts == [
        "Ann posts small blind 0.50€",
        "Bob posts big blind 1€",
        "Dan posts small blind 0.50€ out of position",
        "Dan posts big blind 1€ out of position",
    ]


def test_antes_come_first_and_count_in_no_bet() -> None:
    hand = play(deal([10_000, 10_000, 30], ante=50), Ann=[300])
    assert [(act.action, act.amount, act.to, act.is_all_in) for act in hand.acts[:5]] == [
        ("ante", 50, 0, False),
        ("ante", 50, 0, False),
        ("ante", 30, 0, True),
        ("small_blind", 50, 50, False),
        ("big_blind", 100, 100, False),
    ]
    ann = next(act for act in hand.acts if act.player == "Ann" and act.street == "preflop")
    assert (ann.to_call, ann.pot_before, ann.stack_before, ann.to) == (50, 280, 9900, 300)


def test_walk_is_no_chance_and_no_decision() -> None:
    hand = play(deal([10_000] * 3))
    assert acts(hand, "Bob") == [("big_blind", 100)]
    assert flags(hand, "vpip") == {"Ann": (False, True), "Bob": (False, False), "Cid": (False, True)}
    assert hand.settled.returned == [0, 50, 0]


def test_vpip_and_pfr_of_limpers_raisers_and_a_checking_blind() -> None:
    hand = play(deal([10_000] * 4), Cid=[PASSIVE], Dan=[FOLD], Ann=[PASSIVE], Bob=[PASSIVE])
    assert flags(hand, "vpip") == {"Ann": (True, True), "Bob": (False, True), "Cid": (True, True), "Dan": (False, True)}
    assert not any(did for did, _ in flags(hand, "pfr").values())
    raised = play(deal([10_000] * 3), Cid=[PASSIVE, 900], Ann=[FOLD], Bob=[400])
    assert flags(raised, "pfr") == {"Ann": (False, True), "Bob": (True, True), "Cid": (True, True)}


def test_three_bet_chances() -> None:
    # Cid opens, Dan calls, Eve raises again; then two raises stand before the others, who had no chance.
    hand = play(deal([10_000] * 5), Cid=[300], Dan=[PASSIVE], Eve=[1000])
    assert flags(hand, "three_bet") == {
        "Ann": (False, False),
        "Bob": (False, False),
        "Cid": (False, False),
        "Dan": (False, True),
        "Eve": (True, True),
    }


def test_limper_who_faces_one_raise_has_a_three_bet_chance() -> None:
    hand = play(deal([10_000] * 3), Cid=[PASSIVE, FOLD], Bob=[400])
    assert flags(hand, "three_bet")["Cid"] == (False, True)


def test_no_three_bet_chance_with_too_little_or_against_all_in_or_closed_betting() -> None:
    short = play(deal([10_000, 10_000, 10_000, 250]), Cid=[300], Dan=[PASSIVE])
    assert flags(short, "three_bet")["Dan"] == (False, False)
    shove = play(deal([10_000, 100, 500, 10_000]), Cid=[500])
    assert flags(shove, "three_bet")["Dan"] == (False, True)
    assert flags(shove, "three_bet")["Ann"] == (False, False)
    closed = play(deal([10_000, 10_000, 10_000, 150]), Cid=[PASSIVE, PASSIVE], Dan=[150], Ann=[PASSIVE], Bob=[PASSIVE])
    assert flags(closed, "three_bet") == {
        "Ann": (False, True),
        "Bob": (False, True),
        "Cid": (False, False),
        "Dan": (False, False),
    }


def test_action_facts_of_a_whole_hand() -> None:
    hand = play(deal([10_000, 10_000, 600]), Cid=[300, 5000], Ann=[FOLD], Bob=[PASSIVE, PASSIVE, PASSIVE])
    rows = told(hand).actions.filter(street="flop").rows(named=True)
    assert [(r["player"], r["action"], r["amount"], r["to"], r["to_call"], r["n_raises"]) for r in rows] == [
        ("Bob", "check", 0, 0, 0, 0),
        ("Cid", "bet", 300, 300, 0, 0),
        ("Bob", "call", 300, 300, 300, 1),
    ]
    assert [r["pot_before"] for r in rows] == [650, 650, 950]
    assert [r["stack_before"] for r in rows] == [9700, 300, 9700]
    assert [r["is_all_in"] for r in rows] == [False, True, False]


def test_all_in_players_saw_the_streets_that_were_dealt() -> None:
    hand = play(deal([500, 500, 10_000]), Cid=[FOLD], Ann=[500], Bob=[PASSIVE])
    seats = {row["player"]: row for row in told(hand).seats.iter_rows(named=True)}
    assert [seats["Ann"][f"saw_{street}"] for street in ("flop", "turn", "river")] == [True, True, True]
    assert seats["Ann"]["went_to_showdown"]
    assert not seats["Cid"]["saw_flop"]
    assert not seats["Cid"]["went_to_showdown"]
    assert len(hand.board) == 5


@pytest.mark.parametrize(
    ("n", "names"),
    [
        (3, "SB BB BTN"),
        (4, "SB BB CO BTN"),
        (5, "SB BB UTG CO BTN"),
        (6, "SB BB UTG HJ CO BTN"),
        (7, "SB BB UTG LJ HJ CO BTN"),
        (8, "SB BB UTG UTG+1 LJ HJ CO BTN"),
        (9, "SB BB UTG UTG+1 UTG+2 LJ HJ CO BTN"),
        (10, "SB BB UTG UTG+1 UTG+2 UTG+3 LJ HJ CO BTN"),
    ],
)
def test_positions_by_players_dealt(n: int, names: str) -> None:
    assert positions(deal([1000] * n)) == names.split()


def test_heads_up_button_is_the_small_blind() -> None:
    hand = play(deal([1000, 1000], small=1, big=0))
    assert positions(hand.deal) == ["BB", "SB"]
    seats = told(hand, button=2).seats
    assert seats.filter(position="SB")["is_button"].to_list() == [True]


def test_without_a_small_blind_the_others_keep_their_names() -> None:
    assert positions(deal([1000] * 4, small=None, big=0)) == ["BB", "UTG", "CO", "BTN"]


def test_effective_stack_is_the_smaller_of_own_and_largest_other() -> None:
    seats = told(play(deal([500, 2000, 900]))).seats
    assert dict(seats.select("player", "effective_bb").iter_rows()) == {"Ann": 5.0, "Bob": 9.0, "Cid": 9.0}


def test_money_of_the_room_is_in_the_pot_from_the_start() -> None:
    hand = play(deal([1000] * 3, added=500, rake=Rake(60, 100)), Cid=[300])
    assert hand.acts[0].pot_before == 500
    told_hand = told(hand).hands.row(0, named=True)
    assert (told_hand["pot"], told_hand["rake"], told_hand["added"]) == (750, 0, 500)


def test_rake_is_taken_once_there_is_a_flop() -> None:
    hand = play(deal([1000] * 3, rake=Rake(60, 1000)), Cid=[300], Bob=[PASSIVE, FOLD], Ann=[FOLD])
    assert hand.settled.rake == 650 * 60 // 1000


def test_denying_player_is_seated_not_dealt() -> None:
    table = deal([1000] * 3)
    away = Player(8, "Zoe", HERO, 700)
    table.denies.append((away, "big"))
    hand = play(table)
    seated = [(1, "Ann", 1000, None), (2, "Bob", 1000, None), (3, "Cid", 1000, None), (8, "Zoe", 700, None)]
    played = Played(TABLE, hand, seated, 3, 1, 1_650_000_000, "Nobody")
    assert "*** ANTE/BLINDS ***\nZoe denies big blind\nAnn posts" in hand_text(played)
    assert "Dealt to" not in hand_text(played)
    witness = Witness()
    witness.saw(played, "x.txt", 0)
    truth = witness.tell()
    zoe = truth.seats.filter(player="Zoe").row(0, named=True)
    assert (zoe["dealt"], zoe["position"], zoe["stack"], zoe["net"]) == (False, None, 700, 0)
    assert truth.actions.row(0, named=True)["action"] == "deny"
    assert truth.hands["heroes"].to_list() == [[]]
    assert truth.hands["n_players"].to_list() == [3]


def test_fixed_limit_bets_are_the_small_bet_and_twice_that_on_turn_and_river() -> None:
    script = {"Cid": [999, PASSIVE, PASSIVE, PASSIVE], "Bob": [PASSIVE, 999, 7, 5000], "Ann": [FOLD]}
    hand = play(deal([10_000] * 3, variant=FIXED_LIMIT), **script)
    bets = [(act.street, act.action, act.to) for act in hand.acts if act.action in {"bet", "raise"}]
    assert bets == [("preflop", "raise", 200), ("flop", "bet", 100), ("turn", "bet", 200), ("river", "bet", 200)]


def test_fixed_limit_allows_a_bet_and_three_raises() -> None:
    script = {"Cid": [999] * 5, "Ann": [FOLD], "Bob": [999] * 5}
    hand = play(deal([10_000] * 3, variant=FIXED_LIMIT), **script)
    assert [act.to for act in hand.acts if act.street == "preflop" and act.action == "raise"] == [200, 300, 400]
    last = [act for act in hand.acts if act.street == "preflop"][-1]
    assert (last.action, last.can_raise) == ("call", False)


def test_fixed_limit_header_has_the_bets_and_the_truth_the_blinds() -> None:
    hand = play(deal([1000] * 3, variant=FIXED_LIMIT))
    seated = [(player.seat, player.name, player.stack, None) for player in hand.deal.players]
    venue = replace(TABLE, variant=FIXED_LIMIT)
    assert "Holdem fixed limit (1€/2€) - " in hand_text(Played(venue, hand, seated, 3, 1, 1_650_000_000, "Ann"))
    assert told(hand).hands.select("small_blind", "big_blind").row(0) == (50, 100)


def test_pot_limit_raises_are_at_most_the_pot_after_a_call() -> None:
    # Before the flop 150 lie there; a call makes 250, so the pot is a raise to 350.
    hand = play(deal([10_000] * 4, variant=OMAHA4), Cid=[9999], Dan=[9999])
    assert [act.to for act in hand.acts if act.action == "raise"] == [350, 1200]


def test_hi_lo_shows_and_pays_high_and_low_apart() -> None:
    for seed in range(200):
        table = deal([300, 300], small=1, big=0, variant=OMAHA4_HILO)
        hand = Scripted(table, {"Ann": [PASSIVE] * 4, "Bob": [PASSIVE] * 4}, seed).play()
        if len(hand.lows) == 1 and len(hand.settled.payouts) == 2:
            break
    (who,) = hand.lows
    seated = [(player.seat, player.name, player.stack, None) for player in hand.deal.players]
    text = hand_text(Played(replace(TABLE, variant=OMAHA4_HILO), hand, seated, 2, 1, 1_650_000_000, "Ann"))
    assert text.count(f"{NAMES[who]} shows [") == 2
    assert text.count(f"{NAMES[1 - who]} shows [") == 1
    assert " from pot(HI)\n" in text
    assert f"{NAMES[who]} collected 1€ from pot(LO)\n" in text
    assert " and won 1€ with LO : High card : " in text
    assert text.count(" with HI : ") == 2
    rows = told(hand).actions.filter(street="showdown")
    assert rows["action"].to_list() == ["show"] * 3 + ["collect"] * 2
