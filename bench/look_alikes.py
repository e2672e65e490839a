"""Invented feeds in three languages and seven shapes, and a server process that does nothing but send them.

python -m bench.look_alikes 2000           serves /0 … /1999 on loopback until its standard input ends
python -m bench.look_alikes 80 --hours     … and each feed has a new item for every hour that GET /hour/N lets pass
"""

import asyncio
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from typing import NamedTuple

from bot.model import Feed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EAST = timezone(timedelta(hours=9))
ENTRIES = 20

_WORDS = {
    "ko": """정부 서울시 부산 시장 회의 주민 지역 축제 교통 병원 학교 학생 연구 기업 투자 계획 발표 개최 확대 지원 예산
    내년 상반기 관계자 설명 전망 소비자 가격 인상 날씨 경기 선수 우승 공연 도서관 개관 안전 점검 도로 공사 완료
    시작 협약 체결 수출 증가 감소 반도체 인공지능 데이터센터 일본 도쿄 법인 스타트업""",
    "ja": """政府 東京都 大阪 市場 会議 住民 地域 祭り 交通 病院 学校 学生 研究 企業 投資 計画 発表 開催 拡大 支援 予算
    来年 上半期 関係者 説明 見通し 消費者 価格 値上げ 天気 試合 選手 優勝 公演 図書館 開館 安全 点検 道路 工事 完了 開始 協定 締結
    輸出 増加 減少 半導体 人工知能 データセンター 韓国 ソウル 法人 スタートアップ""",
    "en": """government city harbour market meeting residents region festival traffic hospital school students research company
    investment plan announced hosts expands support budget next year half official said outlook consumers price rise weather match
    player wins concert library opens safety check road works finished begins accord signed exports grow fall chips artificial
    intelligence data centre Korea Japan Tokyo Seoul office startup""",
}
_ZONES = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo", "en": "UTC"}
_SHAPES = (
    ("ko", "naive", "utf-8"),
    ("ja", "rdf", "utf-8"),
    ("en", "rss", "utf-8"),
    ("ko", "no-guid", "utf-8"),
    ("ja", "rdf", "shift_jis"),
    ("en", "atom", "utf-8"),
    ("ko", "naive", "euc-kr"),
)


# What the hourly feeds leave out of their everyday words: about as few of their items matter as of real feeds'.
_SUBJECTS = frozenset(
    (
        "반도체", "인공지능", "데이터센터", "일본", "도쿄", "半導体", "人工知能", "データセンター", "韓国", "ソウル",
        "chips", "artificial", "intelligence", "data", "Korea", "Japan", "Tokyo", "Seoul",
    )
)  # fmt: skip
# What one item in NEWS is about: {f} a firm, {n} an amount. Title and text, in the order of _WORDS.
NEWS = 20
_FIRMS = {
    "ko": ("업스테이지", "리벨리온", "네이버", "소프트뱅크", "카카오", "라피더스"),
    "ja": ("アップステージ", "リベリオン", "ネイバー", "ソフトバンク", "カカオ", "ラピダス"),
    "en": ("Upstage", "Rebellions", "Naver", "SoftBank", "Kakao", "Rapidus"),
}
_EVENTS = {
    "ko": (
        ("{f}, 도쿄 법인 세우고 AI 사업 확대", "{f}가 일본 도쿄에 법인을 세웠다고 밝혔다. 투자액은 {n}억엔이다."),
        ("정부, {f}의 AI 데이터센터에 {n}억원 지원", "정부가 인공지능 데이터센터에 최대 {n}억원을 지원한다. {f}가 짓는다."),
        ("{f}, AI 반도체 사업에 {n}억원 투자 유치", "{f}가 {n}억원을 유치했다. 일본 진출에 쓴다."),
    ),
    "ja": (
        ("{f}、東京に法人設立 AI事業を拡大", "{f}は東京に法人を設立したと発表した。投資額は{n}億円。"),
        (
            "韓国政府、{f}のAIデータセンターに{n}億ウォン支援",
            "韓国政府はデータセンターに最大{n}億ウォンを支援する。{f}が建設する。",
        ),
        ("{f}、AI半導体事業で{n}億円を調達", "{f}は{n}億円を調達した。韓国での事業に使う。"),
    ),
    "en": (
        ("{f} opens a Tokyo unit to sell AI", "{f} said it opened a unit in Tokyo, Japan, and invests ¥{n}bn in it."),
        ("Korea backs AI data centre of {f} with ₩{n}bn", "The Korean government pays up to ₩{n}bn. {f} builds the centre."),
        ("{f} raises ${n}m for AI chips", "{f} raised ${n}m. It will spend it in Japan and Korea."),
    ),
}


class Item(NamedTuple):
    """One invented item; ``text`` is HTML."""

    title: str
    url: str
    text: str
    at: datetime


def feeds(address: str, count: int) -> list[Feed]:
    """The feeds of a server at ``address``."""
    shapes = [_SHAPES[number % len(_SHAPES)] for number in range(count)]
    return [
        Feed(f"f{n}", f"Feed {n}", f"{address}/{n}", language, "KR", time_zone=_ZONES[language], outlet=f"Outlet {n}")
        for n, (language, _, _) in enumerate(shapes)
    ]


def document(number: int, entries: int = ENTRIES) -> bytes:
    """Feed ``number``: always the same bytes."""
    language, shape, codec = _SHAPES[number % len(_SHAPES)]
    chance = random.Random(number)  # the same feeds in every run
    items = [_item(language, number, n, chance) for n in range(entries)]
    return _DOCUMENTS[shape](number, codec, items).encode(codec, "xmlcharrefreplace")


def _item(language: str, number: int, n: int, chance: random.Random, *, without: frozenset[str] = frozenset()) -> Item:
    words = [word for word in _WORDS[language].split() if word not in without]
    gap = "" if language == "ja" else " "
    title = gap.join(chance.choices(words, k=8)) + f" {number}-{n}"
    sentences = (gap.join(chance.choices(words, k=12)) for _ in range(4))
    text = "".join(f"<p>{sentence} <b>{chance.randrange(9_999)}</b>.</p>" for sentence in sentences)
    url = f"https://outlet{number}.example/news/articleView.html?idxno={number * 1000 + n}"
    return Item(title, url, text, NOW - timedelta(minutes=chance.randrange(3_000)))


def hourly(number: int, hour: int, entries: int = ENTRIES) -> bytes:
    """Feed ``number`` when ``hour`` hours have passed: its newest item came within the last, its oldest ``entries`` hours ago.

    One item in NEWS tells one of a handful of events of the hour, which other feeds tell as well.
    """
    language, shape, codec = _SHAPES[number % len(_SHAPES)]
    items = [_at_hour(language, number, n) for n in range(hour + 1, hour + 1 + entries)]
    return _DOCUMENTS[shape](number, codec, items).encode(codec, "xmlcharrefreplace")


def _at_hour(language: str, number: int, n: int) -> Item:
    chance = random.Random(number * 1_000_003 + n)
    item = _item(language, number, n, chance, without=_SUBJECTS)._replace(
        at=NOW + timedelta(hours=n - ENTRIES, minutes=-chance.randrange(60))
    )
    if chance.randrange(NEWS):
        return item
    event = n * 2 + chance.randrange(2)  # two events an hour
    words = {"f": _FIRMS[language][event % 6], "n": 100 + 7 * event}
    title, text = (part.format(**words) for part in _EVENTS[language][event // 6 % 3])
    return item._replace(title=title, text=f"<p>{text}</p>{item.text}")


def _naive(number: int, codec: str, items: list[Item]) -> str:
    rows = "".join(
        f"<item><title><![CDATA[{title}]]></title><link>{escape(url)}</link><description><![CDATA[{text}]]></description>"
        f"<author><![CDATA[기자]]></author><pubDate>{at.astimezone(EAST):%Y-%m-%d %H:%M:%S}</pubDate></item>\n"
        for title, url, text, at in items
    )
    return _rss(number, codec, rows)


def _rss_with_guids(number: int, codec: str, items: list[Item]) -> str:
    rows = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(url)}&amp;utm_source=rss</link>"
        f'<guid isPermaLink="false">{number}:{n}</guid>'
        f"<description>{escape(text)}</description><pubDate>{format_datetime(at)}</pubDate><category>news</category></item>\n"
        for n, (title, url, text, at) in enumerate(items)
    )
    return _rss(number, codec, rows)


def _without_guids(number: int, codec: str, items: list[Item]) -> str:
    rows = "".join(
        f"<item><no>{n}</no><title>{escape(title)}</title><link>\n{escape(url)}\n</link><description>{escape(text)}</description>"
        f"<pubDate>{at.astimezone(EAST):%a, %d %b %Y %H:%M:%S} +09:00</pubDate></item>\n"
        for n, (title, url, text, at) in enumerate(items)
    )
    return _rss(number, codec, rows)


def _rss(number: int, codec: str, rows: str) -> str:
    return (
        f'<?xml version="1.0" encoding="{codec}"?>\n<rss version="2.0"><channel><title>Feed {number}</title>'
        f"<link>https://outlet{number}.example/</link><ttl>10</ttl>\n{rows}</channel></rss>"
    )


def _rdf(number: int, codec: str, items: list[Item]) -> str:
    rows = "".join(
        f'<item rdf:about="{escape(url)}"><title>{escape(title)}</title><link>{escape(url)}</link>'
        f"<description>{escape(text)}</description><dc:date>{at.astimezone(EAST).isoformat()}</dc:date></item>\n"
        for title, url, text, at in items
    )
    return (
        f'<?xml version="1.0" encoding="{codec}"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="x"><title>Feed {number}</title></channel>\n{rows}</rdf:RDF>'
    )


def _atom(number: int, codec: str, items: list[Item]) -> str:
    rows = "".join(
        f'<entry><title type="html">{escape(title)}</title><link rel="alternate" href="{escape(url)}"/><id>tag:f{number},{n}</id>'
        f"<updated>{at.isoformat()}</updated><published>{at.isoformat()}</published>"
        f'<summary type="html">{escape(text)}</summary></entry>\n'
        for n, (title, url, text, at) in enumerate(items)
    )
    head = f'<?xml version="1.0" encoding="{codec}"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Feed {number}</title>'
    return f"{head}{rows}</feed>"


_DOCUMENTS: dict[str, Callable[[int, str, list[Item]], str]] = {
    "naive": _naive,
    "rss": _rss_with_guids,
    "no-guid": _without_guids,
    "rdf": _rdf,
    "atom": _atom,
}


class _Connection(asyncio.Protocol):
    """One request, one answer."""

    def __init__(self, shelf: "_Shelf") -> None:
        self._shelf = shelf
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            assert isinstance(self._transport, asyncio.Transport)
            self._transport.write(self._answer())
            self._transport.close()

    def _answer(self) -> bytes:
        path = self._received.split(b" ", 2)[1].decode()
        if path.startswith("/hour/"):
            self._shelf.hour = int(path.removeprefix("/hour/"))
            return b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        number = int(path[1:])
        tag = b'"%d-%d"' % (number, self._shelf.hour)
        if b"If-None-Match: " + tag in self._received:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\nConnection: close\r\n\r\n"
        body = self._shelf.document(number)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nETag: %s\r\nConnection: close\r\n\r\n"
        return head % (len(body), tag) + body


class _Shelf:
    """What is served: the same for ever, or with ``hours`` what the hour has brought."""

    def __init__(self, count: int, *, hours: bool) -> None:
        self.hour = 0
        self._hours = hours
        self._made: dict[int, tuple[int, bytes]] = {}
        for number in range(count):
            self.document(number)

    def document(self, number: int) -> bytes:
        made = self._made.get(number)
        if made is None or made[0] != self.hour:
            made = self._made[number] = self.hour, hourly(number, self.hour) if self._hours else document(number)
        return made[1]


async def _serve(count: int, *, hours: bool) -> None:
    shelf = _Shelf(count, hours=hours)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(shelf), "127.0.0.1", 0, backlog=1024)
    async with server:
        sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), hours="--hours" in sys.argv))
