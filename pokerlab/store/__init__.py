"""The store: one Delta table on disk that many processes read and write, in which a hand is once or not at all.

A hand's rows in ``hands``, ``seats`` and ``actions`` become visible together. Reads are Polars LazyFrames or SQL.
"""

from pokerlab.store._batch import AddReport
from pokerlab.store._check import CheckReport
from pokerlab.store._compact import CompactReport
from pokerlab.store._ledger import FileRow, Known, Ledger, Reading
from pokerlab.store._note_rows import aliases
from pokerlab.store._notes import Notes
from pokerlab.store._repair import RepairReport
from pokerlab.store._snapshot import Snapshot
from pokerlab.store._store import Store

__all__ = [
    "AddReport",
    "CheckReport",
    "CompactReport",
    "FileRow",
    "Known",
    "Ledger",
    "Notes",
    "Reading",
    "RepairReport",
    "Snapshot",
    "Store",
    "aliases",
]
