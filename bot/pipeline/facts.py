"""What a text states that can be checked: amounts, dates, events and policies, each with its verbatim quote and its place."""

from datetime import datetime

from bot.knowledge import dates, money
from bot.model import Fact
from bot.pipeline import fact_events, fact_policies
from bot.pipeline.fact_actors import Cast


def extract(text: str, language: str, published: datetime | None) -> tuple[Fact, ...]:
    """The facts of ``text``: first the amounts (``converted_of`` is an index among them), then dates, events and policies.

    ``language`` is ko, ja or en; ``published`` is what relative dates are resolved against, None where nobody knows.
    """
    days = dates.read_dates(text, published)
    cast = Cast(text, language)
    events, policies = fact_events.read_events(cast, days), fact_policies.read_policies(cast, published)
    return (*money.read_amounts(text, language), *days, *events, *policies)
