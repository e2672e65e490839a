import socket
import time
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.errors import FetchError, ParseError
from bot.feeds.fetch import Client
from bot.feeds.page import EMPTY, LOGIN, REASONS, REFUSED, ROBOTS, SUBSCRIBERS, Pages
from bot.feeds.robots import Robots
from bot.locales import t
from tests.feeds.servers import HOSTILE, Server, answer, redirect

KOREAN = [
    "국내 인공지능 기업 가람AI는 23일 일본 도쿄에 현지 법인을 세웠다고 밝혔다.",
    "새 법인은 기업용 언어 모델을 일본 은행과 보험사에 판매한다.",
    "회사는 앞으로 3년 동안 최대 450억엔을 투자할 계획이라고 설명했다.",
]
JAPANESE = [
    "国内の人工知能企業あおばAIは二十三日、ソウルに現地法人を設立したと発表した。",
    "新会社は企業向け言語モデルを韓国の銀行や保険会社に販売する。",
    "同社は今後三年間で最大四百五十億円を投資する計画だと説明した。",
]


def article(sentences: list[str], title: str, head: str = "", language: str = "ko") -> str:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f'<!doctype html><html lang="{language}"><head>{head}<title>{title}</title></head><body><nav><a href="/">HOME</a></nav>'
        f"<article><h1>{title}</h1>{paragraphs}</article><footer>ALL RIGHTS RESERVED</footer></body></html>"
    )


def pdf(lines: list[str], title: str = "") -> bytes:
    """A PDF of one page whose text is found only through its character map, as with embedded Korean and Japanese fonts."""
    codes = {char: number for number, char in enumerate(dict.fromkeys("".join(lines)), 1)}
    pairs = "\n".join(f"<{number:04x}> <{char.encode('utf-16-be').hex()}>" for char, number in codes.items())
    charmap = (
        f"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(codes)} beginbfchar\n{pairs}\nendbfchar endcmap"
    )
    shown = " ".join(f"<{''.join(f'{codes[char]:04x}' for char in line)}> Tj T*" for line in lines)
    drawn = f"BT /F1 12 Tf 14 TL 50 700 Td {shown} ET"
    about = "<feff" + title.encode("utf-16-be").hex() + ">"
    objects = [
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>\nstream\n{drawn}\nendstream",
        "<</Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R>>",
        "<</Type /Font /Subtype /CIDFontType2 /BaseFont /Any /CIDSystemInfo <</Ordering (Identity)>>>>",
        f"<</Length {len(charmap)}>>\nstream\n{charmap}\nendstream",
        f"<</Title {about} /CreationDate (D:20261120090000+09'00')>>",
    ]
    return assembled([text.encode() for text in objects])


def assembled(objects: list[bytes]) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return data + b"trailer <</Size %d /Root 1 0 R /Info %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(objects), start)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(HOSTILE) as running:
        yield running


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    async with Client(user_agent="tests/1", allow_private=True, total=5.0) as client:
        yield Pages(client, Robots(client, "tests/1"))


async def test_a_page_with_all_it_says(server: Server, pages: Pages) -> None:
    head = (
        '<meta property="og:title" content="가람AI, 도쿄 법인 설립"><meta property="og:site_name" content="보기일보">'
        '<meta property="article:published_time" content="2026-11-20T09:00:00+09:00">'
    )
    server.handlers["/a"] = answer(
        article(KOREAN, "가람AI, 도쿄 법인 설립 - 보기일보", head).encode(), Content_Type="text/html; charset=utf-8"
    )
    page = await pages.read(server.url("/a?utm_source=x"))
    assert (page.url, page.title, page.site, page.language) == (server.url("/a"), "가람AI, 도쿄 법인 설립", "보기일보", "ko")
    assert page.published == datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    assert all(sentence in page.text for sentence in KOREAN)
    assert not any(word in page.text for word in ("HOME", "RESERVED"))


@pytest.mark.parametrize(
    ("codec", "name", "declared", "sentences"),
    [
        ("cp949", "euc-kr", "header", KOREAN),
        ("cp949", "euc-kr", "meta", KOREAN),
        ("cp949", "euc-kr", "not at all", KOREAN),
        ("cp932", "Shift_JIS", "http-equiv", JAPANESE),
        ("cp932", "Shift_JIS", "not at all", JAPANESE),
        ("euc_jp", "EUC-JP", "header", JAPANESE),
        ("utf-8", "utf-8", "not at all", KOREAN),
    ],
)
async def test_pages_in_any_encoding(
    server: Server, pages: Pages, codec: str, name: str, declared: str, sentences: list[str]
) -> None:
    metas = {
        "meta": f'<meta charset="{name}">',
        "http-equiv": f'<meta http-equiv="Content-Type" content="text/html; charset={name}">',
    }
    language = "ja" if sentences is JAPANESE else "ko"
    body = article(sentences, sentences[0][:20], metas.get(declared, ""), language).encode(codec)
    kind = f"text/html; charset={name}" if declared == "header" else "text/html"
    server.handlers["/a"] = answer(body, Content_Type=kind)
    page = await pages.read(server.url("/a"))
    assert page.title == sentences[0][:20] and page.language == language
    assert all(sentence in page.text for sentence in sentences)


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2026-11-20 09:30:00">', datetime(2026, 11, 20, 0, 30, tzinfo=UTC)),
        (
            '<script type="application/ld+json">{"datePublished": "2026-11-20T00:30:00Z"}</script>',
            datetime(2026, 11, 20, 0, 30, tzinfo=UTC),
        ),
        ('<meta property="article:published_time" content="어제">', None),
        ("", None),
    ],
)
async def test_when_a_page_was_published(server: Server, pages: Pages, head: str, published: datetime | None) -> None:
    server.handlers["/a"] = answer(article(KOREAN, "제목", head).encode(), Content_Type="text/html")
    assert (await pages.read(server.url("/a"))).published == published


async def test_a_pdf(server: Server, pages: Pages) -> None:
    lines = ["AI 데이터센터 지원 계획", "정부는 국내 데이터센터에", "최대 450억엔을 지원한다.", "시행은 내년 4월이다."]
    server.handlers["/a.pdf"] = answer(pdf(lines, "지원 계획"), Content_Type="application/octet-stream")
    page = await pages.read(server.url("/a.pdf"))
    assert (page.title, page.language, page.published) == ("지원 계획", "ko", datetime(2026, 11, 20, 0, 0, tzinfo=UTC))
    assert "정부는 국내 데이터센터에 최대 450억엔을 지원한다.\n시행은 내년 4월이다." in page.text


async def test_lines_of_a_japanese_pdf_are_joined_without_spaces(server: Server, pages: Pages) -> None:
    server.handlers["/a.pdf"] = answer(
        pdf(["政府はデータセンターの建", "設を支援する。", "来年四月に始まる。"]), Content_Type="application/pdf"
    )
    page = await pages.read(server.url("/a.pdf"))
    assert "政府はデータセンターの建設を支援する。" in (page.title, *page.text.splitlines()) and page.language == "ja"


async def test_plain_text(server: Server, pages: Pages) -> None:
    server.handlers["/a"] = answer("\n".join(KOREAN).encode("cp949"), Content_Type="text/plain; charset=euc-kr")
    page = await pages.read(server.url("/a"))
    assert page.title == KOREAN[0] and page.text == "\n".join(KOREAN[1:]) and page.site == "127.0.0.1"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image/png", b"\x89PNG\r\n"),
        ("application/zip", b"PK\x03\x04"),
        ("application/octet-stream", b"\x00\x01"),
        ("text/html", b"MZ\x00\x00\x00" * 50),
        ("application/pdf", b"<html>no PDF</html>"),
        ("application/json", b'{"a": 1}'),
        ("", b"\xff\xd8\xff"),
    ],
)
async def test_what_is_neither_page_nor_pdf(server: Server, pages: Pages, kind: str, body: bytes) -> None:
    server.handlers["/a"] = answer(body, Content_Type=kind)
    with pytest.raises(ParseError, match="neither a web page nor a PDF"):
        await pages.read(server.url("/a"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b""),
        ("text/html", b"<html><body><script>draw()</script></body></html>"),
        ("application/pdf", b"%PDF-1.7 and nothing of the kind"),
        ("application/pdf", pdf([""])),
        ("text/plain", b" \n "),
    ],
)
async def test_nothing_to_read(server: Server, pages: Pages, kind: str, body: bytes) -> None:
    server.handlers["/a"] = answer(body, Content_Type=kind)
    with pytest.raises(ParseError, match="no text that can be read"):
        await pages.read(server.url("/a"))


def pdf_bomb() -> bytes:
    packed = zlib.compress(b"(a) Tj " * 30_000_000, 9)
    return assembled(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R>>",
            b"<</Length %d /Filter /FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed),
            b"<<>>",
        ]
    )


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html><body>" + b"<div>" * 300_000 + b"deep"),
        ("text/html", b"<html><body><p " + b" ".join(b"a%d=1" % number for number in range(200_000)) + b">wide"),
        ("text/html", b"<html><body>" + b"<table><tr><td>" * 60_000),
        ("application/pdf", pdf_bomb()),
    ],
    ids=["deep", "wide", "tables", "pdf bomb"],
)
async def test_hostile_pages_end_in_time(server: Server, kind: str, body: bytes) -> None:
    server.handlers["/a"] = answer(body, Content_Type=kind)
    before = time.perf_counter()
    async with Client(user_agent="tests/1", allow_private=True) as client:
        try:
            page = await Pages(client, Robots(client, "tests/1"), wall=3.0).read(server.url("/a"))
        except ParseError as exc:
            assert exc.reason == EMPTY
        else:
            assert len(page.text) <= 200_000
    assert time.perf_counter() - before < 10


async def test_a_private_address_and_nobody_there_sound_the_same(server: Server) -> None:
    async def lookup(host: str, port: int) -> list[str]:
        if host == "nowhere.example":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return ["10.0.0.1"]

    server.handlers["/away"] = redirect("http://intranet.example/admin")
    async with Server() as gone:
        closed = gone.url("/")
    reasons = set()
    async with Client(user_agent="tests/1", allow_private=True, lookup=lookup) as client:
        for url in (
            closed,
            "http://intranet.example/",
            "http://nowhere.example/",
            "http://10.0.0.1/",
            server.url("/away"),
            "file:///etc/passwd",
        ):
            with pytest.raises(FetchError) as caught:
                await Pages(client, Robots(client, "tests/1")).read(url)
            assert caught.value.url == url
            reasons.add(caught.value.reason)
    assert reasons == {"cannot be reached"}


async def test_what_a_public_server_says_is_told(server: Server, pages: Pages) -> None:
    with pytest.raises(FetchError, match="does not exist, or no longer"):
        await pages.read(server.url("/nothing"))


@pytest.mark.parametrize(("status", "reason"), [(401, LOGIN), (402, LOGIN), (403, REFUSED), (451, REFUSED)])
async def test_a_closed_door_is_said_plainly(server: Server, pages: Pages, status: int, reason: str) -> None:
    server.handlers["/a"] = answer(b"no", status=status)
    with pytest.raises(FetchError) as caught:
        await pages.read(server.url("/a"))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ('<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>', ""),
        ('<meta property="article:content_tier" content="locked">', ""),
        ("", "<div class=wall>이 기사는 유료 회원 전용입니다</div>"),
        ("", "<p>この記事は有料会員限定です。残り1234文字</p>"),
        ("", "<p>Subscribe to continue reading.</p>"),
    ],
)
async def test_a_paywall_is_noticed_and_what_is_open_is_read(server: Server, pages: Pages, head: str, after: str) -> None:
    body = article(KOREAN, "가람AI, 도쿄 법인 설립", head).replace("</article>", f"</article>{after}")
    server.handlers["/a"] = answer(body.encode(), Content_Type="text/html; charset=utf-8")
    page = await pages.read(server.url("/a"))
    assert page.paywalled and KOREAN[0] in page.text


async def test_an_open_page_is_no_paywall_though_it_sells_subscriptions(server: Server, pages: Pages) -> None:
    body = article(KOREAN * 20, "가람AI, 도쿄 법인 설립").replace("</footer>", " Subscribe to read more of us</footer>")
    server.handlers["/a"] = answer(body.encode(), Content_Type="text/html; charset=utf-8")
    assert not (await pages.read(server.url("/a"))).paywalled


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body><div id=root></div><script>render()</script></body></html>", EMPTY),
        (b"<html><head><meta name='article:content_tier' content='locked'></head><body><div></div></body></html>", SUBSCRIBERS),
    ],
)
async def test_a_page_without_text_says_why(server: Server, pages: Pages, body: bytes, reason: str) -> None:
    server.handlers["/a"] = answer(body, Content_Type="text/html")
    with pytest.raises(ParseError) as caught:
        await pages.read(server.url("/a"))
    assert caught.value.reason == reason


async def test_robots_txt_is_respected_also_behind_a_redirect(server: Server, pages: Pages) -> None:
    server.handlers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /closed\n", Content_Type="text/plain")
    server.handlers["/closed/a"] = answer(article(KOREAN, "x").encode(), Content_Type="text/html")
    server.handlers["/open"] = redirect("/closed/a")
    for path in ("/closed/a", "/open"):
        with pytest.raises(FetchError) as caught:
            await pages.read(server.url(path))
        assert caught.value.reason == ROBOTS
    assert [one.target for one in server.requests].count("/robots.txt") == 1
    assert [one.target for one in server.requests].count("/closed/a") == 1  # only by way of the redirect


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_every_reason_is_told_in_the_reader_s_language(language: str) -> None:
    assert [reason for reason in REASONS if t(language, reason) == reason] == []
