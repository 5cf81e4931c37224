"""What of a file is new since it was imported last, and what the ledger is to have of it now."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import _sources
from pokerlab._sources import HEAD_BYTES, NOTHING_THERE, File, cut_at_hands, identity_of, kind_of, text_of
from pokerlab.store import FileRow
from pokerlab.watch import TITLE, cut
from pokerlab.winamax import PARSER_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from pokerlab.frames import HandFrames
    from pokerlab.store import Known

END = 2**62
"""Beyond the end of any file."""

_CHANGED = -1
"""The time of change of no file: a file of which the ledger has this is looked at again."""


def stamps(files: Iterable[File]) -> pl.DataFrame:
    """Give what is known of files without opening them, as the ledger asks for it."""
    rows = [(file.source, file.identity, file.size, file.modified_ns) for file in files]
    columns = {"source": pl.String, "identity": pl.String, "size": pl.Int64, "modified_ns": pl.Int64}
    return pl.DataFrame(rows, schema=columns, orient="row")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads files as far as they are new.

    Attributes
    ----------
    known
        What the ledger has of them.
    whole
        Read each from its beginning, whatever is known.
    """

    known: Known
    whole: bool = False

    def look(self, file: File) -> File:
        """Give a file with the text that is to be parsed; one that cannot be read is left for its reject."""
        if file.path is None or file.data is not None or file.is_unchanged:
            return file
        try:
            with file.path.open("rb") as handle:
                before = os.fstat(handle.fileno())
                data = text_of(handle)[: file.upto]
                is_steady = _is_steady(before, handle)
        except OSError as error:
            vanished = file.is_found and error.errno in NOTHING_THERE
            return file if vanished else replace(file, entry=self._unreadable(file))
        entry = _row(file, before, data)
        if kind_of(data[:HEAD_BYTES]) != "history":
            entry = entry._replace(state="refused", n_rejects=1)
            return replace(file, data=data, entry=entry, again=self._again(file, 0, grew=False))
        return self._new_text(
            file, data, entry._replace(size=len(data)), is_steady=is_steady and len(data) == entry.size
        )

    def parts(self, file: File) -> Iterator[File]:
        """Give a file as it is, and a large history in parts, each from its beginning or from where it is new."""
        if file.path is None or file.size <= _sources.LARGE_BYTES:
            yield file
            return
        try:
            with file.path.open("rb") as handle:
                head = handle.read(HEAD_BYTES)
                handle.seek(0)
                if kind_of(head) != "history":
                    yield replace(file, size=0)
                else:
                    yield from self._large(file, handle, _row(file, os.fstat(handle.fileno()), head))
        except OSError:
            yield replace(file, size=0)

    def _new_text(self, file: File, data: bytes, entry: FileRow, *, is_steady: bool) -> File:
        row, entry = self.known.rows.get(file.source), entry._replace(sha256=sha256(data).hexdigest())
        if is_steady and (same := self._same(entry)):
            return replace(file, entry=same, is_unchanged=True)
        grew = row is not None and row.size <= len(data) and sha256(data[: row.size]).hexdigest() == row.sha256
        # The blocks of a tournament are counted in its whole file, and of which encoding a file is, the whole tells.
        entry = self._begun(entry, row if grew and TITLE not in data and _is_utf8(data) else None)
        start, text = entry.offset, data[entry.offset :]
        end = len(data) if TITLE in data else start + cut(text)
        return replace(
            file,
            data=text,
            offset=start,
            lines=data.count(b"\n", 0, start),
            entry=_ended(entry, end, is_steady=is_steady),
            again=self._again(file, start, grew=grew),
        )

    def _large(self, file: File, handle: BinaryIO, entry: FileRow) -> Iterator[File]:
        row, before = self.known.rows.get(file.source), os.fstat(handle.fileno())
        grew = False
        if (row and row.size <= entry.size) or self.known.may_hold(entry):
            prefix, digest = _digests(handle, row.size if row else 0)
            grew, entry = row is not None and prefix == row.sha256, entry._replace(sha256=digest)
            if same := self._same(entry):
                yield replace(file, entry=same, is_unchanged=True)
                return
        entry = self._begun(entry, row if grew else None)
        start, lines = entry.offset, _line_feeds(handle, entry.offset)
        text = _Hashed(handle)
        part = File(file.path, 0, data=b"", offset=start, lines=lines)
        assert file.path is not None
        for following in cut_at_hands(file.path, text, start, lines):
            if part.size:
                again = self._again(file, part.offset, grew=grew)
                yield replace(part, again=again and (again[0], following.offset))
            part = following
        is_steady = _is_steady(before, handle)
        entry = entry._replace(sha256=entry.sha256 or text.sha256.hexdigest())
        entry = _ended(entry, part.offset + cut(part.data or b""), is_steady=is_steady)
        if not is_steady:
            entry = entry._replace(offset=0, sha256=None)  # what was hashed need not be what was parsed
        # What was passed over at its beginning counts as done.
        size, again = part.size + start, self._again(file, part.offset, grew=grew)
        yield replace(part, size=size, entry=entry, again=again)

    def _same(self, entry: FileRow) -> FileRow | None:
        """Give the new row of a file whose content was read already, under this name or another."""
        same = None if self.whole else self.known.contents.get((entry.size, entry.sha256 or ""))
        changed = ("source", "identity", "modified_ns", "read_at")
        return same and same._replace(**{name: getattr(entry, name) for name in changed})

    def _begun(self, entry: FileRow, before: FileRow | None) -> FileRow:
        """Let a row go on from the one ``before``, if there is one and nothing in that part is to be read again."""
        outdated = before is None or (before.parser < PARSER_VERSION and before.n_rejects)
        if before is None or outdated or self.whole:
            return entry
        return entry._replace(offset=before.offset, n_hands=before.n_hands, n_rejects=before.n_rejects)

    def _again(self, file: File, start: int, *, grew: bool) -> tuple[int, int] | None:
        """Tell which stored rejects the reading replaces: of the same text, or of a file that was refused."""
        row = self.known.rows.get(file.source)
        return (start, END) if grew or (row and row.state == "refused") else None

    def _unreadable(self, file: File) -> FileRow | None:
        row = FileRow(file.source, "", 0, _CHANGED, None, None, 0, PARSER_VERSION, "refused", 0, 1, _now())
        known = self.known.rows.get(file.source)
        return None if known and known._replace(read_at=row.read_at) == row else row


def whole(files: Iterable[File], rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows of text that is whole, which the last hand of a growing file is not."""
    bounds = [(file.source, file.entry.offset if file.entry else END) for file in files if file.path is not None]
    ends = pl.DataFrame(bounds, schema={"source": pl.String, "_end": pl.Int64}, orient="row")
    return rows.join(ends.group_by("source").min(), on="source").filter(pl.col("offset") < pl.col("_end"))


def counted(files: Iterable[File], frames: HandFrames) -> dict[str, tuple[int, int]]:
    """Count the hands and the rejects of each source, as far as it is whole."""
    hands, rejects = (
        dict(whole(files, frame.select("source", "offset")).group_by("source").len().iter_rows())
        for frame in (frames.hands, frames.rejects)
    )
    return {source: (hands.get(source, 0), rejects.get(source, 0)) for source in hands | rejects}


class _Hashed:
    """A file whose digest is made as it is read."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self.sha256 = sha256()

    def read(self, size: int) -> bytes:
        block = self._handle.read(size)
        self.sha256.update(block)
        return block


def _row(file: File, seen: os.stat_result, data: bytes) -> FileRow:
    head = blake2b(data[:HEAD_BYTES], digest_size=16).hexdigest()
    identity, size, modified = identity_of(seen), seen.st_size, seen.st_mtime_ns
    return FileRow(file.source, identity, size, modified, head, None, 0, PARSER_VERSION, "growing", 0, 0, _now())


def _ended(entry: FileRow, end: int, *, is_steady: bool) -> FileRow:
    """Say up to where a file is whole; one that changed while it was read is looked at again."""
    if not is_steady:
        return entry._replace(offset=end, modified_ns=_CHANGED)
    return entry._replace(offset=end, state="complete" if end == entry.size else "growing")


def _is_steady(before: os.stat_result, handle: BinaryIO) -> bool:
    after = os.fstat(handle.fileno())
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _digests(handle: BinaryIO, size: int) -> tuple[str, str]:
    """Give the digests of the first ``size`` bytes and of all, and go back to the beginning."""
    sha = sha256()
    for block in _blocks(handle, size):
        sha.update(block)
    prefix = sha.hexdigest()
    for block in _blocks(handle, END):
        sha.update(block)
    handle.seek(0)
    return prefix, sha.hexdigest()


def _line_feeds(handle: BinaryIO, size: int) -> int:
    """Count the line feeds in the first ``size`` bytes, and stay behind them."""
    return sum(block.count(b"\n") for block in _blocks(handle, size))


def _blocks(handle: BinaryIO, size: int) -> Iterator[bytes]:
    while size and (block := handle.read(min(size, _sources.CHUNK_BYTES))):
        size -= len(block)
        yield block


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _now() -> datetime:
    return datetime.now(UTC)
