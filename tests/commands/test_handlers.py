"""What people can say, over a real database: every verb, its reply, and the errors that say how to put it right."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.archive.search import Archive
from bot.commands.filters import read_filters
from bot.commands.handlers import Commands
from bot.commands.verbs import VERBS, parse
from bot.errors import UserError
from bot.model import Channel, CitedSentence, FeedMemory, Page, Relevance, Request, Run, StoryDecision, Topic
from bot.pipeline.briefing import Briefer
from bot.store import Store
from bot.store.jobs import Found
from tests.builders import NOON, article, feed
from tests.fakes import FixedPages, FixedWriter

UPSTAGE = article(
    "ko", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄에 법인을 세우고 450억엔 규모 사업을 시작했다고 23일 밝혔다."
)
LAW = article(
    "ja", "AI基本計画を閣議決定", language="ja", summary="政府は23日、AI基本計画を閣議決定した。", url="https://example.com/law"
)
OFF = article("off", "주말 날씨 맑음", url="https://example.com/off")
PAGE = Page(
    "https://example.com/page",
    "Upstage opens Tokyo office",
    "Upstage opened an office in Tokyo with 20 staff. It will sell language models to banks in Japan from April.",
    "en",
    "Example",
)


def said(text: str, language: str = "en", **changes: Any) -> Request:
    verb, rest = parse(text)
    return replace(Request(verb, rest, Channel("slack", "C1", "T1"), "U1", language, NOON), **changes)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    seen = NOON.replace(hour=11)
    await opened.articles.add([replace(one, first_seen=seen) for one in (UPSTAGE, LAW, OFF)])
    await opened.articles.save_relevance(
        {
            "ko": Relevance(0.95, True, (Topic.EXPANSION,), ("KR", "JP"), "KR→JP", ("Upstage",), ("Upstage (company, KR)",)),
            "ja": Relevance(0.9, True, (Topic.POLICY,), ("JP",)),
            "off": Relevance(0.02, False, reasons=("no AI subject",)),
        }
    )
    decisions = [StoryDecision("ko", "s1", False, reasons=("opens a story",)), StoryDecision("ja", "s2", False)]
    await opened.stories.save(decisions, [UPSTAGE, LAW], seen)
    yield opened
    await opened.close()


def commands(store: Store, writer: FixedWriter | None = None) -> Commands:
    feeds = [feed("good"), feed("bad", "http://127.0.0.1/bad"), feed("new", "http://127.0.0.1/new")]
    return Commands(store, Briefer(store, writer), Archive(store), FixedPages(PAGE), writer, lambda: feeds)


async def test_today_is_the_briefing_of_the_day(store: Store) -> None:
    reply = await commands(store).handle(said("today"))
    assert reply.edition is not None
    assert [(item.story_id, item.topic) for item in reply.edition.items] == [("s1", Topic.EXPANSION), ("s2", Topic.POLICY)]
    assert (reply.edition.counts.articles, reply.edition.counts.relevant) == (3, 2)


@pytest.mark.parametrize("words", ["japan policy", "일본 정책", "日本 政策", "JP, Policy"])
async def test_today_is_narrowed_by_country_and_topic_in_three_languages(store: Store, words: str) -> None:
    reply = await commands(store).handle(said(f"today {words}"))
    assert reply.edition is not None and [item.story_id for item in reply.edition.items] == ["s2"]


def test_a_word_that_narrows_nothing_is_named() -> None:
    with pytest.raises(UserError, match="“france” is neither a topic nor a country"):
        read_filters("france policy", "en")


async def test_a_model_writes_the_summaries_once_for_all(store: Store) -> None:
    writer = FixedWriter(CitedSentence("Upstage set up an entity in Tokyo.", (1,)))
    for _ in range(2):
        reply = await commands(store, writer).handle(said("today korea"))
        assert reply.edition is not None and reply.edition.method == "fake-model"
        assert reply.edition.items[0].summary.sentences[0].text == "Upstage set up an entity in Tokyo."
    assert writer.calls == 1


async def test_a_model_that_is_down_costs_nobody_the_briefing(store: Store) -> None:
    reply = await commands(store, FixedWriter(down=True)).handle(said("today"))
    assert reply.edition is not None and reply.edition.method == "extract" and len(reply.edition.items) == 2


async def test_ask_answers_with_sources_or_says_that_the_archive_does_not(store: Store) -> None:
    reply = await commands(store).handle(said("ask 업스테이지 법인은 어디에 있나?", "ko"))
    assert reply.answer is not None and reply.answer.found and reply.answer.sources[0].article_id == "ko"
    reply = await commands(store).handle(said("Who won the football match?"))
    assert reply.answer is not None and not reply.answer.found


async def test_search_lists_stories_with_their_links(store: Store) -> None:
    reply = await commands(store).handle(said("search Upstage"))
    assert reply.summary is not None and reply.summary.sources[0].url == UPSTAGE.url
    assert "업스테이지, 도쿄 법인 설립 · ETNews · Mon 23 Nov 2026" in reply.summary.sentences[0].text
    nothing = await commands(store).handle(said("search xyzzy"))
    assert nothing.paragraphs == ("Nothing in the archive fits “xyzzy”.",)


async def test_summarize_quotes_the_page_or_has_it_written(store: Store) -> None:
    reply = await commands(store).handle(said(f"summarize <{PAGE.url}|Example>"))
    assert reply.summary is not None and reply.summary.method == "extract"
    assert all(sentence.quoted and sentence.text in f"{PAGE.title}\n{PAGE.text}" for sentence in reply.summary.sentences)
    assert reply.summary.sources[0].url == PAGE.url
    written = await commands(store, FixedWriter(CitedSentence("An office.", (1,)))).handle(said(f"summarise {PAGE.url}"))
    assert written.summary is not None and written.summary.sentences == (CitedSentence("An office.", (1,)),)
    down = await commands(store, FixedWriter(down=True)).handle(said(f"summarize {PAGE.url}"))
    assert down.summary is not None and down.summary.fallback == "unavailable"
    assert down.summary.sentences == reply.summary.sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("summarize", "What is missing comes behind the verb, for example: /brief summarize https://"),
        ("summarize ftp://example.com/", "That is no web address"),
        ("summarize https://example.com/none", "That page cannot be read: cannot be reached"),
        ("why https://example.com/none", "No article with this address was read"),
        ("search", "for example: /brief search"),
    ],
)
async def test_errors_say_how_to_put_it_right(store: Store, text: str, words: str) -> None:
    with pytest.raises(UserError, match="^.*" + words):
        await commands(store).handle(said(text))


async def test_why_explains_what_was_kept_and_what_was_not(store: Store) -> None:
    kept = await commands(store).handle(said(f"why {UPSTAGE.url}"))
    assert kept.paragraphs == (
        "Kept (score 0.95)",
        "• Upstage (company, KR)",
        "Story",
        "• First: ETNews (ko) 21:00 KST",
        "• opens a story",
    )
    rejected = await commands(store).handle(said(f"why {OFF.url}"))
    assert rejected.paragraphs == ("Rejected (score 0.02)", "• no AI subject")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "• First: ETNews (ko) 21:00 KST; Nikkei (ja) +45 min; Korea Herald (en) +26 hr"),
        ("ko", "• 첫 보도: ETNews (ko) 21:00 KST; Nikkei (ja) +45분; Korea Herald (en) +26시간"),
        ("ja", "• 第一報：ETNews (ko) 21:00 KST; Nikkei (ja) +45 分; Korea Herald (en) +26 時間"),
    ],
)
async def test_why_tells_who_was_first_and_how_much_later_the_others_were(store: Store, language: str, line: str) -> None:
    others = [
        article(id, outlet=outlet, language=code, url=f"https://example.com/{id}", published=NOON + timedelta(minutes=after))
        for id, outlet, code, after in (("n1", "Nikkei", "ja", 45), ("n2", "Nikkei", "ja", 90), ("h", "Korea Herald", "en", 1560))
    ]
    await store.articles.add(others)
    await store.articles.save_relevance({one.id: Relevance(0.9, True) for one in others})
    await store.stories.save([StoryDecision(one.id, "s1", True) for one in others], others, NOON)
    assert line in (await commands(store).handle(said(f"why {UPSTAGE.url}", language))).paragraphs


async def test_feeds_and_status_show_what_fails(store: Store) -> None:
    await store.feeds.save(
        [
            FeedMemory("good", "http://127.0.0.1/feed.xml", last_checked=NOON),
            FeedMemory("bad", "http://127.0.0.1/bad", last_checked=NOON, last_error="answers 404 Not Found", failures=3),
        ]
    )
    feeds = await commands(store).handle(said("feeds"))
    assert feeds.paragraphs == ("3 feeds · 1 failing", "1 not polled yet", "• bad: answers 404 Not Found (3×)")
    assert (await commands(store).handle(said("status"))).paragraphs[0] == "No run yet."
    await store.runs.save(Run("r1", NOON, feeds=3, articles=12, relevant=4, stories=2, seconds=1.25))
    status = await commands(store, FixedWriter()).handle(said("status"))
    *told, version = status.paragraphs
    assert told == [
        "Last run 2026-11-23 12:00 UTC: 12 new articles, 4 relevant, 2 stories, 1.2 s",
        "3 feeds · 1 failing",
        "Model: fake-model",
        "Deliveries: 0 messages waiting · 0 held · 0 refused",
    ]
    assert version.startswith("Version ")


async def test_help_names_every_verb(store: Store) -> None:
    reply = await commands(store).handle(said("help"))
    text = "\n".join(reply.paragraphs)
    assert all((f"/brief {verb.name}" in text) is not verb.hidden for verb in VERBS)
    assert "브리핑" in "\n".join((await commands(store).handle(said("help", "ko"))).paragraphs)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", ("help", "")),
        ("today", ("today", "")),
        ("  Today  japan ", ("today", "japan")),
        ("ask who?", ("ask", "who?")),
        ("who opened an office?", ("ask", "who opened an office?")),
        ("업스테이지는?", ("ask", "업스테이지는?")),
        ("summarise https://example.com", ("summarize", "https://example.com")),
    ],
)
def test_what_is_typed_is_a_verb_or_a_question(text: str, parsed: tuple[str, str]) -> None:
    assert parse(text) == parsed


async def test_every_answer_is_one_line_in_the_log_without_what_was_said(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bot")
    talk = commands(store)
    await talk.handle(said("ask Where does Upstage open an office?"))
    with pytest.raises(UserError):
        await talk.handle(said("search"))
    lines = [(record.message, record.__dict__["fields"]) for record in caplog.records if record.message.startswith("answer.")]
    assert [(name, fields["verb"], fields["platform"]) for name, fields in lines] == [
        ("answer.given", "ask", "slack"),
        ("answer.refused", "search", "slack"),
    ]
    assert lines[0][1]["seconds"] >= 0 and lines[0][1]["found"] in (True, False)
    assert "Upstage" not in str(lines)


async def test_the_status_shows_what_the_daily_look_found_in_this_workspace(store: Store) -> None:
    ours, theirs = Channel("slack", "C1", "T1"), Channel("slack", "C2", "T2")
    await store.jobs.keep_findings([Found("slack C1", "not a member", ours), Found("slack C2", "gone", theirs)], NOON)
    shown = "\n".join((await commands(store).handle(said("status"))).paragraphs)
    assert "slack C1: not a member" in shown and "C2" not in shown
