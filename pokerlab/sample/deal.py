"""Who sits in a hand, what is settled before the cards are dealt, and what an action is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pokerlab.sample.pots import Rake
from pokerlab.sample.variants import HOLDEM

if TYPE_CHECKING:
    from pokerlab.sample.styles import Style
    from pokerlab.sample.variants import Variant


@dataclass(slots=True)
class Player:
    """Somebody in a seat.

    Attributes
    ----------
    owes_big, owes_small
        Blinds that passed him while he was away; a newcomer owes the big one.
    away
        Hands he still sits out.
    patient
        He waits for the big blind instead of posting.
    stay
        Hands until he leaves the table.
    bounty
        Prize on his head in cents, or None.
    """

    seat: int
    name: str
    style: Style
    stack: int
    owes_big: bool = False
    owes_small: bool = False
    away: int = 0
    patient: bool = False
    stay: int = 1 << 30
    bounty: int | None = None


class Act(NamedTuple):
    """One action with what the player saw when he took it; the fields of `pokerlab.schema.ACTIONS`, and three more.

    Attributes
    ----------
    amount
        Chips this action put in (for ``collect``: as printed).
    to
        His live chips on this street afterwards: blinds count before the flop, antes and dead blinds do not.
    to_call
        What he had to put in to stay, at most his stack; 0 where nothing was asked (posts, shows, collecting).
    pot_before
        All chips put in by then, antes, dead blinds and money of the room included.
    n_raises
        Raises on this street by then, after the flop the bet is the first; 0 where nothing was asked.
    can_raise
        A raise was open to him.
    raised_by, raised_to
        X and Y of ``raises X to Y``: Y has the dead blind in it.
    """

    street: str
    seat: int
    player: str
    action: str
    amount: int = 0
    to: int = 0
    is_all_in: bool = False
    to_call: int = 0
    pot_before: int = 0
    stack_before: int = 0
    n_raises: int = 0
    can_raise: bool = False
    raised_by: int = 0
    raised_to: int = 0


@dataclass(slots=True)
class Deal:
    """What is settled before the cards are dealt.

    Attributes
    ----------
    players
        Those dealt in, clockwise from the left of the button.
    small, big
        Places in ``players`` of the blinds; ``small`` is None with a dead small blind.
    late
        Posts out of position: place in ``players``, dead small blind?, live big blind?
    joins_posts
        Who posts both late posts them at once, and then a big blind of nothing.
    denies
        Players not dealt in who refused a blind, and which: ``"small"`` or ``"big"``.
    added
        Money that the room puts in.
    variant
        The game and its limit; in fixed limit bets are of ``big_blind``, and twice that on turn and river.
    """

    players: list[Player]
    small: int | None
    big: int
    small_blind: int
    big_blind: int
    ante: int = 0
    late: list[tuple[int, bool, bool]] = field(default_factory=list)
    denies: list[tuple[Player, str]] = field(default_factory=list)
    joins_posts: bool = False
    added: int = 0
    rake: Rake = field(default_factory=Rake)
    variant: Variant = HOLDEM
