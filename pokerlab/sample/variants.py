"""The games that are simulated, as data: how they are printed, how many cards they deal, how high a bet may go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variant:
    """One game with its limit.

    Attributes
    ----------
    game, limit
        As `pokerlab.schema` spells them.
    text
        As the header of a hand prints it.
    slug
        As the names of files and the levels of a summary have it, with ``_`` between game and limit in the former.
    hole
        Cards dealt to each player; of more than two, exactly two count.
    hilo
        The best low of eight or better takes half.
    """

    game: str
    limit: str
    text: str
    slug: str
    hole: int = 2
    hilo: bool = False

    @property
    def file_slug(self) -> str:
        """The end of file names: ``holdem_no-limit``."""
        return self.slug.replace("-", "_", 1)


HOLDEM = Variant("holdem", "no_limit", "Holdem no limit", "holdem-no-limit")
FIXED_LIMIT = Variant("holdem", "fixed_limit", "Holdem fixed limit", "holdem-fixed-limit")
OMAHA4 = Variant("omaha4", "pot_limit", "Omaha pot limit", "omaha-pot-limit", 4)
OMAHA5 = Variant("omaha5", "pot_limit", "5 Card Omaha pot limit", "omaha5-pot-limit", 5)
OMAHA4_HILO = Variant("omaha4_hilo", "pot_limit", "Omaha Hi/Lo pot limit", "omaha8-pot-limit", 4, hilo=True)
OMAHA5_HILO = Variant("omaha5_hilo", "pot_limit", "5 Card Omaha Hi/Lo pot limit", "omaha58-pot-limit", 5, hilo=True)
