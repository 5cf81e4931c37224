"""One growing file: how much of it was given, and what is new; the text comes from whatever handle is passed in."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from pokerlab.watch._cut import BOM, SIGNATURE, TITLE, cut

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    Upto = Literal["whole", "finished", "end"]

Key = tuple[int, int]
"""What identifies a file whatever its name: device and number."""

CHUNK = 4 << 20
"""So many bytes are looked at once; a longer stretch without the end of a hand is given in parts."""

_TITLES = re.compile(rb"^(?:%b|%b)" % (re.escape(TITLE), re.escape(SIGNATURE)), re.MULTILINE)

_log = logging.getLogger(__name__)

HEAD = 1024
"""Within so many bytes a history begins, as for an import."""

_MARK = 4096
_NO_MARK = (0, 0, b"")


@dataclass(frozen=True, slots=True)
class Appended:
    """Whole new hands of one file: ``data`` stands at byte ``offset`` of ``path`` and begins with a header.

    ``lines`` counts the line feeds before ``offset``, where they are known. ``may_go_on``: given because the file was
    quiet, though its end was not sure; should more of it be written after all, it comes again.
    """

    path: Path
    offset: int
    data: bytes
    lines: int | None = None
    may_go_on: bool = False


@dataclass(slots=True, eq=False)
class Tail:
    r"""What of a growing file was given: `read` and `cut`, in turns, give each of its hands once, in any pieces.

    A file that was truncated, replaced, or written anew with another beginning, is given from its beginning again; one
    that was written anew with the same text and more goes on where it was.

    Attributes
    ----------
    path
        The file's name now; a file that was renamed is the same as long as ``key`` is.
    key
        What identifies the file.
    stamp
        Size and time of change when last seen.
    head
        Its first bytes when last seen.
    offset, lines
        Bytes that were given, or passed over, and the line feeds in them (None where those were not read).
    mark
        An offset with the size and the digest of the text before it, by which a file that a program wrote anew is known
        to go on where the old one ended.
    flushed
        ``offset`` and ``lines`` before the last piece, where that was given although it may go on.

    Examples
    --------
    >>> from io import BytesIO
    >>> from pathlib import Path
    >>> hand = b"Winamax Poker - ...\n*** SUMMARY ***\nTotal pot 3 | No rake\nSeat 1: a won 3\n\n"
    >>> tail = Tail(Path("a.txt"))
    >>> tail.cut(tail.read(BytesIO(hand[:40]), (40, 0))) is None
    True
    >>> piece = tail.cut(tail.read(BytesIO(hand), (len(hand), 0)))
    >>> piece.data == hand, tail.offset == len(hand)
    (True, True)
    """

    path: Path
    key: Key | None = None
    stamp: tuple[int, int] = (-1, -1)
    head: bytes = b""
    offset: int = 0
    lines: int | None = 0
    mark: tuple[int, int, bytes] = _NO_MARK
    flushed: tuple[int, int | None] | None = None

    def read(self, handle: BinaryIO, stamp: tuple[int, int], size: int = CHUNK) -> bytes:
        """Read on in a file that has this stamp: the text that was not given, at most ``size`` bytes.

        Begins anew where the file is not the one that was read. What was written after the stamp was taken is left for
        the next time, when the stamp tells of it.
        """
        self._meet(stamp, handle.read(HEAD))
        self._check_mark(handle)
        if not self.is_winamax:
            return b""
        data = self._undelivered(handle, size)
        if self.flushed is not None and _goes_on(data):
            (self.offset, self.lines), self.flushed = self.flushed, None
            data = self._undelivered(handle, size)
        return data

    def cut(self, data: bytes, upto: Upto = "whole") -> Appended | None:
        """Give the hands that the text just read begins with, and count them as given; None where there are none.

        Parameters
        ----------
        data
            What `read` gave.
        upto
            ``"whole"`` stops where it is not sure that a hand, or a summary of a tournament, is complete;
            ``"finished"`` includes a last one that looks complete; ``"end"`` includes all there is. Should it go on
            after all, it comes again.
        """
        size = 0 if self.is_tournament_summary else cut(data)
        if not size and (data.isspace() or len(data) >= CHUNK):
            size = len(data)
        flushed = not size and upto != "whole"
        if flushed:
            size = cut(data, final=True) if upto == "finished" else len(data)
        if not size:
            return None
        blanks = len(data) - len(data.lstrip())
        start, lines = self.offset, self.lines
        self._count(data[:size])
        if blanks >= size:
            return Appended(self.path, start, data[:size], lines)
        self.set_mark(data[:size])
        self.flushed = (start, lines) if flushed else None
        before = None if lines is None else lines + data.count(b"\n", 0, blanks)
        return Appended(self.path, start + blanks, data[blanks:size], before, may_go_on=flushed)

    def pass_over(self, offset: int) -> None:
        """Count the first ``offset`` bytes as given, without having read them."""
        self.offset, self.lines = offset, None

    def set_mark(self, text: bytes) -> None:
        """Remember the text that ends at ``offset``."""
        text = text[-_MARK:]
        self.mark = (self.offset, len(text), _digest(text))

    @property
    def text_start(self) -> int:
        """Where the text begins: behind the byte order mark, if there is one."""
        return len(BOM) if self.head.startswith(BOM) else 0

    @property
    def is_winamax(self) -> bool:
        """Whether a hand or a summary begins near the file's beginning; other files are left alone."""
        return title_of(self.head) is not None

    @property
    def is_tournament_summary(self) -> bool:
        """Whether the file is the summary of a tournament: it comes whole each time it has changed."""
        return title_of(self.head) == TITLE

    def _undelivered(self, handle: BinaryIO, size: int) -> bytes:
        handle.seek(self.offset)
        return handle.read(max(min(size, self.stamp[0] - self.offset), 0))

    def _count(self, given: bytes) -> None:
        self.offset += len(given)
        if self.lines is not None:
            self.lines += given.count(b"\n")

    def _meet(self, stamp: tuple[int, int], head: bytes) -> None:
        is_another = not head.startswith(self.head) or stamp[0] < self.offset
        self.head = head
        if is_another:
            self._restart()
        if stamp != self.stamp and self.is_tournament_summary:
            self.offset, self.lines, self.mark = 0, 0, _NO_MARK
        self.stamp = stamp
        if self.offset < self.text_start:
            self.offset, self.lines = self.text_start, 0

    def _check_mark(self, handle: BinaryIO) -> None:
        """Begin anew where the text that was given last is not what it was."""
        offset, size, digest = self.mark
        handle.seek(offset - size)
        if size and _digest(handle.read(size)) != digest:
            self._restart()

    def _restart(self) -> None:
        _log.info("%s was truncated or replaced: reading it from its beginning", self.path)
        self.offset, self.lines, self.flushed, self.mark = self.text_start, 0, None, _NO_MARK


def title_of(head: bytes) -> bytes | None:
    """Give the title by which a file's first bytes show what it is; None where it is of another program.

    Blank lines or other text may stand before it, as an editor or a converter leaves them.
    """
    found = _TITLES.search(head[:HEAD].removeprefix(BOM))
    return found[0] if found else None


def _goes_on(data: bytes) -> bool:
    """Tell whether ``data`` goes on with a hand that was given too early."""
    text = data.lstrip()
    return bool(text) and not text.startswith(SIGNATURE) and not SIGNATURE.startswith(text)


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()
