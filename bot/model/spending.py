"""What the language model costs."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used in a ``period``: day, month, or workspace (one workspace's own questions and pages of the day).

    Tokens and ``money`` (of ``currency``) include what is reserved for calls under way; a limit of None is none.
    """

    period: str
    tokens: int
    token_limit: int | None = None
    money: Decimal = Decimal(0)
    money_limit: Decimal | None = None
    currency: str = ""

    @property
    def is_used_up(self) -> bool:
        """Whether a limit is reached, so that sentences are quoted until the period is over."""
        tokens = self.token_limit is not None and self.tokens >= self.token_limit
        return tokens or (self.money_limit is not None and self.money >= self.money_limit)
