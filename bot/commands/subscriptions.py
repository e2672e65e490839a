"""Who gets what and when: subscribing, changing, pausing, ending and previewing subscriptions in the chat."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from bot.archive import policy
from bot.commands import filled, subscription_form, telling, verbs, wishes
from bot.commands.desk import Desk
from bot.commands.weekly import weekly
from bot.errors import FormError, UserError
from bot.locales import t, tn
from bot.model import Action, Reply, Request, Subscription
from bot.pipeline.briefing import Wanted
from bot.schedule import period_begins
from bot.store.audit import Change
from bot.store.subscriptions import Standing

MOST = 10  # subscriptions of a channel that are made in chat
_CHANGE, _NOW = "change", "now"


async def subscribe(desk: Desk, request: Request) -> Reply:
    """A form for a new subscription or, behind "change ID", an old one; with "now" and words, or a form filled in, it is kept."""
    words, at_once = _without(request.text, _NOW)
    words, changing = _without(words, _CHANGE)
    standing = None
    if changing:
        named, _, words = words.partition(" ")
        standing = await _named(desk, request, named)
        _refuse_file(standing, request.language)
    base = standing.subscription if standing else await _new(desk, request)
    if request.values is not None:
        return await _keep(desk, request, standing, filled.read(request.values, base, request.language))
    wanted = filled.read(wishes.read(words, request.language), base, request.language)
    if at_once:
        return await _keep(desk, request, standing, wanted)
    return _proposed(request, wanted, standing)


def _without(text: str, head: str) -> tuple[str, bool]:
    first, _, rest = text.strip().partition(" ")
    return (rest.strip(), True) if first.lower() == head else (text.strip(), False)


async def _new(desk: Desk, request: Request) -> Subscription:
    """What the form of a new subscription begins with."""
    set_here = await desk.store.workspaces.preferences(request.channel)
    return Subscription(
        id=f"c{secrets.token_hex(5)}",
        channel=request.channel,
        times=(time(9),),
        time_zone=set_here.time_zone or desk.time_zone,
        language=set_here.language or request.language,
        on_holiday="skip",
        quiet=set_here.quiet,
        owner=request.person,
    )


def _proposed(request: Request, wanted: Subscription, standing: Standing | None) -> Reply:
    """The form and, where none can open, what was understood with a button that keeps it."""
    language = request.language
    text = f"{_CHANGE} {standing.subscription.id}" if standing else ""
    words = wishes.write(filled.values_of(wanted, language))
    example = "/brief subscribe now 07:30 18:00 weekdays japanese policy chips"
    hint = t(language, "Everything can also be said in words, for example: {example}", example=example)
    return Reply(
        title=t(language, "Change briefing") if standing else t(language, "New briefing"),
        details=telling.details(wanted, language),
        paragraphs=(hint,),
        form=subscription_form.form(wanted, request, text),
        actions=(Action(t(language, "Save"), "subscribe", f"{_NOW} {text} {words}".replace("  ", " "), style="primary"),),
    )


async def _keep(desk: Desk, request: Request, standing: Standing | None, wanted: Subscription) -> Reply:
    store, language = desk.store, request.language
    before = standing.subscription if standing else None
    if wanted.mention != (before.mention if before else "") and not request.admin:
        raise FormError({"mention": t(language, "Only an admin can set a role that is mentioned.")})
    async with store.transaction("|".join(("briefings", wanted.channel.platform, wanted.channel.workspace, wanted.channel.id))):
        others = [one for one in await store.subscriptions.of_channel(wanted.channel) if one.subscription.id != wanted.id]
        _refuse_doubles(wanted, others, language)
        await store.subscriptions.add(wanted)
        await store.audit.add(request.channel, _changes(request, before, wanted))
    kept = Standing(wanted, "chat", "active", None)
    title = t(language, "The briefing is changed.") if standing else t(language, "This channel is subscribed.")
    return replace(_card(desk, request, kept), title=title)


def _refuse_doubles(wanted: Subscription, others: Sequence[Standing], language: str) -> None:
    if len([one for one in others if one.origin == "chat"]) >= MOST:
        raise UserError(t(language, "This channel has {n} briefings already; end one first: /brief unsubscribe", n=MOST))
    if any(wanted.name.lower() in (one.subscription.name.lower(), one.subscription.id) for one in others) and wanted.name:
        raise FormError({"name": t(language, "Another briefing of this channel has this name.")})


def _changes(request: Request, before: Subscription | None, after: Subscription) -> list[Change]:
    """One entry for a new subscription, one for each changed field of an old one."""
    new = filled.values_of(after, "en")
    if before is None:
        return [Change(request.at, request.person, f"subscription.{after.id}", None, wishes.write(new))]
    old = filled.values_of(before, "en")
    return [
        Change(request.at, request.person, f"subscription.{after.id}.{key}", ", ".join(old[key]), ", ".join(new[key]))
        for key in new
        if old[key] != new[key]
    ]


# ---- showing ----


def _card(desk: Desk, request: Request, standing: Standing) -> Reply:
    """One subscription with its buttons."""
    language, one = request.language, standing.subscription
    rows = [*telling.details(one, language), (t(language, "State"), telling.state(standing, language))]
    if coming := telling.next_line(desk, standing, request.at, language):
        rows.append((t(language, "Next briefing"), coming))
    told = t(language, "It is set in feeds.yaml, where whoever runs the bot can change it; here it can be paused.")
    return Reply(
        title=telling.called(standing, language),
        details=tuple(rows),
        paragraphs=(told,) if standing.origin == "file" else (),
        actions=_buttons(standing, language),
    )


def _buttons(standing: Standing, language: str) -> tuple[Action, ...]:
    id = standing.subscription.id
    preview = Action(t(language, "Preview"), "preview", id)
    pause = Action(t(language, "Pause"), "pause", id)
    resume = Action(t(language, "Resume"), "resume", id, style="primary")
    toggle = pause if standing.state == "active" else resume
    if standing.origin == "file":
        return (preview, toggle)
    change = Action(t(language, "Change"), "subscribe", f"{_CHANGE} {id}")
    return (preview, change, toggle, Action(t(language, "Unsubscribe"), "unsubscribe", id, style="danger"))


async def listing(desk: Desk, request: Request) -> Reply:
    """The subscriptions of the channel; a name or id shows one."""
    language = request.language
    if request.text:
        return _card(desk, request, await _named(desk, request, request.text))
    standings = await desk.store.subscriptions.of_channel(request.channel)
    if len(standings) == 1:
        return _card(desk, request, standings[0])
    new = Action(t(language, "New briefing"), "subscribe", style="primary")
    if not standings:
        return Reply(paragraphs=(t(language, "This channel gets no briefing yet."),), actions=(new,))
    lines = tuple(f"• {_line(desk, request, one)}" for one in standings)
    buttons = [Action(telling.called(one, language), "subscriptions", one.subscription.id) for one in standings]
    title = tn(language, "{n} briefing in this channel", "{n} briefings in this channel", len(standings))
    return Reply(title=title, paragraphs=lines, actions=(*buttons, new))


def _line(desk: Desk, request: Request, standing: Standing) -> str:
    language = request.language
    coming = telling.next_line(desk, standing, request.at, language)
    parts = [telling.called(standing, language)]
    if standing.subscription.name or standing.origin == "file":
        parts.append(telling.when(standing.subscription, language))
    parts.append(t(language, "next: {when}", when=coming) if coming else telling.state(standing, language))
    return " · ".join(parts)


# ---- choosing one ----


async def _chosen(desk: Desk, request: Request) -> Standing | Reply:
    """The subscription that is meant: by name or id, or else the channel's only one; a Reply where there is a choice."""
    if request.text:
        return await _named(desk, request, request.text)
    standings = await desk.store.subscriptions.of_channel(request.channel)
    if len(standings) == 1:
        return standings[0]
    language = request.language
    if not standings:
        raise UserError(t(language, "This channel gets no briefing yet. /brief subscribe sets one up."))
    choices = tuple(Action(telling.called(one, language), request.verb, one.subscription.id) for one in standings)
    return Reply(paragraphs=(t(language, "Which briefing?"),), actions=choices)


async def _named(desk: Desk, request: Request, name: str) -> Standing:
    """The subscription of this workspace with this id, or of this channel with this name. Raises UserError."""
    channel, wanted = request.channel, name.strip().strip("\"'“”").lower()
    standings = await desk.store.subscriptions.of_workspace(channel.platform, channel.workspace)
    here = [one for one in standings if one.subscription.channel == channel]
    by_id = [one for one in (*here, *standings) if one.subscription.id.lower() == wanted]
    by_name = [one for one in here if one.subscription.name.lower() == wanted]
    if wanted and (found := by_id or by_name):
        if found[0].subscription.channel != channel and verbs.get(request.verb).managing:
            await desk.refuse_unless_managing(request, elsewhere=True)
        return found[0]
    known = ", ".join(telling.called(one, request.language) for one in here)
    if known:
        raise UserError(t(request.language, "No briefing is called “{name}” here. There are: {known}", name=name, known=known))
    raise UserError(t(request.language, "This channel gets no briefing yet. /brief subscribe sets one up."))


def _refuse_file(standing: Standing, language: str) -> None:
    if standing.origin == "file":
        message = t(
            language,
            "“{name}” is set in feeds.yaml: whoever runs the bot changes or ends it there. /brief pause pauses it.",
            name=standing.subscription.id,
        )
        raise UserError(message)


# ---- pausing, ending, previewing ----


async def pause(desk: Desk, request: Request) -> Reply:
    """Nothing more comes of a subscription until it is resumed."""
    found = await _chosen(desk, request)
    if isinstance(found, Reply):
        return found
    if found.state == "active":
        await _log(desk, request, found, "paused")
        await desk.store.subscriptions.pause(found.subscription.id, PAUSED)
        found = replace(found, state="paused", reason=PAUSED)
    return replace(_card(desk, request, found), title=t(request.language, "Paused. /brief resume goes on with it."))


PAUSED = "by people in the channel"


async def resume(desk: Desk, request: Request) -> Reply:
    """A subscription that was paused, or stopped because its channel refused us, is served again."""
    found = await _chosen(desk, request)
    if isinstance(found, Reply):
        return found
    if found.state != "active":
        await _log(desk, request, found, "active")
        await desk.store.subscriptions.resume(found.subscription.id)
        found = replace(found, state="active", reason=None)
    return replace(_card(desk, request, found), title=t(request.language, "It goes on."))


async def unsubscribe(desk: Desk, request: Request) -> Reply:
    """A subscription made in chat ends."""
    found = await _chosen(desk, request)
    if isinstance(found, Reply):
        return found
    _refuse_file(found, request.language)
    await _log(desk, request, found, None)
    await desk.store.subscriptions.remove(found.subscription)
    language = request.language
    words = wishes.write(filled.values_of(found.subscription, language))
    said = t(language, "No more briefings come of it: {when}", when=telling.when(found.subscription, language))
    return Reply(
        title=t(language, "Unsubscribed."),
        paragraphs=(said,),
        actions=(Action(t(language, "Subscribe again"), "subscribe", f"{_NOW} {words}"),),
    )


async def _log(desk: Desk, request: Request, standing: Standing, after: str | None) -> None:
    what = f"subscription.{standing.subscription.id}"
    await desk.store.audit.add(request.channel, [Change(request.at, request.person, what, standing.state, after)])


async def preview(desk: Desk, request: Request) -> Reply:
    """The edition as it would be now, for the one who asks: nothing is posted, nothing counts as told.

    What is of a week alone, charts and all dates of the next months, is there as soon as the next edition will be of a week.
    """
    found = await _chosen(desk, request)
    if isinstance(found, Reply):
        return found
    one, now = found.subscription, request.at
    last = await desk.store.editions.last_slot(one.id)
    since, coming = period_begins(last, now), desk.next_slot(one, now)
    ends = coming.due if last and coming else now
    wanted = Wanted(
        key=f"preview/{one.id}/{now:%Y%m%dT%H%M%S}",
        since=since,
        until=now,
        language=one.language,
        time_zone=one.time_zone,
        filters=one.filters,
        told_to=one.channel,
        reader=request.channel,
        watchlist=await desk.store.watchlist.names(one.channel),
    )
    edition = await desk.briefer.edition(wanted, feeds=desk.feeds())
    reminded = await desk.store.reminders.of_channels([one.channel])
    known, countries = await policy.clock(desk.store, now), one.filters.countries
    ahead = policy.for_edition(known, reminded.get(one.channel, ()), countries, since, ends, one.language)
    week = await weekly(desk.store, since, now, ends=ends)
    charts = await week.charts(one.language, one.time_zone, one.filters, one.channel) if one.charts else ()
    return Reply(edition=replace(edition, ahead=ahead, charts=charts))
