"""Has a language model judge whether two reports tell of one event where comparing them leaves it in doubt: few a run, in time.

A pair on which no verdict comes is decided by the comparison.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import log
from bot.errors import ModelError
from bot.model import Article, StoryDecision
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
    places = asyncio.Semaphore(AT_ONCE)
    tasks = [asyncio.create_task(_verdict(judge, articles[one.article_id], articles[one.other_id], places)) for one in doubts]
    if not tasks:
        return {}
    try:
        _, late = await asyncio.wait(tasks, timeout=limit.total_seconds())
    finally:
        for task in tasks:
            task.cancel()
    if late:
        log.warning("same_story.late", pairs=len(late), effect="the comparison stands")
        await asyncio.wait(late)
    found = {one: task.result() for one, task in zip(doubts, tasks, strict=True) if not task.cancelled()}
    return {one: verdict for one, verdict in found.items() if verdict}


def told(decisions: Sequence[StoryDecision], verdicts: Settled) -> list[StoryDecision]:
    """The decisions, each with the verdict that it rests on among its reasons."""
    said = {doubt.article_id: reason for doubt, (_, reason) in verdicts.items()}
    return [replace(one, reasons=(*one.reasons, said[one.article_id])) if one.article_id in said else one for one in decisions]


async def _verdict(judge: StoryJudge, new: Article, other: Article, places: asyncio.Semaphore) -> tuple[bool, str] | None:
    async with places:
        try:
            is_same, reason = await judge.same(other, new)
        except ModelError as exc:
            log.warning("same_story.failed", article=new.id, label=exc.label, reason=str(exc))
            return None
    log.event("same_story.decided", article=new.id, other=other.id, same=is_same, reason=reason)
    return is_same, f"{judge.name} on “{other.title}”: {reason}"
