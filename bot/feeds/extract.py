"""Turns the bytes of a page or PDF into title, text, language, site and date. The door of trafilatura and pypdf.

Runs in a child process with limits on time and memory; see page.py.
"""

import json
import re
import struct
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from bot.feeds import feed_dates
from bot.feeds.cleaning import shorten, tidy
from bot.feeds.encoding import decode
from bot.knowledge.language import detect

SIZE = struct.Struct(">I")

_CPU = 10  # seconds
_MEMORY = 1_000_000_000  # bytes of address space
_LONGEST_TEXT = 200_000  # characters
_LONGEST_TITLE = 300
_MOST_PDF_PAGES = 60

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_JSON_LD_DATE = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{8,60})\"")
_DATE_METAS = (
    "//meta[@property='article:published_time' or @property='og:article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//meta[@name='date' or @name='pubdate' or @name='DC.date.issued' or @name='dc.date']/@content",
    "//article//time[@datetime]/@datetime",
)
# What publishers tell search engines, and what they tell readers at the place where an article breaks off.
_TIER = "//meta[@property='article:content_tier' or @name='article:content_tier']/@content"
_NOT_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?(?:false|no)\b", re.IGNORECASE)
_WALL = re.compile(
    r"有料会員(?:限定|登録)|有料記事|この記事は(?:会員|有料)|残り\s?[\d,]+\s?(?:文字|字)|会員限定(?:記事|です)|유료\s?(?:회원|구독|기사)|구독자\s?전용"
    r"|(?:전체|나머지)\s?(?:기사|내용)[^.]{0,20}(?:구독|로그인)|subscribe to (?:continue|read|keep)|subscribers? only"
    r"|to continue reading",
    re.IGNORECASE,
)
_TEASER = 1_200  # characters: a longer text that mentions subscriptions is no teaser
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")  # Japanese runs on without spaces
_LINE_END = re.compile(r"[.!?。！？:：…]['\"”’」』)）]?$")


def answer_parent() -> None:
    """Read a request from standard input, write the answer to standard output. Runs in a child process.

    A request: size of the head, head as JSON (kind, url, type, now), body. The answer: JSON with title, text, language,
    site and published, or with the reason why not.
    """
    _limit_myself()
    packed = sys.stdin.buffer.read()
    size = SIZE.unpack_from(packed)[0]
    head, body = json.loads(packed[SIZE.size : SIZE.size + size]), packed[SIZE.size + size :]
    readers = {"html": _read_html, "pdf": _read_pdf, "text": _read_text}
    try:
        answer = readers[head["kind"]](body, head)
    except Exception as exc:  # noqa: BLE001 - the edge of a job; the parent logs it and tells the person
        answer = {"why": type(exc).__name__}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit_myself() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _read_html(body: bytes, head: dict[str, str]) -> dict[str, Any]:
    import trafilatura

    named = _META_CHARSET.search(body[:4096])
    declared = head["type"] if "charset" in head["type"].lower() or not named else f"charset={named[1].decode('ascii')}"
    text, _ = decode(body, declared)
    tree = trafilatura.load_html(text)
    if tree is None:
        return {}
    dates = [str(found) for path in _DATE_METAS for found in tree.xpath(path)[:1]] + _JSON_LD_DATE.findall(text)[:1]
    hint = str(tree.get("lang") or tree.get("xml:lang") or "")[:2].lower()
    said = " ".join(tree.itertext())[:200_000]
    tier = "".join(map(str, tree.xpath(_TIER)[:1])).lower()
    walled = tier in ("locked", "metered") or _NOT_FREE.search(text) is not None
    document = trafilatura.bare_extraction(tree, url=head["url"], with_metadata=True, include_comments=False)
    if not isinstance(document, trafilatura.settings.Document):
        return {"paywalled": walled or _WALL.search(said) is not None}
    found = _answer(head, document.text or "", document.title or "", hint, site=document.sitename or "", dates=dates)
    # Little text on a page that speaks of subscribing to read on is its open beginning.
    return found | {"paywalled": walled or (len(found["text"]) < _TEASER and _WALL.search(said) is not None)}


def _read_pdf(body: bytes, head: dict[str, str]) -> dict[str, Any]:
    import pypdf

    reader = pypdf.PdfReader(BytesIO(body))
    if reader.is_encrypted:
        reader.decrypt("")
    parts: list[str] = []
    for page in reader.pages[:_MOST_PDF_PAGES]:
        parts.append(_unwrapped(page.extract_text().splitlines()))
        if sum(map(len, parts)) > _LONGEST_TEXT:
            break
    about = reader.metadata
    created = about.creation_date if about else None
    dates = [created.isoformat()] if created and created.tzinfo else []
    return _answer(head, "\n".join(parts), (about.title if about else "") or "", "", dates=dates)


def _read_text(body: bytes, head: dict[str, str]) -> dict[str, Any]:
    return _answer(head, decode(body, head["type"])[0], "", "")


def _answer(
    head: dict[str, str], text: str, title: str, hint: str, *, site: str = "", dates: Iterable[str] = ()
) -> dict[str, Any]:
    lines = [line for line in map(tidy, text[: 2 * _LONGEST_TEXT].splitlines()) if line]
    title = tidy(title) or (lines[0] if lines else "")
    if lines and lines[0] == title:
        lines = lines[1:] or lines
    text = shorten("\n".join(lines), _LONGEST_TEXT)
    language = detect(f"{title}\n{text[:5_000]}", hint)
    zone = timezone(timedelta(hours=9)) if language in ("ko", "ja") else UTC
    now = datetime.fromisoformat(head["now"])
    published = next((at for at in (feed_dates.read(date, zone, now) for date in dates) if at), None)
    return {
        "title": shorten(title, _LONGEST_TITLE),
        "text": text,
        "language": language,
        "site": tidy(site) or (urlsplit(head["url"]).hostname or "").removeprefix("www."),
        "published": published.isoformat() if published else None,
    }


def _unwrapped(lines: Iterable[str]) -> str:
    """Lines of a PDF page with the sentences that run over line ends put together again."""
    text = ""
    for line in map(tidy, lines):
        if not text or not line or text.endswith("\n"):
            text += line or "\n"
        elif _LINE_END.search(text[-3:]):
            text += "\n" + line
        else:
            text += line if _UNSPACED.match(text[-1]) and _UNSPACED.match(line) else " " + line
    return text
