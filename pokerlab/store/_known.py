"""Which keys the store holds already: hashes in memory, the files where a hash is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab.store._files import scan
from pokerlab.store._layout import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pokerlab.store._layout import DataFile
    from pokerlab.store._place import Place

_MERGE_AT = 65_536
_SPARE_FILES = 64


class Known:
    """The keys in the live files of one kind.

    Files never change, so each is read once in the life of the process: 16 bytes of memory a key. A hash
    whose file was compacted away, or whose row was taken out, does no harm: every hit is confirmed by the key itself.
    """

    def __init__(self, root: Place, kind: str, key: list[str]) -> None:
        self._root = root
        self._kind = kind
        self._key = key
        self._files: dict[str, NDArray[np.uint64]] = {}
        self._old: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._recent: NDArray[np.uint64] = np.empty(0, np.uint64)

    def mask(self, frame: pl.DataFrame, files: Sequence[DataFile]) -> pl.Series:
        """Tell for each row of ``frame`` whether its key is in one of ``files``."""
        mask = np.zeros(frame.height, np.bool_)
        mask[self._found(frame, files)["_row"].to_numpy()] = True
        return pl.Series(mask)

    def holders(self, frame: pl.DataFrame, files: Sequence[DataFile]) -> list[DataFile]:
        """Name those of ``files`` that hold a key of ``frame``."""
        paths = set(self._found(frame, files)["_path"])
        return [file for file in files if self._root.url(file.path) in paths]

    def _found(self, frame: pl.DataFrame, files: Sequence[DataFile]) -> pl.DataFrame:
        """Give the rows of ``frame`` whose keys are stored, with the files that hold them."""
        none = pl.DataFrame(schema={"_row": pl.UInt32, "_path": pl.String})
        if not frame.height:
            return none
        self._update(files)
        hashes = self._hashes(frame)
        maybe = _contains(self._old, hashes) | _contains(self._recent, hashes)
        if not maybe.any():
            return none
        hits = np.sort(hashes[maybe])
        where = [file for file in files if _meets(self._files[file.path], hits)]
        stored = scan(self._root, where, self._columns(), path_column="_path").collect()
        given = frame.select(self._key).with_row_index("_row").filter(pl.Series(maybe))
        return given.join(stored, on=self._key, nulls_equal=True).select("_row", "_path")

    def warm_up(self, files: Sequence[DataFile]) -> None:
        """Read the keys of ``files`` now, so that the next question does not wait for it."""
        self._update(files)

    def learn(self, file: DataFile, frame: pl.DataFrame) -> None:
        """Take the keys of a file that this process wrote, without reading it."""
        self._remember(file.path, self._hashes(frame))

    def _update(self, files: Sequence[DataFile]) -> None:
        if len(self._files) > 2 * len(files) + _SPARE_FILES:
            live = {file.path for file in files}
            self._files = {path: keys for path, keys in self._files.items() if path in live}
        if new := [file for file in files if file.path not in self._files]:
            lazy = scan(self._root, new, self._columns(), path_column="_path").select("_path", _hash=self._expr())
            parts = lazy.collect().partition_by("_path", as_dict=True)
            for file in new:
                hashes = parts[(self._root.url(file.path),)]["_hash"].to_numpy()
                self._remember(file.path, hashes)

    def _remember(self, path: str, hashes: NDArray[np.uint64]) -> None:
        self._files[path] = hashes = np.sort(hashes)
        self._recent = np.sort(np.concatenate([self._recent, hashes]), kind="stable")
        if self._recent.size > max(_MERGE_AT, self._old.size // 8):
            self._old = union(self._old, self._recent)
            self._recent = self._recent[:0]

    def _hashes(self, frame: pl.DataFrame) -> NDArray[np.uint64]:
        return frame.select(self._expr()).to_series().to_numpy()

    def _expr(self) -> pl.Expr:
        return pl.col(self._key[0]).hash() if len(self._key) == 1 else pl.struct(self._key).hash()

    def _columns(self) -> dict[str, pl.DataType]:
        return {name: KINDS[self._kind][name] for name in self._key}


def union(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put two sorted arrays together, each key once; NumPy's own union hashes the keys, which takes ten times longer.

    Examples
    --------
    >>> union(np.array([1, 3], np.uint64), np.array([2, 3, 3], np.uint64)).tolist()
    [1, 2, 3]
    """
    both = np.sort(np.concatenate([one, other]), kind="stable")
    kept: NDArray[np.uint64] = both[np.diff(both, prepend=both[:1] + np.uint64(1)) != 0]
    return kept


def _contains(sorted_keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not sorted_keys.size:
        return np.zeros(wanted.size, np.bool_)
    at = np.searchsorted(sorted_keys, wanted)
    at[at == sorted_keys.size] = 0
    found: NDArray[np.bool_] = sorted_keys[at] == wanted
    return found


def _meets(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> bool:
    small, large = (one, other) if one.size < other.size else (other, one)
    return bool(_contains(large, small).any())
