"""How fast we post: each channel and each workspace gets its messages at the distance that its platform asks for."""

import asyncio
from collections.abc import Callable
from time import monotonic

from bot.model import Channel
from bot.ports import Messenger

_REMEMBERED = 10_000


class Pace:
    """Turns to post, for all passes of one process; several processes share what the ledger says of 429s only."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
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
        return True

    def done(self, messenger: Messenger, channel: Channel) -> None:
        """A message is out: the distance to the next counts from now, however long after its turn it went."""
        self.rest(channel, messenger.spacing, workspace=False)

    def rest(self, channel: Channel, seconds: float, *, workspace: bool) -> None:
        """Give no turn in ``channel``, or in its whole workspace, for so long."""
        place = (channel.platform, channel.workspace, "" if workspace else channel.id)
        self._free[place] = max(self._free.get(place, 0.0), self._clock() + seconds)
