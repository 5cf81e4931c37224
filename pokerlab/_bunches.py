"""Things put together until they are large enough to be worth a step of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def bunches(items: Iterable[T], size: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """Give neighbours together whose sizes add up to ``most`` at most; what is larger by itself stands alone.

    Items are taken as they are asked for: one ahead of what was given.

    Examples
    --------
    >>> list(bunches([2, 1, 9, 3], int, 4))
    [[2, 1], [9], [3]]
    """
    bunch: list[T] = []
    total = 0
    for item in items:
        if bunch and total + size(item) > most:
            yield bunch
            bunch, total = [], 0
        bunch.append(item)
        total += size(item)
    if bunch:
        yield bunch
