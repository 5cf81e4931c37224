"""Study your own online poker play in Jupyter: hands as Polars frames, statistics, equity, a live feed."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pokerlab import cards, cluster, demo, errors, export, plots, sample, schema, server, stats, watch
    from pokerlab._equity import Equity, HandRank, equity, evaluate, evaluate_many, evaluate_omaha
    from pokerlab._equity.by_hand import equity_by_hand
    from pokerlab._equity.columns import equity_frame
    from pokerlab._equity.pairs import PreflopTable, preflop_equity, preflop_table
    from pokerlab._equity.study import category_histogram, equity_by_class, equity_distribution, next_card_equity
    from pokerlab._ingest import IngestReport, ingest, read_winamax
    from pokerlab._lab import Lab
    from pokerlab._lab import open_lab as open  # noqa: A004
    from pokerlab._query import sessions, with_tournaments
    from pokerlab._rejects import retry_rejects
    from pokerlab._scan import LazyHandFrames, scan_winamax
    from pokerlab.errors import PokerlabError
    from pokerlab.facts import decisions
    from pokerlab.frames import HandFrames, concat
    from pokerlab.interchange import read_phh
    from pokerlab.omaha_ranges import OmahaRange
    from pokerlab.ranges import Range
    from pokerlab.store import Store
    from pokerlab.widgets import LiveHands, RangeGrid, Replayer, live, range_grid, replay

__version__ = "0.1.0"

_MODULES = ("cards", "cluster", "demo", "errors", "export", "plots", "sample", "schema", "server", "stats", "watch")
_HOMES = {
    "Equity": "_equity",
    "HandFrames": "frames",
    "HandRank": "_equity",
    "IngestReport": "_ingest",
    "Lab": "_lab",
    "LazyHandFrames": "_scan",
    "LiveHands": "widgets",
    "OmahaRange": "omaha_ranges",
    "PokerlabError": "errors",
    "PreflopTable": "_equity.pairs",
    "Range": "ranges",
    "RangeGrid": "widgets",
    "Replayer": "widgets",
    "Store": "store",
    "category_histogram": "_equity.study",
    "concat": "frames",
    "decisions": "facts",
    "equity": "_equity",
    "equity_by_class": "_equity.study",
    "equity_by_hand": "_equity.by_hand",
    "equity_distribution": "_equity.study",
    "equity_frame": "_equity.columns",
    "evaluate": "_equity",
    "evaluate_many": "_equity",
    "evaluate_omaha": "_equity",
    "ingest": "_ingest",
    "live": "widgets",
    "next_card_equity": "_equity.study",
    "open": "_lab",
    "preflop_equity": "_equity.pairs",
    "preflop_table": "_equity.pairs",
    "range_grid": "widgets",
    "read_phh": "interchange",
    "read_winamax": "_ingest",
    "replay": "widgets",
    "retry_rejects": "_rejects",
    "scan_winamax": "_scan",
    "sessions": "_query",
    "with_tournaments": "_query",
}
_OTHER_NAMES = {"open": "open_lab"}

__all__ = [
    "Equity",
    "HandFrames",
    "HandRank",
    "IngestReport",
    "Lab",
    "LazyHandFrames",
    "LiveHands",
    "OmahaRange",
    "PokerlabError",
    "PreflopTable",
    "Range",
    "RangeGrid",
    "Replayer",
    "Store",
    "cards",
    "category_histogram",
    "cluster",
    "concat",
    "decisions",
    "demo",
    "equity",
    "equity_by_class",
    "equity_by_hand",
    "equity_distribution",
    "equity_frame",
    "errors",
    "evaluate",
    "evaluate_many",
    "evaluate_omaha",
    "export",
    "ingest",
    "live",
    "next_card_equity",
    "open",
    "plots",
    "preflop_equity",
    "preflop_table",
    "range_grid",
    "read_phh",
    "read_winamax",
    "replay",
    "retry_rejects",
    "sample",
    "scan_winamax",
    "schema",
    "server",
    "sessions",
    "stats",
    "watch",
    "with_tournaments",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"pokerlab.{name}")
    if name in _HOMES:
        return getattr(import_module(f"pokerlab.{_HOMES[name]}"), _OTHER_NAMES.get(name, name))
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
