"""Has the language model list what an article states (ports.FactFinder). Whether any of it is true is decided elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.llm.client import ModelClient
from bot.llm.prompts import Prompt, inert
from bot.model import Amount, Article, EventFact, Fact, PolicyFact

CHARACTERS = 3_000
MOST = 12  # of each kind
UNPLACED = -1


class ModelFactFinder:
    """The FactFinder of one model server."""

    def __init__(self, client: ModelClient, prompts: Mapping[str, Prompt]) -> None:
        self._client = client
        self._prompt = prompts["facts"]

    async def propose(self, article: Article) -> tuple[Fact, ...]:
        """See ports.FactFinder."""
        text = article.text[:CHARACTERS]
        answer = await self._client.run(self._prompt, {"source": inert(text)})
        kinds = ((_amounts, "amounts"), (_events, "events"), (_policies, "policies"))
        return tuple(fact for read, name in kinds for fact in read(answer[name][:MOST]))


def _amounts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    for row in rows:
        try:
            value = Decimal(str(row["value"]).replace(",", ""))
        except InvalidOperation:
            continue
        quote = str(row["quote"])
        if value.is_finite():
            yield Amount(value, str(row["currency"]).upper() or None, quote, UNPLACED, UNPLACED, role=str(row["role"]))


def _events(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    for row in rows:
        actors = tuple(map(str, row["actors"]))
        place, date = row["place"] or None, row["date"] or None
        yield EventFact(row["type"], row["status"], actors, str(row["quote"]), UNPLACED, UNPLACED, place, date)


def _policies(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    for row in rows:
        said = {name: row[name] or None for name in ("country", "ministry", "in_force", "until")}
        yield PolicyFact(row["instrument"], row["stage"], str(row["quote"]), UNPLACED, UNPLACED, str(row["name"]), **said)
