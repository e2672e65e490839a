"""The mill of crash tests for what puts a posted edition right: three edits of two messages, or answers where none may be edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, product

from bot.model import Delivery, DeliveryState, Edition, Message
from bot.store.amendments import Step
from tests.builders import NOON
from tests.pipeline.chat import FAULTS, Chat, Fuse
from tests.pipeline.mill import PLATFORMS, Mill, real

EDITS = 3
NOTE = Message({"text": "what was wrong"}, in_thread=True)


@dataclass
class EditMill(Mill):
    """``_plan`` posts an edition without any fault, then plans two amendments of it: the crashes and faults meet these."""

    prefix: str = "e"

    async def _plan(self, chat: Chat) -> list[Delivery]:
        faults, chat.faults = chat.faults, []
        first, second = planned = await super()._plan(chat)
        deliver, self.deliver = self.deliver, real
        await self._live(planned, chat, Fuse(), NOON)
        self.deliver = deliver
        right = [
            Step(Message({"text": "0 right"}), edits=first.id),
            Step(Message({"text": "1 right"}, in_thread=True), edits=second.id, fallback=NOTE),
        ]
        for steps in (right, [Step(Message({"text": "1 righter"}, in_thread=True), edits=second.id, fallback=NOTE)]):
            [posted] = await self.store.amendments.load([first.edition_key])
            edition = Edition(posted.key, "ko", "Asia/Seoul", NOON, NOON, ())
            assert await self.store.amendments.plan(posted, edition, ["s|amount|x"], steps, NOON)
        chat.faults = faults
        return planned

    async def _troubles(self, planned: list[Delivery], chat: Chat) -> list[str]:
        rows = await self.store.deliveries.of_edition(planned[0].edition_key)
        states = [row.state for row in rows[len(planned) :]]
        seen, end = chat.messages(NOON + timedelta(days=1)), NOON + timedelta(days=1)
        if chat.edits_refused:
            # The edit of the first message has nothing to be answered instead: the other one's answer says it all.
            expected = [DeliveryState.DEAD, DeliveryState.SENT, DeliveryState.SENT]
            answers = [sum(one.delivery == row.id for one in seen) for row in rows[len(planned) :]]
            below = all(one.thread == seen[0].id for one in seen[1:])
            good = answers == [0, 1, 1] and below and not chat.edits
        else:
            expected = [DeliveryState.SENT] * EDITS
            texts = [chat.text(row.external_id or "", end) for row in rows[: len(planned)]]
            good = texts == ["0 right", "1 righter"] and len(seen) == len(planned)
        return [] if good and states == expected else [f"{states} {seen} {chat.edits}"]


async def single_edits(mill: EditMill, platforms: Sequence[str] = PLATFORMS, faults: Sequence[str] = FAULTS) -> None:
    """Every crash point × every fault of each edit (or answer) × both platforms; a mutant only until it is caught."""
    for refused, platform, fault, place in product((False, True), platforms, faults, range(EDITS)):
        for at in count(1):
            if mill.deliver is not real and mill.wrong:
                return
            if not await mill.run(Chat(platform, NOON, [None] * place + [fault], edits_refused=refused), (at,)):
                break
