"""A mill for crash tests: one edition after another through lives that end at a given step, and what went wrong with each."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count, product
from typing import Any, cast

from sqlalchemy import case, select

from bot.model import Channel, Delivery, DeliveryState, Edition, Message, Slot, Subscription
from bot.pipeline.deliver import deliver_due
from bot.store import Store
from bot.store.schema import deliveries
from tests.builders import NOON
from tests.pipeline.chat import FAULTS, Chat, Crash, Fuse

PLATFORMS = ("slack", "discord")
PARTS = 2
READS = ("due", "in_doubt", "expire", "transaction", "of_edition")
TICK = timedelta(seconds=5)
RESTART = timedelta(seconds=30)

Deliver = Callable[[Store, Chat, datetime], Awaitable[object]]


async def real(store: Store, chat: Chat, now: datetime) -> object:
    """What the bot does."""
    return await deliver_due(store, {chat.platform: chat}, now)


class Brittle:
    """A store, or one of its nouns, with a step of the fuse behind every call that writes.

    A crash anywhere else leaves the same database and the same platform behind as the one after the last write.
    """

    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in READS:
            return found
        if not callable(found):
            return Brittle(found, self._fuse)

        async def call(*args: Any, **kwargs: Any) -> Any:
            result = await found(*args, **kwargs)
            self._fuse.step()
            return result

        return call


@dataclass
class Mill:
    """Runs scenarios, each in a channel of its own, and notes what went wrong in which."""

    store: Store
    deliver: Deliver = real
    prefix: str = "s"
    runs: int = 0
    wrong: list[tuple[object, str]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    async def run(self, chat: Chat, crashes: tuple[int, ...]) -> int:
        """One edition through lives that end at these steps, and one to the end; how many of the crashes came to pass."""
        planned, name = await self._plan(chat), (chat.platform, tuple(chat.faults), crashes)
        start, happened = NOON, 0
        for at in (*crashes, 0):
            happened += await self._live(planned, chat, Fuse(at), start)
            start = chat.now + RESTART
        self.runs += happened == len(crashes)
        self.wrong += [(name, trouble) for trouble in await self._troubles(planned, chat)]
        return happened

    async def _plan(self, chat: Chat) -> list[Delivery]:
        id = f"{self.prefix}{next(self._numbers)}"
        subscription = Subscription(id, Channel(chat.platform, id, "T1"), (time(8),))
        slot = Slot(id, date(2026, 11, 23), time(8), NOON)
        edition = Edition(slot.key, "ko", "Asia/Seoul", NOON, NOON, ())
        messages = [Message({"text": str(part)}, in_thread=part > 0) for part in range(PARTS)]
        await self.store.editions.plan(slot, subscription, edition, messages, NOON)
        return await self.store.deliveries.of_edition(slot.key)

    async def _live(self, planned: list[Delivery], chat: Chat, fuse: Fuse, start: datetime) -> bool:
        """One life of the process, asleep while nothing is due; True when it ended with a crash."""
        chat.fuse, chat.now = fuse, start
        for _ in range(40):
            try:
                await self.deliver(cast(Store, Brittle(self.store, fuse)), chat, chat.now)
            except Crash:
                return True
            due = await self._next(planned[0].edition_key)
            if due is None:
                return False
            chat.now = max(chat.now + TICK, due)
        return False

    async def _next(self, edition_key: str) -> datetime | None:
        """When the edition's next message is to be looked at; None when all is settled."""
        looked_at = case((deliveries.c.state == "pending", deliveries.c.not_before), else_=deliveries.c.lease_until)
        still_open = (deliveries.c.edition_key == edition_key) & deliveries.c.state.in_(("pending", "sending"))
        async with self.store._database.read() as connection:
            found: datetime | None = await connection.scalar(
                select(looked_at).where(still_open).order_by(deliveries.c.part).limit(1)
            )
            return found

    async def _troubles(self, planned: list[Delivery], chat: Chat) -> list[str]:
        rows = await self.store.deliveries.of_edition(planned[0].edition_key)
        seen = chat.messages(NOON + timedelta(days=1))
        found = [f"{chat.platform} part {row.part} is {row.state}" for row in rows if row.state is not DeliveryState.SENT]
        for row in planned:
            times = sum(one.delivery == row.id for one in seen)
            if times != 1:
                found.append(f"part {row.part} posted {times} times")
        order = [row.part for one in seen for row in planned if row.id == one.delivery]
        if order != sorted(order):
            found.append(f"out of order: {order}")
        if any(one.thread != seen[0].id for one in seen[1:]):
            found.append("a later part is not below the first")
        return found


async def singles(mill: Mill, platforms: Sequence[str] = PLATFORMS, faults: Sequence[str] = FAULTS) -> None:
    """Every crash point × every fault of either message × both platforms; a mutant only until it is caught."""
    for platform, fault, place in product(platforms, faults, range(PARTS)):
        for at in count(1):
            if mill.deliver is not real and mill.wrong:
                return
            if not await mill.run(Chat(platform, NOON, [None] * place + [fault]), (at,)):
                break


async def pairs(mill: Mill, faults: Sequence[str] = FAULTS, platforms: Sequence[str] = PLATFORMS) -> None:
    """Every pair of crash points, the second in the life after the first × every fault of the first attempt × both platforms."""
    for platform, fault in product(platforms, faults):
        turn = [fault, None, FAULTS[FAULTS.index(fault) - 2]]
        for first in count(1):
            happened = 2
            for second in count(1):
                if happened < 2:
                    break
                happened = await mill.run(Chat(platform, NOON, list(turn)), (first, second))
            if not happened:
                break
