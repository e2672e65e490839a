"""How much the model may cost a call, day and month, in tokens and money: reserved before a call, settled after it, never passed.

What is asked for one workspace (questions, pages) counts against that workspace's share as well; what serves all (summaries,
judgements) counts against the whole only. What was spent stands in a book that outlives the process.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_UP, Decimal
from typing import NamedTuple, Protocol

from bot.errors import BudgetSpent

BILLIONTHS = 10**9
Payer = tuple[str, str]  # platform and workspace


class Use(NamedTuple):
    """Tokens sent and tokens received, and what they cost in billionths of the currency of the prices."""

    sent: int = 0
    received: int = 0
    cost: int = 0

    @property
    def tokens(self) -> int:
        """Sent and received together."""
        return self.sent + self.received

    def less(self, other: "Use") -> "Use":
        """This without ``other``; what was reserved too much comes back as a negative use."""
        return Use(self.sent - other.sent, self.received - other.received, self.cost - other.cost)


class Price(NamedTuple):
    """Of a million tokens."""

    sent: Decimal = Decimal(0)
    received: Decimal = Decimal(0)

    def use(self, sent: int, received: int = 0) -> Use:
        """So many tokens with their cost, rounded up."""
        cost = (sent * self.sent + received * self.received) * BILLIONTHS / 1_000_000
        return Use(sent, received, int(cost.to_integral_value(ROUND_UP)))


FREE = Price()


class Book(Protocol):
    """Keeps what was used, day by day (UTC)."""

    async def add(self, day: date, sent: int, received: int, cost: int = 0, payer: Payer | None = None) -> None:
        """Add to the use of ``day`` and of ``payer``; negative numbers take a reservation back."""
        ...

    async def used(self, first: date, last: date) -> tuple[int, int, int]:
        """Tokens sent, tokens received and their cost from ``first`` to ``last``, both included."""
        ...

    async def used_by(self, platform: str, workspace: str, day: date) -> int:
        """Tokens that a workspace asked for itself on ``day``."""
        ...


@dataclass(slots=True)
class MemoryBook:
    """A book that ends with the process."""

    days: dict[date, Use] = field(default_factory=dict)
    payers: dict[tuple[date, str, str], int] = field(default_factory=dict)

    async def add(self, day: date, sent: int, received: int, cost: int = 0, payer: Payer | None = None) -> None:
        """See Book."""
        self.days[day] = Use(sent, received, cost).less(Use().less(self.days.get(day, Use())))
        if payer:
            self.payers[(day, *payer)] = self.payers.get((day, *payer), 0) + sent + received

    async def used(self, first: date, last: date) -> tuple[int, int, int]:
        """See Book."""
        days = [use for day, use in self.days.items() if first <= day <= last]
        return sum(use.sent for use in days), sum(use.received for use in days), sum(use.cost for use in days)

    async def used_by(self, platform: str, workspace: str, day: date) -> int:
        """See Book."""
        return self.payers.get((day, platform, workspace), 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. Money is in the currency of ``prices``, which has a price for each tier: quality, fast, embedding.

    ``tokens_per_workspace``: a day, for what a workspace asks for itself.
    """

    tokens_per_call: int | None = None
    tokens_per_day: int | None = None
    tokens_per_month: int | None = None
    tokens_per_workspace: int | None = None
    money_per_day: Decimal | None = None
    money_per_month: Decimal | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)

    def price(self, tier: str) -> Price:
        """What a million tokens of ``tier`` cost."""
        return self.prices.get(tier, FREE)


@dataclass(frozen=True, slots=True)
class State:
    """What was spent this day and month (UTC), reservations included, beside the limits; ``workspace``: of the one asked for."""

    today: int
    month: int
    money_today: Decimal
    money: Decimal
    limits: Limits
    workspace: int = 0

    def shares(self, more: Use) -> tuple[tuple[int | Decimal, int | Decimal | None, str], ...]:
        """What would be spent with ``more``, the limit, and what is limited."""
        limits, money = self.limits, Decimal(more.cost) / BILLIONTHS
        return (
            (self.today + more.tokens, limits.tokens_per_day, "tokens of the day"),
            (self.month + more.tokens, limits.tokens_per_month, "tokens of the month"),
            (self.money_today + money, limits.money_per_day, "money of the day"),
            (self.money + money, limits.money_per_month, "money of the month"),
            (self.workspace + more.tokens, limits.tokens_per_workspace, "tokens of this workspace for the day"),
        )


class Budget:
    """Guards ``limits``: a number is one of tokens a day."""

    def __init__(self, limits: Limits | int, now: Callable[[], datetime], book: Book | None = None) -> None:
        self.limits = Limits(tokens_per_day=limits) if isinstance(limits, int) else limits
        self._now = now
        self._book: Book = book or MemoryBook()
        self._one_at_a_time = asyncio.Lock()

    async def state(self, payer: Payer | None = None) -> State:
        """How much is spent."""
        today = self._now().date()
        day = Use(*await self._book.used(today, today))
        month = Use(*await self._book.used(today.replace(day=1), today))
        own = await self._book.used_by(*payer, today) if payer else 0
        money_today, money = Decimal(day.cost) / BILLIONTHS, Decimal(month.cost) / BILLIONTHS
        return State(day.tokens, month.tokens, money_today, money, self.limits, own)

    async def reserve(self, use: Use, payer: Payer | None = None) -> date:
        """Set ``use`` aside and return the day that it is booked on. Raises BudgetSpent where a limit leaves no room for it.

        It is booked first and taken back where it was too much, so that two processes on one book cannot pass a limit together.
        """
        if self.limits.tokens_per_call is not None and use.tokens > self.limits.tokens_per_call:
            raise BudgetSpent(f"the tokens of a call ({self.limits.tokens_per_call:,}) leave no room for {use.tokens:,}")
        async with self._one_at_a_time:
            day = self._now().date()
            await self._book.add(day, *use, payer)
            passed = [
                f"the {what} ({limit:,}) leaves no room for this call"
                for spent, limit, what in (await self.state(payer)).shares(Use())
                if limit is not None and spent > limit
            ]
            if passed:
                await self._book.add(day, *Use().less(use), payer)
                raise BudgetSpent(passed[0])
            return day

    async def settle(self, day: date, reserved: Use, used: Use, payer: Payer | None = None) -> None:
        """Replace what was reserved on ``day`` by what was really used."""
        if used != reserved:
            await self._book.add(day, *used.less(reserved), payer)
