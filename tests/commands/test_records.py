"""Ledger, policy clock and cards in the chat, over a real database."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.ledger_query import read_asked
from bot.errors import UserError
from bot.model import Article, Channel, Relevance, Reply, StoryDecision, Topic
from bot.pipeline import facts
from bot.store import Store
from bot.store.overrides import Override
from tests.builders import NOON, article
from tests.commands.test_handlers import commands, said

PLEDGE = article("a1", "일본 정부, 라피더스에 최대 450억엔(약 4428억원) 보조금 지원 계획", outlet="ETNews")
SAME = article("a2", "Japan plans Rapidus subsidies of up to 45 billion yen", language="en", outlet="Japan Times")
OTHER = article("a3", "라피더스, 일본에 반도체 공장 건설에 3조원 투자", outlet="Yonhap", published=NOON - timedelta(days=3))
RIVAL = article(
    "a4", "Rapidus to invest 4 trillion won in chip plant", language="en", outlet="Kyodo", published=NOON - timedelta(days=3)
)
LAW = article(
    "a5",
    "AI기본법이 2027년 1월 22일부터 시행된다고 과학기술정보통신부가 밝혔다.",
    outlet="과기정통부",
    url="https://www.msit.go.kr/1",
)
EVERYTHING = {"s1": (PLEDGE, SAME), "s2": (OTHER, RIVAL), "s3": (LAW,)}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    articles: list[Article] = [one for its in EVERYTHING.values() for one in its]
    await opened.articles.add(articles)
    japan = Relevance(0.9, True, (Topic.POLICY,), ("JP",), None, ("Rapidus",))
    chips = Relevance(0.9, True, (Topic.CHIPS,), ("JP",), None, ("Rapidus",))
    korea = Relevance(0.9, True, (Topic.POLICY,), ("KR",))
    await opened.articles.save_relevance({"a1": japan, "a2": japan, "a3": chips, "a4": chips, "a5": korea})
    decisions = [StoryDecision(one.id, story, True) for story, its in EVERYTHING.items() for one in its]
    await opened.stories.save(decisions, articles, NOON)
    await opened.facts.save({one.id: facts.extract(one.text, one.language, one.at) for one in articles}, NOON)
    yield opened
    await opened.close()


async def answer(store: Store, text: str, language: str = "en", **changes: object) -> Reply:
    return await commands(store).handle(replace(said(text, language), **changes))


# ---- ledger ----


async def test_the_ledger_is_a_table_with_sums_and_a_file(store: Store) -> None:
    reply = await answer(store, "ledger japan policy")
    assert reply.title.startswith("Ledger · JP · Policy · since ")
    assert reply.table is not None
    (row,) = reply.table.rows
    assert row[2] == "up to ¥45bn"
    assert row[3].startswith("₩442.8bn · $")
    assert (row[4], row[5], row[6]) == ("subsidy", "planned", "ETNews, Japan Times")
    assert reply.table.notes[1] == "JPY: ¥0 decided or done, ¥45bn planned or announced"
    (file,) = reply.files
    assert file.name == "ledger-2026-10-24-2026-11-23.csv"
    head, line = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert dict(zip(head, line, strict=True))["value"] == "45000000000"


async def test_a_dispute_is_marked_and_told(store: Store) -> None:
    reply = await answer(store, "ledger chips", "ko")
    assert reply.table is not None
    assert {row[2] for row in reply.table.rows} == {"3조 원 ⚠", "4조 원 ⚠"}
    assert any(note.startswith("⚠ 2026-11-20: 3조 원 (Yonhap), 다른 매체는 4조 원") for note in reply.table.notes)
    assert reply.table.notes[3] == "합산 제외: 보도 불일치 2"


async def test_a_figure_that_was_called_wrong_contradicts_nothing_in_its_workspace(store: Store) -> None:
    here, there = (replace(said("why s2"), channel=Channel("slack", "C1", team)).channel for team in ("T1", "T2"))
    await store.overrides.add(here, Override("s2", "amount", ("4 trillion won", "wrong"), "U1", NOON))
    for place, disputed in ((here, False), (there, True)):
        lines = (await answer(store, "why s2", channel=place)).paragraphs
        assert any("⚠" in line for line in lines) is disputed
        table = (await answer(store, "ledger chips", channel=place)).table
        assert table is not None and ({row[2] for row in table.rows} == {"₩3tn"}) is not disputed
        assert ("Not added: disputed 2" in table.notes) is disputed


async def test_why_tells_what_reports_disagree_on_and_what_was_said_before(store: Store) -> None:
    lines = (await answer(store, "why s2")).paragraphs
    assert any(line.startswith("• ⚠ 2026-11-20: ₩3tn (Yonhap), elsewhere ₩4tn") for line in lines)
    edited = replace(RIVAL, title="Rapidus to invest 5 trillion won in chip plant")
    await store.facts.save({"a4": facts.extract(edited.text, "en", edited.at)}, NOON + timedelta(hours=1))
    lines = (await answer(store, "why s2")).paragraphs
    assert "• ↺ ₩5tn, before 2026-11-23 ₩4tn (Kyodo)" in lines


async def test_what_editors_of_a_workspace_put_right_holds_there_alone(store: Store) -> None:
    here, elsewhere = said("").channel, Channel("slack", "C1", "T2")
    await store.overrides.add(here, Override("s1", "amount", ("최대 450억엔", "wrong"), "U1", NOON))
    await store.overrides.add(here, Override("s2", "amount", ("3조원", "budget"), "U1", NOON))
    assert (await answer(store, "ledger japan policy")).table is None
    assert (await answer(store, "ledger japan policy", channel=elsewhere)).table is not None
    reply = await answer(store, "ledger budget")
    assert reply.table is not None
    assert [row[2] for row in reply.table.rows] == ["₩3tn ⚠"]


async def test_an_empty_ledger_says_so(store: Store) -> None:
    assert (await answer(store, "ledger korea")).paragraphs == ("No amounts of money in this time.",)


@pytest.mark.parametrize(
    ("text", "wanted", "days"),
    [
        ("", {}, 30),
        ("japan", {"country": "JP"}, 30),
        ("한국 투자 90일", {"country": "KR", "topic": "investment"}, 90),
        ("일본 보조금 최근 2주", {"country": "JP", "role": "subsidy"}, 14),
        ("日本 半導体 過去6か月", {"country": "JP", "topic": "chips"}, 180),
        ("Rapidus 1y", {"actor": "Rapidus"}, 365),
        ("라피더스 since 2026-11-01", {"actor": "Rapidus"}, 22.5),
        ("policy since October", {"topic": "policy"}, 53.5),
        ("ソフトバンク 2026年", {"actor": "SoftBank Group"}, 326.5),
    ],
)
def test_what_is_asked_of_the_ledger(text: str, wanted: dict[str, str], days: float) -> None:
    asked = read_asked(text, NOON, "en")
    given = {name: getattr(asked.wanted, name) for name in ("country", "topic", "role", "actor")}
    assert {name: value for name, value in given.items() if value} == wanted
    assert (NOON - asked.since) / timedelta(days=1) == days


def test_a_word_that_is_nothing_is_named() -> None:
    with pytest.raises(UserError, match="“qwertz” is neither a country"):
        read_asked("japan qwertz", NOON, "en")


async def test_pages_of_the_ledger(store: Store) -> None:
    many = [article(f"m{n}", f"가람{n}, {n + 2}00억원 투자 유치", published=NOON - timedelta(hours=n)) for n in range(20)]
    await store.articles.add(many)
    await store.facts.save({one.id: facts.extract(one.text, "ko", one.at) for one in many}, NOON)
    first = await answer(store, "ledger")
    assert first.table is not None
    assert len(first.table.rows) == 12
    (more,) = first.actions
    second = await answer(store, "ledger", page=more.page)
    assert second.table is not None
    assert len(second.table.rows) == 11
    assert second.actions == ()


# ---- policy ----


async def test_the_policy_clock_shows_stages_dates_and_the_document(store: Store) -> None:
    reply = await answer(store, "policy korea")
    assert reply.table is not None
    (row,) = reply.table.rows
    assert row[0] == "2027-01-22 comes into force"
    assert row[1:3] == ("AI Basic Act (KR)", "law")
    assert row[3].endswith("2026-11-23")
    assert row[4] == "Ministry of Science and ICT"
    assert reply.paragraphs == ("1 policy", "• AI Basic Act: https://www.msit.go.kr/1")


@pytest.mark.parametrize(
    ("text", "found"), [("policy 법률", 1), ("policy 과학기술정보통신부", 1), ("policy 補助金", 0), ("policy AI 기본법", 1)]
)
async def test_words_narrow_the_clock(store: Store, text: str, found: int) -> None:
    reply = await answer(store, text, "ko")
    assert len(reply.table.rows if reply.table else ()) == found


# ---- lookup ----


@pytest.mark.parametrize("name", ["Rapidus", "라피더스", "ラピダス"])
async def test_the_card_of_a_company_by_any_of_its_names(store: Store, name: str) -> None:
    reply = await answer(store, f"lookup {name}")
    assert reply.title == "Rapidus"
    details = dict(reply.details)
    assert "라피더스" in details["KO"]
    assert "ラピダス" in details["JA"]
    assert details["Kind"].startswith("company")
    assert any("Latest stories" in line for line in reply.paragraphs)
    assert reply.table is not None
    assert any("3tn" in row[2] or "4tn" in row[2] for row in reply.table.rows)
    assert [action.verb for action in reply.actions[:2]] == ["search", "watch"]


async def test_the_card_of_a_law_has_its_stages(store: Store) -> None:
    reply = await answer(store, "lookup AI기본법", "ko")
    details = dict(reply.details)
    assert "2027-01-22" in details["일정"]
    assert details["원문"] == "https://www.msit.go.kr/1"


async def test_a_name_that_is_nearly_one_gets_those_that_are(store: Store) -> None:
    reply = await answer(store, "lookup Rapidsu")
    assert [(action.verb, action.text) for action in reply.actions][:1] == [("lookup", "Rapidus")]


async def test_a_name_that_nobody_bears_is_searched_in_the_archive(store: Store) -> None:
    reply = await answer(store, "lookup 보조금 지원 계획")
    assert reply.paragraphs[0].startswith("The register has nobody called")
    assert reply.summary is not None
    assert reply.summary.sources[0].article_id == "a1"


async def test_a_card_without_reports_says_so(store: Store) -> None:
    reply = await answer(store, "lookup Upstage")
    assert "The archive has no report on this name yet." in reply.paragraphs
