"""Editions for tests of Discord: a usual one, and ones of any size."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.model import Amount, CitedSentence, Edition, EditionCounts, EditionItem, Source, Summary, Topic

UNTIL = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def source(number: int, outlet: str = "전자신문", url: str | None = None) -> Source:
    address = f"https://news.example/{number}" if url is None else url
    return Source(number, f"a{number}", outlet, f"기사 제목 {number}", address, "ko")


def item(number: int, topic: Topic = Topic.EXPANSION, *texts: str, **changes: Any) -> EditionItem:
    """A story with one sentence per text, all cited as source ``number``."""
    sentences = tuple(CitedSentence(text, (number,)) for text in texts or (f"{number}번 회사가 도쿄에 사무소를 열었다.",))
    summary = Summary(f"s{number}", "ko", f"{number}번 회사, 도쿄 사무소 개소", sentences, (source(number),))
    amount = Amount(Decimal(45_000_000_000), "JPY", "450億円", 0, 5, "up_to", role="subsidy")
    defaults: dict[str, Any] = {
        "amounts": (amount,),
        "outlets": ("전자신문",),
        "languages": ("ko",),
        "first_outlet": "전자신문",
        "first_at": UNTIL - timedelta(hours=2),
    }
    return EditionItem(f"s{number}", topic, "new", summary, **(defaults | changes))


def edition(*items: EditionItem, language: str = "ko", **changes: Any) -> Edition:
    """An edition of ``items`` that leads with the first sentence of each of the first three."""
    lead = tuple(shown.summary.sentences[0] for shown in items[:3] if shown.summary.sentences)
    sources = tuple(cited for shown in items for cited in shown.summary.sources)
    counts = EditionCounts(1204, 18, len(items), 2)
    given: dict[str, Any] = {"lead": lead, "sources": sources, "counts": counts}
    since = UNTIL - timedelta(days=1)
    return Edition("sub/2026-11-23/09:00", language, "Asia/Seoul", since, UNTIL, items, **(given | changes))
