"""What the language model has cost, in words: for ``status``."""

from collections.abc import Iterable

from bot.locales import t
from bot.model import Spent


def spending_lines(spent: Iterable[Spent], language: str) -> list[str]:
    """A line a period, such as "Model, this month: 1,204,000 of 5,000,000 tokens, 3.12 of 20 USD"."""
    return [_line(one, language) for one in spent]


def _line(spent: Spent, language: str) -> str:
    parts = [_share(f"{spent.tokens:,}", f"{spent.token_limit:,}" if spent.token_limit is not None else "", language)]
    parts[0] = t(language, "{amount} tokens", amount=parts[0])
    if spent.money or spent.money_limit is not None:
        limit = f"{spent.money_limit:f} {spent.currency}" if spent.money_limit is not None else ""
        money = f"{spent.money:.2f}" + ("" if limit else f" {spent.currency}")
        parts.append(_share(money, limit, language))
    if spent.is_used_up:
        parts.append(t(language, "used up: sentences are quoted"))
    return f"{_period(spent.period, language)}: {', '.join(parts)}"


def _share(used: str, limit: str, language: str) -> str:
    return t(language, "{used} of {limit}", used=used, limit=limit) if limit else used


def _period(period: str, language: str) -> str:
    if period == "workspace":
        return t(language, "Model, asked for by this workspace today")
    return t(language, "Model, this month") if period == "month" else t(language, "Model, today")
