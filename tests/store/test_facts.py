"""Facts come back as they were kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.model import Amount, Article, DateFact, EventFact, PolicyFact
from bot.store import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FACTS = (
    Amount(Decimal("45000000000"), "JPY", "최대 450억엔", 0, 8, "up_to", role="subsidy"),
    Amount(Decimal("442800000000"), "KRW", "4428억원", 9, 15, converted_of=0),
    Amount(None, "KRW", "수천억원", 20, 24, "about"),
    DateFact("2032", "2032년", 30, 35),
    EventFact("office_opened", "completed", ("Upstage",), "도쿄에 사무소를 열었다", 40, 52, "JP", "2026-11-20"),
    PolicyFact("tax_break", "announced", "법인세를 깎아 준다", 60, 70, country="JP", until="2032"),
)


async def test_facts_come_back_as_they_were_kept(store: Store) -> None:
    await _add(store, "a", "b")
    await store.facts.save({"a": FACTS, "b": ()})
    assert await store.facts.of_articles(["a", "b", "c"]) == {"a": FACTS}


async def test_new_facts_replace_the_old_ones(store: Store) -> None:
    await _add(store, "a")
    await store.facts.save({"a": FACTS})
    await store.facts.save({"a": FACTS[:1]})
    assert await store.facts.of_articles(["a"]) == {"a": FACTS[:1]}


async def test_articles_of_a_time_with_a_kind_of_fact(store: Store) -> None:
    await _add(store, "a", "b", "c")
    await store.facts.save({"a": FACTS, "b": FACTS[3:4], "c": FACTS})
    until = NOW + timedelta(hours=2)
    assert await store.facts.articles_with("money", NOW, until) == ["a"]
    assert await store.facts.articles_with("date", NOW, until) == ["a", "b"]
    assert await store.facts.articles_with("policy", NOW, until + timedelta(hours=1)) == ["a", "c"]


async def _add(store: Store, *ids: str) -> None:
    """Articles an hour apart."""
    articles = [Article(id, f"Title {id}", published=NOW + timedelta(hours=place)) for place, id in enumerate(ids)]
    await store.articles.add(articles)
