"""Search in the browser: what the chats understand, with a form for those who do not type operators, and the bounds in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from starlette.responses import Response

from bot.archive.narrowing import Narrowing
from bot.archive.query import MAX_CHARACTERS, Query, read_query
from bot.archive.search import Archive
from bot.knowledge.language import normalise
from bot.locales import t, times, wording
from bot.model import COUNTRIES, LANGUAGES, Passage, Topic
from bot.platforms.web import look, rows
from bot.platforms.web.lists import address
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader, Site
from bot.platforms.web.shelf import shelf_of
from bot.platforms.web.text import clean

FOUND = 10
MOST_PAGES = 10
_INDEX_LASTS = 2.0  # seconds for which it is believed that nothing is to be indexed, while nothing came
_SHOWN = 320  # characters of what was found
_FIELDS = ("country", "topic", "lang", "since", "until")
_PLAIN = re.compile(r"[\w.:-]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that was found; ``text``: the sentence, with the words that were looked for marked."""

    title: Markup
    text: Markup
    language: str
    passage: Passage


async def search(reader: Reader) -> Response:
    """The best stories for what was typed, a page at a time."""
    typed, language = reader.asked("q", MAX_CHARACTERS), reader.language
    chosen = {name: value for name in _FIELDS if _PLAIN.fullmatch(value := reader.asked(name, 20))}
    words = " ".join([typed, *(f"{name}:{value}" for name, value in chosen.items())]).strip()
    query = read_query(words)
    page = min(reader.page, MOST_PAGES)
    found = () if query.empty else await _found(reader, words, page)
    shown = found[(page - 1) * FOUND : page * FOUND]
    more = len(found) > page * FOUND and page < MOST_PAGES
    values = {"q": typed, **chosen}
    return look.show(
        reader,
        "search.html.j2",
        title=t(language, "Search"),
        typed=typed,
        chosen={name: chosen.get(name, "") for name in _FIELDS},
        looked=not query.empty,
        hits=[_hit(one, query) for one in shown],
        first=(page - 1) * FOUND,
        bounds=bounds(query, language),
        earlier=address("/search", values | {"page": str(page - 1) if page > 2 else ""}) if page > 1 and shown else "",
        later=address("/search", values | {"page": str(page + 1)}) if more else "",
        ask=address("/ask", {"q": query.text}),
    )


async def _found(reader: Reader, words: str, page: int) -> Sequence[Passage]:
    async def look_up() -> Sequence[Passage]:
        archive = await searchable(reader.site)
        return await archive.search(words, now=reader.now, limit=page * FOUND + 1)

    return await shelf_of(reader.site).get(("search", words, page), look_up)


async def searchable(site: Site) -> Archive:
    """The archive, with all that came until some seconds ago."""
    archive = site.desk.archive
    await shelf_of(site).get("index", archive.refresh, lasts=_INDEX_LASTS)
    return archive


# ---- in words ----


def bounds(query: Query, language: str) -> list[tuple[str, str]]:
    """What was understood beside the words: what it is called, and its value."""
    only = query.only
    told = [
        (t(language, "Together"), " · ".join(f"“{' '.join(phrase)}”" for phrase in query.phrases)),
        (t(language, "Without"), " · ".join(" ".join(words) for words in query.excluded)),
        (t(language, "Country"), ", ".join(times.country_name(code, language) for code in only.countries)),
        (t(language, "Topic"), ", ".join(wording.topic_name(Topic(topic), language) for topic in only.topics)),
        (t(language, "Name"), ", ".join(rows.name(id, language).said for id in only.companies)),
        (t(language, "Outlet"), ", ".join(" ".join(outlet) for outlet in only.outlets)),
        (t(language, "Language"), ", ".join(times.language_name(code, language) for code in only.languages)),
        *_days(only, language),
    ]
    return [(name, value) for name, value in told if value]


def _days(only: Narrowing, language: str) -> list[tuple[str, str]]:
    since, until = (wording.short_day(day, language) if day else "" for day in (only.since, only.until))
    return [(t(language, "From"), since), (t(language, "Until"), until)]


def _hit(one: Passage, query: Query) -> Hit:
    article = one.article
    said = one.text if normalise(one.text) != normalise(article.title) else article.summary
    sought = [word for word in query.text.split() if len(word) > 1]
    text = said if len(said) <= _SHOWN else f"{said[:_SHOWN].rstrip()}…"
    return Hit(marked(article.title, sought), marked(text, sought), article.language, one)


def marked(text: str, words: Sequence[str]) -> Markup:
    """``text``, escaped, with each occurrence of ``words`` in a mark element."""
    text = clean(text)
    pattern = "|".join(re.escape(clean(word)) for word in sorted(set(words), key=len, reverse=True) if clean(word))
    if not pattern:
        return escape(text)
    parts = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts))


CHOICES = {"country": COUNTRIES, "topic": tuple(Topic), "lang": LANGUAGES}
PAGES = (Page("/search", search, Access.ARCHIVE),)
