"""Widgets for notebooks: one Python class and one ES module each, without any server."""

from pokerlab.widgets._live import LiveHands, live
from pokerlab.widgets._range_grid import RangeGrid, range_grid
from pokerlab.widgets._replay import hand_steps
from pokerlab.widgets._replayer import Replayer, replay

__all__ = ["LiveHands", "RangeGrid", "Replayer", "hand_steps", "live", "range_grid", "replay"]
