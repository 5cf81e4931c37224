"""What each player could do and did, hand by hand in plain Python: the oracle of all statistics.

It shares nothing with what it judges. One small function a family of codes asks of each decision what its definition
asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.stats.spots import BEFORE, BLINDS, THIEVES, Row, Spot, spots_of

Found = Iterator[tuple[str, bool, bool]]
"""Code, whether the decision is a chance, whether it is taken."""
Counts = dict[str, tuple[int, int]]
"""Code to count and chances."""

LETTER = {"flop": "f", "turn": "t", "river": "r"}
ANY = {"vpip", "pfr", "pfr_pt4", "pf_allin"}
"""Any chance of the hand may be taken; of all others the first decides, unless all are counted."""
COUNTED = {f"{code}_{s}" for code in ("afq", "agg_pct", "calls") for s in "ftr"}


def entering(spot: Spot) -> Found:
    """Yield what concerns putting money in before the flop at all."""
    raises = spot.action == "raise"
    yield "vpip", True, spot.action in {"call", "bet", "raise"}
    yield "pfr", True, spot.is_aggressive
    yield "pfr_pt4", spot.can_raise or bool(spot.mine), spot.is_aggressive
    not_bb = spot.position != "BB"
    yield "rfi", spot.unopened and not_bb and spot.can_raise, raises
    yield "open_limp", spot.unopened and not_bb and spot.can_raise, spot.action == "call"
    after_limper = spot.n == 0 and bool(spot.limpers)
    yield "over_limp", after_limper and not_bb, spot.action == "call"
    yield "limp", spot.n == 0 and not_bb, spot.action == "call"
    yield "iso", after_limper and spot.can_raise, raises
    yield "bb_check", after_limper and spot.position == "BB", spot.action == "check"
    yield "sb_complete", spot.n == 0 and spot.position == "SB", spot.action == "call"
    limped = bool(spot.mine) and spot.mine[-1].action == "call" and spot.mine[-1].n == 0
    faces_after_limp = limped and spot.faces
    yield "limp_fold", faces_after_limp, spot.action == "fold"
    yield "limp_call", faces_after_limp, spot.action == "call"
    yield "limp_raise", faces_after_limp and spot.can_raise, raises
    yield "pf_allin", spot.can_raise, spot.is_all_in


def raised_pots(spot: Spot) -> Found:
    """Yield what concerns one raise and more before the flop."""
    raises, calls, folds = (spot.action == action for action in ("raise", "call", "fold"))
    fresh = spot.faces and spot.nothing_voluntary
    yield "cc", fresh and spot.position not in BLINDS, calls
    yield "call_open", fresh and spot.n == 1, calls
    yield "three_bet", spot.n == 1 and spot.faces and spot.can_raise, raises
    facing_three_bet = spot.n == 2 and spot.faces
    yield "fold_to_three_bet", facing_three_bet and spot.made_raise(1), folds
    yield "call_three_bet", facing_three_bet and spot.made_raise(1), calls
    yield "fold_to_three_bet_any", facing_three_bet, folds
    yield "four_bet", facing_three_bet and spot.made_raise(1) and spot.can_raise, raises
    yield "four_bet_plus", spot.n >= 2 and spot.faces and spot.can_raise, raises
    yield "cold_four_bet", facing_three_bet and spot.nothing_voluntary and spot.can_raise, raises
    facing_four_bet = spot.n == 3 and spot.faces and spot.made_raise(2)
    yield "fold_to_four_bet", facing_four_bet, folds
    yield "call_four_bet", facing_four_bet, calls
    yield "five_bet", facing_four_bet and spot.can_raise, raises
    yield "squeeze", spot.could_squeeze, raises
    facing_squeeze = facing_three_bet and spot.raises[1].could_squeeze
    as_caller = spot.called_a_raise and not spot.made_raise(1)
    yield "fold_to_squeeze", facing_squeeze and (spot.made_raise(1) or as_caller), folds
    yield "fold_to_squeeze_as_raiser", facing_squeeze and spot.made_raise(1), folds
    yield "fold_to_squeeze_as_caller", facing_squeeze and as_caller, folds


def blinds(spot: Spot) -> Found:
    """Yield what concerns stealing the blinds, and blind against blind."""
    raises, calls, folds = (spot.action == action for action in ("raise", "call", "fold"))
    yield "steal", spot.could_steal, raises
    thief, position = spot.thief, spot.position
    yield "fold_to_steal", thief is not None, folds
    yield "fold_sb_to_steal", thief is not None and position == "SB", folds
    yield "fold_bb_to_steal", thief is not None and position == "BB", folds
    for name in ("CO", "BTN"):
        yield f"fold_sb_to_steal_{name.lower()}", thief == name and position == "SB", folds
    for name in THIEVES:
        yield f"fold_bb_to_steal_{name.lower()}", thief == name and position == "BB", folds
    yield "call_steal", thief is not None, calls
    yield "resteal", thief is not None and spot.can_raise, raises
    yield "bvb_raise", position == "SB" and spot.unopened and spot.can_raise, raises
    yield "bvb_limp", position == "SB" and spot.unopened, calls
    yield "bvb_fold_bb", thief == "SB" and position == "BB", folds


def continuation(spot: Spot) -> Found:
    """Yield c-bets, and what others do about them."""
    s, bets = LETTER[spot.street], spot.action == "bet"
    could = spot.could_bet and spot.due_to_cbet(spot.street) == spot.seat
    yield f"cbet_{s}", could, bets
    if s == "f":
        preflop_raises = len(spot.raises_on("preflop"))
        yield "cbet_f_ip", could and spot.in_position, bets
        yield "cbet_f_oop", could and not spot.in_position, bets
        yield "cbet_f_srp", could and preflop_raises == 1, bets
        yield "cbet_f_3bp", could and preflop_raises == 2, bets
        yield "cbet_f_mw", could and spot.players_at_start >= 3, bets
        yield "cbet_f_hu", could and spot.players_at_start < 3, bets
    if s == "t":
        is_pfa = spot.aggressor_of("preflop") == spot.seat
        yield "delayed_cbet_t", spot.could_bet and is_pfa and spot.checked_through("flop"), bets
    faces = spot.n == 1 and spot.faces and spot.cbettor(spot.street) is not None
    yield f"fold_to_cbet_{s}", faces, spot.action == "fold"
    yield f"call_cbet_{s}", faces, spot.action == "call"
    yield f"raise_cbet_{s}", faces and spot.can_raise, spot.action == "raise"


def leads(spot: Spot) -> Found:
    """Yield bets by others than the aggressor."""
    s, bets, before = LETTER[spot.street], spot.action == "bet", BEFORE[spot.street]
    yield f"donk_{s}", spot.could_donk, bets
    faces_donk = spot.n == 1 and spot.faces and spot.raises[0].could_donk
    yield f"fold_to_donk_{s}", faces_donk and spot.aggressor_of(before) == spot.seat, spot.action == "fold"
    aggressor = spot.aggressor_of(before)
    checked_to_him = aggressor not in {None, spot.seat} and spot.has_checked(aggressor)
    if s == "f":
        yield "bet_vs_missed_cbet_f", spot.could_bet and checked_to_him and spot.in_position, bets
        return
    before_mine = [earlier for earlier in spot.on(before) if earlier.seat == spot.seat]
    called = bool(before_mine) and before_mine[-1].action == "call"
    yield f"float_{s}", spot.could_bet and called and checked_to_him and spot.in_position, bets
    earlier_aggressor = spot.aggressor_of(BEFORE[before])
    missed = spot.checked_through(before) and spot.waits_for(earlier_aggressor)
    yield f"probe_{s}", spot.could_bet and missed, bets


def lines(spot: Spot) -> Found:
    """Yield checks and bets, and what follows them on the same street."""
    s, action = LETTER[spot.street], spot.action
    checked = bool(spot.mine) and spot.mine[-1].action == "check" and spot.faces
    yield f"xr_{s}", checked and spot.can_raise, action == "raise"
    yield f"xc_{s}", checked, action == "call"
    yield f"xf_{s}", checked, action == "fold"
    yield f"check_{s}", spot.n == 0, action == "check"
    raised_by_checker = spot.n == 2 and spot.has_checked(spot.raises[1].seat)
    yield f"fold_to_xr_{s}", spot.made_raise(1) and spot.faces and raised_by_checker, action == "fold"
    yield f"stab_{s}", spot.could_bet and spot.in_position, action == "bet"
    yield f"bet_{s}", spot.could_bet, action == "bet"
    faces_bet = spot.n == 1 and spot.faces
    yield f"fold_to_bet_{s}", faces_bet, action == "fold"
    yield f"call_bet_{s}", faces_bet, action == "call"
    yield f"raise_bet_{s}", faces_bet and spot.can_raise, action == "raise"
    yield f"overbet_{s}", action == "bet", spot.amount > spot.pot


def aggression(spot: Spot) -> Found:
    """Yield what is counted at every decision after the flop."""
    s = LETTER[spot.street]
    yield f"afq_{s}", spot.action != "check", spot.is_aggressive
    yield f"agg_pct_{s}", True, spot.is_aggressive
    yield f"calls_{s}", spot.n >= 1, spot.action == "call"


PREFLOP = (entering, raised_pots, blinds)
POSTFLOP = (continuation, leads, lines, aggression)


def decisions_of(spots: Iterable[Spot]) -> dict[int, Counts]:
    """Fold decisions to count and chances of each seat and code."""
    counts: dict[int, Counts] = defaultdict(dict)
    for spot in spots:
        mine = counts[spot.seat]
        for family in PREFLOP if spot.street == "preflop" else POSTFLOP:
            for code, chance, taken in family(spot):
                if not chance:
                    continue
                count, chances = mine.get(code, (0, 0))
                if code in COUNTED:
                    mine[code] = count + taken, chances + 1
                elif chances == 0 or code in ANY:
                    mine[code] = max(count, int(taken)), 1
    return counts


def outcomes(seat: Row, counts: Counts) -> Found:
    """Yield what is known of a seat when the hand is over."""
    flop, showdown, won = seat["saw_flop"], seat["went_to_showdown"], seat["won"]
    for s, name in (("f", "saw_flop"), ("t", "saw_turn"), ("r", "saw_river")):
        yield f"saw_{s}", seat["dealt"], seat[name]
        checked, raised = counts.get(f"check_{s}", (0, 0))[0] > 0, counts.get(f"xr_{s}", (0, 0))[0] > 0
        yield f"xr_{s}_of_checks", checked, raised
    yield "wtsd", flop, showdown
    yield "wsd", showdown, won
    yield "wwsf", flop, won
    yield "won_no_sd", flop, won and not showdown
    yield "steal_ok", counts.get("steal", (0, 0))[0] > 0, won and not flop
    bet = counts.get("bet_r", (0, 0))[0] > 0
    called = counts.get("calls_r", (0, 0))[0] > 0
    for name, did in (("bet", bet), ("call", called)):
        yield f"wtsd_after_river_{name}", did, showdown
        yield f"wsd_after_river_{name}", did and showdown, won


def counts_of(hand: Row, seats: list[Row], actions: Iterable[Row]) -> dict[int, Counts]:
    """Give count and chances of every seat and code; a code that is missing has no chance."""
    found = decisions_of(spots_of(hand, seats, actions))
    for seat in seats:
        counts = found[seat["seat"]]
        for code, chance, taken in outcomes(seat, counts):
            if chance:
                counts[code] = int(taken), 1
    return found


def ratios_of(seat: Row, counts: Counts) -> dict[str, float]:
    """Give the numbers that are made of several counts of a seat; one that is missing is not defined."""
    found: dict[str, float] = {"hands": int(seat["dealt"])}
    every = {"_f": "f", "_t": "t", "_r": "r", "": "ftr"}

    def total(code: str, streets: str) -> tuple[int, int]:
        pairs = [counts.get(f"{code}_{s}", (0, 0)) for s in streets]
        return sum(count for count, _ in pairs), sum(chances for _, chances in pairs)

    for ending, streets in every.items():
        calls, _ = total("calls", streets)
        if calls:
            found[f"af{ending}"] = total("afq", streets)[0] / calls
    for code in ("afq", "agg_pct"):
        count, chances = total(code, "ftr")
        if chances:
            found[code] = count / chances
    return found


def _bet_sizes(mine: list[Spot]) -> dict[str, float]:
    """Give bets and raises of each street as shares of the pot."""
    sizes: dict[str, float] = {}
    for street, s in LETTER.items():
        bets = [spot.amount / spot.pot for spot in mine if spot.street == street and spot.action == "bet"]
        raises = [
            spot.raised_by / (spot.pot + spot.amount - spot.raised_by)
            for spot in mine
            if spot.street == street and spot.action == "raise"
        ]
        for name, values in (("bet", bets), ("raise", raises)):
            if values:
                sizes[f"avg_{name}_pct_{s}"] = sum(values) / len(values)
    return sizes


def _stack_sizes(seat: int, spots: list[Spot]) -> dict[str, float]:
    """Give the effective stack over the pot at the start of each street on which two or more can act."""
    sizes: dict[str, float] = {}
    for street, s in LETTER.items():
        first = next((spot for spot in spots if spot.street == street), None)
        if first and seat in first.able:
            most = max(first.chips[other] for other in first.able if other != seat)
            sizes[f"spr_{s}"] = min(first.chips[seat], most) / first.pot
    return sizes


def _round_cost(hand: Row, actions: Iterable[Row]) -> int:
    """Give what a round costs, as far as the actions tell it; without blinds it is the antes."""
    posts = {action["action"]: action for action in actions if action["action"] in {"small_blind", "big_blind"}}
    antes = [action["amount"] for action in actions if action["action"] == "ante"]
    cost = hand["n_players"] * max(antes, default=0)
    if not posts:
        return cost
    half, small = hand["big_blind"] // 2, posts.get("small_blind")
    if small is None or (small["is_all_in"] and small["amount"] < half):
        return cost + hand["big_blind"] + half
    return cost + hand["big_blind"] + small["amount"]


def _money(hand: Row, seat: Row, cost: int) -> dict[str, float | None]:
    """Give what is won and what is at stake, of one who was dealt cards."""
    net, ev_net, showdown = seat["net"], seat["ev_net"], seat["went_to_showdown"]
    per_100 = 100 / hand["big_blind"]
    return {
        "net": net,
        "bb100": net * per_100,
        "red_line": 0 if showdown else net,
        "blue_line": net if showdown else 0,
        "ev_net": ev_net,
        "ev_bb100": None if ev_net is None else ev_net * per_100,
        "eff_bb": seat["effective_bb"],
        "m_ratio": seat["stack"] / cost if cost else None,
    }


def means_of(hand: Row, seats: Iterable[Row], actions: list[Row]) -> dict[int, dict[str, float]]:
    """Give the value of one hand of every seat and mean; a code that is missing has none."""
    spots, cost = spots_of(hand, seats, actions), _round_cost(hand, actions)
    found: dict[int, dict[str, float]] = {}
    for row in seats:
        seat = row["seat"]
        if row["dealt"]:
            sizes = _bet_sizes([spot for spot in spots if spot.seat == seat]) | _stack_sizes(seat, spots)
            values = _money(hand, row, cost) | sizes
            found[seat] = {code: value for code, value in values.items() if value is not None}
    return found
