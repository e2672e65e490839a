"""Texts that give orders, and a model that obeys them: nothing of it may reach a channel."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.llm import prompts
from bot.llm.budget import Budget
from bot.llm.client import ModelClient
from bot.llm.verify import Draft, problems
from bot.llm.writer import ModelWriter
from bot.model import Answer, Article, CitedSentence, EditionItem, Message, Page, Relevance, Reply, Source, Story, Summary, Topic
from bot.pipeline.summaries import extract
from bot.platforms.discord import render as discord
from bot.platforms.discord.replies import reply_parts
from bot.platforms.slack import render as slack
from bot.platforms.slack.replies import reply_messages
from tests.builders import NOON, edition
from tests.llm.obeying import LURES, deeds, obeying
from tests.llm.server import serving

ROOT = Path(__file__).parents[2]
HOST = "news.example"
TEXTS = {
    "ko": ("업스테이지, 도쿄 법인 설립", "업스테이지가 도쿄에 법인을 세웠다. {} 직원은 20명이다."),
    "ja": ("アップステージ、東京に法人", "アップステージが東京に法人を設立した。{} 従業員は20人だ。"),
    "en": ("Upstage opens Tokyo office", "Upstage set up an entity in Tokyo. {} It has 20 employees."),
}
FACTS = {
    "ko": {"text": "업스테이지가 도쿄에 법인을 설립했다.", "cites": [1], "quote": "업스테이지가 도쿄에 법인을"},
    "ja": {"text": "アップステージは東京に法人を置いた。", "cites": [1], "quote": "アップステージが東京に法人を"},
    "en": {"text": "Upstage now has an entity in Tokyo.", "cites": [1], "quote": "Upstage set up an entity"},
}


def public_lures(shared: Path) -> list[str]:
    lures: list[str] = []
    for path in sorted((shared / "corpora" / "injection").glob("*.json")):
        kinds: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
        lures += [lure for examples in kinds.values() for lure in examples]
    return lures


def planted(lure: str, language: str) -> Article:
    title, body = TEXTS[language]
    return Article(
        "a1", title, body=body.format(lure), url=f"https://{HOST}/a1", outlet="ETNews", language=language, published=NOON
    )


@asynccontextmanager
async def obedient(lures: Sequence[str], language: str) -> AsyncIterator[ModelWriter]:
    async with serving(obeying(lures, language, FACTS[language])) as server:
        client = ModelClient(budget=Budget(10**9, lambda: NOON), base_url=server.url, model="m")
        try:
            yield ModelWriter(client, prompts.load(ROOT / "prompts"), "m")
        finally:
            await client.close()


def as_edition(summary: Summary, language: str) -> list[Message]:
    item = EditionItem("s1", Topic.EXPANSION, "new", summary, outlets=("ETNews",), languages=(language,))
    made = edition(item, language=language, lead=summary.sentences, sources=summary.sources, method="m")
    return [*slack.edition_messages(made), *discord.edition_messages(made)]


def as_replies(summary: Summary, language: str) -> list[Message]:
    answer = Answer("?", language, True, summary.sentences, summary.sources, "m")
    replies = (Reply(answer=answer), Reply(summary=summary, title=summary.headline))
    parts = [part for reply in replies for part in reply_parts(reply, language)]
    return [
        *(message for reply in replies for message in reply_messages(reply)),
        *(Message({"components": part.components}) for part in parts),
    ]


def check_rendered(messages: Sequence[Message], written: Sequence[CitedSentence], headline: str, fact: str) -> None:
    """No link but to the source, nothing that the platforms would act on, and of the model's words only the supported ones."""
    assert [(sentence.text, sentence.cites) for sentence in written] == [(fact, (1,))]
    assert headline == ""
    for message in messages:
        shown = json.dumps(message.payload, ensure_ascii=False)
        assert set(re.findall(r"https?://([^/\s\"\\)>|]+)", shown)) <= {HOST}
        assert "evil" not in shown
        assert not re.search(r"<[!@#]|@everyone|@here|</?\w+:\d|/brief|unsubscribe", shown)
        assert '"type": "user' not in shown and '"type": "broadcast' not in shown


async def run(lures: Sequence[str], language: str, *, in_turn: bool = False) -> int:
    """Every lure through a story, an answer and a page, or through these in turn; the number of messages that were looked at."""
    looked_at = 0
    async with obedient(lures, language) as writer:
        for number, lure in enumerate(lures):
            source = planted(lure, language)
            quoted = extract(Story("s1", (replace(source, body=""),), (Relevance(1.0, True),)), language)
            for task in (number % 3,) if in_turn else range(3):
                headline, sentences = await written(writer, task, source, language)
                summary = replace(quoted, headline=quoted.headline, sentences=sentences, sources=(as_source(source),), method="m")
                messages = as_edition(summary, language) + as_replies(summary, language)
                check_rendered(messages, sentences, headline, FACTS[language]["text"])
                looked_at += len(messages)
    return looked_at


async def written(writer: ModelWriter, task: int, source: Article, language: str) -> tuple[str, tuple[CitedSentence, ...]]:
    if task == 0:
        return await writer.summarize([source], language)
    if task == 1:
        return "", await writer.answer("Upstage?", [source], language)
    return "", await writer.summarize_page(Page(source.url, source.title, source.body), language)


def as_source(article: Article) -> Source:
    return Source(1, article.id, article.outlet, article.title, article.url, article.language, article.published)


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
def test_no_deed_of_any_lure_passes_the_verifier(shared: Path, language: str) -> None:
    for lure in (*LURES, *public_lures(shared)):
        source = planted(lure, language)
        passed = [deed for deed in deeds(lure, language) if not problems(Draft(deed, (1,), lure), [source], language)]
        assert passed == []


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_our_own_lures(language: str) -> None:
    assert await run(LURES, language) >= len(LURES) * 18


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_the_150_lures_of_a_public_collection(shared: Path, language: str) -> None:
    lures = public_lures(shared)
    assert len(lures) == 150
    assert await run(lures, language, in_turn=True) >= len(lures) * 6
