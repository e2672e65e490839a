"""One conversation partner for all channels: gets Requests answered and shows the answers, whatever they were asked with."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.charts.pictures import illustrated
from bot.errors import FormError, UserError
from bot.locales import t
from bot.model import Action, Channel, Message, Reply, Request
from bot.platforms.slack import buttons
from bot.platforms.slack.blocks import Json, numbered
from bot.platforms.slack.buttons import Errand, button, errand_of
from bot.platforms.slack.clients import PLATFORM
from bot.platforms.slack.files import is_picture, upload_pictures
from bot.platforms.slack.modals import METADATA_LIMIT, form_view
from bot.platforms.slack.people import People
from bot.platforms.slack.places import Drawn, Place, private_note
from bot.platforms.slack.replies import Prepared, reply_messages
from bot.ports import Conversation, Notes

PATIENCE = 0.4  # seconds until we say that we are at work
NOTES_LAST = timedelta(days=7)
SHARE, RATE = "share", "rate"  # how the action ids of these buttons begin
_PROGRESS = {
    "ask": "Searching the archive …",
    "search": "Searching the archive …",
    "lookup": "Searching the archive …",
    "summarize": "Reading the page …",
    "today": "Putting the briefing together …",
    "week": "Putting the briefing together …",
}


@dataclass(frozen=True, slots=True)
class Who:
    """Who speaks, where, and the client that answers there."""

    client: AsyncWebClient
    channel: Channel
    person: str


@dataclass(frozen=True, slots=True)
class Before:
    """What came before a question in its thread, of which ``root`` is the first message; ``follows``: it is not itself that."""

    thread: tuple[str, ...] = ()
    root: str = ""
    follows: bool = True


_NOTHING = Before()


class Stopped(Exception):
    """The person who asked does not want the answer any more."""


class Talk:
    """``notes``: what our database keeps for buttons and forms."""

    def __init__(self, conversation: Conversation, notes: Notes, now: Callable[[], datetime]) -> None:
        self.conversation, self.notes, self.now = conversation, notes, now
        self._people = People(now)
        self._workspaces: set[str] = set()
        self._working: dict[tuple[str, str], asyncio.Task[Reply]] = {}

    async def answer(self, place: Place, who: Who, errand: Errand, before: Before = _NOTHING) -> None:
        """Say ``errand`` and show the answer in ``place``."""
        language = "en"
        request: Request | None = None
        try:
            language = await self.conversation.language_of(who.channel)
            request = await self.request(who, errand, language, before)
            request = replace(request, alone=place.private or is_direct(who.channel))
            reply = await self._worked_out(place, request, before.root)
            if reply.form and await self.opened(place, who, reply, errand, language):
                return
        except Stopped:
            reply = Reply(paragraphs=(t(language, "Stopped."),), error=True)
        except UserError as error:
            reply = Reply(paragraphs=(str(error),), error=True)
        except Exception as error:  # noqa: BLE001 the edge of a chat handler: people see a reference, the log the rest
            reply = apology(error, who, language)
        await self.show(place, who, reply, language, request)

    async def request(
        self,
        who: Who,
        errand: Errand,
        language: str,
        before: Before = _NOTHING,
        values: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Request:
        """What ``who`` says with ``errand``."""
        await self._met(who.channel.workspace)
        return Request(
            errand.verb,
            errand.text,
            who.channel,
            who.person,
            language,
            self.now(),
            thread=before.thread,
            root=before.root if before.follows else "",
            about=errand.about,
            values=values,
            page=errand.page,
            admin=await self._people.manages(who.client, who.channel.workspace, who.person),
        )

    async def _met(self, workspace: str) -> None:
        """Whoever speaks to us from a workspace has us there: after a restart, what was left there goes on."""
        if workspace not in self._workspaces:
            self._workspaces.add(workspace)
            await self.conversation.joined(PLATFORM, workspace)

    async def left(self, workspace: str, at: datetime) -> None:
        """We were removed from a workspace."""
        await self.conversation.left(PLATFORM, workspace, at)

    async def _worked_out(self, place: Place, request: Request, root: str) -> Reply:
        """The reply; progress is shown when it takes long, and what there is so far when it grows."""

        async def show(so_far: Reply) -> None:
            await place.grow(so_far, reply_messages(so_far, request.language))

        work = asyncio.ensure_future(self.conversation.handle(request, show))
        key = (request.channel.id, root)
        if root:
            self._working[key] = work
        try:
            if not (await asyncio.wait({work}, timeout=PATIENCE))[0]:
                words = t(request.language, _PROGRESS.get(request.verb, "One moment …"))
                await place.progress(words, request.language)
            await asyncio.wait({work})
            if work.cancelled():
                raise Stopped
            return work.result()
        finally:
            work.cancel()
            if self._working.get(key) is work:
                del self._working[key]

    def stop(self, channel: str, root: str = "") -> bool:
        """End what is being worked out for a thread, or for all of a channel; False where that is nothing."""
        mine = [work for (where, thread), work in self._working.items() if where == channel and root in ("", thread)]
        return any([work.cancel() for work in mine])

    # ---- showing ----

    async def opened(self, place: Place, who: Who, reply: Reply, errand: Errand, language: str) -> bool:
        """Whether the reply's form could be opened at once."""
        if reply.form is None:
            return False
        about = replace(errand, verb=reply.form.verb, text=reply.form.text, page=1, asks="", again=False)
        about = replace(about, channel=who.channel.id or about.channel)
        return await place.open(form_view(reply.form, language, await self.metadata(who, about)))

    async def show(self, place: Place, who: Who, reply: Reply, language: str, request: Request | None = None) -> None:
        """Draw ``reply`` and put it where it belongs."""
        further = request is not None and request.page > 1  # with the first page it was handed over
        documents = [] if further else [file for file in reply.files if not is_picture(file)]
        if documents and place.private:
            handed = await place.hand_over(documents)
            note = private_note(language) if handed else t(language, "The file could not be handed over. Please try again.")
            reply = replace(reply, paragraphs=(*reply.paragraphs, note))
        drawn = await self.drawn(place, who, reply, language, request)
        await place.fill(drawn)
        if documents and not place.private and not await place.hand_over(documents):
            log.warning("slack.files_missing", channel=who.channel.id)

    async def drawn(self, place: Place, who: Who, reply: Reply, language: str, request: Request | None) -> Drawn:
        """``reply`` as messages, with what had to be uploaded and kept for it."""
        reply = await illustrated(reply)
        form = reply.form
        if form and not any(action.verb == form.verb for action in reply.actions):
            fill_in = Action(form.submit or t(language, "Fill in"), form.verb, form.text, style="primary")
            reply = replace(reply, actions=(fill_in, *reply.actions))
        notes = {action: await self._kept(who, errand_of(action, request)) for action in reply.actions if _is_long(action)}
        pictures = await upload_pictures(who.client, reply.files) if reply.files else {}
        prepared = Prepared(request, notes, pictures)
        messages = reply_messages(reply, language, prepared)
        if not place.private and reply.answer and reply.answer.found:
            messages = (*messages[:-1], _rated(messages[-1], language))
        share = None
        if place.private and who.channel.id and not (is_direct(who.channel) or reply.error or reply.secret or form):
            share = await self._share(who, messages, language)
        return Drawn(reply, messages, language, prepared, share)

    async def _share(self, who: Who, messages: Sequence[Message], language: str) -> Json:
        kept = await self._note(who, {"messages": [dict(message.payload) for message in messages]})
        shown = button(t(language, "Show everyone"), Errand(note=kept))
        return shown | {"action_id": f"{SHARE}:0"}

    # ---- what our database keeps ----

    async def metadata(self, who: Who, errand: Errand) -> str:
        """``errand`` as a view keeps it for us."""
        if buttons.too_long(errand, METADATA_LIMIT):
            errand = Errand(note=await self._kept(who, errand))
        return buttons.written(errand)

    async def errand(self, workspace: str, value: object) -> Errand | None:
        """The errand in what Slack hands back; None where it is none of ours, or too old."""
        errand = buttons.read(value)
        if errand and errand.note:
            errand = buttons.read(await self.kept(workspace, errand.note))
        return errand if errand and not errand.note else None

    async def kept(self, workspace: str, key: str) -> Mapping[str, Any] | None:
        """What was kept for this workspace by ``key``."""
        return await self.notes.get(Channel(PLATFORM, "", workspace), key, self.now())

    async def _kept(self, who: Who, errand: Errand) -> str:
        return await self._note(who, errand.data())

    async def _note(self, who: Who, data: Mapping[str, Any]) -> str:
        now = self.now()
        return await self.notes.keep(Channel(PLATFORM, "", who.channel.workspace), data, now + NOTES_LAST, now)


def is_direct(channel: Channel) -> bool:
    """Whether only one person and the bot talk there."""
    return channel.id.startswith("D")


def apology(error: Exception, who: Who, language: str) -> Reply:
    """What people see of a bug; the log has the rest under the same reference."""
    reference = secrets.token_hex(4)
    channel = who.channel
    log.bug("slack.request_failed", error, reference=reference, workspace=channel.workspace, channel=channel.id)
    words = t(language, "Something went wrong. Reference: {reference}", reference=reference)
    return Reply(paragraphs=(words,), error=True)


def stale(language: str) -> Reply:
    """What is said about a button that nobody can make sense of any more."""
    return Reply(paragraphs=(t(language, "This button is too old to be understood. Please ask again with /brief."),), error=True)


def wrong_fields(error: UserError) -> Mapping[str, str]:
    """What is to be put right, by field; what belongs to none has the empty name."""
    return error.fields if isinstance(error, FormError) else {"": str(error)}


def _is_long(action: Action) -> bool:
    return buttons.too_long(errand_of(action))


def _rated(message: Message, language: str) -> Message:
    """With buttons to say whether the answer helped."""
    good, bad = t(language, "This answer helps"), t(language, "This answer is wrong")
    rate: Json = {
        "type": "feedback_buttons",
        "action_id": RATE,
        "positive_button": {"text": buttons.label("👍"), "value": "good", "accessibility_label": good},
        "negative_button": {"text": buttons.label("👎"), "value": "bad", "accessibility_label": bad},
    }
    blocks = numbered([*message.payload["blocks"], {"type": "context_actions", "elements": [rate]}])
    return replace(message, payload={**message.payload, "blocks": blocks})
