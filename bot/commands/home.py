"""What a workspace's people see at one glance (Slack's App Home): briefings, the next one, watchlists, sources, settings."""

from collections.abc import Iterable, Sequence

from bot.commands import telling, watching
from bot.commands.desk import Desk
from bot.commands.feeds import health_line, known_feeds
from bot.locales import t
from bot.locales import times as said
from bot.model import Action, Reply, Request
from bot.store.subscriptions import Standing
from bot.store.watchlist import Watched

SHOWN = 8  # briefings, and watchlists, with a button each
NAMED = 12  # of a watchlist


async def home(desk: Desk, request: Request) -> Reply:
    """Everything that is set up in the workspace, with buttons to change it."""
    language, channel, store = request.language, request.channel, desk.store
    standings = await store.subscriptions.of_workspace(channel.platform, channel.workspace)
    known = await known_feeds(desk, request)
    memories = await store.feeds.memories([feed.id for feed in known])
    rows = [(t(language, "Next briefing"), _next(desk, standings, request))]
    rows += [(_place(one), _line(one, language)) for one in standings]
    watched = await store.watchlist.of_workspace(channel.platform, channel.workspace)
    rows += [(f"{t(language, 'Watchlist')} {_channel(id)}", _names(found, language)) for id, found in watched.items()]
    rows.append((t(language, "Feeds"), health_line(known, memories, language)))
    return Reply(
        title=t(language, "AI-market briefings on Korea and Japan"),
        details=tuple(rows),
        actions=(*_subscription_buttons(standings, language), *_watch_buttons(watched, language), *_buttons(language)),
    )


def _next(desk: Desk, standings: Sequence[Standing], request: Request) -> str:
    coming = telling.next_of(desk, standings, request.at)
    if coming is None:
        return t(request.language, "none")
    due, standing = coming
    zone = standing.subscription.time_zone
    return f"{said.moment(due, zone, request.language)} · {_channel(standing.subscription.channel.id)}"


def _channel(id: str) -> str:
    return f"#{id}"


def _place(standing: Standing) -> str:
    return _channel(standing.subscription.channel.id)


def _line(standing: Standing, language: str) -> str:
    one = standing.subscription
    named = telling.called(standing, language)
    when = telling.when(one, language)
    parts = [named] if named == when else [named, when]
    return " · ".join((*parts, telling.content(one.filters, language), telling.state(standing, language)))


def _names(found: Sequence[Watched], language: str) -> str:
    shown = [watching.short(one, language) for one in found[:NAMED]]
    more = f" +{len(found) - NAMED}" if len(found) > NAMED else ""
    return ", ".join(shown) + more


def _subscription_buttons(standings: Sequence[Standing], language: str) -> list[Action]:
    """Each opens the card of one briefing, from which it is changed, paused or ended."""
    return [Action(telling.called(one, language), "subscriptions", one.subscription.id) for one in standings[:SHOWN]]


def _watch_buttons(channels: Iterable[str], language: str) -> list[Action]:
    label = t(language, "Watchlist")
    return [Action(f"{label} {_channel(id)}", "watch", f"in={id} list") for id in list(channels)[:SHOWN]]


def _buttons(language: str) -> tuple[Action, ...]:
    return (
        Action(t(language, "New briefing"), "subscribe", style="primary"),
        Action(t(language, "Feeds"), "feeds"),
        Action(t(language, "Settings"), "settings"),
        Action(t(language, "Help"), "help"),
    )
