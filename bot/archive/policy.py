"""The policy clock: laws, subsidies, tax breaks and programmes joined across reports, how far each came, which dates are ahead.

A policy with a name is one wherever it is told; one without a name is that of its kind and country in one story or matter.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from bot.knowledge import publishers, register
from bot.knowledge.calendar_values import bounds
from bot.knowledge.language import normalise
from bot.model import AheadDate, EventFact, Fact, PolicyFact
from bot.store import Store
from bot.store.facts import PolicyReport

REACH = timedelta(days=1100)  # what was told longer ago is no longer on the clock
REMIND = timedelta(days=7)  # before a date
WEEKLY = timedelta(days=90)  # what a weekly edition looks ahead
WEEK = timedelta(days=6)  # an edition of so long a period is a weekly one
MOST_AHEAD = 6
# How far a stage is; nothing goes back but by being given up, and what was given up may be taken up again.
_PROGRESS = {"planned": 0, "announced": 1, "decided": 2, "completed": 3, "in_force": 4}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SHORT = 90  # characters of a quote that stands for a name


class Report(Protocol):
    """What counts of an article."""

    @property
    def id(self) -> str: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def outlet(self) -> str: ...
    @property
    def url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Step:
    """From ``day`` on the policy is at ``stage``, in the words of ``quote``."""

    day: date
    stage: str
    quote: str
    outlet: str
    url: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A date of the policy that was told otherwise before ``day``: ``what`` is in_force or until."""

    day: date
    what: str
    before: str
    after: str


@dataclass(slots=True)
class Policy:
    """One law, subsidy, tax break or programme. ``entity``: its id in the register; ``name`` as written where that has none."""

    id: str
    instrument: str
    country: str | None
    name: str = ""
    entity: str | None = None
    ministry: str | None = None
    steps: list[Step] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    in_force: str | None = None
    until: str | None = None
    document: str = ""
    told: date = date.min
    stories: set[str] = field(default_factory=set)

    @property
    def stage(self) -> str:
        """How far it came."""
        return self.steps[-1].stage if self.steps else "announced"

    def title(self, language: str) -> str:
        """Its name in ``language``, as it was written, or the words that tell of it."""
        if self.entity:
            return register.load().get(self.entity).name(language)
        quote = self.steps[0].quote if self.steps else ""
        return self.name or (quote if len(quote) <= _SHORT else f"{quote[: _SHORT - 1].rstrip()}…")

    def ahead(self, today: date) -> Iterator[tuple[date, str, str]]:
        """Day, what begins or ends then, and the date as it was told; only what is not past."""
        for what, value in (("in_force", self.in_force), ("until", self.until)):
            span = bounds(value, self.country) if value else None
            if span and self.stage != "rejected":
                day = span[0] if what == "in_force" else span[1]
                if day >= today:
                    yield day, what, value or ""


async def clock(store: Store, now: datetime, countries: Collection[str] = ()) -> list[Policy]:
    """The policies told of lately, those with the next dates first, then the latest told; only of ``countries``, if any."""
    reports = await store.facts.on_policies(now - REACH, now + timedelta(seconds=1))
    return await asyncio.to_thread(_clock, reports, now.date(), countries)


def _clock(reports: Sequence[PolicyReport], today: date, countries: Collection[str]) -> list[Policy]:
    known = join(
        reports,
        {one.id: one.facts for one in reports},
        {one.id: one.story for one in reports if one.story},
        {one.story: one.matter for one in reports if one.story and one.matter},
    )
    return sorted((one for one in known if not countries or one.country in countries), key=lambda one: _order(one, today))


def _order(policy: Policy, today: date) -> tuple[date, int, str]:
    return min((day for day, *_ in policy.ahead(today)), default=date.max), -policy.told.toordinal(), policy.id


def join(
    articles: Iterable[Report], facts: Mapping[str, Sequence[Fact]], stories: Mapping[str, str], matters: Mapping[str, str]
) -> list[Policy]:
    """The policies of ``articles``, each once, with what later reports add. Pure."""
    found: dict[str, Policy] = {}
    named: dict[tuple[str, str | None, str], dict[str, Policy]] = {}  # by kind, country and affair
    dated = sorted((one for one in articles if one.at), key=lambda one: (one.at or _LONG_AGO, one.id))
    for article in dated:
        story = stories.get(article.id, article.id)
        affair = matters.get(story, story)
        for fact in _policies(facts.get(article.id, ())):
            policy = _place(found, fact, affair, list(named.get((fact.instrument, fact.country, affair), {}).values()))
            if policy.name:
                named.setdefault((fact.instrument, policy.country, affair), {})[policy.id] = policy
            policy.stories.add(story)
            _take(policy, fact, article)
    return list(found.values())


def _policies(facts: Sequence[Fact]) -> Iterator[PolicyFact]:
    """The policy facts, and the events that say how far a law of the register is."""
    told = [fact for fact in facts if isinstance(fact, PolicyFact)]
    yield from told
    for fact in facts:
        law = _law(fact) if isinstance(fact, EventFact) and fact.type == "law_in_force" else None
        if law and isinstance(fact, EventFact) and all(one.name != law for one in told):
            yield PolicyFact("law", fact.status, fact.quote, fact.start, fact.end, law, register.load().get(law).country)


def _law(event: EventFact) -> str | None:
    known = register.load()
    return next((id for id in event.actors[:1] if any(one.id == id and one.kind == "law" for one in known.find(id))), None)


def _place(found: dict[str, Policy], fact: PolicyFact, affair: str, named: Sequence[Policy]) -> Policy:
    """The policy that ``fact`` tells of, new where none is known. One without a name is the only one ``named`` beside it."""
    entity = next((one for one in register.load().find(fact.name) if one.id == fact.name), None) if fact.name else None
    if fact.name:
        key = f"{fact.instrument}|{'' if entity else fact.country or ''}|{normalise(fact.name)}"
    else:
        key = f"{fact.instrument}|{fact.country or ''}||{affair}"
        if len(named) == 1:
            return named[0]
    policy = found.get(key)
    if policy is None:
        country = entity.country if entity and entity.country else fact.country
        policy = found[key] = Policy(key, fact.instrument, country, fact.name, entity.id if entity else None)
    return policy


def _take(policy: Policy, fact: PolicyFact, article: Report) -> None:
    """What ``fact`` adds to what is known of its policy."""
    day = article.at.date() if article.at else date.min
    stage = _stage(fact, day)
    step = Step(day, stage, fact.quote, article.outlet, article.url)
    if not policy.steps or _advances(policy.stage, stage):
        policy.steps.append(step)
    for what in ("in_force", "until"):
        _date(policy, what, getattr(fact, what), day)
    policy.country = policy.country or fact.country
    policy.ministry = policy.ministry or fact.ministry
    policy.told = max(policy.told, day)
    if publishers.is_government(article.outlet, article.url):
        policy.document = policy.document or article.url


def _stage(fact: PolicyFact, day: date) -> str:
    """The stage that a report tells; a law whose day is still ahead is decided, however it is told."""
    span = bounds(fact.in_force, fact.country) if fact.in_force else None
    return "decided" if fact.stage == "in_force" and span and span[0] > day else fact.stage


def _advances(now: str, then: str) -> bool:
    if then == "rejected":
        return now not in ("rejected", "in_force")
    return now == "rejected" or _PROGRESS[then] > _PROGRESS[now]


def _date(policy: Policy, what: str, value: str | None, day: date) -> None:
    """Keep the latest told; one that only says the same less exactly changes nothing."""
    before = getattr(policy, what)
    if not value or (before and before.startswith(value)):
        return
    if before and not value.startswith(before):
        policy.moved.append(Moved(day, what, before, value))
    setattr(policy, what, value)


# ---- dates ahead ----


def dates_ahead(policies: Iterable[Policy], today: date, language: str) -> tuple[AheadDate, ...]:
    """Every date that is not past, the next first. Pure."""
    found = [
        AheadDate(one.id, one.title(language), day, what, value, one.country, one.document or _source(one))
        for one in policies
        for day, what, value in one.ahead(today)
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.policy)))


def _source(policy: Policy) -> str:
    return policy.steps[-1].url if policy.steps else ""


def reminders(
    dates: Iterable[AheadDate], today: date, reminded: Collection[tuple[str, date]], within: timedelta = REMIND
) -> tuple[AheadDate, ...]:
    """The dates so near that a channel should be reminded, once: ``reminded`` has policy and day of each it was. Pure."""
    return tuple(one for one in dates if one.day - today <= within and (one.policy, one.day) not in reminded)


def for_edition(
    known: Sequence[Policy],
    reminded: Collection[tuple[str, date]],
    countries: Collection[str],
    since: datetime,
    until: datetime,
    language: str,
) -> tuple[AheadDate, ...]:
    """What an edition of [since, until) says of dates ahead: a weekly one all of the next months, any other what its channel
    has to be reminded of and was not ``reminded`` of. ``known``: as ``clock`` has them. Pure.
    """
    today = until.date()
    dates = dates_ahead([one for one in known if not countries or one.country in countries], today, language)
    if until - since >= WEEK:
        return tuple(one for one in dates if one.day - today <= WEEKLY)[:MOST_AHEAD]
    return reminders(dates, today, reminded)[:MOST_AHEAD]
