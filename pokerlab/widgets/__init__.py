"""Widgets for notebooks: one Python class and one ES module each, without any server."""

from pokerlab.widgets._live import LiveHands, live

__all__ = ["LiveHands", "live"]
