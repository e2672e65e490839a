"""What a workspace was sent, as its people look at it: its editions and the log of its messages. Nothing of any other's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from bot.model import Channel, Edition
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import deliveries, editions, subscriptions, told

_FEW = 3
_TOLD = (
    select(told.c.edition_key)
    .where(*(told.c[name] == bindparam(name) for name in ("platform", "workspace", "story_id")))
    .limit(1)
)


class Issue(NamedTuple):
    """An edition in a list. ``headlines``: its first ones, each with its language; ``revision``: how often it was put right;
    ``name``: of what it was made for, its id where that is gone; ``state``: of its first message.
    """

    key: str
    subscription: str
    name: str
    channel: str
    due: datetime
    planned_at: datetime
    kind: str
    revision: int
    state: str
    headlines: tuple[tuple[str, str], ...]
    stories: int


class Telling(NamedTuple):
    """An edition in the list of those that told a story. ``name``: of what it was made for, its id where that is gone."""

    key: str
    name: str
    channel: str
    due: datetime


class Logged(NamedTuple):
    """A message of an edition in the log."""

    edition: str
    part: int
    channel: str
    kind: str
    state: str
    attempts: int
    planned_at: datetime
    first_at: datetime | None
    last_at: datetime | None
    error: str | None
    due: datetime


class Issued:
    """Every method takes the ``place`` whose workspace looks; its channel does not count."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def editions(self, place: Channel, limit: int, offset: int = 0, channel: str = "") -> list[Issue]:
        """The workspace's editions, or those of one ``channel`` in it, the newest first."""
        query = _issues(place).order_by(editions.c.due.desc(), editions.c.key).limit(limit).offset(offset)
        if channel:
            query = query.where(editions.c.channel == channel)
        async with self._database.read() as connection:
            return [_issue(row) for row in await connection.execute(query)]

    async def edition(self, place: Channel, key: str) -> tuple[Issue, Edition] | None:
        """An edition of the workspace; None where it has none of this key."""
        async with self._database.read() as connection:
            row = (await connection.execute(_issues(place).where(editions.c.key == key))).first()
        return (_issue(row), codec.load(Edition, row.data)) if row else None

    async def channels(self, place: Channel) -> dict[str, int]:
        """How many editions each channel of the workspace got, by its id, the most first."""
        counted = func.count().label("counted")
        query = select(editions.c.channel, counted).where(_ours(editions, place)).group_by(editions.c.channel)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(counted.desc(), editions.c.channel))
            return {channel: count for channel, count in rows}

    async def telling(self, place: Channel, story_id: str, limit: int = 20) -> list[Telling]:
        """The workspace's editions that told a story, the newest first."""
        ours = select(told.c.edition_key).where(_ours(told, place), told.c.story_id == story_id)
        columns = (editions.c.key, editions.c.subscription_id, editions.c.channel, editions.c.due, subscriptions.c.data)
        query = (
            select(*columns)
            .join_from(editions, subscriptions, _standing(place), isouter=True)
            .where(_ours(editions, place), editions.c.key.in_(ours))
            .order_by(editions.c.due.desc(), editions.c.key)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [Telling(key, _name(standing, id), channel, due) for key, id, channel, due, standing in rows]

    async def told(self, place: Channel, story_id: str) -> bool:
        """Whether any of the workspace's editions told a story."""
        asked = {"platform": place.platform, "workspace": place.workspace, "story_id": story_id}
        async with self._database.read() as connection:
            return await connection.scalar(_TOLD, asked) is not None

    async def log(self, place: Channel, limit: int, offset: int = 0, state: str = "", edition: str = "") -> list[Logged]:
        """The workspace's messages, the newest first; of one ``state``, or of one ``edition``."""
        columns = [
            deliveries.c[name]
            for name in ("edition_key", "part", "channel", "kind", "state", "attempts", "planned_at", "first_at")
        ]
        query = (
            select(*columns, deliveries.c.last_at, deliveries.c.error, editions.c.due)
            .join(editions, editions.c.key == deliveries.c.edition_key)
            .where(_ours(deliveries, place))
            .order_by(deliveries.c.planned_at.desc(), deliveries.c.edition_key, deliveries.c.part)
            .limit(limit)
            .offset(offset)
        )
        if state:
            query = query.where(deliveries.c.state == state)
        if edition:
            query = query.where(deliveries.c.edition_key == edition)
        async with self._database.read() as connection:
            return [Logged(*row) for row in await connection.execute(query)]


def _ours(table: Any, place: Channel) -> ColumnElement[bool]:
    ours: ColumnElement[bool] = (table.c.platform == place.platform) & (table.c.workspace == place.workspace)
    return ours


def _standing(place: Channel) -> ColumnElement[bool]:
    """What an edition was made for, where it still stands."""
    return (subscriptions.c.id == editions.c.subscription_id) & _ours(subscriptions, place)


def _name(standing: Mapping[str, Any] | None, subscription_id: str) -> str:
    return (standing or {}).get("name") or subscription_id


def _issues(place: Channel) -> Select[Any]:
    first = (deliveries.c.edition_key == editions.c.key) & (deliveries.c.part == 0)
    columns = [
        editions.c[name] for name in ("key", "subscription_id", "channel", "due", "planned_at", "kind", "revision", "data")
    ]
    query = select(*columns, deliveries.c.state, subscriptions.c.data.label("standing"))
    joined = query.join_from(editions, deliveries, first, isouter=True).join(subscriptions, _standing(place), isouter=True)
    return joined.where(_ours(editions, place))


def _issue(row: Any) -> Issue:
    items: Sequence[Mapping[str, Any]] = row.data.get("items", ())
    summaries = [item["summary"] for item in items[:_FEW]]
    return Issue(
        key=row.key,
        subscription=row.subscription_id,
        name=_name(row.standing, row.subscription_id),
        channel=row.channel,
        due=row.due,
        planned_at=row.planned_at,
        kind=row.kind,
        revision=row.revision,
        state=row.state or "",
        headlines=tuple(map(_headline, summaries)),
        stories=len(items),
    )


def _headline(summary: Mapping[str, Any]) -> tuple[str, str]:
    """A headline as readers see it, and the language that it is in."""
    if summary.get("translated"):
        return summary["translated"], summary["language"]
    return summary["headline"], summary.get("headline_language") or summary["language"]
