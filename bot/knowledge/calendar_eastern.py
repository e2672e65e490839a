"""Calendar expressions of Korean and Japanese texts: 올해 2분기, 지난달 29일, 令和9年度, 27年3月期, 来年度, 오는 20일."""

import re
from collections.abc import Callable, Iterator

from bot.knowledge import calendar_values
from bot.knowledge.calendar_values import Reference

_Found = re.Match[str]
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_YEARS = {
    "올해": 0, "금년": 0, "올": 0, "내년": 1, "내후년": 2, "지난해": -1, "작년": -1, "재작년": -2,
    "今年": 0, "本年": 0, "今": 0, "来年": 1, "来": 1, "再来年": 2, "昨年": -1, "去年": -1, "昨": -1, "一昨年": -2,
}  # fmt: skip
_MONTHS = {"이달": 0, "이번 달": 0, "이번달": 0, "지난달": -1, "지난 달": -1, "다음달": 1, "다음 달": 1, "내달": 1,
           "今月": 0, "先月": -1, "来月": 1}  # fmt: skip
_WEEKS = {"이번주": 0, "이번 주": 0, "금주": 0, "지난주": -1, "지난 주": -1, "다음주": 1, "다음 주": 1, "내주": 1,
          "今週": 0, "先週": -1, "来週": 1}  # fmt: skip
_DAYS = {"오늘": 0, "어제": -1, "내일": 1, "今日": 0, "本日": 0, "きょう": 0, "昨日": -1, "きのう": -1, "明日": 1, "あす": 1}
_WEEKDAYS = {
    **{char: index for index, char in enumerate("월화수목금토일")},
    **{char: index for index, char in enumerate("月火水木金土日")},
}
_SEASONS = {"봄": "spring", "여름": "summer", "가을": "autumn", "겨울": "winter",
            "春": "spring", "夏": "summer", "秋": "autumn", "冬": "winter"}  # fmt: skip
_AHEAD = frozenset(("오는", "다가오는", "来る"))

# What makes a number of days a duration or a count; what lets two digits be a year (27年に, 26年度 …, not 20年間, 20年で).
_NO_DAY = (
    r"(?!\s?[간째]|\s?만[에 ]|\s?(?:이상|이내|동안|연속|차 |미만|가까이|여 |앞으로|뒤|전까지|치|에 걸)|일"
    r"|間|目|ぶり|連続|以内|以上|後|前|分|余|本|あまり|かけ|数|ごと|未満)"
)
_TWO_DIGIT_YEAR = r"(?P<short>[1-4]\d)年(?=[にのはもまか度版末初春夏秋冬頃ごA-Z、]|以降|[上下]半?期|\d{1,2}月|第?[1-4]四半期)"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])\s?[일日]"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])\s?(?:월(?![요드급간평])|月(?!曜|間|額|ごと|連続|ぶり|面|末?目))"
_SUB = (
    r"(?:(?:第\s?)?(?P<quarter>[1-4])\s?(?:분기|四半期)(?P<end>\s?말(?![가-힣])|末)?"
    r"|(?P<first>상반기|上半?期)|(?P<second>하반기|下半?期)"
    rf"|{_MONTH}(?:(?P<closing>期(?![間待限末初]))|\s?{_DAY}{_NO_DAY}"
    r"|\s?(?:부터|から)\s?(?P<to>1[0-2]|[1-9])\s?[월月](?:까지|まで)?"
    r"|\s?(?:초|말|중순|하순|상순)(?![가-힣]{2})|[初末]|[上中下]旬)?)"
)
_TAIL = r"(?:(?P<december>연말|年末|말(?=까지|에|부터| )|末)|(?P<season>봄|여름|가을|겨울|[春夏秋冬](?=[にのもかま、]|$)))"
_YEAR = (
    r"(?:(?P<year>(?:19|20)\d\d)\s?[년年](?!대|代)|(?P<decade>(?:19|20)\d0)\s?[년年][대代](?:\s?초반?|前半|半ば)?"
    rf"|(?P<era>令和|平成|昭和)\s?(?P<of_era>\d{{1,2}}|元)年|(?<![\d.,])(?:['’](?P<shorter>\d\d)년|{_TWO_DIGIT_YEAR})"
    r"|(?P<word>올해|금년|내년|내후년|지난해|작년|재작년|올(?=\s?(?:[1-4]\s?분기|상반기|하반기|\d{1,2}월|연말|봄|여름|가을|겨울))"
    r"|再来年|一昨年|来年|[今本去昨]年|[今来昨](?=[春夏秋冬][にのもかま、])))"
)
_DATED = re.compile(
    rf"(?=[\d'’올금내지작재令平昭再一来今本去昨])(?:{_YEAR}(?:도(?![가-힣])|(?P<fiscal>度)|\s?(?P<ending>회계연도))?"
    rf"(?:の?의?\s?(?:중\s)?(?:{_SUB}|{_TAIL}))?|(?P<fiscal_ko>(?:19|20)\d\d)\s?회계연도)"
    r"|(?<![A-Za-z])FY(?P<fy>20\d\d|\d\d)(?!\d)"
)
_UNDATED = re.compile(
    r"(?=[\d지오다来去さ상하上下第])(?:(?P<mark>지난|오는|다가오는|来る|去る|さる)\s?)?"
    rf"(?<![\d.,~\-])(?<!같은 해 )(?<!同年){_SUB}"
)
# 4〜6月期: a quarter by its months.
_QUARTER_OF = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)\s?年\s?)?(?<![\d.,])(?P<first>10|[147])\s?月?\s?[~\-]\s?(?P<last>12|[369])\s?月期(?![間待限末初])"
)
_BARE_DAY = re.compile(
    r"(?=[\d지오来去さ])(?:(?P<mark>지난|오는|来る|去る|さる)\s?)?"
    rf"(?<![\d.,~:/\-月월年년분])(?<!월 ){_DAY}{_NO_DAY}(?P<until>\s?까지|\s?부터|まで|から|にも)?"
)
_MONTH_WORD = re.compile(rf"(?P<word>{'|'.join(_MONTHS)})(?:\s?{_DAY}|\s?(?:초|말|중순|하순)(?![가-힣])|[初末]|[上中下]旬)?")
_WEEK_WORD = re.compile("|".join(_WEEKS))
_DAY_WORD = re.compile(rf"(?<![가-힣])(?:{'|'.join(_DAYS)})(?!날)")
_YEAR_END = re.compile(r"(?P<within>연내|年内)|(?<!年)(?:연말(?!정산|연시)|年末(?!年始|調整|商戦))")
_WEEKDAY = re.compile(r"(?P<ahead>오는\s|다음\s?주?\s?)?(?:(?P<ko>[월화수목금토일])요일|(?P<ja>[月火水木金土日])曜日?(?!版))")


def read(text: str, today: Reference) -> Iterator[tuple[str | None, int, int]]:
    """Value, start and end of each expression, rule by rule: the caller sorts them."""
    for clues, pattern, resolve in _RULES:
        if any(clue in text for clue in clues):
            for found in pattern.finditer(text):
                value = resolve(found, today)
                if value != "":
                    end = found.start("until") if pattern is _BARE_DAY and found["until"] else found.end()
                    yield value, found.start(), end


def _dated(found: _Found, today: Reference) -> str | None:
    if found["fiscal_ko"] or found["fy"]:
        return f"FY{int(found['fiscal_ko'] or found['fy']) % 100 + 2000}"
    if found["decade"]:
        return f"{found['decade']}s"
    if found["word"] and (found["fiscal"] or found["ending"]):
        named = today.fiscal_year(_YEARS[found["word"]])
        return named and named + _half(found)
    year = _year(found, today)
    if year is None:
        return "" if found["short"] else None
    if found["fiscal"] or found["ending"]:
        return f"FY{year}{_half(found)}"
    return _within(found, year)


def _year(found: _Found, today: Reference) -> int | None:
    if found["word"]:
        return today.year(_YEARS[found["word"]])
    if found["era"]:
        return _ERAS[found["era"]] + (1 if found["of_era"] == "元" else int(found["of_era"]))
    if found["year"]:
        return int(found["year"])
    return today.full_year(int(found["short"] or found["shorter"]), 20 if found["month"] or found["fiscal"] else 6)


def _half(found: _Found) -> str:
    return "-H1" if found["first"] else "-H2" if found["second"] else f"-Q{found['quarter']}" if found["quarter"] else ""


def _within(found: _Found, year: int) -> str | None:
    """The part of ``year`` that is meant."""
    if found["month"]:
        return _month(found, year)
    if found["quarter"] and found["end"]:
        return calendar_values.last_day(year, int(found["quarter"]) * 3)
    if found["season"]:
        return f"{year}-{_SEASONS[found['season']]}"
    return calendar_values.month(year, 12) if found["december"] else f"{year}{_half(found)}"


def _month(found: _Found, year: int) -> str | None:
    number = int(found["month"])
    if found["day"]:
        return calendar_values.day(year, number, int(found["day"])) or ""
    if found["closing"]:
        return f"FYE{calendar_values.month(year, number)}"
    if found["to"]:
        return f"{calendar_values.month(year, number)}/{calendar_values.month(year, int(found['to']))}"
    return calendar_values.month(year, number)


def _undated(found: _Found, today: Reference) -> str | None:
    ahead = found["mark"] in _AHEAD
    if found["month"]:
        return _undated_month(found, today, ahead if found["mark"] else None)
    if found["quarter"]:
        named = today.period("Q", int(found["quarter"]), 3, ahead=ahead)
        return calendar_values.last_day(int(named[:4]), int(found["quarter"]) * 3) if named and found["end"] else named
    return today.period("H", 1 if found["first"] else 2, 6, ahead=ahead)


def _undated_month(found: _Found, today: Reference, ahead: bool | None) -> str | None:
    number = int(found["month"])
    if found["day"]:
        return (
            today.day_of_month(int(found["day"]), number, ahead) if calendar_values.day(2024, number, int(found["day"])) else ""
        )
    if found["closing"]:
        return ""
    first = today.bare_month(number, ahead)
    if first and found["to"]:
        return f"{first}/{first[:4]}-{int(found['to']):02d}"
    return first


_SAME_MONTH = re.compile(
    r"(?P<month>1[0-2]|[1-9])[월月]\s?\d{1,2}[일日]?"
    r"\s?(?:부터|から|과|와|및|[、,·~\-(])?\s?(?:[월화수목금토일月火水木金土日]\)\s?)?$"
)


def _bare_day(found: _Found, today: Reference) -> str | None:
    beside = _SAME_MONTH.search(found.string, max(0, found.start() - 16), found.start())
    if beside:
        return today.day_of_month(int(found["day"]), int(beside["month"]))
    ahead = found["mark"] in _AHEAD
    if found["until"] and not found["mark"] and today.today:
        ahead = int(found["day"]) > today.today.day
    return today.bare_day(int(found["day"]), ahead=ahead)


def _quarter_of(found: _Found, today: Reference) -> str | None:
    first, last = int(found["first"]), int(found["last"])
    if last - first != 2:
        return ""
    return f"{found['year']}-Q{last // 3}" if found["year"] else today.period("Q", last // 3, 3)


def _month_word(found: _Found, today: Reference) -> str | None:
    away = today.months_away(_MONTHS[found["word"]])
    if away is None:
        return None
    return (calendar_values.day(*away, int(found["day"])) or "") if found["day"] else calendar_values.month(*away)


def _year_end(found: _Found, today: Reference) -> str | None:
    year = today.year(0)
    if year is None:
        return None
    return str(year) if found["within"] else calendar_values.month(year, 12)


_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], Callable[[_Found, Reference], str | None]], ...] = (
    (("년", "年", "해", "올", "FY", "회계연도", "春", "夏", "秋", "冬"), _DATED, _dated),
    (("월", "月", "분기", "반기", "四半期", "上期", "下期"), _UNDATED, _undated),
    (("月期",), _QUARTER_OF, _quarter_of),
    (("일", "日"), _BARE_DAY, _bare_day),
    (("달", "月"), _MONTH_WORD, _month_word),
    (("주", "週"), _WEEK_WORD, lambda found, today: today.week(_WEEKS[found[0]])),
    (tuple(_DAYS), _DAY_WORD, lambda found, today: today.days_away(_DAYS[found[0]])),
    (("연내", "연말", "年内", "年末"), _YEAR_END, _year_end),
    (
        ("요일", "曜"),
        _WEEKDAY,
        lambda found, today: today.weekday(_WEEKDAYS[found["ko"] or found["ja"]], ahead=bool(found["ahead"])),
    ),
)
