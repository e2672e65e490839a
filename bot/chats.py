"""The chat platforms of a running bot: one task for each that has its tokens, kept up for as long as the bot runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from bot import clock, log
from bot.app import App
from bot.errors import ConfigError
from bot.platforms import discord, slack
from bot.ports import Messenger

LONGEST_PAUSE = 300.0


class Chats:
    """Listens to the platforms. ``messengers``: what posts to them, by platform; Discord's appears with its connection.

    ``routes``: what they want to be called at over HTTP.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._slack = slack.connect(app.settings, app.commands, app.store, clock.now) if app.settings.has_slack else None
        self.messengers: dict[str, Messenger] = {"slack": self._slack.messenger} if self._slack else {}
        self.routes = self._slack.routes if self._slack else ()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Every platform that has its tokens is listened to while the block lasts; the log says which have not."""
        settings = self._app.settings
        listening = {"slack": self._slack.listen if self._slack else None, "discord": self._discord()}
        async with AsyncExitStack() as stack:
            for name, there in (("slack", settings.has_slack), ("discord", settings.has_discord)):
                listen = listening[name]
                if not there:
                    log.event("platform.off", platform=name, how="`bot doctor` says what it needs")
                elif listen:
                    stack.push_async_callback(_ended, asyncio.create_task(_kept_up(name, listen)))
            yield

    def _discord(self) -> Callable[[], Awaitable[None]]:
        async def serve() -> None:
            """A client serves one connection; a new try is a new client, and the messenger speaks through it."""
            discord.reach(self._app.settings.discord_api_url)
            bot = discord.build(self._app.commands, notes=self._app.store.notes, now=clock.now)
            self.messengers["discord"] = discord.DiscordMessenger(bot)
            await discord.serve(bot, self._app.settings.discord_token)

        return serve


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
