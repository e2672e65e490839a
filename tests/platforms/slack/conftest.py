"""A Slack server on loopback for each test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store
from tests.conftest import SHARED
from tests.platforms.slack.server import SlackServer

SCHEMA = SHARED / "schemas" / "Blocks.schema.json"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(schema=SCHEMA if SCHEMA.is_file() else None) as server:
        yield server


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database."""
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    yield opened
    await opened.close()
