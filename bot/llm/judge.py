"""Judges the relevance of a doubtful article with the language model (ports.Judge).

The model chooses one of our verdicts and copies the words that decide it; nothing that it writes itself is ever shown.
"""

from collections.abc import Mapping

from bot.errors import BadOutput
from bot.knowledge.language import normalise
from bot.llm.client import ModelClient
from bot.llm.prompts import Prompt
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
        answer = await self._client.run(self._prompt, {"first_look": _inert(found), "source": _inert(text)})
        verdict = str(answer["verdict"])
        if verdict not in VERDICTS:
            raise BadOutput(f"{verdict[:80]!r} is no verdict")
        quote = str(answer["quote"]).strip()
        copied = 0 < len(quote) <= LONGEST_QUOTE and normalise(quote) in normalise(_inert(text))
        return VERDICTS[verdict], f"{verdict} (“{' '.join(quote.split())}”)" if copied else verdict


def _inert(text: str) -> str:
    """``text`` without anything that could close the tags around it."""
    return text.replace("<", "‹").replace(">", "›")
