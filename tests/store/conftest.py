"""A store on a real file and on a real server."""

from collections.abc import AsyncIterator

import pytest

from bot.store import Store


@pytest.fixture
def url(database_url: str) -> str:
    """The address of a database: of a file that does not exist yet, in a folder that does not exist yet; or on a server."""
    return database_url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open, empty store."""
    opened = await Store.open(url)
    yield opened
    await opened.close()
