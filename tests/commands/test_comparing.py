"""Korea and Japan side by side, and what the ledger has beside an answer about money."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.model import Relevance, StoryDecision, Topic
from bot.pipeline import facts
from bot.store import Store
from tests.builders import NOON, article
from tests.commands.place import Talk

SUBSIDY = article(
    "jp",
    "Japan decides 45 billion yen subsidy for data centers",
    language="en",
    outlet="Japan Times",
    url="https://example.com/jp",
)
AGAIN = article("jp2", "日本政府、データセンターに450億円を補助", language="ja", outlet="Nikkei", url="https://example.com/jp2")
OFFICE = article(
    "kr", "Upstage opens Tokyo office, invests 3 billion won", language="en", outlet="ETNews", url="https://example.com/kr"
)
OLD = article("old", "Naver invests 100 billion won in AI", language="en", outlet="Yonhap", url="https://example.com/old")
JUDGED = {
    "jp": Relevance(0.9, True, (Topic.INFRASTRUCTURE,), ("JP",), None, ()),
    "jp2": Relevance(0.9, True, (Topic.INFRASTRUCTURE,), ("JP",), None, ()),
    "kr": Relevance(0.9, True, (Topic.EXPANSION,), ("KR", "JP"), "KR→JP", ("Upstage",)),
    "old": Relevance(0.9, True, (Topic.INVESTMENT,), ("KR",), None, ("NAVER",)),
}
STORIES = {"jp": "s1", "jp2": "s1", "kr": "s2", "old": "s3"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    for one, days in ((SUBSIDY, 1), (AGAIN, 1), (OFFICE, 2), (OLD, 40)):
        at = NOON - timedelta(days=days)
        dated = replace(one, published=at, first_seen=at)
        await opened.articles.add([dated])
        await opened.articles.save_relevance({one.id: JUDGED[one.id]})
        await opened.stories.save([StoryDecision(one.id, STORIES[one.id], one.id == "jp2")], [dated], at)
        await opened.facts.save({one.id: facts.extract(dated.text, dated.language, dated.at)}, at)
    yield opened
    await opened.close()


async def test_each_country_has_its_stories_sums_and_names(store: Store) -> None:
    reply = await Talk(store)("compare")
    assert reply.table is not None
    rows = {row[0]: row[1:] for row in reply.table.rows}
    assert rows["Stories"] == ("1 (before: 1)", "2 (before: 0)")
    assert rows["Infrastructure"] == ("0", "1") and rows["Expansion"] == ("1", "1")
    assert rows["Towards the other"] == ("1", "0")
    assert rows["Most named"] == ("Upstage", "–")
    assert all(cell.startswith("$") for cell in rows["Decided or done"])
    assert "1 story concerns both" in reply.table.notes[0]
    assert reply.summary is not None
    assert {(line.text, reply.summary.sources[line.cites[0] - 1].url) for line in reply.summary.sentences} == {
        ("Korea: Upstage opens Tokyo office, invests 3 billion won", OFFICE.url),
        ("Japan: Japan decides 45 billion yen subsidy for data centers", SUBSIDY.url),
    }


async def test_a_time_can_be_named_and_nothing_else(store: Store) -> None:
    reply = await Talk(store)("compare 60d")
    assert reply.table is not None and reply.table.rows[0][1] == "2 (before: 0)"
    assert (await Talk(store)("compare 1d", at=NOON - timedelta(days=20))).paragraphs == ("No stories in this time.",)
    with pytest.raises(UserError, match="compare 90d"):
        await Talk(store)("compare policy")


@pytest.mark.parametrize(("language", "heads"), [("ko", ("", "한국", "일본")), ("ja", ("", "韓国", "日本"))])
async def test_it_speaks_the_channel_s_language(store: Store, language: str, heads: tuple[str, ...]) -> None:
    reply = await Talk(store)("compare", language)
    assert reply.table is not None and reply.table.columns == heads


# ---- beside an answer ----


async def test_a_question_about_money_is_answered_with_the_ledger(store: Store) -> None:
    reply = await Talk(store)("ask How much subsidy does Japan pay for data centers?")
    assert reply.answer is not None and reply.answer.found and reply.table is not None
    (row,) = reply.table.rows
    assert "¥45bn" in row[2] and "subsidy" in row[4].lower() and set(row[6].split(", ")) == {"Japan Times", "Nikkei"}


async def test_other_questions_and_other_firms_have_none(store: Store) -> None:
    reply = await Talk(store)("ask Who opened a Tokyo office?")
    assert reply.answer is not None and reply.answer.found and reply.table is None
    refused = await Talk(store)("ask How much did Rapidus raise for its fab?")
    assert refused.answer is not None and not refused.answer.found and refused.table is None
