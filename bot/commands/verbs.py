"""The grammar of what people can say: one row a verb, shared by every platform's menus, help and parsing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """``argument`` names what follows the verb (None: nothing does); ``description`` is an English key of the locales.

    ``managing``: only for those who manage the workspace. ``hidden``: said by buttons only, so it stands in no menu.
    """

    name: str
    description: str
    argument: str | None = None
    required: bool = False
    example: str = ""
    managing: bool = False
    hidden: bool = False


VERBS = (
    Verb("today", "The briefing of the last 24 hours; a country or topic narrows it", "filter", example="today japan policy"),
    Verb("ask", "A cited answer from the archive", "question", required=True, example="ask Which firms opened a Tokyo office?"),
    Verb(
        "summarize", "A page or PDF in a few cited sentences", "url", required=True, example="summarize https://example.com/news"
    ),
    Verb("search", "Stories in the archive, best first", "words", required=True, example="search 업스테이지"),
    Verb("why", "Why an article was kept, joined or rejected", "url", required=True, example="why https://example.com/news"),
    Verb(
        "merge",
        "Make two stories one; editors win over the machine",
        "stories",
        required=True,
        example="merge https://example.com/a https://example.com/b",
    ),
    Verb("split", "Take an article out of its story", "url", required=True, example="split https://example.com/news"),
    Verb("good", "More like this in this workspace's briefings", "url", required=True, example="good https://example.com/news"),
    Verb("bad", "Less like this in this workspace's briefings", "url", required=True, example="bad https://example.com/news"),
    Verb("feeds", "The feeds and how they are"),
    Verb("status", "How the bot is: last run, feeds, model"),
    Verb("help", "What the bot can do"),
)
_NAMES = {verb.name for verb in VERBS}


def parse(text: str) -> tuple[str, str]:
    """Split what was typed into a verb and the rest; nothing typed means help, anything that is no verb is a question."""
    first, _, rest = text.strip().partition(" ")
    verb = first.lower()
    if not verb:
        return "help", ""
    if verb == "summarise":
        verb = "summarize"
    return (verb, rest.strip()) if verb in _NAMES else ("ask", text.strip())
