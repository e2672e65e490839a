"""Has a language model judge what the scorer is in doubt about: a few articles a run, within a time limit.

An article on which no verdict comes keeps the scorer's decision.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot import log
from bot.errors import ModelError
from bot.knowledge import weights
from bot.model import Article, Relevance
from bot.pipeline import relevance, together
from bot.ports import Judge

A_RUN = 50
AT_ONCE = 4
TOGETHER = timedelta(seconds=120)


def doubtful(articles: Sequence[Article], judged: Mapping[str, Relevance], most: int) -> list[Article]:
    """The fresh articles to ask about, those nearest to the scorer's threshold first; ``most`` of them."""
    threshold = weights.load().threshold
    asked = [article for article in articles if article.fresh and relevance.is_doubtful(judged[article.id])]
    return sorted(asked, key=lambda article: (abs(judged[article.id].score - threshold), article.id))[:most]


async def settled(
    judge: Judge, articles: Sequence[Article], judged: Mapping[str, Relevance], limit: timedelta = TOGETHER
) -> dict[str, Relevance]:
    """By article id: the relevance of those on which ``judge`` gave its verdict within ``limit``."""
    verdicts, late = await together.answers(
        articles, lambda article: _verdict(judge, article, judged[article.id]), at_once=AT_ONCE, limit=limit
    )
    if late:
        log.warning("judge.late", articles=late, effect="the scorer's decisions stand")
    return {article.id: found for article, found in zip(articles, verdicts, strict=True) if found}


async def _verdict(judge: Judge, article: Article, found: Relevance) -> Relevance | None:
    try:
        relevant, reason = await judge.judge(article, found)
    except ModelError as exc:
        log.warning("judge.failed", article=article.id, reason=str(exc))
        return None
    log.event("judge.decided", article=article.id, score=found.score, relevant=relevant, reason=reason)
    return relevance.with_verdict(found, relevant, reason, judge.name)
