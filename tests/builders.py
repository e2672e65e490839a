"""Short ways to build the objects of bot.model in tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.model import (
    Amount,
    Article,
    CitedSentence,
    Edition,
    EditionCounts,
    EditionItem,
    Feed,
    Source,
    Summary,
    Topic,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def feed(id: str = "example", url: str = "http://127.0.0.1/feed.xml", **changes: Any) -> Feed:
    """A Korean press feed unless told otherwise."""
    defaults: dict[str, Any] = {"name": id, "language": "ko", "country": "KR", "time_zone": "Asia/Seoul", "outlet": id}
    return Feed(id=id, url=url, **(defaults | changes))


def article(id: str = "a1", title: str = "업스테이지, 도쿄 법인 설립", **changes: Any) -> Article:
    """An article published at NOON unless told otherwise."""
    defaults: dict[str, Any] = {"language": "ko", "outlet": "ETNews", "url": f"https://example.com/{id}", "published": NOON}
    return Article(id=id, title=title, **(defaults | {"first_seen": NOON} | changes))


def source(number: int = 1, **changes: Any) -> Source:
    """A source with a link of its own."""
    defaults: dict[str, Any] = {"article_id": f"a{number}", "outlet": "ETNews", "title": f"기사 {number}", "language": "ko"}
    return Source(number, **(defaults | {"url": f"https://example.com/{number}", "published": NOON} | changes))


def item(story_id: str = "s1", headline: str = "Upstage opens a Tokyo office", number: int = 1, **changes: Any) -> EditionItem:
    """An expansion story with one sentence cited to source ``number``, and one amount with its conversion."""
    sentences = changes.pop("sentences", (CitedSentence("Upstage opened a Tokyo office.", (number,)),))
    sources = changes.pop("sources", (source(number),))
    defaults: dict[str, Any] = {
        "topic": Topic.EXPANSION,
        "mark": "new",
        "summary": Summary(story_id, "en", headline, sentences, sources),
        "amounts": (
            Amount(Decimal(45_000_000_000), "JPY", "최대 450억엔", 0, 8, "up_to", role="subsidy"),
            Amount(Decimal(442_800_000_000), "KRW", "4428억원", 9, 15, converted_of=0),
        ),
        "outlets": ("ETNews", "Nikkei", "Yonhap"),
        "languages": ("ko", "ja"),
        "first_outlet": "ETNews",
        "first_at": datetime(2026, 11, 22, 22, 10, tzinfo=UTC),
    }
    return EditionItem(story_id, **(defaults | changes))


def edition(*items: EditionItem, **changes: Any) -> Edition:
    """An English edition of the day before NOON, with the sources that its items cite."""
    sources = {found.number: found for one in items for found in one.summary.sources}
    defaults: dict[str, Any] = {
        "key": "test/2026-11-23/12:00",
        "language": "en",
        "time_zone": "Asia/Seoul",
        "since": NOON - timedelta(days=1),
        "until": NOON,
        "items": items,
        "sources": tuple(sources[number] for number in sorted(sources)),
        "counts": EditionCounts(1204, 18, 11, 2),
    }
    return Edition(**(defaults | changes))
