"""Help that teaches: what people can say, with an example each."""

from bot.commands import verbs
from bot.commands.desk import Desk
from bot.locales import t
from bot.model import Reply, Request


async def teach(desk: Desk, request: Request) -> Reply:
    """What people can say, with an example each."""
    lines = [f"/brief {verb.example or verb.name} — {t(request.language, verb.description)}" for verb in verbs.VERBS]
    hint = t(request.language, "A mention, a direct message or a reply in a briefing's thread is a question.")
    return Reply(title=t(request.language, "AI-market briefings on Korea and Japan"), paragraphs=(*lines, hint))
