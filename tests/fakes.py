"""Fakes of a few lines at our ports."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from bot.errors import FetchError, ModelUnavailable
from bot.model import Article, CitedSentence, Feed, FeedMemory, FeedReading, Page


class FixedWriter:
    """A writer that says what it was made with; with nothing given, its server is down."""

    name = "fake-model"

    def __init__(self, *sentences: CitedSentence, headline: str = "A headline", down: bool = False) -> None:
        self.sentences = sentences
        self.headline = headline
        self.down = down
        self.calls = 0

    def _said(self) -> tuple[CitedSentence, ...]:
        self.calls += 1
        if self.down:
            raise ModelUnavailable("down")
        return self.sentences

    async def summarize(self, sources: Sequence[Article], language: str) -> tuple[str, tuple[CitedSentence, ...]]:
        return self.headline, self._said()

    async def answer(
        self, question: str, sources: Sequence[Article], language: str, thread: Sequence[str] = ()
    ) -> tuple[CitedSentence, ...]:
        return self._said()

    async def summarize_page(self, page: Page, language: str) -> tuple[CitedSentence, ...]:
        return self._said()


class FixedPages:
    """A web of the pages it was made with."""

    def __init__(self, *pages: Page) -> None:
        self.pages = {page.url: page for page in pages}

    async def read(self, url: str) -> Page:
        if url not in self.pages:
            raise FetchError(url, "cannot be reached")
        return self.pages[url]


class NoFeeds:
    """A reader for runs that poll nothing."""

    async def read_all(self, due: Sequence[tuple[Feed, FeedMemory]], now: datetime) -> AsyncIterator[FeedReading]:
        """Nothing."""
        return
        yield
