from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pokerlab import sample
from pokerlab.errors import SettingsError
from pokerlab.sample.names import AWKWARD, check_name

ROOT = Path(__file__).resolve().parents[2]


def digest(folder: Path) -> str:
    names = sorted(folder.iterdir())
    return hashlib.sha256(b"".join(path.name.encode() + b"\0" + path.read_bytes() for path in names)).hexdigest()


def test_same_seed_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    sample.write(tmp_path / "here", 250, seed=5, game="mixed", truth=False)
    code = "import sys; from pokerlab import sample; sample.write(sys.argv[1], 250, seed=5, game='mixed', truth=False)"
    for salt in ("1", "2"):
        there = tmp_path / salt
        env = {**os.environ, "PYTHONHASHSEED": salt, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}
        subprocess.run([sys.executable, "-c", code, str(there)], check=True, env=env, timeout=120)
        assert digest(there) == digest(tmp_path / "here")


def test_another_seed_gives_other_bytes(tmp_path: Path) -> None:
    for seed in (1, 2):
        sample.write(tmp_path / str(seed), 30, seed=seed, truth=False)
    assert digest(tmp_path / "1") != digest(tmp_path / "2")


def test_writing_again_replaces_what_was_there(tmp_path: Path) -> None:
    sample.write(tmp_path, 200, seed=5, truth=False)
    before = digest(tmp_path)
    sample.write(tmp_path, 200, seed=5, truth=False)
    assert digest(tmp_path) == before


def test_more_hands_begin_with_the_same_hands(tmp_path: Path) -> None:
    few = sample.write(tmp_path / "few", 50, seed=6)
    many = sample.write(tmp_path / "many", 90, seed=6)
    assert few is not None
    assert many is not None
    assert many.hands["hand_id"].head(50).to_list() == few.hands["hand_id"].to_list()


def test_truth_and_frames_of_one_seed_are_the_same(tmp_path: Path) -> None:
    told = sample.write(tmp_path, 60, seed=8, game="mixed")
    frames = sample.hands(60, seed=8, game="mixed")
    assert told is not None
    known = [name for name in told.seats.columns if name != "ev_net"]  # which the simulator itself does not know
    assert frames.seats.select(known).equals(told.seats.select(known))
    assert frames.actions.equals(told.actions)
    assert frames.hands.drop("source").equals(told.hands.drop("source"))
    assert {Path(source).name for source in told.hands["source"]} == set(frames.hands["source"])


def peak_of(folder: Path, hands: int) -> int:
    tracemalloc.start()
    try:
        sample.write(folder, hands, seed=3, game="mixed", truth=False)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_hands(tmp_path: Path) -> None:
    peak_of(tmp_path / "warm", 300)
    small, large = peak_of(tmp_path / "small", 1_500), peak_of(tmp_path / "large", 6_000)
    assert large < small + 1_000_000, "no more than a longer day; the histories differ by 5 MB"


def test_without_truth_nothing_is_told(tmp_path: Path) -> None:
    assert sample.write(tmp_path / "new" / "folder", 3, truth=False) is None
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 1


def test_no_hands_are_no_files_and_empty_frames(tmp_path: Path) -> None:
    told = sample.write(tmp_path, 0)
    assert told is not None
    assert told.hands.height == 0
    assert list(tmp_path.iterdir()) == []
    assert len(sample.hands(0)) == 0


def test_progress_ends_at_the_number_of_hands(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    sample.write(tmp_path, 1_100, truth=False, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(500, 1_100), (1_000, 1_100), (1_100, 1_100)]


def test_first_hand_is_played_at_the_start(tmp_path: Path) -> None:
    start = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)
    told = sample.write(tmp_path, 5, start=start)
    assert told is not None
    assert told.hands["played_at"][0] >= start
    assert (told.hands["played_at"][0] - start).total_seconds() < 86_400
    assert sample.Session(tmp_path, start=start).play().hand_id.endswith(f"-{int(start.timestamp())}")


def test_start_late_at_night_moves_to_the_next_day(tmp_path: Path) -> None:
    told = sample.write(tmp_path, 5, start=datetime(2024, 2, 29, 23, 50, tzinfo=UTC))
    assert told is not None
    assert {path.name[:8] for path in tmp_path.iterdir()} <= {"20240301", "20240302"}


def test_hero_has_the_name_that_was_asked_for(tmp_path: Path) -> None:
    told = sample.write(tmp_path, 60, hero="dani call")
    assert told is not None
    assert set(told.seats.filter("is_hero")["player"]) == {"dani call"}
    assert all(heroes in ([], ["dani call"]) for heroes in told.hands["heroes"].to_list())


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 13, "a:bc", "a(b)c", "a'bc", 'a"bc', " abc", "abc ", "a\nbc", "a[b]c"]
)
def test_names_that_cannot_be_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="3 to 12 characters"):
        sample.write(tmp_path, 3, hero=name)


def test_awkward_names_are_legal_and_sit_at_the_tables() -> None:
    assert all(check_name(name) == name for name in AWKWARD)
    seen = set(sample.hands(2_000, seed=1).seats["player"])
    assert len(seen & set(AWKWARD)) > 6


def test_unknown_game_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"'stud' is not simulated; choose one of \['cash'"):
        sample.write(tmp_path, 3, game="stud")


def test_negative_number_of_hands_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="0 or more, not -1"):
        sample.write(tmp_path, -1)


@pytest.mark.parametrize("game", ["cash", "hold_up", "expresso", "tournament", "mixed", "all"])
def test_session_gives_whole_hands_to_append(game: str, tmp_path: Path) -> None:
    session = sample.Session(tmp_path, seed=4, game=game)
    ids, last = set(), 0
    for _ in range(150):
        played = session.play()
        assert played.path.parent == tmp_path
        assert played.data.startswith(b"Winamax Poker - ")
        assert played.data.count(b"HandId: #") == 1
        assert f"HandId: #{played.hand_id} ".encode() in played.data
        assert played.data.endswith(b"\n\n\n")
        at = int(played.hand_id.rsplit("-", 1)[1])
        assert at >= last
        last = at
        ids.add(played.hand_id)
        if played.summary:
            path, data = played.summary
            assert path.name == played.path.name.removesuffix(".txt") + "_summary.txt"
            assert data.startswith(b"Winamax Poker - Tournament summary : ")
    assert len(ids) == 150


def test_session_writes_nothing_and_repeats_with_its_seed(tmp_path: Path) -> None:
    first, second = (sample.Session(tmp_path / "none", seed=2) for _ in range(2))
    assert [first.play() for _ in range(20)] == [second.play() for _ in range(20)]
    assert not (tmp_path / "none").exists()


def test_cash_session_stays_at_its_table(tmp_path: Path) -> None:
    session = sample.Session(tmp_path, seed=3)
    assert len({session.play().path for _ in range(400)}) == 1


@pytest.mark.slow
def test_resident_memory_of_a_long_history_is_that_of_a_short_one(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from pokerlab import sample;"
        "sample.write(sys.argv[1], int(sys.argv[2]), game='mixed', truth=False);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}

    def peak_kb(hands: int) -> int:
        command = [sys.executable, "-c", code, str(tmp_path / str(hands)), str(hands)]
        return int(subprocess.run(command, check=True, env=env, capture_output=True, text=True).stdout)

    assert peak_kb(200_000) < peak_kb(2_000) + 5_000
