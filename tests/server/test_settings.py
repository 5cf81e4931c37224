from __future__ import annotations

import os
from pathlib import Path

import pytest

from pokerlab.errors import SettingsError
from pokerlab.server import ServerSettings


def test_everything_has_a_safe_default():
    settings = ServerSettings.load()
    assert (settings.host, settings.port, settings.token) == ("127.0.0.1", 8000, None)
    assert settings.hosts == ("localhost", "127.0.0.1", "[::1]")


def test_the_environment_is_read_and_an_argument_wins(monkeypatch):
    monkeypatch.setenv("POKERLAB_PORT", "8123")
    monkeypatch.setenv("POKERLAB_HISTORY", f"some/folder{os.pathsep}another")
    monkeypatch.setenv("POKERLAB_ALLOWED_HOSTS", "lab.example.org, other.example.org")
    monkeypatch.setenv("POKERLAB_TOKEN", "")
    settings = ServerSettings.load(heartbeat_seconds=5)
    assert (settings.port, settings.history, settings.heartbeat_seconds) == (
        8123,
        (Path("some/folder"), Path("another")),
        5,
    )
    assert settings.hosts[-2:] == ("lab.example.org", "other.example.org")
    assert settings.token is None
    assert ServerSettings.load(port=9000).port == 9000


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"port": 70000}, "port: Input should be less than or equal to 65535"),
        ({"port": "eighty"}, "port: "),
        ({"heartbeat_seconds": 0}, "heartbeat_seconds: "),
        ({"queue_size": 0}, "queue_size: "),
        ({"allowed_hosts": "http://lab.example.org"}, "'http://lab.example.org' is no host"),
        ({"allowed_hosts": "*"}, r"'\*' is no host"),
        ({"allowed_origins": "lab.example.org"}, "'lab.example.org' is no origin"),
        ({"prot": 1}, "prot: "),
    ],
)
def test_a_wrong_setting_is_named(values, told):
    with pytest.raises(SettingsError, match=told):
        ServerSettings.load(**values)


@pytest.mark.parametrize("token", ["short", "with blank in the middle", "with,comma,in,the,middle", "x" * 257])
def test_a_token_that_cannot_travel_is_refused_without_being_told(token):
    with pytest.raises(SettingsError, match="token: it must be 16 to 256") as refused:
        ServerSettings.load(token=token)
    assert token not in str(refused.value)


def test_a_token_is_not_shown():
    assert "0123456789abcdef" not in repr(ServerSettings.load(token="0123456789abcdef"))


def test_the_example_of_an_environment_names_every_setting_with_its_default():
    lines = (Path(__file__).parents[2] / ".env.example").read_text().splitlines()
    given = dict(line.removeprefix("# ").split("=", 1) for line in lines if line.startswith("# POKERLAB_"))
    assert list(given) == [f"POKERLAB_{name.upper()}" for name in ServerSettings.model_fields]
    filled = {name.removeprefix("POKERLAB_").lower(): value for name, value in given.items() if value}
    assert ServerSettings.load(**filled) == ServerSettings.load()
    assert not [line for line in lines if line and not line.startswith("#")]
