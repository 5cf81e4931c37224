"""Taking hands out of segments. Files never change: what is left of a segment is written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab.store._files import scan
from pokerlab.store._layout import HAND_KINDS, DataFile, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from pokerlab.store._place import Place

PIECE_HANDS = 20_000
"""Hands a file in what is left of a segment.

Batches of an import come in the order of time: after the first one has cut a segment up, each of the others finds its
hands in a piece or two and does not write the whole segment again.
"""


def without(root: Place, view: View, hands: DataFile, gone: pl.DataFrame) -> Iterator[dict[str, pl.DataFrame]]:
    """Give what the segment of ``hands`` holds beside the hands that are in ``gone``, piece by piece."""
    kept = scan(root, [hands], view.schema("hands")).collect()
    kept = kept.join(gone, on="hand_id", how="anti", maintain_order="left")
    if not kept.height:
        return
    rest = {kind: scan(root, view.siblings([hands.segment], kind), view.schema(kind)) for kind in HAND_KINDS[1:]}
    rows = {kind: lazy.collect() for kind, lazy in rest.items()}
    for piece in kept.iter_slices(PIECE_HANDS):
        of_piece = {
            kind: frame.join(piece, on="hand_id", how="semi", maintain_order="left") for kind, frame in rows.items()
        }
        yield {"hands": piece, **of_piece}
