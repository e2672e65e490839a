"""A chat platform outside the crash domain, with faults to order: what it took it keeps, whatever becomes of the bot.

``discord`` knows a repeated nonce for three minutes and answers with an empty history to whom may not read it; ``slack`` knows
no nonce, and finds a message by its metadata.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import DeliveryError
from bot.model import Channel, Edition, Message, Reply, Subscription

FAULTS = ("dropped before", "dropped after", "late", "429", "503 before", "503 after")
LATENESS = timedelta(seconds=40)
NONCE_WINDOW = timedelta(minutes=3)


class Crash(BaseException):
    """The process ends here."""


@dataclass
class Fuse:
    """Crashes at the n-th step of everything that passes through it; never when ``at`` is 0."""

    at: int = 0
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Crash


@dataclass
class Posted:
    """A message; ``nonce`` is the delivery's id as it came with the request, ``visible`` the instant at which it is there."""

    id: str
    nonce: str
    delivery: str
    thread: str | None
    visible: datetime


@dataclass(frozen=True)
class Edit:
    """A message got another text, from ``visible`` on."""

    message: str
    text: str
    visible: datetime


@dataclass
class Chat:
    """One channel. ``faults``: one a posting or edit, None meaning none; ``now`` is moved by the test. ``edits``: in the order in
    which they came; ``edits_refused``: it lets nobody edit."""

    platform: str
    now: datetime
    faults: list[str | None] = field(default_factory=list)
    may_read: bool = True
    fuse: Fuse = field(default_factory=Fuse)
    taken: list[Posted] = field(default_factory=list)
    posts: int = 0
    edits: list[Edit] = field(default_factory=list)
    edits_refused: bool = False
    spacing: float = 0.0
    workspace_spacing: float = 0.0

    @property
    def repeat_seconds(self) -> float:
        return 60.0 if self.platform == "discord" else 0.0

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        return ()

    def render_note(self, reply: Reply, language: str) -> Message:
        return Message({"text": reply.title})

    async def edit(
        self, channel: Channel, message_id: str, message: Message, thread: str | None = None, delivery_id: str = ""
    ) -> None:
        fault = self._fault()
        if self.edits_refused:
            raise DeliveryError("edit_window_closed", permanent=True)
        if fault not in ("dropped before", "503 before"):
            visible = self.now + LATENESS if fault == "late" else self.now
            self.edits.append(Edit(message_id, str(message.payload["text"]), visible))
        self.fuse.step()
        if fault is not None:
            raise DeliveryError(str(fault), posted=None)

    async def tell(self, workspace: str, person: str, reply: Reply, notice_id: str, since: datetime | None = None) -> None:
        if since is None or await self.find(Channel(self.platform, person), notice_id, since, None) is None:
            self.receive(notice_id, notice_id, None)

    def _fault(self) -> str | None:
        self.fuse.step()
        fault = self.faults.pop(0) if self.faults else None
        if fault == "429":
            raise DeliveryError("429", retry_after=20.0)
        return fault

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        return self.receive(delivery_id, delivery_id, thread)

    def receive(self, delivery_id: str, nonce: str, thread: str | None) -> str:
        self.posts += 1
        fault = self._fault()
        before = fault in ("dropped before", "503 before")
        taken = None if before else self._take(delivery_id, nonce, thread, self.now + LATENESS if fault == "late" else self.now)
        self.fuse.step()
        if fault is not None or taken is None:
            raise DeliveryError(str(fault), posted=None)
        return taken.id

    def _take(self, delivery_id: str, nonce: str, thread: str | None, visible: datetime) -> Posted:
        posted = Posted(f"m{self.posts}", nonce, delivery_id, thread, visible)
        self.taken.append(posted)
        return next(one for one in self.messages(visible) if one.nonce == nonce) if self.platform == "discord" else posted

    def messages(self, now: datetime) -> list[Posted]:
        """What people see at ``now``, oldest first: of one nonce within its window only the first."""
        seen: list[Posted] = []
        for one in sorted((one for one in self.taken if one.visible <= now), key=lambda one: one.visible):
            known = any(other.nonce == one.nonce and one.visible - other.visible < NONCE_WINDOW for other in seen)
            if self.platform == "slack" or not known:
                seen.append(one)
        return seen

    def text(self, message: str, now: datetime) -> str | None:
        """What was last put in the place of a message, as people see it at ``now``; None where it was never edited."""
        seen = [(edit.visible, number, edit.text) for number, edit in enumerate(self.edits) if edit.message == message]
        return max((one for one in seen if one[0] <= now), default=(now, 0, None))[2]

    async def find(self, channel: Channel, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        self.fuse.step()
        found = self.history(delivery_id, since, thread)
        if not self.may_read:
            raise DeliveryError("the history may not be read", permanent=True)
        self.fuse.step()
        return found

    def history(self, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        """What the history says: nothing at all where it may not be read."""
        seen = self.messages(self.now) if self.may_read else []
        mine = [one for one in seen if one.visible >= since and one.delivery == delivery_id]
        return mine[0].id if mine else None
