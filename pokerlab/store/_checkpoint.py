"""Checkpoints of the log: what a reader needs to know of all commits before, in one file.

Written here and not by deltalake, which deletes the entries that a checkpoint replaces before that is on the disk (a
power loss could take the whole log), and which keeps each one for a day although every one lists the files that the day
before has removed: 10,000 live hands left 600 MB of them.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from pokerlab.store._place import Folder

if TYPE_CHECKING:
    from pathlib import Path

    from deltalake import DeltaTable

    from pokerlab.store._place import Place

EVERY = 20
"""Commits from one checkpoint to the next."""

KEPT_EVERY = 500
"""Commits from one checkpoint to the next among the older ones, from which an earlier state is read."""

NEWEST = 3
"""Checkpoints that are kept in any case: somebody may be about to read the one that he was told of."""

CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")

_logger = logging.getLogger(__name__)


def checkpoint(table: DeltaTable, root: Place, version: int) -> None:
    """Write a checkpoint after a commit if it is time; where that fails, the commit stands, and a later one tries."""
    from deltalake.exceptions import DeltaError

    if (version + 1) % EVERY:
        return
    try:
        table.update_incremental()
        version = table.version()
        table.create_checkpoint()
        for name in (f"{version:020}.checkpoint.parquet", "_last_checkpoint"):
            root.sync(f"_delta_log/{name}")
        if isinstance(root, Folder):
            _thin_out(root.path / "_delta_log")
        if (version + 1) % KEPT_EVERY == 0:
            table.cleanup_metadata()
    except (OSError, DeltaError) as error:
        _logger.warning("%s: no checkpoint of its log was written: %s", root, root.masked(str(error)))


def _thin_out(log: Path) -> None:
    """Delete older checkpoints but for a few; the commits between them are kept as long as ever."""
    versions = sorted(int(found[1]) for path in log.iterdir() if (found := CHECKPOINT.fullmatch(path.name)))
    for version in versions[1:-NEWEST]:
        if (version + 1) % KEPT_EVERY:
            (log / f"{version:020}.checkpoint.parquet").unlink(missing_ok=True)
