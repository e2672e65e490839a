"""Names: who is reported most, and the page of a company, ministry, law, programme or person."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from bot.archive import trends
from bot.archive.dossier import POLICIES, Dossier, Moment, dossier
from bot.commands import ledger, lookup, names
from bot.commands.policy import dated, stages
from bot.knowledge import register
from bot.knowledge.register import PLACE_KINDS
from bot.locales import t, wording
from bot.model import COUNTRIES, Chart, Entity
from bot.platforms.web import look, own, rows
from bot.platforms.web.lists import paged
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.pictures import SOURCES, pictures
from bot.platforms.web.policies import clock_of, page_of
from bot.platforms.web.reader import NoSuchPage, Reader
from bot.platforms.web.search import searchable
from bot.platforms.web.shelf import shelf_of
from bot.store.stories import Outline

STORIES = 12
ROWS = 15
MOMENTS = 15
LISTED_A_PAGE = 50
SPAN = timedelta(days=30)
KINDS = ("company", "government", "law", "programme", "lab", "fund", "person")
_MOST = 20_000  # stories that are looked through
_OLD = 300.0


@dataclass(frozen=True, slots=True)
class Reported:
    """In how many stories somebody was named, and when last."""

    entity: Entity
    stories: int
    last: datetime


async def index(reader: Reader) -> Response:
    """Who was named in most stories lately; with a name typed, the way to its page."""
    typed, language = reader.asked("q", 80), reader.language
    meant = names.meant(typed) if typed else ()
    if len(meant) == 1:
        return RedirectResponse(path_of(meant[0].id), 303)
    country, kind = reader.asked("country"), reader.asked("kind")
    found = await shelf_of(reader.site).get(("names", reader.now.date()), lambda: _reported(reader), patient=_OLD)
    wanted = [one for one in found if country in ("", one.entity.country) and kind in ("", one.entity.kind)]
    page, pager = paged(reader, wanted, LISTED_A_PAGE)
    near = [names.meant(one)[0] for one in names.near(typed)] if typed and not meant else []
    return look.show(
        reader,
        "names.html.j2",
        title=t(language, "Names"),
        typed=typed,
        meant=[
            (one.id, one.name(language), lookup.kind_name(one.kind, language))
            for one in {one.id: one for one in (*meant, *near)}.values()
        ],
        known=bool(meant),
        listed=[(one, one.entity.name(language), lookup.kind_name(one.entity.kind, language)) for one in page],
        pager=pager,
        chosen_country=country if country in COUNTRIES else "",
        kind=kind if kind in KINDS else "",
        kinds=[(one, lookup.kind_name(one, language)) for one in KINDS],
        followed=await _followed(reader),
    )


async def card(reader: Reader) -> Response:
    """Everything on one name; another writing of it leads to its one address."""
    typed = reader.param("id")
    meant = names.meant(typed)
    if not meant:
        raise NoSuchPage
    entity, language = meant[0], reader.language
    if entity.id != typed:
        return RedirectResponse(path_of(entity.id), 303)
    found = await _dossier(reader, entity)
    return look.show(
        reader,
        "name.html.j2",
        title=entity.name(language),
        entity=entity,
        kind=lookup.kind_name(entity.kind, language),
        scripts=_scripts(entity),
        family=_family(entity, language),
        others=[rows.name(one.id, language) for one in meant[1:4]],
        articles=len(found.articles),
        publishers=found.publishers,
        stories=[rows.latest(story) for story in found.stories],
        rows=rows.worded(found.rows[:ROWS], found.articles, language),
        more_rows=len(found.rows) > ROWS,
        moments=[_moment(one, language) for one in found.moments[:MOMENTS]],
        pictures=pictures("name", entity.id, _timeline(found, entity, language)),
        policy=found.policy and {"stages": stages(found.policy, language), "dates": dated(found.policy, language),
                                 "document": found.policy.document, "page": page_of(found.policy)},
        followed=[channel for channel, name, _ in await _followed(reader) if name.id == entity.id],
    )  # fmt: skip


def path_of(id: str) -> str:
    """Where somebody's page is."""
    return f"/names/{quote(id, safe='')}"


# ---- one name ----


async def _dossier(reader: Reader, entity: Entity) -> Dossier:
    desk, shelf = reader.site.desk, shelf_of(reader.site)

    async def make() -> Dossier:
        archive = await searchable(reader.site)
        known = await clock_of(reader) if entity.kind in POLICIES else ()
        rates = await shelf.get("rates", desk.store.rates.known)
        async with desk.store.snapshot():
            return await dossier(desk.store, archive, entity, reader.now, stories=STORIES, known=known, rates=rates)

    found = await shelf.get(("name", entity.id), make, patient=_OLD)
    return replace(found, rows=await ledger.corrected(reader.store, reader.place, found.rows)) if reader.visit else found


def _timeline(found: Dossier, entity: Entity, language: str) -> Sequence[Chart]:
    made = trends.company(entity.name(language), found.moments, language)
    return [made] if made else []


async def _charts(reader: Reader, id: str, language: str) -> Sequence[Chart]:
    meant = names.meant(id)
    return await asyncio.to_thread(_timeline, await _dossier(reader, meant[0]), meant[0], language) if meant else []


def _scripts(entity: Entity) -> list[tuple[str, tuple[str, ...]]]:
    """Language and how it is written there."""
    english = tuple(dict.fromkeys((entity.id, *entity.aliases.get("en", ()))))
    written = [("ko", entity.aliases.get("ko", ())), ("ja", entity.aliases.get("ja", ())), ("en", english)]
    return [(code, tuple(dict.fromkeys(its[:6]))) for code, its in written if its]


def _family(entity: Entity, language: str) -> tuple[rows.Name | None, list[rows.Name]]:
    """Whom it belongs to, and what belongs to it."""
    children = [one.id for one in register.load() if one.parent == entity.id and one.kind not in PLACE_KINDS][:12]
    return rows.name(entity.parent, language) if entity.parent else None, [rows.name(id, language) for id in children]


def _moment(one: Moment, language: str) -> dict[str, object]:
    return {
        "day": one.day,
        "event": wording.event_name(one.event.type, language),
        "stage": wording.stage_name(one.event.status, language),
        "quote": one.event.quote,
        "outlet": one.article.outlet,
        "url": one.article.url,
        "language": one.article.language,
    }


# ---- all names ----


async def _reported(reader: Reader) -> list[Reported]:
    outlines = await reader.store.stories.outlines(_MOST, reader.now - SPAN)
    return await asyncio.to_thread(counted, outlines)


def counted(outlines: Sequence[Outline]) -> list[Reported]:
    """Who is named in how many of the stories, those in most first. Pure."""
    count: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for one in outlines:
        for id in {id for relevance in one.relevances for id in relevance.entities}:
            count[id] += 1
            last[id] = max(last.get(id, one.last_at), one.last_at)
    known = {entity.id: entity for entity in register.load() if entity.kind not in PLACE_KINDS}
    ranked = sorted((id for id in count if id in known), key=lambda id: (-count[id], id))
    return [Reported(known[id], count[id], last[id]) for id in ranked]


async def _followed(reader: Reader) -> list[tuple[str, rows.Name, bool]]:
    """What the reader's own workspace follows: channel, name, and whether it is one of the register. Nobody sees another's."""
    return [
        (channel, rows.name(one.name, reader.language) if one.entity else rows.Name(one.name), one.entity)
        for channel, its in (await own.followed(reader)).items()
        for one in its
    ]


async def _follows(reader: Reader) -> bool:
    return bool(await own.followed(reader))


async def _own(reader: Reader) -> bool:
    """Of the page of a name, by whichever of its writings it is asked for."""
    if await own.corrected(reader):
        return True
    followed = await own.followed(reader)
    ids = {one.id for one in names.meant(reader.param("id"))} if followed else set()
    return any(one.name in ids for its in followed.values() for one in its)


SOURCES["name"] = _charts
PAGES = (
    Page("/names", index, Access.ARCHIVE, own=_follows),
    Page("/names/{id:path}", card, Access.ARCHIVE, own=_own),
)
