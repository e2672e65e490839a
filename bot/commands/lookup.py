"""The verb lookup: the card of a company, ministry, law, programme or person, and what to do with a name that nobody bears."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from bot.archive import trends
from bot.archive.dossier import Dossier, Moment, dossier
from bot.archive.policy import Policy, clock
from bot.commands import browsing, names, reading
from bot.commands.desk import Desk
from bot.commands.ledger import corrected, remarks
from bot.commands.ledger import table as amounts_table
from bot.commands.policy import dated, instrument_name, stages
from bot.knowledge.language import normalise
from bot.locales import t, tn, wording
from bot.model import Action, Entity, Reply, Request, Story

STORIES = 5
ROWS = 8
MOMENTS = 8  # of the timeline
OTHERS = 3  # names that the same word may mean
_ALIASES = 4  # names in a script


async def lookup(desk: Desk, request: Request) -> Reply:
    """The card of whom or what ``request.text`` names; else the names that are near, or what the archive has for the words."""
    await desk.archive.refresh()
    meant = names.meant(request.text)
    if meant:
        return await _card(desk, request, meant[0], meant[1 : 1 + OTHERS])
    known = [one for one in await clock(desk.store, request.at) if one.name and normalise(one.name) == normalise(request.text)]
    if known:
        return _policy_card(known[0], request)
    return await _unknown(desk, request)


# ---- the card of an entity ----


async def _card(desk: Desk, request: Request, entity: Entity, others: Sequence[Entity]) -> Reply:
    language = request.language
    found = await dossier(desk.store, desk.archive, entity, request.at, stories=STORIES)
    rows = (await corrected(desk.store, request.channel, found.rows))[:ROWS]
    paragraphs = [*_stories(found.stories, request, await desk.zone_of(request.channel))]
    if found.moments:
        paragraphs += [t(language, "Timeline"), *(_moment(one, language) for one in found.moments[:MOMENTS])]
    if not found.articles:
        paragraphs.append(t(language, "The archive has no report on this name yet."))
    notes = tuple(line for row in rows for line in remarks(row, language))
    timeline = trends.company(entity.name(language), found.moments, language)
    table = replace(amounts_table(rows, language), notes=notes) if rows else None
    return Reply(
        title=entity.name(language),
        details=_details(entity, found, language),
        table=table,
        paragraphs=tuple(paragraphs),
        actions=(*_actions(entity, others, language), *browsing.page(desk, f"/names/{quote(entity.id, safe='')}", language)),
        charts=(timeline,) if timeline else (),
    )


def _details(entity: Entity, found: Dossier, language: str) -> tuple[tuple[str, str], ...]:
    scripts = [("KO", entity.aliases.get("ko", ())), ("JA", entity.aliases.get("ja", ())), ("EN", _english(entity))]
    rows = [(code, ", ".join(dict.fromkeys(written[:_ALIASES]))) for code, written in scripts if written]
    kind = " · ".join(part for part in (kind_name(entity.kind, language), entity.sector, entity.country) if part)
    rows.append((t(language, "Kind"), kind))
    if entity.parent:
        rows.append((t(language, "Belongs to"), names.show_name(entity.parent, language)))
    if found.policy:
        rows += _of_policy(found.policy, language)
    if found.articles:
        publishers = tn(language, "{n} publisher", "{n} publishers", found.publishers)
        rows.append((t(language, "Reports"), f"{len(found.articles)} ({publishers})"))
    return tuple(rows)


def _english(entity: Entity) -> tuple[str, ...]:
    return tuple(dict.fromkeys((entity.id, *entity.aliases.get("en", ()))))


def kind_name(kind: str, language: str) -> str:
    """What an entity is."""
    return {
        "company": t(language, "company"),
        "lab": t(language, "research institute"),
        "fund": t(language, "fund"),
        "government": t(language, "government body"),
        "law": t(language, "law"),
        "programme": t(language, "programme"),
        "person": t(language, "person"),
    }.get(kind, kind)


def _stories(stories: Sequence[Story], request: Request, zone: str) -> list[str]:
    if not stories:
        return []
    lines = []
    for story in stories:
        newest = max((one for one in story.articles if one.at), key=lambda one: (one.at, one.id), default=story.articles[0])
        day = wording.day(newest.at, zone, request.language) if newest.at else ""
        outlets = ", ".join(list(dict.fromkeys(one.outlet for one in story.articles))[:3])
        lines.append("• " + " · ".join(part for part in (story.articles[0].title, day, outlets) if part))
    return [t(request.language, "Latest stories"), *lines]


def _moment(one: Moment, language: str) -> str:
    what = f"{wording.event_name(one.event.type, language)} ({wording.stage_name(one.event.status, language)})"
    return f"• {one.day} · {what}: {one.event.quote} — {one.article.outlet}"


def _actions(entity: Entity, others: Sequence[Entity], language: str) -> tuple[Action, ...]:
    name = names.show_name(entity.id, language)
    ask = Action(t(language, "Search"), "search", name)
    watch = Action(t(language, "Follow"), "watch", f"add {name}")
    return (ask, watch, *(Action(one.name(language), "lookup", one.id) for one in others))


# ---- policies without an entity, and names that nobody bears ----


def _of_policy(one: Policy, language: str) -> list[tuple[str, str]]:
    rows = [(t(language, "Stages"), stages(one, language)), (t(language, "Dates"), dated(one, language))]
    rows.append((t(language, "Ministry"), names.show_name(one.ministry, language) if one.ministry else ""))
    rows.append((t(language, "Document"), one.document))
    return [(label, value) for label, value in rows if value]


def _policy_card(one: Policy, request: Request) -> Reply:
    language = request.language
    kind = " · ".join(part for part in (instrument_name(one.instrument, language), one.country or "") if part)
    told = [
        f"• {step.day.isoformat()} · {wording.stage_name(step.stage, language)}: {step.quote} — {step.outlet}"
        for step in one.steps
    ]
    return Reply(
        title=one.title(language),
        details=((t(language, "Kind"), kind), *_of_policy(one, language)),
        paragraphs=(t(language, "Timeline"), *told),
    )


async def _unknown(desk: Desk, request: Request) -> Reply:
    """The names that look like what was typed, as buttons; else what the archive finds for the words."""
    language = request.language
    near = names.near(request.text)
    said = t(language, "The register has nobody called “{name}”.", name=request.text)
    if near:
        actions = tuple(Action(name, "lookup", name) for name in near)
        return Reply(title=request.text, paragraphs=(said, t(language, "Did you mean one of these?")), actions=actions)
    found = await reading.search(desk, replace(request, verb="search"))
    return replace(found, paragraphs=(said, *found.paragraphs))
