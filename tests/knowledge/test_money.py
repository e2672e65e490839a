import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import money
from bot.locales import amounts
from bot.model import Amount

JO, EOK, MAN = 10**12, 10**8, 10**4


def one(text: str) -> Amount:
    (amount,) = money.read_amounts(text)
    assert text[amount.start : amount.end] == amount.quote
    return amount


@pytest.mark.parametrize(
    ("text", "quote", "value", "currency", "qualifier"),
    [
        ("공장에 3조 2000억원을 투입한다", "3조 2000억원", 32 * 10**11, "KRW", "exact"),
        ("주문이 1000억원대로 늘었다", "1000억원대", 1000 * EOK, "KRW", "about"),
        ("정부가 약 2천800만 달러를 지원", "약 2천800만 달러", 28 * 10**6, "USD", "about"),
        ("매출 14조970억 원", "14조970억 원", 14 * JO + 970 * EOK, "KRW", "exact"),
        ("최대 2.5억 원을 지원한다", "최대 2.5억 원", 250_000_000, "KRW", "up_to"),
        ("6천억원 가량을 확보", "6천억원 가량", 6000 * EOK, "KRW", "about"),
        ("300여억원을 들여", "300여억원", 300 * EOK, "KRW", "more_than"),
        ("시장이 2500조원을 넘어선다", "2500조원", 2500 * JO, "KRW", "more_than"),
        ("20조원 이상을 쓴다", "20조원 이상", 20 * JO, "KRW", "at_least"),
        ("수출 1197억불 달성", "1197억불", 1197 * EOK, "USD", "exact"),
        ("약 천330억 원 상당", "약 천330억 원", 1330 * EOK, "KRW", "about"),
        ("매년 50억원씩 낸다", "매년 50억원", 50 * EOK, "KRW", "exact"),
        ("첫해 957조 민간 투자", "957조", 957 * JO, "KRW", "exact"),
        ("データセンターに約１，０００億円を投じる", "約１，０００億円", 1000 * EOK, "JPY", "about"),
        ("ラピダスに三千億円を追加", "三千億円", 3000 * EOK, "JPY", "exact"),
        ("純利益は1兆2700億円", "1兆2700億円", 12700 * EOK, "JPY", "exact"),
        ("秋田に2兆円規模の拠点", "2兆円規模", 2 * JO, "JPY", "about"),
        ("上場で1兆円超を調達", "1兆円超", JO, "JPY", "more_than"),
        ("評価額は10億ドル以上", "10億ドル以上", 10**9, "USD", "at_least"),
        ("年4億円を投じる", "年4億円", 4 * EOK, "JPY", "exact"),
        ("２０億ウォンを超えた", "２０億ウォン", 20 * EOK, "KRW", "more_than"),
        ("will pay up to 45 billion yen for it", "up to 45 billion yen", 45 * 10**9, "JPY", "up_to"),
        ("pledged $18.6bn together", "$18.6bn", 18_600_000_000, "USD", "exact"),
        ("worth KRW 442.8bn in total", "KRW 442.8bn", 442_800_000_000, "KRW", "exact"),
        ("a record 20tr-won profit", "20tr-won", 20 * JO, "KRW", "exact"),
        ("Cable maker wins W100b order", "W100b", 10**11, "KRW", "exact"),
        ("will invest 100 B. Yen in chips", "100 B. Yen", 10**11, "JPY", "exact"),
        ("gets ¥20 bil from the state", "¥20 bil", 2 * 10**10, "JPY", "exact"),
        ("approved NT$4.4 billion", "NT$4.4 billion", 4_400_000_000, "TWD", "exact"),
        ("raises US$30M in a round", "US$30M", 30_000_000, "USD", "exact"),
        ("funds that exceed 60 billion won", "60 billion won", 6 * 10**10, "KRW", "more_than"),
        ("to receive 900 million euros", "900 million euros", 900_000_000, "EUR", "exact"),
        ("lost half a billion dollars", "half a billion dollars", 500_000_000, "USD", "exact"),
    ],
)
def test_reads(text: str, quote: str, value: int, currency: str, qualifier: str) -> None:
    amount = one(text)
    assert (amount.quote, amount.value, amount.currency, amount.qualifier) == (quote, value, currency, qualifier)


@pytest.mark.parametrize(
    "text",
    [
        "7B 모델과 70억 파라미터, 500b 모델을 공개",
        "40MW 데이터센터에 GPU 26만 장, 월 3만 장의 웨이퍼",
        "26만 엔비디아 칩과 100만 엔지니어, 10만 불법 계정",
        "국가계약법 제3조와 민법 3조 2항, 4조 3교대",
        "2025 원도심 축제, 10만 원전 인력",
        "전화 02-1234-5678, 2026년 11월 23일, 17.3% 증가, 3만8000주",
        "이용자 1억 명, 트랜지스터 800억 개, 토큰 15조 개",
        "주가는 7만2000원에 마감했고 목표주가 9만원, 환율은 달러당 1380원",
        "1億人が使い、500万台を出荷、1000億パラメータ",
        "円安が進み、1ドル=155円台。株価は3000円超え",
        "500万人に提供、2nm世代を月3万枚",
        "A 7B model with 405 billion parameters and 26,000 GPUs at 1.2 GW",
        "the team won 3 titles in 2024 and in 2025 won the cup",
        "priced at $25.50 per share, price target $300",
        "the company will pay up to $6",
        "sold to $3...",
        "AI strategy 2030, tel. +82 2 1234 5678, Series B, ISO 27001",
        "",
    ],
)
def test_not_money(text: str) -> None:
    assert money.read_amounts(text) == ()


@pytest.mark.parametrize(
    ("text", "quote", "currency"),
    [
        ("그룹이 수천억원을 조달", "수천억원", "KRW"),
        ("고급 인재에 수십만 달러", "수십만 달러", "USD"),
        ("数千億円規模の支援", "数千億円規模", "JPY"),
        ("worth several trillion won a year", "several trillion won", "KRW"),
        ("lost hundreds of millions of dollars", "hundreds of millions of dollars", "USD"),
    ],
)
def test_vague_amounts_have_no_value(text: str, quote: str, currency: str) -> None:
    amount = one(text)
    assert (amount.quote, amount.value, amount.currency, amount.qualifier) == (quote, None, currency, "about")


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("자산 7000억~1조원 규모", 7000 * EOK, JO, "KRW"),
        ("1~2조원을 들인다", JO, 2 * JO, "KRW"),
        ("100億円～200億円を見込む", 100 * EOK, 200 * EOK, "JPY"),
        ("will cost $3-5 billion", 3 * 10**9, 5 * 10**9, "USD"),
        ("between $3 billion and $5 billion", 3 * 10**9, 5 * 10**9, "USD"),
        ("10 to 20 billion yen a year", 10**10, 2 * 10**10, "JPY"),
    ],
)
def test_a_range_is_two_amounts(text: str, low: int, high: int, currency: str) -> None:
    first, second = money.read_amounts(text)
    assert (first.value, first.currency, first.qualifier) == (low, currency, "range_low")
    assert (second.value, second.currency, second.qualifier) == (high, currency, "range_high")


def test_growth_is_no_range() -> None:
    for text in ("10억달러에서 100억달러로 늘었다", "grew from $3 billion to $5 billion"):
        assert [amount.qualifier for amount in money.read_amounts(text)] == ["exact", "exact"]


@pytest.mark.parametrize(
    "text",
    [
        "450억엔(약 4428억원)을 지원",
        "1억달러 약 1300억원 를 지급",
        "2천800만 호주달러 한화 약 240억원 에 인수",
        "1億ドル(約156億円)規模のファンド",
        "a further 480 billion yen ($3.1 billion) of support",
        "allocating £200m (US$270m) to it",
        "7 trillion won, or $5.1 billion, in total",
    ],
)
def test_a_bracket_restates(text: str) -> None:
    first, second = money.read_amounts(text)
    assert first.converted_of is None
    assert second.converted_of == 0
    assert second.role == first.role


def test_not_every_neighbour_is_a_conversion() -> None:
    same_currency = money.read_amounts("매출 300억원(영업이익 20억원)")
    assert [amount.converted_of for amount in same_currency] == [None, None]
    apart = money.read_amounts("raised $30 million and spent 2 billion yen on it")
    assert [amount.converted_of for amount in apart] == [None, None]
    three = money.read_amounts("450억엔(약 4428억원, 2억9000만달러)")
    assert [amount.converted_of for amount in three] == [None, 0, 0]


def test_the_verb_behind_a_bracket_means_both() -> None:
    first, second = money.read_amounts("투자가 1600억달러(약 214조원)에 육박할 전망")
    assert (first.qualifier, second.qualifier) == ("about", "about")
    assert second.quote == "약 214조원"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("시리즈 B로 300억 원 규모의 투자를 유치했다", "funding_raised"),
        ("도쿄에 데이터센터를 짓는 데 45억 달러를 투자한다", "investment"),
        ("정부가 보조금 1200억 원을 준다", "subsidy"),
        ("상반기 매출 947억원을 기록", "revenue"),
        ("영업이익은 21억원이다", "other"),
        ("工場を6億7600万ドルで買収", "acquisition_price"),
        ("評価額は10億ドルに達した", "valuation"),
        ("概算要求は8.9兆円", "budget"),
        ("raises $280M from investors", "funding_raised"),
        ("a subsidy of 20 billion yen", "subsidy"),
        ("the market grows to $41 billion", "market_size"),
        ("a loan of 5 billion dollars", "loan"),
    ],
)
def test_roles(text: str, role: str) -> None:
    assert one(text).role == role


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("5년간 100조원을 투자", "5 years"),
        ("연 1000억원을 쓴다", "per year"),
        ("2032년까지 700조원", "2032"),
        ("2026년 상반기 매출 947억원", "2026-H1"),
        ("FY2030 budget of 10 trillion yen", "FY2030"),
        ("pays $200 per month", "per month"),
        ("11 trillion won a year earlier", None),
        ("그는 2031년에 왔다. 매출 5억원", None),
    ],
)
def test_periods(text: str, period: str | None) -> None:
    assert one(text).period == period


def test_the_worked_example() -> None:
    text = (
        "일본 정부는 데이터센터 한 곳에 최대 450억엔(약 4428억원)을 지원하고 "
        "2030회계연도까지 AI와 반도체에 10조엔(약 98조3400억원)을 쓴다. "
        "구글과 마이크로소프트, AWS는 186억달러(약 27조2700억원)를 약속했다. "
        "해외 벤처캐피털의 국내 투자는 2021년 9895억원, 2022년 6097억원, 2023년 2318억원이었다."
    )
    amounts = money.read_amounts(text, "ko")
    assert [(int(a.value or 0), a.currency) for a in amounts] == [
        (45 * 10**9, "JPY"),
        (4428 * EOK, "KRW"),
        (10**13, "JPY"),
        (98 * JO + 3400 * EOK, "KRW"),
        (18_600_000_000, "USD"),
        (27 * JO + 2700 * EOK, "KRW"),
        (9895 * EOK, "KRW"),
        (6097 * EOK, "KRW"),
        (2318 * EOK, "KRW"),
    ]
    assert [a.converted_of for a in amounts] == [None, 0, None, 2, None, 4, None, None, None]
    assert amounts[0].qualifier == "up_to"
    assert [a.period for a in amounts[-3:]] == ["2021", "2022", "2023"]


def test_same() -> None:
    def amount(text: str) -> Amount:
        return one(text)

    assert money.same(amount("$642M"), amount("6억4250만 달러"))
    assert money.same(amount("1조5000억원"), amount("1.5조원"))
    assert money.same(amount("45 billion yen"), amount("450億円"))
    assert not money.same(amount("$3 billion"), amount("$3.4 billion"))
    assert not money.same(amount("1조원"), amount("1조 2000억원"))
    assert not money.same(amount("450억 엔"), amount("450억 원"))
    assert not money.same(amount("수천억원"), amount("1000억원"))


@pytest.mark.parametrize(
    ("value", "currency", "en", "ko", "ja"),
    [
        ("45e9", "JPY", "¥45bn", "450억 엔", "450億円"),
        ("442.8e9", "KRW", "₩442.8bn", "4,428억 원", "4,428億ウォン"),
        ("290e6", "USD", "$290m", "2.9억 달러", "2.9億ドル"),
        ("3.2e12", "KRW", "₩3.2tn", "3조 2,000억 원", "3兆2,000億ウォン"),
        ("999999999999", "USD", "$1tn", "1조 달러", "1兆ドル"),
        ("1234", "EUR", "€1,234", "1,234 유로", "1,234ユーロ"),
        ("0", "JPY", "¥0", "0 엔", "0円"),
        ("5e9", "XAU", "XAU 5bn", "50억 XAU", "50億XAU"),
    ],
)
def test_show(value: str, currency: str, en: str, ko: str, ja: str) -> None:
    assert [amounts.show(Decimal(value), currency, language) for language in ("en", "ko", "ja")] == [en, ko, ja]


# ---- format → read gives the same amount ----

_WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
_KANJI = "〇一二三四五六七八九"


def _korean(jo: int, eok: int, man: int) -> list[str]:
    spaced = " ".join(part for n, unit in ((jo, "조"), (eok, "억"), (man, "만")) if n for part in [f"{n}{unit}"])
    commas = "".join(f"{n:,}{unit}" for n, unit in ((jo, "조"), (eok, "억"), (man, "만")) if n)
    spelled = "".join(f"{_thousands(n)}{unit}" for n, unit in ((jo, "조"), (eok, "억"), (man, "만")) if n)
    return [spaced, spaced.replace(" ", ""), commas, spelled, commas.translate(_WIDE)]


def _thousands(n: int) -> str:
    """2800 → 2천800."""
    return f"{n // 1000}천{n % 1000 or ''}" if n >= 1000 else str(n)


def _japanese(jo: int, eok: int, man: int) -> list[str]:
    parts = [(n, unit) for n, unit in ((jo, "兆"), (eok, "億"), (man, "万")) if n]
    plain = "".join(f"{n}{unit}" for n, unit in parts)
    kanji = "".join(f"{_in_kanji(n)}{unit}" for n, unit in parts)
    return [plain, "".join(f"{n:,}{unit}" for n, unit in parts), plain.translate(_WIDE), kanji]


def _in_kanji(n: int) -> str:
    said = ""
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, size)
        said += ("" if digit == 1 and unit else _KANJI[digit]) + unit if digit else ""
    return said


KO_ENDS = (("원", "KRW"), (" 원", "KRW"), ("엔", "JPY"), (" 달러", "USD"), ("유로", "EUR"), (" 위안", "CNY"), ("달러", "USD"))
JA_ENDS = (("円", "JPY"), ("ウォン", "KRW"), ("ドル", "USD"), ("ユーロ", "EUR"), ("元", "CNY"), ("米ドル", "USD"))
EN_ENDS = ((" won", "KRW"), (" yen", "JPY"), (" dollars", "USD"), (" euros", "EUR"), (" yuan", "CNY"), ("-won", "KRW"))
EN_SIGNS = (
    ("$", "USD"),
    ("US$", "USD"),
    ("¥", "JPY"),
    ("₩", "KRW"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("KRW ", "KRW"),
    ("JPY ", "JPY"),
)
NUMBERS = [1, 2, 3, 5, 7, 10, 12, 45, 70, 99, 100, 186, 450, 642, 999, 1000, 1001, 1234, 2800, 4428, 5000, 9999]
KO_FRAMES = ("정부는 {}을 투자한다", "매출 {}, 이익은", "({})", "{}")
JA_FRAMES = ("政府は{}を投じる", "投資額は{}、", "({})", "「{}」", "総額 {}", "{}")
EN_FRAMES = ("The state will invest {} in chips", "worth {}, it said", "({})", "it is {}. Then")
FIGURES = [*map(str, range(1, 12)), "2.5", "18.6", "45", "72.25", "99.99", "100", "186", "442.8", "999", "1,200", "1,659.5"]


def _check(frame: str, form: str, value: Decimal, currency: str) -> None:
    text = frame.replace("{}", form)
    read = money.read_amounts(text)
    assert [(amount.value, amount.currency) for amount in read] == [(value, currency)], text
    assert text[read[0].start : read[0].end] == read[0].quote


def _sweep(groups: Iterable[tuple[Decimal, Iterable[str]]], ends: Sequence[tuple[str, str]], frames: Sequence[str]) -> int:
    """Check every form with every currency behind it in every frame; how many those were."""
    count = 0
    for value, forms in groups:
        for form, (end, currency), frame in itertools.product(sorted(set(forms)), ends, frames):
            _check(frame, form + end, value, currency)
            count += 1
    return count


def _myriads(write: Callable[[int, int, int], list[str]]) -> Iterator[tuple[Decimal, list[str]]]:
    groups = [*itertools.product((0, 1, 27, 450), NUMBERS, (0, 2000, 7777, 9)), *itertools.product((3, 98, 1200), (0,), (0,))]
    return ((Decimal(jo * JO + eok * EOK + man * MAN), write(jo, eok, man)) for jo, eok, man in groups)


def test_sweep_of_korean_forms() -> None:
    assert _sweep(_myriads(_korean), KO_ENDS, KO_FRAMES) > 40_000


def test_sweep_of_japanese_forms() -> None:
    assert _sweep(_myriads(_japanese), JA_ENDS, JA_FRAMES) > 40_000


def test_sweep_of_english_forms() -> None:
    units = {"trillion": 12, "tn": 12, "tr": 12, "billion": 9, "bn": 9, "bln": 9, "million": 6, "mn": 6, "mln": 6}
    plain = {figure: Decimal(figure.replace(",", "")) for figure in FIGURES}
    groups = [
        (value.scaleb(power), [f"{figure}{space}{unit}" for space in ("", " ")])
        for (figure, value), (unit, power) in itertools.product(plain.items(), units.items())
    ]
    count = _sweep(groups, EN_ENDS, EN_FRAMES)
    for (value, forms), (sign, currency), frame in itertools.product(groups, EN_SIGNS, EN_FRAMES):
        for form in forms:
            _check(frame, sign + form, value, currency)
            count += 1
    for (figure, value), (sign, currency), frame in itertools.product(plain.items(), EN_SIGNS, EN_FRAMES):
        for letter, power in (("M", 6), ("m", 6), ("B", 9), ("b", 9), ("K", 3), ("k", 3), ("T", 12)):
            _check(frame, f"{sign}{figure}{letter}", value.scaleb(power), currency)
            count += 1
    for written in range(10_000, 10_000_000, 771):
        sign, currency = EN_SIGNS[written % len(EN_SIGNS)]
        _check("It got {} from the state", f"{sign}{written:,}", Decimal(written), currency)
        count += 1
    assert count > 40_000


@given(
    st.integers(1, 9999),
    st.integers(4, 12),
    st.sampled_from(["KRW", "JPY", "USD", "EUR", "CNY", "TWD", "GBP"]),
    st.sampled_from(["ko", "ja", "en"]),
)
def test_what_is_shown_reads_back(digits: int, power: int, currency: str, language: str) -> None:
    value = Decimal(digits).scaleb(power)
    shown = amounts.show(value, currency, language)
    sentence = {"ko": f"올해 {shown}을 쓴다", "ja": f"今年は{shown}を投じる", "en": f"It spends {shown} this year"}[language]
    _check(sentence, "", value, currency)


@given(st.text(alphabet="0123456789,. 조억만천원엔兆億万千円$¥₩bnmillion~-()약최대約수数여", max_size=60))
def test_any_text_gives_verbatim_quotes_in_order(text: str) -> None:
    amounts = money.read_amounts(text)
    assert all(text[a.start : a.end] == a.quote for a in amounts)
    assert all(a.end <= b.start for a, b in itertools.pairwise(amounts))
    assert all(a.converted_of is None or a.converted_of < index for index, a in enumerate(amounts))


def test_against_the_gold_set(shared: Path) -> None:
    hits = wrong = missed = 0
    for line in (shared / "eval" / "facts-dev.jsonl").read_text(encoding="utf-8").splitlines():
        unit = json.loads(line)
        gold = [fact for fact in unit["facts"] if fact["kind"] == "money"]
        read = list(money.read_amounts(unit["text"], unit["lang"]))
        for fact in gold:
            met = next((a for a in read if a.start < fact["end"] and fact["start"] < a.end), None)
            if met:
                read.remove(met)
            if fact.get("optional"):
                continue
            right = met is not None and met.currency == fact["currency"]
            right = right and (met.value if met.value is None else float(met.value)) == fact["value"]
            right = right and met.qualifier in [fact["qualifier"], *(fact.get("qualifier_alt") or [])]
            hits += right
            missed += not right
            wrong += met is not None and not right
        wrong += len(read)
    assert 2 * hits / (2 * hits + wrong + missed) >= 0.96


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("약 12억 링깃은 없다. 매출은 NT$4,426억8천만(약 미화 138억 달러)이다", "ko"),
        ("총상금 9천만달러·약 1천247억원", "ko"),
        ("법원은 12억달러 1조6천억원 의 배상을 명했다", "ko"),
        ("raised $1 billion, 1.4 trillion won", "en"),
    ],
)
def test_two_amounts_side_by_side_that_are_worth_the_same_are_one(text: str, language: str) -> None:
    amounts = money.read_amounts(text, language)
    assert amounts[-1].converted_of == len(amounts) - 2


def test_two_amounts_side_by_side_that_differ_are_two() -> None:
    assert [amount.converted_of for amount in money.read_amounts("paid $5 billion, 1.4 trillion won")] == [None, None]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("2분기 매출 5309억원 영업이익은 679억원", ["revenue", "other"]),
        ("매출액은 전년보다 8% 늘어난 1106억원, 영업이익은 169억원", ["revenue", "other"]),
        ("Toyota firms plan a US$4.7 billion sale of their Denso stake", ["other"]),
        ("Intel gets a US$3 billion government grant for a new US$25 billion plant", ["subsidy", "investment"]),
        ("The tablet will cost $479 from May", ["other"]),
        ("FDI hits a record at $36b", ["investment"]),
        ("상하이 기업이 700억 달러 가치 평가를 받았다", ["valuation"]),
    ],
)
def test_roles_of_neighbours(text: str, roles: list[str]) -> None:
    assert [amount.role for amount in money.read_amounts(text)] == roles


@pytest.mark.parametrize("text", ["円急騰、一時157円97銭", "NY円、159円台前半 介入の効果半減"])
def test_exchange_rates_in_headlines_are_no_money(text: str) -> None:
    assert money.read_amounts(text, "ja") == ()


def test_a_full_stop_is_no_part_of_an_amount() -> None:
    assert one("It may reach $7 billion. The rest is unclear.").quote == "$7 billion"
    assert one("It got ¥20 bil. yen").quote in ("¥20 bil", "¥20 bil. yen")
