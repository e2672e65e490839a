"""The network as the inner rooms see it. ``app.py`` plugs the real things in; tests plug in fakes of a few lines."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.knowledge.rates import DayRates
from bot.model import (
    Article,
    Channel,
    CitedSentence,
    Edition,
    Fact,
    Feed,
    FeedMemory,
    FeedReading,
    Message,
    Option,
    Page,
    Relevance,
    Reply,
    Request,
    Spent,
    Subscription,
)

Show = Callable[[Reply], Awaitable[None]]
ShowSentences = Callable[[tuple[CitedSentence, ...]], Awaitable[None]]


class FeedReader(Protocol):
    """Polls feeds."""

    def read_all(self, due: Sequence[tuple[Feed, FeedMemory]], now: datetime) -> AsyncIterator[FeedReading]:
        """Yield one reading for each feed as it is done, in any order. Never raises for a feed: failures are values."""
        ...


class RateReader(Protocol):
    """Reads the file of daily exchange rates. ``feed_id``: under which what is remembered of it is kept."""

    feed_id: str

    async def read(self, memory: FeedMemory | None, now: datetime) -> tuple[FeedMemory, tuple[DayRates, ...]]:
        """What is to be remembered, and the days of the file; none where it is not due, has not changed or cannot be had."""
        ...


class FeedProbe(Protocol):
    """Tries a feed that a person names."""

    async def probe(self, url: str, now: datetime) -> FeedReading:
        """The feed at ``url``, or the one that the page there names, with its entries.

        Raises:
            FetchError, ParseError: with a reason that gives nothing away about our network.
        """
        ...


class PageReader(Protocol):
    """Reads one page or PDF for a person."""

    async def read(self, url: str) -> Page:
        """The page as clean text.

        Raises:
            FetchError, ParseError: with a reason that gives nothing away about our network.
        """
        ...


class Writer(Protocol):
    """Writes cited sentences with a language model. What it returns has passed every check against the sources.

    ``sources`` are numbered from 1 in the order given; citations are those numbers. ``language`` is ko, ja or en.
    """

    name: str

    def mark(self, task: str) -> str:
        """Names the model and prompt of ``task`` (story-summary, lead, title-translation): under another one, it is written
        otherwise."""
        ...

    async def summarize(self, sources: Sequence[Article], language: str) -> tuple[str, tuple[CitedSentence, ...]]:
        """A headline ("" where none holds) and two or three sentences on one story. Raises ModelError."""
        ...

    async def lead(self, sources: Sequence[Article], language: str) -> tuple[CitedSentence, ...]:
        """The first lines of a briefing, from reports of its stories, the weightiest first. Raises ModelError."""
        ...

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
        """Sentences that answer the question; none when the sources do not. Raises ModelError.

        ``show`` is called with the sentences so far while the answer grows; it should return soon. ``asked_in``: whose workspace
        pays for it out of its share, here and below.
        """
        ...

    async def summarize_page(self, page: Page, language: str, *, asked_in: Channel | None = None) -> tuple[CitedSentence, ...]:
        """Two to five sentences on one page, cited as source 1. Raises ModelError."""
        ...

    async def translate_titles(self, titles: Sequence[str], language: str) -> tuple[str, ...]:
        """Each headline in ``language``; "" where what came does not say the same. Raises ModelError."""
        ...

    async def standalone(self, question: str, thread: Sequence[str], *, asked_in: Channel | None = None) -> str:
        """A question that goes on with ``thread`` as one that stands by itself. Raises ModelError."""
        ...


class Judge(Protocol):
    """Decides about relevance where the scorer is in doubt. ``name`` stands before its verdicts."""

    name: str

    async def judge(self, article: Article, relevance: Relevance) -> tuple[bool, str]:
        """Whether ``article`` is relevant, of which the scorer found ``relevance``, and why in words. Raises ModelError."""
        ...


class Meter(Protocol):
    """Knows what the model has cost."""

    async def spent(self, asked_in: Channel | None = None) -> tuple[Spent, ...]:
        """Of this day and month (UTC) in all, and of the workspace of ``asked_in``."""
        ...


class StoryJudge(Protocol):
    """Decides whether two reports tell of one event where the comparison is in doubt. ``name`` stands before its verdicts."""

    name: str

    async def same(self, first: Article, second: Article) -> tuple[bool, str]:
        """Whether they do, and why in words. Raises ModelError."""
        ...


class FactFinder(Protocol):
    """Proposes facts that rules may have missed. Nothing of it is to be believed before it was checked against the text."""

    async def propose(self, article: Article) -> tuple[Fact, ...]:
        """What a model reads in ``article``, quotes unplaced (``start`` is -1). Raises ModelError."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose directions are near where the texts mean nearly the same, whatever their languages.

    ``name`` is the model's: only vectors of one model can be compared.
    """

    name: str

    async def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """A vector for each text, all of one length, every number finite. Raises ModelError."""
        ...


class Messenger(Protocol):
    """One chat platform.

    ``repeat_seconds``: for how long after the first attempt the platform answers a repeated ``send`` of one delivery with the
    message it already holds; 0 where it would post twice. ``spacing``: seconds to leave between two messages to one channel;
    ``workspace_spacing``: to one workspace, 0 where the platform limits each channel for itself.
    """

    platform: str
    repeat_seconds: float
    spacing: float
    workspace_spacing: float

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        """The edition as messages in order: the first for the channel, the rest for its thread. Pure.

        ``subscription``: whose mention and publishing wishes go into the messages.
        """
        ...

    def render_note(self, reply: Reply, language: str) -> Message:
        """A short reply as one message for a channel's thread. Pure."""
        ...

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        """Post once, without retries, and return the platform's message id. ``thread`` is that of the edition's first message.

        Raises:
            DeliveryError: with ``permanent``, ``retry_after`` and ``posted`` as far as they are known.
        """
        ...

    async def find(self, channel: Channel, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        """The platform's id of the message that ``send`` posted for this delivery after ``since``; None: there surely is none.

        Raises:
            DeliveryError: the history cannot be read; ``permanent`` where trying again will not change that.
        """
        ...

    async def edit(
        self, channel: Channel, message_id: str, message: Message, thread: str | None = None, delivery_id: str = ""
    ) -> None:
        """Put ``message`` in the place of one of ours; to do it again changes nothing. ``delivery_id``: whose message it is.

        Raises:
            DeliveryError: ``permanent`` where the platform refuses to edit it, ``posted`` True where somebody deleted it.
        """
        ...

    async def tell(self, workspace: str, person: str, reply: Reply, notice_id: str, since: datetime | None = None) -> None:
        """Say something to one person in a direct message; ``person`` may be "#" and a channel's id. Once: a notice that was
        begun before, at ``since``, is looked for first.

        Raises:
            DeliveryError: ``permanent`` where this person cannot be told.
        """
        ...


class Conversation(Protocol):
    """What a chat platform talks to: ``bot.commands`` with everything behind it."""

    async def handle(self, request: Request, show: Show | None = None) -> Reply:
        """The reply to a request. ``show`` is called with what there is so far while an answer grows; all of it is checked.

        Raises:
            UserError: the person can put it right; FormError where fields of a form have to be.
        """
        ...

    async def suggest(self, request: Request) -> Sequence[Option]:
        """At most 25 ways to complete ``request.text`` behind its verb, the likeliest first. Quick, and never raises."""
        ...

    async def language_of(self, channel: Channel) -> str:
        """The language that is spoken in ``channel``: ko, ja or en."""
        ...

    async def left(self, platform: str, workspace: str, at: datetime) -> None:
        """The bot was removed from a workspace: stop there now; its data goes after a grace time, unless it comes back."""
        ...

    async def joined(self, platform: str, workspace: str) -> None:
        """The bot is (again) in a workspace: what ``left`` had set going ends."""
        ...


class Notes(Protocol):
    """What a chat platform puts aside for a button or form to find again, for some hours; each workspace has its own."""

    async def keep(self, place: Channel, data: Mapping[str, Any], until: datetime, now: datetime) -> str:
        """Keep JSON data and return its key, of at most 16 letters, digits, "-" and "_"."""
        ...

    async def get(self, place: Channel, key: str, now: datetime) -> Mapping[str, Any] | None:
        """What was kept by this key in this workspace; None where it has expired."""
        ...

    async def change(self, place: Channel, key: str, data: Mapping[str, Any]) -> None:
        """Put ``data`` in the place of what the key holds."""
        ...
