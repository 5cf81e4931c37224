"""All-in adjusted results of hands made by hand: pots whose shares are known without counting boards."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerlab import schema, stats
from pokerlab.cards import format_cards
from pokerlab.errors import CardError, EquityError, SchemaError

NUTS, SECOND, DEAD, DEADER = "AsAh", "KsKh", "7h8d", "7s8h"
TURN = "AcKc2d3s"
"""On this turn only the last king beats the aces; sevens and eights cannot win."""
QUADS, FULL, QUADS_TURN = "AsAh", "4c4s", "AcAd3s4h9d"
"""Here no river changes anything: four aces beat fours full, and these all others."""


@dataclass
class Seat:
    hole: str | None
    put_in: int
    stack: int = 0
    live: bool = True
    dead: int = 0
    all_in: bool = True


def frames_of(
    seats: list[Seat],
    board: str = TURN + "4d",
    street: str = "turn",
    game: str = "holdem",
    added: int = 0,
    rake: int = 0,
    small_blind: int = 5,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Lay out one hand, which its first live seat wins whole."""
    pot = sum(seat.put_in for seat in seats) + added
    winner = next(number for number, seat in enumerate(seats) if seat.live)
    rows = [
        {
            "hand_id": "1-1-1",
            "seat": number + 1,
            "stack": max(seat.stack, seat.put_in),
            "hole": seat.hole,
            "contributed": seat.put_in,
            "returned": 0,
            "collected": (pot - rake) * (number == winner),
            "went_to_showdown": seat.live,
        }
        for number, seat in enumerate(seats)
    ]
    acts = [
        {"seat": number + 1, "street": "blinds", "action": "dead_blind", "amount": seat.dead, "is_all_in": False}
        for number, seat in enumerate(seats)
        if seat.dead
    ]
    acts += [
        {
            "seat": number + 1,
            "street": street,
            "action": "call" if seat.live else "fold",
            "amount": seat.put_in,
            "is_all_in": seat.live and seat.stack <= seat.put_in,
        }
        for number, seat in enumerate(seats)
    ]
    hand = {"hand_id": "1-1-1", "game": game, "board": board, "added": added, "small_blind": small_blind}
    return (
        pl.DataFrame(rows, schema={name: schema.SEATS[name] for name in rows[0]}),
        pl.DataFrame(
            [{"hand_id": "1-1-1", **act} for act in acts],
            schema={name: schema.ACTIONS[name] for name in ("hand_id", *acts[0])},
        ),
        pl.DataFrame([hand], schema={name: schema.HANDS[name] for name in hand}),
    )


def ev_of(*seats: Seat, **options: object) -> list[float]:
    return stats.with_ev(*frames_of(list(seats), **options))["ev_net"].to_list()  # type: ignore[arg-type]


def case_of(*seats: Seat, **options: object) -> str:
    return stats.ev_cases_by_hand(*frames_of(list(seats), **options))["case"].item()  # type: ignore[arg-type]


def test_one_pot_is_shared_by_equity() -> None:
    # One king of 44 cards beats the aces.
    assert ev_of(Seat(NUTS, 100), Seat(SECOND, 100)) == pytest.approx([200 * 43 / 44 - 100, 200 / 44 - 100])


def test_a_side_pot_is_shared_by_those_who_may_win_it() -> None:
    # The short hand has the king that would beat the aces: it cannot come, so nobody can beat them.
    found = ev_of(Seat(NUTS, 100), Seat("KsKh", 100), Seat("Kd7h", 30))
    assert found == pytest.approx([130, -100, -30])


def test_the_short_hand_wins_the_main_pot_only() -> None:
    assert ev_of(Seat(NUTS, 30), Seat(SECOND, 100), Seat(DEAD, 100)) == pytest.approx(
        [90 * 41 / 42 - 30, 90 / 42 + 140 - 100, -100]
    )


def test_equal_hands_split_each_pot() -> None:
    # Both have the straight to the nine, which no river breaks.
    seats = Seat(DEAD, 50), Seat(DEADER, 80), Seat(None, 30, live=False), Seat("KcQh", 80)
    assert ev_of(*seats, board="5c6d2s9h3d") == pytest.approx([180 / 2 - 50, 180 / 2 + 60 - 80, -30, -80])


def test_chips_of_folded_players_over_all_live_ones_are_in_the_last_pot() -> None:
    found = ev_of(Seat(NUTS, 20), Seat(DEAD, 20), Seat(None, 50, live=False), Seat(None, 50, live=False))
    assert found == pytest.approx([120, -20, -50, -50])


def test_dead_blinds_and_money_of_the_room_are_in_the_main_pot() -> None:
    # The short hand wins 3 * 20, the dead 5 and the 15 of the room; what it did not match is the other's.
    found = ev_of(Seat(QUADS, 25, dead=5), Seat(FULL, 80), Seat(DEAD, 80), added=15, board=QUADS_TURN)
    assert found == pytest.approx([-25 + 60 + 5 + 15, -80 + 120, -80])


def test_a_dead_blind_over_the_small_one_is_matched() -> None:
    found = ev_of(Seat(QUADS, 15, dead=15), Seat(FULL, 80), Seat(DEAD, 80), board=QUADS_TURN, small_blind=5)
    assert found == pytest.approx([-15 + 30 + 5, -80 + 140, -80])


def test_rake_is_taken_from_all_pots_in_proportion() -> None:
    found = ev_of(Seat(QUADS, 50), Seat(FULL, 100), Seat(DEAD, 100), board=QUADS_TURN, rake=25)
    assert found == pytest.approx([-50 + 135, -100 + 90, -100])


def test_a_pot_that_one_alone_may_win_is_his() -> None:
    found = ev_of(Seat(QUADS, 40), Seat(DEAD, 100, stack=300), Seat(None, 100, live=False), board=QUADS_TURN)
    assert found == pytest.approx([80, 20, -100])


@pytest.mark.parametrize(
    ("case", "seats", "options"),
    [
        ("adjusted", [Seat(NUTS, 100), Seat(DEAD, 100, stack=300)], {}),
        ("no_showdown", [Seat(NUTS, 100), Seat(DEAD, 100, live=False)], {}),
        ("no_all_in", [Seat(NUTS, 100), Seat(DEAD, 100)], {"street": "river"}),
        ("no_all_in", [Seat(NUTS, 100, stack=300), Seat(DEAD, 100, stack=300)], {"street": "river"}),
        ("betting_open", [Seat(NUTS, 10), Seat(DEAD, 90, stack=300), Seat(DEADER, 90, stack=300)], {}),
        ("unknown_cards", [Seat(None, 100), Seat(DEAD, 100)], {}),
        ("unknown_cards", [Seat("As", 100), Seat(DEAD, 100)], {}),
        ("unknown_cards", [Seat(NUTS, 100), Seat(DEAD, 100)], {"board": TURN}),
        ("hi_lo", [Seat("AsAh2s2h", 100), Seat("7h8dJdJh", 100)], {"game": "omaha4_hilo"}),
        ("stud_or_draw", [Seat(None, 100), Seat(None, 100)], {"game": "razz", "street": "fifth"}),
        ("stud_or_draw", [Seat(None, 100), Seat(None, 100)], {"game": "deuce_to_seven", "street": "draw2"}),
        ("no_all_in", [Seat(None, 100), Seat(None, 100)], {"game": "stud", "street": "seventh"}),
    ],
)
def test_a_hand_that_is_not_adjusted_tells_why(case: str, seats: list[Seat], options: dict[str, str]) -> None:
    assert case_of(*seats, **options) == case
    if case != "adjusted":
        found = stats.with_ev(*frames_of(seats, **options))  # type: ignore[arg-type]
        assert found["ev_net"].to_list() == (found["collected"] - found["contributed"]).to_list()


@st.composite
def hands(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    n = draw(st.integers(2, 9))
    cards = draw(st.permutations(range(52)))
    size, game = draw(st.sampled_from([(2, "holdem"), (4, "omaha4")]))
    n_live = draw(st.integers(2, min(n, 5)))
    seats = [
        Seat(
            format_cards(cards[size * number : size * (number + 1)]),
            draw(st.integers(20, 2_000)),
            live=number < n_live,
            dead=draw(st.sampled_from([0, 0, 5, 15])),
        )
        for number in range(n)
    ]
    seats[0].stack = seats[0].put_in + draw(st.integers(0, 100))
    money = {"added": draw(st.integers(0, 50)), "rake": draw(st.integers(0, 30))}
    return frames_of(seats, format_cards(cards[-5:]), draw(st.sampled_from(["flop", "turn"])), game, **money)


@settings(max_examples=60)
@given(hands())
def test_adjusted_results_add_up_whatever_the_pots(
    frames: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    seats = stats.with_ev(*frames)
    net = (seats["collected"] - seats["contributed"]).sum()
    assert stats.ev_cases_by_hand(*frames)["case"].item() == "adjusted"
    assert seats["ev_net"].sum() == pytest.approx(net, abs=1e-6)
    assert (seats["ev_net"] >= -seats["contributed"].cast(pl.Float64)).all()


def test_no_hands_give_no_rows() -> None:
    seats, actions, of_hands = (frame.clear() for frame in frames_of([Seat(NUTS, 1), Seat(DEAD, 1)]))
    assert stats.with_ev(seats, actions, of_hands).schema["ev_net"] == pl.Float64
    assert stats.ev_cases(seats, actions, of_hands)["hands"].sum() == 0


def test_frames_that_do_not_go_together_are_refused() -> None:
    seats, actions, of_hands = frames_of([Seat(NUTS, 100), Seat(DEAD, 100)])
    with pytest.raises(SchemaError, match=r"needs the columns \['hole'\] of seats"):
        stats.with_ev(seats.drop("hole"), actions, of_hands)
    with pytest.raises(SchemaError, match="hands lacks the hand '1-1-1'"):
        stats.with_ev(seats, actions, of_hands.clear())
    with pytest.raises(SchemaError, match="hands has the hand '1-1-1' twice"):
        stats.with_ev(seats, actions, pl.concat([of_hands, of_hands]))
    with pytest.raises(SchemaError, match="actions lacks the hand '1-1-1'"):
        stats.with_ev(seats, actions.clear(), of_hands)
    with pytest.raises(SchemaError, match="seats has seat 1 of the hand '1-1-1' twice"):
        stats.with_ev(pl.concat([seats, seats]), actions, of_hands)
    with pytest.raises(SchemaError, match="seat 2 acts"):
        stats.with_ev(seats.head(1), actions, of_hands)


def test_cards_that_cannot_be_are_refused() -> None:
    with pytest.raises(CardError, match="'AsXh' in column 'hole'"):
        ev_of(Seat("AsXh", 100), Seat(DEAD, 100))
    with pytest.raises(EquityError, match="pot 0: 2 players"):
        ev_of(Seat(NUTS, 100), Seat("AsKd", 100))
