"""The verb compare: Korea and Japan side by side over a time, with the stories that weigh most on either side."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.archive import comparison, trends
from bot.archive.comparison import Comparison, Side
from bot.archive.ledger import Filter
from bot.archive.totals import Total
from bot.commands import ledger
from bot.commands.desk import Desk
from bot.commands.ledger_query import read_asked
from bot.commands.reading import source_of
from bot.errors import UserError
from bot.locales import amounts, t, tn, wording
from bot.model import COUNTRIES, Amount, CitedSentence, Filters, Reply, Request, Source, Story, Summary, Table, Topic
from bot.pipeline import digest, story_amounts

HEAVIEST = 3  # stories shown for each country
_MONEY = "USD"  # what both sides' sums are shown in


async def compare(desk: Desk, request: Request) -> Reply:
    """A table of counts and sums, and the heaviest stories of each country, cited."""
    language, until = request.language, request.at + timedelta(seconds=1)
    asked = read_asked(request.text, request.at, language)
    if asked.wanted != Filter():
        raise UserError(t(language, "Only a time narrows it, such as: /brief compare 90d, /brief compare last month"))
    since = asked.since
    found = await comparison.compare(desk.store, since, until)
    days = " – ".join(wording.short_day(one.date(), language) for one in (since, request.at))
    title = f"{t(language, 'Korea and Japan side by side')} · {days}"
    if not any(side.stories for side in found.sides):
        return Reply(title=title, paragraphs=(t(language, "No stories in this time."),))
    weighty = await asyncio.to_thread(heaviest, found.stories, since, until)
    zone = await desk.zone_of(request.channel)
    made = (
        trends.topics(found.stories, found.earlier, since, request.at, language, zone),
        trends.lags(found.stories, since, request.at, language, zone),
    )
    return Reply(
        title=title,
        table=table(found, language),
        summary=_listed(weighty, language),
        charts=tuple(chart for chart in made if chart),
    )


def table(found: Comparison, language: str) -> Table:
    """Counts and sums of both sides."""
    korea, japan = found.sides
    rows = [
        (t(language, "Stories"), *(_counted(side, language) for side in found.sides)),
        *(
            (wording.topic_name(topic, language), str(korea.topics.get(topic, 0)), str(japan.topics.get(topic, 0)))
            for topic in Topic
            if korea.topics.get(topic) or japan.topics.get(topic)
        ),
        (t(language, "Towards the other"), str(korea.outward), str(japan.outward)),
        (t(language, "Decided or done"), *(_money(side, language, done=True) for side in found.sides)),
        (t(language, "Planned or announced"), *(_money(side, language, done=False) for side in found.sides)),
        (t(language, "Most named"), *(ledger.names(side.named, language) or "–" for side in found.sides)),
    ]
    one, many = "{n} story concerns both and counts on either side.", "{n} stories concern both and count on either side."
    notes = [tn(language, one, many, found.both)] if found.both else []
    left = sum(sum(_total(side).left_out.values()) for side in found.sides)
    notes += [t(language, "Sums in US dollars at each day's rate; {n} amounts are not added (/brief ledger says why).", n=left)]
    heads = ("", t(language, "Korea"), t(language, "Japan"))
    return Table(heads, tuple(rows), numeric=frozenset({1, 2}), notes=tuple(notes))


def _counted(side: Side, language: str) -> str:
    return t(language, "{n} (before: {before})", n=side.stories, before=side.before)


def _total(side: Side) -> Total:
    return next(one for one in side.money if one.currency == _MONEY)


def _money(side: Side, language: str, *, done: bool) -> str:
    total = _total(side)
    value = total.done if done else total.planned
    return amounts.show(value, _MONEY, language) if value else "–"


def heaviest(stories: Sequence[Story], since: datetime, until: datetime) -> list[tuple[str, Story]]:
    """The weightiest stories with the country under which each is shown, none twice."""
    shown: dict[str, tuple[str, Story]] = {}
    amounts: dict[str, tuple[Amount, ...]] = {}  # a story may concern both countries

    def amounts_of(story: Story) -> tuple[Amount, ...]:
        if story.id not in amounts:
            amounts[story.id] = story_amounts.of_story(story)
        return amounts[story.id]

    for country in COUNTRIES:
        wanted = Filters(countries=frozenset({country}))
        chosen = digest.select(stories, since=since, until=until, filters=wanted, amounts_of=amounts_of)
        best = sorted((one for one in chosen if one.story.id not in shown), key=lambda one: (-one.weight, one.story.id))
        shown |= {one.story.id: (country, one.story) for one in best[:HEAVIEST]}
    return list(shown.values())


def _listed(heaviest: list[tuple[str, Story]], language: str) -> Summary:
    names = {"KR": t(language, "Korea"), "JP": t(language, "Japan")}
    sources: list[Source] = []
    lines: list[CitedSentence] = []
    for number, (country, story) in enumerate(heaviest, 1):
        first = story.articles[0]
        sources.append(source_of(number, first))
        lines.append(CitedSentence(f"{names[country]}: {first.title}", (number,)))
    return Summary("", language, "", tuple(lines), tuple(sources))
