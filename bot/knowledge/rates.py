"""Exchange rates by day: the table in the package, and days read from the European Central Bank's daily file.

An amount is converted with the latest day not after its article's, and the day is shown with it: a figure of today would be wrong
for a plan of last year. Nothing is converted with a rate that lies more than three years away.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from itertools import chain
from xml.etree import ElementTree

from bot.errors import ConfigError, ParseError
from bot.model import Converted

SHOWN = ("KRW", "JPY", "USD")
_OLDEST = timedelta(days=3 * 366)
_LONGEST = 1_000_000  # characters of a rates file; the daily one has 2,000, that of ninety days 100,000
_SANE = Decimal("1e-6"), Decimal("1e9")


@dataclass(frozen=True, slots=True)
class DayRates:
    """Units of each currency that are worth the same on ``day``; ``source``: ecb or reported."""

    day: date
    per_unit: Mapping[str, Decimal]
    source: str = "ecb"


class Rates:
    """Rates of some days; of two for one day the later given holds."""

    def __init__(self, days: Iterable[DayRates]) -> None:
        self._rates = sorted({rates.day: rates for rates in days}.values(), key=lambda rates: rates.day)
        self._days = [rates.day for rates in self._rates]

    def __len__(self) -> int:
        return len(self._days)

    def __iter__(self) -> Iterator[DayRates]:
        return iter(self._rates)

    def convert(self, value: Decimal, currency: str, into: str, day: date) -> Converted | None:
        """``value`` in another currency, by the nearest day that knows both: before ``day``, else after it; None without one."""
        here = bisect_right(self._days, day)
        for rates in chain(reversed(self._rates[:here]), self._rates[here:]):
            if currency in rates.per_unit and into in rates.per_unit:
                if abs(rates.day - day) > _OLDEST:
                    return None
                return Converted(value * rates.per_unit[into] / rates.per_unit[currency], into, rates.day)
        return None

    def in_all(self, value: Decimal, currency: str, day: date, into: Sequence[str] = SHOWN) -> tuple[Converted, ...]:
        """``value`` in each of ``into`` but its own currency, where a rate is known."""
        found = (self.convert(value, currency, other, day) for other in into if other != currency)
        return tuple(one for one in found if one)


@cache
def embedded() -> Rates:
    """The table in the package. Raises ConfigError naming the line that cannot be read."""
    text = resources.files("bot.knowledge").joinpath("data/rates.tsv").read_text(encoding="utf-8")
    return Rates(_read_table(text))


def _read_table(text: str) -> list[DayRates]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    codes = lines[0][1].split("\t")[2:]
    days: list[DayRates] = []
    for number, line in lines[1:]:
        day, source, *cells = line.split("\t")
        try:
            per_unit = {code: Decimal(cell) for code, cell in zip(codes, cells, strict=True) if cell}
            days.append(DayRates(date.fromisoformat(day), per_unit, source))
        except (ValueError, InvalidOperation) as error:
            raise ConfigError([f"rates.tsv:{number}: {error}"]) from error
    return days


def read_ecb(xml: str) -> tuple[DayRates, ...]:
    """The days of an ECB reference rates file (daily or historical). Raises ParseError where it is none."""
    if len(xml) > _LONGEST or re.search(r"<!(?:DOCTYPE|ENTITY)", xml):
        raise ParseError("ECB rates", "too long, or with a document type")
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - entities are refused above
    except ElementTree.ParseError as error:
        raise ParseError("ECB rates", str(error)) from error
    days = tuple(_day(cube) for cube in root.iter() if cube.tag.endswith("Cube") and "time" in cube.attrib)
    if not days:
        raise ParseError("ECB rates", "no day in it")
    return days


def _day(cube: ElementTree.Element) -> DayRates:
    try:
        rates = {rate.attrib["currency"]: Decimal(rate.attrib["rate"]) for rate in cube}
        day = date.fromisoformat(cube.attrib["time"])
    except (KeyError, ValueError, InvalidOperation) as error:
        raise ParseError("ECB rates", f"unreadable rate: {error}") from error
    wrong = [code for code, rate in rates.items() if not (rate.is_finite() and _SANE[0] < rate < _SANE[1])]
    if wrong:
        raise ParseError("ECB rates", f"no sensible rate for {', '.join(wrong)}")
    return DayRates(day, {"EUR": Decimal(1), **rates})
