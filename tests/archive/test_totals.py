"""Sums that add nothing twice, keep pledges apart from deeds and say what they leave out, whatever the stories look like."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive import ledger_csv
from bot.archive.ledger_rows import Quote, Row
from bot.archive.totals import REASONS, totals, why_left_out
from bot.model import STATUSES, Amount, Article, Converted
from tests.archive.test_ledger import DEED, PLEDGE, RELEVANT, SAME, built, one_story
from tests.builders import NOON, article

assert RELEVANT.countries == ("JP",)


def row(
    value: int | None, *, story: str = "s1", status: str = "completed", actors: tuple[str, ...] = ("A",), **changes: object
) -> Row:
    role = str(changes.pop("role", "investment"))
    amount = Amount(None if value is None else Decimal(value), "USD", f"${value}", 0, 4, role=role, **changes.pop("amount", {}))  # type: ignore[arg-type]
    made = Row(story, None, date(2026, 11, 23), amount, actors, ("JP",), (), [Quote("O", "", "q", status=status)])
    made.roles[role] += 1
    if value is not None:
        made.converted = (
            Converted(Decimal(value * 1500), "KRW", made.day),
            Converted(Decimal(value * 150), "JPY", made.day),
        )
    for name, value_of in changes.items():
        setattr(made, name, value_of)
    return made


def dollars(*rows: Row) -> tuple[int, int]:
    found = next(one for one in totals(rows) if one.currency == "USD")
    return int(found.done), int(found.planned)


def test_pledges_and_deeds_apart_in_three_currencies() -> None:
    won, yen, usd = totals(built(PLEDGE, SAME, DEED, a1="s1", a2="s1"))
    assert (yen.done, yen.planned, yen.left_out) == (15 * 10**9, 45 * 10**9, {})
    assert (won.done, won.planned) == (150 * 10**9, 442_800_000_000)  # as the article itself converts
    assert (usd.done, usd.planned) == (100 * 10**6, 300 * 10**6)


def test_what_is_left_out_is_told_by_reason() -> None:
    rows = [
        row(None), row(100, role="revenue", story="s2"), row(100, status="rejected", story="s3"),
        row(100, rivals=[Amount(Decimal(90), "USD", "$90", 0, 3)], story="s4"), row(100, share="part", story="s5"),
        row(100, share="to_date", story="s6"), row(100, amount={"period": "per year"}, story="s7"),
        row(100, story="s8"), row(100, story="s9"),
    ]  # fmt: skip
    assert dollars(*rows) == (100, 0)
    left = next(one.left_out for one in totals(rows) if one.currency == "USD")
    assert left == {reason: 1 for reason in REASONS if reason != "no rate"}
    assert totals([row(100, converted=())])[0].left_out == {"no rate": 1}


@pytest.mark.parametrize(
    "rows",
    [
        [row(100), row(100, story="s2")],  # the same figure in two stories
        [row(100), row(98, story="s2")],  # at the rates of two days
        [row(100, matter="m"), row(80, story="s2", matter="m", status="planned")],  # plan and deed of one matter
        [row(100), row(30)],  # a part that no word marks as one
        [row(100), row(40, role="subsidy", actors=("B",))],  # what the state gives of it
        [row(100, actors=("A", "B")), row(100, story="s2", actors=("B", "C"), role="funding_raised")],  # who pays, who gets
        [row(100), row(100, story="s2", actors=())],  # nobody is named
        [row(100), row(100, story="s2", status="planned")],  # the pledge of what was done
    ],
)
def test_one_money_is_added_once(rows: list[Row]) -> None:
    assert dollars(*rows) == (100, 0)
    assert dollars(*reversed(rows)) == (100, 0)


def test_what_is_surely_two_is_added() -> None:
    assert dollars(row(100), row(60, actors=("B",))) == (160, 0)  # two firms in one story
    assert dollars(row(100, amount={"period": "2021"}), row(60, amount={"period": "2022"})) == (160, 0)
    assert dollars(row(100), row(100, story="s2", actors=("B",))) == (200, 0)
    assert dollars(row(100), row(300, story="s2")) == (400, 0)


def test_an_upper_limit_is_no_deed_and_a_range_counts_from_below() -> None:
    assert dollars(row(100, amount={"qualifier": "up_to"})) == (0, 100)
    assert dollars(row(100, low=Amount(Decimal(40), "USD", "$40", 0, 3, "range_low"))) == (40, 0)


def test_two_outlets_with_two_figures_are_not_added() -> None:
    first = article("a1", "일본 정부, 데이터센터에 450억엔 보조금 지원 계획")
    other = article("a4", "Japan plans data center subsidies of 60 billion yen", language="en", outlet="Nikkei Asia")
    assert [(one.planned, one.left_out) for one in totals(one_story(first, other))] == [(0, {"disputed": 2})] * 3


@pytest.mark.parametrize(
    ("text", "language", "sum"),
    [
        ("SoftBank to invest 3 trillion yen in a data center, of which 1 trillion yen goes to Osaka", "en", 3 * 10**12),
        ("ソフトバンク、データセンターに3兆円投資　うち1兆円は大阪に", "ja", 3 * 10**12),
        ("소프트뱅크, 데이터센터에 3조엔 투자… 이 중 1조엔은 오사카에 투입", "ko", 3 * 10**12),
        ("Sakana AI raises 20 billion yen, bringing total funding to 50 billion yen", "en", 2 * 10**10),
        ("Sakana AI、200億円を調達　累計調達額は500億円", "ja", 2 * 10**10),
        ("사카나AI, 200억엔 투자 유치… 누적 투자 500억엔", "ko", 2 * 10**10),
    ],
)
def test_parts_and_sums_to_date_in_three_languages(text: str, language: str, sum: int) -> None:
    yen = totals(one_story(article("a1", text, language=language)))[1]
    assert yen.done + yen.planned == sum


_ROWS = st.lists(
    st.builds(
        row,
        st.one_of(st.none(), st.integers(1, 10**6)),
        story=st.sampled_from(["s1", "s2", "s3"]),
        status=st.sampled_from(STATUSES),
        actors=st.sampled_from([(), ("A",), ("B",), ("A", "B")]),
        role=st.sampled_from(["investment", "subsidy", "revenue"]),
        matter=st.sampled_from([None, "m"]),
    ),
    max_size=12,
)


@given(_ROWS)
def test_whatever_there_is_every_row_is_added_or_left_out_for_a_reason(rows: list[Row]) -> None:
    reasons = why_left_out(rows)
    kept = [one for one, reason in zip(rows, reasons, strict=True) if reason is None]
    assert set(reasons) <= {None, *REASONS}
    for total in totals(rows):
        assert sum(total.left_out.values()) + len(kept) == len(rows)
    assert dollars(*rows) == dollars(*kept)
    # The same rows told again, in stories of their own or in the same, change nothing.
    assert dollars(*rows, *rows) == dollars(*rows)
    assert dollars(*kept, *[replace(one, story=f"{one.story}-again", matter=None) for one in kept]) == dollars(*kept)


# ---- for a spreadsheet ----

_HOSTILE = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    "\u3000=1",
    "|cmd",
    "%1",
    "\ufeff=1",
    "\x00=1",
]


@pytest.mark.parametrize("name", _HOSTILE)
def test_no_cell_is_a_formula(name: str) -> None:
    (made,) = one_story(DEED)
    made.quotes[0] = Quote(name, name, name)
    made.actors = (name,)
    cells = [cell for line in csv.reader(io.StringIO(ledger_csv.as_csv([made]))) for cell in line]
    assert not [cell for cell in cells if cell.strip()[:1] in tuple("=+-@＝＋－＠|%")]


def test_no_cell_begins_behind_a_semicolon() -> None:
    (made,) = one_story(DEED)
    made.quotes[0] = Quote("a; =1+1;@x", "", "b;-1")
    line = ledger_csv.as_csv([made]).splitlines()[1]
    assert "a; '=1+1;'@x" in line
    assert "b;'-1" in line


@given(st.text(max_size=40))
def test_no_text_breaks_out_of_its_cell(text: str) -> None:
    (made,) = one_story(DEED)
    made.quotes[0] = Quote(text, text, text, datetime(2026, 11, 23))  # noqa: DTZ001 - only shown
    lines = list(csv.reader(io.StringIO(ledger_csv.as_csv([made, made]))))
    assert [len(line) for line in lines] == [len(ledger_csv.COLUMNS)] * 3


def test_the_file_says_what_the_sums_have() -> None:
    rows = one_story(PLEDGE, SAME, Article("r", "네이버 매출 3조원", language="ko", outlet="X", published=NOON))
    _, *lines = csv.reader(io.StringIO(ledger_csv.as_csv(rows)))
    assert [line[-1] for line in lines] == ["yes", "no money that moves"]
    assert lines[0][ledger_csv.COLUMNS.index("as reported")] == "KRW"
