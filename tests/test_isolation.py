"""Two workspaces on one bot: nothing of one ever appears in the other, whatever is said there, and each is forgotten alone.

Tables and verbs are walked, not listed: a new one is tested as soon as it is there, or the test asks for what it lacks.
"""

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Float, Integer, Table, insert, select

from bot.commands.verbs import VERBS
from bot.errors import BotError
from bot.model import Channel, Edition, Feed, FeedKind, FeedMemory, Relevance, Reply, StoryDecision, Subscription, Topic
from bot.store import Store, codec
from bot.store.schema import Instant, metadata
from bot.store.workspaces import Preferences
from tests.builders import NOON, article
from tests.commands.place import Talk
from tests.commands.test_handlers import LAW, UPSTAGE

OURS, THEIRS = Channel("slack", "C1", "TOURS"), Channel("slack", "C1", "TTHEIRS")
CANARY = "Kanarie"
STORY = "s1"
TABLES = [table for table in metadata.sorted_tables if "workspace" in table.c]
# What a column has to hold so that the objects of bot.model can be read from it again.
_FIXED: dict[str, Any] = {
    "platform": "slack",
    "channel": "C1",
    "story_id": STORY,
    "other_id": "s2",
    "subject": "ko",
    "origin": "chat",
    "kind": "merge",
    "hhmm": "08:00",
    "articles": ["ko"],
    "left_at": None,
    "state": "active",
    "what": "topic",
    "value": ["policy"],
}


def _row(table: Table, workspace: str, word: str) -> dict[str, Any]:
    """A row with ``word`` in every text that is free."""
    subscription = Subscription(f"{word}-id", Channel("slack", "C1", workspace), (time(8),), owner=f"{word}-owner")
    feed = Feed(f"{word}-feed", f"{word} news", f"https://example.com/{word}/feed.xml", "ko", "KR", FeedKind.PRESS, outlet=word)
    key = f"{word}-id/2026-11-23/08:00"
    special: dict[tuple[str, str], Any] = {
        ("subscriptions", "id"): subscription.id,
        ("subscriptions", "data"): codec.dump(subscription),
        ("editions", "key"): key,
        ("editions", "subscription_id"): subscription.id,
        ("editions", "kind"): "digest",
        ("editions", "data"): codec.dump(Edition(key, "en", "UTC", NOON, NOON, ())),
        ("told", "edition_key"): key,
        ("told", "articles"): 1,
        ("deliveries", "edition_key"): key,
        ("deliveries", "state"): "held",
        ("deliveries", "kind"): "post",
        ("notices", "data"): codec.dump(Reply(title=word)),
        ("notices", "state"): "pending",
        ("added_feeds", "feed_id"): feed.id,
        ("added_feeds", "data"): codec.dump(feed),
        ("workspaces", "data"): codec.dump(Preferences(managers=(f"{word}-manager",))),
        ("reminders", "day"): date(2026, 11, 30),
        ("audit", "what"): f"{word}-what",
        ("findings", "what"): f"{word}-what",
    }
    values: dict[str, Any] = {"workspace": workspace}
    for column in table.columns:
        if column.name in values or (column.primary_key and column.name == "number"):
            continue
        if (table.name, column.name) in special:
            values[column.name] = special[(table.name, column.name)]
        elif column.name in _FIXED:
            values[column.name] = _FIXED[column.name]
        else:
            values[column.name] = _made_up(column.type, f"{word}-{table.name}-{column.name}")
    return values


def _made_up(kind: Any, word: str) -> Any:
    if isinstance(kind, Instant):
        return NOON
    if isinstance(kind, Date):
        return NOON.date()
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer | Float):
        return 1
    return word if "CHAR" in str(kind) or "TEXT" in str(kind) else {"word": word}


async def _rows(store: Store, workspace: str) -> dict[str, list[str]]:
    """Everything of one workspace, by table."""
    found = {}
    async with store._database.read() as connection:
        for table in TABLES:
            rows = await connection.execute(select(table).where(table.c.workspace == workspace))
            found[table.name] = sorted(repr(tuple(row)) for row in rows)
    return found


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A row in every table that knows workspaces, for both."""
    opened = await Store.open(database_url)
    seen = NOON.replace(hour=11)
    await opened.articles.add([replace(one, first_seen=seen) for one in (UPSTAGE, LAW, article("off"))])
    good = Relevance(0.95, True, (Topic.EXPANSION,), ("KR", "JP"), "KR→JP", ("Upstage",))
    await opened.articles.save_relevance({"ko": good, "ja": replace(good, topics=(Topic.POLICY,))})
    decisions = [StoryDecision("ko", STORY, False), StoryDecision("ja", "s2", False)]
    await opened.stories.save(decisions, [UPSTAGE, LAW], seen)
    await opened.feeds.save([FeedMemory(f"{word}-feed", f"https://example.com/{word}") for word in ("unser", CANARY)])
    async with opened._database.write() as connection:
        for table in TABLES:
            for place, word in ((OURS, "unser"), (THEIRS, CANARY)):
                await connection.execute(insert(table).values(**_row(table, place.workspace, word)))
    yield opened
    await opened.close()


def _texts(verb: Any) -> Iterator[str]:
    """Everything to say behind a verb."""
    yield verb.name
    for example in (verb.example, *verb.more):
        yield example or verb.name
    for words in ("list", STORY, "1", "ko", "yes", "add Upstage", "remove Upstage", f"{STORY} topic policy", "today", "all"):
        yield f"{verb.name} {words}"


async def test_nothing_of_one_workspace_appears_in_the_other_whatever_is_said(store: Store) -> None:
    before = await _rows(store, THEIRS.workspace)
    assert all(before.values()), "a table without a row tests nothing"
    talk, seen, pressed = Talk(store), list[str](), set[tuple[object, ...]]()
    for verb in VERBS:
        for text in _texts(verb):
            for about in ("", STORY):
                asked = talk.request(text, channel=OURS, about=about)
                replies = [reply] if (reply := await _said(talk, asked, seen)) else []
                new = {(one.verb, one.text, one.about, one.page): one for reply in replies for one in reply.actions}
                for action in [one for key, one in new.items() if key not in pressed]:
                    pressed.add((action.verb, action.text, action.about, action.page))
                    await _said(
                        talk, replace(asked, verb=action.verb, text=action.text, about=action.about, page=action.page), seen
                    )
        seen.append(repr(await talk.commands.suggest(talk.request(f"{verb.name} ", channel=OURS))))
    assert len(seen) > 10 * len(VERBS)
    leaks = [text for text in seen if CANARY in text]
    assert leaks == []
    assert await _rows(store, THEIRS.workspace) == before
    assert any("unser" in text for text in seen), "the workspace's own words should be seen, or the test sees nothing"


async def _said(talk: Talk, request: Any, seen: list[str]) -> Reply | None:
    try:
        reply = await talk.commands.handle(request)
    except BotError as error:
        seen.append(str(error))
        return None
    seen.append(repr(reply))
    return reply


async def test_no_query_for_one_workspace_gives_or_changes_a_row_of_the_other(store: Store) -> None:
    """Every method of the store that is told a place, as far as its other arguments can be made up."""
    before, tried = await _rows(store, THEIRS.workspace), 0
    known = {"place": OURS, "channel": OURS, "platform": "slack", "workspace": OURS.workspace, "person": "U1", "subject": "ko"}
    known |= dict.fromkeys(("now", "at", "since", "before", "until", "when"), NOON)
    known |= {"workspaces": [("slack", OURS.workspace)], "channels": [OURS], "key": "notes", "name": "Upstage", "feed_id": "f"}
    for noun in [noun for noun in vars(store).values() if type(noun).__module__.startswith("bot.store.")]:
        for name, method in inspect.getmembers(noun, inspect.iscoroutinefunction):
            wanted = list(inspect.signature(method).parameters.values())
            names = {one.name for one in wanted}
            if (
                name.startswith("_")
                or name == "forget"
                or not names & {"place", "channel", "channels", "workspace", "workspaces"}
            ):
                continue
            needed = [one.name for one in wanted if one.default is inspect.Parameter.empty]
            if not set(needed) <= set(known):
                continue
            with suppress(BotError):
                given = {one: known[one] for one in needed}
                given |= {"workspace": ("slack", OURS.workspace)} if (type(noun).__name__, name) == ("Audit", "latest") else {}
                found = await method(**given)
                assert CANARY not in repr(found), f"{type(noun).__name__}.{name}"
                tried += 1
    assert tried >= 20
    assert await _rows(store, THEIRS.workspace) == before


async def test_a_forgotten_workspace_is_gone_from_every_table_and_the_other_is_whole(store: Store) -> None:
    before = await _rows(store, OURS.workspace)
    await store.upkeep.forget("slack", THEIRS.workspace)

    assert {name: rows for name, rows in (await _rows(store, THEIRS.workspace)).items() if rows} == {}
    assert await _rows(store, OURS.workspace) == before
    async with store._database.read() as connection:
        for table in metadata.sorted_tables:
            left = [row for row in await connection.execute(select(table)) if CANARY in repr(tuple(row))]
            assert left == [], table.name


def test_every_table_with_a_workspace_has_it_with_its_platform() -> None:
    assert [table.name for table in TABLES if "platform" not in table.c] == []
    named = {"team", "guild", "team_id", "guild_id", "workspace_id", "tenant"}
    assert [table.name for table in metadata.sorted_tables if named & set(table.c.keys())] == []
