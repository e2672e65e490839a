"""A model's facts are taken only as far as the text bears them out."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Amount, DateFact, EventFact, Fact, PolicyFact
from bot.pipeline import facts
from bot.pipeline.fact_proposals import accepted

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TEXT = (
    "하늘반도체가 도쿄에 연구 거점을 두기로 했다. 회사는 여기에 450억엔을 쓴다. 일본 경제산업성은 2027년 3월까지 심사를 마친다. "
    "주가는 1만2000원이었다."
)
FIGURE = Amount(Decimal(45 * 10**9), "JPY", "450억엔", TEXT.index("450억엔"), TEXT.index("450억엔") + 5, role="investment")
EVENT = EventFact(
    "office_opened", "decided", ("하늘반도체",), "도쿄에 연구 거점을 두기로 했다", TEXT.index("도쿄에"), 0, "JP", None
)
REVIEW = PolicyFact(
    "programme", "planned", "일본 경제산업성은 2027년 3월까지 심사를 마친다", TEXT.index("일본 경제"), 0,
    country="JP", ministry="Ministry of Economy, Trade and Industry", until="2027-03",
)  # fmt: skip


def taken(*proposed: Fact, known: tuple[Fact, ...] = ()) -> tuple[Fact, ...]:
    return accepted(TEXT, "ko", NOW, proposed, known)


def test_what_the_text_says_is_taken_with_the_model_s_role() -> None:
    (figure,) = taken(FIGURE)
    assert isinstance(figure, Amount)
    assert (figure.value, figure.currency, figure.role, figure.quote) == (FIGURE.value, "JPY", "investment", "450억엔")
    (event,) = taken(EVENT)
    assert (TEXT[event.start : event.end], event) == (EVENT.quote, replace(EVENT, end=event.end))
    (policy,) = taken(REVIEW)
    assert isinstance(policy, PolicyFact)
    assert (policy.ministry, policy.until) == (REVIEW.ministry, "2027-03")


def test_a_quote_that_stands_elsewhere_but_once_is_put_in_its_place() -> None:
    (figure,) = taken(replace(FIGURE, start=3, end=9))
    assert figure.start == FIGURE.start


@pytest.mark.parametrize(
    "changed",
    [
        replace(FIGURE, value=Decimal(54 * 10**9)),
        replace(FIGURE, currency="KRW"),
        replace(FIGURE, quote="450억 엔"),
        replace(FIGURE, quote=""),
        replace(FIGURE, quote="엔", value=Decimal(45)),
        replace(FIGURE, quote="1만2000원", value=Decimal(12000), currency="KRW", start=TEXT.index("1만")),  # a share price
        replace(FIGURE, quote="2027년", value=Decimal(2027), currency="KRW", start=TEXT.index("2027")),
        replace(FIGURE, value=None),
        replace(EVENT, type="party"),
        replace(EVENT, status="done"),
        replace(EVENT, actors=("Samsung Electronics",)),
        replace(EVENT, actors=()),
        replace(EVENT, quote="오사카에 연구 거점을 두기로 했다"),
        replace(REVIEW, instrument="prayer"),
        replace(REVIEW, name="AI Basic Act (South Korea)"),
        DateFact("2028-03", "2027년 3월", TEXT.index("2027년"), 0),
        DateFact(None, "2027년 3월", TEXT.index("2027년"), 0),
    ],
)
def test_what_the_text_does_not_say_is_refused(changed: Fact) -> None:
    assert taken(changed) == ()


def test_days_names_and_countries_that_are_not_there_are_left_out() -> None:
    (event,) = taken(replace(EVENT, date="2029-01-01", actors=("하늘반도체", "NVIDIA"), place="Japan"))
    assert isinstance(event, EventFact)
    assert (event.date, event.actors, event.place) == (None, ("하늘반도체",), None)
    (policy,) = taken(replace(REVIEW, until="2031", ministry="Digital Agency (Japan)"))
    assert isinstance(policy, PolicyFact)
    assert (policy.until, policy.ministry) == (None, None)


def test_what_is_known_is_not_taken_again() -> None:
    found = facts.extract(TEXT, "ko", NOW)
    assert FIGURE.value in [one.value for one in found if isinstance(one, Amount)]
    assert taken(FIGURE, known=found) == ()
    assert len(taken(EVENT, replace(EVENT, status="planned"))) == 1


@given(st.text(max_size=30), st.integers(-50, 200), st.integers(-50, 300), st.sampled_from(["JPY", "KRW", "", "?"]))
def test_whatever_is_proposed_only_words_of_the_text_come_back(quote: str, start: int, value: int, currency: str) -> None:
    proposed: list[Fact] = [
        Amount(Decimal(value), currency, quote, start, start + len(quote)),
        DateFact("2027-03", quote, start, start),
        replace(EVENT, quote=quote, start=start),
        replace(REVIEW, quote=quote, start=start),
    ]
    for fact in taken(*proposed):
        assert TEXT[fact.start : fact.end] == fact.quote
