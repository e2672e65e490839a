"""A Slack server on loopback for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import SHARED
from tests.platforms.slack.server import SlackServer

SCHEMA = SHARED / "schemas" / "Blocks.schema.json"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(schema=SCHEMA if SCHEMA.is_file() else None) as server:
        yield server
