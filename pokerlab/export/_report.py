"""What an export of single hands wrote, and what it left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

LEFT_OUT = pl.Schema({"hand_id": pl.String, "rule": pl.String, "reason": pl.String})


@dataclass(frozen=True, slots=True, eq=False)
class ExportReport:
    """What was written.

    Attributes
    ----------
    path
        The file.
    written
        How many hands are in it.
    left_out
        A row a hand that the format cannot express: hand_id, rule (one word), reason.
    """

    path: Path
    written: int
    left_out: pl.DataFrame

    def by_rule(self) -> dict[str, int]:
        """Count the hands left out by rule, the most common first."""
        counts = self.left_out["rule"].value_counts(sort=True)
        return dict(counts.iter_rows())

    def __repr__(self) -> str:
        return f"ExportReport({str(self.path)!r}, {self.written:,} hands written, left out: {self.by_rule()})"
