"""Tells what the model has cost so far (ports.Meter)."""

from bot.llm.budget import Budget
from bot.model import Channel, Spent


class BudgetMeter:
    """The Meter of one budget; ``currency``: that of its prices."""

    def __init__(self, budget: Budget, currency: str) -> None:
        self._budget = budget
        self._currency = currency

    async def spent(self, asked_in: Channel | None = None) -> tuple[Spent, ...]:
        """See ports.Meter."""
        payer = (asked_in.platform, asked_in.workspace) if asked_in else None
        state, limits = await self._budget.state(payer), self._budget.limits
        rows = [
            Spent("day", state.today, limits.tokens_per_day, state.money_today, limits.money_per_day, self._currency),
            Spent("month", state.month, limits.tokens_per_month, state.money, limits.money_per_month, self._currency),
        ]
        if payer:
            rows.append(Spent("workspace", state.workspace, limits.tokens_per_workspace))
        return tuple(rows)
