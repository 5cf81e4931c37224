"""Where a store's files lie: a folder of this machine, or a bucket of an object store."""

from __future__ import annotations

import os
import random
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from filelock import FileLock, Timeout

from pokerlab.errors import StoreError
from pokerlab.store._layout import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import polars as pl

LOCK_TIMEOUT_S = 60.0
"""How long a writer waits for the other processes' commits, which take milliseconds each."""

BACK_OFF_S = 2.0
"""Longest pause before a commit to an object store is tried again."""

VACUUM_HOURS = 1
"""Without a lock, files younger than that may be somebody's who is about to commit them."""

_URL = re.compile(r"(s3|gs|az)://[A-Za-z0-9._-]+(/[A-Za-z0-9 ._=+-]+)*")
_SECRET = re.compile("key|secret|token|password|sas|credential|account", re.IGNORECASE)
_FEW = 32


class Place(ABC):
    """What a store needs of the file system that it lies in; paths are relative, with forward slashes.

    Attributes
    ----------
    uri
        What users and deltalake call it.
    remote
        Whether it has no lock, so that only a commit tells who was first, and a commit that raised may yet arrive.
    """

    uri: str
    remote: bool

    @property
    @abstractmethod
    def options(self) -> dict[str, str] | None:
        """What deltalake needs to reach it."""

    @property
    def reading(self) -> dict[str, Any]:
        """What Polars needs to reach it."""
        return {}

    @abstractmethod
    def url(self, path: str) -> str:
        """Give what Polars calls a file."""

    @abstractmethod
    def names(self) -> set[str]:
        """Name what lies at the top, hidden files left out."""

    @abstractmethod
    def has_log(self) -> bool:
        """Tell whether a Delta log is there."""

    @abstractmethod
    def make(self) -> None:
        """Make it, with its parents."""

    @abstractmethod
    def write(self, path: str, frame: pl.DataFrame, **options: Any) -> int:
        """Write a new Parquet file, whole and to stay; give its size."""

    @abstractmethod
    def missing(self, paths: Sequence[str]) -> list[str]:
        """Name the files that are not there."""

    def is_empty(self, path: str) -> bool:  # noqa: ARG002
        """Tell whether a file is there and has no bytes, as a power loss leaves it; no object is ever like that."""
        return False

    @abstractmethod
    def data_files(self) -> Iterator[str]:
        """Name the Parquet files of rows that are there, whether the log names them or not."""

    @abstractmethod
    def delete(self, paths: Iterable[str]) -> None:
        """Remove files that no commit names; one that stays is an orphan, which vacuum removes."""

    @abstractmethod
    def sync(self, path: str) -> None:
        """Wait until a file that deltalake wrote will outlive a power loss."""

    @abstractmethod
    def lock(self) -> AbstractContextManager[None]:
        """Keep other writers out, where that is possible."""

    @abstractmethod
    def tries(self, times: int) -> Iterator[int]:
        """Count the times that a commit is tried, with pauses where others are not kept out."""

    def masked(self, text: str) -> str:
        """Take secrets out of a message."""
        return text

    def __str__(self) -> str:
        return self.uri


@dataclass(frozen=True, slots=True)
class Folder(Place):
    """A folder of this machine, or one that is mounted here and has file locks."""

    path: Path
    remote = False

    @property
    def uri(self) -> str:  # type: ignore[override]
        """The path."""
        return str(self.path)

    @property
    def options(self) -> None:
        """Nothing is needed."""
        return

    def url(self, path: str) -> str:
        """Give the path of a file."""
        return str(self.path / path)

    def names(self) -> set[str]:
        """Name what lies at the top, hidden files left out."""
        return {entry.name for entry in self.path.iterdir() if entry.name[0] != "."} if self.path.exists() else set()

    def has_log(self) -> bool:
        """Tell whether a Delta log is there."""
        log = self.path / "_delta_log"
        return log.is_dir() and any(entry.suffix in {".json", ".parquet"} for entry in log.iterdir())

    def make(self) -> None:
        """Make the folder."""
        self.path.mkdir(parents=True, exist_ok=True)

    def write(self, path: str, frame: pl.DataFrame, **options: Any) -> int:
        """Write a new Parquet file, and wait until it and its name are on the disk."""
        target, content = self.path / path, BytesIO()
        # By way of memory: what Polars raises when it meets a full disk does not say so.
        frame.write_parquet(content, **options)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            size = file.write(content.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        _sync(target.parent)
        return size

    def missing(self, paths: Sequence[str]) -> list[str]:
        """Name the files that are not there."""
        return [path for path in paths if not (self.path / path).exists()]

    def is_empty(self, path: str) -> bool:
        """Tell whether a file is there and has no bytes, as a power loss leaves it."""
        file = self.path / path
        return file.exists() and not file.stat().st_size

    def data_files(self) -> Iterator[str]:
        """Name the Parquet files of rows."""
        for path in self.path.glob("kind=*/month=*/*.parquet"):
            yield path.relative_to(self.path).as_posix()

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files."""
        for path in paths:
            with suppress(OSError):
                (self.path / path).unlink()

    def sync(self, path: str) -> None:
        """Bring a file and its name to the disk."""
        for entry in (self.path / path, (self.path / path).parent):
            _sync(entry)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other writers out; readers never wait."""
        lock = FileLock(self.path / LOCK_NAME, timeout=LOCK_TIMEOUT_S)
        try:
            lock.acquire()
        except Timeout as error:
            msg = f"{self} is locked by another process for over {LOCK_TIMEOUT_S:.0f} s; end that one, then retry"
            raise StoreError(msg) from error
        except OSError as error:
            msg = f"{self} cannot be written: {error}; check its permissions and the free space"
            raise StoreError(msg) from error
        try:
            yield
        finally:
            lock.release()

    def tries(self, times: int) -> Iterator[int]:
        """Count: under the lock only programs that do not take it come first."""
        yield from range(times)

    __str__ = Place.__str__


@dataclass(frozen=True, slots=True)
class Bucket(Place):
    """A bucket, or a prefix in one, of an object store that takes a new object only where there is none.

    Nobody can be kept out, so that several writers try until their commit comes first.
    """

    uri: str
    _given: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    remote = True

    @property
    def options(self) -> dict[str, str]:
        """What deltalake needs to reach it."""
        return dict(self._given)

    @property
    def reading(self) -> dict[str, Any]:
        """What Polars needs to reach it: the same, but for a number that it wants as such."""
        return {"storage_options": {name: _number(name, value) for name, value in self._given}}

    def url(self, path: str) -> str:
        """Give the address of a file."""
        return f"{self.uri}/{path}"

    def names(self) -> set[str]:
        """Name what lies at the top, hidden files left out."""
        from pyarrow.fs import FileSelector

        found = _files_of(self).get_file_info(FileSelector("", recursive=False))
        return {info.base_name for info in found if info.base_name[0] != "."}

    def has_log(self) -> bool:
        """Tell whether a Delta log is there."""
        return "_delta_log" in self.names()

    def make(self) -> None:
        """Do nothing: an object store has no folders, and the bucket is there or not."""

    def write(self, path: str, frame: pl.DataFrame, **options: Any) -> int:
        """Write a new Parquet file; an object is whole, and there to stay, or not there."""
        frame.write_parquet(self.url(path), **options, **self.reading)
        size: int = _files_of(self).get_file_info(path).size
        return size

    def missing(self, paths: Sequence[str]) -> list[str]:
        """Name the files that are not there: few are asked for one by one, for many all are listed."""
        from pyarrow.fs import FileSelector, FileType

        asked = list(paths) if len(paths) <= _FEW else FileSelector("", recursive=True)
        found = {info.path for info in _files_of(self).get_file_info(asked) if info.type == FileType.File}
        return [path for path in paths if path not in found]

    def data_files(self) -> Iterator[str]:
        """Name the Parquet files of rows."""
        from pyarrow.fs import FileSelector

        for info in _files_of(self).get_file_info(FileSelector("", recursive=True)):
            if info.path.startswith("kind=") and info.path.endswith(".parquet"):
                yield info.path

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files."""
        for path in paths:
            with suppress(OSError):
                _files_of(self).delete_file(path)

    def sync(self, path: str) -> None:
        """Do nothing: what an object store has acknowledged stays."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep nobody out."""
        return nullcontext()

    def tries(self, times: int) -> Iterator[int]:
        """Count five times as far, with pauses of random length that grow, so that many writers come through."""
        for n in range(5 * times):
            if n:
                time.sleep(random.uniform(0, min(BACK_OFF_S, 0.02 * 2**n)))  # noqa: S311
            yield n

    def masked(self, text: str) -> str:
        """Take the values of options that look like secrets out of a message."""
        for value in sorted((v for name, v in self._given if _SECRET.search(name)), key=len, reverse=True):
            text = text.replace(value, "***") if value else text
        return text

    __str__ = Place.__str__


def place_of(path: str | os.PathLike[str], options: Mapping[str, str] | None = None) -> Place:
    """Tell folders from object stores.

    Raises
    ------
    StoreError
        The name cannot be that of a store, or options are given that make no sense.
    """
    if isinstance(path, str) and "://" in path:
        return _bucket(path, options)
    if options:
        msg = f"storage_options are for object stores, such as s3://bucket/hands; {str(path)!r} is a folder"
        raise StoreError(msg)
    folder = Path(path).expanduser().absolute()
    if re.search(r"(^|/)(s3|gs|az):/", Path(path).as_posix()):
        msg = f"{str(path)!r} was a URL before it became a Path; give the text itself, such as 's3://bucket/hands'"
        raise StoreError(msg)
    if unquote(str(folder)) != str(folder) or (os.name != "nt" and "\\" in str(folder)):
        # deltalake 1.6 takes a path for a URL in one place and not in another: it writes here and reads there.
        msg = f"{folder} has a backslash, or % and two hex digits, in its name; choose another folder for the store"
        raise StoreError(msg)
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is a file; a store is a folder"
        raise StoreError(msg)
    return Folder(folder)


def folder_of(place: Place) -> Path:
    """Give the folder of a store that lies in one.

    Raises
    ------
    StoreError
        It lies in an object store.
    """
    if not isinstance(place, Folder):
        msg = f"{place} is no folder of this machine; its uri names it"
        raise StoreError(msg)
    return place.path


def _bucket(url: str, options: Mapping[str, str] | None) -> Bucket:
    if "@" in url:
        msg = "the address of a store holds no user or key; give them in storage_options"
        raise StoreError(msg)
    uri = url.rstrip("/")
    if not _URL.fullmatch(uri) or {".", ".."} & set(uri.split("/")):
        msg = (
            f"{url!r} is no address of a store; give s3://, gs:// or az:// and a bucket, "
            "then names of letters, digits, spaces and ._=+- between slashes"
        )
        raise StoreError(msg)
    given = {} if options is None else options
    if not isinstance(given, Mapping):
        msg = f"storage_options is a {type(given).__name__}; give a dict, such as {{'AWS_REGION': 'eu-west-3'}}"
        raise StoreError(msg)
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            msg = f"the storage option {name!r} is a {type(value).__name__}; give names and values as text"
            raise StoreError(msg)
    return Bucket(uri, tuple(sorted(given.items())))


@lru_cache(maxsize=16)
def _files_of(bucket: Bucket) -> Any:
    from deltalake.fs import DeltaStorageHandler
    from pyarrow.fs import PyFileSystem

    return PyFileSystem(DeltaStorageHandler(bucket.uri, bucket.options))


def _number(name: str, value: str) -> str | int:
    return int(value) if name.lower() == "max_retries" and value.isdecimal() else value


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
