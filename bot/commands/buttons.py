"""The buttons below a story: what each of them says when it is pressed, the same on every platform."""

from bot.locales import t
from bot.model import Action


def of_story(story_id: str, language: str) -> tuple[Action, ...]:
    """Sources, Why, Ask and the two votes for one story."""
    question = t(language, "Your question about this story")
    return (
        Action(t(language, "Sources"), "sources", story_id),
        Action(t(language, "Why"), "why", story_id),
        Action(t(language, "Ask"), "ask", about=story_id, asks=question),
        Action("👍", "good", story_id),
        Action("👎", "bad", story_id),
    )
