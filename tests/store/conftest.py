"""Fixtures of the store's tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pokerlab.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def factory() -> Iterator[ModuleType]:
    """Give the module that makes up frames, as the worker processes import it."""
    sys.path.insert(0, str(HERE))
    import factory

    yield factory
    sys.path.remove(str(HERE))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give an empty store that does not compact by itself."""
    return Store(tmp_path / "store", auto_compact=False)


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start worker processes, and end those that are left when the test is over."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object, script: str = "worker.py") -> subprocess.Popen[str]:
        command = [sys.executable, str(HERE / script), *map(str, arguments)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
