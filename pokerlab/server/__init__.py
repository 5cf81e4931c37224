"""REST and the live feed of `create_app`, for everything that is not a notebook."""

from pokerlab.server.app import create_app
from pokerlab.server.serving import BackgroundServer, run
from pokerlab.server.settings import ServerSettings

__all__ = ["BackgroundServer", "ServerSettings", "create_app", "run"]
