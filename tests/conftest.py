"""Fixtures that all tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Bucket = tuple[str, dict[str, str]]

# What a test does not say itself; CI tries as many as Hypothesis does by default.
settings.register_profile("pokerlab", deadline=None, max_examples=int(os.environ.get("POKERLAB_EXAMPLES", "25")))
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


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Give the address of an S3 server on loopback: moto, in a process of its own, as deltalake may hold the GIL."""
    if missing := [name for name in ("moto", "flask", "flask_cors") if find_spec(name) is None]:
        pytest.skip(f"no {missing[0]}, which comes with the extra 'test': tests on an object store need it")
    command = [sys.executable, str(Path(__file__).parent / "s3.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


@pytest.fixture(scope="session")
def new_bucket(s3_server: str) -> Callable[[], Bucket]:
    """Give a function that makes a bucket, and gives its address and how to reach it."""
    numbers = count()
    options = {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "an-access-key",
        "AWS_SECRET_ACCESS_KEY": "a-secret-key",
        "AWS_REGION": "us-east-1",
    }

    def make() -> Bucket:
        name = f"bucket-{next(numbers)}"
        with urlopen(Request(f"{s3_server}/{name}", method="PUT")):
            return f"s3://{name}", options

    return make


@pytest.fixture
def bucket(new_bucket: Callable[[], Bucket]) -> Bucket:
    """Give the address of a bucket of the test's own, and how to reach it."""
    return new_bucket()
