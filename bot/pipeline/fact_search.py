"""Has a language model look for facts that the rules missed: in a few articles a run, after everything else, within a time limit.

What it proposes is taken only where the text bears it out; see ``fact_proposals``.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot import log
from bot.errors import ModelError
from bot.model import Article, Fact
from bot.pipeline import fact_proposals, together
from bot.ports import FactFinder

A_RUN = 10
AT_ONCE = 2
TOGETHER = timedelta(seconds=45)


async def more(
    finder: FactFinder, articles: Sequence[Article], known: Mapping[str, Sequence[Fact]], limit: timedelta = TOGETHER
) -> dict[str, tuple[Fact, ...]]:
    """By article id: all facts of those articles for which a fact was added to the ``known`` ones within ``limit``."""
    found, late = await together.answers(
        articles, lambda article: _added(finder, article, known.get(article.id, ())), at_once=AT_ONCE, limit=limit
    )
    if late:
        log.warning("facts.late", articles=late, effect="the facts of the rules stand")
    # Behind the known ones: conversions refer to their places.
    return {article.id: (*known.get(article.id, ()), *added) for article, added in zip(articles, found, strict=True) if added}


async def _added(finder: FactFinder, article: Article, known: Sequence[Fact]) -> tuple[Fact, ...]:
    try:
        proposed = await finder.propose(article)
    except ModelError as exc:
        log.warning("facts.not_proposed", article=article.id, label=exc.label, reason=str(exc))
        return ()
    added = await asyncio.to_thread(fact_proposals.accepted, article.text, article.language, article.at, proposed, known)
    log.event("facts.proposed", article=article.id, proposed=len(proposed), accepted=len(added))
    return added
