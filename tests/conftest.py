"""What every test gets: no socket beyond loopback, no key or token from the developer's environment.

A test that wants a database: ``postgres_url`` is the address of a fresh one on a real PostgreSQL, with all tables;
``empty_postgres_url`` of one without any; ``database_url`` runs the test twice, on SQLite and on PostgreSQL. The server is
started once a run (and worker); where there is none, those tests are skipped and say why.
"""

import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import log
from tests import postgres

SHARED = Path(__file__).resolve().parents[2] / "shared"
_real_connect = socket.socket.connect
_real_connect_ex = socket.socket.connect_ex


def _refuse_beyond_loopback(address: Any) -> None:
    if isinstance(address, tuple) and not ipaddress.ip_address(address[0].split("%")[0]).is_loopback:
        raise AssertionError(f"a test tried to reach {address}: only loopback is allowed")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection that would leave this machine."""

    def connect(self: socket.socket, address: Any) -> None:
        _refuse_beyond_loopback(address)
        _real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_beyond_loopback(address)
        return _real_connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    yield


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A paid call or a real post is impossible: no token reaches a test."""
    for name in os.environ:
        if name.startswith(("SLACK_", "DISCORD_", "OPENAI_", "BOT_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    """A test that starts the whole bot sets up its log and hides its secrets: for that test alone."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    handlers, levels, hidden = root.handlers[:], (root.level, ours.level), set(log._hidden)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    log._hidden.clear()
    log._hidden.update(hidden)


@pytest.fixture
def shared() -> Path:
    """The evaluation data and recordings; a test that needs them skips where they are absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    return SHARED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL: the one of BOT_TEST_POSTGRES_URL, or one of its own in a temporary folder."""
    with postgres.served() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The address of a fresh database with all tables."""
    url = postgres_server.fresh()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def empty_postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The address of a fresh database without any tables."""
    url = postgres_server.fresh(empty=True)
    yield url
    postgres_server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database of each kind that we support; the file of the first does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/bot.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
