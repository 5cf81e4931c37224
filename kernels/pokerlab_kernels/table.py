"""The perfect-hash table: strength 1..7462 of the best five of 5, 6 or 7 cards, higher wins.

Every card has a 64-bit key, and the key of a hand is ``starts[number of cards]`` plus the keys of its cards, in any
order and in any parts. The low 32 bits are a sum that no other multiset of ranks shares; above them each suit counts
its cards in four bits, from 3, so that the fifth card of a suit sets the top bit. Without a flush, the low 25 bits look
up the strength by row displacement: the upper 13 choose a row, and the row's offset moves it to where its entries fell
into the gaps of others. With a flush, the 13 bits of its ranks look it up directly.

The table is built once, kept in the user's cache folder with its digest, and mapped read-only by every process.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from functools import cache
from hashlib import blake2b
from itertools import combinations, combinations_with_replacement
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import _jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Ints = NDArray[np.int64]

FLUSH = np.uint64(0x8888 << 32)
"""The bits of a key that say which suit has five cards."""

SUM_BITS = 25
COLUMN_BITS = 12

# The smallest numbers whose sums over seven cards, at most four of a rank, all differ (found by trying each in turn).
_RANK_NUMBERS = (0, 1, 5, 22, 98, 453, 2031, 8698, 22854, 83661, 262349, 636345, 1479181)
# Any odd factor keeps sums distinct modulo 2**25; a large one scatters them over the rows, which then pack well.
_SCATTER = 0x9E3779B1
_SIZES = (7, 6, 5)
_MAGIC = b"pokerlab strengths\n"


class Table(NamedTuple):
    """Views into the mapped file, all read-only; kernels take it as one argument."""

    starts: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    offsets: NDArray[np.uint32]
    strengths: NDArray[np.uint16]
    flushes: NDArray[np.uint16]


_DTYPES = (np.uint64, np.uint64, np.uint32, np.uint16, np.uint16)
_LENGTHS = (8, 52, 1 << (SUM_BITS - COLUMN_BITS), -1, 1 << 13)


def _multisets(size: int) -> NDArray[np.int64]:
    """Count the ranks of every multiset of `size` cards with at most four of a rank: (n, 13)."""
    ranks = np.array(list(combinations_with_replacement(range(13), size)))
    counts = (ranks[:, :, None] == np.arange(13)).sum(axis=1)
    return counts[counts.max(axis=1) <= 4]


def _straight_top(ranks: list[int]) -> int | None:
    if ranks[0] - ranks[4] == 4:
        return ranks[0]
    return 3 if ranks == [12, 3, 2, 1, 0] else None


def _order(counts: tuple[int, ...], *, flush: bool) -> tuple[int, ...]:
    """Give the sort key of five cards by the rules: category, then ranks by how many there are, then by height."""
    groups = sorted(((count, rank) for rank, count in enumerate(counts) if count), reverse=True)
    shape = [count for count, _ in groups]
    ranks = [rank for _, rank in groups]
    top = _straight_top(ranks) if len(ranks) == 5 else None
    if top is not None:
        return (8 if flush else 4, top)
    if flush:
        return (5, *ranks)
    category = {(1, 1): 0, (2, 1): 1, (2, 2): 2, (3, 1): 3, (3, 2): 6, (4, 1): 7}[shape[0], shape[1]]
    return (category, *ranks)


def _five_card_strengths() -> tuple[dict[tuple[int, ...], int], dict[int, int]]:
    """Give a number to all 7462 classes: by counts of ranks without a flush, by rank mask with one."""
    plain = {tuple(counts): _order(tuple(counts), flush=False) for counts in _multisets(5).tolist()}
    masks = {sum(1 << rank for rank in ranks): ranks for ranks in combinations(range(13), 5)}
    flushes = {
        mask: _order(tuple(int(rank in ranks) for rank in range(13)), flush=True) for mask, ranks in masks.items()
    }
    number = {order: place for place, order in enumerate(sorted({*plain.values(), *flushes.values()}), start=1)}
    return {counts: number[order] for counts, order in plain.items()}, {
        mask: number[order] for mask, order in flushes.items()
    }


def _drop_one_best(
    counts: NDArray[np.int64], sums: NDArray[np.int64], strengths: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give each multiset the best strength that is left after leaving out one card."""
    order = np.argsort(sums)
    whole = counts @ np.array(_RANK_NUMBERS)
    best = np.zeros(len(counts), np.int64)
    for rank, number in enumerate(_RANK_NUMBERS):
        has = counts[:, rank] > 0
        found = order[np.searchsorted(sums[order], whole[has] - number)]
        best[has] = np.maximum(best[has], strengths[found])
    return best


def _flush_strengths(five: dict[int, int]) -> NDArray[np.uint16]:
    flushes = [0] * (1 << 13)
    for mask in sorted(range(1 << 13), key=int.bit_count):
        if mask.bit_count() == 5:
            flushes[mask] = five[mask]
        elif 5 < mask.bit_count() <= 7:
            flushes[mask] = max(flushes[mask & ~(1 << rank)] for rank in range(13) if mask >> rank & 1)
    return np.array(flushes, np.uint16)


def _displace(sums: NDArray[np.int64], strengths: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """Push each row, the fullest first, to the first gap that takes all its entries; one big int marks what is used."""
    order = np.argsort(sums)
    sums, strengths = sums[order], strengths[order]
    n_rows = 1 << (SUM_BITS - COLUMN_BITS)
    bounds = np.searchsorted(sums >> COLUMN_BITS, np.arange(n_rows + 1))
    offsets = np.zeros(n_rows, np.int64)
    place = np.zeros(len(sums), np.int64)
    used = 0
    for row in np.argsort(bounds[:-1] - bounds[1:], kind="stable").tolist():
        start, stop = bounds[row], bounds[row + 1]
        if start == stop:
            break
        columns = (sums[start:stop] - sums[start]).tolist()
        clash = 0
        for column in columns:
            clash |= used >> column
        gap = (~clash & (clash + 1)).bit_length() - 1
        used |= sum(1 << column for column in columns) << gap
        offsets[row] = gap - sums[start]
        place[start:stop] = sums[start:stop] + offsets[row]
    packed = np.zeros(used.bit_length(), np.uint16)
    packed[place] = strengths
    return (offsets % (1 << 32)).astype(np.uint32), packed


def build() -> Table:
    """Compute the table from the rules of poker; about half a second."""
    plain, suited = _five_card_strengths()
    counts = _multisets(5)
    sums = counts @ np.array(_RANK_NUMBERS)
    strengths = np.array([plain[tuple(row)] for row in counts.tolist()])
    by_size = {5: (sums, strengths)}
    for size in (6, 7):
        counts = _multisets(size)
        strengths = _drop_one_best(counts, sums, strengths)
        sums = counts @ np.array(_RANK_NUMBERS)
        by_size[size] = sums, strengths

    starts, base = np.zeros(8, np.uint64), 0
    scattered = []
    for size in _SIZES:
        sums, _ = by_size[size]
        starts[size] = (0x3333 << 32) + base * _SCATTER % (1 << SUM_BITS)
        scattered.append((sums + base) * _SCATTER % (1 << SUM_BITS))
        base += int(sums.max()) + 1
    offsets, packed = _displace(np.concatenate(scattered), np.concatenate([by_size[size][1] for size in _SIZES]))
    keys = [
        (number * _SCATTER % (1 << SUM_BITS)) + (1 << (32 + 4 * suit)) for number in _RANK_NUMBERS for suit in range(4)
    ]
    return Table(starts, np.array(keys, np.uint64), offsets, packed, _flush_strengths(suited))


def _header(payload: bytes) -> bytes:
    """Name the layout, the source that built it and the content: what differs in any of them is built again."""
    source = blake2b(Path(__file__).read_bytes(), digest_size=16).digest()
    return _MAGIC + source + blake2b(payload, digest_size=32).digest()


def _unpack(payload: memoryview) -> Table:
    views, start = [], 0
    fixed = sum(max(length, 0) * np.dtype(dtype).itemsize for length, dtype in zip(_LENGTHS, _DTYPES, strict=True))
    for length, dtype in zip(_LENGTHS, _DTYPES, strict=True):
        count = length if length >= 0 else (len(payload) - fixed) // np.dtype(dtype).itemsize
        views.append(np.frombuffer(payload, dtype, count, start))
        start += count * np.dtype(dtype).itemsize
    return Table(*views)


def _read(path: Path) -> Table | None:
    """Map the file, or give None where it is absent, damaged, half-written or made by another version."""
    try:
        with path.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):
        return None
    # The header is padded to 128 bytes, so that the arrays behind it are aligned.
    header, payload = content[:128], content[128:]
    if bytes(header) != _header(bytes(payload)).ljust(128, b"\0"):
        return None
    return _unpack(payload)


def _write(path: Path, content: bytes) -> None:
    """Put the file in place whole or not at all; a folder that cannot be written to costs only the next start."""
    try:
        handle, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)


def load_from(path: Path) -> Table:
    """Map the table at `path`, after building and writing it there if it is not whole and of this version."""
    table = _read(path)
    if table is None:
        payload = b"".join(array.tobytes() for array in build())
        _write(path, _header(payload).ljust(128, b"\0") + payload)
        table = _read(path) or _unpack(memoryview(payload))
    return table


@cache
def load() -> Table:
    """Give the one shared table of this process."""
    return load_from(_jit.user_cache() / "strengths.bin")
