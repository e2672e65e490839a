import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.dates import read_dates

TODAY = date(2026, 11, 23)  # a Monday


def values(text: str, reference: datetime | date | None = TODAY) -> list[str | None]:
    return [mention.value for mention in read_dates(text, reference)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026년 11월 2일 개소했다", ["2026-11-02"]),
        ("회사는 16일 밝혔다", ["2026-11-16"]),
        ("28일 밝혔다", ["2026-10-28"]),
        ("지난달 29일 열린 행사", ["2026-10-29"]),
        ("오는 30일 문을 연다", ["2026-11-30"]),
        ("신청은 30일까지 받는다", ["2026-11-30"]),
        ("3월2일 시행", ["2026-03-02"]),
        ("1월22일 시행", ["2027-01-22"]),
        ("12월 3일 열린다", ["2026-12-03"]),
        ("지난 7월 말 발표", ["2026-07"]),
        ("올해 2분기 매출", ["2026-Q2"]),
        ("지난해 4분기와 1분기 말", ["2025-Q4", "2026-03-31"]),
        ("올 상반기와 하반기", ["2026-H1", "2026-H2"]),
        ("내년 3월 상장을 준비", ["2027-03"]),
        ("내년까지 예산을 쓴다", ["2027"]),
        ("올해 1월부터 9월까지", ["2026-01/2026-09"]),
        ("올해 연말까지 인도", ["2026-12"]),
        ("연내 가동이 목표", ["2026"]),
        ("2030회계연도까지", ["FY2030"]),
        ("2024년도 사업", ["2024"]),
        ("지난주 발표했다", ["2026-11-16/2026-11-22"]),
        ("12월 16일부터 17일까지 연다", ["2026-12-16", "2026-12-17"]),
        ("2030년대 초반", ["2030s"]),
        ("3月14日に発表", ["2026-03-14"]),
        ("令和9年度の予算", ["FY2027"]),
        ("令和8年3月31日", ["2026-03-31"]),
        ("来年度予算に計上", ["FY2027"]),
        ("27年度概算要求", ["FY2027"]),
        ("27年3月期の業績予想", ["FYE2027-03"]),
        ("27年に量産、30年まで続ける", ["2027", "2030"]),
        ("今年度上半期", ["FY2026-H1"]),
        ("昨年10月に開設", ["2025-10"]),
        ("２０２７年８月に完全施行", ["2027-08"]),
        ("7月の統計", ["2026-07"]),
        ("12月に参入", ["2026-12"]),
        ("金曜日に発表", ["2026-11-20"]),
        ("来月20日に始まる", ["2026-12-20"]),
        ("今日から", ["2026-11-23"]),
        ("by March 2027", ["2027-03"]),
        ("Tokyo, Dec. 25 (Wire)", ["2026-12-25"]),
        ("on October 1, 2025", ["2025-10-01"]),
        ("on 1 October 2025", ["2025-10-01"]),
        ("said Sunday it will", ["2026-11-22"]),
        ("will open on Friday", ["2026-11-27"]),
        ("starts next Friday", ["2026-11-27"]),
        ("in Q4 and 1H", ["2026-Q4", "2026-H1"]),
        ("in the fourth quarter of 2025", ["2025-Q4"]),
        ("under its fiscal 2025 budget", ["FY2025"]),
        ("by FY2030", ["FY2030"]),
        ("through the early 2030s", ["2030s"]),
        ("last year and this month", ["2025", "2026-11"]),
        ("this week at the fair", ["2026-11-23/2026-11-29"]),
        ("opened in April, and in June 2024", ["2026-04", "2024-06"]),
        ("due in summer 2027", ["2027-summer"]),
        ("last quarter", ["2026-Q3"]),
        ("updated 2026-11-20", ["2026-11-20"]),
        ("2026.08.14 공고", ["2026-08-14"]),
    ],
)
def test_reads(text: str, expected: list[str | None]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "5년간 100조, 3일 동안, 16일간, 10일 만에, 이틀째",
        "20年間で30年ぶり、創業10年で、3日間、5日目、1カ月",
        "CES 2026과 2027 아시안컵, 최근 향후 당분간",
        "월요일이 아닌 매달, 원일의 상황",
        "over 20 years, for 3 days, 90 minutes at 10:30",
        "You may march on; Vision 2030, GPT-4, 2,025 units, $2026",
        "https://example.com/2026/a",
        "",
    ],
)
def test_no_dates(text: str) -> None:
    assert [value for value in values(text) if value and not value.startswith("2026-11-")] == []


def test_nothing_is_guessed_without_a_reference() -> None:
    text = "지난달 29일 찾았고 14일 밝혔다. 설명회는 1월 15일, 마감은 2026년 1월 30일. 昨年は3月14日 last year on Friday"
    found = {mention.quote: mention.value for mention in read_dates(text, None)}
    assert found == {
        "지난달 29일": None,
        "14일": None,
        "1월 15일": "--01-15",
        "2026년 1월 30일": "2026-01-30",
        "昨年": None,
        "3月14日": "--03-14",
        "last year": None,
        "Friday": None,
    }


def test_an_instant_is_read_on_the_clock_of_the_outlet() -> None:
    evening = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # already the 23rd in Seoul and Tokyo
    assert values("오늘 발표", evening) == ["2026-11-23"]
    assert values("announced today", evening) == ["2026-11-22"]


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert values("2월 31일과 2025년 2월 30일, 2026-13-40") == []


def test_each_value_once_and_quotes_verbatim() -> None:
    text = "올해 2분기 매출… ２０２６年 11月23日, 2026년 2분기 실적과 2026년 11월 23일"
    mentions = read_dates(text, TODAY)
    assert [mention.value for mention in mentions] == ["2026-Q2", "2026-11-23"]
    assert all(text[mention.start : mention.end] == mention.quote for mention in mentions)


@given(st.dates(date(1990, 1, 1), date(2049, 12, 31)), st.sampled_from(["ko", "ja", "en", "us", "iso", "dots", "era"]))
def test_a_written_day_reads_back(day: date, form: str) -> None:
    month = day.strftime("%B")
    era = f"令和{day.year - 2018}年" if day.year > 2019 else f"平成{day.year - 1988}年"
    written = {
        "ko": f"{day.year}년 {day.month}월 {day.day}일",
        "ja": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {month} {day.year}",
        "us": f"{month} {day.day}, {day.year}",
        "iso": day.isoformat(),
        "dots": f"{day.year}.{day.month:02d}.{day.day:02d}",
        "era": f"{era}{day.month}月{day.day}日",
    }[form]
    assert values(f"({written})", None) == [day.isoformat()]


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 27))
def test_a_bare_day_is_the_latest_one(today: date, back: int) -> None:
    meant = today - timedelta(days=back)
    assert values(f"회사는 {meant.day}일 밝혔다", today) == [meant.isoformat()]


@given(
    st.text(alphabet="0123456789년월일年月日 .-/오는지난올해내昨今来度期Qq분기上半Mayto2026", max_size=50),
    st.none() | st.just(TODAY),
)
def test_any_text_gives_quotes_in_order(text: str, today: date | None) -> None:
    mentions = read_dates(text, today)
    assert all(text[mention.start : mention.end] == mention.quote for mention in mentions)
    assert [mention.start for mention in mentions] == sorted(mention.start for mention in mentions)


def test_against_the_gold_set(shared: Path) -> None:
    hits = wrong = missed = 0
    for line in (shared / "eval" / "facts-dev.jsonl").read_text(encoding="utf-8").splitlines():
        unit = json.loads(line)
        published = unit["published"]
        reference = (
            datetime.fromisoformat(published) if published and "T" in published else published and date.fromisoformat(published)
        )
        read = list(read_dates(unit["text"], reference))
        for fact in (fact for fact in unit["facts"] if fact["kind"] == "date"):
            right = [fact["value"], *(fact.get("value_alt") or [])]
            met = next(
                (m for m in read if m.value in right and (m.value or (m.start < fact["end"] and fact["start"] < m.end))), None
            )
            hits += met is not None
            missed += met is None
            if met:
                read.remove(met)
        wrong += len(read)
    assert 2 * hits / (2 * hits + wrong + missed) >= 0.9


def test_a_month_of_last_or_next_year() -> None:
    found = read_dates("It opened in May last year and grows by June next year", date(2026, 11, 23))
    assert [(one.quote, one.value) for one in found] == [("May last year", "2025-05"), ("June next year", "2027-06")]


def test_a_day_by_which_something_may_happen_lies_ahead() -> None:
    assert [one.value for one in read_dates("政府は26日にも決定する", date(2026, 11, 23))] == ["2026-11-26"]
