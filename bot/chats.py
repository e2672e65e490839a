"""The chat platforms of a running bot: one task for each that has its tokens, kept up for as long as the bot runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bot import clock, log
from bot.app import App
from bot.errors import ConfigError
from bot.kinds import Kind
from bot.pipeline.pace import Share
from bot.platforms import discord, slack
from bot.ports import Messenger
from bot.store.leases import Lease, process_name

LONGEST_PAUSE = 300.0


class Chats:
    """Listens to the platforms and posts to them. ``messengers``: what posts, by platform; where this process alone listens,
    Discord's appears with its connection. ``routes``: what they want to be called at over HTTP.
    """

    def __init__(self, app: App, kind: Kind) -> None:
        self._app = app
        self._kind = kind
        self._slack = slack.connect(app.settings, app.commands, app.store, clock.now) if app.settings.has_slack else None
        self.messengers: dict[str, Messenger] = {"slack": self._slack.messenger} if self._slack else {}
        self.routes = self._slack.routes if self._slack else ()
        self.shares = {"discord": Share(app.store.turns, "discord", discord.SPACING)}  # of what all processes may send
        self._rest: discord.RestClient | None = None  # speaks with Discord without its gateway

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """What this process does with every platform that has its tokens goes on while the block lasts."""
        settings = self._app.settings
        if settings.has_discord:
            discord.reach(settings.discord_api_url)
        async with AsyncExitStack() as stack:
            for name, there in (("slack", settings.has_slack), ("discord", settings.has_discord)):
                if not there:
                    log.event("platform.off", platform=name, how="`bot doctor` says what it needs")
                    continue
                for serve in self._services(name):
                    stack.push_async_callback(_ended, asyncio.create_task(_kept_up(name, serve)))
            yield

    def _services(self, name: str) -> list[Callable[[], Awaitable[None]]]:
        """What has to run for a platform."""
        listens = name in self._kind.listens
        if name == "slack":
            return [self._slack.listen] if listens and self._slack and self._slack.listen else []
        if not self._kind.shares:
            return [self._whole_discord] if listens else []
        if self._kind.works or listens:
            self._post_over_rest()
            return [self._post, self._shards] if listens else [self._post]
        return []

    async def _whole_discord(self) -> None:
        """All shards. A client serves one connection; a new try is a new client, and the messenger speaks through it."""
        bot = discord.build(self._app.commands, notes=self._app.store.notes, now=clock.now, first=self._first)
        self.messengers["discord"] = discord.DiscordMessenger(bot, self.shares["discord"].turn)
        await discord.serve(bot, self._app.settings.discord_token)

    async def _first(self, workspace: str, event: str) -> bool:
        return await self._app.store.heard.first("discord", workspace, event, clock.now())

    # ---- where several processes share Discord ----

    def _post_over_rest(self) -> None:
        self._rest = discord.poster()
        self.messengers["discord"] = discord.DiscordMessenger(self._rest, self.shares["discord"].turn)

    async def _post(self) -> None:
        if self._rest is None or self._rest.is_closed():
            self._post_over_rest()
        if self._rest:
            await discord.post(self._rest, self._app.settings.discord_token)

    async def _shards(self) -> None:
        leases, name = self._app.store.leases, process_name()

        async def recommended() -> int:
            return await discord.recommended_shards(self._rest) if self._rest else 0

        async def serve(number: int, count: int, lease: Lease) -> None:
            async def first(workspace: str, event: str) -> bool:
                """What comes late to one who lost the shard is left to the one who has it."""
                return await leases.holds(lease) and await self._first(workspace, event)

            async def connect() -> None:
                place: dict[str, Any] = {"shard_ids": [number], "shard_count": count, "identify": shards.identify}
                bot = discord.build(self._app.commands, notes=self._app.store.notes, now=clock.now, first=first, **place)
                await discord.serve(bot, self._app.settings.discord_token)

            await _kept_up("discord", connect)
            await asyncio.get_running_loop().create_future()  # refused for good: not to be tried again every few seconds

        shards = discord.Shards(leases, name, recommended, serve)
        await shards.run()


async def _kept_up(name: str, serve: Callable[[], Awaitable[None]]) -> None:
    """Serve a platform for as long as it lasts; after a failure try again, ever more slowly. A refused token ends it."""
    pause = 5.0
    while True:
        try:
            await serve()
            return
        except ConfigError as exc:
            for problem in exc.problems:
                log.warning("platform.refused", platform=name, problem=problem, effect="the rest of the bot goes on")
            return
        except Exception as exc:  # noqa: BLE001 the edge of a platform: one that fails must not end the others
            log.bug("platform.failed", exc, platform=name, again_in=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
