"""Replayer: a finished hand in a cell, step by step; and the same as a page or a picture of its own."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

import traitlets

from pokerlab._lab import Lab
from pokerlab.frames import HandFrames
from pokerlab.store import Store
from pokerlab.widgets._module import module
from pokerlab.widgets._replay import hand_steps
from pokerlab.widgets._replay_svg import pots_text, spoken, table_svg
from pokerlab.widgets._widget import Widget

if TYPE_CHECKING:
    import os

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{title}</title>
<style>:root {{ color-scheme: light dark; }} body {{ margin: 12px; font-family: system-ui, sans-serif; }}</style></head>
<body><main id="replay"><noscript>{picture}</noscript></main>
<script type="application/json" id="hand">{hand}</script>
<script type="module">
{module}
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const {{ data, begin }} = read("hand");
mount(document.getElementById("replay"), data, begin);
</script></body></html>
"""


class Replayer(Widget):
    """A finished hand, drawn and step by step; the page steps and plays without the kernel.

    Keys: the arrows step, Space plays and pauses, Home and End go to the ends.

    Parameters
    ----------
    hand
        What `hand_steps` gives.

    Attributes
    ----------
    step
        Which step is shown, from 0; set from either side.
    amounts
        ``"money"`` or ``"bb"``.
    four_colour
        Give each suit a colour of its own.
    theme
        ``"auto"``, ``"light"`` or ``"dark"``.
    hand
        Facts, seats and steps of the hand.

    Examples
    --------
    >>> import pokerlab as pk
    >>> frames = pk.sample.hands(20, seed=1)
    >>> replayer = pk.replay(frames.hands["hand_id"][0], frames)
    >>> replayer.to_svg(0)[:4], replayer.step < len(replayer.hand["steps"])
    ('<svg', True)
    >>> replayer.close()
    """

    _esm = module("replayer")

    hand = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)
    amounts = traitlets.Enum(["money", "bb"], "money").tag(sync=True)
    four_colour = traitlets.Bool(default_value=False).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)

    def __init__(self, hand: dict[str, Any], **traits: Any) -> None:
        dealt = [number for number, step in enumerate(hand["steps"]) if step["action"] == "street"]
        super().__init__(**{"hand": hand, "step": dealt[0] if dealt else 0, **traits})

    @traitlets.validate("step")
    def _in_hand(self, proposal: Any) -> int:
        last = len(self.hand.get("steps", ())) - 1
        if proposal["value"] > last >= 0:
            msg = f"step {proposal['value']} is not in the hand; its last one is {last}"
            raise traitlets.TraitError(msg)
        return int(proposal["value"])

    def to_svg(self, step: int | None = None) -> str:
        """Draw a step as SVG, the one that is shown unless told; of ``theme`` only ``"dark"`` is dark here.

        Raises
        ------
        IndexError
            The hand has no such step.
        """
        number = self.step if step is None else step
        if not -len(self.hand["steps"]) <= number < len(self.hand["steps"]):
            msg = f"step {number} is not in the hand; its last one is {len(self.hand['steps']) - 1}"
            raise IndexError(msg)
        theme = "dark" if self.theme == "dark" else "light"
        return table_svg(self.hand, number, amounts=self.amounts, four_colour=self.four_colour, theme=theme)

    def to_html(self) -> str:
        """Write a page of its own that plays the hand in any browser, without kernel and network.

        Without scripts it shows the end of the hand and the list of actions.
        """
        begin = {name: getattr(self, name) for name in ("step", "amounts", "four_colour", "theme")}
        return _PAGE.format(
            policy=escape(_POLICY),
            title=escape(f"Hand {self.hand['hand']['hand_id']}"),
            picture=self._repr_html_(),
            hand=_inside_script({"data": self.hand, "begin": begin}),
            module=module("replayer"),
        )

    def lines(self) -> list[str]:
        """Tell the hand as text, a line a step, with pots and equity where a street begins."""
        return [self._told(step) for step in self.hand["steps"]]

    def _repr_html_(self) -> str:
        """Show the end of the hand as a picture and what led to it as a list, for notebooks without a kernel."""
        rows = "".join(f"<li>{escape(line)}</li>" for line in self.lines())
        picture = self.to_svg(len(self.hand["steps"]) - 1)
        return f"<div>{picture}<details open><summary>Actions</summary><ol>{rows}</ol></details></div>"

    def _told(self, step: dict[str, Any]) -> str:
        said = spoken(self.hand, step, self.amounts)
        if step["action"] != "street":
            return said
        pots = pots_text(self.hand, step, self.amounts)
        shares = [
            f"{seat['player']} {share:.1%}"
            for seat, share in zip(self.hand["seats"], step["equity"], strict=True)
            if share is not None
        ]
        return " · ".join(filter(None, [said, pots, *shares]))


def replay(
    hand_id: str,
    source: Store | Lab | HandFrames | str | os.PathLike[str],
    *,
    amounts: str = "money",
    four_colour: bool = False,
    theme: str = "auto",
) -> Replayer:
    """Show a finished hand in a cell, step by step, with the exact equity of the hands that are known.

    Parameters
    ----------
    hand_id
        As in the column ``hand_id``.
    source
        Where the hand is: a store or the path of one, a lab, or frames.
    amounts
        ``"money"`` or ``"bb"``.
    four_colour
        Give each suit a colour of its own.
    theme
        ``"auto"``, ``"light"`` or ``"dark"``.

    Raises
    ------
    SchemaError
        The hand is not there.

    Examples
    --------
    >>> import pokerlab as pk
    >>> frames = pk.sample.hands(20, seed=1)
    >>> replayer = pk.replay(frames.hands["hand_id"][3], frames, amounts="bb")
    >>> replayer.hand["hand"]["hand_id"] == frames.hands["hand_id"][3]
    True
    >>> replayer.close()
    """
    frames = source if isinstance(source, HandFrames) else _store(source).snapshot().read([hand_id])
    return Replayer(hand_steps(frames, hand_id), amounts=amounts, four_colour=four_colour, theme=theme)


def _store(source: Store | Lab | str | os.PathLike[str]) -> Store:
    if isinstance(source, Lab):
        return source.store
    return source if isinstance(source, Store) else Store(source)


def _inside_script(value: object) -> str:
    """Write JSON that no text in it can end: names are hostile."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
