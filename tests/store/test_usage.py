"""What the model used outlives the process."""

from datetime import date

from bot.store import Store

DAY = date(2026, 11, 23)


async def test_use_adds_up_by_day_and_a_reservation_can_be_taken_back(store: Store) -> None:
    assert await store.usage.used(DAY, DAY) == (0, 0, 0)
    await store.usage.add(DAY, 900, 100)
    await store.usage.add(DAY, -300, -60)
    await store.usage.add(date(2026, 11, 1), 5, 6)
    await store.usage.add(date(2026, 10, 31), 7, 8)
    assert await store.usage.used(DAY, DAY) == (600, 40, 0)
    assert await store.usage.used(date(2026, 11, 1), DAY) == (605, 46, 0)


async def test_another_process_finds_what_was_used(store: Store, url: str) -> None:
    await store.usage.add(DAY, 900, 100)
    other = await Store.open(url)
    try:
        assert await other.usage.used(DAY, DAY) == (900, 100, 0)
    finally:
        await other.close()
