"""Follow a folder of hand histories: what was appended, as bytes, cut at whole hands."""

from pokerlab.watch._cut import SIGNATURE, TITLE, cut
from pokerlab.watch._folder import Appended, WatchSettings
from pokerlab.watch._follow import follow
from pokerlab.watch._places import history_folders
from pokerlab.watch._recent import recent

__all__ = ["SIGNATURE", "TITLE", "Appended", "WatchSettings", "cut", "follow", "history_folders", "recent"]
