"""The parts of the bot plugged together."""

import gc
from pathlib import Path

from bot.app import opened, spare_collections
from bot.config import Settings


async def test_what_is_alive_is_put_aside_once_a_process(tmp_path: Path) -> None:
    """Each time anew, whatever an App that was closed leaves behind would stay for good."""
    spare_collections.cache_clear()  # another test of this process may have had its own, and undone it
    counts = []
    for name in ("one", "other"):
        async with opened(Settings(database_url=f"sqlite:///{tmp_path}/{name}.sqlite3"), lambda: ()):
            counts.append(gc.get_freeze_count())
    assert counts[0] >= counts[1] > 0  # some of it may have ended meanwhile
