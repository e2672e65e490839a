"""Summaries that were written already: nothing is paid for twice while a story stays as it is."""

from collections.abc import Sequence
from hashlib import blake2b

from sqlalchemy import select

from bot.model import Story, Summary
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import summaries


class Summaries:
    """The latest summary of each story, language and method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, stories: Sequence[Story], language: str, method: str) -> dict[str, Summary]:
        """By story id: the summaries written of exactly the articles that ``stories`` have now."""
        contents = {story.id: content_hash(story) for story in stories}
        query = select(summaries.c.story_id, summaries.c.content, summaries.c.data).where(
            self._database.among(summaries.c.story_id, contents), summaries.c.language == language, summaries.c.method == method
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return {story_id: codec.load(Summary, data) for story_id, content, data in rows if contents[story_id] == content}

    async def save(self, written: Sequence[tuple[Story, Summary]]) -> None:
        """Keep summaries, each with the story that it was written of."""
        if not written:
            return
        rows = [
            (story.id, summary.language, summary.method, content_hash(story), codec.dump(summary)) for story, summary in written
        ]
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(summaries), rows)


def content_hash(story: Story) -> str:
    """Changes when an article joins, leaves or is rewritten."""
    parts = sorted(f"{article.id} {article.fingerprint}" for article in story.articles)
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
