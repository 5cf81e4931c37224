"""Bringing a store of an older format to the format of this pokerlab, when it is opened."""

from __future__ import annotations

import errno
import logging
from typing import TYPE_CHECKING

from pokerlab.errors import StoreError
from pokerlab.store._layout import FORMAT_VERSION, union_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pokerlab.store._log import Log

_logger = logging.getLogger(__name__)

_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


def _add_new_columns(log: Log) -> None:
    """Add the columns of kinds that the older format did not have."""
    log.add_columns(union_schema())


STEPS: Mapping[int, Callable[[Log], None]] = {1: _add_new_columns}
"""What leads from each format to the next one; a new format appends its step.

A step may be done twice, as the process may end before its format is written down: it must find nothing to do then.
"""


def migrate(log: Log) -> None:
    """Do the steps that the store still needs; a folder that cannot be written is read as it is.

    Steps so far add columns only, which are null in every file that has them not.
    """
    if log.format == FORMAT_VERSION:
        return
    try:
        with log.lock():
            while log.view() and (older := log.format) < FORMAT_VERSION:
                STEPS[older](log)
                log.set_format(older + 1)
    except StoreError as error:
        if getattr(error.__cause__, "errno", None) not in _READ_ONLY:
            raise
        _logger.warning("%s has format %d and cannot be written, so it stays as it is", log.root, log.format)
