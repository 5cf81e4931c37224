"""Widgets for notebooks: one Python class and one ES module each, without any server."""

from pokerlab.widgets._live import LiveHands, live
from pokerlab.widgets._replay import hand_steps
from pokerlab.widgets._replayer import Replayer, replay

__all__ = ["LiveHands", "Replayer", "hand_steps", "live", "replay"]
