"""Questions: answers from the archive, and why an article was kept, joined or rejected."""

from bot.commands import editing
from bot.commands.desk import Desk
from bot.commands.finding import find_article
from bot.locales import t, wording
from bot.model import Answer, Reply, Request


async def ask(desk: Desk, request: Request) -> Reply:
    """A cited answer, shown while it grows, or an honest "the archive does not say"."""
    await desk.archive.refresh()

    async def show(answer: Answer) -> None:
        await desk.show(Reply(answer=answer))

    return Reply(answer=await desk.answers.answer(request, show))


async def why(desk: Desk, request: Request) -> Reply:
    """Why an article was kept, joined or rejected."""
    store, language = desk.store, request.language
    article = await find_article(store, request.text, language)
    relevance = (await store.articles.relevance([article.id])).get(article.id)
    lines = []
    if relevance:
        verdict = t(language, "Kept") if relevance.relevant else t(language, "Rejected")
        lines.append(f"{verdict} ({t(language, 'score')} {relevance.score:.2f})")
        lines += [f"• {reason}" for reason in relevance.reasons]
        lines += await editing.shifted(store, article, relevance, request)
    if not article.fresh:
        lines.append(t(language, "It was already old when the feed was first read, so it was never briefed."))
    joined = (await store.stories.reasons([article.id])).get(article.id)
    if joined:
        story = await store.stories.of_article(article.id) or ""
        zone = await desk.zone_of(request.channel)
        lags = [wording.lags_line(one, zone, language) for one in await store.stories.get([story])]
        lines += [t(language, "Story"), *(f"• {reason}" for reason in (*lags, *joined) if reason)]
        made = await store.corrections.of_story(story)
        lines += [f"• {line}" for line in editing.told(made, story, request.channel, language)]
    return Reply(title=article.title, paragraphs=tuple(lines))
