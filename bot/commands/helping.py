"""Help that teaches: what people can say, by what they want to do; behind it, one verb with its examples."""

from bot.commands import verbs
from bot.commands.desk import Desk
from bot.commands.verbs import Verb
from bot.locales import t
from bot.model import Action, Reply, Request


async def teach(desk: Desk, request: Request) -> Reply:
    """What people can say, with an example each; ``help VERB`` teaches one of them."""
    wanted = request.text.lower().removeprefix("/brief").split()
    if wanted and verbs.known(wanted[0]):
        return _one(verbs.get(wanted[0]), request.language)
    language = request.language
    lines = [line for group in verbs.GROUPS for line in _group(group, language)]
    hint = t(language, "A mention, a direct message or a reply in a briefing's thread is a question.")
    more = t(language, "/brief help VERB shows more, for example: /brief help subscribe")
    actions = (
        Action(t(language, "Today"), "today", style="primary"),
        Action(t(language, "New briefing"), "subscribe"),
        Action(t(language, "Watchlist"), "watch", "list"),
    )
    title = t(language, "AI-market briefings on Korea and Japan")
    return Reply(title=title, paragraphs=(hint, *lines, more), actions=actions)


def _group(group: str, language: str) -> list[str]:
    """A heading, and a line for each verb."""
    named = {
        "read": t(language, "Read"),
        "ask": t(language, "Ask"),
        "briefings": t(language, "Briefings for this channel"),
        "sources": t(language, "What is followed and read"),
        "edit": t(language, "Put right"),
        "bot": t(language, "The bot"),
    }[group]
    shown = [verb for verb in verbs.VERBS if verb.group == group and not verb.hidden]
    return (
        [named, *(f"• /brief {verb.example or verb.name} — {t(language, verb.description)}" for verb in shown)] if shown else []
    )


def _one(verb: Verb, language: str) -> Reply:
    examples = [f"• /brief {example}" for example in dict.fromkeys((verb.example or verb.name, *verb.more))]
    notes = [t(language, "Only for those who manage the workspace.")] if verb.managing else []
    return Reply(
        title=f"/brief {verb.name}",
        paragraphs=(t(language, verb.description), t(language, "For example:"), *examples, *notes),
    )
