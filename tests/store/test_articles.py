"""Articles, identities and relevance; and polls from end to end with collect."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.model import Entry, FeedMemory, FeedReading, Known, Relevance, Topic
from bot.pipeline import collect
from bot.store import Store
from tests.builders import NOON, article, feed

RELEVANT = Relevance(0.8, True, (Topic.EXPANSION, Topic.CHIPS), ("KR", "JP"), "KR→JP", ("Upstage",), ("도쿄 법인 → expansion",))


async def test_an_article_comes_back_as_it_went_in(store: Store) -> None:
    full = article(
        "a1",
        summary="요약 「引用」",
        published=NOON - timedelta(microseconds=1),
        body="본문",
        fingerprint="f",
        fresh=False,
        feed_id="x",
    )
    bare = article("a2", published=None, first_seen=None, url="")

    await store.articles.add([full, bare])

    assert await store.articles.get(["a2", "missing", "a1"]) == [bare, full]


async def test_an_instant_of_another_zone_is_the_same_instant_and_a_naive_one_is_refused(store: Store) -> None:
    seoul = NOON.astimezone(ZoneInfo("Asia/Seoul"))
    await store.articles.add([article("a1", published=seoul)])

    [found] = await store.articles.get(["a1"])
    assert (found.published, found.published and found.published.utcoffset()) == (NOON, timedelta())
    with pytest.raises(ValueError, match="naive"):
        await store.articles.add([article("a2", published=datetime(2026, 11, 23))])  # noqa: DTZ001 - that is the point


async def test_an_id_that_exists_stays_as_it_is(store: Store) -> None:
    await store.articles.add([article("a1")], {1: "a1"})
    await store.articles.add([article("a1", title="other"), article("a2")], {1: "a2", 2: "a2"})

    assert [found.title for found in await store.articles.get(["a1", "a2"])] == [article().title] * 2
    assert await store.articles.known([1, 2, 3]) == {1: Known("a1", "", ""), 2: Known("a2", "", "")}


async def test_keys_of_64_bits_are_kept_exactly_in_any_number(store: Store) -> None:
    keys = [-(2**63), 2**63 - 1, 0, -1, *range(10**15, 10**15 + 40_000)]
    await store.articles.add([article("a1", feed_id="f", fingerprint="p")], dict.fromkeys(keys, "a1"))

    known = await store.articles.known(keys)

    assert known.keys() == set(keys)
    assert set(known.values()) == {Known("a1", "f", "p")}


async def test_a_change_keeps_what_only_the_first_reading_knew(store: Store) -> None:
    await store.articles.add([article("a1", body="본문", fresh=False), article("a2")])
    before = await store.articles.after(0)

    [changed] = await store.articles.change(
        [article("a1", title="정정", summary="새 요약", published=None, first_seen=None, fingerprint="g")]
    )

    assert changed == article("a1", title="정정", summary="새 요약", body="본문", fresh=False, fingerprint="g")
    assert await store.articles.get(["a1"]) == [changed]
    assert await store.articles.after(before[-1][0]) == [(before[-1][0] + 1, changed)]


async def test_the_sequence_names_what_the_index_does_not_have_yet(store: Store) -> None:
    await store.articles.add([article(f"a{number}") for number in range(5)])
    page = await store.articles.after(0, limit=3)
    rest = await store.articles.after(page[-1][0])
    await store.articles.save_bodies({"a0": "전문"})

    assert [found.id for _, found in page + rest] == ["a0", "a1", "a2", "a3", "a4"]
    assert [found.body for _, found in await store.articles.after(rest[-1][0])] == ["전문"]


async def test_articles_are_found_by_url_and_by_when_they_were_seen(store: Store) -> None:
    hours = [article(f"a{hour}", first_seen=NOON + timedelta(hours=hour)) for hour in range(4)]
    await store.articles.add(hours)
    await store.articles.save_relevance({"a1": RELEVANT, "a2": Relevance(0.1, False)})

    assert await store.articles.by_url("https://example.com/a3") == hours[3]
    assert await store.articles.by_url("https://example.com/none") is None
    assert await store.articles.between(NOON + timedelta(hours=1), NOON + timedelta(hours=3)) == hours[1:3]
    assert await store.articles.count(NOON, NOON + timedelta(hours=2)) == (2, 1)
    assert await store.articles.count() == (4, 1)


async def test_relevance_is_kept_and_replaced_and_what_has_none_is_found(store: Store) -> None:
    await store.articles.add([article("a1"), article("a2"), article("a3")])
    await store.articles.save_relevance({"a1": Relevance(0.2, False), "a2": RELEVANT})
    await store.articles.save_relevance({"a1": RELEVANT})

    assert await store.articles.relevance(["a1", "a2", "a3"]) == {"a1": RELEVANT, "a2": RELEVANT}
    assert [found.id for found in await store.articles.unjudged()] == ["a3"]
    await store.articles.save_relevance({"a3": RELEVANT})
    assert await store.articles.unjudged() == []
    await store.articles.add([article("a4")])
    assert [found.id for found in await store.articles.unjudged()] == ["a4"]


# ---- polls ----


def _reading(number: int, *titles: str) -> FeedReading:
    source = feed(f"feed-{number}", url=f"http://127.0.0.1/{number}")
    entries = tuple(
        Entry(title, f"https://site{number}.example/{place}", f"guid-{place}", published=NOON)
        for place, title in enumerate(titles)
    )
    return FeedReading(source, FeedMemory(source.id, source.url, etag='"1"', last_success=NOON, next_check=NOON), entries, True)


async def _poll(store: Store, *readings: FeedReading) -> collect.Collected:
    before = await store.feeds.memories([reading.feed.id for reading in readings])
    candidates = collect.identify(readings)
    collected = collect.decide(candidates, await store.articles.known(candidates.keys), before, NOON)
    async with store.transaction():
        await store.articles.add(collected.new, collected.keys)
        await store.articles.change(collected.changed)
        await store.feeds.save(collected.memories)
    return collected


async def test_a_second_poll_after_a_restart_finds_only_what_is_new_or_changed(url: str) -> None:
    store = await Store.open(url)
    first = await _poll(store, _reading(1, "가", "나"), _reading(2, "다"))
    await store.close()
    store = await Store.open(url)

    second = await _poll(store, _reading(1, "가", "나 (종합)", "라"), _reading(2, "다"))

    assert [len(first.new), len(second.new), len(second.changed)] == [3, 1, 1]
    assert [found.title for _, found in await store.articles.after(0)] == ["가", "다", "라", "나 (종합)"]
    await store.close()


async def test_a_crash_before_the_commit_leaves_the_poll_to_be_done_again(store: Store) -> None:
    candidates = collect.identify([_reading(1, "가")])
    collected = collect.decide(candidates, {}, {}, NOON)
    with pytest.raises(KeyboardInterrupt):
        async with store.transaction():
            await store.articles.add(collected.new, collected.keys)
            await store.feeds.save(collected.memories)
            raise KeyboardInterrupt

    assert await store.feeds.memories(["feed-1"]) == {}
    assert len((await _poll(store, _reading(1, "가"))).new) == 1


async def test_memories_of_feeds_are_kept_and_the_worst_comes_first(store: Store) -> None:
    well = FeedMemory("a", "http://127.0.0.1/a", '"e"', "Mon", "hash", 60.5, NOON, NOON, NOON, None, 0, NOON)
    await store.feeds.save([well, FeedMemory("b"), FeedMemory("c", last_error="HTTP 404", failures=3)])
    await store.feeds.save([replace(well, etag=None, failures=1)])

    assert await store.feeds.memories(["a", "none"]) == {"a": replace(well, etag=None, failures=1)}
    assert [memory.feed_id for memory in await store.feeds.health()] == ["c", "a", "b"]
