"""The lab and its hub: store, number, announce, replay."""

from pokerlab._lab._hub import Hub, Subscription, Window
from pokerlab._lab._lab import Lab
from pokerlab._lab._mailbox import Mailbox
from pokerlab._lab._open import default_store, open_lab
from pokerlab._lab._seats import stored_seats
from pokerlab._lab._status import LabStatus

__all__ = [
    "Hub",
    "Lab",
    "LabStatus",
    "Mailbox",
    "Subscription",
    "Window",
    "default_store",
    "open_lab",
    "stored_seats",
]
