"""Reading files as they grow: the frames do not depend on where a look at the file cut its text."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _ingest
from pokerlab.frames import merge_copies
from pokerlab.watch import SIGNATURE, Appended, Tail
from tests.few import GAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 8_000
PATH = Path("history.txt")


def first_hands(data: bytes, size: int) -> bytes:
    """Cut before the hand that would go over ``size``."""
    return data[: data.rfind(b"\n" + SIGNATURE, 0, size) + 1] if len(data) > size else data


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give short files of all kinds of games, of summaries, and of what else files may be."""
    found = {}
    for game in pk.sample.GAMES:
        folder = tmp_path_factory.mktemp(game)
        pk.sample.write(folder, 60, seed=5, game=game, truth=False)
        path = next(path for path in sorted(folder.rglob("*.txt")) if "summary" not in path.name)
        found[game] = first_hands(path.read_bytes(), LIMIT)
        for summary in sorted(folder.rglob("*_summary.txt"))[:1]:
            found[f"{game} summary"] = summary.read_bytes()
    cash = first_hands(found["cash"], 4_000)
    found |= {
        "windows": cash.replace(b"\n", b"\r\n"),
        "byte order mark": b"\xef\xbb\xbf" + cash,
        "not ended": cash.rstrip(),
        "half a hand": cash + cash[:700].replace(b"HandId: #", b"HandId: #9"),
        "refused hand": cash + cash.replace(b" folds", b" folts") + cash.replace(b"HandId: #", b"HandId: #9"),
        "stray text": cash + b"one\ntwo\n\n\nthree\n" + cash.replace(b"HandId: #", b"HandId: #9"),
        "refused, then stray": cash.replace(b" folds", b" folts")
        + b"one\n\ntwo\n"
        + cash.replace(b"HandId: #", b"HandId: #9"),
        "one blank line": cash.replace(b"\n\n\n", b"\n\n"),
        "no end": cash[:300] + b"\n\n" + cash,
    }
    assert all(1 < len(data) < 2 * LIMIT for data in found.values())
    assert any("summary" in name for name in found)
    return found


def look(tail: Tail, data: bytes, upto: str = "whole") -> Iterator[Appended]:
    """Give what is new in a file that has this content now."""
    while (piece := tail.cut(tail.read(BytesIO(data), (len(data), len(data))), upto)) is not None:
        if not piece.data.isspace():
            yield piece


def frames_of(pieces: list[Appended]) -> pk.HandFrames:
    parts = [_ingest.parse(piece.data, source="x", offset=piece.offset, lines=piece.lines) for piece in pieces]
    return pk.concat([_ingest.parse(b""), *parts])


def assert_same(found: pk.HandFrames, whole: pk.HandFrames) -> None:
    """Compare all frames; blank lines around rejected text belong to it or not."""
    trimmed = pl.col("text").str.strip_chars()
    for table, frame in whole.tables().items():
        other = found.tables()[table]
        if table == "rejects":
            frame, other = frame.with_columns(trimmed), other.with_columns(trimmed)
        assert_frame_equal(other, frame)


FORMS = [*GAMES, "windows", "byte order mark", "not ended", "half a hand", "refused hand", "stray text"]
FORMS += ["refused, then stray", "one blank line", "no end", "expresso summary"]


@pytest.mark.parametrize("form", FORMS)
def test_every_prefix_and_then_the_rest_give_the_frames_of_the_whole(forms: dict[str, bytes], form: str) -> None:
    data = forms[form]
    whole = _ingest.parse(data, source="x")
    assert len(whole) + whole.tournaments.height
    splits = set()
    for size in range(len(data) + 1):
        tail = Tail(PATH)
        pieces = [*look(tail, data[:size]), *look(tail, data, "end")]
        splits.add(tuple((piece.offset, piece.data, piece.lines) for piece in pieces))
    # Most prefixes end in the same hand: each way to cut the file is parsed once.
    assert len(splits) <= 4 * (data.count(SIGNATURE) + data.count(b"\n\n"))
    for split in splits:
        assert_same(frames_of([Appended(PATH, *piece) for piece in split]), whole)


@pytest.mark.parametrize("upto", ["finished", "end"])
def test_what_was_taken_too_early_comes_again_whole(forms: dict[str, bytes], upto: str) -> None:
    data = forms["cash"]
    whole = _ingest.parse(data, source="x")
    step = 1 if upto == "finished" else 7
    splits = set()
    for size in range(0, len(data) + 1, step):
        tail = Tail(PATH)
        pieces = [*look(tail, data[:size], upto), *look(tail, data, upto)]
        splits.add(tuple((piece.offset, piece.data) for piece in pieces if piece.offset + len(piece.data) >= size - 2))
        given = {piece.offset + at for piece in pieces for at in _headers(piece.data)}
        assert given >= set(_headers(data)), size
    for split in sorted(splits)[:: max(len(splits) // 40, 1)]:
        found = frames_of([Appended(PATH, *piece) for piece in split])
        last = whole.where(pl.col("hand_id").is_in(found.hands["hand_id"].unique().implode()))
        assert_frame_equal(merge_copies(found).seats, last.seats)


def _headers(data: bytes) -> Iterator[int]:
    at = -1
    while (at := data.find(SIGNATURE, at + 1)) >= 0:
        yield at


@given(st.data())
@settings(max_examples=60)
def test_random_looks_at_a_growing_file_give_the_frames_of_the_whole(
    forms: dict[str, bytes], data: st.DataObject
) -> None:
    text = forms[data.draw(st.sampled_from(sorted(forms)))]
    sizes = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    tail = Tail(PATH)
    pieces = [piece for size in sizes for piece in look(tail, text[:size])]
    assert_same(frames_of([*pieces, *look(tail, text, "end")]), _ingest.parse(text, source="x"))


def test_a_state_may_be_kept_and_taken_up_again(forms: dict[str, bytes]) -> None:
    data = forms["cash"]
    half = len(data) // 2
    first = Tail(PATH)
    pieces = list(look(first, data[:half]))
    again = Tail(PATH, head=first.head, stamp=first.stamp, offset=first.offset, lines=first.lines, mark=first.mark)
    pieces += look(again, data, "end")
    assert_same(frames_of(pieces), _ingest.parse(data, source="x"))


@pytest.mark.parametrize(
    "change", ["truncated", "replaced", "rotated", "rewritten in the middle", "rewritten with more"]
)
def test_a_file_that_is_another_now_is_read_from_its_beginning(forms: dict[str, bytes], change: str) -> None:
    old, other = forms["cash"], forms["expresso"]
    middle = old.replace(b"HandId: #", b"HandId: #8")
    new = {
        "truncated": old[: len(old) // 2],
        "replaced": other,
        "rotated": other[: old.index(b"\n\n\n")],
        "rewritten in the middle": middle,
        "rewritten with more": old + middle,
    }[change]
    tail = Tail(PATH)
    list(look(tail, old, "end"))
    begins = 0 if change != "rewritten with more" else len(old)
    assert_same(
        frames_of(list(look(tail, new, "end"))),
        _ingest.parse(new[begins:], source="x", offset=begins, lines=old.count(b"\n")),
    )


@pytest.mark.parametrize("form", ["cash", "expresso summary"])
def test_what_is_written_after_the_stamp_was_taken_waits_for_the_next_look(forms: dict[str, bytes], form: str) -> None:
    once, twice = forms[form], forms[form] + forms[form]
    tail = Tail(PATH)
    stamp = len(once), 1
    list(look(tail, once, "end"))
    tail.stamp = stamp
    assert tail.read(BytesIO(twice), stamp) == b""
    [*_, last] = look(tail, twice, "end")
    assert last.offset + len(last.data) == len(twice)
    assert (last.offset == 0) == tail.is_tournament_summary


def test_real_short_files_by_prefixes(corpus: Path) -> None:
    short = [path for path in sorted(corpus.rglob("*.txt")) if 1_000 < path.stat().st_size < LIMIT]
    for path in short[:: max(len(short) // 12, 1)]:
        data = path.read_bytes()
        if not data.removeprefix(b"\xef\xbb\xbf").startswith(SIGNATURE):
            continue
        whole = _ingest.parse(data, source="x")
        splits = set()
        for size in range(0, len(data) + 1, 13):
            tail = Tail(PATH)
            pieces = [*look(tail, data[:size]), *look(tail, data, "end")]
            splits.add(tuple((piece.offset, piece.data, piece.lines) for piece in pieces))
        for split in splits:
            assert_same(frames_of([Appended(PATH, *piece) for piece in split]), whole)


def test_pairs_of_looks_never_give_a_byte_twice(forms: dict[str, bytes]) -> None:
    data = forms["fast_fold"]
    tail = Tail(PATH)
    pieces = [piece for size in range(0, len(data) + 1, 3) for piece in look(tail, data[:size])]
    pieces += look(tail, data, "end")
    for one, other in pairwise(pieces):
        assert one.offset + len(one.data) <= other.offset
    assert b"".join(piece.data for piece in pieces).split() == data.split()
