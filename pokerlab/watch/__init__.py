"""Follow a folder of hand histories: what was appended, as bytes, cut at whole hands."""

from pokerlab.watch._cut import SIGNATURE, TITLE, cut
from pokerlab.watch._folder import WatchSettings
from pokerlab.watch._follow import follow
from pokerlab.watch._network import network_of
from pokerlab.watch._places import history_folders, places
from pokerlab.watch._recent import recent
from pokerlab.watch._tail import Appended, Tail

__all__ = [
    "SIGNATURE",
    "TITLE",
    "Appended",
    "Tail",
    "WatchSettings",
    "cut",
    "follow",
    "history_folders",
    "network_of",
    "places",
    "recent",
]
