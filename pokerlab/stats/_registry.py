"""All statistics of this process by their codes: pokerlab's own, and those that a user registers."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from pokerlab import schema
from pokerlab.errors import StatError
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pokerlab.stats.values import AnyStat

_ENDINGS = ("count", "chances", "interval", "shrunk", "total", "stderr", "per_100")
"""What follows a code in the names of other results of its statistic."""


class Registry:
    """Statistics by code. Any thread may read while another registers: what is read is never changed in place."""

    def __init__(self, built_in: Iterable[AnyStat]) -> None:
        self._built_in = {stat.code: stat for stat in built_in}
        self._all = dict(self._built_in)
        self._changing = Lock()

    @property
    def stats(self) -> tuple[AnyStat, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._all.values())

    def get(self, code: str) -> AnyStat:
        """Give a statistic by its code.

        Raises
        ------
        StatError
            There is none of this code.
        """
        known = self._all
        if code not in known:
            msg = f"{code!r} is not a statistic{suggestion(str(code), known)}"
            raise StatError(msg)
        return known[code]

    def register(self, *stats: AnyStat, replace: bool = False) -> None:
        """Add statistics: all of them, or none if one is refused; see `pokerlab.stats.register`."""
        with self._changing:
            known = dict(self._all)
            for stat in stats:
                _check(stat, known, self._built_in, replace=replace)
                known[stat.code] = stat
            self._all = known

    def unregister(self, *codes: str) -> None:
        """Forget own statistics; see `pokerlab.stats.unregister`."""
        with self._changing:
            for code in codes:
                if code in self._built_in:
                    msg = f"{code!r} is a statistic of pokerlab and stays"
                    raise StatError(msg)
                self.get(code)
            self._all = {code: stat for code, stat in self._all.items() if code not in codes}


def _check(stat: AnyStat, known: dict[str, AnyStat], built_in: dict[str, AnyStat], *, replace: bool) -> None:
    code = stat.code
    if code in built_in:
        msg = f"there is a statistic {code!r} of pokerlab already ({built_in[code].name}); choose another code"
    elif code in known and not replace:
        msg = f"there is a statistic {code!r} already ({known[code].name}); choose another code, or say replace=True"
    elif code in schema.SEATS:
        msg = f"{code!r} is a column of seats; choose another code"
    elif taken := _taken(code, known):
        msg = f"{code!r} is the name of a result of {taken!r}; choose another code"
    else:
        return
    raise StatError(msg)


def _taken(code: str, known: dict[str, AnyStat]) -> str | None:
    """Give the code of which another statistic's result is named as ``code``, or the other way round."""
    for ending in _ENDINGS:
        if code.removesuffix(f"_{ending}") in known and code.endswith(f"_{ending}"):
            return code.removesuffix(f"_{ending}")
        if f"{code}_{ending}" in known:
            return f"{code}_{ending}"
    return None
