"""What happens in Slack and who deals with it: the wiring of Bolt. Everything is acknowledged at once."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import clock, log
from bot.model import Channel
from bot.platforms.slack import surface
from bot.platforms.slack.clients import PLATFORM, TIMEOUT
from bot.platforms.slack.oauth import OAuth
from bot.platforms.slack.places import patience
from bot.platforms.slack.presses import Presses
from bot.platforms.slack.questions import First, Questions, is_question
from bot.platforms.slack.sharing import Sharing
from bot.platforms.slack.talk import Talk
from bot.ports import Conversation, Notes

Ack = Callable[..., Awaitable[Any]]
ACKNOWLEDGED_FIRST = 0.05  # seconds; Bolt sends what was acknowledged when it next looks, every hundredth of one
Json = dict[str, Any]
Context = Mapping[str, Any]


def build_app(
    token: str,
    *,
    conversation: Conversation,
    notes: Notes,
    now: Callable[[], datetime] = clock.now,
    base_url: str | None = None,
    oauth: OAuth | None = None,
    first: First | None = None,
) -> AsyncApp:
    """The Slack app of one workspace, or with ``oauth`` of all that installed it.

    ``notes``: what is kept for buttons and forms. ``base_url``: of the Web API. ``first`` tells whether an event of a workspace
    comes to any of our processes for the first time.
    """
    # What comes over HTTP is verified before it gets here (hooks.py).
    if oauth:
        authorize: Any = oauth.authorize  # Bolt takes an AsyncAuthorize too
        app = AsyncApp(name="slack", oauth_flow=oauth.flow, authorize=authorize, request_verification_enabled=False)
    else:
        app = AsyncApp(token=token, name="slack", request_verification_enabled=False)
    # Set here, not handed over as a client: beside SLACK_BOT_TOKEN in the environment Bolt would warn about that at each start.
    app.client.base_url = base_url or AsyncWebClient.BASE_URL
    app.client.timeout = TIMEOUT
    app.client.retry_handlers = list(patience())
    talk = Talk(conversation, notes, now)
    presses = Presses(talk, Sharing(talk))
    _listen_to_words(app, Questions(talk, first), presses)
    _listen_to_clicks(app, presses)
    _listen_to_the_rest(app, talk)
    return app


async def _acknowledge(ack: Ack) -> None:
    """Acknowledge, and let the acknowledgements of a crowd go out before the first answer is worked out."""
    await ack()
    await asyncio.sleep(ACKNOWLEDGED_FIRST)


def _listen_to_words(app: AsyncApp, questions: Questions, presses: Presses) -> None:
    async def on_command(ack: Ack, client: AsyncWebClient, command: Json) -> None:
        await _acknowledge(ack)
        await presses.command(client, command)

    async def on_message(client: AsyncWebClient, event: Json, body: Json, context: Context) -> None:
        bot_user = context.get("bot_user_id") or ""
        if is_question(event, bot_user):
            await questions.message(client, event, body["event_id"], body.get("team_id", ""), bot_user)

    async def on_home(client: AsyncWebClient, event: Json, body: Json) -> None:
        channel = Channel(PLATFORM, event.get("channel") or "", body.get("team_id", ""))
        if event.get("tab") == "messages":
            await questions.suggest(client, channel)
        else:
            await presses.home(client, channel, event["user"])

    app.command(surface.COMMAND)(on_command)
    app.event(re.compile("^(app_mention|message)$"))(on_message)
    app.event("app_home_opened")(on_home)


def _listen_to_clicks(app: AsyncApp, presses: Presses) -> None:
    async def on_press(ack: Ack, client: AsyncWebClient, body: Json) -> None:
        await _acknowledge(ack)
        await presses.pressed(client, body)

    async def on_submission(ack: Ack, client: AsyncWebClient, body: Json) -> None:
        await presses.submitted(ack, client, body)

    shortcuts = {
        surface.SUMMARIZE_MESSAGE: presses.summarize,
        surface.WHY_MESSAGE: presses.why,
        surface.ASK: presses.ask,
        surface.SUBSCRIBE: presses.subscribe,
    }

    async def on_shortcut(ack: Ack, client: AsyncWebClient, body: Json) -> None:
        await _acknowledge(ack)
        await shortcuts[body["callback_id"]](client, body)

    app.action(re.compile(".*"))(on_press)
    app.view(re.compile(".*"))(on_submission)
    for name in shortcuts:
        app.shortcut(name)(on_shortcut)


def _listen_to_the_rest(app: AsyncApp, talk: Talk) -> None:
    async def on_stop(event: Json) -> None:
        talk.stop(event.get("channel") or event.get("channel_id") or "", event.get("thread_ts") or "")

    async def on_leaving(event: Json, body: Json) -> None:
        # Tokens of persons are none of ours; without that of the bot there is nothing that we could still do.
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            at = datetime.fromtimestamp(body["event_time"], UTC) if body.get("event_time") else talk.now()
            await talk.left(body.get("team_id", ""), at)

    async def on_other() -> None:
        """Events that come with a subscription but ask nothing of us."""

    async def on_error(error: Exception) -> None:
        log.bug("slack.listener_failed", error)

    app.event("agent_session_stopped")(on_stop)
    app.event(re.compile("^(app_uninstalled|tokens_revoked)$"))(on_leaving)
    app.event(re.compile(".*"))(on_other)
    app.error(on_error)
