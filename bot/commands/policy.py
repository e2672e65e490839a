"""The verb policy: laws, subsidies, tax breaks and programmes with their stages and next dates, those with a date ahead first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.archive import trends
from bot.archive.policy import Policy, clock, dates_ahead
from bot.commands import browsing
from bot.commands.desk import Desk
from bot.commands.filters import COUNTRY_NAMES
from bot.commands.names import show_name
from bot.knowledge.language import normalise
from bot.locales import t, tn, wording
from bot.model import LANGUAGES, Action, Reply, Request, Table

ROWS_A_PAGE = 10


async def policy(desk: Desk, request: Request) -> Reply:
    """The clock of one country or both; words behind it narrow it by name, ministry or kind."""
    countries, words = _read(request.text)
    known = await clock(desk.store, request.at, countries)
    reply = shown([one for one in known if _is_wanted(one, words, request)], countries, request)
    country = f"?country={countries[0]}" if len(countries) == 1 else ""
    return replace(reply, actions=(*reply.actions, *browsing.page(desk, f"/policies{country}", request.language)))


def shown(known: Sequence[Policy], countries: Sequence[str], request: Request, *, rows_a_page: int = ROWS_A_PAGE) -> Reply:
    """The reply that shows a page of ``known``."""
    language = request.language
    title = " · ".join((t(language, "Policy clock"), *countries))
    if not known:
        return Reply(title=title, paragraphs=(t(language, "The archive tells of no such policy."),))
    first = (max(request.page, 1) - 1) * rows_a_page
    page = known[first : first + rows_a_page]
    more = (
        (Action(t(language, "More"), "policy", request.text, page=max(request.page, 1) + 1),)
        if known[first + len(page) :]
        else ()
    )
    count = tn(language, "{n} policy", "{n} policies", len(known))
    today = request.at.date()
    chart = trends.ahead(dates_ahead(known, today, language), today, language) if request.page <= 1 else None
    return Reply(
        title=title,
        paragraphs=(count, *_documents(page, language)),
        table=table(page, request),
        actions=more,
        charts=(chart,) if chart else (),
    )


def table(known: Sequence[Policy], request: Request) -> Table:
    """Next date, name, kind, stages, ministry, who said so last."""
    language = request.language
    heads = (
        t(language, "Next date"), t(language, "Policy"), t(language, "Kind"), t(language, "Stages"), t(language, "Ministry"),
        t(language, "Source"),
    )  # fmt: skip
    rows = tuple(_cells(one, request.at.date(), language) for one in known)
    notes = tuple(
        t(
            language,
            "↺ {name}: {before} became {after} ({day})",
            name=one.title(language),
            before=moved.before,
            after=moved.after,
            day=moved.day.isoformat(),
        )
        for one in known
        for moved in one.moved
    )
    return Table(heads, rows, notes=notes)


def _cells(one: Policy, today: date, language: str) -> tuple[str, ...]:
    country = f" ({one.country})" if one.country else ""
    return (
        next_date(one, today, language),
        one.title(language) + country,
        instrument_name(one.instrument, language),
        stages(one, language),
        show_name(one.ministry, language) if one.ministry else "",
        one.steps[-1].outlet,
    )


def next_date(one: Policy, today: date, language: str) -> str:
    """The date that comes first, as it was told, and what happens then; empty where none is ahead."""
    found = min(one.ahead(today), default=None)
    if found is None:
        return ""
    _, what, value = found
    said = t(language, "comes into force") if what == "in_force" else t(language, "ends")
    return f"{value} {said}"


def stages(one: Policy, language: str) -> str:
    """Every stage with the day on which it was first told."""
    return " → ".join(f"{wording.stage_name(step.stage, language)} {step.day.isoformat()}" for step in one.steps)


def instrument_name(instrument: str, language: str) -> str:
    """Law, subsidy, tax break or programme."""
    return {
        "law": t(language, "law"),
        "subsidy": t(language, "subsidy"),
        "tax_break": t(language, "tax break"),
        "programme": t(language, "programme"),
    }.get(instrument, instrument)


def _documents(known: Sequence[Policy], language: str) -> tuple[str, ...]:
    return tuple(f"• {one.title(language)}: {one.document}" for one in known if one.document)


def _read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The countries that are named, and the other words."""
    words = text.replace(",", " ").split()
    countries = tuple(dict.fromkeys(COUNTRY_NAMES[word.lower()] for word in words if word.lower() in COUNTRY_NAMES))
    return countries, tuple(word for word in words if word.lower() not in COUNTRY_NAMES)


def _is_wanted(one: Policy, words: Sequence[str], request: Request) -> bool:
    """Whether it is told of, and holds every word."""
    told = is_told(one, request.at.date())
    if not told or not words:
        return told
    holds = [one.name, one.ministry or "", one.instrument]
    for code in LANGUAGES:
        holds += [one.title(code), instrument_name(one.instrument, code), show_name(one.ministry or "", code)]
    said = normalise(" ".join(holds))
    return all(normalise(word) in said for word in words)


def is_told(one: Policy, today: date) -> bool:
    """Whether people are shown it: it has a name or a date ahead."""
    return bool(one.name) or any(one.ahead(today))


def dated(one: Policy, language: str) -> str:
    """Its dates as a line: from when and until when."""
    parts = [f"{t(language, 'comes into force')} {one.in_force}" if one.in_force else ""]
    parts += [f"{t(language, 'ends')} {one.until}" if one.until else ""]
    return ", ".join(part for part in parts if part)
