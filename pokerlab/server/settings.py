"""Settings of the server, from arguments and from ``POKERLAB_*`` in the environment."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pokerlab.errors import SettingsError

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""What a ``Host`` header may say without being named in the settings."""

_HOST = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://[^/?#@\s]+", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,256}")

Names = Annotated[tuple[str, ...], NoDecode]
Folders = Annotated[tuple[Path, ...], NoDecode]


class ServerSettings(BaseSettings):
    """What the server serves, where it listens, and what it refuses.

    Each field is also read from the environment (``heartbeat_seconds`` from ``POKERLAB_HEARTBEAT_SECONDS``); lists are
    separated by commas. An argument wins over the environment.

    Attributes
    ----------
    history, store
        Folders of hand histories to watch (a path, or several with the separator of ``PATH`` between them; none: those
        that Winamax has on this machine) and folder of the store (None: the user's own).
    host, port
        Address to listen on; port 0 takes a free one. Any host but loopback needs ``token``.
    token
        What a client must show: 16 to 256 letters, digits or ``._~-``. Asked for whenever it is set.
    allowed_hosts
        More names that a ``Host`` header may say, without port; pages of these hosts may call the server as well.
    allowed_origins
        More origins (``https://example.org``) whose pages may call the server.
    heartbeat_seconds
        Seconds from one ``heartbeat`` of a client to the next.
    queue_size, send_timeout_s
        A client that is this many messages behind, or takes longer than this many seconds for one, is cut.
    dead_after_s
        Each client's connection is probed this often, and dropped where no answer comes for as long again.
    max_clients, max_message_bytes, max_body_bytes
        Limits of what comes from outside.
    request_seconds
        How long a request may take to arrive whole, and how long an answer may wait to be read.
    equity_jobs, equity_seconds
        How many equity requests may run at once, and for how long each.
    warm_up
        Whether to compile the equity kernels at the start, in the background; else the first request waits for it.
    live_delay_s
        Seconds that a finished hand is held back before it is announced.
    catch_up
        Whether to import at the start, in the background, what was written while no server ran.
    log_level
        What `pokerlab serve` writes to its log; with ``"info"`` each request too, with ``"debug"`` what errors say.
    """

    model_config = SettingsConfigDict(
        env_prefix="POKERLAB_", env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    history: Folders = ()
    store: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    token: SecretStr | None = None
    allowed_hosts: Names = ()
    allowed_origins: Names = ()
    heartbeat_seconds: float = Field(default=30.0, gt=0, le=3600)
    queue_size: int = Field(default=256, ge=1, le=100_000)
    send_timeout_s: float = Field(default=2.0, gt=0, le=60)
    dead_after_s: float = Field(default=20.0, gt=0, le=3600)
    max_clients: int = Field(default=2000, ge=1)
    max_message_bytes: int = Field(default=16 * 1024, ge=128)
    max_body_bytes: int = Field(default=64 * 1024, ge=128)
    request_seconds: float = Field(default=10.0, gt=0, le=600)
    equity_jobs: int = Field(default=2, ge=1, le=64)
    equity_seconds: float = Field(default=10.0, gt=0, le=600)
    warm_up: bool = True
    live_delay_s: float = Field(default=0.0, ge=0, le=86_400)
    catch_up: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    @classmethod
    def load(cls, **values: Any) -> Self:
        """Read the settings, with an error that says which of them is wrong.

        Raises
        ------
        SettingsError
            A value that cannot be, in the arguments or in the environment.

        Examples
        --------
        >>> ServerSettings.load(port=8123).port
        8123
        """
        try:
            return cls(**values)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False, include_context=False)
            told = "; ".join(f"{_label(fault['loc'])}{fault['msg'].removeprefix('Value error, ')}" for fault in faults)
            msg = f"the server's settings make no sense: {told}"
            raise SettingsError(msg) from None

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine can reach ``host``."""
        return is_loopback(self.host)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every name that a ``Host`` header may say, in lower case."""
        own = bracketed(self.host) if self.host not in {"0.0.0.0", "::", ""} else "localhost"  # noqa: S104
        return tuple(dict.fromkeys(name.lower() for name in (*LOOPBACK_HOSTS, own, *self.allowed_hosts)))

    @field_validator("history", mode="before")
    @classmethod
    def _split_paths(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part) for part in value.split(os.pathsep) if part)
        if isinstance(value, os.PathLike):
            return (Path(value),)
        return () if value is None else value

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _hosts_are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _HOST.fullmatch(name):
                msg = f"{name!r} is no host; give it without port, such as 'lab.example.org' or '[fe80::1]'"
                raise ValueError(msg)
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins_are_whole(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                msg = f"{origin!r} is no origin; give scheme and host, such as 'https://lab.example.org'"
                raise ValueError(msg)
        return value

    @field_validator("token")
    @classmethod
    def _token_can_travel(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            msg = "it must be 16 to 256 letters, digits or the signs . _ ~ -"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _others_need_a_token(self) -> Self:
        if not self.is_loopback and self.token is None:
            msg = (
                f"host {self.host!r} can be reached from other machines, which needs a token: "
                "set POKERLAB_TOKEN, or keep host '127.0.0.1'"
            )
            raise ValueError(msg)
        return self


def is_loopback(host: str) -> bool:
    """Tell whether an address, or the name ``localhost``, is of this machine alone.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("[::1]"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def bracketed(host: str) -> str:
    """Write an address as it stands in URLs: IPv6 in square brackets.

    Examples
    --------
    >>> bracketed("::1"), bracketed("127.0.0.1")
    ('[::1]', '127.0.0.1')
    """
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _label(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(part) for part in location)}: " if location else ""
