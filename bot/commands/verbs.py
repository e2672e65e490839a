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
    Verb("week", "The briefing of the last seven days; a country or topic narrows it", "filter", example="week korea chips"),
    Verb("ask", "A cited answer from the archive", "question", required=True, example="ask Which firms opened a Tokyo office?"),
    Verb(
        "summarize", "A page or PDF in a few cited sentences", "url", required=True, example="summarize https://example.com/news"
    ),
    Verb("search", "Stories in the archive, best first", "words", required=True, example="search 업스테이지"),
    Verb("sources", "All reports of a story", "story", required=True, example="sources https://example.com/news", hidden=True),
    Verb("why", "Why an article was kept, joined or rejected", "url", required=True, example="why https://example.com/news"),
    Verb(
        "subscribe",
        "Set up a briefing for this channel: when, in what language, on what",
        "wishes",
        example="subscribe 09:00 weekdays japanese",
        managing=True,
    ),
    Verb("subscriptions", "What this channel gets, and when next", "briefing", example="subscriptions"),
    Verb("pause", "Stop a briefing for a while", "briefing", example="pause", managing=True),
    Verb("resume", "Go on with a briefing that was paused", "briefing", example="resume", managing=True),
    Verb("unsubscribe", "End a briefing of this channel", "briefing", example="unsubscribe", managing=True),
    Verb("preview", "The next briefing as it would be now, for you alone", "briefing", example="preview"),
    Verb(
        "merge",
        "Make two stories one; editors win over the machine",
        "stories",
        required=True,
        example="merge https://example.com/a https://example.com/b",
        managing=True,
    ),
    Verb(
        "split",
        "Take an article out of its story",
        "url",
        required=True,
        example="split https://example.com/news",
        managing=True,
    ),
    Verb(
        "good",
        "More like this in this workspace's briefings",
        "url",
        required=True,
        example="good https://example.com/news",
        hidden=True,
    ),
    Verb(
        "bad",
        "Less like this in this workspace's briefings",
        "url",
        required=True,
        example="bad https://example.com/news",
        hidden=True,
    ),
    Verb("watch", "What this channel follows: add, remove, list", "names", example="watch add 업스테이지"),
    Verb("feeds", "The feeds and how they are: add, remove, test", "source", example="feeds test https://example.com/rss"),
    Verb("settings", "Language, time zone, quiet hours and who may manage", "changes", example="settings language=ja"),
    Verb("status", "How the bot is: last run, feeds, model"),
    Verb("home", "Everything that is set up in this workspace", hidden=True),
    Verb("help", "What the bot can do"),
)
_BY_NAME = {verb.name: verb for verb in VERBS}


def get(name: str) -> Verb:
    """The verb with this name. Raises KeyError."""
    return _BY_NAME[name]


def parse(text: str) -> tuple[str, str]:
    """Split what was typed into a verb and the rest; nothing typed means help, anything that is no verb is a question.

    A hidden verb is one only before a single word, such as a story's id: "good" may begin a question as well.
    """
    first, _, rest = text.strip().partition(" ")
    verb = first.lower()
    if not verb:
        return "help", ""
    if verb == "summarise":
        verb = "summarize"
    found = _BY_NAME.get(verb)
    if found is None or (found.hidden and len(rest.split()) > 1):
        return "ask", text.strip()
    return verb, rest.strip()
