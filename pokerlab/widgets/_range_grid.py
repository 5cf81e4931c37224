"""RangeGrid: the 169 classes of starting hands in a cell, to be painted with weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from pokerlab.cards import DECK
from pokerlab.errors import RangeError, quoted
from pokerlab.ranges import COMBOS, Range, classes
from pokerlab.widgets._module import module
from pokerlab.widgets._widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LONGEST = 100_000


class RangeGrid(Widget):
    """A range of hold'em as a 13x13 grid: aces first, suited hands above the diagonal, offsuit ones below.

    Drag over classes to paint them with the chosen weight, or to erase them; with the keyboard the arrows move and
    Space paints. The page paints, counts and writes the range's text without the kernel; typed text is read by it.
    Single suits that a text names (``AhKh``), which a class cannot show, stay until their class is painted over.

    Parameters
    ----------
    range
        A text as of `pokerlab.Range`, a `Range`, or nothing.

    Attributes
    ----------
    range
        The text; empty where no hand is left. Set from either side.
    weights
        169 mean weights of the classes in the order of the grid; setting them paints the classes that change.
    brush
        The weight that the page paints with, 0 to 1.
    theme
        ``"auto"``, ``"light"`` or ``"dark"``.

    Examples
    --------
    >>> import pokerlab as pk
    >>> grid = pk.range_grid("QQ+, AKs@0.5")
    >>> grid.weights[0], grid.combos
    (1.0, 20.0)
    >>> grid.range = "AA"
    >>> pk.Range(grid.range).combos
    6.0
    >>> grid.close()
    """

    _esm = module("range_grid")

    range = traitlets.Unicode("").tag(sync=True)
    weights = traitlets.List(traitlets.Float(min=0, max=1), minlen=169, maxlen=169)
    brush = traitlets.Float(1.0, min=0, max=1).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    fault = traitlets.Dict().tag(sync=True)

    def __init__(self, range: Range | str = "", **traits: Any) -> None:  # noqa: A002  (the trait's name)
        self._combos = _read("")
        super().__init__(**traits)
        self.range = str(range)
        self._show()
        self.on_msg(self._on_message)

    @property
    def combos(self) -> float:
        """Sum of the weights of all combinations."""
        return float(self._combos.sum())

    @traitlets.default("weights")
    def _no_weights(self) -> list[float]:
        return [0.0] * 169

    @traitlets.validate("range")
    def _readable(self, proposal: Any) -> str:
        _read(proposal["value"])
        return str(proposal["value"])

    @traitlets.observe("range")
    def _on_range(self, change: Any) -> None:
        self._combos = _read(change["new"])
        self._show()

    @traitlets.observe("weights")
    def _on_weights(self, change: Any) -> None:
        wanted = np.array(change["new"])
        changed = np.flatnonzero(wanted != _means(self._combos))
        if not changed.size:
            return
        combos, places = self._combos.copy(), list(classes().values())
        for number in changed:
            combos[list(places[number])] = wanted[number]
        self.range = str(Range.from_weights(combos)) if combos.any() else ""

    def _show(self) -> None:
        """Tell the page what its text means; it takes this only while it has that text."""
        means = _means(self._combos).tolist()
        self.fault = {}
        self.shown = {"range": self.range, "weights": means, "mixed": _mixed(self._combos)}
        self.weights = means

    def _on_message(self, _: object, content: object, __: object) -> None:
        """Read what was typed in a page, which may be anything, and answer."""
        given = content if isinstance(content, dict) else {}
        text = given.get("text")
        if given.get("kind") != "read" or not isinstance(text, str):
            return
        self.fault = {}  # so that the same fault again is told again
        try:
            self.range = text
        except RangeError as error:
            self.fault = {
                "text": text[:_LONGEST], "message": str(error), "token": error.token, "column": error.column
            }  # fmt: skip

    def _repr_html_(self) -> str:
        return Range(self.range)._repr_html_() if self.range.strip() else "<p>An empty range</p>"


def range_grid(range: Range | str = "", *, theme: str = "auto") -> RangeGrid:  # noqa: A002
    """Show a range of hold'em as a grid that can be painted.

    Parameters
    ----------
    range
        A text as of `pokerlab.Range`, a `Range`, or nothing.
    theme
        ``"auto"``, ``"light"`` or ``"dark"``.

    Raises
    ------
    RangeError
        A token is not understood; it carries the token and its column.

    Examples
    --------
    >>> import pokerlab as pk
    >>> grid = pk.range_grid("TT+, AKs")
    >>> pk.Range(grid.range).combos
    34.0
    >>> grid.close()
    """
    return RangeGrid(range, theme=theme)


def _read(text: str) -> NDArray[np.float64]:
    """Read a text as weights of combinations; nothing, which no `Range` is, as zeros."""
    if len(text) > _LONGEST:
        msg = f"{quoted(text)} is longer than {_LONGEST:,} letters, which no range needs"
        raise RangeError(msg, text[:20], 1)
    return Range(text).weights if text.strip() else np.zeros(len(COMBOS))


def _means(combos: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the mean weight of each class; where all are equal exactly that one, which a mean may miss."""
    by_class = [combos[list(places)] for places in classes().values()]
    return np.array([own[0] if (own == own[0]).all() else own.mean() for own in by_class])


def _mixed(combos: NDArray[np.float64]) -> dict[str, dict[str, float]]:
    """Give the combinations of the classes whose weights differ, by their cards, the higher first."""
    return {
        name: {_cards(place): float(combos[place]) for place in places if combos[place]}
        for name, places in classes().items()
        if not _equal(combos[list(places)])
    }


def _equal(weights: Sequence[float] | NDArray[np.float64]) -> bool:
    return bool((np.asarray(weights) == weights[0]).all())


def _cards(place: int) -> str:
    first, second = COMBOS[place]
    return DECK[second] + DECK[first]
