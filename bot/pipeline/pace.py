"""How fast we post: each channel and each workspace gets its messages at the distance that its platform asks for.

What a platform limits for the whole bot is shared among all processes through the database, some turns at a time.
"""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic

from bot.model import Channel
from bot.ports import Messenger
from bot.store.turns import Turns

_REMEMBERED = 10_000
_TURNS = 25  # taken from the database at once: half a second of them
_PLACES = 25  # for messages that wait for their turn or for an answer: what has been begun must not wait long
_STALE = 0.1  # seconds after which a turn is gone: used late, it would meet those of others, and more than a platform takes


class Share:
    """The turns of one platform that this process takes of those that all share, ``spacing`` seconds apart.

    Who is about to send takes a place among a few, and a turn right before each request: what a turn is taken for long before
    may be late, and late ones together are more than a platform takes.
    """

    def __init__(self, turns: Turns, platform: str, spacing: float) -> None:
        self._turns = turns
        self._platform = platform
        self._spacing = spacing
        self._places = asyncio.Semaphore(_PLACES)
        self._taking = asyncio.Lock()
        self._left = 0
        self._next = 0.0

    async def enter(self, until: float) -> bool:
        """Take a place among those that may send. False where one is free only after ``until``, on the monotonic clock."""
        try:
            async with asyncio.timeout(until - monotonic()):
                return await self._places.acquire()
        except TimeoutError:
            return False

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()

    async def turn(self) -> None:
        """Wait until one more request may go."""
        at = await self._taken()
        while (late := monotonic() - at) <= _STALE:
            if late >= 0:
                return
            await asyncio.sleep(-late)
        await self.turn()  # the process was held up

    async def _taken(self) -> float:
        """When the next turn is, on the monotonic clock."""
        async with self._taking:
            if not self._left or self._next < monotonic() - _STALE:
                self._next = await self._turns.take(self._platform, _TURNS, self._spacing) + monotonic()
                self._left = _TURNS
            at = self._next
            self._next += self._spacing
            self._left -= 1
        return at


class Pace:
    """Turns to post, for all passes of one process; several processes share what the ledger says of 429s, and ``shares``."""

    def __init__(self, clock: Callable[[], float] = monotonic, *, shares: Mapping[str, Share] | None = None) -> None:
        self._clock = clock
        self._shares = shares or {}
        self._free: dict[tuple[str, str, str], float] = {}  # by place: when its next turn is

    async def turn(self, messenger: Messenger, channel: Channel, until: float) -> bool:
        """Wait for the next turn in ``channel``. False, and no turn is taken, where it comes only after ``until``."""
        place, whole = (channel.platform, channel.workspace, channel.id), (channel.platform, channel.workspace, "")
        now = self._clock()
        at = max(now, self._free.get(place, now), self._free.get(whole, now))
        if at > until:
            return False
        self._free[place] = at + messenger.spacing
        self._free[whole] = at + messenger.workspace_spacing
        if len(self._free) > _REMEMBERED:
            self._free = {name: free for name, free in self._free.items() if free > now}
        await asyncio.sleep(at - now)
        share = self._shares.get(channel.platform)
        return share is None or await share.enter(until)

    def done(self, messenger: Messenger, channel: Channel) -> None:
        """What a turn was taken for is over: the distance to the next counts from now, however long after its turn it went."""
        self.rest(channel, messenger.spacing, workspace=False)
        if share := self._shares.get(channel.platform):
            share.leave()

    def rest(self, channel: Channel, seconds: float, *, workspace: bool) -> None:
        """Give no turn in ``channel``, or in its whole workspace, for so long."""
        place = (channel.platform, channel.workspace, "" if workspace else channel.id)
        self._free[place] = max(self._free.get(place, 0.0), self._clock() + seconds)
