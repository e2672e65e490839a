"""Templates and what they share: escaping, links, words of the reader's language, times in the reader's zone."""

import functools
from collections.abc import Collection, Mapping
from datetime import date, datetime
from hashlib import sha256
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup, escape
from starlette.responses import Response

from bot.locales import t, times, tn, wording
from bot.model import LANGUAGES, Topic
from bot.platforms.web import marks
from bot.platforms.web.menu import menu, part_of
from bot.platforms.web.reader import Reader
from bot.platforms.web.text import clean, web_url

ZONES = ("Asia/Seoul", "Asia/Tokyo", "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles")
NAMES = {"ko": "한국어", "ja": "日本語", "en": "English"}
_GAP = Markup("\3")  # as marks.py has it, no text can hold it
_OF_BODIES = ("content-length", "content-type")
_OF_READERS = ("content-length", "cache-control", "etag")
FILES = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


@functools.cache
def static(name: str) -> tuple[bytes, str]:
    """A file of ours with the hash that stands in its address, so that a browser keeps it for good."""
    content = (resources.files("bot.platforms.web") / "static" / name).read_bytes()
    return content, sha256(content).hexdigest()[:12]


def static_path(name: str) -> str:
    """Where a file of ours is."""
    return f"/static/{static(name)[1]}/{name}"


def _final(value: Any) -> Any:
    """Every text that is put into a page has lost what nobody can see; it is escaped after that."""
    if type(value) is str:
        return clean(value)
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.platforms.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["web"] = web_url
    made.globals |= marks.IN_TEMPLATES | {
        "static_path": static_path,
        "LANGUAGES": {code: NAMES[code] for code in LANGUAGES},
        "ZONES": ZONES,
        "TOPICS": tuple(Topic),
    }
    return made


TEMPLATES = _environment()


@functools.lru_cache(maxsize=512)  # some 4 KB each
def _frame(language: str, zone: str, current: str, *, signing_in: bool, public: bool) -> tuple[Markup, ...]:
    """What stands around pages, in the pieces between which each page has its own."""
    drawn = TEMPLATES.get_template("frame.html.j2").render(
        t=functools.partial(t, language),
        language=language,
        zone=zone,
        menu=menu(language),
        current=current,
        signing_in=signing_in,
        public=public,
        GAP=_GAP,
    )
    return tuple(map(Markup, drawn.split(_GAP)))


def words(reader: Reader) -> Mapping[str, Any]:
    """What templates say in the reader's language: ``t``, ``tn``, ``when``, ``hour``, ``day``, ``topic``."""
    language, zone = reader.language, reader.zone

    def stamped(instant: datetime, text: str) -> Markup:
        return Markup(f'<time datetime="{instant:%Y-%m-%dT%H:%M:%SZ}">{escape(text)}</time>')  # noqa: S704 escaped here

    def plain_day(value: date) -> Markup:
        said = escape(wording.short_day(value, language))
        return Markup(f'<time datetime="{value.isoformat()}">{said}</time>')  # noqa: S704 escaped here

    return {
        "t": functools.partial(t, language),
        "tn": functools.partial(tn, language),
        "when": lambda instant: stamped(instant, times.moment(instant, zone, language)),
        "hour": lambda instant: stamped(instant, wording.zoned(instant, zone)),
        "day_of": lambda instant: stamped(instant, wording.day(instant, zone, language)),
        "day": plain_day,
        "lag": lambda one: f"+{wording.lag(one, language)}",
        "topic_name": lambda topic: wording.topic_name(topic, language),
        "country": lambda code: times.country_name(code, language),
        "language_name": lambda code: times.language_name(code, language) if code in LANGUAGES else code,
    }


class Answer(Response):
    """What a reader gets. ``drawn``: a page with its marks, from which others who see the same get theirs."""

    drawn = b""


def show(reader: Reader, template: str, *, title: str, status: int = 200, **values: Any) -> Answer:
    """A whole page. ``template`` extends layout.html.j2; ``title`` is what the window and, in most pages, the heading says."""
    path, public = reader.http.url.path, reader.site.settings.public_pages
    common = {
        "reader": reader,
        "language": reader.language,
        "title": title,
        "site": reader.site,
        "frame": _frame(reader.language, reader.zone, part_of(path), signing_in=path == "/sign-in", public=public),
        "way_back": reader.here if reader.http.method in ("GET", "HEAD") else "/",
        **words(reader),
    }
    drawn = TEMPLATES.get_template(template).render(**common, **values).encode("utf-8", "replace")
    shown = answer(reader, marks.fitted(drawn, reader), "text/html; charset=utf-8", status)
    shown.drawn = drawn
    return shown


def weight(shown: Response) -> int:
    """Bytes that keeping it takes, about."""
    return 2_000 + len(shown.body) + (len(shown.drawn) if isinstance(shown, Answer) else 0)


def again(reader: Reader, shown: Response) -> Response:
    """What was shown to somebody signed in to nothing, for a reader who sees the same; or to one of the reader's workspace."""
    if shown.status_code != 200:
        return shown
    if reader.visit is None:
        return Answer(status_code=304, headers=_without(shown, _OF_BODIES)) if _has(reader, shown.headers["etag"]) else shown
    body = marks.fitted(shown.drawn, reader) if isinstance(shown, Answer) and shown.drawn else bytes(shown.body)
    headers = _without(shown, _OF_READERS)
    return answer(reader, body, headers["content-type"], headers=headers)


def answer(reader: Reader, body: bytes, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """``body`` with its hash, or 304 where the browser has it already. What a session sees is nobody else's to keep."""
    tag = f'"{sha256(body).hexdigest()[:24]}"'
    kept = {
        "etag": tag,
        "cache-control": "private, no-cache" if reader.visit else "no-cache",
        "vary": "Cookie, Accept-Language",
        **(headers or {}),
    }
    if status == 200 and _has(reader, tag):
        return Answer(status_code=304, headers=kept)
    return Answer(body, status, kept, media_type=media_type)


def _without(shown: Response, names: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in shown.headers.items() if name not in names}


def _has(reader: Reader, tag: str) -> bool:
    """Whether the reader's browser has what bears this tag."""
    return tag in reader.http.headers.get("if-none-match", "").replace("W/", "").split(", ")
