"""What people get for the pages that they point at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.errors import UserError
from bot.model import CitedSentence, Page
from bot.pipeline.briefing import Briefer
from bot.store import Store
from tests.commands.test_handlers import said
from tests.fakes import FixedPages, FixedWriter

OFFICE = Page(
    "https://example.com/office", "업스테이지, 도쿄 법인 설립",
    "업스테이지가 도쿄에 법인을 세웠다고 23일 밝혔다. 회사는 일본에 최대 450억엔을 투자한다. 직원은 20명으로 시작한다. 고객은 일본 은행이다.",
    "ko", "ETNews",
)  # fmt: skip
LAW = Page(
    "https://example.com/law", "AI Basic Act takes effect",
    "South Korea's AI Basic Act takes effect on January 22, 2027. Fines of up to 30 million won apply after a year.", "en", "Herald",
    paywalled=True,
)  # fmt: skip


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    yield opened
    await opened.close()


def talk(store: Store, writer: FixedWriter | None = None) -> Commands:
    return Commands(store, Briefer(store, writer), Archive(store), FixedPages(OFFICE, LAW), writer, lambda: [])


async def test_a_page_is_shown_with_what_it_states(store: Store) -> None:
    reply = await talk(store).handle(said(f"summarize {OFFICE.url}"))
    assert reply.title == OFFICE.title
    assert reply.summary is not None and 2 <= len(reply.summary.sentences) <= 5
    assert reply.table is not None and reply.table.columns == ("Fact", "Value", "In the page's words")
    assert ("investment", "up to ¥45bn", "최대 450억엔") in reply.table.rows
    assert all(row[-1] in f"{OFFICE.title}\n{OFFICE.text}" for row in reply.table.rows)
    assert reply.paragraphs == ()


async def test_several_pages_are_sources_of_one_reply_and_what_fails_is_said(store: Store) -> None:
    text = f"summarize {OFFICE.url} <{LAW.url}|the law> https://example.com/none {OFFICE.url}"
    reply = await talk(store).handle(said(text))
    assert reply.title == "2 pages" and reply.summary is not None
    assert [(source.number, source.url) for source in reply.summary.sources] == [(1, OFFICE.url), (2, LAW.url)]
    for number, page in ((1, OFFICE), (2, LAW)):
        own = [sentence for sentence in reply.summary.sentences if sentence.cites == (number,)]
        assert 1 <= len(own) <= 3 and all(sentence.text in f"{page.title}\n{page.text}" for sentence in own)
    assert reply.table is not None and {row[-1] for row in reply.table.rows} == {"[1]", "[2]"}
    assert reply.paragraphs == (
        "Herald: only the beginning is open to everybody; the rest is for subscribers.",
        "https://example.com/none: cannot be reached",
    )


async def test_with_a_model_the_page_is_written_up_and_a_model_that_fails_is_named(store: Store) -> None:
    said_so = FixedWriter(CitedSentence("Upstage set up in Tokyo.", (1,)), CitedSentence("It starts with 20 staff.", (1,)))
    reply = await talk(store, said_so).handle(said(f"summarize {OFFICE.url} {LAW.url}"))
    assert reply.summary is not None and reply.summary.method == "fake-model"
    assert [one.cites for one in reply.summary.sentences] == [(1,), (1,), (2,), (2,)]
    reply = await talk(store, FixedWriter(down=True)).handle(said(f"summarize {OFFICE.url}"))
    assert reply.summary is not None and reply.summary.method == "extract" and reply.summary.fallback == "unavailable"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://example.com/none", "That page cannot be read: cannot be reached"),
        ("https://example.com/none https://example.com/nothing", "none: cannot be reached\nhttps://example.com/nothing: "),
        (f"{OFFICE.url} nonsense", "That is no web address"),
        (" ".join(f"https://example.com/{n}" for n in range(6)), "At most 5 pages at a time"),
    ],
)
async def test_what_cannot_be_done_is_said(store: Store, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        await talk(store).handle(said(f"summarize {text}"))


async def test_the_reader_s_language_is_used(store: Store) -> None:
    with pytest.raises(UserError, match="연결할 수 없습니다"):
        await talk(store).handle(said("summarize https://example.com/none", "ko"))


def test_a_private_address_is_not_read_from_the_command_line(tmp_path: Path) -> None:
    result = CliRunner(env={"DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3"}).invoke(
        cli, ["summarize", "http://127.0.0.1:9/", "--json"]
    )
    assert isinstance(result.exception, UserError) and "cannot be reached" in str(result.exception)
    assert result.output == ""
