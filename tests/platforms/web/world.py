"""A small invented world in three languages, taken through the real pipeline: what the pages of the tests show."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.model import Article
from bot.pipeline.run import Pipeline
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import NoFeeds

# Days before NOON, language, outlet, title, text.
REPORTS: tuple[tuple[float, str, str, str, str], ...] = (
    (0.2, "ko", "ETNews", "업스테이지, 도쿄 법인 설립…일본 기업용 AI 시장 공략",
     "업스테이지가 23일 일본 도쿄에 현지 법인을 설립했다고 밝혔다. 회사는 일본 법인에 300억원을 투자하고 기업용 대규모 언어모델 영업 인력을 뽑는다. "
     "업스테이지는 일본 금융사와 제조사를 첫 고객으로 삼는다."),
    (0.1, "ja", "Nikkei", "アップステージ、東京に日本法人を設立 企業向けAIを販売",
     "韓国のアップステージは23日、東京に日本法人を設立したと発表した。日本法人には約32億円を投じ、企業向け大規模言語モデルの営業を強化する。"),
    (1.3, "en", "Korea Herald", "Rebellions opens first overseas office in Tokyo to sell AI chips",
     "South Korean AI chip maker Rebellions said on Sunday it opened its first overseas office in Tokyo. The company will invest $20 million "
     "in Japan and hire 40 engineers by March 2027."),
    (1.2, "ko", "Yonhap", "리벨리온, 도쿄에 첫 해외 사무소…AI 반도체 일본 판매",
     "AI 반도체 기업 리벨리온이 일본 도쿄에 첫 해외 사무소를 열었다. 리벨리온은 일본에 2000만달러를 투자하고 엔지니어 40명을 채용할 계획이라고 밝혔다."),
    (2.4, "ja", "Asahi", "政府、AI向けデータセンターに最大450億円を補助",
     "経済産業省は21日、AI向けデータセンターの整備に最大450億円を補助すると発表した。補助金は2027年3月末まで申請を受け付ける。"),
    (2.3, "ko", "ETNews", "일본 정부, AI 데이터센터에 최대 450억엔(약 4428억원) 보조금",
     "일본 경제산업성은 21일 AI 데이터센터 구축에 최대 450억엔(약 4428억원)의 보조금을 지급한다고 발표했다."),
    (3.5, "ko", "Yonhap", "AI 기본법 2027년 1월 22일 시행…과기정통부 시행령 확정",
     "과학기술정보통신부는 20일 AI 기본법 시행령을 확정했다고 밝혔다. AI 기본법은 2027년 1월 22일부터 시행된다. 정부는 고영향 AI 사업자에 대한 "
     "과태료를 1년간 유예한다."),
    (4.1, "ja", "Yomiuri", "ソフトバンク、大阪にAIデータセンター建設 1兆円を投資",
     "ソフトバンクは19日、大阪府堺市にAI向けデータセンターを建設し、1兆円を投資すると発表した。2028年度の稼働を目指す。"),
    (4.0, "en", "Reuters", "SoftBank to spend 1.2 trillion yen on Osaka AI data centre",
     "SoftBank said on Thursday it will invest 1.2 trillion yen in an AI data centre in Sakai, Osaka, due to open in fiscal 2028."),
    (5.2, "ko", "Chosun", "SK하이닉스, 청주 AI 메모리 공장에 20조원 투자 결정",
     "SK하이닉스는 18일 이사회를 열어 청주 AI 메모리 공장에 20조원을 투자하기로 결정했다. HBM 생산은 2027년 하반기에 시작한다."),
    (6.3, "ja", "Nikkei", "ラピダス、AI半導体量産へ1000億円を追加調達",
     "ラピダスは17日、AI向け先端半導体の量産に向けて1000億円を追加で調達したと発表した。政府は5000億円の支援を計画している。"),
    (8.2, "en", "Bloomberg", "Preferred Networks raises 19 billion yen for AI chips",
     "Tokyo-based Preferred Networks said it raised 19 billion yen from investors to develop AI chips. The round values the company at 350 billion yen."),
    (9.4, "ko", "Hankyung", "네이버, 일본 라인야후와 AI 에이전트 협력",
     "네이버는 14일 일본에서 생성형 AI 에이전트 서비스를 위해 라인야후와 협력한다고 발표했다. 두 회사는 내년 상반기 도쿄에서 서비스를 시작한다."),
    (11.0, "ja", "NHK", "AI推進法に基づく基本計画を閣議決定 2027年度までに10兆円を投資",
     "政府は12日、AI法に基づくAI基本計画を閣議決定した。2030年度までにAIと半導体に10兆円以上の公的支援を行う。"),
    (12.5, "ko", "Maeil", "과기정통부, 국가AI컴퓨팅센터에 2조5000억원 예산 편성",
     "과학기술정보통신부는 11일 국가AI컴퓨팅센터 구축에 2조5000억원의 예산을 편성했다고 밝혔다. 센터는 2028년 문을 연다."),
    (14.2, "en", "Nikkei Asia", "Japan and South Korea agree to train 1,000 AI engineers together",
     "Japan and South Korea agreed on Monday to train 1,000 AI engineers together by 2029 under a joint talent programme of 5 billion yen."),
    (16.1, "ja", "Impress", "サカナAI、ソウルに研究拠点を開設へ",
     "サカナAIは7日、韓国・ソウルにAIの研究拠点を2027年4月に開設すると発表した。研究者20人を採用する。"),
    (19.3, "ko", "Donga", "퓨리오사AI, 일본에서 AI 반도체 공급 계약 1500억원",
     "AI 반도체 기업 퓨리오사AI가 일본 데이터센터 기업과 1500억원 규모의 공급 계약을 맺고 도쿄 사무소를 연다고 4일 밝혔다."),
    (23.0, "en", "Yonhap English", "LG AI Research sets up lab in Osaka for medical AI",
     "LG AI Research said it set up a laboratory in Osaka to develop medical AI with Japanese hospitals, investing 12 billion won."),
    (27.0, "ja", "Kyodo", "韓国政府、AI半導体企業に1兆ウォンを支援",
     "韓国政府は27日、AI半導体企業に1兆ウォンを支援すると発表した。日本企業との共同開発も対象になる。"),
    (45.0, "ko", "ETNews", "올거나이즈, 본사 일본 이전하고 도쿄 증시 상장 준비",
     "올거나이즈가 본사를 미국에서 일본으로 옮기고 도쿄 증시 상장을 준비한다. 회사는 매출의 70%를 일본에서 올린다고 밝혔다."),
)  # fmt: skip


def reports(more: int = 0) -> list[Article]:
    """The invented reports, and ``more`` small ones so that lists have several pages."""
    told = [
        article(f"w{number}", title, language=code, outlet=outlet, summary=text, published=NOON - timedelta(days=days),
                url=f"https://news.example/{number}", first_seen=NOON - timedelta(days=days))
        for number, (days, code, outlet, title, text) in enumerate(REPORTS)
    ]  # fmt: skip
    return [*told, *(_small(number) for number in range(more))]


_FIRMS = (
    "크래프톤",
    "카카오",
    "네이버",
    "LG CNS",
    "삼성SDS",
    "KT",
    "SK텔레콤",
    "업스테이지",
    "뤼튼",
    "리벨리온",
    "퓨리오사AI",
    "두산로보틱스",
)
_CITIES = ("도쿄", "오사카", "후쿠오카", "나고야", "삿포로", "교토")


def _small(number: int) -> Article:
    firm, city = _FIRMS[number % len(_FIRMS)], _CITIES[number // len(_FIRMS) % len(_CITIES)]
    at = NOON - timedelta(days=3 + number * 0.4)
    text = f"{firm}는 일본 {city}에 AI 데이터센터를 짓기 위해 {31 + number * 17}억원을 투자한다고 밝혔다."
    title = f"{firm}, 일본 {city} AI 데이터센터에 {31 + number * 17}억원 투자"
    return article(f"m{number}", title, outlet=f"Outlet {number % 7}", summary=text, published=at, first_seen=at,
                   url=f"https://small.example/{number}")  # fmt: skip


@asynccontextmanager
async def peopled(folder: Path, articles: Sequence[Article], now: datetime = NOON) -> AsyncIterator[Store]:
    """A database that has read ``articles``, each on its day."""
    store = await Store.open(f"sqlite:///{folder}/web.sqlite3")
    try:
        pipeline = Pipeline(store, NoFeeds())
        days: dict[datetime, list[Article]] = {}
        for one in sorted(articles, key=lambda one: one.at or now):
            days.setdefault((one.at or now).replace(hour=0, minute=0, second=0) + timedelta(days=1), []).append(one)
        for day, its in days.items():
            await pipeline.add(its, min(day, now))
        yield store
    finally:
        await store.close()
