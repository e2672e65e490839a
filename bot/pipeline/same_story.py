"""Has a language model judge whether two reports tell of one event where comparing them leaves it in doubt: few a run, in time.

A pair on which no verdict comes is decided by the comparison.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import log
from bot.errors import ModelError
from bot.model import Article, StoryDecision
from bot.pipeline import together
from bot.pipeline.stories import Doubt
from bot.ports import StoryJudge

A_RUN = 20
AT_ONCE = 4
TOGETHER = timedelta(seconds=60)

Settled = Mapping[Doubt, tuple[bool, str]]


async def settled(
    judge: StoryJudge, doubts: Sequence[Doubt], articles: Mapping[str, Article], limit: timedelta = TOGETHER
) -> dict[Doubt, tuple[bool, str]]:
    """By doubt: the verdict and its reason, for those on which ``judge`` gave one within ``limit``. ``articles``: by id."""
    verdicts, late = await together.answers(
        doubts, lambda one: _verdict(judge, articles[one.article_id], articles[one.other_id]), at_once=AT_ONCE, limit=limit
    )
    if late:
        log.warning("same_story.late", pairs=late, effect="the comparison stands")
    return {one: verdict for one, verdict in zip(doubts, verdicts, strict=True) if verdict}


def told(decisions: Sequence[StoryDecision], verdicts: Settled) -> list[StoryDecision]:
    """The decisions, each with the verdict that it rests on among its reasons."""
    said = {doubt.article_id: reason for doubt, (_, reason) in verdicts.items()}
    return [replace(one, reasons=(*one.reasons, said[one.article_id])) if one.article_id in said else one for one in decisions]


async def _verdict(judge: StoryJudge, new: Article, other: Article) -> tuple[bool, str] | None:
    try:
        is_same, reason = await judge.same(other, new)
    except ModelError as exc:
        log.warning("same_story.failed", article=new.id, label=exc.label, reason=str(exc))
        return None
    log.event("same_story.decided", article=new.id, other=other.id, same=is_same, reason=reason)
    return is_same, f"{judge.name} on “{other.title}”: {reason}"
