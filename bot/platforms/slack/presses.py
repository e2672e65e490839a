"""What people press and send: buttons, forms and shortcuts, turned into the same Requests as words."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.commands.verbs import parse
from bot.errors import UserError
from bot.locales import t
from bot.model import Channel, Reply
from bot.platforms.slack import buttons, modals
from bot.platforms.slack.blocks import Json
from bot.platforms.slack.buttons import OPEN, Errand
from bot.platforms.slack.home import home_view
from bot.platforms.slack.links import links_of
from bot.platforms.slack.places import TROUBLE, Place, PrivatePlace, ViewPlace, code_of, opened
from bot.platforms.slack.replies import reply_messages
from bot.platforms.slack.streaming import ThreadPlace
from bot.platforms.slack.talk import RATE, SHARE, Before, Talk, Who, apology, is_direct, stale, wrong_fields
from bot.platforms.slack.text import said

Body = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]

_SUBMIT_SECONDS = 2.0  # a view that was sent has to be answered within three
_MOST_LINKS = 3


class Presses:
    """Answers commands, buttons, forms and shortcuts. ``share``: shows a private answer to everyone."""

    def __init__(self, talk: Talk, share: Callable[[Who, str, Body], Awaitable[bool]]) -> None:
        self._talk, self._share = talk, share

    async def command(self, client: AsyncWebClient, command: Body) -> None:
        """Answer /brief to the one who typed it."""
        who = Who(client, Channel("slack", command["channel_id"], command.get("team_id", "")), command["user_id"])
        place = PrivatePlace(command["response_url"], client, who.channel.id, who.person, trigger=command.get("trigger_id", ""))
        verb, rest = parse(said(command.get("text") or ""))
        await self._talk.answer(place, who, Errand(verb, rest))

    # ---- buttons ----

    async def pressed(self, client: AsyncWebClient, body: Body) -> None:
        """Do what a button says."""
        action = body["actions"][0]
        who, kind = _who(client, body), str(action.get("action_id", "")).partition(":")[0]
        if kind == RATE:
            log.event("slack.answer_rated", workspace=who.channel.workspace, wanted=action.get("value") == "good")
            return
        if kind == OPEN:
            return
        if kind == SHARE:
            await self._shared(who, action, body)
            return
        errand = await self._talk.errand(who.channel.workspace, action.get("value"))
        at = await self._standing(who, body)
        if errand is None:
            language = await self._talk.conversation.language_of(who.channel)
            await self._talk.show(_place(client, who, body, Errand(), ""), who, stale(language), language)
            return
        who = replace(who, channel=replace(who.channel, id=who.channel.id or at.channel))
        errand = replace(errand, channel=who.channel.id, thread=at.thread, url=at.url, home=at.home)
        title = str((action.get("text") or {}).get("text") or "")
        if errand.asks:
            await self._asked(who, errand, title, body)
            return
        await self._talk.answer(_place(client, who, body, errand, title), who, errand, Before(root=at.thread))
        if at.home:
            await self.home(client, who.channel, who.person)

    async def _standing(self, who: Who, body: Body) -> Errand:
        """Where the button stands: what its view keeps for us, or else its message."""
        view = body.get("view")
        if view:
            kept = await self._talk.errand(who.channel.workspace, view.get("private_metadata")) or Errand()
            return replace(kept, home=kept.home or view.get("type") == "home")
        message, container = body.get("message") or {}, body.get("container") or {}
        thread = message.get("thread_ts") or container.get("thread_ts") or ""
        if not thread and is_direct(who.channel):
            thread = message.get("ts") or ""
        return Errand(channel=who.channel.id, thread=str(thread), url=str(body.get("response_url") or ""))

    async def _shared(self, who: Who, action: Body, body: Body) -> None:
        errand = buttons.read(action.get("value"))
        if not (errand and errand.note and await self._share(who, errand.note, body)):
            language = await self._talk.conversation.language_of(who.channel)
            await self._talk.show(_place(who.client, who, body, Errand(), ""), who, stale(language), language)

    async def _asked(self, who: Who, errand: Errand, title: str, body: Body) -> None:
        """Open the question that comes first."""
        language = await self._talk.conversation.language_of(who.channel)
        question, errand = errand.asks, replace(errand, asks="", again=False)
        view = modals.ask_view(title or t(language, "Ask"), question, language, await self._talk.metadata(who, errand))
        if await opened(who.client, str(body.get("trigger_id") or ""), view) is None:
            late = Reply(paragraphs=(t(language, "Slack did not open the form. Please press the button again."),), error=True)
            await self._talk.show(_place(who.client, who, body, Errand(), ""), who, late, language)

    # ---- views ----

    async def submitted(self, ack: Ack, client: AsyncWebClient, body: Body) -> None:
        """Take what was filled in: a question, a channel, or the fields of a form."""
        view, who = body["view"], _who(client, body)
        errand = await self._talk.errand(who.channel.workspace, view.get("private_metadata"))
        language = await self._talk.conversation.language_of(who.channel)
        if errand is None:
            shown = modals.answer_view("Brief", reply_messages(stale(language), language), language)
            await ack(response_action="update", view=shown)
            return
        kind = view.get("callback_id")
        if kind == modals.ASK and errand.channel:
            await ack()
            who = replace(who, channel=replace(who.channel, id=errand.channel))
            asked = replace(errand, text=modals.words_of(view))
            await self._talk.answer(_below(client, who, errand), who, asked, Before(root=errand.thread))
            return
        values = None if kind in (modals.ASK, modals.WHERE) else modals.values_of(view)
        if kind == modals.ASK:
            errand = replace(errand, text=modals.words_of(view))
        if kind == modals.WHERE:
            errand = replace(errand, channel=modals.words_of(view))
        who = replace(who, channel=replace(who.channel, id=errand.channel))
        await self._filled_in(ack, who, errand, values, view)
        if errand.home:
            await self.home(client, who.channel, who.person)

    async def _filled_in(self, ack: Ack, who: Who, errand: Errand, values: modals.Values | None, view: Body) -> None:
        """Answer a view in place: at its fields what is to be put right, or else what came of it."""
        title = str((view.get("title") or {}).get("text") or "")
        metadata = str(view.get("private_metadata") or "")
        place = ViewPlace(who.client, who.person, title=title, view=str(view["id"]), metadata=metadata)
        work = asyncio.ensure_future(self._worked_out(who, errand, values))
        in_time = bool((await asyncio.wait({work}, timeout=_SUBMIT_SECONDS))[0])
        if not in_time:
            language = await self._talk.conversation.language_of(who.channel)
            await ack(response_action="update", view=modals.wait_view(title, t(language, "One moment …"), language))
        reply, language, wrong = await work
        if in_time and wrong:
            errors = modals.errors_for(view, wrong, t(language, "Something went wrong."))
            if errors:
                await ack(response_action="errors", errors=errors)
                return
        if in_time:
            shown = await self._as_view(place, who, reply, errand, language, title)
            await ack(response_action="update", view=shown)
            return
        if not await self._talk.opened(place, who, reply, errand, language):
            await self._talk.show(place, who, reply, language)

    async def _worked_out(self, who: Who, errand: Errand, values: modals.Values | None) -> tuple[Reply, str, Mapping[str, str]]:
        """The reply to a form, its language, and what has to be put right by field."""
        language = "en"
        try:
            language = await self._talk.conversation.language_of(who.channel)
            request = await self._talk.request(who, errand, language, values=values)
            return await self._talk.conversation.handle(request), language, {}
        except UserError as error:
            return Reply(paragraphs=(str(error),), error=True), language, wrong_fields(error)
        except Exception as error:  # noqa: BLE001 the edge of a chat handler: people see a reference, the log the rest
            return apology(error, who, language), language, {}

    async def _as_view(self, place: Place, who: Who, reply: Reply, errand: Errand, language: str, title: str) -> Json:
        if reply.form:
            about = replace(errand, verb=reply.form.verb, text=reply.form.text, channel=who.channel.id, page=1)
            return modals.form_view(reply.form, language, await self._talk.metadata(who, about))
        drawn = await self._talk.drawn(place, who, reply, language, None)
        return modals.answer_view(title, drawn.messages, language, await self._talk.metadata(who, errand))

    # ---- shortcuts and the Home tab ----

    async def summarize(self, client: AsyncWebClient, body: Body) -> None:
        """Summarize what a message links to."""
        who, message = _who(client, body), body.get("message") or {}
        language = await self._talk.conversation.language_of(who.channel)
        place = _place(client, who, body, Errand(), "")
        links = links_of(message)[:_MOST_LINKS]
        if not links:
            none = t(language, "There is no link in that message. Try it on one that links to a news page or PDF.")
            await self._talk.show(place, who, Reply(paragraphs=(none,), error=True), language)
        for link in links:
            await self._talk.answer(_place(client, who, body, Errand(), ""), who, Errand("summarize", link))

    async def why(self, client: AsyncWebClient, body: Body) -> None:
        """Why the story of a message was told, or why an article that it links to was kept or rejected."""
        who, message = _who(client, body), body.get("message") or {}
        root = str(message.get("thread_ts") or message.get("ts") or "")
        links = links_of(message)
        place = _place(client, who, body, Errand(), "")
        text = "" if message.get("bot_id") else next(iter(links), "")
        await self._talk.answer(place, who, Errand("why", text), Before(root=root))

    async def ask(self, client: AsyncWebClient, body: Body) -> None:
        """Ask from anywhere: the answer comes in the same view."""
        who = _who(client, body)
        language = await self._talk.conversation.language_of(who.channel)
        question = t(language, "Your question about AI business and policy in Korea and Japan")
        view = modals.ask_view(t(language, "Ask"), question, language, buttons.written(Errand("ask")))
        await opened(client, str(body["trigger_id"]), view)

    async def subscribe(self, client: AsyncWebClient, body: Body) -> None:
        """Subscribe from anywhere: first the channel, then the form."""
        who = _who(client, body)
        language = await self._talk.conversation.language_of(who.channel)
        metadata = buttons.written(Errand("subscribe"))
        await opened(client, str(body["trigger_id"]), modals.where_view(t(language, "Subscribe"), language, metadata))

    async def home(self, client: AsyncWebClient, channel: Channel, person: str) -> None:
        """Draw the Home tab of ``person``, whose direct messages with us are ``channel``."""
        who, errand = Who(client, channel, person), Errand("home", channel=channel.id, home=True)
        reply, language, _ = await self._worked_out(who, errand, None)
        drawn = await self._talk.drawn(ViewPlace(client, person, title=""), who, reply, language, None)
        view = home_view(drawn.messages, language, buttons.written(errand))
        try:
            await client.views_publish(user_id=person, view=view)
        except TROUBLE as error:
            log.warning("slack.home_refused", error=code_of(error))


def _who(client: AsyncWebClient, body: Body) -> Who:
    """Who pressed or sent something; the channel's id is empty where there is none."""
    channel = str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")
    # In a channel shared with another workspace the person's own team is another than the one that installed us.
    team = str((body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id") or "")
    return Who(client, Channel("slack", channel, team), str(body["user"]["id"]))


def _place(client: AsyncWebClient, who: Who, body: Body, errand: Errand, title: str) -> Place:
    """Where the answer to a button goes: into its view, below it in a talk of two, or to the one who pressed it."""
    trigger, view = str(body.get("trigger_id") or ""), body.get("view")
    if view:
        own = view if view.get("type") == "modal" else {}
        metadata = str(view.get("private_metadata") or "")
        shown = title or str((view.get("title") or {}).get("text") or "Brief")
        return ViewPlace(client, who.person, title=shown, view=str(own.get("id") or ""), trigger=trigger, metadata=metadata)
    if is_direct(who.channel) and errand.thread:
        return _Opening(client, who.channel.id, errand.thread, person=who.person, team=who.channel.workspace, trigger=trigger)
    ephemeral = bool((body.get("container") or {}).get("is_ephemeral"))
    url = str(body.get("response_url") or "")
    thread = errand.thread or None
    replaces = errand.again and ephemeral
    return PrivatePlace(url, client, who.channel.id, who.person, thread=thread, replaces=replaces, trigger=trigger)


def _below(client: AsyncWebClient, who: Who, errand: Errand) -> Place:
    """Where the answer goes when a question was typed into a view: there where its button stands."""
    if is_direct(who.channel) and errand.thread:
        return ThreadPlace(client, who.channel.id, errand.thread, person=who.person, team=who.channel.workspace, agent=True)
    return PrivatePlace(errand.url, client, who.channel.id, who.person, thread=errand.thread or None)


class _Opening(ThreadPlace):
    """A thread in a talk of two, where a click lets a form open."""

    def __init__(self, client: AsyncWebClient, channel: str, root: str, *, person: str, team: str, trigger: str) -> None:
        super().__init__(client, channel, root, person=person, team=team, agent=True)
        self._trigger = trigger

    async def open(self, view: Json) -> bool:
        return await opened(self._client, self._trigger, view) is not None
