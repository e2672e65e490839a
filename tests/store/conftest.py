"""A store on a real file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that does not exist yet, in a folder that does not exist yet."""
    return f"sqlite:///{tmp_path}/data/bot.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open, empty store."""
    opened = await Store.open(url)
    yield opened
    await opened.close()
