"""Ways to complete what a person types behind a verb: quick, from what is in memory or behind an index."""

from collections.abc import Sequence

from bot.commands.desk import Desk
from bot.locales import wording
from bot.model import COUNTRIES, Option, Request, Topic

MOST = 25


async def suggest(desk: Desk, request: Request) -> Sequence[Option]:
    """At most ``MOST`` completions of ``request.text``, the likeliest first."""
    if request.verb in ("today", "week"):
        return _narrowing(request.text, request.language)
    return ()


def _narrowing(text: str, language: str) -> list[Option]:
    """Topics and countries behind what is typed already."""
    *done, last = text.lower().split(" ")
    known = {topic.value: wording.topic_name(topic, language) for topic in Topic}
    known |= {code.lower(): code for code in COUNTRIES}
    fitting = [
        (value, label)
        for value, label in known.items()
        if value not in done and (value.startswith(last) or label.lower().startswith(last))
    ]
    before = " ".join(done)
    return [Option(f"{before} {value}".strip(), f"{before} {label}".strip()) for value, label in fitting][:MOST]
