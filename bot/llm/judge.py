"""Judges what is in doubt with the language model: relevance (ports.Judge), whether two reports tell of one event (StoryJudge).

The model chooses one of our verdicts and copies the words that decide it; nothing that it writes itself is ever shown.
"""

from collections.abc import Mapping

from bot.errors import BadOutput
from bot.knowledge.language import normalise
from bot.llm.client import ModelClient
from bot.llm.prompts import Prompt, inert
from bot.model import Article, Relevance

CHARACTERS = 1_500
LONGEST_QUOTE = 200
VERDICTS = {
    "market entry or partnership across borders": True,
    "investment or deal": True,
    "policy or public money": True,
    "data centres, computing or power": True,
    "chips": True,
    "talent": True,
    "strategy or adoption across a sector": True,
    "no AI subject": False,
    "no Korea or Japan angle": False,
    "stock market or earnings": False,
    "routine product, service or demo": False,
    "one organisation's own roll-out": False,
    "tutorial, notice or advertisement": False,
    "entertainment, crime or accident": False,
    "research without market effect": False,
}


STORY_VERDICTS = {
    "the same event": True,
    "another stage of one matter": False,
    "another event of the same names": False,
    "a column or table of another day": False,
    "another subject": False,
}


class ModelJudge:
    """The Judge of one model server. ``name`` is the model's, as ``/brief why`` shows it."""

    def __init__(self, client: ModelClient, prompts: Mapping[str, Prompt], name: str) -> None:
        self._client = client
        self._prompt = prompts["relevance-judge"]
        self.name = name

    async def judge(self, article: Article, relevance: Relevance) -> tuple[bool, str]:
        """See ports.Judge."""
        text = article.text[:CHARACTERS]
        found = "; ".join(relevance.reasons) or "nothing"
        answer = await self._client.run(self._prompt, {"first_look": inert(found), "source": inert(text)})
        verdict = _verdict(answer["verdict"], VERDICTS)
        quote = _copied(answer["quote"], text)
        return VERDICTS[verdict], f"{verdict} (“{quote}”)" if quote else verdict


class ModelStoryJudge:
    """The StoryJudge of one model server. ``name`` is the model's, as ``/brief why`` shows it."""

    def __init__(self, client: ModelClient, prompts: Mapping[str, Prompt], name: str) -> None:
        self._client = client
        self._prompt = prompts["story-judge"]
        self.name = name

    async def same(self, first: Article, second: Article) -> tuple[bool, str]:
        """See ports.StoryJudge. Raises BadOutput also for a "the same" that copies nothing from either report."""
        texts = first.text[:CHARACTERS], second.text[:CHARACTERS]
        answer = await self._client.run(self._prompt, {"first": inert(texts[0]), "second": inert(texts[1])})
        verdict = _verdict(answer["verdict"], STORY_VERDICTS)
        quotes = _copied(answer["first_quote"], texts[0]), _copied(answer["second_quote"], texts[1])
        if STORY_VERDICTS[verdict] and not all(quotes):
            raise BadOutput("the verdict rests on words that the reports do not hold")
        shown = " / ".join(f"“{quote}”" for quote in quotes if quote)
        return STORY_VERDICTS[verdict], f"{verdict} ({shown})" if shown else verdict


def _verdict(said: object, verdicts: Mapping[str, bool]) -> str:
    if str(said) not in verdicts:
        raise BadOutput(f"{str(said)[:80]!r} is no verdict")
    return str(said)


def _copied(said: object, text: str) -> str:
    """The quote on one line; "" where ``text`` does not hold it."""
    quote = str(said).strip()
    copied = 0 < len(quote) <= LONGEST_QUOTE and normalise(quote) in normalise(inert(text))
    return " ".join(quote.split()) if copied else ""
