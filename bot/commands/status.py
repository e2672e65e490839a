"""How the bot and its feeds are, in words."""

from collections.abc import Mapping, Sequence

from bot.commands.desk import Desk
from bot.locales import t, tn
from bot.model import Feed, FeedMemory, Reply, Request, Run

SHOWN = 25


async def feeds(desk: Desk, request: Request) -> Reply:
    """The feeds and how they are."""
    known = desk.feeds()
    return feeds_reply(known, await desk.store.feeds.memories([feed.id for feed in known]), request)


async def status(desk: Desk, request: Request) -> Reply:
    """How the bot is."""
    known = desk.feeds()
    memories = await desk.store.feeds.memories([feed.id for feed in known])
    return status_reply(await desk.store.runs.last(), known, memories, desk.writer.name if desk.writer else "", request)


def failing(feeds: Sequence[Feed], memories: Mapping[str, FeedMemory]) -> list[tuple[Feed, FeedMemory]]:
    """The feeds whose last poll failed, those longest out of order first."""
    pairs = [(feed, memories[feed.id]) for feed in feeds if feed.id in memories and memories[feed.id].failures]
    return sorted(pairs, key=lambda pair: (-pair[1].failures, pair[0].id))


def feeds_reply(feeds: Sequence[Feed], memories: Mapping[str, FeedMemory], request: Request) -> Reply:
    """How many feeds there are, and each failing one with its reason."""
    language = request.language
    bad = failing(feeds, memories)
    never = sum(feed.id not in memories for feed in feeds)
    lines = [tn(language, "{n} feed", "{n} feeds", len(feeds)) + " · " + tn(language, "{n} failing", "{n} failing", len(bad))]
    if never:
        lines.append(tn(language, "{n} not polled yet", "{n} not polled yet", never))
    lines += [f"• {feed.name}: {memory.last_error or ''} ({memory.failures}×)" for feed, memory in bad[:SHOWN]]
    return Reply(title=t(language, "Feeds"), paragraphs=tuple(lines))


def status_reply(
    run: Run | None, feeds: Sequence[Feed], memories: Mapping[str, FeedMemory], model: str, request: Request
) -> Reply:
    """Last run, feeds, model."""
    language = request.language
    if run is None:
        lines = [t(language, "No run yet.")]
    else:
        counts = t(
            language,
            "Last run {at} UTC: {articles} new articles, {relevant} relevant, {stories} stories, {seconds} s",
            at=f"{run.started:%Y-%m-%d %H:%M}",
            articles=run.articles,
            relevant=run.relevant,
            stories=run.stories,
            seconds=f"{run.seconds:.1f}",
        )
        lines = [counts]
    lines.append(tn(language, "{n} feed", "{n} feeds", len(feeds)) + " · " + tn(
        language, "{n} failing", "{n} failing", len(failing(feeds, memories))
    ))  # fmt: skip
    lines.append(
        t(language, "Model: {model}", model=model) if model else t(language, "No model: sentences are quoted from sources.")
    )
    return Reply(title=t(language, "Status"), paragraphs=tuple(lines))
