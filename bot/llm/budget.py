"""How much the model may cost a day and a month, in tokens and money: reserved before a call, settled after it, never passed.

What was spent stands in a book that outlives the process; without one it is kept in memory.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from bot.errors import BudgetSpent

MILLION = Decimal(1_000_000)


class Use(NamedTuple):
    """Tokens sent and tokens received."""

    sent: int = 0
    received: int = 0

    @property
    def tokens(self) -> int:
        """Both together."""
        return self.sent + self.received

    def less(self, other: "Use") -> "Use":
        """This without ``other``; what was reserved too much comes back as a negative use."""
        return Use(self.sent - other.sent, self.received - other.received)


class Book(Protocol):
    """Keeps what was used, day by day (UTC)."""

    async def add(self, day: date, sent: int, received: int) -> None:
        """Add to the use of ``day``; negative numbers take a reservation back."""
        ...

    async def used(self, first: date, last: date) -> tuple[int, ...]:
        """Tokens sent and received from ``first`` to ``last``, both included."""
        ...


@dataclass(slots=True)
class MemoryBook:
    """A book that ends with the process."""

    days: dict[date, Use] = field(default_factory=dict)

    async def add(self, day: date, sent: int, received: int) -> None:
        """See Book."""
        known = self.days.get(day, Use())
        self.days[day] = Use(known.sent + sent, known.received + received)

    async def used(self, first: date, last: date) -> tuple[int, ...]:
        """See Book."""
        days = [use for day, use in self.days.items() if first <= day <= last]
        return sum(use.sent for use in days), sum(use.received for use in days)


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. Prices are those of a million tokens, in any one currency; ``money_per_month`` is in the same."""

    tokens_per_day: int | None = None
    tokens_per_month: int | None = None
    money_per_month: Decimal | None = None
    price_sent: Decimal = Decimal(0)
    price_received: Decimal = Decimal(0)

    def cost(self, use: Use) -> Decimal:
        """What ``use`` costs."""
        return (use.sent * self.price_sent + use.received * self.price_received) / MILLION


@dataclass(frozen=True, slots=True)
class State:
    """What was spent this day and month (UTC), reservations included, beside the limits."""

    today: int
    month: int
    money: Decimal
    limits: Limits

    @property
    def is_spent(self) -> bool:
        """Whether some limit is reached: summaries are extracts until the day or month is over."""
        pairs = (
            (self.today, self.limits.tokens_per_day),
            (self.month, self.limits.tokens_per_month),
            (self.money, self.limits.money_per_month),
        )
        return any(limit is not None and spent >= limit for spent, limit in pairs)


class Budget:
    """Guards ``limits``: a number is one of tokens a day."""

    def __init__(self, limits: Limits | int, now: Callable[[], datetime], book: Book | None = None) -> None:
        self.limits = Limits(tokens_per_day=limits) if isinstance(limits, int) else limits
        self._now = now
        self._book: Book = book or MemoryBook()
        self._one_at_a_time = asyncio.Lock()

    async def state(self) -> State:
        """How much is spent."""
        today = self._now().date()
        day = Use(*(await self._book.used(today, today))[:2])
        month = Use(*(await self._book.used(today.replace(day=1), today))[:2])
        return State(day.tokens, month.tokens, self.limits.cost(month), self.limits)

    async def reserve(self, use: Use) -> date:
        """Set ``use`` aside and return the day that it is booked on. Raises BudgetSpent where a limit leaves no room for it."""
        async with self._one_at_a_time:
            state = await self.state()
            limits = self.limits
            for spent, more, limit, what in (
                (state.today, use.tokens, limits.tokens_per_day, "tokens of the day"),
                (state.month, use.tokens, limits.tokens_per_month, "tokens of the month"),
                (state.money, limits.cost(use), limits.money_per_month, "money of the month"),
            ):
                if limit is not None and spent + more > limit:
                    raise BudgetSpent(f"the {what} ({limit:,}) leaves no room for {more:,} more")
            day = self._now().date()
            await self._book.add(day, use.sent, use.received)
            return day

    async def settle(self, day: date, reserved: Use, used: Use) -> None:
        """Replace what was reserved on ``day`` by what was really used."""
        if used != reserved:
            await self._book.add(day, *used.less(reserved))
