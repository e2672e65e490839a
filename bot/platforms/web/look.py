"""Templates and what they share: escaping, links, words of the reader's language, times in the reader's zone."""

import functools
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup, escape
from starlette.responses import Response

from bot.locales import t, times, tn, wording
from bot.model import LANGUAGES, Topic
from bot.platforms.web.menu import here_is, menu
from bot.platforms.web.reader import Reader
from bot.platforms.web.text import clean, web_url

ZONES = ("Asia/Seoul", "Asia/Tokyo", "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles")
NAMES = {"ko": "한국어", "ja": "日本語", "en": "English"}
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
    made.globals |= {
        "menu": menu,
        "here_is": here_is,
        "static_path": static_path,
        "LANGUAGES": {code: NAMES[code] for code in LANGUAGES},
        "ZONES": ZONES,
        "TOPICS": tuple(Topic),
    }
    return made


TEMPLATES = _environment()


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


def show(reader: Reader, template: str, *, title: str, status: int = 200, **values: Any) -> Response:
    """A whole page. ``template`` extends layout.html.j2; ``title`` is what the window and, in most pages, the heading says."""
    common = {"reader": reader, "language": reader.language, "title": title, "site": reader.site, **words(reader)}
    body = TEMPLATES.get_template(template).render(**common, **values).encode("utf-8", "replace")
    return answer(reader, body, "text/html; charset=utf-8", status)


def answer(reader: Reader, body: bytes, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """``body`` with its hash, or 304 where the browser has it already. What a session sees is nobody else's to keep."""
    tag = f'"{sha256(body).hexdigest()[:24]}"'
    kept = {
        "etag": tag,
        "cache-control": "private, no-cache" if reader.visit else "no-cache",
        "vary": "Cookie, Accept-Language",
        **(headers or {}),
    }
    if status == 200 and tag in reader.http.headers.get("if-none-match", "").replace("W/", "").split(", "):
        return Response(status_code=304, headers=kept)
    return Response(body, status, kept, media_type=media_type)
