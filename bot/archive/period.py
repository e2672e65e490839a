"""What charts of a time are made of, read once for all who want some of it, and those of a week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.archive import ledger, trends
from bot.archive.ledger_rows import Row
from bot.model import Chart, Story
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Period:
    """What charts of [since, until) are made of: stories, those of as long a time before, and rows of the ledger."""

    since: datetime
    until: datetime
    stories: Sequence[Story]
    earlier: Sequence[Story]
    rows: Sequence[Row]


async def read_period(store: Store, since: datetime, until: datetime, stories: Sequence[Story] | None = None) -> Period:
    """Read what is needed for the charts of a time; ``stories``: its own, where they were read before."""
    if stories is None:
        stories = await store.stories.touched_between(since, until)
    earlier = await store.stories.touched_between(since - (until - since), since)
    return Period(since, until, stories, earlier, await ledger.rows(store, since, until))


def narrowed(read: Period, wanted: Callable[[Story], bool]) -> Period:
    """Only the wanted stories, and what they tell of."""
    stories, earlier = ([story for story in some if wanted(story)] for some in (read.stories, read.earlier))
    ids = {story.id for story in stories}
    return replace(read, stories=stories, earlier=earlier, rows=[row for row in read.rows if row.story in ids])


def weekly(read: Period, language: str, zone: str = "UTC") -> tuple[Chart, ...]:
    """The charts of a weekly edition: stories by topic, and the amounts that they tell of."""
    made = (
        trends.topics(read.stories, read.earlier, read.since, read.until, language, zone),
        trends.money(read.rows, read.since, read.until, language, zone=zone),
    )
    return tuple(chart for chart in made if chart)
