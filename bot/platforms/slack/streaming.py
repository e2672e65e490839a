"""Answers in a thread: streamed where Slack lets us, edited now and then where it does not, and never lost between the two."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.model import CitedSentence, File, Message, Reply
from bot.platforms.slack.blocks import Json, numbered
from bot.platforms.slack.files import hand_over
from bot.platforms.slack.places import QUIET, TROUBLE, Drawn, code_of
from bot.platforms.slack.replies import reply_messages, said_so_far
from bot.platforms.slack.tables import without_tables

EDIT_SECONDS = 1.2  # between two edits of one message: Slack takes about fifty a minute
_REFUSED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
_STOPS = "active"  # what a session is when nobody works on it


class ThreadPlace:
    """A thread: below a mention, a direct message or one's own words in the Messages tab.

    ``agent``: it is a talk of two, where Slack shows a button that stops us.
    """

    private = False

    def __init__(
        self, client: AsyncWebClient, channel: str, root: str, *, person: str = "", team: str = "", agent: bool = False
    ) -> None:
        self._client, self._channel, self._root = client, channel, root
        self._person, self._team, self._agent = person, team, agent
        self._noted: str | None = None  # our message that says we are at work, or the answer as it grows by edits
        self._stream: str | None = None
        self._edits = self._busy = False
        self._sentences: tuple[CitedSentence, ...] = ()
        self._edited = 0.0

    # ---- progress ----

    async def progress(self, words: str, language: str) -> None:
        self._busy = True
        if self._agent:
            await self._session("processing")
        shown = await self._call(
            self._client.assistant_threads_setStatus, channel_id=self._channel, thread_ts=self._root, status=words, quiet=True
        )
        if shown is None:
            self._noted = await self._post({"text": words})

    async def _session(self, status: str) -> None:
        named = {"channel_id": self._channel, "thread_ts": self._root}
        await self._call(self._client.agents_sessions_setStatus, **named, status=status, quiet=True)

    async def grow(self, reply: Reply, drawn: Sequence[Message]) -> None:
        """Append what is new; sentences that are no longer as they were shown wait for the end."""
        answer = reply.answer
        if answer is None or not answer.sentences or answer.sentences[: len(self._sentences)] != self._sentences:
            return
        fresh = said_so_far(answer, len(self._sentences))
        if not fresh:
            return
        if not self._edits and await self._streamed(fresh):
            self._sentences = answer.sentences
        elif self._edits:
            await self._edit_now_and_then(drawn[0])

    async def _streamed(self, blocks: list[Json]) -> bool:
        """Whether ``blocks`` went out as a stream; if not, the message is edited from now on."""
        chunks = [{"type": "blocks", "blocks": blocks}]
        try:
            if self._stream:
                await self._client.chat_appendStream(channel=self._channel, ts=self._stream, chunks=chunks)
            elif self._noted:
                self._edits = True
            else:
                whom = {"recipient_user_id": self._person, "recipient_team_id": self._team}
                started = await self._client.chat_startStream(channel=self._channel, thread_ts=self._root, chunks=chunks, **whom)
                self._stream = str(started["ts"])
        except TROUBLE as error:
            log.event("slack.not_streamed", error=code_of(error))
            self._edits = True
        return not self._edits

    async def _edit_now_and_then(self, message: Message) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._edited < EDIT_SECONDS:
            return
        self._edited = now
        held = self._stream or self._noted
        if held:
            await self._edit(held, message.payload)
        else:
            self._noted = await self._post(dict(message.payload))

    # ---- the end ----

    async def open(self, view: Json) -> bool:
        return False

    async def fill(self, drawn: Drawn) -> None:
        first, *rest = drawn.messages
        held = self._stream or self._noted
        if not (self._stream and not self._edits and await self._stopped(drawn)):
            if self._stream and not self._edits:
                await self._call(self._client.chat_stopStream, ts=self._stream, quiet=True)
            if held is None or not await self._edit(held, first.payload):
                await self._post(dict(first.payload))
        for message in rest:
            await self._post(dict(message.payload))
        if self._busy and self._agent:
            await self._session(_STOPS)

    async def _stopped(self, drawn: Drawn) -> bool:
        """Whether the stream could be ended with what was still missing."""
        answer = drawn.reply.answer
        if answer is None or answer.sentences[: len(self._sentences)] != self._sentences:
            return False
        rest = reply_messages(drawn.reply, drawn.language, replace(drawn.prepared, sentences=len(self._sentences)))
        if len(rest) > 1 or len(drawn.messages) > 1 or drawn.reply.files:
            return False
        extra = drawn.messages[0].payload["blocks"][-1:]
        blocks = [*rest[0].payload["blocks"], *(block for block in extra if block["type"] == "context_actions")]
        return await self._call(self._client.chat_stopStream, ts=self._stream, blocks=numbered(blocks), quiet=True) is not None

    async def hand_over(self, files: Sequence[File]) -> bool:
        return await hand_over(self._client, files, self._channel, self._root)

    # ---- Slack ----

    async def _post(self, payload: dict[str, Any]) -> str | None:
        place = {"thread_ts": self._root, **QUIET}
        return await self._simplified(self._client.chat_postMessage, payload, **place)

    async def _edit(self, ts: str, payload: Any) -> bool:
        return await self._simplified(self._client.chat_update, dict(payload), ts=ts) is not None

    async def _simplified(self, method: Callable[..., Any], payload: dict[str, Any], **place: Any) -> str | None:
        """Send ``payload``; where Slack refuses its blocks, simpler ones, and in the end the words alone."""
        plainer = without_tables([block for block in payload.get("blocks", ()) if block["type"] != "image"])
        for blocks in (payload.get("blocks"), plainer, None):
            body = {key: value for key, value in {**payload, "blocks": blocks}.items() if value is not None}
            try:
                return str((await method(channel=self._channel, **place, **body))["ts"])
            except SlackApiError as error:
                log.warning("slack.reply_refused", error=code_of(error), channel=self._channel)
                if code_of(error) not in _REFUSED_BLOCKS:
                    return None
            except TROUBLE as error:
                log.warning("slack.reply_lost", error=code_of(error), channel=self._channel)
                return None
        return None

    async def _call(self, method: Callable[..., Any], *, quiet: bool = False, **arguments: Any) -> Any:
        """What Slack answers; None where it refuses. ``quiet``: it may well refuse, and something else follows then."""
        if "channel_id" not in arguments:
            arguments["channel"] = self._channel
        try:
            return await method(**arguments)
        except TROUBLE as error:
            (log.event if quiet else log.warning)("slack.not_taken", error=code_of(error))
            return None
