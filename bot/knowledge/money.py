"""Reads the amounts of money in a Korean, Japanese or English text: value, currency, qualifier and the verbatim quote.

Every mention counts once; qualifiers that touch the amount belong to its quote, verbs only set the qualifier. What is counted in
something else than a currency (7B models, MW, wafers, shares, people) is not money, nor are share prices and exchange rates.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.knowledge import currencies, magnitudes, money_context, qualifiers
from bot.model import Amount

_SMALL = 5000.0  # dollars: prices, wages and fees, whatever words are near
_HINT = re.compile(r"[\d수数]|llion|[〇一二三四五六七八九十百千][万億兆]|[십백천][만억조]")
_RANGE = re.compile(r"\s?(?:~|-|to|and|내지|ないし|から)\s?", re.IGNORECASE)
_RANGE_AHEAD = re.compile(r"\s?(?:~|-|to|and|내지|ないし|から)\s?(?=[\d$¥₩€£])", re.IGNORECASE)
_FROM = re.compile(r"\bfrom $", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween $", re.IGNORECASE)
_MANY = re.compile(r"[수数](?:(?<![가-힣]수)[십백천]*[만억조]|(?<![가-힣]수)[십백천]+|(?<=数)(?:[十百千]+[万億兆]?|[万億兆]))")
_MANY_EN = re.compile(
    r"\b(?:(?:tens|hundreds|dozens|scores|thousands) of |several |a few |many |multi-?)*(?:hundred |hundreds of )?"
    r"(?:(?<!\d[ -])(?:trillion|billion|million)s?)(?: of)?"
    r"(?=[ -](?:US |South |Korean |Japanese )?(?:won|yen|dollar|euro|yuan|pound))",
    re.IGNORECASE,
)
_WORDS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_SPELLED = re.compile(
    r"\b(?P<half>half )?(?P<n>an?|one|two|three|four|five|six|seven|eight|nine|ten) "
    r"(?P<unit>trillion|billion|million)(?=[ -][A-Za-z])",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Found:
    """An amount in the making: its place without qualifiers, and how it was written."""

    start: int
    end: int
    value: Decimal | None
    currency: str | None
    unit: Decimal | None = None
    qualifier: str = "exact"
    prefixed: bool = False
    pending: bool = False
    converted_of: int | None = None


def read_amounts(text: str, language: str = "") -> tuple[Amount, ...]:
    """Every amount of money in ``text``, in order; ``quote`` is text[start:end].

    ``language`` (ko, ja or en) only settles what a bare 億 is in; without it the rest of the text does.
    """
    if not _HINT.search(text):
        return ()
    plain = magnitudes.narrow(text)
    found = sorted([*_numbers(plain, language), *_worded(plain)], key=lambda one: one.start)
    _mark_ranges(plain, found)
    kept = [one for one in found if not one.pending and not money_context.is_price(plain, one.start, one.end, one.value)]
    for one in kept:
        _qualify(plain, one)
    _mark_conversions(plain, kept)
    return tuple(_amounts(text, plain, kept))


def same(a: Amount, b: Amount) -> bool:
    """Whether two amounts of one currency agree as far as the coarser one goes: $642m and $642.5m do, 1조 and 1.2조 do not."""
    if a.currency != b.currency:
        return False
    if a.value is None or b.value is None:
        return a.value is b.value and a.quote == b.quote
    if a.value == b.value:
        return True
    step = max(_last_digit(a.value), _last_digit(b.value))
    apart = abs(a.value - b.value)
    return apart * 2 <= step and apart * 50 <= max(a.value, b.value)


def _last_digit(value: Decimal) -> Decimal:
    """What the last digit of a value that is not zero counts: 642,000,000 → 1,000,000."""
    shortest = value.normalize()
    return Decimal(1).scaleb(int(shortest.as_tuple().exponent))


def _amounts(text: str, plain: str, found: list[_Found]) -> Iterator[Amount]:
    roles: list[str] = []
    for index, one in enumerate(found):
        if one.converted_of is not None:
            roles.append(roles[one.converted_of])
        else:
            # In "20억, 내년 30억" only the first amount has the word: its neighbours carry it on.
            near = index > 0 and one.start - found[index - 1].end < 24
            roles.append(money_context.role(plain, one.start, one.end) or (roles[-1] if near else "other"))
        if roles[-1] != "tax" and one.value and one.currency and 0 < currencies.dollars(one.value, one.currency) < _SMALL:
            roles[-1] = "other"
        yield Amount(
            value=one.value if one.value is None or one.value % 1 else one.value.quantize(Decimal(1)),
            currency=one.currency,
            quote=text[one.start : one.end],
            start=one.start,
            end=one.end,
            qualifier=one.qualifier,
            converted_of=one.converted_of,
            role=roles[-1],
            period=money_context.period(plain, one.start, one.end),
        )


# ---- finding ----


def _numbers(text: str, language: str) -> Iterator[_Found]:
    done, previous = 0, None
    for start in magnitudes.starts(text):
        if start < done:
            continue
        number = magnitudes.read(text, start)
        if number is None:
            continue
        one = _with_currency(text, number, previous, language)
        if one:
            done, previous = one.end, one
            yield one
        else:
            done = number.end


def _with_currency(text: str, number: magnitudes.Magnitude, previous: _Found | None, language: str) -> _Found | None:
    """``number`` as money, as the low end of a range that is still to come, or None."""
    one = _Found(number.start, number.end, number.value, None, number.unit, "more_than" if number.more else "exact")
    front = currencies.before(text, number.start)
    back = currencies.after(text, number.end)
    if front:
        one.currency, one.start, one.prefixed = *front, True
        if back and back[0] == front[0]:
            one.end = back[1]
        return None if _cut_off(text, one) else one
    if back:
        one.currency, one.end = back
        return one if money_context.is_currency(text, one.start, one.end, one.unit) else None
    if _RANGE_AHEAD.match(text, number.end):
        one.pending = True
        return one
    if previous and previous.prefixed and _RANGE.fullmatch(text, previous.end, number.start):
        one.currency = previous.currency
        return one
    one.currency = money_context.implied_currency(text, number.start, number.end, language)
    return one if one.currency else None


def _cut_off(text: str, one: _Found) -> bool:
    """Whether the text ends inside the amount ("to $6", "worth $3..."), or a letter shows that it is none ($5G)."""
    if one.unit is not None:
        return False
    rest = text[one.end : one.end + 3]
    if rest[:1].isascii() and rest[:1].isalpha():
        return True
    return (not rest or rest[0] == "…" or rest.startswith("..")) and (one.value or 0) < 1000


def _worded(text: str) -> Iterator[_Found]:
    """Amounts without digits: 수천억원, 数千億円, several trillion won, a billion dollars."""
    if "수" in text or "数" in text:
        yield from _vague(text, _MANY)
    if "llion" in text:
        spelled = list(_spelled(text))
        yield from spelled
        yield from (one for one in _vague(text, _MANY_EN) if not any(one.start < other.end for other in spelled[-1:]))


def _vague(text: str, pattern: re.Pattern[str]) -> Iterator[_Found]:
    for many in pattern.finditer(text):
        back = currencies.after(text, many.end())
        currency = back[0] if back else money_context.implied_currency(text, many.start(), many.end())
        if currency:
            yield _Found(many.start(), back[1] if back else many.end(), None, currency, Decimal(1), "about")


def _spelled(text: str) -> Iterator[_Found]:
    for spelled in _SPELLED.finditer(text):
        back = currencies.after(text, spelled.end())
        if back:
            value = Decimal(_WORDS[spelled["n"].lower()]) * magnitudes.UNITS[spelled["unit"].lower()]
            yield _Found(spelled.start(), back[1], value / 2 if spelled["half"] else value, back[0], Decimal(1))


# ---- relations between neighbours ----


def _mark_ranges(text: str, found: list[_Found]) -> None:
    for low, high in itertools.pairwise(found):
        if high.pending or high.value is None or low.value is None or not _RANGE.fullmatch(text, low.end, high.start):
            continue
        between = text[low.end : high.start].strip().lower()
        before = text[max(0, low.start - 8) : low.start]
        if between == "and" and not _BETWEEN.search(before):
            continue
        if not low.pending and low.unit is not None and between == "to" and _FROM.search(before):
            continue
        value = low.value * (high.unit or 1) if low.unit is None else low.value
        if value < high.value and low.currency in (None, high.currency):
            low.value, low.currency, low.pending = value, high.currency, False
            low.qualifier, high.qualifier = "range_low", "range_high"


_FILLER = (
    r"(?:한화|원화|엔화|우리\s?돈|한국\s?돈|일본\s?돈|미화|日本円|円換算|ドル換算|米ドル換算|現在の?レート|当時の?レート|"
    r"or|equivalent to|worth|=|≒|≈|約)?"
)
_SIDE_BY_SIDE = re.compile(r"|[\s·・,/]|, | - |\s?그러니까\s(?:무려\s)?|、つまり")
_ALIKE = 0.7, 1.4  # how far a day's rate may be from our rough one
_BRACKET = re.compile(rf"\s?(?:규모|상당|어치|相当|規模)?\s?[(\[〔（]\s?{_FILLER}(?:으로|로|で|にして)?\s?", re.IGNORECASE)
_NO_BRACKET = re.compile(
    r",?\s?(?:한화|원화|엔화|우리\s?돈|한국\s?돈|일본\s?돈|미화)(?:으로|로)?(?:는|치면|환산하면)?\s?|"
    r"[、,]?\s?(?:日本円|円換算|ドル換算|円|ドル)(?:にして|換算で|で|では|なら)\s?|"
    r",? (?:or|equivalent to|equal to|which is)(?: the equivalent of)? |\s?(?:=|≒|≈)\s?",
    re.IGNORECASE,
)
_NEXT_INSIDE = re.compile(r"\s?[,/·、;]\s?|\s")


def _mark_conversions(text: str, found: list[_Found]) -> None:
    for index in range(1, len(found)):
        first, second = found[index - 1], found[index]
        if first.currency == second.currency:
            if (first.qualifier, second.qualifier) == ("range_low", "range_high") and first.converted_of is not None:
                second.converted_of = first.converted_of + 1
            continue
        gap = (text, first.end, second.start)
        bare = text[first.end : second.start] in ("", " ") and text[second.start] in "약約"
        bare = bare or (_SIDE_BY_SIDE.fullmatch(*gap) is not None and _worth_the_same(first, second))
        if bare or _BRACKET.fullmatch(*gap) or _NO_BRACKET.fullmatch(*gap):
            second.converted_of = _original(found, index)
            if first.qualifier == "exact":
                # "1600억달러(약 214조원)에 육박": the verb behind the bracket means both.
                behind = second.end + (text[second.end : second.end + 1] in (")", " "))
                first.qualifier = next(iter(qualifiers.verbs(text, behind, behind)), "exact")
        elif first.converted_of is not None and _NEXT_INSIDE.fullmatch(*gap) and text[first.end] != ")":
            second.converted_of = first.converted_of


def _original(found: list[_Found], index: int) -> int:
    """What the amount at ``index`` restates: the one before it, or what that restates; of a range its low end the low end."""
    first, second = found[index - 1], found[index]
    if first.converted_of is not None:
        return first.converted_of
    of_range = first.qualifier == "range_high" and second.qualifier == "range_low" and index > 1
    return index - 2 if of_range else index - 1


def _worth_the_same(first: _Found, second: _Found) -> bool:
    """Whether two amounts that merely stand side by side can be one in two currencies."""
    if first.value is None or second.value is None or not first.currency or not second.currency:
        return False
    a, b = currencies.dollars(first.value, first.currency), currencies.dollars(second.value, second.currency)
    return b > 0 and _ALIKE[0] < a / b < _ALIKE[1]


def _qualify(text: str, one: _Found) -> None:
    """Take the words that touch into the quote and let them, or the verb behind, say how the amount is meant."""
    one.start, one.end, said = qualifiers.touching(text, one.start, one.end)
    said = said or qualifiers.verbs(text, one.start, one.end)
    if one.qualifier == "exact":
        one.qualifier = next((word for word in qualifiers.ORDER if word in said), "exact")
