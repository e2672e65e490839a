"""Finds the article or story that a person means: by the link that a briefing shows, or by its id."""

from bot.errors import UserError
from bot.locales import t
from bot.model import Article, Story
from bot.store import Store


def reference(text: str) -> str:
    """A link or id as it was typed, without what chats put around links."""
    return text.strip().strip("<>").split("|")[0]


async def find_article(store: Store, text: str, language: str) -> Article:
    """The article with this address or id. Raises UserError where there is none."""
    named = reference(text)
    found = await store.articles.by_url(named) or next(iter(await store.articles.get([named])), None)
    if found is None:
        raise UserError(t(language, "No article with this address was read. Give the link as a briefing shows it."))
    return found


async def find_story(store: Store, text: str, language: str) -> Story:
    """The story with this id, or the one of the article with this address or id. Raises UserError where there is none."""
    named = reference(text)
    merged = await store.corrections.merged()
    if found := await store.stories.get([merged.get(named, named)]):
        return found[0]
    article = await find_article(store, named, language)
    story_id = await store.stories.of_article(article.id)
    if story_id is None:
        raise UserError(t(language, "“{title}” belongs to no story: it was not kept.", title=article.title))
    return (await store.stories.get([story_id]))[0]
