"""Why: why an article was kept or rejected, why reports are one story, and what puts a story where it stands."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.archive import ledger as archive
from bot.archive.ledger_rows import Row
from bot.commands import asking, browsing, editing, ledger, reasons
from bot.commands.desk import Desk
from bot.commands.finding import find_article, reference
from bot.locales import t, wording
from bot.model import Action, Article, Correction, Reply, Request, Story
from bot.pipeline import digest
from bot.pipeline.overriding import amounts_of, of_story
from bot.store.overrides import Override

REPORTS = 8  # of a story, whose reasons are told
_EVER = timedelta(days=3650)


async def why(desk: Desk, request: Request) -> Reply:
    """For a link or an article's id why it was kept; for a story also why it is one and what it weighs. Else it is a question."""
    named = reference(request.text)
    if len(request.text.split()) > 1:
        return await asking.ask(desk, replace(request, verb="ask", text=f"why {request.text}"))
    merged = await desk.store.corrections.merged()
    for story in await desk.store.stories.get([merged.get(named, named)]):
        return await _of_story(desk, request, story)
    return await _of_article(desk, request, await find_article(desk.store, named, request.language))


async def _of_article(desk: Desk, request: Request, article: Article) -> Reply:
    store, language = desk.store, request.language
    lines = await _kept(desk, request, article)
    joined = (await store.stories.reasons([article.id])).get(article.id)
    actions: tuple[Action, ...] = ()
    if joined:
        story = await store.stories.of_article(article.id) or ""
        lines.append(t(language, "Story"))
        for one in await store.stories.get([story]):
            lines += [
                *await _first(desk, request, one),
                *(f"• {reason}" for reason in reasons.say_all(joined, language)),
                *await _decided(desk, request, one, await _said(desk, request, one)),
            ]
        actions = (Action(t(language, "The whole story"), "why", story), Action(t(language, "Sources"), "sources", story))
        actions += browsing.page(desk, f"/stories/{story}", language)
    return Reply(title=article.title, paragraphs=tuple(lines), actions=actions)


async def _kept(desk: Desk, request: Request, article: Article) -> list[str]:
    """Why an article was kept or rejected."""
    store, language = desk.store, request.language
    lines = []
    relevance = (await store.articles.relevance([article.id])).get(article.id)
    if relevance:
        verdict = t(language, "Kept") if relevance.relevant else t(language, "Rejected")
        lines.append(f"{verdict} ({t(language, 'score')} {relevance.score:.2f})")
        lines += [f"• {reason}" for reason in reasons.say_all(relevance.reasons, language)]
        lines += await editing.shifted(store, article, relevance, request)
    if not article.fresh:
        lines.append(t(language, "It was already old when the feed was first read, so it was never briefed."))
    return lines


async def _first(desk: Desk, request: Request, story: Story) -> list[str]:
    """Which outlet was first, and how much later the others were."""
    lags = wording.lags_line(story, await desk.zone_of(request.channel), request.language)
    return [f"• {lags}"] if lags else []


async def _said(desk: Desk, request: Request, story: Story) -> Sequence[Override]:
    """What the editors of this workspace said of a story."""
    return (await desk.store.overrides.of_stories([story.id], request.channel)).get(story.id, ())


async def _decided(desk: Desk, request: Request, story: Story, said: Sequence[Override]) -> list[str]:
    rows = await archive.rows_of(desk.store, [article.id for article in story.articles])
    return decided(request, story.id, rows, await desk.store.corrections.of_story(story.id), said)


def decided(
    request: Request, story_id: str, rows: Sequence[Row], made: Sequence[Correction], said: Sequence[Override]
) -> list[str]:
    """On which figures the reports of a story disagree or changed, what editors moved (``made``) and what they ``said`` of it."""
    moved = editing.told(made, story_id, request.channel, request.language)
    figures = ledger.of_rows(ledger.as_corrected(rows, {story_id: said}), request.language)
    return [f"• {line}" for line in (*figures, *moved, *editing.told_overrides(said, request.language))]


async def _of_story(desk: Desk, request: Request, story: Story) -> Reply:
    """Why its weightiest article was kept, why the others joined, and what it weighs in this channel's briefings."""
    language = request.language
    best = max(zip(story.articles, story.relevances, strict=True), key=lambda pair: pair[1].score)[0]
    lines = await _kept(desk, request, best)
    lines += [t(language, "Story"), *await _first(desk, request, story), *await _joined(desk, story, language)]
    said = await _said(desk, request, story)
    lines += await _decided(desk, request, story, said)
    if lifts := ranked(request, story, said, await desk.store.watchlist.names(request.channel)):
        lines += [t(language, "Place in the briefing"), *lifts]
    sources = Action(t(language, "Sources"), "sources", story.id)
    correct = Action(t(language, "Correct"), "correct", story.id)
    managing = await desk.may_manage(request, elsewhere=True)
    shown = (*((sources, correct) if managing else (sources,)), *browsing.page(desk, f"/stories/{story.id}", language))
    return Reply(title=story.articles[0].title, paragraphs=tuple(lines), actions=shown)


async def _joined(desk: Desk, story: Story, language: str) -> list[str]:
    """Each report's reasons for being part of the story."""
    known = await desk.store.stories.reasons([article.id for article in story.articles])
    shown = [(article, known[article.id]) for article in story.articles if known.get(article.id)][:REPORTS]
    more = [f"• … +{len(story.articles) - len(shown)}"] if len(story.articles) > len(shown) >= REPORTS else []
    return [f"• {article.outlet}: {'; '.join(reasons.say_all(found, language))}" for article, found in shown] + more


def ranked(request: Request, story: Story, said: Sequence[Override], watched: Collection[str] = ()) -> list[str]:
    """What orders a briefing, as far as it speaks for this story. ``said``: by editors; ``watched``: what a channel follows."""
    return told_rank(judged(story, said, request.at, watched), request.language)


def judged(story: Story, said: Sequence[Override], at: datetime, watched: Collection[str] = ()) -> Sequence[digest.Chosen]:
    """As ``ranked``, in no language; nothing where no briefing would show it."""
    return digest.select(
        [of_story(story, said)],
        since=at - _EVER,
        until=at + timedelta(seconds=1),
        watchlist=watched,
        amounts_of=amounts_of({story.id: said}),
    )


def told_rank(chosen: Sequence[digest.Chosen], language: str) -> list[str]:
    """What ``judged`` found, as lines."""
    return [
        f"• {wording.topic_name(one.topic, language)} · {one.weight:g}: {'; '.join(reasons.say_all(one.reasons, language))}"
        for one in chosen
    ]
