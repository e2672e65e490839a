"""Facts of a text: what happened and who did it, in the words of the text."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.jsonl import read_texts
from bot.model import EVENT_TYPES, STATUSES, Amount, EventFact, PolicyFact
from bot.pipeline import facts

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def events(text: str, language: str) -> list[EventFact]:
    return [one for one in facts.extract(text, language, NOW) if isinstance(one, EventFact)]


@pytest.mark.parametrize(
    ("language", "text", "type", "actor", "status"),
    [
        ("ko", "업스테이지가 도쿄에 사무소를 열었다고 밝혔다.", "office_opened", "Upstage", "completed"),
        ("ko", "리벨리온은 일본에 현지 법인을 설립했다.", "subsidiary_established", "Rebellions", "completed"),
        ("ko", "SK하이닉스는 용인에 20조원을 들여 메모리 공장을 짓기로 했다.", "fab_investment", "SK hynix", "decided"),
        ("ko", "네이버는 세종에 AI 데이터센터를 증설할 계획이다.", "datacenter_investment", "NAVER", "planned"),
        ("ko", "음성 AI 스타트업 가람보이스(대표 김하나)가 50억 원 규모의 시리즈 A 투자를 유치했다.", "funding", "가람보이스", "completed"),
        ("ko", "새로운 신경망 업체 가온넷(Gaonnet)은 90억원을 조달했다.", "funding", "Gaonnet", "completed"),
        ("ko", "퓨리오사AI가 내년 나스닥 상장을 추진한다.", "ipo", "FuriosaAI", "planned"),
        ("ko", "과학기술정보통신부는 AI 안전 가이드라인을 공개했다.", "guideline", "Ministry of Science and ICT", "announced"),
        ("ja", "ソフトバンクG、米半導体設計会社を買収へ", "acquisition", "SoftBank Group", "planned"),
        ("ja", "経済産業省はラピダスに1000億円の補助金を交付すると決定した。", "subsidy", "Ministry of Economy, Trade and Industry", "decided"),
        ("ja", "富士通とNTTは生成AIで業務提携した。", "partnership", "Fujitsu", "completed"),
        ("ja", "韓国で「AI基本法」が施行された。", "law_in_force", "AI Basic Act (South Korea)", "in_force"),
        ("ja", "TSMC、熊本に第2工場を建設", "fab_investment", "TSMC", "announced"),
        ("en", "Anthropic opens Tokyo office", "office_opened", "Anthropic", "completed"),
        ("en", "Sakana AI raises $100 million in Series B round", "funding", "Sakana AI", "completed"),
        ("en", "Lunar Harbor AI raises $12M seed round", "funding", "Lunar Harbor AI", "completed"),
        ("en", "The Japanese government earmarked 300 billion yen for chips.", "budget", "Government of Japan", "announced"),
        ("en", "SK Group plans to build an AI data center in Ulsan.", "datacenter_investment", "SK Group", "planned"),
        ("en", "Rapidus is hiring 300 engineers in Hokkaido.", "hiring", "Rapidus", "announced"),
    ],
)  # fmt: skip
def test_what_happened_and_who_did_it(language: str, text: str, type: str, actor: str, status: str) -> None:
    found = events(text, language)
    assert (type, actor, status) in [(one.type, one.actors[0] if one.actors else None, one.status) for one in found], found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "삼성전자 주가가 3% 올라 거래를 마쳤다."),
        ("ko", "새 스마트폰은 색상이 네 가지다."),
        ("ja", "日経平均は続落した。"),
        ("en", "Shares of the carmaker closed 2% lower on Friday."),
    ],
)
def test_market_moves_and_features_are_no_events(language: str, text: str) -> None:
    assert events(text, language) == []


def test_one_event_told_twice_is_one() -> None:
    text = "업스테이지, 도쿄 사무소 개소\n업스테이지는 23일 도쿄에 사무소를 열었다고 밝혔다."
    (found,) = events(text, "ko")
    assert (found.type, found.actors, found.place) == ("office_opened", ("Upstage",), "JP")


def test_a_pronoun_stands_for_whom_the_text_is_about() -> None:
    text = "ラピダスは千歳で試作を始めた。同社は2027年に新工場を建設し、半導体の量産を始める計画だ。"
    assert [(one.type, one.actors[0]) for one in events(text, "ja")] == [("fab_investment", "Rapidus")]


def test_who_reports_does_not_act() -> None:
    text = "OpenAI plans to open an office in Osaka, according to Bloomberg."
    (found,) = events(text, "en")
    assert found.actors == ("OpenAI",)


def test_the_day_of_an_event_is_the_one_beside_it() -> None:
    (found,) = events("네이버는 지난 20일 일본에 법인을 설립했다.", "ko")
    assert found.date == "2026-11-20"


# A page in our own words with the figures of a real one: nine firms, eleven mentions of money, two policies with an end.
PAGE = """AI 스타트업 일본행… 데이터센터 보조금 최대 450억엔(4428억원)
국내 AI 기업이 잇달아 일본으로 향한다. 리벨리온은 도쿄에 첫 해외 법인을 세웠다. 올거나이즈는 일본 증시 상장을 준비한다. \
업스테이지도 도쿄에 사무소를 열었다. 뤼튼과 채널톡도 뒤를 따른다.
일본 정부는 AI 소프트웨어 기업의 법인세를 2032년까지 최대 30% 깎아 준다. 데이터센터 한 곳에는 최대 450억엔(4428억원)의 보조금을 준다. \
일본 정부는 2030회계연도까지 AI와 반도체에 10조엔(98조3400억원)을 투입한다. 구글과 마이크로소프트, AWS는 모두 186억달러(27조2700억원)를 \
일본에 투자하기로 했다.
해외 벤처캐피털의 국내 투자는 2021년 9895억원에서 2022년 6097억원, 2023년 2318억원으로 줄었다."""


def test_the_worked_example() -> None:
    found = facts.extract(PAGE, "ko", datetime(2025, 4, 2, tzinfo=UTC))
    amounts = [one for one in found if isinstance(one, Amount)]
    bn, tn = 10**9, 10**12
    assert [(one.value, one.currency, one.qualifier) for one in amounts] == [
        (45 * bn, "JPY", "up_to"), (442_800_000_000, "KRW", "exact"),
        (45 * bn, "JPY", "up_to"), (442_800_000_000, "KRW", "exact"),
        (10 * tn, "JPY", "exact"), (98_340_000_000_000, "KRW", "exact"),
        (18_600_000_000, "USD", "exact"), (27_270_000_000_000, "KRW", "exact"),
        (989_500_000_000, "KRW", "exact"), (609_700_000_000, "KRW", "exact"), (231_800_000_000, "KRW", "exact"),
    ]  # fmt: skip
    assert [one.converted_of for one in amounts] == [None, 0, None, 2, None, 4, None, 6, None, None, None]
    assert [one.role for one in amounts[:8:2]] == ["subsidy", "subsidy", "investment", "investment"]
    assert [one.period for one in amounts[4:]] == ["FY2030", "FY2030", None, None, "2021", "2022", "2023"]
    policies = [one for one in found if isinstance(one, PolicyFact)]
    assert [(one.instrument, one.country, one.until) for one in policies if one.until] == [
        ("tax_break", "JP", "2032"), ("programme", "JP", "FY2030"),
    ]  # fmt: skip
    happened = {(one.type, one.actors[0]) for one in found if isinstance(one, EventFact)}
    assert {("subsidiary_established", "Rebellions"), ("ipo", "Allganize"), ("office_opened", "Upstage")} <= happened


@pytest.mark.parametrize(
    ("language", "text", "instrument", "name", "stage", "country"),
    [
        ("ko", "AI기본법이 오늘 시행됐다.", "law", "AI Basic Act (South Korea)", "in_force", "KR"),
        ("ja", "「AI推進法」が閣議決定された。", "law", "AI Promotion Act (Japan)", "decided", "JP"),
        ("en", "The EU AI Act may exclude small firms.", "law", "EU AI Act", "planned", "EU"),
        ("ja", "経産省は半導体工場への補助金を決定した。", "subsidy", "", "decided", "JP"),
        ("en", "The Japanese government plans a tax credit for data centers.", "tax_break", "", "planned", "JP"),
        ("ko", "정부는 ‘새빛펀드’를 조성할 계획이다.", "programme", "새빛펀드", "planned", "KR"),
    ],
)
def test_policies(language: str, text: str, instrument: str, name: str, stage: str, country: str) -> None:
    (policy,) = [one for one in facts.extract(text, language, NOW) if isinstance(one, PolicyFact)]
    assert (policy.instrument, policy.name, policy.stage, policy.country) == (instrument, name, stage, country)


def test_a_law_told_twice_is_one_with_all_that_is_said_of_it() -> None:
    text = "AI기본법 시행 앞으로 두 달.\n과학기술정보통신부는 AI기본법이 2027년 1월 22일부터 시행된다고 밝혔다."
    (policy,) = [one for one in facts.extract(text, "ko", NOW) if isinstance(one, PolicyFact)]
    assert (policy.ministry, policy.in_force) == ("Ministry of Science and ICT", "2027-01-22")


def test_a_company_s_plan_is_no_policy() -> None:
    text = "네이버는 AI 인재 육성 전략을 발표했다."
    assert not [one for one in facts.extract(text, "ko", NOW) if isinstance(one, PolicyFact)]


_WORDS = st.sampled_from(
    """네이버는 ソフトバンクは OpenAI 450억엔(약 4428억원) 최대 30% 데이터센터를 建設 する。 투자를 유치했다. plans to_open 사무소 법안 施行
    2027년까지 ¥45bn … 「 」 ( ) , 、 . A・B 선정 補助金 정부는 & 🙂 ﬁ İ ａｉ \n""".replace("    ", " ").split(" ")
)


def test_every_quote_of_a_real_corpus_is_where_it_says(shared: Path) -> None:
    quotes = 0
    for text in itertools.islice(read_texts(shared / "eval" / "corpus.jsonl"), 0, None, 20):
        for one in facts.extract(text.text, text.language, NOW):
            assert text.text[one.start : one.end] == one.quote
            quotes += 1
    assert quotes > 1000


@given(st.one_of(st.lists(_WORDS, max_size=25).map(" ".join), st.text(max_size=120)), st.sampled_from(["ko", "ja", "en", ""]))
def test_every_quote_is_in_the_text_where_it_says(text: str, language: str) -> None:
    found = facts.extract(text, language, NOW)
    amounts = [one for one in found if isinstance(one, Amount)]
    assert list(found[: len(amounts)]) == amounts
    for one in found:
        assert text[one.start : one.end] == one.quote
        assert one.quote
        if isinstance(one, EventFact):
            assert one.type in EVENT_TYPES
            assert one.status in STATUSES
        if isinstance(one, Amount) and one.converted_of is not None:
            assert amounts[one.converted_of].currency != one.currency
