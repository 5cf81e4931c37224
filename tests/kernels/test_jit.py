"""The folder of compiled code: where it is, whom it may belong to, and that damage in it costs a compilation only."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pokerlab_kernels import _jit

posix = pytest.mark.skipif(os.name == "nt", reason="folders have other owners there")


@pytest.fixture
def folder_of(monkeypatch, tmp_path):
    """Give the cache folder under some environment, with a temporary folder of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def find(**environment):
        for name in ("POKERLAB_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return _jit.user_cache.__wrapped__()

    return find


@pytest.fixture
def homeless(monkeypatch):
    def home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", home)


def test_a_chosen_folder_may_begin_with_the_home_folder_or_be_relative(folder_of, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    home = str(tmp_path / "home")
    assert folder_of(POKERLAB_CACHE_DIR="~/x", HOME=home, USERPROFILE=home) == tmp_path / "home" / "x"
    assert folder_of(POKERLAB_CACHE_DIR="here") == tmp_path / "here"
    assert not (tmp_path / "~").exists()


@posix
def test_a_user_without_a_home_has_one_temporary_folder(folder_of, homeless, tmp_path):
    folder = folder_of()
    assert folder == tmp_path / f"pokerlab-{os.getuid()}" == folder_of()
    assert folder.stat().st_mode & 0o777 == 0o700


@posix
@pytest.mark.parametrize("trap", ["link", "open", "file"])
def test_a_temporary_folder_that_others_could_fill_is_not_taken(folder_of, homeless, tmp_path, trap):
    named = tmp_path / f"pokerlab-{os.getuid()}"
    if trap == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        named.symlink_to(tmp_path / "elsewhere")
    elif trap == "open":
        named.mkdir()
        named.chmod(0o777)
    else:
        named.touch()
    folder = folder_of()
    assert folder != named
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o777 == 0o700


@posix
def test_a_temporary_folder_of_another_user_is_not_taken(folder_of, homeless, tmp_path, monkeypatch):
    user = os.getuid() + 1
    (tmp_path / f"pokerlab-{user}").mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: user)
    assert folder_of().name != f"pokerlab-{user}"


def triple(number):
    return 3 * number


@pytest.mark.parametrize("content", [b"", b"garbage", b"\0" * 4096, None])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_damaged_cache_file_is_compiled_again_and_replaced(monkeypatch, tmp_path, kind, content):
    monkeypatch.setattr(_jit, "_code_folder", lambda: str(tmp_path))
    assert _jit.kernel()(triple)(4) == 12
    damaged = list(tmp_path.rglob(f"*.{kind}"))
    assert len(damaged) == 1
    good = damaged[0].read_bytes()
    damaged[0].write_bytes(good[: len(good) // 2] if content is None else content)
    for hits in (0, 1):
        again = _jit.kernel()(triple)
        assert again(4) == 12
        assert sum(again.stats.cache_hits.values()) == hits


USE = """
import numpy as np
from pokerlab_kernels.evaluate import evaluate
evaluate(np.zeros((0, 5), np.uint8), np.zeros(0, np.uint16))
"""


@pytest.mark.slow
def test_kernels_start_where_all_their_files_are_cut_off(tmp_path):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "POKERLAB_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", USE], env=env, check=True)
    files = list(tmp_path.rglob("*.nb?"))
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[:50])
    subprocess.run([sys.executable, "-c", USE], env=env, check=True)
    assert all(path.stat().st_size > 50 for path in files)
