"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("pokerlab", deadline=None)
settings.load_profile("pokerlab")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Give the folder of real Winamax files, which lies beside the project where it exists at all."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("no shared/corpus beside the project: tests on real files need it")
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """Give the folder of equities computed by other programs."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip("no shared/reference beside the project: comparisons with other programs need it")
    return folder
