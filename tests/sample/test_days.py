"""Processes change the time that a history takes, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from pokerlab import sample
from pokerlab.errors import SettingsError

ROOT = Path(__file__).resolve().parents[2]
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_bytes_and_truth_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    alone = sample.write(tmp_path / "1", 2_500, seed=3, game="all")
    shared = sample.write(tmp_path / "2", 2_500, seed=3, game="all", workers=2)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert alone is not None
    assert shared is not None
    for table in ("hands", "seats", "actions", "tournaments"):
        mine, theirs = getattr(alone, table), getattr(shared, table)
        if "source" in mine.columns:
            assert theirs["source"].str.contains(str(tmp_path / "2"), literal=True).all()
            name = pl.col("source").str.extract(r"([^/\\]+)$")
            mine, theirs = mine.with_columns(name), theirs.with_columns(name)
        assert mine.equals(theirs)


def test_days_that_were_played_ahead_leave_no_files(tmp_path: Path) -> None:
    few = sample.write(tmp_path, 40, seed=3, workers=2)
    assert few is not None
    assert {Path(source).name for source in few.hands["source"]} == set(contents(tmp_path))


def test_an_error_while_playing_ends_the_processes(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise RuntimeError(f"stopped at {done} of {total}")

    with pytest.raises(RuntimeError, match="stopped at 500 of 20000"):
        sample.write(tmp_path, 20_000, truth=False, workers=2, progress=stop)


@pytest.mark.parametrize("workers", [0, -1])
def test_number_of_workers_that_cannot_be_is_quoted(tmp_path: Path, workers: int) -> None:
    with pytest.raises(SettingsError, match=f"1 or more, or None for one a core, not {workers}"):
        sample.write(tmp_path, 3, workers=workers)


def test_a_script_without_a_guard_is_told_what_it_lacks(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text("from pokerlab import sample\nsample.write('there', 30, workers=2)\n")
    done = subprocess.run(
        [sys.executable, str(script)], env=ENV, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("pokerlab.errors.SettingsError: a process that plays hands ended too soon; in a script, put")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent another way there")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_ends_it_at_once_and_without_orphans(tmp_path: Path, workers: int) -> None:
    code = (
        "import sys\nfrom pokerlab import sample\n"
        "sample.hands(5)\n"  # Polars has set its own handler of interrupts by then
        "say = lambda done, total: print(done, flush=True)\n"
        "sample.write(sys.argv[1], 10_000_000, workers=int(sys.argv[2]), progress=say)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path), str(workers)]
    with subprocess.Popen(
        command, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        stopped = time.monotonic()
        process.stdout.read()  # ends when the last process that could write is gone
        error = process.stderr.read()
        assert process.wait(60) != 0
    assert time.monotonic() - stopped < 30
    assert "KeyboardInterrupt" in error
