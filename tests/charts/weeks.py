"""An invented week of stories, amounts, deeds and dates, and the charts of it in any language."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.archive import trends
from bot.archive.dossier import Moment
from bot.archive.ledger_rows import Quote, Row
from bot.knowledge import rates
from bot.model import AheadDate, Amount, Chart, EventFact, Relevance, Story, Topic
from tests.builders import NOON, article

SINCE = NOON - timedelta(days=7)
_OUTLETS = (("ETNews", "ko"), ("日本経済新聞", "ja"), ("Reuters", "en"), ("한국경제", "ko"), ("ITmedia", "ja"))
_WORDS = {
    "ko": ("업스테이지, 도쿄 법인 설립하고 기업용 언어모델 영업 시작", "과기정통부 “국가 AI컴퓨팅센터 2조 5,000억 원 투입”"),
    "ja": ("ソフトバンク、堺にAIデータセンター 450億円を助成へ", "経産省・半導体支援、ラピダスに追加出資を決定"),
    "en": ("Rebellions sets up first overseas entity in Tokyo", "Japan’s AI Promotion Act — what changes for startups"),
}


def story(
    number: int, topic: Topic, *countries: str, at: datetime = NOON - timedelta(days=1), reports: int = 1, lag: float = 3.0
) -> Story:
    """A story of ``reports`` outlets, one after the other every ``lag`` hours."""
    articles = tuple(
        article(
            f"a{number}-{place}",
            _WORDS[language][number % 2],
            outlet=outlet,
            language=language,
            published=at + timedelta(hours=place * lag * (1 + number % 3)),
        )
        for place, (outlet, language) in enumerate(_OUTLETS[number % 3 :][:reports])
    )
    return Story(f"s{number}", articles, tuple(Relevance(0.9, True, (topic,), countries) for _ in articles))


def stories(seed: int = 0, many: int = 40) -> list[Story]:
    """Of both countries and most topics."""
    topics = (Topic.EXPANSION, Topic.CHIPS, Topic.INVESTMENT, Topic.POLICY, Topic.CHIPS, Topic.INFRASTRUCTURE, Topic.TALENT)
    return [
        story(
            number,
            topics[(number * (3 + seed) + number // 5) % 7],
            *(("KR",), ("JP",), ("KR",), ("KR", "JP"))[(number + seed) % 4],
            reports=1 + number % 3,
            lag=0.5 + number % 7,
        )
        for number in range(many)
    ]


def row(value: int, currency: str, role: str, status: str, number: int, *countries: str) -> Row:
    """A row of the ledger of a story of its own, converted at the rates of the package."""
    amount = Amount(Decimal(value), currency, "…", 0, 1, role=role)
    day = date(2026, 11, 16) + timedelta(days=number % 5)
    made = Row(f"s{number}", None, day, amount, (f"A{number}",), countries, (), [Quote("ETNews", "", "…", status=status)])
    made.roles[role] += 1
    made.converted = rates.embedded().in_all(amount.value or Decimal(0), currency, day)
    return made


def rows() -> list[Row]:
    """Investments, subsidies and a listing of both countries, from millions to trillions of yen."""
    return [
        row(2_500_000_000_000, "KRW", "investment", "announced", 1, "KR"),
        row(45_000_000_000, "JPY", "subsidy", "decided", 2, "JP"),
        row(1_000_000_000_000, "JPY", "budget", "planned", 3, "JP"),
        row(18_600_000, "USD", "funding_raised", "completed", 4, "KR"),
        row(320_000_000_000, "KRW", "funding_raised", "completed", 5, "KR"),
        row(900_000_000, "USD", "investment", "completed", 6, "JP"),
        row(120_000_000_000, "JPY", "investment", "planned", 7, "KR", "JP"),
        row(50_000_000_000, "KRW", "acquisition_price", "announced", 8, "KR"),
        row(7_000_000_000, "USD", "valuation", "announced", 9, "JP"),
    ]


def moments() -> list[Moment]:
    """What a company did, the latest first."""
    told = (
        ("2026-11-20", "office_opened", "completed", "JP", "업스테이지가 도쿄에 법인을 열고 기업용 언어모델 영업을 시작했다"),
        ("2026-11-17", "partnership", "announced", "JP", "NTTデータと日本市場での販売提携を結んだと発表した"),
        ("2026-09-03", "funding", "completed", "KR", "Upstage raised KRW 62bn in a round led by SK Networks"),
        ("2026-08-31", "hiring", "planned", "KR", "연말까지 연구 인력 120명을 채용할 계획이라고 밝혔다"),
        ("2026-02-10", "ipo", "planned", "KR", "상장 주관사를 선정하고 코스닥 상장을 준비한다"),
    )
    return [
        Moment(day, EventFact(kind, status, ("Upstage",), quote, 0, 1, place), article())
        for day, kind, status, place, quote in told
    ]


def dates() -> list[AheadDate]:
    """Policies that begin or end soon."""
    return [
        AheadDate("a", "AI 디지털 인재 양성 사업", date(2026, 12, 1), "until", "2026-12-01", "KR"),
        AheadDate("b", "AI Basic Act", date(2027, 1, 22), "in_force", "2027-01-22", "KR"),
        AheadDate("c", "情報処理の促進に関する法律", date(2027, 3, 31), "until", "FY2026", "JP"),
        AheadDate("d", "AIソフトウェア企業への法人税軽減（最大30％、2032年まで）", date(2027, 4, 1), "in_force", "2027-04", "JP"),
    ]


def charts(language: str) -> list[Chart]:
    """One of each sort."""
    made = (
        trends.topics(stories(), stories(1, 31), SINCE, NOON, language, "Asia/Seoul"),
        trends.money(rows(), SINCE, NOON, language),
        trends.lags(stories(), SINCE, NOON, language),
        trends.reported(story(1, Topic.CHIPS, "KR", reports=4), language, "Asia/Seoul"),
        trends.company("Upstage", moments(), language),
        trends.ahead(dates(), NOON.date(), language),
    )
    return [chart for chart in made if chart]
