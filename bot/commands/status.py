"""How the bot is, in words: the last run, the feeds, the next briefing of the channel, the model."""

from bot.commands import telling
from bot.commands.desk import Desk
from bot.commands.feeds import health_line, known_feeds
from bot.commands.spending import spending_lines
from bot.locales import t
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
    lines += [
        f"• {telling.called(one, language)}: {telling.state(one, language)}" for one in standings if one.state == "suspended"
    ]
    return Reply(title=t(language, "Status"), paragraphs=tuple(lines))


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
