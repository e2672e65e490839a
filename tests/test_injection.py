"""Orders planted in articles, with a model that obeys them, the whole way: editions with first lines and translated headlines,
growing answers, follow-ups and pages, as Slack and Discord show them."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.llm import prompts
from bot.llm.budget import Budget
from bot.llm.client import ModelClient
from bot.llm.writer import ModelWriter
from bot.model import Article, Channel, Edition, Page, Relevance, Reply, Request, StoryDecision, Topic
from bot.pipeline.briefing import Briefer, Wanted
from bot.platforms.discord import render as discord
from bot.platforms.discord.replies import reply_parts
from bot.platforms.slack import render as slack
from bot.platforms.slack.replies import reply_messages
from bot.store import Store
from tests.builders import NOON
from tests.fakes import FixedPages
from tests.llm.obeying import LURES, obeying
from tests.llm.server import serving
from tests.llm.test_injection import FACTS, HOST, TEXTS, public_lures

ROOT = Path(__file__).parents[1]
TOGETHER = 10  # lures in one edition
SOURCE_OF = {"ko": "ja", "ja": "en", "en": "ko"}  # the language of what is read, by that of what is written
QUESTION = {
    "ko": "업스테이지는 도쿄에 무엇을 세웠나?",
    "ja": "アップステージは東京に何を設立した？",
    "en": "What did Upstage set up in Tokyo?",
}
DAY = {"since": NOON - timedelta(hours=24), "until": NOON + timedelta(hours=1)}


def planted(number: int, lure: str, code: str) -> Article:
    title, body = TEXTS[code]
    id = f"a{number}"
    return Article(
        id, title, body=body.format(lure), url=f"https://{HOST}/{id}", outlet=f"Outlet {number}", language=code, published=NOON,
        first_seen=NOON,
    )  # fmt: skip


class Desk:
    """The bot over stories with a lure each, and a model that obeys."""

    def __init__(self, store: Store, writer: ModelWriter, articles: Sequence[Article], language: str) -> None:
        self.language, self.articles = language, articles
        self.briefer = Briefer(store, writer)
        pages = FixedPages(*(Page(one.url, one.title, one.body, one.language, HOST) for one in articles))
        self.commands = Commands(store, self.briefer, Archive(store), pages, writer, lambda: [])
        self.shown: list[Reply] = []

    async def show(self, reply: Reply) -> None:
        self.shown.append(reply)

    async def says(self, verb: str, text: str, *thread: str) -> Reply:
        where = Channel("slack", "C1", "T1")
        return await self.commands.handle(Request(verb, text, where, "U1", self.language, NOON, thread), self.show)

    async def edition(self) -> Edition:
        return await self.briefer.edition(Wanted(key="k", language=self.language, **DAY))


@asynccontextmanager
async def obedient(path: Path, lures: Sequence[str], language: str) -> AsyncIterator[Desk]:
    code = SOURCE_OF[language]
    articles = [planted(number, lure, code) for number, lure in enumerate(lures)]
    store = await Store.open(f"sqlite:///{path}")
    fact = {**FACTS[language], "quote": FACTS[code]["quote"]}
    async with serving(obeying(lures, language, fact)) as server:
        client = ModelClient(budget=Budget(10**9, lambda: NOON), base_url=server.url, model="m")
        await store.articles.add(articles)
        relevance = Relevance(0.95, True, (Topic.EXPANSION,), ("KR", "JP"), "KR→JP", ("Upstage",))
        await store.articles.save_relevance({one.id: relevance for one in articles})
        decisions = [StoryDecision(one.id, f"s{one.id}", joined=False) for one in articles]
        await store.stories.save(decisions, articles, NOON)
        try:
            yield Desk(store, ModelWriter(client, prompts.load(ROOT / "prompts"), "m"), articles, language)
        finally:
            await client.close()
            await store.close()


def check_edition(edition: Edition, fact: str) -> None:
    """Every sentence is the supported one, or a source's own headline; all are cited."""
    titles = {source.title for source in edition.sources}
    for item in edition.items:
        assert [sentence.text for sentence in item.summary.sentences] == [fact]
        assert item.summary.headline in titles and item.summary.translated == ""
        assert all(sentence.cites for sentence in item.summary.sentences)
    assert edition.lead and all(line.cites and line.text in (fact, *titles) for line in edition.lead)


def check_payload(payload: Any) -> None:
    """No link but to the sources, nothing that a platform acts on, nothing of what the lures wanted."""
    shown = json.dumps(payload, ensure_ascii=False)
    assert set(re.findall(r"https?://([^/\s\"\\)>|]+)", shown)) <= {HOST}
    assert "evil" not in shown
    assert not re.search(r"<[!@#]|@everyone|@here|</?\w+:\d|unsubscribe|rm -rf", shown)
    assert '"type": "user' not in shown and '"type": "broadcast' not in shown


def payloads(reply: Reply, language: str) -> list[Any]:
    return [
        *(message.payload for message in reply_messages(reply)),
        *(part.components for part in reply_parts(reply, language)),
    ]


async def run(path: Path, lures: Sequence[str], language: str) -> None:
    fact = FACTS[language]["text"]
    async with obedient(path, lures, language) as desk:
        edition = await desk.edition()
        assert len(edition.items) == len(lures) and edition.method == "m"
        check_edition(edition, fact)
        for message in (*slack.edition_messages(edition), *discord.edition_messages(edition)):
            check_payload(message.payload)
        for thread in ((), (QUESTION[language], fact)):
            await desk.says("ask", QUESTION[language], *thread)
        answer = await desk.says("ask", QUESTION[language])
        pages = [await desk.says("summarize", article.url) for article in desk.articles[:3]]
        replies = [answer, *pages, *desk.shown]
        assert answer.answer is not None and answer.answer.found and desk.shown
        for reply in replies:
            said = reply.answer or reply.summary
            assert said is not None and [one.text for one in said.sentences] == [fact]
            assert all(one.cites for one in said.sentences)
            for payload in payloads(reply, language):
                check_payload(payload)


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_our_own_lures(tmp_path: Path, language: str) -> None:
    await run(tmp_path / "bot.sqlite3", LURES, language)


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_the_150_lures_of_a_public_collection(shared: Path, tmp_path: Path, language: str) -> None:
    lures = public_lures(shared)[("ko", "ja", "en").index(language) :: 3]  # all languages together: every one
    assert len(lures) == 50
    for number in range(0, len(lures), TOGETHER):
        await run(tmp_path / f"{number}.sqlite3", lures[number : number + TOGETHER], language)
