"""Fakes of a few lines at our ports."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from bot.errors import BadOutput, FetchError, ModelUnavailable
from bot.model import Article, Channel, CitedSentence, Feed, FeedMemory, FeedReading, Page
from bot.ports import ShowSentences


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

    def mark(self, task: str) -> str:
        return f"{self.name} {task}"

    async def lead(self, sources: Sequence[Article], language: str) -> tuple[CitedSentence, ...]:
        raise BadOutput("no lead")

    async def answer(
        self,
        question: str,
        sources: Sequence[Article],
        language: str,
        thread: Sequence[str] = (),
        *,
        show: ShowSentences | None = None,
        asked_in: Channel | None = None,
    ) -> tuple[CitedSentence, ...]:
        said = self._said()
        for count in range(1, len(said)):
            if show:
                await show(said[:count])
        return said

    async def summarize_page(self, page: Page, language: str, *, asked_in: Channel | None = None) -> tuple[CitedSentence, ...]:
        return self._said()

    async def translate_titles(self, titles: Sequence[str], language: str) -> tuple[str, ...]:
        raise BadOutput("no translations")

    async def standalone(self, question: str, thread: Sequence[str], *, asked_in: Channel | None = None) -> str:
        raise BadOutput("no question")


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
