"""What a workspace sets for all its channels: language, time zone, quiet hours, and who may manage beside the admins."""

import re
from dataclasses import replace

from bot.commands import filled, subscription_form, times, wishes
from bot.commands.desk import Desk, is_private
from bot.locales import t
from bot.locales import times as said
from bot.model import LANGUAGES, Action, Field, Form, Option, Reply, Request
from bot.store.audit import Change
from bot.store.workspaces import Preferences

MOST_MANAGERS = 50
_DEFAULT = "default"
_PERSON = re.compile(r"(?:<@!?)?([UW][A-Z0-9]{1,20}|\d{15,21})>?")  # as Slack and Discord call people


async def settings(desk: Desk, request: Request) -> Reply:
    """What is set, with a form for those who may change it; what was filled in, or said in words, is kept."""
    language = request.language
    now = await desk.store.workspaces.preferences(request.channel)
    # In a talk of two with a whole workspace behind it, only those who manage that may change what holds everywhere.
    elsewhere = not request.channel.workspace.startswith("@")
    if request.values is None and not request.text:
        shown = Reply(title=t(language, "Settings of this workspace"), details=_details(desk, now, language))
        if not await desk.may_manage(request, elsewhere=elsewhere):
            return shown
        change = Action(t(language, "Change"), "settings")
        return replace(shown, form=_form(request, now), paragraphs=_hints(request), actions=(change,))
    await desk.refuse_unless_managing(request, elsewhere=elsewhere)
    given = wishes.pairs(request.text, FIELDS, language) if request.values is None else request.values
    wanted = _read(given, now, language)
    async with desk.store.transaction():
        await desk.store.workspaces.set(request.channel, wanted)
        await desk.store.audit.add(request.channel, _changes(request, now, wanted))
    title = t(language, "The settings are kept.")
    return Reply(title=title, details=_details(desk, wanted, wanted.language or language))


def _hints(request: Request) -> tuple[str, ...]:
    example = "/brief settings language=ja time_zone=Asia/Tokyo quiet=22:00-07:00"
    return (t(request.language, "Everything can also be said in words, for example: {example}", example=example),)


def values_of(now: Preferences) -> dict[str, tuple[str, ...]]:
    """What the fields of the form hold."""
    return {
        "language": (now.language or _DEFAULT,),
        "time_zone": (now.time_zone,) if now.time_zone else (),
        "quiet": (times.show_period(now.quiet),) if now.quiet else (),
        "managers": now.managers,
    }


def _read(values: filled.Values, base: Preferences, language: str) -> Preferences:
    return replace(base, **filled.each(_READERS, values, language))


def _language(given: tuple[str, ...], language: str) -> str:
    found = filled.one_of(*LANGUAGES, _DEFAULT)(given, language) if any(given) else _DEFAULT
    return "" if found == _DEFAULT else found


def _time_zone(given: tuple[str, ...], language: str) -> str:
    return filled.time_zone(given, language) if any(part.strip() for part in given) else ""


def _managers(given: tuple[str, ...], language: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in re.split(r"[\s,;、]+", " ".join(given).strip()):
        person = _PERSON.fullmatch(word)
        if word and not person:
            raise ValueError(t(language, "“{word}” is no person. Give mentions or ids.", word=word))
        if person:
            found[person[1]] = None
    if len(found) > MOST_MANAGERS:
        raise ValueError(t(language, "At most {n} persons.", n=MOST_MANAGERS))
    return tuple(found)


_READERS: filled.Readers = {
    "language": _language,
    "time_zone": _time_zone,
    "quiet": filled.quiet,
    "managers": _managers,
}
FIELDS = tuple(_READERS)


def _changes(request: Request, before: Preferences, after: Preferences) -> list[Change]:
    old, new = values_of(before), values_of(after)
    return [
        Change(request.at, request.person, f"settings.{key}", ", ".join(old[key]) or None, ", ".join(new[key]) or None)
        for key in new
        if old[key] != new[key]
    ]


def _details(desk: Desk, now: Preferences, language: str) -> tuple[tuple[str, str], ...]:
    spoken = said.language_name(now.language or desk.language, language)
    quiet = times.show_period(now.quiet) or t(language, "none")
    who = [f"@{person}" for person in now.managers]
    return (
        (t(language, "Language"), spoken),
        (t(language, "Time zone"), now.time_zone or desk.time_zone),
        (t(language, "Quiet hours of new briefings"), quiet),
        (t(language, "May manage"), ", ".join((t(language, "admins"), *who))),
    )


def _form(request: Request, now: Preferences) -> Form:
    language = request.language
    values = values_of(now)
    general, people = t(language, "For all channels"), t(language, "People")
    either = (Option(_DEFAULT, t(language, "As the bot's operator set it")), *subscription_form.languages(language))
    zone = t(language, "Such as Asia/Seoul, Asia/Tokyo, UTC")
    hours = f"22:00-07:00. {t(language, 'New briefings begin with these')}"
    fields = [
        Field("language", t(language, "Language"), "choice", values["language"], either, "", False, general),
        Field("time_zone", t(language, "Time zone"), "text", values["time_zone"], (), zone, False, general),
        Field("quiet", t(language, "Quiet hours"), "text", values["quiet"], (), hours, False, general),
    ]
    if not is_private(request.channel):
        hint = t(language, "Beside the admins")
        fields.append(Field("managers", t(language, "May manage"), "people", values["managers"], (), hint, False, people))
    return Form("settings", t(language, "Settings"), tuple(fields), "", t(language, "Save"))
