"""Shows an answer while the model still writes it: each sentence once it is whole, and only if it holds."""

import asyncio
from collections.abc import Sequence

from bot.llm import verify
from bot.llm.output import Rows
from bot.model import Article, CitedSentence
from bot.ports import ShowSentences


class Growing:
    """One answer under way, about ``sources``, to be shown in ``language``."""

    def __init__(self, sources: Sequence[Article], language: str, show: ShowSentences) -> None:
        self._sources = sources
        self._language = language
        self._show = show
        self._rows = Rows()
        self._drafts: list[verify.Draft] = []

    async def take(self, piece: str) -> None:
        """Take up what came; show the sentences so far where one more holds."""
        for row in self._rows.take(piece):
            draft = verify.read_draft(row)
            if draft is None:
                continue
            kept, rejected = await asyncio.to_thread(verify.sift, [*self._drafts, draft], self._sources, self._language)
            if not rejected:
                self._drafts = kept
                await self._show(tuple(CitedSentence(verify.clean(one.text), one.cites) for one in kept))
