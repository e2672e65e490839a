"""Questions in people's own words: mentions, direct messages, the Messages tab, and replies in a briefing's thread."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.commands.verbs import parse
from bot.errors import StoreError
from bot.locales import t
from bot.model import Channel
from bot.platforms.slack.buttons import Errand
from bot.platforms.slack.memory import Seen, Threads
from bot.platforms.slack.places import TROUBLE, code_of
from bot.platforms.slack.streaming import ThreadPlace
from bot.platforms.slack.talk import Before, Talk, Who, is_direct
from bot.platforms.slack.text import said

First = Callable[[str, str], Awaitable[bool]]
Event = Mapping[str, Any]

_PERSON = re.compile(r"<@(\w+)")
_REPLIES_READ = 15  # more is refused to apps that are sold outside Slack's Marketplace
_STOP = re.compile(r"(stop|cancel|멈춰|중지|그만|止めて|停止|やめて)[.!。！]?", re.IGNORECASE)
_PROMPTS = (
    ("Today's briefing", "today"),
    ("Who went to Japan?", "Which Korean AI companies opened an office in Japan?"),
    ("Subsidies for data centres", "Which subsidies for AI data centres were announced in Korea and Japan?"),
    ("What can you do?", "help"),
)


def is_question(event: Event, bot_user: str) -> bool:
    """A person's own words to us: a mention, a direct message, or a reply below a briefing that is not for somebody else.

    No edits, no joins, no bots (ourselves among them).
    """
    if event.get("bot_id") or not event.get("user") or event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return False
    if event["type"] == "app_mention" or event.get("channel_type") == "im":
        return True
    below_ours = bool(bot_user) and event.get("parent_user_id") == bot_user
    return below_ours and set(_PERSON.findall(event.get("text") or "")) <= {bot_user}


class Questions:
    """Answers what is asked, once however often Slack tells it. ``first``: whether an event comes to us for the first time."""

    def __init__(self, talk: Talk, first: First | None) -> None:
        self._talk, self._first = talk, first
        self._seen, self._threads = Seen(), Threads()

    async def message(self, client: AsyncWebClient, event: Event, event_id: str, team: str, bot_user: str) -> None:
        """Answer a mention, a direct message or a reply in its thread."""
        # Not the event's own team: in a channel shared with another workspace that is the one of the person who wrote.
        channel = Channel("slack", event["channel"], team)
        names = [("event", event_id), ("message", channel.id, event["ts"]), ("client", event.get("client_msg_id") or event_id)]
        if not self._seen.first(*names) or not await self._is_first(team, f"message/{channel.id}/{event['ts']}"):
            return
        root = event.get("thread_ts") or event["ts"]
        text = said(event.get("text") or "", bot_user)
        direct = is_direct(channel)
        # In a talk of two each message begins a thread of its own: to stop there is to stop all.
        if _STOP.fullmatch(text) and self._talk.stop(channel.id, "" if direct else root):
            return
        follows = root != event["ts"]
        lines = await self._earlier(client, channel.id, root, event["ts"]) if follows else ()
        self._threads.remember(channel.id, root, text)
        person = str(event["user"])
        place = ThreadPlace(client, channel.id, root, person=person, team=str(event.get("user_team") or team), agent=direct)
        verb, rest = parse(text)
        await self._talk.answer(place, Who(client, channel, person), Errand(verb, rest), Before(lines, root, follows))

    async def _is_first(self, team: str, event: str) -> bool:
        """Whether no process of ours has taken this; where our database cannot tell, better twice than not at all."""
        try:
            return self._first is None or await self._first(team, event)
        except StoreError as error:
            log.warning("slack.event_unmarked", error=str(error))
            return True

    async def _earlier(self, client: AsyncWebClient, channel: str, root: str, before: str) -> tuple[str, ...]:
        """What people said in the thread so far: from memory, or else (a briefing's thread, a restart) from Slack."""
        known = self._threads.recall(channel, root)
        if known:
            return known
        try:
            history = await client.conversations_replies(channel=channel, ts=root, latest=before, limit=_REPLIES_READ)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.thread_unread", channel=channel, error=repr(error)[:200])
            return ()
        earlier: list[dict[str, Any]] = history.get("messages", [])
        talk = (m for m in earlier if m.get("ts") != before and (m.get("ts") == root or not m.get("bot_id")))
        lines = (said(message.get("text") or "") for message in talk)
        self._threads.remember(channel, root, *filter(None, lines))
        return self._threads.recall(channel, root)

    async def suggest(self, client: AsyncWebClient, channel: Channel) -> None:
        """Put a few first questions into the Messages tab."""
        language = await self._talk.conversation.language_of(channel)
        prompts = [{"title": t(language, title), "message": t(language, message)} for title, message in _PROMPTS]
        try:
            await client.assistant_threads_setSuggestedPrompts(channel_id=channel.id, prompts=prompts)
        except TROUBLE as error:
            log.event("slack.no_prompts", error=code_of(error))
