"""The feeds: how they are, trying one out, and what a workspace adds to those of feeds.yaml."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import log
from bot.commands.desk import Desk
from bot.commands.finding import reference
from bot.errors import FeedError, UserError
from bot.locales import t, tn, wording
from bot.model import LANGUAGES, Action, Article, Entry, Feed, FeedMemory, FeedReading, Reply, Request
from bot.pipeline import relevance
from bot.store.audit import Change

A_PAGE = 25
MOST_ADDED = 50
TRIED = 5
_ADD = frozenset(("add", "추가", "追加"))
_REMOVE = frozenset(("remove", "delete", "삭제", "제거", "削除"))
_TEST = frozenset(("test", "테스트", "テスト"))
_LIST = frozenset(("list", "목록", "一覧"))


async def feeds(desk: Desk, request: Request) -> Reply:
    """How the feeds are; ``test URL`` tries one, ``add URL`` and ``remove NAME`` are for those who manage."""
    head, _, rest = request.text.strip().partition(" ")
    word = head.lower()
    if word in _TEST:
        return await _test(desk, request, rest)
    if word.startswith(("http://", "https://", "<http")):
        return await _test(desk, request, request.text)
    if word in _ADD:
        await desk.refuse_unless_managing(request, elsewhere=True)
        return await _add(desk, request, rest)
    if word in _REMOVE:
        await desk.refuse_unless_managing(request, elsewhere=True)
        return await _remove(desk, request, rest)
    if word and word not in _LIST:
        message = t(request.language, "Say /brief feeds, feeds test URL, feeds add URL or feeds remove NAME.")
        raise UserError(message)
    return await _listing(desk, request)


async def known_feeds(desk: Desk, request: Request) -> list[Feed]:
    """Those of feeds.yaml, and those that this workspace added."""
    added = await desk.store.added_feeds.of_workspace(request.channel)
    file = list(desk.feeds())
    urls = {feed.url for feed in file}
    return [*file, *(one.feed for one in added if one.feed.url not in urls)]


# ---- how they are ----


def failing(feeds: Sequence[Feed], memories: Mapping[str, FeedMemory]) -> list[tuple[Feed, FeedMemory]]:
    """The feeds whose last poll failed, those longest out of order first."""
    pairs = [(feed, memories[feed.id]) for feed in feeds if feed.id in memories and memories[feed.id].failures]
    return sorted(pairs, key=lambda pair: (-pair[1].failures, pair[0].id))


def health_line(feeds: Sequence[Feed], memories: Mapping[str, FeedMemory], language: str) -> str:
    """How many there are, and how many fail."""
    bad = len(failing(feeds, memories))
    return tn(language, "{n} feed", "{n} feeds", len(feeds)) + " · " + tn(language, "{n} failing", "{n} failing", bad)


async def _listing(desk: Desk, request: Request) -> Reply:
    """How many feeds there are, each failing one with its reason, and what this workspace added."""
    language = request.language
    known = await known_feeds(desk, request)
    memories = await desk.store.feeds.memories([feed.id for feed in known])
    lines = [health_line(known, memories, language)]
    if never := sum(feed.id not in memories for feed in known):
        lines.append(tn(language, "{n} not polled yet", "{n} not polled yet", never))
    bad = failing(known, memories)
    start = (max(request.page, 1) - 1) * A_PAGE
    lines += [
        f"• {feed.name}: {log.mask(memory.last_error or '')} ({memory.failures}×)" for feed, memory in bad[start : start + A_PAGE]
    ]
    actions = []
    if len(bad) > start + A_PAGE:
        actions.append(Action(t(language, "More"), "feeds", page=max(request.page, 1) + 1))
    added = await desk.store.added_feeds.of_workspace(request.channel)
    if added:
        lines.append(t(language, "Added by this workspace:"))
        lines += [f"• {one.feed.name} ({log.mask(one.feed.url)})" for one in added]
    if await desk.may_manage(request, elsewhere=True):
        actions.append(Action(t(language, "Add a feed"), "feeds", asks=t(language, "Address of the feed")))
        actions += [Action(f"✕ {one.feed.name}", "feeds", f"remove {one.feed.id}") for one in added[:10]]
    return Reply(title=t(language, "Feeds"), paragraphs=tuple(lines), actions=tuple(actions))


# ---- trying and adding ----


async def _tried(desk: Desk, request: Request, text: str) -> FeedReading:
    """The feed that is named, as it would be read. Raises UserError."""
    language = request.language
    words = text.split()
    url = reference(words[0]) if words else ""
    if not url.startswith(("http://", "https://")):
        raise UserError(t(language, "That is no web address. Expected something like https://example.com/news"))
    if desk.probe is None:
        raise UserError(t(language, "Feeds cannot be tried here."))
    try:
        reading = await desk.probe.probe(url, request.at)
    except FeedError as exc:
        raise UserError(t(language, "That feed cannot be read: {reason}", reason=exc.reason)) from exc
    code = words[1].lower() if len(words) > 1 else ""
    if code and code not in LANGUAGES:
        raise UserError(
            t(language, "“{word}” is no language that is read. Known: {known}", word=code, known=", ".join(LANGUAGES))
        )
    return replace(reading, feed=replace(reading.feed, language=code)) if code else reading


async def _test(desk: Desk, request: Request, text: str) -> Reply:
    reading = await _tried(desk, request, text)
    language, zone = request.language, await desk.zone_of(request.channel)
    add = Action(t(language, "Add this feed"), "feeds", f"add {reading.feed.url}", style="primary")
    known = {feed.url for feed in await known_feeds(desk, request)}
    kept = await asyncio.to_thread(_verdicts, reading)
    pairs = list(zip(reading.entries, kept, strict=True))[:TRIED]
    shown = [f"• {_entry_line(entry, good, zone, language)}" for entry, good in pairs]
    return Reply(
        title=reading.feed.name,
        details=_details(reading, sum(kept), language),
        paragraphs=tuple(shown) or (t(language, "It holds no items now."),),
        actions=() if reading.feed.url in known else (add,),
    )


def _details(reading: FeedReading, kept: int, language: str) -> tuple[tuple[str, str], ...]:
    items = tn(language, "{n} item", "{n} items", len(reading.entries))
    dated = tn(language, "{n} with a date", "{n} with a date", sum(bool(entry.published) for entry in reading.entries))
    return (
        (t(language, "Address"), log.mask(reading.feed.url)),
        (t(language, "Language"), reading.feed.language),
        (t(language, "Items"), f"{items} · {dated}"),
        (t(language, "Would be kept"), tn(language, "{n} item", "{n} items", kept)),
    )


def _verdicts(reading: FeedReading) -> list[bool]:
    """Whether each entry would be kept."""
    feed = reading.feed
    articles = (
        Article(feed.id, one.title, one.summary, one.url or "", one.outlet or feed.outlet, one.language or feed.language)
        for one in reading.entries
    )
    return [found.relevant for found in relevance.judge_many(articles)]


def _entry_line(entry: Entry, kept: bool, zone: str, language: str) -> str:
    day = wording.day(entry.published, zone, language) if entry.published else ""
    verdict = t(language, "Kept") if kept else t(language, "Rejected")
    return " · ".join(part for part in (entry.title, day, verdict) if part)


async def _add(desk: Desk, request: Request, text: str) -> Reply:
    language = request.language
    added = await desk.store.added_feeds.of_workspace(request.channel)
    if len(added) >= MOST_ADDED:
        raise UserError(t(language, "This workspace has added {n} feeds already; remove one first.", n=MOST_ADDED))
    reading = await _tried(desk, request, text)
    feed = reading.feed
    known = next((one for one in await known_feeds(desk, request) if one.url == feed.url), None)
    if known:
        raise UserError(t(language, "“{name}” is read already.", name=known.name))
    async with desk.store.transaction():
        await desk.store.added_feeds.add(request.channel, feed, request.person, request.at)
        await desk.store.audit.add(request.channel, [Change(request.at, request.person, "feeds", None, feed.url)])
    said = t(language, "Added. It is read from now on; what is older than a day in it counts as old news.")
    kept = sum(await asyncio.to_thread(_verdicts, reading))
    shared = t(language, "Its news count for all workspaces of this bot.")
    undo = Action(t(language, "Remove"), "feeds", f"remove {feed.id}", style="danger")
    return Reply(title=feed.name, details=_details(reading, kept, language), paragraphs=(said, shared), actions=(undo,))


async def _remove(desk: Desk, request: Request, text: str) -> Reply:
    language, named = request.language, reference(text).strip("\"'“”")
    added = await desk.store.added_feeds.of_workspace(request.channel)
    found = next((one.feed for one in added if named.lower() in (one.feed.id, one.feed.url.lower(), one.feed.name.lower())), None)
    if found is None:
        if any(named.lower() in (feed.id, feed.url.lower(), feed.name.lower()) for feed in desk.feeds()):
            raise UserError(t(language, "That feed is set in feeds.yaml: whoever runs the bot removes it there."))
        known = ", ".join(one.feed.name for one in added) or t(language, "none")
        raise UserError(t(language, "No feed “{name}” was added here. There are: {known}", name=named, known=known))
    async with desk.store.transaction():
        await desk.store.added_feeds.remove(request.channel, found.id)
        await desk.store.audit.add(request.channel, [Change(request.at, request.person, "feeds", found.url, None)])
    again = Action(t(language, "Add this feed"), "feeds", f"add {found.url}")
    return Reply(title=found.name, paragraphs=(t(language, "It is no longer read for this workspace."),), actions=(again,))
