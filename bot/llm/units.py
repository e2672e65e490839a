"""What numbers count, across languages: 30명, 30人 and 30 people are one quantity, 7割 is 70 percent, 절반 is a half."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.knowledge.magnitudes import Magnitude

_WORDS = {
    "percent": r"%|퍼센트|프로(?![가-힣])|パーセント|ポイント|per ?cent|percentage|pct|[%]p",
    "tenths": r"割(?!り?当|り?引)|할(?=[이을의에로 ,.가]|$)",
    "people": r"명|名|人(?!工|気|間|材)|people|persons?|employees|staff(?:ers)?|workers|engineers|researchers|students|members",
    "companies": r"개\s?사(?![업람])|개\s?기업|곳|社|개\s?업체|か国の企業|companies|firms|startups|businesses",
    "times": r"배(?![터송치포달급])|倍|times\b|-?fold|x\b",
    "years": r"년간|年間|년\s?(?:동안|만에|째|이상|뒤|후)|years?|-year",
    "months": r"개월|か月|ヶ月|カ月|ヵ月|ケ月|箇月|months?|-month",
    "weeks": r"주(?:간|일|\s?(?:동안|만|뒤|후))|週間?|weeks?|-week",
    "days": r"일간|日間|days?|-day",
    "hours": r"시간|時間|hours?|-hour",
    "countries": r"개국|か国|カ国|ヶ国|ヵ国|countries|nations",
    "GW": r"GW(?![Hh])|ギガワット|기가와트|gigawatts?",
    "MW": r"MW(?![Hh])|メガワット|메가와트|megawatts?",
    "kW": r"[Kk][Ww](?![Hh])|キロワット(?!時)|킬로와트(?!시)|kilowatts?(?!-hour)",
    "things": r"장(?=[을이의으 ,.]|$)|枚|基(?![本礎準地盤])|台(?![湾風])|GPUs?|chips?|servers?|units?|accelerators?",
    "nanometres": r"nm\b|나노|ナノ|nanomet(?:er|re)s?|-?nanomet(?:er|re)",
}
_ANY = "|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items())
_UNIT = re.compile(rf"(?:여|余り?|강|弱|強|数)?[\s-]?(?:{_ANY})(?:(?<![A-Za-z])|(?![A-Za-z]))")
_WORD = re.compile(r"\s?([^\W\d_])")
_SCALES = {"GW": ("watts", 10**9), "MW": ("watts", 10**6), "kW": ("watts", 10**3), "tenths": ("percent", 10)}
KINDS = (frozenset(_WORDS) - frozenset(_SCALES)) | {"watts", "money"}
MEASURES = frozenset(("percent", "watts", "nanometres", "money"))  # never counted in words without naming them
_A_YEAR_AGO = re.compile(r"1\s?(?:년\s?전|年前)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """``unit`` is one of KINDS, or "" where what is counted is not among them; ``word``: the letter behind the number."""

    value: Decimal
    unit: str
    quote: str
    word: str = ""


def quantity(text: str, number: Magnitude) -> Quantity:
    """The number with the unit that follows it in ``text``."""
    found = _UNIT.match(text, number.end)
    unit = str(found.lastgroup) if found else ""
    end = found.end() if found else number.end
    unit, scale = _SCALES.get(unit, (unit, 1))
    letter = _WORD.match(text, number.end)
    return Quantity(number.value * scale, unit, text[number.start : end], letter[1].lower() if letter else "")


def is_a_year_ago(text: str, start: int) -> bool:
    """1년 전 and 1年前 only say "last year"."""
    return _A_YEAR_AGO.match(text, start) is not None


def _unit_at(text: str, end: int) -> str:
    found = _UNIT.match(text, end)
    return str(found.lastgroup) if found and found.lastgroup in MEASURES else ""


# ---- numbers in words ----

_KANJI = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百千]+")
_ENGLISH = {
    word: value
    for value, words in enumerate(
        [
            "-",
            "one|first|once|single|sole",
            "two|second|both|pair",
            "three|third",
            "four|fourth|quarter",
            "five|fifth",
            "six|sixth",
            "seven|seventh",
            "eight|eighth",
            "nine|ninth",
            "ten|tenth",
            "eleven|eleventh",
            "twelve|twelfth|dozen",
        ]
    )
    for word in words.split("|")
}
_ENGLISH_NUMBER = re.compile(r"\b(?:" + "|".join(_ENGLISH) + r")\b", re.IGNORECASE)
_KOREAN = {
    "한": 1,
    "첫": 1,
    "두": 2,
    "둘": 2,
    "양": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
}
_KOREAN_NUMBER = re.compile(
    r"(?<![가-힣])(?P<n>" + "|".join(_KOREAN) + r")\s?(?:곳|개|명|가지|사람|회사|기업|배|번|차례|달|해|시간|나라|사|국|팀|대|장)"
)
_PAIR = re.compile(r"両(?:社|国|者|氏|首脳)")


def spelled(text: str) -> Iterator[tuple[Decimal, str]]:
    """Numbers in words, for which any unit will do: 三社, 세 곳, three; and the shares and multiples that words say."""
    for match in _KANJI_NUMBER.finditer(text):
        yield Decimal(_kanji(match.group())), _unit_at(text, match.end())
    for match in _ENGLISH_NUMBER.finditer(text):
        yield Decimal(_ENGLISH[match.group().lower()]), _unit_at(text, match.end())
    for match in _KOREAN_NUMBER.finditer(text):
        yield Decimal(_KOREAN[match["n"]]), ""
    if _PAIR.search(text):
        yield Decimal(2), ""
    for share in shares(text):
        yield share.value, share.unit


def _kanji(text: str) -> int:
    total, digits = 0, 0
    for char in text:
        if char in _KANJI:
            digits = digits * 10 + _KANJI[char]
        else:
            total += (digits or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digits = 0
    return total + digits


_SHARES = tuple(
    (re.compile(pattern, re.IGNORECASE), unit, Decimal(value))
    for pattern, unit, value in (
        (
            r"\bhalf (?:of|the|its|their|as)\b|\bhalv(?:e|es|ed|ing)\b|절반|半分|半数|半減",
            "percent",
            50,
        ),
        (r"\bdoubl(?:e|es|ed|ing)\b|\btwice\b|두 배|갑절|倍増|二倍|(?<!\d)倍に", "times", 2),
        (r"\btripl(?:e|es|ed|ing)\b|\bthreefold\b|세 배|三倍", "times", 3),
        (r"\bquadrupl(?:e|es|ed|ing)\b|\bfourfold\b|네 배|四倍", "times", 4),
    )
)


def shares(text: str) -> Iterator[Quantity]:
    """Halves and multiples that are said without digits."""
    for pattern, unit, value in _SHARES:
        match = pattern.search(text)
        if match:
            yield Quantity(value, unit, match.group())
