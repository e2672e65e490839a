"""What the model writes of an edition: once for all, whatever fails."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BadOutput
from bot.model import Article, CitedSentence, Edition, Relevance, StoryDecision, Topic
from bot.pipeline.briefing import Briefer, Wanted
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import FixedWriter

DAY = {"since": NOON - timedelta(hours=24), "until": NOON + timedelta(hours=1)}
REPORTS = [
    article("a", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄에 법인을 세웠다고 밝혔다."),
    article("b", "리벨리온, 4000억원 투자 유치", summary="리벨리온이 4000억원 규모의 투자를 마무리했다.", outlet="Hankyung"),
]


class Counting(FixedWriter):
    """Counts its summaries, leads and titles; fails on the story of ``broken`` like a bug, refuses that of ``refused``."""

    def __init__(self, *, broken: str = "", refused: str = "", headline: str = "Headline") -> None:
        super().__init__(CitedSentence("A sentence.", (1,)), headline=headline)
        self.broken, self.refused, self.leads, self.titled = broken, refused, 0, 0

    async def summarize(self, sources: Sequence[Article], language: str) -> tuple[str, tuple[CitedSentence, ...]]:
        self.calls += 1
        await asyncio.sleep(0)
        if sources[0].id == self.broken:
            raise KeyError("a bug")
        if sources[0].id == self.refused:
            raise BadOutput("nothing holds")
        return self.headline, self.sentences

    async def lead(self, sources: Sequence[Article], language: str) -> tuple[CitedSentence, ...]:
        self.leads += 1
        return (CitedSentence("First line.", (len(sources),)),)

    async def translate_titles(self, titles: Sequence[str], language: str) -> tuple[str, ...]:
        self.titled += 1
        return tuple(f"English of {title[:4]}" for title in titles)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    await opened.articles.add(REPORTS)
    await opened.articles.save_relevance({one.id: Relevance(0.9, True, (Topic.INVESTMENT,), ("KR",)) for one in REPORTS})
    await opened.stories.save([StoryDecision(one.id, f"s{one.id}", False) for one in REPORTS], REPORTS, NOON)
    yield opened
    await opened.close()


async def made(store: Store, writer: FixedWriter, language: str = "en") -> Edition:
    briefer = Briefer(store, writer)
    try:
        return await briefer.edition(Wanted(key="k", language=language, **DAY))
    finally:
        await briefer.close()


async def test_two_editions_at_the_same_moment_and_one_after_a_restart_pay_once(store: Store) -> None:
    writer = Counting()
    briefer = Briefer(store, writer)
    one, other = await asyncio.gather(*(briefer.edition(Wanted(key="k", language="en", **DAY)) for _ in range(2)))
    assert one == other == await made(store, writer)
    assert (writer.calls, writer.leads) == (2, 1)
    await made(store, writer, "ja")
    assert writer.calls == 4
    writer.name = "another-model"
    await made(store, writer)
    assert writer.calls == 6


async def test_a_changed_report_is_written_anew(store: Store) -> None:
    writer = Counting()
    await made(store, writer)
    await store.articles.change(
        [article("a", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄와 오사카에 법인을 세웠다.")]
    )
    await made(store, writer)
    assert writer.calls == 3


async def test_a_bug_in_one_summary_costs_only_that_one(store: Store) -> None:
    edition = await made(store, Counting(broken="a"))
    assert {item.summary.method for item in edition.items} == {"extract", "fake-model"}
    assert (edition.method, edition.fallback) == ("fake-model", "failed")


async def test_what_was_refused_is_not_paid_for_again_by_the_next_channel(store: Store) -> None:
    writer = Counting(refused="a")
    briefer = Briefer(store, writer)
    for _ in range(3):
        edition = await briefer.edition(Wanted(key="k", language="en", **DAY))
        assert edition.fallback == "unusable"
    assert writer.calls == 2


async def test_of_two_processes_that_want_the_same_at_once_one_pays_and_both_have_it(store: Store) -> None:
    """Two briefers know of each other through the database only."""
    writer = Counting()
    first, second = await asyncio.gather(made(store, writer), made(store, writer))
    assert writer.calls == 2 and first.items == second.items
    assert writer.leads == 1
    refused = Counting(refused="a", headline="Another")
    refused.name = "other-model"
    for edition in await asyncio.gather(made(store, refused, "ja"), made(store, refused, "ja")):
        assert edition.fallback == "unusable"
    assert refused.calls == 2


async def test_first_lines_cite_the_edition_s_sources(store: Store) -> None:
    edition = await made(store, Counting())
    (line,) = edition.lead
    assert line.text == "First line." and set(line.cites) <= {source.number for source in edition.sources}


async def test_a_foreign_headline_is_shown_with_its_translation_and_translated_once(store: Store) -> None:
    writer = Counting(headline="")
    for _ in range(2):
        edition = await made(store, writer)
        titles = {item.summary.headline: (item.summary.translated, item.summary.headline_language) for item in edition.items}
        assert titles["업스테이지, 도쿄 법인 설립"] == ("English of 업스테이", "ko")
    assert writer.titled == 1
    edition = await made(store, writer, "ko")
    assert all(item.summary.translated == item.summary.headline_language == "" for item in edition.items)


async def test_a_slow_model_holds_nobody_up(store: Store) -> None:
    class Slow(Counting):
        async def summarize(self, sources: Sequence[Article], language: str) -> tuple[str, tuple[CitedSentence, ...]]:
            await asyncio.Event().wait()
            raise AssertionError

    briefer = Briefer(store, Slow(), seconds=0.1)
    edition = await briefer.edition(Wanted(key="k", language="en", **DAY))
    await briefer.close()
    assert len(edition.items) == 2 and edition.fallback == "late"
