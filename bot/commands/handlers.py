"""What the bot does when it is spoken to: the table of verbs and their handlers, the same for every platform."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import perf_counter

from bot import log
from bot.archive.answer import Answers
from bot.archive.search import Archive
from bot.commands import (
    asking,
    browsing,
    comparing,
    correcting,
    editing,
    explaining,
    feeds,
    helping,
    home,
    ledger,
    lookup,
    pages,
    policy,
    reading,
    settings,
    status,
    subscriptions,
    suggesting,
    verbs,
    watching,
)
from bot.commands.desk import Desk, Handler, placed
from bot.errors import UserError
from bot.locales import t
from bot.model import Channel, Feed, Option, Reply, Request, Slot, Subscription
from bot.pipeline.briefing import Briefer
from bot.ports import FeedProbe, Meter, PageReader, Show, Writer
from bot.store import Store

HANDLERS: Mapping[str, Handler] = {
    "today": reading.digest,
    "week": reading.digest,
    "ask": asking.ask,
    "summarize": pages.summarize,
    "search": reading.search,
    "lookup": lookup.lookup,
    "ledger": ledger.ledger,
    "compare": comparing.compare,
    "policy": policy.policy,
    "sources": reading.sources,
    "why": explaining.why,
    "subscribe": subscriptions.subscribe,
    "subscriptions": subscriptions.listing,
    "pause": subscriptions.pause,
    "resume": subscriptions.resume,
    "unsubscribe": subscriptions.unsubscribe,
    "preview": subscriptions.preview,
    "merge": editing.merge,
    "split": editing.split,
    "correct": correcting.correct,
    "good": editing.vote,
    "bad": editing.vote,
    "watch": watching.watch,
    "feeds": feeds.feeds,
    "web": browsing.web,
    "home": home.home,
    "settings": settings.settings,
    "status": status.status,
    "help": helping.teach,
}


class Commands:
    """Everything that people can say: the port Conversation. The arguments are those of Desk."""

    def __init__(
        self,
        store: Store,
        briefer: Briefer,
        archive: Archive,
        pages: PageReader,
        writer: Writer | None,
        feeds: Callable[[], Sequence[Feed]],
        *,
        probe: FeedProbe | None = None,
        next_slot: Callable[[Subscription, datetime], Slot | None] = lambda subscription, now: None,
        language: str = "en",
        time_zone: str = "Asia/Seoul",
        meter: Meter | None = None,
        way_in: Callable[[Request], str] | None = None,
        site: str = "",
    ) -> None:
        answers = Answers(archive, writer)
        room = Desk(store, briefer, archive, answers, pages, writer, feeds, probe, next_slot, language, time_zone)
        self.desk = self._desk = replace(room, meter=meter, way_in=way_in, site=site)
        self._recent = suggesting.Recent()
        suggesting.prepare()

    async def handle(self, request: Request, show: Show | None = None) -> Reply:
        """The reply to any request; ``show`` takes what there is so far. Raises UserError where the person can put it right."""
        began = perf_counter()
        said = {"verb": request.verb, "platform": request.channel.platform, "language": request.language}
        try:
            reply = await self._reply(request, show)
        except UserError:
            log.event("answer.refused", **said, seconds=round(perf_counter() - began, 3))
            raise
        found = {"found": reply.answer.found, "method": reply.answer.method} if reply.answer else {}
        log.event("answer.given", **said, seconds=round(perf_counter() - began, 3), **found)
        return reply

    async def _reply(self, request: Request, show: Show | None) -> Reply:
        desk = replace(self._desk, show=show) if show else self._desk
        request = replace(request, channel=placed(request.channel))
        verb = verbs.get(request.verb)
        if verb.required and not (request.text or request.values):
            usage = t(
                request.language, "What is missing comes behind the verb, for example: /brief {example}", example=verb.example
            )
            raise UserError(usage)
        if verb.managing:
            await desk.refuse_unless_managing(request, elsewhere=verb.group != "briefings")
        return await HANDLERS[request.verb](desk, request)

    async def suggest(self, request: Request) -> Sequence[Option]:
        """At most 25 ways to complete ``request.text`` behind its verb, the likeliest first. Quick, and never raises."""
        try:
            return await suggesting.suggest(self._desk, replace(request, channel=placed(request.channel)), self._recent)
        except Exception as error:  # noqa: BLE001 - the edge of a chat handler: who types goes on typing
            log.bug("suggest.failed", error, verb=request.verb)
            return ()

    async def language_of(self, channel: Channel) -> str:
        """That of the channel's subscription, else of the workspace, else of the operator's settings."""
        store, place = self._desk.store, placed(channel)
        for standing in await store.subscriptions.of_channel(place):
            if standing.state == "active":
                return standing.subscription.language
        return (await store.workspaces.preferences(place)).language or self._desk.language

    async def left(self, platform: str, workspace: str, at: datetime) -> None:
        """Nothing is posted in this workspace from now on; its data goes after the grace time, its token at once."""
        store = self._desk.store
        async with store.transaction():
            installed = await store.installations.of(platform, workspace)
            if installed and installed.at > at:
                return  # the bot is back, and the word that it had left came late
            await store.workspaces.left(platform, workspace, at)
            await store.subscriptions.leave(platform, workspace)
            await store.installations.remove(platform, workspace)
            await store.visits.end_all(platform, workspace)
        log.event("workspace.left", platform=platform, workspace=workspace)

    async def joined(self, platform: str, workspace: str) -> None:
        """What ``left`` had stopped goes on."""
        store = self._desk.store
        async with store.transaction():
            if await store.workspaces.joined(platform, workspace):
                await store.subscriptions.come_back(platform, workspace)
                log.event("workspace.back", platform=platform, workspace=workspace)
