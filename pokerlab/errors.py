"""Everything pokerlab raises on purpose.

PokerlabError
├── CardError            a card or hand text that is not one
├── RangeError           a token of a range that is not understood
├── EquityError          players, board and dead cards that cannot go together
├── HistoryError         a hand-history source that cannot be read
│   └── HandSyntaxError  one hand the grammar refuses (only with strict=True)
├── SchemaError          a frame without the columns it should have
├── UnitError            money of different units added up
├── StoreError           a store that cannot be opened, read or written
├── StatError            an unknown or ill-defined statistic
│   └── ConditionError   a token of a condition of facts that is not understood
├── ClusterError         work that workers of a cluster could not do
├── ExportError          files that cannot be written
├── SettingsError        settings that make no sense
└── FeedError            a live feed that cannot be reached or resumed
"""

from __future__ import annotations

_LONGEST_QUOTED = 200


def quoted(value: object) -> str:
    """Write what an error is about as Python would, a long text cut: what is pasted by mistake may have megabytes.

    Examples
    --------
    >>> quoted("Kx"), len(quoted("A" * 1_000_000))
    ("'Kx'", 203)
    """
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTED else text[:_LONGEST_QUOTED] + "..."


class PokerlabError(Exception):
    """Base class of all errors raised by pokerlab on purpose."""


class CardError(PokerlabError, ValueError):
    """A text that is not a card, or cards that cannot be in one deck."""


class RangeError(PokerlabError, ValueError):
    """A token of a range that is not understood.

    Attributes
    ----------
    token
        The text that was not understood.
    column
        Where it starts in the range text, counted from 1.
    """

    def __init__(self, message: str, token: str = "", column: int = 0) -> None:
        super().__init__(message)
        self.token = token
        self.column = column


class EquityError(PokerlabError, ValueError):
    """Players, board and dead cards that cannot go together."""


class HistoryError(PokerlabError):
    """A hand-history source that cannot be read."""


class HandSyntaxError(HistoryError):
    """One hand that the grammar refuses, raised only with ``strict=True``.

    Attributes
    ----------
    source, offset, line_number, line, rule, reason, text
        The same facts as a row of ``rejects``.
    """

    def __init__(
        self, *, source: str, offset: int, line_number: int, line: str, rule: str, reason: str, text: str
    ) -> None:
        super().__init__(f"{source}, line {line_number} (byte {offset}): {reason} [{rule}]: {line!r}")
        self.source = source
        self.offset = offset
        self.line_number = line_number
        self.line = line
        self.rule = rule
        self.reason = reason
        self.text = text


class SchemaError(PokerlabError, ValueError):
    """A frame without the columns, or with other types, than it should have."""


class UnitError(PokerlabError, ValueError):
    """Money of different units (euro cents, play money, chips) that would be added up."""


class StoreError(PokerlabError):
    """A store that cannot be opened, read or written."""


class StatError(PokerlabError, ValueError):
    """An unknown or ill-defined statistic."""


class ConditionError(StatError):
    """A token of a condition of facts that is not understood.

    Attributes
    ----------
    token
        The text that was not understood; empty at the end of the condition.
    column
        Where it starts, counted from 1; 0 where no token is at fault.
    """

    def __init__(self, message: str, token: str = "", column: int = 0) -> None:
        super().__init__(message)
        self.token = token
        self.column = column


class ClusterError(PokerlabError):
    """Work that workers of a cluster could not do, or a client that is none."""


class ExportError(PokerlabError):
    """Files that cannot be written, or not without harm."""


class SettingsError(PokerlabError, ValueError):
    """Settings that make no sense together or that cannot be read."""


class FeedError(PokerlabError):
    """A live feed that cannot be reached or resumed."""
