"""Short ways to build the objects of bot.model in tests."""

from datetime import UTC, datetime
from typing import Any

from bot.model import Article, Feed

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def feed(id: str = "example", url: str = "http://127.0.0.1/feed.xml", **changes: Any) -> Feed:
    """A Korean press feed unless told otherwise."""
    defaults: dict[str, Any] = {"name": id, "language": "ko", "country": "KR", "time_zone": "Asia/Seoul", "outlet": id}
    return Feed(id=id, url=url, **(defaults | changes))


def article(id: str = "a1", title: str = "업스테이지, 도쿄 법인 설립", **changes: Any) -> Article:
    """An article published at NOON unless told otherwise."""
    defaults: dict[str, Any] = {"language": "ko", "outlet": "ETNews", "url": f"https://example.com/{id}", "published": NOON}
    return Article(id=id, title=title, **(defaults | {"first_seen": NOON} | changes))
