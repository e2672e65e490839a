"""What a verb's handler works with, and who it answers: rooms, permissions, the settings of a workspace."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.archive.answer import Answers
from bot.archive.search import Archive
from bot.errors import UserError
from bot.locales import t
from bot.model import Channel, Feed, Reply, Request, Slot, Subscription
from bot.pipeline.briefing import Briefer
from bot.ports import FeedProbe, Meter, PageReader, Show, Writer
from bot.store import Store


async def _unseen(_: Reply) -> None:
    """Where nobody watches an answer grow."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything behind the verbs. ``feeds`` gives the feeds in use, which a changed feeds.yaml replaces.

    ``next_slot``: when a subscription is served next after an instant. ``language`` and ``time_zone``: of a workspace that has
    set none. ``show``: takes what there is so far while an answer grows. ``way_in``: the address
    that signs who asks in to the pages, None where nobody can. ``site``: the address of the pages, "" where people reach none.
    """

    store: Store
    briefer: Briefer
    archive: Archive
    answers: Answers
    pages: PageReader
    writer: Writer | None
    feeds: Callable[[], Sequence[Feed]]
    probe: FeedProbe | None = None
    next_slot: Callable[[Subscription, datetime], Slot | None] = lambda subscription, now: None
    language: str = "en"
    time_zone: str = "Asia/Seoul"
    show: Show = _unseen
    meter: Meter | None = None
    way_in: Callable[[Request], str] | None = None
    site: str = ""

    async def zone_of(self, place: Channel) -> str:
        """The time zone of a workspace."""
        return (await self.store.workspaces.preferences(place)).time_zone or self.time_zone

    async def may_manage(self, request: Request, *, elsewhere: bool = False) -> bool:
        """Whether this person may change something: an admin, one the workspace lists, anybody what is of a talk of two alone.

        ``elsewhere``: what is changed concerns others than the channel in which it is said.
        """
        if request.admin or (is_private(request.channel) and not elsewhere):
            return True
        if request.channel.workspace.startswith("@"):  # a workspace of one, who must not make themselves its manager
            return False
        return request.person in (await self.store.workspaces.preferences(request.channel)).managers

    async def refuse_unless_managing(self, request: Request, *, elsewhere: bool = False) -> None:
        """Raises UserError, with whom to ask, for anybody who may not manage."""
        if not await self.may_manage(request, elsewhere=elsewhere):
            raise UserError(
                t(
                    request.language,
                    "Only those who manage this workspace may do that: its admins, and whom they name in /brief settings.",
                )
            )


Handler = Callable[[Desk, Request], Awaitable[Reply]]


def is_private(channel: Channel) -> bool:
    """Whether only one person and the bot talk there."""
    return channel.workspace.startswith("@") or (channel.platform == "slack" and channel.id.startswith("D"))


def placed(channel: Channel) -> Channel:
    """``channel`` with a workspace of its own where the platform gives none: Discord's direct messages share nothing."""
    return channel if channel.workspace else replace(channel, workspace=f"@{channel.id}")
