"""What the words around an amount say: whether it is money at all, what the money is for, and for which period."""

import re
from decimal import Decimal

# ---- money or not ----

_PRICE_IN_FRONT = re.compile(
    r"주당|주가|목표가|종가|환율|시초가|공모가|거래일\s?대비|장\s?중|株価|1株|一株|終値|始値|公募価格|公開価格|買い?付け価格|為替|円相場|"
    r"日経平均|東証|NY円|東京円|円急|対ドルで|対円で|ダウ|닛케이|코스피|코스닥|나스닥|"
    r"per share|share price|price target|target price|"
    r"shares? (?:closed|fell|rose|jumped|dropped|traded)|円[高安]|[ドル円]=|(?:달러|엔)\s?=|"
    r"円[がは](?:下落|上昇|反[発落]|続[伸落])|金(?:価格|先物|相場)|原油(?:価格|先物|相場)|국제\s?금값|금\s?(?:가격|선물)|"
    r"유가(?!증권)|신고가|역대\s?최고가|"
    r"1\s?(?:달러|ドル|dollar|유로|ユーロ|위안|元)(?:당|=|に|あたり|当たり|에)|(?:달러|유로|엔|위안)당",
    re.IGNORECASE,
)
_PRICE_BEHIND = re.compile(
    r"\s?(?:\d{1,2}銭|당\s|=|あたり|当たり|/share|per share|a share|per troy|선에서? 거래|で取引|"
    r"(?:台を?)?割れ|相場|超?え?[高安](?!い))|"
    r"(?:을|를|에|으로|로|に|で|を)?\s?(?:장을? 마|거래를 마|마감|거래[되됐]|거래 중|続落|続伸|反発|反落)|"
    r"\s?[▲▼]|\([-+]?[\d.]+%\) (?:오른|내린|하락|상승)",
    re.IGNORECASE,
)
_PRICE_CAP = 10_000_000


def is_price(text: str, start: int, end: int, value: Decimal | None) -> bool:
    """Whether the amount is a share price, an exchange rate or an amount per share: no money fact."""
    if value is None or value >= _PRICE_CAP:
        return False
    return bool(_PRICE_IN_FRONT.search(text, max(0, start - 24), start) or _PRICE_BEHIND.match(text, end))


_GAME_WORDS = re.compile(
    r" (?:the|an?|his|her|its|their|by|gold|silver|bronze|against|in|at|best|first|over|seats?)\b", re.IGNORECASE
)
_SPACED_YEAR = re.compile(r"(?:19|20)\d\d (?:원|엔|won)")


def is_currency(text: str, start: int, end: int, unit: Decimal | None) -> bool:
    """Whether the word behind a number without a unit is its currency: not "in 2024 won the race", not "2025 원도심"."""
    if unit is not None:
        return True
    number = text[start:end]
    if number.endswith("불") or _SPACED_YEAR.fullmatch(number):
        return False
    return not number.endswith("won") or "," in number or not _GAME_WORDS.match(text, end)


_COUNTED_KO = re.compile(
    r"\s?(?:여\s?)?(?:명|개(?!발|시|선|편|최|설|입|혁)|건(?!설|립|강)|톤|회(?!사|복|수|의)|"
    r"장(?!비|기|부|치|세|학|애|려)|주(?![주문도요택가])|가구|인(?=[이의을 ])|인구|배|번|곳|평|㎡|"
    r"제곱|와트|사용자|이용자|회원|팔로|구독|다운|조회|뷰|페이지|단어|토큰|"
    r"파라미터|매개|화소|픽셀|유저|가입|고객|시민|국민|스트리밍|비트|플롭스|연산|년|광년|마리|편(?!성)|권|켤레|병|갑|셀|초|시간|줄|"
    r"대(?:의|가|를)?\s?(?:판매|출하|보급)|%|\d?\s?(?:항|교대)|점|표|별|원자|"
    r"트랜지스터|중국인|인도인|도즈|배럴|입방|리터|"
    r"그루|세포|염기|데이터|사람|여성|남성|종(?!합|료|목)|쌍|쪽|각|기(?=\s|가|를)|k?[mW]|[A-Za-z]{1,3}\b)"
)
_LAW_KO = re.compile(r"(?:제\s?|법\s?|헌법\s?|규칙\s?|약관\s?|시행령\s?|[A-H]조\s?|본선\s?|예선\s?|\d+인\s?)$")
_HANGUL = re.compile(r"[가-힣]")
_MONEY_KO = re.compile(
    r"[을를에로도의이가은는씩대여]|규모|이상|투|유|조달|지원|들|확|출자|편성|매출|펀드|예산|손실|적자|흑자|수주|계약|돌파|이하|가량|까지|부터|만에|"
    r"뿐|벌|빅딜|짜리|어치|넘|클럽"
)
_MONEY_JA = re.compile(r"(?:規模)?の?(?:投資|調達|出資|融資|補助|支援金|買収|増資|予算|ファンド)")


def implied_currency(text: str, start: int, end: int, language: str = "") -> str | None:
    """The currency of a bare 957조, 1000억 or 最大2.5億 whose context makes it money, else None."""
    last = text[end - 2] if text[end - 1] in "여余" else text[end - 1]
    if last in "억조":
        if _COUNTED_KO.match(text, end) or _LAW_KO.search(text, max(0, start - 5), start):
            return None
        return "KRW" if _MONEY_KO.match(text, end) or not _HANGUL.match(text, end) else None
    if last in "億兆" and _MONEY_JA.match(text, end):
        # A Korean page translated by machine keeps its won.
        return "KRW" if language == "ko" or ("ウォン" in text and "円" not in text) else "JPY"
    return None


# ---- parts and sums to date ----

_PART = re.compile(
    r"(?<![가-힣])(?:이|그)\s?(?:중|가운데)(?![가-힣])|(?:원|엔|달러|예산|금액|투자금|자금|총액)\s?(?:중|가운데)(?:에서)?\s|"
    r"うち|内訳|\bof (?:which|that|this)\b|\bincluding\b|\bout of (?:the|a) (?:total|planned)\b|\bas part of\b",
    re.IGNORECASE,
)
_TO_DATE = re.compile(
    r"누적|누계|지금까지|累計|累積|これまでに|cumulative|total (?:funding|raised|investment)|to date|so far|in total since|"
    r"\bbringing",
    re.IGNORECASE,
)
_TO_DATE_BEHIND = re.compile(
    r"\s?[의の]?\s?(?:누적|累計)|[^.。,]{0,12}\b(?:to date|so far|in total (?:funding|capital))", re.IGNORECASE
)
_NEAR_FRONT = 24


def share(text: str, start: int, end: int) -> str | None:
    """ "part" of an amount told before, "to_date" for what came together over time; None for an amount of its own."""
    front = text[max(0, start - _NEAR_FRONT) : start]
    front = _SENTENCE_END.split(front)[-1]
    if _TO_DATE.search(front) or _TO_DATE_BEHIND.match(text, end):
        return "to_date"
    return "part" if _PART.search(front) else None


# ---- roles ----

_ROLE_WORDS = (
    (
        "subsidy",
        r"보조금|지원금|지원[한하을]|국비|정부\s?지원|자금\s?지원|사업화|補助|助成|支援(?!者)|"
        r"subsid|grants?\b|(?<!first )(?<!first-)\baid\b|incentive|receiv",
    ),
    (
        "funding_raised",
        r"투자\s?유치|투자를?\s?(?:유치|확정|받)|누적 투자|유치|"
        r"시리즈|시드|조달|공모(?!전|사업)|IPO|라운드|유상증자|증자|調達|増資|"
        r"シリーズ|シード|上場で|投資誘致|累積投資|"
        r"誘致|rais(?:e|es|ed|ing)\b|secur(?:e|es|ed|ing)\b|"
        r"(?:secur|attract|rais|receiv|land)(?:e|es|ed|s|ing)? (?:\w+ ){0,2}investment|funding round|"
        r"lands?\b|round\b|series [a-h]\b|seed\b|closes?\b",
    ),
    (
        "loan",
        r"대출|융자|차입|회사채|채권|보증|상환|融資|社債|借入|債券|保証|ローン|"
        r"loan|lend|bonds?\b|notes\b|debt|financing|(?<!tax )credit",
    ),
    ("acquisition_price", r"인수|매입|사들|買収|取得|買い取|acqui|takeover|buyout|buys?\b|bought|purchase"),
    (
        "valuation",
        r"기업\s?가치|가치\s?평가|가치로|몸값|시가\s?총액|시총|지분\s?가치|評価額|時価総額|企業価値|"
        r"valu(?:ed|ation)|values? (?:the|it\b)|market cap",
    ),
    ("revenue", r"매출|벌어들|売上|売り上げ|販売額|営業収益|収入|revenue|sales|turnover"),
    ("tax", r"세액\s?공제|감세|세금|법인세|과세|減税|税額|課税|法人税|tax\b|taxes"),
    ("budget", r"예산|추경|편성|배정|공약|기술개발\s?사업|予算|予備費|概算要求|計上|budget|earmark|allocat|appropriat|stimulus"),
    (
        "investment",
        r"투자|투입|쏟|출자|FDI|시설비|연구개발비|들여|베팅|착공|증설|投資|出資|投じ|研究開発費|"
        r"invest|spen[dt]|\bput(?:s|ting)?\b|capex|pledg|inject|pour|commit|stake(?! sale)|cost",
    ),
    (
        "other",
        r"영업\s?이익|순이익|영업\s?손실|순손실|적자|흑자|이익|매각|수출|수입액|계약|수주|벌금|과징금|기부|연봉|상금|급여|임금|배상|자사주|"
        r"배당|利益|損失|赤字|黒字|輸出|契約|受注|罰金|制裁金|寄付|賞与|年収|給与|賠償|自社株|還元|取引額|profit|loss|earnings|export|"
        r"orders?\b|contract|fine\b|penalt|donat|salary|wage|bonus|dividend|buyback|"
        r"price|wins?\b|sale of|for sale|stake sale|売却",
    ),
    ("market_size", r"시장|市場|market(?! cap)"),
    ("weak_funding_raised", r"funding\b"),
    ("weak_budget", r"기금|基金|국민성장펀드"),
    (
        "weak_investment",
        r"건설|공장|설비|짓|구축|펀드(?!\s?매니저)|建設|工場|ファンド|"
        r"build|construct|plant|project\b|initiative|(?<!to )\bfund\b",
    ),
)
# A look at the first character spares most positions the whole list of words.
_BARE = re.compile(r"\(\?<?[!=][^)]*\)|\\b|\(\?:|\)")
_FIRST = "".join(sorted({word[0] for _, words in _ROLE_WORDS for word in _BARE.sub("", words).split("|") if word[:1].isalnum()}))
_ROLES = re.compile(rf"(?=[{_FIRST}])(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _ROLE_WORDS)})", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n]|다\.\s?")
# In characters: a plain noun (공장, plant) tells less than a verb of money, the other side of the amount less than this one.
_FRONT, _BEHIND, _WEAK = 40, 30, 14
_PURPOSE = re.compile(
    r"\bfor (?:an? |the |its )?(?:new )?|\bto build"
)  # what the money pays for is another thing than where it is from
# "매출 5309억원 영업이익은 679억원": a noun that is the topic of what follows belongs to the next amount.
_TOPIC = re.compile(r"[은는は]")
_NEXT_TOPIC = 40


def role(text: str, start: int, end: int) -> str | None:
    """What the money is (investment, subsidy, revenue …), by the nearest word that tells; None where none does."""
    best, found = 60.0, None
    for word in _ROLES.finditer(text, max(0, start - _FRONT), start):
        distance = (start - word.end()) * _apart(text, word.end(), start) + _weakness(word)
        if distance <= best:
            best, found = distance, word.lastgroup
    for word in _ROLES.finditer(text, end, min(len(text), end + _BEHIND)):
        distance = (word.start() - end) * _apart(text, end, word.start()) + _weakness(word)
        distance += _NEXT_TOPIC * (_TOPIC.match(text, word.end()) is not None)
        if distance < best:
            best, found = distance, word.lastgroup
    return found.removeprefix("weak_") if found else None


def _weakness(word: re.Match[str]) -> int:
    return _WEAK if str(word.lastgroup).startswith("weak_") else 0


def _apart(text: str, start: int, end: int) -> float:
    """How much farther a word counts: the next sentence is far, the next clause a little."""
    between = text[start:end]
    if _SENTENCE_END.search(between):
        return 4.0
    if _PURPOSE.search(between):
        return 3.0
    return 1.6 if "," in between or "、" in between else 1.0


# ---- periods ----

_PERIOD = re.compile(
    r"(?P<years>(?<!\d)\d{1,2})\s?(?:년간|年間|개년|か年|[ -]years?\b)"
    r"|(?P<fy>FY\s?20\d\d|fiscal (?:year )?20\d\d|20\d\d年度|20\d\d\s?회계연도)"
    r"|(?P<half>20\d\d)년\s?(?P<which>상|하)반기|(?P<quarter>20\d\d)[년年]\s?(?:第)?(?P<q>[1-4])(?:분기|四半期)"
    r"|(?P<year>(?<!\d)20\d\d)(?:\s?[년年](?:까지|までに?|에는?|には?)?(?!\s?\d{1,2}[월月])|(?=[^\d\w-]|$))",
    re.IGNORECASE,
)
_PER = re.compile(r"(?P<year>연간?|매년|年間?|年額|毎年)|(?P<month>매?월(?:평균)?|月額?|毎月)")
_PER_BEHIND = re.compile(
    r"\s?/\s?(?P<short>year|month)\b| (?:a|per|every|each) (?P<unit>year|month)\b(?! (?:earlier|ago|before))"
)


def period(text: str, start: int, end: int) -> str | None:
    """The period that the text itself names for the amount: "5 years", "per year", "2032", "FY2030", "2026-H1"; None without."""
    per = _PER.match(text, start, min(end, start + 6))
    if per:
        return f"per {per.lastgroup}"
    behind = _PER_BEHIND.match(text, end)
    if behind:
        return f"per {behind[str(behind.lastgroup)]}"
    named = list(_PERIOD.finditer(text, max(0, start - 26), start))[-1:]
    return next((_period_name(one) for one in named if not _SENTENCE_END.search(text, one.end(), start)), None)


def _period_name(found: re.Match[str]) -> str:
    if found["years"]:
        return f"{int(found['years'])} years"
    if found["fy"]:
        return "FY" + "".join(filter(str.isdigit, found["fy"]))
    if found["half"]:
        return f"{found['half']}-H{1 if found['which'] == '상' else 2}"
    if found["quarter"]:
        return f"{found['quarter']}-Q{found['q']}"
    return str(found["year"])
