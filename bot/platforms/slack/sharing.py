""" "Show everyone": a private answer, kept in our database, posted for all to see; once, and after a restart too."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import log
from bot.locales import t
from bot.model import Channel
from bot.platforms.slack.blocks import Json, context, contexts
from bot.platforms.slack.clients import TIMEOUT
from bot.platforms.slack.places import QUIET, TROUBLE, code_of, patience
from bot.platforms.slack.talk import Talk, Who

_PERSON_LETTERS = 30


class Sharing:
    """Posts what a private message showed."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    async def __call__(self, who: Who, key: str, body: Mapping[str, Any]) -> bool:
        """Show everyone what is kept by ``key``, and take the private message away; False where nothing is kept any more."""
        kept = await self._talk.kept(who.channel.workspace, key)
        payloads = kept.get("messages") if kept else None
        if not isinstance(payloads, list):
            return False
        if not payloads:
            return True  # a second click
        place = Channel("slack", "", who.channel.workspace)
        await self._talk.notes.change(place, key, {"messages": []})
        url, thread = str(body.get("response_url") or ""), (body.get("container") or {}).get("thread_ts")
        language = await self._talk.conversation.language_of(who.channel)
        payloads = _signed(payloads, who.person, t(language, "Shown by"))
        if not (await self._posted(who, payloads, thread) or await self._answered(url, payloads, thread)):
            await self._talk.notes.change(place, key, dict(kept or {}))
            return False
        await self._send(url, {"delete_original": True})
        return True

    async def _posted(self, who: Who, payloads: Sequence[Json], thread: str | None) -> bool:
        """As messages of ours, all but the first below it; only where we are a member of the channel."""
        root = thread
        for at, payload in enumerate(payloads):
            try:
                sent = await who.client.chat_postMessage(channel=who.channel.id, thread_ts=root, **QUIET, **payload)
            except TROUBLE as error:
                log.event("slack.not_shared", error=code_of(error))
                return at > 0
            root = root or str(sent["ts"])
        return True

    async def _answered(self, url: str, payloads: Sequence[Json], thread: str | None) -> bool:
        """By the address that came with the click, which works in channels that nobody invited us to."""
        sent = 0
        for payload in payloads[:4]:
            body = {"response_type": "in_channel", "replace_original": False, **QUIET, **payload}
            sent += await self._send(url, body | ({"thread_ts": thread} if thread else {}))
        return sent > 0

    async def _send(self, url: str, body: Json) -> bool:
        if not url:
            return False
        try:
            hook = AsyncWebhookClient(url, timeout=TIMEOUT, retry_handlers=list(patience()))
            return (await hook.send_dict(body)).status_code == 200
        except TROUBLE as error:
            log.warning("slack.reply_lost", error=code_of(error))
            return False


def _signed(payloads: Sequence[Json], person: str, words: str) -> list[Json]:
    """With a last line that says who showed it: the only mention that we write, of a person to themselves."""
    if not (person.isalnum() and person.isascii() and len(person) <= _PERSON_LETTERS):
        return list(payloads)
    line = contexts([*context([words])[0]["elements"], {"type": "mrkdwn", "text": f"<@{person}>", "verbatim": True}])
    *most, last = payloads
    return [*most, {**last, "blocks": [*last["blocks"], *line]}]
