"""Memory that is used again changes nothing that was read before."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _ingest, winamax
from pokerlab_kernels.history import Room


@pytest.mark.parametrize("hands", [1, 30])
def test_frames_stay_when_their_room_is_used_again(hands: int) -> None:
    session = pk.sample.Session("history", seed=5)
    texts = [b"".join(session.play().data for _ in range(hands)) for _ in range(3)]
    room = Room()
    shared = [_ingest.derive([winamax.Piece("", text)], room) for text in texts]
    for text, frames in zip(texts, shared, strict=True):
        for name, frame in _ingest.parse(text).tables().items():
            assert_frame_equal(frame, frames.tables()[name])
