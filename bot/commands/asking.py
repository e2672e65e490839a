"""Questions: answers that grow while they are written, about what the person has before them where that is known."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from bot.commands import figures
from bot.commands.desk import Desk
from bot.locales import t
from bot.model import Action, Answer, Reply, Request, Story
from bot.store.feedback import ANSWER

A_STORY = 12  # articles of the one story that is asked about
A_BRIEFING = 3  # articles of each story of a briefing that is asked about


async def ask(desk: Desk, request: Request) -> Reply:
    """A cited answer, or an honest "the archive does not say"."""
    await desk.archive.refresh()
    story, articles = await _before_them(desk, request)
    # What a question about a story leaves unsaid is said by its title.
    thread = (story.articles[0].title, *request.thread) if story else request.thread
    asked = replace(request, thread=thread)

    async def show(answer: Answer) -> None:
        await desk.show(Reply(answer=answer))

    answer = await desk.answers.answer(asked, show, articles)
    table = await figures.beside(desk, asked, answer)
    return Reply(answer=answer, table=table, actions=await _actions(desk, request, answer))


async def _before_them(desk: Desk, request: Request) -> tuple[Story | None, list[str]]:
    """The story that is asked about, and the articles of it or of the briefing in whose thread the question stands."""
    if request.about:
        merged = await desk.store.corrections.merged()
        for story in await desk.store.stories.get([merged.get(request.about, request.about)]):
            return story, _ids([story], A_STORY)
    if request.root:
        edition = await desk.store.editions.of_message(request.channel, request.root)
        if edition:
            stories = await desk.store.stories.get([item.story_id for item in edition.items])
            return stories[0] if len(stories) == 1 else None, _ids(stories, A_BRIEFING)
    return None, []


def _ids(stories: Sequence[Story], each: int) -> list[str]:
    return [article.id for story in stories for article in story.articles[:each]]


async def _actions(desk: Desk, request: Request, answer: Answer) -> tuple[Action, ...]:
    """To go on with the story that the answer rests on most, and to say whether it was of use."""
    language = request.language
    if not answer.found:
        return (Action(t(language, "Search"), "search", request.text[:200]),)
    about = request.about or await desk.store.stories.of_article(answer.sources[0].article_id) or ""
    question = t(language, "Your question about this story")
    name = f"{ANSWER}{sha256(f'{request.text}|{request.person}|{request.at.isoformat()}'.encode()).hexdigest()[:12]}"
    follow = (Action(t(language, "Ask on"), "ask", about=about, asks=question),) if about else ()
    return (*follow, Action("👍", "good", name), Action("👎", "bad", name))
