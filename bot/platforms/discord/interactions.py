"""Answers commands, buttons, menus and modals: acknowledges at once, then fills in, for the asker's eyes first."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import aiohttp
import discord
from discord.app_commands import Choice

from bot import log
from bot.errors import FormError
from bot.locales import t
from bot.model import Action, File, Reply, Request
from bot.platforms.discord import forms
from bot.platforms.discord.asking import Asking, Interaction, attached, manages, place_of, reply_language, went_wrong
from bot.platforms.discord.buttons import (
    ASK,
    NOTE,
    SAY,
    SEND,
    SHARE,
    TURN,
    Press,
    button,
    custom_id,
    kept,
    keyed,
    read,
    shortened,
    to_keep,
)
from bot.platforms.discord.gate import Gate
from bot.platforms.discord.growing import PACE, Growing
from bot.platforms.discord.items import view
from bot.platforms.discord.layout import text_display
from bot.platforms.discord.replies import Part, reply_parts
from bot.platforms.discord.text import inert, pieces

_SUGGEST_SECONDS = 2.5  # Discord waits for 3
_WHO = 120
_FOLLOWUPS = 5  # that one interaction may have where the bot itself is not in the server


class Interactions:
    """What people do with commands and components. ``pace``: seconds between two edits of an answer that grows."""

    def __init__(self, asking: Asking, pace: float = PACE) -> None:
        self._asking = asking
        self._pace = pace
        self._gate = Gate()

    # ---- what comes in ----

    async def command(self, interaction: Interaction, verb: str, text: str, about: str = "") -> None:
        """A slash command or a context menu."""
        async with _edge(verb, interaction):
            await self._acknowledge(interaction, thinking=True)
            await self._fill(interaction, self._request(interaction, verb, text, about))

    async def tell(self, interaction: Interaction, reply: Reply, buttons: list[dict[str, Any]] | None = None) -> None:
        """Show a reply that needs no conversation, to this person only."""
        async with _edge("tell", interaction):
            (part, *_) = reply_parts(reply, "en", buttons or [])
            await interaction.response.send_message(view=view(part.components), ephemeral=True)

    async def pressed(self, interaction: Interaction, id: str) -> None:
        """A button, or a choice in a menu."""
        async with _edge("button", interaction):
            press, note = await self._meant(interaction, id)
            if press is None:
                await self._expired(interaction)
            else:
                await self._do(interaction, press, note)

    async def submitted(self, interaction: Interaction) -> None:
        """A modal was sent."""
        async with _edge("modal", interaction):
            data: Mapping[str, Any] = interaction.data or {}
            press, note = await self._meant(interaction, str(data.get("custom_id", "")))
            typed = forms.controls(data.get("components", ()))
            if press is None:
                await self._expired(interaction)
            elif press.kind == SAY:
                text = " ".join(typed.get("text", [])).strip()
                await self._acknowledge(interaction, thinking=True)
                await self._fill(interaction, self._request(interaction, press.verb, text, press.about))
            else:
                await self._typed(interaction, press.key, forms.typed_in(dict(note), typed))

    async def _meant(self, interaction: Interaction, id: str) -> tuple[Press | None, Mapping[str, Any]]:
        """What an id says, and the note that it names; nothing where it or the note is none of ours any more."""
        press = read(id)
        if press is None or not press.key:
            return press, {}
        note = await self._asking.notes.get(place_of(interaction), press.key, self._asking.now()) or {}
        if press.kind != NOTE:
            return (press if note else None), note
        actions = note.get("actions", [])
        return (kept(actions[press.section]) if press.section < len(actions) else None), note

    async def suggest(self, interaction: Interaction, verb: str, typed: str) -> list[Choice[str]]:
        """Ways to complete what is typed; none where they take too long."""
        try:
            async with asyncio.timeout(_SUGGEST_SECONDS):
                request = self._request(interaction, verb, typed)
                language = await self._asking.language(request.channel, interaction.locale)
                found = await self._asking.suggest(replace(request, language=language))
        except TimeoutError:
            return []
        except Exception as error:  # noqa: BLE001 - the edge of a chat handler: who types goes on typing
            log.bug("discord.suggest", error, verb=verb)
            return []
        return [Choice(name=shortened(label, 100), value=value) for value, label in found if 0 < len(value) <= 100][:25]

    # ---- what is done ----

    async def _do(self, interaction: Interaction, press: Press, note: Mapping[str, Any]) -> None:
        message = interaction.message
        if press.kind == ASK:
            await self._ask(interaction, press)
        elif press.kind == SHARE:
            await self._share(interaction, press.key, note)
        elif press.key:
            await self._form(interaction, press, dict(note))
        elif press.kind == TURN and message is not None and (message.flags.ephemeral or message.guild is None):
            await self._acknowledge(interaction)
            await self._fill(interaction, self._request(interaction, press.verb, press.text, press.about, press.page))
        else:
            await self._acknowledge(interaction, thinking=True)
            await self._fill(interaction, self._request(interaction, press.verb, press.text, press.about, press.page))

    async def _ask(self, interaction: Interaction, press: Press) -> None:
        """Open a modal for the line that is to be typed; its id says what will be said with it."""
        said = Action("", press.verb, about=press.about)
        key = custom_id(said) or keyed(NOTE, await self._asking.keep(place_of(interaction), {"actions": [to_keep(said)]}), 0)
        language = reply_language(interaction.locale) or "en"
        await _open(interaction, forms.question_modal(press.text, key, language))

    async def _form(self, interaction: Interaction, press: Press, draft: forms.Draft) -> None:
        if draft.get("person") != str(interaction.user.id):
            language = reply_language(interaction.locale) or draft["language"]
            words = t(language, "This form is somebody else's. Open one of your own with /brief.")
            await self.tell(interaction, Reply(paragraphs=(words,), error=True))
        elif press.kind == SEND:
            await self._send(interaction, press.key, draft)
        elif modal := forms.section_modal(draft, press.key, press.section):
            await _open(interaction, modal)
        else:
            await self._expired(interaction)

    async def _typed(self, interaction: Interaction, key: str, draft: forms.Draft) -> None:
        """Show the card with what was typed."""
        await self._acknowledge(interaction)
        await self._asking.notes.change(place_of(interaction), key, draft)
        await self._show_card(interaction, draft, key)

    async def _send(self, interaction: Interaction, key: str, draft: forms.Draft) -> None:
        await self._acknowledge(interaction)
        head = draft["form"]
        request = replace(self._request(interaction, head["verb"], head["text"]), values=forms.values_of(draft))
        try:
            request, reply = await self._asking.answer(request, interaction.locale)
        except FormError as error:
            draft = {**draft, "errors": dict(error.fields)}
            await self._asking.notes.change(place_of(interaction), key, draft)
            await self._show_card(interaction, draft, key)
        else:
            await self._present(interaction, request, reply)

    async def _show_card(self, interaction: Interaction, draft: forms.Draft, key: str) -> None:
        (part, *_) = reply_parts(forms.card(draft), draft["language"], forms.card_buttons(draft, key))
        await interaction.edit_original_response(view=view(part.components))

    async def _share(self, interaction: Interaction, key: str, note: Mapping[str, Any]) -> None:
        """Post what the asker sees for everyone, once."""
        if note.get("shared"):
            words = t(reply_language(interaction.locale) or note["language"], "Everyone sees it already.")
            await self.tell(interaction, Reply(paragraphs=(words,)))
            return
        await self._acknowledge(interaction)
        await self._asking.notes.change(place_of(interaction), key, {"shared": True, "language": note["language"]})
        who = t(note["language"], "{name} asked: {words}", name=interaction.user.display_name, words=note["words"])
        first, *others = _unpacked(note)
        first = Part([text_display(f"-# {next(pieces(who, _WHO), '…')}"), *first.components], first.files)
        for part in (first, *others):
            await interaction.followup.send(view=view(part.components), files=attached(part.files), suppress_embeds=True)

    # ---- answers ----

    async def _acknowledge(self, interaction: Interaction, *, thinking: bool = False) -> None:
        """``thinking``: a message of its own will be filled in, which only the asker sees."""
        async with self._gate.acknowledging():
            await interaction.response.defer(ephemeral=thinking, thinking=thinking)

    async def _fill(self, interaction: Interaction, request: Request) -> None:
        language = reply_language(interaction.locale) or request.language

        async def put(reply: Reply) -> None:
            await interaction.edit_original_response(view=view(reply_parts(reply, language)[0].components))

        growing = Growing(put, self._pace)
        request, reply = await self._asking.answer(request, interaction.locale, growing.show)
        await growing.ended()
        await self._present(interaction, request, reply)

    async def _present(self, interaction: Interaction, request: Request, reply: Reply) -> None:
        if reply.form is not None:
            draft = forms.draft(reply.form, request.person, request.language)
            await self._show_card(interaction, draft, await self._asking.keep(request.channel, draft))
            return
        buttons = await self._asking.buttons(request, reply)
        if interaction.guild_id is not None and not reply.error and not reply.secret and not _is_public(interaction):
            buttons.append(await self._share_button(request, reply, buttons))
        first, *others = self._within(interaction, reply_parts(reply, request.language, buttons), request.language)
        await interaction.edit_original_response(view=view(first.components), attachments=attached(first.files))
        for part in others:
            await interaction.followup.send(view=view(part.components), files=attached(part.files), ephemeral=True)

    async def _share_button(self, request: Request, reply: Reply, buttons: list[dict[str, Any]]) -> dict[str, Any]:
        words = f"/brief {request.verb} {request.text}".strip()
        parts = [_packed(part) for part in reply_parts(reply, request.language, buttons)]
        key = await self._asking.keep(request.channel, {"parts": parts, "words": words, "language": request.language})
        return button(t(request.language, "Show everyone"), keyed(SHARE, key))

    def _within(self, interaction: Interaction, parts: tuple[Part, ...], language: str) -> tuple[Part, ...]:
        """As many messages as Discord takes here; the last says where the rest can be read."""
        alone = interaction.is_user_integration() and not interaction.is_guild_integration()
        if not alone or len(parts) <= _FOLLOWUPS + 1:
            return parts
        words = t(language, "Discord shows no more of it here. Ask me in a direct message for the whole.")
        return (*parts[:_FOLLOWUPS], Part([text_display(inert(words))]))

    async def _expired(self, interaction: Interaction) -> None:
        language = reply_language(interaction.locale) or "en"
        words = t(language, "This button is too old. Say it again with /brief.")
        await self.tell(interaction, Reply(paragraphs=(words,), error=True))

    def _request(self, interaction: Interaction, verb: str, text: str, about: str = "", page: int = 1) -> Request:
        who = interaction.user
        admin = manages(who, interaction.permissions)
        now = self._asking.now()
        return Request(verb, text, place_of(interaction), str(who.id), "en", now, about=about, page=page, admin=admin, alone=True)


async def _open(interaction: Interaction, modal: discord.ui.Modal) -> None:
    await interaction.response.send_modal(modal)
    modal.stop()  # what is typed comes as an interaction, also after a restart: the client need not remember the modal


def _is_public(interaction: Interaction) -> bool:
    """Whether what is filled in is there for everyone already."""
    message = interaction.message
    return (
        message is not None
        and interaction.response.type is discord.InteractionResponseType.deferred_message_update
        and (not message.flags.ephemeral)
    )


def _packed(part: Part) -> dict[str, Any]:
    files = [{"name": file.name, "content": base64.b64encode(file.content).decode(), "alt": file.alt} for file in part.files]
    return {"components": part.components, "files": files}


def _unpacked(note: Mapping[str, Any]) -> list[Part]:
    return [
        Part(
            one["components"],
            tuple(File(file["name"], base64.b64decode(file["content"]), file["alt"]) for file in one["files"]),
        )
        for one in note["parts"]
    ]


@asynccontextmanager
async def _edge(what: str, interaction: Interaction) -> AsyncIterator[None]:
    """What Discord refuses is logged; nobody can be told, as the telling was refused. A bug gives people a reference."""
    try:
        yield
    except (discord.HTTPException, aiohttp.ClientError) as error:
        log.warning("discord.reply.failed", verb=what, reason=str(error))
    except Exception as error:  # noqa: BLE001 - the edge of a chat handler: logged, and the person gets a reference
        (part, *_) = reply_parts(went_wrong(error, what, reply_language(interaction.locale) or "en"), "en")
        with suppress(discord.HTTPException, aiohttp.ClientError):
            if interaction.response.is_done():
                await interaction.followup.send(view=view(part.components), ephemeral=True)
            else:
                await interaction.response.send_message(view=view(part.components), ephemeral=True)
