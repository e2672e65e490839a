"""Reads a question with its thread: what it is about, what kind of thing it asks for, and the time it speaks of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.archive.focus import focus
from bot.archive.narrowing import read_narrowing
from bot.archive.query import Group, Query, read_groups
from bot.archive.thread import continued, tells
from bot.knowledge import language
from bot.knowledge.dates import read_dates
from bot.model import DateFact


class Wanted(StrEnum):
    """What an answer must hold."""

    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    DATE = "date"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Question:
    """``query`` finds articles; an answer is ``about`` its groups but those of time. ``near``: days that are likelier.

    ``said``: numbers that the question itself brings. ``focus``: the thing that is asked for, where it is one that is known in
    every language: an article that does not speak of it answers hardly.
    """

    query: Query
    about: tuple[Group, ...]
    wanted: Wanted
    near: tuple[date, date] | None = None
    said: frozenset[str] = frozenset()
    language: str = ""
    focus: tuple[Group, ...] = ()


_SHARE = re.compile(
    r"(?i)몇 ?%|몇 ?퍼센트|몇 ?프로|비율|점유율|수율|何 ?%|何パーセント|何割|割合|歩留|what (?:share|percentage)|percent"
)
_MONEY_ASKED = re.compile(
    r"(?i)얼마(?!나 걸|나 오래)|금액|액수|몇 ?(?:조|억|원|달러|엔)|いくら|何(?:億|兆)?(?:円|ドル|ウォン)|金額|費用"
    r"|how much (?!of\b)|what (?:is the |was the |are the )?(?:valuation|price|cost|maximum fine|fine|budget|amount)"
    r"|at what valuation"
)
_MONEY_THING = re.compile(
    r"(?i)금액|매출|투자|조달|가격|비용|보조금|과태료|벌금|예산|인수|출자|기업가치|이익|연구개발비|급여|연봉"
    r"|金額|費用|投資|調達|価格|補助|罰金|予算|買収|出資|評価額|利益|自社株|売上|支援額"
    r"|valuation|fine|price|cost|revenue|budget|subsid|buyback|invest|deal|raise|offer|funding|profit"
)
_NUMBER_ASKED = re.compile(
    r"(?i)얼마|몇 ?(?:명|곳|개|건|대|장|배|위|년|개월|살|마리|척|호|번)|규모|용량|인원|점수|순위|생산량"
    r"|いくら|何(?:人|社|件|台|枚|倍|位|年間|か月|ヶ月|個|名|本|回|機|カ国|か国)|規模|数は|容量"
    r"|how (?:many|much|large|big|long|fast|high)|what (?:is|was) the (?:size|capacity|number|score|scale)"
)
_DATE_ASKED = re.compile(
    r"(?i)언제|며칠|몇 ?월|몇 ?년도|날짜|상장일|예정일|いつ|何年に|何月|何日|日付|予定日"
    r"|\bwhen\b|what (?:date|day|year|month)|which (?:year|month)"
)
_ASKING = re.compile(
    r"(?i)\b(?:who|whom|whose|what|which|when|where|why|how|much|many|did|does|do|is|are|was|were|will|would|can|the|a|an|of|in|on|to|for|by"
    r"|from|at|with|has|have|had|be|been|it|its|that|this|their|they|them|he|him|his|she|her|there|tell|me|about|come|comes|and|so|then|please|under|s)\b"
    r"|누가|누구(?:인가|야|입니까)?|무엇(?:인가|을|이)?|무슨|뭐(?:야|지|라고)?|언제|어디(?:에서|에|로|의|인가)?|어느|어떤|어떻게|얼마(?:나|인가|야|였나|를|까지|로)?|왜|각각"
    r"|몇|무엇인가|인가요?|했나요?|했어|했나|하나요?|되나요?|됐나요?|됐어|입니까|습니까|있나요?|있어|알려\s?줘|밝힌|밝혔나|하겠다고|그럼|그리고|그"
    r"|誰が?|だれ|何が|何を|何という|何の|何で|何(?=[人社件台枚倍位個名本回%か])|いつから|いつ|どこ|どの|どれ|どんな|どのような|いくらか?|なぜ|どう|それぞれ"
    r"|でしょうか|でしたか|ですか|ますか|ましたか|のか|したか|たか|か(?=[?？]|$)|教えて|とは|について|では|それ(?=[はをのがに])|からは?|について"
)
_PARTICLES = re.compile(r"(?<=[가-힣A-Za-z0-9])(?:에서는|에서|에게|으로|로|은|는|이|가|을|를|의|에|와|과|도)(?=\s|$)")
_MARKS = re.compile(r"[?？!！。「」『』“”\"‘’]")
_RELATIVE = re.compile(
    r"(?i)오늘|어제|그제|이번|지난|금주|금월|올해|올|작년|전년|전날|今日|昨日|今週|先週|今月|先月|今年|昨年|去年"
    r"|today|yesterday|this|last|past"
)
_LENGTHS = re.compile(
    r"(?i)(?:최근|지난)\s?(?P<ko>\d{1,3})\s?(?P<ku>일|주|개월|달|년)(?:간|동안)?|(?:最近|過去|直近|ここ)(?:の)?(?P<ja>\d{1,3})(?P<ju>日|週間|か月|ヶ月|カ月|年)間?"
    r"|(?:last|past)\s(?P<en>\d{1,3})\s(?P<eu>day|week|month|year)s?"
)
_DAYS = {
    "일": 1,
    "日": 1,
    "day": 1,
    "주": 7,
    "週間": 7,
    "week": 7,
    "개월": 30,
    "달": 30,
    "か月": 30,
    "ヶ月": 30,
    "カ月": 30,
    "month": 30,
}
_DATED = 0.3  # what the numbers of a date are worth as words
_TURNS, _LINE = 3, 300  # how much of a thread is read: its last lines, and the head of each
_AFTERMATH = {"day": 10, "month": 30, "year": 60}  # days after a named time in which reports on it still come


def read_question(text: str, now: datetime, thread: Sequence[str] = ()) -> Question:
    """Take ``text`` apart; ``thread`` is what was said before, the latest last."""
    only, text = read_narrowing(text)
    since, until, near, rest = _time(text, now)
    only = replace(only, since=only.since or since, until=only.until or until)
    before = [content(_time(said[:_LINE], now)[3]) for said in thread[-_TURNS:]]
    own = read_groups(content(rest))
    about = continued(own, before)
    wanted = _wanted(text)
    if thread and wanted is Wanted.ANYTHING and not tells(own):
        wanted = _wanted(thread[-1])
    numbers = [group for group in read_groups(content(text)) if group.numbers]
    dated = [group for group in numbers if near and all(group.tokens != one.tokens for one in about)]
    query = Query((*about, *(replace(group, weight=_DATED) for group in dated)), only=only, text=text)
    said = frozenset(number for group in numbers for number in group.numbers)
    spoken = language.detect(text)
    asked = [group for group in read_groups(content(focus(text, spoken))) if group.meanings and not group.frame]
    return Question(query, about or query.groups, wanted, near, said, spoken, tuple(asked))


def content(question: str) -> str:
    """The question without the words that only ask."""
    bare = _ASKING.sub(" ", _MARKS.sub(" ", question))
    return " ".join(_PARTICLES.sub(" ", bare).split()) or question


def _wanted(text: str) -> Wanted:
    if _SHARE.search(text):
        return Wanted.SHARE
    if _MONEY_ASKED.search(text) and _MONEY_THING.search(text):
        return Wanted.MONEY
    if _NUMBER_ASKED.search(text):
        return Wanted.NUMBER
    return Wanted.DATE if _DATE_ASKED.search(text) else Wanted.ANYTHING


# ---- time ----


def _time(text: str, now: datetime) -> tuple[date | None, date | None, tuple[date, date] | None, str]:
    """First and last day of publication that time words ask for, days that a named time makes likelier, and the rest."""
    length = _LENGTHS.search(text)
    if length:
        count, unit = next(
            (int(length[n]), length[u].lower()) for n, u in (("ko", "ku"), ("ja", "ju"), ("en", "eu")) if length[n]
        )
        return now.date() - timedelta(days=count * _DAYS.get(unit, 365)), None, None, text.replace(length.group(), " ")
    since = until = near = None
    rest = text
    for mention in read_dates(text, now):
        period = _period(mention)
        if period is None:
            continue
        first, last, aftermath = period
        if first > now.date():
            continue
        if _RELATIVE.match(mention.quote):
            since, until = first - timedelta(days=1), last + timedelta(days=1 if aftermath < 60 else 0)
            rest = rest.replace(mention.quote, " ")
        else:
            near = (first, last + timedelta(days=aftermath))
            rest = rest.replace(mention.quote, " ")
    return since, until, near, rest


_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_PART = re.compile(r"(\d{4})-([QH])([1-4])")


def _period(mention: DateFact) -> tuple[date, date, int] | None:
    """First and last day of a date, and how long reports on it still come."""
    value = mention.value or ""
    if "/" in value:
        first, _, last = value.partition("/")
        return (date.fromisoformat(first), date.fromisoformat(last), 10) if len(first) == len(last) == 10 else None
    if part := _PART.fullmatch(value):
        months = 3 if part[2] == "Q" else 6
        start = (int(part[3]) - 1) * months + 1
        return date(int(part[1]), start, 1), _month_end(int(part[1]), start + months - 1), _AFTERMATH["year"]
    if month := _MONTH.fullmatch(value):
        return date(int(month[1]), int(month[2]), 1), _month_end(int(month[1]), int(month[2])), _AFTERMATH["month"]
    if _YEAR.fullmatch(value):
        return date(int(value), 1, 1), date(int(value), 12, 31), _AFTERMATH["year"]
    if len(value) == 10 and value[0] != "-":
        return date.fromisoformat(value), date.fromisoformat(value), _AFTERMATH["day"]
    return None


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
