"""An invented morning: the news of a day in an archive, and the subscriptions of many workspaces that are all due at once."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from bot.model import Article, Channel, Filters, Relevance, StoryDecision, Subscription, Topic
from bot.pipeline import relevance
from bot.store import Store
from bot.store.watchlist import Watched

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # Tuesday, 09:00 in Seoul
PLATFORMS = ("slack", "discord")
A_WORKSPACE = 3  # subscriptions
LANGUAGES = ("ko", "ja", "en")
STORIES = 60
REPORTS = 5  # of one story
_FIRMS = (
    ("업스테이지", "アップステージ", "Upstage"),
    ("리벨리온", "リベリオン", "Rebellions"),
    ("올거나이즈", "オルガナイズ", "Allganize"),
    ("네이버", "ネイバー", "Naver"),
    ("소프트뱅크", "ソフトバンク", "SoftBank"),
    ("카카오", "カカオ", "Kakao"),
    ("라피더스", "ラピダス", "Rapidus"),
    ("삼성전자", "サムスン電子", "Samsung Electronics"),
)
# Of each event a title and three sentences in Korean, Japanese and English; {f} is the firm, {n} and {m} are figures.
_EVENTS = (
    (
        (
            "{f}, 도쿄 법인 설립하고 AI 사업 확대",
            "{f}가 일본 도쿄에 법인을 설립했다고 밝혔다.",
            "투자액은 {n}억엔, 채용은 {m}명이다.",
        ),
        ("{f}、東京に法人設立 AI事業を拡大", "{f}は東京に法人を設立したと発表した。", "投資額は{n}億円、採用は{m}人だ。"),
        (
            "{f} opens a Tokyo unit to sell AI",
            "{f} said it opened a unit in Tokyo, Japan.",
            "It invests ¥{n}bn and hires {m} people.",
        ),
    ),
    (
        (
            "정부, {f} 등 AI 데이터센터에 {n}억원 지원",
            "정부가 인공지능 데이터센터에 {n}억원을 지원한다.",
            "{f}가 {m}MW를 공급받는다.",
        ),
        ("韓国政府、{f}のAIデータセンターに{n}億ウォン", "韓国政府は{f}のデータセンターを支援する。", "電力は{m}MWだ。"),
        (
            "Korea backs AI data centre of {f} with ₩{n}bn",
            "The Korean government supports an AI data centre.",
            "It takes {m} MW.",
        ),
    ),
    (
        (
            "{f}, 시리즈 B {n}억원 투자 유치",
            "{f}가 {n}억원 규모의 투자를 유치했다.",
            "누적 투자액은 {m}억원이며 일본 진출에 쓴다.",
        ),
        ("{f}、シリーズBで{n}億円を調達", "{f}は{n}億円の資金を調達した。", "累計は{m}億円で、韓国での事業に使う。"),
        (
            "AI firm {f} raises ${n}m",
            "{f}, a Korean AI firm, raised ${n}m.",
            "It has raised ${m}m before and will spend it in Japan.",
        ),
    ),
    (
        ("{f}, 추론용 AI 반도체 양산 시작", "{f}가 AI 반도체 양산을 시작했다.", "공장에 {n}억원을 투자하고 월 {m}장을 만든다."),
        ("{f}、推論向けAI半導体の量産を開始", "{f}はAI半導体の量産を始めた。", "工場に{n}億円を投資し、月に{m}枚を作る。"),
        ("{f} starts mass production of AI chips in Korea", "{f} began to make AI chips.", "It invests ₩{n}bn in the plant."),
    ),
)


async def fill(store: Store, *, articles: int = 5000, stories: int = STORIES, now: datetime = NINE) -> None:
    """The archive of the day before ``now``: ``stories`` of REPORTS articles each, and news of other things around them."""
    chance = random.Random(9)
    told = [_report(story, number, chance, now) for story in range(stories) for number in range(REPORTS)]
    other = [_other(number, chance, now) for number in range(articles - len(told))]
    judged = dict(zip((one.id for one in told), relevance.judge_many(told), strict=True))
    # What the scorer makes of invented words must not change how many stories there are.
    judged = {id: found if found.relevant else _surely(found) for id, found in judged.items()}
    judged |= {one.id: Relevance(chance.random() * 0.2, False) for one in other}
    decisions = [
        StoryDecision(one.id, f"s{number // REPORTS}", number % REPORTS > 0, reasons=("shared names",))
        for number, one in enumerate(told)
    ]
    async with store.transaction():
        await store.articles.add([*told, *other], {number: one.id for number, one in enumerate((*told, *other))})
        await store.articles.save_relevance(judged)
        await store.stories.save(decisions, told, now - timedelta(hours=1))


def _surely(found: Relevance) -> Relevance:
    return Relevance(0.7, True, (Topic.EXPANSION,), ("KR", "JP"), "KR→JP", found.entities, found.reasons)


def _report(story: int, number: int, chance: random.Random, now: datetime) -> Article:
    index = (story + number) % len(LANGUAGES)
    language, event = LANGUAGES[index], _EVENTS[story % len(_EVENTS)]
    names = _FIRMS[story % len(_FIRMS)]
    words = {"f": names[index], "n": 100 + 7 * story, "m": 20 + story}
    title, *told = (part.format(**words) for part in event[index])
    at = now - timedelta(minutes=60 + chance.randrange(1200))
    id = f"r{story}-{number}"
    place = (f"https://outlet{number}.example/{story}", f"Outlet {number}", language)
    return Article(id, title, " ".join(told), *place, at, at, f"f{number}", fingerprint=id)


def _other(number: int, chance: random.Random, now: datetime) -> Article:
    at = now - timedelta(minutes=1 + chance.randrange(1430))
    id, words = f"o{number}", (f"지역 축제 소식 {number}", "주민들이 모여 축제를 즐겼다. 날씨가 좋았다.")
    return Article(id, *words, f"https://o.example/{number}", "Outlet", "ko", at, at, f"f{number % 80}", fingerprint=id)


def subscriptions(workspaces: int, at: time = time(9), platforms: Sequence[str] = PLATFORMS) -> list[Subscription]:
    """A_WORKSPACE for each workspace, on ``platforms`` in turn: in three languages, two of five with filters of their own."""
    places = [(number, platforms[number % len(platforms)]) for number in range(workspaces)]
    return [_subscription(number, platform, part, at) for number, platform in places for part in range(A_WORKSPACE)]


def _subscription(number: int, platform: str, part: int, at: time) -> Subscription:
    # Discord's ids are numbers.
    id = f"{9_000_000 + number * 10 + part}" if platform == "discord" else f"C{number:05}{part}"
    channel = Channel(platform, id, f"T{number:05}")
    filters = (
        Filters(),
        Filters(topics=frozenset({Topic.EXPANSION, Topic.INVESTMENT})),
        Filters(),
        Filters(countries=frozenset({"JP"}), exclude=("게임",)),
        Filters(),
    )[(number + part) % 5]
    return Subscription(f"w{number}-{part}", channel, (at,), "Asia/Seoul", LANGUAGES[part], frozenset(range(7)), filters)


async def settle(store: Store, wanted: Sequence[Subscription], now: datetime = NINE) -> None:
    """Keep ``wanted``; one in five channels follows a name and a word, one in twenty workspaces voted on what it was told."""
    for number, one in enumerate(wanted):
        await store.subscriptions.add(one)
        if number % 5 == 0:
            await store.watchlist.add(one.channel, Watched(("Upstage", "Rapidus")[number % 2], entity=True), "U1", now)
            await store.watchlist.add(one.channel, Watched("데이터센터", entity=False), "U1", now)
        if number % (20 * A_WORKSPACE) == 0:
            for story in range(3):
                await store.feedback.vote(one.channel, "U1", f"s{story}", story > 0, now)
