"""Hands as files for other programs: tables, the formats of other poker tools, and the original text."""

from __future__ import annotations

from pokerlab.export._duckdb import duckdb
from pokerlab.export._ohh import ohh
from pokerlab.export._phh import phh
from pokerlab.export._tables import csv, parquet
from pokerlab.export._text import text

__all__ = ["csv", "duckdb", "ohh", "parquet", "phh", "text"]
