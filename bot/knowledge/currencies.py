"""The currencies that business news of Korea and Japan name: how texts write them and how we do."""

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """``signs``: what we write (en: before the number; ko, ja: behind it); ``before``, ``after``: patterns of texts."""

    code: str
    signs: tuple[str, str, str]
    before: str
    after: str


# Korean 원, 엔, 불 … also begin other words (원전, 엔비디아, 불법): the lookaheads keep those out.
_WON = r"원(?:화)?(?!전|자[력로재]|칙|유|료|어민|격|소|본|생|서|점|형|산|폰|고|단|조|군|룸|인(?![데가줄만])|주(?!고)|장(?!부))"
_YEN = r"엔(?:화)?(?!비디아|진|지니어|터|드|씨|코|케|트|플|데믹|저|롤|시티|제이)"
_BUL = r"불(?!법|가|구|꽃|안|공|참|교|편|신|만|량|응|평|황|이익|확|투명|리|필요|똥|빛|길)"

CURRENCIES = (
    Currency("AUD", ("A$", "호주달러", "豪ドル"), r"AU?\$|AUD", r"호주\s?달러|豪ドル|Australian dollars?\b|AUD\b"),
    Currency(
        "CAD", ("C$", "캐나다달러", "カナダドル"), r"CA?\$|CAD", r"캐나다\s?달러|(?:カナダ|加)ドル|Canadian dollars?\b|CAD\b"
    ),
    Currency("HKD", ("HK$", "홍콩달러", "香港ドル"), r"HK\$|HKD", r"홍콩\s?달러|香港ドル|Hong Kong dollars?\b|HKD\b"),
    Currency(
        "SGD",
        ("S$", "싱가포르달러", "シンガポールドル"),
        r"S\$|SGD",
        r"싱가포르\s?달러|シンガポールドル|Singapore dollars?\b|SGD\b",
    ),
    Currency(
        "TWD",
        ("NT$", "대만달러", "台湾ドル"),
        r"NT\$|TWD|NTD",
        r"(?:신?대만|신?타이완)\s?달러|新?台湾(?:ドル|元)|(?:New )?Taiwan dollars?\b|TWD\b|NTD\b",
    ),
    Currency(
        "CNY",
        ("CN¥", "위안", "人民元"),
        r"CN¥|RMB|CNY",
        r"위안(?!부)(?:화)?|人民元|(?<=[万億兆千])元|(?:Chinese )?yuan\b|renminbi\b|RMB\b|CNY\b",
    ),
    Currency("KRW", ("₩", "원", "ウォン"), r"₩|KRW|W", rf"{_WON}|ウォン|(?:South )?(?:Korean )?won\b|KRW\b"),
    Currency("JPY", ("¥", "엔", "円"), r"(?:JP)?¥|JPY", rf"{_YEN}|円(?![卓陣周])|(?:Japanese )?yen\b|JPY\b"),
    Currency("EUR", ("€", "유로", "ユーロ"), r"€|EUR", r"유로(?!존|파|뉴스)(?:화)?|ユーロ(?!圏)|€|euros?\b|EUR\b"),
    Currency(
        "GBP",
        ("£", "파운드", "ポンド"),
        r"£|GBP",
        r"(?<=[만억조])파운드|(?<=[만억조] )파운드|(?<=[万億兆])(?:英)?ポンド|(?<=llion )pounds?(?: sterling)?\b|GBP\b",
    ),
    Currency("INR", ("₹", "루피", "ルピー"), r"₹|Rs\.?|INR", r"루피|ルピー|(?:Indian )?rupees?\b|INR\b"),
    Currency("CHF", ("CHF ", "스위스프랑", "スイスフラン"), r"CHF", r"스위스\s?프랑|スイスフラン|Swiss francs?\b|CHF\b"),
    Currency("THB", ("฿", "바트", "バーツ"), r"฿|THB", r"바트|バーツ|baht\b|THB\b"),
    Currency("MYR", ("RM", "링깃", "リンギット"), r"RM|MYR", r"링깃|リンギ(?:ット)?|ringgit\b|MYR\b"),
    Currency(
        "USD",
        ("$", "달러", "ドル"),
        r"(?:US ?)?\$|USD",
        rf"(?:미국?|米|US|U\.S\.)\s?(?:dollars?\b|달러|ドル)|달러(?:화)?|{_BUL}|弗|ドル|dollars?\b|USD\b",
    ),
)
# Units of a currency in one dollar, roughly: only to compare sizes, never shown.
_PER_DOLLAR = {
    "USD": 1.0, "KRW": 1400.0, "JPY": 150.0, "EUR": 0.9, "GBP": 0.77, "CNY": 7.2, "TWD": 32.0, "HKD": 7.8, "SGD": 1.35,
    "AUD": 1.5, "CAD": 1.4, "INR": 85.0, "CHF": 0.88, "THB": 35.0, "MYR": 4.4,
}  # fmt: skip
BY_CODE = {currency.code: currency for currency in CURRENCIES}
_BEFORE = re.compile("(?<![A-Za-z])(?:" + "|".join(f"(?P<{c.code}>{c.before})" for c in CURRENCIES) + ") ?$")
BEFORE_ENDS = frozenset("$¥₩€£₹฿DYWRPBFMs.")
_AFTER = re.compile("[ -]?(?:" + "|".join(f"(?P<{c.code}>{c.after})" for c in CURRENCIES) + ")", re.IGNORECASE)
AFTER_BEGINS = frozenset(
    "원엔달불유위호캐홍싱대신타파루스바링미ウ円ド元ユポル米英豪加カ香シ新台人ス弗リバ€AaCcHhSsTtNnYyRrKkWwJjEePpGgIiFfBbMmUuDd"
)


def before(text: str, at: int) -> tuple[str, int] | None:
    """The currency written right before the number at ``at``, and where it starts."""
    last = at - 2 if text[at - 1 : at] == " " else at - 1
    if last < 0 or text[last] not in BEFORE_ENDS:
        return None
    first = max(0, at - 6)
    found = _BEFORE.search(text[first:at])
    return (str(found.lastgroup), first + found.start()) if found else None


def after(text: str, at: int) -> tuple[str, int] | None:
    """The currency written right behind a number that ends at ``at``, and where it ends."""
    nearest = text[at : at + 1]
    if nearest in (" ", "-"):
        nearest = text[at + 1 : at + 2]
    if nearest not in AFTER_BEGINS or not nearest:
        return None
    found = _AFTER.match(text, at)
    return (str(found.lastgroup), found.end()) if found else None


def dollars(value: Decimal | float, currency: str) -> float:
    """The size of an amount in dollars, roughly; 0 for a currency whose worth we do not know."""
    return float(value) / _PER_DOLLAR[currency] if currency in _PER_DOLLAR else 0.0
