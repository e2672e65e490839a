"""What editors say about stories (merge, split) and what readers say about articles (good, bad)."""

from collections.abc import Sequence

from bot import log
from bot.commands import correcting
from bot.commands.desk import Desk
from bot.commands.finding import find_article, find_story, reference
from bot.errors import UserError
from bot.locales import t
from bot.model import Article, Channel, Correction, Relevance, Reply, Request
from bot.pipeline import corrections, feedback
from bot.pipeline.taste import scorer_of
from bot.store import Store
from bot.store.feedback import ANSWER
from bot.store.overrides import Override


async def merge(desk: Desk, request: Request) -> Reply:
    """Two stories become one: the second part of the first."""
    store, language = desk.store, request.language
    named = request.text.split()
    if len(named) != 2:
        raise UserError(t(language, "Give two links or story ids, with a space between them."))
    kept, gone = [await find_story(store, one, language) for one in named]
    if kept.id == gone.id:
        raise UserError(t(language, "Both are in one story already."))
    await corrections.merge(store, kept, gone, request)
    said = t(language, "“{other}” now belongs to this story, and stays there.", other=gone.articles[0].title)
    return Reply(title=kept.articles[0].title, paragraphs=(said,))


async def split(desk: Desk, request: Request) -> Reply:
    """An article leaves its story."""
    store, language = desk.store, request.language
    article = await find_article(store, request.text, language)
    story = await find_story(store, article.id, language)
    if len(story.articles) == 1:
        raise UserError(t(language, "It is the only article of its story already."))
    await corrections.split(store, story, article, request)
    first = next(one for one in story.articles if one.id != article.id)
    said = t(language, "It is a story of its own now, apart from “{other}”, and stays apart.", other=first.title)
    return Reply(title=article.title, paragraphs=(said,))


async def vote(desk: Desk, request: Request) -> Reply:
    """More or less like this for this workspace; the same vote again takes it back."""
    store, language, wanted = desk.store, request.language, request.verb == "good"
    named = reference(request.text)
    if named.startswith(ANSWER):
        return await _vote_on_answer(desk, request, named, wanted)
    if story := await store.stories.get([named]):
        subject, title = named, story[0].articles[0].title
    else:
        article = await find_article(store, named, language)
        subject, title = article.id, article.title
    if await store.feedback.of_person(request.channel, request.person, subject) is wanted:
        await store.feedback.withdraw(request.channel, request.person, subject)
        return Reply(title=title, paragraphs=(t(language, "Your vote is taken back."),))
    await store.feedback.vote(request.channel, request.person, subject, wanted, request.at)
    said = t(language, "Noted: more like this.") if wanted else t(language, "Noted: less like this.")
    hint = t(language, "It shifts what this workspace's briefings choose, within bounds. The same command again takes it back.")
    return Reply(title=title, paragraphs=(said, hint))


async def _vote_on_answer(desk: Desk, request: Request, named: str, wanted: bool) -> Reply:
    """Whether an answer was of use, for whoever runs the bot; it changes nothing in briefings."""
    await desk.store.feedback.vote(request.channel, request.person, named, wanted, request.at)
    log.event("answer.voted", wanted=wanted, platform=request.channel.platform, workspace=request.channel.workspace)
    return Reply(paragraphs=(t(request.language, "Thank you, noted."),))


async def shifted(store: Store, article: Article, found: Relevance, request: Request) -> list[str]:
    """What the votes of this workspace make of an article's relevance, as a line; none where they change nothing."""
    moved = await scorer_of(store, request.channel)
    again = feedback.rejudged(article, found, moved) if moved else found
    if again == found:
        return []
    language = request.language
    verdict = t(language, "Kept") if again.relevant else t(language, "Rejected")
    return [t(language, "With this workspace's votes: {verdict}, score {score}", verdict=verdict, score=f"{again.score:.2f}")]


def told(made: Sequence[Correction], story_id: str, place: Channel, language: str) -> list[str]:
    """Corrections of a story as lines; an editor of another workspace is not named."""
    lines = []
    for one in made:
        home = (one.platform, one.workspace) == (place.platform, place.workspace)
        who = one.person if home else t(language, "an editor elsewhere")
        lines.append(f"{one.at:%Y-%m-%d %H:%M} UTC, {who}: {_what(one, story_id, language)}")
    return lines


def told_overrides(said: Sequence[Override], language: str) -> list[str]:
    """What editors of this workspace said of a story itself, as lines."""
    return [f"{one.at:%Y-%m-%d %H:%M} UTC, {one.person}: {correcting.what(one, language)}" for one in said]


def _what(one: Correction, story_id: str, language: str) -> str:
    if one.kind == "merge":
        return t(language, "merged {other} into {story}", other=one.other_id, story=one.story_id)
    if one.story_id == story_id:
        return t(language, "split off from {other}", other=one.other_id)
    return t(language, "{story} split off from here", story=one.story_id)
