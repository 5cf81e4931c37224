"""The original text of hands and summaries, on request with other names in it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import winamax
from pokerlab._originals import hand_texts
from pokerlab._pseudonyms import Pseudonyms, private_names
from pokerlab.errors import ExportError, HistoryError
from pokerlab.export._files import folder_of, write_whole
from pokerlab.watch import SIGNATURE, TITLE
from pokerlab.winamax import rewrite, summaries
from pokerlab.winamax.text import Piece, as_utf8

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from pokerlab.frames import HandFrames


def text(
    frames: HandFrames,
    folder: str | os.PathLike[str],
    *,
    key: str | bytes | None = None,
    keep_hero: bool = False,
    overwrite: bool = False,
) -> list[Path]:
    """Write the original text of hands and tournament summaries, a file for each they came from.

    With a ``key`` players, files and private tournaments have the names that `HandFrames.pseudonymise` gives them, and
    what is written reads as the frames of that. Rejects, and text between hands, are left out.

    Parameters
    ----------
    frames
        Hands that were read from files, which must still be there.
    folder, overwrite
        As for `csv`.
    key, keep_hero
        As for `HandFrames.pseudonymise`; without a key all names stay.

    Raises
    ------
    ExportError
        A file is there already, or cannot be written.
    HistoryError
        A file that hands came from is gone or was changed.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> _ = pk.sample.write(folder, 50, seed=1)
    >>> frames = pk.read_winamax(folder)
    >>> written = pk.export.text(frames, tempfile.mkdtemp(), key="my secret")
    >>> len(pk.read_winamax(written)), "Nina.Blau" in written[0].read_text()
    (50, False)
    """
    names = None if key is None else Pseudonyms(key, frames.heroes() if keep_hero else ())
    target = folder_of(folder)
    written: list[Path] = []
    for source, content in _Texts(frames, names).files():
        name = names.source(source) if names else _free_name(Path(source).name, written)
        written.append(write_whole(target / name, lambda path, data=content: path.write_bytes(data), overwrite))  # type: ignore[misc]
    return written


class _Texts:
    """The texts of frames, file by file, with other names where there are some."""

    def __init__(self, frames: HandFrames, names: Pseudonyms | None) -> None:
        self._frames = frames
        self._names = names
        self._players: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        if names:
            known = pl.concat([frames.seats["player"], frames.heroes().alias("player")])
            self._players = dict(names.players(known).iter_rows())
            self._titles = dict(private_names(frames.tournaments, frames.hands, names).iter_rows())

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give the name and the new content of each file."""
        columns = ("source", "hand_id", "offset", "tournament_id", "tournament_name")
        hands = self._frames.hands.select(columns).sort("offset", maintain_order=True)
        sitting = self._frames.seats.select("hand_id", "seat", "player").join(
            hands.select("source", "hand_id"), on="hand_id"
        )
        of_hands, of_seats, of_tournaments = (
            frame.partition_by("source", as_dict=True, maintain_order=True, include_key=False)
            for frame in (hands, sitting, self._frames.tournaments.select("source", "tournament_id", "hero", "name"))
        )
        for key in dict.fromkeys([*of_hands, *of_tournaments]):
            content = self._hands(key[0], of_hands[key], of_seats[key]) if key in of_hands else []
            content += self._summaries(key[0], of_tournaments[key]) if key in of_tournaments else []
            joined = "\n\n".join(content).encode() + b"\n\n"
            self._verify(key[0], joined)
            yield key[0], joined

    def _hands(self, source: str, places: pl.DataFrame, sitting: pl.DataFrame) -> list[str]:
        seats: dict[str, dict[int, str]] = {}
        for hand_id, seat, player in sitting.select("hand_id", "seat", "player").iter_rows():
            seats.setdefault(hand_id, {})[seat] = player
        found = []
        texts = hand_texts(source, places.select("hand_id", "offset").iter_rows())
        for data, (hand_id, _, number, name) in zip(texts, places.iter_rows(), strict=True):
            old = as_utf8(data).decode(errors="replace")
            title = (name, self._titles[number]) if number in self._titles else None
            found.append(rewrite.hand(old, seats[hand_id], self._players, title) if self._names else old)
        return found

    def _summaries(self, source: str, own: pl.DataFrame) -> list[str]:
        wanted = {(number, hero): name for number, hero, name in own.iter_rows()}
        found = []
        for block in _blocks(source) if wanted else ():
            with suppress(summaries.SummaryError):
                entry = summaries.read(block)
                number, hero = entry["id"], entry["hero"]
                if (number, hero) in wanted:
                    title = (wanted[number, hero], self._titles[number]) if number in self._titles else None
                    found.append(rewrite.summary(block, self._players, title) if self._names else block)
        return found

    def _verify(self, source: str, content: bytes) -> None:
        """Let no text go that reads otherwise than it should, as an old name might stand in it."""
        if not self._names:
            return
        read = winamax.parse([Piece("", content)])
        players = set(read.seats["player"]) | set(read.tournaments["hero"])
        if read.rejects.height or not players <= set(self._players.values()):
            msg = (
                f"{source!r} cannot be written with other names: a line of it reads otherwise then; it was not written"
            )
            raise ExportError(msg)


def _blocks(source: str) -> Iterator[str]:
    try:
        data = as_utf8(Path(source).read_bytes()).decode(errors="replace").removeprefix("\ufeff")
    except OSError as error:
        msg = f"the text of the summaries is not at hand: {source!r} cannot be read: {error.strerror}"
        raise HistoryError(msg) from error
    signature = SIGNATURE.decode()
    for part in ("\n" + data.replace("\r\n", "\n")).split("\n" + signature)[1:]:
        if (block := signature + part.rstrip() + "\n").startswith(TITLE.decode()):
            yield block


def _free_name(name: str, written: list[Path]) -> str:
    """Give a name that no file has that was written before: two accounts have files of the same name."""
    taken = {path.name for path in written}
    stem, suffix = Path(name).stem, Path(name).suffix
    return next(
        free for n in range(1, len(taken) + 2) if (free := name if n == 1 else f"{stem} {n}{suffix}") not in taken
    )
