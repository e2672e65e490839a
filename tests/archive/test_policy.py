"""The policy clock: one policy across reports and languages, its stages and dates, and each deadline told of once."""

from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.archive import policy
from bot.archive.policy import Policy
from bot.model import AheadDate, Article, Channel, Slot, StoryDecision, Subscription
from bot.pipeline import facts
from bot.store import Store
from tests.builders import NOON, article, edition

HERE = Channel("slack", "C1", "T1")
TODAY = NOON.date()


def joined(*articles: Article, matters: dict[str, str] | None = None, **stories: str) -> list[Policy]:
    found = {one.id: facts.extract(one.text, one.language, one.at) for one in articles}
    return policy.join(articles, found, stories, matters or {})


def told(id: str, title: str, *, days: int = 0, **changes: object) -> Article:
    return article(id, title, published=NOON + timedelta(days=days), **changes)


PLANNED = told("a", "정부, AI기본법 시행령 마련 추진. AI기본법은 2027년 1월 시행 예정이다.")
PASSED = told("b", "AI基本法が韓国の国会で可決された", days=10, language="ja", outlet="NHK")
FORCE = told(
    "c",
    "AI기본법이 2027년 1월 22일부터 시행된다고 과학기술정보통신부가 밝혔다.",
    days=20,
    outlet="과기정통부",
    url="https://www.msit.go.kr/1",
)


def test_a_law_is_one_whatever_language_tells_of_it() -> None:
    (law,) = joined(PLANNED, PASSED, FORCE)
    assert (law.entity, law.country, law.instrument) == ("AI Basic Act (South Korea)", "KR", "law")
    assert [step.stage for step in law.steps] == ["planned", "decided"]
    assert [step.day for step in law.steps] == [TODAY, TODAY + timedelta(days=10)]
    assert (law.in_force, law.ministry, law.document) == ("2027-01-22", "Ministry of Science and ICT", "https://www.msit.go.kr/1")
    assert law.stories == {"a", "b", "c"}


def test_nothing_goes_back_but_by_being_given_up() -> None:
    (law,) = joined(PASSED, told("d", "政府、韓国のAI基本法の見直しを検討", days=12, language="ja"))
    assert law.stage == "decided"
    (law,) = joined(PLANNED, told("e", "정부, AI기본법 추진 철회", days=3))
    assert [step.stage for step in law.steps] == ["planned", "rejected"]
    assert list(law.ahead(TODAY)) == []


def test_a_law_whose_day_is_still_ahead_is_not_in_force() -> None:
    (law,) = joined(FORCE)
    assert law.stage != "in_force"


def test_a_date_that_is_moved_is_kept_with_what_was_told_before() -> None:
    moved = told("d", "AI기본법 시행이 연기돼 2027년 7월 1일부터 시행된다.", days=30, outlet="Yonhap")
    (law,) = joined(PLANNED, FORCE, moved)
    assert (law.in_force, [(one.before, one.after) for one in law.moved]) == ("2027-07-01", [("2027-01-22", "2027-07-01")])


def test_policies_without_a_name_stay_apart_but_within_one_matter() -> None:
    first = told("a", "일본 정부, 데이터센터에 보조금을 2030년까지 지원한다.")
    second = told("b", "일본 정부, 반도체 공장에 보조금을 지원한다.", days=1)
    assert len(joined(first, second)) == 2
    assert len(joined(first, second, a="s1", b="s2", matters={"s1": "m", "s2": "m"})) == 1


def test_both_policies_of_the_worked_example_with_their_ends() -> None:
    page = told(
        "p",
        "일본 정부는 AI 소프트웨어 기업의 법인세를 2032년까지 최대 30% 깎아 준다. "
        "일본 정부는 2030회계연도까지 AI와 반도체에 10조엔(98조3400억원)을 투입한다.",
    )
    found = {one.instrument: one for one in joined(page)}
    assert {name: one.until for name, one in found.items()} == {"tax_break": "2032", "programme": "FY2030"}
    ends = {one.what + one.policy.split("|")[0]: one.day for one in policy.dates_ahead(found.values(), TODAY, "en")}
    assert ends == {"untiltax_break": date(2032, 12, 31), "untilprogramme": date(2031, 3, 31)}


def test_titles_are_in_the_reader_s_language_or_as_they_were_written() -> None:
    (law,) = joined(PLANNED)
    assert (law.title("ko"), law.title("ja")) == ("AI 기본법", "AI基本法")
    (unnamed,) = joined(told("a", "일본 정부, 데이터센터에 보조금을 2030년까지 지원한다. " + "가" * 200))
    assert len(unnamed.title("en")) <= 90


# ---- reminders ----


def ahead(day: date, name: str = "p") -> AheadDate:
    return AheadDate(name, "A law", day, "in_force", day.isoformat(), "KR")


def test_a_deadline_is_told_of_within_a_week_and_once() -> None:
    soon, far = ahead(TODAY + timedelta(days=7)), ahead(TODAY + timedelta(days=8), "q")
    assert policy.reminders([soon, far], TODAY, set()) == (soon,)
    assert policy.reminders([soon, far], TODAY, {("p", soon.day)}) == ()
    moved = ahead(TODAY + timedelta(days=5))
    assert policy.reminders([moved], TODAY, {("p", soon.day)}) == (moved,)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    articles = [PLANNED, PASSED, FORCE]
    await opened.articles.add(articles)
    await opened.stories.save([StoryDecision(one.id, "s1", True) for one in articles], articles, NOON)
    await opened.facts.save({one.id: facts.extract(one.text, one.language, one.at) for one in articles}, NOON)
    yield opened
    await opened.close()


async def test_an_edition_reminds_each_channel_once_and_a_weekly_one_looks_a_quarter_ahead(store: Store) -> None:
    eve = NOON.replace(year=2027, month=1, day=20)
    known = await policy.clock(store, eve)
    (one,) = policy.for_edition(known, await store.reminders.of(HERE), (), eve - timedelta(days=1), eve, "ko")
    assert (one.title, one.day, one.what) == ("AI 기본법", date(2027, 1, 22), "in_force")
    await store.reminders.mark([(HERE, one)], eve)
    assert policy.for_edition(known, await store.reminders.of(HERE), (), eve - timedelta(days=1), eve, "ko") == ()
    elsewhere = Channel("slack", "C1", "T2")
    assert len(policy.for_edition(known, await store.reminders.of(elsewhere), (), eve - timedelta(days=1), eve, "ko")) == 1
    assert policy.for_edition(known, await store.reminders.of(HERE), ("JP",), eve - timedelta(days=7), eve, "ko") == ()
    earlier = NOON + timedelta(days=25)
    assert len(policy.for_edition(known, await store.reminders.of(HERE), (), earlier - timedelta(days=7), earlier, "ko")) == 1
    assert policy.for_edition(known, await store.reminders.of(HERE), (), earlier - timedelta(days=1), earlier, "ko") == ()


async def test_the_clock_has_the_next_date_first_and_can_be_narrowed(store: Store) -> None:
    assert [one.entity for one in await policy.clock(store, FORCE.at or NOON)] == ["AI Basic Act (South Korea)"]
    assert await policy.clock(store, NOON, ("JP",)) == []


async def test_what_an_edition_reminds_of_is_kept_with_it(store: Store) -> None:
    one = ahead(TODAY + timedelta(days=3))
    slot = Slot("sub", TODAY, time(9, 0), NOON)
    made = edition(ahead=(one,))
    assert await store.editions.plan(slot, Subscription("sub", HERE, (time(9, 0),)), made, (), NOON)
    assert await store.reminders.of(HERE) == {("p", one.day)}
    assert await store.reminders.of(Channel("slack", "C1", "T2")) == set()
    assert (last := await store.editions.last("sub")) is not None
    assert last.ahead == (one,)
