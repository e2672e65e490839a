"""Posted editions whose stories changed since, and the plans to put them right: each made once, in the ledger of deliveries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select, update

from bot.model import Channel, Delivery, DeliveryState, Edition, Message, Posted
from bot.store import codec
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from bot.store.editions import part_id
from bot.store.schema import articles, corrections, deliveries, editions, overrides, story_articles, told

_UNDECIDED = (DeliveryState.PENDING.value, DeliveryState.SENDING.value)
_SENT = DeliveryState.SENT.value
_MISTAKES = ("정정", "바로잡", "오보", "訂正", "誤り", "誤報", "orrect", "etract")


class Cursor(NamedTuple):
    """How far the changes of articles, and what editors did, were looked at."""

    article: int
    correction: int
    override: int


@dataclass(frozen=True, slots=True)
class Step:
    """One message to plan: an edit of the delivery ``edits``, with what is answered where it is refused; or an answer."""

    message: Message
    edits: str | None = None
    fallback: Message | None = None


class Amendments:
    """What was posted and may have to be put right."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cursor(self) -> Cursor:
        """Everything until now."""
        columns = (articles.c.seq, corrections.c.number, overrides.c.number)
        async with self._database.read() as connection:
            row = (await connection.execute(select(*(select(func.max(one)).scalar_subquery() for one in columns)))).one()
        return Cursor(*(value or 0 for value in row))

    async def touched(self, since: Cursor) -> set[str]:
        """Ids of the stories that something happened to since which may make wrong what was told of them.

        That is: an article that was there when a channel was told was changed, one came that speaks of a mistake, or an editor
        did something. What else comes is news.
        """
        joined = select(story_articles.c.story_id).join(articles, articles.c.id == story_articles.c.article_id)
        known = select(told.c.story_id).where(told.c.story_id == story_articles.c.story_id, told.c.at >= articles.c.first_seen)
        mistake = or_(*(column.contains(word) for word in _MISTAKES for column in (articles.c.title, articles.c.summary)))
        moved = corrections.c.number > since.correction
        queries: tuple[Select[Any], ...] = (
            joined.where(articles.c.seq > since.article, known.exists() | mistake),
            select(corrections.c.story_id).where(moved),
            select(corrections.c.other_id).where(moved),
            select(overrides.c.story_id).where(overrides.c.number > since.override),
        )
        found: set[str] = set()
        async with self._database.read() as connection:
            for query in queries:
                found.update(await connection.scalars(query))
        return found

    async def keys(self, since: datetime, story_ids: Collection[str] | None = None, begun: datetime | None = None) -> list[str]:
        """Keys of the editions due since then that told of one of these stories (None: of any); of those ``begun`` since."""
        first = (deliveries.c.edition_key == told.c.edition_key) & (deliveries.c.part == 0)
        query = select(told.c.edition_key).join(editions, editions.c.key == told.c.edition_key).join(deliveries, first).distinct()
        query = query.where(editions.c.due >= since, deliveries.c.state.in_((*_UNDECIDED, _SENT)))
        if story_ids is not None:
            query = query.where(self._database.among(told.c.story_id, story_ids))
        if begun is not None:
            query = query.where(editions.c.planned_at >= begun)
        async with self._database.read() as connection:
            return list(await connection.scalars(query.order_by(told.c.edition_key)))

    async def being_posted(self) -> set[str]:
        """Keys of the editions of which messages are still to be posted."""
        query = select(deliveries.c.edition_key).where(deliveries.c.kind == "post", deliveries.c.state.in_(_UNDECIDED))
        async with self._database.read() as connection:
            return set(await connection.scalars(query))

    async def load(self, keys: Collection[str]) -> list[Posted]:
        """These editions with their messages."""
        query = select(editions).where(self._database.among(editions.c.key, keys)).order_by(editions.c.key)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        messages: dict[str, list[Delivery]] = {}
        for one in await Deliveries(self._database).of_editions(keys):
            messages.setdefault(one.edition_key, []).append(one)
        return [_posted(row, messages.get(row.key, [])) for row in rows]

    async def plan(self, posted: Posted, edition: Edition, done: Sequence[str], steps: Sequence[Step], now: datetime) -> bool:
        """Make ``edition`` what was posted, and plan the messages that make it so, all in one transaction.

        Returns False, and does nothing, when somebody else put the edition right since it was read.
        """
        place = (posted.channel.platform, posted.channel.workspace, posted.channel.id)
        fresh = (DeliveryState.PENDING.value, 0, now, now, None, None, None, None, None)
        noted = {"known_at": now.isoformat(), "done": [*posted.done, *done]}
        as_read = (editions.c.key == posted.key) & (editions.c.revision == posted.revision)
        change = update(editions).where(as_read).values(data=codec.dump(edition), amended=noted, revision=posted.revision + 1)
        rows = [
            (
                *(part_id(posted.key, posted.channel, part), posted.key, part, *place, step.message.in_thread),
                *(dict(step.message.payload), *fresh, "edit" if step.edits else "answer", step.edits),
                dict(step.fallback.payload) if step.fallback else None,
            )
            for part, step in enumerate(steps, posted.next_part)
        ]
        async with self._database.write() as connection:
            if not (await connection.execute(change)).rowcount:
                return False
            if rows:
                await self._database.execute_rows(connection, self._database.insert_new(deliveries), rows)
        return True


def _posted(row: Any, messages: Sequence[Delivery]) -> Posted:
    noted = row.amended or {}
    return Posted(
        key=row.key,
        subscription_id=row.subscription_id,
        channel=Channel(row.platform, row.channel, row.workspace),
        edition=codec.load(Edition, row.data),
        deliveries=tuple(one for one in messages if one.kind == "post"),
        known_at=datetime.fromisoformat(noted["known_at"]) if noted else row.planned_at,
        done=tuple(noted.get("done", ())),
        revision=row.revision,
        next_part=1 + max((one.part for one in messages), default=-1),
    )
