"""Amounts of money as readers of Korean, Japanese and English write them: 4,428억 원, 450億円, ¥45bn.

The magnitudes are those that a language thinks in (조·억, 兆·億, bn·tn); digits are grouped and pointed by Babel.
"""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_name

from bot.knowledge import currencies
from bot.model import Amount, Converted

_QUALIFIED = {
    "en": {"about": "about {}", "up_to": "up to {}", "at_least": "at least {}", "more_than": "over {}"},
    "ko": {"about": "약 {}", "up_to": "최대 {}", "at_least": "{} 이상", "more_than": "{} 초과"},
    "ja": {"about": "約{}", "up_to": "最大{}", "at_least": "{}以上", "more_than": "{}超"},
}
_ENGLISH = ((12, "tn"), (9, "bn"), (6, "m"))
_LARGE = 12  # powers of ten from which 조 and 兆 count


def show(value: Decimal, currency: str, language: str) -> str:
    """``value`` at a glance: "¥45bn", "$290m" in en; "450억 엔", "3조 2,000억 원" in ko; "450億円", "4,428億ウォン" in ja."""
    known = currencies.BY_CODE.get(currency)
    signs = known.signs if known else (f"{currency} ", currency, currency)
    if language == "ko":
        return f"{_in_myriads(value, '조억만', ' ', 'ko')} {signs[1]}"
    if language == "ja":
        return f"{_in_myriads(value, '兆億万', '', 'ja')}{signs[2]}"
    value = _rounded(value)
    for size, unit in _ENGLISH:
        if value >= 10**size:
            return f"{signs[0]}{_digits(value.scaleb(-size), 'en')}{unit}"
    return f"{signs[0]}{_digits(value, 'en')}"


def glance(value: Decimal, currency: str, language: str) -> str:
    """As ``show``, in three digits, for a chart: "$18.6bn", "27조 3,000억 원"; below zero with a minus in front."""
    said = show(_rounded(abs(value), 3), currency, language)
    return f"−{said}" if value < 0 else said


def currency_name(currency: str, language: str) -> str:
    """Such as "US dollars", "대한민국 원"; its code where it has no name."""
    return str(get_currency_name(currency, count=2, locale=language))


def say(amount: Amount, language: str, low: Amount | None = None) -> str:
    """An amount with its qualifier: "up to ¥45bn", 최대 450억 엔, 1兆円以上; a range from ``low``; its quote where vague."""
    if amount.value is None or amount.currency is None:
        return amount.quote
    shown = show(amount.value, amount.currency, language)
    if low is not None and low.value is not None:
        dash = "–" if language == "en" else "~" if language == "ko" else "～"
        return f"{show(low.value, amount.currency, language)}{dash}{shown}"
    return _QUALIFIED[language if language in _QUALIFIED else "en"].get(amount.qualifier, "{}").format(shown)


def show_converted(one: Converted, language: str) -> str:
    """A conversion at a glance: as its article gave it; three digits where a day's rate made it, for it knows no more."""
    return show(one.value if one.reported else _rounded(one.value, 3), one.currency, language)


def _rounded(value: Decimal, digits: int = 4) -> Decimal:
    """Four digits are enough at a glance."""
    return value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1)) if value else value


def _in_myriads(value: Decimal, units: str, space: str, language: str) -> str:
    """``value`` by powers of 10,000: trillions with the hundred millions behind them, less with at most four digits."""
    value = value.quantize(Decimal(10) ** 8) if value >= 10**_LARGE else _rounded(value)
    if value >= 10**_LARGE:
        whole, rest = divmod(int(value), 10**_LARGE)
        behind = f"{space}{_digits(Decimal(rest // 10**8), language)}{units[1]}" if rest else ""
        return f"{_digits(Decimal(whole), language)}{units[0]}{behind}"
    for size, unit in ((8, units[1]), (4, units[2])):
        if value >= 10**size:
            return f"{_digits(value.scaleb(-size), language)}{unit}"
    return _digits(value, language)


@lru_cache(maxsize=4096)
def _digits(value: Decimal, language: str) -> str:
    return str(format_decimal(value.normalize(), format="#,##0.####", locale=language))
