"""Who an entry is, whether it changed, and whether it is news."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Entry, Feed, FeedKind, FeedMemory, FeedReading, Known
from bot.pipeline import collect
from bot.pipeline.collect import Collected
from tests.builders import NOON, feed

HOUR = timedelta(hours=1)


class Reader:
    """Polls one after the other, remembering what the store would."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}
        self.memories: dict[str, FeedMemory] = {}
        self.now = NOON

    def poll(self, *polls: tuple[Feed, list[Entry]], after: timedelta = HOUR) -> Collected:
        self.now += after
        readings = [_reading(feed, entries, self.now) for feed, entries in polls]
        candidates = collect.identify(readings)
        known = {key: self.known[key] for key in candidates.keys if key in self.known}
        collected = collect.decide(candidates, known, self.memories, self.now)
        articles = {article.id: article for article in (*collected.new, *collected.changed)}
        for key, article_id in collected.keys.items():
            owner = articles.get(article_id)
            known_owner = next((found for found in self.known.values() if found.article_id == article_id), None)
            self.known[key] = known_owner or Known(article_id, owner.feed_id, owner.fingerprint)  # type: ignore[union-attr]
        for article in collected.changed:
            for key, found in self.known.items():
                if found.article_id == article.id:
                    self.known[key] = found._replace(fingerprint=article.fingerprint)
        self.memories |= {memory.feed_id: memory for memory in collected.memories}
        return collected


def _reading(feed: Feed, entries: list[Entry], now: Any) -> FeedReading:
    return FeedReading(feed, FeedMemory(feed.id, feed.url, last_success=now, last_checked=now), tuple(entries), True)


def entry(number: int = 1, **changes: Any) -> Entry:
    """An entry published half an hour before noon, all its marks made from ``number``."""
    defaults: dict[str, Any] = {
        "title": f"라인야후, 도쿄 데이터센터 계획 {number}",
        "url": f"https://news.example/articles/{number}",
        "guid": f"https://news.example/?p={number}",
        "summary": f"기사 {number}의 요약.",
        "published": NOON - timedelta(minutes=30 + number),
        "language": "ko",
    }
    return Entry(**(defaults | changes))


def _settled(number: int = 20) -> tuple[Reader, Feed, list[Entry]]:
    """A feed that was polled before and its ``number`` entries."""
    reader, source, entries = Reader(), feed(), [entry(i) for i in range(number)]
    assert len(reader.poll((source, entries)).new) == number
    return reader, source, entries


# ---- identity ----


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"guid": "http://news.example/?p=1"},
        {"guid": "https://www.news.example/?p=1", "url": None},
        {"guid": "urn:uuid:7b1d"},
        {"guid": None},
        {"url": "http://www.news.example/articles/1/"},
        {"url": "https://moved.example/1", "guid": "https://moved.example/?p=1"},
        {"url": "https://moved.example/1", "guid": None},
        {"url": None, "guid": None},
        {"published": None},
        {"published": NOON - timedelta(minutes=5)},
    ],
    ids=repr,
)
def test_an_entry_is_recognised_when_its_marks_flip(changes: dict[str, Any]) -> None:
    reader, source, _ = _settled(3)

    again = reader.poll((source, [entry(1, **changes)]))

    assert (again.new, again.changed) == ([], [])


def test_another_entry_is_not_mistaken_for_a_known_one() -> None:
    reader, source, _ = _settled(3)
    other = entry(7, published=NOON + HOUR)

    assert [article.title for article in reader.poll((source, [other])).new] == [other.title]


def test_flips_are_remembered_so_that_the_next_flip_is_recognised_too() -> None:
    reader, source, _ = _settled(3)
    reader.poll((source, [entry(1, guid="first-move")]))
    moved = entry(1, guid="first-move", url="https://elsewhere.example/a", published=None)
    reader.poll((source, [moved]))

    again = reader.poll((source, [replace(moved, guid="second-move", title="새 제목")]))

    assert again.new == []
    assert len(again.changed) == 1


def test_a_guid_that_every_item_bears_names_none_of_them() -> None:
    reader, source = Reader(), feed()
    first = [entry(i, guid="0") for i in range(4)]

    assert len(reader.poll((source, first)).new) == 4
    more = reader.poll((source, [*first, entry(9, guid="0", published=NOON + HOUR)]))
    assert [article.url for article in more.new] == ["https://news.example/articles/9"]


def test_a_link_that_every_item_bears_names_none_of_them() -> None:
    reader, source = Reader(), feed()
    first = [entry(i, guid=None, url="https://news.example/list") for i in range(4)]

    assert len(reader.poll((source, first)).new) == 4
    assert reader.poll((source, first)).new == []


def test_a_bare_host_is_no_identity() -> None:
    reader, source = Reader(), feed()
    reader.poll((source, [entry(1, guid=None, url="https://news.example/")]))

    assert len(reader.poll((source, [entry(2, guid=None, url="https://news.example/")])).new) == 1


def test_items_without_any_mark_differ_by_their_content() -> None:
    bare = {"guid": None, "url": None, "published": None}
    reader, source = Reader(), feed()
    entries = [
        entry(1, **bare),
        entry(2, **bare),
        entry(3, title="", summary="가", **bare),
        entry(4, title="", summary="나", **bare),
    ]

    assert len(reader.poll((source, entries)).new) == 4
    assert reader.poll((source, entries)).new == []


def test_one_item_listed_twice_is_one_article() -> None:
    assert len(Reader().poll((feed(), [entry(1), entry(1), entry(1, guid="other")])).new) == 1


def test_two_feeds_of_one_outlet_share_an_article_and_two_outlets_do_not() -> None:
    one, two, other = (feed(id, outlet=outlet) for id, outlet in (("it", "Daily"), ("economy", "Daily"), ("wire", "Wire")))
    changed = entry(1, guid="second", title="같은 기사, 다른 제목")

    collected = Reader().poll((one, [entry(1)]), (two, [changed]), (other, [entry(1)]))

    assert [(article.feed_id, article.outlet) for article in collected.new] == [("it", "Daily"), ("wire", "Wire")]


def test_the_second_feed_of_an_outlet_does_not_rewrite_the_first_ones_article() -> None:
    one, two = feed("it", outlet="Daily"), feed("economy", outlet="Daily")
    reader = Reader()
    reader.poll((one, [entry(1)]), (two, []))

    for _ in range(2):
        assert reader.poll((two, [entry(1, guid="x", title="다른 제목")]), (one, [entry(1)])).changed == []


def test_aggregators_keep_the_host_of_a_guid() -> None:
    planet = feed("planet", kind=FeedKind.AGGREGATOR)
    entries = [entry(i, guid=f"https://blog{i}.example/?p=1", url=None, published=None) for i in range(2)]
    reader = Reader()
    reader.poll((planet, entries[:1]))

    assert len(reader.poll((planet, entries)).new) == 1


def test_ids_are_short_and_the_same_in_any_process() -> None:
    first, second = (Reader().poll((feed(), [entry(1)])).new[0].id for _ in range(2))

    assert first == second == "1126dc1a61bb6f63"


def test_imported_articles_are_recognised_by_a_later_poll() -> None:
    reader, source = Reader(), feed(outlet="Daily")
    imported = replace(reader.poll((source, [entry(1)])).new[0], id="given-id")
    reader.known = {key: Known("given-id", "", "") for key in collect.article_keys(imported)}

    assert reader.poll((source, [entry(1)])).new == []


# ---- change ----


def test_a_changed_title_or_summary_is_a_change_of_the_same_article() -> None:
    reader, source, _ = _settled(3)
    known = {found.article_id for found in reader.known.values()}

    once = reader.poll((source, [entry(1, title="정정: 투자액은 450억엔")]))
    again = reader.poll((source, [entry(1, title="정정: 투자액은 450억엔")]))

    assert [article.title for article in once.changed] == ["정정: 투자액은 450억엔"]
    assert once.changed[0].id in known
    assert once.new == again.changed == again.new == []


def test_case_and_blanks_in_a_title_are_no_change() -> None:
    reader, source, _ = _settled(3)

    assert reader.poll((source, [entry(1, title="  라인야후,  도쿄 데이터센터 계획 1 ")])).changed == []


# ---- freshness ----


def _fresh(collected: Collected) -> list[bool]:
    return [article.fresh for article in collected.new]


def test_a_first_poll_briefs_the_last_day_and_a_few_undated_items() -> None:
    ages = [timedelta(hours=1), timedelta(hours=23), timedelta(hours=26), timedelta(days=300)]
    dated = [entry(i, published=NOON - age) for i, age in enumerate(ages)]
    undated = [entry(i, published=None) for i in range(10, 15)]

    collected = Reader().poll((feed(), dated + undated), after=timedelta())

    assert _fresh(collected) == [True, True, False, False, True, True, True, False, False]


def test_a_feed_that_only_failed_so_far_is_polled_for_the_first_time() -> None:
    reader, source = Reader(), feed()
    reader.memories[source.id] = FeedMemory(source.id, source.url, last_checked=NOON, failures=3)

    assert _fresh(reader.poll((source, [entry(1, published=NOON - timedelta(days=2))]))) == [False]


@pytest.mark.parametrize(
    ("age", "fresh"), [(timedelta(hours=47), True), (timedelta(hours=49), False), (timedelta(days=30), False), (None, True)]
)
def test_an_old_item_that_comes_back_is_no_news(age: timedelta | None, fresh: bool) -> None:
    reader, source, entries = _settled(10)
    published = None if age is None else reader.now + HOUR - age
    back = entry(99, published=published)

    assert _fresh(reader.poll((source, [back, *entries]))) == [fresh]


def test_what_was_published_while_the_bot_was_down_is_news_within_a_week() -> None:
    reader, source, entries = _settled(10)
    later = [entry(100 + days, published=NOON + timedelta(days=days)) for days in (1, 4, 6, 9)]

    collected = reader.poll((source, [*later, *entries]), after=timedelta(days=10))

    assert _fresh(collected) == [False, True, True, True]


def test_a_feed_whose_identities_all_flip_is_quarantined_with_a_reason() -> None:
    reader, source, entries = _settled(20)
    flipped = [replace(item, guid=f"new-{i}", url=f"https://new.example/{i}", published=None) for i, item in enumerate(entries)]

    collected = reader.poll((source, flipped))

    assert _fresh(collected) == [False] * 20
    assert collected.reasons == ["example: 20 of 20 items are suddenly new: kept, not briefed"]


def test_a_feed_that_dates_its_whole_past_anew_is_quarantined() -> None:
    reader, source, entries = _settled(20)
    flipped = [
        replace(item, guid=f"n{i}", url=f"https://new.example/{i}", published=reader.now + HOUR) for i, item in enumerate(entries)
    ]

    assert not any(_fresh(reader.poll((source, flipped))))


def test_a_busy_feed_after_a_pause_is_no_flood() -> None:
    reader, source, _ = _settled(20)
    night = [entry(100 + i, published=reader.now + timedelta(minutes=20 * i + 1)) for i in range(20)]

    collected = reader.poll((source, night), after=timedelta(hours=9))

    assert _fresh(collected) == [True] * 20
    assert collected.reasons == []


def test_the_newest_entry_is_remembered_but_not_from_the_future() -> None:
    reader, source = Reader(), feed()
    reader.poll((source, [entry(1, published=NOON), entry(2, published=NOON + timedelta(days=30))]), after=timedelta())
    reader.poll((source, [entry(3, published=NOON - HOUR)]))

    assert reader.memories[source.id].newest_entry == NOON


def test_text_that_no_database_takes_is_mended() -> None:
    article = Reader().poll((feed(), [entry(1, title="절반 \ud83d 짜리\0 글자")])).new[0]

    assert article.title == "절반 ? 짜리 글자"


# ---- laws ----

_texts = st.text(min_size=0, max_size=8)
_entries = st.lists(
    st.builds(
        Entry,
        title=_texts,
        url=st.none()
        | st.sampled_from(["https://a.example/1", "http://www.a.example/1/", "https://a.example/2", "https://a.example/"]),
        guid=st.none() | st.sampled_from(["1", "2", "https://a.example/g", "http://a.example/g"]) | _texts,
        summary=_texts,
        published=st.none() | st.sampled_from([NOON - timedelta(hours=hours) for hours in (1, 30, 60)]),
    ),
    max_size=8,
)


@given(_entries)
def test_the_same_poll_again_brings_nothing(entries: list[Entry]) -> None:
    reader, source = Reader(), feed()
    first = reader.poll((source, entries))
    ids = [article.id for article in first.new]

    again = reader.poll((source, entries))

    assert len(set(ids)) == len(ids)
    assert again.new == []


@given(_entries, _entries)
def test_one_batch_decides_as_two_would(ones: list[Entry], twos: list[Entry]) -> None:
    one, two = feed("one", outlet="Daily"), feed("two", outlet="Daily")
    together, apart = Reader(), Reader()
    both = together.poll((one, ones), (two, twos))
    first, second = apart.poll((one, ones)), apart.poll((two, twos), after=timedelta())

    assert {article.id for article in both.new} == {article.id for article in (*first.new, *second.new)}
    assert together.known.keys() == apart.known.keys()
