"""Ways to complete what a person types behind a verb: quick, from what is in memory or behind an index, never a whole table."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.commands import filled, names, telling, verbs
from bot.commands.desk import Desk
from bot.commands.feeds import known_feeds
from bot.commands.settings import FIELDS
from bot.commands.watching import short
from bot.knowledge.language import normalise
from bot.locales import t, wording
from bot.locales import times as said
from bot.model import COUNTRIES, LANGUAGES, Option, Request, Topic

MOST = 25
LONGEST = 100  # characters of a value or label that every platform takes
RECENT = 300  # stories that are offered
PERIODS = ("7d", "30d", "90d", "365d")  # what is compared most
_KEPT = timedelta(seconds=60)

Suggester = Callable[[Desk, Request, "Recent"], Awaitable[list[Option]]]


@dataclass(slots=True)
class Recent:
    """The latest stories by id and title, read at most once a minute: people type faster than news come."""

    at: datetime | None = None
    stories: Sequence[tuple[str, str]] = field(default=())

    async def read(self, desk: Desk, now: datetime) -> Sequence[tuple[str, str]]:
        """Id and title, the newest first."""
        if self.at is None or not self.at <= now < self.at + _KEPT:
            self.at, self.stories = now, await desk.store.stories.recent(RECENT)
        return self.stories


def prepare() -> None:
    """Sort the names and read the languages once, so that nobody who types waits for it."""
    for language in LANGUAGES:
        names.beginning("a", language, 1)
        said.weekdays((0, 2), language)
        said.language_name(language, language)


def completes(verb: str) -> bool:
    """Whether anything is ever offered behind this verb."""
    return verb in _SUGGESTERS


async def suggest(desk: Desk, request: Request, recent: Recent) -> Sequence[Option]:
    """At most ``MOST`` completions of ``request.text``, the likeliest first."""
    suggester = _SUGGESTERS.get(request.verb)
    found = await suggester(desk, request, recent) if suggester else []
    fitting = [Option(one.value, one.label[:LONGEST]) for one in found if 0 < len(one.value) <= LONGEST]
    return list({one.value: one for one in fitting}.values())[:MOST]


# ---- topics and countries ----


def _narrowing(text: str, language: str) -> list[Option]:
    """Topics and countries behind what is typed already."""
    *done, last = text.lower().split(" ")
    known = [(topic.value, wording.topic_name(topic, language)) for topic in Topic]
    known += [(code.lower(), said.country_name(code, language)) for code in COUNTRIES]
    return _behind(done, [(value, label) for value, label in known if value not in done], normalise(last))


def _behind(done: Sequence[str], known: Sequence[tuple[str, str]], last: str) -> list[Option]:
    """Those of ``known`` that begin with ``last``, behind the words that are ``done``."""
    before = " ".join(done)
    return [
        Option(f"{before} {value}".strip(), f"{before} {label}".strip())
        for value, label in known
        if value.lower().startswith(last) or normalise(label).startswith(last)
    ]


async def _topics(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    return _narrowing(request.text, request.language)


async def _periods(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    return _behind((), [(period, period) for period in PERIODS], normalise(request.text))


# ---- names ----


def _named(typed: str, request: Request, before: str = "") -> list[Option]:
    found = names.beginning(typed, request.language, MOST)
    return [Option(f"{before}{id}", label) for id, label in found]


async def _names(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    return _named(request.text, request)


async def _watch(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    head, space, rest = request.text.partition(" ")
    if not space:
        first = _behind((), [("add", "add"), ("remove", "remove"), ("list", "list")], normalise(head))
        return first + (_named(head, request, "add ") if head else [])
    if head == "remove":
        listed = await desk.store.watchlist.of_channel(request.channel)
        typed = normalise(rest)
        pairs = [(one, short(one, request.language)) for one in listed]
        return [Option(f"remove {one.name}", label) for one, label in pairs if typed in normalise(f"{one.name} {label}")]
    return _named(rest, request, "add ") if head == "add" else []


# ---- stories ----


async def _stories(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    """Recent stories with the words that are typed in their title; of two (``merge``), the one that is typed now."""
    before, space, typed = request.text.rpartition(" ") if request.verb == "merge" else ("", "", request.text)
    words = normalise(typed).split()
    stories = await recent.read(desk, request.at)
    return [
        Option(f"{before}{space}{id}", title)
        for id, title in stories
        if id != before and all(w in normalise(title) for w in words)
    ]


# ---- briefings and feeds ----


async def _briefings(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    """The channel's briefings, by what people call them."""
    typed = normalise(request.text)
    standings = await desk.store.subscriptions.of_channel(request.channel)
    named = [
        (one.subscription.id, telling.called(one, request.language), telling.state(one, request.language)) for one in standings
    ]
    return [Option(id, f"{name} · {state}") for id, name, state in named if typed in normalise(f"{id} {name}")]


async def _feeds(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    head, space, rest = request.text.partition(" ")
    if not space:
        return _behind((), [("add", "add"), ("remove", "remove"), ("test", "test")], normalise(head))
    typed = normalise(rest)
    if head == "remove":
        added = await desk.store.added_feeds.of_workspace(request.channel)
        return [Option(f"remove {one.feed.id}", one.feed.name) for one in added if typed in normalise(one.feed.name)]
    known = await known_feeds(desk, request) if head == "test" else []
    return [Option(f"test {feed.url}", feed.name) for feed in known if typed in normalise(f"{feed.name} {feed.url}")]


# ---- subscribing, settings, help ----


async def _wishes(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    """The word that is typed now: days, languages, topics, countries, names, or a field."""
    *done, last = request.text.split(" ")
    language = request.language
    known = [("weekdays", t(language, "Monday to Friday")), ("daily", t(language, "every day"))]
    known += [(f"language={code}", said.language_name(code, language)) for code in LANGUAGES]
    known += [(topic.value, wording.topic_name(topic, language)) for topic in Topic]
    known += [(code.lower(), said.country_name(code, language)) for code in COUNTRIES]
    known += [(f"{key}=", f"{key}=") for key in filled.FIELDS if last and key.startswith(last)]
    found = _behind(done, known, normalise(last))
    if len(last) > 1:
        before = " ".join(done)
        found += [Option(f'{before} entities="{id}"'.strip(), f"{before} {label}".strip()) for id, label in _pairs(last, request)]
    return found


def _pairs(typed: str, request: Request) -> list[tuple[str, str]]:
    return names.beginning(typed, request.language, MOST)


async def _settings(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    *done, last = request.text.split(" ")
    language = request.language
    known = [(f"language={code}", f"language={code} · {said.language_name(code, language)}") for code in LANGUAGES]
    known += [(f"time_zone={zone}", f"time_zone={zone}") for zone in ("Asia/Seoul", "Asia/Tokyo", "UTC")]
    known += [(f"{key}=", f"{key}=") for key in FIELDS]
    return _behind(done, known, normalise(last))


async def _verbs(desk: Desk, request: Request, recent: Recent) -> list[Option]:
    shown = [(verb.name, f"{verb.name} · {t(request.language, verb.description)}") for verb in verbs.VERBS if not verb.hidden]
    return _behind((), shown, normalise(request.text))


_SUGGESTERS: Mapping[str, Suggester] = {
    "today": _topics,
    "week": _topics,
    "compare": _periods,
    "search": _names,
    "lookup": _names,
    "ledger": _topics,
    "policy": _topics,
    "watch": _watch,
    "sources": _stories,
    "why": _stories,
    "merge": _stories,
    "split": _stories,
    "correct": _stories,
    "subscriptions": _briefings,
    "pause": _briefings,
    "resume": _briefings,
    "unsubscribe": _briefings,
    "preview": _briefings,
    "feeds": _feeds,
    "subscribe": _wishes,
    "settings": _settings,
    "help": _verbs,
}
