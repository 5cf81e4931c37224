"""What the notebooks work on: what `pokerlab lab` prepared, else a simulated history made on the spot."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab import sample
from pokerlab._lab import open_lab
from pokerlab.demo._table import Table
from pokerlab.errors import SettingsError

if TYPE_CHECKING:
    from pokerlab._lab import Lab

HANDS = 3_000
_AGO = timedelta(days=21)
"""When the simulated history begins; a few thousand hands take some days."""


def open_(*, hands: int = HANDS, seed: int = 0) -> Lab:
    """Open the lab that the notebooks work on.

    Under `pokerlab lab` that is what the command prepared: a simulated history, or your own where you named one.
    Elsewhere a history is simulated in a temporary folder, once a process, and a `Table` goes on playing there.
    In a notebook of your own use `pokerlab.open`.

    Parameters
    ----------
    hands, seed
        How many hands to simulate, and which; of no effect under `pokerlab lab`.

    Raises
    ------
    SettingsError
        ``hands`` is below 1.

    Examples
    --------
    >>> lab = open_(hands=200)
    >>> lab.hands.collect().height >= 200
    True
    """
    if os.environ.get("POKERLAB_HISTORY"):
        return open_lab()
    if hands < 1:
        msg = f"hands={hands!r} is no history; simulate 1 or more"
        raise SettingsError(msg)
    return _passing(hands, seed)


@cache
def _passing(hands: int, seed: int) -> Lab:
    work = Path(tempfile.mkdtemp(prefix="pokerlab-demo-"))
    lab = prepare(work, hands=hands, seed=seed)
    table = Table(lab.folders[0], seed=seed + 1).start()

    def leave() -> None:
        table.stop()
        lab.stop()
        lab.store.close()
        shutil.rmtree(work, ignore_errors=True)

    atexit.register(leave)
    return lab


def prepare(work: Path, *, hands: int = HANDS, seed: int = 0) -> Lab:
    """Simulate a history of recent days in ``work/history`` and import it into ``work/store``."""
    start = (datetime.now(UTC) - _AGO).replace(hour=8, minute=0, second=0, microsecond=0)
    history = work / "history"
    sample.write(history, hands, seed=seed, game="mixed", start=start, truth=False)
    lab = open_lab(work / "store", history)
    lab.ingest()
    return lab
