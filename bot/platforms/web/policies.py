"""The policy clock in the browser: what comes next, and the page of each policy with its history and primary document."""

from collections.abc import Sequence
from hashlib import sha256

from starlette.responses import Response

from bot.archive import trends
from bot.archive.policy import Policy, clock, dates_ahead
from bot.commands import policy as told
from bot.knowledge import language as languages
from bot.locales import t
from bot.locales.wording import stage_name
from bot.model import COUNTRIES, STATUSES, Chart
from bot.platforms.web import look, rows
from bot.platforms.web.lists import paged
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.pictures import SOURCES, pictures
from bot.platforms.web.reader import NoSuchPage, Reader
from bot.platforms.web.shelf import shelf_of

A_PAGE = 30
STORIES = 20
INSTRUMENTS = ("law", "subsidy", "tax_break", "programme")
_RESTS, _OLD = 120.0, 600.0  # seconds: the whole clock takes long where there is much


async def policies(reader: Reader) -> Response:
    """The clock: the next dates first, then what was told of last."""
    language, today = reader.language, reader.now.date()
    country, instrument, stage = (reader.asked(name) for name in ("country", "instrument", "stage"))
    known = [one for one in await clock_of(reader) if told.is_told(one, today)]
    ahead = await _ahead(reader, country, language)
    wanted = [
        one for one in known if country in ("", one.country) and instrument in ("", one.instrument) and stage in ("", one.stage)
    ]
    page, pager = paged(reader, wanted, A_PAGE)
    return look.show(
        reader,
        "policies.html.j2",
        title=t(language, "Policy clock"),
        listed=[_line(one, reader) for one in page],
        pager=pager,
        pictures=pictures("policies", country, ahead),
        chosen_country=country if country in COUNTRIES else "",
        instrument=instrument,
        stage=stage,
        instruments=[(one, told.instrument_name(one, language)) for one in INSTRUMENTS],
        stages=[(one, stage_name(one, language)) for one in STATUSES],
    )


async def policy(reader: Reader) -> Response:
    """One policy: its stages in the words that told them, dates that moved, its document, its stories."""
    named, language = reader.param("key"), reader.language
    one = next((one for one in await clock_of(reader) if key_of(one) == named), None)
    if one is None:
        raise NoSuchPage
    merged = await reader.store.corrections.merged()
    ids = list(dict.fromkeys(merged.get(id, id) for id in sorted(one.stories)))[:STORIES]
    stories = sorted((rows.latest(story) for story in await reader.store.stories.get(ids)), key=_when, reverse=True)
    return look.show(
        reader,
        "policy.html.j2",
        title=one.title(language),
        line=_line(one, reader),
        one=one,
        steps=[(step, stage_name(step.stage, language), languages.detect(step.quote, language)) for step in one.steps],
        ahead=[(day, _begins(what, language), value) for day, what, value in sorted(one.ahead(reader.now.date()))],
        moved=[(_begins(move.what, language), move) for move in one.moved],
        entity=rows.name(one.entity, language) if one.entity else None,
        stories=stories,
    )


def key_of(one: Policy) -> str:
    """What stands for it in its address, for as long as it is the same policy."""
    return sha256(one.id.encode("utf-8", "replace")).hexdigest()[:16]


def page_of(one: Policy) -> str:
    """Where its page is."""
    return f"/policies/{key_of(one)}"


async def clock_of(reader: Reader) -> Sequence[Policy]:
    """The policy clock as all pages see it."""
    shelf, key = shelf_of(reader.site), ("clock", reader.now.date())
    return await shelf.get(key, lambda: clock(reader.store, reader.now), patient=_OLD, rests=_RESTS)


async def _ahead(reader: Reader, country: str, language: str) -> Sequence[Chart]:
    """The chart of the next dates, of one country or of all."""
    today = reader.now.date()
    known = [one for one in await clock_of(reader) if country in ("", one.country)]
    made = trends.ahead(dates_ahead(known, today, language), today, language)
    return [made] if made else []


def _line(one: Policy, reader: Reader) -> dict[str, object]:
    language = reader.language
    return {
        "page": page_of(one),
        "title": one.title(language),
        "language": "" if one.entity else languages.detect(one.title(language), language),
        "next": told.next_date(one, reader.now.date(), language),
        "kind": told.instrument_name(one.instrument, language),
        "country": one.country,
        "stage": stage_name(one.stage, language),
        "stages": [(stage_name(step.stage, language), step.day) for step in one.steps],
        "ministry": rows.name(one.ministry, language) if one.ministry else None,
        "outlet": one.steps[-1].outlet if one.steps else "",
        "document": one.document,
        "moved": bool(one.moved),
    }


def _begins(what: str, language: str) -> str:
    return t(language, "comes into force") if what == "in_force" else t(language, "ends")


def _when(line: dict[str, object]) -> str:
    return str(line["at"] or "")


SOURCES["policies"] = _ahead
PAGES = (Page("/policies", policies, Access.ARCHIVE), Page("/policies/{key}", policy, Access.ARCHIVE))
