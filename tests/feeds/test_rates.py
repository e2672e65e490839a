"""The file of reference rates: fetched like a feed, kept by day, and whatever is wrong with it costs nothing but itself."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.feeds.fetch import Client
from bot.feeds.rates import FEED_ID, RateFile
from bot.pipeline.exchange import fetch_rates
from bot.store import Store
from tests.builders import NOON
from tests.feeds.servers import Server, answer, conditional

LATER = NOON + timedelta(hours=7)
FRIDAY = date(2026, 11, 20)


def rate_file(*days: tuple[str, str]) -> bytes:
    """As the bank writes it: a day and the won for a euro."""
    cubes = "".join(
        f'<Cube time="{day}"><Cube currency="USD" rate="1.10"/><Cube currency="JPY" rate="165"/>'
        f'<Cube currency="KRW" rate="{won}"/></Cube>'
        for day, won in days
    )
    return f'<?xml version="1.0"?><Envelope xmlns="urn:example"><Cube>{cubes}</Cube></Envelope>'.encode()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(user_agent="test", allow_private=True) as opened:
        yield opened


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    yield opened
    await opened.close()


async def test_the_days_of_the_file_are_kept_and_convert(client: Client, store: Store) -> None:
    async with Server({"/rates.xml": answer(rate_file(("2026-11-20", "1650"), ("2026-11-19", "1540")))}) as server:
        assert await fetch_rates(store, RateFile(client, server.url("/rates.xml")), NOON) == 2
    known = await store.rates.known()
    on_sunday = known.convert(Decimal(11), "USD", "KRW", date(2026, 11, 22))
    on_the_day_before = known.convert(Decimal(11), "USD", "KRW", date(2026, 11, 19))
    assert on_sunday is not None
    assert on_the_day_before is not None
    assert (on_sunday.value, on_sunday.day) == (Decimal(16500), FRIDAY)  # the last day that was published
    assert (on_the_day_before.value, on_the_day_before.day) == (Decimal(15400), date(2026, 11, 19))


async def test_the_table_of_the_package_stands_in_for_other_days(store: Store) -> None:
    converted = (await store.rates.known()).convert(Decimal(45 * 10**9), "JPY", "KRW", date(2025, 4, 3))
    assert converted is not None
    assert converted.day == date(2025, 4, 2)


async def test_it_is_asked_again_after_hours_only_and_then_conditionally(client: Client, store: Store) -> None:
    body = rate_file(("2026-11-20", "1650"))
    async with Server({"/rates.xml": conditional(body, etag='"one"')}) as server:
        source = RateFile(client, server.url("/rates.xml"))
        assert await fetch_rates(store, source, NOON) == 1
        assert await fetch_rates(store, source, NOON + timedelta(minutes=5)) == 0
        assert await fetch_rates(store, source, LATER) == 0  # 304
        assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"one"']
    memory = (await store.feeds.memories([FEED_ID]))[FEED_ID]
    assert (memory.last_success, memory.failures) == (LATER, 0)


async def test_a_correction_of_a_day_holds(client: Client, store: Store) -> None:
    async with Server() as server:
        source = RateFile(client, server.url("/rates.xml"))
        for won, at in (("1650", NOON), ("1651", LATER)):
            server.handlers["/rates.xml"] = answer(rate_file(("2026-11-20", won)))
            await fetch_rates(store, source, at)
    assert [day.per_unit["KRW"] for day in await store.rates.known() if day.day == FRIDAY] == [Decimal(1651)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        rate_file(("2026-11-20", "-1")),
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + rate_file(("2026-11-20", "1650")),
        b" " * 1_500_000 + rate_file(("2026-11-20", "1650")),
    ],
)
async def test_what_is_no_file_of_rates_leaves_everything_as_it_was(client: Client, store: Store, body: bytes) -> None:
    before = list(await store.rates.known())
    async with Server({"/rates.xml": answer(body)}) as server:
        assert await fetch_rates(store, RateFile(client, server.url("/rates.xml")), NOON) == 0
    memory = (await store.feeds.memories([FEED_ID]))[FEED_ID]
    assert (memory.failures, bool(memory.last_error)) == (1, True)
    assert list(await store.rates.known()) == before


async def test_a_day_that_has_not_begun_anywhere_is_not_believed(client: Client, store: Store) -> None:
    async with Server({"/rates.xml": answer(rate_file(("2026-12-20", "9"), ("2026-11-20", "1650")))}) as server:
        assert await fetch_rates(store, RateFile(client, server.url("/rates.xml")), NOON) == 1


async def test_an_address_within_our_network_is_refused(store: Store) -> None:
    async with Client(user_agent="test") as careful, Server({"/rates.xml": answer(rate_file(("2026-11-20", "1")))}) as server:
        assert await fetch_rates(store, RateFile(careful, server.url("/rates.xml")), NOON) == 0
        assert server.requests == []
