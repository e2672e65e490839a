"""How many tokens a day the model may cost: reserved before a call, settled after it, never passed."""

from collections.abc import Callable
from datetime import datetime

from bot.errors import BudgetSpent


class Budget:
    """Counts the tokens of the current UTC day. ``spent`` starts from what earlier processes of the day have spent."""

    def __init__(self, tokens_per_day: int, now: Callable[[], datetime], spent: int = 0) -> None:
        self.limit = tokens_per_day
        self._now = now
        self._day = now().date()
        self.spent = spent

    def reserve(self, tokens: int) -> None:
        """Set ``tokens`` aside. Raises BudgetSpent where the day's budget has no room for them."""
        today = self._now().date()
        if today != self._day:
            self._day, self.spent = today, 0
        if self.spent + tokens > self.limit:
            raise BudgetSpent(f"the day's {self.limit:,} tokens leave no room for {tokens:,} more")
        self.spent += tokens

    def settle(self, reserved: int, used: int) -> None:
        """Replace a reservation by what was really used."""
        self.spent += used - reserved
