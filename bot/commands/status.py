"""How the bot is, in words: the last run, the feeds, the model, what is to be posted here and next."""

from collections.abc import Mapping
from importlib.metadata import version

from bot.commands import telling
from bot.commands.desk import Desk
from bot.commands.feeds import health_line, known_feeds
from bot.commands.spending import spending_lines
from bot.locales import t, tn
from bot.locales import times as said
from bot.model import Reply, Request, Run


async def status(desk: Desk, request: Request) -> Reply:
    """How the bot is."""
    language, store = request.language, desk.store
    known = await known_feeds(desk, request)
    memories = await store.feeds.memories([feed.id for feed in known])
    lines = [_run_line(await store.runs.last(), language), health_line(known, memories, language)]
    model = desk.writer.name if desk.writer else ""
    lines.append(
        t(language, "Model: {model}", model=model) if model else t(language, "No model: sentences are quoted from sources.")
    )
    lines += spending_lines(await desk.meter.spent(request.channel) if desk.meter else (), language)
    standings = await store.subscriptions.of_channel(request.channel)
    if coming := telling.next_of(desk, standings, request.at):
        due, standing = coming
        when = said.moment(due, standing.subscription.time_zone, language)
        lines.append(t(language, "Next briefing here: {when}", when=when))
    lines.append(_outbox_line(await store.deliveries.counts(request.channel), language))
    backup = await store.jobs.began("backup.made")
    if backup:
        zone = await desk.zone_of(request.channel)
        lines.append(t(language, "Last backup: {when}", when=said.moment(backup, zone, language)))
    lines.append(t(language, "Version {version}", version=version("ai-market-briefings")))
    lines += [
        f"• {telling.called(one, language)}: {telling.state(one, language)}" for one in standings if one.state == "suspended"
    ]
    found = await store.jobs.findings_for(request.channel.platform, request.channel.workspace)
    lines += [f"• {one.what}: {one.words}" for one in found]
    return Reply(title=t(language, "Status"), paragraphs=tuple(lines))


def _outbox_line(counts: Mapping[str, int], language: str) -> str:
    """What is to be posted in this workspace, and what needs a person."""
    parts = (
        tn(language, "{n} message waiting", "{n} messages waiting", counts.get("pending", 0) + counts.get("sending", 0)),
        tn(language, "{n} held", "{n} held", counts.get("held", 0)),
        tn(language, "{n} refused", "{n} refused", counts.get("dead", 0)),
    )
    return f"{t(language, 'Deliveries')}: {' · '.join(parts)}"


def _run_line(run: Run | None, language: str) -> str:
    if run is None:
        return t(language, "No run yet.")
    return t(
        language,
        "Last run {at} UTC: {articles} new articles, {relevant} relevant, {stories} stories, {seconds} s",
        at=f"{run.started:%Y-%m-%d %H:%M}",
        articles=run.articles,
        relevant=run.relevant,
        stories=run.stories,
        seconds=f"{run.seconds:.1f}",
    )
