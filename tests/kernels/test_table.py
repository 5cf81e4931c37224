"""The table file: built once, whole or not at all, rebuilt whenever it cannot be trusted."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys

import numpy as np
import pytest

from pokerlab_kernels import table


@pytest.fixture(scope="module")
def built():
    return table.build()


@pytest.fixture
def path(tmp_path, built):
    where = tmp_path / "strengths.bin"
    assert_same(table.load_from(where), built)
    return where


def assert_same(one, other):
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left, right)


def test_table_fits_into_256_kb(built):
    assert sum(array.nbytes for array in built) <= 256_000


def test_sums_of_all_rank_multisets_differ(built):
    low = (1 << table.SUM_BITS) - 1
    keys = [int(key) & low for key in built.keys[::4]]
    sums = set()
    for size, n in ((5, 6175), (6, 18395), (7, 49205)):
        counts = table._multisets(size)
        assert len(counts) == n
        sums |= {(int(built.starts[size]) + int(total)) & low for total in counts @ np.array(keys)}
    assert len(sums) == 6175 + 18395 + 49205


def test_loaded_table_is_the_file_itself_and_read_only(path):
    for array in table.load_from(path):
        assert not array.flags.writeable
        assert isinstance(array.base.obj, mmap.mmap)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_whole_file_is_not_written_again(path):
    before = path.stat().st_ino
    table.load_from(path)
    assert path.stat().st_ino == before


def spoil_truncate(content):
    return content[: len(content) // 2]


def spoil_flip(content):
    return content[:100_000] + bytes([content[100_000] ^ 1]) + content[100_001:]


def spoil_version(content):
    start = len(table._MAGIC)
    return content[:start] + bytes(16) + content[start + 16 :]


def spoil_longer(content):
    return content + b"\0\0"


def spoil_empty(content):
    return b""


@pytest.mark.parametrize("spoil", [spoil_truncate, spoil_flip, spoil_version, spoil_longer, spoil_empty])
def test_spoiled_file_is_rebuilt(path, built, spoil):
    good = path.read_bytes()
    path.write_bytes(spoil(good))
    assert_same(table.load_from(path), built)
    assert path.read_bytes() == good


def test_place_that_cannot_be_written_gives_the_table_in_memory(tmp_path, built):
    in_the_way = tmp_path / "strengths.bin"
    in_the_way.mkdir()
    assert_same(table.load_from(in_the_way), built)
    assert list(tmp_path.iterdir()) == [in_the_way]
    missing = tmp_path / "no" / "such" / "folder" / "strengths.bin"
    loaded = table.load_from(missing)
    assert_same(loaded, built)
    assert not any(array.flags.writeable for array in loaded)


def test_two_processes_building_at_once_leave_one_whole_file(tmp_path, built):
    where = tmp_path / "strengths.bin"
    code = "import sys, pathlib; from pokerlab_kernels import table; table.load_from(pathlib.Path(sys.argv[1]))"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = [subprocess.Popen([sys.executable, "-c", code, where], env=env) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert list(tmp_path.iterdir()) == [where]
    read = table._read(where)
    assert read is not None
    assert_same(read, built)
