"""Messages: what stands in the JSON text is what clients rely on."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from pokerlab import wire
from pokerlab.errors import FeedError
from pokerlab.frames import HandFrames
from pokerlab.wire import ConnectionAck, Error, Gap, Heartbeat, NewHand
from tests.widgets import feed

NOW = datetime(2026, 7, 3, 20, tzinfo=UTC)
BIG = 2**63 + 1

MESSAGES = [
    ConnectionAck(client_id="c", epoch="e", seq=BIG, heartbeat_seconds=30),
    NewHand(epoch="e", seq=BIG, hand=feed.hand(1)),
    Heartbeat(seq=BIG, sent_at=NOW),
    Gap(from_seq=1, to_seq=BIG),
    Error(code="bad", message="<b> & 'quotes'"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.type)
def test_every_message_comes_back_from_its_text(message: wire.NewHand) -> None:
    assert wire.load(wire.dump(message)) == message
    assert wire.load(wire.dump(message).encode()) == message


def test_the_fields_are_those_of_the_contract() -> None:
    fields = {message.type: set(json.loads(wire.dump(message))) - {"type"} for message in MESSAGES}
    assert fields == {
        "connection_ack": {"client_id", "epoch", "seq", "heartbeat_seconds"},
        "new_hand": {"epoch", "seq", "hand"},
        "heartbeat": {"seq", "sent_at"},
        "gap": {"from_seq", "to_seq", "rest_url"},
        "error": {"code", "message"},
    }


def test_numbers_beyond_javascript_are_text_and_the_text_is_compact() -> None:
    text = wire.dump(Gap(from_seq=1, to_seq=BIG, rest_url="/x"))
    assert text == f'{{"type":"gap","from_seq":"1","to_seq":"{BIG}","rest_url":"/x"}}'


def test_a_hand_carries_the_money_of_its_frames_in_minor_units() -> None:
    [hand] = wire.hands_of(feed.frames([7]))
    sent = json.loads(wire.dump(hand))
    assert sent["hand_id"] == feed.hand_id(7)
    assert sent["played_at"] == "2024-07-03T20:00:07Z"
    assert (sent["unit"], sent["big_blind"], sent["pot"], sent["rake"]) == ("eur_cent", 2, 3, 0)
    assert sent["hero"] == {
        "player": "Hero",
        "seat": 1,
        "position": "SB",
        "stack": 200,
        "hole": "AsKd",
        "net": -1,
        "ev_net": None,
        "won": False,
    }
    assert [(seat["player"], seat["net"], seat["won"], seat["hole"]) for seat in sent["seats"]] == [
        ("Hero", -1, False, "AsKd"),
        ("bob", 1, True, None),
    ]


def test_hands_keep_the_order_of_the_frames_and_their_own_seats() -> None:
    hands = wire.hands_of(feed.frames([3, 1, 2]))
    assert [hand.hand_id for hand in hands] == [feed.hand_id(number) for number in (3, 1, 2)]
    assert all(len(hand.seats) == 2 for hand in hands)


def test_a_hand_without_a_hero_has_none() -> None:
    frames = feed.frames([1])
    strangers = frames.seats.with_columns(is_hero=pl.lit(value=False))
    [hand] = wire.hands_of(
        HandFrames(
            hands=frames.hands,
            seats=strangers,
            actions=frames.actions,
            tournaments=frames.tournaments,
            rejects=frames.rejects,
        )
    )
    assert hand.hero is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Invalid JSON"),
        ("{}", "Unable to extract tag using discriminator 'type'"),
        ('{"type": "hello"}', "does not match any of the expected tags"),
        ('{"type": "gap", "from_seq": "-1", "to_seq": "2"}', "from_seq: Input should be greater than or equal to 0"),
        ('{"type": "gap", "from_seq": "x", "to_seq": "2"}', "from_seq: Input should be a valid integer"),
    ],
)
def test_text_that_is_no_message_is_quoted_with_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(FeedError) as caught:
        wire.load(text)
    assert repr(text) in str(caught.value)
    assert told in str(caught.value)


def test_fields_of_a_newer_sender_are_ignored() -> None:
    assert wire.load('{"type": "gap", "from_seq": "1", "to_seq": "2", "mood": "fine"}') == Gap(from_seq=1, to_seq=2)
