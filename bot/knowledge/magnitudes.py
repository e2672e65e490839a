"""Numbers with their units as Korean, Japanese and English write them: 3조 2000억, 2천800만, 一兆二千億, 18.6bn, 20 trillion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.knowledge import currencies

_PLAIN = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_KANJI = "〇一二三四五六七八九"
_WITH_SMALL_UNITS = rf"{_PLAIN}(?:\s?[천백십千百十]\d*)*"
# Where a page lost its commas, "5 300만" is 5300만: read so only behind 약 or a larger unit, where no other number can end.
_GROUP = re.compile(
    rf"\s?(?P<few>(?:(?<=약 )|(?<=[억조])|(?<=[억조] ))\d{{1,3}} \d{{3}}|"
    rf"{_WITH_SMALL_UNITS}|[{_KANJI}十百千]+|(?:[천백십]\d*)+)"
    r"\s?(?P<before>[여余数]?)(?P<unit>[만억조경万萬億兆京])(?P<behind>[여余]?)"
)
_NUMBER = re.compile(rf"\s?(?P<few>{_WITH_SMALL_UNITS})(?P<more>[여余]?)")
_FEW = re.compile(rf"(?P<digits>[\d,.]+|[{_KANJI}]+)?\s?(?P<unit>[천백십千百十])?")
_ENGLISH = re.compile(
    r"(?:[ -]?(?P<word>trillion|billion|million|thousand|crore|lakh|trln|trn|tril|tr|tn|bil|bln|bn|mil|mln|mn)s?(?![a-z])"
    r"(?:\.(?= (?:yen|won|dollars?|euros?|yuan)))?"
    r"|(?P<letter>[kmbt])(?![a-z])| (?P<point>[mbt]\.(?= )))",
    re.IGNORECASE,
)
_POWERS = {"십十": 1, "백百": 2, "천千": 3, "만万萬": 4, "억億": 8, "조兆": 12, "경京": 16}
_ENGLISH_POWERS = {
    "thousand k": 3,
    "lakh": 5,
    "million mil mln mn m m.": 6,
    "crore": 7,
    "billion bil bln bn b b.": 9,
    "trillion trln tril trn tr tn t t.": 12,
}
UNITS = {unit: Decimal(10) ** size for units, size in _POWERS.items() for unit in units} | {
    unit: Decimal(10) ** size for units, size in _ENGLISH_POWERS.items() for unit in units.split()
}
_RUN = re.compile(rf"\d[\d,.]*|[{_KANJI}十百千]+|[십백천]+")
_LARGE = frozenset("만억조경万萬億兆京")
_FOLLOWERS = currencies.AFTER_BEGINS | _LARGE | frozenset("천백십千百十여余KkMmBbTtCcLl~0123456789")


_WIDE = re.compile(r"[！-～￥￦￡〜∼–—−‐‑\u00a0\u2009\u202f\u3000]")
# Japanese newspapers point decimals with a middle dot: 2・6億円.
_DOT = re.compile(r"(?<=\d)・(?=\d{1,2}(?!\d))")
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5E)} | {
    ord(wide): narrow for wide, narrow in zip("～〜∼–—−‐‑￥￦￡\u00a0\u2009\u202f\u3000", "~~~-----¥₩£    ", strict=True)
}


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A number at text[start:end]. ``unit``: the size of its last unit, None without; ``more``: marked as "and some" (여, 余)."""

    value: Decimal
    start: int
    end: int
    unit: Decimal | None = None
    more: bool = False


def narrow(text: str) -> str:
    """``text`` with full-width digits, signs and spaces in their usual width: every character keeps its offset."""
    if _WIDE.search(text):
        text = text.translate(_NARROW)
    return _DOT.sub(".", text) if "・" in text else text


def starts(text: str) -> Iterator[int]:
    """Where numbers begin that may count money, judged by their neighbours: most numbers of a text (dates, shares) end here."""
    for run in _RUN.finditer(text):
        start, end = run.span()
        if _may_count(text, start, end) if text[start].isdecimal() else _is_number_word(text, start, end):
            yield start


def _may_count(text: str, start: int, end: int) -> bool:
    """Whether digits have a unit or currency behind ("3 billion", "1~2조원") or what may be a sign in front."""
    near = text[end : end + 1]
    if near in _FOLLOWERS or (near in (" ", "-") and text[end + 1 : end + 2] in _FOLLOWERS):
        return True
    return start > 0 and (text[start - 1] == " " or text[start - 1] in currencies.BEFORE_ENDS)


def _is_number_word(text: str, start: int, end: int) -> bool:
    near = text[end : end + 1]
    if near in _LARGE or (near.isdecimal() and text[start] in "십백천"):
        return start == 0 or not ("가" <= text[start - 1] <= "힣" or text[start - 1] == "数")
    return False


def read(text: str, start: int) -> Magnitude | None:
    """The number that begins at ``start``, with all of its units."""
    value, end, unit, more = Decimal(0), start, None, False
    while group := _GROUP.match(text, end):
        size = UNITS[group["unit"]]
        few = _few(group["few"])
        if unit is not None and (size >= unit or few * size >= unit):
            break
        value, end, unit = value + few * size, group.end(), size
        more = more or bool(group["before"] or group["behind"])
    if unit is not None:
        return _with_rest(text, Magnitude(value, start, end, unit, more))
    return _plain(text, start)


def _with_rest(text: str, large: Magnitude) -> Magnitude:
    """25만2000달러: what is left below the last unit, when a currency follows it."""
    rest = _NUMBER.match(text, large.end)
    if rest and currencies.after(text, rest.end()):
        few = _few(rest["few"])
        if few < (large.unit or 0):
            return Magnitude(large.value + few, large.start, rest.end(), Decimal(1), large.more or bool(rest["more"]))
    return large


def _plain(text: str, start: int) -> Magnitude | None:
    number = _NUMBER.match(text, start)
    if not number:
        return None
    value, end = _few(number["few"]), number.end()
    unit = _ENGLISH.match(text, end)
    if unit:
        size = UNITS[str(unit[unit.lastgroup or 0]).lower()]
        return Magnitude(value * size, start, unit.end(), size)
    return Magnitude(value, start, end, more=bool(number["more"]))


def _few(digits: str) -> Decimal:
    """A number below 10,000 with the small units: 2천800, 三千五百, 1,200.5."""
    if digits[0].isdecimal() and digits[-1].isdecimal() and digits.replace(",", "").replace(".", "").isdecimal():
        return Decimal(digits.replace(",", ""))
    total = Decimal(0)
    for part in _FEW.finditer(digits.replace(" ", "") if " " in digits else digits):
        if part["unit"]:
            total += _digits(part["digits"] or "1") * UNITS[part["unit"]]
        elif part["digits"]:
            total += _digits(part["digits"])
    return total


def _digits(digits: str) -> Decimal:
    if digits[0] in _KANJI:
        digits = "".join(str(_KANJI.index(digit)) for digit in digits)
    return Decimal(digits.replace(",", ""))
