"""Keeps the exchange rates up to date: fetched once they are due, kept by day, beside the table in the package."""

from datetime import datetime

from bot import log
from bot.ports import RateReader
from bot.store import Store


async def fetch_rates(store: Store, reader: RateReader, now: datetime) -> int:
    """Fetch the file of reference rates if it is due and keep its days; how many. A fetch that fails is only logged."""
    known = (await store.feeds.memories([reader.feed_id])).get(reader.feed_id)
    memory, days = await reader.read(known, now)
    if memory == known:
        return 0
    async with store.transaction():
        await store.rates.save(days)
        await store.feeds.save([memory])
    if days:
        log.event("rates.fetched", days=len(days), newest=max(one.day for one in days).isoformat())
    return len(days)
