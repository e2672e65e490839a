"""Two workspaces never see one another's settings, watchlists, briefings, feeds or corrections, whatever is said."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.errors import UserError
from bot.model import Channel, FeedMemory, FeedReading, Reply, Request
from bot.store import Store
from tests.builders import NOON, feed
from tests.commands.place import Talk
from tests.commands.test_handlers import LAW, UPSTAGE, store

__all__ = ["store"]
OURS = Channel("slack", "C1", "T1")
# The same ids elsewhere: another team, another platform, a talk of two.
THEIRS = (
    Channel("slack", "C1", "T2"),
    Channel("discord", "C1", "T1"),
    Channel("discord", "C1", ""),
    Channel("slack", "D1", "T2"),
)
SECRETS = ("geheimwort", "morgenpost", "https://example.com/geheim", "Geheimfeed", "America/Lima", "U777", "geheimrolle")
PROBES = (
    "today", "week", "ask 업스테이지 법인은 어디에 있나?", "search 법인", f"summarize {UPSTAGE.url}", f"why {UPSTAGE.url}", "why s1", "sources s1",
    "subscribe", "subscriptions", "subscriptions morgenpost", "subscriptions {id}", "pause", "pause {id}", "resume {id}",
    "unsubscribe {id}", "preview", "preview {id}", "subscribe change {id}", "subscribe now change {id} 10:00",
    "watch list", "watch remove geheimwort", "watch in=C1 list", "watch add Upstage", "feeds", "feeds list",
    "feeds remove Geheimfeed", "feeds remove added-1", "settings", "settings quiet=22:00-07:00", "status", "home", "help", "help settings",
    "merge s1 s1", "split ko", "correct s1", "correct s1 topic chips", "good s1", "bad s1",
    "ledger", "policy", "lookup Upstage", "compare",
)  # fmt: skip


class OneFeed:
    async def probe(self, url: str, now: datetime) -> FeedReading:
        found = feed("added-1", url, name="Geheimfeed")
        return FeedReading(found, FeedMemory(found.id, url))


async def _furnished(store: Store) -> tuple[Talk, str]:
    """Our workspace with everything that can be set, and its briefing's id."""
    talk = Talk(store, probe=OneFeed())
    await talk("settings language=ja time_zone=America/Lima managers=U777")
    await talk("subscribe now 09:00 name=morgenpost")
    await talk("watch add geheimwort")
    await talk("feeds add https://example.com/geheim")
    await talk("correct s1 topic talent")
    (standing,) = await store.subscriptions.of_channel(OURS)
    return talk, standing.subscription.id


async def _state(store: Store) -> tuple[Any, ...]:
    return (
        await store.workspaces.preferences(OURS),
        await store.subscriptions.of_workspace("slack", "T1"),
        await store.watchlist.of_channel(OURS),
        await store.added_feeds.of_workspace(OURS),
        await store.audit.of_workspace(OURS),
        await store.overrides.of_stories(["s1", "s2"], OURS),
        await store.feedback.votes(OURS),
    )


async def test_whatever_is_said_elsewhere_shows_and_changes_nothing_of_ours(store: Store) -> None:
    talk, id = await _furnished(store)
    before = await _state(store)
    said = 0
    for there in THEIRS:
        for probe in PROBES:
            text = probe.format(id=id)
            try:
                shown = _text(await talk(text, channel=there, person="U9"))
            except UserError as error:
                shown = str(error).replace(text.partition(" ")[2].split(" ")[-1], "")  # what they typed themselves
            said += 1
            typed = [secret for secret in SECRETS if secret in text]
            assert not [secret for secret in SECRETS if secret in shown and secret not in typed], f"{there}: {text}"
            if id not in text:
                assert id not in shown, f"{there}: {text}"
    assert said == len(THEIRS) * len(PROBES) and await _state(store) == before


async def test_nothing_is_suggested_from_elsewhere_and_a_manager_here_is_nobody_there(store: Store) -> None:
    talk, id = await _furnished(store)
    verbs = ("pause", "preview", "subscriptions", "watch", "feeds", "settings", "subscribe")
    for there in THEIRS:
        for verb in verbs:
            for rest in ("", "m", "remove ", "remove g", "test ", "add g"):
                found = await talk.commands.suggest(Request(verb, rest, there, "U9", "en", NOON))
                text = " ".join(f"{one.value} {one.label}" for one in found)
                assert id not in text and not [secret for secret in SECRETS if secret in text]
    desk_of = talk.commands._desk
    request = talk.request("help", admin=False, person="U777")
    assert await desk_of.may_manage(request)
    assert not await desk_of.may_manage(replace(request, channel=THEIRS[0])) and not await desk_of.may_manage(
        replace(request, channel=THEIRS[1])
    )


async def test_forgetting_a_workspace_leaves_nothing_of_it_and_all_of_the_others(store: Store) -> None:
    talk, _ = await _furnished(store)
    for text in ("settings language=ko", "watch add Upstage", "correct s1 topic chips"):
        await talk(text, channel=THEIRS[0])
    removed = await store.upkeep.forget("slack", "T1")
    assert {name for name, rows in removed.items() if rows} >= {
        "workspaces", "subscriptions", "watchlist", "added_feeds", "overrides", "audit",
    }  # fmt: skip
    assert (await store.workspaces.preferences(OURS)).managers == () and await store.audit.of_workspace(OURS) == []
    assert (await store.workspaces.preferences(THEIRS[0])).language == "ko" and await store.watchlist.names(THEIRS[0]) == (
        "Upstage",
    )


def _text(reply: Reply) -> str:
    return repr(replace(reply, edition=None)) + repr(
        [(item.topic, item.reasons) for item in reply.edition.items] if reply.edition else ""
    )


async def test_home_shows_all_of_the_workspace_with_a_button_for_each(store: Store) -> None:
    talk, id = await _furnished(store)
    home = await talk("home", channel=Channel("slack", "D5", "T1"), admin=False)
    rows = home.details
    assert rows[0][0] == "Next briefing" and "#C1" in rows[0][1]
    assert any(label == "#C1" and text.startswith("morgenpost") for label, text in rows)
    assert ("Watchlist #C1", "geheimwort") in rows and any(label == "Feeds" and "2 feeds" in text for label, text in rows)
    assert [(one.label, one.verb, one.text) for one in home.actions][:2] == [
        ("morgenpost", "subscriptions", id),
        ("Watchlist #C1", "watch", "in=C1 list"),
    ]
    card = await talk.press(home, "morgenpost", channel=Channel("slack", "D5", "T1"))
    assert [action.label for action in card.actions] == ["Preview", "Change", "Pause", "Unsubscribe"]
    await talk.press(card, "Pause", channel=Channel("slack", "D5", "T1"))
    assert [one.state for one in await store.subscriptions.of_channel(OURS)] == ["paused"]
    assert LAW.title not in _text(home)
