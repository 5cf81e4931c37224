"""The truth keeps the invariants of the library's frames and agrees with what a reader of its own sees in the text."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
from polars.testing import assert_series_equal

from pokerlab import sample, schema
from pokerlab.frames import HandFrames

GAMES = {
    ("holdem", "no_limit"): "Holdem no limit",
    ("holdem", "fixed_limit"): "Holdem fixed limit",
    ("omaha4", "pot_limit"): "Omaha pot limit",
    ("omaha5", "pot_limit"): "5 Card Omaha pot limit",
    ("omaha4_hilo", "pot_limit"): "Omaha Hi/Lo pot limit",
    ("omaha5_hilo", "pot_limit"): "5 Card Omaha Hi/Lo pot limit",
}


def spaced(cards: str) -> str:
    return " ".join(cards[i : i + 2] for i in range(0, len(cards), 2))


def test_frames_have_the_schema_and_the_flags_behind(written) -> None:
    truth = written.truth
    assert truth.hands.schema == schema.HANDS
    assert truth.actions.schema == schema.ACTIONS
    assert truth.tournaments.schema == schema.TOURNAMENTS
    assert truth.seats.schema == pl.Schema({**schema.SEATS, **dict.fromkeys(sample.FLAGS, pl.Boolean)})


def test_money_adds_up_in_every_hand(written) -> None:
    seats, hands = written.truth.seats, written.truth.hands
    sums = seats.group_by("hand_id", maintain_order=True).agg(pl.col("contributed", "collected", "net").sum())
    assert sums["hand_id"].to_list() == hands["hand_id"].to_list()
    assert_series_equal(sums["contributed"] + hands["added"], hands["pot"], check_names=False)
    assert_series_equal(sums["collected"] + hands["rake"], hands["pot"], check_names=False)
    assert_series_equal(seats["net"], seats["collected"] - seats["contributed"], check_names=False)
    assert_series_equal(sums["net"], hands["added"] - hands["rake"], check_names=False)
    assert seats["ev_net"].null_count() == seats.height


def test_flags_are_chances_first(written) -> None:
    seats = written.truth.seats
    for stat in ("vpip", "pfr", "three_bet"):
        assert seats.filter(pl.col(f"did_{stat}") & ~pl.col(f"could_{stat}")).height == 0
    assert seats.filter(pl.col("could_vpip") & ~pl.col("dealt")).height == 0
    assert seats.filter(pl.col("did_pfr") & ~pl.col("did_vpip")).height == 0
    assert seats.filter(pl.col("did_three_bet") & ~pl.col("did_pfr")).height == 0
    assert (seats["could_pfr"] == seats["could_vpip"]).all()


def test_amounts_and_order_of_actions_are_those_of_the_text(written) -> None:
    names = {
        "posts ante": "ante", "posts small blind": "small_blind", "posts big blind": "big_blind", "folds": "fold",
        "denies big blind": "deny", "denies small blind": "deny", "checks": "check", "calls": "call", "bets": "bet",
        "raises": "raise",
    }  # fmt: skip
    by_hand = written.truth.actions.partition_by("hand_id", as_dict=True, maintain_order=True)
    for hand in written.hands:
        rows = by_hand[(hand.hand_id,)]
        assert rows["seq"].to_list() == list(range(rows.height))
        played = rows.filter(~pl.col("action").is_in(["show", "collect"])).rows(named=True)
        assert [row["player"] for row in played] == [name for _, name, _ in hand.actions]
        for row, (_, _, parts) in zip(played, hand.actions, strict=True):
            late_small = parts["late"] and parts["verb"] == "posts small blind"
            assert row["action"] == ("dead_blind" if late_small else names[parts["verb"]])
            assert row["is_all_in"] == bool(parts["all_in"])
            if row["action"] not in {"raise", "fold", "check", "deny"}:
                assert row["amount"] == hand.money(parts["amount"])
        last = rows.filter(pl.col("action").is_in(["show", "collect"])).rows(named=True)
        shown = [(name, "show", 0) for _, name, *_ in hand.shows]
        got = [(name, "collect", amount) for _, name, amount, _ in hand.collected]
        assert [(row["player"], row["action"], row["amount"]) for row in last] == shown + got


def test_seats_are_those_of_the_text(written) -> None:
    by_hand = written.truth.seats.partition_by("hand_id", as_dict=True, maintain_order=True)
    for hand in written.hands:
        rows = by_hand[(hand.hand_id,)].rows(named=True)
        assert [(row["seat"], row["player"], row["stack"]) for row in rows] == [
            (seat, name, stack) for name, (seat, stack) in hand.seats.items()
        ]
        got: dict[str, int] = defaultdict(int)
        for _, name, amount, _ in hand.collected:
            got[name] += amount
        assert {row["player"]: row["collected"] + row["returned"] for row in rows} == {
            name: got[name] for name in hand.seats
        }
        acting = {name for _, name, parts in hand.actions if not parts["verb"].startswith("denies")}
        assert {row["player"] for row in rows if row["dealt"]} == acting
        shown = {name: cards.replace(" ", "") for _, name, cards, _ in hand.shows}
        for row in rows:
            if row["showed"]:
                assert row["hole"] == shown[row["player"]]
            elif row["hole"] is not None:
                assert f"Dealt to {row['player']} [{spaced(row['hole'])}]\n" in hand.text
            assert row["bounty"] == hand.bounties[row["player"]]
            assert row["is_hero"] == (f"\nDealt to {row['player']} [" in hand.text)


def test_hand_facts_are_those_of_the_text(written) -> None:
    by_id = {hand.hand_id: hand for hand in written.hands}
    for row in written.truth.hands.iter_rows(named=True):
        hand = by_id.pop(row["hand_id"])
        assert row["button_seat"] == hand.button
        assert (row["board"] or "") == "".join(hand.board)
        assert (row["rake"], row["added"]) == (hand.rake, hand.added)
        assert (row["small_blind"], row["big_blind"]) == hand.blinds
        assert row["ante"] == (hand.stakes[0] if len(hand.stakes) == 3 else 0)
        assert f"Table: '{row['table']}' {row['max_seats']}-max (" in hand.text
        assert (row["unit"] == "chip") == (row["tournament_id"] is not None) == hand.chips
        assert (row["unit"] == "eur_cent") == ("€)" in hand.text.split("*** ANTE")[0].replace("bounty", ""))
        assert f" - {GAMES[row['game'], row['limit']]} (" in hand.text
    assert not by_id


def test_offset_is_the_byte_of_the_header(written) -> None:
    data = {str(path): path.read_bytes() for path in written.folder.iterdir()}
    for row in written.truth.hands.select("source", "offset", "hand_id").iter_rows(named=True):
        line = data[row["source"]][row["offset"] :].split(b"\n", 1)[0].decode()
        assert line.startswith("Winamax Poker - ")
        assert f"HandId: #{row['hand_id']} " in line


def cents(text: str) -> int:
    return round(float(text.removesuffix("€")) * 100)


def winnings(lines: list[str]) -> tuple[int, int, str | None]:
    """Money, bounties and ticket of a block."""
    prize, bounties, ticket = 0, 0, None
    for part in [part for line in lines if line.startswith("You won ") for part in line[8:].split(" + ")]:
        if part.startswith("Bounty "):
            bounties = cents(part.removeprefix("Bounty "))
        elif part[0].isdigit():
            prize = cents(part)
        else:
            ticket = part.removeprefix("Ticket ")
    return prize, bounties, ticket


def test_tournaments_are_those_of_the_summaries(written) -> None:
    rows = written.truth.tournaments.rows(named=True)
    summaries = [name for name in written.files if name.endswith("_summary.txt")]
    assert len(rows) == len(summaries)
    assert (len(rows) > 2) == written.tournaments
    for row in rows:
        blocks = written.files[row["source"].rsplit("/", 1)[1]].split("\n\n\n")[:-1]
        lines = blocks[-1].split("\n")
        told = dict(line.split(" : ", 1) for line in lines if " : " in line and "Levels" not in line)
        parts = [cents(part) for part in told["Buy-In"].split(" + ")]
        assert parts == [part for part in (row["buy_in"], row["bounty"], row["fee"]) if part or part is row["fee"]] or (
            parts == [0, 0] == [row["buy_in"], row["fee"]]
        )
        stacks = len(blocks) + sum(int(told.get(f"Your {more}", 0)) for more in ("rebuys", "addons"))
        assert row["cost"] == stacks * sum(parts)
        assert cents(told["Prizepool"]) == row["prize_pool"]
        assert int(told["Registered players"]) == row["entrants"]
        assert f"You finished in {row['rank']}" in blocks[-1]
        won = [winnings(block.split("\n")) for block in blocks]
        assert (row["prize"], row["ticket"]) == (won[-1][0], won[-1][2])
        assert row["bounties_won"] == sum(bounties for _, bounties, _ in won)
        if row["ticket"] is None:
            assert row["net"] == row["prize"] + row["bounties_won"] - row["cost"]


def test_last_hand_of_a_tournament_fits_its_rank(written) -> None:
    if not written.one_table:
        return
    for row in written.truth.tournaments.rows(named=True):
        hands = written.truth.hands.filter(tournament_id=row["tournament_id"])
        last = written.truth.seats.filter(hand_id=hands["hand_id"][-1])
        left = dict(last.select("player", pl.col("stack") + pl.col("net")).iter_rows())
        mine = left.pop(row["hero"])
        better = sum(stack > mine for stack in left.values())
        level = sum(stack == mine for stack in left.values())
        assert better + 1 <= row["rank"] <= better + 1 + level
        assert mine == 0 or 0 in left.values(), "the file stops although nothing has ended"


def test_players_play_like_people() -> None:
    """Whole populations, not single players: shares that a regular of small stakes would recognise."""
    frames = sample.hands(4_000, seed=9)
    seats = frames.seats.filter("dealt")
    share = {stat: seats[f"did_{stat}"].sum() / seats[f"could_{stat}"].sum() for stat in ("vpip", "pfr", "three_bet")}
    assert 0.18 < share["vpip"] < 0.32
    assert 0.10 < share["pfr"] < share["vpip"]
    assert 0.03 < share["three_bet"] < 0.12
    assert 0.28 < frames.hands["board"].is_not_null().mean() < 0.50
    by_player = (
        seats.group_by("player")
        .agg(pl.len(), vpip=pl.col("did_vpip").sum() / pl.col("could_vpip").sum())
        .filter(pl.col("len") > 150)
    )
    assert by_player["vpip"].max() > 0.40
    assert by_player["vpip"].min() < 0.16


def test_hands_are_ready_frames() -> None:
    frames = sample.hands(120, seed=2)
    assert isinstance(frames, HandFrames)
    assert len(frames) == 120
    assert frames.rejects.height == 0
    assert frames.hands["hand_id"].n_unique() == 120
    assert len(frames.where(pl.col("pot") > 200)) < 120
