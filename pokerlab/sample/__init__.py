"""A seeded table simulator: plays Hold'em and Omaha by the rules, writes it as Winamax text, and tells the truth of it.

It gives examples and demos their data, benchmarks their size, and parser and statistics their oracle, so all of it but
`hands`, which adds statistics to frames, shares no code with them. The same seed gives the same bytes, in every process
and on every machine.
"""

from __future__ import annotations

from pokerlab.sample._frames import hands
from pokerlab.sample.files import PlayedHand, Session, write
from pokerlab.sample.play import GAMES, MIXES
from pokerlab.sample.truth import FLAGS, Truth

__all__ = ["FLAGS", "GAMES", "MIXES", "PlayedHand", "Session", "Truth", "hands", "write"]
