"""What changed in what a story's reports state: figures, stages and days, and nothing that only reads differently."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.knowledge import figures
from bot.knowledge.figures import Telling
from bot.model import Amount, Article, EventFact, PolicyFact
from bot.pipeline import fact_changes, facts
from bot.pipeline.fact_changes import Change
from tests.builders import NOON, article


def telling(id: str, title: str, *, hours: int = 0, outlet: str = "ETNews", language: str = "ko") -> Telling:
    one = article(id, title, outlet=outlet, language=language, published=NOON + timedelta(hours=hours))
    return Telling(one, facts.extract(one.text, one.language, one.at))


def changes(before: list[Telling], *added: Telling) -> list[tuple[str, str, str | None]]:
    state = {one.article.id: one for one in [*before, *added]}
    return [_told(change) for change in fact_changes.material(before, list(state.values()))]


def _told(change: Change) -> tuple[str, str, str | None]:
    return change.kind, _value(change.before), None if change.after is None else _value(change.after)


def _value(fact: object) -> str:
    if isinstance(fact, Amount):
        return f"{fact.value:f} {fact.currency}"
    if isinstance(fact, EventFact):
        return fact.status
    return f"{fact.in_force}/{fact.until}/{fact.stage}" if isinstance(fact, PolicyFact) else "?"


PLAN = telling("a", "일본 정부, 데이터센터에 450억엔 보조금 지원")


def test_nothing_changes_by_itself() -> None:
    assert changes([PLAN]) == []


@pytest.mark.parametrize(
    "again",
    [
        telling("a", "데이터센터에 보조금 450억엔 지원, 일본 정부"),  # the same article, reworded
        telling("b", "Japan plans 45 billion yen in data center subsidies", language="en", outlet="Kyodo"),
        telling("b", "日本政府、データセンターに452億円の補助", language="ja", outlet="NHK"),  # a rounding apart
        telling("b", "일본 정부, 보조금 450억엔 중 100억엔을 홋카이도에 지원", outlet="Yonhap"),  # a part of it
        telling("b", "일본 정부, 데이터센터에 10조엔 보조금 지원", outlet="Yonhap"),  # another matter: far apart
        telling("b", "네이버 매출 450억엔", outlet="Yonhap"),
    ],
)
def test_the_same_in_other_words_is_no_change(again: Telling) -> None:
    assert changes([PLAN], again) == []


def test_an_article_that_was_changed_is_corrected() -> None:
    assert changes([PLAN], telling("a", "일본 정부, 데이터센터에 540억엔 보조금 지원")) == [
        ("corrected", "45000000000 JPY", "54000000000 JPY")
    ]


def test_a_figure_that_nobody_says_any_more_is_withdrawn() -> None:
    assert changes([PLAN], telling("a", "일본 정부, 데이터센터에 보조금 지원")) == [("withdrawn", "45000000000 JPY", None)]
    other = telling("b", "Japan plans 45 billion yen in data center subsidies", language="en", outlet="Kyodo")
    assert changes([PLAN, other], telling("a", "일본 정부, 데이터센터에 보조금 지원")) == []


def test_another_outlet_with_another_figure_disputes_it() -> None:
    other = telling("b", "Japan plans 60 billion yen in data center subsidies", language="en", outlet="Kyodo", hours=1)
    assert changes([PLAN], other) == [("disputed", "45000000000 JPY", "60000000000 JPY")]


def test_the_same_house_later_or_words_of_change_revise_it() -> None:
    later = telling("b", "일본 정부, 데이터센터에 600억엔 보조금 지원", hours=20)
    assert changes([PLAN], later) == [("revised", "45000000000 JPY", "60000000000 JPY")]
    raised = telling("c", "일본 정부, 데이터센터 보조금 당초보다 늘어난 600억엔 지원", hours=20, outlet="Yonhap")
    assert changes([PLAN], raised) == [("revised", "45000000000 JPY", "60000000000 JPY")]


def test_a_change_is_told_once_however_many_tell_it() -> None:
    added = [
        telling(f"b{n}", "Japan plans 60 billion yen in data center subsidies", language="en", outlet=f"o{n}") for n in range(3)
    ]
    assert len(changes([PLAN], *added)) == 1


def test_bounds_that_hold_beside_a_figure_are_no_dispute() -> None:
    bound = telling("b", "Japan plans at least 40 billion yen in data center subsidies", language="en", outlet="Kyodo")
    limit = telling("c", "Japan plans up to 50 billion yen in data center subsidies", language="en", outlet="NHK")
    assert changes([PLAN], bound, limit) == []


def test_a_plan_that_is_carried_out_or_given_up_is_a_stage() -> None:
    plan = telling("a", "네이버, 일본에 데이터센터 건설 계획")
    assert [change[0] for change in changes([plan], telling("b", "네이버, 일본에 데이터센터 착공", outlet="Yonhap"))] == ["stage"]
    assert [change[2] for change in changes([plan], telling("b", "네이버, 일본 데이터센터 건설 계획 철회", outlet="Yonhap"))] == [
        "rejected"
    ]
    assert changes([plan], telling("b", "네이버, 일본에 데이터센터 건설 추진", outlet="Yonhap")) == []


def test_a_law_that_comes_into_force_on_another_day_has_a_new_date() -> None:
    first = telling("a", "AI기본법은 2027년 1월 22일부터 시행된다.")
    moved = telling("b", "AI기본법은 2027년 7월 1일부터 시행된다.", outlet="Yonhap")
    assert [change[0] for change in changes([first], moved)] == ["date"]
    assert changes([first], telling("b", "AI기본법은 2027년 1월부터 시행된다.", outlet="Yonhap")) == []  # the same, less exactly


def test_leads_are_what_an_article_is_about() -> None:
    one = telling("a", "삼성, 5년간 총 20조원 투자\n이 가운데 3조원은 일본에 투자한다. 누적 투자액 90조원.")
    (lead,) = figures.leads(one).values()
    assert lead.value == Decimal(20 * 10**12)


def test_undated_reports_revise_nothing() -> None:
    undated = Telling(Article("b", "Japan plans 60 billion yen in data center subsidies", language="en", outlet="ETNews"), ())
    assert not figures.revises(undated, PLAN, next(iter(figures.leads(PLAN).values())))
